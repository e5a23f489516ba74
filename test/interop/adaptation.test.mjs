// A source of our own that keeps to what congestion control allows, and a link to a browser that becomes narrow and wide again.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MediaStream, mediaDevices } from "visavis";
import { createEncodedTrack } from "visavis/media";
import { FAKE_DEVICES, launch } from "./lib/browsers.mjs";
import { call, pause, streamOf, talk, until } from "./lib/media-call.mjs";
import { serveMediaPage } from "./lib/media-sides.mjs";
import { record } from "./lib/recording.mjs";
import { Relay } from "./lib/relay.mjs";

const FRAME_RATE = 30;
/** What the source would send at the most, in bits per second. */
const MOST = 1_500_000;
const NARROW = 400_000;

/** @type {{ url: string, close: () => void }} */
let origin;
/** Pictures to begin with, the first a key frame. @type {Uint8Array[]} */
let frames;
before(async () => {
  origin = await serveMediaPage();
  const [track] = (await mediaDevices.getUserMedia({ video: true })).getTracks();
  const recording = record(track);
  await until("pictures", async () => ({ holds: recording.frames.length >= 60 }));
  recording.stop();
  track.stop();
  frames = recording.frames.slice(recording.frames.findIndex(({ keyFrame }) => keyFrame)).map(({ data }) => data);
});
after(() => origin?.close());

/** A camera that makes its pictures as large as it may: VP8 takes no notice of zeros behind a picture. */
function camera() {
  let next = 0;
  let count = 0;
  const fed = createEncodedTrack({
    kind: "video",
    mimeType: "video/VP8",
    onKeyFrameRequest: () => {
      next = 0;
    },
  });
  const timer = setInterval(() => {
    const [wish] = fed.wishes;
    if (wish === undefined || wish.isPaused) return;
    const size = Math.floor(Math.min(wish.maxBitrate ?? MOST, MOST) / 8 / FRAME_RATE);
    const picture = frames[next];
    next = (next + 1) % frames.length;
    const data = new Uint8Array(Math.max(size, picture.length));
    data.set(picture);
    fed.write({ data, timestamp: (count++ * 90_000) / FRAME_RATE });
  }, 1000 / FRAME_RATE);
  return {
    devices: { getUserMedia: async () => new MediaStream([fed.track]) },
    end: () => {
      clearInterval(timer);
      fed.end();
    },
  };
}

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  describe(name, { timeout: 180_000 }, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    before(async () => {
      browser = await launch(name, { plainAddresses: true, chromium: FAKE_DEVICES.chromium, firefox: FAKE_DEVICES.firefox });
    });
    after(() => browser?.close());

    test("a link of 400 kbit/s appears and goes: our target follows, and what is sent follows that", async () => {
      const relay = new Relay();
      const source = camera();
      const both = await call(browser, origin.url, { relay, devices: source.devices });
      try {
        await talk(both, "node", { video: true });
        const sent = async () => streamOf(await both.node.call("stats"), "outbound-rtp", "video");
        const rate = async (milliseconds) => {
          const from = await sent();
          const at = performance.now();
          await pause(milliseconds);
          const to = await sent();
          return ((to.bytesSent - from.bytesSent) * 8000) / (performance.now() - at);
        };
        await until("it begins well", async () => {
          const wide = await rate(1000);
          return { holds: wide > 2 * NARROW, wide, target: (await sent()).targetBitrate };
        });
        relay.bitrate = NARROW;
        await pause(5000);
        const [before, overflowed] = [streamOf(await both.page.call("stats"), "inbound-rtp", "video"), relay.overflowed];
        const narrow = await rate(4000);
        const { targetBitrate } = await sent();
        const after = streamOf(await both.page.call("stats"), "inbound-rtp", "video");
        assert.ok(narrow < NARROW * 1.1, `${Math.round(narrow)} bit/s over ${NARROW}`);
        assert.ok(narrow > NARROW / 4, `${Math.round(narrow)} bit/s are left of ${NARROW}`);
        assert.ok(targetBitrate < NARROW * 1.3, `a target of ${targetBitrate}`);
        const decoded = after.framesDecoded - before.framesDecoded;
        assert.ok(decoded >= 80, `${decoded} pictures in 4 s, ${relay.overflowed - overflowed} datagrams did not fit`);
        relay.bitrate = Infinity;
        const found = await until(
          "the rate comes back",
          async () => {
            const wide = await rate(2000);
            return { holds: wide > 2 * NARROW, narrow, wide, target: (await sent()).targetBitrate };
          },
          40_000,
        );
        assert.ok(found.target > NARROW);
      } finally {
        source.end();
        await both.end();
      }
    });
  });
}
