/**
 * A TURN server: RFC 8656, with the credentials of RFC 8489 §9.2 and a Binding service beside it.
 *
 * An engine like any other: it asks for its sockets, datagrams and streams of clients and datagrams of peers go in by `receive`, what it sends
 * comes out by `transmit`. Nothing is kept for those who have not proven who they are, and no answer to them is worth an attack.
 */
import { u8 } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { Ring } from "../base/ring.ts";
import { type Route, RouteTable, type SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { StunErrorCode } from "../stun/error-code.ts";
import { checkFingerprint } from "../stun/fingerprint.ts";
import { decodeU32 } from "../stun/integer-attribute.ts";
import { decodeMessage, StunClass, type StunMessage, StunMethod, unknownAttributes } from "../stun/message.ts";
import { BAD_REQUEST, grantedLifetime, INSUFFICIENT_CAPACITY, refusalOfAllocate, wantedAddresses } from "./allocate-request.ts";
import { Allocation } from "./allocation.ts";
import { AllocationTable } from "./allocation-table.ts";
import { AlternateServers } from "./alternate-server.ts";
import { BindingService } from "./binding-service.ts";
import { Bitrate } from "./bitrate.ts";
import { mayBeChannelData } from "./channel-data.ts";
import { OutgoingQueue } from "./outgoing-queue.ts";
import { PeerRules } from "./peer-rules.ts";
import { type PendingAllocation, PendingAllocations, type WantedBind } from "./pending-allocations.ts";
import { Relaying } from "./relaying.ts";
import { type Proven, type Refusal, ServerAuthentication } from "./server-authentication.ts";
import { type Connection, ServerConnections } from "./server-connections.ts";
import {
  allocatedResponse,
  challengeResponse,
  type RefusalDetails,
  refusalResponse,
  successResponse,
} from "./server-responses.ts";
import {
  decodeAddressFamily,
  decodeChannelNumber,
  decodeEvenPort,
  decodeXorAddresses,
  FIRST_CHANNEL,
  LAST_OLD_CHANNEL,
  TURN_ATTRIBUTES,
} from "./turn-attribute.ts";
import { familyOf } from "./turn-request.ts";
import { TurnServerCounters } from "./turn-server-counters.ts";
import {
  DEFAULT_RELAY_PORTS,
  type ListenAddress,
  type ReleaseReason,
  type TurnServerDrop,
  type TurnServerEvent,
  type TurnServerOptions,
} from "./turn-server-options.ts";

/** Milliseconds between two looks for what has expired. */
const SWEEP_INTERVAL = 1000;
/** Events that nobody takes are forgotten beyond this. */
const MAX_EVENTS = 1024;

const FORBIDDEN: Refusal = { code: StunErrorCode.FORBIDDEN, reason: "Forbidden" };
const MISMATCH: Refusal = { code: StunErrorCode.ALLOCATION_MISMATCH, reason: "Allocation Mismatch" };
const FAMILY_MISMATCH: Refusal = { code: StunErrorCode.PEER_ADDRESS_FAMILY_MISMATCH, reason: "Peer Address Family Mismatch" };

/** One server. */
export class TurnServer implements NetworkEngine<TurnServerEvent> {
  readonly routes: RouteTable = new RouteTable(4096);
  readonly drops: Drops<TurnServerDrop> = new Drops();
  readonly counters: TurnServerCounters = new TurnServerCounters();
  readonly #options: TurnServerOptions;
  readonly #authentication: ServerAuthentication;
  readonly #allocations: AllocationTable;
  readonly #pending: PendingAllocations;
  readonly #connections: ServerConnections;
  readonly #peers: PeerRules;
  readonly #alternates: AlternateServers;
  readonly #bindings: BindingService;
  /** UDP sockets, and those where connections come in. */
  readonly #listeners = new Map<SocketId, ListenAddress>();
  readonly #openListens = new Map<number, ListenAddress>();
  /** Where connections come in, by the ask: they are told by it. */
  readonly #streamListens = new Set<number>();
  readonly #openBinds = new Map<number, PendingAllocation>();
  readonly #relaying: Relaying;
  readonly #outgoing = new OutgoingQueue();
  readonly #asks = new Ring<Ask>();
  readonly #events = new Ring<TurnServerEvent>();
  readonly #wallTime: (now: Instant) => number;
  #nextAsk = 1;
  #sweepAt: Instant = NEVER;
  #isDraining = false;
  #closed = false;

  /**
   * @param wallTime the wall time at `now`, both known to the caller at the start: engines have no clock
   */
  constructor(options: TurnServerOptions, now: Instant, wallTime: number) {
    this.#options = options;
    this.#authentication = new ServerAuthentication(options.realm, options.users, options.random);
    this.#allocations = new AllocationTable(options);
    this.#pending = new PendingAllocations(options.random, options.relayPorts ?? DEFAULT_RELAY_PORTS);
    this.#connections = new ServerConnections(options);
    this.#peers = new PeerRules(options, this.#allocations);
    this.#alternates = new AlternateServers(options.alternates ?? [], options.redirect ?? "draining");
    this.#bindings = new BindingService(options.discovery);
    this.#relaying = new Relaying(options, this.#allocations, this.#peers, this.#outgoing, this.routes, this.drops, now);
    this.#wallTime = (at) => wallTime + (at - now);
    for (const listen of options.listen) this.#listen(listen);
  }

  /** The allocations there are. */
  get allocations(): Iterable<Allocation> {
    return this.#allocations.all;
  }

  get allocationCount(): number {
    return this.#allocations.size;
  }

  /** Connections over TCP and TLS. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Users who have allocations. */
  get userCount(): number {
    return this.#allocations.userCount;
  }

  /** What all allocations have carried since the beginning. */
  traffic(): Allocation["traffic"] {
    return this.#allocations.traffic();
  }

  /** Takes no new allocations, and sends clients to other servers where there are some; the allocations there are go on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Ends at once; the sockets are given back. */
  close(): void {
    if (this.#closed) return;
    for (const allocation of [...this.#allocations.all]) this.#release(allocation, "closed");
    this.#closed = true;
    for (const socket of [...this.#connections.sockets]) this.#disconnect(socket);
    for (const socket of this.#listeners.keys()) this.#unbind(socket);
    this.#listeners.clear();
    this.#sweepAt = NEVER;
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    const relay = this.#allocations.relayedBy(route.local);
    if (relay !== undefined) this.#relaying.fromPeer(relay, bytes, start, end, route, now);
    else if (this.#listeners.has(route.local)) this.#receiveMessage(bytes, start, end, route, now);
    else this.#receivePiece(bytes.subarray(start, end), route, now);
  }

  advance(now: Instant): void {
    if (now < this.#sweepAt) return;
    for (const allocation of this.#allocations.all) if (now >= allocation.expiresAt) this.#release(allocation, "expired");
    for (const socket of this.#connections.overdue(now, (each) => this.#allocations.isUsed(each))) {
      this.drops.count("slow-connection");
      this.#disconnect(socket);
    }
    this.#sweepAt = this.#allocations.size === 0 && this.#connections.size === 0 ? NEVER : now + SWEEP_INTERVAL;
  }

  deadline(): Instant {
    return this.#sweepAt;
  }

  transmit(out: Transmit): boolean {
    return this.#outgoing.shift(out);
  }

  takeEvent(): TurnServerEvent | undefined {
    return this.#events.shift();
  }

  takeAsk(): Ask | undefined {
    return this.#asks.shift();
  }

  answer(answer: Answer, now: Instant): void {
    switch (answer.type) {
      case "bound":
      case "bind-failed":
      case "listening": {
        const pending = this.#openBinds.get(answer.id);
        this.#openBinds.delete(answer.id);
        if (pending === undefined || answer.type === "listening") this.#listened(answer);
        else if (this.#closed) {
          if (answer.type === "bound") this.#unbind(answer.socket);
        } else this.#relayBound(pending, answer, now);
        return;
      }
      case "accepted":
        if (!this.#closed && this.#streamListens.has(answer.id)) this.#accept(answer.socket, answer.address, now);
        else this.#unbind(answer.socket);
        return;
      case "disconnected":
        if (this.#connections.remove(answer.socket)) this.#leave(answer.socket);
        return;
      case "handshake-failed":
        this.drops.count("handshake-failed");
        return;
      default:
        return;
    }
  }

  // Where clients come

  #listen(listen: ListenAddress): void {
    const id = this.#nextAsk++;
    this.#openListens.set(id, listen);
    const { protocol = "udp", address, port, certificate, spread = false } = listen;
    const place = { id, address, port, ...(spread && { spread }) };
    if (protocol === "udp") this.#asks.push({ type: "bind", ...place });
    else this.#asks.push({ type: "listen", ...place, ...(protocol === "tls" && certificate && { certificate }) });
  }

  #listened(answer: Extract<Answer, { type: "bound" | "bind-failed" | "listening" }>): void {
    const listen = this.#openListens.get(answer.id);
    this.#openListens.delete(answer.id);
    if (listen === undefined || this.#closed) {
      if (answer.type !== "bind-failed") this.#unbind(answer.socket);
      return;
    }
    const { protocol = "udp", address } = listen;
    if (answer.type === "bind-failed") {
      this.#tell({ type: "listen-failed", protocol, address, port: listen.port, code: answer.code });
      return;
    }
    const { socket, port } = answer;
    this.#listeners.set(socket, { ...listen, port });
    if (protocol !== "udp") this.#streamListens.add(answer.id);
    else {
      this.#peers.listens(address, port);
      this.#bindings.listens(socket, address, port);
    }
    this.#tell({ type: "listening", protocol, address, port });
  }

  #accept(socket: SocketId, address: string, now: Instant): void {
    if (!this.#connections.accept(socket, address, now)) {
      this.drops.count("too-many-connections");
      this.#unbind(socket);
      return;
    }
    this.counters.connections++;
    this.#sweepAt = Math.min(this.#sweepAt, now + SWEEP_INTERVAL);
  }

  #receivePiece(piece: Uint8Array, route: Route, now: Instant): void {
    const connection = this.#connections.get(route.local);
    if (connection === undefined) this.drops.count("unknown-socket");
    else this.#takeMessages(connection, piece, route, now);
  }

  #takeMessages(connection: Connection, piece: Uint8Array, route: Route, now: Instant): void {
    const { framing } = connection;
    framing.push(piece);
    let isWhole = false;
    for (let message = framing.shift(); message !== undefined; message = framing.shift()) {
      isWhole = true;
      this.#receiveMessage(message, 0, message.length, route, now);
    }
    this.#connections.settle(connection, isWhole, now);
    if (!framing.isBroken) return;
    this.drops.count("broken-stream");
    this.#disconnect(connection.socket);
  }

  /** Ends a connection, and what it carried. */
  #disconnect(socket: SocketId): void {
    if (!this.#connections.remove(socket)) return;
    this.#leave(socket);
    this.#unbind(socket);
  }

  /** Without the connection nobody can reach its client: RFC 8656 §3.1 lets the allocation go. */
  #leave(socket: SocketId): void {
    if (!this.#allocations.isUsed(socket)) return;
    for (const allocation of this.#allocations.all) {
      if (allocation.client.local === socket) this.#release(allocation, "disconnected");
    }
  }

  #receiveMessage(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    if (end > start && mayBeChannelData(u8(bytes, start))) this.#relaying.channelData(bytes, start, end, route, now);
    else this.#receiveStun(bytes, start, end, route, now);
  }

  #receiveStun(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    const message = decodeMessage(bytes, start, end);
    if (message === undefined) this.drops.count("malformed");
    else if (checkFingerprint(message) === "wrong") this.drops.count("bad-fingerprint");
    else if (message.class === StunClass.INDICATION && message.method === StunMethod.SEND)
      this.#relaying.sendIndication(message, route, now);
    else if (message.class === StunClass.REQUEST) this.#receiveRequest(message, route, now);
    // A Binding indication keeps a NAT open.
    else if (message.class !== StunClass.INDICATION || message.method !== StunMethod.BINDING)
      this.drops.count("unexpected-message");
  }

  #receiveRequest(message: StunMessage, client: Route, now: Instant): void {
    if (message.method === StunMethod.BINDING) {
      this.counters.countRequest(message.method);
      const answer = this.#bindings.answer(message, client);
      if (answer !== undefined) this.#send(answer.bytes, answer.way === undefined ? client : this.routes.intern(...answer.way));
      return;
    }
    const known =
      message.method === StunMethod.ALLOCATE ||
      message.method === StunMethod.REFRESH ||
      message.method === StunMethod.CREATE_PERMISSION ||
      message.method === StunMethod.CHANNEL_BIND;
    if (!known) {
      this.drops.count("unexpected-message");
      return;
    }
    this.counters.countRequest(message.method);
    const wallTime = this.#wallTime(now);
    const from = `${client.address} ${client.port}`;
    const proven = this.#authentication.prove(message, from, wallTime);
    if ("code" in proven) {
      this.counters.countError(proven.code);
      this.#send(challengeResponse(this.#authentication, message, proven, from, wallTime), client);
      return;
    }
    const unknown = unknownAttributes(message, TURN_ATTRIBUTES);
    if (unknown.length > 0)
      this.#refuse(message, client, proven, { code: StunErrorCode.UNKNOWN_ATTRIBUTE, reason: "Unknown Attribute" }, { unknown });
    else if (message.method === StunMethod.ALLOCATE) this.#allocate(message, client, proven, now);
    else this.#change(message, client, proven, now);
  }

  // Allocate: RFC 8656 §7.2

  #allocate(message: StunMessage, client: Route, proven: Proven, now: Instant): void {
    const existing = this.#allocations.of(client);
    if (existing !== undefined) {
      if (existing.transactionId === message.transactionId) this.#answerAllocate(existing, message, proven, undefined, now);
      else this.#refuse(message, client, proven, MISMATCH);
      return;
    }
    // The same request again, while its sockets are being bound.
    if (this.#pending.has(client)) return;
    const alternate = this.#alternates.choose(client, this.#isDraining);
    if (alternate !== undefined) {
      this.#refuse(message, client, proven, { code: StunErrorCode.TRY_ALTERNATE, reason: "Try Alternate" }, { alternate });
      return;
    }
    const refusal = refusalOfAllocate(message);
    const { wanted, addressError } = wantedAddresses(message, this.#options.relay);
    if (refusal !== undefined) this.#refuse(message, client, proven, refusal);
    else if (wanted.length === 0) {
      const code = StunErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED;
      this.#refuse(message, client, proven, { code, reason: "Address Family not Supported" });
    } else {
      const quota = this.#quotaRefusal(proven, now);
      if (quota !== undefined) {
        this.#refuse(message, client, proven, quota);
        return;
      }
      const lifetime = grantedLifetime(decodeU32(message, AttributeType.LIFETIME), this.#options.maxLifetime);
      const pinned = this.routes.pin(client);
      const evenPort = decodeEvenPort(message) !== undefined;
      const what = { request: message, proven, lifetime, wanted, relayed: [], addressError, evenPort, binds: 0 };
      const pending: PendingAllocation = { client: pinned, ...what };
      this.#bind(this.#pending.begin(pending), pending);
    }
  }

  /** Why somebody gets no allocation more; undefined when one is reserved for him. */
  #quotaRefusal({ username }: Proven, now: Instant): Refusal | undefined {
    if (this.#isDraining || this.#pending.isFull) return INSUFFICIENT_CAPACITY;
    const usedUp = this.#allocations.reserve(username, now);
    if (usedUp === undefined) return undefined;
    if (usedUp === "total") return INSUFFICIENT_CAPACITY;
    return { code: StunErrorCode.ALLOCATION_QUOTA_REACHED, reason: "Allocation Quota Reached" };
  }

  #relayBound(pending: PendingAllocation, answer: Extract<Answer, { type: "bound" | "bind-failed" }>, now: Instant): void {
    const next = this.#pending.bound(pending, answer);
    const { client, proven, relayed } = pending;
    const isGone = client.protocol !== "udp" && this.#connections.get(client.local) === undefined;
    if (next === "complete" && !isGone) this.#allocated(pending, now);
    else if (typeof next === "string") {
      for (const { socket } of relayed) this.#unbind(socket);
      this.routes.unpin(client);
      this.#allocations.giveUp(proven.username);
      if (!isGone) this.#refuse(pending.request, client, proven, INSUFFICIENT_CAPACITY);
    } else this.#bind(next, pending);
  }

  #allocated({ client, request, proven, lifetime, relayed, addressError }: PendingAllocation, now: Instant): void {
    const { username } = proven;
    const { bitrate } = this.#options;
    const allocation = new Allocation(client, username, request.transactionId, relayed, now + lifetime * 1000, {
      bitrate: bitrate === undefined ? undefined : new Bitrate(bitrate, now),
      userBitrate: this.#allocations.bitrateOf(username),
    });
    this.#allocations.add(allocation);
    this.#connections.trust(client.local);
    this.counters.allocations++;
    this.#sweepAt = Math.min(this.#sweepAt, now + SWEEP_INTERVAL);
    this.#answerAllocate(allocation, request, proven, addressError, now);
    this.#tell({ type: "allocated", allocation });
  }

  #answerAllocate(
    allocation: Allocation,
    request: StunMessage,
    proven: Proven,
    addressError: PendingAllocation["addressError"],
    now: Instant,
  ): void {
    this.#send(allocatedResponse(this.#authentication, request, proven, allocation, addressError, now), allocation.client);
  }

  // Refresh, CreatePermission, ChannelBind: RFC 8656 §8.2, §10.2, §12.2

  #change(message: StunMessage, client: Route, proven: Proven, now: Instant): void {
    const allocation = this.#allocations.of(client);
    if (allocation === undefined) {
      // Given back already: RFC 8656 §8.2 lets that be no failure for the client that does so twice.
      this.#refuse(message, client, proven, MISMATCH);
      return;
    }
    if (allocation.username !== proven.username) {
      this.#refuse(message, client, proven, { code: StunErrorCode.WRONG_CREDENTIALS, reason: "Wrong Credentials" });
      return;
    }
    if (message.method === StunMethod.REFRESH) {
      this.#refresh(allocation, message, proven, now);
      return;
    }
    const isBind = message.method === StunMethod.CHANNEL_BIND;
    const refusal = isBind ? this.#bindChannel(allocation, message, now) : this.#permit(allocation, message, now);
    if (refusal === undefined) this.#send(successResponse(this.#authentication, message, proven), client);
    else this.#refuse(message, client, proven, refusal);
  }

  #refresh(allocation: Allocation, message: StunMessage, proven: Proven, now: Instant): void {
    const family = decodeAddressFamily(message, AttributeType.REQUESTED_ADDRESS_FAMILY);
    if (family !== undefined && (family === "unknown" || allocation.relayedOf(family) === undefined)) {
      this.#refuse(message, allocation.client, proven, FAMILY_MISMATCH);
      return;
    }
    const asked = decodeU32(message, AttributeType.LIFETIME);
    const lifetime = asked === 0 ? 0 : grantedLifetime(asked, this.#options.maxLifetime);
    allocation.expiresAt = now + lifetime * 1000;
    this.#send(successResponse(this.#authentication, message, proven, lifetime), allocation.client);
    if (lifetime === 0) this.#release(allocation, "refreshed-to-zero");
  }

  #permit(allocation: Allocation, message: StunMessage, now: Instant): Refusal | undefined {
    const peers = decodeXorAddresses(message, AttributeType.XOR_PEER_ADDRESS);
    if (peers.length === 0) return BAD_REQUEST;
    // All or none: RFC 8656 §10.2.
    for (const { address } of peers) {
      if (allocation.relayedOf(familyOf(address)) === undefined) return FAMILY_MISMATCH;
      if (this.#peers.kindOf(address) === "forbidden") return FORBIDDEN;
    }
    const permitted = peers.every(
      ({ address }) => allocation.permit(address, this.#peers.kindOf(address) === "own", now) !== undefined,
    );
    return permitted ? undefined : INSUFFICIENT_CAPACITY;
  }

  #bindChannel(allocation: Allocation, message: StunMessage, now: Instant): Refusal | undefined {
    const number = decodeChannelNumber(message);
    const [peer] = decodeXorAddresses(message, AttributeType.XOR_PEER_ADDRESS);
    if (number === undefined || number < FIRST_CHANNEL || number > LAST_OLD_CHANNEL || peer === undefined || peer.port === 0) {
      return BAD_REQUEST;
    }
    const relayed = allocation.relayedOf(familyOf(peer.address));
    if (relayed === undefined) return FAMILY_MISMATCH;
    const kind = this.#peers.kindOf(peer.address);
    const isOwn = kind === "own";
    if (kind === "forbidden" || (isOwn && !this.#peers.allowsOwn(peer.address, peer.port))) return FORBIDDEN;
    for (const old of allocation.forgetOldChannels(now)) this.routes.unpin(old);
    const route = this.routes.intern(relayed.socket, "udp", peer.address, peer.port);
    if (!allocation.bind(number, route, isOwn, now)) return BAD_REQUEST;
    this.routes.pin(route);
    return undefined;
  }

  #refuse(message: StunMessage, client: Route, proven: Proven, refusal: Refusal, details?: RefusalDetails): void {
    const { code } = refusal;
    this.counters.countError(code);
    this.#send(refusalResponse(this.#authentication, message, proven, refusal, details), client);
    this.#tell({ type: "refused", client, method: message.method, code, username: proven.username });
  }

  #release(allocation: Allocation, reason: ReleaseReason): void {
    if (!this.#allocations.remove(allocation)) return;
    for (const { socket } of allocation.relayed) this.#unbind(socket);
    this.routes.unpin(allocation.client);
    this.#tell({ type: "released", allocation, reason });
  }

  #bind(wanted: WantedBind | undefined, pending: PendingAllocation): void {
    if (wanted === undefined) return;
    const id = this.#nextAsk++;
    this.#openBinds.set(id, pending);
    this.#asks.push({ type: "bind", id, address: wanted.address, port: wanted.port });
  }

  #unbind(socket: SocketId): void {
    this.routes.forget(socket);
    this.#asks.push({ type: "unbind", socket });
  }

  #send(bytes: Uint8Array, route: Route): void {
    if (!this.#outgoing.push(bytes, 0, bytes.length, route)) this.drops.count("queue-full");
  }

  #tell(event: TurnServerEvent): void {
    if (this.#events.size >= MAX_EVENTS) this.#events.shift();
    this.#events.push(event);
  }
}
