/** Frames through every payload format and back, in packets of many sizes; what is cut short or made up. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { concatBytes, fromHex, toHex } from "../../base/bytes.ts";
import type { Depacketizer, FrameInfo, Packetizer, PayloadFormat, PayloadOptions } from "./payload-format.ts";
import { PayloadInfo } from "./payload-info.ts";
import { payloadFormat } from "./registry.ts";
import { decodeVp9Structure } from "./vp9-descriptor.ts";

const MARGIN = 8;
const FILLER = 0x5a;
const SEED = testSeed();

function format(mimeType: string): PayloadFormat {
  const found = payloadFormat(mimeType);
  assert.ok(found, mimeType);
  return found;
}

function random(length: number, seed: string): Uint8Array {
  const bytes = new Uint8Array(length);
  new SeededRandom(SEED).stream(seed).fill(bytes);
  return bytes;
}

/** Bytes without anything that looks like a start code. */
function noZeros(length: number, seed: string): Uint8Array {
  return random(length, seed).map((byte) => byte | 1);
}

/** All payloads of a frame; undefined when it could not be cut. */
function payloads(packetizer: Packetizer, frame: Uint8Array, room: number, info: FrameInfo): Uint8Array[] | undefined {
  assert.ok(packetizer.start(frame, info), "the frame was not taken");
  const out: Uint8Array[] = [];
  for (;;) {
    const bytes = new Uint8Array(room + 2 * MARGIN).fill(FILLER);
    const length = packetizer.next(bytes, MARGIN, room);
    if (length < 0) return undefined;
    if (length === 0) break;
    assert.ok(length <= room, `${length} bytes in a room of ${room}`);
    for (let i = 0; i < bytes.length; i++)
      if (i < MARGIN || i >= MARGIN + length) assert.equal(bytes[i], FILLER, `wrote at ${i - MARGIN} of ${length}`);
    out.push(bytes.slice(MARGIN, MARGIN + length));
    if (packetizer.last) assert.equal(packetizer.next(bytes, MARGIN, room), 0, "more behind the last");
  }
  assert.ok(packetizer.last);
  return out;
}

/** The frame that the payloads make. */
function assembled(depacketizer: Depacketizer, parts: readonly Uint8Array[]): Uint8Array | undefined {
  const info = new PayloadInfo();
  depacketizer.begin();
  for (const [index, part] of parts.entries()) {
    const around = concatBytes(new Uint8Array(3).fill(0xff), part, new Uint8Array(3).fill(0xff));
    assert.ok(depacketizer.parse(around, 3, 3 + part.length, info), `payload ${index} is not read: ${toHex(part)}`);
    if (depacketizer.tellsStart) assert.equal(info.startsFrame, index === 0, `start of frame in payload ${index}`);
    assert.ok(depacketizer.append(around, 3, 3 + part.length), `payload ${index} does not fit: ${toHex(part)}`);
  }
  return depacketizer.finish();
}

interface Row {
  readonly name: string;
  readonly mimeType: string;
  readonly options?: PayloadOptions;
  readonly frames: readonly Uint8Array[];
  readonly info?: Partial<FrameInfo>;
  /** The smallest room that any frame can be cut for. */
  readonly least: number;
  /** What comes out, where it is not the same bytes. */
  readonly expected?: (frame: Uint8Array) => Uint8Array;
}

const annexB = (...units: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...units.flatMap((unit) => [fromHex("00000001"), unit]));
const SPS = fromHex("6742c01f8c8d40501e900f08846a");
const PPS = fromHex("68ce3c80");
const unit = (header: string, length: number): Uint8Array => concatBytes(fromHex(header), noZeros(length, header));

const VPS = fromHex("40010c01ffff016000b5");
const HEVC_SPS = fromHex("42010101600000030 0b0000003000003005da00280802d16595e4932".replace(" ", ""));
const HEVC_PPS = fromHex("4401c172b46240");

/** An OBU with its size. */
const obu = (type: number, payload: Uint8Array, layers?: number): Uint8Array => {
  const size: number[] = [];
  for (let rest = payload.length; ; rest >>= 7) {
    if (rest < 128) {
      size.push(rest);
      break;
    }
    size.push((rest & 127) | 128);
  }
  const header = (type << 3) | 2 | (layers === undefined ? 0 : 4);
  return concatBytes(Uint8Array.of(header, ...(layers === undefined ? [] : [layers]), ...size), payload);
};
const SEQUENCE = fromHex("0a0a00000024c4ffdf006802");
const DELIMITER = fromHex("1200");

