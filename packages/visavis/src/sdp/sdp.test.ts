import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { attribute, find, findAll, generic, has, parseAttribute, printAttribute, without } from "./attribute.ts";
import { ATTRIBUTE_ROWS } from "./attribute-rows.ts";
import type { AttributeName } from "./attribute-values.ts";
import * as browsers from "./browser-offers.test.ts";
import { type Attribute, type MediaDescription, SdpSyntaxError, type SessionDescription } from "./description.ts";
import { parseSession, SdpLimit } from "./parse.ts";
import { printSession } from "./print.ts";

/** Repeats a failing run: fast-check prints the seed. */
const { SEED } = process.env;
const seed = SEED === undefined ? {} : { seed: Number(SEED) };

/** The lines as a description. */
const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join("");

/** The shortest start of a description. */
const HEAD = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"];

function parsed(sdp: string): SessionDescription {
  const session = parseSession(sdp);
  assert.ok(!(session instanceof SdpSyntaxError), session instanceof SdpSyntaxError ? `${session.line}: ${session.message}` : "");
  return session;
}

function refused(sdp: string): SdpSyntaxError {
  const error = parseSession(sdp);
  assert.ok(error instanceof SdpSyntaxError, "should have been refused");
  return error;
}

test("what browsers offer and answer is read and printed back to the byte", () => {
  for (const [name, sdp] of Object.entries(browsers)) {
    assert.equal(printSession(parsed(sdp)), sdp, name);
  }
});

test("everything that browsers send is understood", () => {
  const known = new Set(["rtcp-xr"]);
  for (const [name, sdp] of Object.entries(browsers)) {
    const session = parsed(sdp);
    const all = [session.attributes, ...session.media.map((media) => media.attributes)].flat();
    const raw = all.filter((each) => !("value" in each) && !known.has(each.name));
    assert.deepEqual(raw, [], name);
    assert.deepEqual(session.unknownLines, []);
  }
});

test("a data section of Chromium, field by field", () => {
  const { origin, name, timings, attributes, media } = parsed(browsers.CHROMIUM_DATA);
  assert.deepEqual(origin, {
    username: "-",
    sessionId: "7679489256840251494",
    sessionVersion: "3",
    networkType: "IN",
    addressType: "IP4",
    address: "127.0.0.1",
  });
  assert.equal(name, "-");
  assert.deepEqual(timings, [{ start: "0", stop: "0", repeats: [] }]);
  assert.deepEqual(find(attributes, "group"), { semantics: "BUNDLE", mids: ["0"] });
  assert.equal(find(attributes, "msid-semantic"), " WMS");
  const [data] = media;
  assert.deepEqual(
    [data?.media, data?.port, data?.protocol, data?.formats],
    ["application", 9, "UDP/DTLS/SCTP", ["webrtc-datachannel"]],
  );
  assert.deepEqual(data?.connections, [{ networkType: "IN", addressType: "IP4", address: "0.0.0.0" }]);
  const list = data?.attributes ?? [];
  assert.equal(find(list, "ice-ufrag"), "AqCZ");
  assert.deepEqual(find(list, "ice-options"), ["trickle"]);
  assert.equal(find(list, "fingerprint")?.algorithm, "sha-256");
  assert.equal(find(list, "setup"), "actpass");
  assert.equal(find(list, "sctp-port"), 5000);
  assert.equal(find(list, "max-message-size"), 262144);
  assert.equal(find(list, "rtpmap"), undefined);
});

