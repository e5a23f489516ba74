/**
 * A subnet: interfaces that reach one another directly, each pair over a link of its own. Multicast goes to all of them;
 * what is for nobody here goes to the gateway, when there is one.
 */
import { isMulticast, parseAddress } from "./address.ts";
import type { Datagram } from "./datagram.ts";
import type { Direction } from "./direction.ts";
import type { LinkOptions } from "./impairments.ts";
import type { Interface, NetworkNode } from "./interface.ts";
import { Link } from "./link.ts";
import type { World } from "./world.ts";

/** Routers that a datagram may pass. */
const HOP_LIMIT = 64;

/** Options of a {@link Subnet}. */
export interface SubnetOptions {
  /** Unique in the simulation. */
  readonly name: string;
  /** Options of the links that are not set by {@link Subnet.link}; default perfect links. */
  readonly link?: LinkOptions;
}

/** An end of a link: a node with all its interfaces here, or one interface. */
export type LinkEnd = NetworkNode | Interface;

function endName(end: LinkEnd): string {
  return "node" in end ? `${end.node.name}.${end.name}` : end.name;
}

/** Interfaces that reach one another directly. */
export class Subnet {
  readonly name: string;
  readonly #world: World;
  readonly #prefix: string;
  readonly #options: LinkOptions;
  readonly #members = new Set<Interface>();
  readonly #owners = new Map<string, Interface>();
  /** By the names of both ends, in the direction in which the link was made. */
  readonly #links = new Map<string, Link>();
  #gateway: Interface | undefined = undefined;

  /** @param prefix put before the names of its links; empty for the subnet that everybody is in by default */
  constructor(world: World, options: SubnetOptions, prefix: string = `${options.name}:`) {
    this.#world = world;
    this.name = options.name;
    this.#prefix = prefix;
    this.#options = options.link ?? {};
  }

  /** Takes what is for no address here: an interface of a router. */
  get gateway(): Interface | undefined {
    return this.#gateway;
  }

  set gateway(gateway: Interface | undefined) {
    this.#gateway = gateway;
    this.#world.topology++;
  }

  /**
   * The link between two ends, changed by `options`. A link between interfaces goes before one between nodes.
   * @throws RangeError when an option makes no sense
   */
  link(a: LinkEnd, b: LinkEnd, options: LinkOptions = {}): Link {
    const [first, second] = [endName(a), endName(b)];
    const known = this.#links.get(`${first}>${second}`);
    if (known !== undefined) {
      known.set(options);
      return known;
    }
    if (this.#links.has(`${second}>${first}`)) {
      throw new RangeError(`there is a link from ${second} to ${first} already; name the ends in that order`);
    }
    const link = new Link(
      this.#world,
      `${this.#prefix}${first}-${second}`,
      [this.#prefix + first, this.#prefix + second],
      this.#options,
    );
    link.set(options);
    this.#links.set(`${first}>${second}`, link);
    this.#world.topology++;
    return link;
  }

  /** The way from one interface to another; a link by default when none was made. */
  direction(from: Interface, to: Interface): Direction {
    for (const first of [endName(from), from.node.name]) {
      for (const second of [endName(to), to.node.name]) {
        const forward = this.#links.get(`${first}>${second}`);
        if (forward !== undefined) return forward.forward;
        const backward = this.#links.get(`${second}>${first}`);
        if (backward !== undefined) return backward.backward;
      }
    }
    return this.link(from.node, to.node).forward;
  }

  /** Who takes datagrams for this address (canonical text): its owner, else the gateway. */
  find(address: string): Interface | undefined {
    return this.#owners.get(address) ?? this.#gateway;
  }

  /**
   * Sends a datagram from an interface: for hosts a slow path, for routers the way on.
   * @returns false when nobody here takes it
   */
  send(datagram: Datagram, from: Interface): boolean {
    const address = parseAddress(datagram.destination);
    if (address !== undefined && isMulticast(address)) return this.#sendToGroup(datagram, from);
    const to = this.find(datagram.destination);
    if (to === undefined || to === from || ++datagram.hops > HOP_LIMIT) return false;
    datagram.sink = to;
    this.direction(from, to).carry(datagram);
    return true;
  }

  #sendToGroup(datagram: Datagram, from: Interface): boolean {
    let heard = false;
    for (const member of this.#members) {
      if (!member.inGroup(datagram.destination)) continue;
      this.direction(from, member).carry(datagram.clone(member));
      heard = true;
    }
    return heard;
  }

  /** Called by interfaces: it is there from now on. */
  join(member: Interface): void {
    this.#members.add(member);
    this.#world.topology++;
  }

  /** Called by interfaces: it is gone. */
  leave(member: Interface): void {
    this.#members.delete(member);
    if (this.#gateway === member) this.#gateway = undefined;
    this.#world.topology++;
  }

  /** Called by interfaces: this address is theirs. @throws RangeError when it is taken */
  claim(address: string, member: Interface): void {
    const owner = this.#owners.get(address);
    if (owner !== undefined && owner !== member) {
      throw new RangeError(`${address} is taken by ${endName(owner)} in subnet ${this.name}`);
    }
    this.#owners.set(address, member);
    this.#world.topology++;
  }

  /** Called by interfaces: this address is free again. */
  release(address: string, member: Interface): void {
    if (this.#owners.get(address) === member) this.#owners.delete(address);
    this.#world.topology++;
  }
}
