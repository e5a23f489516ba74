// Both sides of a call with media as the test sees them: methods of MediaPeer that are called from outside.
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** The scripts of the page. */
const SCRIPTS = ["media-peer.mjs", "transform-worker.mjs", "way.mjs"];

/** A page to make calls from: localhost, so that it is a secure context and has devices. */
export async function serveMediaPage() {
  const server = http.createServer((request, response) => {
    const script = SCRIPTS.find((name) => request.url === `/${name}`);
    response.setHeader("Content-Type", script === undefined ? "text/html; charset=utf-8" : "text/javascript");
    response.end(script === undefined ? "<!doctype html><title>call</title>" : fs.readFileSync(path.join(here, script)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

/**
 * The browser's side, in a tab of its own: what arrives is played.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} url
 * @param {{ polite: boolean, configuration?: RTCConfiguration }} options
 */
export async function mediaTab(browser, url, options) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.evaluate(async (given) => {
    const { MediaPeer } = await import("/media-peer.mjs");
    const show = (track) => {
      const element = document.createElement(track.kind);
      element.autoplay = true;
      element.muted = true;
      element.playsInline = true;
      element.srcObject = new MediaStream([track]);
      document.body.append(element);
    };
    let worker;
    const transform = (operation, secret, port) => {
      worker ??= new Worker("/transform-worker.mjs", { type: "module" });
      return new RTCRtpScriptTransform(worker, { operation, secret, port }, [port]);
    };
    const own = { Connection: RTCPeerConnection, Sender: RTCRtpSender, Receiver: RTCRtpReceiver };
    window.peer = new MediaPeer({ ...own, devices: navigator.mediaDevices, show, transform, ...given });
  }, options);
  return {
    page,
    /** @param {string} method @param {unknown[]} args */
    call: (method, ...args) => page.evaluate((name, given) => window.peer[name](...given), method, args),
    /** The pictures that play: their size, and how many of them were shown. */
    playing: () =>
      page.evaluate(() =>
        [...document.querySelectorAll("video")].map((video) => ({
          width: video.videoWidth,
          height: video.videoHeight,
          time: video.currentTime,
          frames: video.getVideoPlaybackQuality().totalVideoFrames,
        })),
      ),
    end: () => page.close(),
  };
}

/**
 * Carries signals from one side to the other until one of them is gone.
 * @param {{ call: Function }} from @param {{ call: Function }} to @param {string[]} problems
 * @param {(signal: unknown) => Promise<unknown[]>} [rewrite] what goes instead of a signal
 */
export async function carryMedia(from, to, problems, rewrite = async (signal) => [signal]) {
  for (;;) {
    const signal = await from.call("next").catch(() => undefined);
    if (signal === undefined) return;
    for (const each of await rewrite(signal)) {
      await to.call("signal", each).catch((error) => problems.push(`${JSON.stringify(each).slice(0, 300)}: ${error.message}`));
    }
  }
}
