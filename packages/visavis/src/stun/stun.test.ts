import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { decodePlainAddress, encodePlainAddress } from "./address-attribute.ts";
import { AttributeType, BINDING_ATTRIBUTES } from "./attribute-type.ts";
import { BindingClient } from "./binding-client.ts";
import { answerBindingRequest, MAX_GROWTH } from "./binding-server.ts";
import { decodeErrorCode, decodeUnknownAttributes, encodeErrorCode } from "./error-code.ts";
import { checkFingerprint, encodeFingerprint } from "./fingerprint.ts";
import { encodeFlag } from "./integer-attribute.ts";
import { checkIntegritySha256, encodeIntegritySha256 } from "./integrity.ts";
import {
  createTransactionId,
  decodeMessage,
  encodeAttribute,
  encodeHeader,
  finishMessage,
  StunClass,
  StunMethod,
  unknownAttributes,
} from "./message.ts";
import {
  decodePasswordAlgorithms,
  encodePasswordAlgorithms,
  longTermKey,
  PasswordAlgorithm,
  shortTermKey,
} from "./password-algorithm.ts";
import { decodeText, encodeText } from "./text-attribute.ts";
import { StunTransaction, transactionDuration } from "./transaction.ts";

/** Counts up; good enough to tell one id from another. */
function counter(): Random {
  let next = 0;
  return {
    seeded: true,
    fill: (out, start = 0, end = out.length) => {
      for (let i = start; i < end; i++) out[i] = next++;
    },
  };
}

const random = counter();

test("every class and method survives the interleaved type", () => {
  const out = new Uint8Array(20);
  for (const cls of Object.values(StunClass)) {
    for (const method of [0, 1, 0x555, 0xaaa, 0xfff, ...Object.values(StunMethod)]) {
      const id = createTransactionId(random);
      const end = encodeHeader(out, 0, cls, method, id);
      finishMessage(out, 0, end);
      const message = decodeMessage(out);
      assert.deepEqual([message?.class, message?.method, message?.transactionId], [cls, method, id]);
    }
  }
});

test("attributes of every kind go there and back", () => {
  const out = new Uint8Array(1000);
  let at = encodeHeader(out, 0, StunClass.ERROR, StunMethod.ALLOCATE, createTransactionId(random));
  at = encodeErrorCode(out, at, 438, "Stale Nonce");
  at = encodeText(out, at, AttributeType.REALM, "näher");
  at = encodePlainAddress(out, at, AttributeType.ALTERNATE_SERVER, "2001:db8::7", 3478);
  const both = [PasswordAlgorithm.SHA_256, PasswordAlgorithm.MD5];
  at = encodePasswordAlgorithms(out, at, AttributeType.PASSWORD_ALGORITHMS, both);
  const key = longTermKey("u", "r", "p", PasswordAlgorithm.SHA_256);
  at = encodeIntegritySha256(out, 0, at, key);
  at = encodeFingerprint(out, 0, at);
  const message = decodeMessage(out, 0, at);
  assert.ok(message);
  assert.deepEqual(decodeErrorCode(message), { code: 438, reason: "Stale Nonce" });
  assert.equal(decodeText(message, AttributeType.REALM), "näher");
  assert.deepEqual(decodePlainAddress(message, AttributeType.ALTERNATE_SERVER), { address: "2001:db8::7", port: 3478 });
  assert.deepEqual(decodePasswordAlgorithms(message), both);
  assert.ok(checkIntegritySha256(message, key));
  assert.equal(checkFingerprint(message), "right");
});

test("a caller's mistake throws", () => {
  const out = new Uint8Array(2000);
  assert.throws(() => encodeErrorCode(out, 20, 200, ""), RangeError);
  assert.throws(() => encodeErrorCode(out, 20, 400, "x".repeat(800)), RangeError);
  assert.throws(() => encodeText(out, 20, AttributeType.USERNAME, "x".repeat(509)), RangeError);
  assert.throws(() => encodePlainAddress(out, 20, AttributeType.MAPPED_ADDRESS, "name.example", 1), RangeError);
});

test("unknown attributes that must be understood are listed once, optional ones are not", () => {
  const out = new Uint8Array(100);
  let at = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, createTransactionId(random));
  for (const type of [0x7001, AttributeType.NETWORK_COST, 0x7002, 0x7001]) at = encodeFlag(out, at, type);
  finishMessage(out, 0, at);
  const message = decodeMessage(out, 0, at);
  assert.ok(message);
  assert.deepEqual(unknownAttributes(message, BINDING_ATTRIBUTES), [0x7001, 0x7002]);
});

test("too many attributes are refused", () => {
  const out = new Uint8Array(20 + 4 * 65);
  let at = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, createTransactionId(random));
  for (let i = 0; i < 65; i++) at = encodeFlag(out, at, 0x8123);
  finishMessage(out, 0, at);
  assert.equal(decodeMessage(out, 0, at), undefined);
});

