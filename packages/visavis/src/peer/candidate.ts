/**
 * The text of candidates, for those above who may not import `ice/`: RTCIceCandidate takes them apart and puts them together.
 */
export { parseCandidate, printCandidate } from "../transport/parts.ts";
