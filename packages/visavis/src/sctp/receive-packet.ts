/**
 * The way in of an association: the checks of RFC 9260 §8.5 and RFC 8261, and to whom each chunk goes.
 */
import type { Instant } from "../base/instant.ts";
import { abortByViolation, handleAbort } from "./abort.ts";
import { handleCookieAck, handleCookieEcho, handleInit, handleInitAck, handleStaleCookie } from "./connect.ts";
import { type Context, type TransmissionControlBlock, takesData } from "./context.ts";
import { handleHeartbeat, handleHeartbeatAck } from "./heartbeat.ts";
import { answerOutOfTheBlue } from "./out-of-the-blue.ts";
import {
  ChunkType,
  chunkFlags,
  chunkLength,
  chunkType,
  nextChunk,
  reportsUnknownChunk,
  stopsAtUnknownChunk,
} from "./packet/chunk.ts";
import {
  COMMON_HEADER,
  checksumMatches,
  destinationPort,
  sourcePort,
  verificationTag,
  writtenChecksum,
} from "./packet/common-header.ts";
import { CauseCode, unrecognizedChunkType } from "./packet/error-cause.ts";
import { decodeErrorChunk, encodeErrorChunk, errorChunkLength } from "./packet/error-chunk.ts";
import { receiveData, receiveForwardTsn } from "./rx/receive-data.ts";
import { handleShutdown, handleShutdownAck, handleShutdownComplete } from "./shutdown.ts";
import { handleSack } from "./tx/retransmission-timer.ts";

/** Flag T of ABORT and SHUTDOWN COMPLETE: the tag is the receiver's own, given back. */
const TAG_REFLECTED = 1;
/** Bytes of an unknown chunk that are given back in its report. */
const MAX_REPORTED = 512;

/** Takes the SCTP packet `bytes[start, end)`, which DTLS has proven to come from the other side. */
export function receivePacket(context: Context, bytes: Uint8Array, start: number, end: number, now: Instant): void {
  context.counters.packetsReceived++;
  if (end - start < COMMON_HEADER + 4) {
    context.drops.count("too-short");
  } else if (destinationPort(bytes, start) !== context.localPort || sourcePort(bytes, start) !== context.remotePort) {
    context.drops.count("wrong-port");
  } else if (!isIntact(context, bytes, start, end)) {
    context.drops.count("bad-checksum");
  } else if (context.state.name === "ended") {
    answerOutOfTheBlue(context, viewOf(bytes, start, end));
  } else if (tagFits(context, bytes, start)) {
    receiveChunks(context, bytes, start, end, now);
  } else {
    context.drops.count("wrong-tag");
  }
}

/**
 * RFC 9653 §5.3: where we offered it, a packet may come without a checksum, because DTLS has found it whole; except INIT and COOKIE ECHO,
 * which may belong to an association of other terms.
 */
function isIntact(context: Context, bytes: Uint8Array, start: number, end: number): boolean {
  if (writtenChecksum(bytes, start) === 0 && context.options.features?.zeroChecksum !== false) {
    const type = chunkType(bytes, start + COMMON_HEADER);
    if (type !== ChunkType.INIT && type !== ChunkType.COOKIE_ECHO) {
      context.zeroChecksumReceived = true;
      return true;
    }
  }
  return checksumMatches(bytes, start, end);
}

/** RFC 9260 §8.5: the rules of verification tags. */
function tagFits(context: Context, bytes: Uint8Array, start: number): boolean {
  const tag = verificationTag(bytes, start);
  const type = chunkType(bytes, start + COMMON_HEADER);
  if (type === ChunkType.INIT) return tag === 0;
  // The cookie says which tag it belongs to.
  if (type === ChunkType.COOKIE_ECHO) return true;
  const { state, tcb } = context;
  const localTag = state.name === "cookie-wait" ? state.localTag : tcb?.localTag;
  if (type === ChunkType.ABORT || type === ChunkType.SHUTDOWN_COMPLETE) {
    const reflected = (chunkFlags(bytes, start + COMMON_HEADER) & TAG_REFLECTED) !== 0;
    return reflected ? tag === tcb?.remoteTag : tag === localTag;
  }
  if (tag !== localTag) return false;
  context.unproven = false;
  return true;
}

/** The packet as a view of its own, for chunks that come once in a while: only DATA and SACK are read where they stand. */
function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

function receiveChunks(context: Context, bytes: Uint8Array, start: number, end: number, now: Instant): void {
  let dataSeen = false;
  let immediate = false;
  for (let o = start + COMMON_HEADER; o < end; ) {
    const next = nextChunk(bytes, o, end);
    if (next < 0) {
      context.drops.count("malformed-chunk");
      break;
    }
    const type = chunkType(bytes, o);
    if (isData(context, type)) {
      const { tcb } = context;
      if (tcb !== undefined && takesData(context.state.name)) {
        if (tcb.interleaving === (type === ChunkType.DATA)) {
          abortByViolation(context, "protocol-violation", "DATA where I-DATA was agreed on");
          return;
        }
        dataSeen = true;
        if (receiveData(context, tcb, bytes, o, end)) immediate = true;
      } else {
        context.drops.count("unexpected-chunk");
      }
    } else if (type === ChunkType.SACK) {
      if (isConnected(context)) handleSack(context, bytes, o, end, now);
      else context.drops.count("unexpected-chunk");
    } else if (!receiveControl(context, type, viewOf(bytes, start, end), o - start, next - start, now)) {
      break;
    }
    o = next;
  }
  const { tcb } = context;
  if (!dataSeen || tcb === undefined) return;
  tcb.tracker.packetReceived(immediate || context.state.name === "shutdown-sent", now);
  // RFC 9260 §9.2: while SHUTDOWN is out, every packet with data is answered by another.
  if (context.state.name === "shutdown-sent") context.shutdownDue = true;
}

