/**
 * References of frames with picture ids and without layers: each frame but a key frame refers to the picture before it.
 */
import type { AssembledFrame } from "../assembled-frame.ts";
import { type FrameReferences, type ReferenceFinder, toldByPayload, unwrapBits } from "./frame-references.ts";

/** Finds references by picture ids. */
export class PictureReferences implements ReferenceFinder {
  #newest = -1;

  find(frame: AssembledFrame): FrameReferences {
    const { pictureId, pictureIdBits } = frame.info;
    const id = unwrapBits(this.#newest, pictureId, pictureIdBits);
    this.#newest = Math.max(this.#newest, id);
    return { id, references: frame.keyFrame ? [] : [id - 1], ...toldByPayload(frame) };
  }
}
