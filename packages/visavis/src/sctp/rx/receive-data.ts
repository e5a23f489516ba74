/**
 * What arrives on streams: DATA (RFC 9260 §6.2, §6.5) and FORWARD-TSN (RFC 3758 §3.6).
 */
import { addSerial, diffSerial } from "../../base/serial.ts";
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
import { invalidStreamIdentifier, noUserData } from "../packet/error-cause.ts";
import { encodeErrorChunk, errorChunkLength } from "../packet/error-chunk.ts";
import { decodeForwardTsnChunk } from "../packet/forward-tsn-chunk.ts";

/** A FORWARD-TSN that jumps farther than gaps may be wide is not believed. */
const FARTHEST_SKIP = 0x10000;

/** Works off the DATA chunk at `o` of a packet that ends at `end`. @returns whether a SACK is wanted at once */
export function receiveData(
  context: Context,
  tcb: TransmissionControlBlock,
  packet: Uint8Array,
  o: number,
  end: number,
): boolean {
  if (!isDataChunk(packet, o, end)) {
    context.drops.count("malformed-chunk");
    return false;
  }
  const { tracker, reassembly, streamReset } = tcb;
  const tsn = dataTsn(packet, o);
  const stream = dataStream(packet, o);
  const length = dataPayloadLength(packet, o);
  if (length === 0) {
    abortByViolation(context, "protocol-violation", "DATA without user data", noUserData(tsn));
    return false;
  }
  const next = tsn === addSerial(tracker.cumulativeTsn, 1);
  // RFC 6525 §5.2.2: what belongs behind a reset comes too early while the reset waits for older data. The other side should
  // have waited for our answer; it will send again.
  if (!(length <= advertisedWindow(context, tcb) || (next && isVital(context, tcb))) || streamReset.defers(tsn, stream)) {
    context.drops.count("window-exceeded");
    return true;
  }
  const novelty = tracker.observe(tsn);
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
  if (stream < tcb.inboundStreams) {
    const [flags, ssn, ppid] = [chunkFlags(packet, o), dataSsn(packet, o), dataPpid(packet, o)];
    const outcome = reassembly.add(tsn, flags, stream, ssn, ppid, packet, o + DATA_HEADER, length);
    if (outcome === "too-large") abortByViolation(context, "message-too-large", "a message is larger than announced");
    else if (outcome === "violation") abortByViolation(context, "protocol-violation", "fragments do not fit together");
  } else {
    reportInvalidStream(context, stream);
  }
  streamReset.dataArrived(context, tcb);
  return (chunkFlags(packet, o) & DATA_IMMEDIATE) !== 0 || novelty === "duplicate";
}

/**
 * RFC 9260 §6.2: with no room left, of what follows in the order of TSNs that is taken which lets the rest be delivered: what fills the
 * first gap, or goes on with a message when there is no whole one to take. An honest sender needs no more for it than the window it was
 * told before; so that is the bound.
 */
function isVital(context: Context, { tracker, reassembly }: TransmissionControlBlock): boolean {
  if (tracker.hasGaps) return reassembly.heldBytes < 2 * context.receiveBufferLimit;
  return !reassembly.ready && reassembly.waitingBytes < context.receiveBufferLimit;
}

/** Works off the FORWARD-TSN at `o`. */
export function receiveForwardTsn(context: Context, tcb: TransmissionControlBlock, packet: Uint8Array, o: number): void {
  const forward = decodeForwardTsnChunk(packet, o, packet.length);
  if (forward === undefined || !tcb.partialReliability) {
    context.drops.count(forward === undefined ? "malformed-chunk" : "unexpected-chunk");
    return;
  }
  if (diffSerial(forward.newCumulativeTsn, tcb.tracker.cumulativeTsn) > FARTHEST_SKIP) {
    context.drops.count("window-exceeded");
    return;
  }
  // RFC 3758 §3.6: an old one asks for a SACK and no more. Its streams may have been reset since.
  if (!tcb.tracker.forward(forward.newCumulativeTsn)) return;
  const skipped = forward.skipped.filter(({ stream }) => stream < tcb.inboundStreams);
  tcb.reassembly.forward(forward.newCumulativeTsn, skipped);
  tcb.streamReset.dataArrived(context, tcb);
}

function reportInvalidStream(context: Context, stream: number): void {
  context.drops.count("invalid-stream");
  const chunk = { causes: [invalidStreamIdentifier(stream)] };
  const bytes = new Uint8Array(errorChunkLength(chunk));
  encodeErrorChunk(chunk, bytes, 0);
  context.enqueue(bytes);
}
