/**
 * getStats(): https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-getstats
 */
import type { SentSource } from "../peer/media-stats.ts";
import type { StatsEntry } from "../peer/stats-entry.ts";
import type { Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { domError } from "./errors.ts";
import { type MediaStreamTrack, slotsOfTrack } from "./media-stream-track.ts";
import { createStatsReport, type RTCStatsReport } from "./rtc-stats-report.ts";
import type { RTCStatsEntry } from "./stats-dictionaries.ts";
import type { TransceiverSlots } from "./transceiver-slots.ts";

/** Whose statistics are wanted, with all that they refer to. */
export interface StatsSelector {
  readonly sender?: Transceiver;
  readonly receiver?: Transceiver;
}

/** The statistics of a connection as they are now; the promise is resolved in a task. */
export function getStats(connection: ConnectionSlots, selector?: StatsSelector): Promise<RTCStatsReport> {
  const { clock } = connection.platform;
  const sources = connection.transceivers.flatMap((slots) => sourceOf(slots));
  const entries = connection.peer.stats(connection.now(), clock.wallTime(), sources);
  const chosen = selector === undefined ? entries : select(entries, selector);
  // That members are those of the dictionaries is a matter of tests.
  const copies = chosen.map((entry) => ({ ...entry }) as RTCStatsEntry);
  return connection.tasks.promise(() => ({ value: createStatsReport(copies) }));
}

/** The track that a transceiver sends, as statistics see it. */
function sourceOf({ transceiver, sender }: TransceiverSlots): SentSource[] {
  const { track, frames } = sender;
  if (track === null) return [];
  const { width, height, frameRate: framesPerSecond } = slotsOfTrack(track).settings;
  const { taken, encodings } = frames;
  return [{ transceiver, track, trackIdentifier: track.id, width, height, framesPerSecond, taken, encodings }];
}

/** https://w3c.github.io/webrtc-pc/#stats-selection-algorithm */
function select(entries: readonly StatsEntry[], { sender, receiver }: StatsSelector): readonly StatsEntry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const chosen = new Set<StatsEntry>();
  const add = (entry: StatsEntry): void => {
    if (chosen.has(entry)) return;
    chosen.add(entry);
    // What it refers to, and what that refers to.
    for (const [member, value] of Object.entries(entry)) {
      const other = member.endsWith("Id") && typeof value === "string" ? byId.get(value) : undefined;
      if (other !== undefined) add(other);
    }
  };
  const ssrcs = new Set(sender?.sender.encodings.map(({ ssrc }) => ssrc));
  for (const entry of entries) {
    const { type, ssrc, trackIdentifier } = entry as { type: string; ssrc?: number; trackIdentifier?: string };
    if (sender !== undefined && type === "outbound-rtp" && ssrcs.has(ssrc ?? -1)) add(entry);
    if (receiver !== undefined && type === "inbound-rtp" && trackIdentifier === receiver.receiver.trackId) add(entry);
  }
  return entries.filter((entry) => chosen.has(entry));
}

/**
 * https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-getstats step 3: the one sender or receiver of a track.
 * @throws InvalidAccessError when there is none, or more than one
 */
export function selectorOf(connection: ConnectionSlots, track: MediaStreamTrack): StatsSelector {
  const found = connection.transceivers.flatMap(({ transceiver, sender, receiver }): StatsSelector[] => [
    ...(sender.track === track ? [{ sender: transceiver }] : []),
    ...(receiver.track === track ? [{ receiver: transceiver }] : []),
  ]);
  const [selector, ...others] = found;
  if (selector === undefined || others.length > 0) {
    throw domError("InvalidAccessError", "The track belongs to no sender or receiver, or to several.");
  }
  return selector;
}
