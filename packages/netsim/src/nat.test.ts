/** NATs and firewalls: RFC 4787, requirement by requirement. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "./host.ts";
import type { Nat, NatOptions } from "./nat.ts";
import { Simulation } from "./simulation.ts";

interface Heard {
  readonly from: string;
  readonly text: string;
}

/** A socket that notes what it hears. */
class Ear {
  readonly heard: Heard[] = [];
  readonly #sim: Simulation;
  readonly #socket: ReturnType<Host["bind"]>;

  constructor(sim: Simulation, host: Host, address: string, port: number) {
    this.#sim = sim;
    this.#socket = host.bind({ address, port }, (bytes, from, fromPort) => {
      this.heard.push({ from: `${from} ${fromPort}`, text: new TextDecoder().decode(bytes) });
    });
  }

  /** Sends a word to "address port" and lets it arrive. */
  say(text: string, to: string): void {
    const [address = "", port] = to.split(" ");
    const bytes = new TextEncoder().encode(text);
    this.#socket.send(bytes, 0, bytes.length, address, Number(port));
    this.#sim.runFor(10);
  }

  /** What came since the last call. */
  take(): string[] {
    return this.heard.splice(0).map(({ from, text }) => `${text} from ${from}`);
  }

  /** Where the last word came from. */
  takeSource(): string {
    return this.heard.splice(0).at(-1)?.from ?? "nowhere";
  }
}

/** A host behind a NAT, and two servers outside with two ports each. */
function network(options: Partial<NatOptions> = {}): {
  sim: Simulation;
  nat: Nat;
  inside: Ear;
  other: Ear;
  servers: Record<"a1" | "a2" | "b1", Ear>;
} {
  const sim = new Simulation({ seed: 1 });
  const home = sim.subnet({ name: "home" });
  const own = options.mapping === "none" ? ["203.0.113.1", "203.0.113.2"] : ["10.0.0.1", "10.0.0.2"];
  const nat = sim.nat({
    name: "nat",
    inside: home,
    insideAddresses: ["10.0.0.254"],
    outsideAddresses: options.mapping === "none" ? own : ["203.0.113.1"],
    exposedHost: "10.0.0.1",
    ...options,
  });
  const [one = "", two = ""] = own;
  const host = sim.host({ name: "one", interfaces: [{ name: "eth0", addresses: [one], subnet: home }] });
  const neighbour = sim.host({ name: "two", interfaces: [{ name: "eth0", addresses: [two], subnet: home }] });
  const server = sim.host({ name: "server", addresses: ["198.51.100.1", "198.51.100.2"] });
  return {
    sim,
    nat,
    inside: new Ear(sim, host, one, 5000),
    other: new Ear(sim, neighbour, two, 5000),
    servers: {
      a1: new Ear(sim, server, "198.51.100.1", 1),
      a2: new Ear(sim, server, "198.51.100.1", 2),
      b1: new Ear(sim, server, "198.51.100.2", 1),
    },
  };
}

const A1 = "198.51.100.1 1";
const A2 = "198.51.100.1 2";
const B1 = "198.51.100.2 1";

test("a mapping is shared by whom the behaviour does not tell apart", () => {
  const rows = [
    ["none", [true, true]],
    ["endpoint-independent", [true, true]],
    ["address-dependent", [true, false]],
    ["address-and-port-dependent", [false, false]],
  ] as const;
  for (const [mapping, [otherPort, otherAddress]] of rows) {
    const { inside, servers } = network({ mapping });
    for (const to of [A1, A2, B1]) inside.say("x", to);
    const [first, second, third] = [servers.a1.takeSource(), servers.a2.takeSource(), servers.b1.takeSource()];
    assert.match(first, /^203\.0\.113\.1 /, mapping);
    assert.deepEqual([second === first, third === first], [otherPort, otherAddress], mapping);
    // The same destination always sees the same mapping.
    inside.say("x", A1);
    assert.equal(servers.a1.takeSource(), first, mapping);
  }
});

test("the filter lets in whom its behaviour knows, whatever the mapping", () => {
  const rows = [
    ["none", [true, true, true]],
    ["endpoint-independent", [true, true, false]],
    ["address-dependent", [true, false, false]],
    ["address-and-port-dependent", [false, false, false]],
  ] as const;
  for (const mapping of ["none", "endpoint-independent", "address-dependent", "address-and-port-dependent"] as const) {
    for (const [filtering, [otherPort, otherAddress, unused]] of rows) {
      const { inside, servers, nat } = network({ mapping, filtering });
      inside.say("x", A1);
      const mapped = servers.a1.takeSource();
      servers.a1.say("same", mapped);
      servers.a2.say("port", mapped);
      servers.b1.say("address", mapped);
      // A port that nobody has used: here nobody listens either, so that the counters tell.
      servers.a1.say("unused", `${mapped.split(" ")[0]} 7777`);
      const words = inside.take().map((line) => line.split(" ")[0]);
      const expected = ["same", ...(otherPort ? ["port"] : []), ...(otherAddress ? ["address"] : [])];
      assert.deepEqual(words, expected, `${mapping} ${filtering}`);
      assert.deepEqual(
        [nat.drops.filtered, nat.drops.unmapped],
        [3 - expected.length, unused ? 0 : 1],
        `${mapping} ${filtering}`,
      );
    }
  }
});

