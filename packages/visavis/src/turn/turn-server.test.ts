import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeUtf8, encodeUtf8 } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import type { Route, SocketId } from "../base/route.ts";
import { Transmit } from "../base/transmit.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { decodeErrorCode } from "../stun/error-code.ts";
import { encodeFingerprint } from "../stun/fingerprint.ts";
import { createTransactionId, decodeMessage, encodeHeader, StunClass, StunMethod } from "../stun/message.ts";
import { encodeText } from "../stun/text-attribute.ts";
import { parseAddressRange, RelayPolicy } from "./relay-policy.ts";
import { namedUsers, timeLimitedCredentials, timeLimitedUsers } from "./server-authentication.ts";
import { TurnClient, type TurnClientOptions, type TurnEvent } from "./turn-client.ts";
import { TurnServer } from "./turn-server.ts";
import type { TurnServerOptions } from "./turn-server-options.ts";

/** A small generator: what is random here need not be good, but differ. */
function chance(seed: number): Random {
  let state = seed;
  return {
    seeded: true,
    fill: (out, start = 0, end = out.length) => {
      for (let i = start; i < end; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        out[i] = state >>> 24;
      }
    },
  };
}

const WALL = 1_800_000_000_000;
const ALICE = { type: "password", username: "alice", password: "secret" } as const;

/** A client and the address it has. */
interface Guest {
  readonly client: TurnClient;
  readonly address: string;
  readonly port: number;
  readonly heard: { readonly text: string; readonly address: string; readonly port: number }[];
  readonly events: TurnEvent[];
}

/** A server with the platform and the network played by the test: what is sent to an address arrives there. */
class World {
  readonly server: TurnServer;
  now = 0;
  /** By address and port: the server's sockets. */
  readonly #sockets = new Map<string, SocketId>();
  readonly #addresses = new Map<SocketId, { address: string; port: number }>();
  readonly #guests: Guest[] = [];
  #nextSocket = 1;
  /** Ports that are taken already. */
  readonly taken = new Set<number>();
  /** What went to addresses where nobody is. */
  readonly lost: { readonly text: string; readonly address: string; readonly port: number; readonly from: number }[] = [];
  bytesIn = 0;
  bytesOut = 0;

  constructor(options: Partial<TurnServerOptions> = {}) {
    this.server = new TurnServer(
      {
        random: chance(1),
        realm: "visavis.test",
        users: namedUsers(new Map([["alice", "secret"]])),
        listen: [{ address: "198.51.100.1", port: 3478 }],
        relay: [{ family: 4, address: "198.51.100.1" }],
        policy: new RelayPolicy(),
        ...options,
      },
      0,
      WALL,
    );
    this.settle();
  }

  guest(port: number, options: Partial<TurnClientOptions> = {}, address = "203.0.113.5"): Guest {
    const client = new TurnClient({ random: chance(port), credentials: ALICE, ...options });
    const guest = { client, address, port, heard: [], events: [] };
    this.#guests.push(guest);
    client.start(this.now);
    this.settle();
    return guest;
  }

  /** A client is gone without a word. */
  vanish(guest: Guest): void {
    this.#guests.splice(this.#guests.indexOf(guest), 1);
  }

  /** A datagram out of nowhere to one of the server's addresses. */
  inject(bytes: Uint8Array, from: { address: string; port: number }, to: { address: string; port: number }): void {
    const socket = this.#sockets.get(`${to.port} ${to.address}`);
    if (socket === undefined) return;
    this.bytesIn += bytes.length;
    const route: Route = this.server.routes.intern(socket, "udp", from.address, from.port);
    this.server.receive(bytes, route, this.now);
  }

  settle(): void {
    for (let busy = true; busy; ) {
      busy = this.#platform();
      const out = new Transmit();
      for (const guest of this.#guests) {
        for (; guest.client.transmit(out); out.reset()) {
          busy = true;
          this.inject(out.view().slice(), guest, { address: "198.51.100.1", port: 3478 });
        }
        for (let event = guest.client.takeEvent(); event !== undefined; event = guest.client.takeEvent())
          guest.events.push(event);
      }
      for (; this.server.transmit(out); out.reset()) {
        busy = true;
        this.#deliver(out);
      }
    }
  }

