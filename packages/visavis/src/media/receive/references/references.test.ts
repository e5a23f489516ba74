/** What frames of each kind refer to, in order and out of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeDependencyDescriptor } from "../../../rtp/extensions/dependency-descriptor.ts";
import type { TemplateStructure } from "../../../rtp/extensions/template-structure.ts";
import { PayloadInfo } from "../../../rtp/payload/payload-info.ts";
import { payloadFormat } from "../../../rtp/payload/registry.ts";
import type { AssembledFrame } from "../assembled-frame.ts";
import { unwrapBits } from "./frame-references.ts";
import { ReferenceResolver, type Resolution } from "./reference-resolver.ts";

interface Told {
  readonly mimeType?: string;
  readonly keyFrame?: boolean;
  readonly info?: Partial<PayloadInfo>;
  readonly sequenceNumbers?: readonly [first: number, last: number];
  readonly descriptor?: Uint8Array;
  readonly structure?: Uint8Array;
  readonly payloadType?: number;
  readonly references?: readonly number[];
}

function frame({
  mimeType = "video/VP8",
  keyFrame = false,
  info = {},
  sequenceNumbers = [0, 0],
  references = [],
  ...rest
}: Told): AssembledFrame {
  const format = payloadFormat(mimeType);
  assert.ok(format);
  const told = Object.assign(new PayloadInfo(), info);
  references.forEach((distance, index) => {
    told.references[index] = distance;
  });
  told.referenceCount = references.length;
  return {
    format,
    payloadType: 96,
    ssrc: 1,
    data: Uint8Array.of(1),
    firstSequenceNumber: sequenceNumbers[0],
    lastSequenceNumber: sequenceNumbers[1],
    timestamp: 0,
    keyFrame,
    firstArrival: 0,
    lastArrival: 0,
    packetCount: 1,
    recovered: false,
    info: told,
    descriptor: new Uint8Array(0),
    structure: new Uint8Array(0),
    contributingSources: [],
    rotation: -1,
    captureTime: Number.NaN,
    playoutDelayMin: -1,
    playoutDelayMax: -1,
    ...rest,
  };
}

/** How far back the references are. */
function distances(resolution: Resolution): readonly number[] | string {
  if (typeof resolution === "string") return resolution;
  return resolution.references.map((reference) => resolution.id - reference);
}

const resolver = (isPadding: (sequenceNumber: number) => boolean = () => false): ReferenceResolver =>
  new ReferenceResolver(isPadding);

test("numbers of few bits grow without end, whichever way they wrap", () => {
  assert.equal(unwrapBits(-1, 5, 7), 133);
  assert.equal(unwrapBits(133, 6, 7), 134);
  assert.equal(unwrapBits(133, 4, 7), 132);
  assert.equal(unwrapBits(255, 1, 7), 257);
  assert.equal(unwrapBits(256, 127, 7), 255);
  assert.equal(unwrapBits(40_000, 40_000 & 0x7fff, 15), 40_000);
  assert.equal(unwrapBits(10, 0x7fff, 15), 32_767);
});

describe("by sequence numbers", () => {
  const h264 = (first: number, last: number, keyFrame = false): AssembledFrame =>
    frame({ mimeType: "video/H264", sequenceNumbers: [first, last], keyFrame });

  test("a frame refers to the one in front of it, past padding; it waits while that one is not there", () => {
    const resolve = resolver((sequenceNumber) => sequenceNumber >= 14 && sequenceNumber <= 16);
    assert.equal(resolve.resolve(h264(8, 9)), "wait", "no key frame yet");
    assert.deepEqual(distances(resolve.resolve(h264(10, 12, true))), []);
    assert.deepEqual(distances(resolve.resolve(h264(13, 13))), [1]);
    assert.deepEqual(distances(resolve.resolve(h264(17, 20))), [7]);
    assert.equal(resolve.resolve(h264(22, 23)), "wait");
    assert.deepEqual(distances(resolve.resolve(h264(21, 21))), [1]);
    assert.deepEqual(distances(resolve.resolve(h264(22, 23))), [2]);
  });
});

describe("VP8", () => {
  const vp8 = (pictureId: number, tl0PicIdx: number, temporalId: number, layerSync = false, keyFrame = false): AssembledFrame =>
    frame({ keyFrame, info: { pictureId, pictureIdBits: 15, tl0PicIdx, temporalId, layerSync } });

  test("without layers: the picture before", () => {
    const resolve = resolver();
    const picture = (pictureId: number, keyFrame = false): AssembledFrame =>
      frame({ keyFrame, info: { pictureId, pictureIdBits: 7 } });
    assert.deepEqual(distances(resolve.resolve(picture(127, true))), []);
    assert.deepEqual(distances(resolve.resolve(picture(0))), [1]);
    assert.deepEqual(distances(resolve.resolve(picture(2))), [1]);
  });

  test("with layers: the base layer, and what is between where the layer is not synchronised", () => {
    const resolve = resolver();
    const steps: readonly [AssembledFrame, readonly number[] | string][] = [
      [vp8(0x7ffe, 255, 0, false, true), []],
      [vp8(0x7fff, 255, 2, true), [1]],
      [vp8(0, 255, 1, true), [2]],
      [vp8(1, 255, 2), [1, 2, 3]],
      [vp8(2, 0, 0), [4]],
      [vp8(5, 0, 2), "wait"],
      [vp8(3, 0, 2, true), [1]],
      [vp8(5, 0, 2), "wait"],
      [vp8(4, 0, 1), [2]],
      [vp8(5, 0, 2), [1, 2, 3]],
      [vp8(14, 3, 0), "wait"],
      [vp8(13, 3, 2, true), "wait"],
    ];
    for (const [index, [given, wanted]] of steps.entries()) {
      const found = distances(resolve.resolve(given));
      assert.deepEqual(typeof found === "string" ? found : [...found].sort((a, b) => a - b), wanted, `step ${index}`);
    }
  });
});

