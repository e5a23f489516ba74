/**
 * The room for data that the other side is told of (a_rwnd): RFC 9260 §6.2, sized as the path and the application need it.
 *
 * It begins small and grows while the application takes what arrives and more than half of it arrives in one round trip, or while
 * messages are longer than it. It never shrinks, so that what was promised stays true; an application that takes nothing closes it.
 */
import { type Instant, NEVER } from "../../base/instant.ts";

/** Bytes it begins with: 100 Mbit/s at 80 ms. */
const INITIAL = 1 << 20;
/** A round trip where none was measured, and the shortest that is worth a look, in milliseconds. */
const ROUND_TRIP = 100;
const SHORTEST_PERIOD = 10;

/** The receive window of an association. Bytes. */
export class ReceiveWindow {
  readonly #limit: number;
  #size: number;
  #arrived = 0;
  #since: Instant = NEVER;
  /** What was promised and has not come. */
  #promised: number;

  /** @param limit how large it may grow */
  constructor(limit: number) {
    this.#limit = limit;
    this.#size = Math.min(INITIAL, limit);
    this.#promised = this.#size;
  }

  /** Whether the other side was told that there is room for so much more. */
  covers(bytes: number): boolean {
    return bytes <= this.#promised;
  }

  /** What may be held. */
  get size(): number {
    return this.#size;
  }

  /** New data arrived. */
  arrived(bytes: number): void {
    this.#arrived += bytes;
    this.#promised = Math.max(this.#promised - bytes, 0);
  }

  /**
   * The room to be told of now. `held` is what is held, `keepsUp` whether the application has taken all that it could, `packet` the size
   * below which room is not worth mentioning: it would invite small chunks (RFC 9260 §6.2, silly windows).
   */
  advertise(held: number, keepsUp: boolean, packet: number, roundTripTime: number | undefined, now: Instant): number {
    if (keepsUp) this.#grow(held, Math.max(roundTripTime ?? ROUND_TRIP, SHORTEST_PERIOD), now);
    const room = this.#size - held;
    if (room < Math.min(packet, this.#size / 2)) return 0;
    if (room > this.#promised) this.#promised = room;
    return room;
  }

  #grow(held: number, period: number, now: Instant): void {
    // One message, or what waits for a lost chunk, takes most of it: the rest must come before it can be taken.
    let wanted = held > this.#size / 2 ? 2 * held : 0;
    if (this.#since === NEVER) this.#since = now;
    const elapsed = now - this.#since;
    if (elapsed >= period) {
      wanted = Math.max(wanted, held + (2 * this.#arrived * period) / elapsed);
      this.#arrived = 0;
      this.#since = now;
    }
    if (wanted > this.#size) this.#size = Math.min(wanted, this.#limit);
  }
}
