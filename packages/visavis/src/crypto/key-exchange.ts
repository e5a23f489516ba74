/**
 * Key exchange with ephemeral keys drawn from an injected `Random`: X25519 (RFC 7748 §6.1), P-256 (RFC 9846 §4.2.8.2) and
 * the hybrid X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem).
 *
 * The initiator makes a share, the responder answers it, both get one secret. What the peer sends is validated: a point
 * must be on its curve, an X25519 secret must not be all zeros, an encapsulation key must be in canonical form.
 */
import * as crypto from "node:crypto";
import { concatBytes, fromHex } from "../base/bytes.ts";
import { type Random, randomBytes } from "../base/random.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { CIPHERTEXT_LENGTH, ENCAPSULATION_KEY_LENGTH, encapsulateMlKem, generateMlKem } from "./ml-kem.ts";
import { publicPoint, randomScalar, sharedCoordinate } from "./p256.ts";

/** The groups, by their names in TLS. */
export type KeyExchangeName = "X25519" | "P-256" | "X25519MLKEM768";

/** Our half of an exchange that we began. */
export interface KeyShare {
  readonly name: KeyExchangeName;
  /** What the peer gets. */
  readonly share: Uint8Array;
  /** The secret from the peer's answer; undefined when that is not valid. */
  finish(answer: Uint8Array): Uint8Array | undefined;
}

/** Our half of an exchange that the peer began. */
export interface KeyAnswer {
  /** What the peer gets. */
  readonly share: Uint8Array;
  readonly secret: Uint8Array;
}

/** Begins an exchange. */
export function createKeyShare(name: KeyExchangeName, random: Random): KeyShare {
  switch (name) {
    case "X25519":
      return createX25519(random);
    case "P-256":
      return createP256(random);
    case "X25519MLKEM768":
      return createHybrid(createX25519(random), random);
  }
}

/**
 * Begins several exchanges, of which one will be finished. An X25519 key serves both alone and as part of the hybrid: a key may appear in
 * several groups of one offer (draft-ietf-tls-hybrid-design §3.2), and making it is the larger part of the work.
 */
export function createKeyShares(names: readonly KeyExchangeName[], random: Random): KeyShare[] {
  let curve: KeyShare | undefined;
  return names.map((name) => {
    if (name === "P-256") return createP256(random);
    curve ??= createX25519(random);
    return name === "X25519" ? curve : createHybrid(curve, random);
  });
}

/** Answers a peer's share; undefined when it is not valid. */
export function answerKeyShare(name: KeyExchangeName, share: Uint8Array, random: Random): KeyAnswer | undefined {
  if (name === "X25519MLKEM768") return answerHybrid(share, random);
  const own = createKeyShare(name, random);
  const secret = own.finish(share);
  return secret === undefined ? undefined : { share: own.share, secret };
}

const X25519_LENGTH = 32;

/** PKCS #8 around the 32 bytes of a private key (RFC 8410 §7). */
const PKCS8_PREFIX = fromHex("302e020100300506032b656e04220420");

/** The public half of a JSON Web Key that is made only to import the private one. */
const PLACEHOLDER = toBase64Url(new Uint8Array(X25519_LENGTH));

/** The typings ask for a Buffer where the runtime takes any view. */
type BufferLike = Extract<crypto.PrivateKeyInput["key"], Uint8Array>;

/**
 * Imports a private key whose public half is not known yet. Older runtimes do not look at the public half of a JSON Web
 * Key, and are slow with PKCS #8; newer ones do look, and are not.
 */
function importX25519(bytes: Uint8Array): crypto.KeyObject {
  try {
    return crypto.createPrivateKey({
      key: { kty: "OKP", crv: "X25519", d: toBase64Url(bytes), x: PLACEHOLDER },
      format: "jwk",
    });
  } catch {
    return crypto.createPrivateKey({ key: concatBytes(PKCS8_PREFIX, bytes) as BufferLike, format: "der", type: "pkcs8" });
  }
}

function createX25519(random: Random): KeyShare {
  const privateKey = importX25519(randomBytes(random, X25519_LENGTH));
  const { x = "" } = crypto.createPublicKey(privateKey).export({ format: "jwk" });
  return { name: "X25519", share: fromBase64Url(x), finish: (answer) => x25519Secret(privateKey, answer) };
}

function x25519Secret(privateKey: crypto.KeyObject, peer: Uint8Array): Uint8Array | undefined {
  if (peer.length !== X25519_LENGTH) return undefined;
  try {
    const key = { kty: "OKP", crv: "X25519", x: toBase64Url(peer) };
    const publicKey = crypto.createPublicKey({ key, format: "jwk" });
    const secret = Uint8Array.from(crypto.diffieHellman({ privateKey, publicKey }));
    // RFC 7748 §6.1: a peer's point of small order gives zeros. OpenSSL refuses it by itself, other libraries may not.
    return secret.some((byte) => byte !== 0) ? secret : undefined;
  } catch {
    return undefined;
  }
}

function createP256(random: Random): KeyShare {
  const scalar = randomScalar(random);
  return { name: "P-256", share: publicPoint(scalar), finish: (answer) => sharedCoordinate(scalar, answer) };
}

/** The initiator sends its encapsulation key, then its X25519 key. */
function createHybrid(curve: KeyShare, random: Random): KeyShare {
  const kem = generateMlKem(random);
  return {
    name: "X25519MLKEM768",
    share: concatBytes(kem.encapsulationKey, curve.share),
    finish(answer) {
      const first = kem.decapsulate(answer.subarray(0, CIPHERTEXT_LENGTH));
      const second = curve.finish(answer.subarray(CIPHERTEXT_LENGTH));
      return first === undefined || second === undefined ? undefined : concatBytes(first, second);
    },
  };
}

/** The responder sends the ciphertext, then its X25519 key; the secrets follow in the same order. */
function answerHybrid(share: Uint8Array, random: Random): KeyAnswer | undefined {
  if (share.length !== ENCAPSULATION_KEY_LENGTH + X25519_LENGTH) return undefined;
  const made = encapsulateMlKem(share.subarray(0, ENCAPSULATION_KEY_LENGTH), random);
  const curve = answerKeyShare("X25519", share.subarray(ENCAPSULATION_KEY_LENGTH), random);
  if (made === undefined || curve === undefined) return undefined;
  return { share: concatBytes(made.ciphertext, curve.share), secret: concatBytes(made.secret, curve.secret) };
}
