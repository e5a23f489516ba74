/**
 * H.265 in RTP. RFC 7798; frames are access units in the byte stream format (ITU-T H.265 Annex B).
 * https://www.rfc-editor.org/rfc/rfc7798
 */
import { H265Depacketizer } from "./h265-depacketizer.ts";
import { H265NalType, h265NalType, isIrap } from "./h265-nal-unit.ts";
import { H265Packetizer } from "./h265-packetizer.ts";
import { h265SpsSize } from "./h265-sps.ts";
import { NalUnits } from "./nal-units.ts";
import type { FrameSize, PayloadFormat } from "./payload-format.ts";

const units = new NalUnits();

/** Whether decoding can begin at the access unit: the type of its first slice. */
export function isH265KeyFrame(frame: Uint8Array): boolean {
  if (!units.scan(frame)) return false;
  for (let index = 0; index < units.count; index++) {
    const type = h265NalType(frame[units.startOf(index)] as number);
    if (type < H265NalType.VPS) return isIrap(type);
  }
  return false;
}

/** The size that the access unit's sequence parameter set tells. */
export function h265FrameSize(frame: Uint8Array): FrameSize | undefined {
  if (!units.scan(frame)) return undefined;
  for (let index = 0; index < units.count; index++) {
    const start = units.startOf(index);
    if (h265NalType(frame[start] as number) === H265NalType.SPS) return h265SpsSize(frame, start, units.endOf(index));
  }
  return undefined;
}

/** H.265. */
export const H265: PayloadFormat = {
  mimeType: "video/H265",
  kind: "video",
  clockRate: 90000,
  packetizer: () => new H265Packetizer(),
  depacketizer: () => new H265Depacketizer(),
  isKeyFrame: isH265KeyFrame,
  frameSize: h265FrameSize,
  duration: () => 0,
};
