// Calls with aiortc, which has its own ICE, DTLS by OpenSSL, SRTP by libsrtp, and decodes what it gets.
import assert from "node:assert/strict";
import { hasPython } from "./lib/python-side.mjs";
import { testPythonStack } from "./lib/python-stack.mjs";

testPythonStack("aiortc", {
  script: "aiortc_side.py",
  missing: hasPython("import aiortc") ? undefined : "there is no aiortc on this machine: apt-get install python3-aiortc",
  security: { srtpCipher: "SRTP_AES128_CM_HMAC_SHA1_80", tlsVersion: "FEFD" },
  check: ({ connectionState, size, rtp }, video) => {
    assert.equal(connectionState, "connected");
    // The camera's usual size in that format.
    assert.deepEqual(size, video === "video/VP8" ? [640, 480] : [320, 240]);
    const losses = rtp.flatMap(({ packetsLost }) => (packetsLost === undefined ? [] : [packetsLost]));
    assert.deepEqual([losses.length >= 2, Math.max(...losses)], [true, 0]);
  },
});