const ROWS: readonly Row[] = [
  { name: "Opus", mimeType: "audio/opus", frames: [random(3, "a"), random(120, "b")], least: 120 },
  { name: "G.711 µ-law", mimeType: "audio/PCMU", frames: [random(160, "a")], least: 160 },
  { name: "G.711 A-law", mimeType: "audio/PCMA", frames: [random(160, "a")], least: 160 },
  { name: "G.722", mimeType: "audio/G722", frames: [random(160, "a")], least: 160 },
  { name: "comfort noise", mimeType: "audio/CN", frames: [random(1, "a"), random(11, "b")], least: 11 },
  { name: "VP8", mimeType: "video/VP8", frames: [1, 2, 9, 1200, 5000].map((length) => random(length, "vp8")), least: 5 },
  {
    name: "VP8 with temporal layers",
    mimeType: "video/VP8",
    info: { temporalId: 1 },
    frames: [random(3000, "vp8")],
    least: 7,
  },
  {
    name: "H.264, mode 1",
    mimeType: "video/H264",
    options: { parameters: "level-asymmetry-allowed=1; packetization-mode=1" },
    frames: [
      annexB(SPS, PPS, unit("65", 4000)),
      annexB(unit("09", 1), unit("61", 700), unit("61", 20), unit("61", 20)),
      annexB(unit("41", 1)),
    ],
    least: 3,
  },
  { name: "VP9", mimeType: "video/VP9", frames: [1, 2, 9, 1200, 5000].map((length) => random(length, "vp9")), least: 4 },
  {
    name: "VP9, key frames with their size",
    mimeType: "video/VP9",
    info: { keyFrame: true, width: 640, height: 360 },
    frames: [1, 2, 9, 1200, 5000].map((length) => random(length, "vp9")),
    least: 12,
  },
  {
    name: "VP9 with layers",
    mimeType: "video/VP9",
    info: { temporalId: 1, spatialId: 2 },
    frames: [random(3000, "vp9")],
    least: 6,
  },
  {
    name: "H.265",
    mimeType: "video/H265",
    frames: [
      annexB(VPS, HEVC_SPS, HEVC_PPS, unit("2601", 4000)),
      annexB(unit("4601", 1), unit("0201", 700), unit("0202", 20), unit("0201", 20)),
      annexB(unit("0201", 1)),
    ],
    least: 4,
  },
  {
    name: "AV1",
    mimeType: "video/AV1",
    frames: [
      concatBytes(SEQUENCE, obu(6, random(4000, "av1"))),
      concatBytes(obu(3, random(9, "1")), obu(4, random(130, "2")), obu(4, random(1, "3")), obu(4, random(127, "4"))),
      concatBytes(obu(6, random(300, "5"), 0x28), obu(6, random(20000, "6"), 0x48), obu(6, random(0, "7"), 0x48)),
      obu(6, random(1, "8")),
    ],
    least: 2,
  },
  {
    name: "AV1, what means nothing in RTP is left out",
    mimeType: "video/AV1",
    frames: [concatBytes(DELIMITER, SEQUENCE, obu(15, random(40, "9")), obu(6, random(700, "av1")), obu(8, random(9, "9")))],
    expected: () => concatBytes(SEQUENCE, obu(6, random(700, "av1"))),
    least: 2,
  },
  { name: "H.264, mode 0", mimeType: "video/H264", frames: [annexB(SPS, PPS, unit("65", 400))], least: 401 },
];

describe("a frame comes out as it went in, in packets of any size:", () => {
  for (const { name, mimeType, options, frames, info, least, expected = (frame: Uint8Array) => frame } of ROWS) {
    test(name, () => {
      const { packetizer, depacketizer } = format(mimeType);
      const [sending, receiving] = [packetizer(options), depacketizer(options)];
      for (const frame of frames) {
        for (const room of [least, least + 1, least + 2, least + 5, least + 30, 100, 777, 1200, 1460, 20000]) {
          if (room < least) continue;
          const parts = payloads(sending, frame, room, { keyFrame: false, ...info });
          assert.ok(parts, `${frame.length} bytes were not cut for ${room}`);
          const out = assembled(receiving, parts);
          assert.deepEqual(out, expected(frame), `${frame.length} bytes for ${room}`);
          if (parts.length > 1) assert.ok(new Set(parts).size === parts.length);
        }
        assert.equal(payloads(sending, new Uint8Array(frame), 0, { keyFrame: false, ...info }), undefined, "no room at all");
      }
      assert.equal(sending.start(new Uint8Array(0), { keyFrame: false }), false, "an empty frame");
    });
  }
});

