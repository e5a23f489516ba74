// Calls with aiortc, which has its own ICE, DTLS by OpenSSL, SRTP by libsrtp, and decodes what it gets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hasPython, pythonSide } from "./lib/python-side.mjs";
import { Relay } from "./lib/relay.mjs";
import { join, ourSide, until } from "./lib/stack-call.mjs";
import { testStack } from "./lib/stack-tests.mjs";

const missing = hasPython("import aiortc") ? undefined : "there is no aiortc on this machine: apt-get install python3-aiortc";

testStack("aiortc", {
  start: () => pythonSide("aiortc_side.py"),
  missing,
  srtpCipher: { "we offer": "SRTP_AES128_CM_HMAC_SHA1_80", "it offers": "SRTP_AES128_CM_HMAC_SHA1_80" },
  check: ({ connectionState, size, rtp }, video) => {
    assert.equal(connectionState, "connected");
    // The camera's usual size in that format.
    assert.deepEqual(size, video === "video/VP8" ? [640, 480] : [320, 240]);
    const losses = rtp.flatMap(({ packetsLost }) => (packetsLost === undefined ? [] : [packetsLost]));
    assert.deepEqual([losses.length >= 2, Math.max(...losses)], [true, 0]);
  },
});

for (const offers of ["we offer", "it offers"])
  test(`5 % loss each way, ${offers}: retransmissions repair pictures`, { skip: missing, timeout: 60_000 }, async (t) => {
    const video = "video/VP8";
    const relay = new Relay();
    const other = await pythonSide("aiortc_side.py");
    const ours = ourSide({ sends: { audio: true, video: true }, video });
    t.after(async () => {
      ours.peer.close();
      await other.end();
      await relay.close();
    });
    const problems = join(ours, other, relay);
    const kinds = ["audio", "video"];
    if (offers === "we offer") {
      await other.call("accept", kinds, video);
      await ours.offer();
    } else {
      await other.call("offer", kinds, video);
    }
    await ours.peer.connected();
    relay.share = 0.05;
    const look = async () => ({
      sent: await ours.count("outbound-rtp", "video", "framesSent"),
      taken: (await other.call("stats")).decoded.video,
      received: await ours.count("inbound-rtp", "video", "framesReceived"),
      sentAgain: await ours.count("outbound-rtp", "video", "retransmittedPacketsSent"),
      receivedAgain: await ours.count("inbound-rtp", "video", "retransmittedPacketsReceived"),
    });
    // What is lost a second time it asks for with the next loss only, and stands still until then.
    const counts = await until(
      look,
      ({ sent, taken, received, sentAgain, receivedAgain }) =>
        sent > 90 && taken >= 0.8 * sent && received > 60 && sentAgain > 0 && receivedAgain > 0,
      "pictures at 5 % loss",
    );
    assert.deepEqual([problems, other.problems], [[], []]);
    console.log(`aiortc, ${relay.lost} of ${relay.seen} datagrams lost: ${JSON.stringify(counts)}`);
  });
