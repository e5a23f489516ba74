/**
 * The laws of a wire unit, for every chunk of this folder: real packets read and write back to the same bytes, what was
 * written reads back equal, no truncation is read as a whole, and no rubbish makes anything throw.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, padded4, toHex } from "../../base/bytes.ts";
import { serial, serialOf16 } from "../../base/serial.ts";
import { abortChunkLength, decodeAbortChunk, encodeAbortChunk } from "./abort-chunk.ts";
import { ChunkType, nextChunk } from "./chunk.ts";
import { COMMON_HEADER, checksumMatches, encodeCommonHeader, verificationTag, writeChecksum } from "./common-header.ts";
import {
  COOKIE_ACK_LENGTH,
  cookieEchoChunkLength,
  decodeCookieEchoChunk,
  encodeCookieAckChunk,
  encodeCookieEchoChunk,
  isCookieAckChunk,
} from "./cookie-chunk.ts";
import {
  type DataChunk,
  dataChunkLength,
  dataPayloadLength,
  dataPayloadStart,
  dataPpid,
  dataSsn,
  dataStream,
  dataTsn,
  decodeDataChunk,
  encodeDataChunk,
  isDataChunk,
} from "./data-chunk.ts";
import { decodeErrorChunk, encodeErrorChunk, errorChunkLength } from "./error-chunk.ts";
import { decodeForwardTsnChunk, encodeForwardTsnChunk, forwardTsnChunkLength } from "./forward-tsn-chunk.ts";
import { decodeHeartbeatChunk, encodeHeartbeatChunk, heartbeatChunkLength } from "./heartbeat-chunk.ts";
import {
  decodeIDataChunk,
  encodeIDataChunk,
  type IDataChunk,
  idataChunkLength,
  idataFragmentSequenceNumber,
  idataMessageIdentifier,
  idataPayloadLength,
  idataPayloadStart,
  idataPpid,
  idataStream,
  idataTsn,
  isIDataChunk,
} from "./idata-chunk.ts";
import { decodeIForwardTsnChunk, encodeIForwardTsnChunk, iforwardTsnChunkLength } from "./iforward-tsn-chunk.ts";
import { decodeInitChunk, encodeInitChunk, initChunkLength, reportedParameters } from "./init-chunk.ts";
import { decodePadChunk, encodePadChunk, padChunkLength } from "./pad-chunk.ts";
import { ParameterType } from "./parameter.ts";
import { decodeReconfigChunk, encodeReconfigChunk, reconfigChunkLength } from "./reconfig-chunk.ts";
import {
  decodeSackChunk,
  encodeSackChunk,
  isSackChunk,
  type SackChunk,
  sackAdvertisedWindow,
  sackChunkLength,
  sackCumulativeTsnAck,
  sackDuplicate,
  sackDuplicateCount,
  sackGapCount,
  sackGapEnd,
  sackGapStart,
} from "./sack-chunk.ts";
import {
  decodeShutdownChunk,
  decodeShutdownCompleteChunk,
  encodeShutdownAckChunk,
  encodeShutdownChunk,
  encodeShutdownCompleteChunk,
  isShutdownAckChunk,
  SHUTDOWN_ACK_LENGTH,
  SHUTDOWN_COMPLETE_LENGTH,
  SHUTDOWN_LENGTH,
} from "./shutdown-chunk.ts";

/** A kind of chunk under the laws. */
interface Wire<Value> {
  readonly name: string;
  /** Whole packets in hexadecimal, and what their first chunk says. */
  readonly captured?: readonly (readonly [hex: string, value: Value])[];
  /** Chunks typed after the figures of the RFC, for what no capture shows. */
  readonly drawn?: readonly (readonly [hex: string, value: Value])[];
  readonly values: fc.Arbitrary<Value>;
  decode(bytes: Uint8Array, offset: number, end: number): Value | undefined;
  encode(value: Value, out: Uint8Array, offset: number): number;
  length(value: Value): number;
}

const u16s = fc.integer({ min: 0, max: 0xffff });
const u32s = fc.integer({ min: 0, max: 0xffff_ffff });
const serials = u32s.map(serial);
const bytes = fc.uint8Array({ maxLength: 70 });
const flags = fc.integer({ min: 0, max: 15 });
const streams = fc.array(u16s, { maxLength: 9 });
const causes = fc.array(fc.record({ code: u16s, value: bytes }), { maxLength: 4 });

