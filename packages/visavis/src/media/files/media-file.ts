/**
 * What was read from a file of encoded media: one stream of frames.
 */
import type { EncodedFrame } from "../../rtp/frame.ts";

/** The frames of a file, with timestamps of the codec's RTP clock from 0 on. */
export interface MediaFile {
  readonly kind: "audio" | "video";
  /** `video/VP8` */
  readonly mimeType: string;
  /** Units of the timestamps per second. */
  readonly clockRate: number;
  readonly frames: readonly EncodedFrame[];
  /** How long all frames last, in units of the clock. */
  readonly duration: number;
  /** Of video, in pixels; 0 where the file does not tell, and of audio. */
  readonly width: number;
  readonly height: number;
}
