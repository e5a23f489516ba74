/**
 * A sliding window over packet indices (RFC 3711 §3.3.2): which of the last ones were there already.
 *
 * It knows indices only by how far they are ahead of the newest one, so it serves RTP's 48 bits and RTCP's 31 alike.
 */

/** How wide a window is if nobody says otherwise; at least 64 by the RFC. Browsers have 1024 too. */
export const DEFAULT_REPLAY_WINDOW = 1024;

const MINIMUM = 64;
const MAXIMUM = 32768;

/**
 * Checks the size of a window.
 * @throws RangeError when it is no power of 2 from 64 to 32768
 */
export function checkReplayWindow(size: number): void {
  if (!(size >= MINIMUM && size <= MAXIMUM) || (size & (size - 1)) !== 0) {
    throw new RangeError("a replay window is a power of 2 from 64 to 32768");
  }
}

/** Which of the newest indices were seen. It begins with one. */
export class ReplayWindow {
  readonly #size: number;
  readonly #bits: Int32Array;
  /** The newest, modulo the size. */
  #head = 0;

  /** @param size indices that it reaches back, as {@link checkReplayWindow} takes them */
  constructor(size: number = DEFAULT_REPLAY_WINDOW) {
    this.#size = size;
    this.#bits = new Int32Array(size >> 5);
    this.#set(0);
  }

  /** Whether an index so far ahead of the newest is too far behind to say anything about. */
  isOld(ahead: number): boolean {
    return ahead <= -this.#size;
  }

  /** Whether an index so far ahead of the newest was seen; it is not to be asked of old ones. */
  has(ahead: number): boolean {
    if (ahead > 0) return false;
    const position = (this.#head + ahead) & (this.#size - 1);
    return ((this.#bits[position >> 5] as number) & (1 << (position & 31))) !== 0;
  }

  /** Notes an index; the newest is this one if it is ahead. */
  add(ahead: number): void {
    const mask = this.#size - 1;
    if (ahead >= this.#size) this.#bits.fill(0);
    else for (let step = 1; step < ahead; step++) this.#clear((this.#head + step) & mask);
    const position = (this.#head + ahead) & mask;
    if (ahead > 0) this.#head = position;
    this.#set(position);
  }

  #set(position: number): void {
    this.#bits[position >> 5] = (this.#bits[position >> 5] as number) | (1 << (position & 31));
  }

  #clear(position: number): void {
    this.#bits[position >> 5] = (this.#bits[position >> 5] as number) & ~(1 << (position & 31));
  }
}
