/**
 * Looks up `.local` names by multicast: one-shot queries that listen like a full querier, RFC 6762 §5.1, §5.2, for the
 * candidates of browsers that hide their addresses (draft-ietf-mmusic-mdns-ice-candidates §3.2).
 *
 * Its sockets are let go when nothing is left to look up.
 */

import type { Answer } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import { decodeMdnsResponse, encodeMdnsQuery, type MdnsAddress, NAMES_PER_QUERY } from "./mdns-message.ts";
import { MDNS_PORT, MdnsSockets } from "./mdns-sockets.ts";
import type { AgentOutput } from "./output.ts";

/** A name is asked for at these milliseconds after it was wanted. */
const QUERY_TIMES: readonly number[] = [0, 1000, 3000];

/** Milliseconds after which a name counts as unknown. */
const LOOKUP_DURATION = 8000;

/** Milliseconds for which sockets are kept after the last name: browsers tell their names one by one. */
const LINGER_DURATION = 5000;

interface Lookup {
  readonly startedAt: Instant;
  /** Queries sent so far. */
  queries: number;
}

/** Looks up names; the owner takes addresses as they come. */
export class MdnsResolver {
  readonly #output: AgentOutput;
  readonly #lookups = new SparseMap<string, Lookup>();
  readonly #sockets: MdnsSockets;
  #closeAt: Instant = NEVER;

  constructor(routes: RouteTable, output: AgentOutput) {
    this.#output = output;
    this.#sockets = new MdnsSockets(routes, output);
  }

  /** Whether a socket is one of these. */
  owns(socket: SocketId): boolean {
    return this.#sockets.groupOf(socket) !== undefined;
  }

  /** Wants the addresses of a canonical name. */
  lookup(name: string, now: Instant): void {
    if (this.#lookups.has(name)) return;
    this.#lookups.set(name, { startedAt: now, queries: 0 });
    this.#closeAt = NEVER;
    this.#sockets.open();
    this.#query(now);
  }

  /** A name is not wanted any more. */
  forget(name: string, now: Instant): void {
    if (this.#lookups.delete(name) && this.#lookups.size === 0) this.#closeAt = now + LINGER_DURATION;
  }

  /** Lets all sockets go. It can be used again. */
  close(): void {
    this.#lookups.clear();
    this.#closeAt = NEVER;
    this.#sockets.close();
  }

  /** An answer of the platform. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    const route = this.#sockets.answer(answer);
    if (typeof route === "boolean") return route;
    // What is being looked up has been asked elsewhere already; here it has not.
    const names = [...this.#lookups].filter(([, { queries }]) => queries > 0).map(([name]) => name);
    this.#ask(names, [route]);
    this.#query(now);
    return true;
  }

  /** A datagram of one of these sockets: what it tells about names that are wanted. */
  receive(datagram: Uint8Array, route: Route): MdnsAddress[] {
    const addresses = route.port === MDNS_PORT ? decodeMdnsResponse(datagram) : undefined;
    if (addresses === undefined) this.#output.drops.count("bad-mdns");
    return addresses?.filter(({ name }) => this.#lookups.has(name)) ?? [];
  }

  /** Repeats queries. Returns the names that were given up. */
  advance(now: Instant): string[] {
    this.#query(now);
    const ended = [...this.#lookups].filter(([, { startedAt }]) => now >= startedAt + LOOKUP_DURATION).map(([name]) => name);
    for (const name of ended) this.forget(name, now);
    if (now >= this.#closeAt) this.close();
    return ended;
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    let deadline = this.#closeAt;
    for (const { startedAt, queries } of this.#lookups.values()) {
      const wait = this.#sockets.isEmpty ? undefined : QUERY_TIMES[queries];
      deadline = Math.min(deadline, startedAt + (wait ?? LOOKUP_DURATION));
    }
    return deadline;
  }

  #query(now: Instant): void {
    if (this.#sockets.isEmpty) return;
    const due: string[] = [];
    for (const [name, lookup] of this.#lookups) {
      const before = lookup.queries;
      while (now >= lookup.startedAt + (QUERY_TIMES[lookup.queries] ?? NEVER)) lookup.queries++;
      if (lookup.queries > before) due.push(name);
    }
    this.#ask(due, this.#sockets.groups);
  }

  #ask(names: readonly string[], routes: readonly Route[]): void {
    for (let i = 0; i < names.length; i += NAMES_PER_QUERY) {
      const query = encodeMdnsQuery(names.slice(i, i + NAMES_PER_QUERY));
      for (const route of routes) this.#output.send(query, route);
    }
  }
}
