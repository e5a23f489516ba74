/**
 * Looks up `.local` names by multicast: one-shot queries that listen like a full querier, RFC 6762 §5.1, §5.2, for the
 * candidates of browsers that hide their addresses (draft-ietf-mmusic-mdns-ice-candidates §3.2).
 *
 * It asks for one shared socket on port 5353 for each interface and family, because answers come by multicast to that port, and
 * lets them go when nothing is left to look up.
 */

import type { Answer } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { addressScope, parseIpAddress } from "../base/ip-address.ts";
import type { NetworkInterface } from "../base/platform.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import { decodeMdnsResponse, encodeMdnsQuery, type MdnsAddress, NAMES_PER_QUERY } from "./mdns-message.ts";
import type { AgentOutput } from "./output.ts";

const MDNS_PORT = 5353;
const IPV4_GROUP = "224.0.0.251";
const IPV6_GROUP = "ff02::fb";

/** A name is asked for at these milliseconds after it was wanted. */
const QUERY_TIMES: readonly number[] = [0, 1000, 3000];

/** Milliseconds after which a name counts as unknown. */
const LOOKUP_DURATION = 8000;

/** Milliseconds for which sockets are kept after the last name: browsers tell their names one by one. */
const LINGER_DURATION = 5000;

/** Sockets that are asked for. */
const MAX_SOCKETS = 8;

interface Lookup {
  readonly startedAt: Instant;
  /** Queries sent so far. */
  queries: number;
}

interface Group {
  readonly address: string;
  readonly group: string;
}

/** One group to join for each interface and family; loopback only when there is nothing else. */
function groupsOf(interfaces: readonly NetworkInterface[]): Group[] {
  const groups = new Map<string, Group>();
  const outside = interfaces.filter(({ internal }) => !internal);
  for (const { name, address } of outside.length > 0 ? outside : interfaces) {
    const parsed = parseIpAddress(address);
    if (parsed === undefined || groups.has(`${name} ${parsed.family}`)) continue;
    if (parsed.family === 4) groups.set(`${name} 4`, { address, group: IPV4_GROUP });
    // The zone of the link-local address also says where the group is meant.
    else if (addressScope(parsed.bytes) === "link-local" && parsed.zone !== undefined)
      groups.set(`${name} 6`, { address, group: `${IPV6_GROUP}%${parsed.zone}` });
  }
  return [...groups.values()].slice(0, MAX_SOCKETS);
}

/** Looks up names; the owner takes addresses as they come. */
export class MdnsResolver {
  readonly #routes: RouteTable;
  readonly #output: AgentOutput;
  readonly #lookups = new SparseMap<string, Lookup>();
  readonly #binds = new SparseMap<number, Group>();
  /** The route to the group, by socket. */
  readonly #sockets = new SparseMap<SocketId, Route>();
  #interfacesAsk: number | undefined;
  #asked = false;
  #closeAt: Instant = NEVER;

  constructor(routes: RouteTable, output: AgentOutput) {
    this.#routes = routes;
    this.#output = output;
  }

  /** Whether a socket is one of these. */
  owns(socket: SocketId): boolean {
    return this.#sockets.has(socket);
  }

  /** Wants the addresses of a canonical name. */
  lookup(name: string, now: Instant): void {
    if (this.#lookups.has(name)) return;
    this.#lookups.set(name, { startedAt: now, queries: 0 });
    this.#closeAt = NEVER;
    if (!this.#asked) {
      this.#asked = true;
      this.#interfacesAsk = this.#output.ask({ type: "interfaces" });
    }
    this.#query(now);
  }

  /** A name is not wanted any more. */
  forget(name: string, now: Instant): void {
    if (this.#lookups.delete(name) && this.#lookups.size === 0) this.#closeAt = now + LINGER_DURATION;
  }

  /** Lets all sockets go. It can be used again. */
  close(): void {
    this.#lookups.clear();
    this.#interfacesAsk = undefined;
    this.#binds.clear();
    this.#asked = false;
    this.#closeAt = NEVER;
    for (const socket of this.#sockets.keys()) {
      this.#routes.forget(socket);
      this.#output.asks.push({ type: "unbind", socket });
    }
    this.#sockets.clear();
  }

  /** An answer of the platform. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    if (answer.type === "interfaces") {
      if (answer.id !== this.#interfacesAsk) return false;
      this.#interfacesAsk = undefined;
      for (const group of groupsOf(answer.interfaces)) {
        const [multicast = group.group] = group.group.split("%");
        this.#binds.set(this.#output.ask({ type: "bind", address: group.address, port: MDNS_PORT, multicast }), group);
      }
      return true;
    }
    if (answer.type !== "bound" && answer.type !== "bind-failed") return false;
    const group = this.#binds.get(answer.id);
    if (group === undefined) return false;
    this.#binds.delete(answer.id);
    if (answer.type === "bind-failed") {
      this.#output.drops.count("bind-failed");
      return true;
    }
    const route = this.#routes.intern(answer.socket, "udp", group.group, MDNS_PORT);
    this.#sockets.set(answer.socket, route);
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
      const wait = this.#sockets.size === 0 ? undefined : QUERY_TIMES[queries];
      deadline = Math.min(deadline, startedAt + (wait ?? LOOKUP_DURATION));
    }
    return deadline;
  }

  #query(now: Instant): void {
    if (this.#sockets.size === 0) return;
    const due: string[] = [];
    for (const [name, lookup] of this.#lookups) {
      const before = lookup.queries;
      while (now >= lookup.startedAt + (QUERY_TIMES[lookup.queries] ?? NEVER)) lookup.queries++;
      if (lookup.queries > before) due.push(name);
    }
    this.#ask(due, [...this.#sockets.values()]);
  }

  #ask(names: readonly string[], routes: readonly Route[]): void {
    for (let i = 0; i < names.length; i += NAMES_PER_QUERY) {
      const query = encodeMdnsQuery(names.slice(i, i + NAMES_PER_QUERY));
      for (const route of routes) this.#output.send(query, route);
    }
  }
}
