// Tones (RFC 4733) between Node and browsers: what is dialled here is heard there, by its two frequencies, and the other way round.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { onTone } from "visavis/media";
import { FAKE_DEVICES, launch } from "./lib/browsers.mjs";
import { call, flowing, pause, talk, until } from "./lib/media-call.mjs";
import { serveMediaPage } from "./lib/media-sides.mjs";

/** The two frequencies of a tone, in hertz (ITU-T Q.23). */
const FREQUENCIES = { 1: [697, 1209], 5: [770, 1336], 9: [852, 1477], "#": [941, 1477] };
const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477, 1633];

/** @type {{ url: string, close: () => void }} */
let origin;
before(async () => {
  origin = await serveMediaPage();
});
after(() => origin?.close());

/** Has the page look at the spectrum of the audio that arrives. @param {import("puppeteer-core").Page} page @param {number[][]} bands */
const listen = (page, bands) =>
  page.evaluate(async (groups) => {
    const [receiver] = window.peer.pc.getReceivers().filter(({ track }) => track.kind === "audio");
    const context = new AudioContext();
    // Where there is no sound device Firefox never gets to that.
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 3000))]);
    const analyser = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(new MediaStream([receiver.track])).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    /** The strongest frequency of each group while a tone is there, most recent last. */
    window.heard = [];
    const width = context.sampleRate / analyser.fftSize;
    const at = (frequency) => Math.max(...[-1, 0, 1].map((bin) => bins[Math.round(frequency / width) + bin]));
    setInterval(() => {
      analyser.getFloatFrequencyData(bins);
      const found = groups.map((group) => group.map((frequency) => [at(frequency), frequency]).sort(([a], [b]) => b - a));
      // Both frequencies stand out, or it is no tone.
      if (found.every(([first, second]) => first[0] > -60 && first[0] - second[0] > 10)) {
        window.heard.push(found.map(([[, frequency]]) => frequency).join(" "));
      }
    }, 20);
    return context.state;
  }, bands);

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  describe(name, { timeout: 120_000 }, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    before(async () => {
      browser = await launch(name, { plainAddresses: true, chromium: FAKE_DEVICES.chromium, firefox: FAKE_DEVICES.firefox });
    });
    after(() => browser?.close());

    test("what Node dials is heard in the browser", async (t) => {
      const both = await call(browser, origin.url);
      await talk(both, "node", { audio: true });
      await flowing(both, { kind: "audio", least: 50 });
      if ((await listen(both.page.page, [LOW, HIGH])) !== "running") {
        await both.end();
        t.skip(`${name} has no sound to look at on this machine`);
        return;
      }
      const tones = Object.keys(FREQUENCIES);
      await both.node.call("dial", tones.join(""), 300, 200);
      await pause(500);
      const heard = await both.page.page.evaluate(() => window.heard);
      const sequence = heard.filter((tone, index) => tone !== heard[index - 1]);
      assert.deepEqual(
        sequence,
        tones.map((tone) => FREQUENCIES[tone].join(" ")),
      );
      await both.end();
    });

    test("what the browser dials is told in Node", async () => {
      const both = await call(browser, origin.url);
      /** @type {{ tone: string, duration: number }[]} */
      const heard = [];
      both.peer.pc.addEventListener("track", ({ track }) => onTone(track, (tone) => heard.push(tone)));
      await talk(both, "browser", { audio: true });
      await flowing(both, { kind: "audio", least: 50 });
      await both.page.call("dial", "1590*#AD", 120, 80);
      await until("all tones", async () => ({ holds: heard.length >= 8, heard }));
      assert.equal(heard.map(({ tone }) => tone).join(""), "1590*#AD");
      for (const { tone, duration } of heard) assert.ok(duration >= 100 && duration <= 200, `${tone} for ${duration} ms`);
      await both.end();
    });
  });
}
