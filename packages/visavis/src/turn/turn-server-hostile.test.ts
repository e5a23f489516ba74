/** A TURN server and those who mean it no good, and its connections over TCP and TLS: all is bounded, and counted. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import type { Ask } from "../base/engine.ts";
import type { Random } from "../base/random.ts";
import { type Route, type RouteProtocol, RouteTable, type SocketId } from "../base/route.ts";
import { Transmit } from "../base/transmit.ts";
import { decodePlainAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { decodeErrorCode } from "../stun/error-code.ts";
import { encodeFingerprint } from "../stun/fingerprint.ts";
import { createTransactionId, decodeMessage, encodeHeader, finishMessage, StunClass, StunMethod } from "../stun/message.ts";
import { encodeChangeRequest } from "../stun/nat-discovery-attributes.ts";
import { encodeText } from "../stun/text-attribute.ts";
import { Allocation, MAX_CHANNELS, MAX_PERMISSIONS } from "./allocation.ts";
import { parseAddressRange, RelayPolicy } from "./relay-policy.ts";
import { namedUsers } from "./server-authentication.ts";
import { encodeRequestedTransport, FIRST_CHANNEL } from "./turn-attribute.ts";
import { TurnClient, type TurnEvent } from "./turn-client.ts";
import { TurnServer } from "./turn-server.ts";
import type { TurnServerOptions } from "./turn-server-options.ts";

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

const CREDENTIALS = { type: "password", username: "alice", password: "secret" } as const;
const HOST = "198.51.100.1";

/** The platform of a server, as far as a test needs one. */
class Platform {
  readonly server: TurnServer;
  now = 0;
  readonly asks: Ask[] = [];
  /** What it sent, by the socket and the remote port. */
  readonly sent: { readonly local: SocketId; readonly address: string; readonly port: number; readonly bytes: Uint8Array }[] = [];
  readonly closed = new Set<SocketId>();
  readonly bound = new Map<string, SocketId>();
  #nextSocket = 1;
  #listen = new Map<RouteProtocol, number>();

  constructor(options: Partial<TurnServerOptions> = {}) {
    this.server = new TurnServer(
      {
        random: chance(1),
        realm: "visavis.test",
        users: namedUsers(new Map([["alice", "secret"]])),
        listen: [
          { address: HOST, port: 3478 },
          { protocol: "tcp", address: HOST, port: 3478 },
          { protocol: "tls", address: HOST, port: 5349, certificate: { cert: "", key: "" } },
        ],
        relay: [{ family: 4, address: HOST }],
        policy: new RelayPolicy(),
        userQuota: 1000,
        ...options,
      },
      0,
      1_800_000_000_000,
    );
    this.settle();
  }

  settle(): void {
    for (let ask = this.server.takeAsk(); ask !== undefined; ask = this.server.takeAsk()) {
      this.asks.push(ask);
      if (ask.type === "unbind") this.closed.add(ask.socket);
      if (ask.type !== "bind" && ask.type !== "listen") continue;
      const socket = this.#nextSocket++ as SocketId;
      const { id, address, port } = ask;
      if (ask.type === "listen") this.#listen.set(ask.certificate === undefined ? "tcp" : "tls", id);
      else this.bound.set(`${port} ${address}`, socket);
      this.server.answer({ type: ask.type === "bind" ? "bound" : "listening", id, socket, address, port }, this.now);
    }
    for (const out = new Transmit(); this.server.transmit(out); out.reset()) {
      const { route } = out;
      assert.ok(route !== undefined);
      this.sent.push({ local: route.local, address: route.address, port: route.port, bytes: out.view().slice() });
    }
  }

  /** The route of a datagram to the server. */
  from(address: string, port: number, to = `3478 ${HOST}`): Route {
    return this.server.routes.intern(this.bound.get(to) ?? assert.fail(to), "udp", address, port);
  }

