/**
 * The words of media that all of peer/ uses.
 */

/** What a transceiver carries. */
export type MediaKind = "audio" | "video";

/** RTCRtpTransceiverDirection without `stopped`, which is a state of its own here. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** A codec that we have: what descriptions say of it before a payload type is agreed on. */
export interface CodecCapability {
  /** Such as `video/VP8`. */
  readonly mimeType: string;
  readonly clockRate: number;
  /** Audio only. */
  readonly channels: number | undefined;
  /** The value of `a=fmtp` behind the payload type; empty when there is none. */
  readonly fmtp: string;
  /** Values of `a=rtcp-fb` behind the payload type. */
  readonly feedback: readonly string[];
  /** The payload type that it is offered with when nothing else has it. */
  readonly payloadType: number;
  /** Retransmissions only: the preferred payload type of the codec that they repair. */
  readonly repairs?: number;
}

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
