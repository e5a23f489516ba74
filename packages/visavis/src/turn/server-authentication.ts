/**
 * How a TURN server knows its users: the server's half of the long-term credential mechanism, RFC 8489 §9.2.4, and user names that end by
 * themselves (the "REST" form that TURN services give out: `expiry:name`, with an HMAC of it as the password).
 *
 * Nonces are made of a time and a MAC of it with the client's address, so that nothing is remembered for those who only ask.
 */
import { encodeBase64 } from "../base/base64.ts";
import { encodeUtf8, fromHex, toHex } from "../base/bytes.ts";
import { type Random, randomBytes } from "../base/random.ts";
import { createHmacKey, type HmacKey, hmacSha1, hmacSha256, timingSafeEqual } from "../crypto/hash.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { encodeErrorCode, StunErrorCode } from "../stun/error-code.ts";
import { checkIntegrity, checkIntegritySha256, encodeIntegrity, encodeIntegritySha256 } from "../stun/integrity.ts";
import { attributeValue, findAttribute, type StunMessage } from "../stun/message.ts";
import {
  decodePasswordAlgorithm,
  encodePasswordAlgorithms,
  longTermKey,
  PasswordAlgorithm,
  userhash,
} from "../stun/password-algorithm.ts";
import { decodeText, encodeText } from "../stun/text-attribute.ts";
import { nonceCookie } from "./request-authentication.ts";

/** Who may use a server. */
export interface TurnUsers {
  /** The password of a user; undefined when there is no such user, or no longer. @param wallTime milliseconds since the Unix epoch */
  password(username: string, wallTime: number): string | undefined;
  /** All names, where they are known beforehand: then clients may send a hash in place of the name (RFC 8489 §14.4). */
  readonly names?: readonly string[];
}

/** Users with passwords of their own. */
export function namedUsers(passwords: ReadonlyMap<string, string>): TurnUsers {
  return { password: (username) => passwords.get(username), names: [...passwords.keys()] };
}

/** Users whose names begin with the time of their end, in seconds since the Unix epoch, and whose passwords follow from a secret. */
export function timeLimitedUsers(secret: string): TurnUsers {
  const key = createHmacKey(encodeUtf8(secret));
  return {
    password: (username, wallTime) => {
      const expiry = /^([0-9]{1,15})(?::|$)/.exec(username)?.[1];
      if (expiry === undefined || Number(expiry) * 1000 <= wallTime) return undefined;
      return encodeBase64(hmacSha1(key, encodeUtf8(username)));
    },
  };
}

/** The user name and password of someone who may use a server with this secret until `expiry`, in seconds since the Unix epoch. */
export function timeLimitedCredentials(
  secret: string,
  expiry: number,
  name: string = "",
): { readonly username: string; readonly password: string } {
  const username = name === "" ? String(Math.floor(expiry)) : `${Math.floor(expiry)}:${name}`;
  return { username, password: encodeBase64(hmacSha1(createHmacKey(encodeUtf8(secret)), encodeUtf8(username))) };
}

/** Milliseconds that a nonce is taken. */
const NONCE_LIFETIME = 3_600_000;
/** Keys of users that are kept, so that a request does not cost a hash more. */
const MAX_KEYS = 1024;
/** Hexadecimal digits of the time and of the MAC in a nonce. */
const TIME_DIGITS = 11;
const MAC_DIGITS = 16;

/** Someone who proved who he is. */
export interface Proven {
  readonly username: string;
  readonly key: HmacKey;
  /** Which integrity his requests have, and the responses get. */
  readonly sha256: boolean;
}

/** What a request that is not believed is answered with. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** Tells users from others. */
export class ServerAuthentication {
  readonly #realm: string;
  readonly #users: TurnUsers;
  readonly #nonceKey: HmacKey;
  readonly #hashes: ReadonlyMap<string, string> | undefined;
  readonly #keys = new Map<string, { readonly password: string; readonly key: HmacKey }>();

  constructor(realm: string, users: TurnUsers, random: Random) {
    this.#realm = realm;
    this.#users = users;
    this.#nonceKey = createHmacKey(randomBytes(random, 32));
    this.#hashes = users.names && new Map(users.names.map((name) => [toHex(userhash(name, realm)), name]));
  }

