import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { afterEach, test } from "node:test";
import { fromHex, setU16, setU32, toHex, u32 } from "../base/bytes.ts";
import { randomBytes, randomU32 } from "../base/random.ts";
import { AEAD_BACKENDS, useAeadBackends } from "../crypto/aead-backends.ts";
import { SeededRandom } from "../crypto/seeded-random.test.ts";
import { exportLength, srtpKeys } from "./keys.ts";
import { SrtpProfile } from "./profile.ts";
import { SrtpSession, type SrtpSessionOptions } from "./session.ts";

const PROFILES = Object.values(SrtpProfile);
const { SEED: GIVEN = "4711" } = process.env;
const SEED = Number(GIVEN);

afterEach(() => useAeadBackends(AEAD_BACKENDS));

type More = Omit<SrtpSessionOptions, "profile" | "localKey" | "remoteKey">;

/** Two ends of a transport. */
function pair(profile: SrtpProfile, more: More = {}): readonly [SrtpSession, SrtpSession] {
  const exported = Uint8Array.from({ length: exportLength(profile) }, (_, i) => i * 7 + profile);
  const end = (role: "client" | "server"): SrtpSession => {
    const { local, remote } = srtpKeys(profile, exported, role);
    return new SrtpSession({ profile, localKey: local, remoteKey: remote, ...more });
  };
  return [end("client"), end("server")];
}

/** A packet with room behind it. */
function rtp(sequence: number, size: number = 40, ssrc: number = 0xcafe): Uint8Array {
  const bytes = new Uint8Array(12 + size + 32).fill(sequence & 0xff, 12, 12 + size);
  bytes[0] = 0x80;
  bytes[1] = 96;
  setU16(bytes, 2, sequence);
  setU32(bytes, 4, sequence * 3000);
  setU32(bytes, 8, ssrc);
  return bytes;
}

/** A packet as it goes over the wire; undefined when it was dropped. */
function protect(session: SrtpSession, packet: Uint8Array): Uint8Array | undefined {
  const end = session.protectRtp(packet, 0, packet.length - 32);
  return end < 0 ? undefined : packet.slice(0, end);
}

function wire(session: SrtpSession, packet: Uint8Array): Uint8Array {
  const bytes = protect(session, packet);
  assert.ok(bytes !== undefined, "the packet was dropped");
  return bytes;
}

/** A receiver report with a body of `size` bytes. */
function rtcp(ssrc: number, size: number = 24): Uint8Array {
  const bytes = new Uint8Array(8 + size + 32).fill(0x5a, 8, 8 + size);
  setU32(bytes, 0, 0x80c9_0000 + size / 4 + 1);
  setU32(bytes, 4, ssrc);
  return bytes;
}

function wireRtcp(session: SrtpSession, packet: Uint8Array): Uint8Array {
  const end = session.protectRtcp(packet, 0, packet.length - 32);
  assert.ok(end > 0);
  return packet.slice(0, end);
}

/** The packet by `node:crypto` alone: the plain twin of every other path. */
function twin(profile: SrtpProfile, sender: "client" | "server", packet: Uint8Array, rollover: number): string {
  const exported = Uint8Array.from({ length: exportLength(profile) }, (_, i) => i * 7 + profile);
  const { key, salt } = srtpKeys(profile, exported, sender).local;
  const bits = key.length * 8;
  const derive = (label: number, length: number): Buffer => {
    const iv = Buffer.alloc(16);
    iv.set(salt);
    iv.writeUInt8((iv[7] ?? 0) ^ label, 7);
    return crypto.createCipheriv(`aes-${bits}-ctr`, key, iv).update(Buffer.alloc(length));
  };
  const header = packet.subarray(0, 12);
  const body = packet.subarray(12, packet.length - 32);
  const isAead = salt.length === 12;
  const iv = Buffer.alloc(isAead ? 12 : 16);
  iv.set(packet.subarray(8, 12), isAead ? 2 : 4);
  iv.writeUInt32BE(rollover, isAead ? 6 : 8);
  iv.set(packet.subarray(2, 4), isAead ? 10 : 12);
  derive(2, salt.length).forEach((byte, i) => {
    iv.writeUInt8((iv[i] ?? 0) ^ byte, i);
  });
  if (isAead) {
    const cipher = crypto.createCipheriv(`aes-${bits}-gcm` as crypto.CipherGCMTypes, derive(0, key.length), iv);
    cipher.setAAD(header);
    const sealed = cipher.update(body);
    cipher.final();
    return toHex(header) + toHex(sealed) + toHex(cipher.getAuthTag());
  }
  const sealed = crypto.createCipheriv("aes-128-ctr", derive(0, 16), iv).update(body);
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(rollover);
  const tag = crypto.createHmac("sha1", derive(1, 20)).update(header).update(sealed).update(counter).digest();
  return toHex(header) + toHex(sealed) + toHex(tag.subarray(0, profile === SrtpProfile.AES128_CM_SHA1_32 ? 4 : 10));
}

