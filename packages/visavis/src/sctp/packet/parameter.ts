/**
 * Parameters: the type-length-value fields at the end of INIT, INIT ACK and RE-CONFIG. RFC 9260 §3.2.1.
 * https://www.rfc-editor.org/rfc/rfc9260#section-3.2.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |        Parameter Type         |       Parameter Length        |
 * +-------------------------------+-------------------------------+
 * \                        Parameter Value                        \
 * +---------------------------------------------------------------+
 * ```
 *
 * The length counts the header but not the padding to a multiple of four. Error causes have the same shape
 * (error-cause.ts). The last parameter's padding is outside the length of its chunk, that of the others inside.
 */
import { padded4, setBytes, setU16, u16 } from "../../base/bytes.ts";
import { encodePadding } from "./chunk.ts";

/** Parameter types: RFC 9260 §3.3.2 and §3.3.3, RFC 3758 §3.1, RFC 5061 §4.2.7, RFC 6525 §4, RFC 4820 §4, RFC 9653 §4. */
export const ParameterType = {
  HEARTBEAT_INFO: 1,
  IPV4_ADDRESS: 5,
  IPV6_ADDRESS: 6,
  STATE_COOKIE: 7,
  UNRECOGNIZED_PARAMETER: 8,
  COOKIE_PRESERVATIVE: 9,
  HOST_NAME_ADDRESS: 11,
  SUPPORTED_ADDRESS_TYPES: 12,
  OUTGOING_SSN_RESET_REQUEST: 13,
  INCOMING_SSN_RESET_REQUEST: 14,
  SSN_TSN_RESET_REQUEST: 15,
  RE_CONFIGURATION_RESPONSE: 16,
  ADD_OUTGOING_STREAMS_REQUEST: 17,
  ADD_INCOMING_STREAMS_REQUEST: 18,
  ECN_CAPABLE: 0x8000,
  ZERO_CHECKSUM_ACCEPTABLE: 0x8001,
  PADDING: 0x8005,
  SUPPORTED_EXTENSIONS: 0x8008,
  FORWARD_TSN_SUPPORTED: 0xc000,
} as const;

/** Bytes of the header of a parameter. */
export const PARAMETER_HEADER = 4;

/** A parameter as it came; `value` is a view, without padding. */
export interface Parameter {
  readonly type: number;
  readonly value: Uint8Array;
}

/** The type of the parameter at `o`. */
export function parameterType(bytes: Uint8Array, o: number): number {
  return u16(bytes, o);
}

/** The length field of the parameter at `o`: bytes with the header, without padding. */
export function parameterLength(bytes: Uint8Array, o: number): number {
  return u16(bytes, o + 2);
}

/** The offset of the parameter behind the one at `o` (at most `end`), or -1 when that one does not fit before `end`. */
export function nextParameter(bytes: Uint8Array, o: number, end: number): number {
  if (o + PARAMETER_HEADER > end) return -1;
  const length = parameterLength(bytes, o);
  if (length < PARAMETER_HEADER || o + length > end) return -1;
  return Math.min(o + padded4(length), end);
}

/** A view of the value of the parameter at `o`, which fits. */
export function parameterValue(bytes: Uint8Array, o: number): Uint8Array {
  return bytes.subarray(o + PARAMETER_HEADER, o + parameterLength(bytes, o));
}

/** All parameters between `offset` and `end`; undefined when one does not fit. The values are views. */
export function decodeParameters(bytes: Uint8Array, offset: number, end: number): Parameter[] | undefined {
  const parameters: Parameter[] = [];
  for (let o = offset; o < end; ) {
    const next = nextParameter(bytes, o, end);
    if (next < 0) return undefined;
    parameters.push({ type: parameterType(bytes, o), value: parameterValue(bytes, o) });
    o = next;
  }
  return parameters;
}

/** Bytes of the parameters with the padding of all but the last: what a chunk's length counts. */
export function parametersLength(parameters: readonly Parameter[]): number {
  let length = 0;
  for (const { value } of parameters) length = padded4(length) + PARAMETER_HEADER + value.length;
  return length;
}

/** Writes a parameter with its padding and returns the offset behind it. */
export function encodeParameter(out: Uint8Array, offset: number, parameter: Parameter): number {
  setU16(out, offset, parameter.type);
  setU16(out, offset + 2, PARAMETER_HEADER + parameter.value.length);
  return encodePadding(out, offset, setBytes(out, offset + PARAMETER_HEADER, parameter.value));
}

/** Writes all parameters with padding and returns the offset behind the last. */
export function encodeParameters(out: Uint8Array, offset: number, parameters: readonly Parameter[]): number {
  let o = offset;
  for (const parameter of parameters) o = encodeParameter(out, o, parameter);
  return o;
}

/** Whether the parameters behind one of this unknown type are not read (highest bit 0). @see RFC 9260 §3.2.1 */
export function stopsAtUnknownParameter(type: number): boolean {
  return (type & 0x8000) === 0;
}

/** Whether one of this unknown type is reported to the sender (second highest bit 1). @see RFC 9260 §3.2.1 */
export function reportsUnknownParameter(type: number): boolean {
  return (type & 0x4000) !== 0;
}
