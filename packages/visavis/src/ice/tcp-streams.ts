/**
 * The streams of an agent: host candidates over TCP and the connections between them. RFC 6544 §5, §7, §8.
 *
 * A base over TCP has a socket id of its own, which no platform knows, as that of a relay has: its routes are the pairs' and stay the same
 * when a connection is opened anew. What is sent by them goes in frames by the connection, and what comes out of it is a datagram of
 * such a route. Whoever connects has proven nothing: until a check does, there are bounds on everything.
 */
import type { Answer } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { type Random, randomBelow } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { Transmit } from "../base/transmit.ts";
import { looksLikeStun } from "../stun/message.ts";
import type { Base } from "./local-candidates.ts";
import type { AgentOutput } from "./output.ts";
import { tcpLocalPreference } from "./priorities.ts";
import type { RelayedDatagram } from "./relays.ts";
import { MAX_FRAME, TcpFraming } from "./tcp-framing.ts";

/** How a candidate over TCP comes to its connections: RFC 6544 §4.1. */
export type TcpType = "active" | "passive" | "so";

/** The port in the candidate of a side that only connects: RFC 6544 §4.5. */
export const ACTIVE_PORT = 9;

/** Connections of one agent. */
const MAX_STREAMS = 64;

/** Connections that came in and have proven nothing, and how long each is waited for. Milliseconds. */
const MAX_UNPROVEN = 16;
const UNPROVEN_DURATION = 10_000;
/** One of these makes room for a newer one after so many milliseconds. */
const UNPROVEN_GRACE = 2000;
/** Bytes that it may bring, and the longest datagram: checks and their answers are short. */
const UNPROVEN_BYTES = 16_384;
const UNPROVEN_LENGTH = 2048;

/** Milliseconds for which connections that are not in use are kept after there is a pair: RFC 6544 §8. */
const IDLE_DURATION = 10_000;

/** Attempts at one connection that both sides open, and milliseconds between two of them at most: each may miss the other's. */
const MAX_ATTEMPTS = 40;
const ATTEMPT_INTERVAL = 100;

/** A host candidate over TCP as a base. */
export interface TcpBase extends Base {
  readonly tcpType: TcpType;
  /** The base over UDP of the same address, of the newest generation. */
  host: Base;
}

/** What became of a connection; the route is that of the pair. */
export interface StreamNews {
  readonly type: "opened" | "lost";
  readonly route: Route;
  /** When it was asked for, or came in. */
  readonly since: Instant;
}

interface Stream {
  readonly base: TcpBase;
  /** That of the pair. */
  readonly route: Route;
  /** The platform's; undefined while it is being opened. */
  way: Route | undefined;
  readonly framing: TcpFraming;
  isProven: boolean;
  /** Bytes that came before it was proven. */
  bytes: number;
  readonly since: Instant;
  closesAt: Instant;
  attempts: number;
  /** When the next attempt is made; `NEVER` while one is under way. */
  retryAt: Instant;
}

interface Listening {
  readonly host: Base;
  readonly tcpType: "passive" | "so";
}

/** The streams of one agent. */
export class TcpStreams {
  readonly #routes: RouteTable;
  readonly #random: Random;
  readonly #output: AgentOutput;
  readonly #bases = new SparseMap<SocketId, TcpBase>();
  /** By the ask; those that listen keep theirs, because connections come in by it. */
  readonly #asked = new SparseMap<number, Listening>();
  readonly #listening = new SparseMap<number, { readonly base: TcpBase; readonly socket: SocketId }>();
  readonly #connecting = new SparseMap<number, Stream>();
  readonly #ready = new Ring<TcpBase>();
  readonly #byRoute = new SparseMap<Route, Stream>();
  readonly #bySocket = new SparseMap<SocketId, Stream>();
  readonly #inner = new Ring<RelayedDatagram>();
  #news: StreamNews[] = [];

  constructor(routes: RouteTable, random: Random, output: AgentOutput) {
    this.#routes = routes;
    this.#random = random;
    this.#output = output;
  }

  /** Whether there is nothing over TCP at all. */
  get isEmpty(): boolean {
    return this.#bases.size === 0 && this.#asked.size === 0;
  }

  /** Whether it is not known yet what can be offered. */
  get pending(): boolean {
    return this.#asked.size > 0;
  }

  /** Whether a socket id is that of a base over TCP. */
  owns(socket: SocketId): boolean {
    return this.#bases.has(socket);
  }

  /**
   * Offers candidates of these kinds beside a base over UDP; they come out of `takeReady`. Those that are there come again.
   * @param isSamePort listens at the port that the base has over UDP
   */
  offer(host: Base, types: readonly TcpType[], isSamePort: boolean = false): void {
    for (const tcpType of new Set(types)) {
      const known = [...this.#bases.values()].find((base) => base.host.socket === host.socket && base.tcpType === tcpType);
      if (known !== undefined) {
        known.host = host;
        this.#ready.push(known);
      } else if (tcpType === "active") this.#add(host, tcpType, ACTIVE_PORT);
      else {
        const port = isSamePort && tcpType === "passive" ? host.port : 0;
        this.#asked.set(this.#output.ask({ type: "listen", address: host.address, port }), { host, tcpType });
      }
    }
  }

  #add(host: Base, tcpType: TcpType, port: number): TcpBase {
    const socket = this.#routes.createSocket();
    const localPreference = tcpLocalPreference(tcpType, host.localPreference);
    const base: TcpBase = { ...host, socket, port, localPreference, tcpType, host };
    this.#bases.set(socket, base);
    this.#ready.push(base);
    return base;
  }

