/**
 * Setting an association up: the four-way handshake, its collisions, and a peer that comes back: RFC 9260 §5.
 */
import { concatBytes, padded4 } from "../base/bytes.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { addSerial, type Serial32 } from "../base/serial.ts";
import { type Context, HEARTBEAT_INTERVAL, type TransmissionControlBlock } from "./context.ts";
import { countError } from "./heartbeat.ts";
import { answerOutOfTheBlue, refuse } from "./out-of-the-blue.ts";
import { ChunkType } from "./packet/chunk.ts";
import { COMMON_HEADER } from "./packet/common-header.ts";
import {
  COOKIE_ACK_LENGTH,
  cookieEchoChunkLength,
  decodeCookieEchoChunk,
  encodeCookieAckChunk,
  encodeCookieEchoChunk,
} from "./packet/cookie-chunk.ts";
import { cookieReceivedWhileShuttingDown, staleCookie, unrecognizedParameters } from "./packet/error-cause.ts";
import { encodeErrorChunk, errorChunkLength } from "./packet/error-chunk.ts";
import { decodeInitChunk, reportedParameters } from "./packet/init-chunk.ts";
import { encodeShutdownAckChunk, SHUTDOWN_ACK_LENGTH } from "./packet/shutdown-chunk.ts";
import { DataTracker } from "./rx/data-tracker.ts";
import { ReassemblyQueue } from "./rx/reassembly-queue.ts";
import { SctpError } from "./sctp-error.ts";
import { COOKIE_LIFE, decodeStateCookie, encodeStateCookie, type StateCookie } from "./state-cookie.ts";
import { StreamReset } from "./stream-reset.ts";
import { capabilitiesOf, initOf, isAcceptable, type Terms, termsOf } from "./terms.ts";
import { startT3 } from "./tx/retransmission-timer.ts";

/** Both sides may begin; a second call does nothing. */
export function connect(context: Context, now: Instant): void {
  if (context.state.name !== "closed") return;
  const { inits } = context.options;
  const terms = inits && termsOf(context.options, inits.local, inits.remote);
  if (terms !== undefined) {
    // Nothing proves that the other side took ours: an INIT of its own says that it did not.
    context.unproven = true;
    context.counters.handshakesSkipped++;
    establish(context, createTcb(context, terms), now);
  } else wait(context, context.newTag(), context.newTsn(), now);
}

function wait(context: Context, localTag: number, localInitialTsn: Serial32, now: Instant): void {
  context.state = { name: "cookie-wait", localTag, localInitialTsn };
  context.t1.duration = context.timeout.current;
  context.t1.start(now);
  sendInit(context);
}

/** T1 expired: INIT or COOKIE ECHO again, or the end. */
export function handleT1(context: Context, outcome: "expired" | "exhausted"): void {
  if (outcome === "exhausted") context.fail("no-answer", "the other side did not answer the SCTP handshake");
  else if (context.state.name === "cookie-wait") sendInit(context);
  else if (context.state.name === "cookie-echoed") {
    // What rode behind the last COOKIE ECHO rides behind this one.
    context.retransmissions.takeBack();
    sendCookieEcho(context, context.state.cookie);
  }
}

function sendInit(context: Context): void {
  if (context.state.name !== "cookie-wait") return;
  const { localTag, localInitialTsn } = context.state;
  context.enqueue(initOf(context.options, ChunkType.INIT, localTag, localInitialTsn, {}), 0, "alone");
}

function sendCookieEcho(context: Context, cookie: Uint8Array): void {
  const bytes = new Uint8Array(cookieEchoChunkLength({ cookie }));
  encodeCookieEchoChunk({ cookie }, bytes, 0);
  context.enqueue(bytes, undefined, "first");
}

