/**
 * One direction of a link. A datagram meets, in this order: the size limit, the queue and the rate, the drop rule,
 * random loss, bit errors, the delay with its jitter and reordering, and duplication.
 */
import type { Instant } from "visavis/base";
import { Backlog } from "./backlog.ts";
import { Counts, type DropReason } from "./counts.ts";
import type { Carrier, Datagram, Fate } from "./datagram.ts";
import { type CompleteImpairments, changeImpairments, type Impairments, PERFECT } from "./impairments.ts";
import { RandomLoss, RuledLoss } from "./loss.ts";
import type { SeededRandom } from "./random.ts";
import type { Way, World } from "./world.ts";

/** One direction of a link, changeable while it runs. */
export class Direction implements Carrier {
  /** What became of the datagrams. */
  readonly counts: Counts = new Counts();
  readonly #world: World;
  readonly #way: Way;
  readonly #lossRandom: SeededRandom;
  readonly #corruptRandom: SeededRandom;
  readonly #jitterRandom: SeededRandom;
  readonly #reorderRandom: SeededRandom;
  readonly #duplicateRandom: SeededRandom;
  readonly #loss = new RandomLoss();
  readonly #rule = new RuledLoss();
  readonly #backlog = new Backlog();
  #options: CompleteImpairments = PERFECT;
  #up = true;
  #ordinal = 0;
  #lastArrival: Instant = 0;
  #highestArrived = 0;

  /** @param name unique in the simulation: its chance is derived from it */
  constructor(world: World, name: string, options: Impairments) {
    this.#world = world;
    this.#way = world.addWay(name, this.counts);
    const random = world.random.stream(`link ${name}`);
    this.#lossRandom = random.stream("loss");
    this.#corruptRandom = random.stream("corrupt");
    this.#jitterRandom = random.stream("jitter");
    this.#reorderRandom = random.stream("reorder");
    this.#duplicateRandom = random.stream("duplicate");
    this.set(options);
  }

  /** How the packet log calls it. */
  get name(): string {
    return this.#way.name;
  }

  /** What it does to datagrams now. */
  get options(): CompleteImpairments {
    return this.#options;
  }

  /** Whether it carries anything. */
  get up(): boolean {
    return this.#up;
  }

  /**
   * Changes some options from now on; datagrams on their way are not touched.
   * @throws RangeError when a value makes no sense
   */
  set(change: Impairments): void {
    this.#options = changeImpairments(this.#options, change);
    if (change.loss !== undefined) this.#loss.set(change.loss);
    if (change.drop !== undefined) this.#rule.set(change.drop);
  }

  /** Takes it down or up. While it is down it drops what is sent and what would arrive. */
  setUp(up: boolean): void {
    this.#up = up;
  }

  /** Takes a datagram and plans its arrival at its sink, or drops it. */
  carry(datagram: Datagram): void {
    const { counts } = this;
    const options = this.#options;
    counts.sent++;
    counts.bytesSent += datagram.bytes.length;
    datagram.carrier = this;
    datagram.ordinal = ++this.#ordinal;
    const departure = this.#depart(datagram);
    if (typeof departure === "string") {
      this.#drop(datagram, departure);
      return;
    }
    const corrupted = datagram.bytes.length > 0 && this.#corruptRandom.chance(options.corrupt);
    if (corrupted) this.#flipBits(datagram.bytes, options.corruptBits);
    const copy = this.#duplicateRandom.chance(options.duplicate) ? datagram.clone() : undefined;
    this.#launch(datagram, departure, corrupted ? "corrupted" : "delivered");
    if (copy !== undefined) {
      counts.duplicated++;
      copy.carrier = this;
      this.#launch(copy, departure, "duplicate");
    }
  }

  arrive(datagram: Datagram): void {
    if (!this.#up) {
      this.counts.drops.down++;
      this.#world.record(this.#way, "cut", datagram, undefined);
      return;
    }
    this.counts.delivered++;
    this.counts.bytesDelivered += datagram.bytes.length;
    if (datagram.ordinal < this.#highestArrived) this.counts.reordered++;
    else this.#highestArrived = datagram.ordinal;
    datagram.sink.deliver(datagram);
  }

  /** When the last bit leaves; or why none arrives. */
  #depart(datagram: Datagram): Instant | DropReason {
    const { mtu, fragment, rate, queue } = this.#options;
    const length = datagram.bytes.length;
    let departure = this.#world.now;
    if (!this.#up) return "down";
    if (length > mtu && !fragment) return "mtu";
    if (rate < Number.POSITIVE_INFINITY) {
      const waiting = this.#backlog.bytesAt(departure);
      if (waiting > 0 && waiting + length > queue) return "queue";
      departure = this.#backlog.enter(departure, length, rate);
    }
    if (this.#rule.strikes(datagram)) return "rule";
    const fragments = length > mtu ? Math.ceil(length / mtu) : 1;
    if (fragments > 1) this.counts.fragmented++;
    // All of them, or it never arrives.
    for (let i = 0; i < fragments; i++) if (this.#loss.strikes(this.#lossRandom)) return "loss";
    return departure;
  }

  #launch(datagram: Datagram, departure: Instant, fate: Fate): void {
    const { delay, jitter, reorder, reorderDelay } = this.#options;
    let arrival = departure + delay;
    if (jitter > 0) arrival += this.#jitterRandom.number() * jitter;
    arrival = Math.max(arrival, this.#lastArrival);
    const held = this.#reorderRandom.chance(reorder);
    if (held) arrival += reorderDelay;
    else this.#lastArrival = arrival;
    this.#world.record(this.#way, held && fate === "delivered" ? "held" : fate, datagram, arrival);
    this.#world.queue.plan(datagram, arrival);
  }

  #drop(datagram: Datagram, reason: DropReason): void {
    this.counts.drops[reason]++;
    this.#world.record(this.#way, reason, datagram, undefined);
  }

  #flipBits(bytes: Uint8Array, count: number): void {
    this.counts.corrupted++;
    for (let i = 0; i < count; i++) {
      const bit = this.#corruptRandom.below(bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    }
  }
}
