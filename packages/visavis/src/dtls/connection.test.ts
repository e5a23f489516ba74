import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { equalBytes, fromHex, setU16, toHex, u16 } from "../base/bytes.ts";
import { InternalError } from "../base/errors.ts";
import { NEVER } from "../base/instant.ts";
import { randomU32 } from "../base/random.ts";
import { Transmit } from "../base/transmit.ts";
import { createCertificate } from "../crypto/certificate.ts";
import { FINGERPRINT_ALGORITHMS, fingerprint } from "../crypto/fingerprint.ts";
import { SeededRandom } from "../crypto/seeded-random.test.ts";
import { PrivateKey } from "../crypto/signature.ts";
import { Alert } from "./alert.ts";
import { DtlsConnection } from "./connection.ts";
import { DtlsError } from "./errors.ts";
import { NamedGroup } from "./groups.ts";
import { HandshakeType } from "./handshake/handshake-type.ts";
import { certificateOf, type Datagram, LOST, ONCE, Pair, type PairOptions, type Side, type SideName } from "./pair.test.ts";
import { DtlsVersion } from "./version.ts";

const V12 = { maxVersion: DtlsVersion.V1_2 } as const;
const VERSIONS: readonly (readonly [string, PairOptions])[] = [
  ["1.3", {}],
  ["1.2", { client: V12 }],
];
const WRONG = [{ algorithm: "sha-256", value: Array(32).fill("00").join(":") }];

function other(name: SideName): SideName {
  return name === "client" ? "server" : "client";
}

function errorOf(side: Side): DtlsError | undefined {
  const closed = side.events.find((event) => event.type === "closed");
  return closed?.type === "closed" ? closed.error : undefined;
}

