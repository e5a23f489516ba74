/**
 * The words of media that all of peer/ uses.
 */

import type { Direction } from "../jsep/media.ts";

export type { CodecCapability, Direction, HeaderExtension, MediaCodec, MediaKind, MediaPlan } from "../jsep/media.ts";

/** A header extension that we have (RFC 8285). */
export interface ExtensionCapability {
  readonly uri: string;
  /** The identifier that it is offered with when nothing else has it. */
  readonly preferredId: number;
  /** `stopped`: not negotiated. */
  readonly direction: Direction | "stopped";
}

/** Whether a direction sends. */
export function sends(direction: Direction | null | undefined): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

/** Whether a direction receives. */
export function receives(direction: Direction | null | undefined): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}

/** The direction that sends and receives as told. */
export function directionOf(isSending: boolean, isReceiving: boolean): Direction {
  if (isSending) return isReceiving ? "sendrecv" : "sendonly";
  return isReceiving ? "recvonly" : "inactive";
}

/** The direction as the other side sees it. */
export function reversed(direction: Direction): Direction {
  return directionOf(receives(direction), sends(direction));
}
