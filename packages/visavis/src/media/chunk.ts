/**
 * Frames as WebCodecs has them: https://w3c.github.io/webcodecs/#encodedvideochunk-interface, and back. Times are in microseconds there.
 */

import type { EncodedFrame } from "../rtp/frame.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";

/** What `new EncodedVideoChunk` and `new EncodedAudioChunk` take. */
export interface ChunkInit {
  readonly type: "key" | "delta";
  /** Microseconds. */
  readonly timestamp: number;
  /** Microseconds. */
  readonly duration?: number;
  readonly data: Uint8Array;
}

/** An EncodedVideoChunk or EncodedAudioChunk. */
export interface EncodedChunk {
  readonly type: "key" | "delta";
  readonly timestamp: number;
  readonly duration?: number | null;
  readonly byteLength: number;
  copyTo(destination: Uint8Array): void;
}

const MICROSECONDS = 1_000_000;
/** RTP timestamps have 32 bits. */
const WRAP = 2 ** 32;

/**
 * What to make a chunk of. The bytes are those of the frame. RTP timestamps wrap, and so does the time of the chunk.
 * @throws RangeError when the format of the frame is not known
 */
export function chunkInitOf({ data, timestamp, keyFrame, duration, mimeType }: EncodedFrame): ChunkInit {
  const time = Math.round((timestamp * MICROSECONDS) / clockRateOf(mimeType));
  const type = keyFrame ? "key" : "delta";
  return { type, timestamp: time, data, ...(duration !== undefined && { duration: Math.round(duration * 1000) }) };
}

/**
 * The frame of a chunk, in memory of its own.
 * @throws RangeError when the format is not known
 */
export function frameOfChunk(chunk: EncodedChunk, mimeType: string): EncodedFrame {
  const clockRate = clockRateOf(mimeType);
  const { type, timestamp, duration, byteLength } = chunk;
  const data = new Uint8Array(byteLength);
  chunk.copyTo(data);
  const ticks = Math.round((timestamp * clockRate) / MICROSECONDS);
  return {
    kind: /^audio/i.test(mimeType) ? "audio" : "video",
    mimeType,
    data,
    timestamp: ((ticks % WRAP) + WRAP) % WRAP,
    keyFrame: type === "key",
    ...(typeof duration === "number" && { duration: duration / 1000 }),
  };
}

function clockRateOf(mimeType: string | undefined): number {
  const format = mimeType === undefined ? undefined : payloadFormat(mimeType);
  if (format === undefined) throw new RangeError(`${mimeType} is no format that is known.`);
  return format.clockRate;
}
