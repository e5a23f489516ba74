/**
 * Counters that the W3C's getStats() has no place for: what was dropped and why, and the figures of SCTP.
 */
import type { PeerConnection } from "../peer/peer-connection.ts";
import { slotsOfConnections } from "./connection-slots.ts";
import type { RTCPeerConnection } from "./rtc-peer-connection.ts";

/** What was counted and dropped on each floor of a connection's transport. */
export type ConnectionCounters = NonNullable<ReturnType<PeerConnection["counters"]>>;

/**
 * The counters of a connection of this library; undefined before it has a transport and after `close()`.
 * @throws TypeError when it is not a connection of this library
 */
export function countersOf(connection: RTCPeerConnection): ConnectionCounters | undefined {
  const slots = slotsOfConnections.get(connection);
  if (slots === undefined) throw new TypeError("not an RTCPeerConnection of visavis");
  const counters = slots.peer.counters();
  return counters && { ...counters, drops: { ...counters.drops, face: slots.drops.toJSON() } };
}
