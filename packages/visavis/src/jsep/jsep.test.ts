import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as browsers from "../sdp/browser-offers.test.ts";
import { SdpSyntaxError, type SessionDescription } from "../sdp/description.ts";
import { parseSession } from "../sdp/parse.ts";
import { createAnswer } from "./answer.ts";
import { applyLocal, applyRemote, closed, needsRollback, rollback } from "./apply.ts";
import { addRemoteCandidate, MAX_SECTION_CANDIDATES, type RemoteCandidate, withLocalCandidates } from "./candidates.ts";
import { defaultAddress } from "./default-candidate.ts";
import {
  type Applied,
  type DescriptionType,
  type Gathered,
  type IceCredentials,
  INITIAL,
  JsepError,
  type LocalMaterial,
  type Negotiation,
  type Side,
} from "./negotiation.ts";
import { createOffer } from "./offer.ts";
import { isNegotiationNeeded, planOf } from "./plan.ts";

const { SEED } = process.env;
const seed = SEED === undefined ? {} : { seed: Number(SEED) };

const digest = (byte: string): string => Array<string>(32).fill(byte).join(":");

const credentials = (name: string): IceCredentials => ({ usernameFragment: name, password: name.padEnd(24, "x") });

/** One side: its snapshot, and what it would give to createOffer. */
class Party {
  n: Negotiation = INITIAL;
  wanted: boolean;
  gathered: Gathered[] = [];
  iceRestart = false;
  answerSetup: "active" | "passive" | undefined = undefined;
  readonly name: string;
  readonly fingerprint: string;
  #generation = 0;

  constructor(name: string, wanted = true, fingerprint = digest(name === "zoe" ? "2B" : "1A")) {
    this.name = name;
    this.wanted = wanted;
    this.fingerprint = fingerprint;
  }

  /** Fresh credentials for the next restart. */
  refresh(): void {
    this.#generation++;
  }

  get material(): LocalMaterial {
    return {
      sessionId: this.name === "zoe" ? "222" : "111",
      ice: credentials(`${this.name}${this.#generation}`),
      iceRestart: this.iceRestart,
      fingerprints: [{ algorithm: "sha-256", value: this.fingerprint }],
      ...(this.answerSetup ? { answerSetup: this.answerSetup } : {}),
      data: { wanted: this.wanted, sctpPort: 5000, maxMessageSize: 262144 },
      gathered: this.gathered,
    };
  }

  offer(): string {
    const { next, sdp } = createOffer(this.n, this.material);
    this.n = next;
    return sdp;
  }

  answer(): string {
    const { next, sdp } = createAnswer(this.n, this.material);
    this.n = next;
    return sdp;
  }

  local(type: DescriptionType, sdp = ""): Applied["effects"] {
    const { next, effects } = applyLocal(this.n, type, sdp);
    this.n = next;
    return effects;
  }

  remote(type: DescriptionType, sdp: string): Applied["effects"] {
    const { next, effects } = applyRemote(this.n, type, sdp);
    this.n = next;
    return effects;
  }

  rollback(side: Side): void {
    this.n = rollback(this.n, side);
  }
}

/** A whole exchange. */
function exchange(offerer: Party, answerer: Party): { readonly offer: string; readonly answer: string } {
  const offer = offerer.offer();
  offerer.local("offer", offer);
  answerer.remote("offer", offer);
  const answer = answerer.answer();
  answerer.local("answer", answer);
  offerer.remote("answer", answer);
  return { offer, answer };
}

function fails(code: string, run: () => unknown, message = /./): JsepError {
  let caught: unknown;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  assert.ok(caught instanceof JsepError, `should have failed with ${code}, got ${String(caught)}`);
  assert.equal(caught.code, code, caught.message);
  assert.match(caught.message, message);
  return caught;
}

const linesOf = (sdp: string, start: string): string[] => sdp.split("\r\n").filter((line) => line.startsWith(start));
const sections = (sdp: string): string[] => sdp.split(/(?=^m=)/m).slice(1);

function parsed(sdp: string): SessionDescription {
  const session = parseSession(sdp);
  assert.ok(!(session instanceof SdpSyntaxError));
  return session;
}

test("the first offer for data, line by line", () => {
  assert.equal(
    new Party("amy").offer(),
    [
      "v=0",
      "o=- 111 1 IN IP4 0.0.0.0",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0",
      "a=extmap-allow-mixed",
      "a=ice-options:trickle ice2",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      "a=ice-ufrag:amy0",
      "a=ice-pwd:amy0xxxxxxxxxxxxxxxxxxxx",
      `a=fingerprint:sha-256 ${digest("1A")}`,
      "a=setup:actpass",
      "a=mid:0",
      "a=sctp-port:5000",
      "a=max-message-size:262144",
      "",
    ].join("\r\n"),
  );
});

test("an offer without data channels has no sections, and can be answered", () => {
  const [amy, zoe] = [new Party("amy", false), new Party("zoe", true)];
  const { offer, answer } = exchange(amy, zoe);
  assert.deepEqual([...sections(offer), ...sections(answer)], []);
  assert.deepEqual([...linesOf(offer, "a=group"), ...linesOf(answer, "a=group")], []);
  assert.equal(zoe.n.signalingState, "stable");
  assert.equal(planOf(zoe.n).data, undefined);
  assert.ok(isNegotiationNeeded(zoe.n, { hasDataChannels: true, iceRestartNeeded: false }));
  // Zoe's channel then comes with her own offer.
  exchange(zoe, amy);
  assert.equal(planOf(amy.n).data?.state, "accepted");
  assert.ok(!isNegotiationNeeded(zoe.n, { hasDataChannels: true, iceRestartNeeded: false }));
});

test("an offer and an answer for data agree on everything", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe", false)];
  const offer = amy.offer();
  const proposed = amy.local("offer", offer).plan;
  assert.equal(proposed.answered, false);
  assert.deepEqual(proposed.data, {
    mid: "0",
    index: 0,
    state: "proposed",
    transportMid: "0",
    localSctpPort: 5000,
    remoteSctpPort: undefined,
    remoteMaxMessageSize: undefined,
    localSctpInit: undefined,
    remoteSctpInit: undefined,
  });
  assert.deepEqual(proposed.transports[0]?.local?.ice, credentials("amy0"));
  assert.equal(proposed.transports[0]?.remote, undefined);
  assert.equal(proposed.canTrickle, null);

  const offered = zoe.remote("offer", offer).plan;
  assert.equal(offered.transports[0]?.dtlsRole, undefined);
  assert.deepEqual(offered.transports[0]?.remote?.ice, credentials("amy0"));
  assert.equal(offered.transports[0]?.local, undefined);
  assert.equal(offered.canTrickle, true);

  const answer = zoe.answer();
  assert.deepEqual(linesOf(answer, "a=setup"), ["a=setup:active"]);
  assert.deepEqual(linesOf(answer, "a=ice-options"), ["a=ice-options:trickle ice2"]);
  assert.deepEqual(linesOf(answer, "a=group"), ["a=group:BUNDLE 0"]);
  const answered = zoe.local("answer", answer).plan;
  const back = amy.remote("answer", answer).plan;
  assert.equal(answered.transports[0]?.dtlsRole, "client");
  assert.equal(back.transports[0]?.dtlsRole, "server");
  assert.deepEqual(answered.transports[0]?.local, back.transports[0]?.remote);
  assert.deepEqual(answered.transports[0]?.remote, back.transports[0]?.local);
  assert.deepEqual(back.sections, [
    { index: 0, mid: "0", media: "application", kind: "data", state: "accepted", transportMid: "0" },
  ]);
  assert.equal(back.data?.remoteMaxMessageSize, 262144);
  assert.ok(back.answered && answered.answered);
});