test("every path of every profile gives the bytes of the plain one", () => {
  for (const backends of [AEAD_BACKENDS, ["wasm"], ["node"]] as const) {
    useAeadBackends(backends);
    for (const profile of PROFILES) {
      const [client, server] = pair(profile);
      const random = new SeededRandom(SEED);
      for (let i = 0; i < 400; i++) {
        const sequence = (65300 + i) & 0xffff;
        const size = i % 7 === 0 ? 1100 + (randomU32(random) % 100) : i % 50 === 0 ? 5000 : 1200 - (i % 3);
        const packet = rtp(sequence, size);
        packet.set(randomBytes(random, size), 12);
        const plain = toHex(packet.subarray(0, 12 + size));
        const expected = twin(profile, "client", packet, i < 236 ? 0 : 1);
        const sent = wire(client, packet);
        assert.equal(toHex(sent), expected, `seed ${SEED}, profile ${profile}, packet ${i}`);
        // Not always alone in its memory.
        const shifted = new Uint8Array(sent.length + (i % 5));
        shifted.set(sent, i % 5);
        const end = server.unprotectRtp(shifted, i % 5, shifted.length);
        assert.equal(toHex(shifted.subarray(i % 5, end)), plain, `profile ${profile}, packet ${i} back`);
      }
      assert.equal(server.drops.total, 0);
      client.release();
      server.release();
    }
  }
});

test("sources and both directions are kept apart, out of order and with gaps", () => {
  for (const profile of PROFILES) {
    const [client, server] = pair(profile, { replayWindow: 8192 });
    const random = new SeededRandom(SEED);
    const ways = [
      { from: client, to: server },
      { from: server, to: client },
    ].map((way) => ({ ...way, next: [10, 65000, 500], waiting: [] as { bytes: Uint8Array; plain: string }[] }));
    for (let i = 0; i < 3000; i++) {
      const way = ways[i & 1];
      assert.ok(way !== undefined);
      const source = randomU32(random) % 3;
      const sequence = way.next[source] ?? 0;
      way.next[source] = (sequence + 1 + (randomU32(random) % 20 === 0 ? randomU32(random) % 300 : 0)) & 0xffff;
      const packet = rtp(sequence, 20 + (randomU32(random) % 60), 0x1000 + source);
      const plain = toHex(packet.subarray(0, packet.length - 32));
      way.waiting.push({ bytes: wire(way.from, packet), plain });
      if (way.waiting.length < 20) continue;
      const [taken] = way.waiting.splice(randomU32(random) % way.waiting.length, 1);
      assert.ok(taken !== undefined);
      const end = way.to.unprotectRtp(taken.bytes, 0, taken.bytes.length);
      assert.equal(toHex(taken.bytes.subarray(0, end)), taken.plain, `seed ${SEED}, profile ${profile} step ${i}`);
    }
    assert.equal(client.drops.total + server.drops.total, 0);
  }
});

