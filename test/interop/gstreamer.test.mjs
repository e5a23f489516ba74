// Calls with GStreamer's webrtcbin, which has libnice's ICE, DTLS by OpenSSL, SRTP by libsrtp, and decodes what it gets.
import assert from "node:assert/strict";
import { hasPython, pythonSide } from "./lib/python-side.mjs";
import { testStack } from "./lib/stack-tests.mjs";

/** What its side is built of. */
const ELEMENTS = [
  "webrtcbin",
  "nicesrc",
  "dtlsdec",
  "srtpdec",
  "vp8enc",
  "x264enc",
  "avdec_h264",
  "opusenc",
  "rtph264pay",
  "capssetter",
];

const isThere = hasPython(`
import gi
for name in ("Gst", "GstWebRTC", "GstSdp"):
    gi.require_version(name, "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC
Gst.init(None)
raise SystemExit(not all(Gst.ElementFactory.find(name) for name in ${JSON.stringify(ELEMENTS)}))
`);

testStack("webrtcbin", {
  start: () => pythonSide("gstreamer_side.py"),
  missing: isThere ? undefined : "there is no webrtcbin with VP8, H.264 and Opus on this machine: the packages are in .ci/run",
  srtpCipher: { "we offer": "SRTP_AES128_CM_HMAC_SHA1_80", "it offers": "SRTP_AES128_CM_HMAC_SHA1_80" },
  check: ({ connectionState, iceConnectionState }) =>
    assert.deepEqual([connectionState, iceConnectionState], ["connected", "completed"]),
});
