/**
 * The laws of a wire unit for every packet of RTCP: real packets read and write back to the same bytes, what was written reads back,
 * and no truncation is read as a whole.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../../base/bytes.ts";
import { decodeApplicationDefined, encodeApplicationDefined } from "./application-defined.ts";
import { isCompound } from "./compound.ts";
import { type CongestionFeedback, decodeCongestionFeedback, encodeCongestionFeedback } from "./congestion-feedback.ts";
import { decodeExtendedReport, encodeExtendedReport } from "./extended-report.ts";
import { decodeFullIntraRequest, encodeFullIntraRequest } from "./full-intra-request.ts";
import { decodeGenericNack, encodeGenericNack } from "./generic-nack.ts";
import { decodeGoodbye, encodeGoodbye } from "./goodbye.ts";
import { decodePictureLossIndication, encodePictureLossIndication } from "./picture-loss-indication.ts";
import { decodeReceiverReport, encodeReceiverReport } from "./receiver-report.ts";
import { decodeRemb, encodeRemb } from "./remb.ts";
import { decodeSenderReport, encodeSenderReport } from "./sender-report.ts";
import { decodeSourceDescription, encodeSourceDescription, SdesType } from "./source-description.ts";
import {
  decodeTransportFeedback,
  encodeTransportFeedback,
  feedbackPacketCount,
  TransportFeedback,
} from "./transport-feedback.ts";

const SR = "81c8000c6d2453eade46475b151a005c66a8dd3e0000010d000034f58ef891ed00000000000000f60000007f0000000000000000";
const RR = "81c9000730b68407479437af0000000000000276000007720000000000000000";
const SDES = "81ca000c6d2453ea01267b36336634353965612d343166652d343437342d396433332d3937303763396565373964317d00000000";
const BYE = "81cb0001ae528b43";
const NACK = "81cd000c8b4477bbf71deee4000c00000020004000360000004c0000006e1000008e000000b7000800df1000010f000001240000";
const PLI = "81ce00025450626523013fb9";
const FIR = "84ce0004000000010000000023013fb907000000";
const APP = "85cc00031122334456495356deadbeef";
const XR = "80cf000800000001040000020102030405060708050000030000000211223344000100ff";
const REMB = "8fce00060000000100000000" + "52454d42" + "02" + "07a120" + "0000000200000003";
/** A run of three small deltas; in a vector of two bits: large, none, small, none. */
const TWCC = "8fcd0007000000010000000200640007fffff6052003e100040810ff7f800000";

/** Reads all of it. */
function all<T>(decode: (bytes: Uint8Array, offset: number, end: number) => T, hex: string): T {
  const bytes = fromHex(hex);
  return decode(bytes, 0, bytes.length);
}

/** What `encode` wrote, in hexadecimal; the memory held other bytes before. */
function written(encode: (out: Uint8Array, offset: number) => number): string {
  const out = new Uint8Array(4000).fill(0x55);
  return toHex(out.subarray(12, encode(out, 12)));
}

type Law = readonly [
  name: string,
  hex: string,
  decode: (bytes: Uint8Array, o: number, end: number) => unknown,
  again: (value: never) => string,
];
const law = <T>(
  name: string,
  hex: string,
  decode: (bytes: Uint8Array, o: number, end: number) => T | undefined,
  encode: (out: Uint8Array, offset: number, value: T) => number,
): Law => [name, hex, decode, (value: T) => written((out, o) => encode(out, o, value))];

