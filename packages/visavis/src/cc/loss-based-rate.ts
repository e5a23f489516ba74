/**
 * The rate that losses allow. The path is taken to have an inherent loss, which no rate cures, and a capacity beyond which what is too much
 * is lost; of a few candidates for both, that one is taken which makes the losses of the last seconds most likely, with a leaning to
 * higher rates (in place of the fixed thresholds of draft-ietf-rmcat-gcc-02 §6, as browsers do).
 */
import type { Instant } from "../base/instant.ts";
import type { PacketResults } from "./packet-results.ts";

/** Observations that are looked at, and the least that say something. */
const WINDOW = 20;
const LEAST_OBSERVATIONS = 3;
/** Length of an observation, in milliseconds of sending. */
const OBSERVATION = 250;
/** An observation weighs so much as the one after it. */
const AGE_WEIGHT = 0.9;
const CANDIDATES = [1.02, 1, 0.95] as const;

const LEAST_INHERENT_LOSS = 0.001;
const FIRST_INHERENT_LOSS = 0.01;
/** The inherent loss is believed up to 5 %, and more at low rates: 5 % more at 2 Mbit/s. */
const INHERENT_LOSS_OFFSET = 0.05;
const BALANCE = 100_000;
const NEWTON_STEP = 0.75;
/** The leaning to higher rates: per kbit/s, per logarithm of them; turned round when the loss passes the threshold. */
const BIAS = 0.0002;
const LOG_BIAS = 0.02;
const BIAS_THRESHOLD = 0.2;
const BIAS_SMOOTHING = 0.002;
/** While losses limit the rate it grows by this factor in so many milliseconds at the most. */
const MOST_GROWTH = 1.3;
const GROWTH_WINDOW = 300;
const FLOOR = 5000;

/** What limits the rate. */
export type LossLimit = "none" | "decreasing" | "increasing";

const clampLoss = (loss: number): number => Math.min(Math.max(loss, 1e-6), 1 - 1e-6);

function mostInherentLoss(bandwidth: number): number {
  return bandwidth > 0 ? Math.min(INHERENT_LOSS_OFFSET + BALANCE / bandwidth, 1) : 1;
}

function lossOf(inherentLoss: number, bandwidth: number, rate: number): number {
  return clampLoss(rate > bandwidth ? inherentLoss + ((1 - inherentLoss) * (rate - bandwidth)) / rate : inherentLoss);
}

function leaning(loss: number, bias: number): number {
  return (bias * (BIAS_THRESHOLD - loss)) / (BIAS_SMOOTHING + Math.abs(BIAS_THRESHOLD - loss));
}

/** Rate control by loss. */
export class LossBasedRate {
  /** What the path loses by itself, 0 to 1, as far as it is known. */
  inherentLoss: number = FIRST_INHERENT_LOSS;
  /** The rate never falls below it, bit/s: from there it has to come back. */
  minRate: number = FLOOR;
  #bandwidth = Number.NaN;
  #limit: LossLimit = "none";
  // Observations, in a ring.
  readonly #packets: Float64Array = new Float64Array(WINDOW);
  readonly #lost: Float64Array = new Float64Array(WINDOW);
  readonly #rates: Float64Array = new Float64Array(WINDOW);
  #observations = 0;
  // The observation that is being made.
  #newPackets = 0;
  #newLost = 0;
  #newBytes = 0;
  #observedUntil: Instant = Number.NaN;
  #averageLoss = 0;
  #instantLimit = Number.POSITIVE_INFINITY;
  #growthFrom: Instant = Number.NaN;
  #growthLimit = Number.POSITIVE_INFINITY;
  // The best candidate of a search.
  #bestObjective = 0;
  #bestBandwidth = 0;
  #bestInherentLoss = 0;

  /** What limits the rate. */
  get limit(): LossLimit {
    return this.#limit;
  }

  /** The loss of the last seconds, newer ones weighing more, 0 to 1. */
  get averageLoss(): number {
    return this.#averageLoss;
  }

