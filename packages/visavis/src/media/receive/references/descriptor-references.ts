/**
 * References as the dependency descriptor tells them, whatever the format. RTP payload format for AV1, appendix A.
 */
import { decodeDependencyDescriptor } from "../../../rtp/extensions/dependency-descriptor.ts";
import type { TemplateStructure } from "../../../rtp/extensions/template-structure.ts";
import type { AssembledFrame } from "../assembled-frame.ts";
import { type FrameReferences, type ReferenceFinder, unwrapBits } from "./frame-references.ts";

const FRAME_NUMBER_BITS = 16;

/** Finds references by dependency descriptors. */
export class DescriptorReferences implements ReferenceFinder {
  #structure: TemplateStructure | undefined = undefined;
  #newest = -1;

  find({ descriptor }: AssembledFrame): FrameReferences | undefined {
    const told = decodeDependencyDescriptor(descriptor, 0, descriptor.length, this.#structure);
    if (told === undefined) return undefined;
    if (told.structure !== undefined) this.#structure = told.structure;
    const id = unwrapBits(this.#newest, told.frameNumber, FRAME_NUMBER_BITS);
    this.#newest = Math.max(this.#newest, id);
    const size = told.structure?.resolutions?.[told.spatialId];
    const { temporalId, spatialId } = told;
    const references = told.frameDifferences.map((difference) => id - difference);
    return { id, references, temporalId, spatialId, width: size?.width ?? 0, height: size?.height ?? 0 };
  }
}
