/**
 * The world of a test: virtual time, seeded chance, links and hosts.
 *
 * Time jumps from one happening to the next. Engines on links are asked for output at the end of every instant, so all
 * datagrams that arrive at one instant are seen before any of them is answered.
 */
import type { Instant } from "visavis/base";
import { runSteps, type StepOutcome } from "./async-run.ts";
import { type Counts, sumCounts } from "./counts.ts";
import { SimulationError } from "./errors.ts";
import { Host, type HostOptions } from "./host.ts";
import type { LinkOptions } from "./impairments.ts";
import { Link } from "./link.ts";
import { Nat, type NatOptions } from "./nat.ts";
import { PacketLog, type TapOptions } from "./packet-log.ts";
import { SeededRandom } from "./random.ts";
import { Subnet, type SubnetOptions } from "./subnet.ts";
import { World } from "./world.ts";

/** Happenings at one instant after which time is taken to stand still. */
const STANDSTILL = 1_000_000;

/** 2025-01-01T00:00:00Z. */
const EPOCH = 1_735_689_600_000;

/** Options of a {@link Simulation}. */
export interface SimulationOptions {
  /** Equal seeds give equal runs; default 1. */
  readonly seed?: number | string;
  /** Wall time at instant 0, in milliseconds since the Unix epoch; default the start of the year 2025. */
  readonly epoch?: number;
  /** How long it takes to resolve a host name, in virtual milliseconds; default 0. */
  readonly nameDelay?: number;
}

/** How long to run. */
export interface RunLimit {
  /** Virtual milliseconds from now. */
  readonly within: number;
}

/** A simulated world. */
export class Simulation {
  /** The seed, as text. */
  readonly seed: string;
  /** Chance for the test's own use: a stream of its own. */
  readonly random: SeededRandom;
  /** The subnet that hosts are in when they are not put elsewhere. */
  readonly defaultSubnet: Subnet;
  readonly #world: World;
  readonly #names = new Set<string>();
  #links = 0;
  #running = false;
  #steps = 0;
  #stepsHere = 0;
  readonly #holds = new Set<Promise<unknown>>();

