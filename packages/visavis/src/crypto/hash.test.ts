import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { encodeUtf8, fromHex, toHex } from "../base/bytes.ts";
import { randomBytes } from "../base/random.ts";
import {
  createHmacKey,
  digest,
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
import { SystemRandom } from "./system-random.ts";

const abc = encodeUtf8("abc");

test("published digests of abc", () => {
  assert.equal(toHex(md5(abc)), "900150983cd24fb0d6963f7d28e17f72");
  assert.equal(toHex(sha1(abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assert.equal(toHex(sha256(abc)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(
    toHex(sha384(abc)),
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
  );
  assert.deepEqual(sha256(encodeUtf8("a"), encodeUtf8("bc")), sha256(abc));
  assert.equal(Object.getPrototypeOf(digest("sha512", abc)), Uint8Array.prototype);
});

test("RFC 2202 §3 and RFC 4231 §4.3, and a part of a larger array", () => {
  const data = encodeUtf8("xxwhat do ya want for nothing?yy");
  const key = createHmacKey(encodeUtf8("Jefe"));
  assert.equal(toHex(hmacSha1(key, data, 2, data.length - 2)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  assert.equal(
    toHex(hmacSha256(key, data, 2, data.length - 2)),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
  assert.deepEqual(hmac("sha1", encodeUtf8("Jefe"), data.subarray(2, 10), data.subarray(10, 30)), hmacSha1(key, data, 2, 30));
  assert.equal(toHex(hmacSha1(createHmacKey(new Uint8Array(0)), new Uint8Array(0))), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
});

test("every HMAC is the runtime's, for keys and messages of every length", () => {
  const random = new SystemRandom();
  for (const name of ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"] as const) {
    for (const keyLength of [0, 1, 20, 32, 63, 64, 65, 127, 128, 129, 200]) {
      const bytes = randomBytes(random, keyLength);
      const key = createHmacKey(bytes);
      for (const length of [0, 1, 55, 56, 100, 1919, 1920, 1984, 1985, 5000]) {
        const message = randomBytes(random, length);
        const expected = crypto.createHmac(name, bytes).update(message).digest("hex");
        assert.equal(toHex(key.sign(name, message.subarray(0, length >> 1), message.subarray(length >> 1))), expected);
        assert.equal(toHex(hmac(name, bytes, message)), expected, `${name} ${keyLength} ${length}`);
      }
    }
  }
});

test("a transcript is asked along the way and forked", () => {
  const transcript = new TranscriptHash("sha256");
  transcript.update(encodeUtf8("a"));
  const fork = transcript.copy();
  assert.deepEqual(transcript.digest(), sha256(encodeUtf8("a")));
  transcript.update(encodeUtf8("bc"));
  fork.update(encodeUtf8("z"));
  assert.deepEqual(transcript.digest(), sha256(abc));
  assert.deepEqual(fork.digest(), sha256(encodeUtf8("az")));
});

test("comparison looks at lengths first", () => {
  assert.equal(timingSafeEqual(fromHex("0102"), fromHex("0102")), true);
  assert.equal(timingSafeEqual(fromHex("0102"), fromHex("0103")), false);
  assert.equal(timingSafeEqual(fromHex("0102"), fromHex("010203")), false);
});

test("system randomness fills exactly what was asked, across blocks", () => {
  const random = new SystemRandom();
  const seen = new Set<string>();
  for (let i = 0; i < 600; i++) {
    const out = new Uint8Array(20);
    random.fill(out, 2, 18);
    assert.equal(toHex(out.subarray(0, 2)) + toHex(out.subarray(18)), "00000000");
    seen.add(toHex(out));
  }
  assert.equal(seen.size, 600);
  const large = new Uint8Array(10_000);
  random.fill(large);
  assert.ok(new Set(large).size > 200);
});
