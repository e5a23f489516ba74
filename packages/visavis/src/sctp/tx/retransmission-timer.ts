/**
 * T3-rtx and what stops it: RFC 9260 §6.3.2, §6.3.3, §8.1.
 */
import type { Instant } from "../../base/instant.ts";
import { abortByViolation } from "../abort.ts";
import type { Context } from "../context.ts";
import { countError } from "../heartbeat.ts";
import { isSackChunk } from "../packet/sack-chunk.ts";
import { suspectBlackHole } from "../path-mtu.ts";
import type { SackOutcome } from "./retransmission-queue.ts";

/** Starts T3-rtx with the timeout as it is now. */
export function startT3(context: Context, now: Instant): void {
  context.t3.duration = context.timeout.current;
  context.t3.start(now);
}

/** Works off the SACK at `o` of a packet that ends at `end`. */
export function handleSack(context: Context, packet: Uint8Array, o: number, end: number, now: Instant): void {
  if (isSackChunk(packet, o, end)) acknowledged(context, context.retransmissions.handleSack(packet, o, now), now);
  else context.drops.count("malformed-chunk");
}

/** The consequences of an acknowledgement. */
export function acknowledged(context: Context, outcome: SackOutcome, now: Instant): void {
  const { retransmissions, t3 } = context;
  if (outcome === "filled" || outcome === "advanced") context.pathMtu.alive(now);
  switch (outcome) {
    case "violation":
      abortByViolation(context, "protocol-violation", "a SACK for what was never sent");
      break;
    case "stale":
      context.drops.count("stale-sack");
      break;
    case "nothing":
      // §6.1 A: a window that stays closed is an answer too.
      if (retransmissions.probing) context.errors = 0;
      break;
    case "filled":
      // The first chunk is still out: it is not the timer's business that others arrived.
      context.errors = 0;
      break;
    case "advanced":
      context.errors = 0;
      if (retransmissions.forwardTsnDue) context.timeout.answered();
      // §6.3.2 R2 and R3.
      if (retransmissions.needsTimer) startT3(context, now);
      else t3.stop();
      break;
  }
}

/** T3-rtx expired. */
export function handleT3(context: Context, now: Instant): void {
  if (!context.retransmissions.needsTimer) return;
  countError(context);
  if (context.state.name === "ended") return;
  context.timeout.backOff();
  // A window that is closed says nothing about sizes.
  if (!context.retransmissions.probing) suspectBlackHole(context, now);
  context.retransmissions.handleTimeout(now);
  startT3(context, now);
}
