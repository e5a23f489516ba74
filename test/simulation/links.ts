/**
 * Associations on simulated links: what bulk flows reach, how they share, and how long a small message takes beside them.
 */
import { type Endpoint, type LinkOptions, Simulation } from "@visavis/netsim";
import { Association, type AssociationOptions } from "visavis/sctp";

const RELIABLE = { ordered: true };
const BULK = 1;
const SMALL = 2;
const BULK_MESSAGE = 65_536;
const SMALL_MESSAGE = 100;
/** How often the owners of associations look after them, in virtual milliseconds. */
const TURN = 5;

/** What the scenes have in common. Rates in bits per second, times in milliseconds, sizes in bytes. */
export interface Scene {
  readonly seed: number | string;
  readonly rate: number;
  readonly roundTrip: number;
  /** Before the bottleneck; default what the path holds (the bandwidth-delay product). */
  readonly queue?: number;
  readonly loss?: number;
  /** How long it runs, and how much of that at the beginning does not count. */
  readonly duration: number;
  readonly skip: number;
  readonly options?: Partial<AssociationOptions>;
}

interface Flow {
  readonly a: Endpoint<Association>;
  readonly z: Endpoint<Association>;
  readonly startsAt: number;
  connecting: boolean;
  /** Bytes received since `skip`. */
  bytes: number;
}

function linkOf({ rate, roundTrip, queue, loss }: Scene): LinkOptions {
  return {
    delay: roundTrip / 2,
    forward: { rate, queue: queue ?? (rate / 8000) * roundTrip, loss: loss ?? 0 },
  };
}

/** Messages are sent as long as less than this waits: an application that looks at its bufferedAmount. */
function feed(association: Association, now: number, queue: number): void {
  while (association.totalBufferedAmount < queue) association.send(BULK, 53, new Uint8Array(BULK_MESSAGE), RELIABLE, now);
}

function makeFlow(sim: Simulation, link: ReturnType<Simulation["link"]>, startsAt: number, scene: Scene): Flow {
  const make = (): Association => new Association({ random: sim.random, maxReceiveMessageSize: 1 << 20, ...scene.options });
  const [a, z] = link.connect(make(), make(), { port: 9899, names: [`a${startsAt}`, `z${startsAt}`] });
  return { a, z, startsAt, connecting: false, bytes: 0 };
}

function lookAfter(flow: Flow, now: number, counts: boolean, queue: number): void {
  if (now < flow.startsAt) return;
  if (!flow.connecting) {
    flow.connecting = true;
    flow.a.engine.connect(now);
    flow.z.engine.connect(now);
  }
  feed(flow.a.engine, now, queue);
  for (const { stream, data } of flow.z.messages) if (counts && stream === BULK) flow.bytes += data.length;
  flow.z.messages.length = 0;
  flow.a.events.length = 0;
}

/** What bulk flows came to. */
export interface FlowsReport {
  /** Of each flow: bits of messages per second that arrived. */
  readonly rates: readonly number[];
  readonly dropped: number;
  readonly retransmitted: number;
  readonly timeouts: number;
  /** Smoothed, of each flow, in milliseconds. */
  readonly roundTrips: readonly number[];
}

/** Runs bulk flows over one link, each starting `apart` milliseconds after the one before. */
export function runFlows(scene: Scene, count = 1, apart = 0): FlowsReport {
  const sim = new Simulation({ seed: scene.seed });
  const link = sim.link(linkOf(scene));
  const flows = Array.from({ length: count }, (_, i) => makeFlow(sim, link, i * apart, scene));
  for (let now = 0; now < scene.duration; now += TURN) {
    for (const flow of flows) lookAfter(flow, sim.now, now >= scene.skip, Math.max(4 * BULK_MESSAGE, (scene.rate * TURN) / 4000));
    sim.runFor(TURN);
  }
  const { loss = 0, queue = 0 } = link.forward.counts.drops;
  return {
    rates: flows.map(({ bytes }) => (bytes * 8000) / (scene.duration - scene.skip)),
    dropped: loss + queue,
    retransmitted: flows.reduce((sum, { a }) => sum + a.engine.counters.chunksRetransmitted, 0),
    timeouts: flows.reduce((sum, { a }) => sum + a.engine.counters.timeouts, 0),
    roundTrips: flows.map(({ a }) => a.engine.smoothedRoundTripTime ?? 0),
  };
}

/** Jain's index: 1 when all have the same, 1/n when one has all. */
export function fairness(rates: readonly number[]): number {
  const sum = rates.reduce((total, rate) => total + rate, 0);
  return sum ** 2 / (rates.length * rates.reduce((total, rate) => total + rate ** 2, 0));
}

/** How long small messages took beside a bulk flow, in milliseconds, ascending; and what that reached, in bits per second. */
export function runLatency(scene: Scene, every = 50): { readonly times: readonly number[]; readonly rate: number } {
  const sim = new Simulation({ seed: scene.seed });
  const link = sim.link(linkOf(scene));
  const flow = makeFlow(sim, link, 0, scene);
  const times: number[] = [];
  let sent: number[] = [];
  for (let now = 0; now < scene.duration; now++) {
    for (const { stream } of flow.z.messages) {
      if (stream === SMALL) times.push(sim.now - (sent.shift() ?? sim.now));
    }
    lookAfter(flow, sim.now, now >= scene.skip, 4 * BULK_MESSAGE);
    if (now >= scene.skip && now % every === 0) {
      flow.a.engine.send(SMALL, 53, new Uint8Array(SMALL_MESSAGE), RELIABLE, sim.now);
      sent.push(sim.now);
    }
    sim.runFor(1);
  }
  sent = [];
  return { times: times.sort((one, other) => one - other), rate: (flow.bytes * 8000) / (scene.duration - scene.skip) };
}

/** The value below which this part of the ascending `values` lies. */
export function percentile(values: readonly number[], part: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
}