test("a line of each kind, in the order of RFC 8866", () => {
  const sdp = text(
    "v=0",
    "o=jdoe 3724394400 18446744073709551615 IN IP6 2001:db8::1",
    "s= ",
    "i=A Seminar",
    "u=https://example.com/",
    "e=j.doe@example.com (Jane Doe)",
    "e=second@example.com",
    "p=+1 617 555-6011",
    "c=IN IP4 233.252.0.1/127/3",
    "b=CT:5000",
    "b=X-YZ:128",
    "t=3724394400 3724398000",
    "r=604800 3600 0 90000",
    "z=3730928400 -1h 3749680800 0",
    "t=0 0",
    "k=prompt",
    "a=recvonly",
    "a=tool:whatever",
    "x=a letter nobody knows",
    "m=audio 49170/2 RTP/AVP 0 96",
    "i=the sound",
    "c=IN IP4 233.252.0.2/127",
    "c=IN IP4 233.252.0.3/127",
    "b=AS:64",
    "b=TIAS:64000",
    "k=clear:abc",
    "a=ptime:20",
    "y=another one",
    "m=video 0 RTP/AVP 99",
  );
  const session = parsed(sdp);
  assert.equal(printSession(session), sdp);
  assert.equal(session.origin.sessionVersion, "18446744073709551615");
  assert.equal(session.name, " ");
  assert.deepEqual(session.emails, ["j.doe@example.com (Jane Doe)", "second@example.com"]);
  assert.deepEqual(session.timings[0]?.repeats, [
    { type: "r", text: "604800 3600 0 90000" },
    { type: "z", text: "3730928400 -1h 3749680800 0" },
  ]);
  assert.deepEqual(session.unknownLines, [{ type: "x", text: "a letter nobody knows" }]);
  assert.equal(session.media[0]?.portCount, 2);
  assert.equal(session.media[0]?.connections.length, 2);
  assert.equal(session.media[1]?.port, 0);
});

test("line ends: CRLF, LF, none at the last line, empty lines at the end", () => {
  const lines = [...HEAD, "m=audio 9 RTP/AVP 0", "a=mid:x"];
  const session = parsed(text(...lines));
  for (const sdp of [lines.join("\n"), lines.join("\r\n"), `${lines.join("\n")}\n\n`, `${lines.join("\r\n")}\r\n\r\n`]) {
    assert.deepEqual(parsed(sdp), session);
  }
});

test("lines out of order are put in order, unknown attributes stay where they are", () => {
  const session = parsed(
    text("v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=", "a=first", "t=0 0", "c=IN IP4 0.0.0.0", "a=second:", "a=third:x:y"),
  );
  const sdp = printSession(session);
  assert.equal(
    sdp,
    text("v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=", "c=IN IP4 0.0.0.0", "t=0 0", "a=first", "a=second:", "a=third:x:y"),
  );
  assert.deepEqual(parsed(sdp), session);
});

test("cameras leave out t=", () => {
  const sdp = text("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=RTSP Session", "m=video 0 RTP/AVP 26", "a=control:video");
  assert.equal(printSession(parsed(sdp)), sdp);
});

