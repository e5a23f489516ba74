import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "../base/bytes.ts";
import { decodePlainAddress, decodeXorAddress } from "./address-attribute.ts";
import { AttributeType } from "./attribute-type.ts";
import { decodeErrorCode } from "./error-code.ts";
import { encodeFingerprint } from "./fingerprint.ts";
import {
  decodeMessage,
  encodeHeader,
  findAttribute,
  finishMessage,
  StunClass,
  type StunMessage,
  StunMethod,
  type TransactionId,
} from "./message.ts";
import {
  type ChangeRequest,
  decodeChangeRequest,
  decodeResponsePort,
  encodeChangeRequest,
  encodePadding,
  encodeResponsePort,
} from "./nat-discovery-attributes.ts";
import { answerDiscoveryRequest, type DiscoveryAnswer } from "./nat-discovery-server.ts";

const ID = "0102030405060708090a0b0c" as TransactionId;
const SERVER = { addresses: ["198.51.100.1", "198.51.100.2"], ports: [3478, 3479] } as const;
const CLIENT = { address: "203.0.113.5", port: 4000 };

function request(write: (out: Uint8Array, at: number) => number = (_, at) => at, fingerprint = false): StunMessage {
  const out = new Uint8Array(2000);
  let end = write(out, encodeHeader(out, 0, StunClass.REQUEST, StunMethod.BINDING, ID));
  if (fingerprint) end = encodeFingerprint(out, 0, end);
  else finishMessage(out, 0, end);
  return decodeMessage(out.slice(0, end)) ?? assert.fail();
}

const ask = (message: StunMessage, at = { address: "198.51.100.1", port: 3478 }): DiscoveryAnswer =>
  answerDiscoveryRequest(message, CLIENT, at, SERVER) ?? assert.fail();

const read = ({ bytes }: DiscoveryAnswer): StunMessage => decodeMessage(bytes) ?? assert.fail();

describe("NAT behaviour discovery, the server", () => {
  test("attributes come back as they were written", () => {
    for (const change of [
      { address: true, port: false },
      { address: false, port: true },
      { address: true, port: true },
    ]) {
      assert.deepEqual(decodeChangeRequest(request((out, at) => encodeChangeRequest(out, at, change))), change);
    }
    assert.equal(decodeResponsePort(request((out, at) => encodeResponsePort(out, at, 8080))), 8080);
    // CHANGE-REQUEST with both flags, as RFC 5780 §7.2 draws it.
    const drawn = decodeMessage(fromHex(`000100082112a442${ID}0003000400000006`)) ?? assert.fail();
    assert.deepEqual(decodeChangeRequest(drawn), { address: true, port: true });
    const short = decodeMessage(fromHex(`000100082112a442${ID}0003000300000006`)) ?? assert.fail();
    assert.equal(decodeChangeRequest(short), undefined);
  });

  test("an answer tells its origin and the other address, and comes from where it is asked to", () => {
    const cases: [ChangeRequest | undefined, string, number][] = [
      [undefined, "198.51.100.1", 3478],
      [{ address: true, port: false }, "198.51.100.2", 3478],
      [{ address: false, port: true }, "198.51.100.1", 3479],
      [{ address: true, port: true }, "198.51.100.2", 3479],
    ];
    for (const [change, address, port] of cases) {
      const answer = ask(request((out, at) => (change === undefined ? at : encodeChangeRequest(out, at, change))));
      assert.deepEqual(answer.from, { address, port });
      assert.equal(answer.toPort, CLIENT.port);
      const message = read(answer);
      assert.deepEqual(decodeXorAddress(message, AttributeType.XOR_MAPPED_ADDRESS), CLIENT);
      assert.deepEqual(decodePlainAddress(message, AttributeType.RESPONSE_ORIGIN), { address, port });
      assert.deepEqual(decodePlainAddress(message, AttributeType.OTHER_ADDRESS), { address: "198.51.100.2", port: 3479 });
    }
    const { from } = ask(
      request((out, at) => encodeChangeRequest(out, at, { address: true, port: true })),
      {
        address: "198.51.100.2",
        port: 3479,
      },
    );
    assert.deepEqual(from, { address: "198.51.100.1", port: 3478 });
  });

  test("to another port of the client; padded no more than the request; not both", () => {
    assert.equal(ask(request((out, at) => encodeResponsePort(out, at, 8080))).toPort, 8080);
    const padded = request((out, at) => encodePadding(out, at, 1200));
    const answer = ask(padded);
    assert.equal(findAttribute(read(answer), AttributeType.PADDING)?.length, 1200);
    assert.ok(answer.bytes.length <= padded.bytes.length + 36, "three addresses of IPv4 more");
    const both = ask(request((out, at) => encodePadding(out, encodeResponsePort(out, at, 8080), 1200)));
    assert.equal(decodeErrorCode(read(both))?.code, 400);
    assert.ok(both.bytes.length < 40);
  });

  test("a fingerprint is answered by one; what is unknown is left to the plain server", () => {
    assert.ok(findAttribute(read(ask(request(undefined, true))), AttributeType.FINGERPRINT));
    const unknown = decodeMessage(fromHex(`000100042112a442${ID}00770000`)) ?? assert.fail();
    assert.equal(answerDiscoveryRequest(unknown, CLIENT, { address: "198.51.100.1", port: 3478 }, SERVER), undefined);
  });
});
