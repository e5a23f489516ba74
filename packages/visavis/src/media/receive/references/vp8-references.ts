/**
 * References of VP8 frames with temporal layers. RFC 7741 §4.2: TL0PICIDX, TID, Y.
 *
 * A frame of the base layer refers to the base-layer frame before it. One of another layer refers to the base-layer frame of its TL0PICIDX
 * and, unless it synchronises its layer, perhaps to any frame between of its layer or a lower one.
 */
import type { AssembledFrame } from "../assembled-frame.ts";
import { type FrameReferences, type ReferenceFinder, toldByPayload, unwrapBits } from "./frame-references.ts";

/** Pictures that are remembered. */
const REMEMBERED = 256;

/** Finds references by TL0PICIDX. */
export class Vp8References implements ReferenceFinder {
  #newest = -1;
  #newestTl0 = -1;
  /** Pictures by their number, and their temporal layers. */
  readonly #pictures: Float64Array = new Float64Array(REMEMBERED).fill(-1);
  readonly #temporalIds: Uint8Array = new Uint8Array(REMEMBERED);
  /** TL0PICIDX by their number, and their base-layer pictures. */
  readonly #tl0s: Float64Array = new Float64Array(REMEMBERED).fill(-1);
  readonly #bases: Float64Array = new Float64Array(REMEMBERED);

  find(frame: AssembledFrame): FrameReferences | undefined {
    const { pictureId, pictureIdBits, tl0PicIdx, temporalId, layerSync } = frame.info;
    const id = unwrapBits(this.#newest, pictureId, pictureIdBits);
    const tl0 = unwrapBits(this.#newestTl0, tl0PicIdx, 8);
    const references = frame.keyFrame ? [] : this.#references(id, tl0, temporalId, layerSync);
    if (references === undefined) return undefined;
    this.#newest = Math.max(this.#newest, id);
    this.#newestTl0 = Math.max(this.#newestTl0, tl0);
    this.#pictures[id % REMEMBERED] = id;
    this.#temporalIds[id % REMEMBERED] = temporalId;
    if (temporalId === 0 || frame.keyFrame) {
      this.#tl0s[tl0 % REMEMBERED] = tl0;
      this.#bases[tl0 % REMEMBERED] = id;
    }
    return { id, references, ...toldByPayload(frame) };
  }

  #references(id: number, tl0: number, temporalId: number, layerSync: boolean): number[] | undefined {
    const base = this.#baseOf(temporalId === 0 ? tl0 - 1 : tl0);
    if (base === undefined || base >= id) return undefined;
    const references = [base];
    if (temporalId === 0 || layerSync) return references;
    if (id - base >= REMEMBERED) return undefined;
    let layersFound = 1;
    for (let before = id - 1; before > base; before--) {
      if (this.#pictures[before % REMEMBERED] !== before) return undefined;
      const layer = this.#temporalIds[before % REMEMBERED] as number;
      if (layer > temporalId || (layersFound & (1 << layer)) !== 0) continue;
      references.push(before);
      layersFound |= 1 << layer;
    }
    return references;
  }

  #baseOf(tl0: number): number | undefined {
    return tl0 >= 0 && this.#tl0s[tl0 % REMEMBERED] === tl0 ? this.#bases[tl0 % REMEMBERED] : undefined;
  }
}
