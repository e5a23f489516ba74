import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test("base64 is its own inverse and equals the platform's", () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 89 + length);
    const text = encodeBase64(bytes);
    assert.equal(text, Buffer.from(bytes).toString("base64"));
    assert.deepEqual(decodeBase64(text), bytes);
  }
});

test("what is not base64 is not read", () => {
  for (const text of ["A", "AA", "AAA", "AA=A", "A===", "AAAA=", "AB==", "AAB=", "AA-_", "AAA ", " AAA", "====", "ÄAAA"])
    assert.equal(decodeBase64(text), undefined, text);
});
