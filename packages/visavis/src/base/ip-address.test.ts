import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { addressScope, canonicalIpAddress, parseIpAddress, printIpAddress } from "./ip-address.ts";

const CASES: readonly (readonly [text: string, canonical: string | undefined])[] = [
  ["192.0.2.1", "192.0.2.1"],
  ["255.255.255.255", "255.255.255.255"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["fe80::1%eth0", "fe80::1%eth0"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ["::ffff:c000:201", "::ffff:192.0.2.1"],
  ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
  ["", undefined],
  ["example.org", undefined],
  ["1.2.3", undefined],
  ["1.2.3.4.5", undefined],
  ["01.2.3.4", undefined],
  ["256.2.3.4", undefined],
  ["1.2.3.4%eth0", undefined],
  [":", undefined],
  [":::", undefined],
  ["1:::2", undefined],
  ["1::2::3", undefined],
  ["1:2:3:4:5:6:7", undefined],
  ["1:2:3:4:5:6:7:8:9", undefined],
  ["1:2:3:4:5:6:7::8", undefined],
  ["12345::", undefined],
  ["g::", undefined],
  ["1.2.3.4::", undefined],
  ["fe80::1%", undefined],
  ["fe80::1%a b", undefined],
];

test("addresses are parsed and printed in canonical form", () => {
  for (const [text, canonical] of CASES) assert.equal(canonicalIpAddress(text), canonical, text);
});

test("printing and parsing agree with each other and with the platform", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), { minLength: 16, maxLength: 16 }),
      (bytes) => {
        const address = Uint8Array.from(bytes);
        const text = printIpAddress(address);
        assert.ok(net.isIPv6(text), text);
        assert.deepEqual(parseIpAddress(text), { family: 6, bytes: address, zone: undefined });
      },
    ),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:.%]{0,24}$/)), (text) => {
      // The platform also knows zones with odd characters; everything else must be judged alike.
      if (!text.includes("%")) assert.equal(parseIpAddress(text) !== undefined, net.isIP(text) !== 0, text);
    }),
  );
  assert.throws(() => printIpAddress(new Uint8Array(5)), RangeError);
});

test("addresses know their scope", () => {
  const scopes: readonly (readonly [string, string])[] = [
    ["0.0.0.0", "unspecified"],
    ["127.8.0.1", "loopback"],
    ["169.254.1.1", "link-local"],
    ["224.0.0.251", "multicast"],
    ["255.255.255.255", "broadcast"],
    ["10.0.0.1", "other"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::2", "deprecated"],
    ["::1.2.3.4", "deprecated"],
    ["fe80::1", "link-local"],
    ["febf::1", "link-local"],
    ["fec0::1", "deprecated"],
    ["fd00::1", "other"],
    ["ff02::fb", "multicast"],
    ["::ffff:1.2.3.4", "ipv4-mapped"],
    ["2001:db8::1", "other"],
  ];
  for (const [text, scope] of scopes) assert.equal(addressScope(parseIpAddress(text)?.bytes ?? new Uint8Array(4)), scope, text);
});
