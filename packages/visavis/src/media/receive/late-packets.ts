/**
 * Tells packets that come late from a sender that began anew with lower sequence numbers. RFC 3550 A.1: packets in a row speak for it.
 */

/** So many packets in a row, each one higher than the last, are no latecomers. */
const IN_A_ROW = 8;
/** Nearer than this they are, retransmissions for example. */
const NEAR = 1000;

/** Watches the packets that come behind the media that was handed out. */
export class LatePackets {
  #last = -2;
  #count = 0;

  /** Takes note of a packet that is late by `distance`; true when the sender began anew. */
  onLate(sequenceNumber: number, distance: number): boolean {
    this.#count = distance > NEAR && sequenceNumber === this.#last + 1 ? this.#count + 1 : 1;
    this.#last = sequenceNumber;
    if (this.#count < IN_A_ROW) return false;
    this.#count = 0;
    return true;
  }
}
