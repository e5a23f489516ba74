/**
 * A link: two directions between two ends.
 */
import type { InnerEngine } from "visavis/base";
import { type Counts, sumCounts } from "./counts.ts";
import { Direction } from "./direction.ts";
import { Endpoint, type Flow } from "./endpoint.ts";
import type { LinkOptions } from "./impairments.ts";
import type { World } from "./world.ts";

/** How two engines appear in the packet log. */
export interface ConnectOptions {
  /** Names of the two engines; default the name of the link with `.a` and `.z`. */
  readonly names?: readonly [string, string];
  /** IP addresses for the log; default documentation addresses. */
  readonly addresses?: readonly [string, string];
  /** UDP port of both ends for the log: 9899 makes dissectors see SCTP, for example; default 5000. */
  readonly port?: number;
}

/** Two directions that can be changed while they run. */
export class Link {
  readonly name: string;
  /** From the first to the second end. */
  readonly forward: Direction;
  /** From the second to the first end. */
  readonly backward: Direction;
  readonly #world: World;

  /** @param name unique in the simulation: its chance is derived from it */
  constructor(world: World, name: string, ends: readonly [string, string], options: LinkOptions) {
    this.#world = world;
    this.name = name;
    const [first, second] = ends;
    this.forward = new Direction(world, `${first}>${second}`, options);
    this.backward = new Direction(world, `${second}>${first}`, options);
    this.set(options);
  }

  /**
   * Changes some options from now on, in both directions or, by `forward` and `backward`, in one.
   * @throws RangeError when a value makes no sense
   */
  set(options: LinkOptions): void {
    this.forward.set({ ...options, ...options.forward });
    this.backward.set({ ...options, ...options.backward });
  }

  /** Cuts it: what is on its way is lost. */
  down(): void {
    this.forward.setUp(false);
    this.backward.setUp(false);
  }

  /** Joins it again. */
  up(): void {
    this.forward.setUp(true);
    this.backward.setUp(true);
  }

  /** The counters of both directions together. */
  get counts(): Counts {
    return sumCounts([this.forward.counts, this.backward.counts]);
  }

  /** Puts an engine at each end and runs both. */
  connect<A extends InnerEngine<unknown>, Z extends InnerEngine<unknown>>(
    a: A,
    z: Z,
    options: ConnectOptions = {},
  ): [Endpoint<A>, Endpoint<Z>] {
    const [source, destination] = options.addresses ?? ["192.0.2.1", "192.0.2.2"];
    const port = options.port ?? 5000;
    const there: Flow = { source, destination, port };
    const back: Flow = { source: destination, destination: source, port };
    const first = new Endpoint(this.#world, options.names?.[0] ?? `${this.name}.a`, a, this.forward, there);
    const second = new Endpoint(this.#world, options.names?.[1] ?? `${this.name}.z`, z, this.backward, back);
    first.facing(second);
    second.facing(first);
    return [first, second];
  }
}
