/**
 * The chunks between the cumulative TSN ack and the next TSN, in the order of their TSNs without a hole, and what they sum up to.
 *
 * Those in flight also stand in the order of their sending, so that a SACK looks only at those that it decides on.
 */
import type { Memory } from "../../base/platform.ts";
import { Ring } from "../../base/ring.ts";
import { addSerial, diffSerial, type Serial32 } from "../../base/serial.ts";
import { ChunkRow, ChunkState, OutstandingChunk } from "./outstanding-chunk.ts";

/** Chunk objects kept for reuse. */
const MAX_SPARE = 4096;

/** Messages of fewer bytes are left to garbage collection, which then is the cheaper way. */
const LARGE = 16 * 1024;

/** Whether a chunk is the last one of a large message, all others of which were removed before it: their TSNs are in order. */
function isEndOfLarge({ data, start, length, message }: OutstandingChunk): boolean {
  if (data.length < LARGE || start + length < data.length || message === undefined) return false;
  return message.complete && message.remaining === 0 && !message.abandoned && message.piece === data;
}

/** Outstanding chunks; the first is the one behind the cumulative TSN ack. */
export class OutstandingChunks {
  readonly #ring = new Ring<OutstandingChunk>(8);
  readonly #spare: OutstandingChunk[] = [];
  readonly #flying = new ChunkRow();
  readonly #lost = new ChunkRow();
  readonly #memory: Memory | undefined;
  #inFlight = 0;

  /** @param memory takes back large messages that have arrived */
  constructor(memory?: Memory) {
    this.#memory = memory;
  }

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
    return this.#lost.first !== undefined;
  }

  /** The chunk in flight that was sent first; the next one is its `after`. */
  get firstInFlight(): OutstandingChunk | undefined {
    return this.#flying.first;
  }

  /** The lost chunk that is to be sent first; the next one is its `after`. */
  get firstLost(): OutstandingChunk | undefined {
    return this.#lost.first;
  }

  /** The chunk with the TSN that is `index` behind the first; undefined when there is none. */
  at(index: number): OutstandingChunk | undefined {
    return this.#ring.at(index);
  }

  /** The index of a chunk. */
  indexOf(chunk: OutstandingChunk): number {
    return diffSerial(chunk.tsn, this.#ring.peek()?.tsn ?? chunk.tsn);
  }

  /** The chunk in flight with the highest TSN. */
  highestInFlight(): OutstandingChunk | undefined {
    let highest = this.#flying.last;
    for (let i = this.#ring.size - 1; i >= 0; i--) {
      const chunk = this.#ring.at(i);
      if (chunk?.state !== ChunkState.IN_FLIGHT) continue;
      highest = chunk;
      break;
    }
    return highest;
  }

  /** A chunk to be filled, and then given to `push` or `release`. */
  draw(): OutstandingChunk {
    return this.#spare.pop() ?? new OutstandingChunk();
  }

  /** A chunk that is no longer needed. */
  release(chunk: OutstandingChunk): void {
    chunk.clear();
    if (this.#spare.length < MAX_SPARE) this.#spare.push(chunk);
  }

  /** Adds a chunk with the next TSN; it counts as lost until it is sent. */
  push(chunk: OutstandingChunk, tsn: Serial32): void {
    chunk.tsn = tsn;
    chunk.transmissions = 0;
    chunk.state = ChunkState.LOST;
    this.#lost.append(chunk);
    this.#ring.push(chunk);
  }

  /** Removes the first one, wherever it stands. */
  shift(): void {
    const chunk = this.#ring.shift();
    if (chunk === undefined) return;
    this.setState(chunk, ChunkState.ACKED);
    if (this.#memory !== undefined && isEndOfLarge(chunk)) this.#memory.free(chunk.data);
    this.release(chunk);
  }

  /** Moves a chunk to another state: one in flight was sent last of all, one that is lost is sent again last of all. */
  setState(chunk: OutstandingChunk, state: ChunkState): void {
    if (chunk.state === state) return;
    if (chunk.state === ChunkState.IN_FLIGHT) {
      this.#flying.remove(chunk);
      this.#inFlight -= chunk.length;
    } else if (chunk.state === ChunkState.LOST) this.#lost.remove(chunk);
    if (state === ChunkState.IN_FLIGHT) {
      this.#flying.append(chunk);
      this.#inFlight += chunk.length;
    } else if (state === ChunkState.LOST) this.#lost.append(chunk);
    chunk.state = state;
  }

  /** All chunks of one state go to another, in the order of their TSNs. */
  moveAll(from: ChunkState, to: ChunkState): void {
    for (let i = 0; i < this.#ring.size; i++) {
      const chunk = this.#ring.at(i);
      if (chunk?.state === from) this.setState(chunk, to);
    }
  }

  /** Lost ones are to be sent in the order of their TSNs. */
  sortLost(): void {
    for (let i = 0; i < this.#ring.size; i++) {
      const chunk = this.#ring.at(i);
      if (chunk?.state !== ChunkState.LOST) continue;
      this.#lost.remove(chunk);
      this.#lost.append(chunk);
    }
  }

  /** Lost chunks that were last sent no later than with packet number `newest` are in flight after all. */
  takeBackLoss(newest: number): void {
    for (let chunk = this.#lost.last; chunk !== undefined; ) {
      const { before } = chunk;
      if (chunk.transmissions > 0 && chunk.transmission <= newest) {
        this.#lost.remove(chunk);
        chunk.state = ChunkState.IN_FLIGHT;
        this.#flying.prepend(chunk);
        this.#inFlight += chunk.length;
      }
      chunk = before;
    }
  }

  /** Gives TSNs anew, from `first` on. */
  renumber(first: Serial32): void {
    for (let i = 0; i < this.#ring.size; i++) {
      const chunk = this.#ring.at(i);
      if (chunk !== undefined) chunk.tsn = addSerial(first, i);
    }
  }
}
