/**
 * What a FORWARD-TSN may say while streams are reset: RFC 3758 §3.5, RFC 6525 §5.1.2.
 *
 * SSNs mean nothing behind a reset of their stream. Before we know that it was performed, a FORWARD-TSN that names such a stream ends
 * before the reset: where it was performed, that is old news. Once we know, no stream from before it is named.
 */
import { isNewer, type Serial16, type Serial32, serial, serialOf16 } from "../../base/serial.ts";
import { DATA_UNORDERED } from "../packet/data-chunk.ts";
import type { ForwardTsnChunk } from "../packet/forward-tsn-chunk.ts";
import type { IForwardTsnChunk } from "../packet/iforward-tsn-chunk.ts";
import type { OutstandingChunks } from "./outstanding-chunks.ts";

/** Makes FORWARD-TSNs of what was given up, with an eye on stream resets. */
export class Skips {
  /** A reset of streams that is asked for and not answered yet, and the last TSN before it. */
  #reset: { readonly streams: ReadonlySet<number>; readonly lastTsn: Serial32 } | undefined;
  /** Up to here nothing needs skipping, whatever the SACKs say so far: streams were reset behind it. */
  #settled: Serial32 = serial(-1);

  /** Up to this TSN nothing needs skipping. */
  settle(tsn: Serial32): void {
    if (isNewer(tsn, this.#settled)) this.#settled = tsn;
  }

  /** The TSNs begin anew behind this one. */
  begin(tsn: Serial32): void {
    this.#settled = tsn;
  }

  /** A reset of streams is asked for, of which nothing behind `lastTsn` will be sent until it is answered. */
  beginReset(streams: readonly number[], lastTsn: Serial32): void {
    this.#reset = { streams: new Set(streams), lastTsn };
  }

  /** The reset was answered. If it was performed, the other side has received or skipped everything before it. */
  endReset(performed: boolean): void {
    if (performed && this.#reset !== undefined) this.settle(this.#reset.lastTsn);
    this.#reset = undefined;
  }

  /**
   * The FORWARD-TSN that leads from `cumulativeAck` over given up chunks towards `advancedAck`; with at most `most` streams, and then
   * not further than those.
   */
  forwardTsn(chunks: OutstandingChunks, cumulativeAck: Serial32, advancedAck: Serial32, most: number): ForwardTsnChunk {
    const skipped = new Map<number, Serial16>();
    let newCumulativeTsn = cumulativeAck;
    let namesReset = false;
    for (let i = 0; i < chunks.size; i++) {
      const chunk = chunks.at(i);
      const message = chunk?.message;
      if (chunk === undefined || message === undefined || isNewer(chunk.tsn, advancedAck)) break;
      // Messages are given up whole.
      while (chunks.at(i + 1)?.message === message) i++;
      const tsn = chunks.at(i)?.tsn ?? chunk.tsn;
      if (namesReset && this.#reset !== undefined && isNewer(tsn, this.#reset.lastTsn)) break;
      if ((chunk.flags & DATA_UNORDERED) === 0 && isNewer(tsn, this.#settled)) {
        if (!skipped.has(message.stream) && skipped.size >= most) break;
        skipped.set(message.stream, serialOf16(message.mid));
        namesReset ||= this.#reset?.streams.has(message.stream) === true;
      }
      newCumulativeTsn = tsn;
    }
    return { newCumulativeTsn, skipped: [...skipped].map(([stream, ssn]) => ({ stream, ssn })) };
  }

  /**
   * The same as an I-FORWARD-TSN (RFC 8260 §2.3.1), with at most `most` entries: it names the last message that was given up of every stream,
   * ordered and unordered ones apart. It may end within a message whose other fragments lie behind those of messages that live.
   */
  iforwardTsn(chunks: OutstandingChunks, cumulativeAck: Serial32, advancedAck: Serial32, most: number): IForwardTsnChunk {
    const skipped = new Map<number, Serial32>();
    let newCumulativeTsn = cumulativeAck;
    let namesReset = false;
    for (let i = 0; i < chunks.size; i++) {
      const chunk = chunks.at(i);
      const message = chunk?.message;
      if (chunk === undefined || message === undefined || isNewer(chunk.tsn, advancedAck)) break;
      if (namesReset && this.#reset !== undefined && isNewer(chunk.tsn, this.#reset.lastTsn)) break;
      if (isNewer(chunk.tsn, this.#settled)) {
        const key = message.stream * 2 + ((chunk.flags & DATA_UNORDERED) === 0 ? 0 : 1);
        if (!skipped.has(key) && skipped.size >= most) break;
        skipped.set(key, message.mid);
        namesReset ||= this.#reset?.streams.has(message.stream) === true;
      }
      newCumulativeTsn = chunk.tsn;
    }
    return {
      newCumulativeTsn,
      skipped: [...skipped].map(([key, messageIdentifier]) => ({
        stream: key >> 1,
        unordered: (key & 1) !== 0,
        messageIdentifier,
      })),
    };
  }
}
