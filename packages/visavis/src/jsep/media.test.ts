import assert from "node:assert/strict";
import { test } from "node:test";
import * as browsers from "../sdp/browser-offers.test.ts";
import type { Direction } from "./media.ts";
import { AUDIO, exchange, linesOf, MediaParty, sectionsOf } from "./media-scene.test.ts";

const pair = (): [MediaParty, MediaParty] => [new MediaParty("amy"), new MediaParty("zoe")];

test("the first offer for sound, line by line", () => {
  const amy = new MediaParty("amy");
  amy.add("audio", "sendrecv", { codecs: AUDIO.slice(0, 3), streams: ["s"] });
  assert.deepEqual(sectionsOf(amy.offer())[0]?.split("\r\n"), [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0",
    "c=IN IP4 0.0.0.0",
    "a=ice-ufrag:amy0",
    "a=ice-pwd:amy0xxxxxxxxxxxxxxxxxxxx",
    `a=fingerprint:sha-256 ${Array<string>(32).fill("1A").join(":")}`,
    "a=setup:actpass",
    "a=mid:0",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=sendrecv",
    "a=msid:s amy-track-0",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=rtpmap:63 red/48000/2",
    "a=fmtp:63 111/111",
    "a=rtpmap:0 PCMU/8000",
    "a=ssrc:1000 cname:cname",
    "a=ssrc:1000 msid:s amy-track-0",
    "",
  ]);
});

test("sound and pictures are agreed on, and both sides see the same", () => {
  const [amy, zoe] = pair();
  amy.add("audio");
  amy.add("video");
  amy.wanted = true;
  const { offer, answer } = exchange(amy, zoe);
  assert.deepEqual(linesOf(offer, "a=group"), ["a=group:BUNDLE 0 1 2"]);
  assert.deepEqual(linesOf(answer, "a=group"), ["a=group:BUNDLE 0 1 2"]);
  assert.deepEqual(
    linesOf(answer, "m=").map((line) => line.split(" ")[1]),
    ["9", "9", "9"],
  );
  const [mine, theirs] = [amy.plan, zoe.plan];
  assert.deepEqual(mine.sections, theirs.sections);
  assert.equal(mine.transports.length, 1);
  assert.deepEqual(mine.transports[0]?.mids, ["0", "1", "2"]);
  for (const [index, own] of mine.media.entries()) {
    const other = theirs.media[index];
    assert.ok(other);
    assert.deepEqual(own.sendCodecs, other.receiveCodecs);
    assert.deepEqual(own.receiveCodecs, other.sendCodecs);
    assert.equal(own.sendCodecs.length, own.kind === "audio" ? 5 : 10);
    assert.equal(own.direction, "sendonly");
    assert.equal(other.direction, "recvonly");
    assert.deepEqual(
      own.sendExtensions.map(({ id, uri }) => `${id} ${uri}`),
      other.receiveExtensions.map(({ id, uri }) => `${id} ${uri}`),
    );
    assert.ok(own.rtcpMux && own.reducedSize && own.mixedExtensions && !own.cryptex);
  }
  assert.deepEqual(theirs.media[1]?.remoteSources, [
    { ssrc: 1001, cname: "cname", msid: { stream: "-", track: "amy-track-1" }, rtx: 2001, fec: 3001 },
  ]);
  assert.deepEqual(theirs.media[1]?.remoteMsids, [{ stream: "-", track: "amy-track-1" }]);
  assert.ok(!amy.isNeeded && !zoe.isNeeded);
});

