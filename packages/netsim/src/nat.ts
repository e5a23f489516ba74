/**
 * A NAT, or a firewall, between a subnet and the rest of the world: RFC 4787.
 *
 * Mapping (§4.1) and filtering (§5) behave in three ways each. Two more words complete them: mapping `none` translates
 * nothing, so that the hosts inside keep public addresses behind a mere firewall; filtering `none` keeps nothing out, not
 * even from ports that nobody inside has used: a router without a firewall, or one with an exposed host.
 */
import type { Instant } from "visavis/base";
import { parseAddress } from "./address.ts";
import { Counts } from "./counts.ts";
import type { Datagram } from "./datagram.ts";
import { Interface, type NetworkNode } from "./interface.ts";
import { endpointKey, type Mapping, type NatBehaviour, NatTable } from "./nat-table.ts";
import type { Subnet } from "./subnet.ts";
import type { Way, World } from "./world.ts";

/** Options of a {@link Nat}. */
export interface NatOptions {
  /** Unique in the simulation: its chance is derived from it. */
  readonly name: string;
  /** The subnet behind it, whose gateway it becomes. */
  readonly inside: Subnet;
  /** Its own addresses there. */
  readonly insideAddresses: readonly string[];
  /** The world; default the subnet that everybody is in. */
  readonly outside?: Subnet;
  /** The addresses that the hosts inside have outside, one per family. With mapping `none`: those of the hosts themselves. */
  readonly outsideAddresses: readonly string[];
  /** RFC 4787 §4.1; default `endpoint-independent`. */
  readonly mapping?: NatBehaviour | "none";
  /** RFC 4787 §5; default `address-and-port-dependent`. */
  readonly filtering?: NatBehaviour | "none";
  /** With filtering `none`: the host inside that gets what belongs to no mapping; without it that is dropped. */
  readonly exposedHost?: string;
  /** Whether hosts inside reach one another by their addresses outside: RFC 4787 §6; default true. */
  readonly hairpinning?: boolean;
  /** Whether the port inside is kept where it is free: RFC 4787 §4.2.1; default true. */
  readonly portPreservation?: boolean;
  /** Milliseconds that a mapping lives without being used; default 5 minutes, as RFC 4787 §4.3 recommends. */
  readonly lifetime?: number;
  /** Whether what comes in also keeps a mapping alive: RFC 4787 §4.3; default false. */
  readonly inboundRefresh?: boolean;
  /** Whether datagrams are let through at all; default true. Without it only streams are. */
  readonly udp?: boolean;
}

/** Why a NAT dropped something. */
export type NatDropReason =
  /** From outside, to an address and port without a mapping. */
  | "unmapped"
  /** From outside, from somebody whom the filter keeps out. */
  | "filtered"
  /** From inside to inside by addresses outside, which this NAT does not do. */
  | "hairpin"
  /** UDP is not let through. */
  | "blocked"
  /** Every port stands for somebody already, or there is no address of this family. */
  | "no-port";

/** A router that translates and filters. */
export class Nat implements NetworkNode {
  readonly name: string;
  readonly inside: Interface;
  readonly outside: Interface;
  /** What it dropped, by reason. */
  readonly drops: Record<NatDropReason, number> = { unmapped: 0, filtered: 0, hairpin: 0, blocked: 0, "no-port": 0 };
  /** Whether datagrams are let through; may be changed at any time. */
  udp: boolean;
  readonly #world: World;
  readonly #way: Way;
  readonly #mapping: NatBehaviour | "none";
  readonly #filtering: NatBehaviour | "none";
  readonly #exposedHost: string | undefined;
  readonly #hairpinning: boolean;
  readonly #inboundRefresh: boolean;
  readonly #table: NatTable;

