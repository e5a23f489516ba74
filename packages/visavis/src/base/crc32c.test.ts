import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32 } from "./crc32.ts";
import { crc32c, crc32cPlain } from "./crc32c.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

test("the check values of the catalogues", () => {
  assert.equal(crc32c(ascii("123456789")), 0xe3069283);
  assert.equal(crc32(ascii("123456789")), 0xcbf43926);
});

test("the iSCSI vectors of RFC 3720 appendix B.4", () => {
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
});

test("eight bytes at a time equals bit by bit", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), (bytes, start) => {
      const from = Math.min(start, bytes.length);
      assert.equal(crc32c(bytes, from), crc32cPlain(bytes, from));
    }),
  );
});