describe("VP9", () => {
  test("flexible mode: what the frame lists, and the layer below", () => {
    const resolve = resolver();
    const vp9 = (pictureId: number, spatialId: number, references: readonly number[], interLayer: boolean): AssembledFrame =>
      frame({
        mimeType: "video/VP9",
        keyFrame: references.length === 0 && !interLayer,
        references,
        info: {
          pictureId,
          pictureIdBits: 15,
          flexible: true,
          temporalId: 0,
          spatialId,
          interLayer,
          interPicture: references.length > 0,
        },
      });
    assert.deepEqual(distances(resolve.resolve(vp9(7, 0, [], false))), []);
    assert.deepEqual(distances(resolve.resolve(vp9(7, 1, [], true))), [1]);
    assert.deepEqual(distances(resolve.resolve(vp9(8, 0, [1], false))), [8]);
    assert.deepEqual(distances(resolve.resolve(vp9(8, 1, [1], true))), [1, 8]);
    assert.deepEqual(distances(resolve.resolve(vp9(10, 1, [2, 3], false))), [16, 24]);
  });

  test("non-flexible mode: the group of pictures tells, from the key picture on", () => {
    const resolve = resolver();
    // Two temporal layers: 0 refers two back, 1 one back.
    const structure = Uint8Array.of(0x08, 2, 0x04, 2, 0x34, 1);
    const vp9 = (pictureId: number, temporalId: number, keyFrame = false): AssembledFrame =>
      frame({
        mimeType: "video/VP9",
        keyFrame,
        info: { pictureId, pictureIdBits: 7, temporalId, spatialId: 0, tl0PicIdx: 1, interPicture: !keyFrame },
        ...(keyFrame && { structure }),
      });
    assert.deepEqual(distances(resolve.resolve(vp9(126, 0, true))), []);
    assert.deepEqual(distances(resolve.resolve(vp9(127, 1))), [8]);
    assert.deepEqual(distances(resolve.resolve(vp9(0, 0))), [16]);
    assert.deepEqual(distances(resolve.resolve(vp9(1, 1))), [8]);
    assert.deepEqual(distances(resolve.resolve(vp9(5, 1))), [8]);
    assert.deepEqual(distances(resolve.resolve(vp9(6, 0, true))), []);
    assert.deepEqual(distances(resolve.resolve(vp9(7, 1))), [8]);
  });

  test("a structure without a group: each picture refers to the last", () => {
    const resolve = resolver();
    const info = { pictureIdBits: 7, temporalId: 0, spatialId: 0, tl0PicIdx: 1 };
    const structure = Uint8Array.of(0);
    assert.deepEqual(
      distances(resolve.resolve(frame({ mimeType: "video/VP9", keyFrame: true, structure, info: { ...info, pictureId: 1 } }))),
      [],
    );
    const next = frame({ mimeType: "video/VP9", info: { ...info, pictureId: 2, interPicture: true } });
    assert.deepEqual(distances(resolve.resolve(next)), [8]);
  });
});

describe("dependency descriptors", () => {
  const template = (temporalId: number, frameDifferences: readonly number[]) => ({
    spatialId: 0,
    temporalId,
    decodeTargetIndications: [3] as const,
    frameDifferences,
    chainDifferences: [],
  });
  const STRUCTURE: TemplateStructure = {
    templateIdOffset: 60,
    decodeTargetCount: 1,
    chainCount: 0,
    templates: [template(0, []), template(0, [2]), template(1, [1])],
    protectedBy: [],
    resolutions: [{ width: 640, height: 360 }],
  };
  const described = (frameNumber: number, templateId: number, first = false, custom?: readonly number[]): AssembledFrame => {
    const out = new Uint8Array(64);
    const fields = { startOfFrame: true, endOfFrame: true, templateId, frameNumber };
    const end = encodeDependencyDescriptor(
      out,
      0,
      { ...fields, ...(first && { structure: STRUCTURE }), ...(custom && { customFrameDifferences: custom }) },
      1,
    );
    return frame({ mimeType: "video/AV1", keyFrame: first, descriptor: out.slice(0, end) });
  };

  test("templates tell, unless the frame does; nothing is known before the structure", () => {
    const resolve = resolver();
    assert.equal(resolve.resolve(described(0xffff, 61)), "wait");
    const key = resolve.resolve(described(0xfffe, 60, true));
    assert.ok(typeof key === "object");
    assert.deepEqual([key.references, key.temporalId, key.spatialId, key.width, key.height], [[], 0, 0, 640, 360]);
    assert.deepEqual(distances(resolve.resolve(described(0xffff, 62))), [1]);
    assert.deepEqual(distances(resolve.resolve(described(0, 61))), [2]);
    assert.deepEqual(distances(resolve.resolve(described(1, 62, false, [1, 3]))), [1, 3]);
    assert.equal(resolve.resolve(described(2, 10)), "wait", "a template that is not there");
  });
});

test("the way of telling changes at key frames alone, and numbers begin anew then", () => {
  const resolve = resolver();
  assert.deepEqual(distances(resolve.resolve(frame({ keyFrame: true, info: { pictureId: 5, pictureIdBits: 7 } }))), []);
  assert.equal(resolve.generation, 1);
  assert.equal(resolve.resolve(frame({ mimeType: "video/H264", payloadType: 97 })), "unusable");
  assert.equal(resolve.resolve(frame({ info: {} })), "unusable");
  assert.deepEqual(distances(resolve.resolve(frame({ mimeType: "video/H264", payloadType: 97, keyFrame: true }))), []);
  assert.equal(resolve.generation, 2);
});
