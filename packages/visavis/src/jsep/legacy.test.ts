/**
 * Old and odd endpoints: gateways to telephones, media servers, cameras. What they write is told here in few lines.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange, linesOf, MediaParty, sectionsOf } from "./media-scene.test.ts";
import { JsepError } from "./negotiation.ts";

const FINGERPRINT = `a=fingerprint:sha-256 ${Array<string>(32).fill("3C").join(":")}`;
const ICE = ["a=ice-ufrag:gate", "a=ice-pwd:abcdefghijklmnopqrstuv"];

function describe(...lines: readonly string[]): string {
  return ["v=0", "o=root 1821 1821 IN IP4 192.0.2.7", "s=call", "c=IN IP4 192.0.2.7", "t=0 0", ...lines, ""].join("\r\n");
}

/** What is left of our sections: kind, direction and codecs. */
const shown = (party: MediaParty): string[] =>
  party.plan.media.map(({ mid, kind, direction, sendCodecs }) =>
    [mid, kind, direction, ...sendCodecs.map(({ payloadType, mimeType }) => `${payloadType} ${mimeType}`)].join(" "),
  );

/** An answerer that would send, too. */
function called(offer: string): MediaParty {
  const zoe = new MediaParty("zoe");
  zoe.remote("offer", offer);
  for (const transceiver of zoe.transceivers) transceiver.direction = "sendrecv";
  zoe.local("answer", zoe.answer());
  return zoe;
}

test("a telephone gateway calls: no mid, no bundle, no trickle, numbers of its own", () => {
  const zoe = called(
    describe(
      "a=sendrecv",
      "m=audio 20134 RTP/SAVPF 8 0 101 96",
      ...ICE,
      FINGERPRINT,
      "a=setup:actpass",
      "a=rtcp:20134 IN IP4 192.0.2.7",
      "a=rtcp-mux",
      "a=rtpmap:8 pcma/8000",
      "a=rtpmap:0 PCMU/8000/1",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-16",
      "a=rtpmap:96 OPUS/48000/2",
      "a=ptime:20",
      "a=ssrc:1 cname:x",
      "a=ssrc:1 mslabel:y",
      "a=candidate:1 1 UDP 2130706431 192.0.2.7 20134 typ host",
    ),
  );
  assert.deepEqual(shown(zoe), ["0 audio sendrecv 8 audio/PCMA 0 audio/PCMU 96 audio/opus"]);
  const answer = zoe.n.currentLocal?.sdp ?? "";
  assert.deepEqual([...linesOf(answer, "a=mid"), ...linesOf(answer, "a=group"), ...linesOf(answer, "a=ice-options")], []);
  assert.deepEqual(linesOf(answer, "m="), ["m=audio 9 RTP/SAVPF 8 0 96"]);
  assert.equal(zoe.plan.media[0]?.ptime, 20);
  assert.equal(zoe.plan.media[0]?.remoteMsids, undefined);
  assert.deepEqual(zoe.plan.transports[0]?.remote?.candidates.length, 1);
  // Our later offer has mids; pictures come as a section of their own, which it rejects.
  zoe.add("video");
  const offer = zoe.offer();
  assert.deepEqual(linesOf(offer, "a=mid"), ["a=mid:0", "a=mid:1"]);
  assert.match(linesOf(offer, "m=")[0] ?? "", /^m=audio 9 RTP\/SAVPF 8 0 96 /);
  zoe.local("offer", offer);
  const back = ["m=audio 20134 RTP/SAVPF 8", ...ICE, FINGERPRINT, "a=setup:passive", "a=rtcp-mux", "a=rtpmap:8 PCMA/8000"];
  zoe.remote("answer", describe(...back, "m=video 0 UDP/TLS/RTP/SAVPF 96"));
  assert.deepEqual(shown(zoe), ["0 audio sendrecv 8 audio/PCMA"]);
  assert.equal(zoe.transceivers.length, 1);
});