  #platform(): boolean {
    let busy = false;
    for (let ask = this.server.takeAsk(); ask !== undefined; ask = this.server.takeAsk()) {
      busy = true;
      if (ask.type === "unbind") {
        const at = this.#addresses.get(ask.socket);
        if (at !== undefined) this.#sockets.delete(`${at.port} ${at.address}`);
      } else if (ask.type === "bind") {
        if (this.taken.has(ask.port)) {
          this.server.answer({ type: "bind-failed", id: ask.id, code: "EADDRINUSE" }, this.now);
          continue;
        }
        const socket = this.#nextSocket++ as SocketId;
        this.#sockets.set(`${ask.port} ${ask.address}`, socket);
        this.#addresses.set(socket, { address: ask.address, port: ask.port });
        this.server.answer({ type: "bound", id: ask.id, socket, address: ask.address, port: ask.port }, this.now);
      }
    }
    return busy;
  }

  #deliver(out: Transmit): void {
    const { route } = out;
    assert.ok(route !== undefined);
    const bytes = out.view().slice();
    this.bytesOut += bytes.length;
    const from = this.#addresses.get(route.local) ?? assert.fail();
    const guest = this.#guests.find((each) => each.address === route.address && each.port === route.port);
    if (guest !== undefined && from.port === 3478) {
      const peer = guest.client.receive(bytes, 0, bytes.length, this.now);
      if (peer === undefined) return;
      const { dataStart, dataEnd } = guest.client;
      guest.heard.push({ text: decodeUtf8(bytes.subarray(dataStart, dataEnd)), address: peer.address, port: peer.port });
    } else if (this.#sockets.has(`${route.port} ${route.address}`)) {
      this.inject(bytes, from, route);
    } else {
      this.lost.push({ text: decodeUtf8(bytes), address: route.address, port: route.port, from: from.port });
    }
  }

  /** Lets time pass, each timer at its time. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (;;) {
      const next = Math.min(this.server.deadline(), ...this.#guests.map(({ client }) => client.deadline()));
      if (next > end) break;
      this.now = Math.max(this.now, next);
      this.server.advance(this.now);
      for (const { client } of this.#guests) client.advance(this.now);
      this.settle();
    }
    this.now = end;
  }

  say(guest: Guest, text: string, to: { address: string; port: number }): void {
    const peer = guest.client.peer(to.address, to.port, this.now) ?? assert.fail();
    guest.client.send(encodeUtf8(text), peer, this.now);
    this.settle();
  }

  /** As the hot path does it: wrapped in place, by a channel as soon as there is one. */
  stream(guest: Guest, text: string, to: { address: string; port: number }): void {
    const peer = guest.client.peer(to.address, to.port, this.now) ?? assert.fail();
    const out = new Transmit();
    out.bytes.set(encodeUtf8(text), out.start);
    out.length = encodeUtf8(text).length;
    if (guest.client.wrap(out, peer, this.now)) this.inject(out.view().slice(), guest, { address: "198.51.100.1", port: 3478 });
    this.settle();
  }
}

const relayedOf = ({ events }: Guest): { readonly address: string; readonly port: number } => {
  const [event] = events;
  assert.ok(event?.type === "allocated", JSON.stringify(events));
  return event.relayed[0] ?? assert.fail();
};

const texts = ({ heard }: Guest): string[] => heard.map(({ text }) => text);

