/**
 * One stream of media that arrives, with the repetitions that repair it. RFC 3550 §6.4, A.1; RFC 4585 §6.2, §6.3; RFC 4588 §4.
 */
import { setU16, setU32, u16 } from "../base/bytes.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { RTP_HEADER, type RtpHeader } from "../rtp/packet.ts";
import type { ReceivedPacket } from "../rtp/received-packet.ts";
import type { ReportBlock } from "../rtp/rtcp/report-block.ts";
import type { RtpFecReceiver } from "./rtp-fec-receiver.ts";
import { type Arrival, MissingPackets } from "./rtp-missing-packets.ts";
import { type CodecTable, hasFeedback } from "./rtp-parameters.ts";
import { Reception } from "./rtp-reception.ts";

/** The least time between two requests for a key frame, in milliseconds; or the round trip. */
const KEY_FRAME_INTERVAL = 200;
/** Bytes before the payload of a repetition (RFC 4588 §4). */
const RTX_HEADER = 2;

/** Counts of one stream. */
export interface ReceiveCounts {
  repeatedPackets: number;
  repeatedBytes: number;
  /** Packets that were there before, or came too late to matter. */
  discarded: number;
  nacks: number;
  pictureLosses: number;
  intraRequests: number;
  fecPackets: number;
  fecBytes: number;
  fecDiscarded: number;
  /** Packets that FEC or RED brought back. */
  recovered: number;
}

/** What the sender's own reports say. */
export interface RemoteSending {
  ntpSeconds: number;
  ntpFraction: number;
  rtpTimestamp: number;
  packets: number;
  bytes: number;
  reports: number;
  /** When the newest came; NaN before the first. */
  lastAt: Instant;
  /** The middle 32 bits of its NTP time; 0 before the first. */
  compact: number;
  /** From the delay that the other side tells (RFC 3611 §4.5); NaN before the first. */
  roundTrip: number;
  totalRoundTrip: number;
  roundTripMeasurements: number;
}

/** A stream of media. */
export class RtpReceiveStream {
  readonly ssrc: number;
  codecs: CodecTable;
  /** Of the receiver that the stream belongs to. */
  readonly receiverId: string;
  readonly mid: string;
  readonly kind: "audio" | "video";
  rid: string | undefined;
  rtxSsrc: number | undefined = undefined;
  fecSsrc: number | undefined = undefined;
  cname: string | undefined = undefined;
  /** The payload type of the last packet of media; -1 before the first. */
  payloadType = -1;
  readonly reception: Reception = new Reception();
  readonly rtxReception: Reception = new Reception();
  readonly counts: ReceiveCounts = {
    repeatedPackets: 0,
    repeatedBytes: 0,
    discarded: 0,
    nacks: 0,
    pictureLosses: 0,
    intraRequests: 0,
    fecPackets: 0,
    fecBytes: 0,
    fecDiscarded: 0,
    recovered: 0,
  };
  readonly sending: RemoteSending = {
    ntpSeconds: 0,
    ntpFraction: 0,
    rtpTimestamp: 0,
    packets: 0,
    bytes: 0,
    reports: 0,
    lastAt: Number.NaN,
    compact: 0,
    roundTrip: Number.NaN,
    totalRoundTrip: 0,
    roundTripMeasurements: 0,
  };
  readonly missing: MissingPackets;
  /** From the first packet of parity on. */
  fec: RtpFecReceiver | undefined = undefined;
  /** Whether the other side sends what NACKs ask for, and understands the two ways to ask for a key frame. */
  readonly #canAskForPackets: boolean;
  #canTellLoss: boolean;
  #canCommand: boolean;
  #wantsKeyFrame = false;
  #keyFrameAskedAt: Instant = Number.NEGATIVE_INFINITY;
  #intraSequence = 0;
  #restarts = 0;
  /** It was silent for so long that it was said to be gone. */
  isSilent = false;

