import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../base/bytes.ts";
import {
  canonicalLocalName,
  decodeMdnsQuery,
  decodeMdnsResponse,
  encodeMdnsAnswer,
  encodeMdnsQuery,
  NAMES_PER_QUERY,
} from "./mdns-message.ts";

/** A response as multicast responders send it: `visavis-host.local`, A with cache flush, and AAAA with a compressed name. */
const RESPONSE = fromHex(
  `0000 8400 0000 0001 0000 0001
   0c 766973617669732d686f7374 05 6c6f63616c 00 0001 8001 00000078 0004 c0000207
   c00c 001c 8001 00000078 0010 20010db8000000000000000000000007`,
);

test("names are compared in one form, and odd ones are none", () => {
  assert.equal(canonicalLocalName("5F2B-x.LOCAL."), "5f2b-x.local");
  for (const name of [
    "",
    "local",
    ".local",
    "a..local",
    "a.example",
    "ä.local",
    `${"x".repeat(64)}.local`,
    `${"a.".repeat(130)}local`,
  ])
    assert.equal(canonicalLocalName(name), undefined, name);
});

test("a question asks for both families", () => {
  assert.equal(
    toHex(encodeMdnsQuery(["a.local"])),
    toHex(fromHex("0000 0000 0002 0000 0000 0000 0161 056c6f63616c 00 0001 0001 0161 056c6f63616c 00 001c 0001")),
  );
  const names = Array.from({ length: NAMES_PER_QUERY }, (_, i) => `5f2b9f1e-0c5a-4b8e-9a54-3d1f1c2b7a6${i}.local`);
  assert.ok(encodeMdnsQuery(names).length < 1200);
});

test("a response tells addresses, the additional ones too", () => {
  assert.deepEqual(decodeMdnsResponse(RESPONSE), [
    { name: "visavis-host.local", address: "192.0.2.7" },
    { name: "visavis-host.local", address: "2001:db8::7" },
  ]);
});

test("questions, refusals and good-byes tell nothing", () => {
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = RESPONSE.slice();
    bytes[at] = value;
    return bytes;
  };
  assert.equal(decodeMdnsResponse(encodeMdnsQuery(["a.local"])), undefined);
  assert.equal(decodeMdnsResponse(changed(3, 3)), undefined);
  assert.equal(decodeMdnsResponse(new Uint8Array(9001).fill(0x84)), undefined);
  const goodBye = decodeMdnsResponse(changed(12 + 20 + 4 + 3, 0));
  assert.deepEqual(
    goodBye?.map(({ address }) => address),
    ["2001:db8::7"],
  );
});

test("cut or damaged messages never throw", () => {
  for (let length = 0; length < RESPONSE.length; length++) assert.equal(decodeMdnsResponse(RESPONSE.slice(0, length)), undefined);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(RESPONSE.length - 1), fc.nat(255)), { maxLength: 10 }), (edits) => {
      const bytes = RESPONSE.slice();
      for (const [at, value] of edits) bytes[at] = value;
      decodeMdnsResponse(bytes);
    }),
    { numRuns: 2000 },
  );
});

test("questions are read, those for unicast answers too, and what is answered can be read", () => {
  const query = encodeMdnsQuery(["a.local", "b.local"]);
  const expected = ["a", "b"].flatMap((name) =>
    (["A", "AAAA"] as const).map((type) => ({ name: `${name}.local`, type, isUnicast: false })),
  );
  assert.deepEqual(decodeMdnsQuery(query), { id: 0, questions: expected });
  const unicast = fromHex("0007 0000 0001 0000 0000 0000 0161 056c6f63616c 00 00ff 8001");
  const asked = decodeMdnsQuery(unicast);
  assert.deepEqual(asked, { id: 7, questions: [{ name: "a.local", type: "ANY", isUnicast: true }] });
  const addresses = [
    { name: "a.local", address: "192.0.2.7" },
    { name: "a.local", address: "2001:db8::7" },
  ];
  const answer = encodeMdnsAnswer(addresses, undefined);
  assert.deepEqual(decodeMdnsResponse(answer), addresses);
  assert.equal(toHex(answer).slice(0, 8), "00008400");
  assert.equal(toHex(encodeMdnsAnswer(addresses, asked)).slice(0, 12), "000784000001");
  for (let end = 0; end < query.length; end++) decodeMdnsQuery(query.subarray(0, end));
  assert.equal(decodeMdnsQuery(answer), undefined);
});
