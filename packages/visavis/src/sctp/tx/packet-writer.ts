/**
 * Fills packets: control chunks first, then a SACK, a FORWARD-TSN, lost chunks and new ones: RFC 9260 §6.10 (bundling), §6.1.
 */
import { padded4 } from "../../base/bytes.ts";
import type { Instant } from "../../base/instant.ts";
import type { Transmit } from "../../base/transmit.ts";
import { advertisedWindow, type Context, type TransmissionControlBlock } from "../context.ts";
import { restartHeartbeat } from "../heartbeat.ts";
import { ChunkType } from "../packet/chunk.ts";
import { COMMON_HEADER, encodeCommonHeader, writeChecksum } from "../packet/common-header.ts";
import { DATA_BEGIN, DATA_HEADER, DATA_IMMEDIATE, encodeDataChunk } from "../packet/data-chunk.ts";
import { encodeForwardTsnChunk, FORWARD_TSN_HEADER } from "../packet/forward-tsn-chunk.ts";
import { encodeIDataChunk, IDATA_HEADER } from "../packet/idata-chunk.ts";
import { encodeIForwardTsnChunk, IFORWARD_TSN_HEADER } from "../packet/iforward-tsn-chunk.ts";
import { SACK_HEADER } from "../packet/sack-chunk.ts";
import { largestFor, writeProbe } from "../path-mtu.ts";
import type { OutstandingChunk } from "./outstanding-chunk.ts";
import { startT3 } from "./retransmission-timer.ts";

/** Room for less payload than this is not worth a chunk. */
const LEAST_PAYLOAD = 4;
/** More than any chunk has; a whole number, so that none is boxed. */
const ANY_LENGTH = 0x3fff_ffff;
/** Bytes that a SACK may take of a packet in which it rides along. */
const RIDING_SACK = 64;

/** Writes the next packet into `out`; false when there is nothing to send now. */
export function writePacket(context: Context, out: Transmit, now: Instant): boolean {
  context.pacer.begin();
  out.reserve(context.mtu);
  const start = out.start;
  const first = start + COMMON_HEADER;
  const limit = start + context.mtu;
  const { control, tcb } = context;
  if (tcb !== undefined && context.pathMtu.due > 0) {
    const probe = writeProbe(context, out, now);
    if (probe > 0) return finish(context, out, probe, tcb.remoteTag, !tcb.zeroChecksum);
  }
  let end = first;
  let tag = tcb?.remoteTag;
  let echoed = false;
  let checked = tcb?.zeroChecksum !== true;
  for (let chunk = control.peek(); chunk !== undefined; chunk = control.peek()) {
    const wanted = chunk.tag ?? tcb?.remoteTag;
    // What belongs to an association that is over goes nowhere.
    if (wanted !== undefined) {
      if (end > first && (chunk.place !== "anywhere" || wanted !== tag || end + chunk.bytes.length > limit)) break;
      tag = wanted;
      out.bytes.set(chunk.bytes, end);
      end += chunk.bytes.length;
      if (chunk.bytes[0] === ChunkType.COOKIE_ECHO) echoed = true;
      // RFC 9653 §5.2: what begins an association, or answers for one that is not, has its checksum.
      if (echoed || chunk.tag !== undefined) checked = true;
    }
    control.shift();
    if (wanted !== undefined && chunk.place === "alone") return finish(context, out, end, wanted, checked);
  }
  if (tcb !== undefined && tag === tcb.remoteTag) end = writeStreams(context, tcb, out, end, limit, echoed, now);
  if (tag === undefined || end === first) return false;
  return finish(context, out, end, tag, checked);
}

/** What belongs to streams, as far as the state allows it. @returns the offset behind it */
function writeStreams(
  context: Context,
  tcb: TransmissionControlBlock,
  out: Transmit,
  offset: number,
  limit: number,
  echoed: boolean,
  now: Instant,
): number {
  switch (context.state.name) {
    case "cookie-echoed":
      // RFC 9260 §5.1 C: before the COOKIE ACK data may only ride behind the COOKIE ECHO.
      return echoed ? writeData(context, tcb, out, offset, limit, 0, now) : offset;
    case "shutdown-ack-sent":
      return offset;
    case "shutdown-sent":
      return writeSack(context, tcb, out, offset, limit, now);
    case "shutdown-received": {
      const end = writeForwardTsn(context, tcb, out, offset, limit, now);
      return writeData(context, tcb, out, end, limit, 0, now);
    }
    default: {
      const sacked = writeSack(context, tcb, out, offset, limit, now);
      const end = writeForwardTsn(context, tcb, out, sacked, limit, now);
      const riding = tcb.tracker.sackPending ? tcb.tracker.sackLength(RIDING_SACK) : 0;
      return writeData(context, tcb, out, end, limit, riding, now);
    }
  }
}

/** A SACK whose time has come. */
function writeSack(
  context: Context,
  tcb: TransmissionControlBlock,
  out: Transmit,
  offset: number,
  limit: number,
  now: Instant,
): number {
  if (!tcb.tracker.sackDue(now) || limit - offset < SACK_HEADER) return offset;
  return tcb.tracker.writeSack(out.bytes, offset, limit - offset, advertisedWindow(context, tcb, now));
}

function writeForwardTsn(
  context: Context,
  tcb: TransmissionControlBlock,
  out: Transmit,
  offset: number,
  limit: number,
  now: Instant,
): number {
  const { retransmissions } = context;
  retransmissions.nextLost(now); // gives up on the way what is to be skipped
  const room = limit - offset;
  const most = Math.floor(tcb.interleaving ? (room - IFORWARD_TSN_HEADER) / 8 : (room - FORWARD_TSN_HEADER) / 4);
  if (!retransmissions.forwardTsnDue || most < 1) return offset;
  if (!context.t3.running) startT3(context, now);
  if (tcb.interleaving) return encodeIForwardTsnChunk(retransmissions.iforwardTsn(most), out.bytes, offset);
  return encodeForwardTsnChunk(retransmissions.forwardTsn(most), out.bytes, offset);
}

