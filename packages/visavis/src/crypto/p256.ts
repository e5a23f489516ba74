/**
 * Key pairs on the curve P-256 (secp256r1, FIPS 186-5) whose private scalars come from an injected `Random`.
 */
import * as crypto from "node:crypto";
import { concatBytes, equalBytes, fromHex, toHex, u32 } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";

/** The order of the base point. */
export const P256_ORDER = 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n;

/** Bytes of a scalar and of a coordinate. */
export const P256_SCALAR_LENGTH = 32;

/** Bytes of an uncompressed point: 4, x, y. */
export const P256_POINT_LENGTH = 65;

/** Big-endian bytes as an integer. */
export function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

/** A random scalar in [1, order), 32 bytes. */
export function randomScalar(random: Random): Uint8Array {
  const scalar = new Uint8Array(P256_SCALAR_LENGTH);
  for (;;) {
    random.fill(scalar);
    // All but one of 2³² begin below the order, and are not zero; only the others need the long comparison.
    const first = u32(scalar, 0);
    if (first > 0 && first < 0xffff_ffff) return scalar;
    const value = toBigInt(scalar);
    if (value > 0n && value < P256_ORDER) return scalar;
  }
}

/** The public point of a scalar, uncompressed, 65 bytes. */
export function publicPoint(scalar: Uint8Array): Uint8Array {
  const ecdh = crypto.createECDH("prime256v1");
  ecdh.setPrivateKey(scalar);
  return Uint8Array.from(ecdh.getPublicKey());
}

/**
 * The x coordinate shared with the peer's point (RFC 9846 §7.4.2); undefined when that is not an uncompressed point of
 * the curve (§4.2.8.2).
 */
export function sharedCoordinate(scalar: Uint8Array, peerPoint: Uint8Array): Uint8Array | undefined {
  if (peerPoint.length !== P256_POINT_LENGTH || peerPoint[0] !== 4) return undefined;
  const ecdh = crypto.createECDH("prime256v1");
  ecdh.setPrivateKey(scalar);
  try {
    return Uint8Array.from(ecdh.computeSecret(peerPoint));
  } catch {
    return undefined;
  }
}

/**
 * The private key as an object of `node:crypto`, with the public point of its scalar. A JSON Web Key is imported several times faster than
 * PKCS #8.
 */
export function scalarToKeyObject(scalar: Uint8Array, point: Uint8Array): crypto.KeyObject {
  return crypto.createPrivateKey({ key: { ...webKeyOf(point), d: toBase64Url(scalar) }, format: "jwk" });
}

/** The public key as an object of `node:crypto`. @throws Error when the point is not on the curve */
export function pointToKeyObject(point: Uint8Array): crypto.KeyObject {
  return crypto.createPublicKey({ key: webKeyOf(point), format: "jwk" });
}

function webKeyOf(point: Uint8Array): crypto.JsonWebKey {
  const x = toBase64Url(point.subarray(1, 1 + P256_SCALAR_LENGTH));
  return { kty: "EC", crv: "P-256", x, y: toBase64Url(point.subarray(1 + P256_SCALAR_LENGTH)) };
}

/** The scalar of a private key of this curve. */
export function keyObjectToScalar(key: crypto.KeyObject): Uint8Array {
  const digits = fromBase64Url(key.export({ format: "jwk" }).d ?? "");
  return concatBytes(new Uint8Array(P256_SCALAR_LENGTH - digits.length), digits);
}

const SPKI_PREFIX = fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

/** The uncompressed point in a SubjectPublicKeyInfo of this curve, as a view; undefined when it is anything else. */
export function spkiToPoint(spki: Uint8Array): Uint8Array | undefined {
  const point = spki.subarray(SPKI_PREFIX.length);
  if (point.length !== P256_POINT_LENGTH || point[0] !== 4) return undefined;
  return equalBytes(spki.subarray(0, SPKI_PREFIX.length), SPKI_PREFIX) ? point : undefined;
}

/** A public point as SubjectPublicKeyInfo (RFC 5480 §2). */
export function pointToSpki(point: Uint8Array): Uint8Array {
  return concatBytes(SPKI_PREFIX, point);
}
