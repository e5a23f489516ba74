/**
 * The number of a packet among all that its transport carries, which feedback refers to. Two versions are in use; the second can ask
 * for feedback.
 * https://datatracker.ietf.org/doc/html/draft-holmer-rmcat-transport-wide-cc-extensions-01#section-2
 * http://www.webrtc.org/experiments/rtp-hdrext/transport-wide-cc-02
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-+-----------------------------+
 * |   transport-wide number       |T|        count of numbers     |  the second half: version 2, and only with a request
 * +-------------------------------+-+-----------------------------+
 * ```
 */
import { setU16, u16 } from "../../base/bytes.ts";

/** The name of the first version in `a=extmap`. */
export const TRANSPORT_SEQUENCE_NUMBER_URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/** The name of the second version in `a=extmap`. */
export const TRANSPORT_SEQUENCE_NUMBER_V2_URI = "http://www.webrtc.org/experiments/rtp-hdrext/transport-wide-cc-02";

/** Bytes of the value without a request. */
export const TRANSPORT_SEQUENCE_NUMBER_LENGTH = 2;

/** Reads the number of the value `bytes[start, end)`; a request behind it is passed over. */
export function decodeTransportSequenceNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  return end - start < TRANSPORT_SEQUENCE_NUMBER_LENGTH ? undefined : u16(bytes, start);
}

/** Writes the number and returns the offset behind it. */
export function encodeTransportSequenceNumber(out: Uint8Array, offset: number, number: number): number {
  return setU16(out, offset, number);
}
