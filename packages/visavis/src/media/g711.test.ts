import assert from "node:assert/strict";
import { test } from "node:test";
import { compressAlaw, compressUlaw, expandAlaw, expandUlaw } from "./g711.ts";

test("known values (ITU-T G.711, tables 1a to 2b)", () => {
  assert.equal(compressUlaw(0), 0xff);
  assert.equal(compressUlaw(32_767), 0x80);
  assert.equal(compressUlaw(-32_768), 0x00);
  assert.equal(compressAlaw(0), 0xd5);
  assert.equal(compressAlaw(32_767), 0xaa);
  assert.equal(compressAlaw(-32_768), 0x2a);
});

test("every byte comes back, but for the second zero of µ-law", () => {
  for (let byte = 0; byte < 256; byte++) {
    assert.equal(compressAlaw(expandAlaw(byte)), byte);
    assert.equal(compressUlaw(expandUlaw(byte)), byte === 0x7f ? 0xff : byte);
  }
});

test("a sample is off by no more than the step of its segment", () => {
  for (let sample = -32_768; sample < 32_768; sample += 7) {
    const allowed = Math.max(16, Math.abs(sample) / 16);
    assert.ok(Math.abs(expandAlaw(compressAlaw(sample)) - sample) <= allowed, `A-law of ${sample}`);
    assert.ok(
      Math.abs(expandUlaw(compressUlaw(sample)) - sample) <= allowed + 140 * Number(Math.abs(sample) > 32_000),
      `µ-law of ${sample}`,
    );
  }
});
