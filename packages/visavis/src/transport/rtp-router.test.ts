import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../base/bytes.ts";
import { endElements, startElements, writeElementHeader } from "../rtp/header-extensions.ts";
import { parseRtpHeader, RtpHeader, writeRtpHeader } from "../rtp/packet.ts";
import { ReceivedPacket } from "../rtp/received-packet.ts";
import { RtpElementReader } from "./rtp-element-reader.ts";
import type { RtpReceiveParameters } from "./rtp-parameters.ts";
import { RtpRouter } from "./rtp-router.ts";

const EXTENSIONS = [
  { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 1 },
  { uri: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", id: 2 },
  { uri: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", id: 3 },
];

function section(mid: string, payloadType: number, more: Partial<RtpReceiveParameters> = {}): RtpReceiveParameters {
  return {
    mid,
    kind: "video",
    codecs: [
      { payloadType, mimeType: "video/VP8", clockRate: 90_000, parameters: "", feedback: ["nack"] },
      {
        payloadType: payloadType + 1,
        mimeType: "video/rtx",
        clockRate: 90_000,
        parameters: "",
        feedback: [],
        repairs: payloadType,
      },
    ],
    extensions: EXTENSIONS,
    rids: [],
    ssrcs: [],
    reducedSize: true,
    ...more,
  };
}

interface Said {
  readonly mid?: string;
  readonly rid?: string;
  readonly repairedRid?: string;
}

const elements = new RtpElementReader();
elements.add(EXTENSIONS);

/** Routes a packet and says where it went: the receiver, the rid, and what it is to the stream. */
function route(router: RtpRouter, ssrc: number, payloadType: number, said: Said = {}, now: number = 0): string | undefined {
  const bytes = new Uint8Array(100);
  const extension = writeRtpHeader(bytes, 0, false, payloadType, 7, 0, ssrc);
  let o = startElements(extension);
  for (const [id, text] of [
    [1, said.mid],
    [2, said.rid],
    [3, said.repairedRid],
  ] as const) {
    if (text === undefined) continue;
    o = writeElementHeader(bytes, o, false, id, text.length);
    bytes.set(encodeUtf8(text), o);
    o += text.length;
  }
  const end = endElements(bytes, 0, extension, o, false) + 2;
  const header = new RtpHeader();
  assert.ok(parseRtpHeader(bytes, 0, end, header));
  elements.read(bytes, header, new ReceivedPacket());
  const entry = router.route(bytes, header, elements, now);
  return (
    entry && [entry.receiver.id, entry.stream.rid, entry.role === "media" ? undefined : entry.role].filter(Boolean).join(" ")
  );
}

test("the section that a packet names wins over its SSRC, which wins over its payload type", () => {
  const router = new RtpRouter();
  router.set("a", section("0", 96), 0);
  router.set("b", section("1", 98), 0);
  router.set("c", section("2", 98), 0);
  assert.equal(route(router, 1, 96), "a", "only one section has the payload type");
  assert.equal(route(router, 2, 98), undefined, "two sections have the payload type");
  assert.equal(route(router, 2, 98, { mid: "2" }), "c");
  assert.equal(route(router, 2, 98), "c", "the SSRC is known now");
  assert.equal(route(router, 2, 98, { mid: "1" }), "b", "the SSRC moves");
  assert.equal(route(router, 2, 98), "b");
  assert.equal(route(router, 3, 98, { mid: "9" }), undefined, "there is no such section");
  assert.equal(route(router, 3, 50, { mid: "1" }), undefined, "the section has no such payload type");
  assert.deepEqual(router.drops.toJSON(), { unrouted: 2, "payload-type": 1 });
});

test("SSRCs that a description tells need nothing else; they stay when the other side says good-bye", () => {
  const router = new RtpRouter();
  router.set("a", section("0", 96, { ssrcs: [{ ssrc: 10, rtxSsrc: 11 }] }), 0);
  router.set("b", section("1", 96, { ssrcs: [{ ssrc: 20, rtxSsrc: 21 }] }), 0);
  assert.deepEqual(
    [10, 11, 20, 21].map((ssrc) => route(router, ssrc, ssrc % 2 === 0 ? 96 : 97)),
    ["a", "a rtx", "b", "b rtx"],
  );
  assert.equal(router.remove(10), undefined);
  assert.equal(route(router, 10, 96), "a");
  // A later description moves one.
  router.set("a", section("0", 96), 0);
  router.set("b", section("1", 96, { ssrcs: [{ ssrc: 10 }] }), 0);
  assert.equal(route(router, 10, 96), "b");
});

test("encodings are told apart by rid, repetitions by the rid that they repair, and a new SSRC takes the place of the old", () => {
  const router = new RtpRouter();
  router.set("a", section("0", 96, { rids: ["lo", "hi"] }), 0);
  assert.equal(route(router, 1, 96, { mid: "0", rid: "lo" }), "a lo");
  assert.equal(route(router, 2, 96, { mid: "0", rid: "hi" }), "a hi");
  assert.equal(route(router, 3, 97, { mid: "0", repairedRid: "hi" }), "a hi rtx");
  assert.equal(route(router, 3, 97), "a hi rtx");
  assert.equal(route(router, 4, 96, { mid: "0", rid: "no" }), undefined);
  assert.equal(route(router, 5, 97, { mid: "0", repairedRid: "no" }), undefined);
  assert.equal(route(router, 6, 96, { mid: "0", rid: "lo" }), "a lo");
  assert.equal(router.entry(1), undefined);
  assert.equal(router.receiver("a")?.streams.size, 2);
});

test("a receiver that goes takes its SSRCs with it", () => {
  const router = new RtpRouter();
  router.set("a", section("0", 96), 0);
  assert.equal(route(router, 1, 96), "a");
  router.set("a", undefined, 0);
  assert.equal(router.entry(1), undefined);
  assert.equal(route(router, 1, 96), undefined);
});

test("a flood of SSRCs is bounded; those that fell silent give way", () => {
  const router = new RtpRouter();
  router.set("a", section("0", 96), 0);
  for (let ssrc = 1; ssrc <= 10_000; ssrc++) route(router, ssrc, 96, {}, 0);
  const streams = router.receiver("a")?.streams.size ?? 0;
  assert.ok(streams <= 64, `${streams} streams`);
  assert.equal(router.drops.of("ssrc-limit"), 10_000 - streams);
  assert.equal(route(router, 1, 96, {}, 10_000), "a", "those that were first go on");
  assert.equal(route(router, 20_000, 96, {}, 10_000), "a", "one that was silent gave way");
  assert.equal(router.receiver("a")?.streams.size, streams);
});
