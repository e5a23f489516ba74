/**
 * What the gap blocks of SACKs say that the last SACK did not: RFC 9260 §3.3.4, §6.2.1.
 *
 * Under loss every packet is answered by a SACK that repeats nearly all of the one before: only the difference is worth work.
 */
import { addSerial, diffSerial, type Serial32 } from "../../base/serial.ts";
import { sackGapCount, sackGapEnd, sackGapStart } from "../packet/sack-chunk.ts";

/** Pairs of indices of outstanding chunks, both included; index 0 is the chunk behind the cumulative TSN ack. */
export type IndexRanges = readonly number[];

/** Compares each SACK with the one before. */
export class GapReports {
  /** What the last SACK reported: first and last TSN of each block, ascending, apart. */
  #known: Serial32[] = [];
  #spare: Serial32[] = [];
  readonly #fresh: number[] = [];

  /** What was reported for the first time. */
  get fresh(): IndexRanges {
    return this.#fresh;
  }

  /**
   * Reads the SACK at `o` with this cumulative TSN ack, for `size` outstanding chunks. Blocks must ascend; one that overlaps or goes
   * back counts only where it goes on.
   */
  read(bytes: Uint8Array, o: number, cumulative: Serial32, size: number): void {
    const blocks = this.#spare;
    blocks.length = 0;
    this.skip();
    const count = sackGapCount(bytes, o);
    let done = 0;
    for (let i = 0, k = 0; i < count; i++) {
      const start = Math.max(sackGapStart(bytes, o, i), done + 1);
      const end = Math.min(sackGapEnd(bytes, o, i), size);
      if (start > end) continue;
      blocks.push(addSerial(cumulative, start), addSerial(cumulative, end));
      k = this.#compare(cumulative, start, end, k);
      done = end;
    }
    this.#spare = this.#known;
    this.#known = blocks;
  }

  /** Something else than a SACK came: it reports nothing. */
  skip(): void {
    this.#fresh.length = 0;
  }

  /** Forgets what was reported: it is to count as new when it is reported again. */
  forget(): void {
    this.#known.length = 0;
  }

  /** Notes what of the block [start, end] was not known. Known blocks before number `k` end before it. @returns the next `k` */
  #compare(cumulative: Serial32, start: number, end: number, k: number): number {
    const known = this.#known;
    let next = k;
    for (let from = start; from <= end; ) {
      while (next < known.length && diffSerial(known[next + 1] as Serial32, cumulative) < from) next += 2;
      const knownStart = next < known.length ? diffSerial(known[next] as Serial32, cumulative) : Number.POSITIVE_INFINITY;
      if (knownStart > from) {
        const last = Math.min(end, knownStart - 1);
        this.#fresh.push(from - 1, last - 1);
        from = last + 1;
      } else {
        from = diffSerial(known[next + 1] as Serial32, cumulative) + 1;
      }
    }
    return next;
  }
}