test("descriptions of browsers are answered, and their answers taken", () => {
  const answers: readonly (readonly [string, string, readonly string[], string])[] = [
    ["CHROMIUM_DATA", browsers.CHROMIUM_DATA, ["application 9"], "0"],
    ["CHROMIUM_DATA_GATHERED", browsers.CHROMIUM_DATA_GATHERED, ["application 9"], "0"],
    ["CHROMIUM_MEDIA", browsers.CHROMIUM_MEDIA, ["audio 0", "video 0", "application 9"], "2"],
    ["FIREFOX_DATA", browsers.FIREFOX_DATA, ["application 9"], "0"],
    ["FIREFOX_DATA_GATHERED", browsers.FIREFOX_DATA_GATHERED, ["application 9"], "1"],
    ["FIREFOX_MEDIA", browsers.FIREFOX_MEDIA, ["audio 0", "video 0", "application 9"], "2"],
    ["FIREFOX_MAX_BUNDLE", browsers.FIREFOX_MAX_BUNDLE, ["audio 0", "video 0", "application 9"], "2"],
  ];
  for (const [name, offer, lines, mid] of answers) {
    const zoe = new Party("zoe", false);
    const { plan } = zoe.remote("offer", offer);
    const [transport] = plan.transports;
    assert.equal(plan.transports.length, 1, name);
    assert.ok(transport?.remote, name);
    assert.equal(transport.mid, plan.sections[0]?.mid, name);
    assert.equal(transport.remote.fingerprints[0]?.algorithm, "sha-256", name);
    assert.equal(transport.remote.setup, "actpass", name);
    const answer = zoe.answer();
    assert.deepEqual(
      linesOf(answer, "m=").map((line) => line.split(" ").slice(0, 2).join(" ").slice(2)),
      lines,
      name,
    );
    assert.deepEqual(linesOf(answer, "a=group"), [`a=group:BUNDLE ${mid}`], name);
    assert.deepEqual(linesOf(answer, "a=ice-options"), ["a=ice-options:trickle"], name);
    assert.equal(linesOf(answer, "a=mid").length, lines.length, name);
    zoe.local("answer", answer);
    assert.equal(planOf(zoe.n).data?.mid, mid, name);
    assert.deepEqual(
      planOf(zoe.n).transports.map((each) => each.mid),
      [mid],
      name,
    );
  }
  for (const answer of [browsers.CHROMIUM_ANSWER, browsers.FIREFOX_ANSWER]) {
    const amy = new Party("amy");
    amy.local("offer", amy.offer());
    const { plan } = amy.remote("answer", answer);
    assert.equal(plan.transports[0]?.dtlsRole, "server");
    assert.equal(plan.data?.state, "accepted");
    assert.equal(plan.transports[0]?.remote?.trickle, true);
  }
});

test("candidates in a description come with its transport, also from the section it was bundled with", () => {
  const zoe = new Party("zoe");
  const gathered = zoe.remote("offer", browsers.FIREFOX_DATA_GATHERED).plan.transports[0]?.remote;
  assert.equal(gathered?.candidates.length, 4);
  assert.ok(gathered?.candidates.every((line) => line.startsWith("candidate:")));
  assert.equal(gathered?.endOfCandidates, true);
  const bundled = browsers.FIREFOX_MAX_BUNDLE.replace("a=mid:0\r\n", "a=mid:0\r\na=candidate:1 1 UDP 1 192.0.2.1 1 typ host\r\n");
  const remote = new Party("zoe").remote("offer", bundled).plan.transports[0]?.remote;
  assert.equal(remote?.fingerprints.length, 1);
  assert.deepEqual(remote?.candidates, ["candidate:1 1 UDP 1 192.0.2.1 1 typ host"]);
  assert.equal(remote?.endOfCandidates, false);
});

const TRANSPORT = [
  "a=ice-ufrag:ETEn",
  "a=ice-pwd:OtSK0WpNtpUjkY4+86js7Z/l",
  `a=fingerprint:sha-256 ${digest("A7")}`,
  "a=setup:actpass",
];

const describe = (...lines: readonly string[]): string =>
  ["v=0", "o=- 0 3 IN IP4 127.0.0.1", "s=-", "t=0 0", ...lines].map((line) => `${line}\r\n`).join("");

const DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";

test("transport parameters at the session count for every section", () => {
  const zoe = new Party("zoe");
  const { plan } = zoe.remote("offer", describe(...TRANSPORT, "a=ice-lite", DATA, "a=mid:d", "a=sctp-port:5001"));
  const side = plan.transports[0]?.remote;
  assert.deepEqual([side?.candidates, side?.endOfCandidates], [[], false]);
  assert.deepEqual(
    { ...side },
    {
      ice: { usernameFragment: "ETEn", password: "OtSK0WpNtpUjkY4+86js7Z/l" },
      lite: true,
      trickle: false,
      renomination: false,
      fingerprints: [{ algorithm: "sha-256", value: digest("A7") }],
      setup: "actpass",
      tlsId: undefined,
    },
  );
  assert.equal(plan.canTrickle, false);
  assert.equal(plan.data?.remoteSctpPort, 5001);
  assert.equal(plan.data?.remoteMaxMessageSize, 65536);
  assert.deepEqual(linesOf(zoe.answer(), "a=ice-options"), []);
});

test("max-message-size: what is absent is 65536, and 0 is any size", () => {
  for (const [line, size] of [
    ["a=x", 65536],
    ["a=max-message-size:0", 0],
    ["a=max-message-size:1", 1],
  ] as const) {
    const { plan } = new Party("zoe").remote("offer", describe(DATA, ...TRANSPORT, line));
    assert.equal(plan.data?.remoteMaxMessageSize, size);
  }
});

test("the old form of data sections is answered in its form", () => {
  const zoe = new Party("zoe");
  const offer = describe("m=application 9 DTLS/SCTP 6000", ...TRANSPORT, "a=mid:d", "a=sctpmap:6000 webrtc-datachannel 16");
  assert.equal(zoe.remote("offer", offer).plan.data?.remoteSctpPort, 6000);
  const answer = zoe.answer();
  assert.deepEqual(linesOf(answer, "m="), ["m=application 9 DTLS/SCTP 5000"]);
  assert.deepEqual(linesOf(answer, "a=sctpmap"), ["a=sctpmap:5000 webrtc-datachannel 65535"]);
  assert.equal(zoe.local("answer", answer).plan.data?.localSctpPort, 5000);
});

test("setup: the answer takes the role that the offer leaves it", () => {
  const cases = [
    ["actpass", undefined, "active", "client"],
    ["actpass", "passive", "passive", "server"],
    ["active", undefined, "passive", "server"],
    ["active", "active", "passive", "server"],
    ["passive", undefined, "active", "client"],
    [undefined, undefined, "active", "client"],
  ] as const;
  for (const [offered, preferred, answered, role] of cases) {
    const zoe = new Party("zoe");
    zoe.answerSetup = preferred;
    const lines = TRANSPORT.slice(0, 3);
    zoe.remote("offer", describe(DATA, ...lines, ...(offered ? [`a=setup:${offered}`] : []), "a=mid:0"));
    const answer = zoe.answer();
    assert.deepEqual(linesOf(answer, "a=setup"), [`a=setup:${answered}`]);
    assert.equal(zoe.local("answer", answer).plan.transports[0]?.dtlsRole, role);
  }
});

test("setup: the role is kept when descriptions are exchanged again, whoever offers", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  assert.deepEqual(linesOf(exchange(amy, zoe).answer, "a=setup"), ["a=setup:active"]);
  const second = exchange(zoe, amy);
  assert.deepEqual(linesOf(second.offer, "a=setup"), ["a=setup:actpass"]);
  assert.deepEqual(linesOf(second.answer, "a=setup"), ["a=setup:passive"]);
  assert.deepEqual(linesOf(exchange(amy, zoe).answer, "a=setup"), ["a=setup:active"]);
  assert.equal(planOf(amy.n).transports[0]?.dtlsRole, "server");
});

test("setup: an answer that leaves the role open is refused", () => {
  for (const setup of ["actpass", "holdconn"]) {
    const [amy, zoe] = [new Party("amy"), new Party("zoe")];
    const offer = amy.offer();
    amy.local("offer", offer);
    zoe.remote("offer", offer);
    const answer = zoe.answer().replace("a=setup:active", `a=setup:${setup}`);
    fails("invalid-access", () => amy.remote("answer", answer), /setup/);
    assert.equal(amy.n.signalingState, "have-local-offer");
  }
  fails(
    "invalid-access",
    () => new Party("zoe").remote("offer", describe(DATA, ...TRANSPORT.slice(0, 3), "a=setup:holdconn")),
    /setup/,
  );
});

