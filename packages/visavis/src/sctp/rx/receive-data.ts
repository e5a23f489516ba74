/**
 * What arrives on streams: DATA (RFC 9260 §6.2, §6.5) and FORWARD-TSN (RFC 3758 §3.6).
 */
import type { Instant } from "../../base/instant.ts";
import { addSerial, diffSerial, type Serial32 } from "../../base/serial.ts";
import { abortByViolation } from "../abort.ts";
import { advertisedWindow, type Context, type TransmissionControlBlock } from "../context.ts";
import { chunkFlags } from "../packet/chunk.ts";
import {
  DATA_HEADER,
  DATA_IMMEDIATE,
  dataPayloadLength,
  dataPpid,
  dataSsn,
  dataStream,
  dataTsn,
  isDataChunk,
} from "../packet/data-chunk.ts";
import { invalidStreamIdentifier } from "../packet/error-cause.ts";
import { encodeErrorChunk, errorChunkLength } from "../packet/error-chunk.ts";
import { decodeForwardTsnChunk } from "../packet/forward-tsn-chunk.ts";

/** DATA that belongs behind a stream reset which waits for older data; bounded by the window like all received data. */
interface EarlyChunk {
  readonly packet: Uint8Array;
  readonly offset: number;
}

/** Chunks held for a deferred stream reset. */
const MAX_EARLY = 1024;

/** The receiving end of the streams of one association. */
export class DataReceiver {
  readonly #early: EarlyChunk[] = [];

  /** Works off the DATA chunk at `o`. @returns whether a SACK is wanted at once */
  data(context: Context, tcb: TransmissionControlBlock, packet: Uint8Array, o: number): boolean {
    if (!isDataChunk(packet, o, packet.length)) {
      context.drops.count("malformed-chunk");
      return false;
    }
    const tsn = dataTsn(packet, o);
    const length = dataPayloadLength(packet, o);
    if (length === 0) {
      abortByViolation(context, "protocol-violation", "DATA without user data");
      return false;
    }
    const next = tsn === addSerial(tcb.tracker.cumulativeTsn, 1);
    // RFC 9260 §6.2: with no room left only what lets the rest be delivered is taken: what fills the first gap, or goes on
    // with a message when there is no whole one to take.
    const vital = next && (tcb.tracker.hasGaps || !tcb.reassembly.ready);
    if (!vital && advertisedWindow(context, tcb) < length) {
      context.drops.count("window-exceeded");
      return true;
    }
    if (tcb.streamReset.defers(tsn, dataStream(packet, o)) && this.#early.length >= MAX_EARLY) {
      context.drops.count("window-exceeded");
      return true;
    }
    const novelty = tcb.tracker.observe(tsn);
    context.counters.chunksReceived++;
    if (novelty === "out-of-window") {
      context.drops.count("window-exceeded");
      return true;
    }
    if (novelty === "duplicate") {
      context.counters.duplicatesReceived++;
      if (context.options.faults?.noDuplicateDetection !== true) return true;
    }
    if (!next) context.counters.outOfOrderReceived++;
    if (tcb.streamReset.defers(tsn, dataStream(packet, o))) this.#early.push({ packet, offset: o });
    else this.#deliver(context, tcb, packet, o, tsn);
    this.#afterReset(context, tcb);
    return (chunkFlags(packet, o) & DATA_IMMEDIATE) !== 0 || novelty === "duplicate";
  }

  /** Works off the FORWARD-TSN at `o`. */
  forward(context: Context, tcb: TransmissionControlBlock, packet: Uint8Array, o: number): void {
    const forward = decodeForwardTsnChunk(packet, o, packet.length);
    if (forward === undefined || !tcb.partialReliability) {
      context.drops.count(forward === undefined ? "malformed-chunk" : "unexpected-chunk");
      return;
    }
    // RFC 3758 §3.6: an old one asks for a SACK; one that jumps absurdly far is not believed.
    if (diffSerial(forward.newCumulativeTsn, tcb.tracker.cumulativeTsn) > 0x10000) {
      context.drops.count("window-exceeded");
      return;
    }
    tcb.tracker.forward(forward.newCumulativeTsn);
    tcb.reassembly.forward(forward.newCumulativeTsn, forward.skipped);
    this.#afterReset(context, tcb);
  }

  #deliver(context: Context, tcb: TransmissionControlBlock, packet: Uint8Array, o: number, tsn: Serial32): void {
    const stream = dataStream(packet, o);
    if (stream >= tcb.inboundStreams) {
      context.drops.count("invalid-stream");
      const chunk = { causes: [invalidStreamIdentifier(stream)] };
      const bytes = new Uint8Array(errorChunkLength(chunk));
      encodeErrorChunk(chunk, bytes, 0);
      context.enqueue(bytes);
      return;
    }
    const start = o + DATA_HEADER;
    const payload = packet.subarray(start, start + dataPayloadLength(packet, o));
    const outcome = tcb.reassembly.add(tsn, chunkFlags(packet, o), stream, dataSsn(packet, o), dataPpid(packet, o), payload);
    if (outcome === "too-large") abortByViolation(context, "message-too-large", "a message is larger than announced");
    else if (outcome === "violation") abortByViolation(context, "protocol-violation", "fragments do not fit together");
  }

  #afterReset(context: Context, tcb: TransmissionControlBlock): void {
    if (!tcb.streamReset.dataArrived(context, tcb)) return;
    for (const { packet, offset } of this.#early.splice(0)) this.#deliver(context, tcb, packet, offset, dataTsn(packet, offset));
  }
}

/** RFC 9260 §6.2: the time has come to say what arrived in a packet. */
export function packetWithData(tcb: TransmissionControlBlock, immediate: boolean, now: Instant): void {
  tcb.tracker.packetReceived(immediate, now);
}
