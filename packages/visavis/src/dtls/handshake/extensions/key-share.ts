/**
 * key_share (RFC 9846 §4.2.8): a list in a ClientHello, one entry in a ServerHello, a group alone in a HelloRetryRequest.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             group             |            length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         key_exchange                          |
 * ```
 */
import { setU16 } from "../../../base/bytes.ts";
import { setVector16, VectorReader } from "../vectors.ts";

/** A public key for one group. */
export interface KeyShareEntry {
  readonly group: number;
  readonly share: Uint8Array;
}

/** Reads a client's list, which may be empty; undefined when it is malformed or names a group twice. */
export function decodeClientShares(bytes: Uint8Array, offset: number, end: number): KeyShareEntry[] | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const body = reader.vector16();
  if (!reader.complete) return undefined;
  const list = new VectorReader(body, 0, body.length);
  const out: KeyShareEntry[] = [];
  while (list.left > 0) {
    const group = list.u16();
    const share = list.vector16();
    if (!list.ok || out.some((entry) => entry.group === group)) return undefined;
    out.push({ group, share });
  }
  return out;
}

/** Writes a client's list. */
export function encodeClientShares(entries: readonly KeyShareEntry[], out: Uint8Array, offset: number): number {
  let at = offset + 2;
  for (const entry of entries) at = encodeServerShare(entry, out, at);
  setU16(out, offset, at - offset - 2);
  return at;
}

/** Reads a server's entry. */
export function decodeServerShare(bytes: Uint8Array, offset: number, end: number): KeyShareEntry | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const group = reader.u16();
  const share = reader.vector16();
  return reader.complete ? { group, share } : undefined;
}

/** Writes a server's entry. */
export function encodeServerShare(entry: KeyShareEntry, out: Uint8Array, offset: number): number {
  return setVector16(out, setU16(out, offset, entry.group), entry.share);
}

/** Reads the group that a HelloRetryRequest asks for. */
export function decodeSelectedGroup(bytes: Uint8Array, offset: number, end: number): number | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const group = reader.u16();
  return reader.complete ? group : undefined;
}

/** Writes the group that a HelloRetryRequest asks for. */
export function encodeSelectedGroup(group: number, out: Uint8Array, offset: number): number {
  return setU16(out, offset, group);
}
