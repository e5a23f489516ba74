/**
 * VP8 in RTP. RFC 7741; the frame header is RFC 6386 §9.1.
 * https://www.rfc-editor.org/rfc/rfc7741#section-4
 */
import { copyBytes } from "../../base/bytes.ts";
import { evenPiece, FrameBytes } from "./frame-bytes.ts";
import type { Depacketizer, FrameInfo, FrameSize, Packetizer, PayloadFormat } from "./payload-format.ts";
import { PayloadInfo } from "./payload-info.ts";
import {
  encodeVp8Descriptor,
  parseVp8Payload,
  VP8_DESCRIPTOR,
  VP8_LAYER_DESCRIPTOR,
  vp8Height,
  vp8Width,
} from "./vp8-descriptor.ts";

const NO_BYTES = new Uint8Array(0);
/** How many frames back it is known in which layer a frame was. */
const REMEMBERED = 16;

/** Cuts VP8 frames into payloads of about equal length (§4.4: a receiver needs nothing of partitions). */
class Vp8Packetizer implements Packetizer {
  #frame: Uint8Array = NO_BYTES;
  #sent = 0;
  #pictureId: number;
  #tl0PicIdx = 0;
  #temporalId = -1;
  #layerSync = false;
  /** Frame numbers and the temporal layers they were in, in turn. */
  readonly #frameIds: Float64Array = new Float64Array(REMEMBERED).fill(-1);
  readonly #layers: Uint8Array = new Uint8Array(REMEMBERED);
  #count = 0;
  last = true;

  constructor(firstPictureId: number) {
    this.#pictureId = (firstPictureId - 1) & 0x7fff;
  }

  get marker(): boolean {
    return this.last;
  }

  start(frame: Uint8Array, info: FrameInfo): boolean {
    this.#frame = frame;
    this.#sent = 0;
    this.last = frame.length === 0;
    if (this.last) return false;
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    this.#temporalId = info.temporalId === undefined ? -1 : info.temporalId & 3;
    if (this.#temporalId === 0) this.#tl0PicIdx = (this.#tl0PicIdx + 1) & 0xff;
    this.#layerSync = this.#temporalId > 0 && this.#refersToBaseAlone(info.dependencies);
    this.#remember(info.frameId ?? -1, Math.max(0, this.#temporalId));
    return true;
  }

  next(bytes: Uint8Array, start: number, room: number): number {
    if (this.last) return 0;
    const descriptor = this.#temporalId < 0 ? VP8_DESCRIPTOR : VP8_LAYER_DESCRIPTOR;
    const frame = this.#frame;
    if (room <= descriptor) {
      this.last = true;
      return -1;
    }
    const length = evenPiece(frame.length - this.#sent, room - descriptor);
    const first = this.#sent === 0;
    const at = encodeVp8Descriptor(bytes, start, first, this.#pictureId, this.#temporalId, this.#tl0PicIdx, this.#layerSync);
    copyBytes(bytes, at, frame, this.#sent, this.#sent + length);
    this.#sent += length;
    this.last = this.#sent === frame.length;
    if (this.last) this.#frame = NO_BYTES;
    return descriptor + length;
  }

  /** Y of §4.2: the frame depends only on frames of the base layer. */
  #refersToBaseAlone(dependencies: readonly number[] | undefined): boolean {
    if (dependencies === undefined) return false;
    for (const frameId of dependencies) {
      const index = this.#frameIds.indexOf(frameId);
      if (index < 0 || this.#layers[index] !== 0) return false;
    }
    return true;
  }

  #remember(frameId: number, layer: number): void {
    const index = this.#count++ % REMEMBERED;
    this.#frameIds[index] = frameId;
    this.#layers[index] = layer;
  }
}

/** Puts VP8 frames together by dropping the descriptors. */
class Vp8Depacketizer implements Depacketizer {
  readonly tellsStart = true;
  readonly #info = new PayloadInfo();
  readonly #frame = new FrameBytes();
  #sound = true;

  parse(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean {
    return parseVp8Payload(bytes, start, end, into);
  }

  begin(): void {
    this.#frame.clear();
    this.#sound = true;
  }

  append(bytes: Uint8Array, start: number, end: number): boolean {
    const info = this.#info;
    if (!this.#sound || !parseVp8Payload(bytes, start, end, info) || info.startsFrame !== (this.#frame.length === 0)) {
      this.#sound = false;
      return false;
    }
    this.#frame.append(bytes, info.dataStart, info.dataEnd);
    return true;
  }

  finish(): Uint8Array | undefined {
    return this.#sound ? this.#frame.copy() : undefined;
  }
}

/** Whether the VP8 frame is a key frame: the P bit of RFC 6386 §9.1. */
export function isVp8KeyFrame(frame: Uint8Array): boolean {
  return frame.length > 0 && ((frame[0] as number) & 1) === 0;
}

/** The size of a VP8 key frame. RFC 6386 §9.1. */
export function vp8FrameSize(frame: Uint8Array): FrameSize | undefined {
  if (frame.length < 10 || !isVp8KeyFrame(frame)) return undefined;
  if (frame[3] !== 0x9d || frame[4] !== 0x01 || frame[5] !== 0x2a) return undefined;
  return { width: vp8Width(frame, 0), height: vp8Height(frame, 0) };
}

/** VP8. */
export const VP8: PayloadFormat = {
  mimeType: "video/VP8",
  kind: "video",
  clockRate: 90000,
  packetizer: (options) => new Vp8Packetizer(options?.firstPictureId ?? 0),
  depacketizer: () => new Vp8Depacketizer(),
  isKeyFrame: isVp8KeyFrame,
  frameSize: vp8FrameSize,
  duration: () => 0,
};
