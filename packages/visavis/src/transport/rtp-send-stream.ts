/**
 * One encoding that is sent: an SSRC for its packets and one for those that are sent again. RFC 3550 §5, §6.4.1; RFC 4588 §4;
 * RFC 4585 §6.2.1.
 */
import { copyBytes, setU16, u16, u32 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { type Random, randomU32 } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Transmit } from "../base/transmit.ts";
import { CircuitBreaker } from "../cc/circuit-breaker.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import { compactNtp, type NtpTime } from "../rtp/ntp.ts";
import { parseRtpHeader, RTP_HEADER, RtpHeader, writePadding, writeRtpHeader } from "../rtp/packet.ts";
import type { Packetizer } from "../rtp/payload/payload-format.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";
import { SequenceUnwrapper } from "../rtp/sequence.ts";
import { RtpElementWriter } from "./rtp-element-writer.ts";
import { type OutgoingPacket, OutgoingQueue, type WaitingUnit } from "./rtp-outgoing.ts";
import { PacketHistory } from "./rtp-packet-history.ts";
import { CodecTable, hasFeedback, type RtpCodec, type RtpSendEncoding, type RtpSendParameters } from "./rtp-parameters.ts";
import { RemoteReception } from "./rtp-remote-reception.ts";

/** Repetitions that wait at most. */
const MOST_REPEATS = 1024;
/** Bytes that a repetition has more than what it repeats (RFC 4588 §4). */
const RTX_HEADER = 2;
/** Bytes of padding in a packet of nothing else. */
const PADDING = 224;

/** Counts of one encoding; times in milliseconds. */
export interface SendCounts {
  packets: number;
  /** Bytes of payload, and of headers and padding. */
  bytes: number;
  headerBytes: number;
  repeatedPackets: number;
  repeatedBytes: number;
  repeatedHeaderBytes: number;
  /** Packets that fill up what probes want, all of whose bytes count as padding. */
  paddingPackets: number;
  paddingBytes: number;
  frames: number;
  keyFrames: number;
  /** From being handed over to being sent, of all packets together. */
  sendDelay: number;
  nacks: number;
  pictureLosses: number;
  intraRequests: number;
  /** Frames that were not sent: the encoding is not active, the codec is not negotiated, or too much waits. */
  droppedFrames: number;
}

/** What `write` wrote last, for those who count and protect it. */
export interface WrittenPacket {
  /** It went out before, bit by bit: SRTP must know. */
  isRepeat: boolean;
}

/** The packets of one encoding. */
export class RtpSendStream {
  readonly kind: "audio" | "video";
  readonly counts: SendCounts = {
    packets: 0,
    bytes: 0,
    headerBytes: 0,
    repeatedPackets: 0,
    repeatedBytes: 0,
    repeatedHeaderBytes: 0,
    paddingPackets: 0,
    paddingBytes: 0,
    frames: 0,
    keyFrames: 0,
    sendDelay: 0,
    nacks: 0,
    pictureLosses: 0,
    intraRequests: 0,
    droppedFrames: 0,
  };
  /** What the other side reports of the stream. */
  readonly remote: RemoteReception = new RemoteReception();
  encoding: RtpSendEncoding;
  /** Bits per second that the encoding should have; 0 before anything was shared out. */
  targetBitrate = 0;
  /** The payload type of the last packet; -1 before the first. */
  payloadType = -1;
  /** Watches over the whole, whatever congestion control thinks. */
  readonly breaker: CircuitBreaker = new CircuitBreaker();
  /** Whether it has ceased to send. */
  isBroken = false;
  readonly queue: OutgoingQueue = new OutgoingQueue();
  #codecs: CodecTable;
  #elements: RtpElementWriter;
  #keeps: boolean;
  readonly #history = new PacketHistory();
  readonly #repeats = new Ring<number>();
  readonly #header = new RtpHeader();
  readonly #numbers = new SequenceUnwrapper();
  readonly #packetizers = new Map<number, Packetizer>();
  readonly #random: Random;
  #packetizer: Packetizer | undefined = undefined;
  #isFirst = true;
  #sequenceNumber: number;
  #rtxSequenceNumber: number;
  /** Every packet says whose it is, until the other side is known to know. */
  #named = true;
  #timestamp = 0;
  #timestampAt: Instant = Number.NaN;
  #clockRate: number;
  /** The newest packet, unwrapped; padding repeats it. */
  #newest = -1;