  constructor(options: SimulationOptions = {}) {
    this.seed = String(options.seed ?? 1);
    const random = new SeededRandom(this.seed);
    this.random = random.stream("test");
    this.#world = new World(random, options.epoch ?? EPOCH);
    this.#world.nameDelay = options.nameDelay ?? 0;
    this.defaultSubnet = new Subnet(this.#world, { name: "default" }, "");
  }

  /** The virtual time, in milliseconds. */
  get now(): Instant {
    return this.#world.now;
  }

  /** The counters of all links together. */
  get counts(): Counts {
    return sumCounts(this.#world.ways.map((way) => way.counts));
  }

  /** A hash of every datagram sent so far, its time and its fate: equal in equal runs. */
  get hash(): string {
    return this.#world.hash.digest();
  }

  /** Host names and their addresses. A name that is not here cannot be resolved. */
  get names(): Map<string, readonly string[]> {
    return this.#world.names;
  }

  /** Notes every datagram from now on, for printing as text or as a capture file. */
  tap(options: TapOptions = {}): PacketLog {
    const log = new PacketLog((way) => this.#world.ways[way]?.name ?? "", this.#world.epoch, options);
    this.#world.recorders.push(log);
    return log;
  }

  /** A new host. @throws RangeError when its name is taken, or an address */
  host(options: HostOptions): Host {
    this.#takeName(options.name);
    return new Host(this.#world, options, this.defaultSubnet);
  }

  /** A new subnet, for hosts that are not in the default one. @throws RangeError when its name is taken */
  subnet(options: SubnetOptions): Subnet {
    this.#takeName(options.name);
    return new Subnet(this.#world, options);
  }

  /** A NAT or firewall in front of a subnet. @throws RangeError when its name is taken, or an address */
  nat(options: NatOptions): Nat {
    this.#takeName(options.name);
    return new Nat(this.#world, options, options.outside ?? this.defaultSubnet);
  }

  /** A link for two engines: see {@link Link.connect}. */
  link(options?: LinkOptions): Link;
  /** The link between two hosts of the default subnet; without one it is perfect. */
  link(a: Host, b: Host, options?: LinkOptions): Link;
  link(a: Host | LinkOptions = {}, b?: Host, options: LinkOptions = {}): Link {
    if (a instanceof Host) {
      if (b === undefined) throw new TypeError("a link has two ends");
      return this.defaultSubnet.link(a, b, options);
    }
    const name = `link${++this.#links}`;
    return new Link(this.#world, name, [`${name}.a`, `${name}.z`], a);
  }

  /** Calls back once, `delay` virtual milliseconds from now; the returned function cancels. */
  after(delay: number, callback: () => void): () => void {
    const task = this.#world.plan(this.#world.now + delay, callback);
    return () => this.#world.queue.cancel(task);
  }

  /** Resolves `delay` virtual milliseconds from now, while the simulation runs. */
  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /**
   * Lets virtual time stand still until real work is done, such as a key made by a thread pool: then it cannot matter
   * how long that takes. Resolves or rejects as `work` does.
   */
  hold<T>(work: Promise<T>): Promise<T> {
    const held = work.finally(() => this.#holds.delete(held));
    this.#holds.add(held);
    return held;
  }

  /**
   * Runs until the condition holds, without promises: for engines on links. The condition is asked before every step.
   * @throws SimulationError when it does not come to hold in time, or when nothing is left that could happen
   */
  runUntil(condition: () => boolean, limit: RunLimit): void {
    const end = this.now + limit.within;
    this.#exclusively();
    try {
      while (!condition()) this.#expectMore(this.#step(end), limit, end);
    } finally {
      this.#running = false;
    }
  }

  /** Runs for a time, without promises; with nothing left to happen it ends at once, at that time. */
  runFor(duration: number): void {
    const end = this.now + duration;
    this.#exclusively();
    try {
      while (this.#step(end) === "more");
      this.#world.now = end;
    } finally {
      this.#running = false;
    }
  }

  /**
   * Runs whole platforms: promise reactions finish between two steps.
   * - `until` a promise: resolves or rejects as it does;
   * - `until` a condition: resolves when it holds;
   * - without `until`: resolves after `within`.
   * @throws (rejects) SimulationError when `until` does not come in time, or when nothing is left that could happen
   */
  run<T>(options: RunLimit & { readonly until: PromiseLike<T> }): Promise<T>;
  run(options: RunLimit & { readonly until?: () => boolean }): Promise<void>;
  async run(options: RunLimit & { readonly until?: PromiseLike<unknown> | (() => boolean) }): Promise<unknown> {
    const { until } = options;
    if (until === undefined) return this.#runAsync(() => false, options, false);
    if (typeof until === "function") return this.#runAsync(until, options, true);
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    until.then(settle, settle);
    await this.#runAsync(() => settled, options, true);
    return until;
  }

  async #runAsync(condition: () => boolean, limit: RunLimit, mustHold: boolean): Promise<void> {
    const end = this.now + limit.within;
    this.#exclusively();
    let idle = false;
    const step = (): StepOutcome => {
      if (condition()) return "done";
      const outcome = this.#step(end);
      if (outcome === "more" || (outcome === "idle" && !idle)) return outcome;
      if (mustHold) this.#expectMore(outcome, limit, end);
      this.#world.now = end;
      return "done";
    };
    try {
      await runSteps(
        step,
        () => (this.#holds.size > 0 ? Promise.race(this.#holds).catch(() => undefined) : undefined),
        () => {
          idle = true;
        },
      );
    } finally {
      this.#running = false;
    }
  }

  #takeName(name: string): void {
    if (this.#names.has(name)) throw new RangeError(`the name ${name} is taken`);
    this.#names.add(name);
  }

  #exclusively(): void {
    if (this.#running) throw new SimulationError("the simulation is running already", this.seed, this.now);
    this.#running = true;
  }

  /** One happening; or, at the end of an instant, what the engines have to say. */
  #step(end: Instant): "more" | "idle" | "late" {
    const world = this.#world;
    let next = world.queue.peek();
    if (next === undefined || next.at > world.now) {
      let busy = false;
      for (const participant of world.participants) busy = participant.pump() || busy;
      if (busy) return "more";
      next = world.queue.peek();
    }
    if (next === undefined) return "idle";
    if (next.at > end) return "late";
    if (next.at > world.now) {
      world.now = next.at;
      this.#stepsHere = 0;
    }
    this.#steps++;
    if (++this.#stepsHere > STANDSTILL) throw this.#failure(`time stands still: ${STANDSTILL} steps at one instant`);
    world.queue.take();
    next.happen();
    return "more";
  }

  #expectMore(outcome: "more" | "idle" | "late", limit: RunLimit, end: Instant): void {
    if (outcome === "more") return;
    if (outcome === "idle") throw this.#failure("nothing is left that could happen, and the condition does not hold");
    this.#world.now = end;
    throw this.#failure(`the condition did not come to hold within ${limit.within} ms`);
  }

  #failure(what: string): SimulationError {
    const ways = this.#world.ways.filter((way) => way.counts.sent > 0).slice(0, 20);
    const lines = [
      `${what}; virtual time ${this.now} ms, ${this.#steps} steps, hash ${this.hash}`,
      ...ways.map((way) => `  ${way.name}: ${way.counts.toString()}, in flight ${way.counts.inFlight}`),
      `seed ${this.seed}: VISAVIS_SEED=${this.seed} shows it again`,
    ];
    return new SimulationError(lines.join("\n"), this.seed, this.now);
  }
}
