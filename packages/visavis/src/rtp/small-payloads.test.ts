import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "../base/bytes.ts";
import { decodeComfortNoise, encodeComfortNoise } from "./comfort-noise.ts";
import { decodeTelephoneEvent, encodeTelephoneEvent, eventOfTone, toneOfEvent } from "./dtmf.ts";
import { parseRedBlocks, RedBlocks, writeRedBlockHeader, writeRedLastHeader } from "./red.ts";

test("a telephone event as it came from the network; tones are events", () => {
  const bytes = fromHex("018a03c0");
  const event = decodeTelephoneEvent(bytes, 0, 4);
  assert.deepEqual(event, { event: 1, end: true, volume: 10, duration: 960 });
  const out = new Uint8Array(4);
  assert.equal(encodeTelephoneEvent(out, 0, event), 4);
  assert.equal(toHex(out), "018a03c0");
  for (let end = 0; end < 4; end++) assert.equal(decodeTelephoneEvent(bytes, 0, end), undefined);
  assert.deepEqual([..."09*#AdX,"].map(eventOfTone), [0, 9, 10, 11, 12, 15, undefined, undefined]);
  assert.deepEqual([0, 11, 15, 16].map(toneOfEvent), ["0", "#", "D", undefined]);
  assert.equal(eventOfTone(""), undefined);
});

test("comfort noise reads and writes back", () => {
  const noise = decodeComfortNoise(fromHex("4e7f80"), 0, 3);
  assert.deepEqual(noise, { level: 78, coefficients: Uint8Array.of(0x7f, 0x80) });
  const out = new Uint8Array(3);
  assert.equal(encodeComfortNoise(out, 0, noise), 3);
  assert.equal(toHex(out), "4e7f80");
  assert.equal(decodeComfortNoise(out, 0, 0), undefined);
});

test("redundant payloads are found, oldest first; headers that say more than there is are none", () => {
  const out = new Uint8Array(17);
  let o = writeRedBlockHeader(out, 0, 111, 1920, 2);
  o = writeRedBlockHeader(out, o, 111, 960, 3);
  o = writeRedLastHeader(out, o, 111);
  out.set([1, 1, 2, 2, 2, 3, 3, 3], o);
  assert.equal(toHex(out), "ef1e0002ef0f00036f0101020202030303");
  const blocks = new RedBlocks();
  assert.ok(parseRedBlocks(out, 0, out.length, blocks));
  const found = Array.from({ length: blocks.count }, (_, i) => ({
    payloadType: blocks.payloadTypes[i],
    offset: blocks.offsets[i],
    payload: [...out.subarray(blocks.starts[i], blocks.ends[i])],
  }));
  assert.deepEqual(found, [
    { payloadType: 111, offset: 1920, payload: [1, 1] },
    { payloadType: 111, offset: 960, payload: [2, 2, 2] },
    { payloadType: 111, offset: 0, payload: [3, 3, 3] },
  ]);
  for (let end = 0; end < 14; end++) assert.ok(!parseRedBlocks(out, 0, end, blocks), `${end} bytes`);
  assert.ok(parseRedBlocks(fromHex("6f"), 0, 1, blocks) && blocks.count === 1 && blocks.starts[0] === blocks.ends[0]);
  assert.ok(!parseRedBlocks(new Uint8Array(400).fill(0x80), 0, 400, blocks), "headers without end");
});
