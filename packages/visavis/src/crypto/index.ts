/**
 * `visavis/crypto`: the primitives under the protocols, over `node:crypto`.
 */
export {
  createHmacKey,
  DIGEST_LENGTH,
  type DigestName,
  digest,
  type HashName,
  HmacKey,
  hmac,
  hmacSha1,
  hmacSha256,
  md5,
  sha1,
  sha256,
  sha384,
  TranscriptHash,
  timingSafeEqual,
} from "./hash.ts";
export { SystemRandom } from "./system-random.ts";
