/**
 * INIT and INIT ACK: the first two chunks of an association, of one layout. RFC 9260 §3.3.2, §3.3.3.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.3.2
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * | Type = 1 or 2 |  Chunk Flags  |         Chunk Length          |
 * +---------------+---------------+-------------------------------+
 * |                         Initiate Tag                          |
 * +---------------------------------------------------------------+
 * |         Advertised Receiver Window Credit (a_rwnd)            |
 * +-------------------------------+-------------------------------+
 * |  Number of Outbound Streams   |  Number of Inbound Streams    |
 * +-------------------------------+-------------------------------+
 * |                          Initial TSN                          |
 * +---------------------------------------------------------------+
 * \                          Parameters                           \
 * +---------------------------------------------------------------+
 * ```
 *
 * Addresses are not read: over DTLS there is one path (RFC 8261 §4.1). Parameters understood: State Cookie and
 * Unrecognized Parameter (RFC 9260 §3.3.3.1), Supported Extensions (RFC 5061 §4.2.7), Forward-TSN-Supported
 * (RFC 3758 §3.1), Zero Checksum Acceptable (RFC 9653 §4).
 */
import { padded4, setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import { ChunkType, chunkEnd, chunkType, encodeChunkHeader } from "./chunk.ts";
import {
  encodeParameter,
  encodeParameters,
  nextParameter,
  type Parameter,
  ParameterType,
  parametersLength,
  parameterType,
  parameterValue,
  reportsUnknownParameter,
  stopsAtUnknownParameter,
} from "./parameter.ts";

/** Bytes before the parameters. */
export const INIT_HEADER = 20;

/** An INIT or an INIT ACK. Byte arrays are views of the packet when it was read from one. */
export interface InitChunk {
  readonly type: typeof ChunkType.INIT | typeof ChunkType.INIT_ACK;
  /** The verification tag its sender wants to see from now on; 0 is not allowed. @see RFC 9260 §3.3.2 */
  readonly initiateTag: number;
  /** Bytes of receive buffer (a_rwnd). */
  readonly advertisedWindow: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly initialTsn: Serial32;
  readonly parameters: InitParameters;
}

/** The parameters of an INIT or INIT ACK. Of one that is there twice the first counts. */
export interface InitParameters {
  /** Must be there in an INIT ACK. */
  readonly stateCookie?: Uint8Array | undefined;
  /** Chunk types, such as `ChunkType.RE_CONFIG`. Absent and empty are not the same. */
  readonly supportedExtensions?: readonly number[] | undefined;
  readonly forwardTsnSupported?: boolean | undefined;
  /** The value as it came: the identifier of an alternate error detection method. */
  readonly zeroChecksumAcceptable?: Uint8Array | undefined;
  /** What the peer did not know of our INIT: whole parameters with their header. */
  readonly unrecognized?: readonly Uint8Array[] | undefined;
  /** Parameters we do not know; the high bits of their types say what to do. An unread rest is not in it. */
  readonly unknown?: readonly Parameter[] | undefined;
}

/** Reads the INIT or INIT ACK at `offset`; undefined when there is none or a parameter does not fit. */
export function decodeInitChunk(bytes: Uint8Array, offset: number, end: number): InitChunk | undefined {
  if (offset >= end) return undefined;
  const type = chunkType(bytes, offset);
  if (type !== ChunkType.INIT && type !== ChunkType.INIT_ACK) return undefined;
  const chunk = chunkEnd(bytes, offset, end, type, INIT_HEADER);
  if (chunk < 0) return undefined;
  const parameters = decodeInitParameters(bytes, offset + INIT_HEADER, chunk);
  if (parameters === undefined) return undefined;
  return {
    type,
    initiateTag: u32(bytes, offset + 4),
    advertisedWindow: u32(bytes, offset + 8),
    outboundStreams: u16(bytes, offset + 12),
    inboundStreams: u16(bytes, offset + 14),
    initialTsn: serial(u32(bytes, offset + 16)),
    parameters,
  };
}

/** Bytes `encodeInitChunk` takes, with padding. */
export function initChunkLength(chunk: InitChunk): number {
  return INIT_HEADER + padded4(parametersLength(listParameters(chunk.parameters)));
}

/** Writes an INIT or INIT ACK and returns the offset behind it. */
export function encodeInitChunk(chunk: InitChunk, out: Uint8Array, offset: number): number {
  const parameters = listParameters(chunk.parameters);
  encodeChunkHeader(out, offset, chunk.type, 0, INIT_HEADER + parametersLength(parameters));
  setU32(out, offset + 4, chunk.initiateTag);
  setU32(out, offset + 8, chunk.advertisedWindow);
  setU16(out, offset + 12, chunk.outboundStreams);
  setU16(out, offset + 14, chunk.inboundStreams);
  setU32(out, offset + 16, chunk.initialTsn);
  return encodeParameters(out, offset + INIT_HEADER, parameters);
}

/**
 * The unknown parameters of an INIT that its sender wants to hear of, whole and in new arrays:
 * what goes into `unrecognized` of the INIT ACK. @see RFC 9260 §3.2.1 and §3.2.2
 */
export function reportedParameters(parameters: InitParameters): Uint8Array[] {
  return (parameters.unknown ?? [])
    .filter(({ type }) => reportsUnknownParameter(type))
    .map((parameter) => {
      const whole = new Uint8Array(padded4(parametersLength([parameter])));
      encodeParameter(whole, 0, parameter);
      return whole.subarray(0, parametersLength([parameter]));
    });
}

function decodeInitParameters(bytes: Uint8Array, offset: number, end: number): InitParameters | undefined {
  let stateCookie: Uint8Array | undefined;
  let supportedExtensions: number[] | undefined;
  let forwardTsnSupported = false;
  let zeroChecksumAcceptable: Uint8Array | undefined;
  const unrecognized: Uint8Array[] = [];
  const unknown: Parameter[] = [];
  let stopped = false;
  for (let o = offset; o < end && !stopped; ) {
    const next = nextParameter(bytes, o, end);
    if (next < 0) return undefined;
    const type = parameterType(bytes, o);
    const value = parameterValue(bytes, o);
    switch (type) {
      case ParameterType.STATE_COOKIE:
        stateCookie ??= value;
        break;
      case ParameterType.SUPPORTED_EXTENSIONS:
        supportedExtensions ??= Array.from(value);
        break;
      case ParameterType.FORWARD_TSN_SUPPORTED:
        forwardTsnSupported = true;
        break;
      case ParameterType.ZERO_CHECKSUM_ACCEPTABLE:
        zeroChecksumAcceptable ??= value;
        break;
      case ParameterType.UNRECOGNIZED_PARAMETER:
        unrecognized.push(value);
        break;
      case ParameterType.IPV4_ADDRESS:
      case ParameterType.IPV6_ADDRESS:
      case ParameterType.HOST_NAME_ADDRESS:
      case ParameterType.SUPPORTED_ADDRESS_TYPES:
      case ParameterType.COOKIE_PRESERVATIVE:
      case ParameterType.ECN_CAPABLE:
      case ParameterType.PADDING:
        break;
      default:
        unknown.push({ type, value });
        stopped = stopsAtUnknownParameter(type);
    }
    o = next;
  }
  return { stateCookie, supportedExtensions, forwardTsnSupported, zeroChecksumAcceptable, unrecognized, unknown };
}

/** As a list in the order of writing: what the receiver looks for comes before what may be long. */
function listParameters(parameters: InitParameters): Parameter[] {
  const { stateCookie, supportedExtensions, zeroChecksumAcceptable } = parameters;
  const list: Parameter[] = [];
  if (parameters.forwardTsnSupported) list.push({ type: ParameterType.FORWARD_TSN_SUPPORTED, value: EMPTY });
  if (supportedExtensions) list.push({ type: ParameterType.SUPPORTED_EXTENSIONS, value: Uint8Array.from(supportedExtensions) });
  if (zeroChecksumAcceptable) list.push({ type: ParameterType.ZERO_CHECKSUM_ACCEPTABLE, value: zeroChecksumAcceptable });
  if (stateCookie) list.push({ type: ParameterType.STATE_COOKIE, value: stateCookie });
  for (const value of parameters.unrecognized ?? []) list.push({ type: ParameterType.UNRECOGNIZED_PARAMETER, value });
  // Unknown ones come last, because one of them may stop the reader.
  for (const parameter of parameters.unknown ?? []) list.push(parameter);
  return list;
}

const EMPTY = new Uint8Array(0);
