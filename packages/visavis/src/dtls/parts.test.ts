import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NEVER } from "../base/instant.ts";
import { Transmit } from "../base/transmit.ts";
import { fingerprint } from "../crypto/fingerprint.ts";
import { SeededRandom } from "../crypto/seeded-random.test.ts";
import { Alert, AlertLevel, alertName, decodeAlert, encodeAlert } from "./alert.ts";
import { ByteRanges } from "./byte-ranges.ts";
import { cipherSuite } from "./cipher-suites.ts";
import { DtlsError } from "./errors.ts";
import { PostHandshake } from "./flight13/post-handshake.ts";
import { decodeFragment, encodeFragmentHeader, FRAGMENT_HEADER_LENGTH } from "./handshake/fragment.ts";
import { HandshakeType } from "./handshake/handshake-type.ts";
import { HandshakeContext } from "./handshake-context.ts";
import { takeHandshakeRecord } from "./incoming-handshake.ts";
import { settingsOf } from "./options.ts";
import { certificateOf } from "./pair.test.ts";
import { checkPeerCertificate } from "./peer-certificate.ts";
import { PendingAlert } from "./pending-alert.ts";
import { PlaintextQueue } from "./plaintext-queue.ts";
import { ReceivedRecords } from "./received-records.ts";
import { decodeAck } from "./record/ack.ts";
import { OpenedRecord } from "./record/opened-record.ts";
import { PLAIN_HEADER_LENGTH } from "./record/plain-header.ts";
import { RecordLayer } from "./record/record-layer.ts";
import { ReliableFlight } from "./reliable-flight.ts";
import { chooseScheme, signatureAlgorithm } from "./signature-schemes.ts";
import { DtlsVersion } from "./version.ts";

function contextOf(role: "client" | "server", handle: () => void = () => {}): HandshakeContext {
  const settings = settingsOf({ role, certificate: certificateOf(role), random: new SeededRandom(1), remoteFingerprints: [] });
  return new HandshakeContext(settings, () => ({ handle }));
}

function handshakeRecord(type: number, seq: number, epoch: number, body: Uint8Array = new Uint8Array(0)): OpenedRecord {
  const record = new OpenedRecord();
  record.bytes = new Uint8Array(FRAGMENT_HEADER_LENGTH + body.length);
  record.bytes.set(body, encodeFragmentHeader(type, seq, body.length, 0, body.length, record.bytes, 0));
  record.epoch = epoch;
  record.end = record.bytes.length;
  return record;
}

const suite = cipherSuite(0x1301);
assert.ok(suite !== undefined);
const SESSION = {
  version: DtlsVersion.V1_2,
  suite,
  group: 0x1d,
  srtpProfile: undefined,
  remoteCertificates: [],
  exportKeyingMaterial: () => new Uint8Array(0),
  keyUpdates: undefined,
};

test("ranges behave like a set of bytes", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(20))), (adds) => {
      const ranges = new ByteRanges();
      const model = new Set<number>();
      assert.ok(ranges.empty);
      for (const [start, length] of adds) {
        assert.ok(ranges.add(start, start + length));
        for (let i = start; i < start + length; i++) model.add(i);
        const missing = [...Array(80).keys()].filter((i) => !model.has(i));
        assert.equal(ranges.covers(80), missing.length === 0);
        const first = missing.find((i) => i >= 10);
        assert.equal(ranges.gap(10, 80)?.[0], first);
        assert.equal(ranges.empty, model.size === 0);
      }
      assert.ok(ranges.covers(0));
    }),
  );
});

test("alerts there and back", () => {
  const out = new Uint8Array(3);
  assert.equal(encodeAlert({ level: AlertLevel.FATAL, description: Alert.BAD_CERTIFICATE }, out, 1), 3);
  assert.deepEqual(decodeAlert(out, 1, 3), { level: 2, description: 42 });
  assert.equal(decodeAlert(out, 1, 2), undefined);
  assert.equal(decodeAlert(out, 0, 3), undefined);
  assert.equal(decodeAlert(Uint8Array.of(3, 0), 0, 2), undefined);
  assert.deepEqual([alertName(42), alertName(0), alertName(200)], ["bad-certificate", "close-notify", "alert-200"]);
});

test("an alert is sent a few times at most", () => {
  const [alert, records, out] = [new PendingAlert(), new RecordLayer(), new Transmit()];
  alert.repeat();
  assert.ok(!alert.transmit(records, out));
  alert.set(AlertLevel.FATAL, Alert.DECODE_ERROR);
  let sent = 0;
  for (let i = 0; i < 10; i++) {
    if (alert.transmit(records, out)) sent++;
    assert.ok(!alert.transmit(records, out));
    alert.repeat();
  }
  assert.equal(sent, 4);
});

