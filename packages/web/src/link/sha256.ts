/** SHA-256 that grows with the file. The browser's own hash wants all bytes at once and a secure context. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { IncrementalHash } from "@visavis/server/transfer";

/** A new hash. */
export function createSha256(): IncrementalHash {
  const hash = sha256.create();
  return { update: (bytes) => hash.update(bytes), digestHex: () => bytesToHex(hash.digest()) };
}
