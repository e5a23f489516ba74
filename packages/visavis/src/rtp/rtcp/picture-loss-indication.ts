/**
 * PLI: the picture cannot be decoded any more. RFC 4585 §6.3.1.
 * https://www.rfc-editor.org/rfc/rfc4585#section-6.3.1
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|  FMT=1  |  PT=PSFB=206  |           length=2            |
 * +---+-+---------+---------------+-------------------------------+
 * |                   SSRC of packet sender                       |
 * +---------------------------------------------------------------+
 * |                   SSRC of media source                        |
 * +---------------------------------------------------------------+
 * ```
 */
import { u32 } from "../../base/bytes.ts";
import { FEEDBACK_HEADER, feedbackEnd, PayloadFeedbackFormat, RtcpType, writeFeedbackHeader } from "./header.ts";

/** Bytes of the packet. */
export const PICTURE_LOSS_INDICATION_LENGTH: number = FEEDBACK_HEADER;

/** A request for a picture that can be decoded by itself. */
export interface PictureLossIndication {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
}

/** Reads the packet at `offset`; undefined when it is no PLI. */
export function decodePictureLossIndication(bytes: Uint8Array, offset: number, end: number): PictureLossIndication | undefined {
  if (feedbackEnd(bytes, offset, end, RtcpType.PAYLOAD_FEEDBACK, PayloadFeedbackFormat.PICTURE_LOSS, FEEDBACK_HEADER) < 0)
    return undefined;
  return { senderSsrc: u32(bytes, offset + 4), mediaSsrc: u32(bytes, offset + 8) };
}

/** Writes the packet and returns the offset behind it. */
export function encodePictureLossIndication(out: Uint8Array, offset: number, senderSsrc: number, mediaSsrc: number): number {
  const { PAYLOAD_FEEDBACK } = RtcpType;
  return writeFeedbackHeader(
    out,
    offset,
    PayloadFeedbackFormat.PICTURE_LOSS,
    PAYLOAD_FEEDBACK,
    FEEDBACK_HEADER,
    senderSsrc,
    mediaSsrc,
  );
}
