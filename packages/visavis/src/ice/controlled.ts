/**
 * Nomination as the controlled side sees it: RFC 8445 §7.3.1.5, §8.1.1, and §8.1.1.2 of RFC 5245 for peers that nominate
 * aggressively, with USE-CANDIDATE in every check: of several nominated pairs the one with the highest priority is used.
 */
import { NEVER } from "../base/instant.ts";
import type { NominationStep, NominationView } from "./nomination.ts";

/** What the controlled side does now. */
export function controlledStep(view: NominationView): NominationStep {
  const { nominated } = view;
  const best = view.list.pairs.find((pair) => pair.requested && pair.valid && pair !== view.lost);
  if (best === undefined || (nominated !== undefined && nominated.priority >= best.priority))
    return { type: "wait", until: NEVER };
  return { type: "select", pair: best };
}
