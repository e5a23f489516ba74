// Calls with Janus: its echo test, which we call, and its video room, which takes what one connection of ours publishes and offers it to another.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { hasJanus, janusSide, startJanus } from "./lib/janus-side.mjs";
import { hasFfmpeg } from "./lib/recording.mjs";
import { decodes, flows, join, ourSide, secured, told } from "./lib/stack-call.mjs";

/** The side that answers the handshake chooses: we do where we offer, Janus where it does. */
const WE_OFFER = { srtpCipher: "SRTP_AEAD_AES_128_GCM", tlsVersion: "FEFD" };
const IT_OFFERS = { srtpCipher: "SRTP_AEAD_AES_256_GCM", tlsVersion: "FEFD" };
const ROOM = 4711;

const missing = !hasJanus()
  ? "there is no Janus on this machine: apt-get install janus"
  : !hasFfmpeg() && "there is no ffmpeg on this machine, which decides about frames";

/** @type {string[]} */
const rows = [];
after(() => console.log(rows.join("\n")));

describe("Janus", { skip: missing, timeout: 120_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startJanus>>} */
  let janus;
  before(async () => {
    janus = await startJanus();
  });
  after(() => janus?.end());

  /** What is open. @type {{ ours: ReturnType<typeof ourSide>, other: Awaited<ReturnType<typeof janusSide>> }[]} */
  let open = [];
  // What a test that failed has left would keep the process from ending.
  afterEach(async () => {
    for (const { ours, other } of open) {
      ours.peer.close();
      await other.end();
    }
    open = [];
  });

  /** @param {Parameters<typeof ourSide>[0]} wanted @param {string} plugin @param {(description: RTCSessionDescriptionInit) => object} bodyFor */
  async function call(wanted, plugin, bodyFor) {
    const other = await janusSide(janus, plugin, bodyFor);
    const ours = ourSide(wanted);
    open.push({ ours, other });
    return { ours, other, problems: join(ours, other) };
  }

  /** What arrives here, of streams that are decoded further down. @param {ReturnType<typeof ourSide>} ours */
  const received = (ours) => async () => ({
    audio: await ours.count("inbound-rtp", "audio", "packetsReceived"),
    video: await ours.count("inbound-rtp", "video", "framesReceived"),
  });

  for (const video of ["video/VP8", "video/H264"]) {
    test(`echo test, ${video}`, async () => {
      const videocodec = video.slice(6).toLowerCase();
      const { ours, other, problems } = await call(
        { sends: { audio: true, video: true }, video },
        "janus.plugin.echotest",
        () => ({
          audio: true,
          video: true,
          videocodec,
        }),
      );
      await ours.offer();
      await ours.peer.connected();
      const rates = await flows(ours, received(ours));
      await secured(ours, WE_OFFER);
      await other.event(({ echotest, result }) => echotest === "event" && result === "ok");
      const decoded = await decodes(ours, { audio: "audio/opus", video });
      assert.deepEqual(problems, []);
      rows.push(`Janus, echo test with ${video}: ${told(rates, decoded)}`);
    });
  }

  test("video room: one publishes, Janus offers it to another", async () => {
    const video = "video/VP8";
    const publisher = await call({ sends: { audio: true, video: true }, video }, "janus.plugin.videoroom", () => ({
      request: "publish",
      audiocodec: "opus",
      videocodec: "vp8",
    }));
    const { plugindata } = await publisher.other.message({
      request: "create",
      room: ROOM,
      videocodec: "vp8,h264",
      audiocodec: "opus",
    });
    assert.equal(plugindata.data.videoroom, "created");
    await publisher.other.message({ request: "join", ptype: "publisher", room: ROOM });
    const { id: feed } = await publisher.other.event(({ videoroom }) => videoroom === "joined");
    await publisher.ours.offer();
    await publisher.ours.peer.connected();
    // What comes to somebody who joins later has to begin with a key frame, which Janus asks the publisher for.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const subscriber = await call({ sends: {} }, "janus.plugin.videoroom", () => ({ request: "start", room: ROOM }));
    await subscriber.other.message({ request: "join", ptype: "subscriber", room: ROOM, streams: [{ feed }] });
    await subscriber.ours.peer.connected();
    const rates = await flows(publisher.ours, received(subscriber.ours), { least: { audio: 0, video: 0 } });
    await secured(publisher.ours, WE_OFFER);
    await secured(subscriber.ours, IT_OFFERS);
    const asked = await publisher.ours.count("outbound-rtp", "video", "pliCount");
    assert.ok(asked > 0, `${asked} requests of key frames`);
    const decoded = await decodes(subscriber.ours, { audio: "audio/opus", video });
    assert.deepEqual([publisher.problems, subscriber.problems], [[], []]);
    rows.push(`Janus, video room with ${video}: ${told(rates, decoded)}`);
  });
});