/** I-DATA is a chunk like any unknown one where it was not agreed on (RFC 8260 §2.2.1). */
function isData(context: Context, type: number): boolean {
  return type === ChunkType.DATA || (type === ChunkType.I_DATA && context.tcb?.interleaving === true);
}

/** Before the COOKIE ACK nothing is settled, not even who the other side is (RFC 9260 §5.2.4 B). */
function isConnected(context: Context): boolean {
  return context.tcb !== undefined && context.state.name !== "cookie-echoed";
}

/** One chunk that is neither DATA nor SACK. @returns whether the packet's further chunks may be read */
function receiveControl(context: Context, type: number, packet: Uint8Array, o: number, next: number, now: Instant): boolean {
  switch (type) {
    case ChunkType.INIT:
    case ChunkType.INIT_ACK:
      // §6.10: an INIT with company is not answered.
      if (next !== packet.length || o !== COMMON_HEADER) context.drops.count("malformed-chunk");
      else if (type === ChunkType.INIT) handleInit(context, packet, o, now);
      else handleInitAck(context, packet, o, now);
      return false;
    case ChunkType.COOKIE_ECHO:
      return handleCookieEcho(context, packet, o, verificationTag(packet), now);
    case ChunkType.COOKIE_ACK:
      handleCookieAck(context, now);
      return true;
    case ChunkType.ABORT:
      handleAbort(context, packet, o);
      return false;
    case ChunkType.ERROR:
      handleError(context, packet, o, now);
      return true;
    case ChunkType.SHUTDOWN_ACK:
      handleShutdownAck(context, packet);
      return false;
    case ChunkType.SHUTDOWN_COMPLETE:
      handleShutdownComplete(context, packet, o);
      return false;
    case ChunkType.PAD:
      return true;
    case ChunkType.HEARTBEAT:
    case ChunkType.HEARTBEAT_ACK:
    case ChunkType.SHUTDOWN:
    case ChunkType.FORWARD_TSN:
    case ChunkType.I_FORWARD_TSN:
    case ChunkType.RE_CONFIG: {
      const { tcb } = context;
      if (type === ChunkType.I_FORWARD_TSN && tcb?.interleaving === false) return receiveUnknown(context, type, packet, o);
      if (tcb === undefined || !isConnected(context)) context.drops.count("unexpected-chunk");
      else receiveConnected(context, type, tcb, packet, o, now);
      return true;
    }
    default:
      return receiveUnknown(context, type, packet, o);
  }
}

/** Chunks that mean something only once the handshake is over. */
function receiveConnected(
  context: Context,
  type: number,
  tcb: TransmissionControlBlock,
  packet: Uint8Array,
  o: number,
  now: Instant,
): void {
  switch (type) {
    case ChunkType.HEARTBEAT:
      handleHeartbeat(context, packet, o);
      break;
    case ChunkType.HEARTBEAT_ACK:
      handleHeartbeatAck(context, packet, o, now);
      break;
    case ChunkType.SHUTDOWN:
      handleShutdown(context, packet, o, now);
      break;
    case ChunkType.FORWARD_TSN:
    case ChunkType.I_FORWARD_TSN:
      // RFC 8260 §2.3.1: each goes with its kind of data.
      if (tcb.interleaving !== (type === ChunkType.I_FORWARD_TSN))
        abortByViolation(context, "protocol-violation", "FORWARD-TSN where I-DATA was agreed on");
      else if (takesData(context.state.name)) receiveForwardTsn(context, tcb, packet, o);
      else context.drops.count("unexpected-chunk");
      break;
    default:
      tcb.streamReset.handle(context, tcb, packet, o, now);
  }
}

function handleError(context: Context, packet: Uint8Array, o: number, now: Instant): void {
  const error = decodeErrorChunk(packet, o, packet.length);
  if (error === undefined) context.drops.count("malformed-chunk");
  else if (error.causes.some(({ code }) => code === CauseCode.STALE_COOKIE)) handleStaleCookie(context, now);
}

/** RFC 9260 §3.2: the two highest bits of an unknown type say what to do. */
function receiveUnknown(context: Context, type: number, packet: Uint8Array, o: number): boolean {
  context.drops.count("unknown-chunk");
  if (reportsUnknownChunk(type) && context.tcb !== undefined) {
    const end = o + Math.min(chunkLength(packet, o), MAX_REPORTED);
    const chunk = { causes: [unrecognizedChunkType(packet.subarray(o, end))] };
    const bytes = new Uint8Array(errorChunkLength(chunk));
    encodeErrorChunk(chunk, bytes, 0);
    context.enqueue(bytes);
  }
  return !stopsAtUnknownChunk(type);
}
