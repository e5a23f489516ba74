/**
 * What the other side says by RTCP: every packet of a compound, and what it changes. RFC 3550 §6.4 to §6.6, RFC 4585 §6, RFC 5104 §4.3,
 * RFC 3611 §4.4, §4.5.
 */
import { Drops } from "../base/drops.ts";
import type { Instant } from "../base/instant.ts";
import type { SendSideController } from "../cc/send-side-controller.ts";
import { compactNtp, millisecondsOfCompact, ntpOfUnix } from "../rtp/ntp.ts";
import { isCompound } from "../rtp/rtcp/compound.ts";
import { decodeCongestionFeedback } from "../rtp/rtcp/congestion-feedback.ts";
import { decodeExtendedReport } from "../rtp/rtcp/extended-report.ts";
import { decodeFullIntraRequest } from "../rtp/rtcp/full-intra-request.ts";
import { decodeGenericNack } from "../rtp/rtcp/generic-nack.ts";
import { decodeGoodbye } from "../rtp/rtcp/goodbye.ts";
import {
  PayloadFeedbackFormat,
  RtcpType,
  rtcpCount,
  rtcpPacketEnd,
  rtcpType,
  TransportFeedbackFormat,
} from "../rtp/rtcp/header.ts";
import { decodePictureLossIndication } from "../rtp/rtcp/picture-loss-indication.ts";
import { decodeReceiverReport } from "../rtp/rtcp/receiver-report.ts";
import { decodeRemb } from "../rtp/rtcp/remb.ts";
import type { ReportBlock } from "../rtp/rtcp/report-block.ts";
import { decodeSenderReport } from "../rtp/rtcp/sender-report.ts";
import { decodeSourceDescription, SdesType } from "../rtp/rtcp/source-description.ts";
import { decodeTransportFeedback, TransportFeedback } from "../rtp/rtcp/transport-feedback.ts";
import type { RtpEvent } from "./rtp-event.ts";
import type { RtpReceiveStream } from "./rtp-receive-stream.ts";
import type { RtpRouter } from "./rtp-router.ts";
import type { RtcpWriter } from "./rtp-rtcp-writer.ts";
import type { OwnSsrc, RtpSenders } from "./rtp-senders.ts";

/** Why RTCP was dropped: the datagram is no compound, or one of its packets is malformed, or of a kind that is not known. */
export type RtcpDrop = "rtcp-compound" | "rtcp-malformed" | "rtcp-unknown";

/** Packets of one datagram that are looked at. */
const MAX_PACKETS = 64;
/** Names of the session's own times that a delay may refer to: reports are at most this old, in milliseconds. */
const LONGEST_DELAY = 60_000;
/** Requests for key frames that come sooner after one that was told are for the same, in milliseconds. */
const KEY_FRAME_INTERVAL = 100;
/** Milliseconds of 2³² units of the middle of an NTP time. */
const COMPACT_CYCLE = 65_536_000;

/** What a session lets RTCP change. */
export interface RtcpEffects {
  readonly senders: RtpSenders;
  readonly router: RtpRouter;
  readonly writer: RtcpWriter;
  readonly congestion: SendSideController;
  /** Milliseconds since the Unix epoch at instant zero. */
  readonly epoch: number;
  /** Milliseconds, smoothed. */
  readonly roundTrip: () => number;
  onRoundTrip(roundTrip: number): void;
  tell(event: RtpEvent): void;
}

/** Reads the RTCP packets of one transport. */
export class RtcpReader {
  readonly drops: Drops<RtcpDrop> = new Drops();
  packets = 0;
  bytes = 0;
  readonly #effects: RtcpEffects;
  readonly #feedback = new TransportFeedback();
  /** The newest FIR of each of our streams: a number that was seen is a repetition. */
  readonly #intraNumbers = new Map<number, number>();

  constructor(effects: RtcpEffects) {
    this.#effects = effects;
  }

  /** Takes the datagram `bytes[start, end)`, which was found genuine. */
  receive(bytes: Uint8Array, start: number, end: number, now: Instant): void {
    // Whoever sends reduced size without having agreed on it is understood.
    if (!isCompound(bytes, start, end, true)) {
      this.drops.count("rtcp-compound");
      return;
    }
    this.packets++;
    this.bytes += end - start;
    this.#effects.writer.interval.onPacket(end - start);
    let o = start;
    for (let count = 0; o < end && count < MAX_PACKETS; count++) {
      const next = rtcpPacketEnd(bytes, o, end);
      const isRead = this.#read(bytes, o, next, now);
      if (isRead === undefined) this.drops.count("rtcp-unknown");
      else if (!isRead) this.drops.count("rtcp-malformed");
      o = next;
    }
  }

