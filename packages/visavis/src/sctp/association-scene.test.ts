/**
 * Scenes for associations: two of them on a simulated link, two of them pumped by hand, and packets made by hand.
 */
import assert from "node:assert/strict";
import { type Endpoint, type LinkOptions, SeededRandom, Simulation, testSeed } from "@visavis/netsim";
import { setU32, u32 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { Transmit } from "../base/transmit.ts";
import { Association } from "./association.ts";
import type { AssociationEvent, AssociationOptions, SctpFeatures, SctpMessage, SendOptions } from "./association-options.ts";
import { chunkFlags, chunkLength, chunkType, nextChunk } from "./packet/chunk.ts";
import { COMMON_HEADER, encodeCommonHeader, verificationTag, writeChecksum } from "./packet/common-header.ts";

export const SEED: string = testSeed(1);
export const RELIABLE: SendOptions = { ordered: true };
export const UNORDERED: SendOptions = { ordered: false };

/** One end of a simulated link. */
export interface Peer extends Endpoint<Association> {
  readonly events: AssociationEvent[];
  readonly messages: SctpMessage[];
}

/** Two associations on a simulated link. */
export interface Scene {
  readonly sim: Simulation;
  readonly link: ReturnType<Simulation["link"]>;
  readonly a: Peer;
  readonly z: Peer;
}

/** Two associations that know nothing of each other yet. */
export function scene(link: LinkOptions = {}, options: Partial<AssociationOptions> = {}, seed: number | string = SEED): Scene {
  const sim = new Simulation({ seed });
  const path = sim.link({ delay: 20, ...link });
  // DTLS would drop what is corrupted; without it checksums have to.
  const features = link.corrupt === undefined ? {} : { features: { zeroChecksum: false } };
  const make = (): Association =>
    new Association({ random: sim.random, maxReceiveMessageSize: 1 << 20, ...features, ...options });
  const [a, z] = path.connect(make(), make(), { port: 9899 });
  return { sim, link: path, a: a as Peer, z: z as Peer };
}

/** Both sides begin, as WebRTC does, and are connected. */
export function connected(
  link: LinkOptions = {},
  options: Partial<AssociationOptions> = {},
  seed: number | string = SEED,
): Scene {
  const it = scene(link, options, seed);
  it.a.engine.connect(it.sim.now);
  it.z.engine.connect(it.sim.now);
  it.sim.runUntil(() => it.a.engine.state === "established" && it.z.engine.state === "established", { within: 60_000 });
  return it;
}

/** Bytes that are hard to mistake for others. */
export function content(length: number, seed: number = length): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + seed * 17 + (i >> 8);
  return bytes;
}

/** The end as it was told. */
export function closing(peer: { readonly events: readonly AssociationEvent[] }): AssociationEvent | undefined {
  return peer.events.find((event) => event.type === "closed");
}

/** The code of the error it ended with; `""` after a graceful end, undefined while it lives. */
export function endOf(peer: { readonly events: readonly AssociationEvent[] }): string | undefined {
  const event = closing(peer);
  return event?.type === "closed" ? (event.error?.code ?? "") : undefined;
}

/** One chunk of a packet, as a view. */
export interface SeenChunk {
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
}

/** The chunks of a packet. */
export function chunksOf(packet: Uint8Array): SeenChunk[] {
  const chunks: SeenChunk[] = [];
  for (let o = COMMON_HEADER; o < packet.length; ) {
    const next = nextChunk(packet, o, packet.length);
    assert.ok(next > o, "a chunk does not fit its packet");
    chunks.push({
      type: chunkType(packet, o),
      flags: chunkFlags(packet, o),
      bytes: packet.subarray(o, o + chunkLength(packet, o)),
    });
    o = next;
  }
  return chunks;
}

/** A packet of these chunks, with padding and a right checksum. */
export function packetOf(tag: number, ...chunks: readonly Uint8Array[]): Uint8Array {
  const length = chunks.reduce((sum, chunk) => sum + ((chunk.length + 3) & ~3), COMMON_HEADER);
  const packet = new Uint8Array(length);
  let o = encodeCommonHeader(packet, 0, 5000, 5000, tag);
  for (const chunk of chunks) {
    packet.set(chunk, o);
    o += (chunk.length + 3) & ~3;
  }
  writeChecksum(packet, 0, length);
  return packet;
}

/** A chunk of this type with this value. */
export function chunkOf(type: number, flags: number, value: Uint8Array = new Uint8Array(0)): Uint8Array {
  const chunk = new Uint8Array(4 + value.length);
  chunk.set([type, flags, chunk.length >> 8, chunk.length & 0xff]);
  chunk.set(value, 4);
  return chunk;
}

/** 32-bit words in a row. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, i) => {
    setU32(bytes, 4 * i, value >>> 0);
  });
  return bytes;
}

/** A DATA chunk. Flags: 1 ends, 2 begins, 4 unordered. */
export function dataOf(tsn: number, flags: number, stream: number, ssn: number, payload: Uint8Array): Uint8Array {
  const value = new Uint8Array(12 + payload.length);
  value.set(words(tsn, (stream << 16) | ssn, 53));
  value.set(payload, 12);
  return chunkOf(0, flags, value);
}

