/**
 * Random scripts against a model: what two associations do to messages, whatever the path does to packets.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { setU32, u32 } from "../base/bytes.ts";
import { randomBelow } from "../base/random.ts";
import { Transmit } from "../base/transmit.ts";
import { End, endOf, SEED, withInitialTsn } from "./association-scene.test.ts";

const ENVIRONMENT: { readonly VISAVIS_SCRIPTS?: string } = process.env;
/** More of them by `VISAVIS_SCRIPTS`. */
const SCRIPTS = Number(ENVIRONMENT.VISAVIS_SCRIPTS ?? 150);
const STREAMS = 5;
const SCHEDULERS = ["weighted", "round-robin", "round-robin-packets", "first-come"] as const;

/** What a message is, by the number in its first four bytes. */
interface Sent {
  readonly stream: number;
  readonly ordered: boolean;
  readonly reliable: boolean;
  readonly length: number;
}

interface Side {
  readonly end: End;
  readonly sent: Sent[];
  readonly bytes: number[];
  resets: number;
}

interface Packet {
  readonly at: number;
  readonly to: End;
  readonly bytes: Uint8Array;
}

/** One script: two associations, a path that changes, and what was asked of them. */
class Script {
  readonly random: SeededRandom;
  readonly label: string;
  readonly sides: readonly [Side, Side];
  now = 0;
  #way: Packet[] = [];
  /** In tenths. */
  #loss = 0;
  #spread = 0;
  #twice = 0;
  readonly #out: Transmit = new Transmit(70_000);

  constructor(number: number) {
    this.label = `script ${number} of seed ${SEED}`;
    this.random = new SeededRandom(`model ${number} ${SEED}`);
    const make = (which: number): Side => ({
      end: new End({
        random: withInitialTsn(-randomBelow(this.random, 200), `${number} ${which}`),
        maxReceiveMessageSize: 1 << 20,
        features: {
          interleaving: randomBelow(this.random, 3) > 0,
          zeroChecksum: randomBelow(this.random, 2) > 0,
          scheduler: SCHEDULERS[randomBelow(this.random, 4)] ?? "weighted",
        },
        receiveBufferLimit: randomBelow(this.random, 2) === 0 ? 30_000 : 1_000_000,
        mtu: [576, 1160, 1160, 9000][randomBelow(this.random, 4)] as number,
      }),
      sent: [],
      bytes: Array<number>(STREAMS).fill(0),
      resets: 0,
    });
    this.sides = [make(0), make(1)];
  }

  run(): void {
    const [a, z] = this.sides;
    const both = this.sides.every(({ end }) => end.interleaving);
    a.end.engine.connect(0);
    if (randomBelow(this.random, 2) === 0) z.end.engine.connect(0);
    const commands = 20 + randomBelow(this.random, 60);
    for (let i = 0; i < commands; i++) this.#command();
    this.#loss = 0;
    this.#spread = 0;
    for (const { end } of this.sides) end.reads = true;
    this.#pass(600_000);
    assert.deepEqual([a.end.engine.negotiated?.interleaving, z.end.engine.negotiated?.interleaving], [both, both], this.label);
    for (const [one, other] of [
      [a, z],
      [z, a],
    ] as const)
      this.#compare(one, other);
    this.#end();
  }

