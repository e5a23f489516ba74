/**
 * record_size_limit (RFC 8449 §4): the longest record that its sender takes, in bytes of plaintext; in 1.3 with the content type and
 * padding, so one more.
 */
import { setU16 } from "../../../base/bytes.ts";
import { VectorReader } from "../vectors.ts";

/** What a record of 1.3 may hold with its content type: we take whatever the protocol allows. */
export const OUR_RECORD_SIZE_LIMIT: number = 2 ** 14 + 1;

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

/** Our limit as the data of the extension. */
export const RECORD_SIZE_LIMIT: Uint8Array = Uint8Array.of(OUR_RECORD_SIZE_LIMIT >> 8, OUR_RECORD_SIZE_LIMIT & 0xff);
