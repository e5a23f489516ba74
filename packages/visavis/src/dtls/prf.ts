/**
 * Keys of DTLS 1.2: the pseudorandom function (RFC 5246 §5), the extended master secret (RFC 7627 §4), key expansion
 * (RFC 5246 §6.3), Finished (§7.4.9) and exporters (RFC 5705 §4).
 */
import { concatBytes, encodeUtf8, setU16 } from "../base/bytes.ts";
import { KEY_LENGTH } from "../crypto/aead.ts";
import type { HashName } from "../crypto/hash.ts";
import { pHash } from "../crypto/hkdf.ts";
import type { CipherSuite } from "./cipher-suites.ts";
import { fixedIvLength, type Keys12 } from "./record/protection12.ts";

const MASTER_SECRET_LENGTH = 48;

/** Bytes of a Finished. */
export const VERIFY_DATA_LENGTH = 12;

/** PRF (RFC 5246 §5). */
export function prf(hash: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  return pHash(hash, secret, concatBytes(encodeUtf8(label), seed), length);
}

/** The master secret, bound to the handshake (RFC 7627 §4). @param sessionHash of the transcript up to the ClientKeyExchange */
export function extendedMasterSecret(hash: HashName, preMasterSecret: Uint8Array, sessionHash: Uint8Array): Uint8Array {
  return prf(hash, preMasterSecret, "extended master secret", sessionHash, MASTER_SECRET_LENGTH);
}

/** The randoms of both hellos. */
export interface HelloRandoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** The keys of both directions. */
export function expandKeys(
  suite: CipherSuite,
  masterSecret: Uint8Array,
  randoms: HelloRandoms,
): { readonly client: Keys12; readonly server: Keys12 } {
  const { aead } = suite;
  const keyLength = KEY_LENGTH[aead];
  const ivLength = fixedIvLength(aead);
  const seed = concatBytes(randoms.server, randoms.client);
  const block = prf(suite.hash, masterSecret, "key expansion", seed, 2 * (keyLength + ivLength));
  const ivs = 2 * keyLength;
  return {
    client: { aead, key: block.subarray(0, keyLength), iv: block.subarray(ivs, ivs + ivLength) },
    server: { aead, key: block.subarray(keyLength, ivs), iv: block.subarray(ivs + ivLength) },
  };
}

/** The verify_data of a Finished. */
export function verifyData(
  suite: CipherSuite,
  masterSecret: Uint8Array,
  sender: "client" | "server",
  transcriptHash: Uint8Array,
): Uint8Array {
  return prf(suite.hash, masterSecret, `${sender} finished`, transcriptHash, VERIFY_DATA_LENGTH);
}

/** An exporter (RFC 5705 §4); no context is not the same as an empty one. */
export function exportKeyingMaterial12(
  suite: CipherSuite,
  masterSecret: Uint8Array,
  randoms: HelloRandoms,
  label: string,
  context: Uint8Array | undefined,
  length: number,
): Uint8Array {
  const parts = [randoms.client, randoms.server];
  if (context !== undefined) {
    const size = new Uint8Array(2);
    setU16(size, 0, context.length);
    parts.push(size, context);
  }
  return prf(suite.hash, masterSecret, label, concatBytes(...parts), length);
}
