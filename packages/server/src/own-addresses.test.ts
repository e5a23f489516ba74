import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopbackHost, OwnAddresses } from "./own-addresses.ts";

const own = new OwnAddresses(() => [
  { address: "127.0.0.1", family: "IPv4", internal: true },
  { address: "169.254.3.4", family: "IPv4", internal: false },
  { address: "192.0.2.2", family: "IPv4", internal: false },
  { address: "fe80::1", family: "IPv6", internal: false },
]);

test("addresses of this machine are known in every spelling; others are not", () => {
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "192.0.2.2", "::ffff:192.0.2.2", "fe80::1%eth0", "fe80::1"])
    assert.equal(own.has(address), true, address);
  for (const address of ["192.0.2.3", "::2", "fe80::2%eth0", "", "nonsense"]) assert.equal(own.has(address), false, address);
});

test("what others know it by leaves out loopback and link-local addresses", () => {
  assert.deepEqual(own.outward(), ["192.0.2.2"]);
});

test("names and addresses of loopback", () => {
  for (const host of ["localhost", "Demo.localhost", "127.0.0.5", "::1", "[::1]"]) assert.equal(isLoopbackHost(host), true, host);
  for (const host of ["0.0.0.0", "::", "192.0.2.2", "127.example", "example"]) assert.equal(isLoopbackHost(host), false, host);
});