  /** False when the packet is malformed, undefined when it is of a kind that is not known. */
  #read(bytes: Uint8Array, o: number, end: number, now: Instant): boolean | undefined {
    switch (rtcpType(bytes, o)) {
      case RtcpType.SENDER_REPORT:
        return this.#senderReport(bytes, o, end, now);
      case RtcpType.RECEIVER_REPORT:
        return this.#reports(decodeReceiverReport(bytes, o, end)?.reports, now);
      case RtcpType.SOURCE_DESCRIPTION:
        return this.#sourceDescription(bytes, o, end);
      case RtcpType.GOODBYE:
        return this.#goodbye(bytes, o, end);
      case RtcpType.EXTENDED_REPORT:
        return this.#extendedReport(bytes, o, end, now);
      case RtcpType.TRANSPORT_FEEDBACK:
        return this.#transportFeedback(bytes, o, end, now);
      case RtcpType.PAYLOAD_FEEDBACK:
        return this.#payloadFeedback(bytes, o, end, now);
      default:
        return undefined;
    }
  }

  #senderReport(bytes: Uint8Array, o: number, end: number, now: Instant): boolean {
    const report = decodeSenderReport(bytes, o, end);
    if (report === undefined) return false;
    const stream = this.#stream(report.ssrc);
    if (stream !== undefined) {
      const { sending } = stream;
      sending.ntpSeconds = report.ntpSeconds;
      sending.ntpFraction = report.ntpFraction;
      sending.compact = compactNtp(report.ntpSeconds, report.ntpFraction);
      sending.rtpTimestamp = report.rtpTimestamp;
      sending.packets = report.packetCount;
      sending.bytes = report.octetCount;
      sending.reports++;
      sending.lastAt = now;
      this.#effects.tell({
        type: "sender-report",
        id: stream.receiverId,
        ssrc: stream.ssrc,
        rid: stream.rid,
        cname: stream.cname,
        ntpTime: report.ntpSeconds * 1000 + (report.ntpFraction / 0x1_0000_0000) * 1000,
        rtpTimestamp: report.rtpTimestamp,
      });
    }
    return this.#reports(report.reports, now);
  }

  #reports(reports: readonly ReportBlock[] | undefined, now: Instant): boolean {
    if (reports === undefined) return false;
    const { senders, congestion } = this.#effects;
    let [lost, expected] = [0, 0];
    let roundTrip = Number.NaN;
    for (const block of reports) {
      const stream = senders.own(block.ssrc)?.stream;
      // What is told of repetitions is of no use.
      if (stream === undefined || stream.encoding.ssrc !== block.ssrc) continue;
      const before = stream.remote.block?.extendedHighestSequenceNumber ?? block.extendedHighestSequenceNumber;
      const packets = Math.max(1, (block.extendedHighestSequenceNumber - before) | 0);
      expected += packets;
      lost += (packets * block.fractionLost) / 256;
      const measured = stream.remote.onReport(block, now);
      const { extendedHighestSequenceNumber: highestSequenceNumber, fractionLost } = block;
      stream.breaker.onReport({ highestSequenceNumber, loss: fractionLost / 256, roundTrip: stream.remote.roundTrip }, now);
      stream.onReported(block.fractionLost / 256, stream.remote.roundTrip);
      if (!Number.isNaN(measured)) roundTrip = measured;
    }
    if (!Number.isNaN(roundTrip)) this.#effects.onRoundTrip(roundTrip);
    if (expected > 0) congestion.onReceiverReport(lost / expected, roundTrip, now);
    return true;
  }

  #sourceDescription(bytes: Uint8Array, o: number, end: number): boolean {
    const chunks = decodeSourceDescription(bytes, o, end);
    for (const { ssrc, items } of chunks ?? []) {
      const stream = this.#stream(ssrc);
      const cname = items.find(({ type }) => type === SdesType.CNAME)?.text;
      if (stream !== undefined && cname !== undefined) stream.cname = cname;
    }
    return chunks !== undefined;
  }

  #goodbye(bytes: Uint8Array, o: number, end: number): boolean {
    const goodbye = decodeGoodbye(bytes, o, end);
    for (const ssrc of goodbye?.ssrcs ?? []) {
      const entry = this.#effects.router.entry(ssrc);
      if (entry === undefined || entry.role !== "media") continue;
      const { receiverId: id, rid } = entry.stream;
      this.#effects.tell({ type: "bye", id, ssrc, rid });
      this.#effects.router.remove(ssrc);
    }
    return goodbye !== undefined;
  }

  #extendedReport(bytes: Uint8Array, o: number, end: number, now: Instant): boolean {
    const report = decodeExtendedReport(bytes, o, end);
    if (report === undefined) return false;
    const { referenceTime, delays, ssrc } = report;
    const { writer, epoch } = this.#effects;
    if (referenceTime !== undefined) {
      writer.onReferenceTime(ssrc, compactNtp(referenceTime.ntpSeconds, referenceTime.ntpFraction), now);
    }
    const { seconds, fraction } = ntpOfUnix(epoch + now);
    const name = compactNtp(seconds, fraction);
    for (const { lastReferenceTime, delay } of delays) {
      if (lastReferenceTime === 0) continue;
      const elapsed = (millisecondsOfCompact(name - lastReferenceTime) + COMPACT_CYCLE) % COMPACT_CYCLE;
      const roundTrip = elapsed - millisecondsOfCompact(delay);
      if (elapsed >= LONGEST_DELAY || roundTrip <= -1) continue;
      this.#effects.onRoundTrip(Math.max(0, roundTrip));
      const sending = this.#stream(ssrc)?.sending;
      if (sending === undefined) continue;
      sending.roundTrip = Math.max(0, roundTrip);
      sending.totalRoundTrip += sending.roundTrip;
      sending.roundTripMeasurements++;
    }
    return true;
  }

  #transportFeedback(bytes: Uint8Array, o: number, end: number, now: Instant): boolean | undefined {
    const { congestion, senders, roundTrip } = this.#effects;
    switch (rtcpCount(bytes, o)) {
      case TransportFeedbackFormat.NACK: {
        const nack = decodeGenericNack(bytes, o, end);
        if (nack !== undefined) senders.own(nack.mediaSsrc)?.stream.onNack(nack.sequenceNumbers, roundTrip(), now);
        return nack !== undefined;
      }
      case TransportFeedbackFormat.TRANSPORT_WIDE: {
        const feedback = decodeTransportFeedback(bytes, o, end, this.#feedback);
        if (feedback !== undefined) congestion.onFeedback(feedback, now);
        return feedback !== undefined;
      }
      case TransportFeedbackFormat.CONGESTION_CONTROL: {
        const feedback = decodeCongestionFeedback(bytes, o, end);
        if (feedback !== undefined) congestion.onCongestionFeedback(feedback, now);
        return feedback !== undefined;
      }
      default:
        return undefined;
    }
  }

  #payloadFeedback(bytes: Uint8Array, o: number, end: number, now: Instant): boolean | undefined {
    const { senders, congestion } = this.#effects;
    switch (rtcpCount(bytes, o)) {
      case PayloadFeedbackFormat.PICTURE_LOSS: {
        const indication = decodePictureLossIndication(bytes, o, end);
        if (indication === undefined) return false;
        const own = senders.own(indication.mediaSsrc);
        if (own !== undefined) {
          own.stream.counts.pictureLosses++;
          this.#keyFrame(own, now);
        }
        return true;
      }
      case PayloadFeedbackFormat.FULL_INTRA_REQUEST: {
        const request = decodeFullIntraRequest(bytes, o, end);
        for (const { ssrc, sequenceNumber } of request?.requests ?? []) {
          const own = senders.own(ssrc);
          if (own === undefined || this.#intraNumbers.get(ssrc) === sequenceNumber) continue;
          this.#intraNumbers.set(ssrc, sequenceNumber);
          own.stream.counts.intraRequests++;
          this.#keyFrame(own, now);
        }
        return request !== undefined;
      }
      case PayloadFeedbackFormat.APPLICATION_LAYER: {
        const remb = decodeRemb(bytes, o, end);
        // What applications have made up besides is not ours.
        if (remb === undefined) return undefined;
        congestion.onRemb(remb.bitrate, now);
        return true;
      }
      default:
        return undefined;
    }
  }

  #keyFrame({ sender, encodingIndex, stream }: OwnSsrc, now: Instant): void {
    if (now - stream.keyFrameToldAt < KEY_FRAME_INTERVAL) return;
    stream.keyFrameToldAt = now;
    this.#effects.tell({ type: "key-frame-requested", id: sender.id, encodingIndex, rid: stream.encoding.rid });
  }

  /** The stream of media with this SSRC. */
  #stream(ssrc: number): RtpReceiveStream | undefined {
    const entry = this.#effects.router.entry(ssrc);
    return entry?.role === "media" ? entry.stream : undefined;
  }
}
