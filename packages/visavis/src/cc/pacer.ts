/**
 * Says when packets may go, so that frames do not leave as bursts. It is arithmetic alone: what was sent is a debt, which a rate pays off,
 * and media may go while the debt is no more than a burst. It holds no packets and no timer.
 *
 * Probe clusters go through it: while one is sent, packets go at the rate of the cluster, whatever the debt, and padding fills in when
 * there is no media. Audio need not wait: what goes past the pacer is not told to it.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { ProbeCluster } from "./probe-cluster.ts";

/** Milliseconds of the rate that may go at once. */
const BURST = 10;
/** After a burst media waits until the debt is this part of it, so that a timer has something to wait for. */
const REST = 0.5;
/** The longest that media is to wait, in milliseconds; the rate rises to keep to it. */
const LONGEST_WAIT = 2000;
/** A debt is no larger than so many milliseconds of the rate. */
const LARGEST_DEBT = 500;
/** A cluster begins with a packet of this size at the least: bytes. */
const LEAST_PROBE = 200;
/** A cluster that is so late, in milliseconds, would measure ourselves. */
const LATE = 20;
/** A cluster that has waited so long for a packet, in milliseconds, is out of date. */
const STALE = 5000;
const MOST_CLUSTERS = 5;
/** Padding that is asked for at once lasts so long at the rate of the cluster, in milliseconds. */
const PADDING_STEP = 2;

/** Deadlines for packets. Rates are in bits per second, of the same bytes that `onSent` is told. */
export class Pacer {
  #rate = 300_000;
  #paddingRate = 0;
  /** In bits. */
  #debt = 0;
  #paddingDebt = 0;
  #paidAt: Instant = Number.NaN;
  #resting = false;
  #queued = 0;
  #queuedSince: Instant = Number.NaN;
  // Clusters that wait, the first of which may be under way.
  readonly #clusters: ProbeCluster[] = [];
  readonly #since: Instant[] = [];
  #probing = false;
  #probeBegan: Instant = 0;
  #probeBytes = 0;
  #probePackets = 0;

  /** The rate at which media leaves, bit/s. */
  get rate(): number {
    return this.#rate;
  }

  /** The cluster that a packet sent now belongs to; 0 for none. */
  get probe(): number {
    return this.#probing ? (this.#clusters[0]?.id ?? 0) : 0;
  }

  /** Sets the rates, bit/s: of media, and of padding when there is less media than that. */
  setRates(rate: number, paddingRate: number, now: Instant): void {
    this.#pay(now);
    this.#rate = rate;
    this.#paddingRate = paddingRate;
  }

  /**
   * Tells what waits, so that nothing waits too long.
   * @param bytes of all packets that wait
   * @param since when the oldest of them began to wait; ignored without bytes
   */
  setQueue(bytes: number, since: Instant): void {
    this.#queued = bytes;
    this.#queuedSince = since;
  }

