import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemRandom } from "../crypto/system-random.ts";
import { codecCapabilities, extensionCapabilities } from "./capabilities.ts";
import { directionOf, receives, sends } from "./media-types.ts";
import { Transceiver, type TransceiverInit } from "./transceiver.ts";
import { TransceiverSet } from "./transceiver-set.ts";

const INIT: TransceiverInit = { kind: "video", direction: "sendrecv", streamIds: ["s"], encodings: [], isByAddTrack: true };

for (const kind of ["audio", "video"] as const) {
  test(`the ${kind} codecs have payload types of their own, and repair codecs that are there`, () => {
    const codecs = codecCapabilities(kind);
    const types = codecs.map(({ payloadType }) => payloadType);
    assert.equal(new Set(types).size, types.length);
    const repaired = codecs
      .filter(({ mimeType }) => mimeType.endsWith("/rtx"))
      .map(({ fmtp }) => Number(/^apt=(\d+)$/.exec(fmtp)?.[1]));
    assert.equal(new Set(repaired).size, repaired.length);
    assert.ok(repaired.every((type) => types.includes(type)));
    for (const type of types) assert.ok((type >= 96 && type <= 127) || (type >= 35 && type <= 63) || type < 35, `${type}`);
  });

  test(`the ${kind} header extensions have identifiers of their own`, () => {
    const ids = extensionCapabilities(kind).map(({ preferredId }) => preferredId);
    assert.equal(new Set(ids).size, ids.length);
  });
}

test("a transceiver begins with one encoding and identifiers of its own", () => {
  const random = new SystemRandom();
  const one = new Transceiver(1, INIT, "c", random);
  const other = new Transceiver(
    2,
    { ...INIT, trackId: "t", encodings: [{ rid: "a", active: false }, { rid: "b" }] },
    "c",
    random,
  );
  assert.equal(one.sender.encodings.length, 1);
  assert.match(one.sender.trackId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(one.sender.hasTrack, false);
  assert.equal(other.sender.trackId, "t");
  assert.deepEqual(
    other.sender.encodings.map(({ rid, active }) => [rid, active]),
    [
      ["a", false],
      ["b", true],
    ],
  );
  const ssrcs = [one, other].flatMap(({ sender }) =>
    sender.encodings.flatMap(({ ssrc, rtxSsrc, fecSsrc }) => [ssrc, rtxSsrc, fecSsrc]),
  );
  assert.equal(new Set(ssrcs).size, 9);
});

test("directions are made of sending and receiving", () => {
  for (const direction of ["sendrecv", "sendonly", "recvonly", "inactive"] as const) {
    assert.equal(directionOf(sends(direction), receives(direction)), direction);
  }
  assert.equal(sends(null), false);
});

test("a track that two senders have goes by two names", () => {
  const set = new TransceiverSet(new SystemRandom());
  const [one, other] = [set.add({ ...INIT, trackId: "t" }), set.add({ ...INIT, trackId: "t" })];
  assert.equal(one.sender.trackId, "t");
  assert.notEqual(other.sender.trackId, "t");
  assert.ok(other.sender.hasTrack);
});
