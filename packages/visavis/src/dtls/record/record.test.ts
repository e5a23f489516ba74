import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concatBytes, fromHex, toHex } from "../../base/bytes.ts";
import { randomBytes, randomU32 } from "../../base/random.ts";
import { type AeadName, KEY_LENGTH } from "../../crypto/aead.ts";
import { SeededRandom } from "../../crypto/seeded-random.test.ts";
import { ackLength, decodeAck, encodeAck } from "./ack.ts";
import { ContentType } from "./content-type.ts";
import { decodePlainHeader, encodePlainHeader, PLAIN_HEADER_LENGTH } from "./plain-header.ts";
import { fixedIvLength } from "./protection12.ts";
import { RecordLayer } from "./record-layer.ts";
import { ReplayWindow, WINDOW_SIZE } from "./replay-window.ts";
import { decodeUnifiedHeader, encodeUnifiedHeader, isUnifiedHeader, reconstructSequence } from "./unified-header.ts";

test("the header of a plain record, as captured", () => {
  const bytes = fromHex("16feff000000000000000100fa");
  const record = concatBytes(bytes, new Uint8Array(250));
  const header = { type: 22, version: 0xfeff, epoch: 0, sequence: 1, length: 250 };
  assert.deepEqual(decodePlainHeader(record, 0, record.length), header);
  const out = new Uint8Array(PLAIN_HEADER_LENGTH);
  assert.equal(encodePlainHeader(header, out, 0), PLAIN_HEADER_LENGTH);
  assert.deepEqual(out, bytes);
  for (let length = 0; length < record.length; length++) assert.equal(decodePlainHeader(record, 0, length), undefined);
  assert.equal(decodePlainHeader(fromHex("160303000000000000000100000000"), 0, 15), undefined);
});

test("the unified header in its four forms", () => {
  const cases = [
    ["2e1234000504", { epochBits: 2, numberLength: 2, number: 0x1234, headerLength: 5, length: 5 }],
    ["2f1234", { epochBits: 3, numberLength: 2, number: 0x1234, headerLength: 5, length: 7 }],
    ["2a1234", { epochBits: 2, numberLength: 2, number: 0x1234, headerLength: 3, length: 9 }],
    ["2412000504", { epochBits: 0, numberLength: 1, number: 0x12, headerLength: 4, length: 5 }],
    ["2112", { epochBits: 1, numberLength: 1, number: 0x12, headerLength: 2, length: 10 }],
  ] as const;
  for (const [hex, expected] of cases) {
    const record = new Uint8Array(12);
    record.set(fromHex(hex));
    if (hex === "2f1234") record.set([0, 7], 3);
    assert.deepEqual(decodeUnifiedHeader(record, 0, record.length), expected);
    for (let length = 0; length < expected.headerLength; length++) {
      assert.equal(decodeUnifiedHeader(record, 0, length), undefined);
    }
  }
  assert.equal(decodeUnifiedHeader(fromHex("2e12340006aaaaaaaaaa"), 0, 10), undefined);
  assert.equal(decodeUnifiedHeader(fromHex("3e12340005aaaaaaaaaa"), 0, 10), undefined, "a connection id was not negotiated");
  assert.equal(decodeUnifiedHeader(fromHex("1612340005aaaaaaaaaa"), 0, 10), undefined);
  const out = new Uint8Array(5);
  assert.equal(encodeUnifiedHeader(7, 0x12345, 0x1f0, out, 0), 5);
  assert.equal(toHex(out), "2f234501f0");
  assert.deepEqual([31, 32, 63, 64].map(isUnifiedHeader), [false, true, true, false]);
});

test("a record number is the closest one to the next expected", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.integer({ min: -120, max: 127 }), fc.constantFrom(1, 2), (expected, offset, bytes) => {
      const numberLength = bytes === 1 ? 1 : 2;
      const sequence = Math.max(0, expected + offset);
      const number = sequence % (numberLength === 1 ? 256 : 65_536);
      assert.equal(reconstructSequence(number, numberLength, expected), sequence);
    }),
  );
  assert.equal(reconstructSequence(0xffff, 2, 0), 0xffff);
  assert.equal(reconstructSequence(0xfff0, 2, 0x10005), 0xfff0);
  assert.equal(reconstructSequence(0x0001, 2, 0xfffe), 0x10001);
});