/** RFC 9260 §5.1 B, §5.2.1, §5.2.2: answers every INIT with an INIT ACK, and keeps no state of it. */
export function handleInit(context: Context, packet: Uint8Array, offset: number, now: Instant): void {
  const init = decodeInitChunk(packet, offset, packet.length);
  if (init === undefined || !isAcceptable(init)) {
    context.drops.count("malformed-chunk");
    // RFC 9260 §3.3.2: its sender learns that this will come to nothing.
    if (init !== undefined && init.initiateTag !== 0) refuse(context, init.initiateTag);
    return;
  }
  const state = context.state;
  if (state.name === "ended") return;
  if (state.name === "shutdown-ack-sent") {
    const bytes = new Uint8Array(SHUTDOWN_ACK_LENGTH);
    encodeShutdownAckChunk(bytes, 0);
    context.enqueue(bytes);
    return;
  }
  let localTag = context.newTag();
  let localInitialTsn = context.newTsn();
  let localTieTag = 0;
  let remoteTieTag = 0;
  if (state.name === "cookie-wait") {
    localTag = state.localTag;
    localInitialTsn = state.localInitialTsn;
  } else if (state.name === "cookie-echoed") {
    // RFC 9260 §5.2.1: the same tag and TSN as in our own INIT, and the tags known so far.
    localTag = state.tcb.localTag;
    localInitialTsn = state.tcb.localInitialTsn;
    localTieTag = state.tcb.localTag;
    remoteTieTag = state.tcb.remoteTag;
  } else if (state.name !== "closed" && !context.unproven) {
    localTieTag = state.tcb.localTag;
    remoteTieTag = state.tcb.remoteTag;
  }
  const cookie: StateCookie = {
    localTag,
    remoteTag: init.initiateTag,
    localInitialTsn,
    remoteInitialTsn: init.initialTsn,
    remoteWindow: init.advertisedWindow,
    outboundStreams: Math.min(context.options.outboundStreams ?? 65535, init.inboundStreams),
    inboundStreams: Math.min(context.options.inboundStreams ?? 65535, init.outboundStreams),
    localTieTag,
    remoteTieTag,
    ...capabilitiesOf(context.options, init),
    createdAt: now,
  };
  const stateCookie = encodeStateCookie(cookie, context.cookieKey);
  const unrecognized = reportedParameters(init.parameters);
  let answer = initOf(context.options, ChunkType.INIT_ACK, localTag, localInitialTsn, { stateCookie, unrecognized });
  // The report of what we do not know is worth less than the answer.
  if (COMMON_HEADER + answer.length > context.mtu)
    answer = initOf(context.options, ChunkType.INIT_ACK, localTag, localInitialTsn, { stateCookie });
  context.enqueue(answer, init.initiateTag, "alone");
}

/** RFC 9260 §5.1 C: keeps what the other side said and brings its cookie back. */
export function handleInitAck(context: Context, packet: Uint8Array, offset: number, now: Instant): void {
  const state = context.state;
  if (state.name !== "cookie-wait") {
    context.drops.count("unexpected-chunk");
    return;
  }
  const ack = decodeInitChunk(packet, offset, packet.length);
  if (ack === undefined) {
    context.drops.count("malformed-chunk");
    return;
  }
  const cookie = ack.parameters.stateCookie;
  if (cookie === undefined || !isAcceptable(ack)) {
    // §3.3.3: there is no association with such terms.
    if (ack.initiateTag !== 0) refuse(context, ack.initiateTag);
    context.fail("protocol-violation", "the other side answered the handshake with terms that make no association");
    return;
  }
  if (COMMON_HEADER + cookieEchoChunkLength({ cookie }) > context.mtu) {
    // No packet can bring it back; the next answer may have a smaller one.
    context.drops.count("malformed-chunk");
    return;
  }
  const tcb = createTcb(context, {
    localTag: state.localTag,
    remoteTag: ack.initiateTag,
    localInitialTsn: state.localInitialTsn,
    remoteInitialTsn: ack.initialTsn,
    remoteWindow: ack.advertisedWindow,
    outboundStreams: Math.min(context.options.outboundStreams ?? 65535, ack.inboundStreams),
    inboundStreams: Math.min(context.options.inboundStreams ?? 65535, ack.outboundStreams),
    ...capabilitiesOf(context.options, ack),
  });
  const kept = cookie.slice();
  context.state = { name: "cookie-echoed", tcb, cookie: kept };
  context.t1.duration = context.timeout.current;
  context.t1.start(now);
  sendCookieEcho(context, kept);
  const reported = reportedParameters(ack.parameters);
  // §3.2.2: what we do not know of its parameters.
  if (reported.length > 0) sendError(context, unrecognizedParameters(concatBytes(...reported.map(padded))), undefined);
}

