/**
 * getStats(): https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-getstats
 */
import type { ConnectionSlots } from "./connection-slots.ts";
import { createStatsReport, type RTCStatsReport } from "./rtc-stats-report.ts";

/** The statistics of a connection as they are in the task that resolves the promise. */
export function getStats(connection: ConnectionSlots): Promise<RTCStatsReport> {
  return connection.tasks.promise(() => {
    const { clock } = connection.platform;
    const entries = connection.peer.stats(connection.now(), clock.wallTime());
    return { value: createStatsReport(entries.map((entry) => ({ ...entry }))) };
  });
}
