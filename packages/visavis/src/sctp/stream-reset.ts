/**
 * Resetting streams, so that their numbers can be used again: RFC 6525.
 *
 * We ask for the reset of our own outgoing streams, one request at a time, once nothing of them waits to be sent; and we answer
 * requests of the other side for its outgoing ones, when all that it sent before has arrived.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { addSerial, diffSerial, isNewer, type Serial32 } from "../base/serial.ts";
import type { Context, TransmissionControlBlock } from "./context.ts";
import { ParameterType } from "./packet/parameter.ts";
import { decodeReconfigChunk, encodeReconfigChunk, reconfigChunkLength } from "./packet/reconfig-chunk.ts";
import {
  type OutgoingResetRequest,
  type ReconfigParameter,
  type ReconfigResponse,
  ReconfigResult,
} from "./packet/reconfig-parameter.ts";

/** Streams in one request; the rest waits for the next. */
const STREAMS_PER_REQUEST = 400;
/** Requests sent again before the path counts as dead are those of any other chunk. */
const MAX_RETRIES = 10;

interface Request {
  readonly sequence: Serial32;
  readonly streams: readonly number[];
  readonly lastAssignedTsn: Serial32;
  retries: number;
}

/** Both directions of stream resets. */
export class StreamReset {
  readonly #waiting = new Set<number>();
  #nextSequence: Serial32;
  #request: Request | undefined;
  /** When the request is sent again. */
  deadline: Instant = NEVER;
  /** The last request of the other side that was answered, and what was said. */
  #lastIncoming: Serial32;
  #lastResult: number = ReconfigResult.SUCCESS_NOTHING_TO_DO;
  /** A request that waits for data that is still on its way. */
  #deferred: { readonly lastAssignedTsn: Serial32; readonly streams: readonly number[] } | undefined;

  /** Request numbers begin with the initial TSNs (RFC 6525 §5.1.1). */
  constructor(localInitialTsn: Serial32, beforeRemoteInitialTsn: Serial32) {
    this.#nextSequence = localInitialTsn;
    this.#lastIncoming = beforeRemoteInitialTsn;
  }

