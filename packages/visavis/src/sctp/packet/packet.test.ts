/** The common header, the walk over chunks and over parameters, and the error causes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../../base/bytes.ts";
import {
  chunkEnd,
  chunkFlags,
  chunkLength,
  chunkType,
  decodeChunkHeader,
  encodeChunkHeader,
  encodePadding,
  nextChunk,
  reportsUnknownChunk,
  stopsAtUnknownChunk,
} from "./chunk.ts";
import {
  COMMON_HEADER,
  checksumMatches,
  decodeCommonHeader,
  destinationPort,
  encodeCommonHeader,
  sourcePort,
  verificationTag,
  writeChecksum,
} from "./common-header.ts";
import {
  CauseCode,
  cookieReceivedWhileShuttingDown,
  decodeErrorCauses,
  type ErrorCause,
  encodeErrorCauses,
  errorCausesLength,
  invalidMandatoryParameter,
  invalidStreamIdentifier,
  invalidStreamOf,
  missingMandatoryParameter,
  noUserData,
  outOfResource,
  protocolViolation,
  reasonOf,
  staleCookie,
  unrecognizedChunkType,
  unrecognizedParameters,
  userInitiatedAbort,
} from "./error-cause.ts";
import {
  decodeParameters,
  encodeParameter,
  encodeParameters,
  nextParameter,
  parametersLength,
  reportsUnknownParameter,
  stopsAtUnknownParameter,
} from "./parameter.ts";

const SHUTDOWN = "13881388ef9c1872ca511f8b07000008a0b834d8";

test("the header of a real packet, and the bit flips its checksum finds", () => {
  const packet = fromHex(SHUTDOWN);
  assert.deepEqual(decodeCommonHeader(packet), { sourcePort: 5000, destinationPort: 5000, verificationTag: 0xef9c1872 });
  assert.ok(checksumMatches(packet));
  for (let bit = 0; bit < 8 * packet.length; bit++) {
    const flipped = packet.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    const before = toHex(flipped);
    assert.ok(!checksumMatches(flipped));
    assert.equal(toHex(flipped), before, "looking at it leaves it as it was");
  }
});

test("a header that was written reads back, and nothing is read of a shorter packet", () => {
  const u16s = fc.integer({ min: 0, max: 0xffff });
  const u32s = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(u16s, u16s, u32s, fc.uint8Array({ maxLength: 40 }), fc.nat(5), (from, to, tag, chunks, start) => {
      const out = new Uint8Array(start + COMMON_HEADER + chunks.length + 2).fill(0xee);
      assert.equal(encodeCommonHeader(out, start, from, to, tag), start + COMMON_HEADER);
      out.set(chunks, start + COMMON_HEADER);
      writeChecksum(out, start, out.length - 2);
      const packet = out.subarray(start, out.length - 2);
      assert.ok(checksumMatches(packet));
      assert.deepEqual([sourcePort(packet), destinationPort(packet), verificationTag(packet)], [from, to, tag]);
      for (let end = 0; end < COMMON_HEADER; end++) {
        assert.equal(decodeCommonHeader(packet.subarray(0, end)), undefined);
        assert.ok(!checksumMatches(packet.subarray(0, end)));
      }
    }),
  );
});

test("the walk over chunks ends exactly at the end, or says that it cannot", () => {
  const cases: readonly (readonly [hex: string, offsets: readonly number[], why: string])[] = [
    ["0b000004", [4], "one chunk"],
    ["0a000005 2a000000 0b000004", [8, 12], "padding between two"],
    ["0a000005 2a", [5], "padding lacks behind the last"],
    ["0b000004 000000", [4, -1], "a rest that is no chunk"],
    ["00000000", [-1], "a length of zero"],
    ["00000003", [-1], "a length below the header"],
    ["00000008", [-1], "a length beyond the end"],
    ["0000", [-1], "a cut header"],
  ];
  for (const [hex, offsets, why] of cases) {
    const bytes = fromHex(hex);
    const seen: number[] = [];
    for (let o = 0; o >= 0 && o < bytes.length; ) {
      const next = nextChunk(bytes, o, bytes.length);
      assert.equal(decodeChunkHeader(bytes, o, bytes.length) === undefined, next < 0, why);
      seen.push(next);
      o = next;
    }
    assert.deepEqual(seen, offsets, why);
  }
});

test("the walks always advance, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, start) => {
      for (const next of [nextChunk, nextParameter]) {
        for (let o = start, steps = 0; o >= 0 && o < bytes.length; steps++) {
          const behind = next(bytes, o, bytes.length);
          assert.ok(behind === -1 || (behind >= o + 4 && behind <= bytes.length));
          assert.ok(steps <= 50);
          o = behind;
        }
      }
    }),
    { numRuns: 500, interruptAfterTimeLimit: 2000 },
  );
});

test("a chunk header that was written reads back", () => {
  const out = new Uint8Array(9).fill(0xee);
  assert.equal(encodeChunkHeader(out, 1, 130, 7, 6), 5);
  assert.deepEqual([chunkType(out, 1), chunkFlags(out, 1), chunkLength(out, 1)], [130, 7, 6]);
  assert.equal(chunkEnd(out, 1, 9, 130, 4), 7);
  assert.equal(chunkEnd(out, 1, 9, 130, 8), -1);
  assert.equal(chunkEnd(out, 1, 9, 131, 4), -1);
  assert.equal(encodePadding(out, 1, 7), 9);
  assert.equal(toHex(out), "ee82070006eeee0000");
});

test("the high bits of a type say what to do with what is unknown: stop or skip, report or not", () => {
  const stop = [true, true, false, false];
  const report = [false, true, false, true];
  for (let high = 0; high < 4; high++) {
    assert.equal(stopsAtUnknownChunk((high << 6) | 0x3f), stop[high]);
    assert.equal(reportsUnknownChunk((high << 6) | 0x3f), report[high]);
    assert.equal(stopsAtUnknownParameter((high << 14) | 0x1fff), stop[high]);
    assert.equal(reportsUnknownParameter((high << 14) | 0x1fff), report[high]);
  }
});

const u16s = fc.integer({ min: 0, max: 0xffff });
const values = fc.uint8Array({ maxLength: 40 });

test("parameters that were written read back; a cut one spoils the list", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(u16s, values), { maxLength: 5 }), fc.nat(3), (pairs, offset) => {
      const parameters = pairs.map(([type, value]) => ({ type, value }));
      const length = parametersLength(parameters);
      const out = new Uint8Array(offset + length + 3).fill(0xee);
      const behind = encodeParameters(out, offset, parameters);
      assert.ok(behind >= offset + length && behind < offset + length + 4);
      assert.deepEqual(decodeParameters(out, offset, offset + length), parameters);
      for (let end = offset; end < offset + length; end++) {
        const read = decodeParameters(out, offset, end);
        // Where one ends the list is only shorter, never different.
        if (read !== undefined) assert.deepEqual(read, parameters.slice(0, read.length));
      }
    }),
  );
  const out = new Uint8Array(8).fill(0xee);
  assert.equal(encodeParameter(out, 0, { type: 1, value: fromHex("2a") }), 8);
  assert.equal(toHex(out), "000100052a000000");
});

test("error causes that were written read back; a cut one spoils the list", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(u16s, values), { maxLength: 5 }), (pairs) => {
      const causes = pairs.map(([code, value]) => ({ code, value }));
      const length = errorCausesLength(causes);
      const out = new Uint8Array(length + 3);
      encodeErrorCauses(out, 0, causes);
      assert.deepEqual(decodeErrorCauses(out, 0, length), causes);
      for (let end = 0; end < length; end++) {
        const read = decodeErrorCauses(out, 0, end);
        if (read !== undefined) assert.deepEqual(read, causes.slice(0, read.length));
      }
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (rubbish) => {
      decodeErrorCauses(rubbish, 0, rubbish.length);
      decodeParameters(rubbish, 0, rubbish.length);
    }),
    { numRuns: 500, interruptAfterTimeLimit: 2000 },
  );
});

test("each error cause has the bytes of its section", () => {
  const cases: readonly (readonly [cause: ErrorCause, hex: string])[] = [
    [invalidStreamIdentifier(12345), "0001000830390000"],
    [missingMandatoryParameter([7, 0xc000]), "0002000c000000020007c000"],
    [staleCookie(1000), "00030008000003e8"],
    [staleCookie(Number.POSITIVE_INFINITY), "00030008ffffffff"],
    [outOfResource(), "00040004"],
    [unrecognizedChunkType(fromHex("7f000005 2a")), "000600097f0000052a000000"],
    [invalidMandatoryParameter(), "00070004"],
    [unrecognizedParameters(fromHex("d9990004")), "00080008d9990004"],
    [noUserData(0x01020304), "0009000801020304"],
    [cookieReceivedWhileShuttingDown(), "000a0004"],
    [userInitiatedAbort("bye"), "000c000762796500"],
    [userInitiatedAbort(), "000c0004"],
    [protocolViolation("no"), "000d00066e6f0000"],
  ];
  for (const [cause, hex] of cases) {
    const out = new Uint8Array(hex.length / 2).fill(0xee);
    assert.equal(encodeErrorCauses(out, 0, [cause]), out.length);
    assert.equal(toHex(out), hex);
  }
});

test("what a cause tells: the stream, or words without the zero at their end", () => {
  assert.equal(invalidStreamOf(invalidStreamIdentifier(12345)), 12345);
  assert.equal(invalidStreamOf({ code: CauseCode.INVALID_STREAM_IDENTIFIER, value: fromHex("3039") }), undefined);
  assert.equal(invalidStreamOf(outOfResource()), undefined);
  assert.equal(reasonOf(protocolViolation("bad\0")), "bad");
  assert.equal(reasonOf(userInitiatedAbort("Tschüß")), "Tschüß");
  assert.equal(reasonOf({ code: CauseCode.USER_INITIATED_ABORT, value: fromHex("ff") }), "\ufffd");
  assert.equal(reasonOf(noUserData(0x41414141)), "");
});
