/**
 * IVF: the file format of libvpx for VP8, VP9 and AV1, little-endian.
 *
 * ```
 * 0  "DKIF"          4  version 0, 16 bits      6  length of the header: 32
 * 8  codec: "VP80"   12 width, height, 16 bits  16 units of time per second  20 and a divisor of it
 * 24 number of frames, 28 reserved
 *
 * a frame: its length, 32 bits; its time in those units, 64 bits; its bytes
 * ```
 */
import { sliceBytes } from "../../base/bytes.ts";
import type { EncodedFrame } from "../../rtp/frame.ts";
import { payloadFormat } from "../../rtp/payload/registry.ts";
import { TimestampUnwrapper } from "../../rtp/sequence.ts";
import type { MediaFile } from "./media-file.ts";

const HEADER = 32;
const FRAME_HEADER = 12;
/** Video has this clock in RTP. */
const CLOCK_RATE = 90_000;
const MAGIC = "DKIF";

const CODECS: Readonly<Record<string, string>> = { VP80: "video/VP8", VP90: "video/VP9", AV01: "video/AV1" };

/** The frames of an IVF file; undefined when it is none, or of another codec. A frame that is cut off at the end is left out. The bytes are copied. */
export function decodeIvf(bytes: Uint8Array): MediaFile | undefined {
  if (bytes.length < HEADER || text(bytes, 0) !== MAGIC) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mimeType = CODECS[text(bytes, 8)];
  const format = mimeType === undefined ? undefined : payloadFormat(mimeType);
  const rate = view.getUint32(16, true);
  const scale = view.getUint32(20, true);
  const headerLength = view.getUint16(6, true);
  if (mimeType === undefined || format === undefined || rate === 0 || scale === 0 || headerLength < HEADER) return undefined;
  const ticks = (CLOCK_RATE * scale) / rate;
  const found: { readonly data: Uint8Array; readonly time: number }[] = [];
  for (let at = headerLength; at + FRAME_HEADER <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const time = view.getUint32(at + 4, true) + view.getUint32(at + 8, true) * 2 ** 32;
    const start = at + FRAME_HEADER;
    if (start + length > bytes.length) break;
    if (length > 0) found.push({ data: sliceBytes(bytes, start, start + length), time });
    at = start + length;
  }
  const first = found[0]?.time ?? 0;
  const times = found.map(({ time }) => Math.max(0, Math.round((time - first) * ticks)));
  const usual = times.length > 1 ? ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1) : ticks;
  const frames = found.map(({ data }, i): EncodedFrame => {
    const time = times[i] ?? 0;
    const duration = (((times[i + 1] ?? time + usual) - time) * 1000) / CLOCK_RATE;
    const keyFrame = format.isKeyFrame(data);
    const size = keyFrame ? format.frameSize(data) : undefined;
    return { kind: "video", mimeType, data, timestamp: time % 2 ** 32, keyFrame, duration, ...size };
  });
  return {
    kind: "video",
    mimeType,
    clockRate: CLOCK_RATE,
    frames,
    duration: Math.round((times.at(-1) ?? 0) + (found.length > 0 ? usual : 0)),
    width: view.getUint16(12, true),
    height: view.getUint16(14, true),
  };
}

/** Writes an IVF file piece by piece. It begins with the first key frame; the number of frames in its header is 0, which readers know to mean nothing. */
export class IvfWriter {
  readonly #times = new TimestampUnwrapper();
  #mimeType: string | undefined = undefined;
  #first = 0;
  /** Frames that were left out: those before the first key frame, and of other codecs than it. */
  omitted = 0;

  /** What is to be put behind what there is: the frame, the first time with the file's header before it. Empty for a frame that is left out. */
  write(frame: EncodedFrame): Uint8Array<ArrayBuffer> {
    const { data, timestamp, keyFrame, width, height } = frame;
    const mimeType = frame.mimeType?.toLowerCase();
    const codec = Object.keys(CODECS).find((name) => CODECS[name]?.toLowerCase() === mimeType);
    const begins = this.#mimeType === undefined;
    if (codec === undefined || (begins ? !keyFrame : mimeType !== this.#mimeType)) {
      this.omitted++;
      return new Uint8Array(0);
    }
    const time = this.#times.unwrap(timestamp);
    if (begins) this.#first = time;
    this.#mimeType = mimeType;
    const start = begins ? HEADER : 0;
    const bytes = new Uint8Array(start + FRAME_HEADER + data.length);
    const view = new DataView(bytes.buffer);
    if (begins) {
      const size = payloadFormat(mimeType ?? "")?.frameSize(data);
      setText(bytes, 0, MAGIC);
      view.setUint16(6, HEADER, true);
      setText(bytes, 8, codec);
      view.setUint16(12, width ?? size?.width ?? 0, true);
      view.setUint16(14, height ?? size?.height ?? 0, true);
      view.setUint32(16, CLOCK_RATE, true);
      view.setUint32(20, 1, true);
    }
    const since = Math.max(0, time - this.#first);
    view.setUint32(start, data.length, true);
    view.setUint32(start + 4, since % 2 ** 32, true);
    view.setUint32(start + 8, Math.floor(since / 2 ** 32), true);
    bytes.set(data, start + FRAME_HEADER);
    return bytes;
  }
}

function text(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function setText(bytes: Uint8Array, at: number, value: string): void {
  for (let i = 0; i < value.length; i++) bytes[at + i] = value.charCodeAt(i);
}
