/**
 * The value of an SDES item that travels in a header extension: UTF-8 without terminator. RFC 7941 §4.1.
 * https://www.rfc-editor.org/rfc/rfc7941#section-4.1
 */
import { decodeUtf8Strict, setBytes } from "../../base/bytes.ts";

/** The text of `bytes[start, end)`; undefined when it is empty or not UTF-8. */
export function decodeSdesText(bytes: Uint8Array, start: number, end: number): string | undefined {
  return end <= start ? undefined : decodeUtf8Strict(bytes.subarray(start, end));
}

/** Writes the text, made by `encodeUtf8`, and returns the offset behind it. */
export function encodeSdesText(out: Uint8Array, offset: number, text: Uint8Array): number {
  return setBytes(out, offset, text);
}
