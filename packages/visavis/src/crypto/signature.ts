/**
 * Private keys that sign and public keys that verify: ECDSA (FIPS 186-5), RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017),
 * Ed25519 (RFC 8032, verification only).
 *
 * Under a seeded `Random` an ECDSA nonce is drawn from it, so that a simulation replays byte for byte; that path does its
 * arithmetic in BigInt, leaks time and is never taken in production. The salt of RSASSA-PSS is always `node:crypto`'s own:
 * RSA keys come from outside and do not replay.
 */
import * as crypto from "node:crypto";
import { fromHex } from "../base/bytes.ts";
import { InternalError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { derInteger, derSequence } from "./der.ts";
import { sha256 } from "./hash.ts";
import {
  keyObjectToScalar,
  P256_ORDER,
  P256_POINT_LENGTH,
  P256_SCALAR_LENGTH,
  pointToKeyObject,
  pointToSpki,
  publicPoint,
  randomScalar,
  scalarToKeyObject,
  spkiToPoint,
  toBigInt,
} from "./p256.ts";

/**
 * A `KeyObject` of `node:crypto`. It is not named, so that programs without the typings of Node can read the declarations here.
 */
export interface NativeKey {
  readonly type: "secret" | "public" | "private";
  readonly asymmetricKeyType?: string | undefined;
}

/** What is signed with what. ECDSA signatures are in DER, as TLS and X.509 have them. */
export type SignatureAlgorithm =
  | "ecdsa-p256-sha256"
  | "ecdsa-p384-sha384"
  | "ecdsa-p521-sha512"
  | "ed25519"
  | "rsa-pkcs1-sha256"
  | "rsa-pkcs1-sha384"
  | "rsa-pkcs1-sha512"
  | "rsa-pss-sha256"
  | "rsa-pss-sha384"
  | "rsa-pss-sha512";

/** Kinds of keys of certificates. */
export type KeyType = "ecdsa-p256" | "ecdsa-p384" | "ecdsa-p521" | "ed25519" | "rsa";

/** The kind of key that each algorithm needs. */
export function keyTypeOf(algorithm: SignatureAlgorithm): KeyType {
  if (algorithm === "ed25519") return "ed25519";
  if (algorithm.startsWith("rsa")) return "rsa";
  return algorithm.slice(0, "ecdsa-p256".length) as KeyType;
}

/** The key types that may sign here, in the words of a certificate's description. */
export type KeyAlgorithm = "ECDSA-P256" | `RSA-${number}`;

const CURVES: Readonly<Record<string, KeyType>> = {
  prime256v1: "ecdsa-p256",
  secp384r1: "ecdsa-p384",
  secp521r1: "ecdsa-p521",
};

/** RSA moduli outside these bounds are refused: shorter ones prove nothing, longer ones cost a peer's whole processor. */
const RSA_BITS = { min: 1024, max: 8192 } as const;

function keyType(key: crypto.KeyObject): KeyType | undefined {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  if (key.asymmetricKeyType === "ec") return CURVES[details?.namedCurve ?? ""];
  if (key.asymmetricKeyType !== "rsa") return undefined;
  const bits = details?.modulusLength ?? 0;
  return bits >= RSA_BITS.min && bits <= RSA_BITS.max ? "rsa" : undefined;
}

function hashOf(algorithm: SignatureAlgorithm): string | null {
  return algorithm === "ed25519" ? null : algorithm.slice(-"sha256".length);
}

function paddingOf(algorithm: SignatureAlgorithm): { padding?: number; saltLength?: number } {
  if (algorithm.startsWith("rsa-pss")) {
    return { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST };
  }
  return algorithm.startsWith("rsa") ? { padding: crypto.constants.RSA_PKCS1_PADDING } : {};
}

/** The typings ask for a Buffer where the runtime takes any view. */
type BufferLike = Extract<crypto.PrivateKeyInput["key"], Uint8Array>;

/** Someone's public key, out of a certificate. */
export class PublicKey {
  readonly type: KeyType;
  readonly #key: crypto.KeyObject;

  private constructor(type: KeyType, key: crypto.KeyObject) {
    this.type = type;
    this.#key = key;
  }

  /** The key that a SubjectPublicKeyInfo names, when it is the common one, ECDSA on P-256; undefined for others, and for a point off the curve. */
  static ofP256(spki: Uint8Array): PublicKey | undefined {
    const point = spkiToPoint(spki);
    if (point === undefined) return undefined;
    try {
      return new PublicKey("ecdsa-p256", pointToKeyObject(point));
    } catch {
      return undefined;
    }
  }

  /** Wraps a key; undefined when it is of no kind that is understood. */
  static of(key: NativeKey): PublicKey | undefined {
    const native = key as crypto.KeyObject;
    const type = keyType(native);
    return type === undefined ? undefined : new PublicKey(type, native);
  }

  /** Whether `signature` is one of `data` by this key. A wrong kind of key or a malformed signature is simply not. */
  verify(algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean {
    if (keyTypeOf(algorithm) !== this.type) return false;
    // RFC 8017 §8.1.2, §8.2.2: an RSA signature is as long as the modulus; OpenSSL takes one without its leading zero too.
    const modulusLength = this.type === "rsa" ? this.#key.asymmetricKeyDetails?.modulusLength : undefined;
    if (modulusLength !== undefined && signature.length !== Math.ceil(modulusLength / 8)) return false;
    try {
      return crypto.verify(hashOf(algorithm), data, { key: this.#key, ...paddingOf(algorithm) }, signature);
    } catch {
      return false;
    }
  }
}

/** A key that signs: ECDSA on P-256, or RSA. */
export class PrivateKey {
  readonly type: "ecdsa-p256" | "rsa";
  readonly algorithm: KeyAlgorithm;
  #key: crypto.KeyObject | undefined = undefined;
  /** Instead of the key itself, where it can be made again from its scalar: it takes 12 KiB outside of the heap, and is needed for a handshake. */
  #lentKey: WeakRef<crypto.KeyObject> | undefined = undefined;
  #scalar: Uint8Array | undefined = undefined;
  /** The public half in DER, where it is known. */
  #spki: Uint8Array | undefined = undefined;

  private constructor(type: "ecdsa-p256" | "rsa", algorithm: KeyAlgorithm) {
    this.type = type;
    this.algorithm = algorithm;
  }

  /** A new ECDSA P-256 key whose scalar is drawn from `random`. */
  static generateP256(random: Random): PrivateKey {
    const scalar = randomScalar(random);
    const key = new PrivateKey("ecdsa-p256", "ECDSA-P256");
    key.#scalar = scalar;
    key.#spki = pointToSpki(publicPoint(scalar));
    return key;
  }

  /** Wraps a key of `node:crypto`; undefined when it is neither ECDSA P-256 nor RSA of 1024 to 8192 bits. */
  static of(key: NativeKey): PrivateKey | undefined {
    const native = key as crypto.KeyObject;
    const type = native.type === "private" ? keyType(native) : undefined;
    if (type !== "ecdsa-p256" && type !== "rsa") return undefined;
    const algorithm = type === "rsa" ? (`RSA-${native.asymmetricKeyDetails?.modulusLength ?? 0}` as const) : "ECDSA-P256";
    const wrapped = new PrivateKey(type, algorithm);
    wrapped.#key = native;
    return wrapped;
  }

  /** Reads PKCS #8, in DER or as PEM text; undefined when it is no key that {@link PrivateKey.of} takes. */
  static parse(pkcs8: Uint8Array | string): PrivateKey | undefined {
    try {
      if (typeof pkcs8 === "string") return PrivateKey.of(crypto.createPrivateKey(pkcs8));
      return PrivateKey.of(crypto.createPrivateKey({ key: pkcs8 as BufferLike, format: "der", type: "pkcs8" }));
    } catch {
      return undefined;
    }
  }

  /** The key as PKCS #8 in PEM. It is a secret. */
  toPem(): string {
    return String(this.#object.export({ format: "pem", type: "pkcs8" }));
  }

  /** The public half as SubjectPublicKeyInfo in DER. */
  publicKeyDer(): Uint8Array {
    this.#spki ??= Uint8Array.from(crypto.createPublicKey(this.#object).export({ format: "der", type: "spki" }));
    return this.#spki;
  }

  /**
   * Signs `data`.
   * @throws RangeError when the algorithm is not one of this kind of key
   */
  sign(algorithm: SignatureAlgorithm, data: Uint8Array, random: Random): Uint8Array {
    if (keyTypeOf(algorithm) !== this.type) throw new RangeError(`a key of type ${this.type} cannot make ${algorithm}`);
    if (random.seeded && this.type === "ecdsa-p256") {
      this.#scalar ??= keyObjectToScalar(this.#object);
      return signReplayable(this.#scalar, data, random);
    }
    return Uint8Array.from(crypto.sign(hashOf(algorithm), data, { key: this.#object, ...paddingOf(algorithm) }));
  }

  /** What signs. */
  get #object(): crypto.KeyObject {
    let key = this.#key ?? this.#lentKey?.deref();
    if (key === undefined) {
      if (this.#scalar === undefined || this.#spki === undefined)
        throw new InternalError("a private key without anything private");
      key = scalarToKeyObject(this.#scalar, this.#spki.subarray(this.#spki.length - P256_POINT_LENGTH));
      this.#lentKey = new WeakRef(key);
    }
    return key;
  }
}

/** r = x(kG) mod n, s = k⁻¹(z + rd) mod n (FIPS 186-5 §6.4.1), with k from the seed. For simulations only. */
function signReplayable(scalar: Uint8Array, data: Uint8Array, random: Random): Uint8Array {
  const nonce = randomScalar(random);
  const r = toBigInt(publicPoint(nonce).subarray(1, 33)) % P256_ORDER;
  const z = toBigInt(sha256(data));
  const s = (inverse(toBigInt(nonce), P256_ORDER) * (z + r * toBigInt(scalar))) % P256_ORDER;
  return derSequence(derInteger(toBytes(r)), derInteger(toBytes(s)));
}

/** The inverse of `value` modulo a prime, by the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [value % modulus, modulus];
  let [x, y] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [x, y] = [y - quotient * x, x];
  }
  return ((x % modulus) + modulus) % modulus;
}

function toBytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * P256_SCALAR_LENGTH, "0"));
}
