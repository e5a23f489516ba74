import assert from "node:assert/strict";
import { test } from "node:test";
import type { NetworkInterface } from "../base/platform.ts";
import { pathBound } from "./path-bound.ts";

function entry(name: string, address: string, mtu?: number): NetworkInterface {
  const family = address.includes(":") ? 6 : 4;
  return { name, address, family, internal: name === "lo", linkLocal: address.startsWith("fe80"), ...(mtu && { mtu }) };
}

const TOLD = [
  entry("lo", "127.0.0.1", 65_536),
  entry("lo", "::1", 65_536),
  entry("eth0", "192.0.2.7", 9000),
  entry("wg0", "10.1.0.1", 1420),
  entry("eth0", "2001:db8::7", 9000),
  entry("eth0", "fe80::7%eth0", 9000),
];
const SILENT = [entry("lo", "127.0.0.1"), entry("eth0", "192.0.2.7"), entry("eth0", "fe80::7%3")];

test("a datagram is bounded by the interface it leaves by, by Ethernet's size where that is not known", () => {
  const cases: readonly (readonly [readonly NetworkInterface[], string, string, number, number, boolean])[] = [
    [TOLD, "192.0.2.7", "198.51.100.1", 9000, 28, false],
    [TOLD, "10.1.0.1", "10.1.0.2", 1420, 28, false],
    [TOLD, "2001:db8::7", "2001:db8::8", 9000, 48, false],
    [TOLD, "fe80::7%eth0", "fe80::8%eth0", 9000, 48, false],
    [SILENT, "192.0.2.7", "198.51.100.1", 1500, 28, false],
    [SILENT, "fe80::7%3", "fe80::8%3", 1500, 48, false],
    [[], "", "2001:db8::8", 1500, 48, false],
  ];
  for (const [interfaces, local, remote, mtu, headers, isLocal] of cases)
    assert.deepEqual(pathBound(interfaces, local, remote), { mtu, headers, isLocal }, `${local} to ${remote}`);
});

test("what is sent to an address of this machine goes by loopback, whatever it looks like", () => {
  for (const [local, remote, headers] of [
    ["127.0.0.1", "127.0.0.1", 28],
    ["192.0.2.7", "192.0.2.7", 28],
    ["192.0.2.7", "10.1.0.1", 28],
    ["2001:db8::7", "2001:db8:0::7", 48],
    ["fe80::7%eth0", "fe80::7%eth0", 48],
  ] as const)
    assert.deepEqual(pathBound(TOLD, local, remote), { mtu: 65_536, headers, isLocal: true }, remote);
  assert.deepEqual(pathBound(SILENT, "192.0.2.7", "192.0.2.7"), { mtu: 65_535, headers: 28, isLocal: true });
});
