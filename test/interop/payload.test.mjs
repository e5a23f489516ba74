// Payload formats with codecs that we did not write: what a browser encodes (WebCodecs) goes through our packets, out of order and with
// losses that are repaired, and what comes out is the same bytes, told the same as the encoder tells it, and the browser decodes all of it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { VideoReceiver } from "visavis/media";
import { payloadFormat, ReceivedPacket } from "visavis/rtp";
import { launch } from "./lib/browsers.mjs";
import { servePage } from "./lib/sides.mjs";

const FRAMES = 40;
const KEY_FRAMES = [0, 20];
const SIZE = { width: 320, height: 240 };

/** What is encoded: the format, the codec's name for WebCodecs, its layers. The browsers lack some, and say so. */
const STREAMS = [
  { mimeType: "video/VP8", codec: "vp8" },
  { mimeType: "video/VP8", codec: "vp8", layers: "L1T3" },
  { mimeType: "video/VP9", codec: "vp09.00.10.08" },
  { mimeType: "video/VP9", codec: "vp09.00.10.08", layers: "L1T3" },
  { mimeType: "video/H264", codec: "avc1.42e01f" },
  { mimeType: "video/H264", codec: "avc1.64001f" },
  { mimeType: "video/H265", codec: "hev1.1.6.L93.B0" },
  { mimeType: "video/AV1", codec: "av01.0.04M.08" },
  { mimeType: "video/AV1", codec: "av01.0.04M.08", layers: "L1T2" },
];

/** @typedef {{ data: Uint8Array, keyFrame: boolean, temporalId: number | undefined }} Encoded */

/**
 * Encodes a moving picture in the tab; undefined when it cannot.
 * @param {import("puppeteer-core").Page} page
 * @param {(typeof STREAMS)[number]} stream
 * @returns {Promise<Encoded[] | undefined>}
 */
async function encode(page, { codec, layers }) {
  const chunks = await page.evaluate(
    async (codec, layers, count, keyFrames, { width, height }) => {
      /** @type {any} */
      const config = { codec, width, height, bitrate: 800_000, framerate: 30, latencyMode: "realtime" };
      if (layers !== undefined) config.scalabilityMode = layers;
      if (codec.startsWith("avc")) config.avc = { format: "annexb" };
      if (codec.startsWith("hev")) config.hevc = { format: "annexb" };
      const Encoder = Reflect.get(globalThis, "VideoEncoder");
      const support = await Encoder?.isConfigSupported(config).catch(() => undefined);
      if (!support?.supported) return undefined;
      /** @type {{ type: string, temporalId: number | undefined, bytes: string }[]} */
      const chunks = [];
      let failure = "";
      const encoder = new Encoder({
        output(chunk, metadata) {
          const bytes = new Uint8Array(chunk.byteLength);
          chunk.copyTo(bytes);
          const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
          chunks.push({ type: chunk.type, temporalId: metadata?.svc?.temporalLayerId, bytes: btoa(text) });
        },
        error(error) {
          failure = String(error);
        },
      });
      encoder.configure(config);
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      for (let index = 0; index < count; index++) {
        for (let patch = 0; patch < 60; patch++) {
          context.fillStyle = `hsl(${(index * 7 + patch * 31) % 360}, 80%, 50%)`;
          context.fillRect((patch * 97 + index * 5) % width, (patch * 61 + index * 3) % height, 40, 40);
        }
        const frame = new VideoFrame(canvas, { timestamp: index * 33_333 });
        encoder.encode(frame, { keyFrame: keyFrames.includes(index) });
        frame.close();
      }
      await encoder.flush().catch((error) => {
        failure = String(error);
      });
      return failure === "" ? chunks : undefined;
    },
    codec,
    layers,
    FRAMES,
    KEY_FRAMES,
    SIZE,
  );
  return chunks?.map(({ type, temporalId, bytes }) => ({
    data: new Uint8Array(Buffer.from(bytes, "base64")),
    keyFrame: type === "key",
    temporalId: layers === undefined ? undefined : temporalId,
  }));
}

/**
 * How many frames the tab decodes, and the first thing that went wrong.
 * @param {import("puppeteer-core").Page} page
 * @param {string} codec
 * @param {readonly import("visavis/media").ReceivedFrame[]} frames
 */
function decode(page, codec, frames) {
  const given = frames.map(({ data, keyFrame }) => ({ bytes: Buffer.from(data).toString("base64"), keyFrame }));
  return page.evaluate(
    async (codec, given) => {
      let decoded = 0;
      let failure = "";
      const Decoder = Reflect.get(globalThis, "VideoDecoder");
      const decoder = new Decoder({
        output(frame) {
          decoded++;
          frame.close();
        },
        error(error) {
          failure = String(error);
        },
      });
      decoder.configure({ codec, optimizeForLatency: true });
      const Chunk = Reflect.get(globalThis, "EncodedVideoChunk");
      for (const [index, { bytes, keyFrame }] of given.entries()) {
        if (failure !== "") break;
        const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
        decoder.decode(new Chunk({ type: keyFrame ? "key" : "delta", timestamp: index * 33_333, data }));
      }
      await decoder.flush().catch((error) => {
        failure ||= String(error);
      });
      return { decoded, failure };
    },
    codec,
    given,
  );
}

