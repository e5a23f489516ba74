/**
 * The text of candidates, for the floors above, which may not import `ice/`.
 */
export { parseCandidate, printCandidate } from "../ice/candidate.ts";
