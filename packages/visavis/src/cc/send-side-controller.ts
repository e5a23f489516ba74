/**
 * Congestion control of a sender (draft-ietf-rmcat-gcc-02): how much all streams of a transport together should send.
 *
 * It is told what was sent and what feedback says of it, and asks nobody. What delay allows and what loss allows are two rates; the target
 * is the lesser, within the limits of the application and of REMB. Without feedback on packets, loss in receiver reports takes their place.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { millisecondsOfCompact } from "../rtp/ntp.ts";
import type { CongestionFeedback, PacketReport } from "../rtp/rtcp/congestion-feedback.ts";
import { REFERENCE_TIME_UNIT, type TransportFeedback } from "../rtp/rtcp/transport-feedback.ts";
import { TimestampUnwrapper } from "../rtp/sequence.ts";
import { AcknowledgedBitrate } from "./acknowledged-bitrate.ts";
import { type BitrateDemand, type BitrateOptions, DEFAULT_BITRATES, type TargetBitrateEvent } from "./bitrate-options.ts";
import { DelayBasedRate } from "./delay-based-rate.ts";
import { InFlightLimit } from "./in-flight-limit.ts";
import { LimitedSource } from "./limited-source.ts";
import { LossBasedRate } from "./loss-based-rate.ts";
import { Pacer } from "./pacer.ts";
import { PacketResults } from "./packet-results.ts";
import { ProbeEstimate } from "./probe-estimate.ts";
import { ProbePlan } from "./probe-plan.ts";
import { ReportBasedRate } from "./report-based-rate.ts";
import { RtpNumbers } from "./rtp-numbers.ts";
import { PacketFate, SentPackets } from "./sent-packets.ts";
import type { PathUse } from "./trendline.ts";

/** Media leaves at so many times the target. */
const PACING = 2.5;
/** REMB is believed upwards, too, for so long after the start, in milliseconds. */
const START_PHASE = 2000;
/** What reports allow is kept within so many times REMB. */
const ABOVE_REMB = 1.25;
/** Without feedback for so long, in milliseconds, the rate falls to this part every second. */
const SILENCE = 3000;
const SILENCE_STEP = 1000;
const SILENCE_PART = 0.8;
/** Feedback on packets that ended so long ago, in milliseconds, has ended for good: reports count again. */
const FEEDBACK_ENDED = 10_000;
/** Sources are told of changes of this part, and of smaller ones after so many milliseconds. */
const WORTH_TELLING = 0.01;
const TELL_INTERVAL = 1000;
const ROUND_TRIP_WEIGHT = 0.125;

/** Rate control for all streams of one transport. Rates are in bits per second, times in milliseconds. */
export class SendSideController {
  /** Says when packets may go; its rates and probes are set from here. */
  readonly pacer: Pacer = new Pacer();
  readonly #sent = new SentPackets();
  readonly #results = new PacketResults();
  readonly #acknowledged = new AcknowledgedBitrate();
  readonly #probes = new ProbeEstimate();
  readonly #plan = new ProbePlan();
  readonly #source = new LimitedSource();
  readonly #inFlight = new InFlightLimit();
  readonly #delay: DelayBasedRate;
  readonly #loss = new LossBasedRate();
  readonly #reports: ReportBasedRate;
  #rtpNumbers: RtpNumbers | undefined = undefined;
  #start: number;
  #min: number;
  #max: number;
  #demand: BitrateDemand = { min: 0, max: Number.POSITIVE_INFINITY, padding: 0 };
  #remb: number = Number.POSITIVE_INFINITY;
  #startedAt: Instant = Number.NaN;
  #target: number;
  #feedbackAt: Instant = Number.NaN;
  #highest = -1;
  /** Reference times grow. */
  #referenceTime = Number.NaN;
  readonly #timestamps = new TimestampUnwrapper();
  #silenceAt: Instant = -NEVER;
  #roundTrip = Number.NaN;
  #leastRoundTrip = Number.POSITIVE_INFINITY;
  #reportedLoss = 0;
  /** Bytes of packets that feedback passed over. */
  #untold = 0;
  #told = 0;
  #telling = false;
  #toldAt: Instant = -NEVER;