  #command(): void {
    const { random } = this;
    const side = this.sides[randomBelow(random, 2)] as Side;
    switch (randomBelow(random, 10)) {
      case 0:
        // A handshake has nine tries.
        this.#loss = randomBelow(random, this.sides.every(({ end }) => end.engine.state === "established") ? 5 : 2);
        this.#spread = randomBelow(random, 3) * 30;
        this.#twice = randomBelow(random, 3);
        break;
      case 1:
        side.end.reads = !side.end.reads;
        break;
      case 2:
        if (side.end.engine.state !== "established") break;
        side.end.engine.resetStreams([randomBelow(random, STREAMS)], this.now);
        side.resets++;
        break;
      case 3:
        side.end.engine.setMtu([576, 800, 1160, 1400][randomBelow(random, 4)] as number);
        break;
      case 4:
      case 5:
        this.#pass(randomBelow(random, randomBelow(random, 3) === 0 ? 8000 : 100));
        break;
      default:
        for (let count = randomBelow(random, 8); count >= 0; count--) this.#send(side);
    }
    this.#pass(randomBelow(random, 20));
  }

  #send(side: Side): void {
    const { random } = this;
    const reliable = randomBelow(random, 3) > 0;
    const ordered = randomBelow(random, 3) > 0;
    const stream = randomBelow(random, STREAMS);
    const length = 8 + randomBelow(random, randomBelow(random, 4) === 0 ? 20_000 : 1500);
    const data = new Uint8Array(length).fill(length);
    setU32(data, 0, side.sent.length);
    setU32(data, length - 4, side.sent.length);
    const partial =
      randomBelow(random, 2) === 0 ? { maxRetransmits: randomBelow(random, 3) } : { lifetime: randomBelow(random, 900) };
    const priority = 1 << randomBelow(random, 10);
    side.end.engine.send(stream, 53, data, { ordered, priority, ...(reliable ? {} : partial) }, this.now);
    side.sent.push({ stream, ordered, reliable, length });
    side.bytes[stream] = (side.bytes[stream] ?? 0) + length;
  }

  /** Time passes, with everything that falls due in it. */
  #pass(time: number): void {
    const end = this.now + time;
    for (let steps = 0; ; steps++) {
      assert.ok(steps < 300_000, `${this.label}: no rest`);
      this.#pump();
      const [a, z] = this.sides;
      const arrival = this.#way.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
      const due = Math.min(arrival, a.end.engine.deadline(), z.end.engine.deadline());
      if (due > end) break;
      this.now = Math.max(this.now, due);
      a.end.engine.advance(this.now);
      z.end.engine.advance(this.now);
      const arrived = this.#way.filter(({ at }) => at <= this.now);
      this.#way = this.#way.filter(({ at }) => at > this.now);
      for (const { to, bytes } of arrived.sort((one, other) => one.at - other.at)) {
        to.engine.receive(bytes, this.now);
        to.collect();
      }
    }
    this.now = end;
  }

  #pump(): void {
    const [a, z] = this.sides;
    for (const [{ end }, to] of [
      [a, z.end],
      [z, a.end],
    ] as const) {
      end.collect();
      for (this.#out.reset(); end.engine.transmit(this.#out, this.now); this.#out.reset()) {
        const times = randomBelow(this.random, 10) < this.#loss ? 0 : randomBelow(this.random, 10) < this.#twice ? 2 : 1;
        for (let i = 0; i < times; i++) {
          const at = this.now + 10 + (this.#spread > 0 ? randomBelow(this.random, this.#spread) : 0);
          this.#way.push({ at, to, bytes: this.#out.view().slice() });
        }
      }
      end.collect();
      this.#account(end === a.end ? a : z);
    }
  }

  /** At every moment what was sent is what has drained and what waits. */
  #account(side: Side): void {
    const drained = Array<number>(STREAMS).fill(0);
    for (const event of side.end.events)
      if (event.type === "drained") drained[event.stream] = (drained[event.stream] ?? 0) + event.bytes;
    drained.forEach((bytes, stream) => {
      assert.equal(bytes + side.end.engine.bufferedAmount(stream), side.bytes[stream], `${this.label}: drained on ${stream}`);
    });
  }

  #compare(from: Side, to: Side): void {
    const { label } = this;
    assert.equal(endOf(from.end), undefined, label);
    const seen = new Set<number>();
    const last = Array<number>(STREAMS).fill(-1);
    for (const { stream, ordered, data } of to.end.messages) {
      const number = u32(data, 0);
      const sent = from.sent[number];
      assert.ok(sent !== undefined && !seen.has(number), `${label}: message ${number} twice or never sent`);
      assert.deepEqual(
        [stream, ordered, data.length, u32(data, data.length - 4)],
        [sent.stream, sent.ordered, sent.length, number],
      );
      seen.add(number);
      if (!ordered) continue;
      assert.ok(number > (last[stream] ?? 0), `${label}: message ${number} out of order`);
      last[stream] = number;
    }
    from.sent.forEach(({ reliable }, number) => {
      assert.ok(!reliable || seen.has(number), `${label}: message ${number} is missing`);
    });
    const asked = from.end.events.filter(({ type }) => type === "outgoing-reset");
    assert.ok(
      asked.every((event) => event.type === "outgoing-reset" && event.performed),
      label,
    );
    assert.equal(asked.length, to.end.events.filter(({ type }) => type === "incoming-reset").length, label);
    assert.ok(asked.length <= from.resets, label);
    assert.equal(to.end.engine.heldBytes, 0, label);
  }

  #end(): void {
    const [a, z] = this.sides;
    this.#loss = randomBelow(this.random, 2);
    a.end.engine.shutdown(this.now);
    if (randomBelow(this.random, 2) === 0) z.end.engine.shutdown(this.now);
    this.#pass(300_000);
    assert.deepEqual([endOf(a.end), endOf(z.end)], ["", ""], this.label);
    for (const { end } of this.sides) {
      assert.equal(end.engine.deadline(), Number.POSITIVE_INFINITY, this.label);
      assert.equal(end.events.filter(({ type }) => type === "connected" || type === "closed").length, 2, this.label);
    }
  }
}

describe("random scripts", () => {
  test("messages arrive once and in order, partly reliable ones at most once, and bytes add up", () => {
    for (let i = 0; i < SCRIPTS; i++) new Script(i).run();
  });
});
