/**
 * KeyUpdate (RFC 9846 §4.6.3): one byte that says whether the other side shall update too.
 */
import { setU8, u8 } from "../../base/bytes.ts";

/** Reads whether an update is requested in return; undefined when the message is malformed. */
export function decodeKeyUpdate(bytes: Uint8Array, offset: number, end: number): boolean | undefined {
  if (end - offset !== 1) return undefined;
  const request = u8(bytes, offset);
  return request <= 1 ? request === 1 : undefined;
}

/** Writes the message. */
export function encodeKeyUpdate(requestUpdate: boolean, out: Uint8Array, offset: number): number {
  return setU8(out, offset, requestUpdate ? 1 : 0);
}
