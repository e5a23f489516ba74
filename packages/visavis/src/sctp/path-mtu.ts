/**
 * Path MTU discovery on the wire: a probe is a HEARTBEAT behind which a PAD fills the packet (RFC 8899 §6.2, RFC 4820), and the
 * HEARTBEAT ACK says how much arrived. Which sizes are tried, and when, is `path-mtu-discovery.ts`.
 *
 * Probes are not data: they are outside the congestion window, and one that is lost is neither congestion nor an error of the
 * association (RFC 8899 §3, 7 and §6.2.2). A peer that does not know PAD skips it by the high bits of its type (RFC 9260 §3.2).
 *
 * **What was cut for a larger packet than now passes.** A DATA chunk has its TSN for good and can never be cut again, so a path that
 * gets smaller would hold up an association for ever: the chunk would have to go in IP fragments, which a socket that forbids
 * them (Linux does, by default) and IPv6 routers do not make. So a larger packet carries more chunks, not longer ones: each
 * fits into a packet of the base size, which every path carries, and can go alone. Only where the path carries datagrams of any
 * size, whole or in fragments (`anySize`: loopback above all), is a chunk as long as its packet. And a chunk that was lost twice travels in
 * a packet of the base size, whatever the search knows.
 */
import { setU16, setU32, setU48, u16, u32 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { randomU32 } from "../base/random.ts";
import type { Transmit } from "../base/transmit.ts";
import type { SctpPath } from "./association-options.ts";
import type { Context } from "./context.ts";
import { ChunkType } from "./packet/chunk.ts";
import { COMMON_HEADER } from "./packet/common-header.ts";
import { encodeHeartbeatChunk, heartbeatChunkLength } from "./packet/heartbeat-chunk.ts";
import { encodePadChunk, padChunkLength } from "./packet/pad-chunk.ts";
import type { OutstandingChunk } from "./tx/outstanding-chunk.ts";

/** Bytes of information in a probe; those of an ordinary HEARTBEAT are fewer. */
export const PROBE_INFO = 12;
/** A probe tells its size in 16 bits. */
const LARGEST = 65_532;
/** IPv4 and UDP headers and a DTLS record around a packet, when nobody says better. */
const USUAL_OVERHEAD = 68;

/** Packets go by another path from now on. */
export function setPath(context: Context, path: SctpPath): void {
  const { maxMtu, overhead = USUAL_OVERHEAD, anySize = false } = path;
  context.probeNonce = randomU32(context.random);
  context.anySize = anySize;
  context.pathMtu.begin({ max: Math.min(maxMtu, LARGEST), around: overhead });
  takeMtu(context);
}

/** When `advancePathMtu` is next needed. */
export function advancePathMtu(context: Context, now: Instant): void {
  if (!context.pathMtu.advance(now)) return;
  context.counters.mtuProbesLost++;
  takeMtu(context);
}

/** T3-rtx expired: is it the size of the packets? */
export function suspectBlackHole(context: Context, now: Instant): void {
  const { pathMtu } = context;
  if (pathMtu.mtu <= pathMtu.base) return;
  context.counters.blackHolesSuspected++;
  pathMtu.suspectBlackHole(now);
  takeMtu(context);
}

/** The largest packet in which a lost chunk may go again: what was lost twice may be in packets that are too large for the path. */
export function largestFor(context: Context, { transmissions }: OutstandingChunk, now: Instant): number {
  const { pathMtu } = context;
  if (transmissions < 2 || pathMtu.mtu <= pathMtu.base) return context.mtu;
  pathMtu.doubt(now);
  return pathMtu.base;
}

/** Writes the probe that is due, behind the common header, and returns the offset behind it; 0 when there is none. */
export function writeProbe(context: Context, out: Transmit, now: Instant): number {
  const { pathMtu } = context;
  const size = pathMtu.due;
  if (size === 0 || context.state.name !== "established") return 0;
  out.reserve(size);
  const info = new Uint8Array(PROBE_INFO);
  setU32(info, 0, context.probeNonce);
  setU48(info, 4, Math.round(now));
  setU16(info, 10, size);
  const heartbeat = { type: ChunkType.HEARTBEAT, info };
  const rest = size - COMMON_HEADER - heartbeatChunkLength(heartbeat);
  const end = encodeHeartbeatChunk(heartbeat, out.bytes, out.start + COMMON_HEADER);
  pathMtu.sent(now, context.timeout.smoothed);
  context.counters.mtuProbesSent++;
  return encodePadChunk({ padding: rest - padChunkLength({ padding: 0 }) }, out.bytes, end);
}

/** The information of a probe came back. @returns false when it is not one of this path's */
export function probeAnswered(context: Context, info: Uint8Array, now: Instant): boolean {
  if (u32(info, 0) !== context.probeNonce || !context.pathMtu.acknowledged(u16(info, 10), now)) return false;
  takeMtu(context);
  return true;
}

/** What the search found goes into force. */
function takeMtu(context: Context): void {
  const { mtu } = context.pathMtu;
  if (mtu === context.mtu) return;
  context.mtu = mtu;
  context.congestion.setMtu(mtu);
}
