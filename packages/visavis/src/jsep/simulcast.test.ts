import assert from "node:assert/strict";
import { test } from "node:test";
import { SdpSyntaxError } from "../sdp/description.ts";
import { parseSession } from "../sdp/parse.ts";
import { exchange, linesOf, MediaParty } from "./media-scene.test.ts";
import { ridsOf } from "./simulcast.ts";

const LAYERS = [{ rid: "low" }, { rid: "mid", paused: true }, { rid: "high", restrictions: "max-width=1280;max-fps=30" }];
const pair = (): [MediaParty, MediaParty] => [new MediaParty("amy"), new MediaParty("zoe")];
const rids = (list: readonly { readonly rid: string }[] | undefined): string[] => list?.map(({ rid }) => rid) ?? [];

test("layers are read as RFC 8853 says", () => {
  const read = (direction: "send" | "recv", ...lines: readonly string[]): string[] => {
    const text = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "m=video 9 RTP/SAVPF 96", ...lines, ""].join("\r\n");
    const session = parseSession(text);
    assert.ok(!(session instanceof SdpSyntaxError));
    const [media] = session.media;
    assert.ok(media);
    return ridsOf(media, direction).map(({ rid, paused, payloadTypes, restrictions }) =>
      [`${paused ? "~" : ""}${rid}`, ...(payloadTypes ?? []), ...Object.entries(restrictions).flat()].join(" "),
    );
  };
  const three = ["a=rid:a send pt=96,97;max-width=1280", "a=rid:b send", "a=rid:c recv max-fps=15;custom"];
  assert.deepEqual(read("send", ...three), ["a 96 97 max-width 1280", "b"]);
  assert.deepEqual(read("recv", ...three), ["c max-fps 15 custom "]);
  assert.deepEqual(read("send", ...three, "a=simulcast:send ~b;x,a recv c"), ["~b", "a 96 97 max-width 1280"]);
  // Names without a rid line, of the wrong direction, or that come twice are no layers.
  assert.deepEqual(read("send", ...three, "a=simulcast:send c;x"), []);
  assert.deepEqual(read("send", "a=rid:a send", "a=rid:a recv", "a=rid:b send", "a=simulcast:send a;b;b"), ["b"]);
  assert.deepEqual(read("send", "a=simulcast:send a;b"), []);
  // What cannot be read counts as not there.
  assert.deepEqual(read("send", "a=rid:a send", "a=simulcast: send rid=a;b"), ["a"]);
  const many = Array.from({ length: 500 }, (_, index) => `a=rid:r${index} send`);
  assert.equal(read("send", ...many).length, 32);
});

test("simulcast is offered, and the answer chooses", () => {
  const [amy, zoe] = pair();
  amy.add("video", "sendonly", { sendRids: LAYERS });
  const { offer, answer } = exchange(amy, zoe);
  assert.deepEqual(linesOf(offer, "a=rid"), ["a=rid:low send", "a=rid:mid send", "a=rid:high send max-width=1280;max-fps=30"]);
  assert.deepEqual(linesOf(offer, "a=simulcast"), ["a=simulcast:send low;~mid;high"]);
  assert.deepEqual(linesOf(offer, "a=ssrc"), []);
  assert.deepEqual(linesOf(answer, "a=rid"), ["a=rid:low recv", "a=rid:mid recv", "a=rid:high recv"]);
  assert.deepEqual(linesOf(answer, "a=simulcast"), ["a=simulcast:recv low;mid;high"]);
  assert.deepEqual(rids(amy.plan.media[0]?.localSendRids), ["low", "mid", "high"]);
  assert.deepEqual(rids(zoe.plan.media[0]?.localReceiveRids), ["low", "mid", "high"]);
  assert.deepEqual(rids(zoe.plan.media[0]?.remoteSendRids), ["low", "mid", "high"]);
  // The receiver's own offers go on receiving them.
  const again = exchange(zoe, amy);
  assert.deepEqual(linesOf(again.offer, "a=simulcast"), ["a=simulcast:recv low;mid;high"]);
  assert.deepEqual(linesOf(again.answer, "a=simulcast"), ["a=simulcast:send low;~mid;high"]);
  assert.deepEqual(rids(amy.plan.media[0]?.localSendRids), ["low", "mid", "high"]);
});

test("an answer drops layers, or all of them", () => {
  for (const [change, left, paused] of [
    [(sdp: string) => sdp.replace("a=rid:mid recv\r\n", "").replace("low;mid;high", "low;~high"), ["low", "high"], ["high"]],
    [(sdp: string) => sdp.replace(/a=(rid|simulcast):.*\r\n/g, ""), [], []],
    [(sdp: string) => sdp.replace(/a=rid:(mid|high).*\r\n/g, "").replace(/a=simulcast:.*\r\n/, ""), ["low"], []],
  ] as const) {
    const [amy, zoe] = pair();
    amy.add("video", "sendonly", { sendRids: LAYERS });
    amy.local("offer", amy.offer());
    assert.deepEqual(rids(amy.plan.media[0]?.localSendRids), ["low", "mid", "high"]);
    zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
    amy.remote("answer", change(zoe.answer()));
    const [section] = amy.plan.media;
    assert.deepEqual(rids(section?.localSendRids), left);
    assert.deepEqual(rids(section?.remoteReceiveRids.filter((each) => each.paused)), paused);
  }
});

test("an offer to receive simulcast is answered with the layers that are there", () => {
  const [amy, zoe] = pair();
  amy.add("video", "recvonly");
  const offer = `${amy.offer()}a=rid:foo recv\r\na=rid:bar recv\r\na=rid:baz recv\r\na=simulcast:recv foo;bar;baz\r\n`;
  zoe.remote("offer", offer);
  const [section] = zoe.plan.media;
  assert.deepEqual(rids(section?.remoteReceiveRids), ["foo", "bar", "baz"]);
  const [pictures] = zoe.transceivers;
  assert.ok(pictures);
  Object.assign(pictures, { direction: "sendonly", sendRids: [{ rid: "foo" }, { rid: "bar" }, { rid: "other" }] });
  const answer = zoe.answer();
  assert.deepEqual(linesOf(answer, "a=rid"), ["a=rid:foo send", "a=rid:bar send"]);
  assert.deepEqual(linesOf(answer, "a=simulcast"), ["a=simulcast:send foo;bar"]);
  zoe.local("answer", answer);
  assert.deepEqual(rids(zoe.plan.media[0]?.localSendRids), ["foo", "bar"]);
  // An offer that knows no layers gets one stream.
  const bob = new MediaParty("bob");
  bob.remote("offer", new MediaParty("eve").offer());
  const plain = new MediaParty("eve");
  plain.add("video", "recvonly");
  bob.remote("offer", plain.offer());
  for (const transceiver of bob.transceivers) Object.assign(transceiver, { direction: "sendonly", sendRids: LAYERS });
  const single = bob.answer();
  assert.deepEqual(linesOf(single, "a=rid"), []);
  assert.equal(linesOf(single, "a=ssrc-group").length, 2);
});

test("layers that are bound to payload types nobody takes are not received", () => {
  const [amy, zoe] = pair();
  amy.add("video", "sendonly", {
    sendRids: [
      { rid: "a", restrictions: "pt=96" },
      { rid: "b", restrictions: "pt=98,45" },
      { rid: "c", restrictions: "pt=127" },
    ],
  });
  const { answer } = exchange(amy, zoe);
  assert.deepEqual(linesOf(answer, "a=simulcast"), ["a=simulcast:recv a;b"]);
  assert.deepEqual(amy.plan.media[0]?.localSendRids[1]?.payloadTypes, [98, 45]);
});
