/**
 * When to probe, and at what rate: at 3 and 6 times the start, then at twice what was found as long as that helps; every 5 s while the
 * source is limited; at what there was before, after a large drop that is over; when more arrives than the link was thought to carry; and
 * when the application asks for more.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { createProbeCluster, type ProbeCluster } from "./probe-cluster.ts";

const FIRST_SCALES = [3, 6] as const;
const FURTHER_SCALE = 2;
/** A probe that finds this part of what it tried is followed by another. */
const FURTHER_FROM = 0.7;
/** Without a limit of the application, no probe goes beyond this, bit/s. */
const MOST_WITHOUT_LIMIT = 5_000_000;
/** No result after so long, in milliseconds: the probe has failed. */
const RESULT_WITHIN = 1000;
const LIMITED_INTERVAL = 5000;
const LIMITED_SCALE = 2;
/** A drop to this part is a large one; when it is over within so many milliseconds, this part of the rate before is tried. */
const LARGE_DROP = 0.66;
const DROP_WITHIN = 5000;
const AFTER_DROP = 0.85;
const UNCERTAINTY = 0.05;
/** How long after its end limitation still explains a drop, in milliseconds. */
const LIMITED_RECENTLY = 3000;
/** While losses limit the rate, probes go no further. */
const LOSS_SCALE = 1.5;
/** First probes of which nothing was heard are repeated so often. */
const REPEATS = 3;
/** Clusters that may wait to be sent. */
const MOST_WAITING = 4;

/** Plans probes. */
export class ProbePlan {
  #nextId = 1;
  readonly #waiting: ProbeCluster[] = [];
  #state: "init" | "waiting" | "done" = "init";
  #estimate = 0;
  #maxRate = Number.POSITIVE_INFINITY;
  /** What all streams together could use. */
  #wanted = Number.POSITIVE_INFINITY;
  #furtherFrom = Number.POSITIVE_INFINITY;
  #probedAt: Instant = -NEVER;
  #dropAt: Instant = -NEVER;
  #beforeDrop = 0;
  #dropProbedAt: Instant = -NEVER;
  #limitedSince: Instant = Number.NaN;
  #limitedEndedAt: Instant = -NEVER;
  #losing = false;
  #repeats = 0;

  /** Removes the oldest cluster that waits to be sent. */
  take(): ProbeCluster | undefined {
    return this.#waiting.shift();
  }

