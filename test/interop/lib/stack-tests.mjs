// The calls that every stack is put through that can do all of it: each side offers, VP8 and H.264, sound and pictures both ways.
import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { hasFfmpeg } from "./recording.mjs";
import { decodes, flows, join, ourSide, secured, told } from "./stack-call.mjs";

/**
 * A side that takes signals, and the orders `accept` and `offer` with kinds and a format of video, and tells by `stats` what it decoded.
 * @typedef {{ version?: string, problems?: string[], call: (method: string, ...args: unknown[]) => Promise<any>, end: () => Promise<void> }} StackSide
 */

/**
 * @param {string} title
 * @param {object} options
 * @param {(video: string) => StackSide | Promise<StackSide>} options.start
 * @param {string | undefined} options.missing why it cannot be run
 * @param {{ "we offer": string, "it offers": string }} options.srtpCipher what comes of the handshake: the side that answers it chooses
 * @param {(stats: any, video: string) => void} [options.check] what else has to hold of its side
 */
export function testStack(title, { start, missing, srtpCipher, check = () => {} }) {
  const skip = missing ?? (hasFfmpeg() ? undefined : "there is no ffmpeg on this machine, which decides about frames");
  /** @type {string[]} */
  const rows = [];
  after(() => console.log(rows.join("\n")));

  describe(title, { skip, timeout: 120_000 }, () => {
    /** @type {{ ours: ReturnType<typeof ourSide>, other: StackSide } | undefined} */
    let latest;
    // What a test that failed has left would keep the process from ending.
    afterEach(async () => {
      latest?.ours.peer.close();
      await latest?.other.end();
      latest = undefined;
    });

    for (const offers of /** @type {const} */ (["we offer", "it offers"])) {
      for (const video of ["video/VP8", "video/H264"]) {
        test(`${offers} ${video}`, async () => {
          const other = await start(video);
          const ours = ourSide({ sends: { audio: true, video: true }, video });
          latest = { ours, other };
          const problems = join(ours, other);
          const kinds = ["audio", "video"];
          if (offers === "we offer") {
            await other.call("accept", kinds, video);
            await ours.offer();
          } else {
            await other.call("offer", kinds, video);
          }
          await ours.peer.connected();
          const rates = await flows(ours, async () => (await other.call("stats")).decoded);
          await secured(ours, { srtpCipher: srtpCipher[offers], tlsVersion: "FEFD" });
          check(await other.call("stats"), video);
          const decoded = await decodes(ours, { audio: "audio/opus", video });
          assert.deepEqual([problems, other.problems ?? []], [[], []]);
          rows.push(`${[title, other.version].join(" ").trim()}, ${offers} ${video}: ${told(rates, decoded)}`);
        });
      }
    }
  });
}