describe("the pieces of a frame are about equally long:", () => {
  for (const mimeType of ["video/VP8", "video/VP9", "video/H264", "video/H265"]) {
    test(mimeType, () => {
      const sending = format(mimeType).packetizer({ parameters: "packetization-mode=1" });
      const parts = payloads(sending, annexB(unit("65", 3700)), 1200, { keyFrame: true });
      assert.equal(parts?.length, 4);
      const lengths = parts?.map((part) => part.length) ?? [];
      assert.ok(Math.max(...lengths) - Math.min(...lengths) < 8, lengths.join(" "));
    });
  }

  test("video/AV1", () => {
    const parts = payloads(format("video/AV1").packetizer(), obu(6, random(3700, "av1")), 1200, { keyFrame: true });
    const lengths = parts?.map((part) => part.length) ?? [];
    assert.equal(lengths.length, 4);
    assert.ok(Math.max(...lengths) - Math.min(...lengths) < 40, lengths.join(" "));
  });
});

describe("rubbish is refused or read, never thrown, and makes no more than it brings:", () => {
  for (const { name, mimeType, options, frames, info } of ROWS) {
    test(name, () => {
      const chance = new SeededRandom(SEED).stream(name);
      const { packetizer, depacketizer } = format(mimeType);
      const [sending, receiving] = [packetizer(options), depacketizer(options)];
      const samples = frames.flatMap((frame) => payloads(sending, frame, 450, { keyFrame: true, ...info }) ?? []);
      const read = new PayloadInfo();
      for (const sample of samples) {
        for (let end = 0; end <= sample.length; end++) {
          if (!receiving.parse(sample, 0, end, read)) continue;
          assert.ok(read.dataStart <= read.dataEnd && read.dataEnd <= end);
        }
      }
      for (let round = 0; round < 2000; round++) {
        receiving.begin();
        let brought = 0;
        for (let count = 1 + chance.below(4); count > 0; count--) {
          const sample = Uint8Array.from(samples[chance.below(samples.length)] ?? []);
          for (let faults = chance.below(4); faults > 0; faults--)
            sample[chance.below(Math.min(16, sample.length))] = chance.below(256);
          const end = chance.chance(0.5) ? sample.length : chance.below(sample.length + 1);
          receiving.parse(sample, 0, end, read);
          receiving.append(sample, 0, end);
          brought += end;
        }
        const out = receiving.finish();
        assert.ok(out === undefined || (out.length > 0 && out.length <= 8 * brought), `VISAVIS_SEED=${SEED}`);
      }
    });
  }
});

test("media types are found whatever their case, and unknown ones are not", () => {
  assert.equal(payloadFormat("VIDEO/vp8")?.mimeType, "video/VP8");
  assert.equal(payloadFormat("audio/PCMU")?.clockRate, 8000);
  assert.equal(payloadFormat("audio/G722")?.clockRate, 8000);
  assert.equal(payloadFormat("audio/G722")?.duration(new Uint8Array(160)), 160);
  assert.equal(payloadFormat("audio/CN")?.duration(new Uint8Array(11)), 0);
  assert.equal(payloadFormat("video/rtx"), undefined);
  assert.equal(payloadFormat("constructor"), undefined);
});

test("an Opus packet tells how long it lasts", () => {
  const { duration } = format("audio/opus");
  const rows: readonly [hex: string, samples: number][] = [
    ["", 0],
    ["78", 960],
    ["fc00", 960],
    ["0b06", 5760],
    ["f8", 960],
    ["e0", 120],
    ["e1", 240],
    ["1b02", 5760],
    ["1b03", 0],
    ["70", 480],
    ["60", 480],
    ["18", 2880],
  ];
  for (const [hex, samples] of rows) assert.equal(duration(fromHex(hex)), samples, hex);
});

