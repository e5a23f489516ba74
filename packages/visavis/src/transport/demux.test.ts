import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf, type PacketKind } from "./demux.ts";

test("the first byte decides, as in the picture of RFC 9443", () => {
  const ranges: readonly [first: number, last: number, kind: PacketKind][] = [
    [0, 3, "stun"],
    [4, 15, "unknown"],
    [16, 19, "zrtp"],
    [20, 63, "dtls"],
    [64, 79, "channel-data"],
    [80, 127, "quic"],
    [128, 191, "rtp"],
    [192, 255, "quic"],
  ];
  let next = 0;
  for (const [first, last, kind] of ranges) {
    assert.equal(first, next);
    for (let byte = first; byte <= last; byte++) assert.equal(kindOf(Uint8Array.of(byte, 0)), kind, `first byte ${byte}`);
    next = last + 1;
  }
  assert.equal(next, 256);
});

test("RTCP is told from RTP by its packet type", () => {
  for (let second = 0; second < 256; second++) {
    assert.equal(kindOf(Uint8Array.of(0x80, second)), second >= 192 && second <= 223 ? "rtcp" : "rtp");
  }
});

test("an empty or cut datagram is of no kind", () => {
  assert.equal(kindOf(new Uint8Array(0)), "unknown");
  assert.equal(kindOf(Uint8Array.of(0x80)), "unknown");
});
