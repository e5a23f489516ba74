/**
 * Media of a program's own, in encoded form: tracks of frames that it brings.
 *
 * A frame goes to whoever takes the frames of the track at that moment. `write` is for what cannot wait, such as a camera: it says
 * whether anybody took the frame. `writable` is for what can, such as a file: it waits until somebody takes it.
 */
import type { Platform } from "../base/platform.ts";
import { completeFrame, type EncodedFrameInit } from "../media/complete-frame.ts";
import type { TrackSettings } from "../media/track-settings.ts";
import { type EncodingWish, type TrackKind, TrackSource } from "../media/track-source.ts";
import { mergeWishes } from "../media/wishes.ts";
import { domError } from "./errors.ts";
import { createTrack, type MediaStreamTrack } from "./media-stream-track.ts";

/** What a track of one's own is. */
export interface EncodedTrackInit {
  readonly kind: TrackKind;
  /** Made up when there is none. */
  readonly id?: string;
  /** What a user may read. */
  readonly label?: string;
  /** What `getSettings` of the track says: of video its size, for example. */
  readonly settings?: TrackSettings;
  /** The format of frames that do not name one: `video/VP8`. */
  readonly mimeType?: string;
  /** Called in a task when the other side, or a reader, wants a frame that needs no other; without an index it is for all encodings. */
  readonly onKeyFrameRequest?: (encoding: number | undefined) => void;
  /** Called in a task when the last track of the source was stopped. */
  readonly onStop?: () => void;
}

/** A track and the end to feed it by. */
export interface EncodedTrack {
  readonly track: MediaStreamTrack;
  /**
   * What those who take the frames want now, for each encoding: nothing (`isPaused`), a codec, a size, a bitrate. Of several takers the lowest
   * bitrate counts and the largest picture. Empty while nobody takes any.
   */
  readonly wishes: readonly EncodingWish[];
  /** Each chunk is written as the first encoding once somebody takes it and is not behind with what came before. Closing ends the track. */
  readonly writable: WritableStream<EncodedFrameInit>;
  /**
   * Gives a frame to whoever takes the track's frames at present. Its bytes must not change any more. `timestamp` counts in
   * units of the codec's RTP clock (90 kHz of video, the sampling rate of audio, 48 kHz of Opus) and `mimeType` names the format: a sender
   * takes frames of the format that it has negotiated.
   * @param encoding the index among the encodings of a sender, with simulcast
   * @returns whether anybody took it
   * @throws TypeError when it is of another kind, or of a format whose bytes do not tell whether it is a key frame
   */
  write(frame: EncodedFrameInit, encoding?: number): boolean;
  /** Says that nothing comes for now, or something again: the track is muted meanwhile. */
  setMuted(isMuted: boolean): void;
  /** Ends the track. */
  end(): void;
}

/** How often a writer that waits looks whether somebody takes its frame, in milliseconds. */
const LOOK = 10;

/** Makes a track of frames that the program brings. */
export function createEncodedTrack(platform: Platform, init: EncodedTrackInit): EncodedTrack {
  return new FedTrack(platform, init);
}

class FedTrack implements EncodedTrack {
  readonly track: MediaStreamTrack;
  readonly writable: WritableStream<EncodedFrameInit>;
  readonly #platform: Platform;
  readonly #source: TrackSource;
  readonly #mimeType: string | undefined;
  readonly #onKeyFrameRequest: EncodedTrackInit["onKeyFrameRequest"];
  /** The encodings of which somebody wants a key frame, until that was said. */
  readonly #requested = new Set<number | undefined>();
  #controller: WritableStreamDefaultController | undefined = undefined;
  /** Has a write that waits for somebody look again. */
  #wake: () => void = () => {};

  // They may be taken out of the object.
  readonly write = (frame: EncodedFrameInit, encoding: number = 0): boolean =>
    this.#source.push(completeFrame(frame, this.#source.kind, this.#mimeType), encoding);
  readonly setMuted = (isMuted: boolean): void => this.#source.setMuted(isMuted);
  readonly end = (): void => {
    this.#source.end();
    this.#fail();
  };

  constructor(platform: Platform, init: EncodedTrackInit) {
    const { kind, id, label = "", settings = {}, mimeType, onKeyFrameRequest, onStop } = init;
    this.#platform = platform;
    this.#mimeType = mimeType;
    this.#onKeyFrameRequest = onKeyFrameRequest;
    const source = new TrackSource({
      kind,
      label,
      settings,
      origin: {
        keyFrameWanted: (_, encoding) => this.#request(encoding),
        used: () => this.#wake(),
        stopped: () => {
          source.end();
          this.#fail();
          if (onStop !== undefined) platform.clock.immediate(onStop);
        },
      },
    });
    this.#source = source;
    this.track = createTrack({ platform, source, ...(id !== undefined && { id }) });
    this.writable = new WritableStream<EncodedFrameInit>({
      start: (controller) => {
        this.#controller = controller;
      },
      write: (frame) => this.#writeInTime(frame),
      close: () => this.end(),
      abort: () => this.end(),
    });
  }

  get wishes(): readonly EncodingWish[] {
    return mergeWishes([...this.#source.sinks].map(({ wishes }) => wishes));
  }

  async #writeInTime(frame: EncodedFrameInit): Promise<void> {
    const complete = completeFrame(frame, this.#source.kind, this.#mimeType);
    while (!this.#source.isEnded && !this.#source.isWanted(0)) await this.#wait();
    this.#source.push(complete);
  }

  /** Until things may be different. While there is nobody at all no timer runs, so that none keeps the process alive. */
  #wait(): Promise<void> {
    const { clock } = this.#platform;
    return new Promise((resolve) => {
      if (this.#source.sinks.size === 0) this.#wake = resolve;
      else clock.schedule(clock.now() + LOOK, resolve);
    });
  }

  #request(encoding: number | undefined): void {
    const listener = this.#onKeyFrameRequest;
    if (listener === undefined || this.#requested.has(encoding)) return;
    this.#requested.add(encoding);
    this.#platform.clock.immediate(() => {
      this.#requested.delete(encoding);
      listener(encoding);
    });
  }

  #fail(): void {
    this.#wake();
    this.#controller?.error(domError("InvalidStateError", "The track has ended."));
    this.#controller = undefined;
  }
}
