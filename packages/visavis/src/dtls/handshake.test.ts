import assert from "node:assert/strict";
import { test } from "node:test";
import { u16 } from "../base/bytes.ts";
import { NamedGroup } from "./groups.ts";
import { ExtensionType } from "./handshake/extensions/extension.ts";
import { HandshakeType } from "./handshake/handshake-type.ts";
import { decodeServerHello, isHelloRetryRequest } from "./handshake/server-hello.ts";
import type { DtlsOptions } from "./options.ts";
import { type Datagram, type Fate, LOST, ONCE, Pair, type PairOptions } from "./pair.test.ts";
import { DtlsVersion } from "./version.ts";

const { X25519, SECP256R1, X25519MLKEM768 } = NamedGroup;
const V12: Partial<DtlsOptions> = { maxVersion: DtlsVersion.V1_2 };
const V13: Partial<DtlsOptions> = { minVersion: DtlsVersion.V1_3 };

interface Scene {
  readonly name: string;
  readonly options: PairOptions;
  readonly version: DtlsVersion;
  readonly group: number;
  /** What the server must ask for before it takes a hello. */
  readonly retry?: readonly ("cookie" | "share")[];
}

const { V1_2, V1_3 } = DtlsVersion;
const SCENES: readonly Scene[] = [
  { name: "defaults", options: {}, version: V1_3, group: X25519MLKEM768 },
  { name: "1.3 only", options: { client: V13, server: V13 }, version: V1_3, group: X25519MLKEM768 },
  { name: "server without ML-KEM", options: { server: { groups: [X25519] } }, version: V1_3, group: X25519 },
  { name: "client without ML-KEM", options: { client: { groups: [X25519, SECP256R1] } }, version: V1_3, group: X25519 },
  { name: "P-256", options: { client: { groups: [SECP256R1] } }, version: V1_3, group: SECP256R1 },
  {
    name: "retry with another group",
    options: { server: { groups: [SECP256R1] } },
    version: V1_3,
    group: SECP256R1,
    retry: ["share"],
  },
  {
    name: "retry with ML-KEM",
    options: { client: { groups: [SECP256R1, X25519MLKEM768] }, server: { groups: [X25519MLKEM768] } },
    version: V1_3,
    group: X25519MLKEM768,
    retry: ["share"],
  },
  { name: "retry with a cookie", options: { server: { cookie: true } }, version: V1_3, group: X25519MLKEM768, retry: ["cookie"] },
  {
    name: "retry with both",
    options: { server: { cookie: true, groups: [SECP256R1] } },
    version: V1_3,
    group: SECP256R1,
    retry: ["cookie", "share"],
  },
  { name: "1.2 by the client", options: { client: V12 }, version: V1_2, group: X25519 },
  { name: "1.2 by the server", options: { server: V12 }, version: V1_2, group: X25519 },
  { name: "1.2 with P-256", options: { client: V12, server: { groups: [SECP256R1] } }, version: V1_2, group: SECP256R1 },
  { name: "1.2 with a cookie", options: { server: { ...V12, cookie: true } }, version: V1_2, group: X25519, retry: ["cookie"] },
];

function withMtu(options: PairOptions, mtu: number): PairOptions {
  return { ...options, client: { ...options.client, mtu }, server: { ...options.server, mtu } };
}

function check(pair: Pair, scene: Scene, mtu: number = 1200): void {
  pair.assertConnected();
  const [event] = pair.client.events;
  assert.ok(event?.type === "connected");
  assert.equal(event.version, scene.version);
  assert.equal(event.group, scene.group);
  for (const datagram of pair.log) assert.ok(datagram.bytes.length <= mtu, `a datagram of ${datagram.bytes.length} bytes`);
}

/** The first unprotected handshake message, or piece of one, in a datagram; undefined when there is none. */
function plainMessage({ bytes }: Datagram): { type: number; seq: number; body: Uint8Array } | undefined {
  const isPlainHandshake = bytes[0] === 22 && bytes[3] === 0 && bytes[4] === 0;
  return isPlainHandshake ? { type: bytes[13] ?? -1, seq: u16(bytes, 17), body: bytes.subarray(25) } : undefined;
}

