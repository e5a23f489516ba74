/**
 * The directions of RFC 3264 §5.1, and how an answer narrows them: RFC 3264 §6.1, RFC 9429 §5.3.1.
 */
import { find } from "../sdp/attribute.ts";
import type { Direction } from "../sdp/attribute-values.ts";
import type { MediaDescription, SessionDescription } from "../sdp/description.ts";

/** Whether a direction sends. */
export function sends(direction: Direction | undefined): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

/** Whether a direction receives. */
export function receives(direction: Direction | undefined): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}

/** The direction that sends and receives as told. */
export function directionOf(isSending: boolean, isReceiving: boolean): Direction {
  if (isSending) return isReceiving ? "sendrecv" : "sendonly";
  return isReceiving ? "recvonly" : "inactive";
}

/** The same from the other side's view. */
export function reversed(direction: Direction): Direction {
  return directionOf(receives(direction), sends(direction));
}

/** What both allow. */
export function common(a: Direction, b: Direction): Direction {
  return directionOf(sends(a) && sends(b), receives(a) && receives(b));
}

const DIRECTIONS: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/** What a section says, else its session: RFC 8866 §6.7. */
export function directionOfSection(session: SessionDescription, media: MediaDescription): Direction {
  for (const { attributes } of [media, session]) {
    const found = DIRECTIONS.find((direction) => find(attributes, direction) !== undefined);
    if (found !== undefined) return found;
  }
  return "sendrecv";
}