test("sections of other kinds are rejected in place and left out of the bundle", () => {
  const zoe = new Party("zoe");
  const offer = describe(
    "a=group:BUNDLE a d u",
    "a=group:LS a",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    ...TRANSPORT,
    "a=mid:a",
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
    "m=application 9 UDP/DTLS/SCTP something-else",
    "a=mid:s",
    ...TRANSPORT,
    DATA,
    ...TRANSPORT,
    "a=mid:d",
    DATA,
    ...TRANSPORT,
    "a=mid:second",
    "m=application 3238 UDP/BFCP *",
    "a=mid:b",
    "m=unicorns 9 UDP/TLS/RTP/SAVPF 100 101",
    "a=mid:u",
  );
  const { plan } = zoe.remote("offer", offer);
  assert.deepEqual(
    plan.sections.map(({ mid, kind, state }) => `${mid} ${kind} ${state}`),
    [
      "a audio proposed",
      "s undefined rejected",
      "d data proposed",
      "second data rejected",
      "b undefined rejected",
      "u undefined rejected",
    ],
  );
  const answer = zoe.answer();
  assert.deepEqual(linesOf(answer, "m="), [
    "m=audio 0 UDP/TLS/RTP/SAVPF 111",
    "m=application 0 UDP/DTLS/SCTP something-else",
    DATA,
    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    "m=application 0 UDP/BFCP *",
    "m=unicorns 0 UDP/TLS/RTP/SAVPF 100 101",
  ]);
  assert.deepEqual(linesOf(answer, "a=group"), ["a=group:BUNDLE d"]);
  assert.equal(linesOf(answer, "a=ice-ufrag").length, 1);
  // Our own next offer keeps the places.
  zoe.local("answer", answer);
  const again = zoe.offer();
  assert.deepEqual(linesOf(again, "m="), linesOf(answer, "m="));
  assert.deepEqual(linesOf(again, "a=mid"), linesOf(answer, "a=mid"));
  assert.deepEqual(linesOf(again, "a=group"), ["a=group:BUNDLE d"]);
});

test("no data section is accepted where the offer has none that can be used", () => {
  const none = [
    describe("m=audio 9 UDP/TLS/RTP/SAVPF 0", ...TRANSPORT, "a=mid:0", "a=rtcp-mux"),
    describe("m=application 0 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:0"),
    describe(DATA, ...TRANSPORT, "a=mid:0", "a=sctp-port:0"),
    describe("a=group:BUNDLE b 0", "m=application 9 UDP/BFCP *", "a=mid:b", DATA, "a=mid:0"),
  ];
  for (const offer of none) {
    const zoe = new Party("zoe");
    assert.equal(zoe.remote("offer", offer).plan.data, undefined);
    const answer = zoe.answer();
    assert.ok(linesOf(answer, "m=").every((line) => line.split(" ")[1] === "0"));
    assert.deepEqual(linesOf(answer, "a=group"), []);
    zoe.local("answer", answer);
    assert.deepEqual(planOf(zoe.n).transports, []);
    // The channel that is wanted takes the place of a rejected section of its kind, with a mid of its own.
    const offerBack = zoe.offer();
    assert.ok(linesOf(offerBack, "m=").includes(DATA));
    assert.ok(linesOf(offerBack, "a=mid").includes("a=mid:1"));
    assert.deepEqual(linesOf(offerBack, "a=group"), ["a=group:BUNDLE 1"]);
  }
});

test("a data section that is rejected can be offered anew in its place", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  const offer = amy.offer();
  amy.local("offer", offer);
  const answer = describe("m=application 0 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:0");
  assert.equal(amy.remote("answer", answer).plan.data, undefined);
  assert.ok(!isNegotiationNeeded(amy.n, { hasDataChannels: true, iceRestartNeeded: false }));
  const again = amy.offer();
  assert.deepEqual([linesOf(again, "m="), linesOf(again, "a=mid")], [[DATA], ["a=mid:1"]]);
  amy.local("offer", again);
  zoe.remote("offer", again);
  zoe.local("answer", zoe.answer());
  assert.equal(amy.remote("answer", zoe.n.currentLocal?.sdp ?? "").plan.data?.mid, "1");
});

test("a data section that the other side ends stays ended until it is offered again", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  const { offer } = exchange(amy, zoe);
  zoe.wanted = false;
  zoe.remote("offer", offer.replace("m=application 9", "m=application 0").replace("a=group:BUNDLE 0\r\n", ""));
  const answer = zoe.answer();
  assert.deepEqual(linesOf(answer, "m="), ["m=application 0 UDP/DTLS/SCTP webrtc-datachannel"]);
  zoe.local("answer", answer);
  assert.equal(planOf(zoe.n).data, undefined);
  assert.deepEqual(linesOf(zoe.offer(), "m="), ["m=application 0 UDP/DTLS/SCTP webrtc-datachannel"]);
});

test("mids never collide with those of the other side", () => {
  const zoe = new Party("zoe");
  zoe.remote("offer", describe("m=audio 0 RTP/AVP 0", "a=mid:0", "m=audio 0 RTP/AVP 0", "a=mid:2", "m=audio 0 RTP/AVP 0"));
  zoe.local("answer", zoe.answer());
  assert.deepEqual(linesOf(zoe.offer(), "a=mid"), ["a=mid:0", "a=mid:2", "a=mid:1"]);
});

test("an offer and an answer without mids are taken", () => {
  const zoe = new Party("zoe");
  zoe.remote("offer", describe(DATA, ...TRANSPORT));
  const answer = zoe.answer();
  assert.deepEqual([...linesOf(answer, "a=mid"), ...linesOf(answer, "a=group")], []);
  assert.equal(zoe.local("answer", answer).plan.data?.mid, "0");

  const [amy, bob] = [new Party("amy"), new Party("zoe")];
  amy.local("offer", amy.offer());
  bob.remote("offer", amy.n.pendingLocal?.sdp ?? "");
  const { plan } = amy.remote("answer", bob.answer().replace(/a=(mid|group):.*\r\n/g, ""));
  assert.equal(plan.data?.mid, "0");
});

test("a description is refused for what it lacks or gets wrong", () => {
  const [ufrag, pwd, fingerprint, setup] = TRANSPORT as [string, string, string, string];
  const audio = ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:a"];
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[DATA, pwd, fingerprint, setup], /no ice-ufrag/],
    [[DATA, ufrag, fingerprint, setup], /no ice-pwd/],
    [[DATA, ufrag, pwd, setup], /no fingerprint/],
    [[DATA, ufrag, pwd, "a=fingerprint:md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF", setup], /no fingerprint/],
    [[DATA, ufrag, pwd, "a=fingerprint:sha-256 00:11", setup], /wrong length/],
    [[DATA, "a=ice-ufrag:E$En", pwd, fingerprint, setup], /malformed ice-ufrag/],
    [[DATA, "a=ice-ufrag:abc", pwd, fingerprint, setup], /malformed ice-ufrag/],
    [[DATA, `a=ice-ufrag:${"x".repeat(257)}`, pwd, fingerprint, setup], /malformed ice-ufrag/],
    [[DATA, ufrag, "a=ice-pwd:OtSK0WpNtpUjkY4+86js7", fingerprint, setup], /malformed ice-pwd/],
    [[DATA, ufrag, "a=ice-pwd:OtSK0WpNtpUjk$4+86js7Z/l", fingerprint, setup], /malformed ice-pwd/],
    [[DATA, ...TRANSPORT, "a=mid:x", DATA, ...TRANSPORT, "a=mid:x"], /one mid/],
    [["a=group:BUNDLE 0 9", DATA, ...TRANSPORT, "a=mid:0"], /no section has/],
    [["a=group:BUNDLE 0 0", DATA, ...TRANSPORT, "a=mid:0"], /twice/],
    [["a=group:BUNDLE 0", "a=group:BUNDLE 0", DATA, ...TRANSPORT, "a=mid:0"], /twice/],
    [[...audio, ...TRANSPORT], /rtcp-mux/],
    [[...audio, "a=rtcp-mux", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", ufrag, pwd], /no fingerprint/],
    [["m=audio 9 RTP/AVP 0"], /no ice-ufrag/],
    [["a=group:BUNDLE a d", ...audio, ...TRANSPORT, "a=rtcp-mux", DATA, "a=mid:d", "a=ice-ufrag:$$$$"], /malformed ice-ufrag/],
  ];
  for (const [lines, message] of cases)
    fails("invalid-access", () => new Party("zoe").remote("offer", describe(...lines)), message);
  // Nothing is asked of a bundled section, nor of one that is rejected.
  new Party("zoe").remote("offer", describe("a=group:BUNDLE a d", ...audio, ...TRANSPORT, "a=rtcp-mux", DATA, "a=mid:d"));
  new Party("zoe").remote("offer", describe("m=video 0 UDP/TLS/RTP/SAVPF 100"));
  new Party("zoe").remote(
    "offer",
    describe(
      "a=group:BUNDLE a v",
      ...audio,
      ...TRANSPORT,
      "a=rtcp-mux",
      "m=video 0 UDP/TLS/RTP/SAVPF 9",
      "a=mid:v",
      "a=bundle-only",
    ),
  );
  for (const hash of [
    ["sha-1", 20],
    ["sha-384", 48],
    ["sha-512", 64],
  ] as const) {
    const value = Array<string>(hash[1]).fill("00").join(":");
    new Party("zoe").remote("offer", describe(DATA, ufrag, pwd, `a=fingerprint:${hash[0]} ${value}`, setup));
  }
});