test("a packet that comes twice is dropped, and so is one that is too late to know", () => {
  for (const profile of PROFILES) {
    const [client, server] = pair(profile, { replayWindow: 64 });
    const sent = Array.from({ length: 200 }, (_, i) => wire(client, rtp(65500 + i)));
    for (const index of [0, 1, 3, 150, 151, 149]) {
      const bytes = Uint8Array.from(sent[index] ?? []);
      assert.ok(server.unprotectRtp(bytes, 0, bytes.length) > 0, `packet ${index}`);
    }
    const before = toHex(sent[151] ?? new Uint8Array());
    for (const [index, reason] of [
      [151, "replayed"],
      [149, "replayed"],
      [150, "replayed"],
      [87, "too-late"],
      [2, "too-late"],
    ] as const) {
      const count = server.drops.of(reason);
      const bytes = sent[index] ?? new Uint8Array();
      assert.equal(server.unprotectRtp(bytes, 0, bytes.length), -1, `packet ${index}`);
      assert.equal(server.drops.of(reason), count + 1, `packet ${index}: ${JSON.stringify(server.drops)}`);
    }
    assert.equal(toHex(sent[151] ?? new Uint8Array()), before, "a dropped packet is as it was");
    const late = sent[88] ?? new Uint8Array();
    assert.ok(server.unprotectRtp(late, 0, late.length) > 0, "the last one inside of the window");
  }
});

test("what is not genuine changes nothing: no source, no window, no roll-over", () => {
  for (const profile of PROFILES) {
    const [client, server] = pair(profile);
    for (let i = 0; i < 40; i++) {
      const bytes = wire(client, rtp(65000 + i));
      assert.ok(server.unprotectRtp(bytes, 0, bytes.length) > 0);
    }
    let forged = 0;
    const random = new SeededRandom(SEED);
    for (let i = 0; i < 300; i++) {
      // Strangers, jumps of the known one, and the next number.
      const ssrc = i % 3 === 0 ? randomU32(random) : 0xcafe;
      const bytes = rtp(i % 3 === 1 ? 65040 : randomU32(random), 60, ssrc).subarray(0, 72);
      const before = toHex(bytes);
      if (server.unprotectRtp(bytes, 0, bytes.length) < 0) forged++;
      assert.equal(toHex(bytes), before);
    }
    assert.equal(forged, 300);
    for (let i = 40; i < 1200; i++) {
      const bytes = wire(client, rtp(65000 + i));
      assert.ok(server.unprotectRtp(bytes, 0, bytes.length) > 0, `packet ${i}`);
    }
  }
});

test("a flipped bit anywhere, and every truncated length, is found out", () => {
  for (const profile of PROFILES) {
    for (const cryptex of [false, true]) {
      const [client, server] = pair(profile, { cryptex, encryptedExtensions: cryptex ? [] : [1] });
      const first = wire(client, rtp(1));
      assert.ok(server.unprotectRtp(first, 0, first.length) > 0);
      const packet = new Uint8Array(80);
      packet.set(fromHex("920f0002decafbad0000cafe0001e2400000b26ebede000112aabb00"));
      const end = client.protectRtp(packet, 0, 48);
      for (let length = 0; length < end; length++) {
        assert.equal(server.unprotectRtp(packet.slice(0, length), 0, length), -1, `${length} bytes`);
      }
      for (let bit = 0; bit < end * 8; bit++) {
        const bytes = packet.slice(0, end);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const before = toHex(bytes);
        assert.equal(server.unprotectRtp(bytes, 0, end), -1, `profile ${profile}, bit ${bit}`);
        assert.equal(toHex(bytes), before);
      }
      assert.ok(server.unprotectRtp(packet, 0, end) > 0);

      const report = wireRtcp(client, rtcp(7));
      for (let length = 0; length < report.length; length++) {
        assert.equal(server.unprotectRtcp(report.slice(0, length), 0, length), -1, `${length} bytes`);
      }
      for (let bit = 0; bit < report.length * 8; bit++) {
        const bytes = Uint8Array.from(report);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(server.unprotectRtcp(bytes, 0, bytes.length), -1, `profile ${profile}, bit ${bit}`);
      }
      assert.ok(server.unprotectRtcp(report, 0, report.length) > 0);
      assert.ok(server.drops.of("unencrypted") > 0 && server.drops.of("forged") > 0 && server.drops.of("malformed") > 0);
    }
  }
});

