/**
 * Messages of channels in pieces and in parts, channels that are paused, and the shares of channels by their priorities.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { connected, eventsOf, pair, type Scene, scene, start } from "./table-scene.test.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

/** What Z got since the last time: kind, part and length. */
function got({ z }: Scene): string[] {
  return z.messages.splice(0).map(({ kind, part, data }) => `${kind} ${part} ${data.length}`);
}

describe("a message that is being written", () => {
  test("counts as buffered while it waits, and once as a message when it ends", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    const writer = it.a.engine.beginMessage(ours, "string", it.sim.now);
    writer.write(bytes(100_000), it.sim.now);
    assert.equal(ours.bufferedAmount, 100_000);
    it.sim.runFor(3000);
    assert.deepEqual([ours.bufferedAmount, ours.messagesSent, ours.bytesSent, writer.bytesWritten], [1, 0, 100_000, 100_000]);
    writer.write(bytes(50_000), it.sim.now);
    writer.end(it.sim.now);
    it.sim.runFor(3000);
    assert.deepEqual(got(it), ["string whole 150000"]);
    assert.deepEqual([ours.bufferedAmount, ours.messagesSent, ours.bytesSent, theirs.messagesReceived], [0, 1, 150_000, 1]);
    const drained = it.a.events.flatMap((event) => (event.type === "drained" ? [event.bytes] : []));
    assert.equal(
      drained.reduce((sum, one) => sum + one),
      150_000,
    );
  });

  test("without a byte it is an empty message of its kind", () => {
    const it = connected();
    const [ours] = pair(it);
    for (const kind of ["string", "binary"] as const) it.a.engine.beginMessage(ours, kind, it.sim.now).end(it.sim.now);
    it.sim.runFor(1000);
    assert.deepEqual(got(it), ["string whole 0", "binary whole 0"]);
    assert.equal(ours.bufferedAmount, 0);
  });

  test("is refused beyond what the other side takes, after its end, and on a channel that is not open", () => {
    const it = connected();
    const [ours] = pair(it);
    const writer = it.a.engine.beginMessage(ours, "binary", it.sim.now);
    writer.write(bytes(262_000), it.sim.now);
    assert.throws(() => writer.write(bytes(145), it.sim.now), { code: "too-large" });
    writer.write(bytes(144), it.sim.now);
    writer.end(it.sim.now);
    assert.throws(() => writer.write(bytes(1), it.sim.now), { code: "not-open" });
    it.sim.runFor(3000);
    assert.deepEqual(got(it), ["binary whole 262144"]);
    it.a.engine.close(ours, it.sim.now);
    assert.throws(() => it.a.engine.beginMessage(ours, "binary", it.sim.now), { code: "not-open" });
  });

  test("goes with the channel, whichever side closes it", () => {
    for (const side of ["a", "z"] as const) {
      const it = connected();
      const [ours, theirs] = pair(it);
      const writer = it.a.engine.beginMessage(ours, "binary", it.sim.now);
      writer.write(bytes(5000), it.sim.now);
      it.sim.runFor(500);
      it[side].engine.close(side === "a" ? ours : theirs, it.sim.now);
      it.sim.runFor(3000);
      assert.deepEqual([ours.state, theirs.state, writer.state], ["closed", "closed", "abandoned"]);
      assert.deepEqual(got(it), []);
      assert.throws(() => writer.write(bytes(1), it.sim.now), { code: "not-open" });
    }
  });
});

describe("a channel whose messages come in parts", () => {
  test("delivers them as they arrive, and whole what arrived whole; the next one on its number does not", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    it.z.engine.setPartialDelivery(theirs, true);
    const writer = it.a.engine.beginMessage(ours, "binary", it.sim.now);
    const whole = bytes(200_000);
    writer.write(whole.slice(0, 120_000), it.sim.now);
    it.sim.runFor(2000);
    const parts = it.z.messages.splice(0);
    writer.write(whole.slice(120_000), it.sim.now);
    writer.end(it.sim.now);
    it.sim.runFor(2000);
    parts.push(...it.z.messages.splice(0));
    assert.ok(parts.length > 2);
    assert.deepEqual(
      parts.map(({ part }) => part),
      [...Array<string>(parts.length - 1).fill("more"), "last"],
    );
    assert.deepEqual(Buffer.concat(parts.map(({ data }) => data)), Buffer.from(whole));
    assert.deepEqual([theirs.messagesReceived, theirs.bytesReceived], [1, 200_000]);
    it.a.engine.close(ours, it.sim.now);
    it.sim.runFor(2000);
    const [again] = pair(it);
    assert.equal(again.id, ours.id);
    it.a.engine.send(again, bytes(100_000), "binary", it.sim.now);
    it.sim.runFor(2000);
    assert.deepEqual(got(it), ["binary whole 100000"]);
  });

  test("says so when the rest will never come", () => {
    const it = connected();
    const [ours] = pair(it, { negotiated: false });
    const [channel] = it.z.engine.channels;
    if (channel !== undefined) it.z.engine.setPartialDelivery(channel, true);
    const writer = it.a.engine.beginMessage(ours, "string", it.sim.now);
    writer.write(bytes(3000), it.sim.now);
    it.sim.runFor(500);
    assert.ok(got(it).every((one) => one.startsWith("string more")));
    writer.abandon(it.sim.now);
    it.sim.runFor(500);
    assert.deepEqual(got(it), ["string abandoned 0"]);
  });
});

