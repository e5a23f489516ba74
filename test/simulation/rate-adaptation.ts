/**
 * Congestion control of media on simulated links: the test cases of RFC 8867 §5, in virtual time, and what the plots of such tests show in
 * numbers. Bulk transfer over SCTP with NewReno stands for TCP.
 */
import { type Endpoint, type SeededRandom, Simulation } from "@visavis/netsim";
import { type InnerEngine, type Instant, NEVER, type Transmit } from "visavis/base";
import { Association } from "visavis/sctp";
import { percentile } from "./links.ts";
import { type FeedbackKind, type FlowOptions, MediaReceiver, MediaSender } from "./media-flow.ts";

type Link = ReturnType<Simulation["link"]>;

/** From this second on the rate is so many bits per second. */
export type Step = readonly [second: number, rate: number];

/** One flow of media; times in seconds. */
export interface MediaFlow extends Pick<FlowOptions, "maxRate" | "bitrates"> {
  readonly startsAt?: number;
  /** One-way delay, in milliseconds, if it is not that of the case. */
  readonly delay?: number;
  readonly backward?: boolean;
  readonly pauses?: readonly (readonly [number, number])[];
}

/** One test case. */
export interface TestCase {
  readonly name: string;
  readonly seconds: number;
  /** One way, in milliseconds. */
  readonly delay: number;
  readonly forward: readonly Step[];
  readonly backward?: readonly Step[];
  /** Before the bottleneck, in milliseconds of its rate; default 300. */
  readonly queue?: number;
  readonly jitter?: number;
  readonly loss?: number;
  readonly backwardLoss?: number;
  readonly flows: readonly MediaFlow[];
  /** What receivers tell; default `transport-cc`. */
  readonly feedback?: FeedbackKind;
  /** Long transfers, by the second each begins. */
  readonly bulk?: readonly number[];
  /** How many sources of short transfers there are. */
  readonly short?: number;
}

/** What a part of the time came to. Rates in bits per second, times in milliseconds. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** Of the bottleneck in the direction of the first flow. */
  readonly capacity: number;
  /** Of each flow, from its start on; 0 when it did not send. */
  readonly rates: readonly number[];
  /** What all flows of the direction of the first one made of the capacity, 0 to 1. */
  readonly used: number;
  /** Time in queues, of all flows in that direction: median and 95th percentile. */
  readonly queue: number;
  readonly queue95: number;
  /** Of the packets of all flows, 0 to 1. */
  readonly loss: number;
}

/** What a test case came to. */
export interface Report {
  readonly parts: readonly Part[];
  /** The whole time. */
  readonly whole: Part;
  /** Jain's index of the rates of the last third. */
  readonly fairness: number;
  /** Of the long transfers together, bits per second. */
  readonly bulkRate: number;
  /** What waited in the senders, from frame to pacer: 95th percentile. */
  readonly pacing95: number;
}

/** An end of a transfer: it sends as long as the size is not reached. */
class Transfer implements InnerEngine<never> {
  readonly association: Association;
  received = 0;
  #left: number;
  #started = false;

  constructor(random: SeededRandom, bytes: number) {
    this.association = new Association({ random, maxReceiveMessageSize: 1 << 20, congestionControl: "newreno" });
    this.#left = bytes;
  }