const data: Wire<DataChunk> = {
  name: "DATA",
  captured: [
    [
      "138813880fc0f8a13f30fe9c000300149a0f13fd000100010000003370696e67",
      { flags: 3, tsn: serial(2584679421), stream: 1, ssn: serialOf16(1), ppid: 51, payload: fromHex("70696e67") },
    ],
    [
      "138813880fc0f8a185217dad000300119a0f13fd00010001000000334d000000",
      { flags: 3, tsn: serial(2584679421), stream: 1, ssn: serialOf16(1), ppid: 51, payload: fromHex("4d") },
    ],
  ],
  values: fc.record({
    flags,
    tsn: serials,
    stream: u16s,
    ssn: u16s.map(serialOf16),
    ppid: u32s,
    payload: bytes,
  }),
  decode: decodeDataChunk,
  encode: (c, out, offset) =>
    encodeDataChunk(out, offset, c.flags, c.tsn, c.stream, c.ssn, c.ppid, c.payload, 0, c.payload.length),
  length: (c) => dataChunkLength(c.payload.length),
};

const idata: Wire<IDataChunk> = {
  name: "I-DATA",
  drawn: [
    [
      "40 0a 0018 01020304 0005 0000 00000007 00000035 0a0b0c0d",
      {
        flags: 10,
        tsn: serial(0x01020304),
        stream: 5,
        messageIdentifier: serial(7),
        ppid: 53,
        fragmentSequenceNumber: serial(0),
        payload: fromHex("0a0b0c0d"),
      },
    ],
    [
      "40 01 0015 01020305 0005 0000 00000007 00000001 0e 000000",
      {
        flags: 1,
        tsn: serial(0x01020305),
        stream: 5,
        messageIdentifier: serial(7),
        ppid: 0,
        fragmentSequenceNumber: serial(1),
        payload: fromHex("0e"),
      },
    ],
  ],
  values: fc
    .record({
      flags,
      tsn: serials,
      stream: u16s,
      messageIdentifier: serials,
      ppid: u32s,
      fragmentSequenceNumber: serials,
      payload: bytes,
    })
    .map((c) => ((c.flags & 2) !== 0 ? { ...c, fragmentSequenceNumber: serial(0) } : { ...c, ppid: 0 })),
  decode: decodeIDataChunk,
  encode: (c, out, offset) => {
    const ppidOrFsn = (c.flags & 2) !== 0 ? c.ppid : c.fragmentSequenceNumber;
    const { payload } = c;
    return encodeIDataChunk(out, offset, c.flags, c.tsn, c.stream, c.messageIdentifier, ppidOrFsn, payload, 0, payload.length);
  },
  length: (c) => idataChunkLength(c.payload.length),
};

const sack: Wire<SackChunk> = {
  name: "SACK",
  captured: [
    [
      "13881388f71faf4b4fe61a210300001c847f5b9d0001f4a0000200010002000200040004847f5ba1",
      {
        cumulativeTsnAck: serial(2222939037),
        advertisedWindow: 128160,
        gapBlocks: [
          { start: 2, end: 2 },
          { start: 4, end: 4 },
        ],
        duplicates: [serial(2222939041)],
      },
    ],
  ],
  values: fc.record({
    cumulativeTsnAck: serials,
    advertisedWindow: u32s,
    gapBlocks: fc.array(fc.record({ start: u16s, end: u16s }), { maxLength: 9 }),
    duplicates: fc.array(serials, { maxLength: 9 }),
  }),
  decode: decodeSackChunk,
  encode: (c, out, offset) =>
    encodeSackChunk(
      out,
      offset,
      c.cumulativeTsnAck,
      c.advertisedWindow,
      c.gapBlocks.flatMap(({ start, end }) => [start, end]),
      c.gapBlocks.length,
      c.duplicates,
      c.duplicates.length,
    ),
  length: (c) => sackChunkLength(c.gapBlocks.length, c.duplicates.length),
};