for (const [version, options] of VERSIONS) {
  for (const wronged of ["client", "server"] as const) {
    test(`${version}: the ${wronged} refuses a certificate that was not promised`, () => {
      for (const remoteFingerprints of [WRONG, [], [{ algorithm: "md5", value: "00" }]]) {
        const side = { ...options[wronged], remoteFingerprints };
        const pair = new Pair({ ...options, [wronged]: side }).connect();
        const refusal = errorOf(pair.side(wronged));
        assert.equal(pair.side(wronged).dtls.state, "failed");
        assert.deepEqual(
          [refusal?.code, refusal?.alert, refusal?.received],
          ["fingerprint-mismatch", Alert.BAD_CERTIFICATE, false],
        );
        const told = errorOf(pair.side(other(wronged)));
        assert.equal(pair.side(other(wronged)).dtls.state, "failed");
        assert.deepEqual([told?.code, told?.alert, told?.received], ["bad-certificate", Alert.BAD_CERTIFICATE, true]);
        assert.equal(pair.client.dtls.deadline(), NEVER);
        assert.equal(pair.server.dtls.deadline(), NEVER);
      }
    });
  }

  test(`${version}: a lost alert is sent again when the peer goes on`, () => {
    const pair = new Pair({ ...options, client: { ...options.client, remoteFingerprints: WRONG } });
    let alerts = 0;
    pair.fate = (datagram) => {
      if (datagram.from === "client" && pair.client.dtls.state === "failed" && alerts++ === 0) return LOST;
      return ONCE;
    };
    pair.connect();
    assert.equal(errorOf(pair.server)?.code, "bad-certificate");
    assert.ok(alerts > 1);
  });

  test(`${version}: one of several fingerprints is enough, of any known algorithm`, () => {
    const der = certificateOf("server").der;
    for (const algorithm of FINGERPRINT_ALGORITHMS) {
      const right = { algorithm: algorithm.toUpperCase(), value: fingerprint(der, algorithm).toLowerCase() };
      const remoteFingerprints = [...WRONG, { algorithm: "sha-999", value: "00" }, right];
      new Pair({ ...options, client: { ...options.client, remoteFingerprints } }).connect().assertConnected();
    }
  });

  test(`${version}: a peer that is not there, or goes away, is given up in time`, () => {
    const alone = new Pair(options);
    alone.fate = () => LOST;
    alone.connect();
    assert.equal(errorOf(alone.client)?.code, "timeout");
    assert.equal(alone.client.dtls.state, "failed");
    assert.ok(alone.now > 20_000 && alone.now < 60_000, `after ${alone.now} ms`);
    assert.equal(alone.client.dtls.stats().retransmissions, 12);
    assert.equal(alone.server.dtls.state, "new");
    // Perhaps the path takes no datagrams of the usual size: later ones are smaller.
    assert.ok(alone.log.filter(({ at }) => at > 1000).every(({ bytes }) => bytes.length <= 528));
    const total = new Pair(options).connect().log.length;
    for (let until = 1; until < total - 1; until++) {
      const gone = new Pair(options);
      let count = 0;
      gone.fate = () => (count++ < until ? ONCE : LOST);
      gone.connect();
      for (const side of [gone.client, gone.server]) {
        assert.ok(["failed", "connected", "new"].includes(side.dtls.state), side.dtls.state);
        if (side.dtls.state === "failed") assert.equal(errorOf(side)?.code, "timeout");
        assert.equal(side.dtls.deadline(), NEVER);
      }
    }
  });

  test(`${version}: application data that overtakes the handshake is held`, () => {
    const pair = new Pair(options);
    const sides: SideName[] = [];
    pair.fate = (datagram) => {
      // Whoever is connected first sends at once, and everything of the handshake after that is late.
      for (const name of ["client", "server"] as const) {
        if (pair.side(name).dtls.state === "connected" && !sides.includes(name)) {
          sides.push(name);
          pair.send(name, `early from ${name}`);
        }
      }
      return datagram.bytes.length > 0 && sides.length > 0 && isHandshake(datagram) ? [40] : ONCE;
    };
    pair.connect();
    const silent = (["client", "server"] as const).filter((name) => !sides.includes(name));
    sides.push(...silent);
    for (const name of silent) pair.send(name, `early from ${name}`);
    pair.run();
    assert.deepEqual(pair.server.plaintexts, ["early from client"]);
    assert.deepEqual(pair.client.plaintexts, ["early from server"]);
    pair.assertConnected();
  });

  test(`${version}: replayed, bent and cut records are dropped and counted, and life goes on`, () => {
    const pair = new Pair(options).connect();
    const before = pair.log.length;
    pair.send("client", "once");
    pair.run();
    const record = pair.log[before]?.bytes ?? new Uint8Array(0);
    pair.deliver("server", record.slice());
    assert.equal(pair.server.dtls.drops.of("replayed"), 1);
    pair.fate = () => LOST;
    pair.send("client", "bent");
    const fresh = pair.log[pair.log.length - 1]?.bytes ?? new Uint8Array(0);
    for (let i = 0; i < fresh.length; i++) {
      const bent = fresh.slice();
      bent[i] = (bent[i] ?? 0) ^ 0x10;
      const total = pair.server.dtls.drops.total;
      pair.deliver("server", bent);
      pair.deliver("server", fresh.slice(0, i));
      assert.ok(pair.server.dtls.drops.total > total, `byte ${i}`);
    }
    pair.deliver("server", fresh.slice());
    assert.deepEqual(pair.server.plaintexts, ["once", "bent"]);
    pair.assertConnected();
  });

  test(`${version}: rubbish in every state throws nothing and ends`, () => {
    const length = new Pair(options).connect().log.length;
    const random = new SeededRandom(version === "1.3" ? 1 : 2);
    let survived = 0;
    for (let round = 0; round < 80; round++) {
      const pair = new Pair({ ...options, seed: round + 1 });
      const at = round % (length + 2);
      let count = 0;
      pair.fate = (datagram) => {
        if (count++ === at) {
          for (let i = 0; i < 12; i++) {
            const bent = datagram.bytes.slice();
            const start = randomU32(random) % bent.length;
            random.fill(bent, start, Math.min(bent.length, start + 1 + (i % 6)));
            const cut = i % 4 === 3 ? bent.subarray(0, randomU32(random) % bent.length) : bent;
            pair.side(other(datagram.from)).dtls.receive(cut.slice(), pair.now);
            if (i % 3 === 0) pair.side(datagram.from).dtls.receive(cut.slice(), pair.now);
          }
        }
        return ONCE;
      };
      pair.connect();
      for (const side of [pair.client, pair.server]) {
        assert.notEqual(side.dtls.state, "connecting");
        assert.equal(side.dtls.deadline(), NEVER);
      }
      if (pair.client.dtls.state === "connected" && pair.server.dtls.state === "connected") survived++;
    }
    assert.ok(survived > 10, `${survived} of 80 connected in spite of it`);
  });

  test(`${version}: strangers cannot disturb a connection`, () => {
    const pair = new Pair(options).connect();
    const handshake = [...pair.log];
    for (const { from, bytes } of handshake) {
      pair.deliver(other(from), bytes.slice());
      pair.deliver(from, bytes.slice());
    }
    // Alerts, an ACK and application data in clear.
    for (const hex of ["15fefd00000000000000630002" + "0228", "15fefd00000000000000640002" + "0100"]) {
      for (const name of ["client", "server"] as const) pair.deliver(name, fromHex(hex));
    }
    for (const hex of ["1afefd00000000000000650002" + "0000", "17fefd00000000000000660001" + "61"]) {
      for (const name of ["client", "server"] as const) pair.deliver(name, fromHex(hex));
    }
    pair.run();
    assert.deepEqual(pair.server.plaintexts, []);
    pair.assertConnected();
  });

  test(`${version}: closing from either side`, () => {
    for (const name of ["client", "server"] as const) {
      const pair = new Pair(options).connect();
      const { dtls } = pair.side(name);
      dtls.close(pair.now);
      dtls.close(pair.now);
      pair.drain();
      pair.run();
      assert.equal(dtls.state, "closed");
      assert.equal(pair.side(name).events.length, 1);
      const peer = pair.side(other(name));
      assert.equal(peer.dtls.state, "closed");
      assert.deepEqual(peer.events[1], { type: "closed", error: undefined });
      assert.equal(peer.dtls.deadline(), NEVER);
      assert.throws(() => dtls.seal(new Transmit()), InternalError);
    }
    const unused = new Pair(options);
    unused.client.dtls.close(0);
    unused.drain();
    assert.equal(unused.log.length, 0);
    unused.connect();
    assert.equal(unused.client.dtls.state, "closed");
  });

  test(`${version}: closing in the middle of the handshake`, () => {
    const length = new Pair(options).connect().log.length;
    for (let at = 0; at < length; at++) {
      const pair = new Pair(options);
      let count = 0;
      pair.fate = () => {
        if (count++ === at) pair.client.dtls.close(pair.now);
        return ONCE;
      };
      pair.connect();
      assert.equal(pair.client.dtls.state, "closed");
      assert.ok(["closed", "failed", "new"].includes(pair.server.dtls.state), pair.server.dtls.state);
    }
  });

  test(`${version}: the overhead is what it says`, () => {
    const pair = new Pair(options).connect();
    for (const text of ["", "x", "x".repeat(1000)]) {
      pair.send("client", text);
      assert.equal(pair.log[pair.log.length - 1]?.bytes.length, text.length + pair.client.dtls.sealOverhead);
    }
    assert.equal(pair.client.dtls.sealOverhead, version === "1.3" ? 22 : 37);
    assert.equal(new Pair(options).client.dtls.sealOverhead, 37);
  });

  test(`${version}: SRTP profiles`, () => {
    const negotiated = (client: readonly number[], server: readonly number[]): number | undefined => {
      const pair = new Pair({
        client: { ...options.client, srtpProfiles: client },
        server: { ...options.server, srtpProfiles: server },
      });
      const [event] = pair.connect().assertConnected().client.events;
      return event?.type === "connected" ? event.srtpProfile : undefined;
    };
    assert.equal(negotiated([1, 7, 8], [8, 7]), 8);
    assert.equal(negotiated([7], [7]), 7);
    assert.equal(negotiated([1], [7]), undefined);
    assert.equal(negotiated([], [7]), undefined);
    assert.equal(negotiated([7], []), undefined);
  });

  test(`${version}: both say how long a record they take`, () => {
    const { client, server } = new Pair(options).connect().assertConnected();
    assert.equal(client.dtls.remoteRecordSizeLimit, 16_384);
    // Whoever also offers 1.3 says what that allows.
    assert.ok([16_384, 16_385].includes(server.dtls.remoteRecordSizeLimit ?? 0), `${server.dtls.remoteRecordSizeLimit}`);
  });

  test(`${version}: RSA certificates on either side`, () => {
    const privateKey = PrivateKey.of(crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
    assert.ok(privateKey !== undefined);
    const certificate = createCertificate({ random: new SeededRandom(1), wallTime: Date.UTC(2026, 0), privateKey });
    for (const name of ["client", "server"] as const) {
      new Pair({ ...options, [name]: { ...options[name], certificate } }).connect().assertConnected();
    }
  });
}

function isHandshake({ bytes }: Datagram): boolean {
  return bytes[0] !== 23 && (bytes[0] ?? 0) % 4 !== 3;
}

test("nothing in common: both sides say why", () => {
  const cases: readonly (readonly [PairOptions, string, string])[] = [
    [{ client: { minVersion: DtlsVersion.V1_3 }, server: V12 }, "protocol-version", "protocol-version"],
    [{ client: V12, server: { minVersion: DtlsVersion.V1_3 } }, "protocol-version", "protocol-version"],
    [
      { client: { groups: [NamedGroup.X25519] }, server: { groups: [NamedGroup.SECP256R1] } },
      "handshake-failure",
      "handshake-failure",
    ],
    [
      { client: { ...V12, groups: [NamedGroup.X25519] }, server: { groups: [NamedGroup.SECP256R1] } },
      "handshake-failure",
      "handshake-failure",
    ],
  ];
  for (const [options, client, server] of cases) {
    const pair = new Pair(options).connect();
    assert.equal(errorOf(pair.client)?.code, client);
    assert.equal(errorOf(pair.server)?.code, server);
    assert.equal(errorOf(pair.client)?.received, true);
  }
});

for (const sender of ["client", "server"] as const) {
  test(`1.2: a ${sender} that lists point formats without the uncompressed one, or no list at all, is refused`, () => {
    for (const { list, alert } of [
      { list: "000b00020101", alert: Alert.ILLEGAL_PARAMETER },
      { list: "000b00020000", alert: Alert.DECODE_ERROR },
      { list: "000b00020200", alert: Alert.DECODE_ERROR },
    ]) {
      const pair = new Pair({ client: V12 });
      pair.fate = ({ from, bytes }) => {
        const at = toHex(bytes).indexOf("000b00020100") / 2;
        if (from === sender && at > 0) bytes.set(fromHex(list), at);
        return ONCE;
      };
      pair.connect();
      const refusal = errorOf(pair.side(other(sender)));
      assert.deepEqual([refusal?.alert, refusal?.received], [alert, false]);
      assert.deepEqual([errorOf(pair.side(sender))?.alert, errorOf(pair.side(sender))?.received], [alert, true]);
    }
  });
}

test("a downgrade by someone on the way is noticed", () => {
  // supported_versions becomes an extension that nobody knows: the server believes that the client speaks 1.2 at most.
  const pair = new Pair({ client: { mtu: 2000 } });
  pair.fate = ({ from, index, bytes }) => {
    if (from === "client" && index === 0) {
      const at = toHex(bytes).indexOf("002b0005") / 2;
      assert.ok(at > 0 && u16(bytes, at) === 43);
      setU16(bytes, at, 0x0a0a);
    }
    return ONCE;
  };
  pair.connect();
  assert.equal(errorOf(pair.client)?.code, "illegal-parameter");
  assert.equal(errorOf(pair.server)?.code, "illegal-parameter");
});

test("1.3: an ACK brings back only what was lost", () => {
  const whole = new Pair().connect();
  const flight = whole.log.filter((datagram) => datagram.from === "server").slice(0, 2);
  for (const lost of [0, 1]) {
    const pair = new Pair();
    pair.fate = ({ from, index }) => (from === "server" && index === lost ? LOST : ONCE);
    pair.connect();
    const again = pair.log.filter((datagram) => datagram.from === "server").slice(2, -1);
    const bytes = again.reduce((sum, datagram) => sum + datagram.bytes.length, 0);
    const all = flight.reduce((sum, datagram) => sum + datagram.bytes.length, 0);
    if (lost === 1) {
      assert.ok(bytes < all / 2, `${bytes} of ${all} bytes`);
      // Long before the timer: the client's ACK is due after a quarter of it.
      assert.ok((again[0]?.at ?? 0) < 60, `after ${again[0]?.at} ms`);
    }
    pair.assertConnected();
  }
});

test("1.3: keys change in both directions, in the middle of traffic and over loss", () => {
  let mostEpochs = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const pair = new Pair({
      seed,
      client: { keyUpdateAfter: 10 },
      server: { keyUpdateAfter: seed % 3 === 0 ? 10 : 1e6 },
    }).connect();
    const random = new SeededRandom(seed);
    pair.fate = ({ bytes }) => {
      const chance = randomU32(random) % 10;
      // Application data is not lost here, so that all of it can be asked for in the end.
      const isData = bytes.length > 60;
      if (!isData && chance < 3) return LOST;
      return chance === 9 ? [0, 25] : [chance * 3];
    };
    const sent: string[] = [];
    for (let i = 0; i < 60; i++) {
      const text = `${i} `.padEnd(60, ".");
      sent.push(text);
      pair.send("client", text);
      if (i % 2 === 0) pair.send("server", text);
      pair.drain();
      pair.run(pair.now + 30);
    }
    pair.run();
    assert.deepEqual([...pair.server.plaintexts].sort(), [...sent].sort());
    assert.equal(pair.client.plaintexts.length, 30);
    const epochs = new Set(
      pair.log.filter(({ from, bytes }) => from === "client" && bytes.length > 60).map(({ bytes }) => (bytes[0] ?? 0) & 3),
    );
    assert.ok(epochs.size >= 2);
    mostEpochs = Math.max(mostEpochs, epochs.size);
    assert.equal(pair.server.dtls.drops.of("bad-tag"), 0);
    assert.equal(pair.server.events.length + pair.client.events.length, 2);
  }
  // Epochs show their last two bits only: all four mean that at least three updates went through.
  assert.equal(mostEpochs, 4);
});

