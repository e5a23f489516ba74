/**
 * The face of what receives one RTP stream: packets go in, frames come out in order and at their time.
 *
 * After any call its owner takes the frames that are due and asks whether a key frame is needed; then `deadline` says when to call again.
 */
import type { Drops } from "../../base/drops.ts";
import type { Instant } from "../../base/instant.ts";
import type { PayloadFormat } from "../../rtp/payload/payload-format.ts";
import type { ReceivedPacket } from "../../rtp/received-packet.ts";
import type { Playout } from "./playout.ts";
import type { ReceiveCounters, ReceivedFrame } from "./received-frame.ts";

/** Why a packet or a frame was thrown away. */
export type ReceiveDropReason =
  /** No format is known for the payload type. */
  | "payload-type"
  /** The payload is malformed or of a kind that is not taken. */
  | "payload"
  | "late-packet"
  | "duplicate-packet"
  /** Too many packets wait. */
  | "packet-buffer-full"
  /** Payloads that do not fit together. */
  | "spoilt-frame"
  /** A frame that can no longer be handed out, or never could. */
  | "late-frame"
  | "undecodable-frame"
  | "frame-buffer-full"
  /** The sequence numbers began anew. */
  | "restart";

/** The payload format behind a payload type. */
export interface ReceiveFormat {
  readonly format: PayloadFormat;
  /** As `a=fmtp` has them. */
  readonly parameters?: string | undefined;
}

/** How a receiver is made. */
export interface ReceiverOptions {
  readonly formats: ReadonlyMap<number, ReceiveFormat>;
  /** Lost packets are asked for again: it pays to wait for them. Default true. */
  readonly nack?: boolean;
  /** Frames are handed out as soon as they can be decoded, without waiting for their time. Default false. */
  readonly immediate?: boolean;
}

/** Receives one stream. */
export interface StreamReceiver {
  /** When its frames are due; what a sync group takes, and where wishes for delay and sender reports go. */
  readonly playout: Playout;
  /** What was thrown away, and why. */
  readonly drops: Drops<ReceiveDropReason>;
  /** What was counted so far. */
  readonly counters: ReceiveCounters;
  /** Frames that are complete and wait. */
  readonly pendingFrames: number;
  /** Changes the payload types. */
  setFormats(formats: ReadonlyMap<number, ReceiveFormat>): void;
  /** The round trip to the sender in milliseconds. */
  setRoundTripTime(roundTripTime: number): void;
  /** Takes a packet in. The object is borrowed, its bytes are kept. */
  insert(packet: ReceivedPacket, now: Instant): void;
  /** Decides whether a key frame is to be asked for. */
  advance(now: Instant): void;
  /** When {@link advance} or {@link takeFrame} has something to do; `NEVER` when nothing waits. */
  deadline(): Instant;
  /** The next frame in decoding order, if it is due. Its bytes are the caller's. */
  takeFrame(now: Instant): ReceivedFrame | undefined;
  /** Whether a key frame is to be asked for now; once for each request. */
  takeKeyFrameRequest(): boolean;
}
