import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Answer,
  type Ask,
  type BindOptions,
  type DatagramSocket,
  type Instant,
  type NetworkEngine,
  type Route,
  RouteTable,
  type SocketId,
  type Transmit,
} from "visavis/base";
import type { Datagram } from "./datagram.ts";
import { SocketError } from "./errors.ts";
import type { Host } from "./host.ts";
import { Interface, type NetworkNode } from "./interface.ts";
import { Simulation } from "./simulation.ts";
import type { Subnet } from "./subnet.ts";

interface Heard {
  readonly text: string;
  readonly from: string;
  readonly at: Instant;
}

/** A socket that notes what it hears. */
async function listen(sim: Simulation, host: Host, options: BindOptions): Promise<{ socket: DatagramSocket; heard: Heard[] }> {
  const heard: Heard[] = [];
  const binding = host.platform.network.bindUdp(options, (datagram, address, port) => {
    const from = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
    heard.push({ text: new TextDecoder().decode(datagram), from, at: host.platform.clock.now() });
  });
  return { socket: await sim.run({ until: binding, within: 1 }), heard };
}

function say(socket: DatagramSocket, text: string, address: string, port: number): void {
  const bytes = new TextEncoder().encode(`__${text}__`);
  assert.equal(socket.send(bytes, 2, bytes.length - 4, address, port), true);
  bytes.fill(0);
}

test("datagrams go between hosts over their link and arrive in fresh buffers", async () => {
  const sim = new Simulation();
  const a = sim.host({ name: "a", addresses: ["10.0.0.1", "fd00::1"] });
  const b = sim.host({ name: "b", addresses: ["10.0.0.2", "FD00:0::0002"] });
  sim.link(a, b, { delay: 20, backward: { delay: 30 } });
  const one = await listen(sim, a, { address: "10.0.0.1", port: 0 });
  const two = await listen(sim, b, { address: "10.0.0.2", port: 4000 });
  say(one.socket, "hello", "10.0.0.2", 4000);
  await sim.run({ until: () => two.heard.length > 0, within: 100 });
  assert.deepEqual(two.heard, [{ text: "hello", from: `10.0.0.1:${one.socket.port}`, at: 20 }]);
  say(two.socket, "back", "10.0.0.1", one.socket.port);
  await sim.run({ within: 100 });
  assert.deepEqual(one.heard, [{ text: "back", from: "10.0.0.2:4000", at: 50 }]);
  const three = await listen(sim, a, { address: "fd00::1", port: 4000 });
  const four = await listen(sim, b, { address: "fd00::2", port: 4000 });
  say(three.socket, "six", "fd00:0:0::2", 4000);
  say(three.socket, "wrong family", "10.0.0.2", 4000);
  say(three.socket, "nobody there", "fd00::3", 4000);
  say(three.socket, "nobody listens", "fd00::2", 4001);
  await sim.run({ within: 100 });
  assert.deepEqual(
    four.heard.map(({ text, from }) => [text, from]),
    [["six", "[fd00::1]:4000"]],
  );
  assert.equal(a.unroutable, 2);
  assert.equal(b.unheard, 1);
});

test("ports are allocated, taken and given back", async () => {
  const sim = new Simulation();
  const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  const first = await listen(sim, a, { address: "10.0.0.1", port: 5000 });
  const rejects = (options: BindOptions, code: string): Promise<void> =>
    assert.rejects(listen(sim, a, options), (error) => error instanceof SocketError && error.code === code);
  await rejects({ address: "10.0.0.1", port: 5000 }, "EADDRINUSE");
  await rejects({ address: "0.0.0.0", port: 5000 }, "EADDRINUSE");
  await rejects({ address: "10.0.0.9", port: 0 }, "EADDRNOTAVAIL");
  await rejects({ address: "nonsense", port: 0 }, "EINVAL");
  await listen(sim, a, { address: "127.0.0.1", port: 5000 });
  assert.ok(first.socket.port === 5000 && a.openSockets === 2);
  const many = await Promise.all(Array.from({ length: 100 }, () => a.bind({ address: "10.0.0.1", port: 0 }, () => {}).port));
  assert.equal(new Set(many).size, 100);
  assert.ok(many.every((port) => port >= 49_152 && port <= 65_535));
  first.socket.close();
  first.socket.close();
  say(first.socket, "into the void", "10.0.0.1", 5000);
  await listen(sim, a, { address: "10.0.0.1", port: 5000 });
  assert.equal(sim.counts.sent, 0);
});

