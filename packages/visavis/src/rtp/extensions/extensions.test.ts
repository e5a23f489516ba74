import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeUtf8, fromHex, toHex } from "../../base/bytes.ts";
import { absCaptureTimeLength, decodeAbsCaptureTime, encodeAbsCaptureTime } from "./abs-capture-time.ts";
import { absSendTimeDifference, decodeAbsSendTime, encodeAbsSendTime } from "./abs-send-time.ts";
import { decodeAudioLevel, encodeAudioLevel, levelOfLinear, linearLevel } from "./audio-level.ts";
import { decodeCsrcAudioLevels, encodeCsrcAudioLevels } from "./csrc-audio-level.ts";
import { decodeDependencyDescriptor, encodeDependencyDescriptor } from "./dependency-descriptor.ts";
import { decodeMid, encodeMid } from "./mid.ts";
import { decodePlayoutDelay, encodePlayoutDelay } from "./playout-delay.ts";
import { decodeRid, encodeRid } from "./rid.ts";
import type { TemplateStructure } from "./template-structure.ts";
import { decodeTransmissionOffset, encodeTransmissionOffset } from "./transmission-offset.ts";
import { decodeTransportSequenceNumber, encodeTransportSequenceNumber } from "./transport-sequence-number.ts";
import { decodeVideoLayersAllocation, encodeVideoLayersAllocation } from "./video-layers-allocation.ts";
import { decodeVideoOrientation, encodeVideoOrientation } from "./video-orientation.ts";

const all = <T>(decode: (bytes: Uint8Array, start: number, end: number) => T, hex: string): T => {
  const bytes = fromHex(hex);
  return decode(bytes, 0, bytes.length);
};

/** What `encode` wrote, in hexadecimal. */
const written = (encode: (out: Uint8Array, offset: number) => number): string => {
  const out = new Uint8Array(260);
  return toHex(out.subarray(5, encode(out, 5)));
};

test("short values have the bits of their sections", () => {
  assert.equal(all(decodeMid, "6d6964"), "mid");
  assert.equal(all(decodeMid, ""), undefined);
  assert.equal(all(decodeMid, "ff"), undefined);
  assert.equal(
    written((out, o) => encodeMid(out, o, encodeUtf8("0"))),
    "30",
  );
  assert.equal(all(decodeRid, "6869"), "hi");
  assert.equal(all(decodeRid, "6820"), undefined);
  assert.equal(
    written((out, o) => encodeRid(out, o, encodeUtf8("hi"))),
    "6869",
  );
  assert.deepEqual(all(decodeAudioLevel, "9e"), { voice: true, level: 30 });
  assert.deepEqual(all(decodeAudioLevel, "7f00"), { voice: false, level: 127 });
  assert.equal(
    written((out, o) => encodeAudioLevel(out, o, true, 30)),
    "9e",
  );
  assert.deepEqual(all(decodeCsrcAudioLevels, "009e7f"), [0, 30, 127]);
  assert.equal(all(decodeCsrcAudioLevels, "00".repeat(16)), undefined);
  assert.equal(
    written((out, o) => encodeCsrcAudioLevels(out, o, [1, 127])),
    "017f",
  );
  assert.equal(all(decodeTransportSequenceNumber, "1234"), 0x1234);
  assert.equal(all(decodeTransportSequenceNumber, "12348001"), 0x1234);
  assert.equal(
    written((out, o) => encodeTransportSequenceNumber(out, o, 0xfffe)),
    "fffe",
  );
  assert.equal(all(decodeTransmissionOffset, "fffffe"), -2);
  assert.equal(
    written((out, o) => encodeTransmissionOffset(out, o, -2)),
    "fffffe",
  );
  assert.deepEqual(all(decodeVideoOrientation, "0d"), { backFacing: true, flipped: true, rotation: 90 });
  assert.equal(
    written((out, o) => encodeVideoOrientation(out, o, { backFacing: false, flipped: false, rotation: 270 })),
    "03",
  );
  assert.deepEqual(all(decodePlayoutDelay, "00a014"), { minimum: 100, maximum: 200 });
  assert.equal(all(decodePlayoutDelay, "014003"), undefined);
  assert.equal(
    written((out, o) => encodePlayoutDelay(out, o, { minimum: 100, maximum: 99999 })),
    "00afff",
  );
});

