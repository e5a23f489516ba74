/**
 * The end of a script transform in the thread of the connection: frames go to the worker in batches, and come back.
 *
 * The connection never waits for a worker. Frames that it has not read yet are limited; those beyond are dropped and counted, and of
 * video a key frame is asked for then. When its thread is gone all frames are dropped.
 */
import type { Clock } from "../base/platform.ts";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { MessagePipe, type MessagePipeOwner, type TransferablePort } from "../node/message-pipe.ts";
import { transformedFrame, type WireFrame, wireFrameOf } from "./encoded-frame-data.ts";
import { type FrameTransform, generateKeyFrame, sendKeyFrameRequest, type TransformHost } from "./frame-transform.ts";
import type { TransformMessage, TransformReply, WrittenFrame } from "./transform-messages.ts";

/** Frames that the worker has not read, at most. */
const MOST_UNREAD = 60;
/** Frames that it has read and not written, at most: older ones are forgotten. */
const MOST_HELD = 240;
/** Milliseconds within which the worker may say that a request for a key frame is not to be heeded. */
const DECISION_TIME = 200;

/** What is kept of a frame while it is in the worker. */
interface Held {
  readonly frame: EncodedFrame;
  readonly encoding: number;
}

/** One script transform. */
export class ScriptTransformSlots implements FrameTransform, MessagePipeOwner {
  readonly #pipe: MessagePipe;
  readonly #clock: Clock;
  readonly #held = new Map<number, Held>();
  #host: TransformHost | undefined;
  #batch: WireFrame[] = [];
  #counter = 0;
  #unread = 0;
  #lastWritten = 0;
  #isGone = false;
  #needsKeyFrame = false;
  readonly #decisions = new Map<number, () => void>();
  #lastDecision = 0;
  /** Frames that were dropped because the worker was slow, or gone. */
  dropped = 0;

  constructor(port: TransferablePort, clock: Clock) {
    this.#clock = clock;
    this.#pipe = new MessagePipe(port, this, false);
  }

  attach(host: TransformHost): void {
    this.#host = host;
  }

  detach(): void {
    this.#host = undefined;
    this.#held.clear();
    this.#batch = [];
  }

  process(frame: EncodedFrame, encoding: number): void {
    const host = this.#host;
    if (host === undefined) return;
    const isTooMuch = this.#isGone || this.#unread >= MOST_UNREAD;
    if (isTooMuch || (this.#needsKeyFrame && !frame.keyFrame)) {
      this.dropped++;
      if (!this.#needsKeyFrame && host.kind === "video" && !this.#isGone) host.requestKeyFrame(encoding);
      this.#needsKeyFrame = host.kind === "video";
      return;
    }
    this.#needsKeyFrame = false;
    this.#unread++;
    const counter = ++this.#counter;
    this.#held.set(counter, { frame, encoding });
    if (this.#held.size > MOST_HELD) {
      const [oldest] = this.#held.keys();
      if (oldest !== undefined) this.#held.delete(oldest);
    }
    this.#batch.push(wireFrameOf(frame, counter, host.contextOf(frame, encoding)));
    // Frames of one moment go in one message.
    if (this.#batch.length === 1) this.#clock.immediate(() => this.#flush());
  }

  keyFrameRequested(encoding: number): boolean {
    const host = this.#host;
    if (host === undefined || this.#isGone) return false;
    const id = ++this.#lastDecision;
    const heed = (): void => {
      if (this.#decisions.delete(id)) this.#host?.requestKeyFrame(encoding);
    };
    this.#decisions.set(id, heed);
    this.#clock.schedule(this.#clock.now() + DECISION_TIME, heed);
    this.#post({ type: "key-frame-request", id, rid: host.rids[encoding] ?? null }, []);
    return true;
  }

  message(value: unknown): void {
    const reply = value as TransformReply;
    if (reply.type === "frames") for (const frame of reply.frames) this.#written(frame);
    else if (reply.type === "taken") this.#unread = Math.max(0, this.#unread - reply.count);
    else if (reply.type === "key-frame-answer") {
      const heed = this.#decisions.get(reply.id);
      if (reply.isCanceled) this.#decisions.delete(reply.id);
      else heed?.();
    } else {
      const { id, what, rid } = reply;
      const error = what === "generate" ? generateKeyFrame(this.#host, rid) : sendKeyFrameRequest(this.#host);
      this.#post({ type: "answer", id, error }, []);
    }
  }

  closed(): void {
    this.#isGone = true;
    this.#held.clear();
    this.#batch = [];
  }

  #post(message: TransformMessage, buffers: readonly ArrayBuffer[]): void {
    this.#pipe.post(message, buffers);
  }

  #flush(): void {
    const frames = this.#batch;
    this.#batch = [];
    if (frames.length > 0)
      this.#post(
        { type: "frames", frames },
        frames.map(({ data }) => data),
      );
  }

  /** https://w3c.github.io/webrtc-encoded-transform/#stream-processing, writeEncodedData */
  #written({ counter, data, metadata }: WrittenFrame): void {
    const held = this.#held.get(counter);
    // A frame that was written before, or out of order, is dropped.
    if (held === undefined || counter <= this.#lastWritten) return;
    this.#lastWritten = counter;
    for (const older of this.#held.keys()) {
      if (older > counter) break;
      this.#held.delete(older);
    }
    this.#host?.deliver(transformedFrame(held.frame, data, metadata), held.encoding);
  }
}