/**
 * Sends frames through packets of changing sizes, of which some come late and some only when they are sent again.
 * @param {string} mimeType
 * @param {readonly Encoded[]} frames
 */
function throughPackets(mimeType, frames) {
  const format = payloadFormat(mimeType);
  assert.ok(format);
  const parameters = "packetization-mode=1";
  const packetizer = format.packetizer({ parameters, firstPictureId: 0x7ff8 });
  const receiver = new VideoReceiver({ formats: new Map([[96, { format, parameters }]]) });
  // Frames of higher layers that come too late are passed over: none does.
  receiver.playout.setRequested(200);
  /** @type {{ at: number, packet: ReceivedPacket }[]} */
  const arrivals = [];
  let sequenceNumber = 65_500;
  frames.forEach(({ data, keyFrame, temporalId }, index) => {
    assert.ok(packetizer.start(data, { keyFrame, temporalId, ...SIZE }));
    for (;;) {
      const packet = new ReceivedPacket();
      const bytes = new Uint8Array(1300);
      const length = packetizer.next(bytes, 12, 400 + ((sequenceNumber * 37) % 800));
      if (length === 0) break;
      assert.ok(length > 0);
      Object.assign(packet, { bytes, payloadStart: 12, payloadEnd: 12 + length, end: 12 + length, payloadType: 96 });
      Object.assign(packet, { sequenceNumber, timestamp: index * 3000, marker: packetizer.marker });
      const late = sequenceNumber % 17 === 0 ? 80 : (sequenceNumber * 7) % 25;
      arrivals.push({ at: index * 33 + late, packet });
      sequenceNumber++;
    }
  });
  arrivals.sort((a, b) => a.at - b.at);
  /** @type {import("visavis/media").ReceivedFrame[]} */
  const received = [];
  const takeAll = (now) => {
    for (let frame = receiver.takeFrame(now); frame !== undefined; frame = receiver.takeFrame(now)) received.push(frame);
  };
  for (const { at, packet } of arrivals) {
    packet.arrival = at;
    receiver.insert(packet, at);
    takeAll(at);
  }
  takeAll(1e6);
  return { received, receiver, packets: arrivals.length };
}

/**
 * What RTP carries of a frame: of AV1 no temporal delimiter (RTP payload format for AV1 §5); of H.264 and H.265 the NAL units, in front of
 * which there are then four bytes of start code, however many there were.
 * @param {string} mimeType
 * @param {Uint8Array} data
 */
function carried(mimeType, data) {
  if (mimeType === "video/AV1") return data[0] === 0x12 && data[1] === 0 ? data.subarray(2) : data;
  if (mimeType !== "video/H264" && mimeType !== "video/H265") return data;
  const text = Buffer.from(data).toString("latin1");
  const units = text.split("\0\0\x01").map((unit) => unit.replace(/\0+$/, ""));
  return Buffer.from(units.join("\0\0\0\x01"), "latin1");
}

/** @type {{ url: string, close: () => void }} */
let origin;
before(async () => {
  origin = await servePage();
});
after(() => origin?.close());

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  describe(`video encoded and decoded by ${name}`, { timeout: 240_000 }, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    /** @type {import("puppeteer-core").Page} */
    let page;
    before(async () => {
      browser = await launch(name);
      page = await browser.newPage();
      await page.goto(origin.url);
    });
    after(() => browser?.close());

    for (const stream of STREAMS) {
      const { mimeType, codec, layers } = stream;
      test(`${mimeType} (${codec}${layers === undefined ? "" : `, ${layers}`})`, async (context) => {
        const frames = await encode(page, stream);
        if (frames === undefined) return context.skip(`${name} does not encode it`);
        const format = payloadFormat(mimeType);
        assert.ok(format);
        assert.equal(frames.length, FRAMES);
        for (const { data, keyFrame } of frames) assert.equal(format.isKeyFrame(data), keyFrame);
        assert.deepEqual(format.frameSize(frames[0]?.data ?? new Uint8Array(0)), SIZE);
        const { received, receiver, packets } = throughPackets(mimeType, frames);
        assert.ok(packets > 2 * FRAMES, `${packets} packets`);
        assert.deepEqual(receiver.drops.toJSON(), {});
        assert.equal(received.length, FRAMES);
        received.forEach(({ data, keyFrame, temporalId }, index) => {
          const sent = frames[index];
          assert.ok(sent);
          assert.ok(Buffer.from(carried(mimeType, sent.data)).equals(data), `frame ${index} is not what was sent`);
          assert.equal(keyFrame, sent.keyFrame);
          if (layers !== undefined && mimeType !== "video/AV1") assert.equal(temporalId, sent.temporalId);
        });
        assert.deepEqual(await decode(page, codec, received), { decoded: FRAMES, failure: "" });
      });
    }
  });
}