test("values that are cut are none", () => {
  for (const [decode, length] of [
    [decodeAudioLevel, 1],
    [decodeTransportSequenceNumber, 2],
    [decodeAbsSendTime, 3],
    [decodeTransmissionOffset, 3],
    [decodePlayoutDelay, 3],
    [decodeVideoOrientation, 1],
    [decodeAbsCaptureTime, 8],
  ] as const) {
    const bytes = new Uint8Array(20);
    for (let end = 0; end < length; end++) assert.equal(decode(bytes, 0, end), undefined, `${decode.name}: ${end} bytes`);
    assert.notEqual(decode(bytes, 0, length), undefined, decode.name);
  }
});

test("levels are decibels below full scale", () => {
  assert.deepEqual([linearLevel(0), linearLevel(20), linearLevel(127)], [1, 0.1, 0]);
  assert.deepEqual([levelOfLinear(1), levelOfLinear(0.1), levelOfLinear(0), levelOfLinear(2)], [0, 20, 127, 0]);
});

test("times of sending wrap every 64 seconds, and their differences do not care", () => {
  assert.equal(
    written((out, o) => encodeAbsSendTime(out, o, 1000)),
    "040000",
  );
  assert.equal(
    written((out, o) => encodeAbsSendTime(out, o, 65_000)),
    "040000",
  );
  assert.equal(all(decodeAbsSendTime, "040000"), 1 << 18);
  assert.equal(absSendTimeDifference(1 << 17, 0xff_0000), 500 + 250);
  assert.equal(absSendTimeDifference(0xff_0000, 1 << 17), -750);
});

test("times of capture, with and without the offset of the clock", () => {
  const captureTime = Date.UTC(2026, 1, 3, 4, 5, 6, 500);
  for (const clockOffset of [undefined, 0, 1500.25, -1500.25]) {
    const value = { captureTime, clockOffset };
    const hex = written((out, o) => encodeAbsCaptureTime(out, o, value));
    assert.equal(hex.length, 2 * absCaptureTimeLength(value));
    const read = all(decodeAbsCaptureTime, hex);
    assert.ok(read !== undefined && Math.abs(read.captureTime - captureTime) < 1e-3);
    assert.ok(
      clockOffset === undefined ? read.clockOffset === undefined : Math.abs((read.clockOffset ?? 0) - clockOffset) < 1e-3,
    );
  }
});

/** Two spatial layers of two temporal ones, three decode targets, two chains. */
const L2T2: TemplateStructure = {
  templateIdOffset: 62,
  decodeTargetCount: 3,
  chainCount: 2,
  protectedBy: [0, 1, 1],
  templates: [
    { spatialId: 0, temporalId: 0, decodeTargetIndications: [2, 3, 3], frameDifferences: [], chainDifferences: [0, 0] },
    { spatialId: 0, temporalId: 0, decodeTargetIndications: [3, 3, 2], frameDifferences: [4], chainDifferences: [4, 3] },
    { spatialId: 0, temporalId: 1, decodeTargetIndications: [1, 0, 0], frameDifferences: [2, 16], chainDifferences: [2, 1] },
    { spatialId: 1, temporalId: 0, decodeTargetIndications: [0, 2, 2], frameDifferences: [1, 4], chainDifferences: [1, 1] },
  ],
  resolutions: [
    { width: 320, height: 180 },
    { width: 640, height: 360 },
  ],
};

