/**
 * Replayable chance for the tests of crypto/ and dtls/. It is no cipher: sfc32, seeded with one number.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, randomU32 } from "../base/random.ts";

/** A source of bytes that one seed replays. */
export class SeededRandom implements Random {
  readonly seeded: boolean = true;
  #a: number;
  #b = 0x9e3779b9;
  #c = 0x243f6a88;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let i = 0; i < 12; i++) this.#next();
  }

  fill(out: Uint8Array, start: number = 0, end: number = out.length): void {
    for (let i = start; i < end; i++) out[i] = this.#next() >>> 24;
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum;
  }
}

test("one seed, one sequence", () => {
  const [a, b, c] = [new SeededRandom(1), new SeededRandom(1), new SeededRandom(2)];
  const first = randomU32(a);
  assert.equal(randomU32(b), first);
  assert.notEqual(randomU32(c), first);
});
