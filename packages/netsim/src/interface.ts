/**
 * An interface: one node's attachment to one subnet, with any number of addresses.
 */
import { type Address, isMulticast, isWildcard, parseAddress } from "./address.ts";
import type { Datagram, Sink } from "./datagram.ts";
import type { Subnet } from "./subnet.ts";

/** Something with interfaces: a host, or a router that changes datagrams and sends them on. */
export interface NetworkNode {
  readonly name: string;
  /** Takes a datagram that arrived at one of its interfaces. */
  receive(datagram: Datagram, via: Interface): void;
}

/** One attachment of a node to a subnet. */
export class Interface implements Sink {
  readonly name: string;
  readonly node: NetworkNode;
  readonly subnet: Subnet;
  /** What programs are told: bytes of an IP packet. */
  readonly mtu: number | undefined;
  readonly #addresses = new Map<string, Address>();
  readonly #groups = new Map<string, number>();
  #attached = true;

  /** @throws RangeError when an address is none, or is taken in the subnet */
  constructor(node: NetworkNode, name: string, subnet: Subnet, addresses: readonly string[], mtu?: number) {
    this.mtu = mtu;
    this.node = node;
    this.name = name;
    this.subnet = subnet;
    subnet.join(this);
    for (const address of addresses) this.addAddress(address);
  }

  /** Its addresses in the order in which they came. */
  get addresses(): readonly Address[] {
    return [...this.#addresses.values()];
  }

  /** Whether it is there. */
  get attached(): boolean {
    return this.#attached;
  }

  /** Whether it has this address (canonical text, no zone). */
  has(address: string): boolean {
    return this.#attached && this.#addresses.has(address);
  }

  /** @throws RangeError when it is no address, or is taken in the subnet */
  addAddress(text: string): void {
    const address = parseAddress(text);
    if (address === undefined || isMulticast(address) || isWildcard(address)) {
      throw new RangeError(`${text} is no address of an interface`);
    }
    this.subnet.claim(address.text, this);
    this.#addresses.set(address.text, { ...address, zone: "" });
  }

  /** Sockets bound to it stay, and hear nothing until it comes back. */
  removeAddress(text: string): void {
    const address = parseAddress(text);
    if (address === undefined || !this.#addresses.delete(address.text)) return;
    this.subnet.release(address.text, this);
  }

  /** Takes the interface away with all its addresses. */
  detach(): void {
    for (const address of this.#addresses.keys()) this.subnet.release(address, this);
    this.#attached = false;
    this.subnet.leave(this);
  }

  /** Counts one more listener of a multicast group. */
  joinGroup(group: string): void {
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
  }

  /** Counts one listener less. */
  leaveGroup(group: string): void {
    this.#groups.set(group, (this.#groups.get(group) ?? 0) - 1);
  }

  /** Whether somebody behind it listens to the group. */
  inGroup(group: string): boolean {
    return (this.#groups.get(group) ?? 0) > 0;
  }

  deliver(datagram: Datagram): void {
    this.node.receive(datagram, this);
  }
}
