/**
 * Nomination by the controlling side: regular nomination, RFC 8445 §8.1.1.
 *
 * The best valid pair is nominated at once when no better one can come, otherwise after a short time in which better ones
 * may still succeed. Data flows over the first valid pair meanwhile. Where both sides renominate (draft-thatcher-ice-renomination),
 * a better pair that turns up later is nominated too.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { NominationStep, NominationView } from "./nomination.ts";

/** Bounds, in milliseconds, of the time better pairs are given; between them it is two round trips. */
const SHORTEST_SETTLING = 50;
const LONGEST_SETTLING = 300;

/** What the controlling side does now. */
export function controllingStep(view: NominationView, now: Instant): NominationStep {
  const waiting: NominationStep = { type: "wait", until: NEVER };
  if (view.nominating !== undefined || (view.nominated !== undefined && !view.renominates)) return waiting;
  const best = view.list.pairs.find((pair) => pair.valid && pair !== view.lost);
  if (best === undefined || (view.nominated !== undefined && best.priority <= view.nominated.priority)) return waiting;
  if (view.list.hasOpenAbove(best.priority)) {
    const settling = 2 * (best.counters.currentRoundTripTime ?? 0);
    const until = view.firstValidAt + Math.min(Math.max(settling, SHORTEST_SETTLING), LONGEST_SETTLING);
    if (now < until) return { type: "wait", until };
  }
  return { type: "nominate", pair: best };
}
