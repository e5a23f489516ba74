/**
 * Nomination as the controlled side sees it: RFC 8445 §7.3.1.5, §8.1.1, and for peers that nominate aggressively, as ICE had
 * it before, with USE-CANDIDATE in many checks: of several pairs nominated together the one with the highest priority is used.
 */
import { NEVER } from "../base/instant.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import type { NominationStep, NominationView } from "./nomination.ts";

/**
 * Pairs asked for within this many milliseconds are asked for together. Of others the later one counts: the peer has changed its
 * mind, because the earlier path does not work for it any more.
 */
const CHANGE_OF_MIND = 2000;

function takesOver(pair: CandidatePair, nominated: CandidatePair | undefined): boolean {
  if (nominated === undefined) return true;
  // Who counts nominations means the last.
  if (pair.nomination > 0 && nominated.nomination > 0) return pair.nomination > nominated.nomination;
  const later = (pair.requestedAt ?? 0) - (nominated.requestedAt ?? 0);
  return Math.abs(later) < CHANGE_OF_MIND ? pair.priority > nominated.priority : later > 0;
}

/** What the controlled side does now. */
export function controlledStep({ list, nominated, lost }: NominationView): NominationStep {
  const pair = list.pairs.find(
    (each) => each.requestedAt !== undefined && each.valid && each !== lost && each !== nominated && takesOver(each, nominated),
  );
  return pair === undefined ? { type: "wait", until: NEVER } : { type: "select", pair };
}
