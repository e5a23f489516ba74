/**
 * The internal slots of an RTCDataChannel and the steps on them: https://w3c.github.io/webrtc-pc/#rtcdatachannel
 *
 * What the specification changes in a queued task is changed here by methods that the caller runs in such a task.
 */
import { SparseSet } from "../base/sparse-set.ts";
import { memory } from "../node/memory.ts";
import type { ChannelFailure } from "../peer/peer-events.ts";
import {
  type ChannelOwner,
  type ChannelSink,
  type ChannelTraits,
  type MessageKind,
  type MessagePart,
  type OutgoingMessage,
  retainedSize,
} from "./channel-owner.ts";
import { domError } from "./errors.ts";
import { fire } from "./events.ts";
import { HeldSteps } from "./held-steps.ts";
import { type BinaryType, createDataChannel, type RTCDataChannel, type RTCDataChannelState } from "./rtc-data-channel.ts";
import { RTCError, type RTCErrorInit } from "./rtc-error.ts";
import { RTCErrorEvent } from "./rtc-error-event.ts";
import { usvString } from "./webidl.ts";

/** Bytes that may wait in one channel, Blobs that are still being read included, before `send` throws. */
export const SEND_LIMIT: number = 16 * 1024 * 1024;

/** Who takes a channel's messages instead of its `message` event. */
export interface ChannelReader {
  /** A message, or a part of one when the reader asked for parts. */
  message(kind: MessageKind, data: Uint8Array, part: MessagePart): void;
  /** The end, behind all messages. */
  closed(error: RTCError | undefined): void;
}

/** Who wants to know when something can be sent. */
export interface ChannelWatcher {
  /** The channel opened, or `bufferedAmount` is lower. */
  changed(): void;
  /** Nothing can be sent any more. What was received before is still handed over to the reader. */
  closing(): void;
}

/** A message that waits for a Blob: its own, or one before it. */
interface Waiting {
  readonly kind: MessageKind;
  readonly size: number;
  /** Undefined while the Blob is being read; null when it could not be read. */
  data: Uint8Array | null | undefined;
}

/** Half of the pool of `Buffer.allocUnsafe`, from which what is smaller is cut. */
const SMALL = 2048;
const CONTEXT = "Failed to execute 'send' on 'RTCDataChannel': parameter 1";
const byteLengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get;
const utf8 = new TextEncoder();
// A byte order mark at the beginning is part of the message.
const utf8Decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The slots of one channel. */
export class ChannelSlots implements ChannelSink {
  readonly channel: ChannelTraits;
  /** The object that scripts see. */
  readonly object: RTCDataChannel;
  /** [[DataChannelId]] */
  id: number | null;
  /** [[ReadyState]] */
  readyState: RTCDataChannelState = "connecting";
  /** [[BufferedAmount]] */
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  binaryType: BinaryType = "arraybuffer";
  /** [[IsTransferable]]: until the task after its making, and until something was sent. */
  isTransferable = true;
  readonly owner: ChannelOwner;
  /** Messages behind a Blob that is being read; empty as long as no Blob is sent. */
  readonly #waiting: Waiting[] = [];
  #closeWhenSent = false;
  readonly #flushAgain = (): void => this.#flush();
  #reader: ChannelReader | undefined = undefined;
  readonly #watchers: SparseSet<ChannelWatcher> = new SparseSet();
  /** There is one only when a reader ever paused. */
  #held: HeldSteps | undefined = undefined;

  /** @param id the stream, when it is known */
  constructor(channel: ChannelTraits, id: number | null, owner: ChannelOwner) {
    this.channel = channel;
    this.id = id;
    this.owner = owner;
    this.object = createDataChannel(this);
  }