test("what is not a session description is refused, with the line", () => {
  const [v, o, s, t] = HEAD as [string, string, string, string];
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["", 1, /expected v=/],
    ["Invalid SDP", 1, /not a line/],
    ["; a comment\n", 1, /not a line/],
    [text("o=- 1 1 IN IP4 0.0.0.0"), 1, /expected v=/],
    [text(v), 2, /expected o=/],
    [text(v, s), 2, /expected o=/],
    [text(v, o), 3, /expected s=/],
    [text(v, o, "m=audio 9 RTP/AVP 0"), 3, /expected s=/],
    [text("v=1", o, s, t), 1, /v=/],
    [text(v, "o=- 1 1 IN IP4", s, t), 2, /o=/],
    [text(v, "o=- x 1 IN IP4 0.0.0.0", s, t), 2, /o=/],
    [text(v, o, s, s, t), 4, /s=/],
    [text(v, o, s, "t=0"), 4, /t=/],
    [text(v, o, s, "t=now then"), 4, /t=/],
    [text(v, o, s, "r=7d 1h 0 25h", t), 4, /r=/],
    [text(v, o, s, "c=IN IP4", t), 4, /c=/],
    [text(v, o, s, "b=AS", t), 4, /b=/],
    [text(v, o, s, "b=AS:many", t), 4, /b=/],
    [text(...HEAD, "m=audio"), 5, /m=/],
    [text(...HEAD, "m=audio 9 RTP/AVP"), 5, /m=/],
    [text(...HEAD, "m=audio 65536 RTP/AVP 0"), 5, /m=/],
    [text(...HEAD, "m=audio 9/0 RTP/AVP 0"), 5, /m=/],
    [text(...HEAD, "m=audio nine RTP/AVP 0"), 5, /m=/],
    [text(...HEAD, "m=au(dio) 9 RTP/AVP 0"), 5, /m=/],
    [text(...HEAD, "", "m=audio 9 RTP/AVP 0"), 5, /not a line/],
    [text(...HEAD, "garbage"), 5, /not a line/],
    [text(...HEAD, " a=x"), 5, /not a line/],
    [text(...HEAD, "a=x\ry"), 5, /not a line/],
    [text(...HEAD, "a=x\0"), 5, /not a line/],
    [text(...HEAD, "a="), 5, /attribute/],
    [text(...HEAD, "a=:x"), 5, /attribute/],
    [text(...HEAD, "a=mid:"), 5, /a=mid/],
    [text(...HEAD, "a=mid:a b"), 5, /a=mid/],
    [text(...HEAD, "a=group"), 5, /a=group/],
    [text(...HEAD, "a=fingerprint:sha-256"), 5, /fingerprint/],
    [text(...HEAD, "a=fingerprint:sha-256 0G:00"), 5, /fingerprint/],
    [text(...HEAD, "a=fingerprint:sha-256 000:0"), 5, /fingerprint/],
    [text(...HEAD, "a=setup:sometimes"), 5, /setup/],
    [text(...HEAD, "a=ice-ufrag"), 5, /ice-ufrag/],
    [text(...HEAD, "a=ice-pwd:a b"), 5, /ice-pwd/],
    [text(...HEAD, "a=ice-options:"), 5, /ice-options/],
    [text(...HEAD, "a=sctp-port:65536"), 5, /sctp-port/],
    [text(...HEAD, "a=max-message-size:-1"), 5, /max-message-size/],
  ];
  for (const [sdp, line, message] of cases) {
    const error = refused(sdp);
    assert.equal(error.line, line, JSON.stringify(sdp));
    assert.match(error.message, message, JSON.stringify(sdp));
  }
});

