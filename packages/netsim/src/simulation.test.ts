import assert from "node:assert/strict";
import { test } from "node:test";
import type { InnerEngine, Instant, Transmit } from "visavis/base";
import { SimulationError } from "./errors.ts";
import { Simulation } from "./simulation.ts";

/** Sends back what it gets, and a datagram at each of its deadlines. */
class Echo implements InnerEngine<string> {
  readonly batches: number[] = [];
  readonly #period: number;
  readonly #replies: Uint8Array[] = [];
  readonly #events: string[] = [];
  #next: Instant;

  constructor(period: number = Number.POSITIVE_INFINITY) {
    this.#period = period;
    this.#next = period;
  }

  receive(datagram: Uint8Array, now: Instant): void {
    this.#events.push(`received ${datagram.length} at ${now}`);
    if (datagram.length > 1) this.#replies.push(datagram.subarray(1));
  }

  advance(now: Instant): void {
    if (now < this.#next) return;
    this.#next += this.#period;
    this.#replies.push(new Uint8Array(3));
  }

  deadline(): Instant {
    return this.#next;
  }

  transmit(out: Transmit): boolean {
    if (this.#replies.length > 0 && out.length === 0) this.batches.push(this.#replies.length);
    const reply = this.#replies.shift();
    if (reply === undefined) return false;
    out.bytes.set(reply, out.start);
    out.length = reply.length;
    return true;
  }

  takeEvent(): string | undefined {
    return this.#events.shift();
  }
}

test("a virtual hour costs milliseconds", () => {
  const sim = new Simulation();
  const [, z] = sim.link({ delay: 20 }).connect(new Echo(1000), new Echo());
  const start = performance.now();
  sim.runFor(3_600_000);
  assert.equal(sim.now, 3_600_000);
  assert.equal(z.events.filter((event) => event.startsWith("received 3")).length, 3599);
  assert.ok(performance.now() - start < 1000);
});

test("time jumps to arrivals, and datagrams of one instant are seen together before they are answered", () => {
  const sim = new Simulation();
  const [a, z] = sim.link({ delay: 7 }).connect(new Echo(), new Echo());
  for (let i = 0; i < 3; i++) a.send(new Uint8Array(5));
  sim.runUntil(() => a.events.length === 3, { within: 100 });
  assert.equal(sim.now, 14);
  assert.deepEqual(z.events, ["received 5 at 7", "received 5 at 7", "received 5 at 7"]);
  assert.deepEqual(z.engine.batches, [3, 2, 1]);
});

test("a failure names the time, the counts and the seed", () => {
  const sim = new Simulation({ seed: "abc" });
  const [a] = sim.link({ delay: 7, drop: [1] }).connect(new Echo(1000), new Echo());
  a.send(new Uint8Array(1));
  assert.throws(
    () => sim.runUntil(() => false, { within: 2500 }),
    (error) =>
      error instanceof SimulationError &&
      error.now === 2500 &&
      error.seed === "abc" &&
      /within 2500 ms; virtual time 2500 ms/.test(error.message) &&
      /link1.a>link1.z: sent 4, delivered 3, dropped 1 \(rule 1\)/.test(error.message) &&
      /VISAVIS_SEED=abc/.test(error.message),
  );
});

test("an idle world is told from a late one", async () => {
  const sim = new Simulation();
  assert.throws(() => sim.runUntil(() => false, { within: 2500 }), /nothing is left/);
  await assert.rejects(sim.run({ until: () => false, within: 2500 }), /nothing is left/);
  await sim.run({ within: 50 });
  assert.equal(sim.now, 50);
});

test("an engine that never lets time pass is stopped", () => {
  const sim = new Simulation();
  const stuck = new Echo(1);
  stuck.deadline = () => 1;
  stuck.advance = () => {};
  sim.link().connect(stuck, new Echo());
  assert.throws(() => sim.runUntil(() => false, { within: 10 }), /time stands still/);
});

test("promise reactions finish between two steps", async () => {
  const sim = new Simulation();
  const trace: string[] = [];
  const chain = async (name: string): Promise<void> => {
    for (let i = 0; i < 20; i++) await undefined;
    trace.push(`${name} reacted`);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    for (let i = 0; i < 20; i++) await undefined;
    trace.push(`${name} reacted again`);
  };
  for (const name of ["one", "two"]) {
    sim.after(5, () => {
      trace.push(name);
      void chain(name);
    });
  }
  await sim.run({ within: 10 });
  assert.deepEqual(trace, ["one", "one reacted", "one reacted again", "two", "two reacted", "two reacted again"]);
});

test("a run ends with the promise it waits for", async () => {
  const sim = new Simulation();
  const work = async (): Promise<number> => {
    await sim.sleep(1000);
    await sim.sleep(500);
    return sim.now;
  };
  assert.equal(await sim.run({ until: work(), within: 10_000 }), 1500);
  const failing = sim.sleep(10).then(() => {
    throw new TypeError("as told");
  });
  await assert.rejects(sim.run({ until: failing, within: 100 }), TypeError);
  sim.after(1, () => {
    throw new RangeError("thrown in a step");
  });
  await assert.rejects(sim.run({ within: 100 }), RangeError);
  await assert.rejects(sim.run({ until: new Promise(() => sim.after(500, () => {})), within: 100 }), /within 100 ms/);
});

test("virtual time stands still while real work is held", async () => {
  const sim = new Simulation();
  let finished = Number.NaN;
  sim.after(10, () => {
    void sim.hold(new Promise((resolve) => setTimeout(resolve, 20))).then(() => {
      finished = sim.now;
    });
  });
  sim.after(11, () => {});
  await sim.run({ within: 1000 });
  assert.equal(finished, 10);
});

test("a run inside a run is refused", async () => {
  const sim = new Simulation();
  sim.after(1, () => sim.runFor(1));
  await assert.rejects(sim.run({ within: 5 }), /running already/);
});

test("what is planned can be cancelled", () => {
  const sim = new Simulation();
  const trace: number[] = [];
  const cancels = Array.from({ length: 100 }, (_, i) => sim.after((i * 37) % 100, () => trace.push(i)));
  for (let i = 0; i < 100; i += 3) cancels[i]?.();
  sim.runFor(200);
  const expected = Array.from({ length: 100 }, (_, i) => i)
    .filter((i) => i % 3 !== 0)
    .sort((x, y) => ((x * 37) % 100) - ((y * 37) % 100));
  assert.deepEqual(trace, expected);
});