  constructor(parameters: RtpSendParameters, encoding: RtpSendEncoding, random: Random) {
    this.kind = parameters.kind;
    this.encoding = encoding;
    this.#random = random;
    this.#codecs = new CodecTable(parameters.codecs);
    this.#elements = new RtpElementWriter(parameters, encoding.rid);
    this.#keeps = hasFeedback(parameters.codecs, "nack");
    this.#clockRate = this.#codecs.first("media")?.clockRate ?? 90_000;
    // Far from wrapping, so that SRTP's count of cycles cannot go wrong at the first packets (RFC 3711 §3.3.1).
    this.#sequenceNumber = randomU32(random) & 0x7fff;
    this.#rtxSequenceNumber = randomU32(random) & 0x7fff;
  }

  /** Whether packets have transport-wide numbers. */
  get hasTransportNumber(): boolean {
    return this.#elements.transportNumberId !== 0;
  }

  /** Whether padding and repetitions go out as a stream of their own. */
  get hasRtx(): boolean {
    return this.encoding.rtxSsrc !== undefined && this.#rtxPayloadType !== 0;
  }

  /** Bytes that wait, repetitions as well. */
  get waiting(): number {
    return this.queue.bytes + this.#repeats.size * 1000;
  }

  /** Of the packets that were sent last. */
  get clockRate(): number {
    return this.#clockRate;
  }

