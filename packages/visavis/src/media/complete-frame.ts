/**
 * Frames as programs write them: what bytes and track tell need not be said.
 */
import type { EncodedFrame } from "../rtp/frame.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";

/** A frame to be written; its kind is that of the track, and most formats tell whether it is a key frame. */
export type EncodedFrameInit = Omit<EncodedFrame, "kind" | "keyFrame"> & Partial<Pick<EncodedFrame, "kind" | "keyFrame">>;

/**
 * The whole frame.
 * @param mimeType of a frame that does not name its format
 * @throws TypeError when it is of another kind, or of a format whose bytes do not tell whether it is a key frame
 */
export function completeFrame(frame: EncodedFrameInit, kind: "audio" | "video", mimeType: string | undefined): EncodedFrame {
  const { mimeType: format = mimeType, data, timestamp } = frame;
  if ((frame.kind ?? kind) !== kind) throw new TypeError(`A frame of ${frame.kind} cannot be written to a track of ${kind}.`);
  if (!(data instanceof Uint8Array)) throw new TypeError("The data of a frame is a Uint8Array.");
  if (!Number.isFinite(timestamp)) throw new TypeError("A frame has a timestamp in units of its codec's RTP clock.");
  return {
    ...frame,
    timestamp: timestamp >>> 0,
    kind,
    mimeType: format,
    keyFrame: frame.keyFrame ?? isKeyFrame(data, kind, format),
  };
}

function isKeyFrame(data: Uint8Array, kind: "audio" | "video", mimeType: string | undefined): boolean {
  if (kind === "audio") return true;
  const format = mimeType === undefined ? undefined : payloadFormat(mimeType);
  if (format?.kind !== "video") throw new TypeError("Whether a frame is a key frame has to be said, unless its format is known.");
  return format.isKeyFrame(data);
}
