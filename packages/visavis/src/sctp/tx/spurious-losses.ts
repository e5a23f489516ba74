/**
 * Finds out that what was taken for lost had arrived, by the duplicate TSNs of SACKs (as RFC 3708 does with DSACK) and by
 * acknowledgements of what was not sent again (as F-RTO, RFC 5682, does after a timeout).
 */
import type { Serial32 } from "../../base/serial.ts";
import { sackDuplicate, sackDuplicateCount } from "../packet/sack-chunk.ts";

/** Retransmissions that are remembered; a power of two. */
const REMEMBERED = 256;

/** The retransmissions of the last fast recovery or timeout. */
export class SpuriousLosses {
  /** By the last bits of the TSN: the TSN of a retransmission that nobody has called needless yet, or -1. It comes with the first. */
  #sentAgain: Float64Array | undefined = undefined;
  #unproven = 0;
  #armed = false;
  #timeoutPacket = -1;

  /** The number of the last packet before T3-rtx expired, while that may still prove to have been for nothing; -1 otherwise. */
  get timeoutPacket(): number {
    return this.#timeoutPacket;
  }

  /** Losses were seen, and the window was reduced for them. `lastPacket`: T3-rtx saw them, and this was the last packet sent. */
  begin(lastPacket: number = -1): void {
    this.#armed = true;
    this.#unproven = 0;
    this.#timeoutPacket = lastPacket;
  }

  /** It is settled: the losses were real, or are undone. */
  settle(): void {
    this.#armed = false;
    this.#timeoutPacket = -1;
  }

  /** A chunk is sent again. */
  sentAgain(tsn: Serial32): void {
    this.#sentAgain ??= new Float64Array(REMEMBERED).fill(-1);
    this.#sentAgain[tsn & (REMEMBERED - 1)] = tsn;
    this.#unproven++;
  }

  /** Reads the duplicates of the SACK at `o`. @returns how many of them were retransmissions of ours */
  read(bytes: Uint8Array, o: number): number {
    const sentAgain = this.#sentAgain;
    if (sentAgain === undefined) return 0;
    const count = Math.min(sackDuplicateCount(bytes, o), REMEMBERED);
    let found = 0;
    for (let i = 0; i < count; i++) {
      const tsn = sackDuplicate(bytes, o, i);
      if (sentAgain[tsn & (REMEMBERED - 1)] !== tsn) continue;
      sentAgain[tsn & (REMEMBERED - 1)] = -1;
      this.#unproven--;
      found++;
    }
    return found;
  }

  /** Whether all retransmissions since `begin` have proven needless. */
  get allNeedless(): boolean {
    return this.#armed && this.#unproven <= 0;
  }
}