test("an answer is refused that does not fit its offer", () => {
  const offerer = (): Party => {
    const amy = new Party("amy");
    amy.local("offer", amy.offer());
    return amy;
  };
  const data = (...lines: readonly string[]): string => describe(DATA, ...TRANSPORT.slice(0, 3), "a=setup:active", ...lines);
  const cases: readonly (readonly [string, RegExp])[] = [
    [describe(), /0 sections/],
    [data("a=mid:0", "m=audio 0 RTP/AVP 0"), /2 sections/],
    [describe("m=audio 0 UDP/DTLS/SCTP webrtc-datachannel"), /offered kind/],
    [describe("m=application 0 TCP/DTLS/SCTP webrtc-datachannel"), /offered kind/],
    [describe("m=application 9 UDP/DTLS/SCTP other", ...TRANSPORT.slice(0, 3), "a=setup:active"), /another form/],
    [data("a=mid:1"), /another mid/],
    [data("a=mid:0").replace("a=ice-ufrag:ETEn\r\n", ""), /no ice-ufrag/],
  ];
  for (const [answer, message] of cases) fails("invalid-access", () => offerer().remote("answer", answer), message);
  offerer().remote("answer", data("a=mid:0"));
  offerer().remote("answer", data());

  // Nothing that was not offered can be bundled or accepted.
  const zoe = new Party("zoe");
  zoe.remote("offer", describe("m=audio 0 RTP/AVP 0", "a=mid:a"));
  zoe.local("answer", zoe.answer());
  zoe.wanted = false;
  zoe.local("offer", zoe.offer());
  const accepted = describe("m=audio 9 RTP/AVP 0", ...TRANSPORT.slice(0, 3), "a=mid:a", "a=rtcp-mux");
  fails("invalid-access", () => zoe.remote("answer", accepted), /not offered/);
  const amy = new Party("amy");
  amy.local("offer", amy.offer());
  const grouped = amy.n.pendingLocal?.sdp.replace("a=group:BUNDLE 0\r\n", "") ?? "";
  amy.rollback("local");
  const lone: Negotiation = { ...amy.n, lastCreatedOffer: grouped };
  fails(
    "invalid-access",
    () => applyRemote(applyLocal(lone, "offer", grouped).next, "answer", data("a=mid:0").replace("m=", "a=group:BUNDLE 0\r\nm=")),
    /bundles/,
  );
});

test("a syntax error carries its line", () => {
  const error = fails(
    "sdp-syntax",
    () => new Party("zoe").remote("offer", "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nrubbish\r\n"),
    /line 5/,
  );
  assert.equal(error.line, 5);
  assert.equal(fails("sdp-syntax", () => new Party("zoe").remote("offer", "Invalid SDP")).line, 1);
  assert.equal(fails("invalid-state", () => new Party("zoe").remote("answer", "Invalid SDP")).line, undefined);
});

test("sections keep their places and names in later offers", () => {
  const zoe = new Party("zoe");
  const offer = describe(DATA, ...TRANSPORT, "a=mid:d");
  zoe.remote("offer", offer);
  zoe.local("answer", zoe.answer());
  const cases: readonly (readonly [string, RegExp])[] = [
    [describe(), /0 sections/],
    [describe("m=audio 9 UDP/TLS/RTP/SAVPF 0", ...TRANSPORT, "a=mid:d", "a=rtcp-mux"), /kind/],
    [describe(DATA, ...TRANSPORT, "a=mid:e"), /mid/],
  ];
  for (const [sdp, message] of cases) fails("invalid-access", () => applyRemote(zoe.n, "offer", sdp), message);
  // A second offer before the answer goes on from the first one.
  zoe.remote("offer", describe(DATA, ...TRANSPORT, "a=mid:d", "m=audio 0 RTP/AVP 0"));
  fails("invalid-access", () => applyRemote(zoe.n, "offer", offer), /2 were/);
  zoe.remote("offer", describe(DATA, ...TRANSPORT, "a=mid:d", "m=video 0 RTP/AVP 0"));
  assert.equal(planOf(zoe.n).data?.state, "accepted");
});

const STATES: Readonly<Record<Negotiation["signalingState"], () => Negotiation>> = {
  stable: () => INITIAL,
  "have-local-offer": () => {
    const amy = new Party("amy");
    amy.local("offer", amy.offer());
    return amy.n;
  },
  "have-remote-offer": () => applyRemote(INITIAL, "offer", browsers.CHROMIUM_DATA).next,
  "have-local-pranswer": () => {
    const amy = new Party("amy");
    amy.remote("offer", browsers.CHROMIUM_DATA);
    amy.local("pranswer", amy.answer());
    return amy.n;
  },
  "have-remote-pranswer": () => {
    const amy = new Party("amy");
    amy.local("offer", amy.offer());
    amy.remote("pranswer", browsers.CHROMIUM_ANSWER);
    return amy.n;
  },
  closed: () => closed(INITIAL),
};

test("each step is allowed in its states only, and the state is looked at first", () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    "local offer": ["stable", "have-local-offer"],
    "local answer": ["have-remote-offer", "have-local-pranswer"],
    "local pranswer": ["have-remote-offer", "have-local-pranswer"],
    // In have-local-offer the local offer is rolled back.
    "remote offer": ["stable", "have-remote-offer", "have-local-offer"],
    "remote answer": ["have-local-offer", "have-remote-pranswer"],
    "remote pranswer": ["have-local-offer", "have-remote-pranswer"],
    "local rollback": ["have-local-offer"],
    "remote rollback": ["have-remote-offer"],
    createOffer: ["stable", "have-local-offer"],
    createAnswer: ["have-remote-offer", "have-local-pranswer"],
  };
  const { material } = new Party("amy");
  for (const [state, make] of Object.entries(STATES)) {
    const n = make();
    assert.equal(n.signalingState, state);
    for (const [step, states] of Object.entries(allowed)) {
      const [side, type] = step.split(" ") as [Side, DescriptionType | "rollback"];
      const run = (): unknown => {
        if (step === "createOffer") return createOffer(n, material);
        if (step === "createAnswer") return createAnswer(n, material);
        if (type === "rollback") return rollback(n, side);
        return side === "local" ? applyLocal(n, type, "nonsense") : applyRemote(n, type, "nonsense");
      };
      if (!states.includes(state)) fails("invalid-state", run);
      else if (type === "rollback" || step.startsWith("create")) run();
      else fails(side === "local" ? "invalid-modification" : "sdp-syntax", run);
    }
  }
});

test("descriptions go from pending to current as webrtc-pc says", () => {
  const places = (n: Negotiation): string =>
    [n.signalingState, n.currentLocal?.type, n.pendingLocal?.type, n.currentRemote?.type, n.pendingRemote?.type].join(" ");
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  const offer = amy.offer();
  amy.local("offer", offer);
  assert.equal(places(amy.n), "have-local-offer  offer  ");
  zoe.remote("offer", offer);
  assert.equal(places(zoe.n), "have-remote-offer    offer");
  const answer = zoe.answer();
  zoe.local("pranswer", answer);
  assert.equal(places(zoe.n), "have-local-pranswer  pranswer  offer");
  amy.remote("pranswer", answer);
  assert.equal(places(amy.n), "have-remote-pranswer  offer  pranswer");
  assert.ok(planOf(amy.n).answered && planOf(zoe.n).answered);
  zoe.local("pranswer", answer);
  amy.remote("pranswer", answer);
  zoe.local("answer", answer);
  assert.equal(places(zoe.n), "stable answer  offer ");
  amy.remote("answer", answer);
  assert.equal(places(amy.n), "stable offer  answer ");
  assert.equal(amy.n.lastCreatedOffer + zoe.n.lastCreatedAnswer, "");
});