test("application data that nobody takes is bounded, and comes out in order where it stands", () => {
  const queue = new PlaintextQueue();
  const bytes = new Uint8Array(10_000);
  let kept = 0;
  while (queue.push(bytes, kept, kept + 1)) kept++;
  assert.equal(kept, 4096);
  const first = queue.shift();
  assert.deepEqual([first?.bytes, first?.start, first?.end], [bytes, 0, 1]);
  assert.ok(queue.push(bytes, kept, kept + 1));
  assert.ok(!queue.push(bytes, 0, 0));
  assert.equal(first?.start, 0, "what was given out stays until the next is taken");
  for (let i = 1; i <= kept; i++) assert.equal(queue.shift()?.start, i);
  assert.equal(queue.shift(), undefined);
  assert.equal(first.bytes.length, 0, "and does not hold the datagram for ever");
});

test("application data that was given out stays as it is when the queue grows", () => {
  const queue = new PlaintextQueue();
  const bytes = new Uint8Array(100);
  for (let first = 0; first < 3; first++) {
    queue.push(bytes, first, first + 1);
    const given = queue.shift();
    for (let i = 0; i < 3 << first; i++) queue.push(bytes, 90, 91);
    assert.equal(given?.start, first);
    while (queue.shift() !== undefined);
  }
});

test("an ACK lists the newest records in order, as many as there is room for", () => {
  const received = new ReceivedRecords();
  assert.equal(received.deadline, NEVER);
  received.hurry(5);
  assert.equal(received.deadline, NEVER);
  for (let i = 40; i > 0; i--) received.add(2, i, 100 + i);
  received.add(2, 1, 500);
  assert.equal(received.deadline, 101);
  received.hurry(50);
  assert.equal(received.deadline, 50);
  const out = new Uint8Array(600);
  const all = decodeAck(out, 0, received.write(out, 0, 600));
  assert.deepEqual(
    all?.map((number) => number.sequence),
    Array.from({ length: 32 }, (_, i) => i + 1),
  );
  assert.equal(received.deadline, NEVER);
  const few = decodeAck(out, 0, received.write(out, 0, 2 + 3 * 16 + 5));
  assert.deepEqual(
    few?.map((number) => number.sequence),
    [1, 2, 3],
  );
  received.clear();
  assert.deepEqual(decodeAck(out, 0, received.write(out, 0, 600)), []);
});

/** The pieces in the datagrams of a flight, as `seq:start-end`. */
function sendAll(flight: ReliableFlight, now: number): string[][] {
  const out = new Transmit();
  const datagrams: string[][] = [];
  for (;;) {
    out.reset();
    if (!flight.transmit(out, now)) return datagrams;
    const bytes = out.view();
    const pieces: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + PLAIN_HEADER_LENGTH + ((bytes[at + 11] ?? 0) << 8) + (bytes[at + 12] ?? 0);
      for (let inner = at + PLAIN_HEADER_LENGTH; inner < end; ) {
        const fragment = decodeFragment(bytes, inner, end);
        assert.ok(fragment !== undefined);
        const { seq, fragmentOffset, body } = fragment;
        pieces.push(`${seq}:${fragmentOffset}-${fragmentOffset + body.length}`);
        inner += FRAGMENT_HEADER_LENGTH + body.length;
      }
      at = end;
    }
    datagrams.push(pieces);
  }
}

test("a flight: cut, packed, thinned out by ACKs, sent again, forgotten", () => {
  const flight = new ReliableFlight(new RecordLayer(), 300, 100);
  flight.begin(true, true);
  for (const length of [50, 500, 20]) flight.add(HandshakeType.CERTIFICATE, new Uint8Array(length));
  assert.deepEqual(sendAll(flight, 1000), [["0:0-50", "1:0-213"], ["1:213-488"], ["1:488-500", "2:0-20"]]);
  assert.equal(flight.deadline, 1100);
  // Only just sent: neither a repetition nor an ACK brings it back already.
  flight.peerRepeated(1010);
  assert.equal(flight.handleAck([{ epoch: 0, sequence: 1 }], 1010), false);
  assert.deepEqual(sendAll(flight, 1010), []);
  assert.equal(
    flight.handleAck(
      [
        { epoch: 0, sequence: 2 },
        { epoch: 0, sequence: 77 },
      ],
      1050,
    ),
    false,
  );
  assert.deepEqual(sendAll(flight, 1050), [["0:0-50", "1:0-213"]]);
  assert.ok(flight.advance(1100));
  assert.deepEqual(sendAll(flight, 1100), [["0:0-50", "1:0-213"]]);
  assert.equal(flight.deadline, 1300);
  assert.equal(flight.handleAck([{ epoch: 0, sequence: 3 }], 1110), true);
  assert.ok(flight.empty);
  assert.equal(flight.deadline, NEVER);
  assert.equal(flight.handleAck([{ epoch: 0, sequence: 4 }], 1110), false);
  assert.equal(flight.nextSeq, 3);
});

