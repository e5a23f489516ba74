import assert from "node:assert/strict";
import { test } from "node:test";
import type { Direction } from "./media.ts";
import { exchange, linesOf, MediaParty, sectionsOf } from "./media-scene.test.ts";
import { JsepError } from "./negotiation.ts";

const pair = (): [MediaParty, MediaParty] => [new MediaParty("amy"), new MediaParty("zoe")];

function fails(code: string, run: () => unknown, message: RegExp): void {
  assert.throws(
    run,
    (error) => error instanceof JsepError && error.code === code && message.test(error.message),
    String(message),
  );
}

/** An offer of sound and pictures, as text. */
function offerOf(...kinds: readonly ("audio" | "video")[]): string {
  const amy = new MediaParty("amy");
  for (const kind of kinds) amy.add(kind);
  return amy.offer();
}

test("media that makes no sense is refused", () => {
  const offer = offerOf("audio", "video");
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    [offer.replace(/\b111\b/g, "64"), "invalid-access", /RTCP/],
    [offer.replace(/\b111\b/g, "95"), "invalid-access", /RTCP/],
    [offer.replace(/amy-track-1/g, "amy-track-0"), "operation", /msid/],
    [offer.replace("a=rtcp-mux\r\n", ""), "invalid-access", /rtcp-mux/],
    [offer.replace(/a=fingerprint.*\r\n/g, ""), "invalid-access", /fingerprint/],
    [offer.replace("a=mid:1", "a=mid:0"), "invalid-access", /mid/],
  ];
  for (const [sdp, code, message] of wrong) fails(code, () => new MediaParty("zoe").remote("offer", sdp), message);
  const right = [
    // Sections that share no transport may use numbers as they like.
    offer
      .replace(/a=group.*\r\n/, "")
      .replace(/\b111\b/g, "96")
      .replace(/a=extmap:\d+ urn:3gpp/, "a=extmap:4 urn:3gpp"),
    offer.replace(/a=msid.*\r\n/g, "").replace(/ msid:.*/g, ""),
    offer.replace(/\b111\b/g, "96"),
    offer.replace(/amy-track-\d/g, ""),
    offer.replaceAll("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"),
    offer.replaceAll("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP"),
    offer.replaceAll("UDP/TLS/RTP/SAVPF", "RTP/AVPF"),
    offer.replace(/a=(mid|group).*\r\n/g, ""),
  ];
  for (const sdp of right) {
    const zoe = new MediaParty("zoe");
    zoe.remote("offer", sdp);
    zoe.local("answer", zoe.answer());
    assert.equal(zoe.plan.media.length, 2, sdp);
    zoe.local("offer", zoe.offer());
  }
});

test("answers with media that do not fit are refused", () => {
  const [amy, zoe] = pair();
  amy.add("audio");
  amy.add("video");
  amy.add("video");
  amy.local("offer", amy.offer());
  zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
  const answer = zoe.answer();
  const [head = "", first = "", second = "", third = ""] = answer.split(/(?=^m=)/m);
  const level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
  const mid = "urn:ietf:params:rtp-hdrext:sdes:mid";
  const wrong: readonly (readonly [string, RegExp])[] = [
    [head + second + first + third, /offered kind/],
    [head.replace("BUNDLE 0 1 2", "BUNDLE 0 1") + first + second, /2 sections/],
    [answer.replace(level, "x").replace(mid, level).replace(" x", ` ${mid}`), /header extension/],
    [answer.replace("a=extmap:1 ", "a=extmap:4 ").replace(mid, "urn:other"), /header extension/],
    [answer.replace("BUNDLE 0 1 2", "BUNDLE 0 1"), /bundle/],
    [answer.replace("BUNDLE 0 1 2", "BUNDLE 0 1 2 3"), /mid/],
    [answer.replaceAll(mid, "urn:other"), /header extension id 4/],
    [answer.replace("a=setup:active", "a=setup:actpass"), /setup/],
  ];
  for (const [sdp, message] of wrong) fails("invalid-access", () => amy.remote("answer", sdp), message);
  amy.remote("answer", answer.replaceAll("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"));
});

