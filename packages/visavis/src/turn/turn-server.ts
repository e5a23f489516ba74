/**
 * A TURN server: RFC 8656, with the credentials of RFC 8489 §9.2 and a Binding service beside it.
 *
 * An engine like any other: it asks for its sockets, datagrams of clients and peers go in by `receive`, what it sends comes out by
 * `transmit`. Nothing is kept for those who have not proven who they are, and no answer to them is worth an attack.
 */

import { u8 } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { randomBelow } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import { type Route, RouteTable, type SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { encodeXorAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { answerBindingRequest } from "../stun/binding-server.ts";
import { encodeErrorCode, encodeUnknownAttributes, StunErrorCode } from "../stun/error-code.ts";
import { checkFingerprint } from "../stun/fingerprint.ts";
import { decodeU32, encodeU32 } from "../stun/integer-attribute.ts";
import {
  createTransactionId,
  decodeMessage,
  encodeAttribute,
  encodeHeader,
  finishMessage,
  StunClass,
  type StunMessage,
  StunMethod,
  unknownAttributes,
} from "../stun/message.ts";
import { BAD_REQUEST, grantedLifetime, INSUFFICIENT_CAPACITY, refusalOfAllocate, wantedAddresses } from "./allocate-request.ts";
import { Allocation, type RelayedAddress } from "./allocation.ts";
import { CHANNEL_DATA_HEADER, channelDataEnd, decodeChannelData, looksLikeChannelData } from "./channel-data.ts";
import { OutgoingQueue } from "./outgoing-queue.ts";
import { type Proven, type Refusal, ServerAuthentication } from "./server-authentication.ts";
import {
  type AddressFamily,
  decodeAddressFamily,
  decodeChannelNumber,
  decodeXorAddresses,
  encodeAddressError,
  FIRST_CHANNEL,
  findData,
  LAST_CHANNEL,
  TURN_ATTRIBUTES,
} from "./turn-attribute.ts";
import { familyOf } from "./turn-request.ts";
import type { RelayAddress, TurnServerDrop, TurnServerEvent, TurnServerOptions } from "./turn-server-options.ts";

/** Allocations of one user, and of all, unless told otherwise. */
const USER_QUOTA = 16;
const TOTAL_QUOTA = 4096;
/** Ports that are tried for one relayed address. */
const MAX_BINDS = 10;
/** Milliseconds between two looks for allocations that have expired. */
const SWEEP_INTERVAL = 1000;
/** Allocations that are being bound at a time. */
const MAX_PENDING = 1024;
/** Events that nobody takes are forgotten beyond this. */
const MAX_EVENTS = 1024;
/** Room for any response. */
const MAX_RESPONSE = 1500;
/** Seconds over which a bitrate is measured: so much may come at once. */
const BURST = 0.5;

/** An allocation whose sockets are being bound. */
interface Pending {
  readonly client: Route;
  readonly request: StunMessage;
  readonly proven: Proven;
  readonly lifetime: number;
  readonly wanted: RelayAddress[];
  readonly relayed: RelayedAddress[];
  /** A family that could not be had beside the other: RFC 8656 §7.2. */
  addressError: { readonly family: AddressFamily; readonly code: number } | undefined;
  binds: number;
}

/** One server. */
export class TurnServer implements NetworkEngine<TurnServerEvent> {
  readonly routes: RouteTable = new RouteTable(4096);
  readonly drops: Drops<TurnServerDrop> = new Drops();
  readonly #options: TurnServerOptions;
  readonly #authentication: ServerAuthentication;
  readonly #allocations = new Map<Route, Allocation>();
  readonly #relays = new Map<SocketId, Allocation>();
  readonly #ownRelayed = new Set<string>();
  readonly #listeners = new Map<SocketId, { readonly address: string; readonly port: number }>();
  readonly #users = new Map<string, number>();
  readonly #pendingClients = new Map<Route, Pending>();
  readonly #openBinds = new Map<number, Pending | { readonly address: string; readonly port: number }>();
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
    this.#wallTime = (at) => wallTime + (at - now);
    for (const { address, port } of options.listen) this.#bind(address, port, { address, port });
  }

  /** The allocations there are. */
  get allocations(): Iterable<Allocation> {
    return this.#allocations.values();
  }

  get allocationCount(): number {
    return this.#allocations.size;
  }

  /** Takes no new allocations; those there are go on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Ends at once; the sockets are given back. */
  close(): void {
    if (this.#closed) return;
    for (const allocation of [...this.#allocations.values()]) this.#release(allocation, "closed");
    this.#closed = true;
    for (const socket of this.#listeners.keys()) this.#unbind(socket);
    this.#listeners.clear();
    this.#sweepAt = NEVER;
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    const relay = this.#relays.get(route.local);
    if (relay !== undefined) this.#receiveFromPeer(relay, bytes, start, end, route, now);
    else if (!this.#listeners.has(route.local)) this.drops.count("unknown-socket");
    else if (end > start && looksLikeChannelData(u8(bytes, start))) this.#receiveChannelData(bytes, start, end, route, now);
    else this.#receiveStun(bytes, start, end, route, now);
  }

  advance(now: Instant): void {
    if (now < this.#sweepAt) return;
    this.#sweepAt = this.#allocations.size === 0 ? NEVER : now + SWEEP_INTERVAL;
    for (const allocation of this.#allocations.values()) if (now >= allocation.expiresAt) this.#release(allocation, "expired");
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
    if (answer.type !== "bound" && answer.type !== "bind-failed") return;
    const open = this.#openBinds.get(answer.id);
    this.#openBinds.delete(answer.id);
    if (open === undefined || this.#closed) {
      if (answer.type === "bound") this.#unbind(answer.socket);
    } else if ("client" in open) {
      this.#relayBound(open, answer, now);
    } else if (answer.type === "bound") {
      this.#listeners.set(answer.socket, { address: open.address, port: answer.port });
      this.#tell({ type: "listening", address: open.address, port: answer.port });
    } else {
      this.#tell({ type: "listen-failed", ...open, code: answer.code });
    }
  }

  // What peers send

  #receiveFromPeer(allocation: Allocation, bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    if (!allocation.permits(route.address, now)) {
      this.drops.count("no-permission");
      return;
    }
    const length = end - start;
    if (!this.#affords(allocation, length, now)) return;
    const channel = allocation.channelOf(route, now);
    const { client, traffic } = allocation;
    const isQueued =
      channel === undefined
        ? this.#indicate(client, route, bytes, start, end)
        : this.#outgoing.push(bytes, start, end, client, channel.number);
    if (!isQueued) {
      this.drops.count("queue-full");
      return;
    }
    traffic.packetsToClient++;
    traffic.bytesToClient += length;
  }

  /** A Data indication: RFC 8656 §11.3. */
  #indicate(client: Route, from: Route, bytes: Uint8Array, start: number, end: number): boolean {
    const out = new Uint8Array(end - start + 60);
    let at = encodeHeader(out, 0, StunClass.INDICATION, StunMethod.DATA, createTransactionId(this.#options.random));
    at = encodeXorAddress(out, 0, at, AttributeType.XOR_PEER_ADDRESS, from.address, from.port);
    at = encodeAttribute(out, at, AttributeType.DATA, bytes.subarray(start, end));
    finishMessage(out, 0, at);
    return this.#outgoing.push(out, 0, at, client);
  }

  // What clients send

  #receiveChannelData(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    const number = decodeChannelData(bytes, start, end);
    const allocation = this.#allocations.get(route);
    if (allocation === undefined || number < 0) {
      this.drops.count(number < 0 ? "malformed" : "no-allocation");
      return;
    }
    const channel = allocation.channel(number, now);
    if (channel === undefined) this.drops.count("no-channel");
    else this.#relay(allocation, channel.route, bytes, start + CHANNEL_DATA_HEADER, channelDataEnd(bytes, start), now);
  }

  #relay(allocation: Allocation, route: Route, bytes: Uint8Array, start: number, end: number, now: Instant): void {
    if (!allocation.permits(route.address, now)) {
      this.drops.count("no-permission");
      return;
    }
    if (!this.#affords(allocation, end - start, now)) return;
    if (!this.#outgoing.push(bytes, start, end, route)) {
      this.drops.count("queue-full");
      return;
    }
    allocation.traffic.packetsToPeers++;
    allocation.traffic.bytesToPeers += end - start;
  }

  /** Whether an allocation may have these bytes relayed now. */
  #affords(allocation: Allocation, bytes: number, now: Instant): boolean {
    const { bitrate } = this.#options;
    if (bitrate === undefined) return true;
    const gained = ((now - allocation.budgetAt) / 1000) * bitrate;
    allocation.budget = Math.min(allocation.budget + gained, bitrate * BURST);
    allocation.budgetAt = now;
    if (allocation.budget < bytes * 8) {
      this.drops.count("bitrate");
      return false;
    }
    allocation.budget -= bytes * 8;
    return true;
  }

  #receiveStun(bytes: Uint8Array, start: number, end: number, route: Route, now: Instant): void {
    const message = decodeMessage(bytes, start, end);
    if (message === undefined) this.drops.count("malformed");
    else if (checkFingerprint(message) === "wrong") this.drops.count("bad-fingerprint");
    else if (message.class === StunClass.INDICATION && message.method === StunMethod.SEND) this.#receiveSend(message, route, now);
    else if (message.class === StunClass.REQUEST) this.#receiveRequest(message, route, now);
    // A Binding indication keeps a NAT open.
    else if (message.class !== StunClass.INDICATION || message.method !== StunMethod.BINDING)
      this.drops.count("unexpected-message");
  }

  /** RFC 8656 §11.2. */
  #receiveSend(message: StunMessage, client: Route, now: Instant): void {
    const allocation = this.#allocations.get(client);
    const [peer] = decodeXorAddresses(message, AttributeType.XOR_PEER_ADDRESS);
    const data = findData(message);
    if (allocation === undefined || peer === undefined || data === undefined) {
      this.drops.count(allocation === undefined ? "no-allocation" : "malformed");
      return;
    }
    const relayed = allocation.relayedOf(familyOf(peer.address));
    if (relayed === undefined || peer.port === 0) {
      this.drops.count("forbidden-peer");
      return;
    }
    const route = this.routes.intern(relayed.socket, "udp", peer.address, peer.port);
    this.#relay(allocation, route, message.bytes, data.start, data.end, now);
  }

  #receiveRequest(message: StunMessage, client: Route, now: Instant): void {
    if (message.method === StunMethod.BINDING) {
      const answer = answerBindingRequest(message.bytes, client.address, client.port);
      if (answer !== undefined) this.#send(answer, answer.length, client);
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
    const wallTime = this.#wallTime(now);
    const from = `${client.address} ${client.port}`;
    const proven = this.#authentication.prove(message, from, wallTime);
    if ("code" in proven) {
      const out = new Uint8Array(MAX_RESPONSE);
      const at = encodeHeader(out, 0, StunClass.ERROR, message.method, message.transactionId);
      const end = this.#authentication.challenge(out, at, proven, from, wallTime);
      finishMessage(out, 0, end);
      this.#send(out, end, client);
      return;
    }
    const unknown = unknownAttributes(message, TURN_ATTRIBUTES);
    if (unknown.length > 0)
      this.#refuse(message, client, proven, { code: StunErrorCode.UNKNOWN_ATTRIBUTE, reason: "Unknown Attribute" }, unknown);
    else if (message.method === StunMethod.ALLOCATE) this.#allocate(message, client, proven, now);
    else this.#change(message, client, proven, now);
  }

  // Allocate: RFC 8656 §7.2

  #allocate(message: StunMessage, client: Route, proven: Proven, now: Instant): void {
    const existing = this.#allocations.get(client);
    if (existing !== undefined) {
      if (existing.transactionId === message.transactionId) this.#answerAllocate(existing, message, proven, undefined, now);
      else this.#refuse(message, client, proven, { code: StunErrorCode.ALLOCATION_MISMATCH, reason: "Allocation Mismatch" });
      return;
    }
    // The same request again, while its sockets are being bound.
    if (this.#pendingClients.has(client)) return;
    const refusal = refusalOfAllocate(message) ?? this.#quotaRefusal(proven);
    if (refusal !== undefined) {
      this.#refuse(message, client, proven, refusal);
      return;
    }
    const { wanted, addressError } = wantedAddresses(message, this.#options.relay);
    if (wanted.length === 0) {
      const code = StunErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED;
      this.#refuse(message, client, proven, { code, reason: "Address Family not Supported" });
      return;
    }
    const lifetime = grantedLifetime(decodeU32(message, AttributeType.LIFETIME), this.#options.maxLifetime);
    const pending: Pending = {
      client: this.routes.pin(client),
      request: message,
      proven,
      lifetime,
      wanted,
      relayed: [],
      addressError,
      binds: 0,
    };
    this.#pendingClients.set(pending.client, pending);
    this.#bindNext(pending);
  }

  #quotaRefusal({ username }: Proven): Refusal | undefined {
    if ((this.#users.get(username) ?? 0) >= (this.#options.userQuota ?? USER_QUOTA)) {
      return { code: StunErrorCode.ALLOCATION_QUOTA_REACHED, reason: "Allocation Quota Reached" };
    }
    const all = this.#allocations.size + this.#pendingClients.size;
    const isFull = all >= (this.#options.totalQuota ?? TOTAL_QUOTA) || this.#pendingClients.size >= MAX_PENDING;
    return isFull || this.#isDraining ? INSUFFICIENT_CAPACITY : undefined;
  }

  #bindNext(pending: Pending): void {
    const next = pending.wanted[pending.relayed.length];
    if (next === undefined) return;
    const { first, last } = this.#options.relayPorts ?? { first: 49_152, last: 65_535 };
    pending.binds++;
    this.#bind(next.address, first + randomBelow(this.#options.random, last - first + 1), pending);
  }

  #relayBound(pending: Pending, answer: Extract<Answer, { type: "bound" | "bind-failed" }>, now: Instant): void {
    const wanted = pending.wanted[pending.relayed.length];
    if (answer.type === "bound" && wanted !== undefined) {
      const { family, address, external = address } = wanted;
      pending.relayed.push({ socket: answer.socket, family, address: external, port: answer.port });
      pending.binds = 0;
    } else if (pending.binds >= MAX_BINDS) {
      this.#pendingClients.delete(pending.client);
      for (const { socket } of pending.relayed) this.#unbind(socket);
      this.routes.unpin(pending.client);
      this.#refuse(pending.request, pending.client, pending.proven, INSUFFICIENT_CAPACITY);
      return;
    }
    if (pending.relayed.length < pending.wanted.length) this.#bindNext(pending);
    else this.#allocated(pending, now);
  }

  #allocated({ client, request, proven, lifetime, relayed, addressError }: Pending, now: Instant): void {
    this.#pendingClients.delete(client);
    const { username } = proven;
    const allocation = new Allocation(client, username, request.transactionId, relayed, now + lifetime * 1000);
    allocation.budgetAt = now;
    allocation.budget = (this.#options.bitrate ?? 0) * BURST;
    this.#allocations.set(client, allocation);
    for (const { socket, address, port } of relayed) {
      this.#relays.set(socket, allocation);
      this.#ownRelayed.add(`${port} ${address}`);
    }
    this.#users.set(username, (this.#users.get(username) ?? 0) + 1);
    this.#sweepAt = Math.min(this.#sweepAt, now + SWEEP_INTERVAL);
    this.#answerAllocate(allocation, request, proven, addressError, now);
    this.#tell({ type: "allocated", allocation });
  }

  #answerAllocate(
    allocation: Allocation,
    request: StunMessage,
    proven: Proven,
    addressError: Pending["addressError"],
    now: Instant,
  ): void {
    const { client, relayed, expiresAt } = allocation;
    const out = new Uint8Array(MAX_RESPONSE);
    let at = encodeHeader(out, 0, StunClass.SUCCESS, StunMethod.ALLOCATE, request.transactionId);
    for (const { address, port } of relayed) at = encodeXorAddress(out, 0, at, AttributeType.XOR_RELAYED_ADDRESS, address, port);
    if (addressError !== undefined) at = encodeAddressError(out, at, addressError.family, addressError.code);
    at = encodeU32(out, at, AttributeType.LIFETIME, Math.ceil((expiresAt - now) / 1000));
    at = encodeXorAddress(out, 0, at, AttributeType.XOR_MAPPED_ADDRESS, client.address, client.port);
    this.#send(out, this.#authentication.seal(out, at, proven), client);
  }

  // Refresh, CreatePermission, ChannelBind: RFC 8656 §8.2, §10.2, §12.2

  #change(message: StunMessage, client: Route, proven: Proven, now: Instant): void {
    const allocation = this.#allocations.get(client);
    if (allocation === undefined) {
      // Given back already: RFC 8656 §8.2 lets that be no failure for the client that does so twice.
      this.#refuse(message, client, proven, { code: StunErrorCode.ALLOCATION_MISMATCH, reason: "Allocation Mismatch" });
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
    const refusal =
      message.method === StunMethod.CHANNEL_BIND
        ? this.#bindChannel(allocation, message, now)
        : this.#permit(allocation, message, now);
    if (refusal === undefined) this.#succeed(message, client, proven);
    else this.#refuse(message, client, proven, refusal);
  }

  #refresh(allocation: Allocation, message: StunMessage, proven: Proven, now: Instant): void {
    const family = decodeAddressFamily(message, AttributeType.REQUESTED_ADDRESS_FAMILY);
    if (family !== undefined && (family === "unknown" || allocation.relayedOf(family) === undefined)) {
      const code = StunErrorCode.PEER_ADDRESS_FAMILY_MISMATCH;
      this.#refuse(message, allocation.client, proven, { code, reason: "Peer Address Family Mismatch" });
      return;
    }
    const asked = decodeU32(message, AttributeType.LIFETIME);
    const lifetime = asked === 0 ? 0 : grantedLifetime(asked, this.#options.maxLifetime);
    allocation.expiresAt = now + lifetime * 1000;
    this.#succeed(message, allocation.client, proven, lifetime);
    if (lifetime === 0) this.#release(allocation, "refreshed-to-zero");
  }

  /** Whether a peer can be reached from an allocation; otherwise why not. */
  #forbids(allocation: Allocation, address: string, port: number | undefined): Refusal | undefined {
    if (allocation.relayedOf(familyOf(address)) === undefined) {
      return { code: StunErrorCode.PEER_ADDRESS_FAMILY_MISMATCH, reason: "Peer Address Family Mismatch" };
    }
    const isOwn =
      port === undefined
        ? this.#options.relay.some((each) => (each.external ?? each.address) === address)
        : this.#ownRelayed.has(`${port} ${address}`);
    if (isOwn || this.#options.policy.allows(address)) return undefined;
    return { code: StunErrorCode.FORBIDDEN, reason: "Forbidden" };
  }

  #permit(allocation: Allocation, message: StunMessage, now: Instant): Refusal | undefined {
    const peers = decodeXorAddresses(message, AttributeType.XOR_PEER_ADDRESS);
    if (peers.length === 0) return BAD_REQUEST;
    // All or none: RFC 8656 §10.2.
    for (const { address } of peers) {
      const refusal = this.#forbids(allocation, address, undefined);
      if (refusal !== undefined) return refusal;
    }
    const permitted = peers.every(({ address }) => allocation.permit(address, now));
    return permitted ? undefined : INSUFFICIENT_CAPACITY;
  }

  #bindChannel(allocation: Allocation, message: StunMessage, now: Instant): Refusal | undefined {
    const number = decodeChannelNumber(message);
    const [peer] = decodeXorAddresses(message, AttributeType.XOR_PEER_ADDRESS);
    if (number === undefined || number < FIRST_CHANNEL || number > LAST_CHANNEL || peer === undefined || peer.port === 0) {
      return BAD_REQUEST;
    }
    const refusal = this.#forbids(allocation, peer.address, peer.port);
    const relayed = allocation.relayedOf(familyOf(peer.address));
    if (refusal !== undefined || relayed === undefined) return refusal;
    const route = this.routes.pin(this.routes.intern(relayed.socket, "udp", peer.address, peer.port));
    return allocation.bind(number, route, now) ? undefined : BAD_REQUEST;
  }

  #succeed(message: StunMessage, client: Route, proven: Proven, lifetime?: number): void {
    const out = new Uint8Array(200);
    let at = encodeHeader(out, 0, StunClass.SUCCESS, message.method, message.transactionId);
    if (lifetime !== undefined) at = encodeU32(out, at, AttributeType.LIFETIME, lifetime);
    this.#send(out, this.#authentication.seal(out, at, proven), client);
  }

  #refuse(message: StunMessage, client: Route, proven: Proven, { code, reason }: Refusal, unknown: readonly number[] = []): void {
    const out = new Uint8Array(MAX_RESPONSE);
    let at = encodeHeader(out, 0, StunClass.ERROR, message.method, message.transactionId);
    at = encodeErrorCode(out, at, code, reason);
    if (unknown.length > 0) at = encodeUnknownAttributes(out, at, unknown);
    this.#send(out, this.#authentication.seal(out, at, proven), client);
    this.#tell({ type: "refused", client, method: message.method, code, username: proven.username });
  }

  #release(allocation: Allocation, reason: "refreshed-to-zero" | "expired" | "closed"): void {
    const { client, username, relayed } = allocation;
    this.#allocations.delete(client);
    for (const { socket, address, port } of relayed) {
      this.#relays.delete(socket);
      this.#ownRelayed.delete(`${port} ${address}`);
      this.#unbind(socket);
    }
    this.routes.unpin(client);
    const left = (this.#users.get(username) ?? 1) - 1;
    if (left > 0) this.#users.set(username, left);
    else this.#users.delete(username);
    this.#tell({ type: "released", allocation, reason });
  }

  #bind(address: string, port: number, open: Pending | { readonly address: string; readonly port: number }): void {
    const id = this.#nextAsk++;
    this.#openBinds.set(id, open);
    this.#asks.push({ type: "bind", id, address, port });
  }

  #unbind(socket: SocketId): void {
    this.routes.forget(socket);
    this.#asks.push({ type: "unbind", socket });
  }

  #send(bytes: Uint8Array, length: number, route: Route): void {
    if (!this.#outgoing.push(bytes, 0, length, route)) this.drops.count("queue-full");
  }

  #tell(event: TurnServerEvent): void {
    if (this.#events.size >= MAX_EVENTS) this.#events.shift();
    this.#events.push(event);
  }
}