test("a transaction is repeated at the standard's times", () => {
  const transaction = new StunTransaction();
  transaction.start(1000);
  const times: number[] = [];
  let verdict = "";
  while (verdict !== "timeout") {
    assert.equal(transaction.advance(transaction.deadline - 1), "wait");
    const at = transaction.deadline;
    verdict = transaction.advance(at);
    times.push(at - 1000);
  }
  assert.deepEqual(times, [500, 1500, 3500, 7500, 15500, 31500, 39500]);
  assert.equal(transaction.deadline, Number.POSITIVE_INFINITY);
  assert.equal(transactionDuration({ rto: 500, rc: 7, rm: 16 }), 39500);
});

test("client and server agree on the address", () => {
  for (const address of ["192.0.2.7", "2001:db8::7"]) {
    const client = new BindingClient(random);
    client.start(0);
    const answer = answerBindingRequest(client.request, address, 40000);
    assert.ok(answer && answer.length <= client.request.length + MAX_GROWTH);
    const response = decodeMessage(answer);
    assert.ok(response);
    assert.equal(new BindingClient(random).receive(response), undefined, "another transaction's");
    assert.deepEqual(client.receive(response), { type: "mapped", mapped: { address, port: 40000 } });
    assert.equal(client.deadline, Number.POSITIVE_INFINITY);
  }
});

test("a client hears errors, and is not fooled by a broken response", () => {
  const client = new BindingClient(random, { rto: 100, rc: 2, rm: 2 });
  client.start(0);
  const out = new Uint8Array(100);
  const start = encodeHeader(out, 0, StunClass.ERROR, StunMethod.BINDING, client.transactionId);
  const end = encodeErrorCode(out, start, 500, "oh");
  finishMessage(out, 0, start);
  const empty = decodeMessage(out.slice(0, start));
  assert.equal(empty && client.receive(empty), undefined);
  assert.equal(client.advance(100), "send");
  finishMessage(out, 0, end);
  const message = decodeMessage(out.slice(0, end));
  assert.deepEqual(message && client.receive(message), { type: "error", code: 500, reason: "oh" });
});

test("the server answers only what it should, and never grows an answer", () => {
  const flags = (types: readonly number[], withFingerprint: boolean, cls: StunClass = StunClass.REQUEST): Uint8Array => {
    const out = new Uint8Array(400);
    let at = encodeHeader(out, 0, cls, StunMethod.BINDING, createTransactionId(random));
    for (const type of types) at = encodeFlag(out, at, type);
    finishMessage(out, 0, at);
    return out.subarray(0, withFingerprint ? encodeFingerprint(out, 0, at) : at);
  };
  assert.equal(answerBindingRequest(flags([], false, StunClass.INDICATION), "192.0.2.1", 1), undefined);
  assert.equal(answerBindingRequest(flags([], false, StunClass.SUCCESS), "192.0.2.1", 1), undefined);
  assert.equal(answerBindingRequest(new Uint8Array(0), "192.0.2.1", 1), undefined);
  const damaged = flags([], true);
  damaged[12] = 255;
  assert.equal(answerBindingRequest(damaged, "192.0.2.1", 1), undefined);
  for (let count = 1; count < 40; count++) {
    const unknown = Array.from({ length: count }, (_, i) => 0x7000 + i);
    const request = flags(unknown, count % 2 === 0);
    const answer = answerBindingRequest(request, "2001:db8::1", 1);
    assert.ok(answer && answer.length <= request.length + MAX_GROWTH);
    const message = decodeMessage(answer);
    assert.ok(message);
    assert.equal(decodeErrorCode(message)?.code, 420);
    const listed = decodeUnknownAttributes(message) ?? [];
    assert.deepEqual(listed, unknown.slice(0, listed.length));
    assert.ok(listed.length > 0);
  }
});

test("the server survives rubbish", () => {
  const corpus = [
    new BindingClient(random).request,
    fromHex("000100082112a442ffa8b247b8329ce4fb06821380280004aa037e19"),
    fromHex("000100182112a4426b68447654497a6962756468802f001168747470733a2f2f63796465762e72752f000000"),
  ];
  for (const request of corpus) assert.ok(answerBindingRequest(request, "192.0.2.1", 9));
  fc.assert(
    fc.property(fc.constantFrom(...corpus), fc.array(fc.tuple(fc.nat(48), fc.nat(255)), { maxLength: 6 }), (request, edits) => {
      const bytes = request.slice();
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      const answer = answerBindingRequest(bytes, "192.0.2.1", 9);
      assert.ok(answer === undefined || answer.length <= bytes.length + MAX_GROWTH);
    }),
    { numRuns: 2000 },
  );
});

test("short-term passwords are prepared as opaque strings", () => {
  const out = new Uint8Array(100);
  const at = encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, createTransactionId(random));
  const end = encodeIntegritySha256(
    out,
    0,
    encodeAttribute(out, at, AttributeType.USERNAME, Uint8Array.of(97)),
    shortTermKey("a\u00a0b\u0301"),
  );
  const message = decodeMessage(out, 0, end);
  assert.ok(message && checkIntegritySha256(message, shortTermKey("a b\u0301")));
});
