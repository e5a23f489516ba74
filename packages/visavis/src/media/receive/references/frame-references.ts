/**
 * What a frame refers to, in numbers that do not wrap. Each way to tell it is a file of its own in this folder.
 */
import type { AssembledFrame } from "../assembled-frame.ts";

/** A frame's number and the numbers of the frames that it cannot be decoded without. Later frames in decoding order have higher numbers. */
export interface FrameReferences {
  readonly id: number;
  readonly references: readonly number[];
  /** Layers, as far as they are told. */
  readonly temporalId: number | undefined;
  readonly spatialId: number | undefined;
  /** Size in pixels, where it is told outside of the bitstream; 0 else. */
  readonly width: number;
  readonly height: number;
}

/** One way to tell what frames refer to. */
export interface ReferenceFinder {
  /** The frame's references; undefined while frames before it are not known that would tell. */
  find(frame: AssembledFrame): FrameReferences | undefined;
}

/** A number of `bits` bits that wraps, as the one nearest to `newest`; -1 for `newest` is none. Never negative. */
export function unwrapBits(newest: number, value: number, bits: number): number {
  const modulus = 2 ** bits;
  if (newest < 0) return value + modulus;
  const half = modulus / 2;
  const distance = ((((value - newest) % modulus) + modulus + half) % modulus) - half;
  const number = newest + distance;
  return number < 0 ? number + modulus : number;
}

/** The layers and size that the payload of a frame tells. */
export function toldByPayload({ info }: AssembledFrame): Omit<FrameReferences, "id" | "references"> {
  return {
    temporalId: info.temporalId < 0 ? undefined : info.temporalId,
    spatialId: info.spatialId < 0 ? undefined : info.spatialId,
    width: info.width,
    height: info.height,
  };
}