test("a host talks to itself over loopback, and loopback stays at home", async () => {
  const sim = new Simulation();
  const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  sim.host({ name: "b", addresses: ["10.0.0.2"] });
  const lo = await listen(sim, a, { address: "127.0.0.1", port: 1 });
  const eth = await listen(sim, a, { address: "10.0.0.1", port: 2 });
  const any = await listen(sim, a, { address: "0.0.0.0", port: 3 });
  say(lo.socket, "x", "10.0.0.1", 2);
  say(eth.socket, "y", "127.0.0.1", 1);
  say(eth.socket, "z", "127.0.0.1", 3);
  say(lo.socket, "out", "10.0.0.2", 1);
  await sim.run({ within: 1 });
  assert.deepEqual([eth.heard[0]?.from, lo.heard[0]?.from, any.heard[0]?.text], ["127.0.0.1:1", "10.0.0.1:2", "z"]);
  assert.equal(a.unroutable, 1);
});

test("interfaces are listed as a system lists them, appear and vanish", async () => {
  const sim = new Simulation();
  const a = sim.host({ name: "a", addresses: ["10.0.0.1", "fe80::1"] });
  const b = sim.host({ name: "b", interfaces: [{ name: "en1", addresses: ["10.0.0.2", "fe80::2"] }] });
  assert.deepEqual(a.platform.network.interfaces(), [
    { name: "lo", address: "127.0.0.1", family: 4, internal: true, linkLocal: false },
    { name: "lo", address: "::1", family: 6, internal: true, linkLocal: false },
    { name: "eth0", address: "10.0.0.1", family: 4, internal: false, linkLocal: false },
    { name: "eth0", address: "fe80::1%eth0", family: 6, internal: false, linkLocal: true },
  ]);
  const one = await listen(sim, a, { address: "fe80::1%eth0", port: 7 });
  const two = await listen(sim, b, { address: "fe80::2%en1", port: 7 });
  say(one.socket, "near", "fe80::2%eth0", 7);
  say(one.socket, "wrong zone", "fe80::2%eth1", 7);
  await sim.run({ within: 1 });
  assert.deepEqual(
    two.heard.map(({ text, from }) => [text, from]),
    [["near", "[fe80::1%en1]:7"]],
  );
  const four = await listen(sim, b, { address: "10.0.0.2", port: 7 });
  const client = await listen(sim, a, { address: "10.0.0.1", port: 7 });
  say(client.socket, "before", "10.0.0.2", 7);
  await sim.run({ within: 1 });
  b.removeInterface("en1");
  say(client.socket, "gone", "10.0.0.2", 7);
  say(four.socket, "deaf and dumb", "10.0.0.1", 7);
  await sim.run({ within: 1 });
  assert.equal(b.platform.network.interfaces().length, 2);
  b.addInterface({ name: "wifi", addresses: ["10.0.0.2"] });
  say(client.socket, "after", "10.0.0.2", 7);
  await sim.run({ within: 1 });
  assert.deepEqual(
    four.heard.map(({ text }) => text),
    ["before", "after"],
  );
  assert.deepEqual([a.unroutable, b.unroutable], [2, 1]);
  assert.throws(() => a.addInterface({ name: "eth1", addresses: ["10.0.0.2"] }), /taken by b\.wifi/);
  assert.throws(() => sim.host({ name: "a" }), RangeError);
});

