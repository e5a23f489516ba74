import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../base/bytes.ts";
import {
  ExtensionElement,
  ExtensionMap,
  endElements,
  findElement,
  nextElement,
  startElements,
  writeElementHeader,
} from "./header-extensions.ts";
import { csrcOf, parseRtpHeader, RtpHeader, writePadding, writeRtpHeader } from "./packet.ts";
import { SequenceUnwrapper, TimestampUnwrapper } from "./sequence.ts";

function read(hex: string): { bytes: Uint8Array; header: RtpHeader; ok: boolean } {
  const bytes = fromHex(hex);
  const header = new RtpHeader();
  return { bytes, header, ok: parseRtpHeader(bytes, 0, bytes.length, header) };
}

test("headers as they came from the network", () => {
  const dtmf = read("80e55e58efb0f6bca6a144f2018a03c0");
  assert.ok(dtmf.ok);
  const { marker, payloadType, sequenceNumber, timestamp, ssrc, payloadStart, payloadEnd } = dtmf.header;
  assert.deepEqual(
    { marker, payloadType, sequenceNumber, timestamp, ssrc, payloadStart, payloadEnd },
    {
      marker: true,
      payloadType: 101,
      sequenceNumber: 0x5e58,
      timestamp: 0xefb0f6bc,
      ssrc: 0xa6a144f2,
      payloadStart: 12,
      payloadEnd: 16,
    },
  );
  const mixed = read("82003ed2000000905fbd169eabcdef01deadbeefffff");
  assert.ok(mixed.ok);
  assert.deepEqual(
    [0, 1].map((index) => csrcOf(mixed.bytes, mixed.header, index)),
    [0xabcdef01, 0xdeadbeef],
  );
  assert.equal(mixed.header.payloadStart, 20);
  const mid = read("90ef374c4f1ba1adf3753f70bede0001903000007880");
  const element = new ExtensionElement();
  assert.ok(mid.ok && findElement(mid.bytes, mid.header, 9, element));
  assert.deepEqual(mid.bytes.subarray(element.start, element.end), Uint8Array.of(0x30));
});

test("padding is no payload; more of it than there is makes no packet", () => {
  const whole = read("b062567abd029f83597eaf6dbede000122f1cc8c00000004");
  assert.ok(whole.ok);
  assert.equal(whole.header.payloadEnd, whole.header.payloadStart);
  for (const last of ["00", "05"]) assert.ok(!read(`b062567abd029f83597eaf6dbede000122f1cc8c000000${last}`).ok);
});

test("what is shorter than its header says is no packet", () => {
  const { bytes } = read("b2e55e58efb0f6bca6a144f20000000100000002bede000122f1cc8c01");
  const header = new RtpHeader();
  assert.ok(parseRtpHeader(bytes, 0, bytes.length, header));
  for (let end = 0; end < 28; end++) assert.ok(!parseRtpHeader(bytes, 0, end, header), `${end} bytes`);
});

test("what is written reads back, with CSRCs, elements of both forms and padding", () => {
  fc.assert(
    fc.property(
      fc.record({
        marker: fc.boolean(),
        payloadType: fc.nat(127),
        sequenceNumber: fc.nat(0xffff),
        timestamp: fc.nat(0xffff_ffff),
        ssrc: fc.nat(0xffff_ffff),
        csrcs: fc.array(fc.nat(0xffff_ffff), { maxLength: 15 }),
        twoByte: fc.boolean(),
        elements: fc.uniqueArray(
          fc
            .tuple(fc.integer({ min: 1, max: 14 }), fc.uint8Array({ minLength: 1, maxLength: 16 }))
            .map(([id, value]) => ({ id, value })),
          {
            selector: ({ id }) => id,
            maxLength: 6,
          },
        ),
        padding: fc.nat(255),
      }),
      (given) => {
        const bytes = new Uint8Array(1500).fill(0xaa);
        const { marker, payloadType, sequenceNumber, timestamp, ssrc, csrcs, twoByte, elements, padding } = given;
        const extension = writeRtpHeader(bytes, 10, marker, payloadType, sequenceNumber, timestamp, ssrc, csrcs);
        let o = startElements(extension);
        for (const { id, value } of elements) {
          o = writeElementHeader(bytes, o, twoByte, id, value.length);
          bytes.set(value, o);
          o += value.length;
        }
        const payloadStart = endElements(bytes, 10, extension, o, twoByte);
        let end = payloadStart + 7;
        if (padding > 0) end = writePadding(bytes, 10, end, padding);
        const header = new RtpHeader();
        assert.ok(parseRtpHeader(bytes, 10, end, header));
        assert.deepEqual({ ...given, ...header }, { ...header, ...given });
        assert.deepEqual(
          csrcs,
          Array.from({ length: header.csrcCount }, (_, index) => csrcOf(bytes, header, index)),
        );
        assert.equal(header.payloadStart, payloadStart);
        assert.equal(header.payloadEnd, payloadStart + 7);
        const found: { id: number; value: Uint8Array }[] = [];
        const element = new ExtensionElement();
        for (
          let at = nextElement(bytes, header, header.extensionStart, element);
          at >= 0;
          at = nextElement(bytes, header, at, element)
        ) {
          found.push({ id: element.id, value: bytes.slice(element.start, element.end) });
        }
        assert.deepEqual(found, elements);
      },
    ),
  );
});