test("a gateway puts the call on hold, and takes it back", () => {
  const lines = ["m=audio 20134 RTP/SAVPF 0", ...ICE, FINGERPRINT, "a=setup:actpass", "a=rtcp-mux"];
  const zoe = called(describe(...lines));
  for (const [said, direction, answered] of [
    ["sendonly", "recvonly", "recvonly"],
    ["inactive", "inactive", "inactive"],
    ["sendrecv", "sendrecv", "sendrecv"],
  ] as const) {
    // At the session as well as at the section.
    for (const [head, tail] of [
      [[`a=${said}`], []],
      [["a=inactive"], [`a=${said}`]],
    ] as const) {
      zoe.remote("offer", describe(...head, ...lines, ...tail));
      zoe.local("answer", zoe.answer());
      assert.equal(zoe.plan.media[0]?.direction, direction);
      assert.deepEqual(linesOf(zoe.n.currentLocal?.sdp ?? "", `a=${answered}`).length, 1);
    }
  }
});

test("a gateway answers without mids and bundle; sections that need a bundle cannot be accepted so", () => {
  const amy = new MediaParty("amy");
  amy.add("audio");
  amy.add("video");
  amy.add("video");
  const part = (line: string, map: string): string[] => [line, ...ICE, FINGERPRINT, "a=setup:active", "a=rtcp-mux", map];
  const sound = part("m=audio 4000 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2");
  const pictures = part("m=video 4002 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 VP8/90000");
  amy.local("offer", amy.offer());
  assert.throws(
    () => amy.remote("answer", describe(...sound, ...pictures, ...pictures)),
    (error) => error instanceof JsepError && error.code === "invalid-access",
  );
  amy.remote("answer", describe(...sound, ...pictures, "m=video 0 UDP/TLS/RTP/SAVPF 96"));
  assert.deepEqual(shown(amy), ["0 audio sendrecv 111 audio/opus", "1 video sendrecv 96 video/VP8"]);
  assert.deepEqual(
    amy.plan.transports.map(({ key, mids }) => [key, ...mids]),
    [
      ["0", "0"],
      ["1", "1"],
    ],
  );
});

test("a media server without trickle, lite, told by sources and groups", () => {
  const server = (type: string, port: string, ...lines: readonly string[]): string[] => [
    `m=${type} ${port} UDP/TLS/RTP/SAVPF ${type === "audio" ? "100" : "101 102"}`,
    "c=IN IP4 127.0.0.1",
    ...(type === "audio"
      ? ["a=rtpmap:100 opus/48000/2"]
      : ["a=rtpmap:101 VP8/90000", "a=rtpmap:102 rtx/90000", "a=fmtp:102 apt=101"]),
    "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid",
    ...ICE,
    "a=candidate:udpcandidate 1 udp 1076302079 192.0.2.9 40000 typ host",
    "a=end-of-candidates",
    "a=ice-options:renomination",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    ...lines,
  ];
  const cname = ["a=ssrc:11 cname:c", "a=ssrc:12 cname:c", "a=ssrc:13 cname:c", "a=ssrc:14 cname:c"];
  const zoe = called(
    describe(
      "a=ice-lite",
      FINGERPRINT,
      "a=setup:actpass",
      "a=msid-semantic: WMS *",
      "a=group:BUNDLE a v",
      ...server("audio", "7", "a=mid:a", "a=sendonly", "a=msid:one 1"),
      ...server(
        "video",
        "7",
        "a=mid:v",
        "a=sendonly",
        "a=msid:one 2",
        ...cname,
        "a=ssrc-group:FID 11 12",
        "a=ssrc-group:SIM 11 13 14",
      ),
    ),
  );
  assert.deepEqual(shown(zoe), ["a audio recvonly 100 audio/opus", "v video recvonly 101 video/VP8 102 video/rtx"]);
  const [transport] = zoe.plan.transports;
  assert.equal(transport?.remote?.lite, true);
  assert.equal(transport.remote.endOfCandidates, true);
  assert.deepEqual(transport.remote.candidates.length, 1);
  assert.deepEqual(
    zoe.plan.media[1]?.remoteSources.map(({ ssrc, rtx }) => [ssrc, rtx]),
    [
      [11, 12],
      [13, undefined],
      [14, undefined],
    ],
  );
});

