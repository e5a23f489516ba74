/**
 * H.264 and H.265 as byte streams: NAL units with start codes, as ITU-T H.264 and H.265 have them in Annex B. Such a file has no times.
 *
 * What a track gives of these codecs has start codes already: put one behind the other, its frames are such a file.
 */
import { sliceBytes } from "../../base/bytes.ts";
import type { EncodedFrame } from "../../rtp/frame.ts";
import { H264NalType, h264NalType, startsAccessUnit } from "../../rtp/payload/h264-nal-unit.ts";
import { h265NalType, isIrap, startsH265AccessUnit } from "../../rtp/payload/h265-nal-unit.ts";
import { nextStartCode } from "../../rtp/payload/nal-units.ts";
import { payloadFormat } from "../../rtp/payload/registry.ts";
import type { MediaFile } from "./media-file.ts";

const CLOCK_RATE = 90_000;

/** What one codec's NAL units say of pictures. */
interface UnitReader {
  /** Bytes of the header of a NAL unit. */
  readonly header: number;
  /** The unit can only be the first of a picture. */
  starts(first: number, payload: number): boolean;
  /** The unit is the first slice of a picture. */
  isFirstSlice(first: number, payload: number): boolean;
  isSlice(first: number): boolean;
}

const H264_UNITS: UnitReader = {
  header: 1,
  starts: (first, payload) => startsAccessUnit(h264NalType(first), payload),
  isFirstSlice: (first, payload) => h264NalType(first) === H264NalType.IDR && (payload & 0x80) !== 0,
  isSlice: (first) => h264NalType(first) >= H264NalType.SLICE && h264NalType(first) <= H264NalType.IDR,
};

const H265_UNITS: UnitReader = {
  header: 2,
  starts: (first, payload) => startsH265AccessUnit(h265NalType(first), payload),
  isFirstSlice: (first, payload) => isIrap(h265NalType(first)) && (payload & 0x80) !== 0,
  isSlice: (first) => h265NalType(first) < 32,
};

/**
 * The pictures of a byte stream; undefined when there are none. The bytes are copied.
 * @param mimeType `video/H264` or `video/H265`
 * @param frameRate pictures per second
 */
export function decodeAnnexB(bytes: Uint8Array, mimeType: string, frameRate: number): MediaFile | undefined {
  const format = payloadFormat(mimeType);
  const units = mimeType.toLowerCase() === "video/h265" ? H265_UNITS : H264_UNITS;
  if (format === undefined || !(frameRate > 0) || !/^video\/h26[45]$/i.test(mimeType)) return undefined;
  const pictures = picturesOf(bytes, units);
  if (pictures.length === 0) return undefined;
  const ticks = CLOCK_RATE / frameRate;
  const frames = pictures.map((data, i): EncodedFrame => {
    const keyFrame = format.isKeyFrame(data);
    const size = keyFrame ? format.frameSize(data) : undefined;
    const timestamp = Math.round(i * ticks) % 2 ** 32;
    return { kind: "video", mimeType: format.mimeType, data, timestamp, keyFrame, duration: 1000 / frameRate, ...size };
  });
  const { width = 0, height = 0 } = frames.find(({ width }) => width !== undefined) ?? {};
  const duration = Math.round(pictures.length * ticks);
  return { kind: "video", mimeType: format.mimeType, clockRate: CLOCK_RATE, frames, duration, width, height };
}

function picturesOf(bytes: Uint8Array, { header, starts, isFirstSlice, isSlice }: UnitReader): Uint8Array[] {
  const pictures: Uint8Array[] = [];
  let begin = -1;
  let hasSlice = false;
  for (let at = nextStartCode(bytes, 0); at >= 0; ) {
    const unit = at + 3;
    const first = bytes[unit] ?? 0;
    const payload = bytes[unit + header] ?? 0;
    // A start code of four bytes begins with one that could end the unit before it.
    const start = at > 0 && bytes[at - 1] === 0 ? at - 1 : at;
    if (begin < 0) begin = start;
    else if (hasSlice && (starts(first, payload) || isFirstSlice(first, payload))) {
      pictures.push(sliceBytes(bytes, begin, start));
      begin = start;
      hasSlice = false;
    }
    if (isSlice(first)) hasSlice = true;
    at = nextStartCode(bytes, unit);
  }
  if (begin >= 0 && hasSlice) pictures.push(sliceBytes(bytes, begin, bytes.length));
  return pictures;
}