  constructor(ssrc: number, receiverId: string, mid: string, kind: "audio" | "video", codecs: CodecTable) {
    this.ssrc = ssrc;
    this.codecs = codecs;
    this.receiverId = receiverId;
    this.mid = mid;
    this.kind = kind;
    this.#canAskForPackets = hasFeedback(codecs.codecs, "nack");
    this.#canTellLoss = hasFeedback(codecs.codecs, "nack pli");
    this.#canCommand = hasFeedback(codecs.codecs, "ccm fir");
    this.missing = new MissingPackets(this.#canAskForPackets);
  }

  /** Takes what a later negotiation says. */
  update(codecs: CodecTable): void {
    this.codecs = codecs;
    this.#canTellLoss = hasFeedback(codecs.codecs, "nack pli");
    this.#canCommand = hasFeedback(codecs.codecs, "ccm fir");
  }

  /** When it has something to ask for; `NEVER` when it has not. */
  deadline(roundTrip: number): Instant {
    const nack = this.missing.size > 0 ? this.missing.deadline : NEVER;
    return this.#wantsKeyFrame ? Math.min(nack, this.#keyFrameDue(roundTrip)) : nack;
  }

  /**
   * Counts a packet of media and says whether it is of use. Its `sequenceNumber` is set.
   * @param clockRate of its codec; 0 for a tone
   */
  receive(header: RtpHeader, clockRate: number, into: ReceivedPacket, now: Instant): boolean {
    const number = this.reception.unwrap(header.sequenceNumber);
    if (number < 0) {
      this.counts.discarded++;
      return false;
    }
    if (this.reception.restarts !== this.#restarts) {
      this.#restarts = this.reception.restarts;
      this.missing.reset();
      if (this.kind === "video") this.requestKeyFrame();
    }
    const payloadBytes = header.payloadEnd - header.payloadStart;
    const { timestamp } = header;
    this.reception.count(payloadBytes, header.end - header.start - payloadBytes, timestamp, clockRate, now);
    this.isSilent = false;
    into.sequenceNumber = number;
    return this.#take(this.missing.arrived(number, false, now));
  }

  /**
   * Unwraps a repetition where it stands: `header` and the bytes are those of the packet that it repeats, then. False when it is of no use.
   * @param payloadType of what it repeats
   */
  receiveRtx(bytes: Uint8Array, header: RtpHeader, payloadType: number, into: ReceivedPacket, now: Instant): boolean {
    this.rtxReception.unwrap(header.sequenceNumber);
    const payloadBytes = header.payloadEnd - header.payloadStart;
    this.rtxReception.count(payloadBytes, header.end - header.start - payloadBytes, header.timestamp, 90_000, now);
    // Padding repeats nothing.
    if (payloadBytes < RTX_HEADER || this.reception.newest < 0) return false;
    const original = u16(bytes, header.payloadStart);
    const { newest } = this.reception;
    const number = newest + (((original - newest) << 16) >> 16);
    this.counts.repeatedPackets++;
    this.counts.repeatedBytes += payloadBytes - RTX_HEADER;
    if (number > newest || !this.#take(this.missing.arrived(number, true, now))) return false;
    // The header moves up over the two bytes that named the packet.
    const start = header.start + RTX_HEADER;
    bytes.copyWithin(start, header.start, header.payloadStart);
    bytes[start + 1] = (header.marker ? 0x80 : 0) | payloadType;
    setU16(bytes, start + 2, original);
    setU32(bytes, start + 8, this.ssrc);
    if (header.extensionProfile !== 0) {
      header.extensionStart += RTX_HEADER;
      header.extensionEnd += RTX_HEADER;
    }
    header.start = start;
    header.payloadStart += RTX_HEADER;
    header.payloadType = payloadType;
    header.sequenceNumber = original;
    header.ssrc = this.ssrc;
    into.sequenceNumber = number;
    into.recovered = true;
    return true;
  }

  /** Whether a repetition of this packet is awaited. */
  awaits(sequenceNumber: number): boolean {
    const { newest } = this.reception;
    return newest >= 0 && this.missing.isMissing(newest + (((sequenceNumber - newest) << 16) >> 16));
  }

  /** Notes a packet that FEC or RED brought back; whether it was missing. @param number unwrapped */
  recovered(number: number, now: Instant): boolean {
    if (!this.#take(this.missing.arrived(number, true, now))) return false;
    this.counts.recovered++;
    return true;
  }

  /** Asks for a key frame as soon as that may be. */
  requestKeyFrame(): void {
    if (this.kind === "video" && (this.#canTellLoss || this.#canCommand)) this.#wantsKeyFrame = true;
  }

  /** Which request for a key frame is to be sent now, if any. It counts as sent. */
  takeKeyFrameRequest(roundTrip: number, now: Instant): "pli" | "fir" | undefined {
    if (this.missing.gaveUp) {
      this.missing.gaveUp = false;
      this.requestKeyFrame();
    }
    if (!this.#wantsKeyFrame || now < this.#keyFrameDue(roundTrip)) return undefined;
    this.#wantsKeyFrame = false;
    this.#keyFrameAskedAt = now;
    if (this.#canTellLoss) {
      this.counts.pictureLosses++;
      return "pli";
    }
    this.counts.intraRequests++;
    this.#intraSequence = (this.#intraSequence + 1) & 0xff;
    return "fir";
  }

  /** The number of the newest FIR (RFC 5104 §4.3.1.1). */
  get intraSequence(): number {
    return this.#intraSequence;
  }

  /** The block about the stream for the next report; undefined before the first packet. */
  report(now: Instant): ReportBlock | undefined {
    if (this.reception.packets === 0) return undefined;
    return this.reception.report(this.ssrc, this.sending.compact, this.sending.lastAt, now);
  }

  #keyFrameDue(roundTrip: number): Instant {
    return this.#keyFrameAskedAt + Math.max(KEY_FRAME_INTERVAL, roundTrip);
  }

  #take(arrival: Arrival): boolean {
    if (arrival === "new" || arrival === "late") return true;
    this.counts.discarded++;
    return false;
  }
}

/** Fills in what a packet that is handed up has of its header. */
export function fillPacket(into: ReceivedPacket, bytes: Uint8Array, header: RtpHeader, now: Instant): void {
  into.bytes = bytes;
  into.start = header.start;
  into.end = header.end;
  into.payloadStart = header.payloadStart;
  into.payloadEnd = header.payloadEnd;
  into.timestamp = header.timestamp;
  into.marker = header.marker;
  into.payloadType = header.payloadType;
  into.ssrc = header.ssrc;
  into.csrcCount = Math.min(header.csrcCount, (header.end - header.start - RTP_HEADER) >>> 2);
  into.arrival = now;
}
