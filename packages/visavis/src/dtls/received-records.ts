/**
 * What we owe the peer an ACK for (RFC 9147 §7.1).
 *
 * During the handshake an ACK is sent only when the flight does not go on soon, because our next flight acknowledges all of
 * it; afterwards every handshake record is acknowledged at once.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { ackLength, encodeAck, type RecordNumber } from "./record/ack.ts";

/** Numbers that are remembered; the oldest go first. */
const MAX_NUMBERS = 32;

/** The records of the peer's current flight. */
export class ReceivedRecords {
  #numbers: RecordNumber[] = [];
  #due: Instant = NEVER;

  /** When the ACK is to be sent. */
  get deadline(): Instant {
    return this.#due;
  }

  /** Remembers a record whose messages were all processed or kept; the ACK goes out at `due` at the latest. */
  add(epoch: number, sequence: number, due: Instant): void {
    this.#due = Math.min(this.#due, due);
    if (this.#numbers.some((number) => number.epoch === epoch && number.sequence === sequence)) return;
    this.#numbers.push({ epoch, sequence });
    if (this.#numbers.length > MAX_NUMBERS) this.#numbers.shift();
  }

  /** Sends what is remembered now. */
  hurry(now: Instant): void {
    if (this.#numbers.length > 0) this.#due = now;
  }

  /** Forgets everything: the flight was answered. */
  clear(): void {
    this.#numbers = [];
    this.#due = NEVER;
  }

  /**
   * Writes the ACK and returns the offset behind it. The numbers stay remembered: the next ACK covers them too.
   * @param room bytes that it may take
   */
  write(out: Uint8Array, offset: number, room: number): number {
    this.#due = NEVER;
    let numbers = [...this.#numbers];
    while (ackLength(numbers.length) > room) numbers = numbers.slice(1);
    numbers.sort((a, b) => a.epoch - b.epoch || a.sequence - b.sequence);
    return encodeAck(numbers, out, offset);
  }
}
