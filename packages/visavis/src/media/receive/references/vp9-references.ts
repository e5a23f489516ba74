/**
 * References of VP9 frames with layers. RFC 9628 §4.2: in flexible mode each frame lists them, in non-flexible mode a structure told
 * them once for a group of pictures that repeats.
 */
import { decodeVp9Structure, type Vp9GroupPicture } from "../../../rtp/payload/vp9-descriptor.ts";
import type { AssembledFrame } from "../assembled-frame.ts";
import { type FrameReferences, type ReferenceFinder, toldByPayload, unwrapBits } from "./frame-references.ts";

/** A frame's number is its picture's times this, plus its spatial layer. */
const SPATIAL_LAYERS = 8;
/** Without a structure each picture is taken to refer to the one before it. */
const PLAIN_GROUP: readonly Vp9GroupPicture[] = [{ temporalId: 0, switchingUp: false, references: [1] }];

/** Finds references by lists and structures. */
export class Vp9References implements ReferenceFinder {
  #newest = -1;
  #group: readonly Vp9GroupPicture[] = PLAIN_GROUP;
  /** The picture that the group began with. */
  #groupStart = 0;
  /** The newest key picture: nothing behind it refers to anything in front of it. */
  #keyPicture = -1;

  find(frame: AssembledFrame): FrameReferences {
    const { info, structure } = frame;
    const picture = unwrapBits(this.#newest, info.pictureId, info.pictureIdBits);
    this.#newest = Math.max(this.#newest, picture);
    if (structure.length > 0) {
      const told = decodeVp9Structure(structure, 0, structure.length);
      this.#group = told === undefined || told.group.length === 0 ? PLAIN_GROUP : told.group;
      this.#groupStart = picture;
    }
    if (frame.keyFrame) this.#keyPicture = Math.max(this.#keyPicture, picture);
    const layer = Math.max(0, info.spatialId);
    const id = picture * SPATIAL_LAYERS + layer;
    const references: number[] = [];
    if (info.interLayer && layer > 0) references.push(id - 1);
    if (info.interPicture) {
      if (info.flexible) {
        for (let i = 0; i < info.referenceCount; i++) references.push(id - SPATIAL_LAYERS * (info.references[i] as number));
      } else {
        const length = this.#group.length;
        const index = (((picture - this.#groupStart) % length) + length) % length;
        for (const distance of this.#group[index]?.references ?? []) {
          if (distance > 0 && picture - distance >= this.#keyPicture) references.push(id - SPATIAL_LAYERS * distance);
        }
      }
    }
    return { id, references, ...toldByPayload(frame) };
  }
}
