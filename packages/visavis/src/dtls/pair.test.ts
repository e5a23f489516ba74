/**
 * Two connections and a wire between them in virtual time, for the tests of this folder.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes } from "../base/bytes.ts";
import { NEVER } from "../base/instant.ts";
import { Transmit } from "../base/transmit.ts";
import { type Certificate, createCertificate } from "../crypto/certificate.ts";
import { fingerprint } from "../crypto/fingerprint.ts";
import { SeededRandom } from "../crypto/seeded-random.test.ts";
import { DtlsConnection } from "./connection.ts";
import type { DtlsEvent } from "./events.ts";
import type { DtlsOptions } from "./options.ts";

const WALL_TIME = Date.UTC(2026, 10, 20);
const DELAY = 10;

/** A side's certificates, made once: they cost more than a handshake. */
const certificates = new Map<string, Certificate>();

export function certificateOf(name: string): Certificate {
  let certificate = certificates.get(name);
  if (certificate === undefined) {
    certificate = createCertificate({ random: new SeededRandom(certificates.size + 1000), wallTime: WALL_TIME });
    certificates.set(name, certificate);
  }
  return certificate;
}

export type SideName = "client" | "server";

/** What happens to a datagram: how often it arrives, and how much later. */
export type Fate = readonly number[];
export const LOST: Fate = [];
export const ONCE: Fate = [0];

export interface Datagram {
  readonly from: SideName;
  /** Counted per direction from 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly at: number;
}

export interface PairOptions {
  readonly seed?: number;
  readonly client?: Partial<DtlsOptions>;
  readonly server?: Partial<DtlsOptions>;
  readonly fate?: (datagram: Datagram) => Fate;
  readonly delay?: number;
}

export interface Side {
  readonly name: SideName;
  readonly dtls: DtlsConnection;
  readonly events: DtlsEvent[];
  readonly plaintexts: string[];
}

/** The two sides and the wire. */
export class Pair {
  now = 0;
  readonly client: Side;
  readonly server: Side;
  readonly log: Datagram[] = [];
  fate: (datagram: Datagram) => Fate;
  readonly #delay: number;
  readonly #wire: { at: number; order: number; to: SideName; bytes: Uint8Array }[] = [];
  #order = 0;
  readonly #out = new Transmit();

  constructor(options: PairOptions = {}) {
    const seed = options.seed ?? 1;
    this.fate = options.fate ?? (() => ONCE);
    this.#delay = options.delay ?? DELAY;
    const side = (name: SideName, other: SideName, extra: Partial<DtlsOptions> | undefined): Side => {
      const remote = (name === "client" ? options.server?.certificate : options.client?.certificate) ?? certificateOf(other);
      const dtls = new DtlsConnection({
        role: name,
        certificate: certificateOf(name),
        random: new SeededRandom(seed * 2 + (name === "client" ? 0 : 1)),
        remoteFingerprints: [{ algorithm: "sha-256", value: fingerprint(remote.der, "sha-256") }],
        ...extra,
      });
      return { name, dtls, events: [], plaintexts: [] };
    };
    this.client = side("client", "server", options.client);
    this.server = side("server", "client", options.server);
  }

  side(name: SideName): Side {
    return name === "client" ? this.client : this.server;
  }

  /** Starts both and runs until nothing moves any more. */
  connect(): this {
    this.server.dtls.start(this.now);
    this.client.dtls.start(this.now);
    this.drain();
    return this.run();
  }

