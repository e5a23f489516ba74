/**
 * The text of candidates, for those above who may not import `ice/`: RTCIceCandidate takes them apart and puts them together.
 */
export { parseCandidate, printCandidate } from "../transport/parts.ts";

/** What `addIceCandidate` takes: RTCIceCandidateInit after conversion. */
export interface CandidateInit {
  /** `candidate:…`, or "" for the end of candidates. */
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}
