/**
 * Bytes that are handed to a program.
 */
import { sliceBytes } from "../base/bytes.ts";

/** The bytes in memory without neighbours, so that whoever has them may transfer it. Copies only what has neighbours. */
export function ownMemory(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const isOwn = data.length === data.buffer.byteLength && data.constructor === Uint8Array;
  return (isOwn ? data : sliceBytes(data, 0, data.length)) as Uint8Array<ArrayBuffer>;
}