test("header extensions: an id with two meanings in one bundle keeps the first", () => {
  const offer = offerOf("audio", "video");
  const odd = offer
    .replace(/a=extmap:\d+ urn:3gpp/, "a=extmap:1 urn:3gpp")
    .replace(/a=extmap:\d+ (\S*audio-level)/, "a=extmap:1 $1");
  const zoe = new MediaParty("zoe");
  const extensions = (sdp: string): string[][] => sectionsOf(sdp).map((section) => linesOf(section, "a=extmap:"));
  const level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
  assert.equal(extensions(odd)[0]?.includes(`a=extmap:1 ${level}`), true);
  assert.equal(extensions(odd)[1]?.includes("a=extmap:1 urn:3gpp:video-orientation"), true);
  zoe.remote("offer", odd);
  const answer = zoe.answer();
  zoe.local("answer", answer);
  const [sound = [], picture = []] = extensions(answer);
  assert.equal(sound.includes(`a=extmap:1 ${level}`), true);
  assert.deepEqual(
    picture.map((line) => line.split(" ")[1]),
    ["urn:ietf:params:rtp-hdrext:sdes:mid", "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"],
  );
  assert.equal(zoe.plan.media[1]?.sendExtensions.length, 2);
  // What we offer later has one meaning for every id.
  const meanings = new Map<string, string>();
  for (const line of extensions(zoe.offer()).flat()) {
    const [id = "", uri = ""] = line.split(" ");
    assert.equal(meanings.get(id) ?? uri, uri, line);
    meanings.set(id, uri);
  }
  assert.equal([...meanings.values()].includes("urn:3gpp:video-orientation"), true);
  // Without a bundle every section is on its own.
  const apart = new MediaParty("zoe");
  apart.remote("offer", odd.replace(/a=group.*\r\n/, ""));
  assert.equal(extensions(apart.answer())[1]?.includes("a=extmap:1 urn:3gpp:video-orientation"), true);
});

test("header extensions: ids and directions", () => {
  const [amy, zoe] = pair();
  const own = amy.add("video");
  own.extensions = [
    { uri: "urn:a", direction: "sendrecv", preferredId: 15 },
    { uri: "urn:b", direction: "sendonly", preferredId: 3 },
    { uri: "urn:c", direction: "sendrecv", preferredId: 3 },
    { uri: "urn:d", direction: "sendrecv", encrypted: true },
    { uri: "urn:e", direction: "recvonly" },
  ];
  amy.add("audio").extensions = [{ uri: "urn:c", direction: "sendrecv", preferredId: 9 }];
  zoe.add("video", "sendrecv", { isByAddTrack: true }).extensions = [
    { uri: "urn:d", direction: "sendrecv", encrypted: true },
    { uri: "urn:b", direction: "sendrecv" },
    { uri: "urn:a", direction: "recvonly" },
    { uri: "urn:e", direction: "recvonly" },
    { uri: "urn:z", direction: "sendrecv" },
  ];
  zoe.add("audio", "sendrecv", { isByAddTrack: true }).extensions = [{ uri: "urn:c", direction: "sendrecv" }];
  const { offer, answer } = exchange(amy, zoe);
  const encrypt = "urn:ietf:params:rtp-hdrext:encrypt urn:d";
  assert.deepEqual(linesOf(offer, "a=extmap:"), [
    "a=extmap:15 urn:a",
    "a=extmap:3/sendonly urn:b",
    "a=extmap:14 urn:c",
    "a=extmap:13 urn:d",
    `a=extmap:12 ${encrypt}`,
    "a=extmap:11/recvonly urn:e",
    "a=extmap:14 urn:c",
  ]);
  assert.deepEqual(linesOf(answer, "a=extmap:"), [
    "a=extmap:15/recvonly urn:a",
    "a=extmap:3/recvonly urn:b",
    `a=extmap:12 ${encrypt}`,
    "a=extmap:11/inactive urn:e",
    "a=extmap:14 urn:c",
  ]);
  const shown = (plan: MediaParty["plan"], which: "sendExtensions" | "receiveExtensions"): string[] =>
    plan.media[0]?.[which].map(({ id, uri, direction, encrypted }) => `${id} ${uri} ${direction}${encrypted ? " e" : ""}`) ?? [];
  assert.deepEqual(shown(amy.plan, "sendExtensions"), [
    "15 urn:a sendonly",
    "3 urn:b sendonly",
    "12 urn:d sendrecv e",
    "11 urn:e inactive",
  ]);
  assert.deepEqual(shown(zoe.plan, "receiveExtensions"), [
    "15 urn:a recvonly",
    "3 urn:b recvonly",
    "12 urn:d sendrecv e",
    "11 urn:e inactive",
  ]);
  // Later offers of either side keep the ids.
  const again = exchange(zoe, amy);
  assert.deepEqual(linesOf(sectionsOf(again.offer)[0] ?? "", "a=extmap:").slice(-1), ["a=extmap:10 urn:z"]);
  assert.ok(linesOf(again.offer, "a=extmap:").includes("a=extmap:3 urn:b"));
});

