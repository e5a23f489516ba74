/**
 * HKDF (RFC 5869) and the pseudorandom function of TLS 1.2 (RFC 5246 §5), both over HMAC.
 */
import { setBytes } from "../base/bytes.ts";
import { createHmacKey, DIGEST_LENGTH, type DigestName, HmacKey, hmac } from "./hash.ts";

/** HKDF-Extract (§2.2): a key as long as the hash. An empty salt stands for as many zeros. */
export function hkdfExtract(hash: DigestName, salt: Uint8Array, inputKeyingMaterial: Uint8Array): Uint8Array {
  return hmac(hash, salt, inputKeyingMaterial);
}

const FIRST = Uint8Array.of(1);

/**
 * HKDF-Expand (§2.3).
 * @param length at most 255 times the hash's
 * @throws RangeError when it is more
 */
export function hkdfExpand(
  hash: DigestName,
  pseudorandomKey: Uint8Array | HmacKey,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const block = DIGEST_LENGTH[hash];
  if (length > 255 * block) throw new RangeError("HKDF-Expand gives at most 255 blocks");
  // The common case: one block is enough.
  if (length <= block && !(pseudorandomKey instanceof HmacKey)) {
    const all = hmac(hash, pseudorandomKey, info, FIRST);
    return length === block ? all : all.slice(0, length);
  }
  const key = pseudorandomKey instanceof HmacKey ? pseudorandomKey : createHmacKey(pseudorandomKey);
  const counter = new Uint8Array(1);
  const out = new Uint8Array(length);
  let previous: Uint8Array = new Uint8Array(0);
  for (let offset = 0; offset < length; offset += block) {
    counter[0] = offset / block + 1;
    previous = key.sign(hash, previous, info, counter);
    setBytes(out, offset, previous.subarray(0, length - offset));
  }
  return out;
}

/** P_hash (RFC 5246 §5) over `seed`, which is the label and the seed of PRF one after the other. */
export function pHash(hash: DigestName, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const key = createHmacKey(secret);
  const out = new Uint8Array(length);
  let a = key.sign(hash, seed);
  for (let offset = 0; offset < length; offset += DIGEST_LENGTH[hash]) {
    setBytes(out, offset, key.sign(hash, a, seed).subarray(0, length - offset));
    a = key.sign(hash, a);
  }
  return out;
}
