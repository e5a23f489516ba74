/**
 * Ending an association gracefully: RFC 9260 §9.2.
 */
import type { Instant } from "../base/instant.ts";
import { abortByUser } from "./abort.ts";
import { type Context, MAX_RETRANSMITS } from "./context.ts";
import { answerOutOfTheBlue } from "./out-of-the-blue.ts";
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
import { acknowledged } from "./tx/retransmission-timer.ts";

/** Our owner wants to end once everything has arrived. Before there is an association it ends at once. */
export function shutdown(context: Context, now: Instant): void {
  const state = context.state;
  if (state.name === "established") {
    context.state = { name: "shutdown-pending", tcb: state.tcb };
    proceedShutdown(context, now);
  } else if (state.name === "closed" || state.name === "cookie-wait" || state.name === "cookie-echoed") {
    // The other side may be further than we are.
    abortByUser(context);
  }
}

/** Sends SHUTDOWN or SHUTDOWN ACK once nothing is outstanding any more, and another SHUTDOWN when one is due. */
export function proceedShutdown(context: Context, now: Instant): void {
  const state = context.state;
  if (state.name === "shutdown-pending" || state.name === "shutdown-received") {
    if (!context.sendQueue.empty || !context.retransmissions.empty) return;
    context.state = { name: state.name === "shutdown-pending" ? "shutdown-sent" : "shutdown-ack-sent", tcb: state.tcb };
  } else if (!context.shutdownDue || state.name !== "shutdown-sent") return;
  context.shutdownDue = false;
  startT2(context, now);
  repeat(context);
}

function startT2(context: Context, now: Instant): void {
  context.t2.duration = context.timeout.current;
  context.t2.start(now);
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

/** The other side has nothing left to send; what it has received it says too. */
export function handleShutdown(context: Context, packet: Uint8Array, offset: number, now: Instant): void {
  const chunk = decodeShutdownChunk(packet, offset, packet.length);
  if (chunk === undefined) {
    context.drops.count("malformed-chunk");
    return;
  }
  const state = context.state;
  switch (state.name) {
    case "established":
    case "shutdown-pending":
    case "shutdown-received":
      context.state = { name: "shutdown-received", tcb: state.tcb };
      acknowledged(context, context.retransmissions.handleCumulativeTsnAck(chunk.cumulativeTsnAck, now), now);
      proceedShutdown(context, now);
      break;
    case "shutdown-sent":
      // Both sides at once (§9.2): answer, and wait for the COMPLETE.
      context.state = { name: "shutdown-ack-sent", tcb: state.tcb };
      startT2(context, now);
      repeat(context);
      break;
    case "shutdown-ack-sent":
      repeat(context);
      break;
    case "closed":
    case "cookie-wait":
    case "cookie-echoed":
    case "ended":
      context.drops.count("unexpected-chunk");
      break;
  }
}

/** The other side agrees. During our own handshake it means an association that is no more (RFC 9260 §8.5.1 E). */
export function handleShutdownAck(context: Context, packet: Uint8Array): void {
  const state = context.state;
  switch (state.name) {
    case "shutdown-sent":
    case "shutdown-ack-sent": {
      const bytes = new Uint8Array(SHUTDOWN_COMPLETE_LENGTH);
      encodeShutdownCompleteChunk({ tagReflected: false }, bytes, 0);
      context.enqueue(bytes, state.tcb.remoteTag, "alone");
      context.end(undefined, true);
      break;
    }
    case "cookie-wait":
    case "cookie-echoed":
      answerOutOfTheBlue(context, packet);
      break;
    default:
      context.drops.count("unexpected-chunk");
  }
}

/** It is over on both sides. */
export function handleShutdownComplete(context: Context, packet: Uint8Array, offset: number): void {
  const complete = decodeShutdownCompleteChunk(packet, offset, packet.length);
  if (complete !== undefined && context.state.name === "shutdown-ack-sent") context.end(undefined, true);
  else context.drops.count("unexpected-chunk");
}