  /** Adds a cluster, in place of one of the same rate that still waits; it begins with the next packet of some size. */
  addProbe(cluster: ProbeCluster, now: Instant): void {
    const waiting = this.#clusters.findIndex(({ bitrate }, i) => bitrate === cluster.bitrate && !(i === 0 && this.#probing));
    if (waiting >= 0) {
      this.#clusters.splice(waiting, 1);
      this.#since.splice(waiting, 1);
    }
    if (this.#clusters.length >= MOST_CLUSTERS) this.#endProbe();
    this.#clusters.push(cluster);
    this.#since.push(now);
  }

  /** Forgets the clusters. */
  clearProbes(): void {
    this.#clusters.length = 0;
    this.#since.length = 0;
    this.#probing = false;
  }

  /** When the first packet that waits, of so many bytes, may go; `now` or before: at once. */
  timeOfNext(bytes: number, now: Instant): Instant {
    this.#beginProbe(bytes, now);
    const probe = this.#probeTime(now);
    if (probe <= now) return now;
    this.#pay(now);
    const rate = this.#effectiveRate(now);
    const burst = (rate * BURST) / 1000;
    if (this.#debt <= (this.#resting ? burst * REST : burst)) {
      this.#resting = false;
      return now;
    }
    this.#resting = true;
    return Math.min(probe, now + ((this.#debt - burst * REST) * 1000) / rate);
  }

  /** When padding is wanted if no media waits; `NEVER` when none is. */
  timeOfPadding(now: Instant): Instant {
    const probe = this.#probeTime(now);
    if (this.#paddingRate <= 0) return probe;
    this.#pay(now);
    return Math.min(probe, now + Math.max(this.#debt / this.#rate, this.#paddingDebt / this.#paddingRate) * 1000);
  }

  /** How many bytes of padding to send now if no media waits; 0 when none. */
  paddingBytes(now: Instant): number {
    const probe = this.#probeTime(now);
    if (probe <= now) {
      const cluster = this.#clusters[0];
      return cluster === undefined ? 0 : Math.max(1, Math.ceil((cluster.bitrate * PADDING_STEP) / 8000));
    }
    if (this.timeOfPadding(now) > now) return 0;
    return Math.max(1, Math.ceil((this.#paddingRate * PADDING_STEP) / 8000));
  }

  /** Counts a packet, media or padding. @returns the cluster it belongs to; 0 for none */
  onSent(bytes: number, now: Instant): number {
    this.#pay(now);
    const most = (this.#rate * LARGEST_DEBT) / 1000;
    this.#debt = Math.min(this.#debt + bytes * 8, Math.max(most, this.#debt));
    if (this.#paddingRate > 0)
      this.#paddingDebt = Math.min(this.#paddingDebt + bytes * 8, (this.#paddingRate * LARGEST_DEBT) / 1000);
    const cluster = this.#clusters[0];
    if (!this.#probing || cluster === undefined) return 0;
    if (this.#probePackets === 0) this.#probeBegan = now;
    this.#probeBytes += bytes;
    this.#probePackets++;
    if (this.#probeBytes >= cluster.bytes && this.#probePackets >= cluster.packets) this.#endProbe();
    return cluster.id;
  }

  /** What is owed now, in milliseconds of the rate: how far the last packets went ahead of it. */
  ahead(now: Instant): number {
    this.#pay(now);
    return (this.#debt * 1000) / this.#rate;
  }

  /** The rate that lets the oldest packet go in time. */
  #effectiveRate(now: Instant): number {
    if (this.#queued === 0) return this.#rate;
    const left = Math.max(1, LONGEST_WAIT - (now - this.#queuedSince));
    return Math.max(this.#rate, (this.#queued * 8000) / left);
  }

  #pay(now: Instant): void {
    const elapsed = Number.isNaN(this.#paidAt) ? 0 : Math.max(0, now - this.#paidAt);
    this.#paidAt = now;
    if (elapsed === 0) return;
    this.#debt = Math.max(0, this.#debt - (this.#effectiveRate(now) * elapsed) / 1000);
    this.#paddingDebt = Math.max(0, this.#paddingDebt - (this.#paddingRate * elapsed) / 1000);
  }

  /** When the next packet of the cluster under way is due; `NEVER` when none is. */
  #probeTime(now: Instant): Instant {
    while (this.#probing) {
      const cluster = this.#clusters[0];
      if (cluster === undefined) break;
      if (this.#probePackets === 0) return now;
      const due = this.#probeBegan + (this.#probeBytes * 8000) / cluster.bitrate;
      if (now - due <= LATE) return due;
      this.#endProbe();
    }
    return NEVER;
  }

  #beginProbe(bytes: number, now: Instant): void {
    if (this.#probing || bytes < LEAST_PROBE) return;
    while (this.#clusters.length > 0 && now - (this.#since[0] as number) > STALE) this.#endProbe();
    this.#probing = this.#clusters.length > 0;
  }

  /** Ends the first cluster; the next one follows at once when there was one under way. */
  #endProbe(): void {
    this.#clusters.shift();
    this.#since.shift();
    this.#probeBytes = 0;
    this.#probePackets = 0;
    if (this.#clusters.length === 0) this.#probing = false;
  }
}
