/**
 * Where the encoded frames of tracks come from: https://www.w3.org/TR/mediacapture-streams/#dfn-source
 *
 * A source hands frames to its sinks within the call that brings them: `push` for sources that a program or a connection
 * feeds, a tick of a clock for devices. Sinks are parts of the library (or a program's own, by `visavis/media`), never listeners
 * of a W3C object; those hear of it in tasks.
 */
import type { EncodedFrame } from "./encoded-frame.ts";
import type { Candidate } from "./select-settings.ts";
import type { TrackCapabilities, TrackSettings } from "./track-settings.ts";

/** What a source is of. */
export type TrackKind = "audio" | "video";

/** What a sink can use in place of one encoding: of several a source that has a choice takes the nearest. */
export interface EncodingWish {
  /** Nothing is wanted now. */
  readonly isPaused?: boolean;
  /** The codec, such as `video/VP8`; any when absent. */
  readonly mimeType?: string | undefined;
  /** How much smaller than the source's own size; 1 when absent. */
  readonly scaleResolutionDownBy?: number | undefined;
  /** The largest size in pixels, on top of it. */
  readonly scaleResolutionDownTo?: { readonly maxWidth: number; readonly maxHeight: number } | undefined;
  /** Frames per second. */
  readonly maxFramerate?: number | undefined;
  /** Bits per second. */
  readonly maxBitrate?: number | undefined;
}

/** What takes encoded frames of a source. */
export interface FrameSink {
  /** One wish for each encoding, in their order; read anew for each frame. */
  readonly wishes: readonly EncodingWish[];
  /** What the track between was set to, where it differs from the source. */
  readonly settings?: TrackSettings | undefined;
  /** It is behind: who can wait brings nothing for now. */
  readonly isBusy?: boolean;
  /** Takes a frame for the encoding with this index. The frame may go to others too: its bytes must not be changed. */
  frame(frame: EncodedFrame, encoding: number): void;
}

/** A tone that was sent as a telephone event (RFC 4733), and has ended. */
export interface HeardTone {
  /** A digit, `*`, `#` or a letter from A to D. */
  readonly tone: string;
  /** Milliseconds. */
  readonly duration: number;
}

/** What hears of the state of a source. */
export interface SourceWatcher {
  sourceMuted(isMuted: boolean): void;
  sourceEnded(): void;
}

/** What makes the frames of a source, when it needs to know who listens. */
export interface FrameOrigin {
  /** A sink wants to begin anew, or all do; undefined for all of their encodings. */
  keyFrameWanted?(sink: FrameSink | undefined, encoding: number | undefined): void;
  /** The first sink came, or the last went. */
  used?(isUsed: boolean): void;
  /** Nobody wants the source any more: its last track was stopped. */
  stopped?(): void;
}

/** What a source is, to begin with. */
export interface TrackSourceInit {
  readonly kind: TrackKind;
  /** What a user may read; empty when there is nothing to say. */
  readonly label?: string;
  readonly settings?: TrackSettings;
  readonly capabilities?: TrackCapabilities;
  /** Every way it can be, for constraints to choose from; none when it is what it is. */
  readonly candidates?: readonly Candidate[];
  readonly isMuted?: boolean;
  readonly origin?: FrameOrigin;
}

/** A source of encoded frames. Several tracks may share it. */
export class TrackSource {
  readonly kind: TrackKind;
  readonly label: string;
  readonly capabilities: TrackCapabilities;
  readonly candidates: readonly Candidate[];
  settings: TrackSettings;
  /** Those who are to hear of tones; only a remote track of audio has any. */
  readonly toneListeners: Set<(tone: HeardTone) => void> = new Set();
  #origin: FrameOrigin;
  #isMuted: boolean;
  #isEnded = false;
  readonly #sinks = new Set<FrameSink>();
  readonly #watchers = new Set<SourceWatcher>();

  constructor(init: TrackSourceInit) {
    this.kind = init.kind;
    this.label = init.label ?? "";
    this.settings = init.settings ?? {};
    this.capabilities = init.capabilities ?? {};
    this.candidates = init.candidates ?? [];
    this.#isMuted = init.isMuted ?? false;
    this.#origin = init.origin ?? {};
  }

  /** Whether it gives nothing for now. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** Whether it will never give anything again. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Those who take its frames. */
  get sinks(): ReadonlySet<FrameSink> {
    return this.#sinks;
  }

  /** Says who makes the frames, where that is known only after the source was made. */
  setOrigin(origin: FrameOrigin): void {
    this.#origin = origin;
  }

  /** Gives frames to `sink` from now on. */
  addSink(sink: FrameSink): void {
    if (this.#isEnded || this.#sinks.has(sink)) return;
    this.#sinks.add(sink);
    if (this.#sinks.size === 1) this.#origin.used?.(true);
  }

  /** Gives no more frames to `sink`. */
  removeSink(sink: FrameSink): void {
    if (this.#sinks.delete(sink) && this.#sinks.size === 0) this.#origin.used?.(false);
  }

  /** Has the next frame for `sink`, or for all, be one that needs no other, where that can be had. */
  requestKeyFrame(sink: FrameSink | undefined, encoding?: number): void {
    if (!this.#isEnded) this.#origin.keyFrameWanted?.(sink, encoding);
  }

  /** Gives a frame to every sink that has an encoding with this index and does not pause it. @returns whether there was any */
  push(frame: EncodedFrame, encoding: number = 0): boolean {
    let isTaken = false;
    for (const sink of [...this.#sinks]) {
      if (!takes(sink, encoding)) continue;
      isTaken = true;
      sink.frame(frame, encoding);
    }
    return isTaken;
  }

  /** Whether somebody would take a frame of the encoding with this index now, and is not behind. */
  isWanted(encoding: number): boolean {
    for (const sink of this.#sinks) if (takes(sink, encoding) && sink.isBusy !== true) return true;
    return false;
  }

  /** Tells `watcher` of mute, unmute and the end. */
  watch(watcher: SourceWatcher): void {
    this.#watchers.add(watcher);
  }

  /** Tells `watcher` nothing more; without any the source is stopped. */
  unwatch(watcher: SourceWatcher): void {
    if (this.#watchers.delete(watcher) && this.#watchers.size === 0 && !this.#isEnded) this.#origin.stopped?.();
  }

  /** Says that it gives nothing for now, or something again. */
  setMuted(isMuted: boolean): void {
    if (this.#isEnded || this.#isMuted === isMuted) return;
    this.#isMuted = isMuted;
    for (const watcher of [...this.#watchers]) watcher.sourceMuted(isMuted);
  }

  /** Says that it will never give anything again. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const isUsed = this.#sinks.size > 0;
    this.#sinks.clear();
    if (isUsed) this.#origin.used?.(false);
    for (const watcher of [...this.#watchers]) watcher.sourceEnded();
    this.#watchers.clear();
  }
}

function takes({ wishes }: FrameSink, encoding: number): boolean {
  const wish = wishes[encoding];
  return wish !== undefined && wish.isPaused !== true;
}