  /** https://w3c.github.io/webrtc-pc/#dfn-send */
  send(value: unknown): void {
    // 1. Set channel.[[IsTransferable]] to false.
    this.isTransferable = false;
    // 2. If channel.[[ReadyState]] is not "open", throw an InvalidStateError.
    if (this.readyState !== "open") throw domError("InvalidStateError", `The channel is ${this.readyState}.`);
    // 3. Execute the sub step that corresponds to the type of the method's argument.
    if (value instanceof Blob) {
      this.#checkSize(value.size);
      this.#sendBlob(value);
      return;
    }
    const bytes = copyOf(value);
    const kind = bytes === undefined ? "string" : "binary";
    const data = bytes ?? utf8.encode(usvString(value, CONTEXT));
    this.#checkSize(data.length);
    // 5. Queue data for transmission; it stays behind the Blobs that are still being read.
    const { length } = data;
    if (this.#waiting.length === 0) this.owner.send(data, kind);
    else this.#waiting.push({ kind, size: length, data });
    // 6. Increase the value of the [[BufferedAmount]] slot by the byte size of data.
    this.bufferedAmount += length;
  }

  /** https://w3c.github.io/webrtc-pc/#dom-rtcdatachannel-close */
  close(): void {
    // 2. If channel.[[ReadyState]] is "closing" or "closed", abort these steps.
    if (this.readyState === "closing" || this.readyState === "closed") return;
    // 3. Set channel.[[ReadyState]] to "closing".
    this.readyState = "closing";
    // What was received and not read is not handed over any more; its end is.
    this.#held?.resume();
    // 4. If the closing procedure has not started yet, start it: once everything was handed over.
    if (this.#waiting.length === 0) this.owner.close();
    else this.#closeWhenSent = true;
  }

  /** https://w3c.github.io/webrtc-pc/#announce-datachannel-open (in a task) */
  announceOpen(): void {
    // 3. If channel.[[ReadyState]] is "closing" or "closed", abort these steps.
    if (this.readyState === "closing" || this.readyState === "closed") return;
    // 4., 5. Set channel.[[ReadyState]] to "open" and fire "open".
    this.readyState = "open";
    fire(this.object, "open");
    this.#tellChange();
  }

  /** The other side began the closing procedure (https://w3c.github.io/webrtc-pc/#data-transport-closing-procedure; in a task). */
  announceClosing(): void {
    this.#tellClosing();
    this.#inOrder(() => {
      if (this.readyState === "closing" || this.readyState === "closed") return;
      this.readyState = "closing";
      this.#waiting.length = 0;
      fire(this.object, "closing");
    });
  }

