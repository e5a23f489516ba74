/**
 * PASSWORD-ALGORITHM, PASSWORD-ALGORITHMS and USERHASH, and the keys of both credential mechanisms.
 * RFC 8489 §9.1.1, §9.2.2, §14.4, §14.11, §14.12, §18.5.
 * https://www.rfc-editor.org/rfc/rfc8489#section-14.12
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Algorithm           |  Algorithm Parameters Length   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Algorithm Parameters (variable), padded to 32 bits   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { encodeUtf8, padded4, setU16, u16 } from "../base/bytes.ts";
import { createHmacKey, type HmacKey, md5, sha256 } from "../crypto/hash.ts";
import { AttributeType } from "./attribute-type.ts";
import { attributeValue, encodeAttribute, type StunMessage } from "./message.ts";

/** How the key of the long-term mechanism is made. */
export const PasswordAlgorithm = { MD5: 1, SHA_256: 2 } as const;
/** One of {@link PasswordAlgorithm}. */
export type PasswordAlgorithm = (typeof PasswordAlgorithm)[keyof typeof PasswordAlgorithm];

/** Text as the OpaqueString profile wants it (RFC 8265 §4.2): spaces made plain, then composed. */
function opaqueString(text: string): string {
  return text.replace(/\p{Zs}/gu, " ").normalize("NFC");
}

/** The key of the short-term mechanism, which ICE uses: the password itself. */
export function shortTermKey(password: string): HmacKey {
  return createHmacKey(encodeUtf8(opaqueString(password)));
}

/** The key of the long-term mechanism. */
export function longTermKey(username: string, realm: string, password: string, algorithm: PasswordAlgorithm): HmacKey {
  const input = encodeUtf8(`${username}:${opaqueString(realm)}:${opaqueString(password)}`);
  return createHmacKey(algorithm === PasswordAlgorithm.MD5 ? md5(input) : sha256(input));
}

/** The 32 bytes of USERHASH, which keep a user name from being seen. */
export function userhash(username: string, realm: string): Uint8Array {
  return sha256(encodeUtf8(`${opaqueString(username)}:${opaqueString(realm)}`));
}

/** The algorithms a server offers, the preferred first; unknown ones are left out. Undefined when absent or malformed. */
export function decodePasswordAlgorithms(message: StunMessage): PasswordAlgorithm[] | undefined {
  const value = attributeValue(message, AttributeType.PASSWORD_ALGORITHMS);
  return value && decodeAlgorithms(value);
}

/** The algorithm a client chose; undefined when absent, malformed or unknown. */
export function decodePasswordAlgorithm(message: StunMessage): PasswordAlgorithm | undefined {
  const value = attributeValue(message, AttributeType.PASSWORD_ALGORITHM);
  return value && decodeAlgorithms(value)?.[0];
}

function decodeAlgorithms(value: Uint8Array): PasswordAlgorithm[] | undefined {
  const algorithms: PasswordAlgorithm[] = [];
  let at = 0;
  while (at < value.length) {
    if (at + 4 > value.length) return undefined;
    const algorithm = u16(value, at);
    const parameters = u16(value, at + 2);
    at += 4 + padded4(parameters);
    // Both known algorithms have no parameters.
    if (parameters === 0 && (algorithm === PasswordAlgorithm.MD5 || algorithm === PasswordAlgorithm.SHA_256))
      algorithms.push(algorithm);
  }
  return at > value.length ? undefined : algorithms;
}

/** Writes PASSWORD-ALGORITHM (one) or PASSWORD-ALGORITHMS (a list) and returns the offset behind it. */
export function encodePasswordAlgorithms(
  out: Uint8Array,
  offset: number,
  type: typeof AttributeType.PASSWORD_ALGORITHM | typeof AttributeType.PASSWORD_ALGORITHMS,
  algorithms: readonly PasswordAlgorithm[],
): number {
  const value = new Uint8Array(4 * algorithms.length);
  for (const [i, algorithm] of algorithms.entries()) setU16(value, 4 * i, algorithm);
  return encodeAttribute(out, offset, type, value);
}
