/**
 * Ending an association gracefully: RFC 9260 §9.2.
 */
import type { Instant } from "../base/instant.ts";
import { type Context, MAX_RETRANSMITS } from "./context.ts";
import {
  decodeShutdownChunk,
  decodeShutdownCompleteChunk,
  encodeShutdownAckChunk,
  encodeShutdownChunk,
  encodeShutdownCompleteChunk,
  SHUTDOWN_ACK_LENGTH,
  SHUTDOWN_COMPLETE_LENGTH,
  SHUTDOWN_LENGTH,
} from "./packet/shutdown-chunk.ts";

/** Our owner wants to end once everything has arrived. Before there is an association it ends at once. */
export function shutdown(context: Context, now: Instant): void {
  const state = context.state;
  if (state.name === "established") {
    context.state = { name: "shutdown-pending", tcb: state.tcb };
    proceedShutdown(context, now);
  } else if (state.name === "closed" || state.name === "cookie-wait" || state.name === "cookie-echoed") {
    context.control.clear();
    context.end(undefined);
  }
}

/** Sends SHUTDOWN or SHUTDOWN ACK once nothing is outstanding any more. */
export function proceedShutdown(context: Context, now: Instant): void {
  const state = context.state;
  if (state.name !== "shutdown-pending" && state.name !== "shutdown-received") return;
  if (context.sendQueue.bytes > 0 || !state.tcb.retransmissions.empty) return;
  context.state = { name: state.name === "shutdown-pending" ? "shutdown-sent" : "shutdown-ack-sent", tcb: state.tcb };
  context.t2.duration = context.timeout.current;
  context.t2.start(now);
  repeat(context);
}

/** T2 expired. */
export function handleT2(context: Context, outcome: "expired" | "exhausted"): void {
  if (outcome === "exhausted") context.fail("unreachable", `the other side did not answer ${MAX_RETRANSMITS} SHUTDOWNs`);
  else repeat(context);
}

function repeat(context: Context): void {
  const state = context.state;
  if (state.name === "shutdown-sent") {
    const bytes = new Uint8Array(SHUTDOWN_LENGTH);
    encodeShutdownChunk({ cumulativeTsnAck: state.tcb.tracker.cumulativeTsn }, bytes, 0);
    context.enqueue(bytes);
  } else if (state.name === "shutdown-ack-sent") {
    const bytes = new Uint8Array(SHUTDOWN_ACK_LENGTH);
    encodeShutdownAckChunk(bytes, 0);
    context.enqueue(bytes);
  }
}

/** The other side has nothing left to send. The caller handles its cumulative TSN ack. */
export function handleShutdown(context: Context, packet: Uint8Array, offset: number, now: Instant): void {
  if (decodeShutdownChunk(packet, offset, packet.length) === undefined) {
    context.drops.count("malformed-chunk");
    return;
  }
  const state = context.state;
  switch (state.name) {
    case "established":
    case "shutdown-pending":
      context.state = { name: "shutdown-received", tcb: state.tcb };
      proceedShutdown(context, now);
      break;
    case "shutdown-sent":
      // Both sides at once (§9.2): answer, and wait for the COMPLETE.
      context.state = { name: "shutdown-ack-sent", tcb: state.tcb };
      context.t2.duration = context.timeout.current;
      context.t2.start(now);
      repeat(context);
      break;
    case "shutdown-ack-sent":
      repeat(context);
      break;
    case "shutdown-received":
      break;
    case "closed":
    case "cookie-wait":
    case "cookie-echoed":
    case "ended":
      context.drops.count("unexpected-chunk");
      break;
  }
}

/** The other side agrees. */
export function handleShutdownAck(context: Context): void {
  const state = context.state;
  if (state.name !== "shutdown-sent" && state.name !== "shutdown-ack-sent") {
    context.drops.count("unexpected-chunk");
    return;
  }
  const bytes = new Uint8Array(SHUTDOWN_COMPLETE_LENGTH);
  encodeShutdownCompleteChunk({ tagReflected: false }, bytes, 0);
  context.enqueue(bytes, state.tcb.remoteTag, true);
  context.end(undefined);
}

/** It is over on both sides. */
export function handleShutdownComplete(context: Context, packet: Uint8Array, offset: number): void {
  const complete = decodeShutdownCompleteChunk(packet, offset, packet.length);
  if (complete !== undefined && context.state.name === "shutdown-ack-sent") context.end(undefined);
  else context.drops.count("unexpected-chunk");
}
