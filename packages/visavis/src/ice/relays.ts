/**
 * The relays of an agent: allocations at TURN servers, each with one or two relayed addresses that are bases like sockets.
 * RFC 8445 §5.1.1.2, RFC 8656.
 *
 * A relayed base has a socket id of its own, which no platform knows. What is sent by its routes goes through the allocation, and what the
 * server passes on comes back as a datagram of such a route.
 */

import { u16 } from "../base/bytes.ts";
import type { Answer } from "../base/engine.ts";
import type { Instant } from "../base/instant.ts";
import { NEVER } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { Transmit } from "../base/transmit.ts";
import type { TransportAddress } from "../stun/address-attribute.ts";
import { StunMethod } from "../stun/message.ts";
import { looksLikeChannelData } from "../turn/channel-data.ts";
import { StreamFraming } from "../turn/stream-framing.ts";
import { SERVER_UNREACHABLE, TurnClient, type TurnEvent } from "../turn/turn-client.ts";
import type { TurnPeer } from "../turn/turn-peer.ts";
import type { RelayServer, RelayTransport } from "./ice-servers.ts";
import type { Base } from "./local-candidates.ts";
import type { AgentOutput } from "./output.ts";

/** How often a server may send us on to another one: RFC 8489 §10. */
const MAX_REDIRECTIONS = 3;

/** How much less a relay is liked because of the way to it: a lost segment holds up all that comes behind it. */
const DETOUR: Readonly<Record<RelayTransport, number>> = { udp: 0, tcp: 1000, tls: 2000 };

/** Peers of an allocation whose routes are remembered. */
const MAX_ROUTES = 256;

/** A datagram that came by way of a relay. */
export interface RelayedDatagram {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** From the relayed base to the peer. */
  readonly route: Route;
}

/** What became of the allocations. */
export type RelayNews =
  | {
      readonly type: "allocated";
      readonly relay: Relay;
      readonly relayed: readonly TransportAddress[];
      readonly mapped: TransportAddress;
    }
  | { readonly type: "failed"; readonly relay: Relay; readonly code: number; readonly reason: string }
  /** The server has sent us on: RFC 8489 §10. */
  | { readonly type: "redirected"; readonly relay: Relay; readonly to: Relay }
  /** What `confirm` asked for. */
  | { readonly type: "confirmed"; readonly relay: Relay }
  /** It was there and is gone; the code is 701 when the server does not answer any more, 0 when it closed the connection. */
  | { readonly type: "lost"; readonly relay: Relay; readonly code: number; readonly reason: string };

/** One allocation. */
export class Relay {
  readonly server: RelayServer;
  /** The socket it was made from. */
  readonly base: Base;
  /** To the server; undefined while a stream to it is being opened. */
  route: Route | undefined = undefined;
  /** Where the server's messages are found in its stream; undefined over UDP. */
  readonly framing: StreamFraming | undefined;
  readonly client: TurnClient;
  readonly redirections: number;
  /** Where it is seen from, once it is there. */
  mapped: TransportAddress | undefined = undefined;
  /** The bases it offers, with what the world knows them as. */
  readonly bases: { readonly base: Base; readonly relayed: TransportAddress }[] = [];
  readonly #peers = new Map<Route, TurnPeer>();

  constructor(server: RelayServer, base: Base, random: Random, redirections: number) {
    this.server = server;
    this.base = base;
    this.redirections = redirections;
    const { username, credential: password, transport, relayFamily: family } = server;
    const isStream = transport !== "udp";
    this.framing = isStream ? new StreamFraming() : undefined;
    this.client = new TurnClient({ random, credentials: { type: "password", username, password }, family, isStream });
  }

  /** Whether it is still of use, or may become so. */
  get isAlive(): boolean {
    return this.client.state !== "ended" && this.client.state !== "closing";
  }

  /** The peer at the end of a route of ours. */
  peer(route: Route, now: Instant): TurnPeer | undefined {
    const known = this.#peers.get(route);
    if (known !== undefined) return known;
    const peer = this.client.peer(route.address, route.port, now);
    if (peer !== undefined && this.#peers.size < MAX_ROUTES) this.#peers.set(route, peer);
    return peer;
  }
}

/** The allocations of one agent. */
export class Relays {
  readonly #routes: RouteTable;
  readonly #random: Random;
  readonly #output: AgentOutput;
  readonly #all = new Set<Relay>();
  readonly #byServer = new SparseMap<Route, Relay>();
  readonly #bySocket = new SparseMap<SocketId, Relay>();
  /** Those whose streams were asked for, or are there, by the ask. */
  readonly #byAsk = new SparseMap<number, Relay>();
  readonly #inner = new Ring<RelayedDatagram>();
  readonly #failures: RelayNews[] = [];
  /** Those that were closed and still have to say so. */
  #leaving: Relay[] = [];

  constructor(routes: RouteTable, random: Random, output: AgentOutput) {
    this.#routes = routes;
    this.#random = random;
    this.#output = output;
  }

