/**
 * What arrives on streams: DATA (RFC 9260 §6.2, §6.5) and FORWARD-TSN (RFC 3758 §3.6).
 */
import { addSerial, diffSerial, type Serial32 } from "../../base/serial.ts";
import { abortByViolation } from "../abort.ts";
import type { Context, TransmissionControlBlock } from "../context.ts";
import { chunkFlags, chunkLength } from "../packet/chunk.ts";
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
import {
  IDATA_HEADER,
  idataFragmentSequenceNumber,
  idataMessageIdentifier,
  idataPayloadLength,
  idataPpid,
  isIDataChunk,
} from "../packet/idata-chunk.ts";
import { decodeIForwardTsnChunk } from "../packet/iforward-tsn-chunk.ts";
import type { ReassemblyOutcome, ReassemblyQueue } from "./reassembly-queue.ts";

/** A FORWARD-TSN that jumps farther than gaps may be wide is not believed. */
const FARTHEST_SKIP = 0x10000;
/** With I-DATA the beginnings of messages may fill the window so that none can be ended: what is held then at the most, in windows. */
const MOST_WINDOWS = 3;

/** Works off the DATA or I-DATA chunk at `o` of a packet that ends at `end`. @returns whether a SACK is wanted at once */
export function receiveData(
  context: Context,
  tcb: TransmissionControlBlock,
  packet: Uint8Array,
  o: number,
  end: number,
): boolean {
  const { interleaving } = tcb;
  if (!(interleaving ? isIDataChunk(packet, o, end) : isDataChunk(packet, o, end))) {
    context.drops.count("malformed-chunk");
    return false;
  }
  const { tracker, reassembly, streamReset } = tcb;
  const tsn = dataTsn(packet, o);
  const stream = dataStream(packet, o);
  const length = interleaving ? idataPayloadLength(packet, o) : dataPayloadLength(packet, o);
  if (length === 0) {
    abortByViolation(context, "protocol-violation", "DATA without user data", noUserData(tsn));
    return false;
  }
  const next = tsn === addSerial(tracker.cumulativeTsn, 1);
  if (!hasRoom(context, tcb, tsn, length) && !(next && isVital(context, tcb))) {
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
  // RFC 6525 §5.2.2: what belongs behind a reset waits while the reset waits for older data.
  if (streamReset.defers(tsn, stream)) reassembly.defer(packet.slice(o, o + chunkLength(packet, o)));
  else place(context, tcb, packet, o, length);
  if (novelty === "new") context.receiveWindow.arrived(length);
  if (streamReset.dataArrived(context, tcb)) placeDeferred(context, tcb);
  return (chunkFlags(packet, o) & DATA_IMMEDIATE) !== 0 || novelty === "duplicate";
}

/** A chunk that is new goes where its message is put together. */
function place(context: Context, tcb: TransmissionControlBlock, packet: Uint8Array, o: number, length: number): void {
  const { interleaving, reassembly, inboundStreams } = tcb;
  const stream = dataStream(packet, o);
  if (stream >= inboundStreams) {
    reportInvalidStream(context, stream);
    return;
  }
  const outcome = interleaving ? addIData(reassembly, packet, o, length) : addData(reassembly, packet, o, length);
  if (outcome === "too-large") abortByViolation(context, "message-too-large", "a message is larger than announced");
  else if (outcome === "violation") abortByViolation(context, "protocol-violation", "fragments do not fit together");
}

/** The reset was performed: what waited behind it has its turn. */
function placeDeferred(context: Context, tcb: TransmissionControlBlock): void {
  for (const chunk of tcb.reassembly.takeDeferred()) {
    const header = tcb.interleaving ? IDATA_HEADER : DATA_HEADER;
    if (context.state.name !== "ended") place(context, tcb, chunk, 0, chunkLength(chunk, 0) - header);
  }
}

function addData(reassembly: ReassemblyQueue, packet: Uint8Array, o: number, length: number): ReassemblyOutcome {
  const start = o + DATA_HEADER;
  const flags = chunkFlags(packet, o);
  return reassembly.add(
    dataTsn(packet, o),
    flags,
    dataStream(packet, o),
    dataSsn(packet, o),
    dataPpid(packet, o),
    packet,
    start,
    length,
  );
}

function addIData(reassembly: ReassemblyQueue, packet: Uint8Array, o: number, length: number): ReassemblyOutcome {
  const start = o + IDATA_HEADER;
  const flags = chunkFlags(packet, o);
  const mid = idataMessageIdentifier(packet, o);
  const fsn = idataFragmentSequenceNumber(packet, o);
  return reassembly.addInterleaved(flags, dataStream(packet, o), mid, fsn, idataPpid(packet, o), packet, start, length);
}

/**
 * RFC 9260 §6.2: what goes beyond the window that the other side was told of is dropped, though there may be memory for it: else a sender
 * that probes a closed window would go on, chunk by chunk. What fills gaps counts as told before.
 */
function hasRoom(context: Context, { tracker, reassembly }: TransmissionControlBlock, tsn: Serial32, length: number): boolean {
  if (length > context.receiveBufferLimit - reassembly.heldBytes) return false;
  return context.receiveWindow.covers(length) || !tracker.isBeyond(tsn);
}

/**
 * RFC 9260 §6.2: with no room left, of what follows in the order of TSNs that is taken which lets the rest be delivered: what fills the
 * first gap, or goes on with a message when there is no whole one to take. An honest sender needs no more for it than the window it was
 * told before; so that is the bound.
 */
function isVital(context: Context, { tracker, reassembly, interleaving }: TransmissionControlBlock): boolean {
  if (tracker.hasGaps || (interleaving && !reassembly.ready))
    return reassembly.heldBytes < MOST_WINDOWS * context.receiveBufferLimit;
  return !interleaving && !reassembly.ready && reassembly.waitingBytes < context.receiveBufferLimit;
}

/** Works off the FORWARD-TSN or I-FORWARD-TSN at `o`, whichever goes with the data. */
export function receiveForwardTsn(context: Context, tcb: TransmissionControlBlock, packet: Uint8Array, o: number): void {
  const { interleaving, reassembly, inboundStreams } = tcb;
  const iforward = interleaving ? decodeIForwardTsnChunk(packet, o, packet.length) : undefined;
  const plain = interleaving ? undefined : decodeForwardTsnChunk(packet, o, packet.length);
  const forward = iforward ?? plain;
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
  if (iforward !== undefined) reassembly.forwardInterleaved(iforward.skipped.filter(({ stream }) => stream < inboundStreams));
  if (plain !== undefined) {
    const skipped = plain.skipped.filter(({ stream }) => stream < inboundStreams);
    reassembly.forward(plain.newCumulativeTsn, skipped);
  }
  if (tcb.streamReset.dataArrived(context, tcb)) placeDeferred(context, tcb);
}

function reportInvalidStream(context: Context, stream: number): void {
  context.drops.count("invalid-stream");
  const chunk = { causes: [invalidStreamIdentifier(stream)] };
  const bytes = new Uint8Array(errorChunkLength(chunk));
  encodeErrorChunk(chunk, bytes, 0);
  context.enqueue(bytes);
}
