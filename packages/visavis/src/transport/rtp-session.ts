/**
 * All RTP of one transport, both ways, without encryption: what is sent waits here for its turn, what arrives finds its stream, and RTCP
 * says how it goes. RFC 3550, RFC 4585, RFC 4588, RFC 9143 §9.
 *
 * The order of sending: RTCP, audio, repetitions, video, padding. All but RTCP and audio keep to the pacer.
 */
import { Drops } from "../base/drops.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { type Random, randomU32 } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Route } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { CongestionFeedbackRecorder } from "../cc/congestion-feedback-recorder.ts";
import { FeedbackRecorder } from "../cc/feedback-recorder.ts";
import { ReceiveSideEstimate } from "../cc/receive-side-estimate.ts";
import { SendSideController } from "../cc/send-side-controller.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import type { MediaEngine } from "./media-path.ts";
import type { RoutedPacket } from "./routed-packet.ts";
import { demandOf, shareTarget } from "./rtp-bitrates.ts";
import type { RtpEvent } from "./rtp-event.ts";
import type { OutgoingPacket } from "./rtp-outgoing.ts";
import { hasFeedback, type RtpCodec, type RtpReceiveParameters, type RtpSendParameters } from "./rtp-parameters.ts";
import { RtpReceiving } from "./rtp-receiving.ts";
import type { WrittenPacket } from "./rtp-repeats.ts";
import { type ReleasedReceiver, RtpRouter } from "./rtp-router.ts";
import { RtcpReader } from "./rtp-rtcp-reader.ts";
import { RtcpWriter } from "./rtp-rtcp-writer.ts";
import { type RtpSendStream, ssrcOf } from "./rtp-send-stream.ts";
import { type RtpSender, RtpSenders } from "./rtp-senders.ts";
import { type RtpStats, rtpStats } from "./rtp-stats.ts";
import { RtpTones } from "./rtp-tones.ts";

/** Why something was dropped, besides packets that arrive. */
export type RtpDrop =
  /** More events than are kept. */
  "events";

/** What the packet is that `transmit` wrote last. */
export type OutgoingKind =
  | "rtp"
  /** It went out before, bit by bit. */
  | "repeated-rtp"
  | "rtcp";

/** What a session is made of. */
export interface RtpSessionOptions {
  readonly random: Random;
  /** Milliseconds since the Unix epoch at instant zero, for the times in sender reports; default 0. */
  readonly epoch?: number;
  /** The most bytes of a packet before it is protected; default 1170. */
  readonly maxPacketSize?: number;
}

/** What goes by one id, on its way to another transport. */
export interface ReleasedStreams {
  readonly sender: RtpSender | undefined;
  readonly receiver: ReleasedReceiver | undefined;
}

/** A UDP payload of 1200 bytes less the tag and index of SRTCP. */
const DEFAULT_PACKET_SIZE = 1170;
/** Events that wait to be taken. */
const MOST_EVENTS = 1024;
/** What the round trip is taken for while it is not known, in milliseconds. */
const UNKNOWN_ROUND_TRIP = 100;
const ROUND_TRIP_WEIGHT = 0.125;
/** The bytes that the pacer is asked about. */
const TYPICAL_PACKET = 1200;
/** A stream that is silent for so many intervals is gone, but not before so many milliseconds (RFC 3550 §6.3.5). */
const SILENT_INTERVALS = 5;
const LEAST_SILENCE = 5000;

/** The RTP session of one transport. */
export class RtpSession implements MediaEngine {
  readonly drops: Drops<RtpDrop> = new Drops();
  readonly senders: RtpSenders;
  readonly router: RtpRouter = new RtpRouter();
  readonly receiving: RtpReceiving = new RtpReceiving(this.router);
  readonly congestion: SendSideController = new SendSideController();
  readonly recorder: FeedbackRecorder = new FeedbackRecorder();
  readonly congestionRecorder: CongestionFeedbackRecorder = new CongestionFeedbackRecorder();
  readonly tones: RtpTones;
  readonly rtcpReader: RtcpReader;
  readonly rtcpWriter: RtcpWriter;
  /** What `transmit` wrote last. */
  kind: OutgoingKind = "rtp";
  maxPacketSize: number;
  readonly epoch: number;
  /** What we tell the other side that it may send, bit/s (REMB): the lesser of `setRemb` and what is estimated; undefined: nothing. */
  remb: number | undefined = undefined;
  /** For senders that want REMB and no feedback on packets. */
  #estimate: ReceiveSideEstimate | undefined = undefined;
  #rembLimit: number | undefined = undefined;
  readonly #randomSsrc: number;
  readonly #events = new Ring<RtpEvent>();
  readonly #written: WrittenPacket = { isRepeat: false };
  /** Transport-wide numbers, which do not wrap. */
  #transportNumber = 0;
  #route: Route | undefined = undefined;
  #roundTrip = Number.NaN;
  #wakeAt: Instant = NEVER;
  #paddingAt: Instant = NEVER;
  #usesCongestionFeedback = false;
  #recordsTransport = false;
  #recordsCongestion = false;
  #reducedSize = false;
  #cname = "";

