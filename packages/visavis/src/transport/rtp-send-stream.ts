/**
 * One encoding that is sent: an SSRC for its packets and one for those that are sent again. RFC 3550 §5, §6.4.1; RFC 4588 §4;
 * RFC 4585 §6.2.1.
 */
import { copyBytes, u32 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { type Random, randomU32 } from "../base/random.ts";
import type { Transmit } from "../base/transmit.ts";
import { CircuitBreaker } from "../cc/circuit-breaker.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import { compactNtp, type NtpTime } from "../rtp/ntp.ts";
import { RTP_HEADER, writeRtpHeader } from "../rtp/packet.ts";
import type { Packetizer } from "../rtp/payload/payload-format.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";
import { SequenceUnwrapper } from "../rtp/sequence.ts";
import { RtpElementWriter } from "./rtp-element-writer.ts";
import { FEC_OVERHEAD, RtpFecSender } from "./rtp-fec-sender.ts";
import { type OutgoingPacket, OutgoingQueue, type WaitingUnit } from "./rtp-outgoing.ts";
import { CodecTable, hasFeedback, type RtpCodec, type RtpSendEncoding, type RtpSendParameters } from "./rtp-parameters.ts";
import { AudioRedundancy } from "./rtp-redundancy.ts";
import { RemoteReception } from "./rtp-remote-reception.ts";
import { awayFromWrapping, RtpRepeats, type WrittenPacket } from "./rtp-repeats.ts";
import { createSendCounts, type SendCounts } from "./rtp-send-counts.ts";

/** Bytes that a repetition has more than what it repeats (RFC 4588 §4). */
const RTX_HEADER = 2;
/** What a repetition is taken for before it is written, in bytes. */
const TYPICAL_REPEAT = 1000;

/** The packets of one encoding. */
export class RtpSendStream {
  readonly kind: "audio" | "video";
  readonly counts: SendCounts = createSendCounts();
  /** What the other side reports of the stream. */
  readonly remote: RemoteReception = new RemoteReception();
  readonly queue: OutgoingQueue = new OutgoingQueue();
  encoding: RtpSendEncoding;
  codecs: CodecTable;
  elements: RtpElementWriter;
  /** When the application was told last that the other side wants a key frame. */
  keyFrameToldAt: Instant = Number.NEGATIVE_INFINITY;
  /** Bits per second that the encoding should have; 0 before anything was shared out. */
  targetBitrate = 0;
  /** The payload type of the last packet of media; -1 before the first. */
  payloadType = -1;
  /** Watches over the whole, whatever congestion control thinks. */
  readonly breaker: CircuitBreaker = new CircuitBreaker();
  /** Whether it has ceased to send. */
  isBroken = false;
  #keeps: boolean;
  readonly #repeats: RtpRepeats;
  #fec: RtpFecSender | undefined = undefined;
  readonly #redundancy = new AudioRedundancy();
  readonly #numbers = new SequenceUnwrapper();
  readonly #packetizers = new Map<number, Packetizer>();
  readonly #random: Random;
  #packetizer: Packetizer | undefined = undefined;
  #isFirst = true;
  #sequenceNumber: number;
  #fecSequenceNumber: number;
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
    this.codecs = new CodecTable(parameters.codecs);
    this.elements = new RtpElementWriter(parameters, encoding.rid);
    this.#keeps = hasFeedback(parameters.codecs, "nack");
    this.#clockRate = this.codecs.first("media")?.clockRate ?? 90_000;
    // Far from wrapping, so that SRTP's count of cycles cannot go wrong at the first packets (RFC 3711 §3.3.1).
    this.#sequenceNumber = randomU32(random) & 0x7fff;
    this.#fecSequenceNumber = randomU32(random) & 0x7fff;
    this.#repeats = new RtpRepeats(this, random);
    this.#fec = this.#createFec();
  }

  /** Whether packets have transport-wide numbers. */
  get hasTransportNumber(): boolean {
    return this.elements.transportNumberId !== 0;
  }

  /** Whether padding and repetitions go out as a stream of their own. */
  get hasRtx(): boolean {
    return this.encoding.rtxSsrc !== undefined && this.#rtxPayloadType !== 0;
  }

  /** Bytes that wait, repetitions as well. */
  get waiting(): number {
    return this.queue.bytes + this.#repeats.size * TYPICAL_REPEAT + (this.#fec?.isDue ? TYPICAL_REPEAT : 0);
  }

  /** Of the packets that were sent last. */
  get clockRate(): number {
    return this.#clockRate;
  }

  /** The codec of tones: the one with the clock of the stream, if there is one. */
  get toneCodec(): RtpCodec | undefined {
    const codecs = this.codecs.codecs.filter((codec) => this.codecs.roleOf(codec.payloadType) === "dtmf");
    return codecs.find(({ clockRate }) => clockRate === this.#clockRate) ?? codecs[0];
  }

  /** When the oldest of what waits began to wait. */
  get waitingSince(): Instant {
    return this.queue.peek()?.since ?? Number.POSITIVE_INFINITY;
  }

  /** Whether repetitions or parity wait, which go before what is new. */
  get hasRepeats(): boolean {
    return this.#repeats.size > 0 || this.#fec?.isDue === true;
  }

  /** Whether anything was ever sent. */
  get isStarted(): boolean {
    return !Number.isNaN(this.#timestampAt);
  }

  /** Packets of parity for each packet of media. */
  get parityRate(): number {
    return this.#fec?.rate ?? 0;
  }

  /** Takes what a later negotiation says. */
  update(parameters: RtpSendParameters, encoding: RtpSendEncoding): void {
    this.encoding = encoding;
    const { codecs } = this;
    this.codecs = new CodecTable(parameters.codecs);
    this.elements = new RtpElementWriter(parameters, encoding.rid);
    this.#keeps = hasFeedback(parameters.codecs, "nack");
    this.#forgetPacketizers(codecs);
    this.#named = true;
    if (this.#fec?.kind !== this.#fecKind) this.#fec = this.#createFec();
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
    const red = codec && this.#redOf(codec);
    if (codec !== undefined && red !== undefined && this.sendPacket(this.#redundancy.wrap(frame, red, codec), now)) {
      this.counts.frames++;
      return true;
    }
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
    unit.codec = this.codecs.codec(packet.payloadType);
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

  /** Writes a packet that was asked for again, or one of parity; false when none waits. */
  writeRepeat(out: Transmit, transportNumber: number, most: number, written: WrittenPacket, now: Instant): boolean {
    if (this.#repeats.write(out, transportNumber, most, written, now)) {
      this.#countRepeat(out);
      return true;
    }
    while (this.#fec?.isDue) {
      if (!this.#writeParity(this.#fec, out, transportNumber, most, now)) continue;
      this.counts.parityPackets++;
      this.counts.parityBytes += out.length;
      return true;
    }
    return false;
  }

  /** Asked for or not, media that goes out once more is a retransmission: the other side counts it so. */
  #countRepeat(out: Transmit): void {
    const { payloadStart, payloadEnd } = this.#repeats.header;
    this.counts.repeatedPackets++;
    this.counts.repeatedBytes += payloadEnd - payloadStart;
    this.counts.repeatedHeaderBytes += out.length - (payloadEnd - payloadStart);
  }

  /** Writes a packet of padding into `out`, of the stream of repetitions: false when there is none. */
  writePadding(out: Transmit, transportNumber: number, most: number, now: Instant): boolean {
    if (!this.hasRtx || this.#newest < 0) return false;
    if (this.#repeats.fill(out, this.#newest, this.#rtxPayloadType, this.#timestamp, transportNumber, most, now)) {
      this.#countRepeat(out);
      return true;
    }
    this.counts.paddingPackets++;
    this.counts.paddingBytes += out.length;
    return true;
  }

  /** Queues what a NACK asks for, as far as it is there and was not sent just now. */
  onNack(numbers: readonly number[], roundTrip: number, now: Instant): void {
    if (this.isBroken) return;
    this.counts.nacks++;
    if (!this.#keeps) return;
    for (const value of numbers) this.#repeats.push(this.#numbers.peek(value), roundTrip, now);
  }

  /** The other side has told of the stream, and so knows whose it is. */
  onReported(loss: number, roundTrip: number): void {
    this.#named = false;
    this.#fec?.onReport(loss, roundTrip);
  }

  /** The time of the stream's clock now, for sender reports and tones. */
  timestampAt(now: Instant): number {
    // Tones that go before any audio are told apart by their times as well.
    if (Number.isNaN(this.#timestampAt)) return Math.round((now * this.#clockRate) / 1000) >>> 0;
    return (this.#timestamp + Math.round(((now - this.#timestampAt) * this.#clockRate) / 1000)) >>> 0;
  }

  /** Notes that a sender report about the stream went out. */
  onSenderReport({ seconds, fraction }: NtpTime, now: Instant): void {
    this.remote.onSenderReport(compactNtp(seconds, fraction), now);
  }

  /** Goes on with other keys, whose count of cycles begins at 0: no number may wrap before it is there (RFC 3711 §3.3.1). */
  onNewKeys(): void {
    this.#sequenceNumber = awayFromWrapping(this.#sequenceNumber);
    this.#fecSequenceNumber = awayFromWrapping(this.#fecSequenceNumber);
    this.#repeats.onNewKeys();
  }

  /** Lets go of all memory. */
  close(): void {
    this.queue.clear();
    this.#repeats.clear();
  }

  get #rtxPayloadType(): number {
    return this.codecs.rtxOf(this.payloadType < 0 ? (this.codecs.first("media")?.payloadType ?? 0) : this.payloadType);
  }

  /** Parity is made of what is kept, in a stream of its own or, inside RED, in this one. */
  get #fecKind(): RtpFecSender["kind"] | undefined {
    if (this.kind === "audio" || !this.#keeps) return undefined;
    const flexfec = this.codecs.first("flexfec");
    if (flexfec !== undefined && this.encoding.fecSsrc !== undefined) {
      return flexfec.mimeType.toLowerCase() === "video/flexfec-03" ? "flexfec-03" : "flexfec";
    }
    // What is repeated without a stream of its own must be the same bit by bit: then there is no RED.
    const hasUlpfec = this.codecs.first("red") !== undefined && this.codecs.first("ulpfec") !== undefined;
    return hasUlpfec && this.hasRtx ? "ulpfec" : undefined;
  }

  #createFec(): RtpFecSender | undefined {
    const kind = this.#fecKind;
    return kind && new RtpFecSender(kind, this.encoding.ssrc);
  }

  #codecOf(frame: EncodedFrame): RtpCodec | undefined {
    const { payloadType, mimeType } = frame;
    const preferred = payloadType ?? (mimeType === undefined ? this.encoding.payloadType : undefined);
    const isTold = preferred !== undefined && this.codecs.roleOf(preferred) !== "red";
    const told = isTold ? this.codecs.codec(preferred) : undefined;
    if (mimeType === undefined) return isTold ? told : this.codecs.first("media");
    // A frame that came by another connection has a payload type that means something else here.
    return told?.mimeType.toLowerCase() === mimeType.toLowerCase() ? told : this.codecs.named(mimeType);
  }

  /** RED around audio, when it is preferred to audio without, or wanted of this encoding. */
  #redOf({ clockRate }: RtpCodec): RtpCodec | undefined {
    if (this.kind === "video") return undefined;
    const wanted = this.codecs.codec(this.encoding.payloadType ?? this.codecs.codecs[0]?.payloadType ?? -1);
    const isRed = wanted !== undefined && this.codecs.roleOf(wanted.payloadType) === "red" && wanted.clockRate === clockRate;
    return isRed ? wanted : undefined;
  }

  /** Whether a packet says whose it is: until that is known, and with every key frame, for those who come later. */
  #says(frame: EncodedFrame | undefined): boolean {
    return this.#named || (this.kind === "video" && frame?.keyFrame === true);
  }

  /** Lets go of those whose codec is another now. The others go on: a hole in their picture ids would be taken for a loss. */
  #forgetPacketizers(before: CodecTable): void {
    for (const payloadType of [...this.#packetizers.keys()]) {
      const [old, now] = [before.codec(payloadType), this.codecs.codec(payloadType)];
      if (old?.mimeType !== now?.mimeType || old?.parameters !== now?.parameters) this.#packetizers.delete(payloadType);
    }
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
    const { bytes } = out;
    const isInRed = this.#fec?.kind === "ulpfec" && this.#fec.rate > 0;
    // The byte of RED comes between header and payload, once the packet without it is kept.
    const start = isInRed ? out.start + 1 : out.start;
    const marker = this.#isFirst && this.kind === "audio" && frame.talkSpurt === true;
    const { payloadType } = codec;
    const sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    const { ssrc } = this.encoding;
    let o = writeRtpHeader(bytes, start, marker, payloadType, sequenceNumber, frame.timestamp, ssrc, frame.contributingSources);
    o = this.elements.write(bytes, start, o, transportNumber, this.#says(frame), frame, this.#isFirst, now);
    const length = this.#packetizer.next(bytes, o, most - (o - start) - this.#reserve(o - start));
    if (length <= 0) {
      this.#endFrame(length < 0);
      return false;
    }
    if (this.#packetizer.marker) bytes[start + 1] = (bytes[start + 1] as number) | 0x80;
    this.#isFirst = false;
    this.payloadType = payloadType;
    this.#nextNumber();
    this.#finish(bytes, start, unit, o, o + length, sequenceNumber, now);
    this.#fec?.onPacket(this.#newest, this.#packetizer.last);
    out.length = o + length - start;
    if (isInRed) this.#putIntoRed(out, o, payloadType);
    if (this.#packetizer.last) {
      this.counts.frames++;
      if (frame.keyFrame) this.counts.keyFrames++;
      this.#endFrame(false);
    }
    return true;
  }

  /** Room that repetitions and parity need beyond the packet itself: their headers, and names where they were left out. */
  #reserve(headerLength: number): number {
    const names = Math.max(0, RTP_HEADER + this.elements.room - headerLength);
    const parity = this.#fec !== undefined && this.#fec.rate > 0 ? names + FEC_OVERHEAD : 0;
    return Math.max(parity, this.hasRtx ? names + RTX_HEADER : 0);
  }

  /** Moves the header, which ends at `payloadStart`, down by a byte, and says there what the payload is (RFC 2198 §3). */
  #putIntoRed(out: Transmit, payloadStart: number, payloadType: number): void {
    const { bytes, start } = out;
    bytes.copyWithin(start, start + 1, payloadStart);
    bytes[payloadStart - 1] = payloadType;
    bytes[start + 1] = ((bytes[start + 1] as number) & 0x80) | (this.codecs.first("red")?.payloadType ?? 0);
    out.length++;
  }

  #writeParity(fec: RtpFecSender, out: Transmit, transportNumber: number, most: number, now: Instant): boolean {
    const { bytes, start } = out;
    const { ssrc, fecSsrc } = this.encoding;
    const isUlpfec = fec.kind === "ulpfec";
    const payloadType = this.codecs.first(isUlpfec ? "red" : "flexfec")?.payloadType ?? 0;
    const number = ((isUlpfec ? this.#sequenceNumber : this.#fecSequenceNumber) + 1) & 0xffff;
    const csrcs = fec.kind === "flexfec" ? [ssrc] : undefined;
    let o = writeRtpHeader(bytes, start, false, payloadType, number, this.#timestamp, isUlpfec ? ssrc : (fecSsrc ?? 0), csrcs);
    o = this.elements.write(bytes, start, o, transportNumber, true, undefined, false, now);
    if (isUlpfec) bytes[o++] = this.codecs.first("ulpfec")?.payloadType ?? 0;
    const end = fec.write(bytes, o, start + most, this.#repeats.history);
    if (end === o) return false;
    out.length = end - start;
    if (!isUlpfec) {
      this.#fecSequenceNumber = number;
      return true;
    }
    // It is one of the stream's packets, and may be asked for as any other.
    this.#sequenceNumber = number;
    this.counts.packets++;
    this.counts.bytes += end - o;
    this.counts.headerBytes += o - start;
    this.#newest = this.#numbers.unwrap(number);
    return true;
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
    const { payloadType, timestamp, marker, contributingSources, frame, elements } = packet;
    if (packet.sequenceNumber !== undefined) this.#sequenceNumber = (packet.sequenceNumber - 1) & 0xffff;
    const sequenceNumber = this.#nextNumber();
    const { ssrc } = this.encoding;
    let o = writeRtpHeader(bytes, start, marker, payloadType, sequenceNumber, timestamp, ssrc, contributingSources);
    o = this.elements.write(bytes, start, o, transportNumber, this.#says(frame), frame, true, now, elements);
    const length = packet.end - packet.start;
    if (o - start + length > most) {
      this.queue.shift();
      this.counts.oversizePackets++;
      // Nobody is to miss it.
      this.#sequenceNumber = (sequenceNumber - 1) & 0xffff;
      return false;
    }
    // A tone has the time of its beginning, and says nothing of the clock.
    if (this.codecs.roleOf(payloadType) !== "dtmf") {
      this.payloadType = payloadType;
      this.#setTime(timestamp, unit.codec?.clockRate ?? this.#clockRate, now);
    }
    const end = copyBytes(bytes, o, packet.bytes, packet.start, packet.end);
    this.#finish(bytes, start, unit, o, end, sequenceNumber, now);
    out.length = end - start;
    this.queue.shift();
    return true;
  }

  #setTime(timestamp: number, clockRate: number, now: Instant): void {
    this.#timestamp = timestamp;
    this.#timestampAt = now;
    this.#clockRate = clockRate;
  }

  /** Counts and keeps a packet whose payload is `bytes[payloadStart, end)`. */
  #finish(
    bytes: Uint8Array,
    start: number,
    unit: WaitingUnit,
    payloadStart: number,
    end: number,
    sequenceNumber: number,
    now: Instant,
  ): void {
    const { counts } = this;
    counts.packets++;
    counts.bytes += end - payloadStart;
    counts.headerBytes += payloadStart - start;
    counts.sendDelay += now - unit.since;
    this.queue.spend(end - payloadStart);
    this.#newest = this.#numbers.unwrap(sequenceNumber);
    if (this.#keeps) this.#repeats.history.add(this.#newest, bytes, start, end, now);
  }
}

/** The SSRC of a packet. */
export function ssrcOf(out: Transmit): number {
  return u32(out.bytes, out.start + 8);
}
