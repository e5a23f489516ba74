/**
 * What all parts of one simulation share: the time, the plan, chance, and the record of every datagram.
 */
import type { Instant } from "visavis/base";
import type { Counts } from "./counts.ts";
import type { Datagram, Fate, Recorder } from "./datagram.ts";
import { EventQueue, Task } from "./event-queue.ts";
import { PacketHash } from "./packet-hash.ts";
import type { SeededRandom } from "./random.ts";

/** One way that datagrams take, as the packet log names it. */
export interface Way {
  readonly id: number;
  readonly name: string;
  readonly counts: Counts;
}

/** Something with engines inside that wants to be asked after every instant whether it has anything to say. */
export interface Participant {
  readonly name: string;
  /** Lets the engine speak. @returns whether anything came of it */
  pump(): boolean;
}

/** The shared state of a simulation. */
export class World {
  now: Instant = 0;
  readonly random: SeededRandom;
  /** Wall time at instant 0, in milliseconds since the Unix epoch. */
  readonly epoch: number;
  readonly queue: EventQueue = new EventQueue();
  readonly hash: PacketHash = new PacketHash();
  readonly ways: Way[] = [];
  readonly participants: Participant[] = [];
  readonly recorders: Recorder[] = [];
  /** Host names that everybody can resolve. */
  readonly names: Map<string, readonly string[]> = new Map();
  /** How long it takes to resolve one, in milliseconds. */
  nameDelay = 0;
  /** The last number given to a socket. */
  sockets = 0;
  /** Changes whenever an address, a subnet or a link does: remembered routes are compared with it. */
  topology = 0;

  constructor(random: SeededRandom, epoch: number) {
    this.random = random;
    this.epoch = epoch;
  }

  /** Names a new way. */
  addWay(name: string, counts: Counts): Way {
    const way: Way = { id: this.ways.length, name, counts };
    this.ways.push(way);
    return way;
  }

  /** Plans a callback. */
  plan(at: Instant, callback: () => void): Task {
    const task = new Task(callback);
    this.queue.plan(task, Math.max(at, this.now));
    return task;
  }

  /** Notes what became of a datagram. */
  record(way: Way, fate: Fate, datagram: Datagram, arrival: Instant | undefined): void {
    this.hash.number(this.now);
    this.hash.word(way.id);
    this.hash.text(fate);
    this.hash.number(arrival ?? -1);
    this.hash.bytes(datagram.bytes);
    for (const recorder of this.recorders) recorder.record(way.id, fate, datagram, this.now, arrival);
  }
}
