/**
 * Watching an idle path: RFC 9260 §8.1 to §8.3.
 */
import { setU32, setU48, u32, u48 } from "../base/bytes.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { randomU32 } from "../base/random.ts";
import { type Context, HEARTBEAT_INTERVAL, MAX_RETRANSMITS } from "./context.ts";
import { ChunkType } from "./packet/chunk.ts";
import { decodeHeartbeatChunk, encodeHeartbeatChunk, heartbeatChunkLength } from "./packet/heartbeat-chunk.ts";
import { PROBE_INFO, probeAnswered } from "./path-mtu.ts";

const INFO = 10;

/** Runs the heartbeat's timers. */
export function advanceHeartbeat(context: Context, now: Instant): void {
  if (now >= context.heartbeatExpires) {
    context.heartbeatExpires = NEVER;
    countError(context);
  }
  if (context.heartbeat.expire(now) !== "pending" && context.tcb !== undefined) {
    sendHeartbeat(context, now);
    restartHeartbeat(context, now);
  }
}

/** Data went out: the path need not be asked for a while. */
export function restartHeartbeat(context: Context, now: Instant): void {
  // §8.3: the interval plus one RTO, with jitter of half an RTO either way, so that two sides do not beat together.
  const jitter = (randomU32(context.random) / 0x1_0000_0000 - 0.5) * context.timeout.current;
  context.heartbeat.duration = HEARTBEAT_INTERVAL + context.timeout.current + jitter;
  context.heartbeat.start(now);
}

function sendHeartbeat(context: Context, now: Instant): void {
  const info = new Uint8Array(INFO);
  context.heartbeatNonce = randomU32(context.random);
  setU32(info, 0, context.heartbeatNonce);
  setU48(info, 4, Math.round(now));
  const chunk = { type: ChunkType.HEARTBEAT, info };
  const bytes = new Uint8Array(heartbeatChunkLength(chunk));
  encodeHeartbeatChunk(chunk, bytes, 0);
  context.enqueue(bytes);
  context.heartbeatSentAt = now;
  context.heartbeatExpires = now + context.timeout.current;
}

/** Gives a HEARTBEAT back. */
export function handleHeartbeat(context: Context, packet: Uint8Array, offset: number): void {
  const heartbeat = decodeHeartbeatChunk(packet, offset, packet.length);
  if (heartbeat === undefined || heartbeatChunkLength(heartbeat) > context.mtu - 12) {
    context.drops.count("malformed-chunk");
    return;
  }
  const chunk = { type: ChunkType.HEARTBEAT_ACK, info: heartbeat.info };
  const bytes = new Uint8Array(heartbeatChunkLength(chunk));
  encodeHeartbeatChunk(chunk, bytes, 0);
  context.enqueue(bytes);
}

/** Our HEARTBEAT came back: the path is alive, and has been measured. */
export function handleHeartbeatAck(context: Context, packet: Uint8Array, offset: number, now: Instant): void {
  const ack = decodeHeartbeatChunk(packet, offset, packet.length);
  if (ack?.info.length === PROBE_INFO && probeAnswered(context, ack.info, now)) return;
  const matches =
    ack?.info.length === INFO &&
    u32(ack.info, 0) === context.heartbeatNonce &&
    u48(ack.info, 4) === Math.round(context.heartbeatSentAt);
  if (!matches) {
    context.drops.count("unexpected-chunk");
    return;
  }
  // §8.3: one that comes late says that the path lives, too, and that it is longer than it was; the next one will not be late then.
  const roundTripTime = now - context.heartbeatSentAt;
  context.heartbeatExpires = NEVER;
  context.heartbeatSentAt = NEVER;
  context.errors = 0;
  context.timeout.measured(roundTripTime);
}

/** One more retransmission that nothing answered; too many of them end the association (§8.1). */
export function countError(context: Context): void {
  if (++context.errors > MAX_RETRANSMITS) context.fail("unreachable", "the other side does not answer any more");
}