describe("VP8", () => {
  test("a payload as a browser sends it: picture id, layers, key frame and its size", () => {
    const { depacketizer } = format("video/VP8");
    const info = new PayloadInfo();
    const payload = fromHex("90e0d2b40160b00200 9d012a8002e001");
    assert.ok(depacketizer().parse(payload, 0, payload.length, info));
    assert.deepEqual(
      [info.pictureId, info.pictureIdBits, info.tl0PicIdx, info.temporalId, info.layerSync],
      [0x52b4, 15, 1, 1, true],
    );
    assert.deepEqual([info.startsFrame, info.keyFrame, info.dataStart], [true, true, 6]);
    assert.deepEqual([info.width, info.height], [640, 480]);
  });

  test("short picture ids, frames nothing refers to, later partitions", () => {
    const receiving = format("video/VP8").depacketizer();
    const info = new PayloadInfo();
    assert.ok(receiving.parse(fromHex("b0807fff"), 0, 4, info));
    assert.deepEqual(
      [info.pictureId, info.pictureIdBits, info.nonReference, info.startsFrame, info.keyFrame],
      [0x7f, 7, true, true, false],
    );
    assert.ok(receiving.parse(fromHex("11aa"), 0, 2, info));
    assert.deepEqual([info.pictureId, info.startsFrame], [-1, false]);
    assert.ok(receiving.parse(fromHex("801005aa"), 0, 4, info));
    assert.deepEqual([info.temporalId, info.layerSync], [-1, false]);
  });

  test("picture ids wrap, the base layer is counted, layers sync where they refer to it alone", () => {
    const sending = format("video/VP8").packetizer({ firstPictureId: 0x7fff });
    const receiving = format("video/VP8").depacketizer();
    const info = new PayloadInfo();
    const seen: unknown[] = [];
    for (const [temporalId, frameId, dependencies] of [
      [0, 10, []],
      [2, 11, [10]],
      [1, 12, [10]],
      [2, 13, [12]],
      [0, 14, [10]],
      [1, 15, [12, 14]],
      [1, 16, [3]],
    ] as const) {
      const [payload = new Uint8Array(0)] =
        payloads(sending, Uint8Array.of(1, 2), 100, { keyFrame: false, temporalId, frameId, dependencies }) ?? [];
      assert.ok(receiving.parse(payload, 0, payload.length, info));
      seen.push([info.pictureId, info.tl0PicIdx, info.temporalId, info.layerSync]);
    }
    assert.deepEqual(seen, [
      [0x7fff, 1, 0, false],
      [0, 1, 2, true],
      [1, 1, 1, true],
      [2, 1, 2, false],
      [3, 2, 0, false],
      [4, 2, 1, false],
      [5, 2, 1, false],
    ]);
  });

  test("a key frame tells its size", () => {
    const { isKeyFrame, frameSize } = format("video/VP8");
    const key = fromHex("b00200 9d012a 4041 f0c0 00");
    assert.equal(isKeyFrame(key), true);
    assert.deepEqual(frameSize(key), { width: 0x140, height: 0xf0 });
    assert.equal(isKeyFrame(fromHex("b10200")), false);
    assert.equal(frameSize(fromHex("b00200 9d012b 4041 f0c0 00")), undefined);
    assert.equal(frameSize(key.subarray(0, 9)), undefined);
    assert.equal(isKeyFrame(new Uint8Array(0)), false);
  });
});

