/**
 * Complete frames in the order in which they can be decoded: a frame is next when everything it refers to was handed out.
 */
import type { AssembledFrame } from "./assembled-frame.ts";
import type { FrameReferences } from "./references/frame-references.ts";
import { KnownNumbers } from "./references/known-numbers.ts";

/** Frames that wait; more than this is no jitter. */
const MAX_FRAMES = 512;
/** Frames that were handed out and may be referred to, as a distance of their numbers. */
const REMEMBERED = 4096;

/** A frame, what it refers to, and when it is due. */
export interface PendingFrame {
  readonly frame: AssembledFrame;
  readonly references: FrameReferences;
  /** The frame's timestamp, grown beyond 32 bits. */
  readonly mediaTime: number;
}

/** What became of a frame that was put in. */
export type FrameOutcome = "inserted" | "late" | "duplicate" | "full";

/** Holds frames until they can be decoded. */
export class FrameBuffer {
  /** By ascending number. */
  readonly #frames: PendingFrame[] = [];
  readonly #emitted: KnownNumbers = new KnownNumbers(REMEMBERED);
  #lastId = -1;
  #lastMediaTime = -1;

  /** How many frames wait. */
  get size(): number {
    return this.#frames.length;
  }

  /** The frame with the lowest number, decodable or not. */
  get oldest(): PendingFrame | undefined {
    return this.#frames[0];
  }

  /** Puts a frame in its place. */
  insert(pending: PendingFrame): FrameOutcome {
    const { id } = pending.references;
    if (this.#lastId >= 0 && id <= this.#lastId) {
      // The encoder began anew with lower numbers.
      if (!pending.frame.keyFrame || pending.mediaTime <= this.#lastMediaTime) return "late";
      this.clear();
    }
    let index = this.#frames.length;
    while (index > 0 && (this.#frames[index - 1] as PendingFrame).references.id > id) index--;
    if (index > 0 && this.#frames[index - 1]?.references.id === id) return "duplicate";
    if (this.#frames.length === MAX_FRAMES) return "full";
    this.#frames.splice(index, 0, pending);
    return "inserted";
  }

  /** The first frame that can be decoded now; undefined when there is none. */
  next(): PendingFrame | undefined {
    for (const pending of this.#frames) if (this.#isDecodable(pending)) return pending;
    return undefined;
  }

  /** Whether one of the frames that wait can never be decoded: what it refers to was passed over. */
  hasHopeless(): boolean {
    for (const { references } of this.#frames)
      for (const id of references.references) if (id <= this.#lastId && !this.#emitted.has(id)) return true;
    return false;
  }

  /** Hands out a frame that {@link next} gave; returns how many frames in front of it are given up. */
  take(pending: PendingFrame): number {
    const index = this.#frames.indexOf(pending);
    this.#frames.splice(0, index + 1);
    this.#lastId = pending.references.id;
    this.#lastMediaTime = pending.mediaTime;
    this.#emitted.add(this.#lastId);
    return index;
  }

  /** Forgets all frames, and what was handed out; returns how many frames waited. */
  clear(): number {
    const count = this.#frames.length;
    this.#frames.length = 0;
    this.#emitted.clear();
    this.#lastId = -1;
    return count;
  }

  #isDecodable({ references }: PendingFrame): boolean {
    for (const id of references.references) if (!this.#emitted.has(id)) return false;
    return true;
  }
}
