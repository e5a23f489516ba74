/**
 * AV1 in RTP. RTP Payload Format For AV1 v1.0.
 * https://aomediacodec.github.io/av1-rtp-spec/
 */
import { Av1Depacketizer } from "./av1-depacketizer.ts";
import { av1FrameSize, isAv1KeyFrame } from "./av1-obu.ts";
import { Av1Packetizer } from "./av1-packetizer.ts";
import type { PayloadFormat } from "./payload-format.ts";

/** AV1. A frame is a temporal unit, or one spatial layer of it, in the low-overhead format; it comes without the temporal delimiter. */
export const AV1: PayloadFormat = {
  mimeType: "video/AV1",
  kind: "video",
  clockRate: 90000,
  packetizer: () => new Av1Packetizer(),
  depacketizer: () => new Av1Depacketizer(),
  isKeyFrame: isAv1KeyFrame,
  frameSize: av1FrameSize,
  duration: () => 0,
};