  constructor(options: BitrateOptions = {}) {
    const { start, min, max } = { ...DEFAULT_BITRATES, ...options };
    this.#min = min;
    this.#max = Math.max(min, max);
    this.#start = this.#clamp(start);
    this.#target = this.#start;
    this.#delay = new DelayBasedRate(this.#start, min);
    this.#loss.minRate = min;
    this.#reports = new ReportBasedRate(this.#start);
    this.#plan.setMaxRate(this.#max, -NEVER);
    this.#source.setTarget(this.#target);
  }

  /** What all streams together should send. */
  get targetBitrate(): number {
    return this.#inFlight.apply(this.#target);
  }

  /** The rate at which media leaves. */
  get pacingRate(): number {
    return PACING * Math.max(this.#target, this.#demand.min);
  }

  /** The smoothed time from sending a packet to its feedback; NaN before anything was measured. */
  get roundTrip(): number {
    return this.#roundTrip;
  }

  /** What arrives at the other end; NaN when it is not known. */
  get acknowledgedBitrate(): number {
    return this.#acknowledged.bitrate;
  }

  /** Loss of the last seconds, 0 to 1. */
  get loss(): number {
    return this.#hasFeedback ? this.#loss.averageLoss : this.#reportedLoss;
  }

  /** What the delay says of the path. */
  get pathUse(): PathUse {
    return this.#delay.use;
  }

  /** Whether losses keep the target below what the delay allows. */
  get limitedByLoss(): boolean {
    return this.#loss.limit !== "none";
  }

  /** Whether the source sends much less than it may. */
  get limitedBySource(): boolean {
    return this.#source.limited;
  }

  /** Bytes that were sent and not told about. */
  get bytesInFlight(): number {
    return this.#sent.bytesInFlight;
  }

  /** The path can be used from now on: the first probes go out with the next packets. */
  start(now: Instant): void {
    if (!Number.isNaN(this.#startedAt)) return;
    this.#startedAt = now;
    this.#plan.start(this.#start, now);
    this.#update(now);
  }

  /** Changes the limits; `start` sets the target anew. */
  setBitrates(options: BitrateOptions, now: Instant): void {
    this.#min = options.min ?? this.#min;
    this.#max = Math.max(this.#min, options.max ?? this.#max);
    this.#delay.control.minRate = this.#min;
    this.#loss.minRate = this.#min;
    if (options.start !== undefined) {
      this.#start = this.#clamp(options.start);
      this.#delay.control.setRate(this.#start, now);
      this.#reports.setRate(this.#start);
    }
    if (options.max !== undefined) this.#plan.setMaxRate(this.#max, now);
    this.#update(now);
  }

  /** Tells what all streams together can make use of. */
  setDemand(demand: BitrateDemand, now: Instant): void {
    this.#demand = demand;
    this.#plan.setWanted(demand.max, now);
    this.#update(now);
  }

  /** The path has changed: what was learnt of the old one is forgotten, and the new one is probed. */
  onPathChange(now: Instant): void {
    this.#sent.clear();
    this.#untold = 0;
    this.#acknowledged.reset();
    this.#probes.reset();
    this.#plan.reset();
    this.pacer.clearProbes();
    this.#inFlight.reset();
    this.#delay.reset();
    this.#loss.reset();
    this.#remb = Number.POSITIVE_INFINITY;
    this.#roundTrip = Number.NaN;
    this.#leastRoundTrip = Number.POSITIVE_INFINITY;
    this.#feedbackAt = Number.NaN;
    // A path of which nothing is known is not begun at the height of the old one.
    const rate = Math.min(this.#target, Math.max(this.#start, this.#min));
    this.#delay.control.setRate(rate, now);
    this.#reports.setRate(rate);
    this.#startedAt = now;
    this.#plan.start(rate, now);
    this.#update(now);
  }

  /**
   * Notes a packet that left.
   * @param number its transport-wide number, unwrapped; -1 when it has none, and no feedback will name it
   * @param bytes of the whole datagram, or of what rates are to be counted in
   * @param probe what `pacer.onSent` returned
   */
  onPacketSent(number: number, bytes: number, now: Instant, probe: number = 0): void {
    if (Number.isNaN(this.#startedAt)) this.start(now);
    if (number >= 0) this.#sent.add(number, bytes, probe, now);
    if (this.#source.onSent(bytes, now)) this.#acknowledged.onMoreSent(now);
    if (!this.#hasFeedback) return;
    if (this.#inFlight.update(this.#sent.bytesInFlight, this.#target, this.#leastRoundTrip, now)) this.#update(now);
  }

  /** Notes which packet of a stream that was, for peers that give feedback after RFC 8888. */
  onRtpPacketSent(ssrc: number, sequenceNumber: number, number: number): void {
    this.#rtpNumbers ??= new RtpNumbers();
    this.#rtpNumbers.add(ssrc, sequenceNumber, number);
  }

  /** Takes transport-wide feedback. */
  onFeedback(feedback: TransportFeedback, now: Instant): void {
    const { arrivals, baseSequenceNumber, count, referenceTime } = feedback;
    const before = Number.isNaN(this.#referenceTime) ? referenceTime : this.#referenceTime;
    // 24 bits of it go round in twelve days.
    this.#referenceTime = before + (((referenceTime - before) << 8) >> 8);
    const reference = this.#referenceTime * REFERENCE_TIME_UNIT;
    for (let i = 0; i < count; i++) {
      this.#addResult(this.#sent.unwrap(baseSequenceNumber + i), reference + (arrivals[i] as number), now);
    }
    this.#endFeedback(now);
  }

  /** Takes feedback after RFC 8888. */
  onCongestionFeedback(feedback: CongestionFeedback, now: Instant): void {
    const reference = millisecondsOfCompact(this.#timestamps.unwrap(feedback.timestamp));
    for (const { ssrc, beginSequenceNumber, packets } of feedback.streams) {
      for (let i = 0; i < packets.length; i++) {
        const { received, age } = packets[i] as PacketReport;
        const number = this.#rtpNumbers?.find(ssrc, (beginSequenceNumber + i) & 0xffff) ?? -1;
        // It arrived, but when is not known: that says nothing.
        if (received && !(age < Number.POSITIVE_INFINITY)) continue;
        this.#addResult(number, received ? reference - age : Number.NaN, now);
      }
    }
    this.#endFeedback(now);
  }

  /** Takes the maximum bitrate that the receiver estimates (REMB). */
  onRemb(bitrate: number, now: Instant): void {
    this.#remb = bitrate;
    if (now - this.#startedAt < START_PHASE && bitrate > this.#reports.rate) this.#reports.setRate(bitrate);
    this.#update(now);
  }

  /** Takes a receiver report. @param loss of the packets since the last one, 0 to 1 @param roundTrip NaN when it is not known */
  onReceiverReport(loss: number, roundTrip: number, now: Instant): void {
    this.#reportedLoss = loss;
    if (this.#hasFeedback && now - this.#feedbackAt < FEEDBACK_ENDED) return;
    if (this.#hasFeedback) {
      this.#feedbackAt = Number.NaN;
      this.#inFlight.reset();
    }
    if (!Number.isNaN(roundTrip)) this.#roundTrip = roundTrip;
    // What is not used says nothing of more.
    if (!this.#source.limited || loss > 0) this.#reports.onReport(loss, Number.isNaN(roundTrip) ? 200 : roundTrip, now);
    // No further above what the receiver allows than a loss or two bring it down.
    this.#reports.setRate(this.#clamp(Math.min(this.#reports.rate, ABOVE_REMB * this.#remb)));
    this.#update(now);
  }

  /** When `advance` is next needed; `NEVER` when idle. */
  deadline(): Instant {
    return Math.min(this.#plan.deadline(), this.#silenceDeadline());
  }

  /** Does what is due. */
  advance(now: Instant): void {
    if (now >= this.#silenceDeadline()) {
      this.#silenceAt = now;
      this.#delay.control.setRate(SILENCE_PART * Math.min(this.#delay.rate, this.#target), now);
    }
    this.#plan.advance(now);
    this.#update(now);
  }

  /** The newest target, when it has changed by more than a little; undefined otherwise. */
  takeEvent(): TargetBitrateEvent | undefined {
    if (!this.#telling) return undefined;
    this.#telling = false;
    this.#told = Math.floor(this.targetBitrate);
    return { type: "target", bitrate: this.#told, roundTrip: this.#roundTrip, loss: this.loss };
  }

  get #hasFeedback(): boolean {
    return !Number.isNaN(this.#feedbackAt);
  }

  #endFeedback(now: Instant): void {
    if (this.#highest >= 0) this.#untold += this.#sent.pass(this.#highest);
    this.#highest = -1;
    this.#flush(now);
  }

  #addResult(number: number, receivedAt: number, now: Instant): void {
    const fate = this.#sent.fateOf(number);
    if (fate === PacketFate.NONE) return;
    if (number > this.#highest) this.#highest = number;
    if (fate === PacketFate.RECEIVED) return;
    const sentAt = this.#sent.sentAt(number);
    const bytes = this.#sent.bytes(number);
    if (!Number.isNaN(receivedAt)) {
      this.#sent.settle(number, PacketFate.RECEIVED);
      // Once counted as lost, a packet that was late after all says nothing new of the rate, and its delay is that of the detour.
      if (fate !== PacketFate.LOST) this.#results.addReceived(sentAt, receivedAt, bytes, this.#sent.probe(number));
    } else if (fate !== PacketFate.LOST) {
      this.#sent.settle(number, PacketFate.LOST);
      this.#results.addLost(sentAt, bytes);
    }
    if (this.#results.full) this.#flush(now);
  }

  #flush(now: Instant): void {
    const results = this.#results;
    if (results.received + results.lost === 0) return;
    this.#feedbackAt = now;
    this.#silenceAt = -NEVER;
    if (results.received > 0) this.#measureRoundTrip(now - (results.sentAt[results.received - 1] as number));
    this.#plan.setLimitedSince(this.#source.since, now);
    this.#acknowledged.update(results, this.#untold, this.#source.limited);
    if (results.received > 0) this.#untold = 0;
    const acknowledged = this.#acknowledged.bitrate;
    const probed = this.#probes.update(results);
    if (!Number.isNaN(probed)) this.#plan.onResult();
    if (this.#delay.update(results, acknowledged, probed, now)) this.#acknowledged.onMoreSent(now);
    this.#loss.update(results, this.#delay.rate, this.#source.limited ? Number.NaN : acknowledged);
    results.clear();
    if (this.#delay.recovered) this.#plan.onRecovery(now);
    if (this.#delay.control.takeExceeded()) this.#plan.onCapacityExceeded(now);
    this.#inFlight.update(this.#sent.bytesInFlight, this.#target, this.#leastRoundTrip, now);
    this.#update(now);
  }

  #measureRoundTrip(sample: number): void {
    this.#roundTrip = Number.isNaN(this.#roundTrip) ? sample : this.#roundTrip + ROUND_TRIP_WEIGHT * (sample - this.#roundTrip);
    if (sample < this.#leastRoundTrip) this.#leastRoundTrip = sample;
    this.#delay.control.roundTrip = this.#roundTrip;
  }

  /** When silence has lasted too long while packets are in flight. */
  #silenceDeadline(): Instant {
    if (!this.#hasFeedback || this.#sent.bytesInFlight === 0) return NEVER;
    return Math.max(this.#feedbackAt + SILENCE, this.#silenceAt + SILENCE_STEP);
  }

  #clamp(rate: number): number {
    return Math.min(Math.max(rate, this.#min), this.#max);
  }

  /** Brings everything that depends on the target up to date. */
  #update(now: Instant): void {
    const rate = this.#hasFeedback ? this.#loss.rate(this.#delay.rate) : this.#reports.rate;
    const target = this.#clamp(Math.min(rate, this.#remb));
    if (this.#hasFeedback) this.#reports.setRate(target);
    if (target !== this.#target) {
      this.#target = target;
      this.#source.setTarget(target);
    }
    this.#tell(now);
    this.#plan.setEstimate(target, this.#loss.limit === "decreasing", this.#loss.limit !== "none", now);
    this.pacer.setRates(this.pacingRate, Math.min(this.#demand.padding, this.#target), now);
    for (let cluster = this.#plan.take(); cluster !== undefined; cluster = this.#plan.take()) {
      this.#probes.expect(cluster);
      this.pacer.addProbe(cluster, now);
    }
  }

  /** Decides whether the target is worth an event. */
  #tell(now: Instant): void {
    const bitrate = Math.floor(this.targetBitrate);
    const change = Math.abs(bitrate - this.#told);
    if (change === 0) return;
    const edge = bitrate === Math.floor(this.#max) || bitrate === Math.floor(this.#min);
    if (change < WORTH_TELLING * this.#told && now - this.#toldAt < TELL_INTERVAL && !edge) return;
    this.#toldAt = now;
    this.#telling = true;
  }
}