test("what is on its way to an interface that vanishes is not heard", async () => {
  const sim = new Simulation();
  const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  const b = sim.host({ name: "b", addresses: ["10.0.0.2"] });
  sim.link(a, b, { delay: 10 });
  const one = await listen(sim, a, { address: "10.0.0.1", port: 7 });
  const two = await listen(sim, b, { address: "10.0.0.2", port: 7 });
  say(one.socket, "x", "10.0.0.2", 7);
  sim.after(5, () => b.interface("eth0").removeAddress("10.0.0.2"));
  await sim.run({ within: 20 });
  assert.deepEqual([two.heard.length, b.unheard], [0, 1]);
});

test("multicast reaches every member of the subnet and nobody else", async () => {
  const sim = new Simulation();
  const group = { port: 5353, multicast: "224.0.0.251" };
  const near = [1, 2, 3].map((n) => sim.host({ name: `h${n}`, addresses: [`10.0.0.${n}`, `fe80::${n}`] }));
  const other = sim.subnet({ name: "other" });
  const far = sim.host({ name: "far", interfaces: [{ name: "eth0", addresses: ["10.0.0.4"], subnet: other }] });
  const stranger = await listen(sim, far, { address: "10.0.0.4", ...group });
  sim.link(near[0] as Host, near[1] as Host, { delay: 5 });
  const members = [];
  for (const [i, host] of near.entries()) members.push(await listen(sim, host, { address: `10.0.0.${i + 1}`, ...group }));
  const second = await listen(sim, near[1] as Host, { address: "10.0.0.2", ...group });
  await assert.rejects(listen(sim, near[1] as Host, { address: "10.0.0.2", port: 5353 }), /EADDRINUSE/);
  const outsider = await listen(sim, near[2] as Host, { address: "10.0.0.3", port: 9 });
  say((members[0] as { socket: DatagramSocket }).socket, "who?", "224.0.0.251", 5353);
  await sim.run({ within: 20 });
  for (const { heard } of [...members, second]) {
    assert.deepEqual(
      heard.map(({ text, from }) => [text, from]),
      [["who?", "10.0.0.1:5353"]],
    );
  }
  assert.deepEqual([members[1]?.heard[0]?.at, members[2]?.heard[0]?.at, outsider.heard.length], [5, 0, 0]);
  say(outsider.socket, "unicast", "10.0.0.2", 5353);
  await sim.run({ within: 20 });
  assert.deepEqual([members[1]?.heard.length, second.heard.length], [1, 2], "the newest of a shared port hears unicast");
  const six = await listen(sim, near[0] as Host, { address: "fe80::1%eth0", port: 5353, multicast: "ff02::fb" });
  const six2 = await listen(sim, near[1] as Host, { address: "fe80::2%eth0", port: 5353, multicast: "ff02::fb" });
  say(six.socket, "six", "ff02::fb%eth0", 5353);
  six2.socket.close();
  say(six.socket, "seven", "ff02::fb", 5353);
  await sim.run({ within: 20 });
  assert.deepEqual(
    six.heard.map(({ text }) => text),
    ["six", "seven"],
  );
  assert.equal(six2.heard.length, 0, "closed while it was on its way");
  assert.equal(stranger.heard.length, 0);
});

test("names resolve by the tables, after their delay, or not at all", async () => {
  const sim = new Simulation({ nameDelay: 30 });
  const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  sim.names.set("stun.example", ["192.0.2.1", "2001:db8::1"]);
  a.names.set("peer.local", ["10.0.0.7"]);
  const resolve = (name: string, family: 4 | 6): Promise<readonly string[]> =>
    sim.run({ until: a.platform.network.resolve(name, family), within: 50 });
  assert.deepEqual(await resolve("STUN.example", 4), ["192.0.2.1"]);
  assert.equal(sim.now, 30);
  assert.deepEqual(await resolve("stun.example", 6), ["2001:db8::1"]);
  assert.deepEqual(await resolve("peer.local", 4), ["10.0.0.7"]);
  assert.deepEqual(await resolve("peer.local", 6), []);
  assert.deepEqual(await resolve("gone.local", 4), []);
  assert.deepEqual(await resolve("192.0.2.9", 4), ["192.0.2.9"]);
});

