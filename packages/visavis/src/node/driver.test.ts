/**
 * The driver against a world of its own: a clock that is set by hand, sockets that only remember.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { DatagramListener, DatagramSocket, Platform, SegmentListener } from "../base/platform.ts";
import { type Route, RouteTable, type SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { Driver } from "./driver.ts";

class World {
  now = 0;
  readonly tasks: (() => void)[] = [];
  readonly timers: { at: Instant; callback: () => void; cancelled: boolean }[] = [];
  readonly sockets: {
    socket: DatagramSocket;
    listener: DatagramListener;
    segmentListener: SegmentListener | undefined;
    sent: string[];
    closed: boolean;
  }[] = [];
  readonly refused = new Set<string>();
  /** What `send` says of the buffer. */
  copies = true;
  /** What sockets say of themselves; undefined when they do not know. */
  busy: boolean | undefined = undefined;
  /** Most datagrams of one call; 0 for sockets that take them one by one. */
  segments = 0;
  signal: AbortSignal | undefined = undefined;
  readonly platform: Platform = {
    clock: {
      now: () => this.now,
      wallTime: () => 0,
      schedule: (at, callback) => {
        const timer = { at, callback, cancelled: false };
        this.timers.push(timer);
        return () => {
          timer.cancelled = true;
        };
      },
      immediate: (callback) => {
        this.tasks.push(callback);
      },
    },
    random: { seeded: true, fill: () => undefined },
    network: {
      interfaces: () => [{ name: "eth0", address: "192.0.2.1", family: 4, internal: false, linkLocal: false }],
      bindUdp: (options, listener, segmentListener) => {
        if (this.refused.has(options.address)) return Promise.reject(Object.assign(new Error("no"), { code: "EADDRNOTAVAIL" }));
        const entry = { sent: [] as string[], closed: false, listener, segmentListener } as (typeof this.sockets)[number];
        const world = this;
        const textOf = (bytes: Uint8Array, start: number, length: number): string =>
          String.fromCharCode(...bytes.subarray(start, start + length));
        entry.socket = {
          get busy() {
            return world.busy as boolean;
          },
          ...(this.segments > 0 && {
            segments: {
              maxSegments: this.segments,
              maxBytes: 1000,
              send: (bytes, start, length, segmentSize, address, port) => {
                entry.sent.push(`${textOf(bytes, start, length)} by ${segmentSize} to ${address}:${port}`);
                return this.copies;
              },
              coalesce: () => undefined,
            },
          }),
          id: (this.sockets.length + 1) as SocketId,
          address: options.address,
          port: 4000,
          send: (bytes, start, length, address, port) => {
            entry.sent.push(`${textOf(bytes, start, length)} to ${address}:${port}`);
            return this.copies;
          },
          close: () => {
            entry.closed = true;
          },
        };
        this.sockets.push(entry);
        return Promise.resolve(entry.socket);
      },
      resolve: (host, _family, signal) => {
        this.signal = signal;
        return host === "known" ? Promise.resolve(["192.0.2.9"]) : Promise.reject(new Error("must not, but does"));
      },
    },
  };

  /** Runs what was queued until now, with the promise reactions in between. */
  async step(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const task of this.tasks.splice(0)) task();
    await new Promise((resolve) => setImmediate(resolve));
  }

  get armed(): Instant[] {
    return this.timers.filter((timer) => !timer.cancelled).map((timer) => timer.at);
  }
}

class Toy implements NetworkEngine<string> {
  readonly routes = new RouteTable();
  readonly log: string[] = [];
  readonly asks: Ask[] = [];
  readonly outgoing: { text: string; route: Route | undefined }[] = [];
  readonly buffers = new Set<Uint8Array>();
  due: Instant = NEVER;
  throwsOn = "";
  /** Seen before each datagram is written. */
  onTransmit: () => void = () => undefined;

  #check(where: string): void {
    if (this.throwsOn === where) throw new Error(`bug in ${where}`);
  }
  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    this.#check("receive");
    this.log.push(`${now} receive ${String.fromCharCode(...bytes.subarray(start, end))} from ${route.address}:${route.port}`);
  }
  advance(now: Instant): void {
    this.#check("advance");
    this.log.push(`${now} advance`);
    this.due = NEVER;
  }
  deadline(): Instant {
    return this.due;
  }
  transmit(out: Transmit): boolean {
    this.#check("transmit");
    const next = this.outgoing.shift();
    if (next === undefined) return false;
    this.onTransmit();
    out.reserve(next.text.length);
    this.buffers.add(out.bytes);
    for (let i = 0; i < next.text.length; i++) out.bytes[out.start + i] = next.text.charCodeAt(i);
    out.length = next.text.length;
    out.route = next.route;
    return true;
  }
  takeEvent(): string | undefined {
    return undefined;
  }
  takeAsk(): Ask | undefined {
    return this.asks.shift();
  }
  answer(answer: Answer, now: Instant): void {
    this.#check("answer");
    this.log.push(`${now} ${JSON.stringify(answer)}`);
  }
}