  /**
   * Who sent a request, or why he is not believed.
   * @param from the client's transport address, as one text
   * @param wallTime milliseconds since the Unix epoch
   */
  prove(message: StunMessage, from: string, wallTime: number): Proven | Refusal {
    const sha256 = findAttribute(message, AttributeType.MESSAGE_INTEGRITY_SHA256) !== undefined;
    if (!sha256 && findAttribute(message, AttributeType.MESSAGE_INTEGRITY) === undefined) {
      return { code: StunErrorCode.UNAUTHENTICATED, reason: "Unauthenticated" };
    }
    const username = this.#username(message);
    const nonce = decodeText(message, AttributeType.NONCE);
    if (username === undefined || nonce === undefined || decodeText(message, AttributeType.REALM) === undefined) {
      return { code: StunErrorCode.BAD_REQUEST, reason: "Bad Request" };
    }
    if (!this.#isFresh(nonce, from, wallTime)) return { code: StunErrorCode.STALE_NONCE, reason: "Stale Nonce" };
    const algorithm = decodePasswordAlgorithm(message) ?? PasswordAlgorithm.MD5;
    const key = this.#key(username, algorithm, wallTime);
    const check = sha256 ? checkIntegritySha256 : checkIntegrity;
    if (key === undefined || !check(message, key)) return { code: StunErrorCode.UNAUTHENTICATED, reason: "Unauthenticated" };
    return { username, key, sha256 };
  }

  #username(message: StunMessage): string | undefined {
    const hash = attributeValue(message, AttributeType.USERHASH);
    // A hash that belongs to nobody is the name of nobody.
    return hash === undefined ? decodeText(message, AttributeType.USERNAME) : (this.#hashes?.get(toHex(hash)) ?? "");
  }

  #key(username: string, algorithm: PasswordAlgorithm, wallTime: number): HmacKey | undefined {
    const password = this.#users.password(username, wallTime);
    if (password === undefined) return undefined;
    const name = `${algorithm}${username}`;
    const known = this.#keys.get(name);
    if (known?.password === password) return known.key;
    const key = longTermKey(username, this.#realm, password, algorithm);
    if (this.#keys.size >= MAX_KEYS) {
      for (const oldest of this.#keys.keys()) {
        this.#keys.delete(oldest);
        break;
      }
    }
    this.#keys.set(name, { password, key });
    return key;
  }

  /** Writes what a 401 or 438 says and returns the offset behind it. */
  challenge(out: Uint8Array, offset: number, { code, reason }: Refusal, from: string, wallTime: number): number {
    let at = encodeErrorCode(out, offset, code, reason);
    if (code !== StunErrorCode.UNAUTHENTICATED && code !== StunErrorCode.STALE_NONCE) return at;
    at = encodeText(out, at, AttributeType.REALM, this.#realm);
    at = encodeText(out, at, AttributeType.NONCE, this.#nonce(from, wallTime));
    return encodePasswordAlgorithms(out, at, AttributeType.PASSWORD_ALGORITHMS, [
      PasswordAlgorithm.SHA_256,
      PasswordAlgorithm.MD5,
    ]);
  }

  /** Writes the integrity of a response and returns the offset behind it. */
  seal(out: Uint8Array, offset: number, { key, sha256 }: Proven): number {
    return (sha256 ? encodeIntegritySha256 : encodeIntegrity)(out, 0, offset, key);
  }

  #nonce(from: string, wallTime: number): string {
    const time = Math.floor(wallTime).toString(16).padStart(TIME_DIGITS, "0");
    return `${nonceCookie(this.#hashes !== undefined)}${time}${this.#mac(time, from)}`;
  }

  #mac(time: string, from: string): string {
    return toHex(hmacSha256(this.#nonceKey, encodeUtf8(`${time} ${from}`))).slice(0, MAC_DIGITS);
  }

  #isFresh(nonce: string, from: string, wallTime: number): boolean {
    const match = NONCE.exec(nonce);
    if (match === null) return false;
    const [, time = "", mac = ""] = match;
    const age = wallTime - Number.parseInt(time, 16);
    return age < NONCE_LIFETIME && timingSafeEqual(fromHex(mac), fromHex(this.#mac(time, from)));
  }
}

/** The cookie and features, the time, the MAC. */
const NONCE: RegExp = new RegExp(`^.{13}([0-9a-f]{${TIME_DIGITS}})([0-9a-f]{${MAC_DIGITS}})$`);
