import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import fc from "fast-check";
import { fromHex, toHex } from "../base/bytes.ts";
import { ACK_LENGTH, encodeAckMessage, isAckMessage } from "./ack-message.ts";
import { decodeOpenMessage, encodeOpenMessage, OPEN_HEADER, type OpenMessage, openMessageLength } from "./open-message.ts";

const CHAT: OpenMessage = {
  ordered: true,
  maxRetransmits: undefined,
  maxPacketLifeTime: undefined,
  priority: 256,
  label: "chat",
  protocol: "",
};

/** What browsers send for such channels. */
const VECTORS: readonly (readonly [hex: string, message: OpenMessage])[] = [
  ["03 00 0100 00000000 0004 0000 63686174", CHAT],
  ["03 80 0000 00000000 0000 0000", { ...CHAT, ordered: false, priority: 0, label: "" }],
  ["03 01 0100 00000003 0001 0000 61", { ...CHAT, maxRetransmits: 3, label: "a" }],
  ["03 81 0100 00000000 0001 0000 61", { ...CHAT, ordered: false, maxRetransmits: 0, label: "a" }],
  ["03 02 0200 000001f4 0000 0004 6a736f6e", { ...CHAT, maxPacketLifeTime: 500, priority: 512, label: "", protocol: "json" }],
  [
    "03 82 0100 0000ffff 0004 0002 f09f9880 c3a9",
    { ...CHAT, ordered: false, maxPacketLifeTime: 65535, label: "😀", protocol: "é" },
  ],
];

const messages: fc.Arbitrary<OpenMessage> = fc
  .record({
    ordered: fc.boolean(),
    limit: fc.constantFrom("none", "retransmits", "lifetime"),
    value: fc.integer({ min: 0, max: 0xffff_ffff }),
    priority: fc.integer({ min: 0, max: 0xffff }),
    label: fc.string({ unit: "grapheme", maxLength: 40 }),
    protocol: fc.string({ unit: "grapheme", maxLength: 40 }),
  })
  .map(({ ordered, limit, value, priority, label, protocol }) => ({
    ordered,
    maxRetransmits: limit === "retransmits" ? value : undefined,
    maxPacketLifeTime: limit === "lifetime" ? value : undefined,
    priority,
    label,
    protocol,
  }));

function encoded(message: OpenMessage): Uint8Array {
  const out = new Uint8Array(openMessageLength(message));
  assert.equal(encodeOpenMessage(message, out, 0), out.length);
  return out;
}

test("known messages read, and write back to the same bytes", () => {
  for (const [hex, message] of VECTORS) {
    const bytes = fromHex(hex);
    assert.deepEqual(decodeOpenMessage(bytes, 0, bytes.length), message);
    assert.equal(toHex(encoded(message)), toHex(bytes));
  }
});

test("what was written reads back equal, at any offset, and no shorter one is read", () => {
  fc.assert(
    fc.property(messages, fc.nat(5), (message, offset) => {
      const length = openMessageLength(message);
      const out = new Uint8Array(offset + length + 3).fill(0xee);
      assert.equal(encodeOpenMessage(message, out, offset), offset + length);
      assert.deepEqual(decodeOpenMessage(out, offset, offset + length), message);
      assert.deepEqual(decodeOpenMessage(out, offset, offset + length + 3), message, "more bytes are ignored");
      assert.deepEqual([...out.subarray(offset + length)], [0xee, 0xee, 0xee]);
      for (let end = offset; end < offset + length; end++) assert.equal(decodeOpenMessage(out, offset, end), undefined);
    }),
  );
});

test("the longest texts fit", () => {
  const message = { ...CHAT, label: "l".repeat(0xffff), protocol: "p".repeat(0xffff) };
  const bytes = encoded(message);
  assert.equal(bytes.length, OPEN_HEADER + 2 * 0xffff);
  assert.deepEqual(decodeOpenMessage(bytes, 0, bytes.length), message);
});

test("other types, and channel types that do not exist, are not read; text that is not UTF-8 is repaired", () => {
  for (const type of [0, 1, 2, 4, 255]) assert.equal(decodeOpenMessage(encodedWith(0, type), 0, 16), undefined);
  for (const type of [3, 0x03, 0x40, 0x7f, 0x83, 0xff]) assert.equal(decodeOpenMessage(encodedWith(1, type), 0, 16), undefined);
  assert.equal(decodeOpenMessage(encodedWith(12, 0xff), 0, 16)?.label, "\ufffdhat");
});

function encodedWith(offset: number, value: number): Uint8Array {
  const bytes = encoded(CHAT);
  bytes[offset] = value;
  return bytes;
}

test("an acknowledgement is one byte", () => {
  const out = new Uint8Array(3).fill(0xee);
  assert.equal(encodeAckMessage(out, 1), 1 + ACK_LENGTH);
  assert.equal(toHex(out), "ee02ee");
  assert.equal(isAckMessage(out, 1, 2), true);
  assert.equal(isAckMessage(out, 1, 3), true, "more bytes are ignored");
  assert.equal(isAckMessage(out, 1, 1), false);
  assert.equal(isAckMessage(out, 0, 1), false);
});

test("rubbish is read as nothing or as something that fits in it, and never thrown", () => {
  const seed = testSeed(3);
  const random = new SeededRandom(seed);
  const draw = new Uint8Array(64);
  for (let i = 0; i < 20_000; i++) {
    random.fill(draw);
    const [hex] = VECTORS[(draw[0] as number) % VECTORS.length] as (typeof VECTORS)[number];
    const bytes = i % 2 === 0 ? draw.slice(3, 3 + ((draw[1] as number) & 31)) : fromHex(hex);
    for (let flip = (draw[2] as number) & 3; flip >= 0; flip--) {
      bytes[(draw[40 + flip] as number) % Math.max(1, bytes.length)] = draw[50 + flip] as number;
    }
    const message = decodeOpenMessage(bytes, 0, bytes.length);
    if (message !== undefined)
      assert.ok(message.label.length + message.protocol.length <= bytes.length - OPEN_HEADER, `seed ${seed}`);
    isAckMessage(bytes, 0, bytes.length);
  }
});
