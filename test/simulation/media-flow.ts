/**
 * A flow of media over a simulated link: a source of frames that follows its target, the pacer and the controller under test; and a
 * receiver that gives feedback. Packets are empty but for their number and the time they were made.
 */
import type { SeededRandom } from "@visavis/netsim";
import { type InnerEngine, type Instant, NEVER, type Transmit } from "visavis/base";
import {
  type BitrateOptions,
  CongestionFeedbackRecorder,
  FeedbackRecorder,
  ReceiveSideEstimate,
  SendSideController,
} from "visavis/cc";
import {
  absSendTimeOf,
  decodeCongestionFeedback,
  decodeReceiverReport,
  decodeRemb,
  decodeTransportFeedback,
  encodeReceiverReport,
  encodeRemb,
  TransportFeedback,
} from "visavis/rtp";

const FRAME_TIME = 1000 / 30;
const PACKET = 1200;
const HEADER = 24;
/** Frames differ in size by so much, as a part. */
const NOISE = 0.1;
/** How late an encoder follows its target, in milliseconds. */
const LAG = 100;
/** What waits for longer than this is thrown away, with all behind it, in milliseconds. */
const LONGEST_QUEUE = 2000;

/** What the receiver tells: on packets, in one of two ways; the bitrate it estimates, with receiver reports; or these alone. */
export type FeedbackKind = "transport-cc" | "rfc8888" | "remb" | "reports";

const SSRC = 1;
const REPORT_INTERVAL = 1000;

/** How a flow is. Rates in bits per second, times in milliseconds. */
export interface FlowOptions {
  readonly random: SeededRandom;
  readonly startsAt?: number;
  readonly stopsAt?: number;
  /** Added to the round trip of the link. */
  readonly extraRoundTrip?: number;
  /** What the source can make. */
  readonly maxRate?: number;
  readonly minRate?: number;
  readonly bitrates?: BitrateOptions;
  /** Times between which the source is silent. */
  readonly pauses?: readonly (readonly [number, number])[];
}

/** Sends media. */
export class MediaSender implements InnerEngine<never> {
  readonly controller: SendSideController;
  /** When each packet left the pacer: what was lost is what did not arrive. */
  readonly sentAt: number[] = [];
  bytesSent = 0;
  paddingSent = 0;
  framesDropped = 0;
  readonly #options: FlowOptions;
  readonly #feedback = new TransportFeedback();
  readonly #held: { readonly at: Instant; readonly bytes: Uint8Array }[] = [];
  readonly #sizes: number[] = [];
  readonly #since: Instant[] = [];
  #queued = 0;
  #nextFrame: Instant;
  #number = 0;
  #rate: number;
  #nextRate: number;
  #nextRateAt: Instant = NEVER;

  constructor(options: FlowOptions) {
    this.#options = options;
    this.controller = new SendSideController(options.bitrates);
    this.#nextFrame = options.startsAt ?? 0;
    this.#rate = this.controller.targetBitrate;
    this.#nextRate = this.#rate;
    if (options.maxRate !== undefined) {
      this.controller.setDemand({ min: options.minRate ?? 0, max: options.maxRate, padding: 0 }, 0);
    }
  }

  receive(bytes: Uint8Array, now: Instant): void {
    const { extraRoundTrip = 0 } = this.#options;
    if (extraRoundTrip > 0) this.#held.push({ at: now + extraRoundTrip, bytes });
    else this.#take(bytes, now);
  }