test("an answer after a provisional one has the same credentials", () => {
  const zoe = new Party("zoe");
  zoe.remote("offer", browsers.CHROMIUM_DATA);
  zoe.local("pranswer", zoe.answer());
  zoe.refresh();
  assert.deepEqual(linesOf(zoe.answer(), "a=ice-ufrag"), ["a=ice-ufrag:zoe0"]);
});

test("rollback goes back to the descriptions in force, and what was created stays usable", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  exchange(amy, zoe);
  const before = planOf(amy.n);
  amy.iceRestart = true;
  amy.refresh();
  const offer = amy.offer();
  assert.deepEqual(amy.local("offer", offer).restartedIce, ["0"]);
  amy.rollback("local");
  assert.equal(amy.n.signalingState, "stable");
  assert.deepEqual(planOf(amy.n), before);
  // A remote offer in between does not touch what was created before it.
  amy.remote("offer", zoe.offer());
  amy.answer();
  amy.rollback("remote");
  assert.deepEqual(planOf(amy.n), before);
  amy.local("offer", offer);
  assert.equal(amy.n.pendingLocal?.sdp, offer);
});

test("an answer that was created before a rollback fits when the same offer comes again", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  const offer = amy.offer();
  zoe.remote("offer", offer);
  const answer = zoe.answer();
  zoe.rollback("remote");
  zoe.offer();
  zoe.remote("offer", offer);
  zoe.local("answer", answer);
  assert.equal(zoe.n.signalingState, "stable");
  // For another offer it does not.
  const bob = new Party("zoe");
  bob.remote("offer", offer);
  const stale = bob.answer();
  bob.rollback("remote");
  bob.remote("offer", browsers.CHROMIUM_MEDIA);
  fails("invalid-access", () => bob.local("answer", stale));
});

test("an offer of the other side gives up our own", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  amy.local("offer", amy.offer());
  assert.ok(needsRollback(amy.n, "offer"));
  const effects = amy.remote("offer", zoe.offer());
  assert.equal(effects.rolledBack, true);
  assert.equal(amy.n.signalingState, "have-remote-offer");
  assert.equal(amy.n.pendingLocal, undefined);
  // Also a bad one, but the error leaves that to the caller.
  const bob = new Party("amy");
  bob.local("offer", bob.offer());
  fails("sdp-syntax", () => bob.remote("offer", "Invalid SDP"));
  assert.equal(bob.n.signalingState, "have-local-offer");
  for (const state of ["have-local-pranswer", "have-remote-pranswer"] as const) {
    fails("invalid-state", () => applyRemote(STATES[state](), "offer", browsers.CHROMIUM_DATA));
  }
});

test("only what was created last can be set", () => {
  const amy = new Party("amy");
  const first = amy.offer();
  amy.refresh();
  const second = amy.offer();
  fails("invalid-modification", () => amy.local("offer", first));
  const gathered = `${second}a=candidate:1 1 udp 1 192.0.2.1 99 typ host\r\na=end-of-candidates\r\n`.replace(
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0",
    "m=application 99 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 192.0.2.1",
  );
  const tolerated = [
    second,
    "",
    second.replaceAll("\r\n", "\n"),
    second.trimEnd(),
    gathered,
    second.replace(/a=ice-options:.*\r\n/, ""),
    second.replace("c=IN IP4 0.0.0.0\r\n", "c=IN IP4 0.0.0.0\r\nb=AS:1638400\r\n"),
  ];
  for (const sdp of tolerated) {
    const { next } = applyLocal(amy.n, "offer", sdp);
    assert.equal(next.pendingLocal?.sdp, sdp === "" ? second : sdp);
  }
  const modified = [
    `${second}a=munging-is-not-good\r\n`,
    second.replace("a=setup:actpass", "a=setup:active"),
    second.replace("amy1", "amyX"),
    second.replace("1A:1A", "1A:1B"),
    second.replace("262144", "0"),
    second.replace("a=mid:0", "a=mid:1"),
    second.replace("m=application 9", "m=application 0"),
    second.replace("s=-", "s=x"),
    second.replace("111 2", "111 3"),
    second.replace("a=group:BUNDLE 0\r\n", ""),
    "Invalid SDP",
    new Party("zoe").offer(),
  ];
  for (const sdp of modified) fails("invalid-modification", () => amy.local("offer", sdp));
  fails("operation", () => applyLocal(INITIAL, "offer", ""));
  const zoe = new Party("zoe");
  zoe.remote("offer", second);
  fails("operation", () => zoe.local("answer", ""));
  fails("invalid-modification", () => zoe.local("answer", second));
});

test("the session version goes up only when the text changes, and never goes back", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  const version = (sdp: string): string => linesOf(sdp, "o=")[0]?.split(" ").slice(1, 3).join(" ") ?? "";
  const first = amy.offer();
  assert.equal(amy.offer(), first);
  amy.local("offer", first);
  assert.equal(amy.offer(), first);
  amy.gathered = [
    { mid: "0", usernameFragment: "amy0", candidates: ["candidate:1 1 udp 1 192.0.2.1 99 typ host"], complete: true },
  ];
  const second = amy.offer();
  assert.equal(version(second), "111 2");
  amy.rollback("local");
  amy.gathered = [];
  assert.equal(version(amy.offer()), "111 3");
  const { answer } = exchange(amy, zoe);
  assert.equal(version(answer), "222 1");
  const offerBack = exchange(zoe, amy);
  assert.equal(version(offerBack.offer), "222 2");
  assert.equal(version(offerBack.answer), "111 4");
});

test("an ICE restart changes the credentials of both sides and nothing else", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  exchange(amy, zoe);
  for (const party of [amy, zoe]) party.refresh();
  // Without a restart fresh credentials are not used.
  const same = exchange(amy, zoe);
  assert.deepEqual(linesOf(same.offer + same.answer, "a=ice-ufrag"), ["a=ice-ufrag:amy0", "a=ice-ufrag:zoe0"]);

  amy.iceRestart = true;
  const offer = amy.offer();
  assert.deepEqual(amy.local("offer", offer).restartedIce, ["0"]);
  const { plan, restartedIce } = zoe.remote("offer", offer);
  assert.deepEqual(restartedIce, ["0"]);
  assert.equal(plan.answered, false);
  assert.equal(plan.data?.state, "accepted");
  assert.deepEqual(plan.transports[0]?.local?.ice, credentials("zoe0"));
  assert.deepEqual(plan.transports[0]?.remote?.ice, credentials("amy1"));
  const answer = zoe.answer();
  const local = zoe.local("answer", answer);
  const remote = amy.remote("answer", answer);
  for (const effects of [local, remote]) {
    assert.deepEqual([effects.restartedIce, effects.restartedDtls], [["0"], []]);
  }
  assert.deepEqual(remote.plan.transports[0]?.remote?.ice, credentials("zoe1"));
  assert.deepEqual(linesOf(answer, "a=setup"), ["a=setup:active"]);

  // A second offer while the restart is pending keeps its credentials.
  amy.refresh();
  amy.local("offer", amy.offer());
  amy.iceRestart = false;
  amy.refresh();
  assert.deepEqual(linesOf(amy.offer(), "a=ice-ufrag"), ["a=ice-ufrag:amy2"]);
});

test("another user name fragment or another password alone is an ICE restart", () => {
  for (const change of [
    (sdp: string): string => sdp.replace("a=ice-ufrag:amy0", "a=ice-ufrag:other"),
    (sdp: string): string => sdp.replace("a=ice-pwd:amy0", "a=ice-pwd:othe"),
  ]) {
    const [amy, zoe] = [new Party("amy"), new Party("zoe")];
    exchange(amy, zoe);
    for (const party of [amy, zoe]) party.refresh();
    assert.deepEqual(zoe.remote("offer", change(amy.offer())).restartedIce, ["0"]);
    const answer = zoe.answer();
    assert.deepEqual(linesOf(answer, "a=ice-ufrag"), ["a=ice-ufrag:zoe1"]);
    assert.deepEqual(zoe.local("answer", answer).restartedIce, ["0"]);
  }
});

test("an answer to an ICE restart with the old credentials is refused", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  const { answer } = exchange(amy, zoe);
  amy.iceRestart = true;
  amy.refresh();
  amy.local("offer", amy.offer());
  fails("invalid-access", () => amy.remote("answer", answer), /ICE restart/);
});

