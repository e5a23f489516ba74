import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, isLinkLocal, isMulticast, isWildcard, parseAddress } from "./address.ts";

test("addresses are parsed and printed in their canonical form", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    // RFC 5952 §4.2: the longest run, the first of equals, never one group alone; lower case.
    ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::ffff:192.0.2.128", "::ffff:c000:280"],
  ];
  for (const [text, canonical] of cases) assert.equal(parseAddress(text)?.text, canonical, text);
  assert.deepEqual(
    [...(parseAddress("fe80::1:203%eth0") as Address).bytes],
    [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3],
  );
  assert.equal(parseAddress("fe80::1%eth0")?.zone, "eth0");
  assert.equal(parseAddress("fe80::1%eth0")?.text, "fe80::1");
});

test("what is no address is none", () => {
  const wrong = ["", "1.2.3", "1.2.3.256", "1.2.3.4.5", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::"];
  for (const text of [...wrong, "g::", "1.2.3.4::", "host.example", "1:2:3:4:5:6:7:8::"]) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

test("kinds of addresses are told apart", () => {
  const kinds = (text: string): boolean[] => {
    const address = parseAddress(text) as Address;
    return [isMulticast(address), isLinkLocal(address), isWildcard(address)];
  };
  assert.deepEqual(kinds("224.0.0.251"), [true, false, false]);
  assert.deepEqual(kinds("240.0.0.1"), [false, false, false]);
  assert.deepEqual(kinds("ff02::fb"), [true, false, false]);
  assert.deepEqual(kinds("169.254.1.1"), [false, true, false]);
  assert.deepEqual(kinds("febf::1"), [false, true, false]);
  assert.deepEqual(kinds("fec0::1"), [false, false, false]);
  assert.deepEqual(kinds("0.0.0.0"), [false, false, true]);
  assert.deepEqual(kinds("::"), [false, false, true]);
});
