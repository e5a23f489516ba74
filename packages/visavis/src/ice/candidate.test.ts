import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type IceCandidate, parseCandidate, printCandidate } from "./candidate.ts";
import { chooseHostAddresses, MAX_HOST_ADDRESSES } from "./host-addresses.ts";
import { parseIceServerUrl } from "./ice-server-url.ts";
import { candidateFoundation, candidatePriority, pairPriority } from "./priorities.ts";

const LINES: readonly (readonly [string, Partial<IceCandidate>])[] = [
  [
    "candidate:842163049 1 udp 1677729535 203.0.113.141 61665 typ srflx raddr 10.0.1.1 rport 8998 generation 0 ufrag EEtu network-id 3 network-cost 10",
    { type: "srflx", relatedAddress: "10.0.1.1", relatedPort: 8998, usernameFragment: "EEtu", priority: 1677729535 },
  ],
  [
    "candidate:0 1 UDP 2122252543 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 46596 typ host",
    { protocol: "udp", address: "1f4712db-ea17-4bcf-a596-105139dfd8bf.local" },
  ],
  ["candidate:2 1 TCP 2105524479 10.0.1.1 9 typ host tcptype active", { protocol: "tcp", tcpType: "active", port: 9 }],
  ["a=candidate:1 2 udp 1 2001:db8::1 5000 typ relay raddr :: rport 0", { component: 2, address: "2001:db8::1" }],
  ["candidate:1 1 udp 1 10.0.0.1 5000 typ prflx   x-odd  value  ", { extensions: [{ name: "x-odd", value: "value" }] }],
];

test("lines of browsers are read", () => {
  for (const [line, expected] of LINES) {
    const candidate = parseCandidate(line);
    assert.ok(candidate, line);
    for (const [key, value] of Object.entries(expected)) assert.deepEqual(candidate[key as keyof IceCandidate], value, key);
    assert.deepEqual(parseCandidate(printCandidate(candidate)), candidate);
  }
});

test("what is no candidate is refused", () => {
  const good = "candidate:1 1 udp 1 10.0.0.1 5000 typ host";
  assert.ok(parseCandidate(good));
  for (const line of [
    "",
    "candidate:",
    "candidate",
    good.replace("candidate:", "candidat:"),
    good.replace(" 1 udp", " 3 udp"),
    good.replace("udp", "sctp"),
    good.replace("udp 1", "udp -1"),
    good.replace("udp 1", "udp 4294967296"),
    good.replace("5000", "65536"),
    good.replace("5000", "5e3"),
    good.replace("10.0.0.1", "10.0.0.1/24"),
    good.replace("typ", "type"),
    good.replace("host", "hosts"),
    good.replace(":1 ", `:${"1".repeat(33)} `),
    good.replace(":1 ", ":ä "),
    `${good} raddr`,
    `${good} rport x`,
    `${good} ${"x".repeat(5000)} y`,
  ])
    assert.equal(parseCandidate(line), undefined, line);
});

test("reading never throws, and what was read is printed and read again", () => {
  const words = fc.constantFrom(
    "candidate:1",
    "1",
    "udp",
    "tcp",
    "10.0.0.1",
    "::1",
    "typ",
    "host",
    "raddr",
    "rport",
    "0",
    "ufrag",
    "é",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 14 }), (parts) => {
      const candidate = parseCandidate(parts.join(" "));
      if (candidate !== undefined) assert.deepEqual(parseCandidate(printCandidate(candidate)), candidate);
    }),
  );
  const whole = LINES[0]?.[0] ?? "";
  for (let length = 0; length < whole.length; length++) parseCandidate(whole.slice(0, length));
});

