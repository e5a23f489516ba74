/**
 * What probe clusters measured: the lesser of the rates at which their packets were sent and arrived.
 */
import type { PacketResults } from "./packet-results.ts";
import type { ProbeCluster } from "./probe-cluster.ts";

/** Clusters that are remembered. */
const MOST_CLUSTERS = 8;
/** The part of a cluster that has to be told about. */
const ENOUGH = 0.8;
/** Longest time between the first and the last packet, in milliseconds. */
const LONGEST = 1000;
/** A cluster that arrived at more than twice the rate at which it was sent tells nothing. */
const MOST_RATIO = 2;
/** Below this part of the sent rate the link was full, and the rate is taken a little below what arrived. */
const FULL_BELOW = 0.9;
const FULL_PART = 0.95;

interface Measured {
  cluster: ProbeCluster | undefined;
  packets: number;
  bytes: number;
  firstSent: number;
  lastSent: number;
  lastSentBytes: number;
  firstReceived: number;
  firstReceivedBytes: number;
  lastReceived: number;
}

/** Measures clusters. */
export class ProbeEstimate {
  readonly #clusters: Measured[] = [];
  #next = 0;

  /** A cluster is sent: its packets will be told about. */
  expect(cluster: ProbeCluster): void {
    const measured: Measured = {
      cluster,
      packets: 0,
      bytes: 0,
      firstSent: Number.POSITIVE_INFINITY,
      lastSent: Number.NEGATIVE_INFINITY,
      lastSentBytes: 0,
      firstReceived: Number.POSITIVE_INFINITY,
      firstReceivedBytes: 0,
      lastReceived: Number.NEGATIVE_INFINITY,
    };
    this.#clusters[this.#next] = measured;
    this.#next = (this.#next + 1) % MOST_CLUSTERS;
  }

  /** Forgets all clusters. */
  reset(): void {
    this.#clusters.length = 0;
    this.#next = 0;
  }

  /** Takes received packets. @returns the rate that the last complete cluster measured, bit/s; NaN when there is none */
  update(results: PacketResults): number {
    let estimate = Number.NaN;
    for (let i = 0; i < results.received; i++) {
      const id = results.probes[i] as number;
      if (id === 0) continue;
      const measured = this.#find(id);
      if (measured === undefined) continue;
      this.#count(measured, results.sentAt[i] as number, results.receivedAt[i] as number, results.sizes[i] as number);
      const rate = this.#rateOf(measured);
      if (!Number.isNaN(rate)) estimate = rate;
    }
    return estimate;
  }

  #find(id: number): Measured | undefined {
    for (const measured of this.#clusters) if (measured.cluster?.id === id) return measured;
    return undefined;
  }

  #count(measured: Measured, sent: number, received: number, bytes: number): void {
    measured.packets++;
    measured.bytes += bytes;
    if (sent < measured.firstSent) measured.firstSent = sent;
    if (sent >= measured.lastSent) {
      measured.lastSent = sent;
      measured.lastSentBytes = bytes;
    }
    if (received < measured.firstReceived) {
      measured.firstReceived = received;
      measured.firstReceivedBytes = bytes;
    }
    if (received > measured.lastReceived) measured.lastReceived = received;
  }

  #rateOf(measured: Measured): number {
    const { cluster, packets, bytes } = measured;
    if (cluster === undefined || packets < cluster.packets * ENOUGH || bytes < cluster.bytes * ENOUGH) return Number.NaN;
    const sending = measured.lastSent - measured.firstSent;
    const receiving = measured.lastReceived - measured.firstReceived;
    if (!(sending > 0 && sending <= LONGEST && receiving > 0 && receiving <= LONGEST)) return Number.NaN;
    // The last packet was sent behind the interval, the first one arrived before it.
    const sent = ((bytes - measured.lastSentBytes) * 8000) / sending;
    const received = ((bytes - measured.firstReceivedBytes) * 8000) / receiving;
    if (received > MOST_RATIO * sent) return Number.NaN;
    return received < FULL_BELOW * sent ? FULL_PART * received : Math.min(sent, received);
  }
}
