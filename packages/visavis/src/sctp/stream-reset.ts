/**
 * Resetting streams, so that their numbers can be used again: RFC 6525.
 *
 * We ask for the reset of our own outgoing streams, one request at a time, once nothing of them waits to be sent; and we answer
 * requests of the other side for its outgoing ones, when all that it sent before has arrived.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { addSerial, diffSerial, isNewer, type Serial32 } from "../base/serial.ts";
import type { Context, TransmissionControlBlock } from "./context.ts";
import { countError } from "./heartbeat.ts";
import { CHUNK_HEADER } from "./packet/chunk.ts";
import { COMMON_HEADER } from "./packet/common-header.ts";
import { ParameterType } from "./packet/parameter.ts";
import { decodeReconfigChunk, encodeReconfigChunk, reconfigChunkLength } from "./packet/reconfig-chunk.ts";
import {
  type IncomingResetRequest,
  type OutgoingResetRequest,
  type ReconfigParameter,
  type ReconfigResponse,
  ReconfigResult,
} from "./packet/reconfig-parameter.ts";

/** Streams in one request at the most; the rest waits for the next. */
const STREAMS_PER_REQUEST = 400;
/** Bytes of an outgoing reset request before its streams. */
const REQUEST_HEADER = 16;
/** RFC 9260 §16 RTO.Max: what the wait for an answer backs off to. Milliseconds. */
const MAX_WAIT = 10_000;

interface Request {
  readonly sequence: Serial32;
  readonly streams: readonly number[];
  readonly lastAssignedTsn: Serial32;
  retries: number;
}

type IncomingReset = Pick<OutgoingResetRequest, "lastAssignedTsn" | "streams">;

/** Requests that wait for data that is still on its way; `members` are their streams, for looking them up. None are all. */
interface DeferredReset {
  lastAssignedTsn: Serial32;
  readonly streams: number[];
  readonly members: Set<number>;
}

/** Both directions of stream resets. */
export class StreamReset {
  /** Outgoing streams to be reset; shared with those who ask before there is an association. */
  readonly #waiting: Set<number>;
  /** How many streams had run empty when the waiting ones were looked at; -1: they are to be looked at. */
  #lookedAt = -1;
  #nextSequence: Serial32;
  #request: Request | undefined;
  /** When the request is sent again. */
  #deadline: Instant = NEVER;
  /** The last request of the other side that was answered, what was said, and what to the one before. */
  #lastIncoming: Serial32;
  #lastResult: number = ReconfigResult.SUCCESS_NOTHING_TO_DO;
  #resultBefore: number = ReconfigResult.SUCCESS_NOTHING_TO_DO;
  #deferred: DeferredReset | undefined;
  /** A request that had to wait and was performed since, which the other side does not know yet. */
  #untold: IncomingReset | undefined;

  /** Request numbers begin with the initial TSNs (RFC 6525 §5.1.1). */
  constructor(waiting: Set<number>, localInitialTsn: Serial32, beforeRemoteInitialTsn: Serial32) {
    this.#waiting = waiting;
    this.#nextSequence = localInitialTsn;
    this.#lastIncoming = beforeRemoteInitialTsn;
  }

  /** When `advance` is needed. */
  get deadline(): Instant {
    return this.#deadline;
  }