test("a dependency descriptor brings its templates, and later ones refer to them", () => {
  const first = written((out, o) =>
    encodeDependencyDescriptor(
      out,
      o,
      { startOfFrame: true, endOfFrame: false, templateId: 62, frameNumber: 500, structure: L2T2 },
      3,
    ),
  );
  const read = all(decodeDependencyDescriptor, first);
  assert.deepEqual(read?.structure, L2T2);
  assert.deepEqual([read.spatialId, read.temporalId, read.frameNumber, read.activeDecodeTargets], [0, 0, 500, 7]);
  const bytes = fromHex(first);
  // The last bits of a cut descriptor are missing, whatever is behind it; of three bytes it refers to what is not known.
  for (let end = 0; end < bytes.length; end++) assert.equal(decodeDependencyDescriptor(bytes, 0, end), undefined, `${end} bytes`);

  const short = written((out, o) =>
    encodeDependencyDescriptor(out, o, { startOfFrame: true, endOfFrame: true, templateId: 1, frameNumber: 501 }, 3),
  );
  assert.equal(short, "c101f5");
  assert.equal(all(decodeDependencyDescriptor, short), undefined, "nothing is known of templates");
  const later = decodeDependencyDescriptor(fromHex(short), 0, 3, L2T2);
  assert.deepEqual(later, {
    startOfFrame: true,
    endOfFrame: true,
    templateId: 1,
    frameNumber: 501,
    structure: undefined,
    activeDecodeTargets: undefined,
    ...L2T2.templates[3],
  });
  const custom = written((out, o) =>
    encodeDependencyDescriptor(
      out,
      o,
      {
        startOfFrame: false,
        endOfFrame: true,
        templateId: 0,
        frameNumber: 65535,
        activeDecodeTargets: 5,
        customIndications: [0, 1, 2],
        customFrameDifferences: [1, 17, 4096],
        customChainDifferences: [255, 0],
      },
      3,
    ),
  );
  const own = decodeDependencyDescriptor(fromHex(custom), 0, custom.length / 2, L2T2);
  assert.deepEqual(
    [own?.activeDecodeTargets, own?.decodeTargetIndications, own?.frameDifferences, own?.chainDifferences, own?.temporalId],
    [5, [0, 1, 2], [1, 17, 4096], [255, 0], 1],
  );
  assert.equal(decodeDependencyDescriptor(fromHex("c201f5"), 0, 3, L2T2), undefined, "no such template");
});

test("the descriptor of one layer, bit by bit", () => {
  // S E template 0, frame 1; T; offset 0, one target; one template: END, indication "switch", no differences, one chain of 0, no sizes.
  const bits = ["1", "1", "000000", "0000000000000001", "10000", "000000", "00000", "11", "10", "0", "1", "0000", "0"].join("");
  const hex = (bits.match(/.{1,8}/g) ?? [])
    .map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2).toString(16).padStart(2, "0"))
    .join("");
  const { structure } = all(decodeDependencyDescriptor, hex) ?? {};
  assert.deepEqual(structure, {
    templateIdOffset: 0,
    decodeTargetCount: 1,
    chainCount: 1,
    protectedBy: [0],
    templates: [{ spatialId: 0, temporalId: 0, decodeTargetIndications: [2], frameDifferences: [], chainDifferences: [0] }],
    resolutions: undefined,
  });
});

test("an allocation of layers reads back, with streams alike and not", () => {
  const size = { width: 640, height: 360, framesPerSecond: 30 };
  const allocations = [
    { streamIndex: 0, streamCount: 1, layers: [] },
    {
      streamIndex: 1,
      streamCount: 2,
      layers: [0, 1].map((streamIndex) => ({ streamIndex, spatialId: 0, bitrates: [100_000, 300_000], size })),
    },
    {
      streamIndex: 2,
      streamCount: 3,
      layers: [
        { streamIndex: 0, spatialId: 0, bitrates: [50_000], size: undefined },
        { streamIndex: 0, spatialId: 1, bitrates: [500_000, 900_000, 20_000_000], size: undefined },
        { streamIndex: 2, spatialId: 2, bitrates: [1_000_000], size: undefined },
      ],
    },
  ];
  for (const allocation of allocations) {
    const hex = written((out, o) => encodeVideoLayersAllocation(out, o, allocation));
    assert.deepEqual(all(decodeVideoLayersAllocation, hex), allocation, hex);
    const bytes = fromHex(hex);
    for (let end = 0; end < bytes.length; end++) {
      const cut = decodeVideoLayersAllocation(bytes, 0, end);
      if (cut !== undefined) assert.ok(cut.layers.every((layer) => layer.size === undefined));
    }
  }
  assert.equal(
    written((out, o) => encodeVideoLayersAllocation(out, o, { streamIndex: 0, streamCount: 1, layers: [] })),
    "00",
  );
});

test("rubbish throws nowhere", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      decodeDependencyDescriptor(bytes, 0, bytes.length, L2T2);
      decodeVideoLayersAllocation(bytes, 0, bytes.length);
    }),
  );
});