/** A SACK chunk; `gaps` holds pairs start, end. */
export function sackOf(cumulative: number, window: number, gaps: readonly number[] = []): Uint8Array {
  const pairs: number[] = [];
  for (let i = 0; i + 1 < gaps.length; i += 2) pairs.push((((gaps[i] as number) << 16) | (gaps[i + 1] as number)) >>> 0);
  return chunkOf(3, 0, words(cumulative, window, (gaps.length / 2) << 16, ...pairs));
}

/** One end of a hand-pumped pair. */
export class End {
  readonly engine: Association;
  readonly events: AssociationEvent[] = [];
  readonly messages: SctpMessage[] = [];
  /** Every packet it sent. */
  readonly sent: Uint8Array[] = [];
  /** Whether it offers I-DATA. */
  readonly interleaving: boolean;
  /** Whether its owner takes messages. */
  reads = true;

  constructor(options: AssociationOptions) {
    this.engine = new Association(options);
    this.interleaving = options.features?.interleaving !== false;
  }

  /** Takes what waits for its owner. */
  collect(): void {
    for (let event = this.engine.takeEvent(); event !== undefined; event = this.engine.takeEvent()) this.events.push(event);
    if (!this.reads) return;
    for (let message = this.engine.takeMessage(); message !== undefined; message = this.engine.takeMessage())
      this.messages.push(message);
  }
}

/** RFC 9260 alone: what scenes that make packets by hand are written in. */
export const PLAIN: SctpFeatures = { interleaving: false, zeroChecksum: false };

/**
 * Two associations pumped by hand, for scenes in which single packets matter. Nothing is lost unless the scene does it. They use neither
 * I-DATA nor zero checksums unless the scene asks for them.
 */
export class Pair {
  readonly a: End;
  readonly z: End;
  now: Instant = 1000;
  readonly #out = new Transmit(65_536);

  constructor(options: Partial<AssociationOptions> = {}, remote: Partial<AssociationOptions> = options) {
    const random = new SeededRandom(SEED);
    this.a = new End({ random: random.stream("a"), maxReceiveMessageSize: 1 << 20, features: PLAIN, ...options });
    this.z = new End({ random: random.stream("z"), maxReceiveMessageSize: 1 << 20, features: PLAIN, ...remote });
  }

  /** All that `from` has to send now. */
  take(from: End, most: number = Number.POSITIVE_INFINITY): Uint8Array[] {
    const packets: Uint8Array[] = [];
    while (packets.length < most) {
      this.#out.reset();
      if (!from.engine.transmit(this.#out, this.now)) break;
      packets.push(this.#out.view().slice());
      assert.ok(packets.length < 100_000, "it sends without end");
    }
    from.sent.push(...packets);
    from.collect();
    return packets;
  }

  /** Brings packets to `to`. */
  give(to: End, ...packets: readonly Uint8Array[]): void {
    for (const packet of packets) to.engine.receive(packet.slice(), this.now);
    to.collect();
  }

  /** Back and forth until both are silent; `keeps` says what arrives. */
  exchange(keeps: (packet: Uint8Array, from: End) => boolean = () => true): void {
    for (let i = 0; i < 10_000; i++) {
      const there = this.take(this.a);
      const back = this.take(this.z);
      if (there.length + back.length === 0) return;
      this.give(this.z, ...there.filter((packet) => keeps(packet, this.a)));
      this.give(this.a, ...back.filter((packet) => keeps(packet, this.z)));
    }
    assert.fail("they do not come to rest");
  }

  /** Lets time pass, with everything that falls due in it. */
  pass(time: number, keeps: (packet: Uint8Array, from: End) => boolean = () => true): void {
    const end = this.now + time;
    for (let i = 0; i < 100_000; i++) {
      this.exchange(keeps);
      const due = Math.min(this.a.engine.deadline(), this.z.engine.deadline());
      if (due > end) break;
      this.now = Math.max(this.now, due);
      this.a.engine.advance(this.now);
      this.z.engine.advance(this.now);
      this.a.collect();
      this.z.collect();
    }
    this.now = end;
    this.exchange(keeps);
  }

  /** Connects them, `a` first. */
  connect(): this {
    this.a.engine.connect(this.now);
    this.exchange();
    assert.deepEqual([this.a.engine.state, this.z.engine.state], ["established", "established"]);
    return this;
  }

  /** The tag that packets to `to` carry, once `to` has been sent something. */
  tagOf(to: End): number {
    const packet = (to === this.a ? this.z : this.a).sent.at(-1);
    assert.ok(packet !== undefined);
    return verificationTag(packet);
  }

  /** The TSN of the first DATA that `from` sent, by its INIT or INIT ACK. */
  initialTsn(from: End): number {
    for (const packet of from.sent)
      for (const { type, bytes } of chunksOf(packet)) if (type === 1 || type === 2) return u32(bytes, 16);
    return assert.fail("it sent no INIT");
  }
}

/** Types of the chunks of each packet: `"3+0+0"` is a SACK and two DATA. */
export function typesOf(packets: readonly Uint8Array[]): string[] {
  return packets.map((packet) =>
    chunksOf(packet)
      .map(({ type }) => type)
      .join("+"),
  );
}
