/**
 * RtpStreamId and RepairedRtpStreamId: which encoding of its source a packet is, or repairs. RFC 8852 §3, §4.2.
 * https://www.rfc-editor.org/rfc/rfc8852#section-4
 *
 * ```
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-------------------------------+
 * |       RtpStreamId ...         |  letters and digits, no terminator
 * +-------------------------------+
 * ```
 */
import { decodeSdesText, encodeSdesText } from "./sdes-text.ts";

/** The name of RtpStreamId in `a=extmap`. */
export const RID_URI = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

/** The name of RepairedRtpStreamId in `a=extmap`. */
export const REPAIRED_RID_URI = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

/** RFC 8851 §10 allows hyphens and underscores, too, which older grammars had. */
const GRAMMAR = /^[A-Za-z0-9_-]+$/;

/** Reads the value `bytes[start, end)`; undefined when it is no rid. */
export function decodeRid(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = decodeSdesText(bytes, start, end);
  return text !== undefined && GRAMMAR.test(text) ? text : undefined;
}

/** Writes the value, made by `encodeUtf8`, and returns the offset behind it. */
export function encodeRid(out: Uint8Array, offset: number, rid: Uint8Array): number {
  return encodeSdesText(out, offset, rid);
}