test("the clock of a host is virtual, and immediates are macrotasks of one instant in order", async () => {
  const sim = new Simulation();
  const { clock, random } = sim.host({ name: "a" }).platform;
  assert.equal(random.seeded, true);
  assert.equal(clock.wallTime(), Date.UTC(2025, 0, 1));
  const trace: string[] = [];
  clock.schedule(100, () => trace.push(`timer at ${clock.now()}`));
  clock.schedule(50, () => trace.push("never"))();
  clock.schedule(-5, () => trace.push("late"));
  for (const name of ["x", "y"]) {
    clock.immediate(() => {
      trace.push(name);
      clock.immediate(() => trace.push(`${name} later`));
      void Promise.resolve().then(() => trace.push(`${name} reaction`));
    });
  }
  await sim.run({ within: 200 });
  assert.deepEqual(trace, ["late", "x", "x reaction", "y", "y reaction", "x later", "y later", "timer at 100"]);
  assert.equal(clock.wallTime(), Date.UTC(2025, 0, 1) + 200);
});

test("each host has chance of its own, whoever else is there", () => {
  const draw = (names: readonly string[]): number[] => {
    const sim = new Simulation({ seed: 5 });
    const hosts = names.map((name) => sim.host({ name }));
    return hosts
      .filter(({ name }) => name === "b")
      .flatMap(({ platform }) => {
        const bytes = new Uint8Array(8);
        platform.random.fill(bytes, 1, 7);
        return [...bytes];
      });
  };
  assert.deepEqual(draw(["a", "b"]), draw(["b", "c"]));
  assert.equal(draw(["b"])[0], 0);
  assert.equal(draw(["b"])[7], 0);
});

test("interfaces of one host have links of their own", async () => {
  const sim = new Simulation();
  const a = sim.host({
    name: "a",
    interfaces: [
      { name: "eth0", addresses: ["10.0.0.1"] },
      { name: "wlan0", addresses: ["10.0.0.2"] },
    ],
  });
  const b = sim.host({ name: "b", addresses: ["10.0.0.3"] });
  sim.link(a, b, { delay: 5 });
  sim.defaultSubnet.link(a.interface("wlan0"), b, { delay: 50 });
  const eth = await listen(sim, a, { address: "10.0.0.1", port: 1 });
  const wlan = await listen(sim, a, { address: "10.0.0.2", port: 1 });
  const far = await listen(sim, b, { address: "10.0.0.3", port: 1 });
  say(eth.socket, "eth", "10.0.0.3", 1);
  say(wlan.socket, "wlan", "10.0.0.3", 1);
  await sim.run({ within: 100 });
  assert.deepEqual(
    far.heard.map(({ text, at }) => [text, at]),
    [
      ["eth", 5],
      ["wlan", 50],
    ],
  );
});

/** Passes datagrams on between two subnets and puts its own address in place of the sender's: all that a NAT needs. */
class Masquerade implements NetworkNode {
  readonly name = "router";
  readonly inside: Interface;
  readonly outside: Interface;
  readonly #outsideAddress: string;
  readonly #ports = new Map<number, readonly [string, number]>();

  constructor(inside: Subnet, outside: Subnet, insideAddress: string, outsideAddress: string) {
    this.inside = new Interface(this, "in", inside, [insideAddress]);
    this.outside = new Interface(this, "out", outside, [outsideAddress]);
    this.#outsideAddress = outsideAddress;
    inside.gateway = this.inside;
  }

  receive(datagram: Datagram, via: Interface): void {
    if (via === this.inside) {
      this.#ports.set(datagram.sourcePort, [datagram.source, datagram.sourcePort]);
      datagram.source = this.#outsideAddress;
      this.outside.subnet.send(datagram, this.outside);
    } else {
      const [address, port] = this.#ports.get(datagram.destinationPort) ?? ["0.0.0.0", 0];
      datagram.destination = address;
      datagram.destinationPort = port;
      this.inside.subnet.send(datagram, this.inside);
    }
  }
}