  /** Wants these outgoing streams reset. */
  want(streams: readonly number[]): void {
    for (const stream of streams) if (this.#request?.streams.includes(stream) !== true) this.#waiting.add(stream);
  }

  /** Sends the next request if its time has come. */
  proceed(context: Context, tcb: TransmissionControlBlock, now: Instant): void {
    if (this.#request !== undefined || this.#waiting.size === 0) return;
    const ready = [...this.#waiting].filter((stream) => context.sendQueue.bytesOf(stream) === 0).slice(0, STREAMS_PER_REQUEST);
    if (ready.length === 0) return;
    for (const stream of ready) this.#waiting.delete(stream);
    if (!tcb.reconfiguration) {
      context.events.push({ type: "outgoing-reset", streams: ready, performed: false });
      return;
    }
    context.sendQueue.pause(ready);
    this.#request = {
      sequence: this.#nextSequence,
      streams: ready,
      lastAssignedTsn: addSerial(tcb.retransmissions.nextTsn, -1),
      retries: 0,
    };
    this.#nextSequence = addSerial(this.#nextSequence, 1);
    this.#send(context, now);
  }

  /** The timer ran out: the same request again. */
  advance(context: Context, now: Instant): void {
    if (now < this.deadline || this.#request === undefined) return;
    if (++this.#request.retries > MAX_RETRIES) {
      context.fail("unreachable", "the other side does not answer the reset of streams");
      return;
    }
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

  /** Data arrived, or was skipped: a deferred reset may now be performed. @returns whether one was */
  dataArrived(context: Context, tcb: TransmissionControlBlock): boolean {
    const deferred = this.#deferred;
    if (deferred === undefined || isNewer(deferred.lastAssignedTsn, tcb.tracker.cumulativeTsn)) return false;
    this.#deferred = undefined;
    this.#perform(context, tcb, deferred.streams);
    return true;
  }

  /** Whether DATA with this TSN belongs to the time after a reset that is still deferred: then it must wait. */
  defers(tsn: Serial32, stream: number): boolean {
    const deferred = this.#deferred;
    if (deferred === undefined || diffSerial(tsn, deferred.lastAssignedTsn) <= 0) return false;
    return deferred.streams.length === 0 || deferred.streams.includes(stream);
  }

  #asked(context: Context, tcb: TransmissionControlBlock, parameter: Exclude<ReconfigParameter, ReconfigResponse>): void {
    const sequence = parameter.requestSequenceNumber;
    const ahead = diffSerial(sequence, this.#lastIncoming);
    if (ahead === 0 && parameter.type !== ParameterType.OUTGOING_SSN_RESET_REQUEST) {
      this.#respond(context, sequence, this.#lastResult);
      return;
    }
    if (ahead === 0) {
      // Asked again: what was "in progress" may be done by now.
      if (this.#lastResult === ReconfigResult.IN_PROGRESS && this.#deferred === undefined)
        this.#lastResult = ReconfigResult.SUCCESS_PERFORMED;
      this.#respond(context, sequence, this.#lastResult);
      return;
    }
    if (ahead !== 1) {
      context.drops.count("bad-reset");
      this.#respond(context, sequence, ReconfigResult.ERROR_BAD_SEQUENCE_NUMBER);
      return;
    }
    this.#lastIncoming = sequence;
    if (parameter.type === ParameterType.OUTGOING_SSN_RESET_REQUEST) {
      this.#lastResult = this.#outgoingReset(context, tcb, parameter);
    } else if (parameter.type === ParameterType.INCOMING_SSN_RESET_REQUEST) {
      this.want(parameter.streams.length > 0 ? parameter.streams : []);
      this.#lastResult = parameter.streams.length > 0 ? ReconfigResult.SUCCESS_PERFORMED : ReconfigResult.DENIED;
    } else {
      this.#lastResult = ReconfigResult.DENIED;
    }
    this.#respond(context, sequence, this.#lastResult);
  }

  #outgoingReset(context: Context, tcb: TransmissionControlBlock, request: OutgoingResetRequest): number {
    if (request.streams.some((stream) => stream >= tcb.inboundStreams)) return ReconfigResult.ERROR_WRONG_SSN;
    if (isNewer(request.lastAssignedTsn, tcb.tracker.cumulativeTsn)) {
      if (this.#deferred !== undefined) return ReconfigResult.ERROR_REQUEST_ALREADY_IN_PROGRESS;
      this.#deferred = { lastAssignedTsn: request.lastAssignedTsn, streams: request.streams };
      return ReconfigResult.IN_PROGRESS;
    }
    this.#perform(context, tcb, request.streams);
    return ReconfigResult.SUCCESS_PERFORMED;
  }

  #perform(context: Context, tcb: TransmissionControlBlock, streams: readonly number[]): void {
    tcb.reassembly.resetStreams(streams);
    context.events.push({ type: "incoming-reset", streams });
  }

  #answered(context: Context, response: ReconfigResponse, now: Instant): void {
    const request = this.#request;
    if (request === undefined || response.responseSequenceNumber !== request.sequence) return;
    if (response.result === ReconfigResult.IN_PROGRESS) {
      // Asked again after a while; the answer shows that the path lives.
      request.retries = 0;
      this.deadline = now + context.timeout.current;
      return;
    }
    const performed =
      response.result === ReconfigResult.SUCCESS_PERFORMED || response.result === ReconfigResult.SUCCESS_NOTHING_TO_DO;
    this.#request = undefined;
    this.deadline = NEVER;
    if (performed) context.sendQueue.restart(request.streams);
    else context.sendQueue.resume(request.streams);
    context.events.push({ type: "outgoing-reset", streams: request.streams, performed });
  }

  #send(context: Context, now: Instant): void {
    const request = this.#request;
    if (request === undefined) return;
    this.deadline = now + context.timeout.current * 2 ** Math.min(request.retries, 5);
    enqueueReconfig(context, {
      type: ParameterType.OUTGOING_SSN_RESET_REQUEST,
      requestSequenceNumber: request.sequence,
      responseSequenceNumber: this.#lastIncoming,
      lastAssignedTsn: request.lastAssignedTsn,
      streams: request.streams,
    });
  }

  #respond(context: Context, sequence: Serial32, result: number): void {
    enqueueReconfig(context, { type: ParameterType.RE_CONFIGURATION_RESPONSE, responseSequenceNumber: sequence, result });
  }
}

function enqueueReconfig(context: Context, parameter: ReconfigParameter): void {
  const chunk = { parameters: [parameter] };
  const bytes = new Uint8Array(reconfigChunkLength(chunk));
  encodeReconfigChunk(chunk, bytes, 0);
  context.enqueue(bytes);
}
