/**
 * The encoded frame that tracks carry. Its type lives beside RTP, so that the floors that packetise it need not know tracks.
 */
export type { EncodedFrame } from "../rtp/frame.ts";