const init: Wire<NonNullable<ReturnType<typeof decodeInitChunk>>> = {
  name: "INIT and INIT ACK",
  drawn: [
    [
      "02 00 0025 0a0b0c0d 00020000 0800 0400 01020304 c0000004 80080006 82c0 0000 00070005 2a 000000",
      {
        type: ChunkType.INIT_ACK,
        initiateTag: 0x0a0b0c0d,
        advertisedWindow: 131072,
        outboundStreams: 2048,
        inboundStreams: 1024,
        initialTsn: serial(0x01020304),
        parameters: {
          stateCookie: fromHex("2a"),
          supportedExtensions: [ChunkType.RE_CONFIG, ChunkType.FORWARD_TSN],
          forwardTsnSupported: true,
          zeroChecksumAcceptable: undefined,
          unrecognized: [],
          unknown: [],
        },
      },
    ],
  ],
  values: fc.record({
    type: fc.constantFrom(ChunkType.INIT, ChunkType.INIT_ACK),
    initiateTag: u32s,
    advertisedWindow: u32s,
    outboundStreams: u16s,
    inboundStreams: u16s,
    initialTsn: serials,
    parameters: fc.record({
      stateCookie: fc.option(bytes, { nil: undefined }),
      supportedExtensions: fc.option(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 9 }), { nil: undefined }),
      forwardTsnSupported: fc.boolean(),
      zeroChecksumAcceptable: fc.option(bytes, { nil: undefined }),
      unrecognized: fc.array(bytes, { maxLength: 3 }),
      unknown: fc.array(fc.record({ type: fc.integer({ min: 0xc001, max: 0xffff }), value: bytes }), { maxLength: 3 }),
    }),
  }),
  decode: decodeInitChunk,
  encode: encodeInitChunk,
  length: initChunkLength,
};

const cookieEcho: Wire<NonNullable<ReturnType<typeof decodeCookieEchoChunk>>> = {
  name: "COOKIE ECHO",
  captured: [["138813883df2428dca7547bd0a00000c3132333435363738", { cookie: fromHex("3132333435363738") }]],
  values: fc.record({ cookie: bytes }),
  decode: decodeCookieEchoChunk,
  encode: encodeCookieEchoChunk,
  length: cookieEchoChunkLength,
};

const cookieAck: Wire<true> = {
  name: "COOKIE ACK",
  drawn: [["0b 00 0004", true]],
  values: fc.constant(true),
  decode: (b, offset, end) => isCookieAckChunk(b, offset, end) || undefined,
  encode: (_, out, offset) => encodeCookieAckChunk(out, offset),
  length: () => COOKIE_ACK_LENGTH,
};

const heartbeat: Wire<NonNullable<ReturnType<typeof decodeHeartbeatChunk>>> = {
  name: "HEARTBEAT and HEARTBEAT ACK",
  captured: [
    [
      "13881388b8c77f654bd50d6a0400002c00010028b56faa5a765a060000000000000000007b1000000034eb07461000000000000000000000",
      {
        type: ChunkType.HEARTBEAT,
        info: fromHex("b56faa5a765a060000000000000000007b1000000034eb07461000000000000000000000"),
      },
    ],
  ],
  values: fc.record({ type: fc.constantFrom(ChunkType.HEARTBEAT, ChunkType.HEARTBEAT_ACK), info: bytes }),
  decode: decodeHeartbeatChunk,
  encode: encodeHeartbeatChunk,
  length: heartbeatChunkLength,
};

const abort: Wire<NonNullable<ReturnType<typeof decodeAbortChunk>>> = {
  name: "ABORT",
  captured: [
    [
      "13881388e05957c2143effc00600003b000d00374578706563746564" +
        "20422d62697420666f722054534e3d34636531663137662c205349443d303030312c2053534e3d3030303000",
      {
        tagReflected: false,
        causes: [{ code: 13, value: new TextEncoder().encode("Expected B-bit for TSN=4ce1f17f, SID=0001, SSN=0000") }],
      },
    ],
  ],
  values: fc.record({ tagReflected: fc.boolean(), causes }),
  decode: decodeAbortChunk,
  encode: encodeAbortChunk,
  length: abortChunkLength,
};

const error: Wire<NonNullable<ReturnType<typeof decodeErrorChunk>>> = {
  name: "ERROR",
  captured: [["13881388e05957c2fce57e650900000c0001000830390000", { causes: [{ code: 1, value: fromHex("30390000") }] }]],
  values: fc.record({ causes }),
  decode: decodeErrorChunk,
  encode: encodeErrorChunk,
  length: errorChunkLength,
};

