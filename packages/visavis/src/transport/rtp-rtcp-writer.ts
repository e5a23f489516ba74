/**
 * What we say by RTCP, and when: regular reports as often as RFC 3550 §6.3 allows, feedback at once (RFC 4585 §3.5), both in compounds
 * (RFC 3550 §6.1) unless the other side takes reduced size (RFC 5506).
 */
import type { Instant } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { Transmit } from "../base/transmit.ts";
import type { CongestionFeedbackRecorder } from "../cc/congestion-feedback-recorder.ts";
import type { FeedbackRecorder } from "../cc/feedback-recorder.ts";
import { compactNtp, compactOfMilliseconds, type NtpTime, ntpOfUnix } from "../rtp/ntp.ts";
import { encodeExtendedReport } from "../rtp/rtcp/extended-report.ts";
import { encodeFullIntraRequest, fullIntraRequestLength } from "../rtp/rtcp/full-intra-request.ts";
import { encodeGenericNack } from "../rtp/rtcp/generic-nack.ts";
import { encodeGoodbye, goodbyeLength } from "../rtp/rtcp/goodbye.ts";
import { FEEDBACK_HEADER } from "../rtp/rtcp/header.ts";
import { encodePictureLossIndication, PICTURE_LOSS_INDICATION_LENGTH } from "../rtp/rtcp/picture-loss-indication.ts";
import { encodeReceiverReport, receiverReportLength } from "../rtp/rtcp/receiver-report.ts";
import { encodeRemb, rembLength } from "../rtp/rtcp/remb.ts";
import { MAX_REPORT_BLOCKS, type ReportBlock } from "../rtp/rtcp/report-block.ts";
import { encodeSenderReport, senderReportLength } from "../rtp/rtcp/sender-report.ts";
import { encodeSourceDescription, SdesType, sourceDescriptionLength } from "../rtp/rtcp/source-description.ts";
import { RtcpInterval } from "./rtp-interval.ts";
import { hasFeedback } from "./rtp-parameters.ts";
import type { RtpReceiveStream } from "./rtp-receive-stream.ts";
import type { RtpRouter } from "./rtp-router.ts";
import type { RtpSendStream } from "./rtp-send-stream.ts";
import type { RtpSenders } from "./rtp-senders.ts";

/** Reports of extended size that are answered: one for each SSRC of the other side that asks. */
const MAX_DELAYS = 16;
/** Farewells of one packet (RFC 3550 §6.6). */
const MAX_GOODBYES = 31;
/** A sender report for more streams than this takes more than one packet. */
const MAX_SENDER_REPORTS = 12;

/** What a session gives the writer to look at. */
export interface RtcpMaterial {
  readonly senders: RtpSenders;
  readonly router: RtpRouter;
  readonly recorder: FeedbackRecorder;
  readonly congestionRecorder: CongestionFeedbackRecorder;
  /** Milliseconds since the Unix epoch at instant zero. */
  readonly epoch: number;
  /** Of packets that no stream of ours sends. */
  readonly ownSsrc: number;
  readonly cname: string;
  /** Milliseconds, smoothed. */
  readonly roundTrip: number;
  /** Of the whole session, bit/s. */
  readonly bandwidth: number;
  readonly reducedSize: boolean;
  /** What we tell the other side that it may send, bit/s; undefined: nothing. */
  readonly remb: number | undefined;
}

/** Someone who asked for our delay. */
interface Asker {
  readonly name: number;
  readonly at: Instant;
}

/** Writes the RTCP packets of one transport. */
export class RtcpWriter {
  readonly interval: RtcpInterval;
  packets = 0;
  bytes = 0;
  readonly #material: RtcpMaterial;
  readonly #askers = new Map<number, Asker>();
  readonly #goodbyes: number[] = [];
  readonly #wanted = new Uint16Array(256);
  #rembDue = false;
  /** Streams that were reported about last are reported about last. */
  #senderCursor = 0;
  #streamCursor = 0;
  /** Packets of each stream at the last reports: who sends nothing for two of them is no sender. */
  readonly #sentBefore = new Map<RtpSendStream, readonly [last: number, before: number]>();

  constructor(material: RtcpMaterial, random: Random) {
    this.#material = material;
    this.interval = new RtcpInterval(random);
  }

