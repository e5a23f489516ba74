/**
 * The published vectors of RFC 5769 and of RFC 8489 appendix B.1 (as corrected by erratum 6268), and what can go wrong
 * with any of them: every truncation, every flipped bit, seeded rubbish.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeUtf8, fromHex, toHex } from "../base/bytes.ts";
import { decodeXorAddress, encodeXorAddress } from "./address-attribute.ts";
import { AttributeType } from "./attribute-type.ts";
import { decodeErrorCode, decodeUnknownAttributes } from "./error-code.ts";
import { checkFingerprint, encodeFingerprint } from "./fingerprint.ts";
import { decodeU32, decodeU64, encodeU32, encodeU64 } from "./integer-attribute.ts";
import { checkIntegrity, checkIntegritySha256, encodeIntegrity } from "./integrity.ts";
import {
  attributeValue,
  decodeMessage,
  encodeAttribute,
  encodeHeader,
  StunClass,
  type StunMessage,
  StunMethod,
} from "./message.ts";
import {
  decodePasswordAlgorithm,
  decodePasswordAlgorithms,
  longTermKey,
  PasswordAlgorithm,
  shortTermKey,
  userhash,
} from "./password-algorithm.ts";
import { decodeText, encodeText } from "./text-attribute.ts";

const REQUEST = `
  00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
  00 24 00 04 6e 00 01 ff
  80 29 00 08 93 2f f9 b1 51 26 3b 36
  00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
  00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
  80 28 00 04 e5 7a 3b cf`;

const IPV4_RESPONSE = `
  01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
  00 20 00 08 00 01 a1 47 e1 12 a6 43
  00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7
  80 28 00 04 c0 7d 4c 96`;

const IPV6_RESPONSE = `
  01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
  80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
  00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9
  00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84 c9 7c 82 92 c2 75 bf e3 ed 41
  80 28 00 04 c8 fb 0b 4c`;

const LONG_TERM = `
  00 01 00 60 21 12 a4 42 78 ad 34 33 c6 ad 72 c0 29 da 41 2e
  00 06 00 12 e3 83 9e e3 83 88 e3 83 aa e3 83 83 e3 82 af e3 82 b9 00 00
  00 15 00 1c 66 2f 2f 34 39 39 6b 39 35 34 64 36 4f 4c 33 34 6f 4c 39 46 53 54 76 79 36 34 73 41
  00 14 00 0b 65 78 61 6d 70 6c 65 2e 6f 72 67 00
  00 08 00 14 f6 70 24 65 6d d6 4a 3e 02 b8 e0 71 2e 85 c9 a2 8c a8 96 66`;

const USERHASH = `
  00 01 00 90 21 12 a4 42 78 ad 34 33 c6 ad 72 c0 29 da 41 2e
  00 1e 00 20 4a 3c f3 8f ef 69 92 bd a9 52 c6 78 04 17 da 0f 24 81 94 15 56 9e 60 b2 05 c4 6e 41 40 7f 17 04
  00 15 00 29 6f 62 4d 61 74 4a 6f 73 32 41 41 41 43 66 2f 2f 34 39 39 6b 39 35 34 64 36 4f 4c 33 34 6f 4c 39
  46 53 54 76 79 36 34 73 41 00 00 00
  00 14 00 0b 65 78 61 6d 70 6c 65 2e 6f 72 67 00
  00 1d 00 04 00 02 00 00
  00 1c 00 20 b5 c7 bf 00 5b 6c 52 a2 1c 51 c5 e8 92 f8 19 24 13 62 96 cb 92 7c 43 14 93 09 27 8c c6 51 8e 65`;

const VECTORS = [REQUEST, IPV4_RESPONSE, IPV6_RESPONSE, LONG_TERM, USERHASH].map(fromHex);
const SHORT_TERM = shortTermKey("VOkJxbRl1RmTxUk/WvJxBt");
const MATRIX = "マトリックス";

function decoded(hex: string): StunMessage {
  const message = decodeMessage(fromHex(hex));
  assert.ok(message);
  return message;
}

test("RFC 5769 §2.1: a request", () => {
  const message = decoded(REQUEST);
  assert.equal(message.class, StunClass.REQUEST);
  assert.equal(message.method, StunMethod.BINDING);
  assert.equal(message.transactionId, "b7e7a701bc34d686fa87dfae");
  assert.equal(decodeText(message, AttributeType.SOFTWARE), "STUN test client");
  assert.equal(decodeU32(message, AttributeType.PRIORITY), 0x6e0001ff);
  assert.equal(decodeU64(message, AttributeType.ICE_CONTROLLED), 0x932ff9b151263b36n);
  assert.equal(decodeText(message, AttributeType.USERNAME), "evtj:h6vY");
  assert.ok(checkIntegrity(message, SHORT_TERM));
  assert.ok(!checkIntegrity(message, shortTermKey("another")));
  assert.ok(!checkIntegritySha256(message, SHORT_TERM));
  assert.equal(checkFingerprint(message), "right");
});

test("RFC 5769 §2.1: the request is written byte for byte, but for its padding", () => {
  const out = new Uint8Array(200);
  const { transactionId } = decoded(REQUEST);
  let at = encodeHeader(out, 7, StunClass.REQUEST, StunMethod.BINDING, transactionId);
  at = encodeText(out, at, AttributeType.SOFTWARE, "STUN test client");
  at = encodeU32(out, at, AttributeType.PRIORITY, 0x6e0001ff);
  at = encodeU64(out, at, AttributeType.ICE_CONTROLLED, 0x932ff9b151263b36n);
  at = encodeText(out, at, AttributeType.USERNAME, "evtj:h6vY");
  // The vector pads with spaces, we with zeros, and padding is under the MAC.
  out.fill(0x20, at - 3, at);
  at = encodeIntegrity(out, 7, at, SHORT_TERM);
  at = encodeFingerprint(out, 7, at);
  assert.equal(toHex(out.subarray(7, at)), toHex(fromHex(REQUEST)));
});

test("RFC 5769 §2.2 and §2.3: responses over IPv4 and IPv6", () => {
  for (const [hex, address] of [
    [IPV4_RESPONSE, "192.0.2.1"],
    [IPV6_RESPONSE, "2001:db8:1234:5678:11:2233:4455:6677"],
  ] as const) {
    const message = decoded(hex);
    assert.equal(message.class, StunClass.SUCCESS);
    assert.equal(decodeText(message, AttributeType.SOFTWARE), "test vector");
    assert.deepEqual(decodeXorAddress(message, AttributeType.XOR_MAPPED_ADDRESS), { address, port: 32853 });
    assert.ok(checkIntegrity(message, SHORT_TERM));
    assert.equal(checkFingerprint(message), "right");
    const out = new Uint8Array(100);
    const at = encodeHeader(out, 0, StunClass.SUCCESS, StunMethod.BINDING, message.transactionId);
    const end = encodeXorAddress(out, 0, at, AttributeType.XOR_MAPPED_ADDRESS, address, 32853);
    assert.deepEqual(out.subarray(at + 4, end), attributeValue(message, AttributeType.XOR_MAPPED_ADDRESS));
  }
});

test("RFC 5769 §2.4: long-term credentials", () => {
  const message = decoded(LONG_TERM);
  assert.equal(decodeText(message, AttributeType.USERNAME), MATRIX);
  assert.equal(decodeText(message, AttributeType.NONCE), "f//499k954d6OL34oL9FSTvy64sA");
  assert.equal(decodeText(message, AttributeType.REALM), "example.org");
  assert.ok(checkIntegrity(message, longTermKey(MATRIX, "example.org", "TheMatrIX", PasswordAlgorithm.MD5)));
  assert.equal(checkFingerprint(message), "absent");
});

test("RFC 8489 appendix B.1: USERHASH and MESSAGE-INTEGRITY-SHA256", () => {
  const message = decoded(USERHASH);
  assert.deepEqual(attributeValue(message, AttributeType.USERHASH), userhash(MATRIX, "example.org"));
  assert.equal(decodePasswordAlgorithm(message), PasswordAlgorithm.SHA_256);
  const key = longTermKey(MATRIX, "example.org", "TheMatrIX", PasswordAlgorithm.SHA_256);
  assert.ok(checkIntegritySha256(message, key));
  assert.ok(!checkIntegrity(message, key));
});

/** Reads everything there is to read; nothing may throw. */
function readAll(message: StunMessage): void {
  for (const { type } of message.attributes) {
    decodeText(message, type);
    decodeXorAddress(message, type);
    decodeU32(message, type);
    decodeU64(message, type);
  }
  decodeErrorCode(message);
  decodeUnknownAttributes(message);
  decodePasswordAlgorithm(message);
  decodePasswordAlgorithms(message);
  checkIntegrity(message, SHORT_TERM);
  checkIntegritySha256(message, SHORT_TERM);
  checkFingerprint(message);
}

