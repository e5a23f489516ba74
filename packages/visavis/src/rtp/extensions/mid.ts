/**
 * MID: the media section that a packet belongs to. RFC 9143 §15.2; an SDES item of RFC 7941 in a header extension.
 * https://www.rfc-editor.org/rfc/rfc9143#section-15.2
 *
 * ```
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-------------------------------+
 * |     identification tag ...    |  UTF-8, no terminator
 * +-------------------------------+
 * ```
 */
import { decodeSdesText, encodeSdesText } from "./sdes-text.ts";

/** Its name in `a=extmap`. */
export const MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid";

/** Reads the value `bytes[start, end)`; undefined when it is empty or not UTF-8. */
export function decodeMid(bytes: Uint8Array, start: number, end: number): string | undefined {
  return decodeSdesText(bytes, start, end);
}

/** Writes the value, made by `encodeUtf8`, and returns the offset behind it. */
export function encodeMid(out: Uint8Array, offset: number, mid: Uint8Array): number {
  return encodeSdesText(out, offset, mid);
}
