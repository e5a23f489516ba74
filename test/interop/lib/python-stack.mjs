// The calls that every stack of Python's world is put through: each side offers, VP8 and H.264, sound and pictures both ways.
import assert from "node:assert/strict";
import { after, afterEach, describe, test } from "node:test";
import { pythonSide } from "./python-side.mjs";
import { hasFfmpeg } from "./recording.mjs";
import { decodes, flows, join, ourSide, secured, told } from "./stack-call.mjs";

/**
 * @param {string} title
 * @param {object} options
 * @param {"aiortc_side.py" | "gstreamer_side.py"} options.script
 * @param {string | undefined} options.missing why it cannot be run
 * @param {{ srtpCipher: string, tlsVersion: string }} options.security what comes of the handshake
 * @param {(stats: any, video: string) => void} [options.check] what else has to hold of its side
 */
export function testPythonStack(title, { script, missing, security, check = () => {} }) {
  const skip = missing ?? (hasFfmpeg() ? undefined : "there is no ffmpeg on this machine, which decides about frames");
  /** @type {string[]} */
  const rows = [];
  after(() => console.log(rows.join("\n")));

  describe(title, { skip, timeout: 120_000 }, () => {
    /** @type {{ ours: ReturnType<typeof ourSide>, other: Awaited<ReturnType<typeof pythonSide>> } | undefined} */
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
          const other = await pythonSide(script);
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
          await secured(ours, security);
          check(await other.call("stats"), video);
          const decoded = await decodes(ours, { audio: "audio/opus", video });
          assert.deepEqual([problems, other.problems], [[], []]);
          rows.push(`${title} ${other.version}, ${offers} ${video}: ${told(rates, decoded)}`);
        });
      }
    }
  });
}