const shutdown: Wire<NonNullable<ReturnType<typeof decodeShutdownChunk>>> = {
  name: "SHUTDOWN",
  captured: [["13881388ef9c1872ca511f8b07000008a0b834d8", { cumulativeTsnAck: serial(2696426712) }]],
  values: fc.record({ cumulativeTsnAck: serials }),
  decode: decodeShutdownChunk,
  encode: encodeShutdownChunk,
  length: () => SHUTDOWN_LENGTH,
};

const shutdownAck: Wire<true> = {
  name: "SHUTDOWN ACK",
  captured: [["1388138800000000b9a6d45b08000004", true]],
  values: fc.constant(true),
  decode: (b, offset, end) => isShutdownAckChunk(b, offset, end) || undefined,
  encode: (_, out, offset) => encodeShutdownAckChunk(out, offset),
  length: () => SHUTDOWN_ACK_LENGTH,
};

const shutdownComplete: Wire<NonNullable<ReturnType<typeof decodeShutdownCompleteChunk>>> = {
  name: "SHUTDOWN COMPLETE",
  drawn: [
    ["0e 00 0004", { tagReflected: false }],
    ["0e 01 0004", { tagReflected: true }],
  ],
  values: fc.record({ tagReflected: fc.boolean() }),
  decode: decodeShutdownCompleteChunk,
  encode: encodeShutdownCompleteChunk,
  length: () => SHUTDOWN_COMPLETE_LENGTH,
};

const forwardTsn: Wire<NonNullable<ReturnType<typeof decodeForwardTsnChunk>>> = {
  name: "FORWARD TSN",
  captured: [
    [
      "138813880fc0f8a1bf44c9a3c000000c000004d2000c0022",
      { newCumulativeTsn: serial(1234), skipped: [{ stream: 12, ssn: serialOf16(34) }] },
    ],
  ],
  values: fc.record({
    newCumulativeTsn: serials,
    skipped: fc.array(fc.record({ stream: u16s, ssn: u16s.map(serialOf16) }), { maxLength: 9 }),
  }),
  decode: decodeForwardTsnChunk,
  encode: encodeForwardTsnChunk,
  length: forwardTsnChunkLength,
};

const iforwardTsn: Wire<NonNullable<ReturnType<typeof decodeIForwardTsnChunk>>> = {
  name: "I-FORWARD-TSN",
  drawn: [
    [
      "c2 00 0018 01020304 0005 0000 00000007 0006 0001 00000008",
      {
        newCumulativeTsn: serial(0x01020304),
        skipped: [
          { stream: 5, unordered: false, messageIdentifier: serial(7) },
          { stream: 6, unordered: true, messageIdentifier: serial(8) },
        ],
      },
    ],
  ],
  values: fc.record({
    newCumulativeTsn: serials,
    skipped: fc.array(fc.record({ stream: u16s, unordered: fc.boolean(), messageIdentifier: serials }), { maxLength: 9 }),
  }),
  decode: decodeIForwardTsnChunk,
  encode: encodeIForwardTsnChunk,
  length: iforwardTsnChunkLength,
};

const reconfigParameters = fc.oneof(
  fc.record({
    type: fc.constant(ParameterType.OUTGOING_SSN_RESET_REQUEST),
    requestSequenceNumber: serials,
    responseSequenceNumber: serials,
    lastAssignedTsn: serials,
    streams,
  }),
  fc.record({ type: fc.constant(ParameterType.INCOMING_SSN_RESET_REQUEST), requestSequenceNumber: serials, streams }),
  fc.record({ type: fc.constant(ParameterType.SSN_TSN_RESET_REQUEST), requestSequenceNumber: serials }),
  fc.record({ type: fc.constant(ParameterType.RE_CONFIGURATION_RESPONSE), responseSequenceNumber: serials, result: u32s }),
  fc.record({
    type: fc.constant(ParameterType.RE_CONFIGURATION_RESPONSE),
    responseSequenceNumber: serials,
    result: u32s,
    sendersNextTsn: serials,
    receiversNextTsn: serials,
  }),
  fc.record({
    type: fc.constantFrom(ParameterType.ADD_OUTGOING_STREAMS_REQUEST, ParameterType.ADD_INCOMING_STREAMS_REQUEST),
    requestSequenceNumber: serials,
    newStreams: u16s,
  }),
);