  /** Whether there is anything to do with relays at all. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Whether a socket id is that of a relayed base. */
  owns(socket: SocketId): boolean {
    return this.#bySocket.has(socket);
  }

  /** The one made from this socket at this server, if it is alive. */
  find({ url, family }: RelayServer, base: Base): Relay | undefined {
    for (const relay of this.#all) {
      const { server } = relay;
      if (relay.base.socket === base.socket && server.url === url && server.family === family && relay.isAlive) return relay;
    }
    return undefined;
  }

  /** Asks a server for an allocation, over a stream of its own where it is reached by one. */
  add(server: RelayServer, base: Base, now: Instant, redirections: number = 0): Relay | undefined {
    const { address, port, transport, host } = server;
    const relay = new Relay(server, base, this.#random, redirections);
    if (transport === "udp") {
      const route = this.#routes.pin(this.#routes.intern(base.socket, "udp", address, port));
      if (this.#byServer.has(route)) return undefined;
      this.#start(relay, route, now);
    } else {
      const to = { address, port, localAddress: base.address, ...(transport === "tls" && { serverName: host }) };
      this.#byAsk.set(this.#output.ask({ type: "connect", ...to }), relay);
    }
    this.#all.add(relay);
    return relay;
  }

  /** Asks whether an allocation that is there has outlived what happened since: news of `confirmed` or `lost`. */
  confirm({ client }: Relay, now: Instant): void {
    client.confirm(now);
  }

  #start(relay: Relay, route: Route, now: Instant): void {
    relay.route = route;
    this.#byServer.set(route, relay);
    relay.client.start(now);
  }

  /** An answer about a stream. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    const relay = this.#byAsk.get(answer.id);
    if (relay === undefined) return false;
    if (answer.type === "connected") {
      const { address, port, transport } = relay.server;
      this.#start(relay, this.#routes.pin(this.#routes.intern(answer.socket, transport, address, port)), now);
    } else if (answer.type === "connect-failed") {
      this.#forget(relay);
      this.#failures.push({
        type: "failed",
        relay,
        code: SERVER_UNREACHABLE,
        reason: `the TURN server cannot be reached: ${answer.code}`,
      });
    } else if (answer.type === "disconnected") {
      const isPending = relay.mapped === undefined;
      this.#forget(relay);
      const reason = "the TURN server closed the connection";
      this.#failures.push(
        isPending ? { type: "failed", relay, code: SERVER_UNREACHABLE, reason } : { type: "lost", relay, code: 0, reason },
      );
    }
    return true;
  }

  /**
   * Takes a datagram or a piece of a stream, if it comes from a TURN server and is about an allocation. What it carried is to be taken by
   * `takeInner`.
   * @returns false when it has nothing to do with relays
   */
  receive(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): boolean {
    const relay = this.#byServer.get(route);
    if (relay === undefined) return false;
    const { framing } = relay;
    if (framing === undefined) {
      if (!isTurn(bytes, start, end)) return false;
      this.#receive(relay, bytes, start, end, now);
      return true;
    }
    framing.push(start === 0 && end === bytes.length ? bytes : bytes.slice(start, end));
    for (let message = framing.shift(); message !== undefined; message = framing.shift()) {
      this.#receive(relay, message, 0, message.length, now);
    }
    if (framing.isBroken) {
      this.#forget(relay);
      this.#failures.push({ type: "failed", relay, code: SERVER_UNREACHABLE, reason: "what the TURN server sent is not TURN" });
    }
    return true;
  }

  #receive(relay: Relay, bytes: Uint8Array, start: number, end: number, now: Instant): void {
    const { client } = relay;
    const peer = client.receive(bytes, start, end, now);
    const base = peer && relay.bases.find((each) => each.base.family === (peer.address.includes(":") ? 6 : 4))?.base;
    // What carried nothing, or was dropped, the client has counted.
    if (peer === undefined) return;
    if (base === undefined) {
      this.#output.drops.count("no-relay");
      return;
    }
    const route = this.#routes.intern(base.socket, "udp", peer.address, peer.port);
    this.#inner.push({ bytes, start: client.dataStart, end: client.dataEnd, route });
  }

  /** Removes the oldest datagram that came by way of a relay. */
  takeInner(): RelayedDatagram | undefined {
    return this.#inner.shift();
  }

  /** Sends a single datagram by a relayed route, as soon as the server lets it through. */
  send(bytes: Uint8Array, route: Route, now: Instant): void {
    const relay = this.#bySocket.get(route.local);
    const peer = relay?.peer(route, now);
    if (peer === undefined) this.#output.drops.count("no-relay");
    else relay?.client.send(bytes, peer, now);
  }

