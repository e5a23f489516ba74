import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, fromHex } from "../../base/bytes.ts";
import type { EncodedFrame } from "../../rtp/frame.ts";
import { decodeAnnexB } from "./annex-b.ts";
import { decodeIvf, IvfWriter } from "./ivf.ts";
import { decodeOggOpus, OggOpusWriter } from "./ogg-opus.ts";
import { decodeOggPage, encodeOggPage } from "./ogg-page.ts";

const KEY = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0];

function picture(index: number, mimeType = "video/VP8"): EncodedFrame {
  const data = Uint8Array.from([...(index % 5 === 0 ? KEY : [0x11, 0, 0]), index]);
  return { kind: "video", mimeType, data, timestamp: (0xffff_f000 + index * 3000) >>> 0, keyFrame: index % 5 === 0 };
}

const sound = (index: number, gap = 0): EncodedFrame => ({
  kind: "audio",
  mimeType: "audio/opus",
  data: Uint8Array.of(0xfc, index, 1, 2),
  timestamp: (0xffff_ff00 + index * 960 + gap) >>> 0,
  keyFrame: true,
});

test("an IVF file that was written is read back, its times from 0 on", () => {
  const writer = new IvfWriter();
  assert.equal(writer.write(picture(4)).length, 0, "it begins with a key frame");
  const bytes = concatBytes(...[5, 6, 7, 9].map((index) => writer.write(picture(index))));
  assert.equal(writer.write(picture(10, "video/VP9")).length, 0, "of one codec");
  assert.equal(writer.omitted, 2);
  const file = decodeIvf(bytes);
  assert.deepEqual(
    [file?.mimeType, file?.width, file?.height, file?.clockRate, file?.duration],
    ["video/VP8", 64, 48, 90_000, 16_000],
  );
  assert.deepEqual(
    file?.frames.map(({ timestamp, keyFrame, width }) => [timestamp, keyFrame, width]),
    [
      [0, true, 64],
      [3000, false, undefined],
      [6000, false, undefined],
      [12_000, false, undefined],
    ],
  );
  assert.deepEqual(file?.frames[3]?.data, picture(9).data);
  assert.equal(decodeIvf(bytes.subarray(0, bytes.length - 1))?.frames.length, 3, "what is cut off is left out");
  for (let length = 0; length < bytes.length; length++) decodeIvf(bytes.subarray(0, length));
});

test("an IVF file of 25 frames a second has times of 90 kHz", () => {
  const header = "444b49460000200056503830400030001900000001000000020000000000000000";
  const bytes = fromHex(`${header.slice(0, 64)}0300000000000000000000001100000300000001000000000000001100aa`);
  assert.deepEqual(
    decodeIvf(bytes)?.frames.map(({ timestamp, duration }) => [timestamp, duration]),
    [
      [0, 40],
      [3600, 40],
    ],
  );
});

/** A tenth of a second of a tone, by ffmpeg and libopus. */
const FILE = fromHex(
  "4f6767530002000000000000000000000000000000000228b57201134f707573486561640101380180bb00000000004f676753000000000000000000" +
    "0000000000010000004995be54012e4f707573546167730600000066666d7065670100000014000000656e636f6465723d4c617663206c69626f7075" +
    "734f6767530004f813000000000000000000000200000052706cae060d151312101108836d82d01cfdea49fe013fc008a71a5d8a982e5f5aca508f43" +
    "e926b90db06e344008a12f10e45dfbdc040c48bdc6a9e18f83874008a138d07732aa573dff5c5b67ec41f0878008a138d07732aa5e5821dd2888e1c3" +
    "4008839c018a936a16402de8482104eae640",
);

test("a file of another program is read, and its pages are written as they were", () => {
  assert.deepEqual(
    decodeOggOpus(FILE)?.frames.map(({ timestamp, data }) => [timestamp, data.length]),
    [
      [0, 13],
      [960, 21],
      [1920, 19],
      [2880, 18],
      [3840, 16],
      [4800, 17],
    ],
  );
  for (let at = 0; at < FILE.length; ) {
    const page = decodeOggPage(FILE, at, FILE.length);
    assert.ok(page !== undefined);
    const { pieces, flags, granulePosition, serialNumber, pageNumber } = page;
    assert.deepEqual(encodeOggPage(pieces, flags, granulePosition, serialNumber, pageNumber), FILE.slice(at, page.end));
    at = page.end;
  }
});

