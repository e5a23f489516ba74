/**
 * An SCTP association (RFC 9260) as data channels use it: inside DTLS, on one path (RFC 8261, RFC 8831 §6).
 *
 * This file is the doorway. Where things are: set-up `connect.ts`, end `shutdown.ts` and `abort.ts`, idle paths `heartbeat.ts`, stream
 * resets `stream-reset.ts`; what arrives `rx/` (the SACKs we send: `rx/data-tracker.ts`), what goes out `tx/` (the SACKs we
 * get: `tx/retransmission-queue.ts`); bytes `packet/`.
 */
import { u32 } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import type { InnerEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { randomBytes } from "../base/random.ts";
import type { Transmit } from "../base/transmit.ts";
import { abortByUser, abortByViolation, handleAbort } from "./abort.ts";
import type {
  AssociationCounters,
  AssociationEvent,
  AssociationOptions,
  SctpMessage,
  SendOptions,
} from "./association-options.ts";
import { connect, handleCookieAck, handleCookieEcho, handleInit, handleInitAck, handleStaleCookie, handleT1 } from "./connect.ts";
import { Context, type SctpDropReason, type TransmissionControlBlock } from "./context.ts";
import { advanceHeartbeat, countError, handleHeartbeat, handleHeartbeatAck } from "./heartbeat.ts";
import {
  ChunkType,
  chunkFlags,
  chunkLength,
  chunkType,
  nextChunk,
  reportsUnknownChunk,
  stopsAtUnknownChunk,
} from "./packet/chunk.ts";
import { COMMON_HEADER, checksumMatches, destinationPort, sourcePort, verificationTag } from "./packet/common-header.ts";
import { CauseCode, unrecognizedChunkType } from "./packet/error-cause.ts";
import { decodeErrorChunk, encodeErrorChunk, errorChunkLength } from "./packet/error-chunk.ts";
import { isSackChunk, sackAdvertisedWindow } from "./packet/sack-chunk.ts";
import { DataReceiver } from "./rx/receive-data.ts";
import { SctpError } from "./sctp-error.ts";
import { handleShutdown, handleShutdownAck, handleShutdownComplete, handleT2, proceedShutdown, shutdown } from "./shutdown.ts";
import { StandardCongestionControl } from "./tx/congestion-control.ts";
import { startT3, writePacket } from "./tx/packet-writer.ts";
import { RetransmissionTimeout } from "./tx/retransmission-timeout.ts";
import { expiryOf, OutgoingMessage, SendQueue } from "./tx/send-queue.ts";

/** Where an association stands, for its owner. */
export type AssociationState = "closed" | "connecting" | "established" | "shutting-down" | "ended";

const TAG_REFLECTED = 1;

/** One association. Both sides may call `connect`. */
export class Association implements InnerEngine<AssociationEvent> {
  readonly #context: Context;
  readonly #receiver = new DataReceiver();
  readonly #sendBufferLimit: number;

  constructor(options: AssociationOptions) {
    const counters: AssociationCounters = {
      packetsSent: 0,
      packetsReceived: 0,
      chunksSent: 0,
      chunksReceived: 0,
      chunksRetransmitted: 0,
      duplicatesReceived: 0,
      outOfOrderReceived: 0,
      messagesAbandoned: 0,
      timeouts: 0,
      fastRecoveries: 0,
    };
    this.#sendBufferLimit = options.sendBufferLimit ?? 16 * 1024 * 1024;
    this.#context = new Context(options, {
      cookieKey: randomBytes(options.random, 16),
      drops: new Drops<SctpDropReason>(),
      counters,
      timeout: new RetransmissionTimeout(),
      congestion: new StandardCongestionControl(options.mtu ?? 1160),
      sendQueue: new SendQueue(),
    });
  }

  /** Where it stands. */
  get state(): AssociationState {
    const { name } = this.#context.state;
    if (name === "cookie-wait" || name === "cookie-echoed") return "connecting";
    if (name === "closed" || name === "established" || name === "ended") return name;
    return "shutting-down";
  }

  /** Streams we may send on; 0 before it is connected. */
  get outboundStreams(): number {
    return this.#context.tcb?.outboundStreams ?? 0;
  }

  /** Streams the other side may send on; 0 before it is connected. */
  get inboundStreams(): number {
    return this.#context.tcb?.inboundStreams ?? 0;
  }

  /** What was counted so far; a live object. */
  get counters(): Readonly<AssociationCounters> {
    return this.#context.counters;
  }

  /** What was dropped, by reason. */
  get drops(): Drops<SctpDropReason> {
    return this.#context.drops;
  }

  /** The smoothed round trip time in milliseconds; undefined before the first measurement. */
  get smoothedRoundTripTime(): number | undefined {
    return this.#context.timeout.smoothed;
  }

  /** Bytes that may be in flight. */
  get congestionWindow(): number {
    return this.#context.congestion.window;
  }

  /** Bytes that wait to be sent on all streams. */
  get totalBufferedAmount(): number {
    return this.#context.sendQueue.bytes;
  }

  /** Bytes that wait to be sent on one stream. */
  bufferedAmount(stream: number): number {
    return this.#context.sendQueue.bytesOf(stream);
  }

  /** Begins the handshake. A second call, and a call after the other side began, does nothing. */
  connect(now: Instant): void {
    connect(this.#context, now);
  }

  /** The largest SCTP packet, in bytes, from now on. */
  setMtu(mtu: number): void {
    this.#context.mtu = mtu;
    this.#context.congestion.setMtu(mtu);
  }

  /**
   * Queues a message; it may be called before the association is connected. Takes ownership of `data`, which must not be empty
   * (RFC 9260 §3.3.1).
   * @throws SctpError `closed`, `queue-full` or `invalid-stream`
   * @throws RangeError when `data` is empty
   */
  send(stream: number, ppid: number, data: Uint8Array, options: SendOptions, now: Instant): void {
    const { state, sendQueue, tcb } = this.#context;
    if (data.length === 0) throw new RangeError("an SCTP message cannot be empty");
    if (state.name === "ended" || state.name.startsWith("shutdown")) throw new SctpError("closed", "the association is closed");
    if (stream < 0 || stream > 65535 || (tcb !== undefined && stream >= tcb.outboundStreams)) {
      throw new SctpError("invalid-stream", `there is no outgoing stream ${stream}`, CauseCode.INVALID_STREAM_IDENTIFIER);
    }
    if (sendQueue.bytes + data.length > this.#sendBufferLimit) throw new SctpError("queue-full", "the send buffer is full");
    const retransmits = options.maxRetransmits ?? Number.POSITIVE_INFINITY;
    sendQueue.push(new OutgoingMessage(stream, ppid, data, options.ordered, retransmits, expiryOf(options.lifetime, now)));
  }

  /** Resets outgoing streams once nothing of them waits to be sent (RFC 6525); the answer is an `outgoing-reset` event. */
  resetStreams(streams: readonly number[], now: Instant): void {
    const tcb = this.#context.tcb;
    if (tcb === undefined) return;
    tcb.streamReset.want(streams);
    tcb.streamReset.proceed(this.#context, tcb, now);
  }

  /** Ends gracefully, once everything has arrived. */
  shutdown(now: Instant): void {
    shutdown(this.#context, now);
  }

  /** Ends at once, and tells the other side. */
  abort(_now: Instant): void {
    abortByUser(this.#context);
  }

  /** Removes the oldest message that is complete and in order. */
  takeMessage(): SctpMessage | undefined {
    const tcb = this.#context.tcb;
    if (tcb === undefined) return undefined;
    const closed = this.#context.receiveBufferLimit - tcb.reassembly.heldBytes < this.#context.receiveBufferLimit / 4;
    const message = tcb.reassembly.take();
    // RFC 9260 §6.2: a window that was nearly closed and opens again is worth a SACK of its own.
    if (message !== undefined && closed && tcb.reassembly.heldBytes <= (this.#context.receiveBufferLimit * 3) / 4)
      tcb.tracker.sackNow();
    return message;
  }

  takeEvent(): AssociationEvent | undefined {
    const event = this.#context.events.shift();
    if (event !== undefined) return event;
    const drained = this.#context.sendQueue.takeDrained();
    return drained === undefined ? undefined : { type: "drained", stream: drained.stream, bytes: drained.bytes };
  }

  deadline(): Instant {
    const context = this.#context;
    if (context.state.name === "ended") return NEVER;
    const tcb = context.tcb;
    // While the COOKIE ACK is missing nothing can be acknowledged, and behind a SHUTDOWN ACK nothing need be.
    const mayAcknowledge = context.state.name !== "cookie-echoed" && context.state.name !== "shutdown-ack-sent";
    return Math.min(
      context.t1.deadline,
      context.t2.deadline,
      context.t3.deadline,
      context.heartbeat.deadline,
      context.heartbeatExpires,
      (mayAcknowledge ? tcb?.tracker.deadline : undefined) ?? NEVER,
      tcb?.streamReset.deadline ?? NEVER,
    );
  }

  advance(now: Instant): void {
    const context = this.#context;
    const t1 = context.t1.expire(now);
    if (t1 !== "pending") handleT1(context, t1);
    const t2 = context.t2.expire(now);
    if (t2 !== "pending") handleT2(context, t2);
    if (context.t3.expire(now) !== "pending") this.#handleT3(now);
    advanceHeartbeat(context, now);
    context.tcb?.streamReset.advance(context, now);
  }

  transmit(out: Transmit, now: Instant): boolean {
    const context = this.#context;
    const tcb = context.tcb;
    if (tcb !== undefined) {
      tcb.streamReset.proceed(context, tcb, now);
      proceedShutdown(context, now);
    }
    return writePacket(context, out, now);
  }

  /** Takes an SCTP packet, which DTLS has proven to come from the other side. */
  receive(packet: Uint8Array, now: Instant): void {
    const context = this.#context;
    context.counters.packetsReceived++;
    if (packet.length < COMMON_HEADER + 4) {
      context.drops.count("too-short");
      return;
    }
    if (destinationPort(packet) !== context.localPort || sourcePort(packet) !== context.remotePort) {
      context.drops.count("wrong-port");
      return;
    }
    if (!checksumMatches(packet)) {
      context.drops.count("bad-checksum");
      return;
    }
    if (!this.#tagFits(packet)) {
      context.drops.count("wrong-tag");
      return;
    }
    let dataSeen = false;
    let immediate = false;
    for (let o = COMMON_HEADER; o < packet.length; ) {
      const next = nextChunk(packet, o, packet.length);
      if (next < 0) {
        context.drops.count("malformed-chunk");
        break;
      }
      const type = chunkType(packet, o);
      const tcb = context.tcb;
      if (type === ChunkType.DATA && tcb !== undefined && context.state.name !== "shutdown-ack-sent") {
        dataSeen = true;
        if (this.#receiver.data(context, tcb, packet, o)) immediate = true;
      } else if (!this.#control(type, packet, o, next, now)) {
        break;
      }
      o = next;
    }
    const tcb = context.tcb;
    if (dataSeen && tcb !== undefined) {
      // RFC 9260 §9.2: while SHUTDOWN is out, every packet with data is answered at once.
      tcb.tracker.packetReceived(immediate || context.state.name === "shutdown-sent", now);
    }
  }

  /** RFC 9260 §8.5: the rules of verification tags. */
  #tagFits(packet: Uint8Array): boolean {
    const context = this.#context;
    const tag = verificationTag(packet);
    const type = chunkType(packet, COMMON_HEADER);
    const { state, tcb } = context;
    if (type === ChunkType.INIT) return tag === 0;
    // The cookie says which tag it belongs to.
    if (type === ChunkType.COOKIE_ECHO) return true;
    const localTag = state.name === "cookie-wait" ? state.localTag : tcb?.localTag;
    if (type === ChunkType.ABORT || type === ChunkType.SHUTDOWN_COMPLETE) {
      const reflected = (chunkFlags(packet, COMMON_HEADER) & TAG_REFLECTED) !== 0;
      return reflected ? tag === tcb?.remoteTag : tag === localTag;
    }
    return tag === localTag;
  }

  /** One chunk that is not DATA. @returns whether the packet's further chunks may be read */
  #control(type: number, packet: Uint8Array, o: number, next: number, now: Instant): boolean {
    const context = this.#context;
    const tcb = context.tcb;
    switch (type) {
      case ChunkType.INIT:
        // §6.10: an INIT with company is not answered.
        if (next === packet.length) handleInit(context, packet, o, now);
        else context.drops.count("malformed-chunk");
        return false;
      case ChunkType.INIT_ACK:
        if (next === packet.length) handleInitAck(context, packet, o, now);
        else context.drops.count("malformed-chunk");
        return false;
      case ChunkType.COOKIE_ECHO:
        return handleCookieEcho(context, packet, o, verificationTag(packet), now);
      case ChunkType.COOKIE_ACK:
        handleCookieAck(context, now);
        return true;
      case ChunkType.ABORT:
        handleAbort(context, packet, o);
        return false;
      case ChunkType.ERROR:
        this.#handleError(packet, o, now);
        return true;
      case ChunkType.SHUTDOWN_ACK:
        handleShutdownAck(context);
        return false;
      case ChunkType.SHUTDOWN_COMPLETE:
        handleShutdownComplete(context, packet, o);
        return false;
      case ChunkType.PAD:
        return true;
      case ChunkType.SACK:
      case ChunkType.HEARTBEAT:
      case ChunkType.HEARTBEAT_ACK:
      case ChunkType.SHUTDOWN:
      case ChunkType.FORWARD_TSN:
      case ChunkType.RE_CONFIG:
      case ChunkType.DATA:
        if (tcb === undefined) context.drops.count("unexpected-chunk");
        else this.#established(type, tcb, packet, o, now);
        return true;
      default:
        return this.#unknown(type, packet, o);
    }
  }

  /** Chunks that mean something only once there is a control block. */
  #established(type: number, tcb: TransmissionControlBlock, packet: Uint8Array, o: number, now: Instant): void {
    const context = this.#context;
    switch (type) {
      case ChunkType.SACK:
        this.#handleSack(tcb, packet, o, now);
        break;
      case ChunkType.HEARTBEAT:
        handleHeartbeat(context, packet, o);
        break;
      case ChunkType.HEARTBEAT_ACK:
        handleHeartbeatAck(context, packet, o, now);
        break;
      case ChunkType.SHUTDOWN:
        handleShutdown(context, packet, o, now);
        break;
      case ChunkType.FORWARD_TSN:
        this.#receiver.forward(context, tcb, packet, o);
        break;
      case ChunkType.RE_CONFIG:
        tcb.streamReset.handle(context, tcb, packet, o, now);
        break;
      default:
        context.drops.count("unexpected-chunk");
    }
  }

  #handleSack(tcb: TransmissionControlBlock, packet: Uint8Array, o: number, now: Instant): void {
    const context = this.#context;
    if (!isSackChunk(packet, o, packet.length)) {
      context.drops.count("malformed-chunk");
      return;
    }
    const before = tcb.retransmissions.empty ? 0 : u32(packet, o + 4);
    const outcome = tcb.retransmissions.handleSack(packet, o, now);
    if (outcome === "violation") {
      abortByViolation(context, "protocol-violation", "a SACK for what was never sent");
      return;
    }
    if (outcome === "stale") {
      context.drops.count("stale-sack");
      return;
    }
    // §6.1 A: a window that stays closed is an answer too.
    if (outcome === "no-progress" && sackAdvertisedWindow(packet, o) === 0) context.errors = 0;
    if (outcome === "progress") {
      context.errors = 0;
      // §6.3.2 R2 and R3.
      if (!tcb.retransmissions.needsTimer) context.t3.stop();
      else if (before !== 0 || !context.t3.running) startT3(context, now);
    }
    proceedShutdown(context, now);
  }

  #handleT3(now: Instant): void {
    const context = this.#context;
    const tcb = context.tcb;
    if (tcb === undefined || !tcb.retransmissions.needsTimer) return;
    countError(context);
    if (context.state.name === "ended") return;
    context.timeout.backOff();
    tcb.retransmissions.handleTimeout(now);
    startT3(context, now);
  }

  #handleError(packet: Uint8Array, o: number, now: Instant): void {
    const error = decodeErrorChunk(packet, o, packet.length);
    if (error === undefined) {
      this.#context.drops.count("malformed-chunk");
      return;
    }
    if (error.causes.some(({ code }) => code === CauseCode.STALE_COOKIE)) handleStaleCookie(this.#context, now);
  }

  /** RFC 9260 §3.2: the two highest bits of an unknown type say what to do. */
  #unknown(type: number, packet: Uint8Array, o: number): boolean {
    const context = this.#context;
    context.drops.count("unknown-chunk");
    if (reportsUnknownChunk(type) && context.tcb !== undefined) {
      const chunk = { causes: [unrecognizedChunkType(packet.subarray(o, Math.min(o + chunkLength(packet, o), o + 512)))] };
      const bytes = new Uint8Array(errorChunkLength(chunk));
      encodeErrorChunk(chunk, bytes, 0);
      context.enqueue(bytes);
    }
    return !stopsAtUnknownChunk(type);
  }
}
