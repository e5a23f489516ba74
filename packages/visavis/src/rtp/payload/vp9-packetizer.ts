/**
 * Cuts VP9 frames into payloads. RFC 9628 §4.
 * https://www.rfc-editor.org/rfc/rfc9628#section-4
 *
 * A stream without layers goes in non-flexible mode, with a structure in each key frame that says that every picture refers to the one
 * before it. A stream with layers goes in flexible mode, where each frame lists what it refers to.
 */
import { copyBytes, setU8, setU16 } from "../../base/bytes.ts";
import { evenPiece } from "./frame-bytes.ts";
import type { FrameInfo, Packetizer } from "./payload-format.ts";
import { MAX_PICTURE_REFERENCES } from "./payload-info.ts";
import { encodeVp9PlainStructure, VP9_PLAIN_STRUCTURE, VP9_SIZELESS_STRUCTURE } from "./vp9-descriptor.ts";

const NO_BYTES = new Uint8Array(0);
/** How many frames back it is known what they were. */
const REMEMBERED = 64;
/** P_DIFF has seven bits. */
const FARTHEST = 127;

/** Takes a frame for each spatial layer of a picture; the last one has `endOfPicture`. */
export class Vp9Packetizer implements Packetizer {
  #frame: Uint8Array = NO_BYTES;
  #sent = 0;
  /** Not wrapped; counts pictures. */
  #picture: number;
  #pictureEnded = true;
  #timestamp = -1;
  #spatialId = 0;
  #endOfPicture = true;
  #interPicture = false;
  #width = 0;
  #height = 0;
  /** The byte of layers; -1 in a stream without. */
  #layers = -1;
  readonly #references: Uint8Array = new Uint8Array(MAX_PICTURE_REFERENCES);
  #referenceCount = 0;
  #structure = 0;
  /** Frames before this one: their number, picture, and layers. */
  readonly #frameIds: Float64Array = new Float64Array(REMEMBERED).fill(-1);
  readonly #pictures: Float64Array = new Float64Array(REMEMBERED).fill(-1);
  readonly #temporalIds: Uint8Array = new Uint8Array(REMEMBERED);
  readonly #spatialIds: Uint8Array = new Uint8Array(REMEMBERED);
  #count = 0;
  last = true;

  constructor(firstPictureId: number) {
    this.#picture = (firstPictureId & 0x7fff) - 1;
  }

  get marker(): boolean {
    return this.last && this.#endOfPicture;
  }

