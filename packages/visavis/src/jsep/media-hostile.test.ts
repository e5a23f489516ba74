import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as browsers from "../sdp/browser-offers.test.ts";
import { LAYERED_OFFER, linesOf, MediaParty } from "./media-scene.test.ts";
import { JsepError } from "./negotiation.ts";

const edit = fc.record({
  kind: fc.constantFrom("drop", "double", "move", "character", "number", "word"),
  at: fc.nat(100_000),
  to: fc.nat(100_000),
  text: fc.string({ maxLength: 2 }),
});

function mangle(sdp: string, { kind, at, to, text }: { kind: string; at: number; to: number; text: string }): string {
  const lines = sdp.split("\r\n");
  const line = lines[at % lines.length] ?? "";
  if (kind === "drop" || kind === "move") lines.splice(at % lines.length, 1);
  if (kind === "double" || kind === "move") lines.splice(to % lines.length, 0, line);
  if (kind === "number") lines[at % lines.length] = line.replace(/[0-9]+/, String(to % 300));
  if (kind === "word") lines[at % lines.length] = line.split(" ").slice(0, -1).join(" ");
  const joined = lines.join("\r\n");
  return kind === "character"
    ? joined.slice(0, at % joined.length) + text + joined.slice((at % joined.length) + (to % 2))
    : joined;
}

/** Everything that a plan tells, so that all of it is read. */
function readAll(party: MediaParty): number {
  let count = 0;
  for (const media of party.plan.media) {
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(media)).filter((name) => name !== "constructor");
    for (const name of names) if (Reflect.get(media, name) !== undefined) count++;
  }
  return count;
}

test("fuzz: mangled media is applied or refused with a typed error, and what is applied is answered and offered again", () => {
  const { CHROMIUM_MEDIA, FIREFOX_MEDIA, FIREFOX_MAX_BUNDLE } = browsers;
  const sources = [CHROMIUM_MEDIA, FIREFOX_MEDIA, FIREFOX_MAX_BUNDLE, LAYERED_OFFER];
  let [applied, live] = [0, 0];
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 5 }), (source, edits) => {
      const offer = edits.reduce(mangle, source);
      const zoe = new MediaParty("zoe");
      try {
        zoe.remote("offer", offer);
      } catch (error) {
        assert.ok(error instanceof JsepError && error.code !== "invalid-state", String(error));
        return;
      }
      applied++;
      for (const transceiver of zoe.transceivers) transceiver.direction = "sendrecv";
      const answer = zoe.answer();
      zoe.local("answer", answer);
      live += readAll(zoe);
      zoe.local("offer", zoe.offer());
      readAll(zoe);
    }),
    { numRuns: 250 },
  );
  assert.ok(applied > 40 && live > 500, `${applied} applied, ${live} values read`);
});

test("fuzz: mangled answers are applied or refused with a typed error", () => {
  let applied = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), (edits, withLayers) => {
      const [amy, zoe] = [new MediaParty("amy"), new MediaParty("zoe")];
      amy.add("audio");
      amy.add("video", "sendrecv", withLayers ? { sendRids: [{ rid: "a" }, { rid: "b" }] } : {});
      amy.add("video", "recvonly");
      amy.wanted = true;
      amy.local("offer", amy.offer());
      zoe.remote("offer", amy.n.pendingLocal?.sdp ?? "");
      const answer = edits.reduce(mangle, zoe.answer());
      try {
        amy.remote("answer", answer);
      } catch (error) {
        assert.ok(error instanceof JsepError && error.code !== "invalid-state", String(error));
        return;
      }
      applied++;
      readAll(amy);
      amy.local("offer", amy.offer());
    }),
    { numRuns: 150 },
  );
  assert.ok(applied > 20, `${applied} applied`);
});

test("hundreds of sections and thousands of lines are answered in little time", () => {
  const [head = "", section = ""] = LAYERED_OFFER.split(/(?=^m=)/m);
  const many = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join("");
  const mids = many(200, (index) => ` m${index}`).trim();
  const wide =
    head.replace(/BUNDLE .*/, `BUNDLE ${mids}`) +
    many(200, (index) => section.replace("a=mid:0", `a=mid:m${index}`).replace(/a=msid.*\r\n/, ""));
  const long =
    head +
    section +
    many(3000, (index) => `a=ssrc:${index} cname:x\r\n`) +
    many(3000, (index) => `a=ssrc-group:FID ${index} ${index + 1}\r\n`) +
    many(3000, (index) => `a=rid:r${index} send\r\n`) +
    many(3000, (index) => `a=rtcp-fb:96 x${index}\r\n`) +
    many(3000, (index) => `a=extmap:${index} urn:${index}\r\n`) +
    many(3000, (index) => `a=rtpmap:${index % 90} x${index}/90000\r\n`) +
    `a=simulcast:send ${many(1500, (index) => `;r${index}`).slice(1)}\r\n`;
  for (const offer of [wide, long]) {
    const started = process.cpuUsage();
    const party = new MediaParty("zoe");
    party.remote("offer", offer);
    const answer = party.answer();
    party.local("answer", answer);
    readAll(party);
    party.local("offer", party.offer());
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 4_000_000, `${(user + system) / 1e6} s of CPU`);
    assert.ok(linesOf(answer, "m=").every((line) => line.startsWith("m=video 9")));
  }
});
