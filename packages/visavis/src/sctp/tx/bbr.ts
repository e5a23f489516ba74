/**
 * A controller that models the path, in the manner of BBR version 3 (draft-ietf-ccwg-bbr): the window and the pace follow the bandwidth
 * that was measured and the shortest round trip, instead of following losses.
 *
 * Why it is the default: one lost packet in a thousand holds a window that halves (or takes 0.7 of itself) far below what a path of
 * 100 ms carries, and a window that grows until packets are lost fills every queue on its way first, in which small messages then stand.
 *
 * What it does, in the words of the draft. STARTUP doubles the pace each round trip until the rate grows no more; DRAIN empties the queue
 * that this made. Then it goes round: DOWN (a tenth slower than the bandwidth, until the queue is empty), CRUISE (at the bandwidth, with
 * headroom for others), REFILL, UP (a quarter faster, for at least one round trip, to find more). PROBE_RTT halves the flight for 200 ms
 * when no round trip was as short as the shortest one for 5 s.
 *
 * Where it departs from the draft:
 * - Losses below `LOSS_THRESHOLD` of what is sent are taken for the path's own and change nothing, in CRUISE, too, where the draft
 *   lowers its bounds for any loss. Above it, the bounds are lowered as the draft says.
 * - UP ends when the flight is a quarter larger than the path holds, not when the rate has stopped growing: queues stay short.
 *   For the same reason the window has room for 1.25 of what the path holds, 1.5 in UP, where the draft has 2 and 2.25.
 * - CRUISE leaves a tenth of its bound free for others, not 0.15 of it. DRAIN is a little faster: half the bandwidth, not 0.35 of it.
 * - A number of losses is above the threshold when chance would hardly bring it; the draft compares the parts as they are.
 * - When too much was lost, the bound becomes the flight, but no more than what the path holds, and no less than 0.7 of the flight or of
 *   the window; in the draft it is the flight alone.
 * - A round trip as short as the shortest, within a tolerance, puts PROBE_RTT off. A flow alone on its path need not empty it.
 * - The model takes no round trip for shorter than `LEAST_ROUND_TRIP`: between programs on one machine, or in one house, the time in
 *   which a program gets round to its packets is longer than that of the path.
 */
import type { Instant } from "../../base/instant.ts";
import { type Random, randomU32 } from "../../base/random.ts";
import { BandwidthFilter, MaxRounds } from "./bbr-filters.ts";
import { type Acknowledgement, type CongestionControl, INITIAL_PACKETS } from "./congestion-control.ts";

/** Where it is in its rounds. */
export type BbrPhase = "startup" | "drain" | "down" | "cruise" | "refill" | "up" | "probe-rtt";

/** Pace as a multiple of the bandwidth. */
const PACING_GAIN: Readonly<Record<BbrPhase, number>> = {
  startup: 2.77,
  drain: 0.5,
  down: 0.9,
  cruise: 1,
  refill: 1,
  up: 1.25,
  "probe-rtt": 1,
};
/** Window as a multiple of what the path holds. */
const WINDOW_GAIN: Readonly<Record<BbrPhase, number>> = {
  startup: 2,
  drain: 2,
  down: 1.25,
  cruise: 1.25,
  refill: 1.25,
  up: 1.5,
  "probe-rtt": 0.5,
};
/** Paces a little below the bandwidth, so that queues shrink. */
const PACING_MARGIN = 0.99;
/** The part of what is sent that may be lost without a word. */
const LOSS_THRESHOLD = 0.02;
/** So many standard deviations above it are still chance, and so is one packet. */
const LOSS_DEVIATIONS = 2;
/** What is left of a bound after a round trip with losses above the threshold. */
const BETA = 0.7;
/** What is left free for others in CRUISE. */
const HEADROOM = 0.1;
const LEAST_WINDOW_PACKETS = 4;
/** STARTUP ends when the rate did not grow by this factor for so many round trips. */
const FULL_GROWTH = 1.25;
const FULL_ROUNDS = 3;
/** Milliseconds. */
const PROBE_RTT_INTERVAL = 5000;
const PROBE_RTT_TIME = 200;
const MIN_RTT_LIFE = 10_000;
const PROBE_WAIT = 2000;
const PROBE_WAIT_SPREAD = 1000;
const LEAST_ROUND_TRIP = 4;
/** Below this a path is within a machine or a house, and the programs at its ends take so long for a turn. */
const SHORT_PATH = 2;
const SHORT_PATH_ROUND_TRIP = 10;
/** What a burst at a time makes a round trip longer without a queue, in milliseconds, and in parts of it. */
const RTT_TOLERANCE = 0.25;
const RTT_TOLERANCE_PART = 0.02;
/** A flow of the size of a Reno flow that lives beside it probes as often as that would: at the latest after so many round trips. */
const RENO_ROUNDS = 63;
/** Time in which bursts go out together, in milliseconds: the window has room for three of them. */
const BURST_TIME = 1;