test("a flight without a timer is sent again only when the peer repeats itself", () => {
  const flight = new ReliableFlight(new RecordLayer(), 300, 100);
  flight.begin(false, false);
  flight.add(HandshakeType.FINISHED, new Uint8Array(12));
  flight.add(HandshakeType.FINISHED, new Uint8Array(12));
  assert.deepEqual(sendAll(flight, 0), [["0:0-12", "1:0-12"]]);
  assert.equal(flight.deadline, NEVER);
  flight.peerRepeated(200);
  assert.deepEqual(sendAll(flight, 200), [["0:0-12", "1:0-12"]]);
});

test("1.2: a second handshake is refused", () => {
  for (const type of [HandshakeType.HELLO_REQUEST, HandshakeType.CLIENT_HELLO]) {
    const context = contextOf("client", () => assert.fail("no step may see it"));
    context.version = DtlsVersion.V1_2;
    context.session = SESSION;
    assert.equal(takeHandshakeRecord(context, handshakeRecord(type, 0, 1), 0), "renegotiation");
    assert.equal(takeHandshakeRecord(context, handshakeRecord(HandshakeType.CERTIFICATE, 0, 1), 0), "taken");
    assert.equal(context.records.drops.of("malformed-handshake"), 1);
  }
});

test("1.3: tickets are thrown away, other messages after the handshake are out of place", () => {
  const secrets = { read: new Uint8Array(32), write: new Uint8Array(32) };
  const ticket = { type: HandshakeType.NEW_SESSION_TICKET, seq: 9, epoch: 3, body: new Uint8Array(20) };
  new PostHandshake(contextOf("client"), suite, secrets).handle(ticket);
  const server = new PostHandshake(contextOf("server"), suite, secrets);
  for (const type of [4, HandshakeType.CERTIFICATE_REQUEST, HandshakeType.NEW_CONNECTION_ID, HandshakeType.CLIENT_HELLO]) {
    assert.throws(() => server.handle({ ...ticket, type }), DtlsError);
  }
  const keyUpdate = { ...ticket, type: HandshakeType.KEY_UPDATE, body: Uint8Array.of(2) };
  assert.throws(() => server.handle(keyUpdate), DtlsError);
});

test("1.3: a new message in an old epoch is a violation when it is encrypted, and a stranger's when it is not", () => {
  const context = contextOf("client");
  context.version = DtlsVersion.V1_3;
  context.expectEpoch(4);
  assert.equal(takeHandshakeRecord(context, handshakeRecord(HandshakeType.KEY_UPDATE, 0, 0), 0), "taken");
  assert.equal(context.records.drops.of("malformed-handshake"), 1);
  assert.throws(() => takeHandshakeRecord(context, handshakeRecord(HandshakeType.KEY_UPDATE, 0, 3), 0), DtlsError);
});

test("who has no certificate, or one that cannot be read, is refused", () => {
  const refused = (certificates: readonly Uint8Array[], promised: Uint8Array): number | undefined => {
    try {
      checkPeerCertificate(certificates, [{ algorithm: "sha-256", value: fingerprint(promised, "sha-256") }]);
    } catch (error) {
      return error instanceof DtlsError ? error.alert : undefined;
    }
    return undefined;
  };
  const { der } = certificateOf("server");
  assert.equal(refused([], der), Alert.CERTIFICATE_REQUIRED);
  assert.equal(refused([Uint8Array.of(1, 2)], der), Alert.BAD_CERTIFICATE);
  assert.equal(refused([Uint8Array.of(1, 2)], Uint8Array.of(1, 2)), Alert.UNSUPPORTED_CERTIFICATE);
  assert.equal(refused([der, Uint8Array.of(1)], der), undefined);
});

test("signature schemes go with keys and versions", () => {
  assert.equal(chooseScheme("ecdsa-p256", [0x0804, 0x0403], DtlsVersion.V1_3), 0x0403);
  assert.equal(chooseScheme("rsa", [0x0401, 0x0403], DtlsVersion.V1_3), undefined);
  assert.equal(chooseScheme("rsa", [0x0401, 0x0403], DtlsVersion.V1_2), 0x0401);
  assert.equal(signatureAlgorithm(0x0201, DtlsVersion.V1_2), undefined);
});
