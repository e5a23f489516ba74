/**
 * Media of a program's own, in encoded form: tracks of frames that it brings, and the frames of tracks to take away.
 *
 * Real time decides what happens to a reader that is slow: frames are not kept for it without end. What is too much is
 * dropped and counted, and of video everything up to the next key frame with it, which is asked for.
 */
import type { Platform } from "../base/platform.ts";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import type { EncodingWish, FrameSink, TrackKind } from "../media/track-source.ts";
import { TrackSource } from "../media/track-source.ts";
import { createTrack, type MediaStreamTrack, slotsOfTrack } from "./media-stream-track.ts";

/** What a track of one's own is. */
export interface EncodedTrackInit {
  readonly kind: TrackKind;
  /** What a user may read. */
  readonly label?: string;
  /** Of video, in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Frames per second. */
  readonly frameRate?: number;
  /** Called in a task when the other side, or a reader, wants a frame that needs no other. */
  readonly onKeyFrameRequest?: () => void;
  /** Called in a task when the last track of the source was stopped. */
  readonly onStop?: () => void;
}

/** A track and the end to feed it by. */
export interface EncodedTrack {
  readonly track: MediaStreamTrack;
  /**
   * Gives a frame to whoever takes the track's frames at present. Its bytes must not change any more. `timestamp` counts in
   * units of the codec's RTP clock (90 kHz of video, the sampling rate of audio, 48 kHz of Opus) and `mimeType` names the format: a sender
   * takes frames of the format that it has negotiated.
   * @param encoding the index among the encodings of a sender, with simulcast
   */
  write(frame: EncodedFrame, encoding?: number): void;
  /** Says that nothing comes for now, or something again: the track is muted meanwhile. */
  setMuted(isMuted: boolean): void;
  /** Ends the track. */
  end(): void;
}

/** Makes a track of frames that the program brings. */
export function createEncodedTrack(platform: Platform, init: EncodedTrackInit): EncodedTrack {
  const { kind, label = "", width, height, frameRate, onKeyFrameRequest, onStop } = init;
  const queue = (steps: (() => void) | undefined): void => {
    if (steps !== undefined) platform.clock.immediate(steps);
  };
  const source = new TrackSource({
    kind,
    label,
    settings: {
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(frameRate !== undefined && { frameRate }),
    },
    origin: {
      keyFrameWanted: () => queue(onKeyFrameRequest),
      stopped: () => {
        source.end();
        queue(onStop);
      },
    },
  });
  return {
    track: createTrack({ platform, source }),
    write: (frame, encoding = 0) => source.push(frame, encoding),
    setMuted: (isMuted) => source.setMuted(isMuted),
    end: () => source.end(),
  };
}

/** How frames are read. */
export interface FrameReaderOptions {
  /** Frames that are kept for the reader at most; default 60. */
  readonly highWaterMark?: number;
}

/** Takes the frames of a track. */
export interface FrameReader {
  readonly readable: ReadableStream<EncodedFrame>;
  /** Frames that were dropped because the reader was slow. */
  readonly dropped: number;
  /** Has the next frame of video be one that needs no other, where that can be had. */
  requestKeyFrame(): void;
}

const DEFAULT_MARK = 60;
const ANY: readonly EncodingWish[] = [{}];

/** Begins to take the frames of a track; cancelling the stream ends it, and the stream ends with the track. */
export function readFrames(track: MediaStreamTrack, options: FrameReaderOptions = {}): FrameReader {
  return new TrackReader(track, options.highWaterMark ?? DEFAULT_MARK);
}

class TrackReader implements FrameReader, FrameSink {
  readonly wishes: readonly EncodingWish[] = ANY;
  readonly readable: ReadableStream<EncodedFrame>;
  dropped = 0;
  readonly #track: MediaStreamTrack;
  #controller: ReadableStreamDefaultController<EncodedFrame> | undefined;
  /** After a loss nothing can be decoded before a key frame. */
  #needsKeyFrame = false;
  readonly #onEnd = (): void => this.#controller?.close();

  constructor(track: MediaStreamTrack, highWaterMark: number) {
    this.#track = track;
    const slots = slotsOfTrack(track);
    this.readable = new ReadableStream<EncodedFrame>(
      {
        start: (controller) => {
          this.#controller = controller;
          if (slots.readyState === "ended") {
            controller.close();
            return;
          }
          slots.addSink(this);
          slots.endListeners.add(this.#onEnd);
        },
        cancel: () => {
          slots.removeSink(this);
          slots.endListeners.delete(this.#onEnd);
        },
      },
      { highWaterMark },
    );
    this.requestKeyFrame();
  }

  requestKeyFrame(): void {
    slotsOfTrack(this.#track).requestKeyFrame(this);
  }

  frame(frame: EncodedFrame): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    const isFull = (controller.desiredSize ?? 0) <= 0;
    if (isFull || (this.#needsKeyFrame && !frame.keyFrame)) {
      this.dropped++;
      if (!this.#needsKeyFrame && frame.kind === "video") this.requestKeyFrame();
      this.#needsKeyFrame = frame.kind === "video";
      return;
    }
    this.#needsKeyFrame = false;
    // What a promise brings is read in a microtask of the pump's immediate: no user code runs inside of an engine.
    controller.enqueue(frame);
  }
}
