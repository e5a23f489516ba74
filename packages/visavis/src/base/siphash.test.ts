import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "./bytes.ts";
import { sipHash } from "./siphash.ts";

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

test("the vectors of the SipHash paper's reference", () => {
  const input = Uint8Array.from({ length: 15 }, (_, i) => i);
  assert.equal(toHex(sipHash(KEY, input, 0, 0)), "310e0edd47db6f72");
  assert.equal(toHex(sipHash(KEY, input, 0, 1)), "fd67dc93c539f874");
  assert.equal(toHex(sipHash(KEY, input, 0, 8)), "62 24 93 9a 79 f5 f5 93".replaceAll(" ", ""));
  assert.equal(toHex(sipHash(KEY, input)), "e545be4961ca29a1");
});
