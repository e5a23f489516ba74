/**
 * The internal slots of a MediaStreamTrack and the steps on them: https://w3c.github.io/mediacapture-main/#mediastreamtrack
 *
 * Sinks listen to a track, not to its source: between the two stands a gate, which a track shuts when it is stopped and makes silent
 * when it is not enabled.
 */
import type { Platform } from "../base/platform.ts";
import { randomUuid } from "../base/random.ts";
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { type Selection, selectSettings } from "../media/select-settings.ts";
import type { TrackCapabilities, TrackConstraints, TrackSettings } from "../media/track-settings.ts";
import type { EncodingWish, FrameSink, SourceWatcher, TrackSource } from "../media/track-source.ts";
import { fire } from "./events.ts";
import type { MediaStreamTrack } from "./media-stream-track.ts";

/** Makes the object for slots; MediaStreamTrack's own file sets it. */
export type MakeTrack = (slots: TrackSlots) => MediaStreamTrack;

/** What a track needs to begin with. */
export interface TrackInit {
  readonly platform: Platform;
  readonly source: TrackSource;
  /** Made up when there is none. */
  readonly id?: string;
  readonly settings?: TrackSettings;
  readonly constraints?: TrackConstraints;
}

/** The slots of one track. */
export class TrackSlots implements SourceWatcher {
  readonly platform: Platform;
  readonly source: TrackSource;
  /** [[Id]] */
  readonly id: string;
  /** The MediaStreamTrack. */
  readonly object: MediaStreamTrack;
  /** [[Enabled]] */
  isEnabled = true;
  /** [[Muted]] */
  isMuted: boolean;
  /** [[ReadyState]] */
  readyState: "live" | "ended" = "live";
  /** [[Constraints]] */
  constraints: TrackConstraints;
  contentHint = "";
  /** What it was set to; undefined where only its source knows. */
  #settings: TrackSettings | undefined;
  /** To be told that it is stopped or ended. */
  readonly endListeners: Set<() => void> = new Set();
  readonly #gates = new Map<FrameSink, Gate>();
  readonly #make: MakeTrack;

  constructor(init: TrackInit, make: MakeTrack) {
    const { platform, source } = init;
    this.platform = platform;
    this.source = source;
    this.id = init.id ?? randomUuid(platform.random);
    this.isMuted = source.isMuted;
    this.constraints = init.constraints ?? {};
    this.#settings = init.settings;
    this.#make = make;
    this.object = make(this);
    if (source.isEnded) this.readyState = "ended";
    else source.watch(this);
  }