test("RTCP: replays, late packets and other senders", () => {
  for (const profile of PROFILES) {
    const [client, server] = pair(profile, { replayWindow: 64 });
    const sent = Array.from({ length: 100 }, (_, i) => wireRtcp(client, rtcp(i % 2, 4 * (i % 9))));
    const receive = (index: number): number => {
      const bytes = Uint8Array.from(sent[index] ?? []);
      return server.unprotectRtcp(bytes, 0, bytes.length);
    };
    for (const index of [0, 1, 99, 98, 60, 61]) assert.equal(receive(index), 8 + 4 * (index % 9), `packet ${index}`);
    for (const index of [99, 60, 61]) assert.equal(receive(index), -1);
    assert.equal(server.drops.of("replayed"), 3);
    assert.equal(receive(2), -1);
    assert.equal(server.drops.of("too-late"), 1);
    const back = wireRtcp(server, rtcp(0));
    assert.equal(toHex(back).includes("5a5a5a5a5a5a"), false, "it is encrypted");
    assert.equal(client.unprotectRtcp(back, 0, back.length), 32);
  }
});

test("a number is protected once, unless the caller says that it is the same packet", () => {
  for (const profile of PROFILES) {
    const [client] = pair(profile);
    const sent = Array.from({ length: 60 }, (_, i) => wire(client, rtp(i)));
    assert.equal(protect(client, rtp(59)), undefined);
    assert.equal(protect(client, rtp(7, 41)), undefined);
    assert.equal(client.drops.of("repeated"), 2);
    for (const number of [59, 7, 0]) {
      const packet = rtp(number);
      const end = client.protectRtp(packet, 0, packet.length - 32, true);
      assert.equal(toHex(packet.subarray(0, end)), toHex(sent[number] ?? new Uint8Array()));
    }
    assert.ok(protect(client, rtp(60)) !== undefined);
  }
});

test("tables are bounded: of those that come the one longest unheard gives way, of ours none", () => {
  const [client, server] = pair(SrtpProfile.AES128_CM_SHA1_80);
  const first = wire(client, rtp(1, 10, 1));
  assert.ok(server.unprotectRtp(Uint8Array.from(first), 0, first.length) > 0);
  for (let ssrc = 2; ssrc <= 1024; ssrc++) {
    const bytes = wire(client, rtp(1, 10, ssrc));
    assert.ok(server.unprotectRtp(bytes, 0, bytes.length) > 0);
  }
  assert.equal(protect(client, rtp(1, 10, 5000)), undefined);
  assert.equal(client.drops.of("source-limit"), 1);
  assert.equal(server.unprotectRtp(Uint8Array.from(first), 0, first.length), -1, "it is known yet");
  // Heard again, so another one is the oldest.
  const again = wire(client, rtp(2, 10, 1));
  assert.ok(server.unprotectRtp(again, 0, again.length) > 0);
  const [other] = pair(SrtpProfile.AES128_CM_SHA1_80);
  const stranger = wire(other, rtp(1, 10, 5000));
  assert.ok(server.unprotectRtp(stranger, 0, stranger.length) > 0);
  assert.equal(server.unprotectRtp(Uint8Array.from(first), 0, first.length), -1);
  assert.equal(server.drops.of("replayed"), 2);
});