describe("H.264", () => {
  const { packetizer, depacketizer, isKeyFrame, frameSize } = format("video/H264");
  const MODE_1: PayloadOptions = { parameters: "packetization-mode=1" };

  test("parameter sets share a packet, a large slice is cut; as captured from another stack", () => {
    const receiving = depacketizer(MODE_1);
    const info = new PayloadInfo();
    const aggregate = fromHex("78000e6742c01f8c8d40501e900f08846a000468ce3c80");
    assert.ok(receiving.parse(aggregate, 0, aggregate.length, info));
    assert.deepEqual([info.startsFrame, info.keyFrame], [true, false]);
    receiving.begin();
    assert.ok(receiving.append(aggregate, 0, aggregate.length));
    assert.deepEqual(receiving.finish(), annexB(SPS, PPS));
    assert.deepEqual(payloads(packetizer(MODE_1), annexB(SPS, PPS), 1200, { keyFrame: true }), [aggregate]);
    const fragment = fromHex("7c85b8000400000c");
    assert.ok(receiving.parse(fragment, 0, fragment.length, info));
    assert.deepEqual([info.startsFrame, info.keyFrame], [false, true]);
  });

  test("start codes of three and four bytes, trailing zeros, and lengths as in files are all taken", () => {
    const slice = unit("65", 30);
    const wanted = annexB(SPS, PPS, slice);
    const frames = [
      concatBytes(fromHex("000001"), SPS, fromHex("000001"), PPS, fromHex("00000001"), slice),
      concatBytes(fromHex("0000000001"), SPS, fromHex("0000000001"), PPS, fromHex("00000001"), slice, fromHex("000000")),
      concatBytes(fromHex("0000000e"), SPS, fromHex("00000004"), PPS, fromHex("0000001f"), slice),
    ];
    for (const frame of frames) {
      const parts = payloads(packetizer(MODE_1), frame, 40, { keyFrame: true });
      assert.ok(parts);
      assert.deepEqual(assembled(depacketizer(MODE_1), parts), wanted);
      assert.equal(isKeyFrame(frame), true);
    }
    const opaque = noZeros(100, "opaque");
    opaque[0] = 0x41;
    const parts = payloads(packetizer(MODE_1), opaque, 40, { keyFrame: false });
    assert.deepEqual(assembled(depacketizer(MODE_1), parts ?? []), annexB(opaque));
  });

  test("mode 0 sends each NAL unit by itself, and none that does not fit", () => {
    assert.equal(payloads(packetizer(), annexB(SPS, PPS), 1200, { keyFrame: true })?.length, 2);
    assert.equal(payloads(packetizer(), annexB(SPS, unit("65", 2000)), 1200, { keyFrame: true }), undefined);
  });

  test("payloads of the interleaved mode are not taken", () => {
    const receiving = depacketizer(MODE_1);
    const info = new PayloadInfo();
    for (const header of ["79", "7a", "7b", "7d", "7e", "7f", "60"]) {
      const payload = fromHex(`${header}0001020304050607`);
      assert.equal(receiving.parse(payload, 0, payload.length, info), false, header);
      receiving.begin();
      assert.equal(receiving.append(payload, 0, payload.length), false, header);
      assert.equal(receiving.finish(), undefined);
    }
  });

  test("a fragment without its beginning, without its end, or of another unit spoils the frame", () => {
    const parts = payloads(packetizer(MODE_1), annexB(unit("65", 100)), 40, { keyFrame: true }) ?? [];
    assert.ok(parts.length >= 3);
    const receiving = depacketizer(MODE_1);
    const frameOf = (chosen: readonly Uint8Array[]): Uint8Array | undefined => {
      receiving.begin();
      for (const part of chosen) receiving.append(part, 0, part.length);
      return receiving.finish();
    };
    assert.ok(frameOf(parts));
    assert.equal(frameOf(parts.slice(1)), undefined);
    assert.equal(frameOf(parts.slice(0, -1)), undefined);
    assert.equal(frameOf([...parts.slice(0, 1), ...parts]), undefined);
    assert.equal(frameOf([...parts.slice(0, -1), fromHex("419a")]), undefined);
    assert.equal(frameOf([]), undefined);
  });

  test("parameter sets of the description stand in front of a key frame that came without", () => {
    const receiving = depacketizer({ parameters: "packetization-mode=1;sprop-parameter-sets=Z0LAH4yNQFAekA8IhGo=,aM48gA==" });
    const slice = unit("65", 20);
    assert.deepEqual(assembled(receiving, [slice]), annexB(SPS, PPS, slice));
    assert.deepEqual(assembled(receiving, [SPS, PPS, slice]), annexB(SPS, PPS, slice));
    assert.deepEqual(assembled(receiving, [unit("41", 20)]), annexB(unit("41", 20)));
    const info = new PayloadInfo();
    for (const [hex, starts] of [
      ["65ff", true],
      ["657f", false],
      ["7c85ff", true],
      ["7c05ff", false],
      ["7c857f", false],
    ] as const) {
      const payload = fromHex(hex);
      assert.ok(receiving.parse(payload, 0, payload.length, info));
      assert.equal(info.startsFrame, starts, hex);
    }
    const without = depacketizer({ parameters: "sprop-parameter-sets=*" });
    assert.deepEqual(assembled(without, [slice]), annexB(slice));
  });

  test("the first slice tells a key frame, the parameter set its size", () => {
    assert.equal(isKeyFrame(annexB(unit("09", 1), unit("06", 5), unit("41", 5), unit("65", 5))), false);
    assert.equal(isKeyFrame(annexB(SPS, PPS)), false);
    assert.deepEqual(frameSize(annexB(SPS, PPS, unit("65", 5))), { width: 640, height: 480 });
    // High profile, 1920 x 1080 with cropping.
    const high = fromHex("6764002aacb200f0044fcb0800000300080000030194 7860c92c".replace(" ", ""));
    assert.deepEqual(frameSize(annexB(high))?.height, 1080);
    assert.equal(frameSize(annexB(SPS.subarray(0, 6))), undefined);
    assert.equal(frameSize(annexB(unit("65", 5))), undefined);
  });
});

