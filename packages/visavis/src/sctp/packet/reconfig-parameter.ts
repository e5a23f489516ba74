/**
 * The requests and the response inside a RE-CONFIG: reset streams, add streams. RFC 6525 §4.
 * https://www.rfc-editor.org/rfc/rfc6525#section-4
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |     Parameter Type = 13       | Parameter Length = 16 + 2 * N |  Outgoing SSN Reset Request, §4.1
 * +-------------------------------+-------------------------------+
 * |           Re-configuration Request Sequence Number            |
 * |           Re-configuration Response Sequence Number           |
 * |                Sender's Last Assigned TSN                     |
 * |  Stream Number 1 (optional)   |    Stream Number 2 (optional) |
 * +-------------------------------+-------------------------------+
 *
 * |     Parameter Type = 14       |  Parameter Length = 8 + 2 * N |  Incoming SSN Reset Request, §4.2
 * |           Re-configuration Request Sequence Number            |
 * |  Stream Number 1 (optional)   |    Stream Number 2 (optional) |
 *
 * |     Parameter Type = 15       |      Parameter Length = 8     |  SSN/TSN Reset Request, §4.3
 * |           Re-configuration Request Sequence Number            |
 *
 * |     Parameter Type = 16       |   Parameter Length = 12 or 20 |  Re-configuration Response, §4.4
 * |           Re-configuration Response Sequence Number           |
 * |                            Result                             |
 * |                   Sender's Next TSN (optional)                |
 * |                  Receiver's Next TSN (optional)               |
 *
 * |   Parameter Type = 17 or 18   |      Parameter Length = 12    |  Add Outgoing / Incoming Streams, §4.5, §4.6
 * |           Re-configuration Request Sequence Number            |
 * |      Number of new streams    |         Reserved              |
 * +-------------------------------+-------------------------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../../base/bytes.ts";
import { type Serial32, serial } from "../../base/serial.ts";
import { encodePadding } from "./chunk.ts";
import { PARAMETER_HEADER, ParameterType, parameterLength, parameterType } from "./parameter.ts";

/** What became of a request. @see RFC 6525 §4.4 */
export const ReconfigResult = {
  SUCCESS_NOTHING_TO_DO: 0,
  SUCCESS_PERFORMED: 1,
  DENIED: 2,
  ERROR_WRONG_SSN: 3,
  ERROR_REQUEST_ALREADY_IN_PROGRESS: 4,
  ERROR_BAD_SEQUENCE_NUMBER: 5,
  IN_PROGRESS: 6,
} as const;

/** The sender starts its streams anew at sequence number 0. @see RFC 6525 §4.1 */
export interface OutgoingResetRequest {
  readonly type: typeof ParameterType.OUTGOING_SSN_RESET_REQUEST;
  readonly requestSequenceNumber: Serial32;
  /** That of the incoming reset request this one fulfils; else that of the last request seen. */
  readonly responseSequenceNumber: Serial32;
  /** The receiver resets once it has everything up to here. */
  readonly lastAssignedTsn: Serial32;
  /** Empty: all streams. */
  readonly streams: readonly number[];
}

/** The sender wants the receiver to reset the receiver's outgoing streams. @see RFC 6525 §4.2 */
export interface IncomingResetRequest {
  readonly type: typeof ParameterType.INCOMING_SSN_RESET_REQUEST;
  readonly requestSequenceNumber: Serial32;
  /** Empty: all streams. */
  readonly streams: readonly number[];
}

/** The sender wants all streams and the TSNs of both sides to start anew. @see RFC 6525 §4.3 */
export interface SsnTsnResetRequest {
  readonly type: typeof ParameterType.SSN_TSN_RESET_REQUEST;
  readonly requestSequenceNumber: Serial32;
}

/** The answer to a request. @see RFC 6525 §4.4 */
export interface ReconfigResponse {
  readonly type: typeof ParameterType.RE_CONFIGURATION_RESPONSE;
  /** The sequence number of the request. */
  readonly responseSequenceNumber: Serial32;
  /** A value of `ReconfigResult`, or one nobody knows. */
  readonly result: number;
  /** Present only in the answer to an SSN/TSN reset. */
  readonly sendersNextTsn?: Serial32 | undefined;
  /** Present exactly when `sendersNextTsn` is. */
  readonly receiversNextTsn?: Serial32 | undefined;
}

/** The sender wants more streams, outgoing ones of its own or of the receiver. @see RFC 6525 §4.5 and §4.6 */
export interface AddStreamsRequest {
  readonly type: typeof ParameterType.ADD_OUTGOING_STREAMS_REQUEST | typeof ParameterType.ADD_INCOMING_STREAMS_REQUEST;
  readonly requestSequenceNumber: Serial32;
  /** How many more. */
  readonly newStreams: number;
}

/** Any parameter of a RE-CONFIG, told apart by `type`. */
export type ReconfigParameter =
  | OutgoingResetRequest
  | IncomingResetRequest
  | SsnTsnResetRequest
  | ReconfigResponse
  | AddStreamsRequest;

