/**
 * What the policies of both roles see and say: RFC 8445 §8.1.
 *
 * The rules differ by role, the session does not: it asks the policy of its role after every change.
 */
import type { Instant } from "../base/instant.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import type { CheckList } from "./check-list.ts";

/** What a policy decides from. */
export interface NominationView {
  readonly list: CheckList;
  /** The nominated pair, while its path works. */
  readonly nominated: CandidatePair | undefined;
  /** The pair in use, while nothing comes through it: no candidate for a nomination. */
  readonly lost: CandidatePair | undefined;
  /** A nomination that waits for its answer. */
  readonly nominating: CandidatePair | undefined;
  /** When the first pair became valid; `NEVER` before. */
  readonly firstValidAt: Instant;
}

/** What a policy wants done. */
export type NominationStep =
  /** Ask the peer to use this pair. */
  | { readonly type: "nominate"; readonly pair: CandidatePair }
  /** Use this pair: the peer asked for it. */
  | { readonly type: "select"; readonly pair: CandidatePair }
  /** Ask again then; `NEVER` after the next change. */
  | { readonly type: "wait"; readonly until: Instant };
