// The codec of the tests: canvas.captureStream() and <video> of the runner code one shade of grey for each picture.
//
// The library carries encoded frames and has no codec yet. So that tests of content can tell whether frames arrive, in which size and
// order, a frame here is a header as its format has it (for packets and key frames are told by it), and behind it the shade and the size
// in bytes that no format gives a meaning to. No decoder would make a picture of it, and nothing here tests one.
import { createEncodedTrack } from "visavis/media";

const TRAILER = 8;
const MARK = [0xd5, 0xaa];
const FRAME_RATE = 30;
/** Frames from one key frame to the next. */
const KEY_DISTANCE = 90;
/** The pixel that tests look at. */
const PROBE = 40;

/** Writes bits. */
class Bits {
  /** @type {number[]} */ #bits = [];
  /** @param {number} value @param {number} count */
  put(value, count) {
    for (let i = count - 1; i >= 0; i--) this.#bits.push((value >> i) & 1);
    return this;
  }
  /** Exp-Golomb (ITU-T H.264, 9.1). @param {number} value */
  golomb(value) {
    const length = 31 - Math.clz32(value + 1);
    return this.put(0, length).put(value + 1, length + 1);
  }
  bytes() {
    const out = [];
    for (let i = 0; i < this.#bits.length; i += 8) {
      out.push([0, 1, 2, 3, 4, 5, 6, 7].reduce((byte, j) => (byte << 1) | (this.#bits[i + j] ?? 0), 0));
    }
    return out;
  }
}

/** RFC 6386 §9.1. @param {number} width @param {number} height @param {boolean} key */
function vp8(width, height, key) {
  const tag = (TRAILER << 5) | 0x10 | (key ? 0 : 1);
  const start = [tag & 255, (tag >> 8) & 255, (tag >> 16) & 255];
  return key ? [...start, 0x9d, 0x01, 0x2a, width & 255, width >> 8, height & 255, height >> 8] : start;
}

/** VP9 bitstream, uncompressed header of a key frame. @param {number} width @param {number} height */
function vp9(width, height) {
  const bits = new Bits().put(2, 2).put(0, 2).put(0, 1).put(0, 1).put(1, 1).put(1, 1).put(0x498342, 24);
  return bits
    .put(2, 3)
    .put(0, 1)
    .put(width - 1, 16)
    .put(height - 1, 16)
    .put(0, 1)
    .put(0, 8)
    .bytes();
}

/** A parameter set that says the size, another, and a picture. @param {number} width @param {number} height */
function h264(width, height) {
  const wide = Math.ceil(width / 16);
  const high = Math.ceil(height / 16);
  const sps = new Bits().put(0x67, 8).put(66, 8).put(0xc0, 8).put(31, 8).golomb(0).golomb(0).golomb(2).golomb(1).put(0, 1);
  sps
    .golomb(wide - 1)
    .golomb(high - 1)
    .put(1, 1)
    .put(1, 1);
  const cropped = wide * 16 !== width || high * 16 !== height;
  sps.put(cropped ? 1 : 0, 1);
  if (cropped)
    sps
      .golomb(0)
      .golomb(Math.floor((wide * 16 - width) / 2))
      .golomb(0)
      .golomb(Math.floor((high * 16 - height) / 2));
  sps.put(0, 1).put(1, 1);
  return [0, 0, 0, 1, ...sps.bytes(), 0, 0, 0, 1, 0x68, 0xce, 0x38, 0x80, 0, 0, 0, 1, 0x65, 0x88, 0x80];
}

/** A sequence header that says the size, and a frame. @param {number} width @param {number} height */
function av1(width, height) {
  const bits = new Bits()
    .put(0, 3)
    .put(1, 1)
    .put(1, 1)
    .put(8, 5)
    .put(15, 4)
    .put(15, 4)
    .put(width - 1, 16)
    .put(height - 1, 16);
  const header = bits.put(0, 3).put(0, 3).put(0, 1).put(0, 1).put(0, 2).put(0, 1).put(1, 1).bytes();
  return [0x0a, header.length, ...header, 0x32, 1 + TRAILER, 0x10];
}

/** @type {Record<string, (width: number, height: number, key: boolean) => number[]>} */
const FORMATS = { "video/vp8": vp8, "video/vp9": vp9, "video/h264": h264, "video/av1": av1 };

/** @param {string} mimeType @param {number} width @param {number} height @param {number} shade @param {boolean} key */
function encode(mimeType, width, height, shade, key) {
  const header = FORMATS[mimeType.toLowerCase()]?.(width, height, key);
  if (header === undefined) return undefined;
  // Every byte has its highest bit set, so that no format takes it for the beginning of something.
  const numbers = [shade >> 4, shade & 15, width >> 7, width & 127, height >> 7, height & 127];
  return Uint8Array.from([...header, ...MARK, ...numbers.map((number) => number | 0x80)]);
}

/** What a frame of this codec shows; undefined for a frame of another. @param {Uint8Array} data */
export function decode(data) {
  const bytes = data.subarray(-TRAILER);
  if (bytes.length < TRAILER || bytes[0] !== MARK[0] || bytes[1] !== MARK[1]) return undefined;
  const [high = 0, low = 0, wide = 0, width = 0, tall = 0, height = 0] = bytes.subarray(2).map((byte) => byte & 127);
  return { shade: (high << 4) | low, width: (wide << 7) | width, height: (tall << 7) | height };
}

/** @typedef {import("visavis/media").EncodingWish} EncodingWish */

/** @param {EncodingWish} wish @param {number} width @param {number} height */
function sizeFor({ scaleResolutionDownBy = 1, scaleResolutionDownTo: to }, width, height) {
  let scale = 1 / Math.max(1, scaleResolutionDownBy);
  if (to !== undefined) {
    // The limits say nothing of orientation.
    const most = Math.max(to.maxWidth, to.maxHeight) / Math.max(width, height);
    scale = Math.min(1, most, Math.min(to.maxWidth, to.maxHeight) / Math.min(width, height));
  }
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/**
 * canvas.captureStream(): see runner/README.md.
 * @param {{ width: number, height: number }} size
 */
export function createVideoSource({ width, height }) {
  const begin = performance.now();
  /** Of each encoding: frames since its last key frame, and when it had a frame. @type {{ age: number, at: number, size: string }[]} */
  const states = [];
  const source = createEncodedTrack({
    kind: "video",
    label: "canvas",
    settings: { width, height, frameRate: FRAME_RATE },
    onKeyFrameRequest(encoding) {
      states.forEach((state, i) => {
        if (encoding === undefined || encoding === i) state.age = KEY_DISTANCE;
      });
    },
  });
  return {
    track: source.track,
    /** @param {{ data: Uint8ClampedArray, width: number, height: number }} picture */
    write(picture) {
      const now = performance.now();
      const x = Math.min(PROBE, picture.width - 1);
      const y = Math.min(PROBE, picture.height - 1);
      const shade = picture.data[(y * picture.width + x) * 4] ?? 0;
      source.wishes.forEach((wish, encoding) => {
        states[encoding] ??= { age: KEY_DISTANCE, at: -1e9, size: "" };
        const state = states[encoding];
        if (state === undefined || wish.isPaused) return;
        const rate = wish.maxFramerate ?? FRAME_RATE;
        if (rate <= 0 || now - state.at < 1000 / rate - 10) return;
        const size = sizeFor(wish, picture.width, picture.height);
        const shape = `${size.width} ${size.height} ${wish.mimeType}`;
        const isDue = state.age >= KEY_DISTANCE || state.size !== shape;
        Object.assign(state, { age: isDue ? 1 : state.age + 1, at: now, size: shape });
        const timestamp = Math.round((now - begin) * 90) + 1;
        // Where senders want different formats each takes its own.
        for (const mimeType of wish.mimeType === undefined ? ["video/VP8", "video/H264"] : [wish.mimeType]) {
          // Only of VP8 other frames than key frames are made.
          const keyFrame = isDue || mimeType.toLowerCase() !== "video/vp8";
          const data = encode(mimeType, size.width, size.height, shade, keyFrame);
          if (data === undefined) continue;
          source.write({ kind: "video", data, timestamp, keyFrame, mimeType, ...size, captureTime: Date.now() }, encoding);
        }
      });
    },
  };
}