/** RFC 9260 §5.1.5 and the table of §5.2.4. @returns whether the packet's further chunks may be read */
export function handleCookieEcho(context: Context, packet: Uint8Array, offset: number, tag: number, now: Instant): boolean {
  const echo = decodeCookieEchoChunk(packet, offset, packet.length);
  const cookie = echo && decodeStateCookie(echo.cookie, context.cookieKey);
  if (cookie === undefined || cookie.localTag !== tag) {
    context.drops.count("bad-cookie");
    return false;
  }
  const state = context.state;
  if (state.name === "ended") return false;
  const tcb = context.tcb;
  const sameLocal =
    tcb !== undefined ? tcb.localTag === cookie.localTag : state.name === "cookie-wait" && state.localTag === cookie.localTag;
  const sameRemote = tcb?.remoteTag === cookie.remoteTag;
  const stale = now - cookie.createdAt > COOKIE_LIFE;
  // §5.2.4: a cookie of the association that stands is good however old it is.
  if (stale && !(sameLocal && sameRemote)) {
    context.drops.count("stale-cookie");
    sendError(
      context,
      staleCookie(Math.min(Math.round((now - cookie.createdAt - COOKIE_LIFE) * 1000), 0xffff_ffff)),
      cookie.remoteTag,
    );
    return false;
  }
  if (state.name === "closed" || state.name === "cookie-wait" || context.unproven) {
    context.unproven = false;
    establish(context, createTcb(context, cookie), now);
  } else if (sameLocal && sameRemote) {
    // D: our COOKIE ACK was lost, or both sides began at once.
    if (state.name === "cookie-echoed") establish(context, state.tcb, now);
  } else if (sameLocal && state.name === "cookie-echoed") {
    // B: both sides began at once; the other side's tag is the newer one. Our data went to the older one, which is gone.
    establish(context, createTcb(context, cookie), now);
  } else if (tcb !== undefined && !sameRemote && cookie.localTieTag === tcb.localTag && cookie.remoteTieTag === tcb.remoteTag) {
    // A: the other side lost its state and began anew.
    if (state.name === "shutdown-ack-sent") {
      const bytes = new Uint8Array(SHUTDOWN_ACK_LENGTH);
      encodeShutdownAckChunk(bytes, 0);
      context.enqueue(bytes);
      sendError(context, cookieReceivedWhileShuttingDown(), undefined);
      return false;
    }
    // A data channel does not survive it: its streams and their sequence numbers are gone (RFC 8831 §6.2).
    context.end(new SctpError("restarted", "the other side lost its state and began the association anew"));
    answerOutOfTheBlue(context, packet);
    return false;
  } else {
    // C, or a cookie of somebody else's.
    context.drops.count("bad-cookie");
    return false;
  }
  const ack = new Uint8Array(COOKIE_ACK_LENGTH);
  encodeCookieAckChunk(ack, 0);
  context.enqueue(ack, undefined, "first");
  return true;
}

/** RFC 9260 §5.1 E. */
export function handleCookieAck(context: Context, now: Instant): void {
  if (context.state.name === "cookie-echoed") establish(context, context.state.tcb, now);
}

/** Our cookie was stale: a new one is asked for, under the same tag and with the same TSNs (RFC 9260 §5.2.6). */
export function handleStaleCookie(context: Context, now: Instant): void {
  if (context.state.name !== "cookie-echoed") return;
  const { localTag, localInitialTsn } = context.state.tcb;
  countError(context);
  if (context.state.name === "cookie-echoed") wait(context, localTag, localInitialTsn, now);
}

function establish(context: Context, tcb: TransmissionControlBlock, now: Instant): void {
  const first = context.state.name !== "established";
  context.state = { name: "established", tcb };
  context.t1.stop();
  context.errors = 0;
  context.heartbeat.duration = HEARTBEAT_INTERVAL;
  context.heartbeat.start(now);
  context.heartbeatExpires = NEVER;
  // What rode behind the COOKIE ECHO had T1 to watch over it.
  if (context.retransmissions.needsTimer) startT3(context, now);
  if (first) context.events.push({ type: "connected", inboundStreams: tcb.inboundStreams, outboundStreams: tcb.outboundStreams });
}

function createTcb(context: Context, terms: Terms): TransmissionControlBlock {
  const faults = context.options.faults;
  const { remoteWindow, ...rest } = terms;
  context.sendQueue.begin(terms.interleaving);
  context.sendQueue.limitStreams(terms.outboundStreams);
  context.retransmissions.begin(terms.localInitialTsn, remoteWindow, terms.partialReliability);
  // What is spread comes last: V8 gives every object that grows out of a spread a shape of its own.
  return {
    tracker: new DataTracker(terms.remoteInitialTsn),
    reassembly: new ReassemblyQueue({
      interleaving: terms.interleaving,
      partial: context.partialDelivery,
      bufferLimit: context.receiveBufferLimit,
      memory: context.options.memory,
      maxMessageSize: context.options.maxReceiveMessageSize,
      repairOrder: faults?.noReorderRepair !== true,
      detectDuplicates: faults?.noDuplicateDetection !== true,
    }),
    streamReset: new StreamReset(context.resetsWanted, terms.localInitialTsn, addSerial(terms.remoteInitialTsn, -1)),
    ...rest,
  };
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(padded4(bytes.length));
  whole.set(bytes);
  return whole;
}

function sendError(context: Context, cause: ReturnType<typeof staleCookie>, tag: number | undefined): void {
  const chunk = { causes: [cause] };
  const bytes = new Uint8Array(errorChunkLength(chunk));
  encodeErrorChunk(chunk, bytes, 0);
  context.enqueue(bytes, tag);
}
