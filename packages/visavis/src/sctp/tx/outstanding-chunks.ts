/**
 * The chunks between the cumulative TSN ack and the next TSN, in the order of their TSNs without a hole, and what they sum up to.
 */
import { Ring } from "../../base/ring.ts";
import { addSerial, diffSerial, type Serial32, serial } from "../../base/serial.ts";
import { ChunkState, OutstandingChunk } from "./outstanding-chunk.ts";

/** Chunk objects kept for reuse. */
const MAX_SPARE = 4096;

/** Outstanding chunks; the first is the one behind the cumulative TSN ack. */
export class OutstandingChunks {
  readonly #ring = new Ring<OutstandingChunk>(64);
  readonly #spare: OutstandingChunk[] = [];
  #inFlight = 0;
  #lost = 0;
  /** No chunk before this TSN is lost. */
  #lostFrom: Serial32 = serial(0);

  /** How many there are. */
  get size(): number {
    return this.#ring.size;
  }

  /** Bytes of user data in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether chunks wait to be sent. */
  get hasLost(): boolean {
    return this.#lost > 0;
  }

  /** The chunk with the TSN that is `index` behind the first; undefined when there is none. */
  at(index: number): OutstandingChunk | undefined {
    return this.#ring.at(index);
  }

  /** The index of a chunk. */
  indexOf(chunk: OutstandingChunk): number {
    return diffSerial(chunk.tsn, this.#ring.peek()?.tsn ?? chunk.tsn);
  }

  /** A chunk to be filled, and then given to `push` or `release`. */
  draw(): OutstandingChunk {
    return this.#spare.pop() ?? new OutstandingChunk();
  }

  /** A chunk that is no longer needed. */
  release(chunk: OutstandingChunk): void {
    chunk.message = undefined;
    if (this.#spare.length < MAX_SPARE) this.#spare.push(chunk);
  }

  /** Adds a chunk with the next TSN; it counts as lost until it is sent. */
  push(chunk: OutstandingChunk, tsn: Serial32): void {
    chunk.tsn = tsn;
    chunk.transmissions = 0;
    chunk.missingReports = 0;
    chunk.state = ChunkState.LOST;
    if (this.#lost++ === 0) this.#lostFrom = tsn;
    this.#ring.push(chunk);
  }

  /** Removes the first one, wherever it stands. */
  shift(): void {
    const chunk = this.#ring.shift();
    if (chunk === undefined) return;
    this.setState(chunk, ChunkState.ACKED);
    this.release(chunk);
  }

  /** Moves a chunk to another state. */
  setState(chunk: OutstandingChunk, state: ChunkState): void {
    if (chunk.state === state) return;
    if (chunk.state === ChunkState.IN_FLIGHT) this.#inFlight -= chunk.length;
    else if (chunk.state === ChunkState.LOST) this.#lost--;
    if (state === ChunkState.IN_FLIGHT) this.#inFlight += chunk.length;
    else if (state === ChunkState.LOST && (this.#lost++ === 0 || diffSerial(chunk.tsn, this.#lostFrom) < 0))
      this.#lostFrom = chunk.tsn;
    chunk.state = state;
  }

  /** All chunks of one state go to another. */
  moveAll(from: ChunkState, to: ChunkState): void {
    for (let i = 0; i < this.#ring.size; i++) {
      const chunk = this.#ring.at(i);
      if (chunk?.state === from) this.setState(chunk, to);
    }
  }

  /** The lost chunk with the lowest TSN. */
  firstLost(): OutstandingChunk | undefined {
    if (this.#lost === 0) return undefined;
    for (let i = Math.max(0, diffSerial(this.#lostFrom, this.#ring.peek()?.tsn ?? this.#lostFrom)); i < this.#ring.size; i++) {
      const chunk = this.#ring.at(i);
      if (chunk?.state !== ChunkState.LOST) continue;
      this.#lostFrom = chunk.tsn;
      return chunk;
    }
    return undefined;
  }

  /** Gives TSNs anew, from `first` on. */
  renumber(first: Serial32): void {
    for (let i = 0; i < this.#ring.size; i++) {
      const chunk = this.#ring.at(i);
      if (chunk !== undefined) chunk.tsn = addSerial(first, i);
    }
    this.#lostFrom = first;
  }
}
