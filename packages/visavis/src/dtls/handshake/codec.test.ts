import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concatBytes, equalBytes, fromHex, toHex } from "../../base/bytes.ts";
import { randomU32 } from "../../base/random.ts";
import { SeededRandom } from "../../crypto/seeded-random.test.ts";
import { CHROMIUM_CLIENT_HELLO, FIREFOX_CLIENT_HELLO } from "../captures.test.ts";
import { decodePlainHeader, PLAIN_HEADER_LENGTH } from "../record/plain-header.ts";
import { decodeCertificate12, decodeCertificate13, encodeCertificate12, encodeCertificate13 } from "./certificate.ts";
import {
  buildCertificateRequest13,
  decodeCertificateRequest12,
  decodeCertificateRequest13,
  encodeCertificateRequest12,
} from "./certificate-request.ts";
import { decodeCertificateVerify, encodeCertificateVerify, signedContent13 } from "./certificate-verify.ts";
import { type ClientHello, decodeClientHello, encodeClientHello } from "./client-hello.ts";
import { decodeEncryptedExtensions, encodeEncryptedExtensions } from "./encrypted-extensions.ts";
import { decodeCookie, encodeCookie } from "./extensions/cookie.ts";
import { ExtensionType } from "./extensions/extension.ts";
import {
  decodeClientShares,
  decodeSelectedGroup,
  decodeServerShare,
  encodeClientShares,
  encodeSelectedGroup,
  encodeServerShare,
} from "./extensions/key-share.ts";
import { decodeNumberList, encodeNumberList } from "./extensions/number-list.ts";
import { decodeRecordSizeLimit, encodeRecordSizeLimit } from "./extensions/record-size-limit.ts";
import {
  decodeClientVersions,
  decodeSelectedVersion,
  encodeClientVersions,
  encodeSelectedVersion,
} from "./extensions/supported-versions.ts";
import { decodeUseSrtp, encodeUseSrtp } from "./extensions/use-srtp.ts";
import { decodeFragment, encodeFragmentHeader, FRAGMENT_HEADER_LENGTH } from "./fragment.ts";
import { HandshakeType } from "./handshake-type.ts";
import { decodeHelloVerifyRequest, encodeHelloVerifyRequest } from "./hello-verify-request.ts";
import { decodeKeyUpdate, encodeKeyUpdate } from "./key-update.ts";
import { Reassembly } from "./reassembly.ts";
import {
  DOWNGRADE_SENTINEL,
  decodeServerHello,
  encodeServerHello,
  HELLO_RETRY_RANDOM,
  hasDowngradeSentinel,
  isHelloRetryRequest,
  type ServerHello,
} from "./server-hello.ts";
import {
  decodeClientKeyExchange,
  decodeServerKeyExchange,
  encodeClientKeyExchange,
  encodeServerKeyExchange,
} from "./server-key-exchange.ts";
import { build } from "./vectors.ts";

/** A codec with values to try it on. */
interface Codec {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly encode: (value: never, out: Uint8Array, offset: number) => number;
  readonly decode: (bytes: Uint8Array, offset: number, end: number) => unknown;
  /** Lengths at which a cut message is a whole one: before optional parts. */
  readonly optional?: number;
}

const bytes = (length: number, first = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (first + i) & 0xff);
const extensions = new Map([
  [ExtensionType.COOKIE, bytes(5)],
  [ExtensionType.EXTENDED_MASTER_SECRET, bytes(0)],
]);
const clientHello: ClientHello = {
  legacyVersion: 0xfefd,
  random: bytes(32),
  sessionId: bytes(0),
  cookie: bytes(20),
  cipherSuites: [0x1301, 0xc02b],
  compressionMethods: bytes(1, 0),
  extensions,
};
const serverHello: ServerHello = {
  legacyVersion: 0xfefd,
  random: bytes(32, 7),
  sessionId: bytes(32),
  cipherSuite: 0xc02b,
  compressionMethod: 0,
  extensions,
};
const signed = { scheme: 0x0403, signature: bytes(71) };