test("a rejected section may have the mid of another one", () => {
  const [head = "", sound = "", pictures = ""] = offerOf("audio", "video").split(/(?=^m=)/m);
  const offer =
    head.replace("BUNDLE 0 1", "BUNDLE 1") + sound.replace("m=audio 9", "m=audio 0").replace("a=mid:0", "a=mid:1") + pictures;
  const zoe = new MediaParty("zoe");
  zoe.remote("offer", offer);
  zoe.local("answer", zoe.answer());
  assert.deepEqual(
    zoe.plan.sections.map(({ mid, state }) => `${mid} ${state}`),
    ["0 rejected", "1 accepted"],
  );
  assert.equal(zoe.plan.media[0]?.kind, "video");
  zoe.local("offer", zoe.offer());
});

test("numbers that were agreed on keep their meaning after their sections are gone", () => {
  const [amy, zoe] = pair();
  const first = amy.add("video");
  first.extensions = [{ uri: "urn:a", direction: "sendrecv", preferredId: 3 }];
  first.codecs = first.codecs.slice(0, 2);
  exchange(amy, zoe);
  first.isStopped = true;
  exchange(amy, zoe);
  const second = amy.add("video");
  second.extensions = [{ uri: "urn:b", direction: "sendrecv", preferredId: 3 }, ...first.extensions];
  second.codecs = [{ ...(second.codecs[5] ?? assert.fail()), payloadType: 96 }];
  const offer = amy.offer();
  assert.deepEqual(linesOf(offer, "a=extmap:"), ["a=extmap:14 urn:b", "a=extmap:3 urn:a"]);
  assert.doesNotMatch(offer, /rtpmap:96 /);
});

test("an id that was offered in vain, and means something else since, is not offered again", () => {
  const [amy, zoe] = pair();
  amy.add("video").extensions = [{ uri: "urn:a", direction: "sendrecv", preferredId: 13 }];
  zoe.add("video", "sendrecv", { isByAddTrack: true }).extensions = [];
  exchange(amy, zoe);
  zoe.add("audio").extensions = [{ uri: "urn:b", direction: "sendrecv", preferredId: 13 }];
  amy.add("audio", "sendrecv", { isByAddTrack: true }).extensions = [{ uri: "urn:b", direction: "sendrecv" }];
  zoe.local("offer", zoe.offer());
  const sdp = (zoe.n.pendingLocal?.sdp ?? "").replace(/a=extmap:[0-9]+ urn:b/, "a=extmap:13 urn:b");
  amy.remote("offer", sdp);
  amy.local("answer", amy.answer());
  const offer = amy.offer();
  assert.ok(linesOf(offer, "a=extmap:").includes("a=extmap:13 urn:b"));
  assert.ok(!linesOf(offer, "a=extmap:").includes("a=extmap:13 urn:a"));
});