function scene(): { world: World; engine: Toy; driver: Driver; drains: () => number; failures: unknown[] } {
  const world = new World();
  const engine = new Toy();
  const failures: unknown[] = [];
  let drains = 0;
  const driver = new Driver(world.platform, engine, {
    drain: () => {
      drains++;
    },
    failed: (error) => failures.push(error),
  });
  return { world, engine, driver, drains: () => drains, failures };
}

async function bound(segments: number = 0): Promise<ReturnType<typeof scene> & { route: Route }> {
  const parts = scene();
  parts.world.segments = segments;
  parts.engine.asks.push({ type: "bind", id: 1, address: "192.0.2.1", port: 0 });
  parts.driver.wake();
  await parts.world.step();
  await parts.world.step();
  parts.engine.log.length = 0;
  return { ...parts, route: parts.engine.routes.intern(1 as SocketId, "udp", "192.0.2.5", 5) };
}

test("many wakes make one pump", async () => {
  const { world, driver, drains } = scene();
  driver.wake();
  driver.wake();
  assert.equal(world.tasks.length, 1);
  await world.step();
  assert.equal(world.tasks.length, 0);
  assert.equal(drains(), 2, "before and after sending");
});

test("asks are answered: interfaces at once, sockets and names when they are there", async () => {
  const { world, engine, driver } = scene();
  world.refused.add("192.0.2.66");
  engine.asks.push(
    { type: "interfaces", id: 1 },
    { type: "bind", id: 2, address: "192.0.2.1", port: 0 },
    { type: "bind", id: 3, address: "192.0.2.66", port: 0 },
    { type: "resolve", id: 4, host: "known", family: 4 },
    { type: "resolve", id: 5, host: "unknown", family: 4 },
  );
  driver.wake();
  await world.step();
  assert.deepEqual(engine.log, [
    '0 {"type":"interfaces","id":1,"interfaces":[{"name":"eth0","address":"192.0.2.1","family":4,"internal":false,"linkLocal":false}]}',
    '0 {"type":"bound","id":2,"socket":1,"address":"192.0.2.1","port":4000}',
    '0 {"type":"bind-failed","id":3,"code":"EADDRNOTAVAIL"}',
    '0 {"type":"resolved","id":4,"addresses":["192.0.2.9"]}',
    '0 {"type":"resolved","id":5,"addresses":[]}',
  ]);
});

test("a datagram goes up at once with its interned route, and wakes the pump", async () => {
  const { world, engine, route } = await bound();
  world.now = 7;
  world.sockets[0]?.listener(Uint8Array.of(104, 105), "192.0.2.5", 5);
  assert.deepEqual(engine.log, ["7 receive hi from 192.0.2.5:5"]);
  assert.equal(engine.routes.intern(1 as SocketId, "udp", "192.0.2.5", 5), route);
  assert.equal(world.tasks.length, 1);
});

test("at most 64 datagrams go out in one pump, then others run", async () => {
  const { world, engine, driver, route } = await bound();
  for (let i = 0; i < 150; i++) engine.outgoing.push({ text: `${i}`, route });
  driver.wake();
  await world.step();
  assert.equal(world.sockets[0]?.sent.length, 64);
  await world.step();
  await world.step();
  assert.equal(world.sockets[0]?.sent.length, 150);
  assert.equal(world.sockets[0]?.sent[149], "149 to 192.0.2.5:5");
  assert.equal(engine.buffers.size, 64, "the buffers of a batch are used again");
  await world.step();
  assert.equal(world.tasks.length, 0, "and it comes to rest");
});

test("all datagrams of a batch are written before the first one leaves", async () => {
  const { world, engine, driver, route } = await bound();
  for (let i = 0; i < 3; i++) engine.outgoing.push({ text: `${i}`, route });
  let sentBefore = -1;
  engine.onTransmit = () => {
    sentBefore = world.sockets[0]?.sent.length ?? -1;
  };
  driver.wake();
  await world.step();
  assert.equal(sentBefore, 0);
  assert.deepEqual(world.sockets[0]?.sent, ["0 to 192.0.2.5:5", "1 to 192.0.2.5:5", "2 to 192.0.2.5:5"]);
});

