/**
 * record_size_limit (RFC 8449 §4): the longest record that its sender takes, in bytes of plaintext; in 1.3 with the content type and
 * padding, so one more.
 */
import { setU16 } from "../../../base/bytes.ts";
import { VectorReader } from "../vectors.ts";

/** RFC 8449 §4: nobody may ask for less. */
const LEAST = 64;

/** Reads `uint16 RecordSizeLimit`; undefined when it is malformed or too small. */
export function decodeRecordSizeLimit(bytes: Uint8Array, offset: number, end: number): number | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const limit = reader.u16();
  return reader.complete && limit >= LEAST ? limit : undefined;
}

/** Writes it. */
export function encodeRecordSizeLimit(limit: number, out: Uint8Array, offset: number): number {
  return setU16(out, offset, limit);
}

/** Our limit as the data of the extension: what the protocol allows, which is not the same in both versions. */
export const RECORD_SIZE_LIMIT: { readonly of12: Uint8Array; readonly of13: Uint8Array } = {
  of12: Uint8Array.of(0x40, 0x00),
  of13: Uint8Array.of(0x40, 0x01),
};