describe("VP9", () => {
  const { packetizer, depacketizer, isKeyFrame, frameSize } = format("video/VP9");
  const read = (payload: Uint8Array): PayloadInfo => {
    const info = new PayloadInfo();
    assert.ok(depacketizer().parse(payload, 0, payload.length, info), toHex(payload));
    return info;
  };
  const only = (parts: readonly Uint8Array[] | undefined): Uint8Array => {
    assert.equal(parts?.length, 1);
    return parts?.[0] ?? new Uint8Array(0);
  };

  test("a key frame as a browser sends it: its structure says its size and that each picture refers to the last", () => {
    const payload = fromHex("8fe6fb1801ee01730104018249834200");
    const info = read(payload);
    assert.deepEqual([info.startsFrame, info.endsFrame, info.keyFrame, info.pictureId], [true, true, true, 0x66fb]);
    assert.deepEqual([info.width, info.height, info.dataStart], [494, 371, 11]);
    assert.deepEqual(decodeVp9Structure(payload, info.structureStart, info.structureEnd), {
      spatialLayers: 1,
      sizes: [{ width: 494, height: 371 }],
      group: [{ temporalId: 0, switchingUp: false, references: [1] }],
    });
    const written = payloads(packetizer({ firstPictureId: 0x66fb }), payload.subarray(11), 100, {
      keyFrame: true,
      width: 494,
      height: 371,
    });
    assert.deepEqual(only(written), payload);
  });

  test("all fields of non-flexible and flexible mode", () => {
    const plain = read(fromHex("bd05 76 2a aa".replaceAll(" ", "")));
    assert.deepEqual(
      [plain.pictureId, plain.temporalId, plain.layerSync, plain.spatialId, plain.interLayer, plain.notForInterLayer],
      [5, 3, true, 3, false, true],
    );
    assert.equal(plain.flexible, true);
    const layered = read(fromHex("a805762aaa"));
    assert.deepEqual([layered.flexible, layered.tl0PicIdx, layered.keyFrame], [false, 0x2a, true]);
    const flexible = read(fromHex("f8 8123 21 03 05 fe aa".replaceAll(" ", "")));
    assert.deepEqual([flexible.referenceCount, [...flexible.references]], [3, [1, 2, 127]]);
    assert.deepEqual([flexible.temporalId, flexible.spatialId, flexible.interLayer, flexible.keyFrame], [1, 0, true, false]);
    const info = new PayloadInfo();
    const four = fromHex("f88123210305fd02aa");
    assert.equal(depacketizer().parse(four, 0, four.length, info), false, "four references");
    const none = fromHex("f88123210 0aa".replaceAll(" ", ""));
    assert.equal(depacketizer().parse(none, 0, none.length, info), false, "a reference to itself");
  });

  test("layers: pictures share an id, references and switching points come from the dependencies", () => {
    const sending = packetizer({ firstPictureId: 100 });
    const seen: unknown[] = [];
    for (const [frameId, temporalId, spatialId, dependencies] of [
      [1, 0, 0, []],
      [2, 0, 1, [1]],
      [3, 2, 0, [1]],
      [4, 2, 1, [2, 3]],
      [5, 1, 0, [1, 3]],
      [6, 1, 1, [2, 5]],
    ] as const) {
      const info = { keyFrame: frameId === 1, frameId, temporalId, spatialId, dependencies, endOfPicture: spatialId === 1 };
      const { pictureId, interLayer, layerSync, referenceCount, references, keyFrame } = read(
        only(payloads(sending, Uint8Array.of(1), 100, info)),
      );
      assert.equal(sending.marker, spatialId === 1);
      seen.push([pictureId, interLayer, layerSync, [...references.subarray(0, referenceCount)], keyFrame]);
    }
    assert.deepEqual(seen, [
      [100, false, false, [], true],
      [100, true, false, [], false],
      [101, false, true, [1], false],
      [101, true, true, [1], false],
      [102, false, false, [2, 1], false],
      [102, true, true, [2], false],
    ]);
  });

  test("frames of one timestamp and rising layers are one picture, also when nobody says which is the last", () => {
    const sending = packetizer({ firstPictureId: 9 });
    const seen: unknown[] = [];
    for (const [timestamp, spatialId] of [
      [0, 0],
      [0, 1],
      [90, 0],
      [90, 1],
      [90, 1],
    ] as const) {
      const keyFrame = timestamp === 0 && spatialId === 0;
      const { pictureId, interLayer } = read(
        only(payloads(sending, Uint8Array.of(1), 100, { keyFrame, timestamp, spatialId, temporalId: 0 })),
      );
      seen.push([pictureId, interLayer]);
    }
    assert.deepEqual(seen, [
      [9, false],
      [9, true],
      [10, false],
      [10, true],
      [11, false],
    ]);
  });

  test("layers without dependencies: the newest frame that may be referred to stands for them", () => {
    const sending = packetizer();
    const seen: unknown[] = [];
    for (const [temporalId, keyFrame] of [
      [0, true],
      [2, false],
      [1, false],
      [2, false],
      [0, false],
    ] as const) {
      const info = read(only(payloads(sending, Uint8Array.of(1), 100, { keyFrame, temporalId })));
      seen.push([...info.references.subarray(0, info.referenceCount)]);
    }
    assert.deepEqual(seen, [[], [1], [2], [1], [4]]);
  });

  test("a frame is whole only with its last packet, and nothing of it comes twice", () => {
    const parts = payloads(packetizer(), random(3000, "vp9"), 1200, { keyFrame: false }) ?? [];
    const receiving = depacketizer();
    const frameOf = (chosen: readonly Uint8Array[]): Uint8Array | undefined => {
      receiving.begin();
      for (const part of chosen) receiving.append(part, 0, part.length);
      return receiving.finish();
    };
    assert.ok(frameOf(parts));
    assert.equal(frameOf(parts.slice(0, -1)), undefined);
    assert.equal(frameOf(parts.slice(1)), undefined);
    assert.equal(frameOf([...parts, ...parts]), undefined);
  });

  test("a key frame tells its size", () => {
    const key = fromHex("82498342001ed017242a3824");
    assert.equal(isKeyFrame(key), true);
    assert.deepEqual(frameSize(key), { width: 494, height: 371 });
    for (let length = 0; length < 8; length++) assert.equal(frameSize(key.subarray(0, length)), undefined);
    assert.equal(isKeyFrame(fromHex("860040929874580330")), false);
    assert.equal(isKeyFrame(fromHex("8a")), false, "one that shows an earlier frame");
    assert.deepEqual(frameSize(fromHex("924983421027f81678")), { width: 1280, height: 720 }, "profile 2");
  });
});