test("the replay window behaves like a set with a left edge", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(40), fc.nat(2000), fc.nat(2 ** 31 - 1)), { maxLength: 200 }), (steps) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let highest = -1;
      let at = 0;
      for (const step of steps) {
        at = Math.max(0, step % 3 === 0 ? at + (step % 600) : highest - (step % 700));
        if (step > 1e9) at += step;
        const expected = at > highest || (!seen.has(at) && highest - at < WINDOW_SIZE);
        assert.equal(window.isNew(at), expected, `${at} below ${highest}`);
        if (!expected) continue;
        window.mark(at);
        seen.add(at);
        highest = Math.max(highest, at);
        assert.equal(window.expected, highest + 1);
      }
    }),
  );
});

test("ACKs there and back, and malformed ones", () => {
  const numbers = [
    { epoch: 2, sequence: 0 },
    { epoch: 3, sequence: 2 ** 40 + 5 },
  ];
  const out = new Uint8Array(ackLength(2));
  assert.equal(encodeAck(numbers, out, 0), out.length);
  assert.equal(toHex(out), "0020" + "0000000000000002" + "0000000000000000" + "0000000000000003" + "0000010000000005");
  assert.deepEqual(decodeAck(out, 0, out.length), numbers);
  for (let length = 0; length < out.length; length++) assert.equal(decodeAck(out, 0, length), undefined);
  assert.deepEqual(decodeAck(fromHex("0000"), 0, 2), []);
  assert.equal(decodeAck(fromHex("000800000000000000ff"), 0, 10), undefined);
  out[2] = 1;
  assert.deepEqual(decodeAck(out, 0, out.length), numbers.slice(1), "an epoch that nobody can have");
});

type Versioned = "1.2" | "1.3";

function layers(version: Versioned, aead: AeadName): { a: RecordLayer; z: RecordLayer; epoch: number } {
  const random = new SeededRandom(aead.length);
  const key = randomBytes(random, KEY_LENGTH[aead]);
  const [a, z] = [new RecordLayer(), new RecordLayer()];
  if (version === "1.2") {
    const keys = { aead, key, iv: randomBytes(random, fixedIvLength(aead)) };
    a.installWrite12(1, keys);
    z.installRead12(1, keys);
    z.completeHandshake();
    return { a, z, epoch: 1 };
  }
  const keys = { aead, key, iv: randomBytes(random, 12), sequenceNumberKey: randomBytes(random, KEY_LENGTH[aead]) };
  a.installWrite13(3, keys);
  z.installRead13(3, keys);
  z.completeHandshake();
  return { a, z, epoch: 3 };
}

function sealed(layer: RecordLayer, epoch: number, payload: Uint8Array, type: number = ContentType.APPLICATION_DATA): Uint8Array {
  const out = new Uint8Array(payload.length + layer.overhead(epoch));
  out.set(payload, layer.headerLength(epoch));
  assert.equal(layer.seal(type, epoch, out, 0, payload.length), out.length);
  return out;
}

function opened(layer: RecordLayer, datagram: Uint8Array): string[] {
  const out: string[] = [];
  layer.begin(datagram.slice());
  while (layer.next()) {
    const { type, bytes, start, end } = layer.record;
    out.push(`${type}:${toHex(bytes.subarray(start, end))}`);
  }
  return out;
}

for (const version of ["1.2", "1.3"] as const) {
  for (const aead of Object.keys(KEY_LENGTH) as AeadName[]) {
    test(`${version} ${aead}: what is sealed is opened once, in any order, several in a datagram`, () => {
      const { a, z, epoch } = layers(version, aead);
      const records = Array.from({ length: 40 }, (_, i) =>
        sealed(
          a,
          epoch,
          Uint8Array.from({ length: i * 30 }, () => i),
        ),
      );
      const first = records.slice(0, 3);
      assert.deepEqual(opened(z, concatBytes(...first)).length, 3);
      for (const record of records.slice(3).reverse()) assert.equal(opened(z, record).length, 1);
      for (const record of records) assert.equal(opened(z, record).length, 0);
      assert.equal(z.drops.of("replayed"), 40);
      assert.equal(z.drops.total, 40);
    });

    test(`${version} ${aead}: every bent byte and every cut is noticed`, () => {
      const { a, z, epoch } = layers(version, aead);
      const record = sealed(a, epoch, Uint8Array.of(1, 2, 3));
      let drops = 0;
      for (let i = 0; i < record.length; i++) {
        const bent = record.slice();
        bent[i] = (bent[i] ?? 0) ^ 0x04;
        assert.deepEqual(opened(z, bent), [], `byte ${i}`);
        assert.deepEqual(opened(z, record.slice(0, i)), [], `cut to ${i}`);
        assert.ok(z.drops.total > drops);
        drops = z.drops.total;
      }
      assert.deepEqual(opened(z, record), ["23:010203"]);
    });
  }
}