const LAWS: readonly Law[] = [
  law("SR", SR, decodeSenderReport, encodeSenderReport),
  law("RR", RR, decodeReceiverReport, encodeReceiverReport),
  law("SDES", SDES, decodeSourceDescription, encodeSourceDescription),
  law("BYE", BYE, decodeGoodbye, encodeGoodbye),
  law("APP", APP, decodeApplicationDefined, encodeApplicationDefined),
  law("XR", XR, decodeExtendedReport, encodeExtendedReport),
  law("NACK", NACK, decodeGenericNack, (out, o, { senderSsrc, mediaSsrc, sequenceNumbers }) =>
    encodeGenericNack(out, o, 1200, senderSsrc, mediaSsrc, sequenceNumbers),
  ),
  law("PLI", PLI, decodePictureLossIndication, (out, o, { senderSsrc, mediaSsrc }) =>
    encodePictureLossIndication(out, o, senderSsrc, mediaSsrc),
  ),
  law("FIR", FIR, decodeFullIntraRequest, encodeFullIntraRequest),
  law("REMB", REMB, decodeRemb, encodeRemb),
];

for (const [name, hex, decode, again] of LAWS) {
  test(`${name}: a real packet reads and writes back to the same bytes; no truncated one is read`, () => {
    const bytes = fromHex(hex);
    const value = decode(bytes, 0, bytes.length);
    assert.notEqual(value, undefined);
    assert.equal(again(value as never), hex);
    for (let end = 0; end < bytes.length; end++) assert.equal(decode(bytes, 0, end), undefined, `${end} bytes`);
    // The length field says less than what has to be there.
    const short = bytes.slice();
    short[2] = 0;
    for (let words = 0; words < bytes.length / 4 - 1; words++) {
      short[3] = words;
      const cut = decode(short, 0, 4 * words + 4);
      if (cut !== undefined) assert.notDeepEqual(cut, value);
    }
  });
}

test("what the packets of a call say", () => {
  const report = all(decodeSenderReport, SR);
  assert.deepEqual(
    [report?.ssrc, report?.rtpTimestamp, report?.packetCount, report?.octetCount, report?.reports[0]?.ssrc],
    [0x6d2453ea, 0x66a8dd3e, 269, 13557, 0x8ef891ed],
  );
  const block = all(decodeReceiverReport, RR)?.reports[0];
  assert.deepEqual([block?.extendedHighestSequenceNumber, block?.jitter, block?.packetsLost], [630, 1906, 0]);
  const cname = all(decodeSourceDescription, SDES)?.[0]?.items;
  assert.deepEqual(cname, [{ type: SdesType.CNAME, text: "{63f459ea-41fe-4474-9d33-9707c9ee79d1}" }]);
  assert.deepEqual(
    all(decodeGenericNack, NACK)?.sequenceNumbers,
    [12, 32, 39, 54, 76, 110, 123, 142, 183, 187, 223, 236, 271, 292],
  );
  assert.equal(all(decodeRemb, REMB)?.bitrate, 0x3a120 * 2);
  assert.deepEqual(all(decodeGoodbye, "80cb0000"), { ssrcs: [], reason: undefined });
  assert.deepEqual(all(decodeGoodbye, "a0cb000104040404"), { ssrcs: [], reason: undefined });
  assert.deepEqual(all(decodeExtendedReport, XR)?.delays, [{ ssrc: 2, lastReferenceTime: 0x11223344, delay: 0x000100ff }]);
});

test("packets of other stacks' tests that are none", () => {
  assert.equal(all(decodeGoodbye, "91cb0001ae528b43"), undefined);
  assert.equal(all(decodePictureLossIndication, "81ce0001ae528b43"), undefined);
  assert.equal(all(decodeReceiverReport, "81c90001ae528b43"), undefined);
  assert.equal(all(decodeGenericNack, "81cd0001ae528b43"), undefined);
  assert.equal(all(decodeSenderReport, "81c80001ae528b43"), undefined);
  assert.equal(all(decodeSourceDescription, "81ca00009000001b10000080d100"), undefined);
});

