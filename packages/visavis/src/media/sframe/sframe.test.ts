import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "../../base/bytes.ts";
import { type SFrameCipherSuite, SUITES } from "./cipher-suite.ts";
import { deriveSFrameKey, SFrameContext } from "./context.ts";
import { decodeSFrameHeader, encodeSFrameHeader } from "./header.ts";

/** RFC 9605, appendix C.1. */
const HEADERS: readonly (readonly [keyId: bigint, counter: bigint, header: string])[] = [
  [0x0000_ffff_ffff_ffffn, 0n, "d0ffffffffffff"],
  [0x0000_ffff_ffff_ffffn, 1n, "d1ffffffffffff"],
  [0x0000_ffff_ffff_ffffn, 0xffn, "d8ffffffffffffff"],
  [0x0000_ffff_ffff_ffffn, 0x100n, "d9ffffffffffff0100"],
  [0x0001_0000_0000_0000n, 0x1_0000n, "ea01000000000000010000"],
  [0x0001_0000_0000_0000n, 0x100_0000n, "eb0100000000000001000000"],
  [0x00ff_ffff_ffff_ffffn, 0x1_0000_0000n, "ecffffffffffffff0100000000"],
  [0x0100_0000_0000_0000n, 0x0100_0000_0000n, "fd0100000000000000010000000000"],
  [0x0100_0000_0000_0000n, 0xffff_ffff_ffff_ffffn, "ff0100000000000000ffffffffffffffff"],
  [0xffff_ffff_ffff_ffffn, 0x0100_0000_0000_0000n, "ffffffffffffffffff0100000000000000"],
  [0xffff_ffff_ffff_ffffn, 0n, "f0ffffffffffffffff"],
];

for (const [keyId, counter, hex] of HEADERS) {
  test(`header of key ${keyId.toString(16)}, frame ${counter.toString(16)}`, () => {
    const out = new Uint8Array(20);
    const end = encodeSFrameHeader({ keyId, counter }, out, 2);
    assert.equal(toHex(out.subarray(2, end)), hex);
    assert.deepEqual(decodeSFrameHeader(out, 2, end), { keyId, counter, end });
    for (let short = 2; short < end; short++) assert.equal(decodeSFrameHeader(out, 2, short), undefined);
  });
}

/** Appendix C.2: key and nonce are given. */
const TEXT = fromHex("64726166742d696574662d736672616d652d656e63");
const METADATA = fromHex("4945544620534672616d65205747");
const SEALED: readonly (readonly [suite: SFrameCipherSuite, sealed: string])[] = [
  [1, "6339af04ada1d064688a442b8dc69d5b6bfa40f4bef0583e8081069cc60705"],
  [2, "6339af04ada1d064688a442b8dc69d5b6bfa40f4be6e93b7da076927bb"],
  [3, "6339af04ada1d064688a442b8dc69d5b6bfa40f4be09480509"],
];

for (const [suite, sealed] of SEALED) {
  test(`suite ${suite} with a given key and nonce`, () => {
    const key = Uint8Array.from({ length: 48 }, (_, i) => i);
    const cipher = SUITES[suite].create(key, fromHex("101112131415161718191a1b"));
    const bytes = new Uint8Array(sealed.length / 2);
    bytes.set(TEXT);
    cipher.seal(bytes, 0, 0, TEXT.length, METADATA, 0n);
    assert.equal(toHex(bytes), sealed);
    assert.ok(cipher.open(bytes, 0, 0, TEXT.length, METADATA, 0n));
    assert.equal(toHex(bytes.subarray(0, TEXT.length)), toHex(TEXT));
  });
}

/** Appendix C.3. */
const BASE_KEY = fromHex("000102030405060708090a0b0c0d0e0f");
const FRAMES: readonly (readonly [suite: SFrameCipherSuite, key: string, salt: string, frame: string])[] = [
  [
    1,
    "3f7d9a7c83ae8e1c8a11ae695ab59314b367e359fadac7b9c46b2bc6f81f46e16b96f0811868d59402b7e870102720b3",
    "50b29329a04dc0f184ac3168",
    "9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11",
  ],
  [
    2,
    "e2ec5c797540310483b16bf6e7a570d2a27d192fe869c7ccd8584a8d9dab91549fbe553f5113461ec6aa83bf3865553e",
    "e68ac8dd3d02fbcd368c5577",
    "99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607",
  ],
  [
    3,
    "2c5703089cbb8c583475e4fc461d97d18809df79b6d550f78eb6d50ffa80d89211d57909934f46f5405e38cd583c69fe",
    "38c16e4f5159700c00c7f350",
    "990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443",
  ],
  [
    4,
    "d34f547f4ca4f9a7447006fe7fcbf768",
    "75234edefe07819026751816",
    "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb",
  ],
  [
    5,
    "d3e27b0d4a5ae9e55df01a70e6d4d28d969b246e2936f4b7a5d9b494da6b9633",
    "84991c167b8cd23c93708ec7",
    "990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279",
  ],
];

for (const [suite, key, salt, frame] of FRAMES) {
  test(`suite ${suite} from a base key to a frame and back`, () => {
    const derived = deriveSFrameKey(suite, 0x123n, BASE_KEY);
    assert.equal(toHex(derived.key), key);
    assert.equal(toHex(derived.salt), salt);
    const context = new SFrameContext(suite);
    context.setKey(0x123n, BASE_KEY);
    const encrypted = context.encryptAs(0x123n, 0x4567n, TEXT, METADATA);
    assert.ok(encrypted !== undefined);
    assert.equal(toHex(encrypted), frame);
    const outcome = context.decrypt(encrypted, METADATA);
    assert.ok("data" in outcome);
    assert.equal(toHex(outcome.data), toHex(TEXT));
  });
}

test("what is not right is said to be so", () => {
  const sender = new SFrameContext();
  assert.equal(sender.encrypt(TEXT), undefined);
  sender.setKey(7n, BASE_KEY);
  const frame = sender.encrypt(TEXT);
  assert.ok(frame !== undefined);
  const receiver = new SFrameContext();
  assert.deepEqual(receiver.decrypt(frame), { failure: "keyID", keyId: 7n });
  receiver.setKey(7n, BASE_KEY);
  assert.ok("data" in receiver.decrypt(frame));
  assert.deepEqual(receiver.decrypt(frame, METADATA), { failure: "authentication", keyId: 7n });
  for (let i = 1; i < frame.length; i++) {
    const changed = frame.slice();
    changed[i] = (changed[i] ?? 0) ^ 1;
    assert.ok("failure" in receiver.decrypt(changed));
  }
  for (let length = 0; length < 11; length++) {
    const outcome = receiver.decrypt(frame.subarray(0, length));
    assert.ok("failure" in outcome && outcome.failure === "syntax");
  }
});

test("a counter is never used twice, nor more keys kept than are allowed", () => {
  const context = new SFrameContext();
  const seen = new Set<string>();
  for (let i = 0; i < 300; i++) {
    context.setKey(BigInt(i % 260), BASE_KEY);
    const frame = context.encrypt(TEXT);
    assert.ok(frame !== undefined);
    const header = decodeSFrameHeader(frame, 0, frame.length);
    seen.add(`${header?.counter}`);
  }
  assert.equal(seen.size, 300);
});
