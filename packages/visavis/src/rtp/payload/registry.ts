/**
 * The payload formats that the library knows, by their media type.
 */
import { CN, G722, PCMA, PCMU } from "./audio-samples.ts";
import { AV1 } from "./av1.ts";
import { H264 } from "./h264.ts";
import { H265 } from "./h265.ts";
import { OPUS } from "./opus.ts";
import type { PayloadFormat } from "./payload-format.ts";
import { VP8 } from "./vp8.ts";
import { VP9 } from "./vp9.ts";

const FORMATS: ReadonlyMap<string, PayloadFormat> = new Map(
  [OPUS, PCMU, PCMA, G722, CN, VP8, VP9, H264, H265, AV1].map((format) => [format.mimeType.toLowerCase(), format]),
);

/** The payload format of a media type such as `video/VP8`, whose case does not matter; undefined when there is none. */
export function payloadFormat(mimeType: string): PayloadFormat | undefined {
  return FORMATS.get(mimeType.toLowerCase());
}
