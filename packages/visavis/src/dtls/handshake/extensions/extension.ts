/**
 * The list of extensions at the end of hellos and of other messages (RFC 9846 §4.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        extension_type         |            length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                        extension_data                         |
 * ```
 */
import { setU16 } from "../../../base/bytes.ts";
import { setVector16, VectorReader } from "../vectors.ts";

/** Numbers on the wire, of the extensions that are understood. */
export const ExtensionType = {
  SUPPORTED_GROUPS: 10,
  EC_POINT_FORMATS: 11,
  SIGNATURE_ALGORITHMS: 13,
  USE_SRTP: 14,
  EXTENDED_MASTER_SECRET: 23,
  RECORD_SIZE_LIMIT: 28,
  SUPPORTED_VERSIONS: 43,
  COOKIE: 44,
  KEY_SHARE: 51,
  RENEGOTIATION_INFO: 0xff01,
} as const;

/** Extensions by type, in their order on the wire. */
export type Extensions = ReadonlyMap<number, Uint8Array>;

/** No extension at all. */
export const NO_EXTENSIONS: Extensions = new Map();

/** Reads `Extension extensions<0..2^16-1>`; undefined when it is malformed or names one type twice. Data are views. */
export function readExtensions(reader: VectorReader): Extensions | undefined {
  const body = reader.vector16();
  if (!reader.ok) return undefined;
  const list = new VectorReader(body, 0, body.length);
  const out = new Map<number, Uint8Array>();
  while (list.left > 0) {
    const type = list.u16();
    const data = list.vector16();
    if (!list.ok || out.has(type)) return undefined;
    out.set(type, data);
  }
  return out;
}

/** Writes `Extension extensions<0..2^16-1>`. */
export function encodeExtensions(extensions: Extensions, out: Uint8Array, offset: number): number {
  let at = offset + 2;
  for (const [type, data] of extensions) at = setVector16(out, setU16(out, at, type), data);
  setU16(out, offset, at - offset - 2);
  return at;
}
