/**
 * A probe cluster: a few packets sent at a higher rate, to see whether they arrive at that rate.
 */

/** What a probe cluster is to be like. */
export interface ProbeCluster {
  /** From 1; packets carry it, and 0 means none. */
  readonly id: number;
  /** Bit/s. */
  readonly bitrate: number;
  /** Bytes to be sent at the least. */
  readonly bytes: number;
  /** Packets to be sent at the least. */
  readonly packets: number;
}

/** Packets that make a cluster at the least. */
export const PROBE_PACKETS = 5;
/** Milliseconds that a cluster lasts at the least. */
export const PROBE_DURATION = 15;

/** A cluster at this rate, bit/s. */
export function createProbeCluster(id: number, bitrate: number): ProbeCluster {
  return { id, bitrate, bytes: Math.ceil((bitrate * PROBE_DURATION) / 8000), packets: PROBE_PACKETS };
}