const CODECS: readonly Codec[] = [
  {
    name: "ClientHello",
    values: [clientHello],
    encode: encodeClientHello,
    decode: decodeClientHello,
    optional: 2 + 32 + 1 + 21 + 6 + 2,
  },
  {
    name: "ServerHello",
    values: [serverHello],
    encode: encodeServerHello,
    decode: decodeServerHello,
    optional: 2 + 32 + 33 + 2 + 1,
  },
  {
    name: "HelloVerifyRequest",
    values: [bytes(20), bytes(0)],
    encode: (value: Uint8Array, out, offset) => encodeHelloVerifyRequest(0xfefd, value, out, offset),
    decode: decodeHelloVerifyRequest,
  },
  {
    name: "EncryptedExtensions",
    values: [extensions, new Map()],
    encode: encodeEncryptedExtensions,
    decode: decodeEncryptedExtensions,
  },
  {
    name: "Certificate 1.2",
    values: [[], [bytes(300)], [bytes(1), bytes(2)]],
    encode: encodeCertificate12,
    decode: decodeCertificate12,
  },
  {
    name: "Certificate 1.3",
    values: [
      { context: bytes(0), certificates: [bytes(300), bytes(3)] },
      { context: bytes(4), certificates: [] },
    ],
    encode: encodeCertificate13,
    decode: decodeCertificate13,
  },
  { name: "CertificateVerify", values: [signed], encode: encodeCertificateVerify, decode: decodeCertificateVerify },
  {
    name: "ServerKeyExchange",
    values: [{ group: 0x1d, share: bytes(32), signed }],
    encode: encodeServerKeyExchange,
    decode: decodeServerKeyExchange,
  },
  { name: "ClientKeyExchange", values: [bytes(65)], encode: encodeClientKeyExchange, decode: decodeClientKeyExchange },
  { name: "KeyUpdate", values: [true, false], encode: encodeKeyUpdate, decode: decodeKeyUpdate },
  { name: "supported_versions, client", values: [[0xfefc, 0xfefd]], encode: encodeClientVersions, decode: decodeClientVersions },
  { name: "supported_versions, server", values: [0xfefc], encode: encodeSelectedVersion, decode: decodeSelectedVersion },
  { name: "number list", values: [[0x11ec, 0x1d, 0x17]], encode: encodeNumberList, decode: decodeNumberList },
  {
    name: "key_share, client",
    values: [
      [
        { group: 0x11ec, share: bytes(200) },
        { group: 0x1d, share: bytes(32) },
      ],
      [],
    ],
    encode: encodeClientShares,
    decode: decodeClientShares,
  },
  {
    name: "key_share, server",
    values: [{ group: 0x1d, share: bytes(32) }],
    encode: encodeServerShare,
    decode: decodeServerShare,
  },
  { name: "key_share, retry", values: [0x17], encode: encodeSelectedGroup, decode: decodeSelectedGroup },
  { name: "use_srtp", values: [[7, 8, 1]], encode: encodeUseSrtp, decode: decodeUseSrtp },
  { name: "record_size_limit", values: [0x4001, 64], encode: encodeRecordSizeLimit, decode: decodeRecordSizeLimit },
  { name: "cookie", values: [bytes(32)], encode: encodeCookie, decode: decodeCookie },
];

for (const { name, values, encode, decode, optional } of CODECS) {
  test(`${name}: there and back, and at every length that is too short or too long`, () => {
    for (const value of values) {
      const encoded = build((out, offset) => encode(value as never, out, offset));
      const framed = concatBytes(bytes(3), encoded, bytes(3));
      assert.deepEqual(decode(framed, 3, 3 + encoded.length), value);
      const out = new Uint8Array(framed.length);
      assert.equal(encode(value as never, out, 3), 3 + encoded.length);
      for (let length = 0; length < encoded.length; length++) {
        const cut = decode(framed, 3, 3 + length);
        if (length === optional) assert.notEqual(cut, undefined);
        else assert.equal(cut, undefined, `${length} of ${encoded.length}`);
      }
      assert.equal(decode(framed, 3, 3 + encoded.length + 1), undefined);
    }
  });

  test(`${name}: bent bytes are refused or read, never more`, () => {
    const random = new SeededRandom(values.length + name.length);
    for (const value of values) {
      const encoded = build((out, offset) => encode(value as never, out, offset));
      for (let i = 0; i < 400; i++) {
        const bent = Uint8Array.from(encoded);
        const start = randomU32(random) % bent.length;
        random.fill(bent, start, Math.min(bent.length, start + 1 + (i % 3)));
        decode(bent, 0, bent.length);
      }
    }
  });
}

function helloBody(datagrams: readonly Uint8Array[]): Uint8Array {
  const reassembly = new Reassembly();
  for (const datagram of datagrams) {
    const header = decodePlainHeader(datagram, 0, datagram.length);
    assert.ok(header !== undefined);
    const fragment = decodeFragment(datagram, PLAIN_HEADER_LENGTH, PLAIN_HEADER_LENGTH + header.length);
    assert.ok(fragment !== undefined);
    assert.equal(reassembly.add(fragment, header.epoch), "kept");
  }
  const message = reassembly.take();
  assert.equal(message?.type, HandshakeType.CLIENT_HELLO);
  return message.body;
}

