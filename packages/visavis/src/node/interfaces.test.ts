import assert from "node:assert/strict";
import { test } from "node:test";
import { interfaces, listAddresses, readMtu } from "./interfaces.ts";

const TABLE = {
  lo: [
    { address: "127.0.0.1", family: "IPv4", internal: true },
    { address: "::1", family: "IPv6", internal: true, scopeid: 0 },
  ],
  eth0: [
    { address: "192.0.2.7", family: "IPv4", internal: false },
    { address: "169.254.3.4", family: "IPv4", internal: false },
    { address: "2001:db8::7", family: "IPv6", internal: false, scopeid: 0 },
    { address: "fe80::7", family: "IPv6", internal: false, scopeid: 3 },
  ],
};

test("link-local addresses are marked, and those of IPv6 carry their zone", () => {
  const list = listAddresses(TABLE, "linux");
  assert.deepEqual(
    list.map(({ address, linkLocal, internal, family }) => [address, linkLocal, internal, family]),
    [
      ["127.0.0.1", false, true, 4],
      ["::1", false, true, 6],
      ["192.0.2.7", false, false, 4],
      ["169.254.3.4", true, false, 4],
      ["2001:db8::7", false, false, 6],
      ["fe80::7%eth0", true, false, 6],
    ],
  );
});

test("the zone is a number on Windows", () => {
  assert.equal(listAddresses(TABLE, "win32").at(-1)?.address, "fe80::7%3");
});

test("an interface without addresses adds nothing", () => {
  assert.deepEqual(listAddresses({ none: [], gone: undefined }, "linux"), []);
});

test("the list of this machine has the shape of the platform's", () => {
  for (const { address, family } of interfaces()) assert.equal(family, address.includes(":") ? 6 : 4);
});

test("the MTU of an interface is told where it is known", () => {
  const asked: string[] = [];
  const list = listAddresses({ ...TABLE, none: [] }, "linux", (name) => {
    asked.push(name);
    return name === "lo" ? 65_536 : undefined;
  });
  assert.deepEqual(asked, ["lo", "eth0"]);
  assert.deepEqual(
    list.map((entry) => ("mtu" in entry ? entry.mtu : "unknown")),
    [65_536, 65_536, "unknown", "unknown", "unknown", "unknown"],
  );
  assert.equal(readMtu("eth0", "darwin"), undefined);
  assert.equal(readMtu("../../../../etc/passwd", "linux"), undefined);
  assert.equal(readMtu("no such interface", "linux"), undefined);
  if (process.platform === "linux") for (const { mtu } of interfaces()) assert.ok(mtu === undefined || mtu >= 68);
});
