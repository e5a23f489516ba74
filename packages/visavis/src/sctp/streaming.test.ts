/**
 * Messages that are sent while they are written, and delivered while they arrive.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { randomBelow } from "../base/random.ts";
import type { SctpFeatures, SctpMessage } from "./association-options.ts";
import { connected, content, endOf, Pair, PLAIN, RELIABLE, type Scene, SEED, typesOf } from "./association-scene.test.ts";

const KINDS: readonly (readonly [string, SctpFeatures])[] = [
  ["DATA", PLAIN],
  ["I-DATA", { ...PLAIN, interleaving: true }],
];

/** The content of a message in parts, and how they end. */
function joined(messages: readonly SctpMessage[]): { bytes: number[]; end: string | undefined } {
  return { bytes: messages.flatMap(({ data }) => [...data]), end: messages.at(-1)?.part };
}

/** Takes everything that Z has, parts too. */
function drain(it: Pair): SctpMessage[] {
  const taken = it.z.messages.splice(0);
  for (let message = it.z.engine.takeMessage(true); message !== undefined; message = it.z.engine.takeMessage(true))
    taken.push(message);
  return taken;
}

for (const [kind, features] of KINDS) {
  describe(`a message in pieces, ${kind}`, () => {
    test("travels as it is written, whatever the pieces, and arrives whole", () => {
      const random = new SeededRandom(`pieces ${kind} ${SEED}`);
      for (let round = 0; round < 60; round++) {
        const it = new Pair({ features }).connect();
        const whole = content(1 + randomBelow(random, 9000), round);
        const writer = it.a.engine.beginMessage(1, 53, { ordered: round % 2 === 0 }, it.now);
        for (let at = 0; at < whole.length; ) {
          const end = Math.min(whole.length, at + randomBelow(random, 3000));
          writer.write(whole.slice(at, end), it.now);
          at = end;
          if (randomBelow(random, 2) === 0) it.pass(100);
        }
        it.a.engine.send(1, 53, content(5), RELIABLE, it.now);
        it.pass(100);
        assert.equal(it.z.messages.length, 0);
        assert.equal(writer.state, "open");
        writer.end(it.now);
        assert.equal(writer.state, "ended");
        it.pass(1000);
        assert.deepEqual([...(it.z.messages[0]?.data ?? [])], [...whole]);
        assert.deepEqual(
          it.z.messages.map(({ part, data }) => [part, data.length]),
          [
            ["whole", whole.length],
            ["whole", 5],
          ],
        );
        assert.equal(it.a.engine.totalBufferedAmount, 0);
        assert.throws(() => writer.write(content(1), it.now), { code: "closed" });
      }
    });

    test("holds up its own stream, and others only where nothing is interleaved", () => {
      const it = new Pair({ features }).connect();
      const writer = it.a.engine.beginMessage(1, 53, RELIABLE, it.now);
      writer.write(content(3000), it.now);
      it.pass(100);
      it.a.engine.send(2, 53, content(100), RELIABLE, it.now);
      it.pass(100);
      assert.equal(it.z.messages.length, kind === "DATA" ? 0 : 1);
      writer.end(it.now);
      it.pass(100);
      assert.equal(it.z.messages.length, 2);
    });

    test("is given up: the other side forgets it, and goes on with what is behind it", () => {
      for (const written of [0, 500, 5000]) {
        const it = new Pair({ features }).connect();
        it.a.engine.send(1, 53, content(10), RELIABLE, it.now);
        const writer = it.a.engine.beginMessage(1, 53, RELIABLE, it.now);
        if (written > 0) writer.write(content(written), it.now);
        it.a.engine.send(1, 53, content(20), RELIABLE, it.now);
        it.pass(100);
        writer.abandon(it.now);
        assert.equal(writer.state, "abandoned");
        it.pass(5000);
        assert.deepEqual(
          it.z.messages.map(({ data }) => data.length),
          [10, 20],
        );
        assert.deepEqual([it.z.engine.heldBytes, it.a.engine.totalBufferedAmount, endOf(it.a)], [0, 0, undefined]);
      }
    });

    test("whose time is over is given up, although all that was written has arrived", () => {
      const it = new Pair({ features }).connect();
      const writer = it.a.engine.beginMessage(1, 53, { ordered: true, lifetime: 200 }, it.now);
      writer.write(content(3000), it.now);
      it.pass(300);
      writer.write(content(3000), it.now);
      it.pass(300);
      assert.equal(writer.state, "abandoned");
      it.a.engine.send(1, 53, content(7), RELIABLE, it.now);
      it.pass(300);
      assert.deepEqual(
        it.z.messages.map(({ data }) => data.length),
        [7],
      );
    });

    test("ends with the association", () => {
      const it = new Pair({ features }).connect();
      const writer = it.a.engine.beginMessage(1, 53, RELIABLE, it.now);
      it.a.engine.abort(it.now);
      assert.equal(writer.state, "abandoned");
      assert.throws(() => writer.end(it.now), { code: "closed" });
    });
  });

  describe(`a message in parts, ${kind}`, () => {
    test("is delivered as it arrives, in turn, and the parts are the message", () => {
      const it = new Pair({ features }).connect();
      it.z.engine.setPartialDelivery(1, true);
      const whole = content(50_000);
      const writer = it.a.engine.beginMessage(1, 53, RELIABLE, it.now);
      writer.write(whole.slice(0, 20_000), it.now);
      it.pass(100);
      const first = drain(it);
      assert.ok(first.length > 0 && first.every(({ part }) => part === "more"));
      assert.equal(
        first.reduce((sum, { data }) => sum + data.length, 0),
        19_999,
        "the last byte waits for its successor",
      );
      assert.equal(drain(it).length, 0);
      writer.write(whole.slice(20_000), it.now);
      writer.end(it.now);
      it.a.engine.send(1, 53, content(9), RELIABLE, it.now);
      it.pass(100);
      const rest = drain(it);
      const next = rest.pop();
      assert.deepEqual([next?.part, next?.data.length], ["whole", 9]);
      assert.deepEqual(joined([...first, ...rest]), { bytes: [...whole], end: "last" });
      assert.equal(it.z.engine.heldBytes, 0);
    });

    test("that fits into what arrived at once is whole", () => {
      const it = new Pair({ features }).connect();
      it.z.engine.setPartialDelivery(1, true);
      it.a.engine.send(1, 53, content(8000), RELIABLE, it.now);
      it.pass(100);
      assert.deepEqual(
        drain(it).map(({ part, data }) => [part, data.length]),
        [["whole", 8000]],
      );
    });

    test("that is given up says so", () => {
      for (const ordered of [true, false]) {
        const it = new Pair({ features }).connect();
        it.z.engine.setPartialDelivery(1, true);
        const writer = it.a.engine.beginMessage(1, 53, { ordered }, it.now);
        writer.write(content(5000), it.now);
        it.pass(100);
        assert.ok(drain(it).length > 0);
        writer.abandon(it.now);
        it.a.engine.send(1, 53, content(9), { ordered }, it.now);
        it.pass(2000);
        assert.deepEqual(
          drain(it).map(({ part, data }) => [part, data.length]),
          [
            ["abandoned", 0],
            ["whole", 9],
          ],
        );
        assert.equal(it.z.engine.heldBytes, 0);
      }
    });

    test("that the end of the association cuts off says so", () => {
      const it = new Pair({ features }).connect();
      it.z.engine.setPartialDelivery(1, true);
      it.a.engine.beginMessage(1, 53, RELIABLE, it.now).write(content(5000), it.now);
      it.pass(100);
      drain(it);
      it.a.engine.abort(it.now);
      it.pass(100);
      assert.deepEqual(
        drain(it).map(({ part }) => part),
        ["abandoned"],
      );
    });

    test("over a bad path: many streams, parts and whole ones, all as they were", () => {
      const it = connected({ delay: 10, loss: 0.02, reorder: 0.05, duplicate: 0.02 }, { features, receiveBufferLimit: 200_000 });
      const sent: Uint8Array[] = [];
      for (let stream = 0; stream < 4; stream++) {
        if (stream < 3) it.z.engine.setPartialDelivery(stream, true);
        const data = content(stream === 3 ? 90_000 : 400_000, stream);
        sent.push(data);
        it.a.engine.send(stream, 53, data, { ordered: stream % 2 === 0 }, it.sim.now);
      }
      const got: number[][] = [[], [], [], []];
      const ended = new Set<number>();
      const collect = (): boolean => {
        for (let m = it.z.engine.takeMessage(true); m !== undefined; m = it.z.engine.takeMessage(true)) it.z.messages.push(m);
        for (const { stream, data, part } of it.z.messages.splice(0)) {
          for (const byte of data) got[stream]?.push(byte);
          if (part === "last" || part === "whole") ended.add(stream);
        }
        return ended.size === 4;
      };
      it.sim.runUntil(collect, { within: 60_000 });
      got.forEach((bytes, stream) => {
        assert.ok(Buffer.from(bytes).equals(Buffer.from(sent[stream] as Uint8Array)), `stream ${stream}`);
      });
      assert.equal(it.z.engine.heldBytes, 0);
    });
  });
}