const reconfig: Wire<NonNullable<ReturnType<typeof decodeReconfigChunk>>> = {
  name: "RE-CONFIG",
  captured: [
    [
      "13881388e90d96fe16b6d3d3820000100011000cca02f63000100000",
      {
        parameters: [
          { type: ParameterType.ADD_OUTGOING_STREAMS_REQUEST, requestSequenceNumber: serial(3389191728), newStreams: 16 },
        ],
      },
    ],
    [
      "13881388c8e86e6be9e7059182000016000d00128bd80a5be48bec738bd80a5e00010000",
      {
        parameters: [
          {
            type: ParameterType.OUTGOING_SSN_RESET_REQUEST,
            requestSequenceNumber: serial(2346191451),
            responseSequenceNumber: serial(3834375283),
            lastAssignedTsn: serial(2346191454),
            streams: [1],
          },
        ],
      },
    ],
    [
      "13881388b1bf7efd4437a952820000100010000c91531f5400000001",
      {
        parameters: [{ type: ParameterType.RE_CONFIGURATION_RESPONSE, responseSequenceNumber: serial(2438143828), result: 1 }],
      },
    ],
  ],
  values: fc.record({ parameters: fc.array(reconfigParameters, { minLength: 1, maxLength: 2 }) }),
  decode: decodeReconfigChunk,
  encode: encodeReconfigChunk,
  length: reconfigChunkLength,
};

const pad: Wire<NonNullable<ReturnType<typeof decodePadChunk>>> = {
  name: "PAD",
  drawn: [["84 00 0006 0000 0000", { padding: 2 }]],
  values: fc.record({ padding: fc.integer({ min: 0, max: 99 }) }),
  decode: decodePadChunk,
  encode: encodePadChunk,
  length: padChunkLength,
};

/** Runs all laws over one kind of chunk. */
function checkLaws<Value>(wire: Wire<Value>): void {
  // Records come without a prototype, which strict equality minds.
  const values = wire.values.map((value) => structuredClone(value));

  test(`${wire.name}: known bytes read, and write back to the same bytes`, () => {
    for (const [hex, value] of wire.captured ?? []) {
      const packet = fromHex(hex);
      assert.ok(checksumMatches(packet));
      assert.deepEqual(wire.decode(packet, COMMON_HEADER, packet.length), value);
      const out = new Uint8Array(packet.length).fill(0xee);
      assert.equal(encodeCommonHeader(out, 0, 5000, 5000, verificationTag(packet)), COMMON_HEADER);
      assert.equal(wire.encode(value, out, COMMON_HEADER), packet.length);
      writeChecksum(out, 0, out.length);
      assert.equal(toHex(out), hex);
    }
    for (const [hex, value] of wire.drawn ?? []) {
      const chunk = fromHex(hex);
      assert.deepEqual(wire.decode(chunk, 0, chunk.length), value);
      const out = new Uint8Array(chunk.length).fill(0xee);
      assert.equal(wire.encode(value, out, 0), chunk.length);
      assert.equal(toHex(out), toHex(chunk));
    }
  });

  test(`${wire.name}: what was written reads back equal, at any offset, with zeros as padding`, () => {
    fc.assert(
      fc.property(values, fc.nat(7), (value, offset) => {
        const length = wire.length(value);
        const out = new Uint8Array(offset + length + 4).fill(0xee);
        assert.equal(wire.encode(value, out, offset), offset + length);
        assert.equal(length % 4, 0);
        assert.equal(nextChunk(out, offset, offset + length), offset + length);
        assert.deepEqual(wire.decode(out, offset, offset + length), value);
        assert.deepEqual([...out.subarray(0, offset)], Array(offset).fill(0xee));
        assert.deepEqual([...out.subarray(offset + length)], [0xee, 0xee, 0xee, 0xee]);
        const unpadded = ((out[offset + 2] as number) << 8) | (out[offset + 3] as number);
        assert.equal(padded4(unpadded), length);
        assert.ok(out.subarray(offset + unpadded, offset + length).every((byte) => byte === 0));
      }),
    );
  });

  test(`${wire.name}: no truncated chunk is read, whatever its length field says`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const whole = new Uint8Array(wire.length(value));
        wire.encode(value, whole, 0);
        const unpadded = ((whole[2] as number) << 8) | (whole[3] as number);
        for (let end = 0; end < unpadded; end++) {
          assert.equal(wire.decode(whole, 0, end), undefined);
          if (end < 4) continue;
          // The same with a length that claims to be right: anything but a throw.
          const claimed = whole.slice(0, end);
          claimed[2] = end >>> 8;
          claimed[3] = end;
          wire.decode(claimed, 0, end);
        }
        assert.deepEqual(wire.decode(whole, 0, unpadded), value, "padding may lack");
      }),
      { numRuns: 20 },
    );
  });

  test(`${wire.name}: rubbish never throws, and what is read from it can be written`, () => {
    const mutation = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(values, fc.array(mutation, { maxLength: 8 }), (value, mutations) => {
        const rubbish = new Uint8Array(wire.length(value));
        wire.encode(value, rubbish, 0);
        for (const [at, byte] of mutations) rubbish[at % rubbish.length] = byte;
        const read = wire.decode(rubbish, 0, rubbish.length);
        if (read === undefined) return;
        const out = new Uint8Array(wire.length(read));
        assert.equal(wire.encode(read, out, 0), out.length);
        assert.deepEqual(wire.decode(out, 0, out.length), read);
      }),
      { interruptAfterTimeLimit: 2000, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(8), (rubbish, offset) => {
        wire.decode(rubbish, offset, rubbish.length);
      }),
      { interruptAfterTimeLimit: 2000 },
    );
  });
}

