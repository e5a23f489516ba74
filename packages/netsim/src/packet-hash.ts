/**
 * A running 64-bit hash of all that was sent and what became of it: two runs with equal hashes were the same run.
 * Two 32-bit lanes of multiply and rotate over words, after the manner of MurmurHash3. Not cryptographic.
 */

const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/** A running hash. */
export class PacketHash {
  #a = 0x243f6a88;
  #b = 0x85a308d3 | 0;

  /** Mixes in 32 bits. */
  word(word: number): void {
    const a = Math.imul(this.#a ^ word, 0xcc9e2d51);
    this.#a = (((a << 15) | (a >>> 17)) + this.#b) | 0;
    const b = Math.imul(this.#b + word, 0x1b873593);
    this.#b = ((b << 13) | (b >>> 19)) ^ this.#a;
  }

  /** Mixes in a number, all 64 bits of it. */
  number(value: number): void {
    float[0] = value;
    this.word(halves[0] as number);
    this.word(halves[1] as number);
  }

  /** Mixes in bytes and their number. */
  bytes(bytes: Uint8Array): void {
    const words = bytes.length & ~3;
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < words; i += 4) {
      const word =
        (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24);
      const x = Math.imul(a ^ word, 0xcc9e2d51);
      a = (((x << 15) | (x >>> 17)) + b) | 0;
      const y = Math.imul((b + word) | 0, 0x1b873593);
      b = ((y << 13) | (y >>> 19)) ^ a;
    }
    this.#a = a;
    this.#b = b;
    for (let i = words; i < bytes.length; i++) this.word(bytes[i] as number);
    this.word(bytes.length);
  }

  /** Mixes in text. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i));
    this.word(text.length);
  }

  /** The hash so far: 16 hexadecimal digits. */
  digest(): string {
    const finish = (lane: number): string => {
      let x = lane;
      x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
      x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
      return ((x ^ (x >>> 16)) >>> 0).toString(16).padStart(8, "0");
    };
    return finish(this.#a) + finish(this.#b);
  }
}