test("another peer may answer a later offer: new credentials and a new certificate", () => {
  const [amy, zoe, bob] = [new Party("amy"), new Party("zoe"), new Party("bob", false, digest("3C"))];
  exchange(amy, zoe);
  const offer = amy.offer();
  amy.local("offer", offer);
  bob.remote("offer", offer);
  const effects = amy.remote("answer", bob.answer());
  assert.deepEqual([effects.restartedIce, effects.restartedDtls], [["0"], ["0"]]);
  // But not with the same credentials.
  const [ann, zed] = [new Party("amy"), new Party("zoe")];
  const { answer } = exchange(ann, zed);
  ann.local("offer", ann.offer());
  fails("invalid-access", () => ann.remote("answer", answer.replaceAll("2B", "3C")), /certificate/);
  fails("invalid-access", () => ann.remote("answer", answer.replace("setup:active", "setup:passive")), /role/);
  fails("invalid-access", () => ann.remote("answer", answer.replace("a=mid:0", "a=mid:0\r\na=tls-id:other")), /certificate/);
});

test("Firefox answers ICE restarts with setup:active; the association goes on", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  exchange(zoe, amy);
  amy.iceRestart = true;
  for (const party of [amy, zoe]) party.refresh();
  const offer = amy.offer();
  amy.local("offer", offer);
  zoe.remote("offer", offer);
  const effects = amy.remote("answer", zoe.answer().replace("setup:passive", "setup:active"));
  assert.deepEqual([effects.restartedIce, effects.restartedDtls], [["0"], []]);
});

test("what was gathered goes into descriptions of its generation", () => {
  const amy = new Party("amy");
  amy.local("offer", amy.offer());
  const description = amy.n.pendingLocal;
  assert.ok(description !== undefined);
  const gathered = (over: Partial<Gathered>): Gathered[] => [
    { mid: "0", usernameFragment: "amy0", candidates: ["candidate:1 1 udp 2 192.0.2.7 5555 typ host"], complete: false, ...over },
  ];
  assert.equal(withLocalCandidates(description, []), description.sdp);
  assert.equal(withLocalCandidates(description, gathered({ mid: "1" })), description.sdp);
  assert.equal(withLocalCandidates(description, gathered({ usernameFragment: "amy9" })), description.sdp);
  assert.equal(withLocalCandidates(description, gathered({ candidates: [] })), description.sdp);
  const some = withLocalCandidates(description, gathered({}));
  assert.deepEqual(linesOf(some, "m="), ["m=application 5555 UDP/DTLS/SCTP webrtc-datachannel"]);
  assert.deepEqual(linesOf(some, "c="), ["c=IN IP4 192.0.2.7"]);
  assert.deepEqual(linesOf(some, "a=candidate"), ["a=candidate:1 1 udp 2 192.0.2.7 5555 typ host"]);
  assert.deepEqual(linesOf(some, "a=end-of-candidates"), []);
  const all = withLocalCandidates(description, gathered({ complete: true }));
  assert.deepEqual(linesOf(all, "a=end-of-candidates"), ["a=end-of-candidates"]);
  assert.deepEqual(linesOf(withLocalCandidates(description, gathered({ candidates: [], complete: true })), "m="), [DATA]);
  // The next offer has them from the start, and adding them again changes nothing.
  amy.gathered = gathered({ complete: true });
  const next = amy.offer();
  assert.deepEqual(linesOf(next, "a=candidate"), linesOf(all, "a=candidate"));
  const again = { type: "offer" as const, sdp: next, session: parsed(next) };
  assert.equal(withLocalCandidates(again, amy.gathered), next);
  // A restart starts empty.
  amy.iceRestart = true;
  amy.refresh();
  assert.deepEqual(linesOf(amy.offer(), "a=candidate"), []);
});

test("the default candidate", () => {
  const host = "candidate:1 1 udp 2130706431 192.0.2.1 1001 typ host";
  const host6 = "candidate:2 1 UDP 2130706432 2001:db8::1 1002 typ host";
  const named = "candidate:3 1 udp 2130706433 abc.local 1003 typ host";
  const srflx = "candidate:4 1 udp 1694498815 198.51.100.1 1004 typ srflx raddr 192.0.2.1 rport 1001";
  const relay = "candidate:5 1 udp 16777215 203.0.113.1 1005 typ relay raddr 0.0.0.0 rport 0";
  const tcp = "candidate:6 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active";
  const rtcp = "candidate:1 2 udp 2130706430 192.0.2.1 1006 typ host";
  const better = "candidate:7 1 udp 2130706500 192.0.2.2 1007 typ host";
  const cases: readonly (readonly [readonly string[], number, string])[] = [
    [[], 9, "IP4 0.0.0.0"],
    [[named], 9, "IP4 0.0.0.0"],
    [[tcp, rtcp], 9, "IP4 0.0.0.0"],
    [["candidate:", "candidate:1 1 udp x 192.0.2.1 99999 typ host", ""], 9, "IP4 0.0.0.0"],
    [[host6], 1002, "IP6 2001:db8::1"],
    [[host6, host], 1001, "IP4 192.0.2.1"],
    [[host, better], 1007, "IP4 192.0.2.2"],
    [[better, host], 1007, "IP4 192.0.2.2"],
    [[host, srflx], 1004, "IP4 198.51.100.1"],
    [[relay, host, srflx, named], 1005, "IP4 203.0.113.1"],
  ];
  for (const [candidates, port, address] of cases) {
    const found = defaultAddress(candidates);
    assert.deepEqual([found.port, `${found.connection.addressType} ${found.connection.address}`], [port, address]);
  }
});

const CANDIDATE = "candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host";
const remoteCandidate = (over: Partial<RemoteCandidate>): RemoteCandidate => ({
  candidate: CANDIDATE,
  sdpMid: null,
  sdpMLineIndex: null,
  usernameFragment: null,
  ...over,
});

const TWO = describe(
  "m=audio 10100 UDP/TLS/RTP/SAVPF 96",
  "a=mid:a1",
  ...TRANSPORT,
  "a=rtcp-mux",
  "m=application 10102 UDP/DTLS/SCTP webrtc-datachannel",
  "a=mid:d1",
  ...TRANSPORT.map((line) => line.replace("ETEn", "BGKk")),
);

test("a remote candidate goes to the section it names", () => {
  const { next: n } = applyRemote(INITIAL, "offer", TWO);
  const cases: readonly (readonly [Partial<RemoteCandidate>, readonly number[], readonly string[]])[] = [
    [{ sdpMid: "d1" }, [0, 1], ["d1"]],
    [{ sdpMid: "d1", sdpMLineIndex: 0 }, [0, 1], ["d1"]],
    [{ sdpMLineIndex: 1 }, [0, 1], ["d1"]],
    [{ sdpMid: "d1", usernameFragment: "BGKk" }, [0, 1], ["d1"]],
    [{ sdpMid: "a1" }, [1, 0], ["a1"]],
  ];
  for (const [init, counts, mids] of cases) {
    const { next, targets } = addRemoteCandidate(n, remoteCandidate(init));
    const texts = sections(next.pendingRemote?.sdp ?? "");
    assert.deepEqual(
      texts.map((text) => linesOf(text, `a=${CANDIDATE}`).length),
      counts,
    );
    assert.deepEqual(
      targets.map(({ mid }) => mid),
      mids,
    );
    assert.ok(targets.every(({ mid, usernameFragment }) => usernameFragment === (mid === "d1" ? "BGKk" : "ETEn")));
    // Again changes nothing.
    assert.equal(addRemoteCandidate(next, remoteCandidate(init)).next.pendingRemote?.sdp, next.pendingRemote?.sdp);
    assert.equal(next.pendingRemote?.session.media.length, 2);
  }
  const ends: readonly (readonly [Partial<RemoteCandidate>, readonly number[]])[] = [
    [{}, [1, 1]],
    [{ sdpMid: "a1", usernameFragment: "ETEn" }, [1, 0]],
    [{ sdpMLineIndex: 1, usernameFragment: "BGKk" }, [0, 1]],
    [{ usernameFragment: "BGKk" }, [0, 1]],
  ];
  for (const [init, counts] of ends) {
    const { next } = addRemoteCandidate(n, remoteCandidate({ candidate: "", ...init }));
    assert.deepEqual(
      sections(next.pendingRemote?.sdp ?? "").map((text) => linesOf(text, "a=end-of-candidates").length),
      counts,
    );
  }
  const errors: readonly (readonly [Partial<RemoteCandidate>, RegExp])[] = [
    [{ sdpMid: "x" }, /mid/],
    [{ sdpMLineIndex: 2 }, /section 2/],
    [{ sdpMid: "d1", usernameFragment: "ETEn" }, /fragment/],
    [{ candidate: "", usernameFragment: "no such" }, /fragment/],
    [{}, /needs a mid/],
    [{ sdpMid: "d1", candidate: "candidate:1\r\na=ice-lite" }, /one line/],
  ];
  for (const [init, message] of errors) fails("operation", () => addRemoteCandidate(n, remoteCandidate(init)), message);
  fails("invalid-state", () => addRemoteCandidate(INITIAL, remoteCandidate({ sdpMid: "0" })));
  fails("invalid-state", () => addRemoteCandidate(closed(n), remoteCandidate({ sdpMid: "d1" })));
});