  /** The path can be used: probes go out from the start rate on, bit/s. */
  start(rate: number, now: Instant): void {
    if (this.#state !== "init") return;
    this.#estimate = rate;
    this.#repeats = REPEATS;
    this.#probeFirst(now);
  }

  /** A cluster was measured. */
  onResult(): void {
    this.#repeats = 0;
  }

  /** Begins anew, as after a change of the path. */
  reset(): void {
    this.#waiting.length = 0;
    this.#state = "init";
    this.#furtherFrom = Number.POSITIVE_INFINITY;
    this.#dropAt = -NEVER;
  }

  /** The application allows so much, bit/s. */
  setMaxRate(rate: number, now: Instant): void {
    const before = this.#maxRate;
    this.#maxRate = rate;
    if (this.#state === "done" && before < rate && this.#estimate < rate && this.#estimate > 0.8 * before) {
      this.#probe(Math.min(rate, FURTHER_SCALE * this.#estimate), true, now);
    }
  }

  /** All streams together could use so much, bit/s: what a limited source will want as soon as it is not. */
  setWanted(rate: number, now: Instant): void {
    const grown = rate > this.#wanted;
    this.#wanted = rate;
    if (!grown || this.#state !== "done" || Number.isNaN(this.#limitedSince) || this.#estimate >= rate) return;
    this.#probe(rate, false, now);
    this.#probe(2 * rate, false, now);
  }

  /** Whether the source is limited, and since when; NaN when it is not. */
  setLimitedSince(since: Instant, now: Instant): void {
    if (Number.isNaN(since) && !Number.isNaN(this.#limitedSince)) this.#limitedEndedAt = now;
    this.#limitedSince = since;
  }

  /** The rate has changed. @param losing whether losses bring it down @param lossLimited whether losses limit it */
  setEstimate(rate: number, losing: boolean, lossLimited: boolean, now: Instant): void {
    if (rate < LARGE_DROP * this.#estimate) {
      this.#dropAt = now;
      this.#beforeDrop = this.#estimate;
    }
    this.#estimate = rate;
    this.#losing = losing;
    if (losing) this.#waiting.length = 0;
    if (this.#state === "waiting" && rate > this.#furtherFrom)
      this.#probe(Math.min(FURTHER_SCALE, lossLimited ? LOSS_SCALE : FURTHER_SCALE) * rate, true, now);
  }

  /** The delay is normal again after a drop. */
  onRecovery(now: Instant): void {
    const limited = !Number.isNaN(this.#limitedSince) || now - this.#limitedEndedAt < LIMITED_RECENTLY;
    if (!limited || this.#state !== "done") return;
    const rate = AFTER_DROP * this.#beforeDrop;
    if ((1 - UNCERTAINTY) * rate <= this.#estimate) return;
    if (now - this.#dropAt >= DROP_WITHIN || now - this.#dropProbedAt <= LIMITED_INTERVAL) return;
    this.#dropProbedAt = now;
    this.#probe(rate, false, now);
  }

  /** More arrives than the link was thought to carry: it has changed, and may carry much more. */
  onCapacityExceeded(now: Instant): void {
    if (this.#state !== "done" || !this.#mayFindMore() || now - this.#probedAt < LIMITED_INTERVAL) return;
    this.#probe(FURTHER_SCALE * this.#estimate, true, now);
  }

  /** When `advance` is next needed; `NEVER` when idle. */
  deadline(): Instant {
    if (this.#state === "waiting") return this.#probedAt + RESULT_WITHIN;
    if (this.#state !== "done" || !this.#mayFindMore()) return NEVER;
    return Number.isNaN(this.#limitedSince) ? NEVER : this.#nextLimitedProbe();
  }

  /** Gives up probes without result, and probes when it is time. */
  advance(now: Instant): void {
    if (this.#state === "waiting" && now >= this.#probedAt + RESULT_WITHIN) {
      this.#state = "done";
      this.#furtherFrom = Number.POSITIVE_INFINITY;
      // The clusters were lost, or what was said of them.
      if (this.#repeats > 0) {
        this.#repeats--;
        this.#probeFirst(now);
      }
    }
    if (this.#state !== "done" || Number.isNaN(this.#limitedSince) || !this.#mayFindMore()) return;
    if (now >= this.#nextLimitedProbe()) this.#probe(LIMITED_SCALE * this.#estimate, true, now);
  }

  #probeFirst(now: Instant): void {
    const start = this.#estimate;
    for (const scale of FIRST_SCALES) this.#probe(scale * start, true, now);
  }

  #nextLimitedProbe(): Instant {
    return Math.max(this.#limitedSince, this.#probedAt) + LIMITED_INTERVAL;
  }

  /** Whether a higher rate would be of use to anyone. */
  #mayFindMore(): boolean {
    return !this.#losing && this.#estimate < Math.min(this.#maxRate, this.#wanted, MOST_WITHOUT_LIMIT);
  }

  #probe(wanted: number, further: boolean, now: Instant): void {
    if (this.#losing) return;
    const limit = Math.min(Number.isFinite(this.#maxRate) ? this.#maxRate : MOST_WITHOUT_LIMIT, 2 * this.#wanted);
    const rate = Math.min(wanted, limit);
    if (rate <= this.#estimate) {
      if (this.#state === "init") this.#state = "done";
      return;
    }
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(createProbeCluster(this.#nextId++, rate));
    this.#probedAt = now;
    this.#state = "waiting";
    this.#furtherFrom = further && wanted <= limit ? rate * FURTHER_FROM : Number.POSITIVE_INFINITY;
  }
}
