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

test("bundle policies: which sections have an address of their own before the answer", () => {
  const cases = [
    ["balanced", ["9", "9", "0", "0", "9"], 3],
    ["max-compat", ["9", "9", "9", "9", "9"], 5],
    ["max-bundle", ["9", "0", "0", "0", "0"], 1],
  ] as const;
  for (const [policy, ports, count] of cases) {
    const [amy, zoe] = pair();
    amy.bundlePolicy = policy;
    for (const kind of ["audio", "video", "audio", "video"] as const) amy.add(kind);
    amy.wanted = true;
    const offer = amy.offer();
    assert.deepEqual(
      linesOf(offer, "m=").map((line) => line.split(" ")[1]),
      ports,
      policy,
    );
    assert.equal(linesOf(offer, "a=bundle-only").length, ports.filter((port) => port === "0").length, policy);
    const proposed = amy.local("offer", offer).plan;
    assert.equal(proposed.transports.length, count, policy);
    assert.deepEqual(proposed.transports.flatMap(({ mids }) => mids).sort(), ["0", "1", "2", "3", "4"]);
    zoe.remote("offer", offer);
    assert.equal(zoe.plan.transports.length, 1);
    const answer = zoe.answer();
    zoe.local("answer", answer);
    const { plan } = amy.remote("answer", answer);
    assert.deepEqual(
      plan.transports.map(({ key, mid, mids, isBundle }) => ({ key, mid, mids, isBundle })),
      [{ key: "0", mid: "0", mids: ["0", "1", "2", "3", "4"], isBundle: true }],
      policy,
    );
    // What comes later joins.
    amy.add("audio");
    const { offer: later } = exchange(amy, zoe);
    assert.deepEqual(linesOf(later, "a=group"), ["a=group:BUNDLE 0 1 2 3 4 5"]);
    assert.deepEqual(linesOf(later, "a=bundle-only"), []);
    assert.equal(amy.plan.transports.length, 1);
  }
});

test("without a bundle each section has a transport, also over renegotiations", () => {
  const [amy, zoe] = pair();
  amy.bundlePolicy = "max-compat";
  amy.add("audio");
  amy.add("video");
  const withoutBundle = (sdp: string): string => sdp.replace(/a=group:BUNDLE.*\r\n/, "");
  for (const count of [2, 3, 3]) {
    if (count === 3 && amy.transceivers.length === 2) amy.add("video");
    amy.local("offer", amy.offer());
    zoe.remote("offer", withoutBundle(amy.n.pendingLocal?.sdp ?? ""));
    assert.equal(amy.plan.transports.length, count);
    const answer = zoe.answer();
    assert.deepEqual(linesOf(answer, "a=group"), []);
    zoe.local("answer", answer);
    amy.remote("answer", answer);
    for (const { plan } of [amy, zoe]) {
      assert.deepEqual(
        plan.transports.map(({ key, mids, isBundle }) => ({ key, mids, isBundle })),
        ["0", "1", "2"].slice(0, count).map((mid) => ({ key: mid, mids: [mid], isBundle: false })),
      );
    }
  }
  // The other side bundles after all: the first transport goes on.
  exchange(amy, zoe);
  assert.deepEqual(
    amy.plan.transports.map(({ key, mids }) => ({ key, mids })),
    [{ key: "0", mids: ["0", "1", "2"] }],
  );
  const { offer } = exchange(zoe, amy);
  assert.deepEqual([...new Set(linesOf(offer, "a=ice-ufrag"))], ["a=ice-ufrag:zoe0"]);
});

test("max-bundle answers what it can bundle", () => {
  const [amy, zoe] = pair();
  amy.add("audio");
  amy.add("video");
  zoe.bundlePolicy = "max-bundle";
  amy.local("offer", amy.offer());
  zoe.remote("offer", (amy.n.pendingLocal?.sdp ?? "").replace(/a=group:BUNDLE.*\r\n/, ""));
  const answer = zoe.answer();
  assert.deepEqual(
    linesOf(answer, "m=").map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["m=audio 9", "m=video 0"],
  );
});

test("a new transport, with the same credentials, when the section that gave the old one its parameters is stopped", () => {
  const [amy, zoe] = pair();
  const sound = amy.add("audio");
  amy.add("video");
  exchange(amy, zoe);
  const [before] = amy.plan.transports;
  for (const side of [amy, zoe]) side.refresh();
  sound.isStopped = true;
  assert.ok(amy.isNeeded);
  const { offer, answer } = exchange(amy, zoe);
  assert.ok(!amy.isNeeded);
  for (const sdp of [offer, answer]) {
    assert.deepEqual(
      linesOf(sdp, "m=").map((line) => line.split(" ").slice(0, 2).join(" ")),
      ["m=audio 0", "m=video 9"],
    );
    assert.deepEqual(linesOf(sdp, "a=group"), ["a=group:BUNDLE 1"]);
  }
  for (const { plan } of [amy, zoe]) {
    const [after, ...others] = plan.transports;
    assert.equal(others.length, 0);
    assert.deepEqual([after?.key, after?.mid, after?.isBundle], ["1", "1", true]);
  }
  assert.deepEqual(amy.plan.transports[0]?.local?.ice, before?.local?.ice);
  assert.deepEqual(amy.plan.transports[0]?.remote?.ice, before?.remote?.ice);
  // The place is used again, with a new mid, which becomes the tag.
  amy.add("video");
  const again = exchange(amy, zoe);
  assert.deepEqual(
    linesOf(again.offer, "m=").map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["m=video 9", "m=video 9"],
  );
  assert.deepEqual(linesOf(again.offer, "a=mid"), ["a=mid:2", "a=mid:1"]);
  assert.deepEqual(linesOf(again.offer, "a=group"), ["a=group:BUNDLE 2 1"]);
  assert.deepEqual(
    zoe.plan.transports.map(({ key, mid }) => ({ key, mid })),
    [{ key: "1", mid: "2" }],
  );
  assert.deepEqual(amy.plan.transports[0]?.local?.ice, before?.local?.ice);
  assert.equal(zoe.transceivers.length, 2);
});

