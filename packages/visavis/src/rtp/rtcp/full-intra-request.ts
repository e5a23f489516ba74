/**
 * FIR: a command to send a picture that can be decoded by itself. RFC 5104 §4.3.1.
 * https://www.rfc-editor.org/rfc/rfc5104#section-4.3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|  FMT=4  |  PT=PSFB=206  |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                   SSRC of packet sender                       |
 * +---------------------------------------------------------------+
 * |                   SSRC of media source (unused: 0)            |
 * +---------------------------------------------------------------+
 * |                   SSRC that is to send it                     |
 * +---------------+-----------------------------------------------+
 * |  sequence nr. |                  reserved                     |
 * +---------------+-----------------------------------------------+
 * ```
 */
import { setU24, setU32, u32 } from "../../base/bytes.ts";
import { FEEDBACK_HEADER, feedbackEnd, PayloadFeedbackFormat, RtcpType, writeFeedbackHeader } from "./header.ts";

const ITEM = 8;

/** The command to one source. A number that was seen is a repetition. */
export interface IntraRequest {
  readonly ssrc: number;
  /** 8 bits. */
  readonly sequenceNumber: number;
}

/** Commands of one sender. */
export interface FullIntraRequest {
  readonly senderSsrc: number;
  readonly requests: readonly IntraRequest[];
}

/** Reads the packet at `offset`; undefined when it is no FIR. */
export function decodeFullIntraRequest(bytes: Uint8Array, offset: number, end: number): FullIntraRequest | undefined {
  const { PAYLOAD_FEEDBACK } = RtcpType;
  const packetEnd = feedbackEnd(bytes, offset, end, PAYLOAD_FEEDBACK, PayloadFeedbackFormat.FULL_INTRA_REQUEST, FEEDBACK_HEADER);
  if (packetEnd < 0) return undefined;
  const requests: IntraRequest[] = [];
  for (let o = offset + FEEDBACK_HEADER; o + ITEM <= packetEnd; o += ITEM) {
    requests.push({ ssrc: u32(bytes, o), sequenceNumber: bytes[o + 4] as number });
  }
  return { senderSsrc: u32(bytes, offset + 4), requests };
}

/** Bytes of the packet with so many commands. */
export function fullIntraRequestLength(count: number): number {
  return FEEDBACK_HEADER + ITEM * count;
}

/** Writes the packet and returns the offset behind it. */
export function encodeFullIntraRequest(out: Uint8Array, offset: number, { senderSsrc, requests }: FullIntraRequest): number {
  const length = fullIntraRequestLength(requests.length);
  const { PAYLOAD_FEEDBACK } = RtcpType;
  let o = writeFeedbackHeader(out, offset, PayloadFeedbackFormat.FULL_INTRA_REQUEST, PAYLOAD_FEEDBACK, length, senderSsrc, 0);
  for (const { ssrc, sequenceNumber } of requests) {
    o = setU32(out, o, ssrc);
    out[o] = sequenceNumber;
    o = setU24(out, o + 1, 0);
  }
  return o;
}