test("negotiation is needed exactly when something would change", () => {
  const [amy, zoe] = pair();
  assert.ok(!amy.isNeeded);
  const own = amy.add("audio");
  assert.ok(amy.isNeeded);
  exchange(amy, zoe);
  assert.ok(!amy.isNeeded && !zoe.isNeeded);
  // Streams of what is sent.
  own.streams = ["one"];
  assert.ok(amy.isNeeded);
  exchange(amy, zoe);
  own.streams = ["one", "two", "one"];
  assert.ok(amy.isNeeded);
  exchange(amy, zoe);
  assert.ok(!amy.isNeeded);
  assert.deepEqual(
    zoe.plan.media[0]?.remoteMsids?.map(({ stream }) => stream),
    ["one", "two"],
  );
  // Directions, as the offerer and as the answerer.
  const [theirs] = zoe.transceivers;
  assert.ok(theirs);
  const cases: readonly (readonly [Direction, boolean])[] = [
    ["recvonly", false],
    ["inactive", true],
    ["sendrecv", true],
    ["sendonly", true],
  ];
  for (const [direction, isNeeded] of cases) {
    theirs.direction = direction;
    assert.equal(zoe.isNeeded, isNeeded, direction);
  }
  theirs.direction = "recvonly";
  own.direction = "inactive";
  assert.ok(amy.isNeeded);
  own.direction = "sendrecv";
  assert.ok(!amy.isNeeded, "offered as sendrecv, answered as recvonly");
  // Stopping, before and after the other side knows.
  own.isStopped = true;
  assert.ok(amy.isNeeded);
  amy.local("offer", amy.offer());
  zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
  zoe.local("answer", zoe.answer());
  amy.remote("answer", zoe.n.currentLocal?.sdp ?? "");
  assert.ok(!amy.isNeeded && !zoe.isNeeded);
  // What the other side's offer does not let through is told all the same, so that nobody has to ask again.
  const sender = zoe.add("audio", "sendrecv", { isByAddTrack: true, streams: ["s"] });
  amy.add("audio", "sendonly");
  const { answer } = exchange(amy, zoe);
  assert.equal(sender.mid, zoe.plan.media[0]?.mid);
  assert.deepEqual(linesOf(answer, "a=recvonly").length, 1);
  assert.deepEqual(linesOf(answer, "a=msid:s").length, 1);
  assert.ok(!zoe.isNeeded);
});

test("a local description with changed media is refused", () => {
  const amy = new MediaParty("amy");
  amy.add("video", "sendrecv");
  const offer = amy.offer();
  for (const changed of [
    offer.replace("a=sendrecv", "a=recvonly"),
    offer.replace("VP8", "VP9"),
    offer.replace("SAVPF 96", "SAVPF 97"),
    offer.replace("a=rtcp-mux\r\n", ""),
    offer.replace("a=mid:0", "a=mid:1"),
    offer.replace("ssrc:1000", "ssrc:1001"),
  ]) {
    assert.notEqual(changed, offer);
    fails("invalid-modification", () => amy.local("offer", changed), /created last/);
  }
  amy.local("offer", offer.replace("c=IN IP4 0.0.0.0\r\n", "c=IN IP4 0.0.0.0\r\nb=AS:500\r\n"));
});

test("bandwidth, packet times and codecs beside those offered are told", () => {
  const [amy, zoe] = pair();
  amy.add("audio");
  amy.local("offer", amy.offer());
  zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
  const more = "a=ptime:20\r\na=maxptime:60\r\na=rtpmap:77 other/8000\r\na=imageattr:96 send *\r\nx=y\r\n";
  const answer = zoe
    .answer()
    .replace("SAVPF 111", "SAVPF 50 111")
    .replace("IN IP4 0.0.0.0\r\na=ice", "IN IP4 0.0.0.0\r\nb=AS:500\r\nb=CT:1\r\na=ice")
    .replace("a=mid:0\r\n", `a=mid:0\r\n${more.replace("77", "50")}`);
  amy.remote("answer", answer);
  const [section] = amy.plan.media;
  assert.equal(section?.remoteBandwidth, 459_000);
  assert.deepEqual([section?.ptime, section?.maxptime], [20, 60]);
  assert.equal(section?.remoteCodecs[0]?.mimeType, "audio/other");
  assert.equal(section?.sendCodecs.length, 5);
});
