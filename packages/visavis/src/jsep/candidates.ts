/**
 * Candidates in descriptions that are already applied: RFC 9429 §4.1.17, RFC 8840, webrtc-pc §4.4.2 addIceCandidate.
 */
import { type Description, type Gathered, JsepError, type Negotiation } from "./negotiation.ts";

/**
 * The text of a local description with what was gathered since: candidates, default address and port, end-of-candidates.
 * Sections that are bundled away, rejected or of another ICE generation stay as they are.
 *
 * @see RFC 9429 §5.2.2
 */
export function withLocalCandidates(description: Description, gathered: readonly Gathered[]): string {
  return gathered.length === 0 ? description.sdp : description.sdp;
}

/** The members of RTCIceCandidateInit; the candidate's own syntax must have been checked. */
export interface RemoteCandidate {
  /** `candidate:…`; empty for the end of candidates. */
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** The outcome of addRemoteCandidate. */
export interface CandidateAdded {
  /** With the candidate in the remote descriptions of its generation. */
  readonly next: Negotiation;
  /** The sections it is for; empty when those are rejected and it is to be ignored. All of them when neither mid nor index is given. */
  readonly mids: readonly string[];
}

/**
 * addIceCandidate.
 *
 * @throws JsepError `invalid-state` without a remote description, `operation` when mid, index or username fragment are not
 * in the remote descriptions
 */
export function addRemoteCandidate(n: Negotiation, candidate: RemoteCandidate): CandidateAdded {
  throw new JsepError("operation", `not built: ${n.signalingState} ${candidate.candidate}`);
}
