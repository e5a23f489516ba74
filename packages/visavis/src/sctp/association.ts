/**
 * An SCTP association (RFC 9260) as data channels use it: inside DTLS, on one path (RFC 8261, RFC 8831 §6).
 *
 * This file is the doorway. Where things are: packets on their way in `receive-packet.ts` and out `tx/packet-writer.ts`; set-up
 * `connect.ts`, end `shutdown.ts` and `abort.ts`, what comes after it `out-of-the-blue.ts`, idle paths `heartbeat.ts`, their
 * largest packet `path-mtu.ts`, stream resets `stream-reset.ts`; data that arrives `rx/` (the SACKs we send: `rx/data-tracker.ts`), data that goes out `tx/` (the SACKs we get:
 * `tx/retransmission-queue.ts`); bytes `packet/`.
 */
import { Drops } from "../base/drops.ts";
import type { InnerEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { randomBytes } from "../base/random.ts";
import type { Transmit } from "../base/transmit.ts";
import { abortByUser } from "./abort.ts";
import type {
  AssociationCounters,
  AssociationEvent,
  AssociationOptions,
  NegotiatedFeatures,
  SctpMessage,
  SctpPath,
  SendOptions,
} from "./association-options.ts";
import { connect, handleT1 } from "./connect.ts";
import { Context, type SctpDropReason, takesData } from "./context.ts";
import { advanceHeartbeat } from "./heartbeat.ts";
import { MessageWriter } from "./message-writer.ts";
import { CauseCode } from "./packet/error-cause.ts";
import { advancePathMtu, setPath } from "./path-mtu.ts";
import { PathMtuDiscovery, type PathMtuState } from "./path-mtu-discovery.ts";
import { receivePacket } from "./receive-packet.ts";
import { SctpError } from "./sctp-error.ts";
import { handleT2, proceedShutdown, shutdown } from "./shutdown.ts";
import type { CongestionControl } from "./tx/congestion-control.ts";
import { createCongestionControl } from "./tx/congestion-controls.ts";
import { OutgoingMessage } from "./tx/outgoing-message.ts";
import { writePacket } from "./tx/packet-writer.ts";
import { RetransmissionQueue } from "./tx/retransmission-queue.ts";
import { RetransmissionTimeout } from "./tx/retransmission-timeout.ts";
import { handleT3 } from "./tx/retransmission-timer.ts";
import { expiryOf, SendQueue } from "./tx/send-queue.ts";

/** Where an association stands, for its owner. */
export type AssociationState = "closed" | "connecting" | "established" | "shutting-down" | "ended";

/** RFC 8831 §6.2: stream 65535 is not used. */
const MAX_STREAMS = 65535;

/** One association. Both sides may call `connect`. */
export class Association implements InnerEngine<AssociationEvent> {
  readonly #context: Context;
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
      handshakesSkipped: 0,
      mtuProbesSent: 0,
      mtuProbesLost: 0,
      blackHolesSuspected: 0,
      tailLossProbes: 0,
      spuriousRetransmissions: 0,
    };
    const timeout = new RetransmissionTimeout();
    const congestion = createCongestionControl(options.congestionControl, options.mtu ?? 1160, options.random);
    const sendQueue = new SendQueue(counters, options.features?.scheduler);
    const noRetransmission = options.faults?.noRetransmission === true;
    const lossRecovery = options.lossRecovery ?? "rack-tlp";
    this.#sendBufferLimit = options.sendBufferLimit ?? 16 * 1024 * 1024;
    this.#context = new Context(options, {
      cookieKey: randomBytes(options.random, 16),
      drops: new Drops<SctpDropReason>(),
      counters,
      timeout,
      congestion,
      sendQueue,
      retransmissions: new RetransmissionQueue({
        sendQueue,
        congestion,
        timeout,
        counters,
        lossRecovery,
        noRetransmission,
        memory: options.memory,
      }),
    });
    if (options.path !== undefined) setPath(this.#context, options.path);
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

  /** What both sides turned out to have; undefined before that is known. */
  get negotiated(): NegotiatedFeatures | undefined {
    const { tcb, zeroChecksumReceived } = this.#context;
    if (tcb === undefined) return undefined;
    const { interleaving, zeroChecksum: zeroChecksumSent, partialReliability, reconfiguration } = tcb;
    return { interleaving, zeroChecksumSent, zeroChecksumReceived, partialReliability, reconfiguration };
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

  /** What decides on it. For tests and benchmarks. */
  get congestionControl(): CongestionControl {
    return this.#context.congestion;
  }

  /** Bytes that wait to be sent on all streams. */
  get totalBufferedAmount(): number {
    return this.#context.sendQueue.bytes;
  }

  /** Bytes that wait to be sent on one stream. */
  bufferedAmount(stream: number): number {
    return this.#context.sendQueue.bytesOf(stream);
  }

  /** Bytes received that are not complete, not in order or not taken yet, with 64 for each piece. */
  get heldBytes(): number {
    return this.#context.reassembly?.heldBytes ?? 0;
  }

  /** Begins the handshake. A second call, and a call after the other side began, does nothing. */
  connect(now: Instant): void {
    connect(this.#context, now);
  }

  /** The largest SCTP packet, in bytes, as far as is known now. */
  get mtu(): number {
    return this.#context.mtu;
  }

  /** Where the search for a larger one stands. */
  get pathMtuState(): PathMtuState {
    return this.#context.pathMtu.state;
  }

  /** The largest SCTP packet that every path carries, in bytes, from now on; nothing larger is tried until `setPath`. */
  setMtu(mtu: number): void {
    const context = this.#context;
    context.pathMtu = new PathMtuDiscovery(mtu, context.options.pathMtuDiscovery !== false);
    context.mtu = mtu;
    context.congestion.setMtu(mtu);
  }

  /** Packets go by another path from now on: the search for what it carries begins anew. */
  setPath(path: SctpPath): void {
    setPath(this.#context, path);
  }

  /**
   * Queues a message; it may be called before the association is connected. Takes ownership of `data`, which must not be empty
   * (RFC 9260 §3.3.1).
   * @throws SctpError `closed`, `queue-full` or `invalid-stream`
   * @throws RangeError when `data` is empty
   */
  send(stream: number, ppid: number, data: Uint8Array, options: SendOptions, now: Instant): void {
    if (data.length === 0) throw new RangeError("an SCTP message cannot be empty");
    this.#checkStream(stream);
    const { sendQueue } = this.#context;
    if (sendQueue.bytes + data.length > this.#sendBufferLimit) throw new SctpError("queue-full", "the send buffer is full");
    sendQueue.push(messageOf(stream, ppid, data, options, true, now), options.priority);
  }

  /**
   * Begins a message whose bytes are not there yet; messages that are sent on the stream later wait behind it. Without interleaving all
   * other streams wait, too, from its first packet to its end.
   * @throws SctpError `closed` or `invalid-stream`
   */
  beginMessage(stream: number, ppid: number, options: SendOptions, now: Instant): MessageWriter {
    this.#checkStream(stream);
    const message = messageOf(stream, ppid, new Uint8Array(0), options, false, now);
    this.#context.sendQueue.push(message, options.priority);
    return new MessageWriter(this.#context, message, this.#sendBufferLimit);
  }

  #checkStream(stream: number): void {
    const { state, tcb, options: own } = this.#context;
    if (state.name === "ended" || state.name.startsWith("shutdown")) throw new SctpError("closed", "the association is closed");
    if (stream < 0 || stream >= (tcb?.outboundStreams ?? own.outboundStreams ?? MAX_STREAMS)) {
      throw new SctpError("invalid-stream", `there is no outgoing stream ${stream}`, CauseCode.INVALID_STREAM_IDENTIFIER);
    }
  }

  /**
   * Resets outgoing streams once nothing of them waits to be sent (RFC 6525), and once it is connected; the answer is an
   * `outgoing-reset` event.
   */
  resetStreams(streams: readonly number[], now: Instant): void {
    const { tcb, resetsWanted } = this.#context;
    if (tcb === undefined) for (const stream of streams) resetsWanted.add(stream);
    else {
      tcb.streamReset.want(this.#context, streams);
      tcb.streamReset.proceed(this.#context, tcb, now);
    }
  }

  /** Ends gracefully, once everything has arrived. */
  shutdown(now: Instant): void {
    shutdown(this.#context, now);
  }

  /** Ends at once, and tells the other side. */
  abort(_now: Instant): void {
    abortByUser(this.#context);
  }

  /**
   * Whether messages of an incoming stream come in parts as they arrive, from now on; otherwise whole. A part of less than 64 KiB comes only
   * to who asks for it.
   */
  setPartialDelivery(stream: number, on: boolean): void {
    const { partialDelivery, reassembly } = this.#context;
    if (on) partialDelivery.add(stream);
    else partialDelivery.delete(stream);
    reassembly?.setPartial(stream, on);
  }

  /** Leaves the messages of an incoming stream where they are, against its window, until `resume`. */
  pause(stream: number): void {
    this.#context.reassembly?.pause(stream);
  }

  /** Messages of the stream can be taken again. */
  resume(stream: number): void {
    this.#context.reassembly?.resume(stream);
  }

  /**
   * Removes the oldest message that is complete and in order, or a part of one where parts are asked for; with `parts` however short it
   * is. What arrived before the end is there after it, too.
   */
  takeMessage(parts: boolean = false): SctpMessage | undefined {
    const { reassembly, tcb, receiveWindow } = this.#context;
    if (reassembly === undefined) return undefined;
    const most = (receiveWindow.size * 3) / 4;
    const nearlyClosed = reassembly.heldBytes > most;
    if (parts && !reassembly.ready) reassembly.flush();
    const message = reassembly.take();
    // RFC 9260 §6.2: a window that was nearly closed and opens again is worth a SACK of its own.
    if (nearlyClosed && reassembly.heldBytes <= most) tcb?.tracker.sackNow();
    return message;
  }

  takeEvent(): AssociationEvent | undefined {
    return this.#context.events.shift() ?? this.#context.sendQueue.takeDrained();
  }

  deadline(): Instant {
    const context = this.#context;
    const { state, tcb } = context;
    if (state.name === "ended") return NEVER;
    return Math.min(
      context.t1.deadline,
      context.t2.deadline,
      context.t3.deadline,
      context.heartbeat.deadline,
      context.heartbeatExpires,
      context.pathMtu.deadline,
      context.retransmissions.deadline,
      context.pacer.deadline,
      tcb !== undefined && takesData(state.name) ? tcb.tracker.deadline : NEVER,
      tcb?.streamReset.deadline ?? NEVER,
    );
  }

  advance(now: Instant): void {
    const context = this.#context;
    const t1 = context.t1.expire(now);
    if (t1 !== "pending") handleT1(context, t1);
    const t2 = context.t2.expire(now);
    if (t2 !== "pending") handleT2(context, t2);
    if (context.t3.expire(now) !== "pending") handleT3(context, now);
    context.retransmissions.advance(now);
    advanceHeartbeat(context, now);
    advancePathMtu(context, now);
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

  /** Takes the SCTP packet `bytes[start, end)`, which DTLS has proven to come from the other side. The memory is ours from then on. */
  receive(bytes: Uint8Array, now: Instant, start: number = 0, end: number = bytes.length): void {
    receivePacket(this.#context, bytes, start, end, now);
  }
}

function messageOf(
  stream: number,
  ppid: number,
  data: Uint8Array,
  options: SendOptions,
  complete: boolean,
  now: Instant,
): OutgoingMessage {
  const retransmits = options.maxRetransmits ?? Number.POSITIVE_INFINITY;
  return new OutgoingMessage(stream, ppid, data, options.ordered, retransmits, expiryOf(options.lifetime, now), complete);
}