describe("a channel that is paused", () => {
  test("keeps its messages and its end, in order, while others go on", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    const [other] = pair(it);
    it.a.engine.send(ours, bytes(1), "binary", it.sim.now);
    it.sim.runFor(100);
    it.z.engine.pause(theirs);
    for (let i = 2; i < 5; i++) {
      it.a.engine.send(ours, bytes(i), "binary", it.sim.now);
      it.a.engine.send(other, bytes(10 * i), "binary", it.sim.now);
    }
    it.sim.runFor(500);
    assert.deepEqual(
      got(it).map((one) => one.split(" ")[2]),
      ["1", "20", "30", "40"],
    );
    it.a.engine.close(ours, it.sim.now);
    it.a.engine.close(other, it.sim.now);
    it.sim.runFor(1000);
    assert.equal(other.state, "closed");
    assert.deepEqual(eventsOf(it.z, theirs).slice(-1), ["channel"]);
    it.z.engine.resume(theirs, it.sim.now);
    it.sim.runFor(1000);
    assert.deepEqual(
      got(it).map((one) => one.split(" ")[2]),
      ["2", "3", "4"],
    );
    assert.deepEqual(eventsOf(it.z, theirs).slice(-2), ["closing", "closed"]);
  });

  for (const end of ["the channel", "the transport"] as const) {
    test(`loses nothing when the other side ends ${end}, however much waits`, () => {
      const it = scene({}, { maxReceiveMessageSize: 0 });
      start(it, 0);
      it.sim.runFor(500);
      const [ours, theirs] = pair(it);
      // The window grows with the message, so that much is on its way when the reader stops.
      it.a.engine.send(ours, new Uint8Array(10_000_000), "binary", it.sim.now);
      it.sim.runFor(3000);
      assert.equal(got(it).length, 1);
      it.z.engine.pause(theirs);
      for (let i = 0; i < 11; i++) it.a.engine.send(ours, new Uint8Array(1_000_000), "binary", it.sim.now);
      it.sim.runFor(3000);
      assert.equal(ours.bufferedAmount, 0);
      if (end === "the channel") it.a.engine.close(ours, it.sim.now);
      else it.z.engine.transportClosed(it.sim.now);
      it.sim.runFor(1000);
      it.z.engine.resume(theirs, it.sim.now);
      it.sim.runFor(1000);
      assert.deepEqual([got(it).length, eventsOf(it.z, theirs).at(-1)], [11, "closed"]);
    });
  }

  test("has what arrived before the end of the association, behind which it ends", () => {
    const it = connected();
    const [ours, theirs] = pair(it);
    it.z.engine.pause(theirs);
    it.a.engine.send(ours, bytes(7), "binary", it.sim.now);
    it.sim.runFor(500);
    it.a.engine.shutdown(it.sim.now);
    it.sim.runFor(500);
    assert.deepEqual([got(it), it.z.engine.state], [[], "closed"]);
    it.z.engine.resume(theirs, it.sim.now);
    assert.equal(it.z.engine.takeMessage()?.data.length, 7);
    assert.equal(it.z.engine.takeEvent()?.type, "closed");
  });
});

test("channels share the path by their priorities, also those that the other side made", () => {
  for (const side of ["a", "z"] as const) {
    const it = connected({ delay: 5, rate: 4_000_000, queue: 60_000 });
    const channels = [128, 256, 512, 1024].map((priority) => pair(it, { priority }));
    const [from, to] = side === "a" ? [it.a, it.z] : [it.z, it.a];
    const own = channels.map(([ours, theirs]) => (side === "a" ? ours : theirs));
    assert.deepEqual(
      own.map(({ priority }) => priority),
      [128, 256, 512, 1024],
    );
    for (const channel of own) for (let i = 0; i < 750; i++) from.engine.send(channel, bytes(4000), "binary", it.sim.now);
    it.sim.runFor(6000);
    const shares = own.map(({ id }) =>
      to.messages.filter(({ channel }) => channel.id === id).reduce((sum, { data }) => sum + data.length, 0),
    );
    const unit = shares.reduce((sum, one) => sum + one) / 15;
    shares.forEach((share, i) => {
      assert.ok(Math.abs(share / unit / 2 ** i - 1) < 0.1, `${shares}`);
    });
  }
});