describe("a gigabyte", () => {
  test("passes through buffers of a few megabytes, and the window keeps moving", () => {
    const size = 64 * 1024 * 1024; // A sixteenth of it: nothing in here depends on how long it goes on.
    const it: Scene = connected({ delay: 5 }, { maxReceiveMessageSize: 0, features: { zeroChecksum: true } });
    it.z.engine.setPartialDelivery(1, true);
    const writer = it.a.engine.beginMessage(1, 53, RELIABLE, it.sim.now);
    const piece = content(256 * 1024);
    let written = 0;
    let received = 0;
    let most = 0;
    let wrong = 0;
    let last = false;
    const turn = (): boolean => {
      while (written < size && it.a.engine.totalBufferedAmount < 2 * 1024 * 1024) {
        writer.write(piece.slice(), it.sim.now);
        written += piece.length;
        if (written === size) writer.end(it.sim.now);
      }
      for (const { data, part } of it.z.messages.splice(0)) {
        if (data[0] !== piece[received % piece.length]) wrong++;
        received += data.length;
        last ||= part === "last";
      }
      most = Math.max(most, it.z.engine.heldBytes);
      return last;
    };
    it.sim.runUntil(turn, { within: 600_000 });
    assert.deepEqual([received, wrong], [size, 0]);
    assert.ok(most < 8 * 1024 * 1024, `${most} held`);
  });
});

