/**
 * RSA key pairs. Making one takes tens of milliseconds to seconds, so it happens off the main thread, here, and the key is
 * handed down as a value.
 */
import { PrivateKey } from "../crypto/signature.ts";

/**
 * Makes an RSA key pair of `modulusLength` bits, by WebCrypto.
 * @param publicExponent big-endian, as in RsaKeyGenParams
 * @throws (rejects) whatever WebCrypto says of parameters it does not take; `RangeError` when the key is of a size that is refused
 */
export async function generateRsaKey(modulusLength: number, publicExponent: Uint8Array): Promise<PrivateKey> {
  const { subtle } = globalThis.crypto;
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength,
    publicExponent: Uint8Array.from(publicExponent),
    hash: "SHA-256",
  };
  const { privateKey } = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const key = PrivateKey.parse(new Uint8Array(await subtle.exportKey("pkcs8", privateKey)));
  if (key === undefined) throw new RangeError(`an RSA key of ${modulusLength} bits cannot be used`);
  return key;
}
