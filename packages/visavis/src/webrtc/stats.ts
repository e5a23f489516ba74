/**
 * getStats(): https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-getstats
 */
import type { Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { domError } from "./errors.ts";
import type { MediaStreamTrack } from "./media-stream-track.ts";
import { createStatsReport, type RTCStatsReport } from "./rtc-stats-report.ts";

/** Whose statistics are wanted, with all that they refer to. */
export interface StatsSelector {
  readonly sender?: Transceiver;
  readonly receiver?: Transceiver;
}

/** The statistics of a connection as they are in the task that resolves the promise. */
export function getStats(connection: ConnectionSlots, _selector?: StatsSelector): Promise<RTCStatsReport> {
  return connection.tasks.promise(() => {
    const { clock } = connection.platform;
    const entries = connection.peer.stats(connection.now(), clock.wallTime());
    return { value: createStatsReport(entries.map((entry) => ({ ...entry }))) };
  });
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
