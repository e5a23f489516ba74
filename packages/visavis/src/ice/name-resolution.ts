/**
 * Finds the addresses of remote candidates that are names: `.local` names by multicast and by the operating system at
 * once, others by the operating system. RFC 8839 §5.1 allows names; browsers send `.local` ones to hide their addresses.
 *
 * Our own names, where addresses are not to be shown, are answered for.
 *
 * The agent needs no luck here: a name without an address is one candidate less, and the peer may still come by itself.
 */

import type { Answer } from "../base/engine.ts";
import type { Instant } from "../base/instant.ts";
import { canonicalIpAddress } from "../base/ip-address.ts";
import type { Random } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import { canonicalLocalName } from "./mdns-message.ts";
import { MdnsResolver } from "./mdns-resolver.ts";
import { MdnsResponder } from "./mdns-responder.ts";
import type { AgentOutput } from "./output.ts";

/** Names looked up at one time. */
const MAX_NAMES = 32;

/** Addresses of one name that are used. */
const MAX_ADDRESSES = 4;

/** Milliseconds after which the operating system is not waited for. */
const RESOLVE_DURATION = 10_000;

interface Lookup {
  readonly asks: Set<number>;
  readonly endsAt: Instant;
  readonly addresses: Set<string>;
  multicast: boolean;
}

/** An address of a name. */
export interface ResolvedName {
  readonly name: string;
  /** Canonical. */
  readonly address: string;
}

/** The names of one agent. */
export class NameResolution {
  readonly #output: AgentOutput;
  readonly #mdns: MdnsResolver;
  readonly #responder: MdnsResponder;
  readonly #lookups = new SparseMap<string, Lookup>();
  readonly #resolved = new Ring<ResolvedName>();

  constructor(routes: RouteTable, output: AgentOutput, random: Random) {
    this.#output = output;
    this.#mdns = new MdnsResolver(routes, output);
    this.#responder = new MdnsResponder(routes, output, random);
  }

  /** Whether a socket listens for names only. */
  owns(socket: SocketId): boolean {
    return this.#mdns.owns(socket) || this.#responder.owns(socket);
  }

  /** Whether an answer may still come. */
  get pending(): boolean {
    return this.#lookups.size > 0;
  }

  /** The name that stands for an address of ours: whoever is near may ask for it. */
  publish(address: string): string {
    return this.#responder.publish(address);
  }

  /** Nobody needs our own names any more, until one is published again. */
  rest(): void {
    this.#responder.rest();
  }

  /** Begins to look up a name. When that is under way, what was found already is told again, for those who come later. */
  resolve(text: string, now: Instant): void {
    const local = canonicalLocalName(text);
    const name = local ?? text;
    const known = this.#lookups.get(name);
    if (known !== undefined) {
      for (const address of known.addresses) this.#resolved.push({ name, address });
      return;
    }
    if (this.#lookups.size >= MAX_NAMES) {
      this.#output.drops.count("unresolved-name");
      return;
    }
    const asks = new Set([
      this.#output.ask({ type: "resolve", host: name, family: 4 }),
      this.#output.ask({ type: "resolve", host: name, family: 6 }),
    ]);
    this.#lookups.set(name, { asks, endsAt: now + RESOLVE_DURATION, addresses: new Set(), multicast: local !== undefined });
    if (local !== undefined) this.#mdns.lookup(local, now);
  }

  /** Removes the oldest address that was found. The name is in the form that {@link nameKey} gives. */
  takeResolved(): ResolvedName | undefined {
    return this.#resolved.shift();
  }

  /** An answer of the platform. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    if (answer.type !== "resolved") return this.#mdns.answer(answer, now) || this.#responder.answer(answer, now);
    for (const [name, lookup] of this.#lookups) {
      if (!lookup.asks.delete(answer.id)) continue;
      for (const text of answer.addresses) this.#found(name, lookup, text);
      this.#finish(name, lookup);
      return true;
    }
    return false;
  }

  /** A datagram of a socket that this owns. */
  receive(datagram: Uint8Array, route: Route, now: Instant): void {
    if (this.#responder.owns(route.local)) {
      this.#responder.receive(datagram, route, now);
      return;
    }
    const answered = new Map<string, Lookup>();
    for (const { name, address } of this.#mdns.receive(datagram, route)) {
      const lookup = this.#lookups.get(name);
      if (lookup === undefined) continue;
      this.#found(name, lookup, address);
      answered.set(name, lookup);
    }
    // One answer holds all addresses of a name.
    for (const [name, lookup] of answered) {
      lookup.multicast = false;
      this.#mdns.forget(name, now);
      this.#finish(name, lookup);
    }
  }

  /** Repeats questions and gives up on names. */
  advance(now: Instant): void {
    this.#responder.advance(now);
    for (const name of this.#mdns.advance(now)) {
      const lookup = this.#lookups.get(name);
      if (lookup === undefined) continue;
      lookup.multicast = false;
      this.#finish(name, lookup);
    }
    for (const [name, lookup] of this.#lookups) {
      if (now < lookup.endsAt) continue;
      lookup.asks.clear();
      this.#finish(name, lookup);
    }
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    let deadline = Math.min(this.#mdns.deadline, this.#responder.deadline);
    for (const { endsAt } of this.#lookups.values()) deadline = Math.min(deadline, endsAt);
    return deadline;
  }

  /** Gives up on all names. */
  close(): void {
    this.#lookups.clear();
    this.#resolved.clear();
    this.#mdns.close();
    this.#responder.rest();
  }

  #found(name: string, lookup: Lookup, text: string): void {
    const address = canonicalIpAddress(text);
    if (address === undefined || lookup.addresses.has(address) || lookup.addresses.size >= MAX_ADDRESSES) return;
    lookup.addresses.add(address);
    this.#resolved.push({ name, address });
  }

  /** A lookup ends when nobody is asked any more, or multicast has answered. */
  #finish(name: string, lookup: Lookup): void {
    if (lookup.asks.size > 0 || lookup.multicast) return;
    this.#lookups.delete(name);
    if (lookup.addresses.size === 0) this.#output.drops.count("unresolved-name");
  }
}

/** The form of a name under which its addresses are reported. */
export function nameKey(text: string): string {
  return canonicalLocalName(text) ?? text;
}
