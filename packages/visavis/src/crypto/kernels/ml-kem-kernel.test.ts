/** The kernel against `@noble/post-quantum`, byte for byte. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { randomBytes } from "../../base/random.ts";
import { SeededRandom } from "../seeded-random.test.ts";
import { decapsulate, encapsulate, generateKeys } from "./ml-kem-kernel.ts";

const ROUNDS = 40;

test("ML-KEM-768: keys, ciphertexts and secrets are those of another implementation", () => {
  const random = new SeededRandom(768);
  for (let round = 0; round < ROUNDS; round++) {
    const seed = randomBytes(random, 64);
    const keys = generateKeys(seed);
    const twin = ml_kem768.keygen(seed);
    assert.deepEqual(keys, { encapsulationKey: twin.publicKey, decapsulationKey: twin.secretKey });

    const chance = randomBytes(random, 32);
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(twin.publicKey, chance);
    assert.deepEqual(encapsulate(keys.encapsulationKey, chance), { ciphertext: cipherText, secret: sharedSecret });
    assert.deepEqual(decapsulate(keys.decapsulationKey, cipherText), sharedSecret);
  }
});

test("ML-KEM-768: a forged ciphertext gives the secret that the standard says", () => {
  const random = new SeededRandom(203);
  for (let round = 0; round < ROUNDS; round++) {
    const keys = generateKeys(randomBytes(random, 64));
    const made = encapsulate(keys.encapsulationKey, randomBytes(random, 32));
    assert.ok(made !== undefined);
    const forged = made.ciphertext.slice();
    const at = (round * 29) % forged.length;
    forged[at] = (forged[at] ?? 0) ^ (1 << (round & 7));
    const secret = decapsulate(keys.decapsulationKey, forged);
    assert.deepEqual(secret, ml_kem768.decapsulate(forged, keys.decapsulationKey));
    assert.notDeepEqual(secret, made.secret);
    const noise = randomBytes(random, forged.length);
    assert.deepEqual(decapsulate(keys.decapsulationKey, noise), ml_kem768.decapsulate(noise, keys.decapsulationKey));
  }
});

test("ML-KEM-768: an encapsulation key with a coefficient that is not below the prime is refused", () => {
  const random = new SeededRandom(3329);
  const { encapsulationKey } = generateKeys(randomBytes(random, 64));
  const chance = randomBytes(random, 32);
  for (const [coefficient, value, right] of [
    [0, 3329, false],
    [0, 3328, true],
    [1, 3329, false],
    [767, 4095, false],
    [766, 0, true],
  ] as const) {
    const bent = encapsulationKey.slice();
    const at = (coefficient >> 1) * 3;
    const pair = (bent[at] ?? 0) | ((bent[at + 1] ?? 0) << 8) | ((bent[at + 2] ?? 0) << 16);
    const next = (coefficient & 1) === 0 ? (pair & 0xfff000) | value : (pair & 0xfff) | (value << 12);
    bent.set([next & 0xff, (next >> 8) & 0xff, next >> 16], at);
    assert.equal(encapsulate(bent, chance) !== undefined, right, `coefficient ${coefficient} is ${value}`);
  }
});
