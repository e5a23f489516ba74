/**
 * `visavis/jsep`: offer/answer as pure functions over immutable snapshots, RFC 9429.
 */
export { createAnswer } from "./answer.ts";
export { applyLocal, applyRemote, closed, needsRollback, rollback } from "./apply.ts";
export {
  addRemoteCandidate,
  type CandidateAdded,
  type CandidateTarget,
  type RemoteCandidate,
  withLocalCandidates,
} from "./candidates.ts";
export * from "./media.ts";
export * from "./negotiation.ts";
export { createOffer } from "./offer.ts";
export type { UsedNumbers } from "./payload-types.ts";
export { isNegotiationNeeded, planOf, type Wishes } from "./plan.ts";
