/**
 * Picks the way in which a stream tells what its frames refer to, and changes it at key frames alone.
 */
import type { AssembledFrame } from "../assembled-frame.ts";
import { DescriptorReferences } from "./descriptor-references.ts";
import type { FrameReferences, ReferenceFinder } from "./frame-references.ts";
import { PictureReferences } from "./picture-references.ts";
import { SequenceReferences } from "./sequence-references.ts";
import { Vp8References } from "./vp8-references.ts";
import { Vp9References } from "./vp9-references.ts";

type Way = "descriptor" | "vp8" | "vp9" | "picture" | "sequence";

function wayOf({ descriptor, format, info }: AssembledFrame): Way {
  if (descriptor.length > 0) return "descriptor";
  if (info.pictureId < 0) return "sequence";
  if (format.mimeType === "video/VP8") return info.tl0PicIdx >= 0 && info.temporalId >= 0 ? "vp8" : "picture";
  return info.flexible || info.temporalId >= 0 ? "vp9" : "picture";
}

/**
 * What became of a frame: `wait` while others are not known that would tell, the first key frame for example; `unusable` when its way is
 * another than that of the key frame before it.
 */
export type Resolution = FrameReferences | "wait" | "unusable";

/** Resolves the references of one stream's frames. */
export class ReferenceResolver {
  readonly #isPadding: (sequenceNumber: number) => boolean;
  #way: Way | undefined = undefined;
  #finder: ReferenceFinder | undefined = undefined;
  #payloadType = -1;
  /** How often the numbers began anew: those of different generations must not be compared. */
  generation = 0;

  /** @param isPadding whether the packet of this sequence number is known to be padding alone */
  constructor(isPadding: (sequenceNumber: number) => boolean) {
    this.#isPadding = isPadding;
  }

  /** Finds out what the frame refers to. */
  resolve(frame: AssembledFrame): Resolution {
    const way = wayOf(frame);
    if (way !== this.#way || frame.payloadType !== this.#payloadType || this.#finder === undefined) {
      if (!frame.keyFrame) return this.#finder === undefined ? "wait" : "unusable";
      this.#way = way;
      this.#payloadType = frame.payloadType;
      this.#finder = this.#create(way);
      this.generation++;
    }
    return this.#finder.find(frame) ?? "wait";
  }

  #create(way: Way): ReferenceFinder {
    switch (way) {
      case "descriptor":
        return new DescriptorReferences();
      case "vp8":
        return new Vp8References();
      case "vp9":
        return new Vp9References();
      case "picture":
        return new PictureReferences();
      case "sequence":
        return new SequenceReferences(this.#isPadding);
    }
  }
}
