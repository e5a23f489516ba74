/**
 * RE-CONFIG: one or two requests or responses about streams. RFC 6525 §3.1.
 * https://www.rfc-editor.org/rfc/rfc6525#section-3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Type = 130   |  Chunk Flags  |         Chunk Length          |
 * +---------------+---------------+-------------------------------+
 * \                  Re-configuration Parameter                   \
 * +---------------------------------------------------------------+
 * \             Re-configuration Parameter (optional)             \
 * +---------------------------------------------------------------+
 * ```
 */
import { padded4 } from "../../base/bytes.ts";
import { CHUNK_HEADER, ChunkType, chunkEnd, encodeChunkHeader } from "./chunk.ts";
import { nextParameter, parameterType, stopsAtUnknownParameter } from "./parameter.ts";
import {
  decodeReconfigParameter,
  encodeReconfigParameter,
  isReconfigParameterType,
  type ReconfigParameter,
  reconfigParameterLength,
} from "./reconfig-parameter.ts";

/** A RE-CONFIG. Whether its two parameters may go together is for the receiver to judge. */
export interface ReconfigChunk {
  /** One or two. */
  readonly parameters: readonly ReconfigParameter[];
}

/** Reads the RE-CONFIG at `offset`; undefined when there is none, or not one or two parameters that are in order. */
export function decodeReconfigChunk(bytes: Uint8Array, offset: number, end: number): ReconfigChunk | undefined {
  const chunk = chunkEnd(bytes, offset, end, ChunkType.RE_CONFIG, CHUNK_HEADER);
  if (chunk < 0) return undefined;
  const parameters: ReconfigParameter[] = [];
  for (let o = offset + CHUNK_HEADER; o < chunk; ) {
    const next = nextParameter(bytes, o, chunk);
    if (next < 0) return undefined;
    if (isReconfigParameterType(parameterType(bytes, o))) {
      const parameter = decodeReconfigParameter(bytes, o);
      if (parameter === undefined || parameters.length === 2) return undefined;
      parameters.push(parameter);
    } else if (stopsAtUnknownParameter(parameterType(bytes, o))) break;
    o = next;
  }
  return parameters.length === 0 ? undefined : { parameters };
}

/** Bytes `encodeReconfigChunk` takes, with padding. */
export function reconfigChunkLength(chunk: ReconfigChunk): number {
  return padded4(unpaddedLength(chunk));
}

/** Writes a RE-CONFIG and returns the offset behind it. */
export function encodeReconfigChunk(chunk: ReconfigChunk, out: Uint8Array, offset: number): number {
  let o = encodeChunkHeader(out, offset, ChunkType.RE_CONFIG, 0, unpaddedLength(chunk));
  for (const parameter of chunk.parameters) o = encodeReconfigParameter(parameter, out, o);
  return o;
}

/** The padding of the first parameter counts, that of the last does not: RFC 9260 §3.2. */
function unpaddedLength(chunk: ReconfigChunk): number {
  let length = CHUNK_HEADER;
  for (const parameter of chunk.parameters) length = padded4(length) + reconfigParameterLength(parameter);
  return length;
}