describe("TurnServer", () => {
  test("two clients talk through their relays, by indications and by channels", () => {
    const world = new World();
    const [a, b] = [world.guest(1000), world.guest(2000)];
    const [ra, rb] = [relayedOf(a), relayedOf(b)];
    world.say(a, "nobody allowed me", rb);
    assert.deepEqual(texts(b), []);
    world.say(b, "hello a", ra);
    world.say(a, "hello b", rb);
    assert.deepEqual(a.heard, [{ text: "hello a", ...rb }]);
    assert.deepEqual(texts(b), ["hello b"]);
    for (const text of ["first by indication", "then by channel", "again"]) world.stream(a, text, rb);
    assert.deepEqual(texts(b).slice(1), ["first by indication", "then by channel", "again"]);
    assert.equal(a.client.peer(rb.address, rb.port, 0)?.channelState, "bound");
  });

  test("relayed ports lie in the range, and one that is taken is no end", () => {
    const world = new World({ relayPorts: { first: 50_000, last: 50_003 } });
    for (const port of [50_000, 50_001, 50_002]) world.taken.add(port);
    assert.equal(relayedOf(world.guest(1000)).port, 50_003);
    world.taken.add(50_003);
    const [event] = world.guest(2000).events;
    assert.ok(event?.type === "failed" && event.code === 508);
  });

  test("addresses of the inside are refused, by permission, channel and datagram", () => {
    const world = new World();
    const guest = world.guest(1000);
    for (const address of ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "224.0.0.1", "100.64.0.1"]) {
      world.say(guest, "knock", { address, port: 80 });
      const event = guest.events.at(-1);
      assert.ok(event?.type === "refused" && event.code === 403, address);
    }
    assert.deepEqual(world.lost, []);
    const open = new World({ policy: new RelayPolicy([parseAddressRange("10.0.0.0/8") ?? assert.fail()]) });
    const inside = open.guest(1000);
    open.say(inside, "hello printer", { address: "10.1.2.3", port: 9100 });
    assert.deepEqual(
      open.lost.map(({ text, port }) => [text, port]),
      [["hello printer", 9100]],
    );
  });

  test("IPv6 peers that stand for IPv4 ones lead around nothing", () => {
    const policy = new RelayPolicy();
    for (const address of [
      "::ffff:127.0.0.1",
      "::1",
      "64:ff9b::7f00:1",
      "2002:7f00:1::",
      "fd00:ec2::254",
      "fe80::1",
      "ff02::1",
    ]) {
      assert.equal(policy.allows(address), false, address);
    }
    assert.equal(policy.allows("2001:db8::1"), true);
    assert.equal(policy.allows("198.51.100.77"), true);
    assert.equal(policy.allows("not an address"), false);
  });

  test("an allocation ends with its time, by a refresh to zero, and frees its port", () => {
    const world = new World();
    const guest = world.guest(1000);
    relayedOf(guest);
    world.pass(3_600_000);
    assert.equal(world.server.allocationCount, 1, "the client refreshes it");
    guest.client.close(world.now);
    world.settle();
    assert.equal(world.server.allocationCount, 0);
    const silent = world.guest(2000);
    relayedOf(silent);
    world.vanish(silent);
    world.pass(601_000);
    assert.equal(world.server.allocationCount, 0);
    const reasons: string[] = [];
    for (let event = world.server.takeEvent(); event !== undefined; event = world.server.takeEvent()) {
      if (event.type === "released") reasons.push(event.reason);
    }
    assert.deepEqual(reasons, ["refreshed-to-zero", "expired"]);
  });

  test("quotas: of one user, of all, and while draining", () => {
    const world = new World({
      userQuota: 2,
      users: namedUsers(
        new Map([
          ["alice", "secret"],
          ["bob", "word"],
        ]),
      ),
      totalQuota: 3,
    });
    const codes = [1, 2, 3].map((port) => world.guest(port).events[0]);
    assert.deepEqual(
      codes.map((event) => (event?.type === "failed" ? event.code : event?.type)),
      ["allocated", "allocated", 486],
    );
    const bob = { credentials: { type: "password", username: "bob", password: "word" } } as const;
    assert.equal(world.guest(4, bob).events[0]?.type, "allocated");
    const full = world.guest(5, bob).events[0];
    assert.ok(full?.type === "failed" && full.code === 508);
    const draining = new World();
    draining.server.drain();
    const late = draining.guest(1).events[0];
    assert.ok(late?.type === "failed" && late.code === 508);
  });

  test("time-limited users", () => {
    const users = timeLimitedUsers("north");
    const world = new World({ users });
    const good = timeLimitedCredentials("north", WALL / 1000 + 60, "carol");
    assert.equal(world.guest(1, { credentials: { type: "password", ...good } }).events[0]?.type, "allocated");
    const old = timeLimitedCredentials("north", WALL / 1000 - 1, "carol");
    const other = timeLimitedCredentials("south", WALL / 1000 + 60, "carol");
    for (const [index, credentials] of [old, other].entries()) {
      const event = world.guest(2 + index, { credentials: { type: "password", ...credentials } }).events[0];
      assert.ok(event?.type === "failed" && event.code === 401);
    }
  });

  test("a bitrate is kept", () => {
    const world = new World({ bitrate: 80_000 });
    const guest = world.guest(1000);
    const peer = { address: "203.0.113.99", port: 7 };
    world.say(guest, "x", peer);
    // 10 kB a second are allowed; 40 kB a second are sent for five seconds.
    for (let i = 0; i < 200; i++) {
      world.pass(25);
      world.stream(guest, "y".repeat(1000), peer);
    }
    const arrived = world.lost.length - 1;
    assert.ok(arrived >= 50 && arrived <= 57, String(arrived));
    assert.ok(world.server.drops.of("bitrate") > 100);
  });

  test("strangers get no more than they gave, but for the challenge, and leave nothing behind", () => {
    const world = new World();
    const random = chance(9);
    const to = { address: "198.51.100.1", port: 3478 };
    for (let i = 0; i < 2000; i++) {
      const out = new Uint8Array(64);
      let at = encodeHeader(out, 0, StunClass.REQUEST, [3, 4, 8, 9][i % 4] ?? 3, createTransactionId(random));
      at = encodeFingerprint(out, 0, at);
      world.inject(out.slice(0, at), { address: `203.0.113.${i % 250}`, port: 1 + (i % 60_000) }, to);
      world.settle();
    }
    assert.ok(world.bytesOut / world.bytesIn < 6, String(world.bytesOut / world.bytesIn));
    assert.equal(world.server.allocationCount, 0);
    for (let i = 0; i < 2000; i++) {
      const bytes = new Uint8Array(1 + (i % 100));
      random.fill(bytes);
      world.inject(bytes, { address: "203.0.113.7", port: 1 + i }, to);
    }
    const before = world.bytesOut;
    world.settle();
    assert.equal(world.bytesOut, before, "rubbish gets no answer");
  });

  test("forged channel data of somebody else's allocation go nowhere", () => {
    const world = new World();
    const guest = world.guest(1000);
    const peer = { address: "203.0.113.99", port: 7 };
    world.say(guest, "x", peer);
    world.stream(guest, "binds", peer);
    const forged = Uint8Array.of(0x40, 0, 0, 4, 1, 2, 3, 4);
    const before = world.lost.length;
    world.inject(forged, { address: "203.0.113.6", port: 1000 }, { address: "198.51.100.1", port: 3478 });
    world.settle();
    assert.equal(world.lost.length, before);
    assert.equal(world.server.drops.of("no-allocation"), 1);
  });

  test("permissions, channels and pending allocations are bounded", () => {
    const world = new World();
    const guest = world.guest(1000);
    for (let i = 0; i < 250; i++) world.say(guest, "x", { address: `203.0.113.${i}`, port: 7 });
    const refused = guest.events.filter((event) => event.type === "refused");
    assert.ok(refused.length > 100 && refused.every((event) => event.code === 508));
  });

  test("credentials of another user do not change an allocation", () => {
    const users = namedUsers(
      new Map([
        ["alice", "secret"],
        ["mallory", "m"],
      ]),
    );
    const world = new World({ users });
    world.guest(1000);
    const thief = world.guest(1000, { credentials: { type: "password", username: "mallory", password: "m" } });
    const [event] = thief.events;
    assert.ok(event === undefined || (event.type === "failed" && event.code === 437));
    assert.equal(world.server.allocationCount, 1);
  });

  test("Binding requests are answered, other methods are not", () => {
    const world = new World();
    const out = new Uint8Array(100);
    const id = createTransactionId(chance(3));
    let at = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, id);
    at = encodeFingerprint(out, 0, encodeText(out, at, AttributeType.SOFTWARE, "test"));
    const before = world.bytesOut;
    world.inject(out.slice(0, at), { address: "203.0.113.5", port: 5 }, { address: "198.51.100.1", port: 3478 });
    world.settle();
    assert.ok(world.bytesOut > before);
    assert.equal(decodeErrorCode(decodeMessage(out.slice(0, at)) ?? assert.fail()), undefined);
  });
});
