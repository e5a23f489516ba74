import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../base/bytes.ts";
import { FecHeader, FecParity } from "./fec.ts";
import { parseFlexfec, parseFlexfec03, writeFlexfec } from "./flexfec.ts";
import { writeRtpHeader } from "./packet.ts";
import { parseUlpfec, writeUlpfec } from "./ulpfec.ts";

const KINDS = [
  { name: "ULPFEC", most: 48, write: writeUlpfec, parse: parseUlpfec },
  {
    name: "FlexFEC",
    most: 109,
    write: (out: Uint8Array, o: number, parity: FecParity, base: number, distances: readonly number[]) =>
      writeFlexfec(out, o, parity, -1, base, distances),
    parse: parseFlexfec,
  },
  {
    name: "FlexFEC of the third draft",
    most: 109,
    write: (out: Uint8Array, o: number, parity: FecParity, base: number, distances: readonly number[]) =>
      writeFlexfec(out, o, parity, 77, base, distances),
    parse: parseFlexfec03,
  },
];

function packet(number: number, timestamp: number, payload: Uint8Array, marker: boolean): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length);
  writeRtpHeader(bytes, 0, marker, 96, number, timestamp, 77);
  bytes.set(payload, 12);
  return bytes;
}

for (const { name, most, write, parse } of KINDS) {
  test(`${name} brings any one packet back when the others are there; what is cut is none`, () => {
    const distances = fc
      .uniqueArray(fc.nat(most - 1), { minLength: 1, maxLength: 20 })
      .map((list) => [0, ...list.filter((one) => one > 0).sort((a, b) => a - b)]);
    fc.assert(
      fc.property(
        distances,
        fc.nat(0xffff),
        fc.nat(1000),
        fc.infiniteStream(fc.uint8Array({ maxLength: 40 })),
        (list, base, pick, payloads) => {
          const parity = new FecParity();
          const numbers = list.map((distance) => (base + distance) & 0xffff);
          const packets = numbers.map((number, index) =>
            packet(number, (index * 3000 + 0xffff_f000) >>> 0, payloads.next().value as Uint8Array, index % 3 === 0),
          );
          for (const one of packets) assert.ok(parity.add(one, 0, one.length));
          const out = new Uint8Array(200).fill(0x55);
          const end = write(out, 9, parity, base, list);
          const header = new FecHeader();
          assert.ok(parse(out, 9, end, header));
          assert.deepEqual([...header.numbers.subarray(0, header.count)], numbers);
          const lost = pick % packets.length;
          const recovery = new FecParity();
          assert.ok(recovery.set(out, header));
          for (const [index, one] of packets.entries()) if (index !== lost) recovery.add(one, 0, one.length);
          assert.deepEqual(recovery.toPacket(numbers[lost] ?? 0, 77), packets[lost]);
          for (let cut = 9; cut < header.payloadStart; cut++) assert.ok(!parse(out, 9, cut, header), `${cut - 9} bytes`);
        },
      ),
    );
  });
}

test("headers have the bits of their sections", () => {
  const parity = new FecParity();
  for (const number of [10, 11, 13]) {
    const one = packet(number, 0x01020304, Uint8Array.of(number), number === 13);
    parity.add(one, 0, one.length);
  }
  const out = new Uint8Array(100);
  const hex = (end: number): string => toHex(out.subarray(0, end));
  assert.equal(hex(writeUlpfec(out, 0, parity, 10, [0, 1, 3])), "00e0000a01020304" + "00010001" + "d000" + "0c");
  assert.equal(
    hex(writeFlexfec(out, 0, parity, 77, 10, [0, 1, 3])),
    "00e0000101020304" + "01000000" + "0000004d" + "000ae800" + "0c",
  );
  assert.equal(hex(writeFlexfec(out, 0, parity, -1, 10, [0, 1, 3])), "00e0000101020304" + "000a6800" + "0c");
  assert.equal(hex(writeFlexfec(out, 0, parity, -1, 10, [0, 15])).slice(16, 32), "000ac000" + "40000000");
  assert.equal(hex(writeFlexfec(out, 0, parity, 77, 10, [0, 15])).slice(32, 48), "000a4000" + "c0000000");
});

test("rows and columns of fixed size", () => {
  const header = new FecHeader();
  const numbers = (grid: string): number[] => {
    assert.ok(parseFlexfec(fromHex(`4060000101020304${grid}aa`), 0, 13, header));
    return [...header.numbers.subarray(0, header.count)];
  };
  assert.deepEqual(numbers("fffe0400"), [65_534, 65_535, 0, 1]);
  assert.deepEqual(numbers("000a0301"), [10, 11, 12]);
  assert.deepEqual(numbers("000a0503"), [10, 15, 20]);
  assert.ok(!parseFlexfec(fromHex("4060000101020304000a0003"), 0, 12, header), "no columns");
  assert.ok(!parseFlexfec(fromHex("8060000101020304000ae800"), 0, 12, header), "a repetition");
});

test("a length that cannot be makes no packet", () => {
  const parity = new FecParity();
  parity.length = 5;
  parity.payloadLength = 4;
  assert.equal(parity.toPacket(1, 2), undefined);
  assert.ok(!parity.add(new Uint8Array(5000), 0, 5000));
  assert.ok(!parity.add(new Uint8Array(11), 0, 11));
});
