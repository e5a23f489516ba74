/**
 * supported_versions (RFC 9846 §4.2.1): the client lists what it speaks, the server names what it chose.
 */
import { setU8, setU16 } from "../../../base/bytes.ts";
import { setNumbers16, VectorReader } from "../vectors.ts";

/** Reads a client's list: `ProtocolVersion versions<2..254>`. */
export function decodeClientVersions(bytes: Uint8Array, offset: number, end: number): number[] | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const versions = reader.list16of8();
  return reader.complete && versions.length > 0 ? versions : undefined;
}

/** Writes a client's list. */
export function encodeClientVersions(versions: readonly number[], out: Uint8Array, offset: number): number {
  return setNumbers16(out, setU8(out, offset, 2 * versions.length), versions);
}

/** Reads a server's choice. */
export function decodeSelectedVersion(bytes: Uint8Array, offset: number, end: number): number | undefined {
  const reader = new VectorReader(bytes, offset, end);
  const version = reader.u16();
  return reader.complete ? version : undefined;
}

/** Writes a server's choice. */
export function encodeSelectedVersion(version: number, out: Uint8Array, offset: number): number {
  return setU16(out, offset, version);
}
