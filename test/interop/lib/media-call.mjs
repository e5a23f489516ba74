// Calls with media between Node and a browser, and what tests look at in them.
import assert from "node:assert/strict";
import { mediaDevices, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender } from "visavis";
import { MediaPeer } from "./media-peer.mjs";
import { carryMedia, mediaTab } from "./media-sides.mjs";
import { decode, record } from "./recording.mjs";

/** @param {number} milliseconds */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Decodes what was recorded so far, from the first key frame on. @param {ReturnType<typeof record>} recording */
export async function decodeAll({ frames }) {
  const whole = frames.slice(frames.findIndex(({ keyFrame }) => keyFrame));
  return { frames: whole.length, ...(await decode(whole)) };
}

/** Waits until something holds, and says what was found when it does not come to. */
export async function until(what, look, timeout = 15_000) {
  const end = performance.now() + timeout;
  for (;;) {
    const found = await look();
    if (found.holds) return found;
    if (performance.now() > end) assert.fail(`${what}: ${JSON.stringify(found)}`);
    await pause(100);
  }
}

/**
 * Both sides of a call, and what goes between them.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} url of the page
 * @param {{ relay?: import("./relay.mjs").Relay, devices?: MediaDevices, transform?: ConstructorParameters<typeof MediaPeer>[0]["transform"] }} [options] relay: everything goes
 *   through it; devices and transform: of the side in Node
 */
export async function call(browser, url, { relay, devices = mediaDevices, transform } = {}) {
  const page = await mediaTab(browser, url, { polite: true });
  /** @type {Map<MediaStreamTrack, ReturnType<typeof record>>} */
  const recordings = new Map();
  const peer = new MediaPeer({
    Connection: RTCPeerConnection,
    Sender: RTCRtpSender,
    Receiver: RTCRtpReceiver,
    devices,
    transform,
    polite: false,
    show: (track) => recordings.set(track, record(track)),
  });
  const node = { call: async (method, ...args) => peer[method](...args) };
  /** @type {string[]} */
  const problems = [];
  const through = (side) =>
    relay === undefined ? undefined : async (signal) => (signal.candidate === null ? [] : relay.rewrite(side, signal));
  void carryMedia(page, node, problems, through(0));
  void carryMedia(node, page, problems, through(1));
  return {
    page,
    node,
    peer,
    recordings,
    problems,
    /** The recording of what arrives of a kind. */
    recording: (kind) => [...recordings].findLast(([track]) => track.kind === kind)?.[1],
    end: async () => {
      for (const recording of recordings.values()) recording.stop();
      const states = [await page.call("state"), await node.call("state")];
      await page.call("close");
      peer.close();
      await page.end();
      await relay?.close();
      assert.deepEqual([...problems, ...states.flatMap(({ problems: own }) => own)], []);
    },
  };
}

export const streamOf = (stats, type, kind) => stats.find((entry) => entry.type === type && entry.kind === kind) ?? {};

/** Has both send both: the offering side first. */
export async function talk({ page, node }, offers, constraints = { audio: true, video: true }) {
  const [first, second] = offers === "node" ? [node, page] : [page, node];
  // Whoever answers has its tracks before the offer comes, so that one exchange is enough.
  await second.call("hold", constraints);
  await first.call("add", constraints);
  await Promise.all([page.call("connected"), node.call("connected")]);
  await page.call("settled");
}

/** Waits until video flows both ways, and gives what both sides say then. */
export async function flowing({ page, node }, { kind = "video", least = 30, timeout = 15_000 } = {}) {
  const member = kind === "video" ? "framesDecoded" : "packetsReceived";
  const ours = kind === "video" ? "framesReceived" : "packetsReceived";
  return until(
    `${kind} flows`,
    async () => {
      const [theirs, own] = [await page.call("stats"), await node.call("stats")];
      const counts = [streamOf(theirs, "inbound-rtp", kind)[member], streamOf(own, "inbound-rtp", kind)[ours]];
      return { holds: counts.every((count) => count >= least), counts };
    },
    timeout,
  );
}
