/**
 * ML-KEM-768 (FIPS 203) in WebAssembly (AssemblyScript), deterministic: the caller brings chance.
 *
 * `npm run kernels` translates it and embeds the result in `src/crypto/kernels/ml-kem-binary.ts`; a test holds that the two are
 * the same. It is called by `src/crypto/kernels/ml-kem-kernel.ts` alone. Apart from what the standard makes public (the matrix, and
 * whether a key from outside is well-formed), time and addresses depend on nothing but lengths.
 */
import {
  addDecoded1,
  decode4,
  decode10,
  decode12,
  encode1,
  encode4,
  encode10,
  encode12,
  sampleSmall,
  sampleUniform,
  // biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
} from "./coding";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { add, fillZetas, multiplyAdd, subtractFrom, transform, transformBack } from "./field";
// biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
import { absorb, SHA3_256, SHA3_512, SHA3_SUFFIX, SHAKE_SUFFIX, SHAKE256, squeeze } from "./keccak";
import {
  CIPHERTEXT,
  CIPHERTEXT_AGAIN,
  DECAPSULATION_KEY,
  ENCAPSULATION_KEY,
  END,
  INPUT,
  OUTPUT,
  POLYNOMIAL,
  POLYNOMIAL_A,
  POLYNOMIAL_B,
  SECRET,
  SEED,
  STATE,
  VECTOR_A,
  VECTOR_B,
  VECTOR_C,
  // biome-ignore lint/correctness/useImportExtensions: its compiler adds the extension
} from "./layout";

/** The rank of the module. */
const K: usize = 3;

/** Bytes of a vector in 12 bits for each coefficient; behind it in an encapsulation key is the seed of the matrix. */
const VECTOR_BYTES: usize = 1152;
const ENCAPSULATION_KEY_BYTES: u32 = 1184;
const CIPHERTEXT_BYTES: u32 = 1088;

/** Bytes of the compressed vector in a ciphertext. */
const COMPRESSED_BYTES: usize = 960;

/** What the parts of a decapsulation key are behind (§7.1 algorithm 16): the vector, the encapsulation key, its hash, z. */
const DK_KEY: usize = VECTOR_BYTES;
const DK_HASH: usize = VECTOR_BYTES + ENCAPSULATION_KEY_BYTES;
const DK_Z: usize = DK_HASH + 32;

fillZetas();

/** ML-KEM.KeyGen_internal (algorithm 16): from SEED to ENCAPSULATION_KEY and DECAPSULATION_KEY. */
export function generate(): void {
  // K-PKE.KeyGen (algorithm 13).
  memory.copy(INPUT, SEED, 32);
  store<u8>(INPUT, K as u8, 32);
  absorb(SHA3_512, SHA3_SUFFIX, INPUT, 33);
  squeeze(SHA3_512);
  const rho = ENCAPSULATION_KEY + VECTOR_BYTES;
  memory.copy(rho, OUTPUT, 32);
  // The other half is the seed of what is secret; what is hashed from here on does not touch SECRET.
  memory.copy(SECRET, OUTPUT + 32, 32);
  for (let i: usize = 0; i < K; i++) {
    const s = VECTOR_A + i * POLYNOMIAL;
    sampleSmall(s, SECRET, i as u32);
    transform(s);
    encode12(DECAPSULATION_KEY + i * 384, s);
  }
  for (let i: usize = 0; i < K; i++) {
    sampleSmall(POLYNOMIAL_A, SECRET, (K + i) as u32);
    transform(POLYNOMIAL_A);
    for (let j: usize = 0; j < K; j++) {
      sampleUniform(POLYNOMIAL_B, rho, j as u32, i as u32);
      multiplyAdd(POLYNOMIAL_A, POLYNOMIAL_B, VECTOR_A + j * POLYNOMIAL);
    }
    encode12(ENCAPSULATION_KEY + i * 384, POLYNOMIAL_A);
  }
  memory.copy(DECAPSULATION_KEY + DK_KEY, ENCAPSULATION_KEY, ENCAPSULATION_KEY_BYTES);
  absorb(SHA3_256, SHA3_SUFFIX, ENCAPSULATION_KEY, ENCAPSULATION_KEY_BYTES);
  squeeze(SHA3_256);
  memory.copy(DECAPSULATION_KEY + DK_HASH, OUTPUT, 32);
  memory.copy(DECAPSULATION_KEY + DK_Z, SEED + 32, 32);
}

/**
 * K-PKE.Encrypt (algorithm 14) of the 32 bytes at `message` with the chance at `coins`, under the key at `key`.
 * @returns whether the key is well-formed (§7.2)
 */