  /** The codec of tones: the one with the clock of the stream, if there is one. */
  get toneCodec(): RtpCodec | undefined {
    const codecs = this.#codecs.codecs.filter((codec) => this.#codecs.roleOf(codec.payloadType) === "dtmf");
    return codecs.find(({ clockRate }) => clockRate === this.#clockRate) ?? codecs[0];
  }

  /** When the oldest of what waits began to wait. */
  get waitingSince(): Instant {
    return this.queue.peek()?.since ?? Number.POSITIVE_INFINITY;
  }

  /** Whether repetitions wait, which go before what is new. */
  get hasRepeats(): boolean {
    return this.#repeats.size > 0;
  }

  /** Whether anything was ever sent. */
  get isStarted(): boolean {
    return !Number.isNaN(this.#timestampAt);
  }

  /** Takes what a later negotiation says. */
  update(parameters: RtpSendParameters, encoding: RtpSendEncoding): void {
    this.encoding = encoding;
    this.#codecs = new CodecTable(parameters.codecs);
    this.#elements = new RtpElementWriter(parameters, encoding.rid);
    this.#keeps = hasFeedback(parameters.codecs, "nack");
    this.#packetizers.clear();
    if (!encoding.active) this.queue.clear();
    this.isBroken = false;
    this.breaker.reset();
  }

  /** Ceases to send, until its parameters are set anew (RFC 8083 §4.5). */
  cease(): void {
    this.isBroken = true;
    this.queue.clear();
    this.#repeats.clear();
  }

  /** Whether it may send. */
  get maySend(): boolean {
    return this.encoding.active && !this.isBroken;
  }

  /** Queues a frame, whose bytes are ours from then on. False when it is not sent. */
  sendFrame(frame: EncodedFrame, now: Instant): boolean {
    const codec = this.#codecOf(frame);
    const unit = codec === undefined || !this.maySend ? undefined : this.queue.push(frame.data.length, now);
    if (unit === undefined) {
      this.counts.droppedFrames++;
      return false;
    }
    unit.frame = frame;
    unit.codec = codec;
    unit.bytes = frame.data;
    return true;
  }

  /** Queues a packet, whose bytes are ours from then on. False when it is not sent. */
  sendPacket(packet: OutgoingPacket, now: Instant): boolean {
    const unit = this.maySend ? this.queue.push(packet.end - packet.start, now) : undefined;
    if (unit === undefined) return false;
    unit.packet = packet;
    unit.frame = packet.frame;
    unit.codec = this.#codecs.codec(packet.payloadType);
    unit.bytes = packet.bytes;
    return true;
  }

  /** Writes the next packet that waits into `out`; false when there is none. @param most bytes that it may have */
  write(out: Transmit, transportNumber: number, most: number, now: Instant): boolean {
    for (let unit = this.queue.peek(); unit !== undefined; unit = this.queue.peek()) {
      const written =
        unit.packet === undefined
          ? this.#writeOfFrame(out, unit, transportNumber, most, now)
          : this.#writePacket(out, unit, unit.packet, transportNumber, most, now);
      if (written) return true;
    }
    return false;
  }

  /** Writes a packet that was asked for again into `out`; false when none waits. @returns via `written` whether it is the same, bit by bit */
  writeRepeat(out: Transmit, transportNumber: number, most: number, written: WrittenPacket, now: Instant): boolean {
    for (let number = this.#repeats.shift(); number !== undefined; number = this.#repeats.shift()) {
      if (!this.#history.find(number)) continue;
      const { bytes, start, end } = this.#history;
      if (!parseRtpHeader(bytes, start, end, this.#header)) continue;
      if (this.hasRtx) {
        if (!this.#writeRtx(out, transportNumber, most, now)) continue;
        written.isRepeat = false;
      } else {
        copyBytes(out.bytes, out.start, bytes, start, end);
        out.length = end - start;
        written.isRepeat = true;
      }
      this.counts.repeatedPackets++;
      const payloadBytes = this.#header.payloadEnd - this.#header.payloadStart;
      this.counts.repeatedBytes += payloadBytes;
      this.counts.repeatedHeaderBytes += out.length - payloadBytes;
      return true;
    }
    return false;
  }

  /** Writes a packet of padding into `out`, of the stream of repetitions: false when there is none. */
  writePadding(out: Transmit, transportNumber: number, most: number, now: Instant): boolean {
    if (!this.hasRtx || this.#newest < 0) return false;
    this.#writePadding(out, transportNumber, most, now);
    this.counts.paddingPackets++;
    this.counts.paddingBytes += out.length;
    return true;
  }

  #writePadding(out: Transmit, transportNumber: number, most: number, now: Instant): void {
    // What was sent last is of more use than zeros.
    if (this.#history.find(this.#newest)) {
      const { bytes, start, end } = this.#history;
      if (parseRtpHeader(bytes, start, end, this.#header) && this.#writeRtx(out, transportNumber, most, now)) return;
    }
    const { start, bytes } = out;
    let o = writeRtpHeader(
      bytes,
      start,
      false,
      this.#rtxPayloadType,
      this.#nextRtxNumber(),
      this.#timestamp,
      this.encoding.rtxSsrc ?? 0,
    );
    o = this.#elements.write(bytes, start, o, transportNumber, true, undefined, false, now);
    out.length = writePadding(bytes, start, o, PADDING) - start;
  }

  /** Queues what a NACK asks for, as far as it is there and was not sent just now. */
  onNack(numbers: readonly number[], roundTrip: number, now: Instant): void {
    if (this.isBroken) return;
    this.counts.nacks++;
    if (!this.#keeps) return;
    for (const value of numbers) {
      const number = this.#numbers.peek(value);
      if (this.#repeats.size >= MOST_REPEATS) return;
      if (!this.#history.find(number) || !this.#history.mayRepeat(number, roundTrip * 0.8, now)) continue;
      this.#history.repeated(number, now);
      this.#repeats.push(number);
    }
  }

  /** The other side has told of the stream: it knows whose it is. */
  onReported(): void {
    this.#named = false;
  }

  /** The time of the stream's clock now, for sender reports. */
  timestampAt(now: Instant): number {
    if (Number.isNaN(this.#timestampAt)) return 0;
    return (this.#timestamp + Math.round(((now - this.#timestampAt) * this.#clockRate) / 1000)) >>> 0;
  }

  /** Notes that a sender report about the stream went out. */
  onSenderReport({ seconds, fraction }: NtpTime, now: Instant): void {
    this.remote.onSenderReport(compactNtp(seconds, fraction), now);
  }

  /** Lets go of all memory. */
  close(): void {
    this.queue.clear();
    this.#history.clear();
  }

  get #rtxPayloadType(): number {
    return this.#codecs.rtxOf(this.payloadType < 0 ? (this.#codecs.first("media")?.payloadType ?? 0) : this.payloadType);
  }

  #codecOf(frame: EncodedFrame): RtpCodec | undefined {
    const { payloadType, mimeType } = frame;
    const preferred = payloadType ?? (mimeType === undefined ? this.encoding.payloadType : undefined);
    if (preferred !== undefined) return this.#codecs.codec(preferred);
    return mimeType === undefined ? this.#codecs.first("media") : this.#codecs.named(mimeType);
  }

  #packetizerOf(codec: RtpCodec): Packetizer | undefined {
    let packetizer = this.#packetizers.get(codec.payloadType);
    if (packetizer === undefined) {
      const firstPictureId = randomU32(this.#random) & 0x7fff;
      packetizer = payloadFormat(codec.mimeType)?.packetizer({ parameters: codec.parameters, firstPictureId });
      if (packetizer !== undefined) this.#packetizers.set(codec.payloadType, packetizer);
    }
    return packetizer;
  }

  #nextNumber(): number {
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    return this.#sequenceNumber;
  }

  #nextRtxNumber(): number {
    this.#rtxSequenceNumber = (this.#rtxSequenceNumber + 1) & 0xffff;
    return this.#rtxSequenceNumber;
  }

  #writeOfFrame(out: Transmit, unit: WaitingUnit, transportNumber: number, most: number, now: Instant): boolean {
    const { frame, codec } = unit;
    if (frame === undefined || codec === undefined) {
      this.queue.shift();
      return false;
    }
    if (this.#packetizer === undefined) {
      this.#packetizer = this.#packetizerOf(codec);
      if (this.#packetizer?.start(frame.data, frame) !== true) {
        this.#endFrame(true);
        return false;
      }
      this.#isFirst = true;
      this.#setTime(frame.timestamp, codec.clockRate, now);
    }
    const { bytes, start } = out;
    const { payloadType } = codec;
    const sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    let o = writeRtpHeader(
      bytes,
      start,
      this.#isFirst && this.kind === "audio" && frame.talkSpurt === true,
      payloadType,
      sequenceNumber,
      frame.timestamp,
      this.encoding.ssrc,
      frame.contributingSources,
    );
    o = this.#elements.write(bytes, start, o, transportNumber, this.#named || frame.keyFrame, frame, this.#isFirst, now);
    const room = most - (o - start) - (this.hasRtx ? this.#rtxReserve(o - start) : 0);
    const length = this.#packetizer.next(bytes, o, room);
    if (length <= 0) {
      this.#endFrame(length < 0);
      return false;
    }
    if (this.#packetizer.marker) bytes[start + 1] = (bytes[start + 1] as number) | 0x80;
    this.#isFirst = false;
    this.payloadType = payloadType;
    this.#nextNumber();
    this.#finish(out, unit, o, o + length, sequenceNumber, now);
    if (this.#packetizer.last) {
      this.counts.frames++;
      if (frame.keyFrame) this.counts.keyFrames++;
      this.#endFrame(false);
    }
    return true;
  }

  /** Room that a repetition needs beyond the packet itself: its header, and names where they were left out. */
  #rtxReserve(headerLength: number): number {
    return RTX_HEADER + Math.max(0, RTP_HEADER + this.#elements.room - headerLength);
  }

  #endFrame(isDropped: boolean): void {
    this.#packetizer = undefined;
    if (isDropped) this.counts.droppedFrames++;
    this.queue.shift();
  }

  #writePacket(
    out: Transmit,
    unit: WaitingUnit,
    packet: OutgoingPacket,
    transportNumber: number,
    most: number,
    now: Instant,
  ): boolean {
    const { bytes, start } = out;
    const { payloadType, timestamp, marker, contributingSources, frame } = packet;
    if (packet.sequenceNumber !== undefined) this.#sequenceNumber = (packet.sequenceNumber - 1) & 0xffff;
    const sequenceNumber = this.#nextNumber();
    const { ssrc } = this.encoding;
    let o = writeRtpHeader(bytes, start, marker, payloadType, sequenceNumber, timestamp, ssrc, contributingSources);
    o = this.#elements.write(bytes, start, o, transportNumber, this.#named || frame?.keyFrame === true, frame, true, now);
    const length = packet.end - packet.start;
    if (o - start + length > most) {
      this.queue.shift();
      this.counts.droppedFrames++;
      return false;
    }
    // A tone has the time of its beginning, and says nothing of the clock.
    if (this.#codecs.roleOf(payloadType) !== "dtmf") {
      this.payloadType = payloadType;
      this.#setTime(timestamp, unit.codec?.clockRate ?? this.#clockRate, now);
    }
    this.#finish(out, unit, o, copyBytes(bytes, o, packet.bytes, packet.start, packet.end), sequenceNumber, now);
    this.queue.shift();
    return true;
  }

  #setTime(timestamp: number, clockRate: number, now: Instant): void {
    this.#timestamp = timestamp;
    this.#timestampAt = now;
    this.#clockRate = clockRate;
  }

  /** Counts and keeps a packet whose payload is `out.bytes[payloadStart, end)`. */
  #finish(out: Transmit, unit: WaitingUnit, payloadStart: number, end: number, sequenceNumber: number, now: Instant): void {
    const { start } = out;
    out.length = end - start;
    const { counts } = this;
    counts.packets++;
    counts.bytes += end - payloadStart;
    counts.headerBytes += payloadStart - start;
    counts.sendDelay += now - unit.since;
    this.queue.spend(end - payloadStart);
    this.#newest = this.#numbers.unwrap(sequenceNumber);
    if (this.#keeps) this.#history.add(this.#newest, out.bytes, start, end, now);
  }

  /** Wraps the packet that the history has found. */
  #writeRtx(out: Transmit, transportNumber: number, most: number, now: Instant): boolean {
    const { bytes: original, start: from } = this.#history;
    const header = this.#header;
    const payloadType = this.#codecs.rtxOf(header.payloadType);
    if (payloadType === 0) return false;
    const { bytes, start } = out;
    const { marker, timestamp } = header;
    let o = writeRtpHeader(bytes, start, marker, payloadType, this.#nextRtxNumber(), timestamp, this.encoding.rtxSsrc ?? 0);
    o = this.#elements.writeRepair(bytes, start, o, transportNumber, original, header, now);
    o = setU16(bytes, o, u16(original, from + 2));
    if (o - start + header.payloadEnd - header.payloadStart > most) return false;
    out.length = copyBytes(bytes, o, original, header.payloadStart, header.payloadEnd) - start;
    return true;
  }
}

/** The SSRC of a packet. */
export function ssrcOf(out: Transmit): number {
  return u32(out.bytes, out.start + 8);
}
