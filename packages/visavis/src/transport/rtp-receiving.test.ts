import assert from "node:assert/strict";
import { test } from "node:test";
import { endElements, startElements, writeElementHeader } from "../rtp/header-extensions.ts";
import { writeRtpHeader } from "../rtp/packet.ts";
import { RtpReceiving } from "./rtp-receiving.ts";
import { RtpRouter } from "./rtp-router.ts";

const DESCRIPTOR = { uri: "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension", id: 12 };
const SSRC = 0x1234;

/** A packet with the element of a dependency descriptor, and what is written behind the header. */
function packet(
  payloadType: number,
  number: number,
  ssrc: number,
  payload: readonly number[],
): { bytes: Uint8Array; end: number } {
  const bytes = new Uint8Array(100);
  const extension = writeRtpHeader(bytes, 0, true, payloadType, number, 90_000, ssrc);
  let o = writeElementHeader(bytes, startElements(extension), false, DESCRIPTOR.id, 3);
  bytes.set([0xc2, 0x00, 0x07], o);
  o = endElements(bytes, 0, extension, o + 3, false);
  bytes.set(payload, o);
  return { bytes, end: o + payload.length };
}

test("elements are found where they stand after RED or RTX was taken off", () => {
  const router = new RtpRouter();
  const codec = { clockRate: 90_000, parameters: "", feedback: ["nack"] };
  router.set(
    "0",
    {
      mid: "0",
      kind: "video",
      codecs: [
        { ...codec, payloadType: 96, mimeType: "video/VP8" },
        { ...codec, payloadType: 97, mimeType: "video/rtx", repairs: 96 },
        { ...codec, payloadType: 118, mimeType: "video/red" },
      ],
      extensions: [DESCRIPTOR],
      rids: [],
      ssrcs: [{ ssrc: SSRC, rtxSsrc: SSRC + 1 }],
      reducedSize: true,
    },
    0,
  );
  const receiving = new RtpReceiving(router);
  receiving.elements.add([DESCRIPTOR]);
  const payload = [0x10, 0x01, 0x02, 0x03];
  const arrivals = [
    packet(96, 10, SSRC, payload),
    packet(118, 12, SSRC, [96, ...payload]),
    // The packet between them, sent again.
    packet(97, 700, SSRC + 1, [0, 11, ...payload]),
  ];
  const numbers: number[] = [];
  for (const { bytes, end } of arrivals) {
    assert.ok(receiving.read(bytes, 0, end));
    receiving.receive(bytes, 1000);
    const taken = receiving.take() ?? assert.fail("nothing was handed up");
    const { dependencyDescriptorStart: from, dependencyDescriptorEnd: to } = taken;
    assert.deepEqual([...taken.bytes.subarray(from, to)], [0xc2, 0x00, 0x07], `packet ${taken.sequenceNumber}`);
    assert.deepEqual([...taken.bytes.subarray(taken.payloadStart, taken.payloadEnd)], payload);
    numbers.push(taken.sequenceNumber & 0xffff);
  }
  assert.deepEqual(numbers, [10, 12, 11]);
});
