/**
 * What a hostile peer, who has the keys, can do to an RTP session: nothing grows without bound, nothing takes long, nothing throws.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { setU16, setU32 } from "../base/bytes.ts";
import { Transmit } from "../base/transmit.ts";
import { writeRtpHeader } from "../rtp/packet.ts";
import { encodeGenericNack } from "../rtp/rtcp/generic-nack.ts";
import { encodeGoodbye } from "../rtp/rtcp/goodbye.ts";
import { encodePictureLossIndication } from "../rtp/rtcp/picture-loss-indication.ts";
import type { RtpReceiveParameters, RtpSendParameters } from "./rtp-parameters.ts";
import { RtpSession } from "./rtp-session.ts";

const SEED = testSeed(3);

const CODECS: RtpSendParameters["codecs"] = [
  { payloadType: 96, mimeType: "video/VP8", clockRate: 90_000, parameters: "", feedback: ["nack", "nack pli", "transport-cc"] },
  { payloadType: 97, mimeType: "video/rtx", clockRate: 90_000, parameters: "", feedback: [], repairs: 96 },
  { payloadType: 98, mimeType: "video/red", clockRate: 90_000, parameters: "", feedback: [] },
  { payloadType: 99, mimeType: "video/ulpfec", clockRate: 90_000, parameters: "", feedback: [] },
  { payloadType: 100, mimeType: "video/flexfec-03", clockRate: 90_000, parameters: "", feedback: [] },
];

const SENDING: RtpSendParameters = {
  mid: "0",
  kind: "video",
  cname: "c",
  codecs: CODECS,
  extensions: [
    { uri: "urn:ietf:params:rtp-hdrext:sdes:mid", id: 1 },
    { uri: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", id: 2 },
    { uri: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", id: 3 },
    { uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", id: 4 },
  ],
  encodings: [{ ssrc: 1, rtxSsrc: 2, active: true }],
  reducedSize: true,
};
const RECEIVING: RtpReceiveParameters = { ...SENDING, rids: [], ssrcs: [] };

/** A session at work, and its owner, who takes everything and sends nothing on. */
class Victim {
  readonly session: RtpSession = new RtpSession({ random: new SeededRandom(SEED) });
  readonly out = new Transmit(2048);
  handed = 0;
  events = 0;
  sent = { rtp: 0, rtcp: 0, bytes: 0 };
  now = 1000;

  constructor() {
    this.session.setSender("s", SENDING, this.now);
    this.session.setReceiver("r", RECEIVING, this.now);
  }

  rtp(ssrc: number, sequenceNumber: number, more: { payloadType?: number; payload?: Uint8Array; timestamp?: number } = {}): void {
    const { payloadType = 96, payload = Uint8Array.of(0x10, 1, 2), timestamp = this.now * 90 } = more;
    const bytes = new Uint8Array(12 + payload.length);
    bytes.set(payload, writeRtpHeader(bytes, 0, false, payloadType, sequenceNumber & 0xffff, timestamp >>> 0, ssrc));
    this.session.receiveRtp(bytes, 0, bytes.length, this.now);
    this.drain();
  }

  rtcp(bytes: Uint8Array): void {
    this.session.receiveRtcp(bytes, 0, bytes.length, this.now);
    this.drain();
  }

  drain(): void {
    while (this.session.takePacket() !== undefined) this.handed++;
    while (this.session.takeEvent() !== undefined) this.events++;
    for (let i = 0; this.session.transmit(this.out, this.now); i++) {
      assert.ok(i < 5000, "it sends without end");
      this.sent[this.session.kind === "rtcp" ? "rtcp" : "rtp"]++;
      this.sent.bytes += this.out.length;
    }
  }

  wait(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (let at = this.session.deadline(); at <= until; at = this.session.deadline()) {
      this.now = Math.max(this.now + 0.1, at);
      this.session.advance(this.now);
      this.drain();
    }
    this.now = until;
  }
}