  /** Our own times for receivers: the extended report that the other side asked for is in the next regular one. */
  onReferenceTime(ssrc: number, name: number, now: Instant): void {
    if (this.#askers.size < MAX_DELAYS || this.#askers.has(ssrc)) this.#askers.set(ssrc, { name, at: now });
  }

  /** Says good-bye for these SSRCs with the next packet. */
  goodbye(ssrcs: readonly number[]): void {
    for (const ssrc of ssrcs) if (this.#goodbyes.length < MAX_GOODBYES) this.#goodbyes.push(ssrc);
  }

  /** Tells the estimate of the bandwidth with the next packet. */
  tellRemb(): void {
    this.#rembDue = true;
  }

  /** When `write` has something; `NEVER` when nothing is due. */
  deadline(): Instant {
    const { router, recorder, congestionRecorder, roundTrip } = this.#material;
    if (this.#goodbyes.length > 0 || this.#rembDue) return 0;
    let deadline = Math.min(this.interval.next, recorder.deadline(), congestionRecorder.deadline());
    for (const { streams } of router.receivers) {
      for (const stream of streams) deadline = Math.min(deadline, stream.missing.gaveUp ? 0 : stream.deadline(roundTrip));
    }
    return deadline;
  }

  /** Starts the timer of reports when there is something to report about. */
  settle(now: Instant): void {
    const { senders, bandwidth } = this.#material;
    if (this.#members === 0) this.interval.stop();
    else this.interval.start(bandwidth, this.#members, senders.hasVideo || this.#receivesVideo, now);
  }

  /** Writes the next packet into `out`, at most `most` bytes; false when nothing is due. */
  write(out: Transmit, most: number, now: Instant): boolean {
    if (now < this.deadline()) return false;
    const { senders, bandwidth, reducedSize } = this.#material;
    const isRegular = this.interval.isDue(bandwidth, this.#members, senders.hasVideo || this.#receivesVideo, now);
    const { bytes, start } = out;
    const limit = start + most - (this.#goodbyes.length > 0 ? goodbyeLength({ ssrcs: this.#goodbyes, reason: undefined }) : 0);
    let o = start;
    if (isRegular) o = this.#writeReports(bytes, o, limit, now);
    else if (!reducedSize || this.#goodbyes.length > 0) o = this.#writeLeast(bytes, o);
    const head = o;
    if (isRegular) o = this.#writeExtended(bytes, o, limit, now);
    o = this.#writeFeedback(bytes, o, limit, isRegular, now);
    if (this.#goodbyes.length > 0) {
      o = encodeGoodbye(bytes, o, { ssrcs: this.#goodbyes, reason: undefined });
      this.#goodbyes.length = 0;
    }
    // Nothing was due after all: a timer that was put off, or a request that is not to be repeated yet.
    if (o === start || (!isRegular && o === head)) return false;
    if (isRegular) this.interval.sent(now);
    out.length = o - start;
    this.packets++;
    this.bytes += out.length;
    this.interval.onPacket(out.length);
    return true;
  }

  get #members(): number {
    let members = this.#material.senders.streams.length;
    for (const { streams } of this.#material.router.receivers) members += streams.size;
    return members;
  }

  get #receivesVideo(): boolean {
    for (const { parameters } of this.#material.router.receivers) if (parameters.kind === "video") return true;
    return false;
  }

  /** Streams that have sent since the last but one report. */
  #activeSenders(): RtpSendStream[] {
    const active: RtpSendStream[] = [];
    for (const stream of this.#material.senders.streams) {
      const { packets } = stream.counts;
      const [last, before] = this.#sentBefore.get(stream) ?? [0, 0];
      if (stream.isStarted && packets > before) active.push(stream);
      this.#sentBefore.set(stream, [packets, last]);
    }
    return active;
  }

  #streams(): RtpReceiveStream[] {
    return [...this.#material.router.receivers].flatMap(({ streams }) => [...streams]);
  }

  #ntp(now: Instant): NtpTime {
    return ntpOfUnix(this.#material.epoch + now);
  }

  /** Reports of all that we send and receive, as many as there is room for, and who we are. */
  #writeReports(bytes: Uint8Array, offset: number, limit: number, now: Instant): number {
    const { ownSsrc, cname } = this.#material;
    const senders = rotated(this.#activeSenders(), this.#senderCursor).slice(0, MAX_SENDER_REPORTS);
    this.#senderCursor += senders.length;
    const sdesRoom =
      sourceDescriptionLength([{ ssrc: 0, items: [{ type: SdesType.CNAME, text: cname }] }]) * Math.max(1, senders.length);
    const room = limit - offset - sdesRoom - senderReportLength(0) * senders.length - receiverReportLength(0);
    const blocks = this.#reportBlocks(Math.max(0, Math.min(MAX_REPORT_BLOCKS, Math.floor(room / 24))), now);
    let o = offset;
    const ntp = this.#ntp(now);
    for (const [index, stream] of senders.entries()) {
      o = encodeSenderReport(bytes, o, {
        ssrc: stream.encoding.ssrc,
        ntpSeconds: ntp.seconds,
        ntpFraction: ntp.fraction,
        rtpTimestamp: stream.timestampAt(now),
        packetCount: stream.counts.packets >>> 0,
        octetCount: stream.counts.bytes >>> 0,
        reports: index === 0 ? blocks : [],
      });
      stream.onSenderReport(ntp, now);
    }
    if (senders.length === 0) o = encodeReceiverReport(bytes, o, { ssrc: ownSsrc, reports: blocks });
    const ssrcs = senders.length === 0 ? [ownSsrc] : senders.map(({ encoding }) => encoding.ssrc);
    return encodeSourceDescription(
      bytes,
      o,
      ssrcs.map((ssrc) => ({ ssrc, items: [{ type: SdesType.CNAME, text: cname }] })),
    );
  }

  #reportBlocks(most: number, now: Instant): ReportBlock[] {
    const streams = this.#streams();
    const blocks: ReportBlock[] = [];
    let looked = 0;
    for (const stream of rotated(streams, this.#streamCursor)) {
      if (blocks.length >= most) break;
      looked++;
      const block = stream.report(now);
      if (block !== undefined) blocks.push(block);
    }
    this.#streamCursor += looked;
    return blocks;
  }

  /** The least that a compound begins with: a report about nothing, and who we are (RFC 4585 §3.1). */
  #writeLeast(bytes: Uint8Array, offset: number): number {
    const { ownSsrc, cname } = this.#material;
    const o = encodeReceiverReport(bytes, offset, { ssrc: ownSsrc, reports: [] });
    return encodeSourceDescription(bytes, o, [{ ssrc: ownSsrc, items: [{ type: SdesType.CNAME, text: cname }] }]);
  }

  /** The time, for those who send and want the round trip; and the delay, for those who told theirs. */
  #writeExtended(bytes: Uint8Array, offset: number, limit: number, now: Instant): number {
    const { router, ownSsrc } = this.#material;
    const wants = [...router.receivers].some(({ codecs, streams }) => streams.size > 0 && hasFeedback(codecs.codecs, "rrtr"));
    if ((!wants && this.#askers.size === 0) || limit - offset < 28 + 12 * this.#askers.size) return offset;
    const { seconds, fraction } = this.#ntp(now);
    const delays = [...this.#askers].map(([ssrc, { name, at }]) => ({
      ssrc,
      lastReferenceTime: name,
      delay: compactOfMilliseconds(now - at),
    }));
    this.#askers.clear();
    const referenceTime = wants ? { ntpSeconds: seconds, ntpFraction: fraction } : undefined;
    return encodeExtendedReport(bytes, offset, { ssrc: ownSsrc, referenceTime, delays });
  }

  #writeFeedback(bytes: Uint8Array, offset: number, limit: number, isRegular: boolean, now: Instant): number {
    const { router, recorder, congestionRecorder, roundTrip, ownSsrc, remb } = this.#material;
    let o = offset;
    const ssrcs: number[] = [];
    for (const { streams } of router.receivers) {
      for (const stream of streams) {
        ssrcs.push(stream.ssrc);
        o = this.#writeRequests(bytes, o, limit, stream, roundTrip, now);
      }
    }
    if (remb !== undefined && (isRegular || this.#rembDue) && ssrcs.length > 0 && ssrcs.length < 256) {
      if (limit - o >= rembLength(ssrcs.length)) o = encodeRemb(bytes, o, { senderSsrc: ownSsrc, bitrate: remb, ssrcs });
    }
    this.#rembDue = false;
    if (recorder.deadline() <= now) {
      recorder.senderSsrc = ownSsrc;
      o = recorder.write(bytes, o, limit - o, now);
    }
    if (congestionRecorder.deadline() <= now) {
      congestionRecorder.senderSsrc = ownSsrc;
      const { seconds, fraction } = this.#ntp(now);
      o = congestionRecorder.write(bytes, o, limit - o, compactNtp(seconds, fraction), now);
    }
    return o;
  }

  #writeRequests(
    bytes: Uint8Array,
    offset: number,
    limit: number,
    stream: RtpReceiveStream,
    roundTrip: number,
    now: Instant,
  ): number {
    const { ownSsrc } = this.#material;
    let o = offset;
    if (limit - o < FEEDBACK_HEADER + 8) return o;
    const request = limit - o < fullIntraRequestLength(1) ? undefined : stream.takeKeyFrameRequest(roundTrip, now);
    if (request === "pli" && limit - o >= PICTURE_LOSS_INDICATION_LENGTH) {
      o = encodePictureLossIndication(bytes, o, ownSsrc, stream.ssrc);
    } else if (request === "fir") {
      const requests = [{ ssrc: stream.ssrc, sequenceNumber: stream.intraSequence }];
      o = encodeFullIntraRequest(bytes, o, { senderSsrc: ownSsrc, requests });
    }
    // An item names at least one packet: what has no room is not taken.
    const items = Math.floor((limit - o - FEEDBACK_HEADER) / 4);
    if (stream.missing.deadline > now || items < 1) return o;
    const count = stream.missing.take(this.#wanted.subarray(0, Math.min(items, this.#wanted.length)), roundTrip, now);
    if (count === 0) return o;
    stream.counts.nacks++;
    return encodeGenericNack(bytes, o, limit - o, ownSsrc, stream.ssrc, this.#wanted.subarray(0, count));
  }
}

/** The list, beginning elsewhere. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