describe("H.265", () => {
  const { packetizer, depacketizer, isKeyFrame, frameSize } = format("video/H265");

  test("parameter sets share a packet with the lowest layer and temporal id, a large slice is cut", () => {
    const parts = payloads(packetizer(), annexB(unit("0203", 3), unit("020a", 3), unit("2601", 2000)), 1200, { keyFrame: true });
    assert.equal(parts?.length, 3);
    assert.deepEqual(
      parts?.map((part) => toHex(part.subarray(0, 3))),
      ["600200", "620193", "620153"],
    );
  });

  test("what only other modes have is not taken", () => {
    const info = new PayloadInfo();
    for (const hex of ["640101020304", "620170aabb", "60010003610100", "6001000502", "0200aa", "600100016101"]) {
      const payload = fromHex(hex);
      assert.equal(depacketizer().parse(payload, 0, payload.length, info), false, hex);
    }
  });

  test("a fragment without its beginning or its end spoils the frame", () => {
    const parts = payloads(packetizer(), annexB(unit("0201", 100)), 40, { keyFrame: false }) ?? [];
    const receiving = depacketizer();
    for (const chosen of [parts.slice(1), parts.slice(0, -1), [...parts.slice(0, 1), ...parts], []]) {
      receiving.begin();
      for (const part of chosen) receiving.append(part, 0, part.length);
      assert.equal(receiving.finish(), undefined);
    }
  });

  test("what a packet tells: the beginning of a picture, key frames, temporal ids", () => {
    const info = new PayloadInfo();
    for (const [hex, told] of [
      ["0202ff", [true, false, 1]],
      ["02017f", [false, false, 0]],
      ["2601ff", [false, true, 0]],
      ["4001ff", [true, false, 0]],
      ["620181ff", [true, false, 0]],
      ["620101ff", [false, false, 0]],
      ["620193ff", [false, true, 0]],
      ["600100034001ff00032601ff", [true, true, 0]],
    ] as const) {
      const payload = fromHex(hex);
      assert.ok(depacketizer().parse(payload, 0, payload.length, info), hex);
      assert.deepEqual([info.startsFrame, info.keyFrame, info.temporalId], told, hex);
    }
  });

  test("the first slice tells a key frame, the parameter set its size", () => {
    const key = annexB(VPS, HEVC_SPS, HEVC_PPS, unit("2601", 20));
    assert.equal(isKeyFrame(key), true);
    assert.deepEqual(frameSize(key), { width: 1280, height: 720 });
    assert.equal(isKeyFrame(annexB(unit("4601", 1), unit("0201", 20))), false);
    assert.equal(frameSize(annexB(unit("0201", 20))), undefined);
    assert.equal(frameSize(annexB(HEVC_SPS.subarray(0, 20))), undefined);
  });
});

