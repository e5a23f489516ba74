/**
 * Fills packets: control chunks first, then a SACK, a FORWARD-TSN, lost chunks and new ones: RFC 9260 §6.10 (bundling), §6.1.
 */
import type { Instant } from "../../base/instant.ts";
import type { Transmit } from "../../base/transmit.ts";
import { advertisedWindow, type Context, type TransmissionControlBlock } from "../context.ts";
import { restartHeartbeat } from "../heartbeat.ts";
import { ChunkType } from "../packet/chunk.ts";
import { COMMON_HEADER, encodeCommonHeader, writeChecksum } from "../packet/common-header.ts";
import { DATA_HEADER, encodeDataChunk } from "../packet/data-chunk.ts";
import { encodeForwardTsnChunk, FORWARD_TSN_HEADER, forwardTsnChunkLength } from "../packet/forward-tsn-chunk.ts";
import type { OutstandingChunk } from "./outstanding-chunk.ts";

/** Room that a chunk with less payload than this is not worth. */
const LEAST_ROOM = DATA_HEADER + 4;

/** Writes the next packet into `out`; false when there is nothing to send now. */
export function writePacket(context: Context, out: Transmit, now: Instant): boolean {
  const start = out.start;
  const limit = start + context.mtu;
  let end = start + COMMON_HEADER;
  let tag = context.tcb?.remoteTag;
  let echoed = false;
  // RFC 9260 §6.10: INIT, INIT ACK and SHUTDOWN COMPLETE travel alone; chunks with another tag are another packet.
  for (let control = context.control.peek(); control !== undefined; control = context.control.peek()) {
    const first = end === start + COMMON_HEADER;
    const wanted = control.tag ?? context.tcb?.remoteTag;
    if (wanted === undefined) {
      context.control.shift();
      continue;
    }
    if (!first && (control.alone || wanted !== tag || end + control.bytes.length > limit)) break;
    tag = wanted;
    out.bytes.set(control.bytes, end);
    end += control.bytes.length;
    context.control.shift();
    if (control.bytes[0] === ChunkType.COOKIE_ECHO) echoed = true;
    if (control.alone) return finish(context, out, end, tag);
  }
  const tcb = context.tcb;
  if (tcb !== undefined && tag === tcb.remoteTag) end = writeStreams(context, tcb, out, end, limit, echoed, now);
  if (tag === undefined || end === start + COMMON_HEADER) return false;
  return finish(context, out, end, tag);
}

function writeStreams(
  context: Context,
  tcb: TransmissionControlBlock,
  out: Transmit,
  offset: number,
  limit: number,
  echoed: boolean,
  now: Instant,
): number {
  const state = context.state.name;
  // RFC 9260 §5.1 C: before the COOKIE ACK data may only ride behind the COOKIE ECHO.
  if (state === "cookie-echoed" ? !echoed : state === "closed" || state === "cookie-wait" || state === "shutdown-ack-sent")
    return offset;
  let end = offset;
  const { tracker, retransmissions } = tcb;
  const empty = out.start + COMMON_HEADER;
  if (tracker.sackDue(now)) {
    const room = limit - end;
    if (room < 16) return end;
    end = tracker.writeSack(out.bytes, end, room, advertisedWindow(context, tcb));
  }
  if (state === "shutdown-sent") return end;
  retransmissions.abandonExpired(now);
  if (retransmissions.forwardTsnDue && limit - end >= FORWARD_TSN_HEADER + 4) {
    const forward = retransmissions.forwardTsn(Math.floor((limit - end - FORWARD_TSN_HEADER) / 4));
    if (end + forwardTsnChunkLength(forward) <= limit) end = encodeForwardTsnChunk(forward, out.bytes, end);
    if (!context.t3.running) startT3(context, now);
  }
  const before = end;
  // A SACK that may ride along goes in front of the first chunk; its room is kept free.
  const sackRoom = tracker.sackPending ? tracker.sackLength(64) : 0;
  const whole = limit - empty - DATA_HEADER;
  end += sackRoom;
  for (;;) {
    const room = limit - end - DATA_HEADER;
    if (room + DATA_HEADER < LEAST_ROOM) break;
    const chunk = nextChunk(context, tcb, room & ~3, whole & ~3, now);
    if (chunk === undefined) break;
    end = writeData(chunk, out, end);
    retransmissions.sent(chunk, context.counters.packetsSent, now);
    if (!context.t3.running) startT3(context, now);
  }
  if (end === before + sackRoom) return before;
  if (sackRoom > 0) tracker.writeSack(out.bytes, before, sackRoom, advertisedWindow(context, tcb));
  restartHeartbeatLater(context, now);
  return end;
}

/** Lost chunks come first; both need room in the congestion window, new ones in the other side's window too. */
function nextChunk(
  context: Context,
  tcb: TransmissionControlBlock,
  room: number,
  whole: number,
  now: Instant,
): OutstandingChunk | undefined {
  const { retransmissions } = tcb;
  const idle = retransmissions.inFlight === 0;
  if (!idle && retransmissions.inFlight >= context.congestion.window) return undefined;
  const lost = retransmissions.nextLost(room);
  if (lost !== undefined) return lost;
  if (retransmissions.hasLost && context.options.faults?.noRetransmission !== true) return undefined;
  if (!context.sendQueue.ready) return undefined;
  // RFC 9260 §6.1 A: with the window closed, one chunk at a time probes it.
  const window = idle ? Math.max(retransmissions.remoteWindow, 1) : retransmissions.remoteWindow;
  if (window < Math.min(room, whole) && !idle) return undefined;
  return retransmissions.nextNew(room, whole, now);
}

function writeData(chunk: OutstandingChunk, out: Transmit, end: number): number {
  const message = chunk.message;
  if (message === undefined) return end;
  const { tsn, flags, start, length } = chunk;
  return encodeDataChunk(out.bytes, end, flags, tsn, message.stream, message.ssn, message.ppid, message.data, start, length);
}

/** Starts T3-rtx with the timeout as it is now. */
export function startT3(context: Context, now: Instant): void {
  context.t3.duration = context.timeout.current;
  context.t3.start(now);
}

/** Data is as good as a heartbeat; drawing new jitter for every packet would be waste. */
function restartHeartbeatLater(context: Context, now: Instant): void {
  if (context.heartbeat.deadline - now < 15_000) restartHeartbeat(context, now);
}

function finish(context: Context, out: Transmit, end: number, tag: number): boolean {
  encodeCommonHeader(out.bytes, out.start, context.localPort, context.remotePort, tag);
  writeChecksum(out.bytes, out.start, end);
  out.length = end - out.start;
  context.counters.packetsSent++;
  return true;
}