test("Cryptex hides contributing sources without an extension, and leaves packets with neither alone", () => {
  for (const profile of PROFILES) {
    const [client, server] = pair(profile, { cryptex: true });
    const packet = new Uint8Array(80);
    packet.set(fromHex("810f0002decafbad0000cafe0001e240aabbccdd"));
    const end = client.protectRtp(packet, 0, 20);
    assert.equal(u32(packet, 0), 0x910f0002);
    const back = server.unprotectRtp(packet, 0, end);
    assert.equal(toHex(packet.subarray(0, back)), "910f0002decafbad0000cafe0001e240bede0000aabbccdd");
    const bare = rtp(3);
    const sent = wire(client, bare);
    assert.equal(sent[0], 0x80);
    assert.ok(server.unprotectRtp(sent, 0, sent.length) > 0);
    // Someone else's extension is not hidden.
    const foreign = new Uint8Array(80);
    foreign.set(fromHex("900f0004decafbad0000cafe1234000101020304aabbccdd"));
    const foreignEnd = client.protectRtp(foreign, 0, 24);
    assert.equal(toHex(foreign.subarray(0, 20)), "900f0004decafbad0000cafe1234000101020304");
    assert.equal(server.unprotectRtp(foreign, 0, foreignEnd), 24);
    // Both may change their minds.
    client.setCryptex(false);
    const open = new Uint8Array(80);
    open.set(fromHex("900f0005decafbad0000cafebede000110ff0000aabbccdd"));
    const openEnd = client.protectRtp(open, 0, 24);
    assert.equal(toHex(open.subarray(12, 20)), "bede000110ff0000");
    assert.equal(server.unprotectRtp(open, 0, openEnd), 24);
  }
});

test("encrypted header extensions: odd ones are left as they are", () => {
  const odd = [
    "bede0002" + "f7aabbccddeeff00",
    "bede0001" + "1fffffff",
    "bede0002" + "0000001011223344",
    "10000001" + "01ff0000",
    "10000002" + "0000000105aabbcc",
    "10000001" + "00000001",
    "1000000101020304",
    "abcd000111223344",
    "bede0000",
  ];
  for (const profile of PROFILES) {
    const [client, server] = pair(profile, { encryptedExtensions: [1, 2] });
    odd.forEach((extension, i) => {
      const packet = new Uint8Array(120);
      const plain = `900f${(i + 1).toString(16).padStart(4, "0")}decafbad0000cafe${extension}aabbccdd`;
      const bytes = fromHex(plain);
      packet.set(bytes);
      const end = client.protectRtp(packet, 0, bytes.length);
      const back = server.unprotectRtp(packet, 0, end);
      assert.equal(toHex(packet.subarray(0, back)), plain);
    });
  }
});

test("random bytes are dropped, whatever they are", () => {
  const random = new SeededRandom(SEED);
  for (const profile of PROFILES) {
    const [client, server] = pair(profile, { cryptex: true, encryptedExtensions: [1] });
    const first = wire(client, rtp(1));
    server.unprotectRtp(first, 0, first.length);
    for (let i = 0; i < 3000; i++) {
      const bytes = randomBytes(random, randomU32(random) % 90);
      if (bytes.length > 0) bytes[0] = 0x80 | ((bytes[0] ?? 0) & 0x3f);
      if (bytes.length > 12 && i % 2 === 0) setU32(bytes, 8, 0xcafe);
      assert.equal(server.unprotectRtp(bytes, 0, bytes.length), -1, `seed ${SEED}, packet ${i}`);
      assert.equal(server.unprotectRtcp(bytes, 0, bytes.length), -1, `seed ${SEED}, packet ${i}`);
      // Whatever we are asked to send, there is no throw but for room.
      if (bytes.length > 40) client.protectRtp(bytes, 0, bytes.length - 32);
    }
  }
});

test("too little room is the caller's mistake", () => {
  const [client] = pair(SrtpProfile.AEAD_AES_128_GCM);
  assert.throws(() => client.protectRtp(rtp(1).subarray(0, 60), 0, 52), RangeError);
  assert.throws(() => client.protectRtcp(rtcp(1).subarray(0, 40), 0, 32), RangeError);
  assert.throws(() => pair(SrtpProfile.AEAD_AES_128_GCM, { replayWindow: 100 }), RangeError);
});
