// Calls with aiortc, which has its own ICE, DTLS by OpenSSL, SRTP by libsrtp, and decodes what it gets.
import assert from "node:assert/strict";
import { hasPython, pythonSide } from "./lib/python-side.mjs";
import { testStack } from "./lib/stack-tests.mjs";

testStack("aiortc", {
  start: () => pythonSide("aiortc_side.py"),
  missing: hasPython("import aiortc") ? undefined : "there is no aiortc on this machine: apt-get install python3-aiortc",
  srtpCipher: { "we offer": "SRTP_AES128_CM_HMAC_SHA1_80", "it offers": "SRTP_AES128_CM_HMAC_SHA1_80" },
  check: ({ connectionState, size, rtp }, video) => {
    assert.equal(connectionState, "connected");
    // The camera's usual size in that format.
    assert.deepEqual(size, video === "video/VP8" ? [640, 480] : [320, 240]);
    const losses = rtp.flatMap(({ packetsLost }) => (packetsLost === undefined ? [] : [packetsLost]));
    assert.deepEqual([losses.length >= 2, Math.max(...losses)], [true, 0]);
  },
});
