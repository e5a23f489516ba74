import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { concatBytes, encodeUtf8, fromHex, toHex } from "../base/bytes.ts";
import { randomBytes, randomU32 } from "../base/random.ts";
import { type Aead, type AeadName, KEY_LENGTH, TAG_LENGTH } from "./aead.ts";
import { AEAD_BACKENDS, createAead, useAeadBackends } from "./aead-backends.ts";
import { createHeaderMask } from "./header-mask.ts";
import { loadKernels } from "./kernels/kernels.ts";
import { NodeAead } from "./node-aead.ts";
import { SeededRandom } from "./seeded-random.test.ts";
import { createWasmAead } from "./wasm-aead.ts";
import { WasmChaCha } from "./wasm-chacha.ts";
import { WasmGcm } from "./wasm-gcm.ts";

const NAMES = ["AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"] as const;

/** Enough packets that a key is on the fast path. */
const WARM = 64;

/** Counts what goes through the plain path while `work` runs. */
function plainCalls(work: () => void): number {
  const { seal, open } = NodeAead.prototype;
  let calls = 0;
  NodeAead.prototype.seal = function (...args): void {
    calls++;
    seal.apply(this, args);
  };
  NodeAead.prototype.open = function (...args): boolean {
    calls++;
    return open.apply(this, args);
  };
  try {
    work();
  } finally {
    Object.assign(NodeAead.prototype, { seal, open });
  }
  return calls;
}