/** Whether this type of parameter belongs into a RE-CONFIG. */
export function isReconfigParameterType(type: number): boolean {
  return type >= ParameterType.OUTGOING_SSN_RESET_REQUEST && type <= ParameterType.ADD_INCOMING_STREAMS_REQUEST;
}

/** Reads the parameter at `o`, which fits its chunk; undefined when its length is not one of its type. */
export function decodeReconfigParameter(bytes: Uint8Array, o: number): ReconfigParameter | undefined {
  const type = parameterType(bytes, o);
  const length = parameterLength(bytes, o);
  if (length < 8) return undefined;
  const requestSequenceNumber = serial(u32(bytes, o + 4));
  switch (type) {
    case ParameterType.OUTGOING_SSN_RESET_REQUEST: {
      if (length < 16 || length % 2 !== 0) return undefined;
      const responseSequenceNumber = serial(u32(bytes, o + 8));
      const lastAssignedTsn = serial(u32(bytes, o + 12));
      const streams = decodeStreams(bytes, o + 16, o + length);
      return { type, requestSequenceNumber, responseSequenceNumber, lastAssignedTsn, streams };
    }
    case ParameterType.INCOMING_SSN_RESET_REQUEST:
      if (length % 2 !== 0) return undefined;
      return { type, requestSequenceNumber, streams: decodeStreams(bytes, o + 8, o + length) };
    case ParameterType.SSN_TSN_RESET_REQUEST:
      return length === 8 ? { type, requestSequenceNumber } : undefined;
    case ParameterType.RE_CONFIGURATION_RESPONSE: {
      if (length !== 12 && length !== 20) return undefined;
      const response = { type, responseSequenceNumber: requestSequenceNumber, result: u32(bytes, o + 8) };
      if (length === 12) return response;
      return { ...response, sendersNextTsn: serial(u32(bytes, o + 12)), receiversNextTsn: serial(u32(bytes, o + 16)) };
    }
    case ParameterType.ADD_OUTGOING_STREAMS_REQUEST:
    case ParameterType.ADD_INCOMING_STREAMS_REQUEST:
      return length === 12 ? { type, requestSequenceNumber, newStreams: u16(bytes, o + 8) } : undefined;
    default:
      return undefined;
  }
}

/** Bytes of the parameter with its header, without padding. */
export function reconfigParameterLength(parameter: ReconfigParameter): number {
  switch (parameter.type) {
    case ParameterType.OUTGOING_SSN_RESET_REQUEST:
      return 16 + 2 * parameter.streams.length;
    case ParameterType.INCOMING_SSN_RESET_REQUEST:
      return 8 + 2 * parameter.streams.length;
    case ParameterType.SSN_TSN_RESET_REQUEST:
      return 8;
    case ParameterType.RE_CONFIGURATION_RESPONSE:
      return parameter.sendersNextTsn === undefined ? 12 : 20;
    case ParameterType.ADD_OUTGOING_STREAMS_REQUEST:
    case ParameterType.ADD_INCOMING_STREAMS_REQUEST:
      return 12;
  }
}

/** Writes the parameter with its padding and returns the offset behind it. */
export function encodeReconfigParameter(parameter: ReconfigParameter, out: Uint8Array, offset: number): number {
  setU16(out, offset, parameter.type);
  setU16(out, offset + 2, reconfigParameterLength(parameter));
  const value = offset + PARAMETER_HEADER;
  switch (parameter.type) {
    case ParameterType.OUTGOING_SSN_RESET_REQUEST: {
      const response = setU32(out, value, parameter.requestSequenceNumber);
      const lastAssignedTsn = setU32(out, response, parameter.responseSequenceNumber);
      const streams = setU32(out, lastAssignedTsn, parameter.lastAssignedTsn);
      return encodePadding(out, offset, encodeStreams(out, streams, parameter.streams));
    }
    case ParameterType.INCOMING_SSN_RESET_REQUEST: {
      const streams = setU32(out, value, parameter.requestSequenceNumber);
      return encodePadding(out, offset, encodeStreams(out, streams, parameter.streams));
    }
    case ParameterType.SSN_TSN_RESET_REQUEST:
      return setU32(out, value, parameter.requestSequenceNumber);
    case ParameterType.RE_CONFIGURATION_RESPONSE: {
      const behind = setU32(out, setU32(out, value, parameter.responseSequenceNumber), parameter.result);
      if (parameter.sendersNextTsn === undefined) return behind;
      return setU32(out, setU32(out, behind, parameter.sendersNextTsn), parameter.receiversNextTsn ?? 0);
    }
    case ParameterType.ADD_OUTGOING_STREAMS_REQUEST:
    case ParameterType.ADD_INCOMING_STREAMS_REQUEST: {
      const count = setU32(out, value, parameter.requestSequenceNumber);
      return setU16(out, setU16(out, count, parameter.newStreams), 0);
    }
  }
}

function decodeStreams(bytes: Uint8Array, offset: number, end: number): number[] {
  const streams: number[] = [];
  for (let o = offset; o < end; o += 2) streams.push(u16(bytes, o));
  return streams;
}

function encodeStreams(out: Uint8Array, offset: number, streams: readonly number[]): number {
  let o = offset;
  for (const stream of streams) o = setU16(out, o, stream);
  return o;
}