test("priorities are those of the standard", () => {
  assert.equal(candidatePriority("host", 65535), 2130706431);
  assert.equal(candidatePriority("srflx", 65535), 1694498815);
  assert.equal(candidatePriority("relay", 0, 2), 254);
  assert.equal(pairPriority(2, 1), 2n ** 32n + 4n + 1n);
  assert.equal(pairPriority(1, 2), 2n ** 32n + 4n);
  assert.ok(pairPriority(2130706431, 2130706431) < 2n ** 63n);
});

test("foundations tell type, base, protocol and server apart", () => {
  const all = [
    candidateFoundation("host", "10.0.0.1", "udp", ""),
    candidateFoundation("host", "10.0.0.2", "udp", ""),
    candidateFoundation("host", "10.0.0.1", "tcp", ""),
    candidateFoundation("srflx", "10.0.0.1", "udp", "198.51.100.1"),
    candidateFoundation("srflx", "10.0.0.1", "udp", "198.51.100.2"),
  ];
  assert.equal(new Set(all).size, all.length);
  for (const foundation of all) assert.match(foundation, /^[0-9]{1,10}$/);
});

function iface(name: string, address: string): Parameters<typeof chooseHostAddresses>[0][number] {
  const family = address.includes(":") ? 6 : 4;
  return { name, address, family, internal: name === "lo", linkLocal: address.startsWith("fe80") };
}

test("host addresses: both families by turns, link-local where nothing better is, loopback when alone or asked for", () => {
  const lo = [iface("lo", "127.0.0.1"), iface("lo", "::1")];
  const choose = (list: readonly ReturnType<typeof iface>[], loopback: boolean = false): string[] =>
    chooseHostAddresses(list, loopback).map(({ address }) => address);
  const usual = [
    ...lo,
    iface("e", "10.0.0.1"),
    iface("e", "fd00::1"),
    iface("e", "fe80::1%e"),
    iface("w", "10.1.0.1"),
    iface("w", "fe80::2%w"),
  ];
  assert.deepEqual(choose(usual), ["fd00::1", "10.0.0.1", "10.1.0.1", "fe80::2%w"]);
  assert.deepEqual(choose(usual, true).slice(-2), ["::1", "127.0.0.1"]);
  assert.deepEqual(choose(lo), ["::1", "127.0.0.1"]);
  assert.deepEqual(choose([...lo, iface("v", "fe80::3%v")]), ["fe80::3%v", "::1", "127.0.0.1"]);
  assert.deepEqual(
    choose([
      iface("x", "nonsense"),
      iface("x", "0.0.0.0"),
      iface("x", "::ffff:1.2.3.4"),
      iface("x", "::1.2.3.4"),
      iface("x", "fec0::1"),
    ]),
    [],
  );
  const many = Array.from({ length: 100 }, (_, i) => iface(`i${i}`, `10.${i}.0.1`));
  assert.equal(choose(many).length, MAX_HOST_ADDRESSES);
  const preferences = chooseHostAddresses(usual, true).map(({ localPreference }) => localPreference);
  assert.deepEqual(
    preferences,
    [...preferences].sort((a, b) => b - a),
  );
  assert.equal(new Set(preferences).size, preferences.length);
});

test("server URLs are read as RFC 7064 and RFC 7065 write them", () => {
  assert.deepEqual(parseIceServerUrl("stun:example.org"), { scheme: "stun", host: "example.org", port: 3478, transport: "udp" });
  assert.deepEqual(parseIceServerUrl("STUN:[2001:db8::1]:1"), { scheme: "stun", host: "2001:db8::1", port: 1, transport: "udp" });
  assert.deepEqual(parseIceServerUrl("turns:t.example?transport=tcp"), {
    scheme: "turns",
    host: "t.example",
    port: 5349,
    transport: "tcp",
  });
  for (const url of [
    "stun:",
    "stun://example.org",
    "stun:a?transport=udp",
    "http:a",
    "stun:a:0",
    "stun:a:65536",
    "stun:[::g]",
    "turn:a?x=y",
  ])
    assert.equal(parseIceServerUrl(url), undefined, url);
});
