/**
 * What an agent knows about its candidates and pairs, with the member names of webrtc-stats; times in milliseconds.
 * https://www.w3.org/TR/webrtc-stats/#candidatepair-dict*
 */
import type { IceCandidate } from "./candidate.ts";
import type { CandidatePair, PairCounters, PairState } from "./candidate-pair.ts";
import type { LocalCandidate } from "./local-candidates.ts";
import type { RemoteCandidate } from "./remote-candidates.ts";
import type { Session } from "./session.ts";

/** RTCIceCandidateStats. */
export interface IceCandidateStats {
  readonly id: string;
  readonly isRemote: boolean;
  /** A remote candidate signalled by name has its name here, not what it resolved to. */
  readonly candidate: IceCandidate;
}

/** RTCIceCandidatePairStats. */
export interface IcePairStats extends Readonly<PairCounters> {
  readonly id: string;
  readonly localCandidateId: string;
  readonly remoteCandidateId: string;
  readonly state: PairState;
  readonly nominated: boolean;
  /** Data goes over it. */
  readonly selected: boolean;
}

/** What an agent did in all. */
export interface IceStats {
  readonly candidates: readonly IceCandidateStats[];
  readonly pairs: readonly IcePairStats[];
  readonly selectedPairId: string | undefined;
  readonly selectedPairChanges: number;
  /** Datagrams dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The candidates of some generations, each once. */
export function candidateStats(sessions: readonly Session[]): IceCandidateStats[] {
  const of = (isRemote: boolean, { id, candidate }: LocalCandidate | RemoteCandidate): IceCandidateStats => ({
    id,
    isRemote,
    candidate,
  });
  return sessions.flatMap(({ locals, pairing }) => [
    ...locals.all.map((local) => of(false, local)),
    ...[...pairing.remotes.all].map((remote) => of(true, remote)),
  ]);
}

/** The pairs of some generations. */
export function pairStats(sessions: readonly Session[], selected: CandidatePair | undefined): IcePairStats[] {
  return sessions.flatMap(({ pairing }) =>
    pairing.list.pairs.map((pair) => ({
      id: pair.id,
      localCandidateId: pair.localCandidate.id,
      remoteCandidateId: pair.remoteCandidate.id,
      state: pair.state,
      nominated: pair.nominated,
      selected: pair === selected,
      ...pair.counters,
    })),
  );
}