checkLaws(data);
checkLaws(idata);
checkLaws(sack);
checkLaws(init);
checkLaws(cookieEcho);
checkLaws(cookieAck);
checkLaws(heartbeat);
checkLaws(abort);
checkLaws(error);
checkLaws(shutdown);
checkLaws(shutdownAck);
checkLaws(shutdownComplete);
checkLaws(forwardTsn);
checkLaws(iforwardTsn);
checkLaws(reconfig);
checkLaws(pad);

test("an INIT as it came from the network: what is not known is kept, in its order", () => {
  const packet = fromHex(
    "1388138800000000ae5f854d010000562452170300020000010008003092614bc000000480080009c00fc18082000000" +
      "8002002489992738156ca469abf5a11ac89dc274af07e51ab3fa38045017da1e3390f17780040006000100008003000680c10000",
  );
  assert.ok(checksumMatches(packet));
  assert.equal(nextChunk(packet, COMMON_HEADER, packet.length), packet.length);
  assert.deepEqual(decodeInitChunk(packet, COMMON_HEADER, packet.length), {
    type: ChunkType.INIT,
    initiateTag: 609359619,
    advertisedWindow: 131072,
    outboundStreams: 256,
    inboundStreams: 2048,
    initialTsn: 814899531,
    parameters: {
      stateCookie: undefined,
      supportedExtensions: [192, 15, 193, 128, 130],
      forwardTsnSupported: true,
      zeroChecksumAcceptable: undefined,
      unrecognized: [],
      unknown: [
        { type: 0x8002, value: fromHex("89992738156ca469abf5a11ac89dc274af07e51ab3fa38045017da1e3390f177") },
        { type: 0x8004, value: fromHex("0001") },
        { type: 0x8003, value: fromHex("80c1") },
      ],
    },
  });
});

test("an INIT is read up to an unknown parameter that stops, and not behind it", () => {
  const cookie = "0007 0005 2a 000000";
  const head = "00000001 00000002 0003 0004 00000005";
  const read = (hex: string) => decodeInitChunk(fromHex(hex), 0, fromHex(hex).length)?.parameters;
  assert.deepEqual(read(`01 00 001d ${head} 9999 0004 ${cookie}`)?.stateCookie, fromHex("2a"));
  assert.deepEqual(read(`01 00 001d ${head} d999 0004 ${cookie}`)?.stateCookie, fromHex("2a"));
  assert.equal(read(`01 00 001d ${head} 1999 0004 ${cookie}`)?.stateCookie, undefined);
  assert.deepEqual(read(`01 00 001d ${head} 5999 0004 ${cookie}`)?.unknown, [{ type: 0x5999, value: new Uint8Array(0) }]);
});

test("of the unknown parameters of an INIT those that ask for it are reported, whole", () => {
  const unknown = [0x1999, 0x5999, 0x9999, 0xd999].map((type) => ({ type, value: fromHex("2a") }));
  assert.deepEqual(reportedParameters({ unknown }).map(toHex), ["599900052a", "d99900052a"]);
  assert.deepEqual(reportedParameters({}), []);
});

