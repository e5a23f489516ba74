/**
 * The body of ec_point_formats (RFC 8422 §5.1.2): https://www.rfc-editor.org/rfc/rfc8422#section-5.1.2
 *
 * ```text
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +---------------+---------------+---------------+
 * |    length     |  0 = uncompressed, others …   |
 * +---------------+---------------+---------------+
 * ```
 */
import { VectorReader } from "../vectors.ts";

/** The one format that is in use. */
export const UNCOMPRESSED = 0;

/** What is sent: uncompressed points alone. */
export const POINT_FORMATS: Uint8Array = Uint8Array.of(1, UNCOMPRESSED);

/** The formats that someone takes, a view; undefined when malformed or empty. */
export function decodePointFormats(bytes: Uint8Array, offset: number, end: number): Uint8Array | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const formats = reader.vector8();
  return reader.complete && formats.length > 0 ? formats : undefined;
}
