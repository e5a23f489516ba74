/**
 * The client of one allocation at one TURN server: RFC 8656.
 *
 * It asks for the allocation, keeps it alive, and carries datagrams to and from peers through it: by Send and Data indications
 * first, by a channel as soon as one is bound. Whoever owns it moves its datagrams (or, over TCP and TLS, the pieces of its
 * stream) to and from the server, and knows it by one transport address there.
 */

import { padded4, setU16, u8 } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { canonicalIpAddress } from "../base/ip-address.ts";
import type { Random } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Transmit } from "../base/transmit.ts";
import { decodePlainAddress, decodeXorAddress, encodeXorAddress, type TransportAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { decodeErrorCode, StunErrorCode } from "../stun/error-code.ts";
import { checkFingerprint } from "../stun/fingerprint.ts";
import { decodeU32 } from "../stun/integer-attribute.ts";
import {
  createTransactionId,
  decodeMessage,
  encodeAttribute,
  encodeHeader,
  finishMessage,
  HEADER_LENGTH,
  StunClass,
  type StunMessage,
  StunMethod,
  type TransactionId,
  unknownAttributes,
} from "../stun/message.ts";
import { CHANNEL_DATA_HEADER, channelDataEnd, decodeChannelData, looksLikeChannelData, wrapChannelData } from "./channel-data.ts";
import { RequestAuthentication, type TurnCredentials } from "./request-authentication.ts";
import { decodeXorAddresses, findData, TURN_ATTRIBUTES } from "./turn-attribute.ts";
import { type TurnPeer, TurnPeers } from "./turn-peer.ts";
import { type AllocateOptions, familyOf, METHOD_OF, type Purpose, TurnRequest } from "./turn-request.ts";

/** Milliseconds that the server keeps a permission; it is renewed a minute before (RFC 8656 §9). */
const PERMISSION_LIFETIME = 300_000;
/** Milliseconds that the server keeps a channel (RFC 8656 §12). */
const CHANNEL_LIFETIME = 600_000;
/** What is renewed is renewed so long before it ends, in milliseconds. */
const MARGIN = 60_000;
/** Milliseconds of silence after which something is sent, so that a NAT on the way to the server keeps its binding. */
const KEEPALIVE_INTERVAL = 15_000;
/** A request is made anew so often at most because the server wants other credentials. */
const MAX_ATTEMPTS = 3;
/** Datagrams that wait to be sent. */
const MAX_OUTGOING = 128;
/** Bytes of a Send indication besides the data and their padding, for an IPv6 peer: header, address, header of DATA. */
const SEND_OVERHEAD: number = HEADER_LENGTH + 24 + 4;

/** How a client is made. */
export interface TurnClientOptions extends AllocateOptions {
  readonly random: Random;
  readonly credentials: TurnCredentials;
  /** Over TCP or TLS nothing is sent twice, and ChannelData is padded. */
  readonly isStream?: boolean;
}

/** What a client tells. */
export type TurnEvent =
  | {
      readonly type: "allocated";
      /** One, or one of each family. */
      readonly relayed: readonly TransportAddress[];
      /** Where the server sees us. */
      readonly mapped: TransportAddress;
      /** Seconds. */
      readonly lifetime: number;
    }
  /** There will be no allocation. */
  | {
      readonly type: "failed";
      /** Of the server's error response; 701 when it did not answer. */
      readonly code: number;
      readonly reason: string;
      /** With 300: the server to go to instead. */
      readonly alternate: TransportAddress | undefined;
    }
  /** The server does not relay to this address. */
  | { readonly type: "refused"; readonly address: string; readonly code: number; readonly reason: string }
  /** What `confirm` asked for: the allocation is still there. */
  | { readonly type: "confirmed" }
  /** The allocation that was there is gone. */
  | { readonly type: "lost"; readonly code: number; readonly reason: string };

/** Why something was dropped. */
export type TurnDropReason =
  | "malformed"
  | "bad-fingerprint"
  | "bad-integrity"
  | "unmatched-response"
  | "unexpected-message"
  | "unknown-channel"
  | "unknown-peer"
  | "no-permission"
  | "peer-limit"
  | "outbox-full";

/** The code of a server that does not answer, as RTCPeerConnectionIceErrorEvent has it. */
export const SERVER_UNREACHABLE = 701;

/** One allocation. */
export class TurnClient {
  readonly drops: Drops<TurnDropReason> = new Drops();
  readonly #options: TurnClientOptions;
  readonly #isStream: boolean;
  readonly #authentication: RequestAuthentication;
  readonly #requests = new Map<TransactionId, TurnRequest>();
  readonly #outgoing = new Ring<Uint8Array>();
  readonly #events = new Ring<TurnEvent>();
  readonly #peers = new TurnPeers();
  #state: "new" | "allocating" | "allocated" | "closing" | "ended" = "new";
  #refreshAt: Instant = NEVER;
  #keepAliveAt: Instant = NEVER;
  /** Of the last datagram that `receive` found to be a peer's. */
  #dataStart = 0;
  #dataEnd = 0;

  constructor(options: TurnClientOptions) {
    this.#options = options;
    this.#isStream = options.isStream === true;
    this.#authentication = new RequestAuthentication(options.credentials);
  }

  get state(): "new" | "allocating" | "allocated" | "closing" | "ended" {
    return this.#state;
  }

  /** Where the datagram of the peer lies in what `receive` was given last. */
  get dataStart(): number {
    return this.#dataStart;
  }

  get dataEnd(): number {
    return this.#dataEnd;
  }

  /** Asks for the allocation. */
  start(now: Instant): void {
    if (this.#state !== "new") return;
    this.#state = "allocating";
    const { family, lifetime, evenPort, dontFragment } = this.#options;
    this.#request({ type: "allocate", options: { family, lifetime, evenPort, dontFragment } }, now);
  }

  /** Gives the allocation back: `closing` until the server has answered, which nobody need wait for, then `ended`. No event comes of it. */
  close(now: Instant): void {
    const isThere = this.#state === "allocated";
    this.#end();
    if (!isThere) return;
    this.#state = "closing";
    this.#request({ type: "refresh", lifetime: 0 }, now);
  }

  /**
   * Asks the server whether it still knows the allocation, by renewing it: `confirmed` or `lost` follows. Before it is relied on again
   * after a path has failed: a server that was started anew drops what comes by the old channels without a word.
   */
  confirm(now: Instant): void {
    if (this.#state !== "allocated") return;
    this.#refreshAt = NEVER;
    this.#request({ type: "refresh", lifetime: this.#options.lifetime ?? DEFAULT_LIFETIME, confirms: true }, now);
  }

  /**
   * The peer with this address and port, for `wrap` and `send`. A permission for its address is asked for when it is new.
   * @returns undefined when the address is none, or there are too many
   */
  peer(address: string, port: number, now: Instant): TurnPeer | undefined {
    const canonical = canonicalIpAddress(address);
    if (canonical === undefined || this.#state !== "allocated") return undefined;
    const peer = this.#peers.add(canonical, port, (permission) => this.#request({ type: "permission", permission }, now));
    if (peer === undefined) this.drops.count("peer-limit");
    return peer;
  }

  /**
   * Puts around the datagram in `out` what the server needs to relay it; in place, within the headroom. The first one of a peer
   * also has a channel bound for it.
   * @returns false when the server does not relay to this peer, or not yet: the datagram is to be dropped
   */
  wrap(out: Transmit, peer: TurnPeer, now: Instant): boolean {
    if (peer.permission.state !== "granted" || this.#state !== "allocated") {
      this.drops.count("no-permission");
      return false;
    }
    this.#keepAliveAt = now + KEEPALIVE_INTERVAL;
    if (peer.channelState === "bound") {
      wrapChannelData(out, peer.channel, this.#isStream);
      return true;
    }
    this.bind(peer, now);
    this.#wrapSend(out, peer);
    return true;
  }

  /** Binds a channel for a peer that much is going to be sent to. */
  bind(peer: TurnPeer, now: Instant): void {
    if (peer.channelState !== "none" || peer.permission.state !== "granted" || !this.#peers.assignChannel(peer)) return;
    peer.channelState = "asked";
    this.#request({ type: "channel", peer }, now);
  }

  /** Sends a single datagram, as soon as the server lets it through; borrowed. For what is not much: connectivity checks. */
  send(bytes: Uint8Array, peer: TurnPeer, now: Instant): void {
    const { permission } = peer;
    if (permission.state === "granted") {
      this.#queue(this.#indication(bytes, peer), now);
    } else if (permission.state === "refused" || !permission.hold({ bytes: bytes.slice(), peer })) {
      this.drops.count("no-permission");
    }
  }

  /**
   * Takes a datagram of the server, or one message of its stream: `bytes[start, end)`.
   * @returns the peer whose datagram it carries, which lies at `dataStart` to `dataEnd`; undefined when it carries none
   */
  receive(bytes: Uint8Array, start: number, end: number, now: Instant): TurnPeer | undefined {
    if (end > start && looksLikeChannelData(u8(bytes, start))) return this.#receiveChannelData(bytes, start, end);
    const message = decodeMessage(bytes, start, end);
    if (message === undefined) this.drops.count("malformed");
    else if (checkFingerprint(message) === "wrong") this.drops.count("bad-fingerprint");
    else if (message.class === StunClass.INDICATION) return this.#receiveIndication(message, start, now);
    else if (message.class === StunClass.REQUEST) this.drops.count("unexpected-message");
    else this.#receiveResponse(message, now);
    return undefined;
  }

  advance(now: Instant): void {
    for (const request of this.#requests.values()) {
      const verdict = request.advance(now);
      if (verdict === "send") this.#queue(request.bytes, now);
      else if (verdict === "timeout") {
        this.#requests.delete(request.id);
        this.#fail(request.purpose, SERVER_UNREACHABLE, "the TURN server did not answer", undefined);
      }
    }
    if (this.#state !== "allocated") return;
    if (now >= this.#refreshAt) {
      this.#refreshAt = NEVER;
      this.#request({ type: "refresh", lifetime: this.#options.lifetime ?? DEFAULT_LIFETIME }, now);
    }
    for (const permission of this.#peers.permissions) {
      if (now < permission.refreshAt) continue;
      permission.refreshAt = NEVER;
      this.#request({ type: "permission", permission }, now);
    }
    for (const peer of this.#peers.all) {
      if (now < peer.rebindAt) continue;
      peer.rebindAt = NEVER;
      this.#request({ type: "channel", peer }, now);
    }
    if (now >= this.#keepAliveAt) this.#queue(this.#bindingIndication(), now);
  }

  deadline(): Instant {
    let deadline: Instant = Math.min(this.#refreshAt, this.#state === "allocated" ? this.#keepAliveAt : NEVER);
    for (const request of this.#requests.values()) deadline = Math.min(deadline, request.deadline);
    if (this.#state !== "allocated") return deadline;
    for (const { refreshAt } of this.#peers.permissions) deadline = Math.min(deadline, refreshAt);
    for (const { rebindAt } of this.#peers.all) deadline = Math.min(deadline, rebindAt);
    return deadline;
  }

  /** Writes the next datagram, or message of the stream, for the server; false when there is none. */
  transmit(out: Transmit): boolean {
    const bytes = this.#outgoing.shift();
    if (bytes === undefined) return false;
    out.reserve(bytes.length);
    out.bytes.set(bytes, out.start);
    out.length = bytes.length;
    return true;
  }

  takeEvent(): TurnEvent | undefined {
    return this.#events.shift();
  }

  #receiveChannelData(bytes: Uint8Array, start: number, end: number): TurnPeer | undefined {
    const channel = decodeChannelData(bytes, start, end);
    const peer = channel < 0 ? undefined : this.#peers.ofChannel(channel);
    if (peer === undefined || peer.channelState !== "bound") {
      this.drops.count(channel < 0 ? "malformed" : "unknown-channel");
      return undefined;
    }
    this.#dataStart = start + CHANNEL_DATA_HEADER;
    this.#dataEnd = channelDataEnd(bytes, start);
    return peer;
  }

  /** RFC 8656 §11.4. */
  #receiveIndication(message: StunMessage, start: number, now: Instant): TurnPeer | undefined {
    const from = message.method === StunMethod.DATA ? decodeXorAddress(message, AttributeType.XOR_PEER_ADDRESS) : undefined;
    const data = findData(message);
    if (from === undefined || data === undefined) {
      this.drops.count("unexpected-message");
      return undefined;
    }
    // Only who was allowed is heard: the indication is not authenticated.
    if (this.#peers.permission(from.address) === undefined) {
      this.drops.count("unknown-peer");
      return undefined;
    }
    this.#dataStart = start + data.start;
    this.#dataEnd = start + data.end;
    return this.peer(from.address, from.port, now);
  }

  #receiveResponse(message: StunMessage, now: Instant): void {
    const request = this.#requests.get(message.transactionId);
    if (request === undefined || METHOD_OF[request.purpose.type] !== message.method) {
      this.drops.count("unmatched-response");
      return;
    }
    const isError = message.class === StunClass.ERROR;
    if (!this.#authentication.believes(message, isError)) {
      this.drops.count("bad-integrity");
      return;
    }
    this.#requests.delete(request.id);
    const { purpose } = request;
    if (!isError) {
      if (unknownAttributes(message, TURN_ATTRIBUTES).length === 0) this.#succeed(purpose, message, now);
      else this.#fail(purpose, StunErrorCode.UNKNOWN_ATTRIBUTE, "unknown attribute in the response", undefined);
      return;
    }
    const { code, reason } = decodeErrorCode(message) ?? { code: 500, reason: "malformed error response" };
    const isChallenge = code === StunErrorCode.UNAUTHENTICATED || code === StunErrorCode.STALE_NONCE;
    if (isChallenge && request.attempt < MAX_ATTEMPTS && this.#authentication.challenge(message, code)) {
      this.#request(purpose, now, request.attempt + 1);
      return;
    }
    const alternate =
      code === StunErrorCode.TRY_ALTERNATE ? decodePlainAddress(message, AttributeType.ALTERNATE_SERVER) : undefined;
    this.#fail(purpose, code, reason, alternate);
  }

  #succeed(purpose: Purpose, message: StunMessage, now: Instant): void {
    if (this.#state === "closing") {
      this.#end();
      return;
    }
    switch (purpose.type) {
      case "allocate":
        this.#allocated(message, now);
        break;
      case "refresh":
        this.#schedule(decodeU32(message, AttributeType.LIFETIME) ?? DEFAULT_LIFETIME, now);
        if (purpose.confirms === true) this.#events.push({ type: "confirmed" });
        break;
      case "permission": {
        const { permission } = purpose;
        permission.state = "granted";
        permission.refreshAt = now + PERMISSION_LIFETIME - MARGIN;
        for (const { bytes, peer } of permission.held.splice(0)) this.#queue(this.#indication(bytes, peer), now);
        break;
      }
      case "channel":
        purpose.peer.channelState = "bound";
        purpose.peer.rebindAt = now + CHANNEL_LIFETIME - MARGIN;
        // A channel brings the permission along: RFC 8656 §12.1.
        purpose.peer.permission.refreshAt = now + PERMISSION_LIFETIME - MARGIN;
        break;
    }
  }

  #allocated(message: StunMessage, now: Instant): void {
    const relayed = decodeXorAddresses(message, AttributeType.XOR_RELAYED_ADDRESS);
    const mapped = decodeXorAddress(message, AttributeType.XOR_MAPPED_ADDRESS);
    const lifetime = decodeU32(message, AttributeType.LIFETIME);
    if (relayed.length === 0 || mapped === undefined || lifetime === undefined) {
      this.#fail({ type: "allocate", options: {} }, 500, "the TURN server's response lacks what it should tell", undefined);
      return;
    }
    this.#state = "allocated";
    this.#schedule(lifetime, now);
    this.#keepAliveAt = now + KEEPALIVE_INTERVAL;
    this.#events.push({ type: "allocated", relayed, mapped, lifetime });
  }

  /** Renews an allocation a minute before it ends, or at half of a short life. @param lifetime seconds */
  #schedule(lifetime: number, now: Instant): void {
    const milliseconds = lifetime * 1000;
    this.#refreshAt = now + Math.max(milliseconds - MARGIN, milliseconds / 2);
  }

  #fail(purpose: Purpose, code: number, reason: string, alternate: TransportAddress | undefined): void {
    if (this.#state === "closing") {
      this.#end();
      return;
    }
    switch (purpose.type) {
      case "allocate":
        this.#end();
        this.#events.push({ type: "failed", code, reason, alternate });
        break;
      case "refresh":
        this.#end();
        this.#events.push({ type: "lost", code, reason });
        break;
      case "permission": {
        const { permission } = purpose;
        permission.state = "refused";
        permission.held.length = 0;
        this.#events.push({ type: "refused", address: permission.address, code, reason });
        // The server no longer knows the allocation: RFC 8656 §5.
        if (code === StunErrorCode.ALLOCATION_MISMATCH) this.#fail({ type: "refresh", lifetime: 0 }, code, reason, undefined);
        break;
      }
      case "channel":
        // Indications go on as before.
        purpose.peer.channelState = "refused";
        if (code === StunErrorCode.ALLOCATION_MISMATCH) this.#fail({ type: "refresh", lifetime: 0 }, code, reason, undefined);
        break;
    }
  }

  #end(): void {
    this.#state = "ended";
    this.#requests.clear();
    this.#outgoing.clear();
    this.#refreshAt = NEVER;
    this.#keepAliveAt = NEVER;
  }

  #request(purpose: Purpose, now: Instant, attempt: number = 0): void {
    const request = new TurnRequest(this.#options.random, purpose, this.#authentication, this.#isStream, attempt);
    this.#requests.set(request.id, request);
    request.start(now);
    this.#queue(request.bytes, now);
  }

  #queue(bytes: Uint8Array, now: Instant): void {
    if (this.#state === "allocated") this.#keepAliveAt = now + KEEPALIVE_INTERVAL;
    if (this.#outgoing.size >= MAX_OUTGOING) this.drops.count("outbox-full");
    else this.#outgoing.push(bytes);
  }

  #bindingIndication(): Uint8Array {
    const out = new Uint8Array(HEADER_LENGTH);
    encodeHeader(out, 0, StunClass.INDICATION, StunMethod.BINDING, createTransactionId(this.#options.random));
    return out;
  }

  /** A Send indication (RFC 8656 §11.1) around a copy of `data`. */
  #indication(data: Uint8Array, peer: TurnPeer): Uint8Array {
    const out = new Uint8Array(SEND_OVERHEAD + padded4(data.length));
    const at = encodeAttribute(out, this.#encodeSend(out, 0, peer), AttributeType.DATA, data);
    finishMessage(out, 0, at);
    return out.subarray(0, at);
  }

  /** The same in place. */
  #wrapSend(out: Transmit, peer: TurnPeer): void {
    const { length } = out;
    const before = HEADER_LENGTH + (familyOf(peer.address) === 4 ? 12 : 24) + 4;
    out.start -= before;
    out.length = before + padded4(length);
    const { bytes, start } = out;
    const at = this.#encodeSend(bytes, start, peer);
    setU16(bytes, at, AttributeType.DATA);
    setU16(bytes, at + 2, length);
    bytes.fill(0, start + before + length, start + out.length);
    finishMessage(bytes, start, start + out.length);
  }

  #encodeSend(out: Uint8Array, start: number, { address, port }: TurnPeer): number {
    const id = createTransactionId(this.#options.random);
    const at = encodeHeader(out, start, StunClass.INDICATION, StunMethod.SEND, id);
    return encodeXorAddress(out, start, at, AttributeType.XOR_PEER_ADDRESS, address, port);
  }
}

/** Seconds of an allocation that nobody asks to be longer: RFC 8656 §3.2. */
const DEFAULT_LIFETIME = 600;