  /** The next base that can be told. */
  takeReady(): TcpBase | undefined {
    return this.#ready.shift();
  }

  /** An answer about a stream. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    switch (answer.type) {
      case "listening":
      case "bind-failed":
        return this.#listened(answer);
      case "accepted":
        return this.#accepted(answer, now);
      case "connected": {
        const stream = this.#connecting.get(answer.id);
        if (stream === undefined) return false;
        const { address, port } = stream.route;
        stream.way = this.#routes.pin(this.#routes.intern(answer.socket, "tcp", address, port));
        this.#bySocket.set(answer.socket, stream);
        this.#news.push({ type: "opened", route: stream.route, since: stream.since });
        return true;
      }
      case "connect-failed":
        return this.#failed(answer.id, now);
      case "disconnected": {
        const stream = this.#bySocket.get(answer.socket);
        if (stream === undefined) return false;
        this.#forget(stream);
        return true;
      }
      default:
        return false;
    }
  }

  #listened(answer: Extract<Answer, { type: "listening" | "bind-failed" }>): boolean {
    const asked = this.#asked.get(answer.id);
    if (asked === undefined) return false;
    this.#asked.delete(answer.id);
    if (answer.type === "bind-failed") {
      this.#output.drops.count("bind-failed");
      return true;
    }
    const base = this.#add(asked.host, asked.tcpType, answer.port);
    if (asked.tcpType === "passive") this.#listening.set(answer.id, { base, socket: answer.socket });
    // A port that is listened at cannot be connected from: it was only to be found.
    else this.#output.asks.push({ type: "unbind", socket: answer.socket });
    return true;
  }

  #accepted({ id, socket, address, port }: Extract<Answer, { type: "accepted" }>, now: Instant): boolean {
    const base = this.#listening.get(id)?.base;
    if (base === undefined) return false;
    if (!this.#hasRoom(now)) {
      this.#output.drops.count("stream-limit");
      return false;
    }
    const route = this.#routes.pin(this.#routes.intern(base.socket, "tcp", address, port));
    const stream = this.#create(base, route, now, now + UNPROVEN_DURATION);
    stream.way = this.#routes.pin(this.#routes.intern(socket, "tcp", address, port));
    this.#bySocket.set(socket, stream);
    return true;
  }

  #hasRoom(now: Instant): boolean {
    if (this.#byRoute.size >= MAX_STREAMS) return false;
    const unproven = [...this.#byRoute.values()].filter(({ isProven, base }) => !isProven && base.tcpType === "passive");
    const [oldest] = unproven;
    if (oldest === undefined || unproven.length < MAX_UNPROVEN) return true;
    if (now < oldest.since + UNPROVEN_GRACE) return false;
    this.#output.drops.count("unproven-stream");
    this.#close(oldest);
    return true;
  }

  #create(base: TcpBase, route: Route, now: Instant, closesAt: Instant): Stream {
    const framing = new TcpFraming(UNPROVEN_LENGTH);
    const state = { way: undefined, isProven: false, bytes: 0, since: now, closesAt, attempts: 0, retryAt: NEVER };
    const stream: Stream = { base, route, framing, ...state };
    this.#byRoute.set(route, stream);
    return stream;
  }

  /** Sees to it that there is a connection for a pair; `opening` is followed by news. `gone`: only the other side can open one. */
  prepare(route: Route, now: Instant): "open" | "opening" | "gone" {
    const known = this.#byRoute.get(route);
    if (known !== undefined) return known.way === undefined ? "opening" : "open";
    const base = this.#bases.get(route.local);
    if (base === undefined || base.tcpType === "passive") return "gone";
    if (this.#byRoute.size >= MAX_STREAMS) {
      this.#output.drops.count("stream-limit");
      return "gone";
    }
    this.#connect(this.#create(base, route, now, NEVER));
    return "opening";
  }