  get settings(): TrackSettings {
    return { ...(this.#settings ?? this.source.settings) };
  }

  get capabilities(): TrackCapabilities {
    return this.source.capabilities;
  }

  /** What a gate lets its source know of the settings. */
  get ownSettings(): TrackSettings | undefined {
    return this.#settings;
  }

  /** Gives the frames of this track to `sink` from now on; nothing once it has ended. */
  addSink(sink: FrameSink): void {
    if (this.readyState === "ended" || this.#gates.has(sink)) return;
    const gate = new Gate(this, sink);
    this.#gates.set(sink, gate);
    this.source.addSink(gate);
  }

  /** Gives no more frames to `sink`. */
  removeSink(sink: FrameSink): void {
    const gate = this.#gates.get(sink);
    if (gate === undefined) return;
    this.#gates.delete(sink);
    this.source.removeSink(gate);
  }

  /** Has the next frame of an encoding of `sink` need no other, where that can be had. */
  requestKeyFrame(sink: FrameSink, encoding?: number): void {
    const gate = this.#gates.get(sink);
    if (gate !== undefined) this.source.requestKeyFrame(gate, encoding);
  }

  /** https://w3c.github.io/mediacapture-main/#dom-mediastreamtrack-clone */
  clone(): MediaStreamTrack {
    const { platform, source, constraints } = this;
    const settings = this.#settings;
    const copy = new TrackSlots({ platform, source, constraints, ...(settings && { settings }) }, this.#make);
    copy.isEnabled = this.isEnabled;
    copy.isMuted = this.isMuted;
    copy.contentHint = this.contentHint;
    if (this.readyState === "ended") copy.stop();
    return copy.object;
  }

  /** https://w3c.github.io/mediacapture-main/#dom-mediastreamtrack-stop */
  stop(): void {
    if (this.readyState === "ended") return;
    this.#end();
    this.source.unwatch(this);
  }

  /** https://w3c.github.io/mediacapture-main/#dfn-selectsettings; undefined when it was applied. */
  apply(constraints: TrackConstraints): Extract<Selection, { failedConstraint: unknown }> | undefined {
    const { kind, capabilities } = this.source;
    const { frameRate, deviceId } = capabilities;
    const own = this.source.candidates.filter(({ settings }) => deviceId === undefined || settings.deviceId === deviceId);
    const range = { min: frameRate?.min ?? 0, max: frameRate?.max ?? Number.POSITIVE_INFINITY };
    const asItIs = { kind, settings: this.settings, ...(frameRate && { frameRates: range }) };
    const selection = selectSettings(own.length > 0 ? own : [asItIs], constraints);
    if ("failedConstraint" in selection) return selection;
    this.constraints = constraints;
    if (own.length > 0) this.#settings = selection.settings;
    return undefined;
  }

  /** The source gives nothing for now, or something again: said in a task. */
  sourceMuted(isMuted: boolean): void {
    if (isInTask) this.setMuted(isMuted);
    else this.platform.clock.immediate(() => this.setMuted(isMuted));
  }

  /** https://w3c.github.io/mediacapture-main/#track-ended, in a task. */
  sourceEnded(): void {
    const end = (): void => {
      if (this.readyState === "ended") return;
      this.#end();
      fire(this.object, "ended");
    };
    if (isInTask) end();
    else this.platform.clock.immediate(end);
  }

  /** https://w3c.github.io/mediacapture-main/#set-track-muted */
  setMuted(isMuted: boolean): void {
    if (this.isMuted === isMuted || this.readyState === "ended") return;
    this.isMuted = isMuted;
    fire(this.object, isMuted ? "mute" : "unmute");
  }

  #end(): void {
    this.readyState = "ended";
    for (const sink of [...this.#gates.keys()]) this.removeSink(sink);
    for (const listener of [...this.endListeners]) listener();
    this.endListeners.clear();
  }
}

let isInTask = false;

/** Mutes or unmutes all tracks of a source, in the task that runs. */
export function muteInTask(source: TrackSource, isMuted: boolean): void {
  inTask(() => source.setMuted(isMuted));
}

/** Ends all tracks of a source, in the task that runs. */
export function endInTask(source: TrackSource): void {
  inTask(() => source.end());
}

function inTask(steps: () => void): void {
  const outer = isInTask;
  isInTask = true;
  try {
    steps();
  } finally {
    isInTask = outer;
  }
}

/** Frames of digital silence by codec: https://w3c.github.io/mediacapture-main/#track-enabled */
const SILENCE: Readonly<Record<string, (length: number) => Uint8Array>> = {
  // A frame of 20 ms in the mode that codes music, without content.
  "audio/opus": () => Uint8Array.of(0xf8, 0xff, 0xfe),
  "audio/pcmu": (length) => new Uint8Array(length).fill(0xff),
  "audio/pcma": (length) => new Uint8Array(length).fill(0xd5),
};

/** What stands between a source and one sink of a track. */
class Gate implements FrameSink {
  readonly #track: TrackSlots;
  readonly #sink: FrameSink;

  constructor(track: TrackSlots, sink: FrameSink) {
    this.#track = track;
    this.#sink = sink;
  }

  get wishes(): readonly EncodingWish[] {
    return this.#sink.wishes;
  }

  get settings(): TrackSettings | undefined {
    return this.#track.ownSettings;
  }

  get isBusy(): boolean {
    return this.#sink.isBusy === true;
  }

  frame(frame: EncodedFrame, encoding: number): void {
    if (this.#track.isEnabled) {
      this.#sink.frame(frame, encoding);
      return;
    }
    // A disabled track is black or silent. Without an encoder no black picture can be had, so nothing is sent of video.
    const silence = frame.kind === "audio" ? SILENCE[frame.mimeType?.toLowerCase() ?? ""] : undefined;
    if (silence === undefined) return;
    this.#sink.frame({ ...frame, data: silence(frame.data.length), audioLevel: 0, voiceActivity: false }, encoding);
  }
}