  advance(now: Instant): void {
    while (this.#held.length > 0 && (this.#held[0]?.at ?? NEVER) <= now)
      this.#take(this.#held.shift()?.bytes ?? new Uint8Array(0), now);
    if (now >= this.controller.deadline()) this.controller.advance(now);
    if (now >= this.#nextRateAt) {
      this.#rate = this.#nextRate;
      this.#nextRateAt = NEVER;
    }
    if (now >= this.#nextFrame) this.#makeFrame(now);
  }

  deadline(): Instant {
    const own = Math.min(this.#nextFrame, this.#nextRateAt, this.#held[0]?.at ?? NEVER, this.controller.deadline());
    return Math.min(own, this.#packetDeadline);
  }

  transmit(out: Transmit, now: Instant): boolean {
    const { pacer } = this.controller;
    const since = this.#since[0];
    this.#packetDeadline = NEVER;
    pacer.setQueue(this.#queued, since ?? now);
    const size = this.#sizes[0];
    if (size !== undefined && since !== undefined) {
      const at = pacer.timeOfNext(size, now);
      if (at > now) {
        this.#packetDeadline = at;
        return false;
      }
      this.#sizes.shift();
      this.#since.shift();
      this.#queued -= size;
      return this.#send(out, size, since, now);
    }
    if (this.#number === 0) return false;
    const padding = pacer.paddingBytes(now);
    if (padding === 0) {
      this.#packetDeadline = Math.max(pacer.timeOfPadding(now), now + 0.01);
      return false;
    }
    this.paddingSent += Math.min(padding, PACKET);
    return this.#send(out, Math.max(HEADER, Math.min(padding, PACKET)), now, now);
  }

  takeEvent(): undefined {
    const event = this.controller.takeEvent();
    if (event === undefined) return;
    const { minRate = 150_000, maxRate = 4_000_000 } = this.#options;
    this.#nextRate = Math.min(Math.max(event.bitrate, minRate), maxRate);
    if (this.#nextRateAt === NEVER) this.#nextRateAt = this.#nextFrame - FRAME_TIME + LAG;
  }

  #packetDeadline: Instant = NEVER;

  #send(out: Transmit, size: number, since: Instant, now: Instant): boolean {
    out.length = size;
    const view = new DataView(out.bytes.buffer, out.bytes.byteOffset + out.start, size);
    view.setFloat64(0, this.#number);
    view.setFloat64(8, since);
    view.setFloat64(16, now);
    const probe = this.controller.pacer.onSent(size, now);
    this.controller.onRtpPacketSent(SSRC, this.#number & 0xffff, this.#number);
    this.controller.onPacketSent(this.#number++, size, now, probe);
    this.sentAt.push(now);
    this.bytesSent += size;
    return true;
  }

  #makeFrame(now: Instant): void {
    const { random, pauses = [], stopsAt = NEVER } = this.#options;
    if (now >= stopsAt) {
      this.#nextFrame = NEVER;
      return;
    }
    this.#nextFrame += FRAME_TIME;
    if (pauses.some(([from, to]) => now >= from && now < to)) return;
    if (now - (this.#since[0] ?? now) > LONGEST_QUEUE) {
      this.framesDropped++;
      return;
    }
    const noise = 1 + NOISE * (2 * random.number() - 1);
    for (let left = (this.#rate * FRAME_TIME * noise) / 8000; left > 0; left -= PACKET - HEADER) {
      const size = HEADER + Math.ceil(Math.min(left, PACKET - HEADER));
      this.#sizes.push(size);
      this.#since.push(now);
      this.#queued += size;
    }
  }

  #take(bytes: Uint8Array, now: Instant): void {
    const { controller } = this;
    const end = bytes.length;
    const feedback = decodeTransportFeedback(bytes, 0, end, this.#feedback);
    if (feedback !== undefined) controller.onFeedback(feedback, now);
    const congestion = decodeCongestionFeedback(bytes, 0, end);
    if (congestion !== undefined) controller.onCongestionFeedback(congestion, now);
    const remb = decodeRemb(bytes, 0, end);
    if (remb !== undefined) controller.onRemb(remb.bitrate, now);
    const block = decodeReceiverReport(bytes, 0, end)?.reports[0];
    if (block !== undefined) controller.onReceiverReport(block.fractionLost / 256, Number.NaN, now);
  }
}

/** What arrived, as columns. Times in milliseconds. */
export class Arrivals {
  readonly at: number[] = [];
  readonly bytes: number[] = [];
  /** Since the packet left the pacer. */
  readonly networkDelay: number[] = [];
  /** Since its frame was made. */
  readonly delay: number[] = [];
}

/** Receives media. */
export class MediaReceiver implements InnerEngine<never> {
  readonly arrivals: Arrivals = new Arrivals();
  feedbackBytes = 0;
  readonly #kind: FeedbackKind;
  readonly #transport = new FeedbackRecorder();
  readonly #congestion = new CongestionFeedbackRecorder();
  readonly #estimate = new ReceiveSideEstimate();
  #reportAt: Instant = NEVER;
  #highest = -1;
  #expected = 0;
  #received = 0;

  constructor(kind: FeedbackKind = "transport-cc") {
    this.#kind = kind;
  }

  receive(bytes: Uint8Array, now: Instant): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const number = view.getFloat64(0);
    const sentAt = view.getFloat64(16);
    if (this.#kind === "transport-cc") this.#transport.onPacket(number & 0xffff, bytes.length, SSRC, now);
    else if (this.#kind === "rfc8888") this.#congestion.onPacket(SSRC, number & 0xffff, bytes.length, now);
    else {
      if (this.#kind === "remb") this.#estimate.onPacket(absSendTimeOf(sentAt), bytes.length, now);
      if (this.#reportAt === NEVER) this.#reportAt = now + REPORT_INTERVAL;
      this.#highest = Math.max(this.#highest, number);
      this.#received++;
    }
    const { at, bytes: sizes, networkDelay, delay } = this.arrivals;
    at.push(now);
    sizes.push(bytes.length);
    networkDelay.push(now - sentAt);
    delay.push(now - view.getFloat64(8));
  }

  advance(_now: Instant): void {}

  deadline(): Instant {
    return Math.min(this.#transport.deadline(), this.#congestion.deadline(), this.#estimate.deadline(), this.#reportAt);
  }

  transmit(out: Transmit, now: Instant): boolean {
    if (now < this.deadline()) return false;
    out.length = this.#write(out.bytes, out.start, now) - out.start;
    this.feedbackBytes += out.length;
    return out.length > 0;
  }

  takeEvent(): undefined {}

  #write(bytes: Uint8Array, start: number, now: Instant): number {
    if (now >= this.#transport.deadline()) return this.#transport.write(bytes, start, PACKET, now);
    if (now >= this.#congestion.deadline()) {
      return this.#congestion.write(bytes, start, PACKET, Math.round((now * 65_536) / 1000) >>> 0, now);
    }
    const bitrate = this.#estimate.take(now);
    if (bitrate !== undefined) return encodeRemb(bytes, start, { senderSsrc: 2, bitrate, ssrcs: [SSRC] });
    this.#reportAt = NEVER;
    const expected = this.#highest + 1 - this.#expected;
    const fractionLost = Math.max(0, Math.min(255, Math.floor((256 * (expected - this.#received)) / expected)));
    this.#expected = this.#highest + 1;
    this.#received = 0;
    const block = { ssrc: SSRC, fractionLost, packetsLost: 0, extendedHighestSequenceNumber: this.#highest };
    const reports = [{ ...block, jitter: 0, lastSenderReport: 0, delaySinceLastSenderReport: 0 }];
    return encodeReceiverReport(bytes, start, { ssrc: 2, reports });
  }
}
