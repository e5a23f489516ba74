/**
 * The end of a script transform in the worker: https://w3c.github.io/webrtc-encoded-transform/#stream-processing
 */
import { MessagePipe, type MessagePipeOwner, type TransferablePort } from "../node/message-pipe.ts";
import type { WireFrame } from "./encoded-frame-data.ts";
import { domError } from "./errors.ts";
import type { TransformErrorName } from "./frame-transform.ts";
import { KeyFrameRequestEvent } from "./key-frame-request-event.ts";
import { createEncodedFrame, slotsOfFrame, takeFrameData } from "./rtc-encoded-frame.ts";
import type { RTCRtpScriptTransformer } from "./rtc-rtp-script-transformer.ts";
import type { TransformMessage, TransformReply, WrittenFrame } from "./transform-messages.ts";

interface Waiting {
  readonly rid: string | undefined;
  readonly resolve: (timestamp: number) => void;
}

/** The slots of one RTCRtpScriptTransformer. */
export class ScriptTransformerSlots implements MessagePipeOwner {
  readonly options: unknown;
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
  /** The RTCRtpScriptTransformer, which owns the frames. */
  readonly object: RTCRtpScriptTransformer;
  readonly #pipe: MessagePipe;
  readonly #queue: WireFrame[] = [];
  #controller: ReadableStreamDefaultController | undefined;
  #wantsFrame = false;
  #taken = 0;
  #written: WrittenFrame[] = [];
  readonly #answers = new Map<number, (error: TransformErrorName | undefined) => void>();
  #lastId = 0;
  /** Those who wait for a key frame, whose timestamp they are told. */
  #waiting: Waiting[] = [];

  constructor(port: TransferablePort, options: unknown, make: (slots: ScriptTransformerSlots) => RTCRtpScriptTransformer) {
    this.options = options;
    this.#pipe = new MessagePipe(port, this, true);
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#wantsFrame = true;
          this.#give();
        },
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream({ write: (chunk: unknown) => this.#write(chunk) });
    this.object = make(this);
  }

  /** https://w3c.github.io/webrtc-encoded-transform/#dom-rtcrtpscripttransformer-generatekeyframe */
  async generateKeyFrame(rid: string | undefined): Promise<number> {
    let resolve = (_timestamp: number): void => {};
    const made = new Promise<number>((settle) => {
      resolve = settle;
    });
    // The frame may come before the answer does.
    const waiting: Waiting = { rid, resolve };
    this.#waiting.push(waiting);
    const error = await this.#ask("generate", rid);
    if (error === undefined) return made;
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
    throw domError(error, "No key frame can be made.");
  }

  /** https://w3c.github.io/webrtc-encoded-transform/#dom-rtcrtpscripttransformer-sendkeyframerequest */
  async sendKeyFrameRequest(): Promise<void> {
    const error = await this.#ask("request", undefined);
    if (error !== undefined) throw domError(error, "No key frame can be asked for.");
  }

  message(value: unknown): void {
    const message = value as TransformMessage;
    if (message.type === "frames") {
      this.#queue.push(...message.frames);
      this.#give();
    } else if (message.type === "answer") {
      this.#answers.get(message.id)?.(message.error);
      this.#answers.delete(message.id);
    } else {
      const event = new KeyFrameRequestEvent("keyframerequest", ...(message.rid === null ? [] : [message.rid]));
      this.object.dispatchEvent(event);
      this.#post({ type: "key-frame-answer", id: message.id, isCanceled: event.defaultPrevented }, []);
    }
  }

  closed(): void {
    // The thread of the connection ended: nothing comes any more.
    this.#controller?.close();
  }

  #post(reply: TransformReply, buffers: readonly ArrayBuffer[]): void {
    this.#pipe.post(reply, buffers);
  }

  #ask(what: "generate" | "request", rid: string | undefined): Promise<TransformErrorName | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#post({ type: "ask", id, what, rid }, []);
    });
  }

  /** Gives the oldest frame to a reader that waits. */
  #give(): void {
    const frame = this.#wantsFrame ? this.#queue.shift() : undefined;
    if (frame === undefined) return;
    this.#wantsFrame = false;
    if (this.#taken++ === 0) queueMicrotask(() => this.#tellTaken());
    if (frame.type === "key") {
      // Those who wait are told before the frame can be read.
      for (const { resolve } of this.#waiting) resolve(frame.metadata.rtpTimestamp ?? 0);
      this.#waiting = [];
    }
    this.#controller?.enqueue(createEncodedFrame(frame, this));
  }

  #tellTaken(): void {
    this.#post({ type: "taken", count: this.#taken }, []);
    this.#taken = 0;
  }

  #write(chunk: unknown): void {
    const frame = slotsOfFrame(chunk);
    if (frame === undefined) throw new TypeError("Only encoded frames can be written to a transformer.");
    // A frame of another transform, or one that was written before, is dropped.
    if (frame.owner !== this) return;
    const data = takeFrameData(frame);
    if (this.#written.length === 0) queueMicrotask(() => this.#flush());
    this.#written.push({ counter: frame.counter, data, metadata: frame.metadata });
  }

  #flush(): void {
    const frames = this.#written;
    this.#written = [];
    this.#post(
      { type: "frames", frames },
      frames.map(({ data }) => data),
    );
  }
}