test("each understood attribute is read as its value and printed back", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["group:BUNDLE 0 1", { semantics: "BUNDLE", mids: ["0", "1"] }],
    ["group:LS", { semantics: "LS", mids: [] }],
    ["mid:audio", "audio"],
    ["bundle-only", true],
    ["identity:eyJpZHAi=", "eyJpZHAi="],
    ["msid-semantic:WMS *", "WMS *"],
    ["ice-ufrag:E+/n", "E+/n"],
    ["ice-pwd:OtSK0WpNtpUjkY4+86js7Z/l", "OtSK0WpNtpUjkY4+86js7Z/l"],
    ["ice-options:trickle ice2", ["trickle", "ice2"]],
    ["ice-lite", true],
    ["ice-mismatch", true],
    ["ice-pacing:50", 50],
    ["candidate:1 1 UDP 2130706431 fe80::1 8998 typ host", "1 1 UDP 2130706431 fe80::1 8998 typ host"],
    ["remote-candidates:1 192.0.2.3 45664", "1 192.0.2.3 45664"],
    ["end-of-candidates", true],
    ["fingerprint:sha-1 4A:AD", { algorithm: "sha-1", value: "4A:AD" }],
    ["setup:holdconn", "holdconn"],
    ["connection:existing", "existing"],
    ["tls-id:1abc", "1abc"],
    [
      "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNf|2^20|1:32",
      { tag: 1, suite: "AES_CM_128_HMAC_SHA1_80", parameters: "inline:WVNf|2^20|1:32" },
    ],
    ["sctp-port:5000", 5000],
    ["sctp-init:AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA", "AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA"],
    ["max-message-size:0", 0],
    ["max-message-size:1073741823", 1073741823],
    ["sctpmap:5000 webrtc-datachannel 1024", { port: 5000, protocol: "webrtc-datachannel", streams: 1024 }],
    ["sctpmap:5000 webrtc-datachannel", { port: 5000, protocol: "webrtc-datachannel" }],
    ["rtcp:9 IN IP4 0.0.0.0", { port: 9, address: { networkType: "IN", addressType: "IP4", address: "0.0.0.0" } }],
    ["rtcp:65179", { port: 65179 }],
    ["rtcp-mux", true],
    ["rtcp-mux-only", true],
    ["rtcp-rsize", true],
    ["rtpmap:111 opus/48000/2", { payloadType: 111, encoding: "opus", clockRate: 48000, parameters: "2" }],
    ["rtpmap:96 VP8/90000", { payloadType: 96, encoding: "VP8", clockRate: 90000 }],
    ["fmtp:111 minptime=10; useinbandfec=1", { format: "111", parameters: "minptime=10; useinbandfec=1" }],
    ["rtcp-fb:96 nack pli", { payloadType: 96, feedback: "nack pli" }],
    ["rtcp-fb:* ccm tmmbr", { payloadType: "*", feedback: "ccm tmmbr" }],
    ["extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid", { id: 1, uri: "urn:ietf:params:rtp-hdrext:sdes:mid" }],
    ["extmap:2/recvonly urn:x some attributes", { id: 2, direction: "recvonly", uri: "urn:x", attributes: "some attributes" }],
    ["extmap-allow-mixed", true],
    ["cryptex", true],
    ["ssrc:4294967295 cname:{a-b}", { ssrc: 4294967295, attribute: "cname", value: "{a-b}" }],
    ["ssrc:1 fmtp:97 a:b", { ssrc: 1, attribute: "fmtp", value: "97 a:b" }],
    ["ssrc-group:FID 1 2", { semantics: "FID", ssrcs: [1, 2] }],
    ["msid:- a710d669", { stream: "-", track: "a710d669" }],
    ["msid:stream", { stream: "stream" }],
    ["rid:hi send max-width=1280;max-fps=30", { id: "hi", direction: "send", parameters: "max-width=1280;max-fps=30" }],
    ["rid:lo recv", { id: "lo", direction: "recv" }],
    [
      "simulcast:send 1,2;~3 recv 4",
      {
        lists: [
          {
            direction: "send",
            streams: [
              [
                { rid: "1", paused: false },
                { rid: "2", paused: false },
              ],
              [{ rid: "3", paused: true }],
            ],
          },
          { direction: "recv", streams: [[{ rid: "4", paused: false }]] },
        ],
      },
    ],
    ["imageattr:97 send [x=800,y=640] recv *", "97 send [x=800,y=640] recv *"],
    ["ptime:20", 20],
    ["maxptime:120", 120],
    ["sendrecv", true],
    ["sendonly", true],
    ["recvonly", true],
    ["inactive", true],
  ];
  for (const [line, value] of cases) {
    const result = parseAttribute(line);
    assert.ok(result !== undefined && "value" in result, line);
    assert.deepEqual(result.value, value, line);
    assert.equal(printAttribute(result), line);
  }
  const tested = new Set(cases.map(([line]) => line.split(":")[0] ?? ""));
  assert.deepEqual(
    Object.keys(ATTRIBUTE_ROWS).filter((name) => !tested.has(name)),
    [],
    "every row of the table has a case",
  );
});

test("a malformed value of an attribute that offer/answer does not depend on is kept as text", () => {
  const lines = [
    "rtcp-mux:yes",
    "rtpmap:128 x/1",
    "rtpmap:96",
    "rtpmap:96 VP8/90000/",
    "fmtp:96",
    "rtcp-fb:x nack",
    "extmap:1/sideways urn:x",
    "extmap:1",
    "ssrc:4294967296 cname:x",
    "ssrc:5000",
    "ssrc-group:FID one",
    "msid:a b c",
    "rid:x both",
    "simulcast:recv rid=1;2",
    "simulcast:send 1 send 2",
    "simulcast:send 1;;2",
    "ptime:0.125",
    "rtcp:9 IN IP4",
    "sctpmap:5000",
    "crypto:1 SUITE",
    "connection:maybe",
    "candidate",
  ];
  for (const line of lines) {
    const result = parseAttribute(line);
    assert.ok(result !== undefined && !("value" in result), line);
    assert.equal(printAttribute(result), line);
  }
  for (const name of ["constructor", "__proto__", "toString"]) assert.deepEqual(parseAttribute(name), generic(name));
});

