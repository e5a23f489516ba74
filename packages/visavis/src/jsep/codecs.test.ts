import assert from "node:assert/strict";
import { test } from "node:test";
import { SdpSyntaxError } from "../sdp/description.ts";
import { parseSession } from "../sdp/parse.ts";
import { answeredCodec, codecsOf, commonCodecs } from "./codecs.ts";
import { answeredParameters, distinction } from "./format-parameters.ts";
import type { MediaCodec } from "./media.ts";
import { AUDIO, exchange, h264, linesOf, MediaParty, rtx, sectionsOf, VIDEO, video } from "./media-scene.test.ts";

function codecs(...lines: readonly string[]): readonly MediaCodec[] {
  const session = parseSession(["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", ...lines, ""].join("\r\n"));
  assert.ok(!(session instanceof SdpSyntaxError));
  const [media] = session.media;
  assert.ok(media);
  return codecsOf(media);
}

test("codecs are read in the order of the m= line, with and without rtpmap", () => {
  const read = codecs(
    "m=audio 9 UDP/TLS/RTP/SAVPF 0 111 8 96 9 111 13 telephone 200",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:8 PCMA/8000/1",
    "a=rtcp-fb:* nack",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 useinbandfec=1",
  );
  assert.deepEqual(
    read.map(({ payloadType, mimeType, clockRate, channels, feedback }) => [
      payloadType,
      mimeType,
      clockRate,
      channels,
      feedback.join(),
    ]),
    [
      [0, "audio/PCMU", 8000, 1, "nack"],
      [111, "audio/opus", 48000, 2, "nack,transport-cc"],
      [8, "audio/PCMA", 8000, 1, "nack"],
      [9, "audio/G722", 8000, 1, "nack"],
      [13, "audio/CN", 8000, 1, "nack"],
    ],
  );
  assert.equal(read[1]?.fmtp, "useinbandfec=1");
});

test("what makes two codecs one", () => {
  const same: readonly (readonly [string, string, string])[] = [
    ["h264", "profile-level-id=42e01f;packetization-mode=1", "packetization-mode=1;profile-level-id=42E034"],
    ["h264", "packetization-mode=0", "profile-level-id=42e01f"],
    ["h264", "profile-level-id=4d801f", "profile-level-id=42c00a"],
    ["vp9", "", "profile-id=0"],
    ["av1", "profile=0;level-idx=5", "tier=1"],
    ["h265", "level-id=93", "profile-id=1;tier-flag=0;level-id=180;tx-mode=SRST"],
    ["opus", "stereo=1", ""],
  ];
  for (const [encoding, a, b] of same) assert.equal(distinction(encoding, a), distinction(encoding, b), `${encoding} ${a} ${b}`);
  const different: readonly (readonly [string, string, string])[] = [
    ["h264", "profile-level-id=42e01f;packetization-mode=1", "profile-level-id=42e01f"],
    ["h264", "profile-level-id=42e01f", "profile-level-id=42001f"],
    ["h264", "profile-level-id=64001f", "profile-level-id=640c1f"],
    ["h264", "profile-level-id=4d001f", "profile-level-id=42e01f"],
    ["vp9", "profile-id=2", ""],
    ["av1", "profile=1", ""],
    ["h265", "profile-id=2", ""],
  ];
  for (const [encoding, a, b] of different) {
    assert.notEqual(distinction(encoding, a), distinction(encoding, b), `${encoding} ${a} ${b}`);
  }
});

test("levels in answers: the lower one, unless both may differ", () => {
  const ours = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
  const cases: readonly (readonly [string, string])[] = [
    ["level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e00b", "42e01f"],
    ["packetization-mode=1;profile-level-id=42e00b", "42e00b"],
    ["packetization-mode=1;profile-level-id=42e034", "42e01f"],
    // Level 1b is between 1 and 1.1, and is written in two ways.
    ["packetization-mode=1;profile-level-id=42f00b", "42f00b"],
    ["packetization-mode=1", "42e01f"],
    ["packetization-mode=1;profile-level-id=xx", "42e01f"],
  ];
  for (const [offered, id] of cases) {
    assert.match(answeredParameters("h264", offered, ours), new RegExp(`profile-level-id=${id}$`), offered);
  }
  assert.equal(answeredParameters("h265", "level-id=30", "level-id=93;profile-id=1"), "level-id=30;profile-id=1");
  assert.equal(answeredParameters("h265", "level-id=180", "level-id=93"), "level-id=93");
  assert.equal(answeredParameters("opus", "stereo=1", "useinbandfec=1"), "useinbandfec=1");
});

test("retransmissions and redundancy follow the codecs they are for", () => {
  const offered = codecs(
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=98",
    "a=rtpmap:98 VP8/90000",
    "a=rtpmap:99 rtx/90000",
    "a=fmtp:99 apt=96",
    "a=rtpmap:100 rtx/90000",
    "a=rtpmap:101 H264/90000",
  );
  const answer = commonCodecs(offered, VIDEO).map(({ first, second }) => answeredCodec(first, second));
  assert.deepEqual(
    answer.map(({ payloadType, mimeType, fmtp }) => `${payloadType} ${mimeType} ${fmtp}`),
    [
      "97 video/rtx apt=98",
      "98 video/VP8 ",
      "101 video/H264 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
    ],
  );
  const red = codecs("m=audio 9 RTP/SAVPF 63 109", "a=rtpmap:63 red/48000/2", "a=fmtp:63 109/109", "a=rtpmap:109 opus/48000/2");
  assert.deepEqual(
    commonCodecs(red, AUDIO).map(({ first, second }) => answeredCodec(first, second).fmtp),
    ["109/109", "minptime=10;useinbandfec=1"],
  );
});