  #connect(stream: Stream): void {
    const { base, route } = stream;
    stream.attempts++;
    stream.retryAt = NEVER;
    const from = { localAddress: base.address, ...(base.tcpType === "so" && { localPort: base.port }) };
    this.#connecting.set(this.#output.ask({ type: "connect", address: route.address, port: route.port, ...from }), stream);
  }

  #failed(id: number, now: Instant): boolean {
    const stream = this.#connecting.get(id);
    if (stream === undefined) return false;
    this.#connecting.delete(id);
    if (stream.base.tcpType === "so" && stream.attempts < MAX_ATTEMPTS) {
      stream.retryAt = now + 1 + randomBelow(this.#random, ATTEMPT_INTERVAL);
      return true;
    }
    this.#output.drops.count("connect-failed");
    this.#forget(stream);
    return true;
  }

  /** Whether datagrams can go by the route of a pair now. */
  isOpen(route: Route): boolean {
    return this.#byRoute.get(route)?.way !== undefined;
  }

  /** The peer has shown by this route that it is the peer. */
  prove(route: Route): void {
    const stream = this.#byRoute.get(route);
    if (stream === undefined || stream.isProven) return;
    stream.isProven = true;
    stream.closesAt = NEVER;
    stream.framing.maxLength = MAX_FRAME;
  }

  /** There is a pair with this route: other connections are not kept for long. */
  settle(selected: Route, now: Instant): void {
    for (const stream of this.#byRoute.values()) {
      if (stream.route === selected) stream.closesAt = NEVER;
      else if (stream.closesAt === NEVER) stream.closesAt = now + IDLE_DURATION;
    }
  }

  /** Takes a piece of a stream. What it brought is to be taken by `takeInner`. False when it is of none of these. */
  receive(bytes: Uint8Array, start: number, end: number, way: Route): boolean {
    const stream = this.#bySocket.get(way.local);
    if (stream === undefined) return false;
    const { framing, route } = stream;
    const { drops } = this.#output;
    if (!stream.isProven) {
      stream.bytes += end - start;
      if (stream.bytes > UNPROVEN_BYTES) {
        drops.count("unproven-stream");
        this.#close(stream);
        return true;
      }
    }
    framing.push(start === 0 && end === bytes.length ? bytes : bytes.slice(start, end));
    for (let datagram = framing.shift(); datagram !== undefined; datagram = framing.shift()) {
      if (stream.isProven || looksLikeStun(datagram, 0, datagram.length)) {
        this.#inner.push({ bytes: datagram, start: 0, end: datagram.length, route });
      } else drops.count("unproven-data");
    }
    if (framing.isBroken) {
      drops.count("bad-frame");
      this.#close(stream);
    }
    return true;
  }

  /** Removes the oldest datagram that came by a stream. */
  takeInner(): RelayedDatagram | undefined {
    return this.#inner.shift();
  }

  /** Makes the datagram in `out`, whose route is a pair's, one of its connection, but for the frame. False when there is none. */
  direct(out: Transmit): boolean {
    const way = out.route && this.#byRoute.get(out.route)?.way;
    if (way === undefined) return false;
    out.route = way;
    return true;
  }

  /** Gives up those that took too long, and tries again what both sides have to open. */
  advance(now: Instant): void {
    for (const stream of [...this.#byRoute.values()]) {
      if (now >= stream.closesAt) {
        if (!stream.isProven) this.#output.drops.count("unproven-stream");
        this.#close(stream);
      } else if (now >= stream.retryAt) this.#connect(stream);
    }
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    let deadline = NEVER;
    for (const { closesAt, retryAt } of this.#byRoute.values()) deadline = Math.min(deadline, closesAt, retryAt);
    return deadline;
  }

  /** What has happened since it was asked last. */
  takeNews(): readonly StreamNews[] {
    if (this.#news.length === 0) return this.#news;
    const news = this.#news;
    this.#news = [];
    return news;
  }

  #close(stream: Stream): void {
    if (stream.way !== undefined) this.#output.asks.push({ type: "unbind", socket: stream.way.local });
    this.#forget(stream);
  }

  #forget(stream: Stream): void {
    if (this.#byRoute.get(stream.route) === stream) this.#byRoute.delete(stream.route);
    if (stream.way !== undefined) {
      this.#bySocket.delete(stream.way.local);
      this.#routes.forget(stream.way.local);
    }
    for (const [id, each] of this.#connecting) if (each === stream) this.#connecting.delete(id);
    this.#news.push({ type: "lost", route: stream.route, since: stream.since });
  }

  /** The bases beside a base over UDP. */
  above(host: SocketId): SocketId[] {
    return [...this.#bases.values()].filter((base) => base.host.socket === host).map(({ socket }) => socket);
  }

  /** Lets the bases go that stand beside a base over UDP which goes. */
  release(host: SocketId): void {
    for (const [id, asked] of this.#asked) if (asked.host.socket === host) this.#asked.delete(id);
    for (const base of this.#bases.values()) {
      if (base.host.socket !== host) continue;
      for (const stream of [...this.#byRoute.values()]) if (stream.base === base) this.#close(stream);
      this.#unlisten(base);
      this.#bases.delete(base.socket);
      this.#routes.forget(base.socket);
    }
  }

  #unlisten(base: TcpBase): void {
    for (const [id, each] of this.#listening) {
      if (each.base !== base) continue;
      this.#listening.delete(id);
      this.#output.asks.push({ type: "unbind", socket: each.socket });
    }
  }

  /** Lets all go. What there is still to say goes out before the platform closes them. */
  close(): void {
    this.#asked.clear();
    this.#connecting.clear();
    this.#ready.clear();
    for (const base of this.#bases.values()) this.#unlisten(base);
    for (const { way } of this.#byRoute.values())
      if (way !== undefined) this.#output.asks.push({ type: "unbind", socket: way.local });
  }
}
