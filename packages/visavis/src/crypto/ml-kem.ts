/**
 * ML-KEM-768 (FIPS 203): by `node:crypto` where the runtime has it and chance is the system's, otherwise by a kernel in
 * WebAssembly (`kernels/ml-kem-kernel.ts`), whose seeded calls replay.
 */
import * as crypto from "node:crypto";
import { concatBytes, fromHex } from "../base/bytes.ts";
import { type Random, randomBytes } from "../base/random.ts";
import { decapsulate, encapsulate, generateKeys, HAS_ML_KEM_KERNEL } from "./kernels/ml-kem-kernel.ts";

/** Bytes of an encapsulation key. */
export const ENCAPSULATION_KEY_LENGTH = 1184;

/** Bytes of a ciphertext. */
export const CIPHERTEXT_LENGTH = 1088;

/** Bytes of the seed (d, z) that a key pair grows from. */
const SEED_LENGTH = 64;

/** Bytes of the message that encapsulation grows from. */
const MESSAGE_LENGTH = 32;

/** What newer runtimes add to `node:crypto`; the typings of the oldest one do not know it. */
interface NodeMlKem {
  encapsulate(key: crypto.KeyObject): { readonly sharedKey: Uint8Array; readonly ciphertext: Uint8Array };
  decapsulate(key: crypto.KeyObject, ciphertext: Uint8Array): Uint8Array;
}

const candidate = crypto as object as Partial<NodeMlKem>;
const nodeMlKem: NodeMlKem | undefined =
  candidate.encapsulate !== undefined && candidate.decapsulate !== undefined ? (candidate as NodeMlKem) : undefined;

/** Whether this runtime's `node:crypto` can do it. */
export const HAS_NODE_ML_KEM: boolean = nodeMlKem !== undefined;

/** Whether it can be done at all, under a seed too. */
export const HAS_ML_KEM: boolean = HAS_ML_KEM_KERNEL;

/** A key pair that waits for a ciphertext. */
export interface MlKemKeyPair {
  readonly encapsulationKey: Uint8Array;
  /** The shared secret, 32 bytes; undefined when the ciphertext has a wrong length. A forged one gives a random secret (FIPS 203 §6.3). */
  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined;
}

/** What was made for a peer's encapsulation key. */
export interface Encapsulation {
  readonly ciphertext: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** Makes a key pair from 64 random bytes. */
export function generateMlKem(random: Random): MlKemKeyPair {
  const seed = randomBytes(random, SEED_LENGTH);
  return nodeMlKem === undefined || random.seeded ? kernelKeyPair(seed) : nodeKeyPair(nodeMlKem, seed);
}

/** Encapsulates a fresh secret; undefined when the key fails the checks of FIPS 203 §7.2. */
export function encapsulateMlKem(encapsulationKey: Uint8Array, random: Random): Encapsulation | undefined {
  if (encapsulationKey.length !== ENCAPSULATION_KEY_LENGTH) return undefined;
  try {
    if (nodeMlKem !== undefined && !random.seeded) {
      const made = nodeMlKem.encapsulate(importPublicKey(encapsulationKey));
      return { ciphertext: Uint8Array.from(made.ciphertext), secret: Uint8Array.from(made.sharedKey) };
    }
    return encapsulate(encapsulationKey, randomBytes(random, MESSAGE_LENGTH));
  } catch {
    return undefined;
  }
}

/** A key pair of the kernel, from its seed. */
export function kernelKeyPair(seed: Uint8Array): MlKemKeyPair {
  const { encapsulationKey, decapsulationKey } = generateKeys(seed);
  return {
    encapsulationKey,
    decapsulate: (ciphertext) =>
      ciphertext.length === CIPHERTEXT_LENGTH ? decapsulate(decapsulationKey, ciphertext) : undefined,
  };
}

const SPKI_PREFIX = fromHex("308204b2300b0609608648016503040402038204a100");

// PKCS #8 with the key as its seed alone (RFC 9935 §6).
const PKCS8_SEED_PREFIX = fromHex("3054020100300b060960864801650304040204428040");

/** The typings ask for a Buffer where the runtime takes any view. */
type BufferLike = Extract<crypto.PrivateKeyInput["key"], Uint8Array>;

function importPublicKey(encapsulationKey: Uint8Array): crypto.KeyObject {
  const key = concatBytes(SPKI_PREFIX, encapsulationKey) as BufferLike;
  return crypto.createPublicKey({ key, format: "der", type: "spki" });
}

/** A key pair of `node:crypto`, from its seed. */
function nodeKeyPair(kem: NodeMlKem, seed: Uint8Array): MlKemKeyPair {
  const key = concatBytes(PKCS8_SEED_PREFIX, seed) as BufferLike;
  const privateKey = crypto.createPrivateKey({ key, format: "der", type: "pkcs8" });
  const spki = crypto.createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    encapsulationKey: Uint8Array.from(spki.subarray(SPKI_PREFIX.length)),
    decapsulate(ciphertext) {
      if (ciphertext.length !== CIPHERTEXT_LENGTH) return undefined;
      return Uint8Array.from(kem.decapsulate(privateKey, ciphertext));
    },
  };
}
