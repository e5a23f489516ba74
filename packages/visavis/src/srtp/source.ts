/**
 * One source of RTP packets: which of them were there, and how often its sequence number has rolled over (RFC 3711 §3.3.1, App. A).
 */
import { ReplayWindow } from "./replay-window.ts";
import type { SourceCipher } from "./transform.ts";

/** The last roll-over counter that there is: a key serves 2⁴⁸ packets (§9.2). */
const LAST_ROLLOVER = 0xffff_ffff;

/** A source, known by its first packet. */
export class Source {
  readonly ssrc: number;
  readonly cipher: SourceCipher;
  readonly window: ReplayWindow;
  /** When it was heard last, by its session's count of packets. */
  heard = 0;
  /** Those of the newest packet. */
  #sequence: number;
  #rollover = 0;

  constructor(ssrc: number, sequence: number, cipher: SourceCipher, replayWindow: number) {
    this.ssrc = ssrc;
    this.cipher = cipher;
    this.window = new ReplayWindow(replayWindow);
    this.#sequence = sequence;
  }

  /** How far a packet is ahead of the newest one, as its sequence number says best: at most 2¹⁵ either way. */
  ahead(sequence: number): number {
    return ((sequence - this.#sequence) << 16) >> 16;
  }

  /** The roll-over counter of a packet so far ahead; -1 when there is none such. */
  rolloverOf(ahead: number): number {
    const sequence = this.#sequence + ahead;
    if (sequence < 0) return this.#rollover - 1;
    if (sequence <= 0xffff) return this.#rollover;
    return this.#rollover === LAST_ROLLOVER ? -1 : this.#rollover + 1;
  }

  /** Notes a packet, which is right. */
  accept(ahead: number, rollover: number): void {
    this.window.add(ahead);
    if (ahead <= 0) return;
    this.#sequence = (this.#sequence + ahead) & 0xffff;
    this.#rollover = rollover;
  }
}