test("text of any length and reasons for leaving read back", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 60 });
  fc.assert(
    fc.property(
      fc.array(
        fc
          .tuple(fc.nat(0xffff_ffff), fc.array(fc.tuple(fc.integer({ min: 1, max: 255 }), text), { maxLength: 4 }))
          .map(([ssrc, items]) => ({ ssrc, items: items.map(([type, text]) => ({ type, text })) })),
        { maxLength: 5 },
      ),
      text,
      (chunks, reason) => {
        assert.deepEqual(
          all(
            decodeSourceDescription,
            written((out, o) => encodeSourceDescription(out, o, chunks)),
          ),
          chunks,
        );
        const goodbye = { ssrcs: chunks.map(({ ssrc }) => ssrc), reason };
        assert.deepEqual(
          all(
            decodeGoodbye,
            written((out, o) => encodeGoodbye(out, o, goodbye)),
          ),
          goodbye,
        );
      },
    ),
  );
});

test("losses in reports may be negative, and stop at 24 bits", () => {
  const block = {
    ssrc: 1,
    fractionLost: 255,
    extendedHighestSequenceNumber: 0xffff_ffff,
    jitter: 0xffff_ffff,
    lastSenderReport: 5,
    delaySinceLastSenderReport: 6,
  };
  for (const [packetsLost, told] of [
    [-1, -1],
    [-0x90_0000, -0x80_0000],
    [0x90_0000, 0x7f_ffff],
  ] as const) {
    const hex = written((out, o) => encodeReceiverReport(out, o, { ssrc: 9, reports: [{ ...block, packetsLost }] }));
    assert.deepEqual(all(decodeReceiverReport, hex)?.reports, [{ ...block, packetsLost: told }]);
  }
});

test("a NACK names what ascends, wraps, and fits", () => {
  const numbers = fc.uniqueArray(fc.nat(400), { minLength: 1 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(numbers, fc.nat(0xffff), (list, first) => {
      const wanted = list.map((number) => (number + first) & 0xffff);
      const hex = written((out, o) => encodeGenericNack(out, o, 2000, 1, 2, wanted));
      assert.deepEqual(all(decodeGenericNack, hex), { senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: wanted });
      const few = all(
        decodeGenericNack,
        written((out, o) => encodeGenericNack(out, o, 20, 1, 2, wanted)),
      )?.sequenceNumbers;
      assert.deepEqual(few, wanted.slice(0, few?.length));
    }),
  );
  assert.equal(
    written((out, o) => encodeGenericNack(out, o, 15, 1, 2, [1])),
    "",
  );
  assert.equal(
    written((out, o) => encodeGenericNack(out, o, 100, 1, 2, [])),
    "",
  );
});

test("bitrates of REMB have 18 bits", () => {
  for (const [bitrate, told] of [
    [0, 0],
    [262143, 262143],
    [262145, 262144],
    [1e9, Math.floor(1e9 / 4096) * 4096],
  ] as const) {
    const hex = written((out, o) => encodeRemb(out, o, { senderSsrc: 1, bitrate, ssrcs: [] }));
    assert.equal(all(decodeRemb, hex)?.bitrate, told);
  }
});

test("transport-wide feedback: runs, vectors of one and two bits, and deltas", () => {
  const read = all((bytes, o, end) => decodeTransportFeedback(bytes, o, end), TWCC);
  assert.ok(read !== undefined);
  assert.deepEqual([read.baseSequenceNumber, read.count, read.referenceTime, read.feedbackCount], [100, 7, -10, 5]);
  assert.deepEqual([...read.arrivals.subarray(0, 7)], [1, 3, 7, -25.25, Number.NaN, 6.75, Number.NaN]);
  const bytes = fromHex(TWCC);
  for (let end = 0; end < bytes.length; end++) assert.equal(decodeTransportFeedback(bytes, 0, end), undefined);
  // Chunks and deltas that end before what they announce.
  for (const words of [4, 5, 6]) {
    bytes[3] = words;
    assert.equal(decodeTransportFeedback(bytes, 0, 4 * words + 4), undefined);
  }
});

function feedbackOf(arrivals: readonly number[]): TransportFeedback {
  const feedback = new TransportFeedback();
  feedback.senderSsrc = 7;
  feedback.mediaSsrc = 8;
  feedback.baseSequenceNumber = 65530;
  feedback.referenceTime = -3;
  feedback.feedbackCount = 200;
  feedback.count = arrivals.length;
  feedback.reserve(arrivals.length);
  feedback.arrivals.set(arrivals);
  return feedback;
}

test("transport-wide feedback reads back; what does not fit is left for the next", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant(Number.NaN) },
    { weight: 8, arbitrary: fc.nat(255).map((ticks) => ticks / 4) },
    { weight: 2, arbitrary: fc.integer({ min: -0x8000, max: 0x7fff }).map((ticks) => ticks / 4) },
  );
  const runs = fc.array(fc.tuple(step, fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(runs, fc.integer({ min: 24, max: 300 }), (list, room) => {
      let time = 0;
      const arrivals = list.flatMap(([delta, count]) =>
        Array.from({ length: count }, () => {
          if (Number.isNaN(delta)) return delta;
          time += delta;
          return time;
        }),
      );
      const into = new TransportFeedback();
      for (const space of [4000, room]) {
        const hex = written((out, o) => encodeTransportFeedback(out, o, space, feedbackOf(arrivals)));
        assert.ok(hex.length / 2 <= space);
        const count = feedbackPacketCount(fromHex(hex), 0);
        if (space === 4000) assert.equal(count, arrivals.length);
        const read = all((bytes, o, end) => decodeTransportFeedback(bytes, o, end, into), hex);
        if (count === 0) continue;
        assert.ok(read === into);
        const { senderSsrc, mediaSsrc, baseSequenceNumber, referenceTime, feedbackCount } = read;
        assert.deepEqual(
          [senderSsrc, mediaSsrc, baseSequenceNumber, referenceTime, feedbackCount, read.count],
          [7, 8, 65530, -3, 200, count],
        );
        assert.deepEqual([...read.arrivals.subarray(0, count)], arrivals.slice(0, count));
      }
    }),
  );
});