/** Whether more packets of `sent` were lost than a path would lose by itself that loses no more than the threshold. */
function isMuch(lost: number, sent: number): boolean {
  const expected = LOSS_THRESHOLD * sent;
  return lost > 1 + expected + LOSS_DEVIATIONS * Math.sqrt(expected);
}

/** BBR version 3, adapted. */
export class Bbr implements CongestionControl {
  readonly #random: Random;
  #mtu: number;
  #window: number;
  #phase: BbrPhase = "startup";
  #lastSample: Acknowledgement | undefined = undefined;

  readonly #bandwidth = new BandwidthFilter();
  readonly #extraAcked = new MaxRounds();
  #extraAckedSince: Instant = 0;
  #extraAckedBytes = 0;

  #roundEnds = 0;
  #rounds = 0;
  #roundStart = false;
  #lostInRound = 0;
  #deliveredAtRound = 0;
  #roundDelivered = 0;
  #bandwidthLatest = 0;
  #inFlightLatest = 0;

  #fullRate = 0;
  #fullRounds = 0;
  #pipeFilled = false;

  #minRtt = Number.POSITIVE_INFINITY;
  #minRttAt: Instant = 0;
  #probeRttMin = Number.POSITIVE_INFINITY;
  #probeRttAt: Instant = 0;
  #probeRttDone: Instant = 0;
  #probeRttRound = false;
  #savedWindow = 0;

  /** Bounds: what the path held for long, and what it holds beside others now. */
  #inFlightLongTerm = Number.POSITIVE_INFINITY;
  #inFlightShortTerm = Number.POSITIVE_INFINITY;
  #bandwidthShortTerm = Number.POSITIVE_INFINITY;

  #phaseAt: Instant = 0;
  #cycleAt: Instant = 0;
  #cycleWait = 0;
  #cycleRounds = 0;
  #judgesLosses = false;
  #feedback: "none" | "starting" | "here" | "stopping" = "none";
  #upBytes = 0;
  #upRounds = 0;
  #upStep = Number.POSITIVE_INFINITY;
  #roundTripTime = 0;

  /** @param mtu the largest SCTP packet, in bytes */
  constructor(mtu: number, random: Random) {
    this.#mtu = mtu;
    this.#random = random;
    this.#window = INITIAL_PACKETS * mtu;
  }

  /** Where it is in its rounds. */
  get phase(): BbrPhase {
    return this.#phase;
  }