test("a candidate for a rejected section of the bundle is for the bundle's transport", () => {
  const zoe = new Party("zoe");
  const targetsOf = (): string[] => addRemoteCandidate(zoe.n, remoteCandidate({ sdpMid: "0" })).targets.map(({ mid }) => mid);
  zoe.remote("offer", browsers.CHROMIUM_MEDIA);
  assert.deepEqual(targetsOf(), ["0"]);
  zoe.local("answer", zoe.answer());
  assert.deepEqual(targetsOf(), ["2"]);
  // Rejected by us and not bundled with anything: kept in the text, for no transport.
  const bob = new Party("zoe");
  bob.remote("offer", TWO);
  bob.local("answer", bob.answer());
  assert.deepEqual(addRemoteCandidate(bob.n, remoteCandidate({ sdpMid: "a1" })).targets, []);
});

test("a remote candidate goes to the generation it names", () => {
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  exchange(amy, zoe);
  amy.iceRestart = true;
  amy.refresh();
  zoe.remote("offer", amy.offer());
  const count = (sdp: string | undefined): number => linesOf(sdp ?? "", "a=candidate").length;
  for (const [usernameFragment, current, pending] of [
    ["amy0", 1, 0],
    ["amy1", 0, 1],
    [null, 0, 1],
  ] as const) {
    const { next, targets } = addRemoteCandidate(zoe.n, remoteCandidate({ sdpMid: "0", usernameFragment }));
    assert.deepEqual([count(next.currentRemote?.sdp), count(next.pendingRemote?.sdp)], [current, pending]);
    assert.deepEqual(targets, [{ mid: "0", usernameFragment: usernameFragment ?? "amy1" }]);
  }
  // Without a restart both descriptions are of the one generation.
  const [ann, zed] = [new Party("amy"), new Party("zoe")];
  exchange(ann, zed);
  zed.remote("offer", ann.offer());
  const { next } = addRemoteCandidate(zed.n, remoteCandidate({ sdpMid: "0" }));
  assert.deepEqual([count(next.currentRemote?.sdp), count(next.pendingRemote?.sdp)], [1, 1]);
});

test("a section takes so many remote candidates, and the text is made when it is read", () => {
  const { next: start } = applyRemote(INITIAL, "offer", TWO);
  assert.ok(start.pendingRemote !== undefined);
  let looks = 0;
  // Nothing but printing looks at the timings.
  const timings = new Proxy(start.pendingRemote.session.timings, {
    get: (target, name): unknown => {
      looks++;
      return Reflect.get(target, name);
    },
  });
  let n: Negotiation = {
    ...start,
    pendingRemote: { ...start.pendingRemote, session: { ...start.pendingRemote.session, timings } },
  };
  const line = (i: number): string => `candidate:${i} 1 udp 1 198.51.100.1 ${i + 1} typ host`;
  for (let i = 0; i < MAX_SECTION_CANDIDATES; i++)
    n = addRemoteCandidate(n, remoteCandidate({ sdpMid: "d1", candidate: line(i) })).next;
  assert.equal(looks, 0, "nothing was printed");
  const more = addRemoteCandidate(n, remoteCandidate({ sdpMid: "d1", candidate: line(7000) }));
  assert.deepEqual([more.isDropped, more.targets], [true, []]);
  assert.equal(more.next, n, "one too many makes no new snapshot");
  const known = addRemoteCandidate(n, remoteCandidate({ sdpMid: "d1", candidate: line(3) }));
  assert.deepEqual([known.isDropped, known.targets.length], [false, 1]);
  assert.equal(addRemoteCandidate(n, remoteCandidate({ sdpMid: "a1", candidate: line(1) })).isDropped, false);
  const { next } = addRemoteCandidate(n, remoteCandidate({ sdpMid: "d1", candidate: "" }));
  const text = next.pendingRemote?.sdp ?? "";
  const once = looks;
  assert.ok(once > 0);
  assert.equal(next.pendingRemote?.sdp, text);
  assert.equal(looks, once, "printed once");
  assert.equal(linesOf(text, "a=candidate").length, MAX_SECTION_CANDIDATES);
  assert.equal(linesOf(text, "a=end-of-candidates").length, 1);
});

test("negotiation is needed for the first data channel and for an ICE restart", () => {
  const needed = (n: Negotiation, hasDataChannels: boolean, iceRestartNeeded = false): boolean =>
    isNegotiationNeeded(n, { hasDataChannels, iceRestartNeeded });
  assert.ok(!needed(INITIAL, false));
  assert.ok(needed(INITIAL, true));
  const [amy, zoe] = [new Party("amy"), new Party("zoe")];
  exchange(amy, zoe);
  assert.ok(!needed(amy.n, true) && !needed(zoe.n, true));
  assert.ok(needed(amy.n, true, true));
});

test("a closed connection does nothing more", () => {
  const n = closed(new Party("amy").n);
  const { material } = new Party("amy");
  for (const run of [
    () => createOffer(n, material),
    () => createAnswer(n, material),
    () => applyLocal(n, "offer", ""),
    () => applyRemote(n, "offer", browsers.CHROMIUM_DATA),
    () => rollback(n, "local"),
  ]) {
    fails("invalid-state", run);
  }
});

test("ice-lite is announced by whoever is it, for servers", () => {
  const { sdp } = createOffer(INITIAL, { ...new Party("amy").material, iceLite: true });
  assert.deepEqual(linesOf(sdp, "a=ice-lite"), ["a=ice-lite"]);
  assert.equal(new Party("zoe").remote("offer", sdp).plan.transports[0]?.remote?.lite, true);
});

type Step = {
  readonly kind: "offer" | "answer" | "pranswer" | "rollback" | "restart" | "channel" | "deliver" | "glare" | "candidate";
  readonly by: 0 | 1;
};

const someStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("offer", "answer", "pranswer", "rollback", "restart", "channel", "deliver", "glare", "candidate"),
  by: fc.constantFrom(0, 1),
});

/** What each side has sent, oldest first; signalling keeps the order. */
interface Wire {
  readonly type: DescriptionType;
  readonly sdp: string;
}

/** Runs a step; a JsepError is an ordinary outcome, and then nothing has changed. */
function attempt(party: Party, run: () => void): boolean {
  const before = party.n;
  try {
    run();
    return true;
  } catch (error) {
    assert.ok(error instanceof JsepError, String(error));
    assert.equal(party.n, before);
    return false;
  }
}

function play(step: Step, parties: readonly [Party, Party], wires: readonly [Wire[], Wire[]]): void {
  const party = parties[step.by];
  const [own, other] = [wires[step.by], wires[step.by === 0 ? 1 : 0]];
  const send = (type: DescriptionType): void => {
    const sdp = type === "offer" ? party.offer() : party.answer();
    party.local(type, sdp);
    own.push({ type, sdp });
  };
  if (step.kind === "offer" || step.kind === "answer" || step.kind === "pranswer") {
    const type: DescriptionType = step.kind;
    attempt(party, () => {
      const before = party.n;
      try {
        send(type);
      } catch (error) {
        party.n = before;
        throw error;
      }
    });
    if (step.kind === "offer") party.iceRestart = false;
  }
  if (step.kind === "rollback") attempt(party, () => party.rollback(own.length % 2 === 0 ? "local" : "remote"));
  if (step.kind === "restart") {
    party.iceRestart = true;
    party.refresh();
  }
  if (step.kind === "channel") party.wanted = true;
  if (step.kind === "candidate")
    attempt(party, () => (party.n = addRemoteCandidate(party.n, remoteCandidate({ sdpMLineIndex: 0 })).next));
  if (step.kind === "glare")
    attempt(party, () => party.remote("offer", parties[step.by === 0 ? 1 : 0].n.pendingLocal?.sdp ?? ""));
  const message = step.kind === "deliver" ? other.shift() : undefined;
  if (message !== undefined) attempt(party, () => party.remote(message.type, message.sdp));
}

