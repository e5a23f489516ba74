/**
 * The client of NAT behaviour discovery, as an engine: RFC 5780 §3, §4.
 *
 * Four sockets keep the tests apart (§4.5): one asks all addresses of the server for the mapping; one speaks with its first
 * address alone, so that the filter knows no other; one sends nothing at all; one meets the first by its address
 * outside. Tests that do not depend on one another run side by side: all takes two round trips where everything is
 * answered, and one more timeout where something is filtered.
 */
import { Drops as DropCounters, type Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { canonicalIpAddress } from "../base/ip-address.ts";
import type { Random } from "../base/random.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import type { TransportAddress } from "./address-attribute.ts";
import { checkFingerprint } from "./fingerprint.ts";
import { decodeMessage, StunMethod, type TransactionId } from "./message.ts";
import { NatProbe, type ProbeQuestion } from "./nat-probe.ts";
import { concludeFiltering, concludeMapping, type NatDiscoveryProblem, type NatReport } from "./nat-report.ts";
import type { TransactionTiming } from "./transaction.ts";

/** Options of a {@link NatDiscovery}. */
export interface NatDiscoveryOptions {
  readonly random: Random;
  readonly routes: RouteTable;
  /** IP address and port of the server; the port of STUN is 3478. */
  readonly server: TransportAddress;
  /** The address of an interface, of the server's family, to ask from. */
  readonly localAddress: string;
  /**
   * After how many milliseconds without traffic it is to be seen whether a mapping still lives (§4.6), a socket for each;
   * default none. The discovery takes as long as the longest. At most 16.
   */
  readonly lifetimes?: readonly number[];
  /** When a request is repeated and given up: it should be soon, for what is filtered is never answered. */
  readonly timing?: TransactionTiming;
}

/** What happens in a discovery. */
export type NatDiscoveryEvent =
  /** The server has answered for the first time, or a test has begun. */
  | { readonly type: "progress"; readonly step: "reached" | "behaviour" | "lifetime" }
  /** The last event. */
  | { readonly type: "report"; readonly report: NatReport };

/** Why a datagram was dropped. */
export type NatDiscoveryDrop = "malformed" | "unexpected";

/** Requests at 0, 250, 750, 1750 and 3750 ms; given up a second later. */
export const DISCOVERY_TIMING: TransactionTiming = { rto: 250, rc: 5, rm: 4 };

const MAX_LIFETIMES = 16;

type Role = "mapping" | "filtering" | "unused" | "hairpin" | number;

interface Place {
  readonly socket: SocketId;
  readonly port: number;
}

type Probe = NatProbe<Role>;

/** One discovery, over UDP, with one server. */
export class NatDiscovery implements NetworkEngine<NatDiscoveryEvent> {
  readonly routes: RouteTable;
  readonly drops: Drops<NatDiscoveryDrop> = new DropCounters();
  readonly #options: NatDiscoveryOptions;
  readonly #lifetimes: readonly number[];
  readonly #server: TransportAddress;
  readonly #roles: readonly Role[];
  readonly #asks: Ask[] = [];
  readonly #events: NatDiscoveryEvent[] = [];
  readonly #outbox: Probe[] = [];
  readonly #places = new Map<Role, Place>();
  readonly #roleOf = new Map<SocketId, Role>();
  readonly #probes = new Map<TransactionId, Probe>();
  /** The first question of each socket that asks one. */
  readonly #first = new Map<Role, Probe>();
  #second:
    | {
        readonly otherAddress: Probe;
        readonly otherPort: Probe;
        readonly changeBoth: Probe;
        readonly changePort: Probe;
        readonly unused: Probe;
        readonly hairpins: readonly Probe[];
      }
    | undefined = undefined;
  /** When a mapping has to be looked at, and the question once it was asked. */
  readonly #ages: { readonly role: number; readonly age: number; readonly at: Instant; probe: Probe | undefined }[] = [];
  #reported = false;

  /** @throws RangeError when an address is none, the families differ, or there are too many lifetimes */
  constructor(options: NatDiscoveryOptions) {
    const address = canonicalIpAddress(options.server.address);
    const local = canonicalIpAddress(options.localAddress);
    if (address === undefined || local === undefined) throw new RangeError("not an IP address");
    if (address.includes(":") !== local.includes(":"))
      throw new RangeError("the server and the local address are of different families");
    this.#lifetimes = options.lifetimes ?? [];
    if (this.#lifetimes.length > MAX_LIFETIMES) throw new RangeError(`more than ${MAX_LIFETIMES} lifetimes`);
    this.#options = options;
    this.routes = options.routes;
    this.#server = { address, port: options.server.port };
    this.#roles = ["mapping", "filtering", "unused", "hairpin", ...this.#lifetimes.keys()];
    for (const id of this.#roles.keys()) this.#asks.push({ type: "bind", id, address: options.localAddress, port: 0 });
  }

  takeAsk(): Ask | undefined {
    return this.#asks.shift();
  }

  answer(answer: Answer, now: Instant): void {
    if (this.#reported) {
      if (answer.type === "bound") this.#asks.push({ type: "unbind", socket: answer.socket });
      return;
    }
    if (answer.type === "bind-failed") this.#report("bind-failed");
    const role = answer.type === "bound" ? this.#roles[answer.id] : undefined;
    if (answer.type !== "bound" || role === undefined) return;
    this.#places.set(role, { socket: answer.socket, port: answer.port });
    this.#roleOf.set(answer.socket, role);
    if (this.#places.size === this.#roles.length) this.#begin(now);
  }

  receive(datagram: Uint8Array, route: Route, now: Instant, start?: number, end?: number): void {
    const message = decodeMessage(datagram, start, end);
    if (message === undefined || message.method !== StunMethod.BINDING || checkFingerprint(message) === "wrong") {
      this.drops.count("malformed");
      return;
    }
    const role = this.#roleOf.get(route.local);
    const probe = this.#probes.get(message.transactionId);
    const from = { address: canonicalIpAddress(route.address) ?? "", port: route.port };
    if (role === undefined || probe?.receive(message, role, from, now) !== true) this.drops.count("unexpected");
    else this.#proceed(now);
  }

  advance(now: Instant): void {
    if (this.#reported) return;
    for (const probe of this.#probes.values()) if (probe.advance(now)) this.#outbox.push(probe);
    for (const each of this.#ages) {
      const place = this.#places.get(each.role);
      const mapped = this.#first.get(each.role)?.mapped;
      if (each.probe !== undefined || now < each.at || place === undefined || mapped === undefined) continue;
      // Asked by another socket: the mapping itself is left alone. RFC 5780 §4.6.
      each.probe = this.#ask({ from: "hairpin", to: this.#server, answerAt: each.role, responsePort: mapped.port }, now);
    }
    this.#proceed(now);
  }

  deadline(): Instant {
    if (this.#reported) return NEVER;
    let deadline = NEVER;
    for (const probe of this.#probes.values()) deadline = Math.min(deadline, probe.deadline);
    for (const { at, probe } of this.#ages) if (probe === undefined) deadline = Math.min(deadline, at);
    return deadline;
  }

  transmit(out: Transmit, _now: Instant): boolean {
    const probe = this.#reported ? undefined : this.#outbox.shift();
    const place = probe && this.#places.get(probe.question.from);
    if (probe === undefined || place === undefined) return false;
    out.bytes.set(probe.request, out.start);
    out.length = probe.request.length;
    out.route = this.routes.intern(place.socket, "udp", probe.question.to.address, probe.question.to.port);
    return true;
  }

  takeEvent(): NatDiscoveryEvent | undefined {
    return this.#events.shift();
  }

  #ask(question: ProbeQuestion<Role>, now: Instant): Probe {
    const probe = new NatProbe(question, this.#options.random, this.#options.timing ?? DISCOVERY_TIMING, now);
    this.#probes.set(probe.transactionId, probe);
    this.#outbox.push(probe);
    return probe;
  }

  #begin(now: Instant): void {
    for (const role of this.#roles)
      if (role !== "unused") this.#first.set(role, this.#ask({ from: role, to: this.#server }, now));
  }

  /** Something was settled: goes on when nothing is waited for. */
  #proceed(now: Instant): void {
    if (this.#reported || [...this.#first.values()].some(({ state }) => state === "waiting")) return;
    const first = this.#first.get("mapping");
    if (first?.state !== "answered") {
      this.#report(first?.state === "refused" ? "refused" : "unreachable");
      return;
    }
    if (this.#second === undefined) {
      this.#events.push({ type: "progress", step: "reached" });
      const other = first.other;
      if (other === undefined || other.address === this.#server.address || other.port === this.#server.port) {
        this.#report("no-other-address");
        return;
      }
      this.#askMore(other, now);
    }
    const settled = [...this.#probes.values()].every(({ state }) => state !== "waiting");
    if (settled && this.#ages.every(({ probe }) => probe !== undefined)) this.#report(undefined);
  }

  #askMore(other: TransportAddress, now: Instant): void {
    const { address, port } = this.#server;
    this.#events.push({ type: "progress", step: "behaviour" });
    const to = this.#server;
    const mapped = this.#first.get("mapping")?.mapped;
    const neighbour = this.#first.get("hairpin")?.mapped;
    const hairpins: Probe[] = [];
    // Both write, so that a strict filter is open for both.
    if (
      mapped !== undefined &&
      neighbour !== undefined &&
      concludeMapping(this.#local ?? to, mapped, undefined, undefined) !== "none"
    ) {
      hairpins.push(this.#ask({ from: "mapping", to: neighbour, answerAt: "hairpin", hairpin: true }, now));
      hairpins.push(this.#ask({ from: "hairpin", to: mapped, answerAt: "mapping", hairpin: true }, now));
    }
    const both = { address: true, port: true };
    const portOnly = { address: false, port: true };
    const unusedPort = this.#places.get("unused")?.port ?? 0;
    this.#second = {
      otherAddress: this.#ask({ from: "mapping", to: { address: other.address, port } }, now),
      otherPort: this.#ask({ from: "mapping", to: other }, now),
      changeBoth: this.#ask({ from: "filtering", to, change: both, answerFrom: other }, now),
      changePort: this.#ask({ from: "filtering", to, change: portOnly, answerFrom: { address, port: other.port } }, now),
      unused: this.#ask({ from: "filtering", to, responsePort: unusedPort, answerAt: "unused" }, now),
      hairpins,
    };
    for (const [role, age] of this.#lifetimes.entries()) {
      if (this.#first.get(role)?.state === "answered") this.#ages.push({ role, age, at: now + age, probe: undefined });
    }
    if (this.#ages.length > 0) this.#events.push({ type: "progress", step: "lifetime" });
  }

  get #local(): TransportAddress | undefined {
    const place = this.#places.get("mapping");
    const address = canonicalIpAddress(this.#options.localAddress);
    return place && address !== undefined ? { address, port: place.port } : undefined;
  }

  #report(problem: NatDiscoveryProblem | undefined): void {
    this.#reported = true;
    this.#outbox.length = 0;
    for (const { socket } of this.#places.values()) this.#asks.push({ type: "unbind", socket });
    this.#events.push({ type: "report", report: this.#conclude(problem) });
  }

  #conclude(problem: NatDiscoveryProblem | undefined): NatReport {
    const first = this.#first.get("mapping");
    const local = this.#local;
    const mapped = first?.mapped;
    const second = this.#second;
    const filter = second && this.#first.get("filtering")?.state === "answered" ? second : undefined;
    const refused = filter?.changeBoth.state === "refused";
    const mapping = local && mapped && concludeMapping(local, mapped, second?.otherAddress.mapped, second?.otherPort.mapped);
    const answered = (probe: Probe | undefined): boolean => probe?.state === "answered";
    return {
      server: this.#server,
      local,
      mapped,
      roundTrip: first?.answeredAt === undefined ? undefined : first.answeredAt - first.startedAt,
      mapping,
      filtering:
        filter === undefined || refused
          ? undefined
          : concludeFiltering({
              otherAddress: answered(filter.changeBoth),
              otherPort: answered(filter.changePort),
              unused: answered(filter.unused),
            }),
      hairpinning: second === undefined || second.hairpins.length === 0 ? undefined : second.hairpins.some(answered),
      lifetime: this.#lifetimeSeen(),
      problem: problem ?? (second !== undefined && (refused || mapping === undefined) ? "no-other-address" : undefined),
    };
  }

  #lifetimeSeen(): NatReport["lifetime"] {
    const ages = this.#ages.filter(({ probe }) => probe !== undefined && probe.state !== "refused");
    if (ages.length === 0) return undefined;
    const alive = Math.max(0, ...ages.filter(({ probe }) => probe?.state === "answered").map(({ age }) => age));
    const dead = ages.filter(({ probe, age }) => probe?.state !== "answered" && age > alive).map(({ age }) => age);
    return { alive, expired: dead.length === 0 ? undefined : Math.min(...dead) };
  }
}