  /** The rate, no more than what the delay allows; bit/s. */
  rate(delayBased: number): number {
    if (this.#observations < LEAST_OBSERVATIONS || Number.isNaN(this.#bandwidth)) return delayBased;
    if (this.#limit === "none") return Math.min(delayBased, this.#instantLimit);
    return Math.min(this.#bandwidth, this.#instantLimit, delayBased);
  }

  /** Begins anew. */
  reset(): void {
    this.inherentLoss = FIRST_INHERENT_LOSS;
    this.#bandwidth = Number.NaN;
    this.#limit = "none";
    this.#observations = 0;
    this.#newPackets = 0;
    this.#newLost = 0;
    this.#newBytes = 0;
    this.#observedUntil = Number.NaN;
    this.#averageLoss = 0;
    this.#instantLimit = Number.POSITIVE_INFINITY;
    this.#growthFrom = Number.NaN;
    this.#growthLimit = Number.POSITIVE_INFINITY;
  }

  /**
   * Takes what feedback said.
   * @param delayBased what the delay allows, bit/s
   * @param acknowledged what arrives, bit/s; NaN when it is not known or says nothing, because the source is limited
   */
  update(results: PacketResults, delayBased: number, acknowledged: number): void {
    if (results.received + results.lost === 0 || !this.#observe(results)) return;
    if (Number.isNaN(this.#bandwidth)) this.#bandwidth = delayBased;
    if (this.#observations < LEAST_OBSERVATIONS) return;
    this.#search(delayBased, acknowledged);
    this.#settle(delayBased);
  }

  /** @returns whether an observation is complete */
  #observe(results: PacketResults): boolean {
    this.#newPackets += results.received + results.lost;
    this.#newLost += results.lost;
    this.#newBytes += results.bytes;
    if (Number.isNaN(this.#observedUntil)) this.#observedUntil = results.firstSentAt;
    const duration = results.lastSentAt - this.#observedUntil;
    if (duration < OBSERVATION) return false;
    this.#observedUntil = results.lastSentAt;
    const slot = this.#observations++ % WINDOW;
    this.#packets[slot] = this.#newPackets;
    this.#lost[slot] = this.#newLost;
    this.#rates[slot] = (this.#newBytes * 8000) / duration;
    this.#newPackets = 0;
    this.#newLost = 0;
    this.#newBytes = 0;
    this.#average();
    return true;
  }

  #average(): void {
    let packets = 0;
    let lost = 0;
    let weight = 1;
    for (let age = 0; age < Math.min(this.#observations, WINDOW); age++) {
      const slot = (this.#observations - 1 - age) % WINDOW;
      packets += weight * (this.#packets[slot] as number);
      lost += weight * (this.#lost[slot] as number);
      weight *= AGE_WEIGHT;
    }
    this.#averageLoss = packets > 0 ? lost / packets : 0;
    const excess = this.#averageLoss - INHERENT_LOSS_OFFSET;
    this.#instantLimit = excess > 0 ? BALANCE / excess : Number.POSITIVE_INFINITY;
  }

  #search(delayBased: number, acknowledged: number): void {
    this.#bestObjective = Number.NEGATIVE_INFINITY;
    this.#bestBandwidth = this.#bandwidth;
    this.#bestInherentLoss = this.inherentLoss;
    for (const factor of CANDIDATES) this.#try(factor * this.#bandwidth);
    if (!Number.isNaN(acknowledged)) this.#try(acknowledged);
    if (delayBased > this.#bandwidth) this.#try(delayBased);
  }

  #try(wanted: number): void {
    const ceiling = this.#limit === "none" ? Number.POSITIVE_INFINITY : Math.max(this.#bandwidth, this.#growthLimit);
    const bandwidth = Math.min(wanted, ceiling);
    const mostLoss = mostInherentLoss(bandwidth);
    const feasible = (loss: number): number => Math.min(Math.max(loss, LEAST_INHERENT_LOSS), mostLoss);
    const inherentLoss = feasible(this.#newton(feasible(this.inherentLoss), bandwidth));
    const objective = this.#objective(inherentLoss, bandwidth);
    if (objective <= this.#bestObjective) return;
    this.#bestObjective = objective;
    this.#bestBandwidth = bandwidth;
    this.#bestInherentLoss = inherentLoss;
  }

  /** One step of Newton's method towards the most likely inherent loss. */
  #newton(inherentLoss: number, bandwidth: number): number {
    let first = 0;
    let second = 0;
    let weight = 1;
    for (let age = 0; age < Math.min(this.#observations, WINDOW); age++) {
      const slot = (this.#observations - 1 - age) % WINDOW;
      const lost = this.#lost[slot] as number;
      const arrived = (this.#packets[slot] as number) - lost;
      const loss = lossOf(inherentLoss, bandwidth, this.#rates[slot] as number);
      first += weight * (lost / loss - arrived / (1 - loss));
      second -= weight * (lost / (loss * loss) + arrived / ((1 - loss) * (1 - loss)));
      weight *= AGE_WEIGHT;
    }
    return inherentLoss - (NEWTON_STEP * first) / Math.min(second, -1e-6);
  }

  #objective(inherentLoss: number, bandwidth: number): number {
    const kbit = bandwidth / 1000;
    const bias = leaning(this.#averageLoss, BIAS) * kbit + leaning(this.#averageLoss, LOG_BIAS) * Math.log(1 + kbit);
    let objective = 0;
    let weight = 1;
    for (let age = 0; age < Math.min(this.#observations, WINDOW); age++) {
      const slot = (this.#observations - 1 - age) % WINDOW;
      const packets = this.#packets[slot] as number;
      const lost = this.#lost[slot] as number;
      const loss = lossOf(inherentLoss, bandwidth, this.#rates[slot] as number);
      objective += weight * (lost * Math.log(loss) + (packets - lost) * Math.log(1 - loss) + bias * packets);
      weight *= AGE_WEIGHT;
    }
    return objective;
  }

  #settle(delayBased: number): void {
    const before = this.#bandwidth;
    let next = this.#bestBandwidth;
    // More is lost than the path loses by itself: this is not the time to send more.
    if (this.#averageLoss > this.#bestInherentLoss && next > before) next = before;
    next = Math.max(next, this.minRate);
    const limited = this.#limit !== "none";
    const grows = limited && (next > before || (next === before && this.#limit === "increasing"));
    if (grows && next < delayBased) this.#limit = "increasing";
    else this.#limit = next < delayBased ? "decreasing" : "none";
    this.#bandwidth = this.#limit === "none" ? Math.min(next, delayBased) : next;
    this.inherentLoss = this.#bestInherentLoss;
    if (this.#limit === "none") this.#growthFrom = Number.NaN;
    else if (Number.isNaN(this.#growthFrom) || this.#observedUntil - this.#growthFrom > GROWTH_WINDOW) {
      this.#growthFrom = this.#observedUntil;
      this.#growthLimit = this.#bandwidth * MOST_GROWTH;
    }
  }
}
