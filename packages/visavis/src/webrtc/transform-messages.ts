/**
 * What the two ends of a script transform tell each other: the thread of the connection and the worker.
 */
import type { TransferablePort } from "../node/message-pipe.ts";
import type { FrameMetadata, WireFrame } from "./encoded-frame-data.ts";
import type { TransformErrorName } from "./frame-transform.ts";

/** Marks the message that brings a new transform to a worker. */
export const TRANSFORM_MARK = "visavis:rtctransform";

/** A new transform. */
export interface TransformBegin {
  readonly type: typeof TRANSFORM_MARK;
  readonly port: TransferablePort;
  readonly options: unknown;
}

/** To the worker. */
export type TransformMessage =
  /** Frames of a sender or a receiver, in order. */
  | { readonly type: "frames"; readonly frames: readonly WireFrame[] }
  /** What the worker asked for, by its number. */
  | { readonly type: "answer"; readonly id: number; readonly error: TransformErrorName | undefined }
  /** The other side wants a key frame of a sender. */
  | { readonly type: "key-frame-request"; readonly id: number; readonly rid: string | null };

/** From the worker. */
export type TransformReply =
  /** Frames that were written. */
  | { readonly type: "frames"; readonly frames: readonly WrittenFrame[] }
  /** So many frames were read. */
  | { readonly type: "taken"; readonly count: number }
  /** A key frame is wanted: of the sender's own encoder, or of the other side. */
  | { readonly type: "ask"; readonly id: number; readonly what: "generate" | "request"; readonly rid: string | undefined }
  /** Whether a request for a key frame is to be heeded. */
  | { readonly type: "key-frame-answer"; readonly id: number; readonly isCanceled: boolean };

/** A frame that a transform gave back. */
export interface WrittenFrame {
  readonly counter: number;
  readonly data: ArrayBuffer;
  readonly metadata: FrameMetadata;
}
