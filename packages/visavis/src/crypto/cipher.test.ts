import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, encodeUtf8, fromHex, toHex } from "../base/bytes.ts";
import { randomBytes } from "../base/random.ts";
import { type AeadName, KEY_LENGTH, TAG_LENGTH } from "./aead.ts";
import { createAead } from "./aead-backends.ts";
import { createHeaderMask } from "./header-mask.ts";
import { hkdfExpand, hkdfExtract, pHash } from "./hkdf.ts";
import { SeededRandom } from "./seeded-random.test.ts";

test("RFC 5869 appendix A.1 and A.3", () => {
  const ikm = fromHex("0b".repeat(22));
  const prk = hkdfExtract("sha256", fromHex("000102030405060708090a0b0c"), ikm);
  assert.equal(toHex(prk), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  assert.equal(
    toHex(hkdfExpand("sha256", prk, fromHex("f0f1f2f3f4f5f6f7f8f9"), 42)),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
  const noSalt = hkdfExtract("sha256", new Uint8Array(0), ikm);
  assert.equal(
    toHex(hkdfExpand("sha256", noSalt, new Uint8Array(0), 42)),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
  assert.throws(() => hkdfExpand("sha256", prk, ikm, 255 * 32 + 1), RangeError);
});

test("the published vector of P_SHA256", () => {
  const secret = fromHex("9bbe436ba940f017b17652849a71db35");
  const seed = concatBytes(encodeUtf8("test label"), fromHex("a0ba9f936cda311827a6f796ffd5198c"));
  assert.equal(
    toHex(pHash("sha256", secret, seed, 100)),
    "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66",
  );
});

test("NIST GCM test case 4", () => {
  const aead = createAead("AES-128-GCM", fromHex("feffe9928665731c6d6a8f9467308308"), fromHex("cafebabefacedbaddecaf888"));
  const plaintext = fromHex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
  );
  const out = concatBytes(fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), plaintext, new Uint8Array(TAG_LENGTH));
  aead.seal(out, 20, plaintext.length, 0, 0, 0, 20);
  assert.equal(
    toHex(out.subarray(20)),
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
  );
});

test("RFC 8439 §2.8.2, with the packet number as part of the nonce", () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  const text = encodeUtf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  // The vector's nonce 07000000 40414243 44454647 as an IV and a number.
  const aead = createAead("CHACHA20-POLY1305", key, fromHex("070000004041424300000000"));
  const additional = fromHex("50515253c0c1c2c3c4c5c6c7");
  const out = concatBytes(text, new Uint8Array(TAG_LENGTH), additional);
  const size = text.length + TAG_LENGTH;
  aead.seal(out, 0, text.length, 0, 0x44454647, size, additional.length);
  assert.equal(toHex(out.subarray(0, 16)), "d31a8d34648e60db7b86afbc53ef7ec2");
  assert.equal(toHex(out.subarray(text.length, size)), "1ae10b594f09e26a7e902ecbd0600691");
  const again = createAead("CHACHA20-POLY1305", key, fromHex("070000000000000044454647"));
  assert.ok(again.open(out, 0, size, 0x40414243, 0, size, additional.length));
  assert.deepEqual(out.subarray(0, text.length), text);
});

test("every cipher opens what it sealed, at an offset, and nothing else", () => {
  const random = new SeededRandom(1);
  for (const name of Object.keys(KEY_LENGTH) as AeadName[]) {
    const aead = createAead(name, randomBytes(random, KEY_LENGTH[name]), randomBytes(random, 12));
    for (const length of [0, 1, 15, 16, 17, 1200]) {
      const plaintext = randomBytes(random, length);
      const packet = concatBytes(fromHex("aabbcc"), plaintext, new Uint8Array(TAG_LENGTH), fromHex("dd"));
      aead.seal(packet, 3, length, 1, 0xfffffffe, 0, 3);
      assert.equal(toHex(packet.subarray(-1)), "dd");
      const sealed = Uint8Array.from(packet);
      const size = length + TAG_LENGTH;
      assert.equal(aead.open(packet, 3, size, 1, 0xffffffff, 0, 3), false);
      assert.equal(aead.open(packet, 3, size, 0, 0xfffffffe, 0, 3), false);
      assert.equal(aead.open(packet, 3, size, 1, 0xfffffffe, 0, 2), false);
      assert.equal(aead.open(packet, 3, size - 1, 1, 0xfffffffe, 0, 3), false);
      assert.equal(aead.open(packet, 3, 15, 1, 0xfffffffe, 0, 3), false);
      assert.deepEqual(packet, sealed);
      assert.equal(aead.open(packet, 3, size, 1, 0xfffffffe, 0, 3), true);
      assert.deepEqual(packet.subarray(3, 3 + length), plaintext);
    }
  }
});

test("the masks of RFC 9001 appendix A.2 and A.5, which are made the same way", () => {
  const aes = createHeaderMask("AES-128-GCM", fromHex("9f50449e04a0e810283a1e9933adedd2"));
  const sample = fromHex("00d1b1c98dd7689fb8ec11d242b123dc9b");
  assert.equal(aes.of(sample, 1), 0x437b);
  assert.equal(aes.of(sample, 1), 0x437b);
  const key = fromHex("25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4");
  const chacha = createHeaderMask("CHACHA20-POLY1305", key);
  assert.equal(chacha.of(fromHex("5e5cd55c41f69080575d7999c25a5bfb"), 0), 0xaefe);
  // FIPS 197 appendix C.3.
  const aes256 = createHeaderMask(
    "AES-256-GCM",
    Uint8Array.from({ length: 32 }, (_, i) => i),
  );
  assert.equal(aes256.of(fromHex("00112233445566778899aabbccddeeff"), 0), 0x8ea2);
});