test("several tracks in one section, as browsers once wrote them", () => {
  const zoe = called(
    describe(
      "a=group:BUNDLE video",
      "m=video 9 UDP/TLS/RTP/SAVPF 96",
      ...ICE,
      FINGERPRINT,
      "a=setup:actpass",
      "a=mid:video",
      "a=rtcp-mux",
      "a=rtpmap:96 VP8/90000",
      "a=imageattr:96 recv [x=[0-3840],y=[0-2160],q=0.6]",
      "a=x-google-flag:conference",
      "a=ssrc:1 msid:s1 t1",
      "a=ssrc:1 cname:c",
      "a=ssrc:2 msid:s2 t2",
      "a=ssrc:2 cname:c",
      "z=?",
    ),
  );
  assert.deepEqual(zoe.plan.media[0]?.remoteMsids, [{ stream: "s1", track: "t1" }]);
  assert.deepEqual(
    zoe.plan.media[0]?.remoteSources.map(({ ssrc, msid }) => `${ssrc} ${msid?.stream} ${msid?.track}`),
    ["1 s1 t1", "2 s2 t2"],
  );
});

test("endpoints without keys by DTLS, or without ICE, are told what is missing", () => {
  const lines = ["m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc"];
  for (const [extra, message] of [
    [[], /ice-ufrag/],
    [ICE, /fingerprint/],
    [[...ICE, FINGERPRINT], /rtcp-mux/],
  ] as const) {
    assert.throws(
      () => new MediaParty("zoe").remote("offer", describe(...lines, ...extra)),
      (error) => error instanceof JsepError && error.code === "invalid-access" && message.test(error.message),
    );
  }
});

test("the other side answers with payload types of its own", () => {
  const [amy, zoe] = [new MediaParty("amy"), new MediaParty("zoe")];
  amy.add("video");
  amy.local("offer", amy.offer());
  zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
  const answer = zoe
    .answer()
    .replace(/\b96\b/g, "120")
    .replace(/\b97\b/g, "121");
  amy.remote("answer", answer);
  const [section] = amy.plan.media;
  assert.deepEqual(
    section?.sendCodecs.slice(0, 2).map(({ payloadType, fmtp }) => `${payloadType} ${fmtp}`),
    ["120 ", "121 apt=120"],
  );
  assert.deepEqual(
    section?.receiveCodecs.slice(0, 2).map(({ payloadType, fmtp }) => `${payloadType} ${fmtp}`),
    ["96 ", "97 apt=96"],
  );
  // Our next offer keeps ours, and gives the other's to nobody else.
  amy.add("video").codecs = [{ ...(amy.transceivers[0]?.codecs[0] ?? assert.fail()), mimeType: "video/new", payloadType: 120 }];
  const offer = amy.offer();
  assert.match(sectionsOf(offer)[0] ?? "", /^m=video 9 UDP\/TLS\/RTP\/SAVPF 96 97 /);
  assert.doesNotMatch(sectionsOf(offer)[1] ?? "", /rtpmap:120/);
  assert.ok(exchange(amy, zoe).answer.length > 0);
});

test("Opus without its channels has two of them all the same", () => {
  const zoe = called(describe("m=audio 9 UDP/TLS/RTP/SAVPF 97", ...ICE, FINGERPRINT, "a=rtcp-mux", "a=rtpmap:97 OPUS/48000"));
  assert.deepEqual(shown(zoe), ["0 audio sendrecv 97 audio/opus"]);
  assert.equal(zoe.plan.media[0]?.sendCodecs[0]?.channels, 2);
});