  constructor(world: World, options: NatOptions, outside: Subnet) {
    this.#world = world;
    this.name = options.name;
    this.#way = world.addWay(this.name, new Counts());
    this.inside = new Interface(this, "inside", options.inside, options.insideAddresses);
    this.outside = new Interface(this, "outside", outside, options.outsideAddresses);
    options.inside.gateway = this.inside;
    this.#mapping = options.mapping ?? "endpoint-independent";
    this.#filtering = options.filtering ?? "address-and-port-dependent";
    this.#exposedHost = options.exposedHost;
    this.#hairpinning = options.hairpinning ?? true;
    this.#inboundRefresh = options.inboundRefresh ?? false;
    this.udp = options.udp ?? true;
    this.#table = new NatTable(
      {
        mapping: this.#mapping === "none" ? "endpoint-independent" : this.#mapping,
        portPreservation: this.#mapping === "none" || (options.portPreservation ?? true),
        lifetime: options.lifetime ?? 300_000,
      },
      world.random.stream(`nat ${this.name}`),
    );
  }

  /** How many mappings there are. */
  get mappings(): number {
    return this.#table.size;
  }

  /**
   * Forgets all mappings, as a router does that was switched off and on: whoever goes on sending gets new ones.
   * @param addresses the addresses outside from now on, where the provider gives new ones too
   */
  rebind(addresses?: readonly string[]): void {
    this.#table.clear();
    if (addresses === undefined) return;
    for (const { text } of this.outside.addresses) this.outside.removeAddress(text);
    for (const address of addresses) this.outside.addAddress(address);
  }

  receive(datagram: Datagram, via: Interface): void {
    if (datagram.protocol === "udp" && !this.udp) this.#drop(datagram, "blocked");
    else if (via === this.inside) this.#outward(datagram);
    else this.#inward(datagram);
  }

  #outward(datagram: Datagram): void {
    const { now } = this.#world;
    const mapping = this.#map(datagram, now);
    if (mapping === undefined) {
      this.#drop(datagram, "no-port");
      return;
    }
    mapping.used = now;
    if (this.#filtering !== "none") {
      mapping.known.add(endpointKey(this.#filtering, datagram.destination, datagram.destinationPort));
    }
    datagram.source = mapping.outside;
    datagram.sourcePort = mapping.outsidePort;
    if (this.outside.has(datagram.destination)) {
      // RFC 4787 §6, REQ-9: what comes back in has the address outside as its source.
      if (this.#hairpinning) this.#inward(datagram);
      else this.#drop(datagram, "hairpin");
    } else this.outside.subnet.send(datagram, this.outside);
  }

  #inward(datagram: Datagram): void {
    const { now } = this.#world;
    const mapping = this.#table.inward(datagram.protocol, datagram.destination, datagram.destinationPort, now);
    if (mapping === undefined) this.#toExposedHost(datagram);
    else if (this.#letsIn(mapping, datagram)) {
      if (this.#inboundRefresh) mapping.used = now;
      datagram.destination = mapping.inside;
      datagram.destinationPort = mapping.insidePort;
      this.inside.subnet.send(datagram, this.inside);
    } else this.#drop(datagram, "filtered");
  }

  #letsIn(mapping: Mapping, { source, sourcePort }: Datagram): boolean {
    return this.#filtering === "none" || mapping.known.has(endpointKey(this.#filtering, source, sourcePort));
  }

  #toExposedHost(datagram: Datagram): void {
    const host = this.#mapping === "none" ? datagram.destination : this.#exposedHost;
    if (this.#filtering === "none" && host !== undefined) {
      datagram.destination = host;
      this.inside.subnet.send(datagram, this.inside);
    } else this.#drop(datagram, "unmapped");
  }

  #map({ protocol, source, sourcePort, destination, destinationPort }: Datagram, now: Instant): Mapping | undefined {
    const family = parseAddress(destination)?.family;
    const outside = this.#mapping === "none" ? source : this.outside.addresses.find((each) => each.family === family)?.text;
    if (outside === undefined) return undefined;
    const from = { address: source, port: sourcePort, protocol };
    return this.#table.outward(from, { address: destination, port: destinationPort }, outside, now);
  }

  #drop(datagram: Datagram, reason: NatDropReason): void {
    this.drops[reason]++;
    this.#world.record(this.#way, "filtered", datagram, undefined);
  }
}