/** DATA, and in front of it a SACK of `riding` bytes that need not go out yet but may ride along. */
function writeData(
  context: Context,
  tcb: TransmissionControlBlock,
  out: Transmit,
  offset: number,
  most: number,
  riding: number,
  now: Instant,
): number {
  const { retransmissions, t3, pacer } = context;
  const first = out.start + COMMON_HEADER;
  const header = tcb.interleaving ? IDATA_HEADER : DATA_HEADER;
  const lost = retransmissions.nextLost(now);
  // A packet of its own takes whatever was cut when packets were larger.
  if (lost !== undefined) out.reserve(COMMON_HEADER + header + padded4(lost.length));
  const limit = lost === undefined ? most : Math.min(most, out.start + largestFor(context, lost, now));
  const whole = payloadOf(context, limit - first, header);
  // A chunk that was cut to fill its packet leaves no room for a SACK.
  const sack = lost !== undefined && offset + riding + header + lost.length > limit ? 0 : riding;
  // RFC 9260 §6.1: a SACK that waits for a second packet would wait in vain when the window has no room for one, or all is sent.
  const hurried = context.state.name !== "established" || context.congestion.window < 2 * context.mtu;
  let end = offset + sack;
  const before = end;
  let carried = 0;
  if (!mayGo(context, now)) return offset;
  while (limit - end >= header + LEAST_PAYLOAD) {
    const bound = end === first ? ANY_LENGTH : limit - end - header;
    const room = Math.min((limit - end - header) & ~3, whole);
    const chunk = nextChunk(context, bound, room, whole, now);
    if (chunk === undefined) break;
    const { length } = chunk;
    const flags = chunk.flags | (hurried ? DATA_IMMEDIATE : 0);
    end = encodeChunk(out.bytes, end, chunk, flags, tcb.interleaving);
    const again = chunk.transmissions > 0 && retransmissions.isEarliest(chunk);
    retransmissions.sent(chunk, now);
    carried += length;
    // RFC 9260 §6.3.2 R1, §7.2.4; during the handshake T1 watches.
    if ((again || !t3.running) && context.state.name !== "cookie-echoed") startT3(context, now);
  }
  if (end === before) return offset;
  if (context.sendQueue.bytes > context.mtu) context.pathMtu.demand(now);
  pacer.sent(carried);
  retransmissions.packetSent(now);
  if (sack > 0) tcb.tracker.writeSack(out.bytes, offset, sack, advertisedWindow(context, tcb, now));
  restartHeartbeatLater(context, now);
  return end;
}

/** Whether the pace allows a packet, if there is one to send; repairs that are urgent do not wait. */
function mayGo(context: Context, now: Instant): boolean {
  const { retransmissions, congestion, timeout, pacer } = context;
  if (retransmissions.urgent) return true;
  if (!retransmissions.hasLost && !context.sendQueue.ready) {
    if (retransmissions.inFlight < congestion.window) retransmissions.applicationLimited();
    return true;
  }
  if (retransmissions.inFlight > 0 && retransmissions.inFlight >= congestion.window) return true;
  return pacer.allows(congestion, timeout.shortest, context.mtu, now);
}

/**
 * The payload of a chunk in a packet with `room` for chunks: all of it, or an even part where chunks must fit into smaller packets
 * than this one.
 */
function payloadOf(context: Context, room: number, header: number): number {
  const most = context.cutMtu - COMMON_HEADER;
  return ((room <= most ? room : Math.floor(room / Math.ceil(room / most))) - header) & ~3;
}

function encodeChunk(bytes: Uint8Array, offset: number, chunk: OutstandingChunk, flags: number, interleaving: boolean): number {
  const { message, tsn, data, start, length } = chunk;
  if (message === undefined) return offset;
  const { stream, mid, ppid } = message;
  if (!interleaving) return encodeDataChunk(bytes, offset, flags, tsn, stream, mid & 0xffff, ppid, data, start, length);
  const ppidOrFsn = (flags & DATA_BEGIN) !== 0 ? ppid : chunk.fragment;
  return encodeIDataChunk(bytes, offset, flags, tsn, stream, mid, ppidOrFsn, data, start, length);
}

/**
 * Lost chunks come first, then new ones; both need room in the congestion window (RFC 9260 §6.1 B), and new ones in the window of the
 * other side (§6.1 A). A lost one may take `most` bytes, a new one `room`.
 */
function nextChunk(context: Context, most: number, room: number, whole: number, now: Instant): OutstandingChunk | undefined {
  const { retransmissions } = context;
  const open = retransmissions.inFlight === 0 || retransmissions.inFlight < context.congestion.window;
  const lost = retransmissions.nextLost(now);
  if (lost !== undefined) return (open || retransmissions.urgent) && lost.length <= most ? lost : undefined;
  return (open || retransmissions.urgent) && context.sendQueue.ready ? retransmissions.nextNew(room, whole, now) : undefined;
}

/** Data is as good as a heartbeat; drawing new jitter for every packet would be waste. */
function restartHeartbeatLater(context: Context, now: Instant): void {
  if (context.heartbeat.deadline - now < 15_000) restartHeartbeat(context, now);
}

function finish(context: Context, out: Transmit, end: number, tag: number, checked: boolean): boolean {
  encodeCommonHeader(out.bytes, out.start, context.localPort, context.remotePort, tag);
  if (checked) writeChecksum(out.bytes, out.start, end);
  out.length = end - out.start;
  context.counters.packetsSent++;
  return true;
}
