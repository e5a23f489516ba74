/**
 * A clip: encoded frames that begin with a key frame and are played again and again. The embedded ones are in clips/, whose
 * README says how they were made.
 */
import { decodeBase64 } from "../base/base64.ts";

/** How a clip's frames follow each other. */
export interface ClipInit {
  readonly mimeType: string;
  /** Of the RTP clock, per second. */
  readonly clockRate: number;
  /** Units of the RTP clock that a frame lasts. */
  readonly frameTicks: number;
  readonly width?: number;
  readonly height?: number;
  /** The temporal layer of each frame, again and again; all of layer 0 when absent. */
  readonly layers?: readonly number[];
  /** How many frames back those are that each frame builds on, again and again, but for the first of the clip; not told when absent. */
  readonly references?: readonly (readonly number[])[];
  /** How loud it is: 0 to 1, linear. */
  readonly audioLevel?: number;
}

/** Frames in a row; the first one, and of audio each, can be decoded without the others. */
export interface Clip extends ClipInit {
  readonly frames: readonly Uint8Array[];
  /** The highest temporal layer. */
  readonly topLayer: number;
}

/** Makes a clip of frames with their lengths before them, in base64. */
export function embeddedClip(text: string, init: ClipInit): Clip {
  const bytes = decodeBase64(text) ?? new Uint8Array(0);
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    frames.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return clipOf(frames, init);
}

/** Makes a clip of frames. */
export function clipOf(frames: readonly Uint8Array[], init: ClipInit): Clip {
  return { ...init, frames, topLayer: Math.max(0, ...(init.layers ?? [])) };
}

/** The temporal layer of a frame. */
export function layerOf(clip: Clip, index: number): number {
  const { layers } = clip;
  return layers === undefined || layers.length === 0 ? 0 : (layers[index % layers.length] ?? 0);
}
