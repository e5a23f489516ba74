/**
 * H.264 in RTP. RFC 6184; frames are access units in the byte stream format (ITU-T H.264 Annex B).
 * https://www.rfc-editor.org/rfc/rfc6184
 */
import { formatParameter } from "./format-parameters.ts";
import { H264Depacketizer, spropParameterSets } from "./h264-depacketizer.ts";
import { H264NalType, h264NalType } from "./h264-nal-unit.ts";
import { H264Packetizer } from "./h264-packetizer.ts";
import { h264SpsSize } from "./h264-sps.ts";
import { NalUnits } from "./nal-units.ts";
import type { FrameSize, PayloadFormat } from "./payload-format.ts";

const units = new NalUnits();

/** Whether the access unit is an IDR picture: the type of its first slice. */
export function isH264KeyFrame(frame: Uint8Array): boolean {
  if (!units.scan(frame)) return false;
  for (let index = 0; index < units.count; index++) {
    const type = h264NalType(frame[units.startOf(index)] as number);
    if (type >= H264NalType.SLICE && type <= H264NalType.IDR) return type === H264NalType.IDR;
  }
  return false;
}

/** The size that the access unit's sequence parameter set tells. */
export function h264FrameSize(frame: Uint8Array): FrameSize | undefined {
  if (!units.scan(frame)) return undefined;
  for (let index = 0; index < units.count; index++) {
    const start = units.startOf(index);
    if (h264NalType(frame[start] as number) === H264NalType.SPS) return h264SpsSize(frame, start, units.endOf(index));
  }
  return undefined;
}

/** H.264. Without `packetization-mode` in the parameters it is 0 (RFC 6184 §8.1), which has neither aggregation nor fragments. */
export const H264: PayloadFormat = {
  mimeType: "video/H264",
  kind: "video",
  clockRate: 90000,
  packetizer: (options) => new H264Packetizer(Number(formatParameter(options?.parameters, "packetization-mode") ?? 0)),
  depacketizer: (options) =>
    new H264Depacketizer(spropParameterSets(formatParameter(options?.parameters, "sprop-parameter-sets"))),
  isKeyFrame: isH264KeyFrame,
  frameSize: h264FrameSize,
  duration: () => 0,
};