  /** Wants these outgoing streams reset. Of one that is being reset, only messages queued since then need another reset. */
  want(context: Context, streams: readonly number[]): void {
    this.#lookedAt = -1;
    for (const stream of streams) {
      if (this.#request?.streams.includes(stream) !== true || !context.sendQueue.isEmpty(stream)) this.#waiting.add(stream);
    }
  }

  /** Sends the next request if its time has come. */
  proceed(context: Context, tcb: TransmissionControlBlock, now: Instant): void {
    if (this.#waiting.size === 0 || this.#request !== undefined || context.state.name !== "established") return;
    const { emptied } = context.sendQueue;
    if (this.#lookedAt === emptied) return;
    this.#lookedAt = emptied;
    const most = Math.min(STREAMS_PER_REQUEST, Math.floor((context.mtu - COMMON_HEADER - CHUNK_HEADER - REQUEST_HEADER) / 2));
    const ready: number[] = [];
    for (const stream of this.#waiting) {
      if (ready.length >= most) break;
      if (context.sendQueue.isEmpty(stream)) ready.push(stream);
    }
    if (ready.length === 0) return;
    this.#lookedAt = -1;
    for (const stream of ready) this.#waiting.delete(stream);
    if (!tcb.reconfiguration) {
      context.events.push({ type: "outgoing-reset", streams: ready, performed: false });
      return;
    }
    context.sendQueue.pause(ready);
    const lastAssignedTsn = context.retransmissions.beginReset(ready);
    this.#request = { sequence: this.#nextSequence, streams: ready, lastAssignedTsn, retries: 0 };
    this.#nextSequence = addSerial(this.#nextSequence, 1);
    this.#send(context, now);
  }

  /** The timer ran out: the same request again. */
  advance(context: Context, now: Instant): void {
    if (now < this.#deadline || this.#request === undefined) return;
    // What is not answered counts against the path as any other chunk does (RFC 6525 §5.1.1, RFC 9260 §8.1), and other answers speak for
    // it. Where data is out, that is what counts: one outage is not two.
    if (!context.t3.running) countError(context);
    if (context.state.name === "ended") return;
    this.#request.retries++;
    this.#send(context, now);
  }

  /** Works off a RE-CONFIG. */
  handle(context: Context, tcb: TransmissionControlBlock, packet: Uint8Array, offset: number, now: Instant): void {
    const chunk = decodeReconfigChunk(packet, offset, packet.length);
    if (chunk === undefined) {
      context.drops.count("malformed-chunk");
      return;
    }
    for (const parameter of chunk.parameters) {
      if (parameter.type === ParameterType.RE_CONFIGURATION_RESPONSE) this.#answered(context, parameter, now);
      else this.#asked(context, tcb, parameter);
    }
  }

  /** Data arrived, or was skipped: a deferred reset may now be performed. @returns whether it was */
  dataArrived(context: Context, tcb: TransmissionControlBlock): boolean {
    const deferred = this.#deferred;
    if (deferred === undefined || isNewer(deferred.lastAssignedTsn, tcb.tracker.cumulativeTsn)) return false;
    this.#deferred = undefined;
    this.#untold = deferred;
    perform(context, tcb, deferred.streams);
    return true;
  }

  /** Whether DATA with this TSN belongs to the time after a reset that is still deferred. */
  defers(tsn: Serial32, stream: number): boolean {
    const deferred = this.#deferred;
    if (deferred === undefined || diffSerial(tsn, deferred.lastAssignedTsn) <= 0) return false;
    return deferred.members.size === 0 || deferred.members.has(stream);
  }

  #asked(context: Context, tcb: TransmissionControlBlock, parameter: Exclude<ReconfigParameter, ReconfigResponse>): void {
    const sequence = parameter.requestSequenceNumber;
    switch (diffSerial(sequence, this.#lastIncoming)) {
      case 1: {
        const result = this.#decide(context, tcb, parameter);
        this.#resultBefore = this.#lastResult;
        this.#lastIncoming = sequence;
        this.#lastResult = result;
        break;
      }
      case 0:
        // Asked again: what was "in progress" may be done by now.
        if (this.#lastResult === ReconfigResult.IN_PROGRESS && this.#deferred === undefined) {
          this.#lastResult = ReconfigResult.SUCCESS_PERFORMED;
          this.#untold = undefined;
        }
        break;
      case -1:
        respond(context, sequence, this.#resultBefore);
        return;
      default:
        context.drops.count("bad-reset");
        respond(context, sequence, ReconfigResult.ERROR_BAD_SEQUENCE_NUMBER);
        return;
    }
    respond(context, sequence, this.#lastResult);
  }

  #decide(context: Context, tcb: TransmissionControlBlock, parameter: Exclude<ReconfigParameter, ReconfigResponse>): number {
    if (parameter.type === ParameterType.OUTGOING_SSN_RESET_REQUEST) return this.#outgoingReset(context, tcb, parameter);
    if (parameter.type === ParameterType.INCOMING_SSN_RESET_REQUEST) return this.#incomingReset(context, tcb, parameter);
    return ReconfigResult.DENIED;
  }

  /** RFC 6525 §5.2.2. */
  #outgoingReset(context: Context, tcb: TransmissionControlBlock, request: OutgoingResetRequest): number {
    if (request.streams.some((stream) => stream >= tcb.inboundStreams)) return ReconfigResult.ERROR_WRONG_SSN;
    // Some ask under a new number after "in progress": that is no other reset.
    const untold = this.#untold;
    this.#untold = undefined;
    if (untold !== undefined && isSame(untold, request)) return ReconfigResult.SUCCESS_PERFORMED;
    if (!isNewer(request.lastAssignedTsn, tcb.tracker.cumulativeTsn)) {
      perform(context, tcb, request.streams);
      return ReconfigResult.SUCCESS_PERFORMED;
    }
    this.#defer(request);
    return ReconfigResult.IN_PROGRESS;
  }

  /** The work is that of the new streams, however many wait: requests may come without end. */
  #defer({ lastAssignedTsn, streams }: OutgoingResetRequest): void {
    const deferred = this.#deferred;
    if (deferred === undefined) {
      this.#deferred = { lastAssignedTsn, streams: [...streams], members: new Set(streams) };
      return;
    }
    if (isNewer(lastAssignedTsn, deferred.lastAssignedTsn)) deferred.lastAssignedTsn = lastAssignedTsn;
    const { members } = deferred;
    if (streams.length === 0) {
      members.clear();
      deferred.streams.length = 0;
    } else if (members.size > 0) {
      for (const stream of streams) {
        if (members.has(stream)) continue;
        members.add(stream);
        deferred.streams.push(stream);
      }
    }
  }

  /** RFC 6525 §5.2.3. */
  #incomingReset(context: Context, tcb: TransmissionControlBlock, { streams }: IncomingResetRequest): number {
    if (streams.length === 0) return ReconfigResult.DENIED;
    if (streams.some((stream) => stream >= tcb.outboundStreams)) return ReconfigResult.ERROR_WRONG_SSN;
    this.want(context, streams);
    return ReconfigResult.SUCCESS_PERFORMED;
  }

  #answered(context: Context, response: ReconfigResponse, now: Instant): void {
    const request = this.#request;
    if (request === undefined || response.responseSequenceNumber !== request.sequence) return;
    context.errors = 0;
    if (response.result === ReconfigResult.IN_PROGRESS) {
      // Asked again after a while; the answer shows that the path lives.
      request.retries = 0;
      this.#deadline = now + context.timeout.current;
      return;
    }
    const performed =
      response.result === ReconfigResult.SUCCESS_PERFORMED || response.result === ReconfigResult.SUCCESS_NOTHING_TO_DO;
    this.#request = undefined;
    this.#deadline = NEVER;
    if (performed) context.sendQueue.restart(request.streams);
    else context.sendQueue.resume(request.streams);
    context.retransmissions.endReset(performed);
    context.events.push({ type: "outgoing-reset", streams: request.streams, performed });
  }

  #send(context: Context, now: Instant): void {
    const request = this.#request;
    if (request === undefined) return;
    this.#deadline = now + Math.min(context.timeout.current * 2 ** request.retries, MAX_WAIT);
    enqueueReconfig(context, {
      type: ParameterType.OUTGOING_SSN_RESET_REQUEST,
      requestSequenceNumber: request.sequence,
      responseSequenceNumber: this.#lastIncoming,
      lastAssignedTsn: request.lastAssignedTsn,
      streams: request.streams,
    });
  }
}

function perform(context: Context, tcb: TransmissionControlBlock, streams: readonly number[]): void {
  tcb.reassembly.resetStreams(streams);
  context.events.push({ type: "incoming-reset", streams });
}

function isSame(one: IncomingReset, other: IncomingReset): boolean {
  return (
    one.lastAssignedTsn === other.lastAssignedTsn &&
    one.streams.length === other.streams.length &&
    one.streams.every((stream, i) => stream === other.streams[i])
  );
}

function respond(context: Context, sequence: Serial32, result: number): void {
  enqueueReconfig(context, { type: ParameterType.RE_CONFIGURATION_RESPONSE, responseSequenceNumber: sequence, result });
}

function enqueueReconfig(context: Context, parameter: ReconfigParameter): void {
  const chunk = { parameters: [parameter] };
  const bytes = new Uint8Array(reconfigChunkLength(chunk));
  encodeReconfigChunk(chunk, bytes, 0);
  context.enqueue(bytes);
}
