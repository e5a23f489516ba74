/**
 * The driver of `visavis/node` on simulated hosts: the platform of netsim is all it needs.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import type { Answer, Ask, Instant, NetworkEngine, Platform, Route, SocketId, Transmit } from "visavis/base";
import { RouteTable } from "visavis/base";
import { Driver } from "visavis/node";

/** Looks up its peer, binds a socket, and passes a counter to and fro; each waits a while before it answers. */
class Rally implements NetworkEngine<number> {
  readonly routes: RouteTable = new RouteTable();
  readonly #asks: Ask[] = [
    { type: "interfaces", id: 1 },
    { type: "resolve", id: 2, host: "peer.example", family: 6 },
  ];
  readonly #serves: boolean;
  #socket: SocketId | undefined;
  #peer: string | undefined;
  #next = 0;
  #due: Instant = Number.POSITIVE_INFINITY;
  #event: number | undefined;

  constructor(serves: boolean) {
    this.#serves = serves;
  }

  takeAsk(): Ask | undefined {
    return this.#asks.shift();
  }

  answer(answer: Answer, now: Instant): void {
    if (answer.type === "interfaces") {
      const address = answer.interfaces.find(({ family, internal }) => family === 6 && !internal)?.address ?? "";
      this.#asks.push({ type: "bind", id: 3, address, port: 3000 });
    } else if (answer.type === "bound") this.#socket = answer.socket;
    else if (answer.type === "resolved") this.#peer = answer.addresses[0];
    if (this.#serves && this.#socket !== undefined && this.#peer !== undefined) this.#due = now + 10;
  }

  receive(datagram: Uint8Array, route: Route, now: Instant): void {
    assert.equal(route.port, 3000);
    this.#event = datagram[0];
    this.#next = (datagram[0] as number) + 1;
    this.#due = now + 10;
  }

  advance(): void {}

  deadline(): Instant {
    return this.#due;
  }

  transmit(out: Transmit, now: Instant): boolean {
    if (now < this.#due || this.#socket === undefined || this.#peer === undefined) return false;
    this.#due = Number.POSITIVE_INFINITY;
    out.bytes[out.start] = this.#next;
    out.length = 1;
    out.route = this.routes.intern(this.#socket, "udp", this.#peer, 3000);
    return true;
  }

  takeEvent(): number | undefined {
    const event = this.#event;
    this.#event = undefined;
    return event;
  }
}

function drive(platform: Platform, engine: Rally, events: number[]): Driver {
  const driver = new Driver(platform, engine, {
    drain: () => {
      for (let event = engine.takeEvent(); event !== undefined; event = engine.takeEvent()) events.push(event);
    },
    failed: (error) => {
      throw error;
    },
  });
  driver.wake();
  return driver;
}

async function play(seed: string): Promise<{ hash: string; now: Instant; heard: number[] }> {
  const sim = new Simulation({ seed, nameDelay: 5 });
  const a = sim.host({ name: "a", addresses: ["10.0.0.1", "2001:db8::1"] });
  const b = sim.host({ name: "b", addresses: ["10.0.0.2", "2001:db8::2"] });
  a.names.set("peer.example", ["10.0.0.2", "2001:db8::2"]);
  b.names.set("peer.example", ["2001:db8::1"]);
  sim.link(a, b, { delay: 30, jitter: 3 });
  const heard: number[] = [];
  const drivers = [drive(a.platform, new Rally(true), []), drive(b.platform, new Rally(false), heard)];
  await sim.run({ until: () => heard.length === 10, within: 60_000 });
  for (const driver of drivers) driver.stop();
  assert.deepEqual([a.openSockets, b.openSockets], [0, 0]);
  return { hash: sim.hash, now: sim.now, heard };
}

test("the driver runs an engine on a simulated host, the same way every time", async () => {
  const seed = testSeed(3);
  const one = await play(seed);
  assert.deepEqual(one.heard, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  assert.ok(one.now > 5 + 19 * 40 && one.now < 5 + 19 * 44, String(one.now));
  assert.deepEqual(await play(seed), one);
  assert.notEqual((await play(`${seed}+`)).hash, one.hash);
});
