/** Where frames begin and end, whatever the order of their packets and whatever their format tells. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "../../base/bytes.ts";
import { payloadFormat } from "../../rtp/payload/registry.ts";
import { ReceivedPacket } from "../../rtp/received-packet.ts";
import { type FormatInUse, FrameAssembler } from "./frame-assembler.ts";

interface Packet {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly hex: string;
  readonly marker?: boolean;
  /** The first byte of its dependency descriptor: 80 begins a frame, 40 ends one. */
  readonly bounds?: number;
}

function inUse(mimeType: string): FormatInUse {
  const format = payloadFormat(mimeType);
  assert.ok(format);
  return { format, depacketizer: format.depacketizer({ parameters: "packetization-mode=1" }) };
}

function put(assembler: FrameAssembler, format: FormatInUse, { hex, bounds, ...header }: Packet): string {
  const packet = Object.assign(new ReceivedPacket(), { marker: false, payloadType: 96, ...header });
  packet.bytes = fromHex(hex.replaceAll(" ", "") + (bounds === undefined ? "" : `${bounds.toString(16).padStart(2, "0")}0001`));
  packet.payloadEnd = hex.replaceAll(" ", "").length / 2;
  packet.end = packet.payloadEnd;
  if (bounds !== undefined) {
    packet.dependencyDescriptorStart = packet.payloadEnd;
    packet.dependencyDescriptorEnd = packet.bytes.length;
  }
  return assembler.insert(packet, format);
}

/** The frames that come of the packets: first number, last number, bytes. By first number. */
function framesOf(mimeType: string, packets: readonly Packet[]): string[] {
  const assembler = new FrameAssembler();
  const format = inUse(mimeType);
  const frames: (readonly [number, string])[] = [];
  for (const packet of packets) {
    put(assembler, format, packet);
    for (let frame = assembler.take(); frame !== undefined; frame = assembler.take()) {
      const { firstSequenceNumber, lastSequenceNumber, data } = frame;
      frames.push([firstSequenceNumber, `${firstSequenceNumber}-${lastSequenceNumber} ${toHex(data)}`]);
    }
  }
  return frames.sort(([a], [b]) => a - b).map(([, text]) => text);
}

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.filter((_, other) => other !== index))) yield [item, ...rest];
  }
}

const H264 = "00000001";

describe("in every order of arrival", () => {
  const cases: readonly [name: string, mimeType: string, packets: readonly Packet[], frames: readonly string[]][] = [
    [
      "frames whose payloads tell where they begin",
      "video/VP8",
      [
        { sequenceNumber: 1, timestamp: 0, hex: "90800110" },
        { sequenceNumber: 2, timestamp: 0, hex: "808001aa", marker: true },
        { sequenceNumber: 3, timestamp: 90, hex: "90800211" },
        { sequenceNumber: 4, timestamp: 90, hex: "808002bb" },
        { sequenceNumber: 5, timestamp: 90, hex: "808002cc", marker: true },
      ],
      ["1-2 10aa", "3-5 11bbcc"],
    ],
    [
      "frames that begin behind another timestamp",
      "video/H264",
      [
        { sequenceNumber: 1, timestamp: 0, hex: "6742" },
        { sequenceNumber: 2, timestamp: 0, hex: "65bb", marker: true },
        { sequenceNumber: 3, timestamp: 90, hex: "5c81cc" },
        { sequenceNumber: 4, timestamp: 90, hex: "5c41dd", marker: true },
        { sequenceNumber: 5, timestamp: 180, hex: "41ee", marker: true },
      ],
      [`1-2 ${H264}6742${H264}65bb`, `3-4 ${H264}41ccdd`, `5-5 ${H264}41ee`],
    ],
    [
      "frames whose end is not marked, but for the last",
      "video/H264",
      [
        { sequenceNumber: 1, timestamp: 0, hex: "6742" },
        { sequenceNumber: 2, timestamp: 0, hex: "65bb" },
        { sequenceNumber: 3, timestamp: 90, hex: "41cc" },
        { sequenceNumber: 4, timestamp: 180, hex: "41dd" },
        { sequenceNumber: 5, timestamp: 180, hex: "416e", marker: true },
      ],
      [`1-2 ${H264}6742${H264}65bb`, `3-3 ${H264}41cc`, `4-5 ${H264}41dd${H264}416e`],
    ],
    [
      "padding between frames",
      "video/H264",
      [
        { sequenceNumber: 1, timestamp: 0, hex: "6742" },
        { sequenceNumber: 2, timestamp: 0, hex: "65bb", marker: true },
        { sequenceNumber: 3, timestamp: 0, hex: "" },
        { sequenceNumber: 4, timestamp: 0, hex: "" },
        { sequenceNumber: 5, timestamp: 90, hex: "41cc", marker: true },
      ],
      [`1-2 ${H264}6742${H264}65bb`, `5-5 ${H264}41cc`],
    ],
    [
      "two layers of one timestamp, told apart by dependency descriptors",
      "video/AV1",
      [
        { sequenceNumber: 1, timestamp: 0, hex: "5030aa", bounds: 0x80 },
        { sequenceNumber: 2, timestamp: 0, hex: "90bb", bounds: 0x40 },
        { sequenceNumber: 3, timestamp: 0, hex: "5030cc", bounds: 0x80 },
        { sequenceNumber: 4, timestamp: 0, hex: "d0dd", bounds: 0x00 },
        { sequenceNumber: 5, timestamp: 0, hex: "90ee", bounds: 0x40, marker: true },
      ],
      ["1-2 3202aabb", "3-5 3203ccddee"],
    ],
    [
      "two layers of one timestamp, told apart by the format",
      "video/VP9",
      [
        { sequenceNumber: 1, timestamp: 0, hex: "a8010000aa" },
        { sequenceNumber: 2, timestamp: 0, hex: "a4010000bb" },
        { sequenceNumber: 3, timestamp: 0, hex: "ac010300cc", marker: true },
        { sequenceNumber: 4, timestamp: 90, hex: "ec020000dd" },
        { sequenceNumber: 5, timestamp: 90, hex: "ec020300ee", marker: true },
      ],
      ["1-2 aabb", "3-3 cc", "4-4 dd", "5-5 ee"],
    ],
  ];
  for (const [name, mimeType, packets, frames] of cases) {
    test(name, () => {
      for (const order of permutations(packets)) {
        const numbers = order.map(({ sequenceNumber }) => sequenceNumber).join(" ");
        assert.deepEqual(framesOf(mimeType, order), frames, numbers);
      }
    });
  }
});