test("a message cut at any length is refused", () => {
  for (const vector of VECTORS) {
    for (let length = 0; length < vector.length; length++) {
      assert.equal(decodeMessage(vector, 0, length), undefined);
      // Cut, but with a header that claims the shorter length.
      const cut = vector.slice(0, length);
      if (length >= 4) cut.set([0, (length - 20) & 0xff], 2);
      const message = decodeMessage(cut);
      if (message !== undefined) readAll(message);
    }
    assert.equal(decodeMessage(Uint8Array.of(...vector, 0, 0, 0, 0)), undefined);
  }
});

test("a flipped bit anywhere breaks the fingerprint or the message", () => {
  const vector = fromHex(REQUEST);
  for (let bit = 0; bit < vector.length * 8; bit++) {
    const flipped = vector.slice();
    flipped[bit >>> 3] = (flipped[bit >>> 3] as number) ^ (0x80 >>> (bit & 7));
    const message = decodeMessage(flipped);
    if (message !== undefined) assert.notEqual(checkFingerprint(message), "right");
  }
});

test("rubbish never throws", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...VECTORS),
      fc.array(fc.tuple(fc.nat(160), fc.nat(255)), { maxLength: 8 }),
      fc.uint8Array({ maxLength: 12 }),
      (vector, edits, tail) => {
        const bytes = Uint8Array.of(...vector, ...tail);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        for (const candidate of [bytes, bytes.subarray(0, 20 + (((bytes[2] as number) << 8) | (bytes[3] as number)))]) {
          const message = decodeMessage(candidate);
          if (message !== undefined) readAll(message);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("what follows the integrity is not believed", () => {
  const out = new Uint8Array(200);
  let at = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, decoded(REQUEST).transactionId);
  at = encodeIntegrity(out, 0, at, SHORT_TERM);
  at = encodeAttribute(out, at, AttributeType.USE_CANDIDATE, new Uint8Array(0));
  at = encodeAttribute(out, at, AttributeType.SOFTWARE, encodeUtf8("late"));
  at = encodeFingerprint(out, 0, at);
  const message = decodeMessage(out, 0, at);
  assert.ok(message && checkIntegrity(message, SHORT_TERM));
  assert.deepEqual(
    message.attributes.map(({ type }) => type),
    [AttributeType.MESSAGE_INTEGRITY, AttributeType.FINGERPRINT],
  );
});