/** Milliseconds of the processor that `run` takes. */
function cost(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test("sequence numbers that jump: what is missing is bounded, and so is what is asked for", () => {
  for (const step of [999, 2999, 20_000, 32_768, 65_535]) {
    const victim = new Victim();
    victim.rtp(7, 0);
    const spent = cost(() => {
      for (let i = 1; i <= 5000; i++) {
        victim.now += 0.2;
        victim.rtp(7, i * step);
      }
    });
    const stream = victim.session.router.entry(7)?.stream ?? assert.fail();
    assert.ok(stream.missing.size <= 1000);
    assert.ok(spent < 4000, `${spent} ms`);
    assert.ok(victim.sent.bytes < 5000 * 600, `${victim.sent.bytes} bytes are asked for with`);
    victim.wait(3000);
    assert.equal(stream.missing.size, 0);
  }
});

test("numbers without any order are counted, and those that follow each other are believed", () => {
  const victim = new Victim();
  const random = new SeededRandom(SEED);
  for (let i = 0; i < 10_000; i++) victim.rtp(7, random.below(65_536));
  const stream = victim.session.router.entry(7)?.stream ?? assert.fail();
  assert.ok(stream.counts.discarded > 1000);
  const before = victim.handed;
  for (let i = 0; i < 100; i++) victim.rtp(7, 1000 + i);
  assert.ok(victim.handed >= before + 98);
});

test("a flood of SSRCs, and of good-byes for them", () => {
  const victim = new Victim();
  const bytes = new Uint8Array(2000);
  const spent = cost(() => {
    for (let ssrc = 10; ssrc < 20_000; ssrc++) victim.rtp(ssrc, 5);
    for (let round = 0; round < 200; round++) {
      const ssrcs = Array.from({ length: 31 }, (_, index) => 10 + index + 31 * round);
      victim.rtcp(bytes.slice(0, encodeGoodbye(bytes, 0, { ssrcs, reason: "x".repeat(200) })));
    }
  });
  assert.ok((victim.session.router.receiver("r")?.streams.size ?? 0) <= 64);
  assert.ok(victim.session.router.drops.of("ssrc-limit") > 19_000);
  assert.ok(spent < 4000, `${spent} ms`);
  victim.wait(2000);
  assert.ok(victim.sent.rtcp < 100, `${victim.sent.rtcp} packets of RTCP`);
});

/** Sends something to ask for again. */
function play(victim: Victim, frames: number): void {
  for (let i = 0; i < frames; i++) {
    const data = new Uint8Array(1000);
    victim.session.sendFrame("s", 0, { kind: "video", data, timestamp: i * 3000, keyFrame: i === 0 }, victim.now);
    victim.drain();
    victim.wait(33);
  }
}

test("NACKs without end: each packet goes out a few times at most, and no faster than the pacer lets it", () => {
  const victim = new Victim();
  play(victim, 60);
  const { counts } = victim.session.senders.stream("s", 0) ?? assert.fail();
  const sent = counts.packets;
  const bytes = new Uint8Array(2000);
  const all = Array.from({ length: 5000 }, (_, index) => index);
  const nacks = Array.from({ length: 14 }, (_, part) => {
    const numbers = all.map((index) => (index + part * 5000) & 0xffff);
    return bytes.slice(0, encodeGenericNack(bytes, 0, 1200, 9, 1, numbers));
  });
  const began = victim.now;
  const before = victim.sent.bytes;
  const spent = cost(() => {
    for (let round = 0; round < 500; round++) {
      for (const nack of nacks) victim.rtcp(nack);
      victim.wait(4);
    }
  });
  assert.ok(counts.repeatedPackets > 0 && counts.repeatedPackets <= 10 * sent, `${counts.repeatedPackets} of ${sent}`);
  const rate = ((victim.sent.bytes - before) * 8000) / (victim.now - began);
  assert.ok(rate < 3 * victim.session.congestion.pacingRate, `${rate} bit/s`);
  assert.ok(spent < 6000, `${spent} ms`);
});

test("requests for key frames without end are told now and then", () => {
  const victim = new Victim();
  play(victim, 2);
  const before = victim.events;
  const bytes = new Uint8Array(20);
  const pli = bytes.slice(0, encodePictureLossIndication(bytes, 0, 9, 1));
  for (let i = 0; i < 10_000; i++) {
    victim.now += 0.1;
    victim.rtcp(pli);
  }
  assert.ok(victim.events - before <= 30, `${victim.events - before} events in a second`);
  assert.equal(victim.session.senders.stream("s", 0)?.counts.pictureLosses, 10_000);
});

test("bombs of RTCP: small packets that announce much, and datagrams full of them", () => {
  const victim = new Victim();
  play(victim, 5);
  // Feedback on as many packets as eight runs can announce; on too many it is malformed.
  const feedback = new Uint8Array(40);
  setU32(feedback, 0, 0x8fcd0006);
  setU16(feedback, 14, 16_384);
  setU16(feedback, 20, 0x1fff);
  setU16(feedback, 22, 0x1fff);
  setU16(feedback, 24, 0x1fff);
  const many = feedback.slice(0, 28);
  const tooMany = many.slice();
  setU16(tooMany, 14, 65_535);
  // A thousand empty receiver reports in one datagram; and thirty-one reports about nobody in each of three hundred.
  const reports = new Uint8Array(1000);
  for (let o = 0; o < 1000; o += 8) setU32(reports, o, 0x80c90001);
  const spent = cost(() => {
    for (let i = 0; i < 300; i++) {
      victim.now += 1;
      victim.rtcp(many);
      victim.rtcp(tooMany);
      victim.rtcp(reports);
    }
  });
  assert.ok(spent < 2000, `${spent} ms`);
  assert.equal(victim.session.rtcpReader.drops.of("rtcp-malformed"), 300);
});

test("header extensions as large as a packet cost no more than others", () => {
  const victim = new Victim();
  for (const [profile, fill] of [
    [0xbede, 0x10],
    [0xbede, 0x00],
    [0x1000, 0x01],
    [0x1000, 0x00],
    [0xbede, 0xff],
  ] as const) {
    const bytes = new Uint8Array(1212).fill(fill);
    writeRtpHeader(bytes, 0, false, 96, 1, 0, 7);
    bytes[0] = 0x90;
    setU16(bytes, 12, profile);
    setU16(bytes, 14, (1212 - 16) / 4);
    const spent = cost(() => {
      for (let i = 0; i < 2000; i++) {
        victim.session.receiveRtp(bytes, 0, bytes.length, victim.now);
        victim.drain();
      }
    });
    assert.ok(spent < 1000, `${spent} ms`);
  }
});

test("whatever bytes come as RTP, RTX, RED, FEC and RTCP, nothing throws and all is bounded", () => {
  const victim = new Victim();
  const random = new SeededRandom(SEED);
  play(victim, 5);
  const types = [96, 97, 98, 99, 100, 50];
  for (let i = 0; i < 30_000; i++) {
    victim.now += 0.1;
    const bytes = new Uint8Array(12 + random.below(80));
    random.fill(bytes);
    if (i % 3 === 0) {
      bytes[0] = 0x80 | (random.below(32) & 0x1f);
      bytes[1] = 200 + random.below(8);
      const words = Math.floor(bytes.length / 4);
      setU16(bytes, 2, words - 1);
      if (random.chance(0.5)) setU32(bytes, 8, 1 + random.below(3));
      victim.rtcp(bytes.slice(0, 4 * words));
      continue;
    }
    writeRtpHeader(
      bytes,
      0,
      random.chance(0.5),
      types[random.below(6)] ?? 96,
      100 + random.below(60),
      i * 10,
      7 + random.below(3),
    );
    if (random.chance(0.2)) bytes[0] = 0x80 | random.below(64);
    victim.session.receiveRtp(bytes, 0, bytes.length, victim.now);
    victim.drain();
  }
  victim.wait(10_000);
  assert.ok(victim.handed > 0 && victim.session.receiving.drops.total > 100);
  const dropped = victim.session.rtcpReader.drops.toJSON();
  assert.ok((dropped["rtcp-malformed"] ?? 0) > 100 && (dropped["rtcp-unknown"] ?? 0) > 10, JSON.stringify(dropped));
});