test("large datagrams make a batch short", async () => {
  const { world, engine, driver, route } = await bound();
  for (let i = 0; i < 20; i++) engine.outgoing.push({ text: "x".repeat(16_000), route });
  driver.wake();
  await world.step();
  assert.equal(world.sockets[0]?.sent.length, 9);
  await world.step();
  await world.step();
  assert.equal(world.sockets[0]?.sent.length, 20);
});

test("memory that the kernel has not copied is left alone by all drivers", async () => {
  const { world, engine, driver, route } = await bound();
  const other = await bound();
  world.copies = false;
  for (let i = 0; i < 3; i++) engine.outgoing.push({ text: `${i}`, route });
  driver.wake();
  await world.step();
  assert.equal(world.sockets[0]?.sent.length, 3);
  engine.outgoing.push({ text: "3", route });
  other.engine.outgoing.push({ text: "4", route: other.route });
  driver.wake();
  other.driver.wake();
  await world.step();
  await other.world.step();
  assert.equal(world.sockets[0]?.sent.length, 4);
  assert.equal(other.world.sockets[0]?.sent.length, 1);
  assert.equal(engine.buffers.size, 4);
  for (const buffer of other.engine.buffers) assert.ok(!engine.buffers.has(buffer));
});

test("while the kernel takes no more nothing more is written, nothing is lost, and the memory stays", async () => {
  const { world, engine, driver, route } = await bound();
  world.copies = false;
  world.busy = true;
  engine.outgoing.push({ text: "0", route });
  driver.wake();
  await world.step();
  for (let i = 1; i < 3; i++) engine.outgoing.push({ text: `${i}`, route });
  driver.wake();
  for (let i = 0; i < 5; i++) await world.step();
  assert.equal(world.sockets[0]?.sent.length, 1);
  assert.equal(world.tasks.length, 0, "it does not ask in a circle");
  assert.deepEqual(world.armed, [1]);
  world.copies = true;
  world.busy = false;
  world.now = 1;
  world.timers.at(-1)?.callback();
  assert.equal(world.sockets[0]?.sent.length, 3);
  assert.equal(engine.buffers.size, 2);
});

test("a socket that stays busy does not keep others waiting for ever", async () => {
  const { world, engine, driver, route } = await bound();
  world.copies = false;
  world.busy = true;
  engine.outgoing.push({ text: "0", route });
  driver.wake();
  await world.step();
  engine.outgoing.push({ text: "1", route });
  world.now = 49;
  world.timers.at(-1)?.callback();
  assert.equal(world.sockets[0]?.sent.length, 1);
  world.now = 50;
  world.timers.at(-1)?.callback();
  assert.equal(world.sockets[0]?.sent.length, 2);
  assert.equal(engine.buffers.size, 2);
});

test("where a socket takes rows, datagrams of one length to one place leave in one call, in order", async () => {
  const { world, engine, driver, route } = await bound(4);
  const other = engine.routes.intern(1 as SocketId, "udp", "192.0.2.6", 6);
  for (const text of ["aaa", "bbb", "cc", "dd", "eee", "fff", "ggg", "hhh", "iii", "j"]) engine.outgoing.push({ text, route });
  engine.outgoing.push({ text: "kkk", route: other }, { text: "lll", route }, { text: "mmmmm", route });
  driver.wake();
  await world.step();
  assert.deepEqual(world.sockets[0]?.sent, [
    "aaabbbcc by 3 to 192.0.2.5:5",
    "dd to 192.0.2.5:5",
    "eeefffggghhh by 3 to 192.0.2.5:5",
    "iiij by 3 to 192.0.2.5:5",
    "kkk to 192.0.2.6:6",
    "lll to 192.0.2.5:5",
    "mmmmm to 192.0.2.5:5",
  ]);
});

test("a row that arrives is cut by its size, or by the engine", async () => {
  const { world, engine } = await bound();
  const listen = world.sockets[0]?.segmentListener;
  listen?.(
    Uint8Array.from("..abcdefgh.", (letter) => letter.charCodeAt(0)),
    2,
    10,
    3,
    "192.0.2.5",
    5,
  );
  assert.deepEqual(
    engine.log.splice(0),
    ["abc", "def", "gh"].map((text) => `0 receive ${text} from 192.0.2.5:5`),
  );
  // As many as the first digit says.
  Object.assign(engine, { delimit: (bytes: Uint8Array, start: number) => start + (bytes[start] ?? 48) - 48 });
  listen?.(
    Uint8Array.from("..3ab1905xx", (letter) => letter.charCodeAt(0)),
    2,
    11,
    0,
    "192.0.2.5",
    5,
  );
  assert.deepEqual(
    engine.log,
    ["3ab", "1", "905xx"].map((text) => `0 receive ${text} from 192.0.2.5:5`),
  );
});

