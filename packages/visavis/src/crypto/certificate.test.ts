import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { encodeUtf8, fromHex, toHex } from "../base/bytes.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { createCertificate, exportCertificate, importCertificate, parseCertificate } from "./certificate.ts";
import { derBitString, derContext, derInteger, derObjectIdentifier, derSequence, derTime, utcToWallTime } from "./der.ts";
import { checkFingerprints, FINGERPRINT_ALGORITHMS, fingerprint } from "./fingerprint.ts";
import { randomScalar, sharedCoordinate } from "./p256.ts";

import { SeededRandom } from "./seeded-random.test.ts";
import { PrivateKey, PublicKey, type SignatureAlgorithm } from "./signature.ts";
import { SystemRandom } from "./system-random.ts";

const WALL_TIME = Date.UTC(2026, 10, 20, 12, 34, 56);
const rsaKey = PrivateKey.of(crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
assert.ok(rsaKey !== undefined);

test("node:crypto reads and verifies what the writer makes", () => {
  for (const privateKey of [undefined, rsaKey]) {
    const random = new SystemRandom();
    const made = createCertificate({ random, wallTime: WALL_TIME, ...(privateKey && { privateKey }) });
    const read = new crypto.X509Certificate(made.der);
    assert.ok(read.verify(read.publicKey));
    assert.equal(read.subject, "CN=WebRTC");
    assert.equal(read.issuer, read.subject);
    assert.equal(Date.parse(read.validFrom), WALL_TIME - 86_400_000);
    assert.equal(Date.parse(read.validTo), WALL_TIME + 30 * 86_400_000);
    assert.equal(made.expires, WALL_TIME + 30 * 86_400_000);
    assert.equal(read.serialNumber.length, 18);
    assert.equal(made.keyAlgorithm, privateKey ? "RSA-2048" : "ECDSA-P256");
    assert.equal(fingerprint(made.der, "sha-256"), read.fingerprint256);
    assert.equal(fingerprint(made.der, "SHA-512"), read.fingerprint512);
    assert.equal(fingerprint(made.der, "sha-1"), read.fingerprint);
    assert.equal(parseCertificate(made.der)?.publicKey.type, privateKey ? "rsa" : "ecdsa-p256");
  }
});

test("one seed makes one certificate, and its signature verifies", () => {
  const make = () => createCertificate({ random: new SeededRandom(7), wallTime: WALL_TIME }).der;
  assert.deepEqual(make(), make());
  for (let seed = 0; seed < 50; seed++) {
    const read = new crypto.X509Certificate(createCertificate({ random: new SeededRandom(seed), wallTime: WALL_TIME }).der);
    assert.ok(read.verify(read.publicKey), `seed ${seed}`);
  }
});

test("an imported key signs replayably under a seed", () => {
  const key = PrivateKey.parse(PrivateKey.generateP256(new SystemRandom()).toPem());
  const publicKey = PublicKey.of(crypto.createPublicKey(key?.toPem() ?? ""));
  assert.ok(key !== undefined && publicKey !== undefined);
  const data = encodeUtf8("data");
  const first = key.sign("ecdsa-p256-sha256", data, new SeededRandom(1));
  assert.deepEqual(key.sign("ecdsa-p256-sha256", data, new SeededRandom(1)), first);
  assert.ok(publicKey.verify("ecdsa-p256-sha256", data, first));
  assert.ok(!publicKey.verify("ecdsa-p256-sha256", encodeUtf8("Data"), first));
  assert.ok(publicKey.verify("ecdsa-p256-sha256", data, key.sign("ecdsa-p256-sha256", data, new SystemRandom())));
});

test("every signature algorithm verifies with its own kind of key only", () => {
  const data = encodeUtf8("signed");
  const keys = {
    "ecdsa-p256": crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    "ecdsa-p384": crypto.generateKeyPairSync("ec", { namedCurve: "secp384r1" }),
    "ecdsa-p521": crypto.generateKeyPairSync("ec", { namedCurve: "secp521r1" }),
    ed25519: crypto.generateKeyPairSync("ed25519"),
  };
  const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const rsa = crypto.createPrivateKey(rsaKey.toPem());
  const made: [SignatureAlgorithm, crypto.KeyObject, Uint8Array][] = [
    ["ecdsa-p256-sha256", keys["ecdsa-p256"].publicKey, crypto.sign("sha256", data, keys["ecdsa-p256"].privateKey)],
    ["ecdsa-p384-sha384", keys["ecdsa-p384"].publicKey, crypto.sign("sha384", data, keys["ecdsa-p384"].privateKey)],
    ["ecdsa-p521-sha512", keys["ecdsa-p521"].publicKey, crypto.sign("sha512", data, keys["ecdsa-p521"].privateKey)],
    ["ed25519", keys.ed25519.publicKey, crypto.sign(null, data, keys.ed25519.privateKey)],
    ["rsa-pkcs1-sha256", crypto.createPublicKey(rsa), crypto.sign("sha256", data, rsa)],
    ["rsa-pss-sha256", crypto.createPublicKey(rsa), crypto.sign("sha256", data, { key: rsa, ...pss })],
  ];
  for (const [algorithm, key, signature] of made) {
    const publicKey = PublicKey.of(key);
    assert.ok(publicKey !== undefined);
    assert.ok(publicKey.verify(algorithm, data, signature), algorithm);
    for (const [other] of made) {
      if (other !== algorithm) assert.ok(!publicKey.verify(other, data, signature), `${other} for ${algorithm}`);
    }
    assert.ok(!publicKey.verify(algorithm, data, signature.subarray(1)));
    assert.ok(!publicKey.verify(algorithm, data, new Uint8Array(0)));
  }
  const own = PublicKey.of(crypto.createPublicKey(rsa));
  for (const algorithm of ["rsa-pss-sha256", "rsa-pkcs1-sha256"] as const) {
    assert.ok(own?.verify(algorithm, data, rsaKey.sign(algorithm, data, new SystemRandom())));
  }
  assert.throws(() => rsaKey.sign("ecdsa-p256-sha256", data, new SystemRandom()), RangeError);
});

test("an RSA signature whose first byte is zero is none without it (RFC 8017 §8.1.2 and §8.2.2)", () => {
  const rsa = crypto.createPrivateKey(rsaKey.toPem());
  const publicKey = PublicKey.of(crypto.createPublicKey(rsa));
  assert.ok(publicKey !== undefined);
  const pss = { key: rsa, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  // One signature in 256 begins with a zero.
  for (let i = 0; ; i++) {
    const data = encodeUtf8(String(i));
    const signature = crypto.sign("sha256", data, pss);
    if (signature[0] !== 0) continue;
    assert.ok(publicKey.verify("rsa-pss-sha256", data, signature));
    assert.ok(!publicKey.verify("rsa-pss-sha256", data, signature.subarray(1)));
    return;
  }
});

test("PEM goes out and comes back, and keys must belong", () => {
  const random = new SystemRandom();
  const made = createCertificate({ random, wallTime: WALL_TIME });
  const other = createCertificate({ random, wallTime: WALL_TIME });
  const pem = exportCertificate(made);
  const back = importCertificate(pem);
  assert.deepEqual(back?.der, made.der);
  assert.equal(back?.expires, Math.floor(made.expires / 1000) * 1000);
  assert.equal(importCertificate({ ...pem, privateKey: exportCertificate(other).privateKey }), undefined);
  assert.equal(importCertificate({ certificate: "no", privateKey: "no" }), undefined);
  assert.equal(PrivateKey.parse(Uint8Array.of(1, 2, 3)), undefined);
});

test("what is not exactly one certificate is none", () => {
  const { der } = createCertificate({ random: new SeededRandom(3), wallTime: WALL_TIME });
  assert.ok(parseCertificate(der) !== undefined);
  for (let length = 0; length < der.length; length++) assert.equal(parseCertificate(der.subarray(0, length)), undefined);
  assert.equal(parseCertificate(Uint8Array.from([...der, 0])), undefined);
  assert.equal(parseCertificate(encodeUtf8(new crypto.X509Certificate(der).toString())), undefined);
  const random = new SeededRandom(4);
  for (let i = 0; i < 300; i++) {
    const bent = Uint8Array.from(der);
    random.fill(bent, i % der.length, Math.min(der.length, (i % der.length) + 1 + (i % 3)));
    parseCertificate(bent);
  }
});

test("the key is found where it stands, with long lengths, in version 1 too, and nowhere else", () => {
  const { der } = createCertificate({ random: new SeededRandom(3), wallTime: WALL_TIME });
  const key = der.subarray(der.findIndex((_, at) => toHex(der.subarray(at, at + 8)) === "3059301306072a86")).subarray(0, 91);
  const identifier = derSequence(derObjectIdentifier("1.2.840.10045.4.3.2"));
  const nothing = derSequence();
  const long = derSequence(new Uint8Array(300));
  const make = (...parts: Uint8Array[]): Uint8Array =>
    derSequence(derSequence(...parts), identifier, derBitString(new Uint8Array(8)));
  const serial = derInteger(Uint8Array.of(1));
  const version3 = derContext(0, derInteger(Uint8Array.of(2)));
  assert.equal(parseCertificate(make(serial, identifier, nothing, nothing, nothing, key))?.publicKey.type, "ecdsa-p256");
  assert.equal(
    parseCertificate(make(version3, serial, identifier, nothing, nothing, nothing, key))?.publicKey.type,
    "ecdsa-p256",
  );
  assert.equal(parseCertificate(make(serial, identifier, long, nothing, long, key))?.publicKey.type, "ecdsa-p256");
  assert.equal(parseCertificate(make(serial, identifier, nothing, nothing, key)), undefined);
  const off = Uint8Array.from(key);
  off[90] = (off[90] ?? 0) ^ 1;
  assert.equal(parseCertificate(make(serial, identifier, nothing, nothing, nothing, off)), undefined);
});

test("fingerprints: any known algorithm may vouch, case does not matter", () => {
  const { der } = createCertificate({ random: new SeededRandom(5), wallTime: WALL_TIME });
  const all = FINGERPRINT_ALGORITHMS.map((algorithm) => ({ algorithm, value: fingerprint(der, algorithm) }));
  for (const one of all) assert.equal(checkFingerprints(der, [one]), "match");
  const right = { algorithm: "SHA-256", value: fingerprint(der, "sha-256").toLowerCase() };
  const wrong = { algorithm: "sha-256", value: right.value.replace(/^../, right.value.startsWith("00") ? "01" : "00") };
  assert.equal(checkFingerprints(der, [wrong, right]), "match");
  assert.equal(checkFingerprints(der, [wrong]), "mismatch");
  assert.equal(checkFingerprints(der, [{ algorithm: "md5", value: "00" }]), "unknown");
  assert.equal(checkFingerprints(der, [{ algorithm: "constructor", value: "00" }, wrong]), "mismatch");
  assert.equal(checkFingerprints(der, []), "unknown");
  assert.throws(() => fingerprint(der, "md5"), RangeError);
});

test("DER numbers, identifiers and times", () => {
  assert.equal(toHex(derInteger(fromHex("00007f"))), "02017f");
  assert.equal(toHex(derInteger(fromHex("80"))), "02020080");
  assert.equal(toHex(derInteger(fromHex("0000"))), "020100");
  assert.equal(toHex(derObjectIdentifier("1.2.840.113549.1.1.11")), "06092a864886f70d01010b");
  assert.equal(new TextDecoder().decode(derTime(WALL_TIME).subarray(2)), "261120123456Z");
  for (const [year, text] of [
    [1951, "510229"],
    [1970, "700101"],
    [2049, "491231"],
    [2050, "20500101"],
    [2400, "24000229"],
  ] as const) {
    const month = Number(text.slice(-4, -2));
    const day = Number(text.slice(-2));
    const at = Date.UTC(year, month - 1, day, 1, 2, 3);
    const date = new Date(at);
    const expected =
      text.slice(0, -4) + String(date.getUTCMonth() + 1).padStart(2, "0") + String(date.getUTCDate()).padStart(2, "0");
    assert.equal(new TextDecoder().decode(derTime(at).subarray(2)), `${expected}010203Z`);
  }
  for (let at = -2_000_000_000_000; at < 20_000_000_000_000; at += 86_400_000 * 97 + 1000) {
    const date = new Date(at);
    assert.equal(
      utcToWallTime(
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ),
      at,
    );
  }
});

test("base64url is its own inverse and equals the platform's", () => {
  const random = new SeededRandom(6);
  for (let length = 0; length < 70; length++) {
    const bytes = new Uint8Array(length);
    random.fill(bytes);
    const text = Buffer.from(bytes).toString("base64url");
    assert.equal(toBase64Url(bytes), text);
    assert.deepEqual(fromBase64Url(text), bytes);
  }
  assert.throws(() => fromBase64Url("a+b"), RangeError);
});

test("RFC 5903 §8.1, and points that are not on the curve are refused", () => {
  const scalar = fromHex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
  const peer = fromHex(
    "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
  );
  const shared = sharedCoordinate(scalar, peer);
  assert.equal(shared && toHex(shared), "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
  const off = Uint8Array.from(peer);
  off[64] = (off[64] ?? 0) ^ 1;
  assert.equal(sharedCoordinate(scalar, off), undefined);
  assert.equal(sharedCoordinate(scalar, peer.subarray(0, 64)), undefined);
  assert.equal(sharedCoordinate(scalar, Uint8Array.of(2, ...peer.subarray(1, 33))), undefined);
  assert.equal(sharedCoordinate(scalar, new Uint8Array(65)), undefined);
  assert.equal(randomScalar(new SeededRandom(1)).length, 32);
});