test("1.3: short numbers, no length and padding are read; the number on the wire is masked", () => {
  const { a, z, epoch } = layers("1.3", "AES-128-GCM");
  const payload = fromHex("010203170000");
  // A record whose inner contents are given: the type that the sealer appends is a zero, which reads as padding.
  assert.deepEqual(opened(z, sealed(a, epoch, payload, 0)), ["23:010203"]);
  assert.deepEqual(opened(z, sealed(a, epoch, new Uint8Array(5), 0)), []);
  assert.equal(z.drops.of("malformed-record"), 1);
  const numbers = new Set<string>();
  for (let i = 0; i < 20; i++) numbers.add(toHex(sealed(a, epoch, payload).subarray(1, 3)));
  assert.ok(numbers.size > 15 && !numbers.has("0005"));
});

test("records wait for their keys, but not without end", () => {
  const { a, epoch } = layers("1.3", "AES-128-GCM");
  const late = new RecordLayer();
  late.holding = true;
  const records = Array.from({ length: 40 }, (_, i) => sealed(a, epoch, Uint8Array.of(i)));
  for (const record of records) assert.deepEqual(opened(late, record), []);
  assert.equal(late.drops.of("queue-full"), 8);
  assert.equal(late.takeReleased(), undefined);
  const random = new SeededRandom("AES-128-GCM".length);
  const key = randomBytes(random, 16);
  late.installRead13(3, { aead: "AES-128-GCM", key, iv: randomBytes(random, 12), sequenceNumberKey: randomBytes(random, 16) });
  let got = 0;
  for (let held = late.takeReleased(); held; held = late.takeReleased()) got += opened(late, held).length;
  assert.equal(got, 32);
});

test("1.2: application data waits for the end of the handshake, epoch 0 ends with it", () => {
  const { a, epoch } = layers("1.2", "AES-128-GCM");
  const z = new RecordLayer();
  z.holding = true;
  const random = new SeededRandom("AES-128-GCM".length);
  const keys = { aead: "AES-128-GCM", key: randomBytes(random, 16), iv: randomBytes(random, 4) } as const;
  assert.deepEqual(opened(z, sealed(a, epoch, Uint8Array.of(1), ContentType.HANDSHAKE)), []);
  assert.deepEqual(opened(z, sealed(a, epoch, Uint8Array.of(2))), []);
  z.installRead12(1, keys);
  const take = (): string[] => {
    const out: string[] = [];
    for (let held = z.takeReleased(); held; held = z.takeReleased()) out.push(...opened(z, held));
    return out;
  };
  assert.deepEqual(take(), ["22:01"]);
  const plain = sealed(new RecordLayer(), 0, Uint8Array.of(9), ContentType.HANDSHAKE);
  assert.deepEqual(opened(z, plain), ["22:09"]);
  z.completeHandshake();
  assert.deepEqual(take(), ["23:02"]);
  assert.deepEqual(opened(z, plain), []);
  assert.equal(z.drops.of("unknown-epoch"), 1);
});

test("rubbish of every kind is counted", () => {
  const { a, z, epoch } = layers("1.3", "AES-128-GCM");
  const random = new SeededRandom(8);
  for (let i = 0; i < 3000; i++) {
    const datagram = randomBytes(random, randomU32(random) % 60);
    if (datagram.length > 0) datagram[0] = [20, 21, 22, 23, 26, 0x2f, 0x2e, 0x27, 0x23][i % 9] ?? 0;
    if (datagram.length > 1 && i % 9 < 5) datagram[1] = 0xfe;
    const before = z.drops.total;
    assert.deepEqual(opened(z, datagram), []);
    assert.ok(datagram.length === 0 || z.drops.total > before);
  }
  assert.equal(opened(z, sealed(a, epoch, Uint8Array.of(1))).length, 1);
});