test("packets of 255 bytes, of 510, and of none have their lengths", () => {
  const packets = [255, 0, 510, 254].map((length) => new Uint8Array(length).fill(7));
  const bytes = encodeOggPage(packets, 0, 2 ** 33 + 5, 9, 8);
  const page = decodeOggPage(bytes, 0, bytes.length);
  assert.deepEqual(
    page?.pieces.map(({ length }) => length),
    [255, 0, 510, 254],
  );
  assert.deepEqual([page?.granulePosition, page?.serialNumber, page?.pageNumber, page?.isOpen], [2 ** 33 + 5, 9, 8, false]);
  bytes[40] = 8;
  assert.equal(decodeOggPage(bytes, 0, bytes.length), undefined, "the checksum finds it");
});

test("an Ogg file that was written is read back, gaps filled", () => {
  const writer = new OggOpusWriter();
  const pieces = Array.from({ length: 120 }, (_, i) => writer.write(sound(i)));
  pieces.push(writer.write(sound(120, 2 * 960)), writer.write(sound(119)), writer.end());
  assert.equal(writer.omitted, 1);
  const bytes = concatBytes(...pieces);
  const file = decodeOggOpus(bytes);
  assert.equal(file?.frames.length, 123);
  assert.deepEqual([file?.duration, file?.frames[119]?.timestamp], [123 * 960, 119 * 960]);
  assert.deepEqual([file?.frames[119]?.data, file?.frames[122]?.data], [sound(119).data, sound(120).data]);
  assert.deepEqual([...(file?.frames[121]?.data ?? [])], [0xf8]);
  for (let length = 0; length < 400; length++) decodeOggOpus(bytes.subarray(0, length));
  const damaged = Uint8Array.from(bytes);
  damaged[300] = (damaged[300] ?? 0) ^ 1;
  assert.equal(decodeOggOpus(damaged)?.frames.length, 73, "a damaged page is passed over");
});

test("packets over several pages are put together", () => {
  const long = new Uint8Array(600).fill(0xfc);
  const head = concatBytes(new TextEncoder().encode("OpusHead"), fromHex("0102000f80bb0000000000"));
  // Two whole segments of 255 on one page, the rest on the next.
  const open = encodeOggPage([long.subarray(0, 510)], 0, 0, 1, 2);
  const cut = concatBytes(open.subarray(0, 26), Uint8Array.of(2, 255, 255), open.subarray(30));
  const first = encodeOggPage([head], 2, 0, 1, 0);
  const tags = encodeOggPage([Uint8Array.of(1)], 0, 0, 1, 1);
  const rest = encodeOggPage([long.subarray(510)], 5, 960, 1, 3);
  assert.equal(decodeOggOpus(concatBytes(first, tags, cut, rest))?.frames.length, 0, "with a wrong checksum it is lost");
  assert.equal(decodeOggOpus(concatBytes(first, tags, rest))?.frames.length, 0, "and a rest alone is nothing");
});

test("a byte stream is cut into pictures", () => {
  const units = [
    "0000000109f0",
    "00000001674200",
    "0000000168ce",
    "0000016588aa",
    "000001650400",
    "0000000141e0bb",
    "00000141e0cc",
  ];
  const file = decodeAnnexB(fromHex(units.join("")), "video/h264", 25);
  assert.deepEqual(
    file?.frames.map(({ data, timestamp, keyFrame }) => [Buffer.from(data).toString("hex"), timestamp, keyFrame]),
    [
      [units.slice(0, 5).join(""), 0, true],
      [units[5], 3600, false],
      [units[6], 7200, false],
    ],
  );
  assert.equal(decodeAnnexB(fromHex("00000001"), "video/H264", 25), undefined);
  assert.equal(decodeAnnexB(fromHex(units.join("")), "video/VP8", 25), undefined);
});