test("the port inside is kept where it is free; no port stands for two", () => {
  const { inside, other, servers } = network();
  inside.say("x", A1);
  other.say("x", A2);
  const [first, second] = [servers.a1.takeSource(), servers.a2.takeSource()];
  assert.equal(first, "203.0.113.1 5000");
  assert.notEqual(second, first);
  const random = network({ portPreservation: false });
  random.inside.say("x", A1);
  assert.notEqual(random.servers.a1.takeSource(), "203.0.113.1 5000");
});

test("hosts inside reach one another by their addresses outside, if the NAT does that", () => {
  for (const hairpinning of [true, false]) {
    const { inside, other, servers, nat } = network({ hairpinning, filtering: "endpoint-independent" });
    inside.say("x", A1);
    other.say("x", A1);
    const [mine, theirs] = servers.a1.heard.map(({ from }) => from);
    inside.say("neighbour", theirs ?? "");
    assert.deepEqual(other.take(), hairpinning ? [`neighbour from ${mine}`] : []);
    assert.equal(nat.drops.hairpin, hairpinning ? 0 : 1);
  }
});

test("a mapping lives for its time after the last use from inside", () => {
  for (const inboundRefresh of [false, true]) {
    const { sim, inside, servers } = network({ lifetime: 60_000, inboundRefresh, portPreservation: false });
    inside.say("x", A1);
    const first = servers.a1.takeSource();
    sim.runFor(50_000);
    servers.a1.say("in time", first);
    assert.equal(inside.take().length, 1);
    sim.runFor(20_000);
    servers.a1.say("late", first);
    assert.equal(inside.take().length, inboundRefresh ? 1 : 0);
    inside.say("x", A1);
    assert.equal(servers.a1.takeSource() === first, inboundRefresh);
    // Sending refreshes it: RFC 4787 REQ-6.
    for (let i = 0; i < 5; i++) {
      sim.runFor(50_000);
      inside.say("x", A1);
    }
    assert.equal(new Set(servers.a1.heard.map(({ from }) => from)).size, 1);
  }
});

test("a router that was switched off knows nothing; the provider may give it another address", () => {
  const { nat, inside, servers } = network({ portPreservation: false });
  inside.say("x", A1);
  const first = servers.a1.takeSource();
  nat.rebind();
  servers.a1.say("lost", first);
  inside.say("x", A1);
  const second = servers.a1.takeSource();
  assert.notEqual(second, first);
  nat.rebind(["203.0.113.77"]);
  inside.say("x", A1);
  assert.match(servers.a1.takeSource(), /^203\.0\.113\.77 /);
  assert.deepEqual(inside.take(), []);
});

test("a firewall without UDP lets no datagram through, and NATs may stand behind NATs", () => {
  const { nat, inside, servers } = network({ udp: false });
  inside.say("x", A1);
  assert.deepEqual([servers.a1.take(), nat.drops.blocked], [[], 1]);
  nat.udp = true;
  inside.say("x", A1);
  assert.equal(servers.a1.take().length, 1);

  const sim = new Simulation({ seed: 1 });
  const [street, flat] = [sim.subnet({ name: "street" }), sim.subnet({ name: "flat" })];
  sim.nat({ name: "carrier", inside: street, insideAddresses: ["100.64.0.254"], outsideAddresses: ["203.0.113.1"] });
  sim.nat({ name: "box", inside: flat, insideAddresses: ["10.0.0.254"], outside: street, outsideAddresses: ["100.64.0.1"] });
  const host = sim.host({ name: "host", interfaces: [{ name: "eth0", addresses: ["10.0.0.1"], subnet: flat }] });
  const ear = new Ear(sim, host, "10.0.0.1", 5000);
  const server = new Ear(sim, sim.host({ name: "server", addresses: ["198.51.100.1"] }), "198.51.100.1", 1);
  ear.say("x", A1);
  const seen = server.takeSource();
  assert.match(seen, /^203\.0\.113\.1 /);
  server.say("back", seen);
  assert.deepEqual(ear.take(), [`back from ${A1}`]);
});
