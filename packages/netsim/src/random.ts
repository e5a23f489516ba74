/**
 * Seeded chance: the generator sfc32 (128 bits of state), and streams derived from it by name.
 *
 * Every host and every impairment of every link draws from a stream of its own, so that one more draw in one place
 * does not shift all others.
 */
import type { Random } from "visavis/base";

/** Spreads a text over 128 bits: four lanes of multiply and rotate, then the avalanche step of MurmurHash3. */
function spread(text: string): readonly [number, number, number, number] {
  const lanes: [number, number, number, number] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    for (let lane = 0; lane < 4; lane++) {
      const mixed = Math.imul((lanes[lane] as number) ^ (unit + lane), 0xcc9e2d51);
      lanes[lane] = ((mixed << 13) | (mixed >>> 19)) + (lanes[(lane + 3) & 3] as number);
    }
  }
  for (let lane = 0; lane < 4; lane++) {
    let mixed = (lanes[lane] as number) ^ text.length;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    lanes[lane] = mixed ^ (mixed >>> 16);
  }
  return lanes;
}

/** A reproducible source of chance. Not for secrets. */
export class SeededRandom implements Random {
  readonly seeded: boolean = true;
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed equal seeds give equal bytes */
  constructor(seed: string | number) {
    this.#seed = String(seed);
    const [a, b, c, d] = spread(this.#seed);
    this.#a = a;
    this.#b = b;
    this.#c = c ^ d;
    for (let i = 0; i < 16; i++) this.u32();
  }

  /** An independent stream: it depends on the seed and on its own name alone, not on what was drawn here. */
  stream(name: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${name}`);
  }

  /** An integer in [0, 2³²). */
  u32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  number(): number {
    return this.u32() / 0x1_0000_0000;
  }

  /** True with the given probability. Draws nothing when it is 0. */
  chance(probability: number): boolean {
    return probability > 0 && this.number() < probability;
  }

  /** An integer in [0, limit); `limit` at most 2³². */
  below(limit: number): number {
    return Math.floor(this.number() * limit);
  }

  fill(out: Uint8Array, start: number = 0, end: number = out.length): void {
    let word = 0;
    for (let i = start; i < end; i++) {
      const byte = (i - start) & 3;
      if (byte === 0) word = this.u32();
      out[i] = word >>> (8 * byte);
    }
  }
}
