import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { answerKeyShare, createKeyShare, createKeyShares, type KeyExchangeName } from "./key-exchange.ts";
import { CIPHERTEXT_LENGTH, encapsulateMlKem, generateMlKem, HAS_NODE_ML_KEM, kernelKeyPair } from "./ml-kem.ts";
import { SeededRandom } from "./seeded-random.test.ts";
import { SystemRandom } from "./system-random.ts";

const NAMES: readonly KeyExchangeName[] = ["X25519", "P-256", "X25519MLKEM768"];
const SIZES = { X25519: [32, 32], "P-256": [65, 65], X25519MLKEM768: [1216, 1120] } as const;

/** Chance that gives the bytes it was told. */
class FixedRandom implements Random {
  readonly seeded: boolean = false;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  fill(out: Uint8Array, start: number = 0, end: number = out.length): void {
    for (let i = start; i < end; i++) out[i] = this.#bytes[this.#at++ % this.#bytes.length] as number;
  }
}

test("both sides get one secret, in every group, seeded and not", () => {
  for (const name of NAMES) {
    for (const make of [() => new SystemRandom(), () => new SeededRandom(9)]) {
      const random = make();
      const share = createKeyShare(name, random);
      const answer = answerKeyShare(name, share.share, random);
      assert.ok(answer !== undefined);
      assert.deepEqual([share.share.length, answer.share.length], SIZES[name]);
      assert.deepEqual(share.finish(answer.share), answer.secret);
      assert.equal(answer.secret.length, name === "X25519MLKEM768" ? 64 : 32);
      assert.notDeepEqual(createKeyShare(name, random).share, share.share);
    }
  }
});

test("shares of one offer have one X25519 key between them, and each can be finished", () => {
  const random = new SystemRandom();
  const names = ["X25519MLKEM768", "P-256", "X25519"] as const;
  const shares = createKeyShares(names, random);
  assert.deepEqual(shares[0]?.share.subarray(-32), shares[2]?.share);
  for (const [index, name] of names.entries()) {
    const share = shares[index];
    const answer = answerKeyShare(name, share?.share ?? new Uint8Array(0), random);
    assert.deepEqual(share?.finish(answer?.share ?? new Uint8Array(0)), answer?.secret);
  }
});

test("one seed makes one exchange", () => {
  for (const name of NAMES) {
    const run = (): string[] => {
      const random = new SeededRandom(11);
      const share = createKeyShare(name, random);
      const answer = answerKeyShare(name, share.share, random);
      return [toHex(share.share), toHex(answer?.share ?? new Uint8Array(0)), toHex(answer?.secret ?? new Uint8Array(0))];
    };
    assert.deepEqual(run(), run());
  }
});

test("RFC 7748 §6.1, from Bob's side", () => {
  const bob = createKeyShare(
    "X25519",
    new FixedRandom(fromHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")),
  );
  assert.equal(toHex(bob.share), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const secret = bob.finish(fromHex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
  assert.equal(secret && toHex(secret), "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
});

test("what is not a valid share is refused", () => {
  const random = new SystemRandom();
  for (const name of NAMES) {
    const share = createKeyShare(name, random);
    const answer = answerKeyShare(name, share.share, random);
    assert.ok(answer !== undefined);
    for (const wrong of [new Uint8Array(0), answer.share.subarray(1), new Uint8Array(answer.share.length)]) {
      assert.equal(share.finish(wrong), undefined, `${name} ${wrong.length}`);
    }
    for (const wrong of [new Uint8Array(0), share.share.subarray(1), new Uint8Array(share.share.length)]) {
      assert.equal(answerKeyShare(name, wrong, random), undefined, `${name} ${wrong.length}`);
    }
  }
  // RFC 7748 §6.1: points of small order lead to zeros.
  const one = new Uint8Array(32);
  one[0] = 1;
  assert.equal(createKeyShare("X25519", random).finish(one), undefined);
});

test("an encapsulation key must be canonical, and a forged ciphertext gives another secret", () => {
  for (const random of [new SystemRandom(), new SeededRandom(2)]) {
    const pair = generateMlKem(random);
    const bent = Uint8Array.from(pair.encapsulationKey);
    bent.fill(0xff, 0, 3);
    assert.equal(encapsulateMlKem(bent, random), undefined);
    const made = encapsulateMlKem(pair.encapsulationKey, random);
    assert.ok(made !== undefined);
    assert.deepEqual(pair.decapsulate(made.ciphertext), made.secret);
    const forged = Uint8Array.from(made.ciphertext);
    forged[0] = (forged[0] ?? 0) ^ 1;
    const other = pair.decapsulate(forged);
    assert.equal(other?.length, 32);
    assert.notDeepEqual(other, made.secret);
    assert.equal(pair.decapsulate(made.ciphertext.subarray(1)), undefined);
    assert.equal(made.ciphertext.length, CIPHERTEXT_LENGTH);
  }
});

test("both implementations of ML-KEM agree", { skip: HAS_NODE_ML_KEM ? false : "this runtime's node:crypto has none" }, () => {
  const seed = Uint8Array.from({ length: 64 }, (_, i) => i);
  const node = generateMlKem(new FixedRandom(seed));
  const kernel = kernelKeyPair(seed);
  assert.deepEqual(node.encapsulationKey, kernel.encapsulationKey);
  for (const random of [new SystemRandom(), new SeededRandom(3)]) {
    const made = encapsulateMlKem(node.encapsulationKey, random);
    assert.ok(made !== undefined);
    assert.deepEqual(node.decapsulate(made.ciphertext), made.secret);
    assert.deepEqual(kernel.decapsulate(made.ciphertext), made.secret);
  }
});
