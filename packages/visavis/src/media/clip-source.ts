/**
 * A source that plays clips: what a fake device gives. It is pulled by a clock: `advance` at every `deadline`.
 *
 * It keeps a place for each encoding of each sink, so that one can begin anew with a key frame and the others play on. Of several
 * clips an encoding gets the one of its codec that is nearest to the size it wants; a lower rate leaves temporal layers
 * out, and below the lowest layer only key frames are sent.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { type Clip, layerOf } from "./clip.ts";
import type { TrackSettings } from "./track-settings.ts";
import { type EncodingWish, type FrameSink, TrackSource, type TrackSourceInit } from "./track-source.ts";

/** Where one encoding of one sink is. */
interface Place {
  clip: Clip;
  /** Of the next frame. */
  index: number;
  /** The number of the next tick that gives a key frame, where there are key frames only. */
  nextKey: number;
  /** How many frames were given. */
  count: number;
  /** The newest frame of each temporal layer. */
  readonly newest: (number | undefined)[];
}

/** How far it may fall behind before it gives frames up instead of making haste, in milliseconds. */
const PATIENCE = 500;

const MOST = Number.POSITIVE_INFINITY;

/** A source of clips. */
export class ClipSource extends TrackSource {
  readonly #clips: readonly Clip[];
  /** Milliseconds between frames. */
  readonly #period: number;
  readonly #places = new Map<FrameSink, (Place | undefined)[]>();
  #begin: Instant | undefined;
  #tick = 0;
  readonly #timestampOffset: number;
  #onDeadline: () => void = () => {};

  /**
   * @param clips of the same frame rate, the first the one to be played where nothing else is asked for
   * @param timestampOffset where timestamps begin: any number of 32 bits, by chance (RFC 3550 §5.1)
   */
  constructor(init: TrackSourceInit, clips: readonly Clip[], timestampOffset: number = 0) {
    super(init);
    this.#timestampOffset = timestampOffset;
    this.#clips = clips;
    const [clip] = clips;
    this.#period = clip === undefined ? 1000 : (clip.frameTicks * 1000) / clip.clockRate;
    this.setOrigin({
      keyFrameWanted: (sink, encoding) => this.#restart(sink, encoding),
      used: () => this.#onDeadline(),
      stopped: () => this.end(),
    });
  }

  /** Has `listener` called when `deadline` may have become earlier, or never. */
  set onDeadline(listener: () => void) {
    this.#onDeadline = listener;
  }

  /** When the next frame is due; 0 for at once, `NEVER` while nobody listens. */
  deadline(): Instant {
    if (this.isEnded || this.sinks.size === 0) return NEVER;
    return this.#begin === undefined ? 0 : this.#begin + this.#tick * this.#period;
  }

  /** Gives the frames that are due. @param wallTime milliseconds since the Unix epoch at `now` */
  advance(now: Instant, wallTime: number): void {
    if (this.sinks.size === 0) {
      this.#begin = undefined;
      this.#places.clear();
      return;
    }
    // The clock of RTP goes on over pauses: a tick keeps its number.
    this.#begin ??= now - this.#tick * this.#period;
    const late = now - this.deadline();
    if (late > PATIENCE) this.#tick += Math.floor(late / this.#period);
    while (this.deadline() <= now) {
      const capturedAt = wallTime - (now - this.deadline());
      const tick = this.#tick++;
      for (const sink of [...this.sinks]) {
        for (const [encoding, wish] of sink.wishes.entries()) this.#give(sink, wish, encoding, tick, capturedAt);
      }
    }
    for (const sink of this.#places.keys()) if (!this.sinks.has(sink)) this.#places.delete(sink);
  }

  #give(sink: FrameSink, wish: EncodingWish, encoding: number, tick: number, captureTime: number): void {
    let places = this.#places.get(sink);
    if (places === undefined) {
      places = [];
      this.#places.set(sink, places);
    }
    const clip = wish.isPaused === true ? undefined : this.#clipFor(wish, sink.settings ?? this.settings);
    if (clip === undefined) {
      places[encoding] = undefined;
      return;
    }
    let place = places[encoding];
    if (place === undefined || place.clip !== clip) {
      // Layers follow the number of the tick, so that a clip can only begin where its pattern does.
      place = { clip, index: 0, nextKey: tick, count: 0, newest: [] };
      places[encoding] = place;
    }
    const index = this.#nextFrame(
      place,
      Math.min(wish.maxFramerate ?? MOST, (sink.settings ?? this.settings).frameRate ?? MOST),
      tick,
    );
    if (index === undefined) return;
    const { mimeType, width, height, audioLevel, clockRate, frameTicks } = clip;
    const keyFrame = this.kind === "audio" || index === 0;
    sink.frame(
      {
        kind: this.kind,
        data: clip.frames[index] ?? new Uint8Array(0),
        timestamp: (this.#timestampOffset + tick * frameTicks) % 0x1_0000_0000,
        keyFrame,
        mimeType,
        captureTime,
        duration: (frameTicks * 1000) / clockRate,
        ...(width !== undefined && { width, height, ...reference(place, layerOf(clip, index), keyFrame) }),
        ...(clip.layers !== undefined && { temporalId: layerOf(clip, index) }),
        ...(clip.references !== undefined && { frameId: tick, dependencies: dependenciesOf(clip, index, tick) }),
        ...(audioLevel !== undefined && { audioLevel, voiceActivity: false }),
      },
      encoding,
    );
  }