  /** The bandwidth it believes in, in bytes a millisecond; 0 before the first measurement. */
  get bandwidth(): number {
    return Math.min(this.#bandwidth.max, this.#bandwidthShortTerm);
  }

  /** The shortest round trip, in milliseconds; infinite before the first measurement. */
  get shortestRoundTrip(): number {
    return this.#minRtt;
  }

  get window(): number {
    return this.#window;
  }

  get inSlowStart(): boolean {
    return this.#phase === "startup";
  }

  get pacingRate(): number {
    const rate = PACING_GAIN[this.#phase] * this.bandwidth * PACING_MARGIN;
    if (this.#pipeFilled) return rate;
    if (this.#roundTripTime === 0) return Number.POSITIVE_INFINITY;
    const initial = (PACING_GAIN.startup * INITIAL_PACKETS * this.#mtu) / this.#roundTripTime;
    return Math.max(rate, initial);
  }

  setMtu(mtu: number): void {
    this.#mtu = mtu;
    this.#window = Math.max(this.#window, LEAST_WINDOW_PACKETS * mtu);
  }

  onAcknowledged(sample: Acknowledgement): void {
    this.#lastSample = sample;
    this.#roundTripTime = sample.smoothedRoundTripTime;
    this.#updateRound(sample);
    this.#updateBandwidth(sample);
    if (this.#roundStart) this.#judgeRound();
    this.#updateExtraAcked(sample);
    this.#checkPipeFilled(sample);
    if (this.#phase === "drain" && sample.inFlight <= this.#pathHolds(1)) this.#startDown(sample.now);
    if (this.#pipeFilled) this.#updateCycle(sample);
    this.#updateMinRtt(sample);
    this.#updateProbeRtt(sample);
    this.#setWindow(sample);
  }

  onChunkLost(flight: number, lost: number): void {
    this.#lostInRound++;
    if (!this.#judgesLosses || !isMuch(lost / this.#mtu, flight / this.#mtu)) return;
    // More was lost than the path loses by itself: this is how much it holds.
    this.#judgesLosses = false;
    if (this.#lastSample?.applicationLimited !== true)
      this.#inFlightLongTerm = Math.max(Math.min(flight, this.#pathHolds(1)), BETA * Math.min(flight, this.#window), this.#least);
    if (this.#phase === "up") this.#startDown(this.#lastSample?.now ?? 0);
  }

  onFastRetransmit(): void {}

  onTimeout(): void {
    // What was in flight is gone, and with it the SACKs that tell the pace: begin with one packet, and be back with the next SACKs.
    this.#savedWindow = Math.max(this.#savedWindow, this.#window);
    this.#window = this.#mtu;
  }

  onSpurious(): void {
    this.#window = Math.max(this.#window, this.#savedWindow);
    this.#inFlightShortTerm = Number.POSITIVE_INFINITY;
    this.#bandwidthShortTerm = Number.POSITIVE_INFINITY;
  }

  /** A model does not grow old by itself: the pace keeps what is sent after a pause from being a burst. */
  onIdle(): void {}

  get #least(): number {
    return LEAST_WINDOW_PACKETS * this.#mtu;
  }

  /** So many times what the path holds without a queue, in bytes. */
  #pathHolds(gain: number): number {
    if (this.#minRtt === Number.POSITIVE_INFINITY) return INITIAL_PACKETS * this.#mtu;
    const least = this.#minRtt < SHORT_PATH ? SHORT_PATH_ROUND_TRIP : LEAST_ROUND_TRIP;
    return gain * this.bandwidth * Math.max(this.#minRtt, least);
  }

  #updateRound(sample: Acknowledgement): void {
    this.#roundStart = sample.priorDelivered >= this.#roundEnds;
    if (!this.#roundStart) return;
    this.#startRound(sample);
    this.#rounds++;
    this.#cycleRounds++;
  }

  #startRound(sample: Acknowledgement): void {
    this.#roundEnds = sample.delivered;
    this.#roundDelivered = sample.delivered - this.#deliveredAtRound;
    this.#deliveredAtRound = sample.delivered;
  }

  #updateBandwidth(sample: Acknowledgement): void {
    if (sample.rate === 0) return;
    if (!sample.applicationLimited || sample.rate >= this.#bandwidth.max) this.#bandwidth.update(sample.rate);
    this.#bandwidthLatest = Math.max(this.#bandwidthLatest, sample.rate);
    this.#inFlightLatest = Math.max(this.#inFlightLatest, sample.deliveredInSample);
  }

  /** A round trip is over: were more packets lost in it than the path loses by itself? */
  #judgeRound(): void {
    const many = isMuch(this.#lostInRound, this.#lostInRound + this.#roundDelivered / this.#mtu);
    if (many && this.#phase === "startup") {
      // The draft leaves STARTUP when a round trip lost too much: the path is full.
      this.#pipeFilled = true;
      this.#phase = "drain";
      this.#inFlightLongTerm = Math.max(this.#pathHolds(1), this.#inFlightLatest);
    } else if (many && this.#phase !== "refill" && this.#phase !== "up") {
      if (this.#bandwidthShortTerm === Number.POSITIVE_INFINITY) this.#bandwidthShortTerm = this.#bandwidth.max;
      if (this.#inFlightShortTerm === Number.POSITIVE_INFINITY) this.#inFlightShortTerm = this.#window;
      this.#bandwidthShortTerm = Math.max(this.#bandwidthLatest, BETA * this.#bandwidthShortTerm);
      this.#inFlightShortTerm = Math.max(this.#inFlightLatest, BETA * this.#inFlightShortTerm);
    }
    this.#lostInRound = 0;
    this.#bandwidthLatest = 0;
    this.#inFlightLatest = 0;
  }

  /** By how much SACKs exceed what the bandwidth would bring: they come in bursts, and the window must last until the next. */
  #updateExtraAcked(sample: Acknowledgement): void {
    const expected = this.bandwidth * (sample.now - this.#extraAckedSince);
    if (this.#extraAckedBytes <= expected) {
      this.#extraAckedBytes = 0;
      this.#extraAckedSince = sample.now;
    }
    const since = this.bandwidth * (sample.now - this.#extraAckedSince);
    this.#extraAckedBytes += sample.acknowledged;
    this.#extraAcked.update(Math.min(this.#extraAckedBytes - since, this.#window), this.#rounds);
  }

  #checkPipeFilled(sample: Acknowledgement): void {
    if (this.#pipeFilled || !this.#roundStart || sample.applicationLimited || sample.rate === 0) return;
    if (this.#bandwidth.max >= this.#fullRate * FULL_GROWTH) {
      this.#fullRate = this.#bandwidth.max;
      this.#fullRounds = 0;
    } else if (++this.#fullRounds >= FULL_ROUNDS) {
      this.#pipeFilled = true;
      if (this.#phase === "startup") this.#phase = "drain";
    }
  }

  #updateCycle(sample: Acknowledgement): void {
    const { now } = sample;
    this.#updateLongTermBound(sample);
    switch (this.#phase) {
      case "down":
        if (this.#isTimeToProbe(now)) this.#startRefill(sample);
        else if (sample.inFlight <= Math.min(this.#withHeadroom, this.#pathHolds(1))) this.#startPhase("cruise", now);
        break;
      case "cruise":
        if (this.#isTimeToProbe(now)) this.#startRefill(sample);
        break;
      case "refill":
        if (this.#roundStart) this.#startUp(sample);
        break;
      case "up":
        if (now - this.#phaseAt > this.#minRtt && sample.inFlight >= this.#pathHolds(PACING_GAIN.up)) this.#startDown(now);
        break;
      default:
        break;
    }
  }

  #updateLongTermBound(sample: Acknowledgement): void {
    if (this.#feedback === "starting" && this.#roundStart) this.#feedback = "here";
    if (this.#feedback === "stopping" && this.#roundStart) {
      this.#judgesLosses = false;
      if (this.#phase !== "probe-rtt" && !sample.applicationLimited) this.#bandwidth.advance();
      this.#feedback = "none";
    }
    if (this.#inFlightLongTerm === Number.POSITIVE_INFINITY || sample.priorDelivered < 0) return;
    if (isMuch(sample.lostInSample / this.#mtu, sample.flightAtSend / this.#mtu)) return;
    if (sample.flightAtSend > this.#inFlightLongTerm) this.#inFlightLongTerm = sample.flightAtSend;
    if (this.#phase !== "up" || sample.flightPeak + 2 * this.#mtu < this.#inFlightLongTerm) return;
    // The bound was reached and nothing happened: raise it, by twice as much in every round trip.
    this.#upBytes += sample.acknowledged;
    if (this.#upBytes >= this.#upStep) {
      const steps = Math.floor(this.#upBytes / this.#upStep);
      this.#upBytes -= steps * this.#upStep;
      this.#inFlightLongTerm += steps * this.#mtu;
    }
    if (this.#roundStart) this.#raiseSlope();
  }

  #raiseSlope(): void {
    const packets = 2 ** this.#upRounds;
    this.#upRounds = Math.min(this.#upRounds + 1, 30);
    this.#upStep = Math.max(this.#window / packets, this.#mtu);
  }

  get #withHeadroom(): number {
    return Math.max((1 - HEADROOM) * this.#inFlightLongTerm, this.#least);
  }

  #isTimeToProbe(now: Instant): boolean {
    if (now - this.#cycleAt > this.#cycleWait) return true;
    const packets = Math.min(this.#pathHolds(1), this.#window) / this.#mtu;
    return this.#cycleRounds >= Math.min(packets, RENO_ROUNDS);
  }

  #startPhase(phase: BbrPhase, now: Instant): void {
    this.#phase = phase;
    this.#phaseAt = now;
  }

  #startDown(now: Instant): void {
    this.#startPhase("down", now);
    this.#feedback = "stopping";
    this.#upStep = Number.POSITIVE_INFINITY;
    this.#cycleAt = now;
    // Chance keeps flows apart that began together.
    const chance = randomU32(this.#random);
    this.#cycleRounds = chance & 1;
    this.#cycleWait = PROBE_WAIT + (PROBE_WAIT_SPREAD * chance) / 0x1_0000_0000;
    if (this.#lastSample !== undefined) this.#roundEnds = this.#lastSample.delivered;
  }

  #startRefill(sample: Acknowledgement): void {
    this.#startPhase("refill", sample.now);
    this.#inFlightShortTerm = Number.POSITIVE_INFINITY;
    this.#bandwidthShortTerm = Number.POSITIVE_INFINITY;
    this.#upRounds = 0;
    this.#upBytes = 0;
    this.#roundEnds = sample.delivered;
  }

  #startUp(sample: Acknowledgement): void {
    this.#startPhase("up", sample.now);
    this.#judgesLosses = true;
    this.#feedback = "starting";
    this.#roundEnds = sample.delivered;
    this.#raiseSlope();
  }

  #updateMinRtt({ roundTripTime, now }: Acknowledgement): void {
    if (roundTripTime < 0) return;
    const expired = now > this.#probeRttAt + PROBE_RTT_INTERVAL && this.#phase === "probe-rtt";
    if (roundTripTime < this.#probeRttMin || expired) {
      this.#probeRttMin = roundTripTime;
      this.#probeRttAt = now;
    } else if (roundTripTime <= this.#probeRttMin * (1 + RTT_TOLERANCE_PART) + RTT_TOLERANCE) {
      this.#probeRttAt = now;
    }
    if (this.#probeRttMin <= this.#minRtt || now > this.#minRttAt + MIN_RTT_LIFE) {
      this.#minRtt = this.#probeRttMin;
      this.#minRttAt = this.#probeRttAt;
    }
  }

  #updateProbeRtt(sample: Acknowledgement): void {
    const { now } = sample;
    if (this.#phase !== "probe-rtt") {
      if (this.#probeRttAt === 0 || now <= this.#probeRttAt + PROBE_RTT_INTERVAL) return;
      this.#startPhase("probe-rtt", now);
      this.#savedWindow = Math.max(this.#savedWindow, this.#window);
      this.#probeRttDone = 0;
      this.#feedback = "stopping";
      this.#roundEnds = sample.delivered;
    } else if (this.#probeRttDone === 0) {
      if (sample.inFlight > Math.max(this.#pathHolds(WINDOW_GAIN["probe-rtt"]), this.#least)) return;
      this.#probeRttDone = now + PROBE_RTT_TIME;
      this.#probeRttRound = false;
      this.#roundEnds = sample.delivered;
    } else {
      if (this.#roundStart) this.#probeRttRound = true;
      if (!this.#probeRttRound || now <= this.#probeRttDone) return;
      this.#probeRttAt = now;
      this.#window = Math.max(this.#window, this.#savedWindow);
      this.#inFlightShortTerm = Number.POSITIVE_INFINITY;
      this.#bandwidthShortTerm = Number.POSITIVE_INFINITY;
      if (this.#pipeFilled) {
        this.#startDown(now);
        this.#startPhase("cruise", now);
      } else this.#startPhase("startup", now);
      this.#savedWindow = 0;
    }
  }

  #setWindow(sample: Acknowledgement): void {
    const bursts = 3 * Math.max(this.bandwidth * BURST_TIME, 2 * this.#mtu);
    const gain = this.#pipeFilled ? WINDOW_GAIN[this.#phase] : WINDOW_GAIN.startup;
    const target = Math.max(this.#pathHolds(gain) + this.#extraAcked.max, bursts, this.#least);
    if (this.#pipeFilled) this.#window = Math.min(this.#window + sample.acknowledged, target);
    else if (this.#window < target || sample.delivered < INITIAL_PACKETS * this.#mtu) this.#window += sample.acknowledged;
    if (this.#savedWindow > 0 && this.#window >= this.#savedWindow && this.#phase !== "probe-rtt") this.#savedWindow = 0;
    let bound = this.#inFlightShortTerm;
    if (this.#phase === "probe-rtt") bound = Math.min(bound, this.#pathHolds(WINDOW_GAIN["probe-rtt"]));
    if (this.#phase === "cruise" || this.#phase === "probe-rtt") bound = Math.min(bound, this.#withHeadroom);
    else if (this.#pipeFilled) bound = Math.min(bound, this.#inFlightLongTerm);
    this.#window = Math.max(Math.min(this.#window, bound), this.#least);
  }
}
