// Simulcast of browsers: three layers arrive in Node, told apart, and ffmpeg decodes each.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FAKE_DEVICES, launch } from "./lib/browsers.mjs";
import { call, streamOf, until } from "./lib/media-call.mjs";
import { serveMediaPage } from "./lib/media-sides.mjs";
import { decode, hasFfmpeg } from "./lib/recording.mjs";

/** The layers, the smallest first, and by how much they are smaller than the camera's picture. */
const LAYERS = /** @type {const} */ ({ low: 4, mid: 2, high: 1 });
/** Large enough for three layers: of smaller pictures Chromium sends fewer. */
const CAMERA = { width: { exact: 960 }, height: { exact: 540 } };
/** What arrives of a layer before it is looked at. */
const FRAMES = 20;

/** @type {{ url: string, close: () => void }} */
let origin;
before(async () => {
  assert.ok(hasFfmpeg(), "ffmpeg is missing: apt-get install ffmpeg");
  origin = await serveMediaPage();
});
after(() => origin?.close());

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  describe(name, { timeout: 120_000 }, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    before(async () => {
      browser = await launch(name, { plainAddresses: true, chromium: FAKE_DEVICES.chromium, firefox: FAKE_DEVICES.firefox });
    });
    after(() => browser?.close());

    for (const codec of ["video/VP8", "video/H264"]) {
      test(`three layers of ${codec}, each decoded by itself`, async (t) => {
        const both = await call(browser, origin.url);
        if (!(await both.page.call("canSend", "video", codec))) {
          await both.end();
          t.skip(`${name} does not send ${codec} here`);
          return;
        }
        const sendEncodings = Object.entries(LAYERS).map(([rid, scaleResolutionDownBy]) => ({ rid, scaleResolutionDownBy }));
        await both.page.call("prefer", "video", [codec]);
        await both.page.call("addTransceiver", "video", { device: CAMERA, sendEncodings });
        const arrived = () => (both.recording("video")?.frames ?? []).filter(({ rid }) => rid !== undefined);
        const framesOf = (rid) => {
          const frames = arrived().filter((frame) => frame.rid === rid);
          return frames.slice(
            Math.max(
              0,
              frames.findIndex(({ keyFrame }) => keyFrame),
            ),
          );
        };
        await until(
          "all layers flow",
          async () => {
            const counts = Object.keys(LAYERS).map((rid) => framesOf(rid).length);
            const layers = (await both.page.call("stats")).filter(({ type }) => type === "outbound-rtp");
            return { holds: counts.every((count) => count >= FRAMES), counts, layers };
          },
          30_000,
        );
        const stats = (await both.node.call("stats")).filter(({ type, kind }) => type === "inbound-rtp" && kind === "video");
        assert.deepEqual(new Set(arrived().map(({ rid }) => rid)), new Set(Object.keys(LAYERS)));
        assert.equal(new Set(stats.map(({ ssrc }) => ssrc)).size, 3, "streams");
        const sent = (await both.page.call("stats")).filter(({ type }) => type === "outbound-rtp");
        for (const [rid, factor] of Object.entries(LAYERS)) {
          const frames = framesOf(rid);
          const { ssrc, mimeType } = sent.find((entry) => entry.rid === rid) ?? {};
          assert.equal(mimeType, codec, rid);
          assert.ok(
            stats.some((entry) => entry.ssrc === ssrc && entry.framesReceived >= FRAMES),
            `the stream of ${rid}`,
          );
          const { width, height } = frames[0];
          // H.264 has no odd sizes.
          const [narrower, lower] = [960 / factor - width, 540 / factor - height];
          assert.ok(narrower >= 0 && narrower <= 1 && lower >= 0 && lower <= 1, `${rid}: ${width} x ${height}`);
          const { decoded, complaints } = await decode(frames);
          assert.equal(complaints, "", rid);
          assert.ok(decoded >= frames.length - 1, `${decoded} pictures of ${frames.length} frames of ${rid}`);
        }
        // One layer fewer: the others go on.
        await both.page.call("limit", "video", [{}, {}, { active: false }]);
        await until("the largest layer ends", async () => {
          const before = framesOf("high").length;
          const low = framesOf("low").length;
          await new Promise((resolve) => setTimeout(resolve, 500));
          const more = [framesOf("high").length - before, framesOf("low").length - low];
          return { holds: more[0] === 0 && more[1] > 5, more };
        });
        assert.equal(streamOf(await both.node.call("stats"), "inbound-rtp", "video").packetsLost ?? 0, 0);
        await both.end();
      });
    }
  });
}