describe("when a packet is missing", () => {
  const packets: readonly Packet[] = [
    { sequenceNumber: 1, timestamp: 0, hex: "6742" },
    { sequenceNumber: 2, timestamp: 0, hex: "65bb", marker: true },
    { sequenceNumber: 3, timestamp: 90, hex: "5c81cc" },
    { sequenceNumber: 4, timestamp: 90, hex: "5c01dd" },
    { sequenceNumber: 5, timestamp: 90, hex: "5c41ee", marker: true },
    { sequenceNumber: 6, timestamp: 180, hex: "41ff", marker: true },
    { sequenceNumber: 7, timestamp: 270, hex: "4101", marker: true },
  ];

  test("no frame comes of the rest of its frame", () => {
    for (let missing = 0; missing < packets.length; missing++) {
      const frames = framesOf(
        "video/H264",
        packets.filter((_, index) => index !== missing),
      );
      const number = missing + 1;
      for (const frame of frames) {
        const [first = 0, last = 0] = (frame.split(" ")[0] ?? "").split("-").map(Number);
        assert.ok(number < first || number > last, `${frame} without ${number}`);
      }
    }
  });

  test("a frame may begin behind the gap only where its first payload cannot be another's", () => {
    const [, , , , , first, second] = packets;
    assert.ok(first && second);
    // 41ff is a slice of the first macroblock, 4101 is not.
    assert.deepEqual(framesOf("video/H264", [first]), [`6-6 ${H264}41ff`]);
    assert.deepEqual(framesOf("video/H264", [second]), []);
    assert.deepEqual(framesOf("video/H264", [second, first]), [`6-6 ${H264}41ff`, `7-7 ${H264}4101`]);
  });
});

test("payloads that do not fit together are counted, and the next frame is not harmed", () => {
  const assembler = new FrameAssembler();
  const format = inUse("video/H264");
  put(assembler, format, { sequenceNumber: 1, timestamp: 0, hex: "6742" });
  put(assembler, format, { sequenceNumber: 2, timestamp: 0, hex: "7c45bb", marker: true });
  put(assembler, format, { sequenceNumber: 3, timestamp: 90, hex: "41ff", marker: true });
  assert.equal(assembler.spoilt, 1);
  assert.equal(assembler.take()?.firstSequenceNumber, 3);
  assert.equal(assembler.held, 0);
  assert.equal(put(assembler, format, { sequenceNumber: 3, timestamp: 90, hex: "41ff" }), "duplicate");
  assert.equal(put(assembler, format, { sequenceNumber: 4, timestamp: 90, hex: "7a" }), "unreadable");
});
