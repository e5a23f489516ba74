// Media encrypted from end to end by RTCRtpScriptTransform, in a worker of the browser and in one of Node: AES-GCM, the same script on both sides.
// Neither browser has SFrameTransform.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { RTCRtpScriptTransform } from "visavis";
import { FAKE_DEVICES, launch } from "./lib/browsers.mjs";
import { call, decodeAll, flowing, pause, streamOf, talk, until } from "./lib/media-call.mjs";
import { serveMediaPage } from "./lib/media-sides.mjs";
import { hasFfmpeg } from "./lib/recording.mjs";

const SECRET = [...Array(16).keys()];
const OTHER_SECRET = SECRET.map((byte) => byte + 1);

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
    /** @type {Worker} */
    let worker;
    before(async () => {
      browser = await launch(name, { plainAddresses: true, chromium: FAKE_DEVICES.chromium, firefox: FAKE_DEVICES.firefox });
      worker = new Worker(new URL("lib/transform-worker-node.mjs", import.meta.url));
    });
    after(async () => {
      await worker?.terminate();
      await browser?.close();
    });

    const begin = () =>
      call(browser, origin.url, {
        transform: (operation, secret, port) => new RTCRtpScriptTransform(worker, { operation, secret, port }, [port]),
      });

    for (const offers of ["node", "browser"]) {
      test(`encrypted from end to end both ways, ${offers} offers: played without a freeze, decoded`, async () => {
        const both = await begin();
        for (const side of [both.page, both.node]) await side.call("protect", SECRET);
        await talk(both, offers);
        await flowing(both);
        await pause(3000);
        const before = streamOf(await both.page.call("stats"), "inbound-rtp", "video");
        await pause(3000);
        const [theirs, ours] = [await both.page.call("stats"), await both.node.call("stats")];
        const seen = streamOf(theirs, "inbound-rtp", "video");
        assert.ok(seen.framesDecoded - before.framesDecoded >= 75, `${seen.framesDecoded - before.framesDecoded} frames in 3 s`);
        assert.equal(seen.freezeCount ?? 0, before.freezeCount ?? 0, "a freeze");
        const heard = streamOf(theirs, "inbound-rtp", "audio");
        assert.ok(heard.concealedSamples < heard.totalSamplesReceived * 0.05, JSON.stringify(heard));
        const rows = [...(await both.page.call("transformed")), ...(await both.node.call("transformed"))];
        assert.equal(rows.length, 8);
        for (const row of rows) assert.ok(row.done > 50 && row.failed === 0, JSON.stringify(row));
        const { framesSent } = streamOf(ours, "outbound-rtp", "video");
        assert.ok(Math.abs(seen.framesDecoded - framesSent) <= 6, `${seen.framesDecoded} of ${framesSent} frames decoded`);
        const recording = both.recording("video") ?? assert.fail("no video arrived");
        const { frames, decoded: pictures, complaints } = await decodeAll(recording);
        assert.equal(complaints, "");
        assert.ok(pictures >= 60 && pictures >= frames - 1, `${pictures} pictures of ${frames} frames`);
        const sound = await decodeAll(both.recording("audio") ?? assert.fail("no audio arrived"));
        assert.ok(sound.decoded > 200 && sound.complaints === "", JSON.stringify(sound));
        await both.end();
      });
    }

    test("with another key nothing is decoded, neither here nor there", async () => {
      const both = await begin();
      await both.page.call("protect", SECRET);
      await both.node.call("protect", OTHER_SECRET);
      await talk(both, "node");
      await until("all is refused", async () => {
        const rows = [...(await both.page.call("transformed")), ...(await both.node.call("transformed"))];
        const opened = rows.filter(({ operation }) => operation === "decrypt");
        return { holds: opened.length === 4 && opened.every(({ failed }) => failed >= 20), opened };
      });
      const { framesDecoded = 0 } = streamOf(await both.page.call("stats"), "inbound-rtp", "video");
      assert.equal(framesDecoded, 0);
      assert.deepEqual(
        [...both.recordings.values()].map(({ frames }) => frames.length),
        [0, 0],
      );
      await both.end();
    });
  });
}