  start(frame: Uint8Array, info: FrameInfo): boolean {
    this.#frame = frame;
    this.#sent = 0;
    this.last = frame.length === 0;
    if (this.last) return false;
    const { timestamp = -1, spatialId = 0 } = info;
    const samePicture = timestamp >= 0 && timestamp === this.#timestamp && spatialId > this.#spatialId;
    if (this.#pictureEnded && !samePicture) this.#picture++;
    this.#timestamp = timestamp;
    this.#spatialId = spatialId;
    this.#endOfPicture = info.endOfPicture ?? true;
    this.#pictureEnded = this.#endOfPicture;
    this.#referenceCount = 0;
    this.#structure = 0;
    if (info.temporalId === undefined && info.spatialId === undefined) this.#startPlain(info);
    else this.#startLayered(info, info.temporalId ?? 0, info.spatialId ?? 0);
    return true;
  }

  next(bytes: Uint8Array, start: number, room: number): number {
    if (this.last) return 0;
    const first = this.#sent === 0;
    const structure = first ? this.#structure : 0;
    const descriptor = 3 + (this.#layers < 0 ? 0 : 1) + this.#referenceCount;
    if (room <= descriptor + structure) {
      this.last = true;
      return -1;
    }
    const remaining = this.#frame.length - this.#sent;
    const length = Math.max(1, evenPiece(remaining + structure, room - descriptor) - structure);
    this.last = length === remaining;
    const at = this.#writeDescriptor(bytes, start, first);
    copyBytes(bytes, at, this.#frame, this.#sent, this.#sent + length);
    this.#sent += length;
    if (this.last) this.#frame = NO_BYTES;
    return at + length - start;
  }

  #startPlain({ keyFrame, width = 0, height = 0 }: FrameInfo): void {
    this.#layers = -1;
    this.#interPicture = !keyFrame;
    const sized = width > 0 && width <= 0xffff && height > 0 && height <= 0xffff;
    this.#width = sized ? width : 0;
    this.#height = sized ? height : 0;
    if (keyFrame) this.#structure = sized ? VP9_PLAIN_STRUCTURE : VP9_SIZELESS_STRUCTURE;
  }

  #startLayered({ keyFrame, frameId, dependencies }: FrameInfo, temporalId: number, spatialId: number): void {
    let interLayer = false;
    let baseAlone = true;
    if (dependencies !== undefined) {
      for (const dependency of dependencies) {
        const index = this.#frameIds.indexOf(dependency);
        if (index < 0) baseAlone = false;
        else if (this.#pictures[index] === this.#picture) interLayer = true;
        else {
          if (this.#temporalIds[index] !== 0) baseAlone = false;
          this.#refer(this.#picture - (this.#pictures[index] as number));
        }
      }
    } else if (!keyFrame) {
      // What it refers to is not known: the newest frames that it may refer to stand for it.
      interLayer = spatialId > 0 && this.#newest(this.#picture, temporalId, spatialId - 1) === this.#picture;
      const before = this.#newest(this.#picture - 1, temporalId, spatialId);
      if (before >= 0) this.#refer(this.#picture - before);
      baseAlone = false;
    }
    this.#interPicture = this.#referenceCount > 0;
    const switchingUp = temporalId > 0 && baseAlone;
    this.#layers = ((temporalId & 7) << 5) | (switchingUp ? 0x10 : 0) | ((spatialId & 7) << 1) | (interLayer ? 1 : 0);
    const index = this.#count++ % REMEMBERED;
    this.#frameIds[index] = frameId ?? -1;
    this.#pictures[index] = this.#picture;
    this.#temporalIds[index] = temporalId;
    this.#spatialIds[index] = spatialId;
  }

  /** The newest picture up to `limit` with a frame of this spatial layer in this temporal layer or a lower one; -1 when there is none. */
  #newest(limit: number, temporalId: number, spatialId: number): number {
    let newest = -1;
    for (let i = 0; i < Math.min(this.#count, REMEMBERED); i++) {
      const picture = this.#pictures[i] as number;
      if (this.#spatialIds[i] !== spatialId || (this.#temporalIds[i] as number) > temporalId || picture > limit) continue;
      newest = Math.max(newest, picture);
    }
    return newest;
  }

  #refer(distance: number): void {
    if (distance < 1 || distance > FARTHEST) return;
    for (let i = 0; i < this.#referenceCount; i++) if (this.#references[i] === distance) return;
    if (this.#referenceCount < MAX_PICTURE_REFERENCES) this.#references[this.#referenceCount++] = distance;
  }

  #writeDescriptor(bytes: Uint8Array, start: number, first: boolean): number {
    const layered = this.#layers >= 0;
    const structure = first && this.#structure > 0;
    const bounds = (first ? 0x08 : 0) | (this.last ? 0x04 : 0);
    const flags = 0x80 | (this.#interPicture ? 0x40 : 0) | (layered ? 0x30 : 0x01) | bounds;
    let o = setU8(bytes, start, flags | (structure ? 0x02 : 0));
    o = setU16(bytes, o, 0x8000 | (this.#picture & 0x7fff));
    if (layered) o = setU8(bytes, o, this.#layers);
    for (let i = 0; i < this.#referenceCount; i++) {
      const more = i + 1 < this.#referenceCount ? 1 : 0;
      o = setU8(bytes, o, ((this.#references[i] as number) << 1) | more);
    }
    return structure ? encodeVp9PlainStructure(bytes, o, this.#width, this.#height) : o;
  }
}