test("the hellos of browsers", () => {
  for (const [datagrams, groups, profiles] of [
    [CHROMIUM_CLIENT_HELLO, [0x11ec, 0x1d, 0x17, 0x18], [1, 8, 7]],
    [FIREFOX_CLIENT_HELLO, [0x11ec, 0x1d, 0x17, 0x18, 0x100, 0x101], [7, 8, 1, 2]],
  ] as const) {
    for (const order of [datagrams, [...datagrams].reverse()]) {
      const body = helloBody(order);
      const hello = decodeClientHello(body, 0, body.length);
      assert.ok(hello !== undefined);
      assert.equal(hello.legacyVersion, 0xfefd);
      assert.equal(hello.cipherSuites[0], 0x1301);
      const read = <T>(type: number, decode: (data: Uint8Array, offset: number, end: number) => T): T => {
        const data = hello.extensions.get(type) ?? bytes(0);
        return decode(data, 0, data.length);
      };
      assert.deepEqual(read(ExtensionType.SUPPORTED_GROUPS, decodeNumberList), groups);
      assert.deepEqual(read(ExtensionType.USE_SRTP, decodeUseSrtp), profiles);
      assert.deepEqual(read(ExtensionType.SUPPORTED_VERSIONS, decodeClientVersions)?.slice(0, 2), [0xfefc, 0xfefd]);
      const shares = read(ExtensionType.KEY_SHARE, decodeClientShares);
      assert.deepEqual(
        shares?.map(({ group, share }) => [group, share.length]),
        [
          [0x11ec, 1216],
          [0x1d, 32],
        ],
      );
      assert.ok(hello.extensions.has(ExtensionType.EXTENDED_MASTER_SECRET));
      assert.deepEqual(
        build((out, offset) => encodeClientHello(hello, out, offset)),
        body,
      );
    }
  }
});

test("CertificateRequest in both versions", () => {
  const schemes = [0x0403, 0x0804];
  const old = build((out, offset) => encodeCertificateRequest12(schemes, out, offset));
  assert.equal(toHex(old), "024001" + "0004" + "04030804" + "0000");
  assert.deepEqual(decodeCertificateRequest12(old, 0, old.length)?.signatureSchemes, schemes);
  const now = buildCertificateRequest13(schemes);
  assert.equal(toHex(now), "00" + "000a" + "000d0006" + "0004" + "04030804");
  assert.deepEqual(decodeCertificateRequest13(now, 0, now.length), { context: bytes(0), signatureSchemes: schemes });
  for (let length = 0; length < now.length; length++) assert.equal(decodeCertificateRequest13(now, 0, length), undefined);
  for (let length = 0; length < old.length; length++) assert.equal(decodeCertificateRequest12(old, 0, length), undefined);
  assert.equal(decodeCertificateRequest13(fromHex("000000"), 0, 3), undefined);
});

test("lists that name something twice, and empty ones, are refused", () => {
  const twice = fromHex("000a 001d0001aa 001d0001bb");
  assert.equal(decodeClientShares(twice, 0, twice.length), undefined);
  const extensionsTwice = fromHex("0008 00170000 00170000");
  assert.equal(decodeEncryptedExtensions(extensionsTwice, 0, extensionsTwice.length), undefined);
  assert.equal(decodeNumberList(fromHex("0000"), 0, 2), undefined);
  assert.equal(decodeNumberList(fromHex("0003000000"), 0, 5), undefined);
  assert.equal(decodeClientVersions(fromHex("00"), 0, 1), undefined);
  assert.equal(decodeCookie(fromHex("0000"), 0, 2), undefined);
  assert.equal(decodeRecordSizeLimit(fromHex("003f"), 0, 2), undefined);
  const manyCertificates = build((out, offset) =>
    encodeCertificate12(
      Array.from({ length: 17 }, () => bytes(1)),
      out,
      offset,
    ),
  );
  assert.equal(decodeCertificate12(manyCertificates, 0, manyCertificates.length), undefined);
});

test("marks in the server's random", () => {
  assert.ok(isHelloRetryRequest({ ...serverHello, random: HELLO_RETRY_RANDOM }));
  assert.ok(!isHelloRetryRequest(serverHello));
  const random = bytes(32);
  assert.ok(!hasDowngradeSentinel(random));
  random.set(DOWNGRADE_SENTINEL, 24);
  assert.ok(hasDowngradeSentinel(random));
  random[31] = 0;
  assert.ok(hasDowngradeSentinel(random));
  random[31] = 2;
  assert.ok(!hasDowngradeSentinel(random));
});

