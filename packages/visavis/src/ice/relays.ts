/**
 * The relays of an agent: allocations at TURN servers, each with one or two relayed addresses that are bases like sockets.
 * RFC 8445 §5.1.1.2, RFC 8656.
 *
 * A relayed base has a socket id of its own, which no platform knows. What is sent by its routes goes through the allocation, and what the
 * server passes on comes back as a datagram of such a route.
 */

import { u16 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { NEVER } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import type { TransportAddress } from "../stun/address-attribute.ts";
import { StunMethod } from "../stun/message.ts";
import { looksLikeChannelData } from "../turn/channel-data.ts";
import { TurnClient, type TurnEvent } from "../turn/turn-client.ts";
import type { TurnPeer } from "../turn/turn-peer.ts";
import type { RelayServer } from "./ice-servers.ts";
import type { Base } from "./local-candidates.ts";

/** How often a server may send us on to another one: RFC 8489 §10. */
const MAX_REDIRECTIONS = 3;

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
  | { readonly type: "lost"; readonly relay: Relay };

/** One allocation. */
export class Relay {
  readonly server: RelayServer;
  /** The socket it was made from. */
  readonly base: Base;
  /** To the server. */
  readonly route: Route;
  readonly client: TurnClient;
  readonly redirections: number;
  /** Where it is seen from, once it is there. */
  mapped: TransportAddress | undefined = undefined;
  /** The bases it offers, with what the world knows them as. */
  readonly bases: { readonly base: Base; readonly relayed: TransportAddress }[] = [];
  readonly #peers = new Map<Route, TurnPeer>();

  constructor(server: RelayServer, base: Base, route: Route, random: Random, redirections: number) {
    this.server = server;
    this.base = base;
    this.route = route;
    this.redirections = redirections;
    const { username, credential: password } = server;
    this.client = new TurnClient({ random, credentials: { type: "password", username, password }, family: server.relayFamily });
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
  readonly #byServer = new Map<Route, Relay>();
  readonly #bySocket = new Map<SocketId, Relay>();
  /** Those that were closed and still have to say so. */
  #leaving: Relay[] = [];

  constructor(routes: RouteTable, random: Random) {
    this.#routes = routes;
    this.#random = random;
  }

  /** Whether there is anything to do with relays at all. */
  get isEmpty(): boolean {
    return this.#byServer.size === 0;
  }

  /** Whether a socket id is that of a relayed base. */
  owns(socket: SocketId): boolean {
    return this.#bySocket.has(socket);
  }

  /** The one made from this socket at this server, if it is alive. */
  find(server: RelayServer, base: Base): Relay | undefined {
    for (const relay of this.#byServer.values()) {
      if (
        relay.base.socket === base.socket &&
        relay.server.url === server.url &&
        relay.server.family === server.family &&
        relay.isAlive
      ) {
        return relay;
      }
    }
    return undefined;
  }

  /** Asks a server for an allocation. */
  add(server: RelayServer, base: Base, now: Instant, redirections: number = 0): Relay | undefined {
    const route = this.#routes.pin(this.#routes.intern(base.socket, "udp", server.address, server.port));
    if (this.#byServer.has(route)) return undefined;
    const relay = new Relay(server, base, route, this.#random, redirections);
    this.#byServer.set(route, relay);
    relay.client.start(now);
    return relay;
  }

  /**
   * Takes a datagram, if it comes from a TURN server and is about an allocation.
   * @returns `undefined` when it is not; else what it carried, or `true` when it carried nothing
   */
  receive(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): RelayedDatagram | true | undefined {
    const relay = this.#byServer.get(route);
    if (relay === undefined || !isTurn(bytes, start, end)) return undefined;
    const { client } = relay;
    const peer = client.receive(bytes, start, end, now);
    if (peer === undefined) return true;
    const base = relay.bases.find((each) => each.base.family === (peer.address.includes(":") ? 6 : 4))?.base;
    if (base === undefined) return true;
    const from = this.#routes.intern(base.socket, "udp", peer.address, peer.port);
    return { bytes, start: client.dataStart, end: client.dataEnd, route: from };
  }

  /** Sends a single datagram by a relayed route, as soon as the server lets it through. */
  send(bytes: Uint8Array, route: Route, now: Instant): void {
    const relay = this.#bySocket.get(route.local);
    const peer = relay?.peer(route, now);
    if (peer !== undefined) relay?.client.send(bytes, peer, now);
  }

  /** Puts what the server needs around the datagram in `out`, whose route is a relayed one. False when it cannot be sent. */
  wrap(out: Transmit, now: Instant): boolean {
    const { route } = out;
    const relay = route && this.#bySocket.get(route.local);
    const peer = route && relay?.peer(route, now);
    if (relay === undefined || peer === undefined || !relay.client.wrap(out, peer, now)) return false;
    out.route = relay.route;
    return true;
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
    const news: RelayNews[] = [];
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
        return next === undefined ? { type: "failed", relay, code, reason } : undefined;
      }
      case "lost":
        this.#forget(relay);
        return { type: "lost", relay };
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
    const localPreference = Math.max(base.localPreference - server.index, 0);
    relay.bases.push({ base: { socket, address, port, family, scope: "other", zone: undefined, localPreference }, relayed });
  }

  #forget(relay: Relay): void {
    this.#byServer.delete(relay.route);
    for (const { base } of relay.bases) {
      this.#bySocket.delete(base.socket);
      this.#routes.forget(base.socket);
    }
  }

  /** Gives up the allocations made from a socket that goes. */
  release(socket: SocketId): void {
    for (const relay of [...this.#byServer.values()]) if (relay.base.socket === socket) this.#forget(relay);
  }

  /** Gives all allocations back; what there is to say comes out of `transmitFarewell`. */
  close(now: Instant): void {
    for (const relay of this.#byServer.values()) {
      relay.client.close(now);
      this.#leaving.push(relay);
      for (const { base } of relay.bases) this.#bySocket.delete(base.socket);
    }
    this.#byServer.clear();
  }

  /** Writes the next of the last words; false when all are said. */
  transmitFarewell(out: Transmit): boolean {
    for (const { client, route } of this.#leaving) {
      if (!client.transmit(out)) continue;
      out.route = route;
      return true;
    }
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
