import assert from "node:assert/strict";
import { test } from "node:test";
import { OwnAddresses } from "../own-addresses.ts";
import { stunAddressFor } from "./stun-address.ts";

const here = new OwnAddresses(() => [{ address: "192.0.2.2", family: "IPv4", internal: false }]);
const alone = new OwnAddresses(() => []);

test("a page asks where it was opened, and never loopback when there is another address", () => {
  for (const [pageHost, host, own, expected] of [
    ["192.0.2.2:8080", "0.0.0.0", here, undefined],
    ["[fd00::2]:8080", "::", here, undefined],
    ["demo.example", "0.0.0.0", here, undefined],
    ["localhost:8080", "127.0.0.1", here, "192.0.2.2"],
    ["127.0.0.5:8080", "127.0.0.5", here, "192.0.2.2"],
    ["[::1]:8080", "::", here, "192.0.2.2"],
    ["localhost", "0.0.0.0", here, "192.0.2.2"],
    ["localhost:8080", "198.51.100.7", here, "198.51.100.7"],
    [undefined, "127.0.0.1", alone, "127.0.0.1"],
  ] as const)
    assert.equal(stunAddressFor(pageHost, host, 3478, own).host, expected, `${pageHost} on ${host}`);
});
