/**
 * The encoded frames of tracks, remote ones too, to take away.
 *
 * Real time decides what happens to a reader that is slow: frames are not kept for it without end. What is too much is
 * dropped and counted, and of video everything up to the next key frame with it, which is asked for.
 */
import type { Instant } from "../base/instant.ts";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import type { EncodingWish, FrameSink } from "../media/track-source.ts";
import { type MediaStreamTrack, slotsOfTrack } from "./media-stream-track.ts";
import type { TrackSlots } from "./track-slots.ts";

/** What is taken of a track. */
export interface TakenFrames {
  /** What to choose where the source of the track has a choice, such as the codec of a fake device. */
  readonly wish?: EncodingWish;
  /** The layer to take of a remote track that comes as simulcast; default all of them, as they come. */
  readonly rid?: string;
}

/** How frames are read. */
export interface EncodedFramesOptions extends TakenFrames {
  /** Frames that are kept for the reader at most; default 60. */
  readonly highWaterMark?: number;
  /** Called in a task after frames were dropped, with their number since the last call. */
  readonly onDrop?: (frames: number) => void;
}

const DEFAULT_MARK = 60;
/** How long a key frame is waited for before it is asked for again, in milliseconds. */
const PATIENCE = 1000;

/**
 * Begins to take the frames of a track. Cancelling the stream ends it, and the stream ends with the track. Video begins with a key frame,
 * which is asked for.
 * @throws TypeError when it is no track of this library
 */
export function encodedFrames(track: MediaStreamTrack, options: EncodedFramesOptions = {}): ReadableStream<EncodedFrame> {
  return new TrackReader(slotsOfTrack(track), options).readable;
}

/**
 * Has `listener` called with every frame of a track from now on, each once and in a task. Nothing is dropped: it has to keep up.
 * @returns what ends it
 * @throws TypeError when it is no track of this library
 */
export function onEncodedFrame(
  track: MediaStreamTrack,
  listener: (frame: EncodedFrame) => void,
  taken: TakenFrames = {},
): () => void {
  const slots = slotsOfTrack(track);
  const sink = new ListenerSink(slots, listener, taken);
  slots.addSink(sink);
  return () => {
    slots.removeSink(sink);
    sink.clear();
  };
}

/**
 * Has the next frame of a track be one that needs no other, where that can be had: of a remote track the other side is asked.
 * @throws TypeError when it is no track of this library
 */
export function requestKeyFrame(track: MediaStreamTrack): void {
  const { readyState, source } = slotsOfTrack(track);
  if (readyState === "live") source.requestKeyFrame(undefined);
}

class ListenerSink implements FrameSink {
  readonly wishes: readonly EncodingWish[];
  readonly #slots: TrackSlots;
  readonly #listener: (frame: EncodedFrame) => void;
  readonly #rid: string | undefined;
  readonly #frames: EncodedFrame[] = [];

  constructor(slots: TrackSlots, listener: (frame: EncodedFrame) => void, { wish = {}, rid }: TakenFrames) {
    this.wishes = [wish];
    this.#slots = slots;
    this.#listener = listener;
    this.#rid = rid;
  }

  frame(frame: EncodedFrame): void {
    if (this.#rid !== undefined && frame.rid !== this.#rid) return;
    this.#frames.push(frame);
    if (this.#frames.length === 1) this.#later();
  }

  clear(): void {
    this.#frames.length = 0;
  }

  #later(): void {
    // No user code runs inside of an engine.
    this.#slots.platform.clock.immediate(() => {
      const frames = this.#frames;
      try {
        for (let frame = frames.shift(); frame !== undefined; frame = frames.shift()) this.#listener(frame);
      } finally {
        if (frames.length > 0) this.#later();
      }
    });
  }
}

class TrackReader implements FrameSink {
  readonly wishes: readonly EncodingWish[];
  readonly readable: ReadableStream<EncodedFrame>;
  readonly #slots: TrackSlots;
  readonly #rid: string | undefined;
  readonly #onDrop: EncodedFramesOptions["onDrop"];
  #controller: ReadableStreamDefaultController<EncodedFrame> | undefined;
  /** Nothing can be decoded before a key frame: at the beginning, and after a loss. */
  #needsKeyFrame: boolean;
  #hasBegun = false;
  #askedAt: Instant = Number.NEGATIVE_INFINITY;
  /** Frames that were dropped, until that was said. */
  #dropped = 0;
  readonly #onEnd = (): void => this.#controller?.close();

  constructor(slots: TrackSlots, { wish = {}, rid, highWaterMark = DEFAULT_MARK, onDrop }: EncodedFramesOptions) {
    this.wishes = [wish];
    this.#slots = slots;
    this.#rid = rid;
    this.#onDrop = onDrop;
    this.#needsKeyFrame = slots.source.kind === "video";
    this.readable = new ReadableStream<EncodedFrame>(
      {
        start: (controller) => this.#start(controller),
        pull: () => this.#askInTime(),
        cancel: () => this.#stop(),
      },
      { highWaterMark },
    );
  }

  /** Sources that can wait do not bring more than there is room for. */
  get isBusy(): boolean {
    return (this.#controller?.desiredSize ?? 0) <= 0;
  }

  frame(frame: EncodedFrame): void {
    if (this.#rid !== undefined && frame.rid !== this.#rid) return;
    if (this.isBusy || (this.#needsKeyFrame && !frame.keyFrame)) {
      this.#drop(frame);
      return;
    }
    this.#needsKeyFrame = false;
    this.#hasBegun = true;
    // What a promise brings is read in a microtask of the pump's immediate: no user code runs inside of an engine.
    this.#controller?.enqueue(frame);
  }

  #start(controller: ReadableStreamDefaultController<EncodedFrame>): void {
    const slots = this.#slots;
    if (slots.readyState === "ended") {
      controller.close();
      return;
    }
    this.#controller = controller;
    slots.addSink(this);
    slots.endListeners.add(this.#onEnd);
    this.#askInTime();
  }

  #stop(): void {
    this.#controller = undefined;
    this.#slots.removeSink(this);
    this.#slots.endListeners.delete(this.#onEnd);
  }

  #drop({ kind, keyFrame }: EncodedFrame): void {
    // What comes before the first key frame was never promised.
    if (this.#hasBegun || this.isBusy) this.#count();
    if (kind === "audio") return;
    // The one that was asked for came too early.
    if (!this.#needsKeyFrame || keyFrame) this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#needsKeyFrame = true;
    if (!this.isBusy) this.#askInTime();
  }

  /** Asks for a key frame where one is needed, unless it is on its way. */
  #askInTime(): void {
    if (!this.#needsKeyFrame) return;
    const now = this.#slots.platform.clock.now();
    if (now - this.#askedAt < PATIENCE) return;
    this.#askedAt = now;
    this.#slots.requestKeyFrame(this);
  }

  #count(): void {
    const listener = this.#onDrop;
    if (listener === undefined || this.#dropped++ > 0) return;
    this.#slots.platform.clock.immediate(() => {
      const dropped = this.#dropped;
      this.#dropped = 0;
      listener(dropped);
    });
  }
}