test("credentials stay when a new section takes over a bundle whose own one is stopped", () => {
  const [amy, zoe] = pair();
  const [sound, picture] = [amy.add("audio"), amy.add("video")];
  amy.add("video");
  exchange(amy, zoe);
  sound.isStopped = true;
  const before = exchange(amy, zoe);
  for (const side of [amy, zoe]) side.refresh();
  picture.isStopped = true;
  amy.add("video");
  const after = exchange(amy, zoe);
  assert.deepEqual(linesOf(after.offer, "a=group"), ["a=group:BUNDLE 3 2"]);
  for (const type of ["offer", "answer"] as const) {
    const [ours, ...others] = new Set(linesOf(before[type] + after[type], "a=ice-ufrag"));
    assert.ok(ours !== undefined && others.length === 0, `${type}: ${others}`);
  }
});

test("places of stopped transceivers are used again, for either kind, and mids are not", () => {
  const [amy, zoe] = pair();
  const mids: string[] = [];
  for (const kind of ["audio", "audio", "video", "video"] as const) {
    const transceiver = amy.add(kind);
    exchange(amy, zoe);
    assert.equal(sectionsOf(amy.n.currentLocal?.sdp ?? "").length, 1);
    mids.push(transceiver.mid ?? "");
    transceiver.isStopped = true;
    exchange(amy, zoe);
    assert.equal(amy.transceivers.length + zoe.transceivers.length, 0);
  }
  assert.equal(new Set(mids).size, 4, mids.join());
  // Also those that the other side's offer had rejected from the start.
  const bob = new MediaParty("bob");
  bob.remote("offer", zoe.n.currentRemote?.sdp ?? "");
  bob.local("answer", bob.answer());
  assert.equal(bob.transceivers.length, 0);
  bob.add("audio");
  assert.equal(sectionsOf(bob.offer()).length, 1);
});

test("rollback: sections, transceivers and payload types are as before", () => {
  const [amy, zoe] = pair();
  amy.add("audio");
  exchange(amy, zoe);
  const before = [amy.plan.sections, zoe.plan.sections];
  const added = amy.add("video");
  amy.local("offer", amy.offer());
  assert.equal(added.mid, "1");
  zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
  assert.equal(zoe.transceivers.length, 2);
  amy.rollback("local");
  zoe.rollback("remote");
  assert.equal(added.mid, undefined);
  assert.equal(zoe.transceivers.length, 1);
  assert.deepEqual([amy.plan.sections, zoe.plan.sections], before);
  // Glare: both offer a new section, and one gives in.
  zoe.add("audio", "sendrecv", { isByAddTrack: true });
  zoe.local("offer", zoe.offer());
  amy.local("offer", amy.offer());
  assert.ok(zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "").rolledBack);
  zoe.local("answer", zoe.answer());
  amy.remote("answer", zoe.n.currentLocal?.sdp ?? "");
  assert.deepEqual(amy.plan.sections, zoe.plan.sections);
  assert.ok(zoe.isNeeded);
  exchange(zoe, amy);
  assert.deepEqual(
    amy.plan.media.map(({ mid, kind, direction }) => `${mid} ${kind} ${direction}`),
    ["0 audio sendonly", "1 video sendonly", "2 audio recvonly"],
  );
});

test("a provisional answer starts sections, and the answer may say something else", () => {
  const [amy, zoe] = pair();
  amy.add("audio");
  amy.add("video");
  amy.local("offer", amy.offer());
  zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
  const provisional = zoe.answer();
  zoe.local("pranswer", provisional);
  amy.remote("pranswer", provisional);
  assert.equal(amy.plan.media[1]?.direction, "sendonly");
  assert.equal(amy.plan.media[1]?.state, "accepted");
  const pictures = zoe.transceivers[1];
  if (pictures) pictures.direction = "inactive";
  const answer = zoe.answer();
  zoe.local("answer", answer);
  amy.remote("answer", answer);
  assert.equal(amy.plan.media[1]?.direction, "inactive");
  assert.deepEqual(linesOf(answer, "a=ice-ufrag"), linesOf(provisional, "a=ice-ufrag"));
});

test("an answer does not reject the section that gives a running bundle its transport, but the next offer does", () => {
  const [amy, zoe] = pair();
  amy.add("audio");
  amy.add("video");
  exchange(amy, zoe);
  const [sound] = zoe.transceivers;
  assert.ok(sound);
  sound.isStopped = true;
  const { answer } = exchange(amy, zoe);
  assert.deepEqual(
    linesOf(answer, "m=").map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["m=audio 9", "m=video 9"],
  );
  assert.deepEqual(linesOf(answer, "a=inactive").length, 1);
  assert.ok(zoe.isNeeded);
  const { offer } = exchange(zoe, amy);
  assert.deepEqual(
    linesOf(offer, "m=").map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["m=audio 0", "m=video 9"],
  );
  assert.ok(!zoe.isNeeded && !amy.isNeeded);
  assert.equal(amy.plan.transports.length, 1);
  assert.equal(amy.plan.transports[0]?.key, "1");
});