test("what CertificateVerify signs, RFC 9846 §4.4.3", () => {
  const content = signedContent13("server", new Uint8Array(32).fill(1));
  assert.equal(
    toHex(content),
    `${"20".repeat(64)}544c5320312e332c207365727665722043657274696669636174655665726966790${"0"}${"01".repeat(32)}`,
  );
});

test("fragments in any cut and order make the message; nothing else does", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 300 }), fc.array(fc.nat(300)), fc.nat(1000), (body, cuts, seed) => {
      const points = [...new Set([0, ...cuts.filter((cut) => cut < body.length), body.length])].sort((a, b) => a - b);
      const pieces = points.slice(0, -1).map((start, i) => [start, points[i + 1] ?? body.length] as const);
      if (pieces.length === 0) pieces.push([0, 0]);
      // Some pieces twice, some longer than their cut.
      const all = [...pieces, ...pieces.map(([start, end], i) => [Math.max(0, start - (i % 5)), end] as const)];
      all.sort((a, b) => ((a[0] * 31 + seed) % 17) - ((b[0] * 31 + seed) % 17));
      const reassembly = new Reassembly();
      for (const [start, end] of all) {
        const out = new Uint8Array(FRAGMENT_HEADER_LENGTH + end - start);
        const at = encodeFragmentHeader(20, 0, body.length, start, end - start, out, 0);
        out.set(body.subarray(start, end), at);
        const fragment = decodeFragment(out, 0, out.length);
        assert.ok(fragment !== undefined);
        assert.equal(reassembly.add(fragment, 0), "kept");
      }
      const message = reassembly.take();
      assert.ok(message !== undefined && equalBytes(message.body, body));
      assert.equal(reassembly.take(), undefined);
    }),
  );
});

test("reassembly is bounded and forgets what contradicts", () => {
  const piece = (seq: number, length: number, fragmentOffset: number, body: Uint8Array, type = 11) => ({
    type,
    seq,
    length,
    fragmentOffset,
    body,
  });
  const reassembly = new Reassembly();
  assert.equal(reassembly.add(piece(16, 10, 0, bytes(10)), 0), "dropped");
  assert.equal(reassembly.add(piece(0, 70_000, 0, bytes(10)), 0), "dropped");
  assert.equal(reassembly.add(piece(1, 65_000, 0, bytes(10)), 0), "kept");
  assert.equal(reassembly.add(piece(2, 65_000, 0, bytes(10)), 0), "kept");
  assert.equal(reassembly.add(piece(3, 65_000, 0, bytes(10)), 0), "dropped");
  // A stranger's piece gives way to the next that contradicts it.
  assert.equal(reassembly.add(piece(0, 50, 0, bytes(10)), 0), "kept");
  assert.equal(reassembly.add(piece(0, 20, 0, bytes(10)), 0), "kept");
  assert.equal(reassembly.take(), undefined);
  assert.equal(reassembly.add(piece(0, 20, 10, bytes(10, 11)), 0), "kept");
  assert.equal(reassembly.add(piece(0, 21, 0, bytes(21)), 0), "dropped");
  assert.deepEqual(reassembly.take()?.body, bytes(20));
  assert.equal(reassembly.add(piece(0, 20, 0, bytes(20)), 0), "old");
  // What came in clear is forgotten when messages must be encrypted.
  reassembly.dropBelow(2);
  assert.equal(reassembly.add(piece(3, 65_000, 0, bytes(10)), 2), "kept");
  // A message cut finer than anyone would.
  let kept = 0;
  for (let i = 0; i < 1000; i++) if (reassembly.add(piece(1, 5000, 4 * i, bytes(1)), 2) === "kept") kept++;
  assert.equal(kept, 64);
  // A message that is all header.
  const empty = new Reassembly();
  assert.equal(empty.add(piece(0, 0, 0, bytes(0), HandshakeType.SERVER_HELLO_DONE), 0), "kept");
  assert.equal(empty.take()?.type, HandshakeType.SERVER_HELLO_DONE);
});

test("a fragment that does not fit into its record or its message is refused", () => {
  const out = new Uint8Array(FRAGMENT_HEADER_LENGTH + 10);
  encodeFragmentHeader(1, 5, 100, 90, 10, out, 0);
  assert.deepEqual(decodeFragment(out, 0, out.length), {
    type: 1,
    seq: 5,
    length: 100,
    fragmentOffset: 90,
    body: new Uint8Array(10),
  });
  for (let length = 0; length < out.length; length++) assert.equal(decodeFragment(out, 0, length), undefined);
  encodeFragmentHeader(1, 5, 100, 91, 10, out, 0);
  assert.equal(decodeFragment(out, 0, out.length), undefined);
});
