/**
 * The clock of devices: calls sources when their next frame is due. One timer for all sources of a platform.
 */
import { NEVER } from "../base/instant.ts";
import type { Platform } from "../base/platform.ts";
import { ClipSource } from "../media/clip-source.ts";
import type { TrackSource } from "../media/track-source.ts";

const clocks = new WeakMap<Platform, MediaClock>();

/** Has a source give its frames in time; sources that are fed by others need no clock. */
export function runSource(platform: Platform, source: TrackSource): void {
  if (!(source instanceof ClipSource)) return;
  let clock = clocks.get(platform);
  if (clock === undefined) {
    clock = new MediaClock(platform);
    clocks.set(platform, clock);
  }
  clock.add(source);
}

class MediaClock {
  readonly #platform: Platform;
  /** Those that have something to do. */
  readonly #busy = new Set<ClipSource>();
  #cancel: (() => void) | undefined;
  #armedFor = NEVER;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  add(source: ClipSource): void {
    source.onDeadline = () => {
      this.#busy.add(source);
      this.#arm();
    };
  }

  #arm(): void {
    let due = NEVER;
    for (const source of this.#busy) due = Math.min(due, source.deadline());
    if (due >= this.#armedFor && this.#cancel !== undefined) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = due;
    if (due < NEVER) this.#cancel = this.#platform.clock.schedule(due, () => this.#tick());
  }

  #tick(): void {
    this.#cancel = undefined;
    this.#armedFor = NEVER;
    const { clock } = this.#platform;
    const now = clock.now();
    for (const source of [...this.#busy]) {
      if (source.deadline() <= now || source.sinks.size === 0) source.advance(now, clock.wallTime());
      if (source.deadline() === NEVER) this.#busy.delete(source);
    }
    this.#arm();
  }
}