describe("a stream that is paused", () => {
  test("keeps its messages in order while others go on, and the window shows it", () => {
    const it = new Pair({ features: { ...PLAIN, interleaving: true }, receiveBufferLimit: 20_000 }).connect();
    it.a.engine.send(1, 53, content(100), RELIABLE, it.now);
    it.z.reads = false;
    it.pass(50);
    it.z.engine.pause(1);
    it.z.reads = true;
    it.z.collect();
    for (let i = 0; i < 3; i++) {
      it.a.engine.send(1, 53, content(3000 + i), RELIABLE, it.now);
      it.a.engine.send(2, 53, content(2000 + i), RELIABLE, it.now);
    }
    it.pass(200);
    assert.deepEqual(
      it.z.messages.map(({ data }) => data.length),
      [2000, 2001, 2002],
    );
    assert.ok(it.z.engine.heldBytes >= 9100);
    it.z.engine.resume(1);
    it.z.collect();
    assert.deepEqual(
      it.z.messages.slice(3).map(({ data }) => data.length),
      [100, 3000, 3001, 3002],
    );
    assert.equal(it.z.engine.heldBytes, 0);
    assert.ok(typesOf(it.a.sent).length > 0);
  });
});

test("messages that grow slowly, taken in parts, do not fill the window with room for more", () => {
  const it = new Pair({ features: {}, receiveBufferLimit: 100_000 }).connect();
  const streams = [1, 2];
  const got = [0, 0, 0];
  it.z.reads = false;
  const writers = streams.map((stream) => {
    it.z.engine.setPartialDelivery(stream, true);
    return it.a.engine.beginMessage(stream, 53, RELIABLE, it.now);
  });
  for (let round = 0; round < 200; round++) {
    for (const writer of writers) writer.write(content(200, round), it.now);
    it.pass(20);
    for (let part = it.z.engine.takeMessage(true); part !== undefined; part = it.z.engine.takeMessage(true))
      got[part.stream] = (got[part.stream] ?? 0) + part.data.length;
    assert.ok(it.z.engine.heldBytes < 10_000, `${it.z.engine.heldBytes} bytes are held`);
  }
  // The last byte of each waits until it is known whether it is the last.
  assert.deepEqual(got, [0, 200 * 200 - 1, 200 * 200 - 1]);
});
