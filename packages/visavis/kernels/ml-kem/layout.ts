/**
 * What stands where in the memory of the ML-KEM kernel. The caller puts seeds, keys and ciphertexts at the first addresses and
 * takes results there; the rest is for work.
 */

/** The seed (d, z) of a key pair, 64 bytes; or the message of an encapsulation, 32 bytes. */
export const SEED: usize = 0x0400;

/** A shared secret, 32 bytes. */
export const SECRET: usize = 0x0480;

/** An encapsulation key, 1184 bytes. */
export const ENCAPSULATION_KEY: usize = 0x0500;

/** A decapsulation key, 2400 bytes. */
export const DECAPSULATION_KEY: usize = 0x0a00;

/** A ciphertext, 1088 bytes. */
export const CIPHERTEXT: usize = 0x1400;

/** The ciphertext that decapsulation makes again, 1088 bytes. */
export const CIPHERTEXT_AGAIN: usize = 0x1900;

/** The state of Keccak, 200 bytes. */
export const STATE: usize = 0x1e00;

/** What is hashed, up to 1184 + 32 bytes. */
export const INPUT: usize = 0x1f00;

/** What a hash gives, up to a block of 168 bytes. */
export const OUTPUT: usize = 0x2500;

/** Powers of the root of unity in the order of the transform, 128 coefficients. */
export const ZETAS: usize = 0x2600;

/** Bytes of a polynomial: 256 coefficients of 16 bits. */
export const POLYNOMIAL: usize = 512;

/** Three polynomials each. */
export const VECTOR_A: usize = 0x2800;
export const VECTOR_B: usize = 0x2e00;
export const VECTOR_C: usize = 0x3400;

/** One polynomial each. */
export const POLYNOMIAL_A: usize = 0x3a00;
export const POLYNOMIAL_B: usize = 0x3c00;

/** Where what was secret ends. */
export const END: usize = 0x3e00;