  connect(address: string, port: number, protocol: "tcp" | "tls" = "tcp"): Route {
    const socket = this.#nextSocket++ as SocketId;
    const id = this.#listen.get(protocol) ?? assert.fail();
    const route = this.server.routes.pin(this.server.routes.intern(socket, protocol, address, port));
    this.server.answer({ type: "accepted", id, socket, address, port }, this.now);
    this.settle();
    return route;
  }

  failHandshake(): void {
    this.server.answer({ type: "handshake-failed", id: this.#listen.get("tls") ?? assert.fail() }, this.now);
  }

  disconnect(route: Route): void {
    this.server.answer({ type: "disconnected", id: this.#listen.get("tcp") ?? assert.fail(), socket: route.local }, this.now);
    this.settle();
  }

  receive(bytes: Uint8Array, route: Route): void {
    this.server.receive(bytes, route, this.now);
    this.settle();
  }

  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    while (this.server.deadline() <= end) {
      this.now = this.server.deadline();
      this.server.advance(this.now);
      this.settle();
    }
    this.now = end;
  }
}

/** A client at the end of a route. */
class Guest {
  readonly client: TurnClient;
  readonly events: TurnEvent[] = [];
  readonly heard: Uint8Array[] = [];
  readonly #platform: Platform;
  readonly #route: Route;
  readonly #said: Uint8Array[];

  /** @param said takes what the client sends */
  constructor(platform: Platform, route: Route, said: Uint8Array[] = []) {
    this.#platform = platform;
    this.#route = route;
    this.#said = said;
    this.client = new TurnClient({ random: chance(route.port), credentials: CREDENTIALS, isStream: route.protocol !== "udp" });
    this.client.start(platform.now);
    this.talk();
  }

  talk(): void {
    const { sent } = this.#platform;
    const out = new Transmit();
    for (let busy = true; busy; ) {
      busy = false;
      for (; this.client.transmit(out); out.reset()) {
        busy = true;
        this.#said.push(out.view().slice());
        this.#platform.receive(out.view().slice(), this.#route);
      }
      for (let i = 0; i < sent.length; ) {
        const { local, port, bytes } = sent[i] ?? assert.fail();
        if (local !== this.#route.local || port !== this.#route.port) i++;
        else {
          sent.splice(i, 1);
          busy = true;
          const peer = this.client.receive(bytes, 0, bytes.length, this.#platform.now);
          if (peer !== undefined) this.heard.push(bytes.slice(this.client.dataStart, this.client.dataEnd));
        }
      }
      for (let event = this.client.takeEvent(); event !== undefined; event = this.client.takeEvent()) this.events.push(event);
    }
  }

  get allocated(): boolean {
    return this.events.some((event) => event.type === "allocated");
  }

  /** A datagram to a peer, wrapped as it is when it is one of many. */
  stream(text: string, address: string, port: number): Uint8Array | undefined {
    const peer = this.client.peer(address, port, this.#platform.now) ?? assert.fail();
    const out = new Transmit();
    out.bytes.set(encodeUtf8(text), out.start);
    out.length = encodeUtf8(text).length;
    const wrapped = this.client.wrap(out, peer, this.#platform.now) ? out.view().slice() : undefined;
    this.talk();
    return wrapped;
  }
}

function request(method: number, seed = 5, write: (out: Uint8Array, at: number) => number = (_, at) => at): Uint8Array {
  const out = new Uint8Array(2000);
  const end = write(out, encodeHeader(out, 0, StunClass.REQUEST, method, createTransactionId(chance(seed))));
  finishMessage(out, 0, end);
  return out.slice(0, end);
}

describe("a TURN server over streams", () => {
  for (const protocol of ["tcp", "tls"] as const) {
    test(`a client over ${protocol} allocates and talks, its bytes cut anywhere`, () => {
      const platform = new Platform();
      const route = platform.connect("203.0.113.5", 1000, protocol);
      const guest = new Guest(platform, route);
      assert.ok(guest.allocated);
      guest.stream("asks", "203.0.113.9", 7);
      guest.stream("asks", "203.0.113.9", 7);
      const wrapped = [0, 1, 2].map((i) => guest.stream(`message ${i}`, "203.0.113.9", 7) ?? assert.fail());
      platform.sent.length = 0;
      // Byte by byte, and all in one piece.
      for (const byte of concatBytes(...wrapped)) platform.receive(Uint8Array.of(byte), route);
      platform.receive(concatBytes(...wrapped), route);
      const texts = platform.sent.map(({ bytes }) => new TextDecoder().decode(bytes));
      assert.deepEqual(texts, ["message 0", "message 1", "message 2", "message 0", "message 1", "message 2"]);
      const relay = platform.sent[0]?.local ?? assert.fail();
      platform.receive(encodeUtf8("back"), platform.server.routes.intern(relay, "udp", "203.0.113.9", 7));
      guest.talk();
      assert.deepEqual(
        guest.heard.map((bytes) => new TextDecoder().decode(bytes)),
        ["back"],
      );
    });
  }

  test("with its connection an allocation ends", () => {
    const platform = new Platform();
    const route = platform.connect("203.0.113.5", 1000);
    assert.ok(new Guest(platform, route).allocated);
    platform.disconnect(route);
    assert.equal(platform.server.allocationCount, 0);
    assert.equal(platform.server.connectionCount, 0);
    assert.ok(platform.server.traffic().bytesToPeers === 0);
  });

  test("slow-loris: who says nothing, or says it byte by byte, is cut off after 10 seconds", () => {
    const platform = new Platform();
    const silent = platform.connect("203.0.113.5", 1000);
    const slow = platform.connect("203.0.113.5", 1001);
    const bytes = request(StunMethod.ALLOCATE, 5, encodeRequestedTransport);
    for (let i = 0; i < 12; i++) {
      if (!platform.closed.has(slow.local)) platform.receive(bytes.slice(i, i + 1), slow);
      platform.pass(1000);
    }
    assert.ok(platform.closed.has(silent.local) && platform.closed.has(slow.local));
    assert.equal(platform.server.connectionCount, 0);
    assert.equal(platform.server.drops.of("slow-connection"), 2);
  });

  test("a connection that comes to nothing ends after 30 seconds; one with an allocation goes on", () => {
    const platform = new Platform();
    const idle = platform.connect("203.0.113.5", 1000);
    const useful = platform.connect("203.0.113.6", 1000);
    platform.receive(request(StunMethod.BINDING), idle);
    assert.ok(new Guest(platform, useful).allocated);
    platform.pass(29_000);
    assert.equal(platform.closed.has(idle.local), false);
    platform.pass(3000);
    assert.equal(platform.closed.has(idle.local), true);
    platform.pass(500_000);
    assert.equal(platform.closed.has(useful.local), false);
    platform.pass(200_000);
    assert.equal(platform.closed.has(useful.local), true, "its allocation was never refreshed");
  });

  test("connections are bounded, in all and from one address", () => {
    const platform = new Platform({ maxConnections: 10, maxConnectionsFromAddress: 3 });
    for (let i = 0; i < 5; i++) platform.connect("203.0.113.5", 1000 + i);
    assert.equal(platform.server.connectionCount, 3);
    // All addresses of one customer are one.
    for (let i = 0; i < 5; i++) platform.connect(`2001:db8:1:2::${i}`, 1000);
    assert.equal(platform.server.connectionCount, 6);
    for (let i = 0; i < 9; i++) platform.connect(`203.0.113.${100 + i}`, 1000);
    assert.equal(platform.server.connectionCount, 10);
    assert.equal(platform.server.drops.of("too-many-connections"), 2 + 2 + 5);
    platform.pass(11_000);
    assert.equal(platform.server.connectionCount, 0, "and none stays that says nothing");
  });

  test("other protocols, and long messages of strangers, end the connection", () => {
    const platform = new Platform();
    const http = platform.connect("203.0.113.5", 1000);
    platform.receive(encodeUtf8("\u0016\u0003\u0001 no STUN at all"), http);
    const long = platform.connect("203.0.113.5", 1001);
    platform.receive(Uint8Array.of(0x40, 0, 0xff, 0xf0), long);
    assert.ok(platform.closed.has(http.local) && platform.closed.has(long.local));
    assert.equal(platform.server.drops.of("broken-stream"), 2);
    platform.failHandshake();
    assert.equal(platform.server.drops.of("handshake-failed"), 1);
  });
});

describe("a TURN server and who means it no good", () => {
  test("no amplification: a stranger gets what RFC 8489 demands, and nothing else", () => {
    const platform = new Platform();
    const challenge = (method: number, write?: (out: Uint8Array, at: number) => number): void => {
      const bytes = request(method, 7, write);
      platform.sent.length = 0;
      platform.receive(bytes, platform.from("203.0.113.5", 1000));
      const [answer] = platform.sent;
      const message = decodeMessage(answer?.bytes ?? assert.fail()) ?? assert.fail();
      assert.equal(decodeErrorCode(message)?.code, 401);
      // §9.2.4: ERROR-CODE, REALM, NONCE and PASSWORD-ALGORITHMS must be there.
      const types = message.attributes.map(({ type }) => type);
      const { ERROR_CODE, REALM, NONCE, PASSWORD_ALGORITHMS } = AttributeType;
      assert.deepEqual(types, [ERROR_CODE, REALM, NONCE, PASSWORD_ALGORITHMS]);
      const least = 20 + 8 + (4 + 12) + (4 + 40) + (4 + 8);
      assert.ok((answer?.bytes.length ?? 0) <= Math.max(least, bytes.length), `${answer?.bytes.length} for ${bytes.length}`);
    };
    for (const method of [StunMethod.ALLOCATE, StunMethod.REFRESH, StunMethod.CREATE_PERMISSION, StunMethod.CHANNEL_BIND]) {
      challenge(method);
      challenge(method, encodeRequestedTransport);
      challenge(method, (out, at) => encodeText(out, at, AttributeType.SOFTWARE, "x".repeat(700)));
    }
    // A Binding response is its request and an address.
    platform.sent.length = 0;
    platform.receive(request(StunMethod.BINDING), platform.from("203.0.113.5", 1000));
    assert.equal(platform.sent[0]?.bytes.length, 20 + 12);
    // Nothing else is answered at all.
    platform.sent.length = 0;
    for (const method of [0x002, 0x00a, 0x00b, 0x7ff]) platform.receive(request(method), platform.from("203.0.113.5", 1000));
    for (let i = 0; i < 500; i++) {
      const rubbish = new Uint8Array(i % 90);
      chance(i).fill(rubbish);
      platform.receive(rubbish, platform.from("203.0.113.5", 1000 + i));
    }
    assert.equal(platform.sent.length, 0);
    assert.ok(platform.server.drops.total >= 400);
    assert.equal(platform.asks.filter(({ type }) => type === "bind").length, 1, "no socket for strangers");
  });

  test("an allocation flood stops at the quotas, and what is being bound is bounded too", () => {
    const platform = new Platform({ userQuota: 20 });
    for (let i = 0; i < 60; i++) new Guest(platform, platform.from("203.0.113.5", 1000 + i));
    assert.equal(platform.server.allocationCount, 20);
    assert.equal(platform.server.counters.errors.get(486), 40);
    assert.equal(platform.server.userCount, 1);
  });

  test("floods of channels and permissions stop; what is old makes room", () => {
    const routes = new RouteTable();
    const client = routes.intern(1 as SocketId, "udp", "203.0.113.5", 1000);
    const allocation = new Allocation(client, "alice", createTransactionId(chance(1)), [], 1e9);
    const bind = (i: number, now: number): boolean =>
      allocation.bind(FIRST_CHANNEL + i, routes.intern(2 as SocketId, "udp", "203.0.113.9", 1 + i), false, now);
    const bound = Array.from({ length: 1000 }, (_, i) => bind(i, 0));
    assert.equal(bound.filter(Boolean).length, MAX_CHANNELS);
    assert.equal(allocation.forgetOldChannels(800_000).length, 0, "a number rests before somebody else gets it");
    assert.equal(allocation.forgetOldChannels(901_000).length, MAX_CHANNELS);
    assert.equal(bind(500, 901_000), true);
    const permitted = (count: number, now: number): number =>
      Array.from({ length: count }, (_, i) => allocation.permit(`198.51.100.${i}-${now}`, false, now)).filter(Boolean).length;
    assert.ok(permitted(1000, 901_000) < MAX_PERMISSIONS);
    assert.equal(permitted(1000, 1_300_000), MAX_PERMISSIONS);
  });

  test("forged channel data: of no allocation, of an unbound channel, too short, of an old range", () => {
    const platform = new Platform();
    new Guest(platform, platform.from("203.0.113.5", 1000));
    platform.sent.length = 0;
    platform.receive(Uint8Array.of(0x40, 0, 0, 1, 9), platform.from("203.0.113.6", 1000));
    platform.receive(Uint8Array.of(0x40, 0, 0, 1, 9), platform.from("203.0.113.5", 1000));
    platform.receive(Uint8Array.of(0x40, 0, 0, 9, 9), platform.from("203.0.113.5", 1000));
    platform.receive(Uint8Array.of(0x7f, 0, 0, 1, 9), platform.from("203.0.113.5", 1000));
    assert.equal(platform.sent.length, 0);
    const { drops } = platform.server;
    assert.deepEqual([drops.of("no-allocation"), drops.of("no-channel"), drops.of("malformed")], [1, 2, 1]);
  });

  test("what a client said, with bytes changed, cut and put together anew: nothing is thrown, and nothing grows", () => {
    const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 0xffff_ffff));
    const random = chance(seed);
    const drawn = new Uint8Array(4);
    const below = (limit: number): number => {
      random.fill(drawn);
      return (((drawn[0] ?? 0) << 16) | ((drawn[1] ?? 0) << 8) | (drawn[2] ?? 0)) % limit;
    };
    const platform = new Platform({ maxConnectionsFromAddress: 20 });
    const routes = [platform.from("203.0.113.5", 1000), platform.connect("203.0.113.5", 1000)];
    const said: Uint8Array[] = [];
    for (const route of routes) {
      const guest = new Guest(platform, route, said);
      for (let i = 0; i < 3; i++) said.push(guest.stream("data", "203.0.113.9", 7) ?? new Uint8Array(1));
    }
    assert.ok(said.length >= 10, "there is something to change");
    try {
      for (let i = 0; i < 4000; i++) {
        const bytes = (said[below(said.length)] ?? assert.fail()).slice();
        for (let flips = below(4); flips > 0 && bytes.length > 0; flips--) bytes[below(bytes.length)] = below(256);
        const cut = below(3) === 0 ? bytes.slice(0, below(bytes.length + 1)) : bytes;
        platform.receive(cut, routes[0] ?? assert.fail());
        const stream = routes.at(-1) ?? assert.fail();
        if (platform.closed.has(stream.local)) routes.push(platform.connect("203.0.113.5", 2000 + i));
        else platform.receive(cut, stream);
        if (i % 100 === 0) platform.pass(500);
        platform.sent.length = 0;
      }
    } catch (error) {
      throw new Error(`SEED=${seed}`, { cause: error });
    }
    assert.ok(platform.server.allocationCount <= 3 && platform.server.connectionCount <= 20, `SEED=${seed}`);
    assert.ok(platform.server.drops.total > 0 && routes.length > 3, `SEED=${seed}: it has seen bad things`);
  });

  test("no way back into the server: its listening address is no peer, and of its own address only relays are", () => {
    const inside = "10.0.0.1";
    const options = { listen: [{ address: inside, port: 3478 }], relay: [{ family: 4, address: inside }] } as const;
    const platform = new Platform(options);
    const at = `3478 ${inside}`;
    const guest = new Guest(platform, platform.from("203.0.113.5", 1000, at));
    const other = new Guest(platform, platform.from("203.0.113.6", 1000, at));
    const event = other.events[0];
    const relayed = event?.type === "allocated" ? (event.relayed[0] ?? assert.fail()) : assert.fail();
    const say = (port: number): number => {
      const before = platform.server.traffic().packetsToPeers;
      const peer = guest.client.peer(inside, port, platform.now) ?? assert.fail();
      guest.client.send(encodeUtf8("x"), peer, platform.now);
      guest.talk();
      return platform.server.traffic().packetsToPeers - before;
    };
    assert.equal(say(3478), 0, "the listener");
    assert.equal(say(22), 0, "another service");
    assert.equal(say(relayed.port), 1, "somebody's relayed address");
    assert.ok(platform.server.drops.of("forbidden-peer") >= 2);
    // Even where the policy opens the range, nothing goes around in circles.
    const open = new Platform({ ...options, policy: new RelayPolicy([parseAddressRange("10.0.0.0/8") ?? assert.fail()]) });
    const opened = new Guest(open, open.from("203.0.113.5", 1000, at));
    for (const port of [3478, 22]) {
      opened.client.send(encodeUtf8("x"), opened.client.peer(inside, port, 0) ?? assert.fail(), 0);
      opened.talk();
    }
    assert.equal(open.server.traffic().packetsToPeers, 1);
  });
});

describe("a TURN server among others", () => {
  const other = { address: "198.51.100.2", port: 3478 } as const;

  test("sends clients on while it drains; those who are there stay", () => {
    const platform = new Platform({ alternates: [{ ...other }] });
    const first = new Guest(platform, platform.from("203.0.113.5", 1000));
    assert.ok(first.allocated);
    platform.server.drain();
    const [event] = new Guest(platform, platform.from("203.0.113.6", 1000)).events;
    assert.ok(event?.type === "failed" && event.code === 300);
    assert.deepEqual(event.alternate, other);
    // An alternate for UDP is none for TCP: no more capacity then.
    const [late] = new Guest(platform, platform.connect("203.0.113.6", 1000)).events;
    assert.ok(late?.type === "failed" && late.code === 508);
    assert.equal(platform.server.allocationCount, 1);
  });

  test("spreads clients in turn, or sends all on", () => {
    const platform = new Platform({ alternates: [{ ...other }], redirect: "in-turn" });
    const guests = [0, 1, 2, 3].map((i) => new Guest(platform, platform.from("203.0.113.5", 1000 + i)));
    assert.deepEqual(
      guests.map(({ allocated }) => allocated),
      [true, false, true, false],
    );
    const always = new Platform({ alternates: [{ ...other }], redirect: "always" });
    assert.ok(![0, 1].some((i) => new Guest(always, always.from("203.0.113.5", 1000 + i)).allocated));
  });

  test("strangers are not sent on: the answer would be longer", () => {
    const platform = new Platform({ alternates: [{ ...other }], redirect: "always" });
    platform.receive(request(StunMethod.ALLOCATE, 5, encodeRequestedTransport), platform.from("203.0.113.5", 1000));
    const message = decodeMessage(platform.sent[0]?.bytes ?? assert.fail()) ?? assert.fail();
    assert.equal(decodeErrorCode(message)?.code, 401);
  });

  test("answers NAT discovery from the address and port that it is asked to", () => {
    const discovery = { addresses: [HOST, "198.51.100.2"], ports: [3478, 3479] } as const;
    const listen = discovery.addresses.flatMap((address) => discovery.ports.map((port) => ({ address, port })));
    const platform = new Platform({ listen, discovery });
    const ask = request(StunMethod.BINDING, 5, (out, at) => {
      const end = encodeChangeRequest(out, at, { address: true, port: true });
      return encodeFingerprint(out, 0, end);
    });
    platform.receive(ask, platform.from("203.0.113.5", 1000));
    const [answer] = platform.sent;
    assert.equal(answer?.local, platform.bound.get("3479 198.51.100.2"));
    assert.deepEqual([answer?.address, answer?.port], ["203.0.113.5", 1000]);
    const message = decodeMessage(answer?.bytes ?? assert.fail()) ?? assert.fail();
    assert.deepEqual(decodePlainAddress(message, AttributeType.RESPONSE_ORIGIN), { address: "198.51.100.2", port: 3479 });
  });
});