  /** The index of the frame to be sent at this tick; undefined when it is left out. */
  #nextFrame(place: Place, maxRate: number, tick: number): number | undefined {
    const { clip } = place;
    const full = clip.clockRate / clip.frameTicks;
    const rate = Math.min(maxRate, full);
    let layers = clip.topLayer;
    while (layers > 0 && full / 2 ** (clip.topLayer - layers) > rate + 0.01) layers--;
    const lowest = full / 2 ** (clip.topLayer - layers);
    if (this.kind === "video" && lowest > rate + 0.01) {
      if (tick < place.nextKey || rate <= 0) return undefined;
      place.nextKey = tick + full / rate;
      place.index = 1 % clip.frames.length;
      return 0;
    }
    const { index } = place;
    place.index = (index + 1) % clip.frames.length;
    return layerOf(clip, index) <= layers ? index : undefined;
  }

  /** The clip of the codec whose size comes nearest from below, else the smallest. */
  #clipFor(wish: EncodingWish, settings: TrackSettings): Clip | undefined {
    const wanted = wish.mimeType?.toLowerCase();
    const clips =
      wanted === undefined ? this.#clips.slice(0, 1) : this.#clips.filter((clip) => clip.mimeType.toLowerCase() === wanted);
    if (this.kind === "audio") return clips[0];
    const all = wanted === undefined ? this.#clips.filter((clip) => clip.mimeType === this.#clips[0]?.mimeType) : clips;
    const limit = heightFor(wish, settings);
    const descending = [...all].sort((a, b) => (b.height ?? 0) - (a.height ?? 0));
    return descending.find((clip) => (clip.height ?? 0) <= limit + 0.5) ?? descending.at(-1);
  }

  #restart(sink: FrameSink | undefined, encoding: number | undefined): void {
    const all = sink === undefined ? [...this.#places.values()] : [this.#places.get(sink) ?? []];
    for (const places of all) {
      for (const [i, place] of places.entries()) {
        if (place === undefined || (encoding !== undefined && encoding !== i)) continue;
        place.index = 0;
        place.nextKey = 0;
      }
    }
  }
}

/** The number of a frame of video, and those that it builds on: the newest of its own layer below, and of those below it. */
function reference(place: Place, layer: number, keyFrame: boolean): { frameId: number; dependencies: number[] } {
  const { newest } = place;
  const frameId = ++place.count;
  if (keyFrame) newest.length = 0;
  // A frame of layer 0 builds on the one before of that layer; one above builds on layers below alone.
  const below = layer === 0 ? newest.slice(0, 1) : newest.slice(0, layer);
  const dependencies = below.filter((id) => id !== undefined);
  newest[layer] = frameId;
  return { frameId, dependencies };
}

/** The height in pixels that an encoding wants of a picture. */
function heightFor(wish: EncodingWish, settings: TrackSettings): number {
  const { width = 640, height = 480 } = settings;
  const scaled = height / Math.max(1, wish.scaleResolutionDownBy ?? 1);
  const to = wish.scaleResolutionDownTo;
  if (to === undefined) return scaled;
  // The limits say nothing of orientation.
  const [long, short] = [Math.max(to.maxWidth, to.maxHeight), Math.min(to.maxWidth, to.maxHeight)];
  const factor = Math.min(1, long / Math.max(width, height), short / Math.min(width, height));
  return Math.min(scaled, height * factor);
}

/** The numbers of the frames that one builds on. */
function dependenciesOf({ references }: Clip, index: number, tick: number): readonly number[] {
  if (index === 0 || references === undefined) return [];
  return (references[index % references.length] ?? []).map((back) => tick - back);
}
