// Audio and video with real browsers. Each call is looked at from both sides; what arrives here is decoded by ffmpeg.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FAKE_DEVICES, launch } from "./lib/browsers.mjs";
import { call, decodeAll, flowing, pause, streamOf, talk, until } from "./lib/media-call.mjs";
import { serveMediaPage } from "./lib/media-sides.mjs";
import { hasFfmpeg } from "./lib/recording.mjs";
import { Relay } from "./lib/relay.mjs";

/** @type {{ url: string, close: () => void }} */
let origin;
before(async () => {
  assert.ok(hasFfmpeg(), "ffmpeg is missing: apt-get install ffmpeg");
  origin = await serveMediaPage();
});
after(() => origin?.close());

/** Within so many percent, or so many packets that are on their way. */
function near(actual, expected, what, { percent = 2, slack = 12 } = {}) {
  const most = Math.max(slack, (expected * percent) / 100);
  assert.ok(Math.abs(actual - expected) <= most, `${what}: ${actual}, not ${expected}`);
}

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  describe(name, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    before(async () => {
      browser = await launch(name, { plainAddresses: true, chromium: FAKE_DEVICES.chromium, firefox: FAKE_DEVICES.firefox });
    });
    after(() => browser?.close());

    for (const offers of ["node", "browser"]) {
      test(`audio and video both ways, ${offers} offers: played without a freeze, decoded, counted alike`, async () => {
        const both = await call(browser, origin.url, {});
        await talk(both, offers);
        await flowing(both);
        await pause(3000);
        const before = streamOf(await both.page.call("stats"), "inbound-rtp", "video");
        await pause(4000);
        const [theirs, ours] = [await both.page.call("stats"), await both.node.call("stats")];
        const seen = streamOf(theirs, "inbound-rtp", "video");
        assert.ok(seen.framesDecoded - before.framesDecoded >= 100, `${seen.framesDecoded - before.framesDecoded} frames in 4 s`);
        assert.equal(seen.freezeCount ?? 0, before.freezeCount ?? 0, "a freeze");
        assert.equal(seen.packetsLost, 0);
        for (const kind of ["audio", "video"]) {
          const [sent, received] = [streamOf(ours, "outbound-rtp", kind), streamOf(theirs, "inbound-rtp", kind)];
          // Firefox does not count what comes by the stream of retransmissions, probes with it.
          const repeated = name === "firefox" ? sent : { retransmittedPacketsSent: 0, retransmittedBytesSent: 0 };
          near(
            received.packetsReceived,
            sent.packetsSent - repeated.retransmittedPacketsSent,
            `packets of ${kind} to the browser`,
          );
          near(received.bytesReceived, sent.bytesSent - repeated.retransmittedBytesSent, `bytes of ${kind} to the browser`, {
            slack: 4000,
          });
          assert.equal(received.nackCount ?? 0, sent.nackCount ?? 0, `NACKs for ${kind} to the browser`);
          const [back, here] = [streamOf(theirs, "outbound-rtp", kind), streamOf(ours, "inbound-rtp", kind)];
          near(here.packetsReceived, back.packetsSent, `packets of ${kind} from the browser`);
          near(here.bytesReceived, back.bytesSent, `bytes of ${kind} from the browser`, { slack: 30_000 });
          assert.equal(here.packetsLost, 0);
        }
        near(seen.framesDecoded, streamOf(ours, "outbound-rtp", "video").framesSent, "frames to the browser", { slack: 5 });
        near(
          streamOf(ours, "inbound-rtp", "video").framesReceived,
          streamOf(theirs, "outbound-rtp", "video").framesSent,
          "frames from the browser",
          { slack: 5 },
        );
        const [playing] = await both.page.playing();
        assert.ok(playing.width === 640 && playing.height === 480 && playing.time > 5, JSON.stringify(playing));
        const [there, here] = [await both.page.call("state"), await both.node.call("state")];
        assert.equal(here.transports.length, 1, "everything in one bundle");
        assert.equal(here.transports[0].tlsVersion, "FEFC");
        assert.equal(here.transports[0].srtpCipher, there.transports[0].srtpCipher);
        const recording = both.recording("video") ?? assert.fail("no video arrived");
        const { frames, decoded: pictures, distinct, complaints } = await decodeAll(recording);
        assert.ok(pictures >= 60 && pictures >= frames - 1, `${pictures} pictures of ${frames} frames: ${complaints}`);
        assert.equal(complaints, "");
        assert.ok(distinct > pictures / 2, `${distinct} different pictures of ${pictures}`);
        assert.ok((both.recording("audio")?.frames.length ?? 0) > 200);
        await both.end();
      });
    }

    for (const [codec, offers] of [
      ["video/H264", "browser"],
      ["video/VP9", "node"],
    ]) {
      test(`${codec}, ${offers} offers`, async (t) => {
        const both = await call(browser, origin.url, {});
        const can = await both.page.call("canSend", "video", codec);
        if (!can) {
          await both.end();
          t.skip(`${name} does not send ${codec} here`);
          return;
        }
        const [first, second] = offers === "node" ? [both.node, both.page] : [both.page, both.node];
        await second.call("hold", { video: true });
        await first.call("prefer", "video", [codec]);
        await first.call("add", { video: true });
        await flowing(both, { least: 60 });
        const [theirs, ours] = [await both.page.call("stats"), await both.node.call("stats")];
        for (const [stats, type] of [
          [theirs, "inbound-rtp"],
          [theirs, "outbound-rtp"],
          [ours, "inbound-rtp"],
          [ours, "outbound-rtp"],
        ]) {
          assert.equal(streamOf(stats, type, "video").mimeType, codec, type);
        }
        const recording = both.recording("video") ?? assert.fail("no video arrived");
        const { frames, decoded: pictures, complaints } = await decodeAll(recording);
        assert.ok(pictures >= 50, `${pictures} pictures of ${frames} frames: ${complaints}`);
        await both.end();
      });
    }

    test("5 % of all packets are lost each way: sent again, and nothing freezes for long", async () => {
      const relay = new Relay();
      const both = await call(browser, origin.url, { relay });
      await talk(both, "node");
      await flowing(both);
      relay.share = 0.05;
      const before = [await both.page.call("stats"), await both.node.call("stats")];
      await pause(8000);
      const [theirs, ours] = [await both.page.call("stats"), await both.node.call("stats")];
      const grown = (stats, old, type, member) =>
        (streamOf(stats, type, "video")[member] ?? 0) - (streamOf(old, type, "video")[member] ?? 0);
      assert.ok(relay.lost > 30, `${relay.lost} lost`);
      const decoded = grown(theirs, before[0], "inbound-rtp", "framesDecoded");
      const sent = grown(ours, before[1], "outbound-rtp", "framesSent");
      assert.ok(decoded >= sent * 0.9, `${decoded} of ${sent} frames decoded by the browser`);
      assert.ok(grown(theirs, before[0], "inbound-rtp", "nackCount") > 0, "the browser asked for packets");
      assert.ok(grown(ours, before[1], "outbound-rtp", "retransmittedPacketsSent") > 0, "and got them");
      assert.ok(grown(ours, before[1], "inbound-rtp", "nackCount") > 0, "we asked for packets");
      assert.ok(grown(ours, before[1], "inbound-rtp", "retransmittedPacketsReceived") > 0, "and got them");
      const here = grown(ours, before[1], "inbound-rtp", "framesReceived");
      const there = grown(theirs, before[0], "outbound-rtp", "framesSent");
      assert.ok(here >= there * 0.9, `${here} of ${there} frames of the browser`);
      const recording = both.recording("video") ?? assert.fail("no video arrived");
      const { frames, decoded: pictures, complaints } = await decodeAll(recording);
      assert.ok(pictures >= frames - 1, `${pictures} pictures of ${frames} frames: ${complaints}`);
      await both.end();
    });

    test("a link of 400 kbit/s appears and goes: the browser's video follows our feedback", async () => {
      const relay = new Relay();
      const both = await call(browser, origin.url, { relay });
      await talk(both, "browser", { video: { width: 640, height: 480 } });
      await flowing(both, { least: 90 });
      relay.bitrate = 400_000;
      const rate = async (milliseconds) => {
        const from = streamOf(await both.page.call("stats"), "outbound-rtp", "video");
        await pause(milliseconds);
        const to = streamOf(await both.page.call("stats"), "outbound-rtp", "video");
        return ((to.bytesSent - from.bytesSent) * 8000) / milliseconds;
      };
      await pause(5000);
      const narrow = await rate(4000);
      assert.ok(narrow < 450_000, `${Math.round(narrow)} bit/s over 400,000`);
      assert.ok(narrow > 80_000, `${Math.round(narrow)} bit/s are left of 400,000`);
      relay.bitrate = Infinity;
      await until(
        "the rate comes back",
        async () => {
          const wide = await rate(2000);
          return { holds: wide > narrow * 1.3, narrow, wide };
        },
        30_000,
      );
      await both.end();
    });

    test("in mid-call: hold and back, another track, audio stopped, video removed and added, ICE restarted", async () => {
      const both = await call(browser, origin.url, {});
      // Video first: the section that gives the bundle its transport stays.
      await talk(both, "node", { video: true });
      await flowing(both);
      await both.node.call("add", { audio: true });
      await both.page.call("settled");
      const agree = async (expected) =>
        until("both sides agree", async () => {
          const [here, there] = [await both.node.call("state"), await both.page.call("state")];
          const of = ({ transceivers }, kind) =>
            transceivers.findLast((each) => each.kind === kind)?.currentDirection ?? "stopped";
          const found = { here: of(here, "video"), there: of(there, "video") };
          return { holds: found.here === expected[0] && found.there === expected[1], ...found };
        });
      // Hold, by the browser.
      await both.page.call("direct", "video", "recvonly");
      await agree(["sendonly", "recvonly"]);
      const held = streamOf(await both.node.call("stats"), "inbound-rtp", "video").packetsReceived;
      await pause(700);
      const later = streamOf(await both.node.call("stats"), "inbound-rtp", "video").packetsReceived;
      assert.ok((later ?? 0) - (held ?? 0) <= 5, "held, but something comes");
      await both.page.call("direct", "video", "sendrecv");
      await agree(["sendrecv", "sendrecv"]);
      // Over all streams: what was stopped stays where it is.
      const total = (stats, member) =>
        stats
          .filter(({ type, kind }) => type === "inbound-rtp" && kind === "video")
          .reduce((sum, each) => sum + (each[member] ?? 0), 0);
      const grows = async (what) => {
        const counts = async () => [
          total(await both.page.call("stats"), "framesDecoded"),
          total(await both.node.call("stats"), "framesReceived"),
        ];
        const from = await counts();
        await until(what, async () => {
          const more = (await counts()).map((count, index) => count - from[index]);
          return { holds: more.every((frames) => frames >= 30), more };
        });
      };
      await grows("video goes on after the hold");
      await both.node.call("replace", "video");
      await both.page.call("replace", "video");
      await grows("video goes on with other tracks");
      const before = [(await both.node.call("state")).localUfrag, (await both.page.call("state")).localUfrag];
      await both.node.call("restartIce");
      await until("new credentials of both", async () => {
        const after = [(await both.node.call("state")).localUfrag, (await both.page.call("state")).localUfrag];
        return { holds: after.every((ufrag, index) => ufrag !== before[index]), after };
      });
      await grows("video goes on after an ICE restart");
      await both.node.call("stop", "audio");
      await both.page.call("settled");
      await grows("video goes on when audio was stopped");
      await both.node.call("remove", "video");
      await agree(["recvonly", "sendonly"]);
      // A sender that was used is not used again: it is another transceiver, which the browser has nothing for.
      await both.node.call("add", { video: true });
      await agree(["sendonly", "recvonly"]);
      await grows("video that was added again");
      await both.end();
    });

    test("the first section of the bundle is stopped, and the others go on", async () => {
      const both = await call(browser, origin.url, {});
      try {
        await talk(both, "node");
        await flowing(both);
        await both.node.call("stop", "audio");
        await both.page.call("settled");
        const { framesDecoded: before } = streamOf(await both.page.call("stats"), "inbound-rtp", "video");
        await until(
          "video goes on",
          async () => {
            const { framesDecoded = 0 } = streamOf(await both.page.call("stats"), "inbound-rtp", "video");
            return { holds: framesDecoded - (before ?? 0) >= 30, before, framesDecoded };
          },
          4000,
        );
      } finally {
        await both.end();
      }
    });

    test("tones: both dial, each in its time", async () => {
      const both = await call(browser, origin.url, {});
      await talk(both, "node", { audio: true });
      await flowing(both, { kind: "audio", least: 50 });
      const [ours, theirs] = await Promise.all([both.node.call("dial", "12A#", 100, 70), both.page.call("dial", "98*", 100, 70)]);
      assert.deepEqual([ours, theirs], ["12A#", "98*"]);
      const stats = [await both.page.call("stats"), await both.node.call("stats")].map((each) =>
        streamOf(each, "inbound-rtp", "audio"),
      );
      assert.deepEqual(
        stats.map(({ packetsLost }) => packetsLost),
        [0, 0],
      );
      await both.end();
    });
  });
}