/** What went over the wire before the server took a hello, and what each side says of it. */
function checkRetry(pair: Pair, { version, retry = [] }: Scene): void {
  const expected = version === V1_2 ? "hello-verify-request" : "hello-retry-request";
  for (const { events } of [pair.client, pair.server]) {
    const [event] = events;
    assert.ok(event?.type === "connected");
    assert.equal(event.retry, retry.length > 0 ? expected : undefined);
  }
  const sent = (from: Datagram["from"]) => pair.log.filter((one) => one.from === from).map(plainMessage);
  const hellos = sent("client").filter((message) => message?.type === HandshakeType.CLIENT_HELLO);
  const [first] = sent("server");
  assert.ok(first !== undefined);
  const hello = first.type === HandshakeType.SERVER_HELLO && decodeServerHello(first.body, 0, first.body.length);
  const asked: string[] = [];
  if (first.type === HandshakeType.HELLO_VERIFY_REQUEST) asked.push("cookie");
  if (hello && isHelloRetryRequest(hello)) {
    if (hello.extensions.has(ExtensionType.COOKIE)) asked.push("cookie");
    if (hello.extensions.has(ExtensionType.KEY_SHARE)) asked.push("share");
  }
  assert.deepEqual(asked, retry);
  assert.deepEqual([...new Set(hellos.map((one) => one?.seq))], retry.length > 0 ? [0, 1] : [0]);
}

/** How many datagrams a scene takes when nothing happens to them. */
function quietLog(scene: Scene, mtu: number = 1200): Datagram[] {
  const pair = new Pair(withMtu(scene.options, mtu)).connect();
  const log = [...pair.log];
  check(pair, scene, mtu);
  return log;
}

for (const scene of SCENES) {
  test(`${scene.name}: connects without repeating anything`, () => {
    const pair = new Pair(scene.options).connect();
    check(pair, scene);
    checkRetry(pair, scene);
    assert.equal(pair.client.dtls.stats().retransmissions, 0);
    assert.equal(pair.server.dtls.stats().retransmissions, 0);
    assert.deepEqual(pair.client.dtls.stats().drops, {});
    assert.deepEqual(pair.server.dtls.stats().drops, {});
  });

  test(`${scene.name}: any one datagram lost, late or twice`, () => {
    for (const { from, index } of quietLog(scene)) {
      const fates: readonly Fate[] = [LOST, [15], [35], [0, 0], [0, 20], [0, 150]];
      for (const fate of fates) {
        const pair = new Pair(scene.options);
        pair.fate = (datagram) => (datagram.from === from && datagram.index === index ? fate : ONCE);
        pair.connect();
        check(pair, scene);
      }
    }
  });

  test(`${scene.name}: datagrams of every size`, () => {
    for (const mtu of [256, 300, 548, 1200, 1350, 2000]) {
      check(new Pair(withMtu(scene.options, mtu)).connect(), scene, mtu);
    }
  });

  test(`${scene.name}: heavy loss, reordering and duplication by many seeds`, () => {
    let [lost, repeated] = [0, 0];
    for (let seed = 1; seed <= 8; seed++) {
      let state = seed * 7919;
      const chance = (): number => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 8) / 2 ** 24;
      };
      const pair = new Pair({ ...withMtu(scene.options, 400), seed });
      pair.fate = () => {
        if (chance() < 0.2) {
          lost++;
          return LOST;
        }
        const delay = chance() * 30;
        return chance() < 0.1 ? [delay, delay + chance() * 50] : [delay];
      };
      pair.connect();
      check(pair, scene, 400);
      repeated += pair.client.dtls.stats().retransmissions + pair.server.dtls.stats().retransmissions;
    }
    assert.ok(lost > 0 && repeated > 0);
  });
}