test("the fields of DATA, I-DATA and SACK are read at any offset without an object", () => {
  fc.assert(
    fc.property(data.values, idata.values, sack.values, (d, i, s) => {
      const out = new Uint8Array(3 + data.length(d) + idata.length(i) + sack.length(s));
      const atIData = data.encode(d, out, 3);
      const atSack = idata.encode(i, out, atIData);
      const end = sack.encode(s, out, atSack);
      assert.ok(isDataChunk(out, 3, end) && isIDataChunk(out, atIData, end) && isSackChunk(out, atSack, end));
      assert.ok(!isDataChunk(out, atIData, end) && !isIDataChunk(out, atSack, end) && !isSackChunk(out, 3, end));
      assert.equal(dataTsn(out, 3), d.tsn);
      assert.equal(dataStream(out, 3), d.stream);
      assert.equal(dataSsn(out, 3), d.ssn);
      assert.equal(dataPpid(out, 3), d.ppid);
      assert.equal(dataPayloadStart(out, 3), 3 + 16);
      assert.equal(dataPayloadLength(out, 3), d.payload.length);
      assert.equal(idataTsn(out, atIData), i.tsn);
      assert.equal(idataStream(out, atIData), i.stream);
      assert.equal(idataMessageIdentifier(out, atIData), i.messageIdentifier);
      assert.equal(idataPpid(out, atIData), i.ppid);
      assert.equal(idataFragmentSequenceNumber(out, atIData), i.fragmentSequenceNumber);
      assert.equal(idataPayloadStart(out, atIData), atIData + 20);
      assert.equal(idataPayloadLength(out, atIData), i.payload.length);
      assert.equal(sackCumulativeTsnAck(out, atSack), s.cumulativeTsnAck);
      assert.equal(sackAdvertisedWindow(out, atSack), s.advertisedWindow);
      assert.equal(sackGapCount(out, atSack), s.gapBlocks.length);
      assert.equal(sackDuplicateCount(out, atSack), s.duplicates.length);
      s.gapBlocks.forEach((gap, n) => {
        assert.equal(sackGapStart(out, atSack, n), gap.start);
        assert.equal(sackGapEnd(out, atSack, n), gap.end);
      });
      s.duplicates.forEach((tsn, n) => {
        assert.equal(sackDuplicate(out, atSack, n), tsn);
      });
    }),
  );
});

test("a DATA chunk takes any part of a payload", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (payload, a, b) => {
      const start = Math.min(a, payload.length);
      const length = Math.min(b, payload.length - start);
      const out = new Uint8Array(dataChunkLength(length));
      assert.equal(encodeDataChunk(out, 0, 3, 1, 2, 3, 4, payload, start, length), out.length);
      assert.deepEqual(decodeDataChunk(out, 0, out.length)?.payload, payload.slice(start, start + length));
    }),
  );
});

test("a DATA chunk shorter than its header is none; one without user data is", () => {
  for (const hex of ["13881388000000008f0ad3e000000008", "138813880000000040520a6a00000000"]) {
    const packet = fromHex(hex);
    assert.ok(checksumMatches(packet));
    assert.ok(!isDataChunk(packet, COMMON_HEADER, packet.length));
  }
  const empty = new Uint8Array(16);
  encodeDataChunk(empty, 0, 3, 1, 2, 3, 4, empty, 0, 0);
  assert.ok(isDataChunk(empty, 0, 16));
  assert.equal(dataPayloadLength(empty, 0), 0);
});

test("a SACK that announces more blocks than it has is none", () => {
  const chunk = fromHex("03 00 0014 00000001 00010000 0001 0000 0002 0003");
  assert.ok(isSackChunk(chunk, 0, chunk.length));
  chunk[15] = 1;
  assert.ok(!isSackChunk(chunk, 0, chunk.length));
});

test("a RE-CONFIG has one or two parameters; strangers between them are skipped or end it", () => {
  const reset = "000f 0008 00000001";
  const read = (hex: string) => decodeReconfigChunk(fromHex(hex), 0, fromHex(hex).length)?.parameters.length;
  assert.equal(read("82 00 0004"), undefined);
  assert.equal(read(`82 00 0014 ${reset} ${reset}`), 2);
  assert.equal(read(`82 00 001c ${reset} ${reset} ${reset}`), undefined);
  assert.equal(read(`82 00 0018 ${reset} 8999 0004 ${reset}`), 2);
  assert.equal(read(`82 00 0018 ${reset} 0999 0004 ${reset}`), 1);
  assert.equal(read("82 00 000c 0010 0008 00000001"), undefined, "a response without a result");
});
