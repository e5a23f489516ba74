/**
 * Chance as a value. Everything random in visavis comes from an injected `Random`, so that one seed replays a whole call.
 */

/** A source of random bytes. */
export interface Random {
  /** Fills `out[start, end)`; all of it by default. */
  fill(out: Uint8Array, start?: number, end?: number): void;
  /** True when a seed replays it: then signatures take their nonces from here too. Never true in production. */
  readonly seeded: boolean;
}

/** `length` fresh random bytes. */
export function randomBytes(random: Random, length: number): Uint8Array {
  const out = new Uint8Array(length);
  random.fill(out);
  return out;
}

const scratch = new Uint8Array(8);

/** A random integer in [0, 2³²). */
export function randomU32(random: Random): number {
  random.fill(scratch, 0, 4);
  return (
    (((scratch[0] as number) << 24) | ((scratch[1] as number) << 16) | ((scratch[2] as number) << 8) | (scratch[3] as number)) >>>
    0
  );
}

/** A random integer in [0, 2⁶⁴). */
export function randomU64(random: Random): bigint {
  const high = randomU32(random);
  return (BigInt(high) << 32n) | BigInt(randomU32(random));
}

/** A random integer in [0, limit), without bias; `limit` at most 2³². */
export function randomBelow(random: Random, limit: number): number {
  const bound = 0x1_0000_0000 - (0x1_0000_0000 % limit);
  for (;;) {
    const value = randomU32(random);
    if (value < bound) return value % limit;
  }
}

/** `length` characters drawn evenly from `alphabet` (at most 256 characters). */
export function randomString(random: Random, length: number, alphabet: string): string {
  // What is above the last whole multiple is drawn again.
  const bound = 256 - (256 % alphabet.length);
  // Character by character it would be a rope of as many pieces, which takes 32 bytes for each as long as nobody reads it.
  const characters: number[] = [];
  while (characters.length < length) {
    for (const byte of randomBytes(random, length - characters.length)) {
      if (byte < bound) characters.push(alphabet.charCodeAt(byte % alphabet.length));
    }
  }
  return String.fromCharCode(...characters);
}

/** A random UUID (RFC 9562 §5.4), in lower case. */
export function randomUuid(random: Random): string {
  const bytes = randomBytes(random, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
