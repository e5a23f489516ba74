/**
 * Channels as WHATWG streams, over connections in virtual time.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { channelStreams, type ReceivedChunk } from "./channel-streams.ts";
import type { RTCDataChannel } from "./rtc-data-channel.ts";
import { promised, Scene } from "./stream-scene.test.ts";

const KIB = 1024;

async function all<T>(readable: ReadableStream<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of readable) chunks.push(chunk);
  return chunks;
}

test("messages keep their kind and order, close() delivers all of them, and both ends end", async () => {
  const got = promised<ReceivedChunk[]>();
  const scene = new Scene((other) => got.resolve(all(channelStreams(other).readable)));
  const { readable, writable } = channelStreams(scene.channel);
  const nothing = all(readable);
  const writer = writable.getWriter();
  const written = [
    ...["", "grüß dich", Uint8Array.of(1, 2, 3), new ArrayBuffer(0)].map((chunk) => writer.write(chunk)),
    ...[new Blob(["blob"]), Uint8Array.of(4, 5, 6).subarray(1), "last"].map((chunk) => writer.write(chunk)),
  ];
  const closed = writer.close();
  await scene.negotiate();
  const chunks = await scene.until(got.promise);
  const plain = chunks.map((chunk) => (typeof chunk === "string" ? chunk : [...chunk]));
  assert.deepEqual(plain, ["", "grüß dich", [1, 2, 3], [], [98, 108, 111, 98], [5, 6], "last"]);
  await scene.until(Promise.all([...written, closed]));
  assert.deepEqual(await scene.until(nothing), []);
  assert.equal(scene.channel.readyState, "closed");
  scene.close();
});

test("a reader that does not read stops the sender within bounds; nothing is lost when it goes on", async () => {
  const streams = promised<ReadableStream>();
  const scene = new Scene((other) => streams.resolve(channelStreams(other, { readableHighWaterMark: 128 * KIB }).readable));
  const { writable } = channelStreams(scene.channel, { writableHighWaterMark: 512 * KIB });
  const [size, count] = [32 * KIB, 1600];
  let written = 0;
  let most = 0;
  const writing = (async () => {
    const writer = writable.getWriter();
    for (let i = 0; i < count; i++) {
      const chunk = new Uint8Array(size);
      chunk.set([i & 255, i >> 8]);
      await writer.write(chunk);
      written++;
      most = Math.max(most, scene.channel.bufferedAmount);
    }
    await writer.close();
  })();
  await scene.negotiate();
  const readable = await scene.until(streams.promise);
  await scene.pass(30_000);
  const before = written;
  await scene.pass(30_000);
  assert.equal(written, before, "the sender goes on though nobody reads");
  assert.ok(written * size < 24 * KIB * KIB, `${written * size} bytes were written to nobody`);
  assert.ok(most <= 512 * KIB + size, `${most} bytes waited to be sent`);
  let read = 0;
  const reading = (async () => {
    for await (const chunk of readable) {
      assert.deepEqual([chunk[0], chunk[1]], [read & 255, read >> 8]);
      read++;
    }
  })();
  await scene.until(Promise.all([writing, reading]));
  assert.equal(read, count);
  scene.close();
});

test("another channel of the connection goes on while one is not read", async () => {
  const scene = new Scene((other) => void channelStreams(other));
  const chat = scene.near.createDataChannel("chat", { negotiated: true, id: 100 });
  const chatThere = scene.far.createDataChannel("chat", { negotiated: true, id: 100 });
  const { writable } = channelStreams(scene.channel);
  const writer = writable.getWriter();
  await scene.negotiate();
  for (let i = 0; i < 64; i++) void writer.write(new Uint8Array(32 * KIB)).catch(() => {});
  await scene.pass(10_000);
  const heard = new Promise((resolve) => {
    chatThere.onmessage = ({ data }) => resolve(data);
  });
  chat.send("still here");
  assert.equal(await scene.until(heard), "still here");
  scene.close();
});

test("a stream may be piped through others, and back where it came from", async () => {
  const echo = promised<void>();
  const scene = new Scene((other) => {
    const { readable, writable } = channelStreams(other);
    const loud = new TransformStream({ transform: (chunk, controller) => controller.enqueue(String(chunk).toUpperCase()) });
    echo.resolve(readable.pipeThrough(loud).pipeTo(writable));
  });
  const { readable, writable } = channelStreams(scene.channel);
  await scene.negotiate();
  const writer = writable.getWriter();
  const reader = readable.getReader();
  for (const word of ["one", "two"]) {
    void writer.write(word);
    assert.deepEqual(await scene.until(reader.read()), { done: false, value: word.toUpperCase() });
  }
  await scene.until(writer.close());
  assert.deepEqual(await scene.until(reader.read()), { done: true, value: undefined });
  await scene.until(echo.promise);
  scene.close();
});

test("cancel and abort close the channel, unless they are told not to", async () => {
  for (const preventClose of [false, true]) {
    for (const how of ["cancel", "abort"] as const) {
      const scene = new Scene();
      const { readable, writable } = channelStreams(scene.channel, { preventClose });
      await scene.negotiate();
      await scene.pass(1000);
      if (how === "cancel") await scene.until(readable.cancel());
      else await scene.until(writable.abort());
      await scene.pass(1000);
      assert.equal(scene.other?.readyState, preventClose ? "open" : "closed", `${how}, preventClose ${preventClose}`);
      scene.close();
    }
  }
});

test("with preventClose a writer that closes only waits until everything was sent", async () => {
  const scene = new Scene();
  const { writable } = channelStreams(scene.channel, { preventClose: true });
  await scene.negotiate();
  const writer = writable.getWriter();
  void writer.write(new Uint8Array(100 * KIB));
  await scene.until(writer.close());
  assert.equal(scene.channel.bufferedAmount, 0);
  assert.equal(scene.channel.readyState, "open");
  scene.close();
});

test("what ends the channel ends the streams: with an error when it is one", async () => {
  const scene = new Scene();
  const { readable, writable } = channelStreams(scene.channel);
  await scene.negotiate();
  await scene.pass(1000);
  // The other connection goes without the closing procedure.
  scene.far.close();
  await assert.rejects(scene.until(readable.getReader().read()), { name: "OperationError", errorDetail: "sctp-failure" });
  await assert.rejects(writable.getWriter().closed, { errorDetail: "sctp-failure" });
  scene.close();

  const own = new Scene();
  const streams = channelStreams(own.channel);
  await own.negotiate();
  await own.pass(1000);
  own.close();
  await assert.rejects(streams.readable.getReader().read(), { errorDetail: "data-channel-failure" });

  const polite = new Scene();
  const ends = channelStreams(polite.channel);
  await polite.negotiate();
  await polite.pass(1000);
  polite.other?.close();
  assert.deepEqual(await polite.until(ends.readable.getReader().read()), { done: true, value: undefined });
  const writer = ends.writable.getWriter();
  await assert.rejects(polite.until(writer.write("too late")), { name: "InvalidStateError" });
  polite.close();
});

test("a channel is read by one pair of streams, and not when it is over", async () => {
  const scene = new Scene();
  channelStreams(scene.channel);
  assert.throws(() => channelStreams(scene.channel), { name: "InvalidStateError" });
  assert.throws(() => channelStreams({} as RTCDataChannel), TypeError);
  scene.close();
  const closed = new Scene();
  closed.channel.close();
  assert.throws(() => channelStreams(closed.channel), { name: "InvalidStateError" });
  closed.close();
});

test("a message that the other side does not take fails the write", async () => {
  const scene = new Scene();
  const { writable } = channelStreams(scene.channel);
  await scene.negotiate();
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  await assert.rejects(scene.until(writer.write(new Uint8Array(300 * KIB))), TypeError);
  scene.close();
});
