/**
 * What became of the datagrams: a simulation that lost nothing proves nothing, so the counts are there to be asserted on.
 */

/** Why a link dropped a datagram. */
export type DropReason =
  /** The random loss of the link. */
  | "loss"
  /** The drop rule of the link. */
  | "rule"
  /** Larger than the link carries. */
  | "mtu"
  /** The queue before a link with a rate was full. */
  | "queue"
  /** The link was down when it was sent, or went down while it was on its way. */
  | "down";

/** Counters of one direction, of a link, or of a whole simulation. Sizes in bytes. */
export class Counts {
  /** Datagrams given to the link. */
  sent = 0;
  /** Datagrams that came out at the other end, copies included. */
  delivered = 0;
  /** Datagrams that arrived after one that was sent later. */
  reordered = 0;
  /** Copies made. */
  duplicated = 0;
  /** Datagrams with flipped bits. */
  corrupted = 0;
  /** Datagrams that crossed in pieces, or would have. */
  fragmented = 0;
  bytesSent = 0;
  bytesDelivered = 0;
  /** Dropped datagrams by reason. */
  readonly drops: Record<DropReason, number> = { loss: 0, rule: 0, mtu: 0, queue: 0, down: 0 };

  /** Dropped datagrams in all. */
  get dropped(): number {
    const { loss, rule, mtu, queue, down } = this.drops;
    return loss + rule + mtu + queue + down;
  }

  /** Datagrams, copies included, that are on their way. */
  get inFlight(): number {
    return this.sent + this.duplicated - this.delivered - this.dropped;
  }

  /** Adds the counters of `other`. */
  add(other: Counts): void {
    this.sent += other.sent;
    this.delivered += other.delivered;
    this.reordered += other.reordered;
    this.duplicated += other.duplicated;
    this.corrupted += other.corrupted;
    this.fragmented += other.fragmented;
    this.bytesSent += other.bytesSent;
    this.bytesDelivered += other.bytesDelivered;
    for (const reason of Object.keys(this.drops) as DropReason[]) this.drops[reason] += other.drops[reason];
  }

  /** One line for people. */
  toString(): string {
    const reasons = Object.entries(this.drops).filter(([, count]) => count > 0);
    const why = reasons.length === 0 ? "" : ` (${reasons.map(([reason, count]) => `${reason} ${count}`).join(", ")})`;
    return (
      `sent ${this.sent}, delivered ${this.delivered}, dropped ${this.dropped}${why}, reordered ${this.reordered}, ` +
      `duplicated ${this.duplicated}, corrupted ${this.corrupted}`
    );
  }
}

/** The sum of several counters. */
export function sumCounts(all: Iterable<Counts>): Counts {
  const sum = new Counts();
  for (const counts of all) sum.add(counts);
  return sum;
}