test("options that contradict each other are refused at once", () => {
  const make = (options: PairOptions["client"]): Pair => new Pair({ client: { ...options } });
  assert.throws(() => make({ groups: [] }), RangeError);
  assert.throws(() => make({ groups: [0x18] }), RangeError);
  assert.throws(() => make({ ...V12, groups: [NamedGroup.X25519MLKEM768] }), RangeError);
  assert.throws(() => make({ ...V12, minVersion: DtlsVersion.V1_3 }), RangeError);
  assert.throws(() => make({ mtu: 100 }), RangeError);
  assert.throws(() => new Pair().client.dtls.exportKeyingMaterial("label", undefined, 1), InternalError);
});

test("a server takes no message before a hello, a client none before it has begun", () => {
  const pair = new Pair();
  const hello = new Pair().connect().log[0]?.bytes ?? new Uint8Array(0);
  pair.client.dtls.receive(hello.slice(), 0);
  assert.equal(pair.client.dtls.state, "new");
  assert.equal(pair.client.dtls.drops.of("unexpected-record"), 1);
  const finished = new Uint8Array(13 + 12);
  finished.set(fromHex("16fefd0000000000000000000c"), 0);
  finished[13] = HandshakeType.FINISHED;
  pair.server.dtls.receive(finished, 0);
  assert.equal(
    errorOf({ ...pair.server, events: [pair.server.dtls.takeEvent()].filter((event) => event !== undefined) })?.code,
    "unexpected-message",
  );
});

