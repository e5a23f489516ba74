/**
 * References of formats that tell nothing: each frame but a key frame refers to the one whose last packet is in front of its first.
 */
import type { AssembledFrame } from "../assembled-frame.ts";
import { type FrameReferences, type ReferenceFinder, toldByPayload } from "./frame-references.ts";
import { KnownNumbers } from "./known-numbers.ts";

/** Frames and padding packets that are remembered, as a distance of sequence numbers. */
const REMEMBERED = 4096;
/** Padding packets between two frames that are looked past. */
const MAX_PADDING = 256;

/** Finds references by sequence numbers. A frame's number is the sequence number of its last packet. */
export class SequenceReferences implements ReferenceFinder {
  readonly #ends: KnownNumbers = new KnownNumbers(REMEMBERED);
  readonly #isPadding: (sequenceNumber: number) => boolean;

  constructor(isPadding: (sequenceNumber: number) => boolean) {
    this.#isPadding = isPadding;
  }

  find(frame: AssembledFrame): FrameReferences | undefined {
    let references: readonly number[] = [];
    if (!frame.keyFrame) {
      let before = frame.firstSequenceNumber - 1;
      for (let count = 0; count < MAX_PADDING && this.#isPadding(before); count++) before--;
      if (!this.#ends.has(before)) return undefined;
      references = [before];
    }
    this.#ends.add(frame.lastSequenceNumber);
    return { id: frame.lastSequenceNumber, references, ...toldByPayload(frame) };
  }
}
