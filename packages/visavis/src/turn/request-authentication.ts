/**
 * How a TURN client proves who it is: the long-term credential mechanism, RFC 8489 §9.2, and tokens of a third party, RFC 7635.
 *
 * The first request goes without credentials. What the server's 401 says (realm, nonce, which password algorithms) is kept for all
 * later ones, and renewed by each 438.
 */
import { createHmacKey, type HmacKey } from "../crypto/hash.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { checkIntegrity, checkIntegritySha256, encodeIntegrity, encodeIntegritySha256 } from "../stun/integrity.ts";
import { attributeValue, encodeAttribute, findAttribute, type StunMessage } from "../stun/message.ts";
import {
  decodePasswordAlgorithms,
  encodePasswordAlgorithms,
  longTermKey,
  PasswordAlgorithm,
  userhash,
} from "../stun/password-algorithm.ts";
import { decodeText, encodeText } from "../stun/text-attribute.ts";

/** What a client shows to its server. */
export type TurnCredentials =
  | { readonly type: "password"; readonly username: string; readonly password: string }
  /** A token that an authorization server gave, with the key that belongs to it: RFC 7635 §4. */
  | { readonly type: "oauth"; readonly keyId: string; readonly accessToken: Uint8Array; readonly macKey: Uint8Array };

/** How a nonce begins that tells what the server can do: RFC 8489 §9.2. */
const NONCE_COOKIE = "obMatJos2";

/** The security features of RFC 8489 §18.1, as bits of the first of three bytes. */
const Feature = { PASSWORD_ALGORITHMS: 0x80, USERNAME_ANONYMITY: 0x40 } as const;

/** Room that `seal` needs at most: a user name, a realm, a nonce, a token and two integrities. */
export const MAX_AUTHENTICATION = 2600;

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The first byte of the features that a nonce tells; 0 when it tells none. */
function featuresOf(nonce: string): number {
  if (!nonce.startsWith(NONCE_COOKIE) || nonce.length < NONCE_COOKIE.length + 4) return 0;
  const first = BASE64.indexOf(nonce[NONCE_COOKIE.length] ?? "");
  const second = BASE64.indexOf(nonce[NONCE_COOKIE.length + 1] ?? "");
  return first < 0 || second < 0 ? 0 : ((first << 2) | (second >> 4)) & 0xff;
}

/** The beginning of a nonce of a server that offers password algorithms. @param anonymity whether it takes hashed user names */
export function nonceCookie(anonymity: boolean): string {
  const first = Feature.PASSWORD_ALGORITHMS | (anonymity ? Feature.USERNAME_ANONYMITY : 0);
  return `${NONCE_COOKIE}${BASE64[first >> 2]}${BASE64[(first & 3) << 4]}AA`;
}

/** What the server told, and the key that follows from it. */
interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  /** As the server listed them, which is echoed; undefined when it did not. */
  readonly algorithms: Uint8Array | undefined;
  readonly algorithm: PasswordAlgorithm;
  readonly isAnonymous: boolean;
  readonly key: HmacKey;
}

/** The credentials of one client at one server. */
export class RequestAuthentication {
  readonly #credentials: TurnCredentials;
  #challenge: Challenge | undefined;

  constructor(credentials: TurnCredentials) {
    this.#credentials = credentials;
  }

  /** Whether requests are sealed: the server has asked for it. */
  get isReady(): boolean {
    return this.#challenge !== undefined;
  }

  /**
   * Takes what a 401 or 438 says.
   * @returns false when another try cannot help: nothing was asked for, or what was shown is not believed
   */
  challenge(message: StunMessage, code: number): boolean {
    const realm = decodeText(message, AttributeType.REALM) ?? this.#challenge?.realm;
    const nonce = decodeText(message, AttributeType.NONCE);
    if (realm === undefined || nonce === undefined) return false;
    const before = this.#challenge;
    // 401 after a request with credentials for this realm: they are wrong. RFC 8489 §9.2.5.
    if (code === 401 && before !== undefined && before.realm === realm) return false;
    const features = featuresOf(nonce);
    const offered = decodePasswordAlgorithms(message);
    // Somebody on the way took the list out, so that MD5 would be used: RFC 8489 §9.2.5.
    if ((features & Feature.PASSWORD_ALGORITHMS) !== 0 && offered === undefined && code === 401) return false;
    const listed =
      offered === undefined ? before?.algorithms : attributeValue(message, AttributeType.PASSWORD_ALGORITHMS)?.slice();
    const algorithm = offered === undefined ? (before?.algorithm ?? PasswordAlgorithm.MD5) : offered[0];
    if (algorithm === undefined) return false;
    this.#challenge = {
      realm,
      nonce,
      algorithms: listed,
      algorithm,
      isAnonymous: (features & Feature.USERNAME_ANONYMITY) !== 0,
      key: before?.realm === realm && before.algorithm === algorithm ? before.key : this.#key(realm, algorithm),
    };
    return true;
  }

  #key(realm: string, algorithm: PasswordAlgorithm): HmacKey {
    const credentials = this.#credentials;
    if (credentials.type === "oauth") return createHmacKey(credentials.macKey);
    return longTermKey(credentials.username, realm, credentials.password, algorithm);
  }

  /**
   * Writes all that proves a request, the integrity last, and returns the offset behind it. Without a challenge it writes nothing.
   * @param start where the message begins
   * @throws RangeError when the user name is too long
   */
  seal(out: Uint8Array, start: number, offset: number): number {
    const challenge = this.#challenge;
    if (challenge === undefined) return offset;
    const { realm, nonce, algorithms, algorithm, key } = challenge;
    let at = this.#encodeWho(out, offset, challenge);
    at = encodeText(out, at, AttributeType.REALM, realm);
    at = encodeText(out, at, AttributeType.NONCE, nonce);
    if (algorithms === undefined) return encodeIntegrity(out, start, at, key);
    at = encodeAttribute(out, at, AttributeType.PASSWORD_ALGORITHMS, algorithms);
    at = encodePasswordAlgorithms(out, at, AttributeType.PASSWORD_ALGORITHM, [algorithm]);
    return encodeIntegritySha256(out, start, at, key);
  }

  #encodeWho(out: Uint8Array, offset: number, { realm, isAnonymous }: Challenge): number {
    const credentials = this.#credentials;
    if (credentials.type === "oauth") {
      const at = encodeText(out, offset, AttributeType.USERNAME, credentials.keyId);
      return encodeAttribute(out, at, AttributeType.ACCESS_TOKEN, credentials.accessToken);
    }
    const { username } = credentials;
    if (isAnonymous) return encodeAttribute(out, offset, AttributeType.USERHASH, userhash(username, realm));
    return encodeText(out, offset, AttributeType.USERNAME, username);
  }

  /**
   * Whether a response may be believed: it carries the right integrity, or none where it need not. Errors come without one
   * when the server does not know us.
   */
  believes(message: StunMessage, isError: boolean): boolean {
    const challenge = this.#challenge;
    if (findAttribute(message, AttributeType.MESSAGE_INTEGRITY_SHA256) !== undefined) {
      return challenge !== undefined && checkIntegritySha256(message, challenge.key);
    }
    if (findAttribute(message, AttributeType.MESSAGE_INTEGRITY) !== undefined) {
      // Asked for SHA-256, a server that answers with SHA-1 is not the one we talk to.
      return challenge !== undefined && challenge.algorithms === undefined && checkIntegrity(message, challenge.key);
    }
    return isError || challenge === undefined;
  }
}