test("one seed, the same bytes in every version", () => {
  for (const [, options] of VERSIONS) {
    const [a, b] = [1, 2].map(() => new Pair({ ...options, seed: 77 }).connect().assertConnected());
    assert.equal(a?.log.length, b?.log.length);
    assert.ok(a?.log.every((datagram, i) => equalBytes(datagram.bytes, b?.log[i]?.bytes ?? new Uint8Array(0))));
  }
});

test("a handshake costs little", (t) => {
  for (const [version, options] of VERSIONS) {
    const rounds = 15;
    for (let i = 0; i < 3; i++) new Pair(options).connect();
    const before = process.cpuUsage();
    for (let i = 0; i < rounds; i++) new Pair({ ...options, seed: i }).connect();
    const { user, system } = process.cpuUsage(before);
    const perSide = (user + system) / 1000 / rounds / 2;
    t.diagnostic(`${version}: ${perSide.toFixed(2)} ms of CPU per side, seeded`);
    assert.ok(perSide < 30);
  }
});

test("the class is what the engines' face asks for", () => {
  const { dtls } = new Pair().client;
  assert.ok(dtls instanceof DtlsConnection);
  assert.equal(dtls.takeEvent(), undefined);
  assert.equal(dtls.takePlaintext(), undefined);
  assert.equal(dtls.version, undefined);
  assert.ok(new DtlsError("code", "message", undefined) instanceof Error);
});