const WITH_ELEMENTS = (profile: string, words: string): string =>
  `90e55e58efb0f6bca6a144f2${profile}${(words.length / 8).toString(16).padStart(4, "0")}${words}`;

function ids(hex: string): number[] {
  const { bytes, header, ok } = read(hex);
  assert.ok(ok);
  const element = new ExtensionElement();
  const found: number[] = [];
  for (let o = nextElement(bytes, header, header.extensionStart, element); o >= 0; o = nextElement(bytes, header, o, element)) {
    found.push(element.id);
  }
  return found;
}

test("the list of elements ends at 15, at padding with a length, and at what reaches beyond it", () => {
  assert.deepEqual(ids(WITH_ELEMENTS("bede", "1001000020020000")), [1, 2]);
  assert.deepEqual(ids(WITH_ELEMENTS("bede", "1001f00020020000")), [1]);
  assert.deepEqual(ids(WITH_ELEMENTS("bede", "1001020020020000")), [1]);
  assert.deepEqual(ids(WITH_ELEMENTS("bede", "10012f0020020000")), [1]);
  assert.deepEqual(ids(WITH_ELEMENTS("1000", "01000201aa0003ff")), [1, 2]);
  assert.deepEqual(ids(WITH_ELEMENTS("100f", "0100ff0100000003")), [1, 255]);
  const { bytes, header } = read(WITH_ELEMENTS("abac", "1001000020020000"));
  assert.ok(!findElement(bytes, header, 1, new ExtensionElement()), "somebody else's profile has no elements");
});

test("a map knows ids by name, and when they want two bytes", () => {
  const map = new ExtensionMap([
    { uri: "urn:a", id: 3 },
    { uri: "urn:b", id: 14 },
  ]);
  assert.deepEqual(
    [map.idOf("urn:b"), map.idOf("urn:c"), map.uriOf(3), map.uriOf(4), map.needsTwoBytes],
    [14, 0, "urn:a", undefined, false],
  );
  assert.ok(new ExtensionMap([{ uri: "urn:a", id: 15 }]).needsTwoBytes);
});

test("no element was written: there is no extension", () => {
  const bytes = new Uint8Array(16);
  const extension = writeRtpHeader(bytes, 0, false, 96, 1, 2, 3);
  assert.equal(endElements(bytes, 0, extension, startElements(extension), false), 12);
  assert.equal(toHex(bytes.subarray(0, 12)), "806000010000000200000003");
});

test("sequence numbers and timestamps unwrap to the nearest, whatever came before", () => {
  const numbers = new SequenceUnwrapper();
  assert.equal(numbers.newest, -1);
  assert.deepEqual(
    [65534, 65535, 0, 65533, 1, 32768, 65535].map((value) => numbers.unwrap(value)),
    [131070, 131071, 131072, 131069, 131073, 163840, 196607],
  );
  const first = new SequenceUnwrapper();
  assert.deepEqual(
    [3, 65535].map((value) => first.unwrap(value)),
    [65539, 65535],
  );
  const times = new TimestampUnwrapper();
  assert.deepEqual(
    [0xffff_fff0, 0x10, 0xffff_ffff, 0x20].map((value) => times.unwrap(value)),
    [0x1_ffff_fff0, 0x2_0000_0010, 0x1_ffff_ffff, 0x2_0000_0020],
  );
});