  start(now: Instant): void {
    if (this.#started) return;
    this.#started = true;
    this.association.connect(now);
  }

  receive(bytes: Uint8Array, now: Instant): void {
    this.association.receive(bytes, now);
    for (let message = this.association.takeMessage(); message !== undefined; message = this.association.takeMessage())
      this.received += message.data.length;
  }

  advance(now: Instant): void {
    this.association.advance(now);
  }

  deadline(): Instant {
    return this.association.deadline();
  }

  transmit(out: Transmit, now: Instant): boolean {
    while (this.#started && this.#left > 0 && this.association.totalBufferedAmount < 32_768) {
      this.association.send(1, 53, new Uint8Array(Math.min(this.#left, 16_384)), { ordered: true }, now);
      this.#left -= 16_384;
    }
    return this.association.transmit(out, now);
  }

  takeEvent(): undefined {
    while (this.association.takeEvent() !== undefined);
  }
}

interface Running {
  readonly flow: MediaFlow;
  readonly sender: MediaSender;
  readonly receiver: MediaReceiver;
}

function addFlow(sim: Simulation, link: Link, flow: MediaFlow, test: TestCase): Running {
  const delay = flow.delay ?? test.delay;
  const sender = new MediaSender({
    random: sim.random.stream(`source ${link.name} ${sim.random.u32()}`),
    startsAt: (flow.startsAt ?? 0) * 1000,
    extraRoundTrip: 2 * (delay - test.delay),
    maxRate: flow.maxRate ?? 4_000_000,
    pauses: (flow.pauses ?? []).map(([from, to]) => [from * 1000, to * 1000] as const),
    ...(flow.bitrates === undefined ? {} : { bitrates: flow.bitrates }),
  });
  const receiver = new MediaReceiver(test.feedback);
  if (flow.backward === true) link.connect(receiver, sender);
  else link.connect(sender, receiver);
  return { flow, sender, receiver };
}

function addTransfer(
  sim: Simulation,
  link: Link,
  bytes: number,
): { source: Transfer; sink: Transfer; ends: Endpoint<Transfer>[] } {
  const source = new Transfer(sim.random, bytes);
  const sink = new Transfer(sim.random, 0);
  const ends = link.connect(source, sink);
  source.start(sim.now);
  sink.start(sim.now);
  return { source, sink, ends };
}

/** Transfers of 100 kB to 1 MB, with pauses of 10 s in the mean between them (RFC 8867 §5.7). */
function addShortTransfers(sim: Simulation, link: Link): void {
  const { random } = sim;
  const rest = (): number => -10_000 * Math.log(1 - random.number());
  const next = (): void => {
    const bytes = 100_000 + random.number() * 900_000;
    const { sink, ends } = addTransfer(sim, link, bytes);
    const look = (): void => {
      if (sink.received < bytes) {
        sim.after(100, look);
        return;
      }
      for (const end of ends) end.stop();
      sim.after(rest(), next);
    };
    look();
  };
  sim.after(rest(), next);
}

function setRate(link: Link, way: "forward" | "backward", rate: number, queue: number): void {
  link.set({ [way]: { rate, queue: Math.max(3000, (rate * queue) / 8000) } });
}

/** Runs a test case. */
export function runCase(test: TestCase, seed: number | string): Report {
  const sim = new Simulation({ seed });
  const link = sim.link({
    delay: test.delay,
    forward: { jitter: test.jitter ?? 0, loss: test.loss ?? 0 },
    backward: { jitter: test.jitter ?? 0, loss: test.backwardLoss ?? 0 },
  });
  const queue = test.queue ?? 300;
  for (const way of ["forward", "backward"] as const) {
    for (const [second, rate] of test[way] ?? []) {
      if (second === 0) setRate(link, way, rate, queue);
      else sim.after(second * 1000, () => setRate(link, way, rate, queue));
    }
  }
  const running = test.flows.map((flow) => addFlow(sim, link, flow, test));
  const sinks: Transfer[] = [];
  for (const second of test.bulk ?? []) sim.after(second * 1000, () => sinks.push(addTransfer(sim, link, NEVER).sink));
  for (let i = 0; i < (test.short ?? 0); i++) addShortTransfers(sim, link);
  sim.runFor(test.seconds * 1000);
  const bulkBytes = sinks.reduce((sum, { received }) => sum + received, 0);
  return report(test, running, (bulkBytes * 8) / (test.seconds - (test.bulk?.[0] ?? 0)));
}

function report(test: TestCase, running: readonly Running[], bulkRate: number): Report {
  const bounds = [...new Set([...test.forward, ...(test.backward ?? [])].map(([second]) => second)), test.seconds].sort(
    (a, b) => a - b,
  );
  const parts = bounds.slice(1).map((to, i) => partOf(test, running, bounds[i] as number, to));
  const last = partOf(test, running, (2 * test.seconds) / 3, test.seconds);
  const sum = last.rates.reduce((total, rate) => total + rate, 0);
  const waits = running.flatMap(({ receiver: { arrivals } }) =>
    arrivals.delay.map((delay, i) => delay - (arrivals.networkDelay[i] as number)),
  );
  return {
    parts,
    whole: partOf(test, running, 0, test.seconds),
    fairness: sum ** 2 / (last.rates.length * last.rates.reduce((total, rate) => total + rate ** 2, 0)),
    bulkRate,
    pacing95: percentile(
      waits.sort((a, b) => a - b),
      0.95,
    ),
  };
}

function capacityAt(steps: readonly Step[], second: number): number {
  let capacity = 0;
  for (const [from, rate] of steps) if (from <= second) capacity = rate;
  return capacity;
}

/** What the bottleneck could carry. */
function bitsOf(steps: readonly Step[], from: number, to: number): number {
  let bits = 0;
  steps.forEach(([begins, rate], i) => {
    const ends = steps[i + 1]?.[0] ?? to;
    bits += rate * Math.max(0, Math.min(to, ends) - Math.max(from, begins));
  });
  return bits;
}

function partOf(test: TestCase, running: readonly Running[], from: number, to: number): Part {
  const delays: number[] = [];
  let sent = 0;
  let arrived = 0;
  let forward = 0;
  const rates = running.map(({ flow, sender, receiver: { arrivals } }) => {
    const begins = Math.max(from, flow.startsAt ?? 0);
    if (begins >= to) return 0;
    let bytes = 0;
    for (let i = 0; i < arrivals.at.length; i++) {
      const at = arrivals.at[i] as number;
      if (at < begins * 1000 || at >= to * 1000) continue;
      bytes += arrivals.bytes[i] as number;
      if (flow.backward !== true) delays.push((arrivals.networkDelay[i] as number) - test.delay);
    }
    for (const at of sender.sentAt) if (at >= begins * 1000 && at < to * 1000) sent++;
    for (let i = 0; i < arrivals.at.length; i++) {
      const at = (arrivals.at[i] as number) - (arrivals.networkDelay[i] as number);
      if (at >= begins * 1000 && at < to * 1000) arrived++;
    }
    if (flow.backward !== true) forward += bytes;
    return (bytes * 8) / (to - begins);
  });
  delays.sort((a, b) => a - b);
  return {
    from,
    to,
    capacity: capacityAt(test.forward, from),
    rates,
    used: (forward * 8) / bitsOf(test.forward, from, to),
    queue: percentile(delays, 0.5),
    queue95: percentile(delays, 0.95),
    loss: sent === 0 ? 0 : (sent - arrived) / sent,
  };
}