  /** Puts what the server needs around the datagram in `out`, whose route is a relayed one. False when it cannot be sent. */
  wrap(out: Transmit, now: Instant): boolean {
    const { route } = out;
    const relay = route && this.#bySocket.get(route.local);
    const peer = route && relay?.peer(route, now);
    if (relay === undefined || peer === undefined || !relay.client.wrap(out, peer, now)) return false;
    out.route = relay.route;
    return relay.route !== undefined;
  }

  advance(now: Instant): void {
    for (const { client } of this.#byServer.values()) if (client.deadline() <= now) client.advance(now);
  }

  deadline(): Instant {
    let deadline: Instant = NEVER;
    for (const { client } of this.#byServer.values()) deadline = Math.min(deadline, client.deadline());
    return deadline;
  }

  /** Writes the next datagram for a server; false when there is none. */
  transmit(out: Transmit): boolean {
    for (const relay of this.#byServer.values()) {
      if (!relay.client.transmit(out)) continue;
      out.route = relay.route;
      return true;
    }
    return false;
  }

  /** What has happened since it was asked last. */
  takeNews(now: Instant): RelayNews[] {
    const news = this.#failures.splice(0);
    for (const relay of [...this.#byServer.values()]) {
      for (let event = relay.client.takeEvent(); event !== undefined; event = relay.client.takeEvent()) {
        const told = this.#hear(relay, event, now);
        if (told !== undefined) news.push(told);
      }
    }
    return news;
  }

  #hear(relay: Relay, event: TurnEvent, now: Instant): RelayNews | undefined {
    switch (event.type) {
      case "allocated":
        relay.mapped = event.mapped;
        for (const relayed of event.relayed) this.#addBase(relay, relayed);
        return { type: "allocated", relay, relayed: event.relayed, mapped: event.mapped };
      case "failed": {
        this.#forget(relay);
        const { alternate, code, reason } = event;
        const next =
          alternate !== undefined && relay.redirections < MAX_REDIRECTIONS
            ? this.add({ ...relay.server, ...alternate }, relay.base, now, relay.redirections + 1)
            : undefined;
        return next === undefined ? { type: "failed", relay, code, reason } : { type: "redirected", relay, to: next };
      }
      case "lost":
        this.#forget(relay);
        return { type: "lost", relay, code: event.code, reason: event.reason };
      case "confirmed":
        return { type: "confirmed", relay };
      case "refused":
        // Checks of that peer time out.
        return undefined;
    }
  }

  #addBase(relay: Relay, relayed: TransportAddress): void {
    const socket = this.#routes.createSocket();
    const { base, server } = relay;
    this.#bySocket.set(socket, relay);
    const family = relayed.address.includes(":") ? 6 : 4;
    const { address, port } = relayed;
    const localPreference = Math.max(base.localPreference - server.index - DETOUR[server.transport], 0);
    relay.bases.push({ base: { socket, address, port, family, scope: "other", zone: undefined, localPreference }, relayed });
  }

  #forget(relay: Relay): void {
    this.#all.delete(relay);
    if (relay.route !== undefined) this.#byServer.delete(relay.route);
    for (const [ask, each] of this.#byAsk) if (each === relay) this.#byAsk.delete(ask);
    for (const { base } of relay.bases) {
      this.#bySocket.delete(base.socket);
      this.#routes.forget(base.socket);
    }
    this.#closeStream(relay);
  }

  #closeStream({ framing, route }: Relay): void {
    if (framing !== undefined && route !== undefined) this.#output.asks.push({ type: "unbind", socket: route.local });
  }

  /** The sockets of the relayed bases that are reached from a socket. */
  above(socket: SocketId): SocketId[] {
    return [...this.#bySocket].filter(([, { base }]) => base.socket === socket).map(([id]) => id);
  }

  /** Gives up the allocations made from a socket that goes. */
  release(socket: SocketId): void {
    for (const relay of [...this.#all]) if (relay.base.socket === socket) this.#forget(relay);
  }

  /** Gives all allocations back; what there is to say comes out of `transmitFarewell`. */
  close(now: Instant): void {
    for (const relay of this.#all) {
      relay.client.close(now);
      if (relay.route !== undefined) this.#leaving.push(relay);
      for (const { base } of relay.bases) this.#bySocket.delete(base.socket);
    }
    this.#all.clear();
    this.#byServer.clear();
    this.#byAsk.clear();
  }

  /** Writes the next of the last words; false when all are said. */
  transmitFarewell(out: Transmit): boolean {
    for (const { client, route } of this.#leaving) {
      if (!client.transmit(out)) continue;
      out.route = route;
      return true;
    }
    for (const relay of this.#leaving) this.#closeStream(relay);
    this.#leaving = [];
    return false;
  }
}

/** ChannelData, or STUN of a method other than Binding: a server may be asked by both on one route. */
function isTurn(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4) return false;
  const type = u16(bytes, start);
  if (looksLikeChannelData(type >>> 8)) return true;
  const method = (type & 0x000f) | ((type & 0x00e0) >>> 1) | ((type & 0x3e00) >>> 2);
  return type < 0x4000 && method !== StunMethod.BINDING;
}