test("a router between two subnets may change addresses", async () => {
  const sim = new Simulation();
  const home = sim.subnet({ name: "home", link: { delay: 1 } });
  new Masquerade(home, sim.defaultSubnet, "192.168.0.1", "203.0.113.1");
  const a = sim.host({ name: "a", interfaces: [{ name: "eth0", addresses: ["192.168.0.2"], subnet: home }] });
  const b = sim.host({ name: "b", addresses: ["203.0.113.2"] });
  const one = await listen(sim, a, { address: "192.168.0.2", port: 77 });
  const two = await listen(sim, b, { address: "203.0.113.2", port: 88 });
  say(one.socket, "out", "203.0.113.2", 88);
  await sim.run({ within: 10 });
  assert.deepEqual(two.heard, [{ text: "out", from: "203.0.113.1:77", at: 1 }]);
  say(two.socket, "in", "203.0.113.1", 77);
  say(two.socket, "unreachable", "192.168.0.2", 77);
  await sim.run({ within: 10 });
  assert.deepEqual(
    one.heard.map(({ text, from }) => [text, from]),
    [["in", "203.0.113.2:88"]],
  );
  assert.equal(b.unroutable, 1);
});

/** Asks for everything there is to ask for, then greets an address. */
class Asking implements NetworkEngine<string> {
  readonly routes = new RouteTable();
  readonly #asks: Ask[] = [
    { type: "interfaces", id: 1 },
    { type: "resolve", id: 2, host: "peer.example", family: 4 },
    { type: "bind", id: 3, address: "192.0.2.99", port: 0 },
  ];
  readonly #events: string[] = [];
  #socket: SocketId | undefined;
  #greet: string | undefined;

  takeAsk(): Ask | undefined {
    return this.#asks.shift();
  }

  answer(answer: Answer): void {
    switch (answer.type) {
      case "interfaces": {
        const mine = answer.interfaces.find(({ internal }) => !internal);
        this.#asks.push({ type: "bind", id: 4, address: mine?.address ?? "", port: 600 });
        break;
      }
      case "bound":
        this.#socket = answer.socket;
        break;
      case "bind-failed":
        this.#events.push(answer.code);
        break;
      case "resolved":
        this.#greet = answer.addresses[0];
        break;
    }
  }

  receive(datagram: Uint8Array, route: Route): void {
    this.#events.push(`${datagram.length} from ${route.address}:${route.port}`);
    this.#asks.push({ type: "unbind", socket: route.local });
  }

  advance(): void {}

  deadline(): Instant {
    return Number.POSITIVE_INFINITY;
  }

  transmit(out: Transmit): boolean {
    if (this.#socket === undefined || this.#greet === undefined) return false;
    out.length = 9;
    out.route = this.routes.intern(this.#socket, "udp", this.#greet, 600);
    this.#greet = undefined;
    return true;
  }

  takeEvent(): string | undefined {
    return this.#events.shift();
  }
}

test("an engine runs on a host without promises", () => {
  const sim = new Simulation();
  const a = sim.host({ name: "a", addresses: ["10.0.0.1"] });
  const b = sim.host({ name: "b", addresses: ["10.0.0.2"] });
  a.names.set("peer.example", ["10.0.0.2"]);
  const one = a.run(new Asking());
  const two = b.run(new Asking());
  sim.runUntil(() => two.events.length === 2, { within: 10 });
  assert.deepEqual(two.events, ["EADDRNOTAVAIL", "9 from 10.0.0.1:600"]);
  assert.deepEqual(one.events, ["EADDRNOTAVAIL"]);
  sim.runFor(1);
  assert.deepEqual([a.openSockets, b.openSockets], [1, 0]);
  one.stop();
  assert.equal(a.openSockets, 0);
});