test("preferences: what is offered, and the order of an answer", () => {
  const [amy, zoe] = [new MediaParty("amy"), new MediaParty("zoe")];
  amy.add("video", "sendrecv", {
    codecs: [video("VP9", 98, "profile-id=0"), rtx(99, 98), video("VP8", 96)],
    hasPreferences: true,
  });
  const types = (sdp: string): string[] => linesOf(sdp, "m=").map((line) => line.split(" ").slice(3).join(" "));
  const { offer, answer } = exchange(amy, zoe);
  assert.deepEqual([types(offer), types(answer)], [["98 99 96"], ["98 99 96"]]);
  // The other side prefers otherwise.
  const [pictures] = zoe.transceivers;
  assert.ok(pictures);
  Object.assign(pictures, { codecs: [video("VP8", 96), h264("42e01f", 1, 102), video("VP9", 98)], hasPreferences: true });
  assert.deepEqual(types(exchange(amy, zoe).answer), ["96 98"]);
  assert.deepEqual(
    amy.plan.media[0]?.sendCodecs.map(({ mimeType }) => mimeType),
    ["video/VP8", "video/VP9"],
  );
  // Without preferences the order stays that of the descriptions, and what was left out comes back behind.
  Object.assign(pictures, { codecs: VIDEO, hasPreferences: false });
  const [line] = types(exchange(zoe, amy).offer);
  assert.match(line ?? "", /^96 98 /);
  assert.equal(line?.split(" ").length, VIDEO.length);
});

test("codecs for one way only are not offered the other way, and a section without common codecs is rejected", () => {
  const amy = new MediaParty("amy");
  const codecs = [
    { ...video("VP8", 96), use: "send" as const },
    { ...video("AV1", 45), use: "receive" as const },
    video("VP9", 98),
  ];
  const cases = { sendrecv: "98", sendonly: "96 98", recvonly: "45 98", inactive: "96 45 98" } as const;
  for (const direction of ["sendrecv", "sendonly", "recvonly", "inactive"] as const) {
    const bob = new MediaParty("bob");
    bob.add("video", direction, { codecs });
    assert.match(bob.offer(), new RegExp(`m=video 9 UDP/TLS/RTP/SAVPF ${cases[direction]}\r\n`));
  }
  const zoe = new MediaParty("zoe");
  amy.add("video", "sendrecv", { codecs: [video("AV1", 45)] });
  amy.add("audio", "sendrecv", { codecs: AUDIO.filter(({ mimeType }) => mimeType.endsWith("event")) });
  zoe.add("video", "sendrecv", { codecs: [video("VP8", 96)], isByAddTrack: true });
  const { answer } = exchange(amy, zoe);
  assert.deepEqual(
    linesOf(answer, "m=").map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["m=video 0", "m=audio 0"],
  );
  assert.equal(amy.transceivers.length, 0);
  assert.deepEqual(amy.plan.transports, []);
});

test("payload types run out without a clash", () => {
  const amy = new MediaParty("amy");
  const many = Array.from({ length: 80 }, (_, index) => video(`X${index}`, 96));
  amy.add("video", "sendrecv", { codecs: many.map((codec, index) => ({ ...codec, payloadType: 200 + index })) });
  amy.add("audio");
  const [pictures = "", sound = ""] = sectionsOf(amy.offer());
  const types = [pictures, sound].map((text) => text.split("\r\n")[0]?.split(" ").slice(3) ?? []);
  assert.equal(types[0]?.length, 61);
  assert.equal(new Set(types.flat()).size, types.flat().length);
  assert.ok(types.flat().every((type) => Number(type) < 64 || Number(type) > 95));
});

test("a payload type that the other side gives two meanings is not given a third, nor do retransmissions follow the wrong codec", () => {
  const [amy, zoe] = [new MediaParty("amy"), new MediaParty("zoe")];
  amy.add("video", "sendrecv", { codecs: [video("AV1", 49), rtx(50, 49)] });
  amy.add("video", "sendrecv", { codecs: [video("VP8", 96)] });
  const first = amy.offer();
  // In the second section 49 is something else.
  const offer = first.replace("SAVPF 96", "SAVPF 96 49").replace(/$/, "a=rtpmap:49 flexfec-03/90000\r\n");
  const codecs = [video("VP8", 96), video("flexfec-03", 122, "", []), video("AV1", 45), rtx(46, 45)];
  zoe.remote("offer", offer);
  for (const transceiver of zoe.transceivers) transceiver.codecs = codecs;
  zoe.local("answer", zoe.answer());
  const second = sectionsOf(zoe.offer())[1] ?? "";
  assert.deepEqual(linesOf(second, "a=rtpmap:49"), ["a=rtpmap:49 flexfec-03/90000"]);
  const av1 = /rtpmap:([0-9]+) AV1/.exec(second)?.[1];
  assert.ok(av1 !== undefined && av1 !== "49");
  assert.match(second, new RegExp(`apt=${av1}\r\n`));
});

test("a codec on demand is offered when preferences name it and once it was negotiated, and is always taken", () => {
  const codecs = [video("VP8", 96), { ...video("flexfec-03", 122, "", []), isOnDemand: true }];
  const names = (sdp: string): boolean => sdp.includes("flexfec-03/90000");
  const [amy, zoe] = [new MediaParty("amy"), new MediaParty("zoe")];
  const asking = amy.add("video", "sendrecv", { codecs });
  assert.equal(names(amy.offer()), false);
  asking.hasPreferences = true;
  zoe.add("video", "sendrecv", { codecs, isByAddTrack: true });
  const { offer, answer } = exchange(amy, zoe);
  assert.deepEqual([names(offer), names(answer)], [true, true]);
  assert.equal(names(zoe.offer()), true);
});