  /**
   * https://w3c.github.io/webrtc-pc/#announce-data-channel-closed, until its first event (in a task); `announceClose` is the rest.
   */
  announceClosed(failure: ChannelFailure | undefined): void {
    this.#tellClosing();
    this.#inOrder(() => {
      // 2. Set channel.[[ReadyState]] to "closed".
      this.readyState = "closed";
      this.#waiting.length = 0;
      const error = failure && errorOf(failure);
      this.#reader?.closed(error);
      // 4. If the transport was closed with an error, fire "error" with an RTCError.
      if (error !== undefined) this.object.dispatchEvent(new RTCErrorEvent("error", { error }));
    });
  }

  /** 5. Fire "close". */
  announceClose(): void {
    this.#inOrder(() => fire(this.object, "close"));
  }

  /**
   * https://w3c.github.io/webrtc-pc/#rtcdatachannel-receive (in a task). Takes ownership of `data`.
   * @returns false when it waits for a reader that paused
   */
  receive(kind: MessageKind, data: Uint8Array, part: MessagePart): boolean {
    if (this.#held?.mustWait === true) {
      this.#held.add(retainedSize(data), () => this.#deliver(kind, data, part));
      return false;
    }
    this.#deliver(kind, data, part);
    return true;
  }

  /**
   * Begins a message that is written piece by piece. What is sent later waits behind it.
   * @throws InvalidStateError unless open, OperationError when there is no room now, or a Blob before it is still being read
   */
  begin(kind: MessageKind): OutgoingMessage {
    this.isTransferable = false;
    if (this.readyState !== "open") throw domError("InvalidStateError", `The channel is ${this.readyState}.`);
    if (this.#waiting.length > 0) throw domError("OperationError", "Blobs are being read.");
    const message = this.owner.begin(kind);
    return {
      write: (data) => {
        if (this.bufferedAmount + data.length > SEND_LIMIT) throw domError("OperationError", "The send queue is full.");
        const { length } = data;
        message.write(data);
        this.bufferedAmount += length;
      },
      end: () => message.end(),
      abandon: () => message.abandon(),
    };
  }

  /** Tells `watcher` what changes until it is told not to. */
  watch(watcher: ChannelWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Gives the messages to `reader` from now on. @throws InvalidStateError when there is one already */
  read(reader: ChannelReader): void {
    if (this.#reader !== undefined) throw domError("InvalidStateError", "The messages of the channel are read already.");
    this.isTransferable = false;
    this.#reader = reader;
  }

  /** Messages and what comes behind them wait until `resume`. */
  pause(): void {
    if (this.readyState !== "open") return;
    this.#held ??= new HeldSteps(this.owner);
    this.#held.pause();
  }

  /** What waits is handed over, each step in a task of its own. */
  resume(): void {
    this.#held?.resume();
  }

  /** Data left the queue (https://w3c.github.io/webrtc-pc/#dom-rtcdatachannel-bufferedamount; in a task). */
  drained(bytes: number): void {
    const before = this.bufferedAmount;
    this.bufferedAmount = Math.max(0, before - bytes);
    const threshold = this.bufferedAmountLowThreshold;
    if (before > threshold && this.bufferedAmount <= threshold) fire(this.object, "bufferedamountlow");
    this.#tellChange();
  }

  /** The connection was closed: nothing is sent or fired any more. */
  abandon(): void {
    this.detach();
    this.#held?.clear();
    this.#tellClosing();
    this.#reader?.closed(new RTCError({ errorDetail: "data-channel-failure" }, "The connection was closed."));
  }

  /** The channel lives on elsewhere, or nowhere: this object is closed without a word. */
  detach(): void {
    this.isTransferable = false;
    this.readyState = "closed";
    this.#waiting.length = 0;
  }

  #tellChange(): void {
    for (const watcher of this.#watchers) watcher.changed();
  }

  #tellClosing(): void {
    for (const watcher of this.#watchers) watcher.closing();
  }

  #inOrder(steps: () => void): void {
    if (this.#held?.mustWait === true) this.#held.add(0, steps);
    else steps();
  }

  #deliver(kind: MessageKind, data: Uint8Array, part: MessagePart): void {
    // 3. If channel.[[ReadyState]] is not "open", abort these steps and discard rawData.
    if (this.readyState !== "open") return;
    // 4., 5. Fire "message" with the data as the type and binaryType say.
    if (this.#reader !== undefined) this.#reader.message(kind, data, part);
    else this.object.dispatchEvent(new MessageEvent("message", { data: this.#messageData(kind, data) }));
  }

  #messageData(kind: MessageKind, data: Uint8Array): string | ArrayBufferLike | Blob {
    if (kind === "string") return utf8Decoder.decode(data);
    if (this.binaryType === "blob") return new Blob([data as Uint8Array<ArrayBuffer>]);
    const { buffer, byteLength } = data;
    return byteLength === buffer.byteLength ? buffer : buffer.slice(data.byteOffset, data.byteOffset + byteLength);
  }

  #checkSize(size: number): void {
    // 4. If the byte size of data exceeds the value of maxMessageSize, throw a TypeError.
    const limit = this.owner.maxMessageSize;
    if (size > limit) throw new TypeError(`The message has ${size} bytes; the other side takes ${limit} at most.`);
    // 5. If queuing data is not possible because not enough buffer space is available, throw an OperationError.
    if (this.bufferedAmount + size > SEND_LIMIT) throw domError("OperationError", "The send queue is full.");
  }

  #sendBlob(blob: Blob): void {
    const { size } = blob;
    const waiting: Waiting = { kind: "binary", size, data: undefined };
    this.#waiting.push(waiting);
    this.bufferedAmount += size;
    const ready = (data: Uint8Array | null): void => {
      waiting.data = data;
      this.#flush();
    };
    blob.arrayBuffer().then(
      (buffer) => ready(new Uint8Array(buffer)),
      () => ready(null),
    );
  }

  /** Hands over what is ready, in order; what the queue below has no room for waits until it drained. */
  #flush(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const { data, kind, size } = first;
      if (data === undefined) return;
      if (data === null) {
        // A Blob that cannot be read is a message that was never sent.
        this.bufferedAmount -= size;
      } else {
        try {
          this.owner.send(data, kind);
        } catch (error) {
          if (error instanceof Error && error.name === "OperationError") {
            this.owner.awaitRoom(this.#flushAgain);
            return;
          }
          // The other side takes less than it did when `send` was called, or nothing any more: a message that was never sent.
          this.bufferedAmount -= size;
        }
      }
      this.#waiting.shift();
    }
    if (!this.#closeWhenSent) return;
    this.#closeWhenSent = false;
    this.owner.close();
  }
}

/** The bytes of an ArrayBuffer or a view of one; undefined when it is neither. @throws TypeError when the memory is shared */
function copyOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof SharedArrayBuffer) throw new TypeError(`${CONTEXT} is a view of shared memory.`);
    if (value instanceof Uint8Array) return copyOfBytes(value);
    return copyOfBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  return isArrayBuffer(value) ? copyOfBytes(new Uint8Array(value)) : undefined;
}

/** Small messages share memory that Node keeps for that: an ArrayBuffer for each would cost more than all else that is done for it. */
function copyOfBytes(bytes: Uint8Array): Uint8Array {
  const copy = bytes.length > SMALL ? memory.make(bytes.length) : Buffer.allocUnsafe(bytes.length);
  copy.set(bytes);
  return copy;
}

/** By its brand, so that a buffer of another realm (a vm context of a test runner) is one too. */
function isArrayBuffer(value: object): value is ArrayBuffer {
  if (value instanceof ArrayBuffer) return true;
  try {
    byteLengthOf?.call(value);
    return byteLengthOf !== undefined;
  } catch {
    return false;
  }
}

function errorOf(failure: ChannelFailure): RTCError {
  const init: RTCErrorInit = { errorDetail: failure.code };
  if (failure.sctpCauseCode !== undefined) init.sctpCauseCode = failure.sctpCauseCode;
  if (failure.sentAlert !== undefined) init.sentAlert = failure.sentAlert;
  if (failure.receivedAlert !== undefined) init.receivedAlert = failure.receivedAlert;
  return new RTCError(init, failure.message);
}