describe("AV1", () => {
  const { packetizer, depacketizer, isKeyFrame, frameSize } = format("video/AV1");
  const frameOf = (...hex: readonly string[]): string | undefined => {
    const receiving = depacketizer();
    receiving.begin();
    for (const text of hex) {
      const payload = fromHex(text.replaceAll(" ", ""));
      receiving.append(payload, 0, payload.length);
    }
    const frame = receiving.finish();
    return frame && toHex(frame);
  };

  test("elements with lengths and without, whole and continued, sizes kept or given", () => {
    assert.equal(frameOf("10 30aabb"), "3202aabb");
    assert.equal(frameOf("00 0330aabb 0230cc"), "3202aabb3201cc");
    assert.equal(frameOf("20 0330aabb 30cc"), "3202aabb3201cc");
    assert.equal(frameOf("50 30aa", "d0 bb", "90 cc"), "3203aabbcc");
    assert.equal(frameOf("60 0330aabb 34", "90 28cc"), "3202aabb362801cc");
    assert.equal(frameOf("10 3202aabb"), "3202aabb", "a size that was there");
    assert.equal(frameOf("10 3203aabb"), undefined, "a size that is wrong");
    assert.equal(frameOf("10 10", "10 30aa"), "3201aa", "a temporal delimiter");
  });

  test("what does not fit together makes no frame", () => {
    assert.equal(frameOf("50 30aa"), undefined, "no end");
    assert.equal(frameOf("90 aabb"), undefined, "no beginning");
    assert.equal(frameOf("50 30aa", "10 30bb"), undefined, "another in the middle");
    assert.equal(frameOf("20 0530aabb 30cc"), undefined, "a length that is too long");
    assert.equal(frameOf("20 80"), undefined);
    assert.equal(frameOf("10 b0aa"), undefined, "the forbidden bit");
    assert.equal(frameOf("10 34"), undefined, "layers that are not there");
    assert.equal(frameOf(), undefined);
    const info = new PayloadInfo();
    for (const hex of ["10", "20000130", "3030", "8830aa", "2004 30aa", "0000"]) {
      const payload = fromHex(hex.replaceAll(" ", ""));
      assert.equal(depacketizer().parse(payload, 0, payload.length, info), false, hex);
    }
  });

  test("a key frame begins a sequence, and its first packet alone says so", () => {
    const parts =
      payloads(packetizer(), concatBytes(DELIMITER, SEQUENCE, obu(6, random(3000, "av1"))), 1200, { keyFrame: true }) ?? [];
    const told = parts.map((part) => {
      const info = new PayloadInfo();
      assert.ok(depacketizer().parse(part, 0, part.length, info));
      return [info.startsFrame, info.keyFrame, (part[0] ?? 0).toString(16)];
    });
    assert.deepEqual(told, [
      [true, true, "68"],
      [false, false, "d0"],
      [false, false, "90"],
    ]);
    const info = new PayloadInfo();
    assert.ok(depacketizer().parse(fromHex("103428cc"), 0, 4, info));
    assert.deepEqual([info.temporalId, info.spatialId, info.startsFrame], [1, 1, false]);
    const sending = packetizer();
    payloads(sending, obu(6, random(30, "av1")), 1200, { keyFrame: false, endOfPicture: false });
    assert.equal(sending.marker, false);
    assert.equal(sending.start(DELIMITER, { keyFrame: false }), false);
    assert.equal(sending.start(fromHex("32ff"), { keyFrame: false }), false);
  });

  test("the sequence header tells the size, the first frame header a key frame", () => {
    const key = concatBytes(DELIMITER, SEQUENCE, obu(6, fromHex("10aabb")));
    assert.equal(isKeyFrame(key), true);
    assert.deepEqual(frameSize(key), { width: 640, height: 480 });
    assert.equal(isKeyFrame(obu(6, fromHex("10aabb"))), false, "no sequence header");
    assert.equal(isKeyFrame(concatBytes(SEQUENCE, obu(6, fromHex("30aabb")))), false, "an inter frame");
    assert.equal(isKeyFrame(concatBytes(SEQUENCE, obu(3, fromHex("80")))), false, "an earlier frame is shown");
    assert.equal(frameSize(obu(1, fromHex("0000"))), undefined);
    assert.equal(frameSize(obu(6, fromHex("10"))), undefined);
  });
});