test("datagrams without a route or a socket are counted", async () => {
  const { world, engine, driver, route } = await bound();
  engine.outgoing.push({ text: "a", route: undefined }, { text: "b", route: { ...route, local: 99 as SocketId } });
  driver.wake();
  await world.step();
  assert.deepEqual(driver.drops.toJSON(), { "no-route": 1, "no-socket": 1 });
});

test("only an earlier deadline touches the timer", async () => {
  const { world, engine, driver } = scene();
  engine.due = 100;
  driver.wake();
  await world.step();
  assert.deepEqual(world.armed, [100]);
  engine.due = 500;
  driver.wake();
  await world.step();
  assert.deepEqual(world.armed, [100]);
  engine.due = 50;
  driver.wake();
  await world.step();
  assert.deepEqual(world.armed, [50]);
  // It fires a little early, as the timers of Node may.
  world.now = 49.5;
  world.timers.at(-1)?.callback();
  assert.deepEqual(engine.log, []);
  world.now = 50;
  world.timers.at(-1)?.callback();
  assert.deepEqual(engine.log, ["50 advance"]);
});

test("a timer whose deadline was put off is armed again, and pumps nothing", async () => {
  const { world, engine, driver, drains } = scene();
  engine.due = 100;
  driver.wake();
  await world.step();
  engine.due = 500;
  const before = drains();
  world.now = 100;
  world.timers.at(-1)?.callback();
  assert.equal(drains(), before);
  assert.equal(world.timers.at(-1)?.at, 500);
  world.now = 500;
  world.timers.at(-1)?.callback();
  assert.deepEqual(engine.log, ["500 advance"]);
});

test("unbind sends what is left, closes the socket and forgets its routes", async () => {
  const { world, engine, driver, route } = await bound();
  engine.outgoing.push({ text: "bye", route });
  engine.asks.push({ type: "unbind", socket: 1 as SocketId });
  driver.wake();
  await world.step();
  assert.deepEqual(world.sockets[0]?.sent, ["bye to 192.0.2.5:5"]);
  assert.equal(world.sockets[0]?.closed, true);
  assert.equal(engine.routes.size, 0);
  assert.equal(driver.openSockets, 0);
});

test("stop says farewell, then nothing is left that could hold the process", async () => {
  const { world, engine, driver, route, drains } = await bound();
  engine.due = 1000;
  engine.asks.push({ type: "bind", id: 9, address: "192.0.2.2", port: 0 }, { type: "resolve", id: 10, host: "known", family: 4 });
  driver.wake();
  for (const task of world.tasks.splice(0)) task();
  engine.outgoing.push({ text: "bye", route });
  const before = drains();
  driver.stop();
  await world.step();
  assert.deepEqual(world.sockets[0]?.sent, ["bye to 192.0.2.5:5"]);
  assert.deepEqual(
    world.sockets.map((socket) => socket.closed),
    [true, true],
    "a socket that comes late is closed too",
  );
  assert.deepEqual(world.armed, []);
  assert.equal(world.signal?.aborted, true);
  assert.deepEqual(engine.log, []);
  driver.wake();
  world.sockets[0]?.listener(Uint8Array.of(1), "192.0.2.5", 5);
  assert.equal(world.tasks.length, 0);
  assert.equal(drains(), before);
});

for (const where of ["receive", "advance", "transmit", "answer"]) {
  test(`an engine that throws in ${where} is given up, and its sockets are closed`, async () => {
    const { world, engine, driver, failures } = await bound();
    engine.throwsOn = where;
    engine.due = where === "advance" ? 0 : NEVER;
    engine.asks.push({ type: "interfaces", id: 3 });
    if (where === "receive") world.sockets[0]?.listener(Uint8Array.of(1), "192.0.2.5", 5);
    driver.wake();
    await world.step();
    assert.deepEqual(failures.map(String), [`Error: bug in ${where}`]);
    assert.equal(world.sockets[0]?.closed, true);
    assert.deepEqual(world.armed, []);
  });
}