test("directions: what both want, whoever offers", () => {
  const directions: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];
  for (const mine of directions) {
    for (const theirs of directions) {
      const [amy, zoe] = pair();
      const own = amy.add("audio", mine);
      zoe.add("audio", theirs, { isByAddTrack: true });
      exchange(amy, zoe);
      // An inactive section takes no transceiver that addTrack made, so zoe may have two.
      const [section] = amy.plan.media;
      const other = zoe.plan.media[0];
      const sends = mine.startsWith("send") && (theirs === "sendrecv" || theirs === "recvonly");
      const receives = (mine === "sendrecv" || mine === "recvonly") && theirs.startsWith("send");
      if (mine !== "inactive") {
        assert.equal(section?.direction?.startsWith("send"), sends, `${mine} ${theirs}`);
        assert.equal(section?.direction === "sendrecv" || section?.direction === "recvonly", receives, `${mine} ${theirs}`);
      }
      const mirrored = { sendrecv: "sendrecv", sendonly: "recvonly", recvonly: "sendonly", inactive: "inactive" } as const;
      assert.equal(other?.direction, mirrored[section?.direction ?? "inactive"]);
      // Another exchange with a change.
      own.direction = "sendrecv";
      assert.equal(amy.isNeeded, mine !== "sendrecv", mine);
      exchange(amy, zoe);
      own.direction = "inactive";
      exchange(amy, zoe);
      assert.equal(amy.plan.media[0]?.direction, "inactive");
      assert.ok(!amy.isNeeded);
    }
  }
});

test("payload types stay over renegotiations, and the answer takes those offered", () => {
  const [amy, zoe] = pair();
  amy.add("video");
  const zoes = zoe.add("video", "sendrecv", { isByAddTrack: true });
  // Zoe would use other numbers.
  zoes.codecs = zoes.codecs.map((codec) => ({
    ...codec,
    payloadType: codec.payloadType + 20,
    fmtp: codec.fmtp.replace(/apt=(\d+)/, (_, apt) => `apt=${Number(apt) + 20}`),
  }));
  const { offer, answer } = exchange(amy, zoe);
  assert.deepEqual(linesOf(answer, "a=rtpmap"), linesOf(offer, "a=rtpmap"));
  assert.deepEqual(linesOf(answer, "a=fmtp"), linesOf(offer, "a=fmtp"));
  const again = exchange(zoe, amy);
  assert.deepEqual(linesOf(again.offer, "a=rtpmap"), linesOf(offer, "a=rtpmap"));
  assert.deepEqual(linesOf(again.offer, "m="), linesOf(offer, "m="));
  // A second section uses the same ones.
  zoe.add("video").codecs = zoes.codecs;
  const third = exchange(zoe, amy);
  const [first, second] = sectionsOf(third.offer).map((text) => linesOf(text, "a=rtpmap"));
  assert.deepEqual(first, second);
});

test("descriptions of browsers with media are answered with media", () => {
  const { CHROMIUM_MEDIA, FIREFOX_MEDIA, FIREFOX_MAX_BUNDLE } = browsers;
  for (const [name, offer] of Object.entries({ CHROMIUM_MEDIA, FIREFOX_MEDIA, FIREFOX_MAX_BUNDLE })) {
    const zoe = new MediaParty("zoe");
    zoe.remote("offer", offer);
    for (const transceiver of zoe.transceivers) transceiver.direction = "sendrecv";
    const answer = zoe.answer();
    zoe.local("answer", answer);
    assert.deepEqual(
      linesOf(answer, "m=").map((line) => line.split(" ").slice(0, 2).join(" ")),
      ["m=audio 9", "m=video 9", "m=application 9"],
      name,
    );
    assert.deepEqual(linesOf(answer, "a=group"), ["a=group:BUNDLE 0 1 2"], name);
    const offered = new Set(linesOf(offer, "a=rtpmap"));
    for (const line of linesOf(answer, "a=rtpmap")) assert.ok(offered.has(line), `${name}: ${line}`);
    assert.equal(zoe.plan.transports.length, 1);
    assert.ok((zoe.plan.media[1]?.sendCodecs.length ?? 0) >= 4, name);
    // And our next offer keeps their numbers.
    const again = zoe.offer();
    for (const line of linesOf(again, "a=rtpmap")) {
      const clash = linesOf(offer, line.split(" ")[0] ?? "").filter((theirs) => theirs !== line);
      assert.deepEqual(
        clash.filter((theirs) => theirs.split(" ")[0] === line.split(" ")[0]),
        [],
        `${name}: ${line}`,
      );
    }
  }
});