test("values come out of lists by name", () => {
  const list: Attribute[] = [
    generic("rtpmap", "nonsense"),
    attribute("rtpmap", { payloadType: 0, encoding: "PCMU", clockRate: 8000 }),
    attribute("rtpmap", { payloadType: 8, encoding: "PCMA", clockRate: 8000 }),
    attribute("rtcp-mux", true),
  ];
  assert.equal(find(list, "rtpmap")?.payloadType, 0);
  assert.deepEqual(
    findAll(list, "rtpmap").map(({ encoding }) => encoding),
    ["PCMU", "PCMA"],
  );
  assert.equal(find(list, "rtcp-mux"), true);
  assert.equal(find(list, "rtcp-rsize"), undefined);
  assert.ok(has(list, "rtpmap") && !has(list, "mid"));
  assert.deepEqual(without(list, "rtpmap", "x"), [attribute("rtcp-mux", true)]);
});

test("odd but real descriptions are read", () => {
  // The old form of data sections, a candidate with an extension, several kinds of group, attributes at the session.
  const old = parsed(
    text(
      "v=0",
      "o=Mozilla-SIPUA-35.0a1 27987 0 IN IP4 0.0.0.0",
      "s=SIP Call",
      "t=0 0",
      "a=ice-ufrag:8a39d2ae",
      "a=group:BUNDLE first second",
      "a=group:LS first third",
      "m=application 9 DTLS/SCTP 5000",
      "c=IN IP4 0.0.0.0",
      "a=sctpmap:5000 webrtc-datachannel 16",
      "m=application 3238 UDP/BFCP *",
      "a=floorid:1 m-stream:3",
      "m=image 9 TCP t38",
      "a=connection:new",
    ),
  );
  assert.deepEqual(
    findAll(old.attributes, "group").map(({ semantics }) => semantics),
    ["BUNDLE", "LS"],
  );
  assert.deepEqual(
    old.media.map(({ formats }) => formats),
    [["5000"], ["*"], ["t38"]],
  );
  assert.deepEqual(find(old.media[0]?.attributes ?? [], "sctpmap"), { port: 5000, protocol: "webrtc-datachannel", streams: 16 });
  // Values that are normalised: the hash in capitals, the digits in lower case, spaces doubled and at the end.
  const loose = parsed(text(...HEAD, "m=audio  9 RTP/AVP  0 ", "a=fingerprint:SHA-256 ab:cd", "a=group:BUNDLE  a ", "a=mid: a"));
  assert.deepEqual(loose.media[0]?.formats, ["0"]);
  assert.deepEqual(find(loose.media[0]?.attributes ?? [], "fingerprint"), { algorithm: "sha-256", value: "AB:CD" });
});

test("size is limited, and a refusal takes no longer than a reading", () => {
  assert.equal(refused("v".repeat(SdpLimit.LENGTH + 1)).line, 1);
  assert.equal(refused(`${text(...HEAD)}${"a=x\n".repeat(SdpLimit.LINES)}`).line, SdpLimit.LINES + 1);
  const section = "m=audio 9 RTP/AVP 0\r\n";
  assert.equal(parsed(text(...HEAD) + section.repeat(SdpLimit.SECTIONS)).media.length, SdpLimit.SECTIONS);
  assert.match(refused(text(...HEAD) + section.repeat(SdpLimit.SECTIONS + 1)).message, /sections/);
});