function encrypt(ciphertext: usize, key: usize, message: usize, coins: usize): bool {
  let wellFormed = true;
  for (let i: usize = 0; i < K; i++) {
    if (!decode12(VECTOR_B + i * POLYNOMIAL, key + i * 384)) wellFormed = false;
    const y = VECTOR_A + i * POLYNOMIAL;
    sampleSmall(y, coins, i as u32);
    transform(y);
  }
  if (!wellFormed) return false;
  for (let i: usize = 0; i < K; i++) {
    memory.fill(POLYNOMIAL_A, 0, POLYNOMIAL);
    for (let j: usize = 0; j < K; j++) {
      // The matrix transposed.
      sampleUniform(POLYNOMIAL_B, key + VECTOR_BYTES, i as u32, j as u32);
      multiplyAdd(POLYNOMIAL_A, POLYNOMIAL_B, VECTOR_A + j * POLYNOMIAL);
    }
    transformBack(POLYNOMIAL_A);
    sampleSmall(POLYNOMIAL_B, coins, (K + i) as u32);
    add(POLYNOMIAL_A, POLYNOMIAL_B);
    encode10(ciphertext + i * 320, POLYNOMIAL_A);
  }
  memory.fill(POLYNOMIAL_A, 0, POLYNOMIAL);
  for (let i: usize = 0; i < K; i++) multiplyAdd(POLYNOMIAL_A, VECTOR_B + i * POLYNOMIAL, VECTOR_A + i * POLYNOMIAL);
  transformBack(POLYNOMIAL_A);
  sampleSmall(POLYNOMIAL_B, coins, 2 * (K as u32));
  add(POLYNOMIAL_A, POLYNOMIAL_B);
  addDecoded1(POLYNOMIAL_A, message);
  encode4(ciphertext + COMPRESSED_BYTES, POLYNOMIAL_A);
  return true;
}

/** (K, r) = G(m, h): from 64 bytes in INPUT to SECRET and the 32 bytes behind it. */
function deriveSecret(): void {
  absorb(SHA3_512, SHA3_SUFFIX, INPUT, 64);
  squeeze(SHA3_512);
  memory.copy(SECRET, OUTPUT, 64);
}

/**
 * ML-KEM.Encaps_internal (algorithm 17): from ENCAPSULATION_KEY and the message in SEED to CIPHERTEXT and SECRET.
 * @returns whether the key is well-formed; without that there is no result
 */
export function encapsulate(): bool {
  absorb(SHA3_256, SHA3_SUFFIX, ENCAPSULATION_KEY, ENCAPSULATION_KEY_BYTES);
  squeeze(SHA3_256);
  memory.copy(INPUT, SEED, 32);
  memory.copy(INPUT + 32, OUTPUT, 32);
  deriveSecret();
  return encrypt(CIPHERTEXT, ENCAPSULATION_KEY, SEED, SECRET + 32);
}

/** ML-KEM.Decaps_internal (algorithm 18): from DECAPSULATION_KEY and CIPHERTEXT to SECRET, a random one when that is forged. */
export function decapsulate(): void {
  // K-PKE.Decrypt (algorithm 15), with the message in SEED.
  memory.fill(POLYNOMIAL_A, 0, POLYNOMIAL);
  for (let i: usize = 0; i < K; i++) {
    const u = VECTOR_A + i * POLYNOMIAL;
    decode10(u, CIPHERTEXT + i * 320);
    transform(u);
    decode12(VECTOR_C + i * POLYNOMIAL, DECAPSULATION_KEY + i * 384);
    multiplyAdd(POLYNOMIAL_A, VECTOR_C + i * POLYNOMIAL, u);
  }
  transformBack(POLYNOMIAL_A);
  decode4(POLYNOMIAL_B, CIPHERTEXT + COMPRESSED_BYTES);
  subtractFrom(POLYNOMIAL_A, POLYNOMIAL_B);
  encode1(SEED, POLYNOMIAL_A);

  memory.copy(INPUT, SEED, 32);
  memory.copy(INPUT + 32, DECAPSULATION_KEY + DK_HASH, 32);
  deriveSecret();
  encrypt(CIPHERTEXT_AGAIN, DECAPSULATION_KEY + DK_KEY, SEED, SECRET + 32);

  // The secret of a forged ciphertext: J(z, c).
  memory.copy(INPUT, DECAPSULATION_KEY + DK_Z, 32);
  memory.copy(INPUT + 32, CIPHERTEXT, CIPHERTEXT_BYTES);
  absorb(SHAKE256, SHAKE_SUFFIX, INPUT, 32 + CIPHERTEXT_BYTES);
  squeeze(SHAKE256);
  let difference: u64 = 0;
  for (let i: usize = 0; i < CIPHERTEXT_BYTES; i += 8) difference |= load<u64>(CIPHERTEXT + i) ^ load<u64>(CIPHERTEXT_AGAIN + i);
  // All ones when there is a difference.
  const forged = 0 - ((difference | (0 - difference)) >> 63);
  for (let i: usize = 0; i < 32; i += 8) {
    const right = load<u64>(SECRET + i);
    store<u64>(SECRET + i, right ^ (forged & (right ^ load<u64>(OUTPUT + i))));
  }
}

/** Fills with zeros all that may be secret. */
export function wipe(): void {
  memory.fill(SEED, 0, STATE - SEED);
  memory.fill(STATE, 0, OUTPUT + 256 - STATE);
  memory.fill(VECTOR_A, 0, END - VECTOR_A);
}