interface Reference {
  readonly name: AeadName;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** The packet by `node:crypto` alone. */
function sealedBy(reference: Reference, packet: Uint8Array, aadLength: number, high: number, low: number): Uint8Array {
  const nonce = Uint8Array.from(reference.iv);
  const number = (BigInt(high) << 32n) | BigInt(low);
  for (let i = 0; i < 8; i++) nonce[11 - i] = (nonce[11 - i] ?? 0) ^ Number((number >> BigInt(8 * i)) & 0xffn);
  const cipher = crypto.createCipheriv(reference.name.toLowerCase() as crypto.CipherGCMTypes, reference.key, nonce, {
    authTagLength: 16,
  });
  cipher.setAAD(packet.subarray(0, aadLength));
  const body = cipher.update(packet.subarray(aadLength, packet.length - TAG_LENGTH));
  cipher.final();
  return Uint8Array.from([...packet.subarray(0, aadLength), ...body, ...cipher.getAuthTag()]);
}

function reference(name: AeadName, random: SeededRandom): Reference {
  return { name, key: randomBytes(random, KEY_LENGTH[name]), iv: randomBytes(random, 12) };
}

function imported({ name, key, iv }: Reference): Aead {
  return createWasmAead(name, key, iv);
}

/** Seals a packet of random bytes and holds it against the reference. */
function checkSeal(
  aead: Aead,
  by: Reference,
  random: SeededRandom,
  size: number,
  aad: number,
  high: number,
  low: number,
): Uint8Array {
  const packet = randomBytes(random, aad + size + TAG_LENGTH);
  const expected = sealedBy(by, packet, aad, high, low);
  aead.seal(packet, aad, size, high, low, 0, aad);
  assert.equal(toHex(packet), toHex(expected), `${by.name}, ${size} bytes, number ${high}:${low}`);
  return packet;
}

for (const name of NAMES) {
  test(`${name}: the same bytes as node:crypto, whatever the lengths and the numbers`, () => {
    const random = new SeededRandom(1);
    const by = reference(name, random);
    const [sealer, opener] = [imported(by), imported(by)];
    let [high, low] = [0, 0xffff_ff00];
    for (let i = 0; i < 1200; i++) {
      const kind = randomU32(random) % 16;
      const size = kind === 0 ? randomU32(random) % 17_000 : kind < 4 ? randomU32(random) % 4200 : (i >> 4) % 97;
      const aad = kind === 1 ? randomU32(random) % 700 : randomU32(random) % 32;
      const packet = checkSeal(sealer, by, random, size, aad, high, low);
      const bent = packet.slice();
      bent[randomU32(random) % bent.length] = (randomU32(random) % 255) + 1;
      if (toHex(bent) !== toHex(packet)) {
        const before = bent.slice();
        assert.equal(opener.open(bent, aad, size + TAG_LENGTH, high, low, 0, aad), false);
        assert.deepEqual(bent, before);
      }
      assert.equal(opener.open(packet, aad, size + TAG_LENGTH, high, low, 0, aad), true);
      const skip = kind === 15 ? (randomU32(random) % 3) * (randomU32(random) % 40) : 1;
      low += Math.max(skip, 1);
      if (low >= 2 ** 32) {
        low -= 2 ** 32;
        high++;
      }
    }
    assert.equal(high, 1, "the numbers went past the end of their low half");
  });

  test(`${name}: packets that come late, early, twice or not at all are opened`, () => {
    const random = new SeededRandom(2);
    const by = reference(name, random);
    const opener = imported(by);
    const sealer = new NodeAead(name, by.key, by.iv);
    const packets = Array.from({ length: 1500 }, (_, number) => {
      const packet = randomBytes(random, 5 + 40 + (number % 3) + TAG_LENGTH);
      const plain = packet.slice(5, -TAG_LENGTH);
      sealer.seal(packet, 5, plain.length, 0, number, 0, 5);
      return { number, packet, plain };
    });
    const order = packets.flatMap((one, i) => {
      const chance = randomU32(random) % 20;
      if (chance === 0) return [];
      if (chance === 1) return [one, one];
      const other = packets[Math.max(0, i - (randomU32(random) % 30))];
      return chance < 4 && other ? [other, one] : [one];
    });
    for (let i = 3; i < order.length; i += 2) {
      const [a, b] = [order[i - 1], order[i]];
      if (a && b && randomU32(random) % 3 === 0) [order[i - 1], order[i]] = [b, a];
    }
    const plain = plainCalls(() => {
      for (const { number, packet, plain } of order) {
        const bytes = packet.slice();
        assert.ok(opener.open(bytes, 5, bytes.length - 5, 0, number, 0, 5), `number ${number}`);
        assert.deepEqual(bytes.subarray(5, -TAG_LENGTH), plain);
      }
    });
    assert.ok(plain < order.length / 3, `${plain} of ${order.length} took the plain path`);
  });
}

for (const name of ["AES-128-GCM", "AES-256-GCM"] as const) {
  test(`${name}: the vectors of NIST's GCM, after a warm-up`, () => {
    const vectors = {
      "AES-128-GCM": {
        key: "feffe9928665731c6d6a8f9467308308",
        sealed:
          "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
      },
      "AES-256-GCM": {
        key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        sealed:
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
      },
    } as const;
    const text =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    const iv = fromHex("cafebabefacedbaddecaf888");
    iv[11] = (iv[11] ?? 0) ^ WARM;
    const aead = new WasmGcm(name, fromHex(vectors[name].key), iv);
    for (let i = 0; i < WARM; i++) aead.seal(new Uint8Array(76), 0, 60, 0, i, 0, 0);
    const packet = fromHex(`feedfacedeadbeeffeedfacedeadbeefabaddad2${text}${"00".repeat(16)}`);
    const calls = plainCalls(() => aead.seal(packet, 20, 60, 0, WARM, 0, 20));
    assert.equal(calls, 0);
    assert.equal(toHex(packet.subarray(20)), vectors[name].sealed);
  });
}

test("the vector of RFC 8439 §2.8.2, after a warm-up", () => {
  const text =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  const aead = createWasmAead("CHACHA20-POLY1305", key, fromHex("070000004041424300000000"));
  for (let i = 0; i < WARM; i++) aead.seal(new Uint8Array(76), 0, 60, 0, i, 0, 0);
  const packet = concatBytes(fromHex("50515253c0c1c2c3c4c5c6c7"), encodeUtf8(text), new Uint8Array(16));
  assert.equal(
    plainCalls(() => aead.seal(packet, 12, 114, 0, 0x44454647, 0, 12)),
    0,
  );
  assert.equal(
    toHex(packet.subarray(12)),
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
  );
});

test("in order, nothing takes the plain path once traffic has shown, and longer packets soon fit", () => {
  const random = new SeededRandom(3);
  const by = reference("AES-128-GCM", random);
  const aead = imported(by);
  let number = 0;
  const run = (size: number, count: number): number =>
    plainCalls(() => {
      for (let i = 0; i < count; i++) {
        const packet = new Uint8Array(size + TAG_LENGTH);
        aead.seal(packet, 0, size, 0, number++, 0, 0);
      }
    });
  assert.equal(run(100, 1000), 32);
  assert.equal(run(1200, 1000), 1);
  assert.equal(run(100, 1000), 0);
  assert.ok(run(4096, 100) <= 2);
  assert.equal(run(16_000, 100), 100);
  assert.ok(run(1200, 100) <= 17);
});

test("numbers that nobody vouches for move nothing", () => {
  const random = new SeededRandom(4);
  const by = reference("AES-128-GCM", random);
  const [sealer, opener] = [imported(by), imported(by)];
  const send = (number: number): Uint8Array => checkSeal(sealer, by, random, 300, 5, 0, number);
  for (let number = 0; number < WARM; number++) assert.ok(opener.open(send(number), 5, 316, 0, number, 0, 5));
  const plain = plainCalls(() => {
    for (let number = WARM; number < 200; number++) {
      const packet = send(number);
      for (const wild of [0, number - 1, number + 40, 2 ** 31, 2 ** 32 - 1]) {
        assert.equal(opener.open(randomBytes(random, 321), 5, 316, wild % 3, wild, 0, 5), false);
      }
      const before = plainCalls(() => assert.ok(opener.open(packet, 5, 316, 0, number, 0, 5)));
      assert.equal(before, 0, `number ${number}`);
    }
  });
  assert.ok(plain > 0);
});

test("hundreds of keys share the memory, and give it back", () => {
  const random = new SeededRandom(5);
  const kernels = loadKernels();
  assert.ok(kernels);
  const lent = kernels.streams.lent;
  const keys = Array.from({ length: 300 }, (_, i) => {
    const by = reference(NAMES[i % 3] ?? "AES-128-GCM", random);
    return { by, aead: imported(by), mask: createHeaderMask(by.name, by.key), next: 0 };
  });
  useAeadBackends(["node"]);
  const plain = keys.map(({ by }) => createHeaderMask(by.name, by.key));
  useAeadBackends(AEAD_BACKENDS);
  for (let round = 0; round < 40; round++) {
    for (const [i, one] of keys.entries()) {
      for (let burst = 0; burst <= i % 3; burst++) checkSeal(one.aead, one.by, random, 40 + (i % 30), 5, 0, one.next++);
      const sample = randomBytes(random, 16);
      const mask = one.mask.of(sample, 0);
      if (round === 39) assert.equal(mask, plain[i]?.of(sample, 0));
    }
  }
  assert.ok(kernels.streams.lent <= 128);
  for (const { aead, mask } of keys) {
    aead.release();
    aead.release();
    mask.release();
  }
  assert.ok(kernels.streams.lent <= lent);
  assert.equal(kernels.keys.lent, 0);
  for (const { by, aead, mask, next } of keys.slice(0, 10)) {
    for (let i = 0; i < WARM; i++) checkSeal(aead, by, random, 40, 5, 0, next + i);
    mask.of(new Uint8Array(16), 0);
  }
  assert.ok(kernels.streams.lent <= lent);
});

test("the ways can be chosen, and additional data may stand anywhere", () => {
  const key = new Uint8Array(16);
  assert.deepEqual(AEAD_BACKENDS.slice(-2), ["wasm", "node"]);
  try {
    useAeadBackends(["node"]);
    assert.ok(createAead("AES-128-GCM", key, key) instanceof NodeAead);
    useAeadBackends([]);
    assert.ok(createAead("AES-128-GCM", key, key) instanceof NodeAead);
    useAeadBackends(["wasm"]);
    assert.ok(createAead("AES-128-GCM", key, key) instanceof WasmGcm);
    assert.ok(createAead("CHACHA20-POLY1305", new Uint8Array(32), key) instanceof WasmChaCha);
  } finally {
    useAeadBackends(AEAD_BACKENDS);
  }
  const iv = new Uint8Array(12);
  const far = randomBytes(new SeededRandom(6), 60_000);
  const [one, other] = [new WasmGcm("AES-128-GCM", key, iv), new NodeAead("AES-128-GCM", key, iv)];
  for (let i = 0; i < 2 * WARM; i++) {
    const [a, b] = [far.slice(), far.slice()];
    const start = (i % 4) * 10_000 + 9000;
    one.seal(a, start, 100, 0, i, (i % 3) * 9900, 20);
    other.seal(b, start, 100, 0, i, (i % 3) * 9900, 20);
    assert.ok(a.every((byte, j) => byte === b[j]));
    assert.ok(one.open(a, start, 116, 0, i, (i % 3) * 9900, 20));
  }
});