  constructor({ random, epoch = 0, maxPacketSize = DEFAULT_PACKET_SIZE }: RtpSessionOptions) {
    this.#randomSsrc = randomU32(random) || 1;
    this.senders = new RtpSenders(random);
    this.tones = new RtpTones(this.senders);
    this.epoch = epoch;
    this.maxPacketSize = maxPacketSize;
    this.rtcpWriter = new RtcpWriter(this, random);
    this.rtcpReader = new RtcpReader({
      senders: this.senders,
      router: this.router,
      writer: this.rtcpWriter,
      congestion: this.congestion,
      epoch,
      roundTrip: () => this.roundTrip,
      onRoundTrip: (roundTrip) => this.#onRoundTrip(roundTrip),
      tell: (event) => this.#tell(event),
    });
  }

  /** The SSRC of RTCP that no stream of ours sends: that of the first stream, as others expect it. */
  get ownSsrc(): number {
    for (const { streams } of this.senders.all) for (const { encoding } of streams) return encoding.ssrc;
    return this.#randomSsrc;
  }

  /** The canonical name of our streams. */
  get cname(): string {
    return this.#cname;
  }

  /** Whether RTCP of reduced size is sent. */
  get reducedSize(): boolean {
    return this.#reducedSize;
  }

  /** The smoothed round trip in milliseconds; 100 before anything was measured. */
  get roundTrip(): number {
    return Number.isNaN(this.#roundTrip) ? UNKNOWN_ROUND_TRIP : this.#roundTrip;
  }

  /** Whether what `transmit` wrote last went out before, bit by bit: SRTP must know. */
  get isRepeat(): boolean {
    return this.kind === "repeated-rtp";
  }

  /** Whether the round trip was measured. */
  get isRoundTripKnown(): boolean {
    return !Number.isNaN(this.#roundTrip);
  }

  /** What the session may use in the direction that is used more, bit/s: RTCP takes its share of it. */
  get bandwidth(): number {
    return Math.max(64_000, this.congestion.targetBitrate);
  }

  /** Adds a sender, changes what it sends, or takes it away: its SSRCs say good-bye then. */
  setSender(id: string, parameters: RtpSendParameters | undefined, now: Instant): void {
    const gone = this.senders.set(id, parameters);
    if (parameters !== undefined) {
      this.#cname = parameters.cname;
      this.#reducedSize = parameters.reducedSize;
    }
    if (gone.length > 0) this.rtcpWriter.goodbye(gone);
    this.#usesCongestionFeedback = [...this.senders.all].some((sender) => hasFeedback(sender.parameters.codecs, "ack ccfb"));
    this.#demand(now);
    this.#settle(now);
  }

  /** Adds a receiver, changes what it receives, or takes it away. */
  setReceiver(id: string, parameters: RtpReceiveParameters | undefined, now: Instant): void {
    this.router.set(id, parameters, now);
    if (parameters !== undefined) this.#reducedSize = parameters.reducedSize;
    this.receiving.elements.clear();
    const receivers = [...this.router.receivers];
    for (const receiver of receivers) this.receiving.elements.add(receiver.parameters.extensions);
    const all = receivers.flatMap(({ codecs }) => codecs.codecs);
    this.#recordsTransport = hasFeedback(all, "transport-cc");
    this.#recordsCongestion = hasFeedback(all, "ack ccfb");
    if (this.#recordsTransport || this.#recordsCongestion || !hasFeedback(all, "goog-remb")) this.#estimate = undefined;
    else this.#estimate ??= new ReceiveSideEstimate();
    this.#settle(now);
  }

  /** Takes out all that goes by an id, without good-byes: it goes on at another transport. */
  release(id: string, now: Instant): ReleasedStreams {
    const released = { sender: this.senders.release(id), receiver: this.router.release(id, now) };
    this.#demand(now);
    this.#settle(now);
    return released;
  }

  /** Takes in what another transport let go of; parameters are to be set next. */
  adopt({ sender, receiver }: ReleasedStreams, now: Instant): void {
    if (sender !== undefined) this.senders.adopt(sender);
    if (receiver !== undefined) this.router.adopt(receiver, now);
  }

  /**
   * Sends a frame: it waits for its turn, and is cut into packets then. Its bytes are not touched, and are not to change any more. False
   * when it is not sent: there is no such encoding, it is not active, or too much waits already.
   */
  sendFrame(id: string, encodingIndex: number, frame: EncodedFrame, now: Instant): boolean {
    const stream = this.senders.stream(id, encodingIndex);
    if (stream === undefined) return false;
    this.#wakeAt = now;
    if (stream.sendFrame(frame, now)) return true;
    // What comes after a frame that is missing cannot be decoded.
    if (frame.kind === "video" && stream.maySend) {
      this.#tell({ type: "key-frame-requested", id, encodingIndex, rid: stream.encoding.rid });
    }
    return false;
  }

  /** Frames of an encoding that wait to be sent. */
  waitingFrames(id: string, encodingIndex: number): number {
    return this.senders.stream(id, encodingIndex)?.queue.size ?? 0;
  }

  /** Sends a packet that was made elsewhere; its header is ours. Its bytes are not to change any more. False when it is not sent. */
  sendPacket(id: string, encodingIndex: number, packet: OutgoingPacket, now: Instant): boolean {
    const stream = this.senders.stream(id, encodingIndex);
    this.#wakeAt = now;
    return stream?.sendPacket(packet, now) ?? false;
  }

  /** Asks for a key frame of all streams of a receiver, or of one encoding; not more often than is of use. */
  requestKeyFrame(id: string, rid?: string): void {
    for (const stream of this.router.receiver(id)?.streams ?? []) {
      if (rid === undefined || stream.rid === rid) stream.requestKeyFrame();
    }
  }

  /** Whether tones can be sent. */
  canInsertDtmf(id: string): boolean {
    return this.tones.canSend(id);
  }

  /**
   * Sends a tone: a digit, `*`, `#` or a letter from A to D, for `duration` milliseconds; one that is being sent is cut off. False when
   * telephone events are not negotiated, the sender's encoding is not active, or it is no such tone.
   */
  insertDtmf(id: string, tone: string, duration: number, now: Instant): boolean {
    this.#wakeAt = now;
    return this.tones.send(id, tone, duration, now);
  }

  /** Tells the other side by REMB what it may send at the most, bit/s, now and with every report; undefined ends that. */
  setRemb(bitrate: number | undefined): void {
    this.#rembLimit = bitrate;
    this.#tellRemb();
  }

  /** Takes the RTP packet `bytes[start, end)`, which was found genuine. The bytes are ours from then on. */
  receiveRtp(bytes: Uint8Array, start: number, end: number, now: Instant): void {
    const { receiving } = this;
    if (!receiving.read(bytes, start, end)) return;
    const { header, elements } = receiving;
    if (elements.transportNumber >= 0 && this.#recordsTransport) {
      this.recorder.onPacket(elements.transportNumber, end - start, header.ssrc, now);
    }
    if (this.#recordsCongestion) this.congestionRecorder.onPacket(header.ssrc, header.sequenceNumber, end - start, now);
    if (elements.absSendTime >= 0) this.#estimate?.onPacket(elements.absSendTime, end - start, now);
    receiving.receive(bytes, now);
    if (this.router.begun.length > 0) this.#begin(now);
  }

  /** Takes the RTCP datagram `bytes[start, end)`, which was found genuine. */
  receiveRtcp(bytes: Uint8Array, start: number, end: number, now: Instant): void {
    this.rtcpReader.receive(bytes, start, end, now);
    this.#takeTarget();
  }

  /** Tells by which way packets go: another way is another path, of which congestion control knows nothing. */
  follow(route: Route, now: Instant): void {
    if (route === this.#route) return;
    if (this.#route !== undefined) this.congestion.onPathChange(now);
    this.#route = route;
  }

  /** Ends all that is sent: what is left is to say good-bye. */
  close(now: Instant): void {
    for (const { id } of [...this.senders.all]) this.setSender(id, undefined, now);
  }

  /** Runs every timer due at or before `now`. */
  advance(now: Instant): void {
    if (this.congestion.deadline() <= now) this.congestion.advance(now);
    if (this.tones.deadline() <= now) this.tones.advance(now);
    if (this.#estimate?.take(now) !== undefined) this.#tellRemb();
    this.#takeTarget();
  }

  /** When `advance` or `transmit` is next needed; `NEVER` when idle. */
  deadline(): Instant {
    const { congestion, tones, rtcpWriter } = this;
    const timers = Math.min(congestion.deadline(), tones.deadline(), this.#estimate?.deadline() ?? NEVER);
    return Math.min(timers, rtcpWriter.deadline(), this.#wakeAt, this.#paddingAt);
  }

  /**
   * Writes the next packet at `out.start`, not protected yet; false when there is none. What it is says `kind`. There is room for
   * `maxPacketSize` bytes.
   */
  transmit(out: Transmit, now: Instant): boolean {
    if (this.rtcpWriter.deadline() <= now) {
      this.#checkSilence(now);
      this.#checkBreakers(now);
      if (this.rtcpWriter.write(out, this.maxPacketSize, now)) {
        this.kind = "rtcp";
        return true;
      }
    }
    return this.#transmitMedia(out, now);
  }

  /** The oldest packet that arrived; undefined when there is none. It is used again with the next call. */
  takePacket(): RoutedPacket | undefined {
    const packet = this.receiving.take();
    if (packet?.codec !== undefined && packet.stream?.codecs.roleOf(packet.payloadType) === "dtmf")
      this.#hear(packet, packet.codec);
    return packet;
  }

  /** What there is to tell of all streams now. */
  stats(): RtpStats {
    return rtpStats(this.senders, this.router);
  }

  /** Removes the oldest event. */
  takeEvent(): RtpEvent | undefined {
    return this.#events.shift();
  }

  #settle(now: Instant): void {
    this.#begin(now);
    this.rtcpWriter.settle(now);
  }

  #begin(now: Instant): void {
    for (const { receiverId: id, ssrc, rid } of this.router.begun) this.#tell({ type: "stream", id, ssrc, rid });
    this.router.begun.length = 0;
    this.rtcpWriter.settle(now);
  }

  #hear(packet: RoutedPacket, { clockRate }: RtpCodec): void {
    const { id, ssrc, stream } = packet;
    const rid = stream?.rid;
    const heard = this.tones.hear(packet, clockRate);
    if (heard !== undefined) this.#tell({ type: "dtmf", id, ssrc, rid, tone: heard.tone, duration: heard.duration });
  }

  #transmitMedia(out: Transmit, now: Instant): boolean {
    this.#wakeAt = NEVER;
    this.#paddingAt = NEVER;
    for (let stream = this.senders.nextAudio(); stream !== undefined; stream = this.senders.nextAudio()) {
      if (this.#write(stream, out, now)) return true;
    }
    const { pacer } = this.congestion;
    for (let waiting = this.senders.waiting; waiting > 0; waiting = this.senders.waiting) {
      pacer.setQueue(waiting, this.senders.waitingSince);
      const at = pacer.timeOfNext(Math.min(TYPICAL_PACKET, waiting), now);
      if (at > now) {
        this.#wakeAt = at;
        return false;
      }
      const stream = this.senders.nextVideo();
      if (stream === undefined) break;
      if (this.#write(stream, out, now)) return true;
    }
    return this.#transmitPadding(out, now);
  }

  /** Writes what a stream has next, and tells congestion control. */
  #write(stream: RtpSendStream, out: Transmit, now: Instant): boolean {
    const number = this.#transportNumber + 1;
    const wire = stream.hasTransportNumber ? number & 0xffff : -1;
    this.#written.isRepeat = false;
    const isWritten =
      (stream.hasRepeats && stream.writeRepeat(out, wire, this.maxPacketSize, this.#written, now)) ||
      stream.write(out, wire, this.maxPacketSize, now);
    if (!isWritten) return false;
    this.kind = this.#written.isRepeat ? "repeated-rtp" : "rtp";
    this.#sent(out, stream, now);
    return true;
  }

  #transmitPadding(out: Transmit, now: Instant): boolean {
    const stream = this.senders.forPadding(this.#usesCongestionFeedback);
    if (stream === undefined) return false;
    const { pacer } = this.congestion;
    pacer.setQueue(0, now);
    if (pacer.paddingBytes(now) === 0) {
      this.#paddingAt = pacer.timeOfPadding(now);
      return false;
    }
    if (!stream.writePadding(out, (this.#transportNumber + 1) & 0xffff, this.maxPacketSize, now)) return false;
    this.kind = "rtp";
    this.#sent(out, stream, now);
    return true;
  }

  #sent(out: Transmit, stream: RtpSendStream, now: Instant): void {
    const probe = this.congestion.pacer.onSent(out.length, now);
    this.#tellSent(out, stream, probe, now);
    this.#takeTarget();
  }

  #tellSent(out: Transmit, { hasTransportNumber, breaker }: RtpSendStream, probe: number, now: Instant): void {
    breaker.onPacketSent(out.length, now);
    // What goes out again has its old number: feedback about it would be of the first.
    if (this.kind === "repeated-rtp") return;
    // A number that no packet carries would be told as lost.
    const isTold = hasTransportNumber || this.#usesCongestionFeedback;
    if (isTold) this.#transportNumber++;
    this.congestion.onPacketSent(isTold ? this.#transportNumber : -1, out.length, now, probe);
    if (this.#usesCongestionFeedback) {
      const sequenceNumber = ((out.bytes[out.start + 2] as number) << 8) | (out.bytes[out.start + 3] as number);
      this.congestion.onRtpPacketSent(ssrcOf(out), sequenceNumber, this.#transportNumber);
    }
  }

  #tellRemb(): void {
    const [limit, estimate] = [this.#rembLimit, this.#estimate?.bitrate];
    this.remb = limit === undefined || estimate === undefined ? (limit ?? estimate) : Math.min(limit, estimate);
    if (this.remb !== undefined) this.rtcpWriter.tellRemb();
  }

  #takeTarget(): void {
    for (let event = this.congestion.takeEvent(); event !== undefined; event = this.congestion.takeEvent()) {
      this.#share(event.bitrate);
    }
  }

  /** Tells what encodings could use, and shares out what there is. */
  #demand(now: Instant): void {
    this.congestion.setDemand(demandOf(this.senders), now);
    this.#share(this.congestion.targetBitrate);
  }

  #share(target: number): void {
    shareTarget(target, this.senders, ({ id }, encodingIndex, bitrate) => {
      this.#tell({ type: "target-bitrate", id, encodingIndex, bitrate });
    });
  }

  #onRoundTrip(roundTrip: number): void {
    this.#roundTrip = Number.isNaN(this.#roundTrip)
      ? roundTrip
      : this.#roundTrip + (roundTrip - this.#roundTrip) * ROUND_TRIP_WEIGHT;
  }

  /** Says of streams that were silent for too long that they are gone. */
  #checkSilence(now: Instant): void {
    const longest = Math.max(LEAST_SILENCE, SILENT_INTERVALS * this.rtcpWriter.interval.deterministic);
    for (const { streams } of this.router.receivers) {
      for (const stream of streams) {
        const { lastAt } = stream.reception;
        if (stream.isSilent || !(now - Math.max(lastAt, stream.sending.lastAt || 0) > longest)) continue;
        stream.isSilent = true;
        const { receiverId: id, ssrc, rid } = stream;
        this.#tell({ type: "timeout", id, ssrc, rid });
      }
    }
  }

  /** Ends encodings that must cease to send. */
  #checkBreakers(now: Instant): void {
    for (const { id, streams } of this.senders.all) {
      for (const [encodingIndex, stream] of streams.entries()) {
        stream.breaker.advance(now);
        const reason = stream.breaker.broken;
        if (reason === undefined || stream.isBroken) continue;
        stream.cease();
        this.#tell({ type: "circuit-break", id, encodingIndex, rid: stream.encoding.rid, reason });
        this.#demand(now);
      }
    }
  }

  #tell(event: RtpEvent): void {
    if (this.#events.size < MOST_EVENTS) this.#events.push(event);
    else this.drops.count("events");
  }
}