test("hostile texts take time in proportion to their length", () => {
  const bodies = [" ", "a", ":", "/", "00:", "0 ", ";", ",", "a=", "\r", "~,", "IN "].map((unit) =>
    unit.repeat(300_000 / unit.length),
  );
  const starts = [
    "a=simulcast:send ",
    "a=fingerprint:sha-256 ",
    "a=group:",
    "m=audio 9 RTP/AVP ",
    "b=",
    "o=",
    "a=rtpmap:1 ",
    "a=ice-options:",
    "a=x",
    "c=",
  ];
  const started = process.cpuUsage();
  for (const start of starts) {
    for (const body of bodies) {
      const session = parseSession(`${text(...HEAD)}${start}${body}`);
      if (!(session instanceof SdpSyntaxError)) printSession(session);
    }
  }
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 10_000_000, `120 texts of 0.3 MB took ${(user + system) / 1e6} s of CPU`);
});

test("a value with a line break is not printed", () => {
  const session = parsed(text(...HEAD));
  for (const value of ["x\r\na=ice-lite", "x\ny", "x\0"]) {
    assert.throws(() => printSession({ ...session, name: value }), RangeError);
    assert.throws(() => printSession({ ...session, attributes: [generic("x", value)] }), RangeError);
  }
});

const word = fc.stringMatching(/^[!-9;-~]{1,12}$/);
const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
const line = fc.stringMatching(/^[ -~]{0,24}$/);
const address = fc.record({ networkType: fc.constant("IN"), addressType: fc.constantFrom("IP4", "IP6"), address: word });
const bandwidth = fc.record({ type: token, value: fc.nat() });

/** Some value of each kind of attribute. */
const VALUES: { readonly [N in AttributeName]?: fc.Arbitrary<unknown> } = {
  group: fc.record({ semantics: token, mids: fc.array(token) }),
  mid: token,
  "ice-options": fc.array(token, { minLength: 1 }),
  fingerprint: fc.record({ algorithm: fc.constantFrom("sha-1", "sha-256"), value: fc.constantFrom("00", "AB:CD:EF") }),
  setup: fc.constantFrom("active", "passive", "actpass", "holdconn"),
  "sctp-port": fc.nat(0xffff),
  "max-message-size": fc.maxSafeNat(),
  rtcp: fc.record({ port: fc.nat(0xffff), address }, { requiredKeys: ["port"] }),
  rtpmap: fc.record(
    { payloadType: fc.nat(127), encoding: token, clockRate: fc.nat(), parameters: token },
    { requiredKeys: ["payloadType", "encoding", "clockRate"] },
  ),
  "rtcp-fb": fc.record({ payloadType: fc.oneof(fc.nat(127), fc.constant("*")), feedback: word }),
  extmap: fc.record(
    { id: fc.nat(255), direction: fc.constantFrom("sendonly", "recvonly"), uri: word, attributes: word },
    { requiredKeys: ["id", "uri"] },
  ),
  ssrc: fc.record({ ssrc: fc.nat(), attribute: token, value: line }, { requiredKeys: ["ssrc", "attribute"] }),
  "ssrc-group": fc.record({ semantics: token, ssrcs: fc.array(fc.nat()) }),
  simulcast: fc.record({
    lists: fc.tuple(
      fc.record({
        direction: fc.constantFrom("send", "recv"),
        streams: fc.array(fc.array(fc.record({ rid: token, paused: fc.boolean() }), { minLength: 1 }), { minLength: 1 }),
      }),
    ),
  }),
  "rtcp-mux": fc.constant(true),
  candidate: word,
};

const someAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  ...Object.entries(VALUES).map(([name, value]) => value.map((each) => ({ name, value: each }) as Attribute)),
  fc.record({ name: fc.stringMatching(/^x-[a-z]{1,6}$/), text: fc.option(line, { nil: undefined }) }),
);
const unknownLine = fc.record({ type: fc.constantFrom("f", "x", "Y"), text: line });
const someMedia: fc.Arbitrary<MediaDescription> = fc.record(
  {
    media: token,
    port: fc.nat(0xffff),
    portCount: fc.integer({ min: 1, max: 9 }),
    protocol: word,
    formats: fc.array(word, { minLength: 1, maxLength: 4 }),
    information: line,
    connections: fc.array(address, { maxLength: 2 }),
    bandwidths: fc.array(bandwidth, { maxLength: 2 }),
    key: line,
    attributes: fc.array(someAttribute, { maxLength: 12 }),
    unknownLines: fc.array(unknownLine, { maxLength: 2 }),
  },
  { requiredKeys: ["media", "port", "protocol", "formats", "connections", "bandwidths", "attributes", "unknownLines"] },
);
const digits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const timing = fc.record({
  start: digits,
  stop: digits,
  repeats: fc.array(fc.record({ type: fc.constantFrom("r", "z"), text: line }), { maxLength: 2 }),
});
const someSession: fc.Arbitrary<SessionDescription> = fc.record(
  {
    version: fc.constant(0),
    origin: fc.record({
      username: word,
      sessionId: digits,
      sessionVersion: digits,
      networkType: fc.constant("IN"),
      addressType: fc.constant("IP4"),
      address: word,
    }),
    name: line,
    information: line,
    uri: line,
    emails: fc.array(line, { maxLength: 2 }),
    phones: fc.array(line, { maxLength: 2 }),
    connection: address,
    bandwidths: fc.array(bandwidth, { maxLength: 2 }),
    timings: fc.array(timing, { minLength: 1, maxLength: 2 }),
    key: line,
    attributes: fc.array(someAttribute, { maxLength: 8 }),
    unknownLines: fc.array(unknownLine, { maxLength: 2 }),
    media: fc.array(someMedia, { maxLength: 4 }),
  },
  {
    requiredKeys: [
      "version",
      "origin",
      "name",
      "emails",
      "phones",
      "bandwidths",
      "timings",
      "attributes",
      "unknownLines",
      "media",
    ],
  },
);

/** fast-check makes objects without a prototype. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

test("law: what is printed is read back as it was", () => {
  fc.assert(
    fc.property(someSession, (session) => {
      const sdp = printSession(session);
      const again = parsed(sdp);
      assert.deepEqual(plain(again), plain(session));
      assert.equal(printSession(again), sdp);
    }),
    { numRuns: 300, ...seed },
  );
});

test("fuzz: whatever is done to a description, reading it gives a value or an error, and a value prints and reads again", () => {
  const sources = Object.values(browsers);
  const edit = fc.record({
    kind: fc.constantFrom("character", "drop line", "double line", "swap lines", "cut", "splice"),
    at: fc.nat(1_000_000),
    to: fc.nat(1_000_000),
    character: fc.string({ unit: "binary", minLength: 0, maxLength: 2 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.array(edit, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(...sources),
      (source, edits, other) => {
        let sdp: string = source;
        for (const { kind, at, to, character } of edits) {
          const lines = sdp.split("\r\n");
          const [i, j] = [at % lines.length, to % lines.length];
          const [a, b] = [lines[i] ?? "", lines[j] ?? ""];
          if (kind === "drop line") lines.splice(i, 1);
          if (kind === "double line") lines.splice(j, 0, a);
          if (kind === "swap lines") [lines[i], lines[j]] = [b, a];
          if (kind === "splice") lines.splice(i, 1, other.split("\r\n")[j] ?? "");
          sdp = lines.join("\r\n");
          if (kind === "character")
            sdp = sdp.slice(0, at % (sdp.length + 1)) + character + sdp.slice((at % (sdp.length + 1)) + (to % 2));
          if (kind === "cut") sdp = sdp.slice(0, at % (sdp.length + 1));
        }
        const session = parseSession(sdp);
        if (session instanceof SdpSyntaxError) {
          assert.ok(session.line >= 1 && session.message !== "");
          return;
        }
        const printed = printSession(session);
        assert.deepEqual(parseSession(printed), session);
      },
    ),
    { numRuns: 1500, ...seed },
  );
});

test("every shorter beginning of a description is read or refused", () => {
  const sdp = browsers.FIREFOX_DATA_GATHERED;
  for (let length = 0; length < sdp.length; length++) {
    const session = parseSession(sdp.slice(0, length));
    assert.ok(session instanceof SdpSyntaxError || session.version === 0);
  }
});