/** Ends whatever is pending, as perfect negotiation would, and then exchanges once each way. */
function settle([amy, zoe]: readonly [Party, Party]): void {
  for (const party of [amy, zoe]) {
    const { signalingState } = party.n;
    if (signalingState === "have-local-offer") party.rollback("local");
    if (signalingState === "have-remote-offer") party.rollback("remote");
  }
}

test("law: after any sequence of steps the snapshots are sound, and two stable sides reach an agreement", () => {
  let agreed = 0;
  fc.assert(
    fc.property(fc.array(someStep, { maxLength: 40 }), (steps) => {
      const parties = [new Party("amy", false), new Party("zoe", false)] as const;
      const wires: readonly [Wire[], Wire[]] = [[], []];
      for (const step of steps) {
        play(step, parties, wires);
        for (const { n } of parties) {
          const plan = planOf(n);
          assert.ok(plan.transports.length <= 1 && (plan.data === undefined) === (plan.transports.length === 0));
          if (n.signalingState === "stable") assert.ok(n.pendingLocal === undefined && n.pendingRemote === undefined);
          assert.equal(n.currentLocal === undefined, n.currentRemote === undefined);
        }
      }
      settle(parties);
      const [amy, zoe] = parties;
      // Provisional answers and lost answers leave the sides apart; then a fresh pair of sides must do.
      const apart = amy.n.currentLocal?.session.media.length !== zoe.n.currentLocal?.session.media.length;
      if (apart || amy.n.signalingState !== "stable" || zoe.n.signalingState !== "stable") return;
      amy.wanted = true;
      amy.iceRestart = true;
      for (const party of parties) party.refresh();
      if (!attempt(amy, () => void exchangeOrThrow(amy, zoe))) return;
      amy.iceRestart = false;
      agreed++;
      const [a, z] = [planOf(amy.n), planOf(zoe.n)];
      assert.equal(a.data?.mid, z.data?.mid);
      assert.deepEqual(a.transports[0]?.local?.ice, z.transports[0]?.remote?.ice);
      assert.deepEqual(z.transports[0]?.local?.ice, a.transports[0]?.remote?.ice);
      assert.notEqual(a.transports[0]?.dtlsRole, z.transports[0]?.dtlsRole);
      const second = exchange(zoe, amy);
      assert.deepEqual(linesOf(second.offer, "m="), linesOf(second.answer, "m="));
    }),
    { numRuns: 400, ...seed },
  );
  assert.ok(agreed > 200, `only ${agreed} of 400 sequences ended in an agreement`);
});

/** An exchange that leaves the offerer as it was when it fails. */
function exchangeOrThrow(offerer: Party, answerer: Party): void {
  const before = [offerer.n, answerer.n] as const;
  try {
    exchange(offerer, answerer);
  } catch (error) {
    [offerer.n, answerer.n] = before;
    throw error;
  }
}

test("law: two sides that lose no message always converge, whoever offers and restarts", () => {
  const act = fc.record({
    by: fc.constantFrom(0, 1),
    restart: fc.boolean(),
    channel: fc.boolean(),
    provisional: fc.boolean(),
    glare: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 12 }), (acts) => {
      const parties = [new Party("amy", false), new Party("zoe", false)] as const;
      let anyChannel = false;
      for (const { by, restart, channel, provisional, glare } of acts) {
        const [offerer, answerer] = by === 0 ? parties : ([parties[1], parties[0]] as const);
        anyChannel ||= channel;
        if (channel) offerer.wanted = true;
        offerer.iceRestart = restart;
        if (restart) for (const party of parties) party.refresh();
        // The polite side has an offer of its own out, which is given up.
        if (glare) answerer.local("offer", answerer.offer());
        const offer = offerer.offer();
        offerer.local("offer", offer);
        assert.equal(answerer.remote("offer", offer).rolledBack, glare);
        if (provisional) offerer.remote("pranswer", provisionalOf(answerer));
        const answer = answerer.answer();
        answerer.local("answer", answer);
        offerer.remote("answer", answer);
        offerer.iceRestart = false;
        const [mine, theirs] = [planOf(offerer.n), planOf(answerer.n)];
        assert.equal(mine.data !== undefined, anyChannel);
        assert.deepEqual(mine.sections, theirs.sections);
        assert.deepEqual(mine.transports[0]?.local, theirs.transports[0]?.remote);
        assert.deepEqual(mine.transports[0]?.remote, theirs.transports[0]?.local);
        assert.ok(!isNegotiationNeeded(offerer.n, { hasDataChannels: offerer.wanted, iceRestartNeeded: false }));
      }
    }),
    { numRuns: 300, ...seed },
  );
});

function provisionalOf(answerer: Party): string {
  const sdp = answerer.answer();
  answerer.local("pranswer", sdp);
  return sdp;
}

test("fuzz: a mangled description is applied or refused with a typed error, and what is applied can be answered", () => {
  const sources = Object.values(browsers).filter((sdp) => sdp.includes("actpass"));
  const edit = fc.record({
    kind: fc.constantFrom("drop", "double", "move", "character"),
    at: fc.nat(100_000),
    to: fc.nat(100_000),
    text: fc.string({ maxLength: 2 }),
  });
  let applied = 0;
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 4 }), (source, edits) => {
      let sdp = source;
      for (const { kind, at, to, text } of edits) {
        const lines = sdp.split("\r\n");
        const line = lines[at % lines.length] ?? "";
        if (kind === "drop" || kind === "move") lines.splice(at % lines.length, 1);
        if (kind === "double" || kind === "move") lines.splice(to % lines.length, 0, line);
        sdp = lines.join("\r\n");
        if (kind === "character") sdp = sdp.slice(0, at % sdp.length) + text + sdp.slice((at % sdp.length) + (to % 2));
      }
      const zoe = new Party("zoe");
      try {
        zoe.remote("offer", sdp);
      } catch (error) {
        assert.ok(
          error instanceof JsepError && ["sdp-syntax", "invalid-access", "operation"].includes(error.code),
          String(error),
        );
        return;
      }
      applied++;
      const { plan } = zoe.local("answer", zoe.answer());
      assert.equal(plan.sections.length, zoe.n.currentRemote?.session.media.length);
      zoe.local("offer", zoe.offer());
      zoe.rollback("local");
      addRemoteCandidate(zoe.n, remoteCandidate({ candidate: "" }));
    }),
    { numRuns: 600, ...seed },
  );
  assert.ok(applied > 50, `only ${applied} mangled descriptions were applied`);
});

test("hundreds of sections are answered in little time", () => {
  const tags = Array.from({ length: 500 }, (_, index) => `x${index}`);
  const mids = tags.join(" ");
  const offers = [
    describe(
      `a=group:BUNDLE ${mids} d`,
      ...TRANSPORT,
      ...tags.flatMap((mid) => ["m=audio 9 UDP/TLS/RTP/SAVPF 0", `a=mid:${mid}`, "a=rtcp-mux"]),
      DATA,
      "a=mid:d",
    ),
    // Data sections that are bundled with nothing that has a transport.
    describe(
      `a=group:BUNDLE b ${mids}`,
      "m=application 9 UDP/BFCP *",
      "a=mid:b",
      ...tags.flatMap((mid) => [DATA, `a=mid:${mid}`]),
      DATA,
      ...TRANSPORT,
      "a=mid:d",
    ),
  ];
  for (const offer of offers) {
    const started = process.cpuUsage();
    const zoe = new Party("zoe");
    zoe.remote("offer", offer);
    zoe.local("answer", zoe.answer());
    for (let i = 0; i < 20; i++) {
      zoe.n = addRemoteCandidate(zoe.n, remoteCandidate({ candidate: `${CANDIDATE}${i}`, sdpMid: "d" })).next;
    }
    assert.equal(planOf(zoe.n).data?.mid, "d");
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 5_000_000, `${(user + system) / 1e6} s of CPU`);
  }
});
