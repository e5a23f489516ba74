/**
 * Whose media a receiver played last: https://w3c.github.io/webrtc-pc/#dom-rtcrtpreceiver-getcontributingsources
 */
import type { Instant } from "../base/instant.ts";
import type { ReceivedFrame } from "../media/receive/received-frame.ts";

/** How long a source is remembered, in milliseconds. */
const MEMORY = 10_000;
/** Sources that are remembered at most. */
const MOST = 32;

/** One source. */
export interface PlayedSource {
  /** Its SSRC or CSRC. */
  readonly source: number;
  readonly playedAt: Instant;
  readonly rtpTimestamp: number;
  /** 0 to 1, linear; undefined when it is not told. */
  readonly audioLevel: number | undefined;
  /** When it was captured, by the clock of who did: milliseconds since the Unix epoch; undefined when it is not told. */
  readonly captureTime: number | undefined;
}

/** The sources of one receiver. */
export class SourceList {
  readonly #synchronization = new Map<number, PlayedSource>();
  readonly #contributing = new Map<number, PlayedSource>();

  /** Notes the sources of a frame that was handed out. */
  played({ ssrc, timestamp, audioLevel, captureTime, contributingSources = [] }: ReceivedFrame, now: Instant): void {
    note(this.#synchronization, { source: ssrc, playedAt: now, rtpTimestamp: timestamp, audioLevel, captureTime });
    for (const source of contributingSources) {
      note(this.#contributing, { source, playedAt: now, rtpTimestamp: timestamp, audioLevel: undefined, captureTime });
    }
  }

  /** Those of the RTP itself, newest first. */
  synchronization(now: Instant): readonly PlayedSource[] {
    return newestFirst(this.#synchronization, now);
  }

  /** Those that a mixer names, newest first. */
  contributing(now: Instant): readonly PlayedSource[] {
    return newestFirst(this.#contributing, now);
  }
}

function note(sources: Map<number, PlayedSource>, played: PlayedSource): void {
  // The order of the map is that of playing.
  sources.delete(played.source);
  sources.set(played.source, played);
  if (sources.size <= MOST) return;
  const [oldest] = sources.keys();
  if (oldest !== undefined) sources.delete(oldest);
}

function newestFirst(sources: ReadonlyMap<number, PlayedSource>, now: Instant): readonly PlayedSource[] {
  return [...sources.values()].filter(({ playedAt }) => now - playedAt <= MEMORY).reverse();
}