  /** Sends application data. */
  send(from: SideName, text: string): void {
    this.#out.reset();
    const bytes = new TextEncoder().encode(text);
    this.#out.bytes.set(bytes, this.#out.start);
    this.#out.length = bytes.length;
    this.side(from).dtls.seal(this.#out);
    this.put(from, this.#out.view().slice());
  }

  /** Puts a datagram on the wire. */
  put(from: SideName, bytes: Uint8Array): void {
    const index = this.log.filter((one) => one.from === from).length;
    const datagram = { from, index, bytes, at: this.now };
    this.log.push(datagram);
    const to = from === "client" ? "server" : "client";
    for (const extra of this.fate(datagram)) {
      this.#wire.push({ at: this.now + this.#delay + extra, order: this.#order++, to, bytes: bytes.slice() });
    }
  }

  /** Gives a datagram to a side now. */
  deliver(to: SideName, bytes: Uint8Array): void {
    this.side(to).dtls.receive(bytes, this.now);
    this.drain();
  }

  /** Takes out all that both sides have to say. */
  drain(): void {
    for (const side of [this.client, this.server]) {
      for (let event = side.dtls.takeEvent(); event; event = side.dtls.takeEvent()) side.events.push(event);
      for (let data = side.dtls.takePlaintext(); data; data = side.dtls.takePlaintext()) {
        side.plaintexts.push(new TextDecoder().decode(data.bytes.subarray(data.start, data.end)));
      }
      for (;;) {
        this.#out.reset();
        if (!side.dtls.transmit(this.#out, this.now)) break;
        assert.ok(this.#out.length > 0);
        this.put(side.name, this.#out.view().slice());
      }
    }
  }

  /** Runs until nothing moves or the time is over. */
  run(until: number = this.now + 120_000): this {
    for (let steps = 0; steps < 5000; steps++) {
      this.#wire.sort((a, b) => a.at - b.at || a.order - b.order);
      const arrival = this.#wire[0]?.at ?? NEVER;
      const next = Math.min(arrival, this.client.dtls.deadline(), this.server.dtls.deadline());
      if (next > until) return this;
      this.now = Math.max(this.now, next);
      while ((this.#wire[0]?.at ?? NEVER) <= this.now) {
        const datagram = this.#wire.shift();
        if (datagram) this.side(datagram.to).dtls.receive(datagram.bytes, this.now);
      }
      this.client.dtls.advance(this.now);
      this.server.dtls.advance(this.now);
      this.drain();
    }
    throw new Error("it never comes to rest");
  }

  /** Both are connected and agree, and data goes both ways. */
  assertConnected(): this {
    const [a, z] = [this.client, this.server].map((side) => {
      assert.equal(
        side.dtls.state,
        "connected",
        `${side.name}: ${JSON.stringify(side.events)} ${JSON.stringify(side.dtls.stats())}`,
      );
      const event = side.events[0];
      assert.equal(event?.type, "connected");
      assert.equal(side.events.length, 1);
      return event.type === "connected" ? event : undefined;
    });
    assert.ok(a !== undefined && z !== undefined);
    const { remoteCertificates: fromServer, ...left } = a;
    const { remoteCertificates: fromClient, ...right } = z;
    assert.deepEqual(left, right);
    assert.equal(fromServer.length + fromClient.length, 2);
    const exported = this.client.dtls.exportKeyingMaterial("EXTRACTOR-dtls_srtp", undefined, 60);
    assert.deepEqual(exported, this.server.dtls.exportKeyingMaterial("EXTRACTOR-dtls_srtp", undefined, 60));
    this.fate = () => ONCE;
    const before = [this.client.plaintexts.length, this.server.plaintexts.length];
    this.send("client", "ping");
    this.send("server", "pong");
    this.run();
    assert.deepEqual(this.server.plaintexts.slice(before[1]), ["ping"]);
    assert.deepEqual(this.client.plaintexts.slice(before[0]), ["pong"]);
    return this;
  }
}

test("a pair connects, and one seed gives the same datagrams", () => {
  const first = new Pair({ seed: 5 }).connect().assertConnected();
  const second = new Pair({ seed: 5 }).connect().assertConnected();
  const third = new Pair({ seed: 6 }).connect().assertConnected();
  assert.equal(first.log.length, second.log.length);
  first.log.forEach((datagram, i) => {
    assert.ok(equalBytes(datagram.bytes, second.log[i]?.bytes ?? new Uint8Array(0)));
  });
  assert.ok(!equalBytes(first.log[0]?.bytes ?? new Uint8Array(0), third.log[0]?.bytes ?? new Uint8Array(0)));
});