test("a thousand packets on time take a run and a byte each; a long silence ends the packet", () => {
  const arrivals = Array.from({ length: 1000 }, (_, index) => index);
  const hex = written((out, o) => encodeTransportFeedback(out, o, 2000, feedbackOf(arrivals)));
  assert.equal(hex.length / 2, 20 + 2 + 1000 + 2);
  const far = fromHex(written((out, o) => encodeTransportFeedback(out, o, 2000, feedbackOf([0, 1, 10_000]))));
  assert.equal(feedbackPacketCount(far, 0), 2);
});

test("feedback as of RFC 8888 reads back, within its precision", () => {
  const feedback: CongestionFeedback = {
    senderSsrc: 1,
    timestamp: 0x01020304,
    streams: [
      {
        ssrc: 2,
        beginSequenceNumber: 65535,
        packets: [
          { received: true, ecn: 3, age: 125 },
          { received: false, ecn: 0, age: Number.NaN },
          { received: true, ecn: 1, age: Number.POSITIVE_INFINITY },
        ],
      },
      { ssrc: 3, beginSequenceNumber: 7, packets: [{ received: true, ecn: 0, age: Number.NaN }] },
    ],
  };
  const hex = written((out, o) => encodeCongestionFeedback(out, o, feedback));
  assert.equal(hex, "8bcd00090000000100000002ffff0003e0800000bffe000000000003000700019fff000001020304");
  assert.deepEqual(all(decodeCongestionFeedback, hex), feedback);
  const bytes = fromHex(hex);
  for (let end = 0; end < bytes.length; end++) assert.equal(decodeCongestionFeedback(bytes, 0, end), undefined);
});

test("a compound is whole packets, a report first unless it may be reduced, padding only at the end", () => {
  const is = (hex: string, reducedSize = false): boolean => all((bytes, o, end) => isCompound(bytes, o, end, reducedSize), hex);
  assert.ok(is(SR + SDES + PLI));
  assert.ok(is(`${RR}a0cb000104040404`));
  assert.ok(!is(`a0cb000104040404${RR}`, true));
  assert.ok(!is(PLI));
  assert.ok(is(PLI, true));
  assert.ok(!is((SR + SDES).slice(0, -2)));
  assert.ok(!is(""));
});
