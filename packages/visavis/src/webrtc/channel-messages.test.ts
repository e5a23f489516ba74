/**
 * Messages of any size in pieces, over connections in virtual time.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type IncomingMessage, messages, sendMessage } from "./channel-messages.ts";
import type { RTCDataChannel } from "./rtc-data-channel.ts";
import { promised, Scene } from "./stream-scene.test.ts";

const KIB = 1024;
const MIB = KIB * KIB;
const ANY_SIZE = 0;

/** So many pieces of one size, each different, and a hash of them. */
function pieces(count: number, size: number): { readonly source: AsyncIterable<Uint8Array>; readonly hash: Promise<string> } {
  const { promise, resolve } = promised<string>();
  async function* make(): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    for (let i = 0; i < count; i++) {
      const piece = new Uint8Array(size).fill(i);
      hash.update(piece);
      yield piece;
    }
    resolve(hash.digest("hex"));
  }
  return { source: make(), hash: promise };
}

async function hashOf(stream: AsyncIterable<Uint8Array | string>): Promise<{ hash: string; bytes: number; chunks: number }> {
  const hash = createHash("sha256");
  const seen = { hash: "", bytes: 0, chunks: 0 };
  for await (const chunk of stream) {
    hash.update(chunk);
    seen.bytes += chunk.length;
    seen.chunks++;
  }
  return { ...seen, hash: hash.digest("hex") };
}

async function next(iterator: AsyncIterator<IncomingMessage>): Promise<IncomingMessage> {
  const { done, value } = await iterator.next();
  assert.ok(done !== true, "there is no message");
  return value;
}

async function textOf(stream: ReadableStream<string> | ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream as AsyncIterable<string | Uint8Array>) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** A scene whose other side reads messages. */
async function talking(maxMessageSize: number): Promise<[Scene, AsyncIterableIterator<IncomingMessage>]> {
  const reading = promised<AsyncIterableIterator<IncomingMessage>>();
  const scene = new Scene((other) => reading.resolve(messages(other)), maxMessageSize);
  await scene.negotiate();
  return [scene, await scene.until(reading.promise)];
}

test("a message larger than all buffers goes through, and neither side holds much of it", async () => {
  const [scene, incoming] = await talking(ANY_SIZE);
  const { source, hash } = pieces(800, 64 * KIB);
  let most = 0;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      yield piece;
      most = Math.max(most, scene.channel.bufferedAmount);
    }
  }
  const sent = sendMessage(scene.channel, watched(), { highWaterMark: MIB });
  const message = await scene.until(next(incoming));
  assert.equal(message.kind, "binary");
  const seen = await scene.until(hashOf(message.stream));
  await scene.until(sent);
  assert.equal(seen.bytes, 800 * 64 * KIB);
  assert.equal(seen.hash, await hash);
  assert.ok(seen.chunks > 10, "it came in one piece");
  assert.ok(most <= MIB + 64 * KIB, `${most} bytes waited to be sent`);
  scene.close();
});

test("a message that is not read stops its sender, and goes on when it is", async () => {
  const [scene, incoming] = await talking(ANY_SIZE);
  const { source, hash } = pieces(800, 64 * KIB);
  let asked = 0;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      asked += piece.length;
      yield piece;
    }
  }
  const sent = sendMessage(scene.channel, watched());
  const message = await scene.until(next(incoming));
  await scene.pass(30_000);
  const before = asked;
  await scene.pass(30_000);
  // Probes of the closed window get something through now and then, as long as there is memory for it.
  assert.ok(asked - before < 2 * MIB, "the sender goes on though nobody reads");
  assert.ok(asked < 32 * MIB, `${asked} bytes were sent to nobody`);
  assert.equal((await scene.until(hashOf(message.stream))).hash, await hash);
  await scene.until(sent);
  scene.close();
});

test("messages keep their kind, their order and their bounds", async () => {
  const [scene, incoming] = await talking(262_144);
  const text = "grüß dich ".repeat(5000);
  const cut = [...Buffer.from(text)].map((byte) => Uint8Array.of(byte)).slice(0, 200);
  await scene.until(sendMessage(scene.channel, [text], { kind: "string" }));
  await scene.until(sendMessage(scene.channel, [], { kind: "string" }));
  await scene.until(sendMessage(scene.channel, cut, { kind: "string" }));
  scene.channel.send("a usual one");
  await scene.until(sendMessage(scene.channel, ["bytes ", new Uint8Array([111, 102]).buffer, new Uint8Array(0), " text"]));
  const seen: [string, string][] = [];
  for (let i = 0; i < 5; i++) {
    const { kind, stream } = await scene.until(next(incoming));
    seen.push([kind, await scene.until(textOf(stream))]);
  }
  const start = new TextDecoder().decode(Buffer.from(text).subarray(0, 200));
  assert.deepEqual(seen, [
    ["string", text],
    ["string", ""],
    ["string", start],
    ["string", "a usual one"],
    ["binary", "bytes of text"],
  ]);
  scene.channel.close();
  assert.deepEqual(await scene.until(incoming.next()), { done: true, value: undefined });
  scene.close();
});

test("a message that is given up ends with an error on the other side, and the next one is whole", async () => {
  const [scene, incoming] = await talking(ANY_SIZE);
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(300 * KIB);
    await scene.sim.sleep(2000);
    throw new Error("the disk is gone");
  }
  const sent = sendMessage(scene.channel, failing());
  const broken = await scene.until(next(incoming));
  const reading = hashOf(broken.stream);
  await assert.rejects(scene.until(sent), { message: "the disk is gone" });
  await assert.rejects(scene.until(reading), { name: "AbortError" });
  const abort = new AbortController();
  const stopped = sendMessage(scene.channel, pieces(1e6, 64 * KIB).source, { signal: abort.signal });
  const cut = await scene.until(next(incoming));
  abort.abort();
  await assert.rejects(scene.until(stopped), { name: "AbortError" });
  await assert.rejects(scene.until(hashOf(cut.stream)), { name: "AbortError" });
  await scene.until(sendMessage(scene.channel, ["whole"], { kind: "string" }));
  const { stream } = await scene.until(next(incoming));
  assert.equal(await scene.until(textOf(stream)), "whole");
  scene.close();
});

test("the signal ends the wait for room, for the source and for the channel", async () => {
  const [scene, incoming] = await talking(ANY_SIZE);
  const reason = new Error("no more");
  const full = new AbortController();
  const stuck = sendMessage(scene.channel, pieces(800, 64 * KIB).source, { signal: full.signal });
  stuck.catch(() => {});
  const unread = await scene.until(next(incoming));
  await scene.pass(30_000);
  full.abort(reason);
  await assert.rejects(scene.until(Promise.race([stuck, scene.sim.sleep(1000)])), reason);
  await unread.stream.cancel();
  const idle = new AbortController();
  async function* silent(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3000);
    await scene.sim.sleep(300_000);
  }
  const waiting = sendMessage(scene.channel, silent(), { signal: idle.signal });
  const begun = await scene.until(next(incoming));
  idle.abort(reason);
  await assert.rejects(scene.until(Promise.race([waiting, scene.sim.sleep(1000)])), reason);
  await assert.rejects(scene.until(hashOf(begun.stream)), { name: "AbortError" });
  const early = new AbortController();
  const unopened = sendMessage(scene.near.createDataChannel("late"), ["x"], { signal: early.signal });
  early.abort(reason);
  await assert.rejects(unopened, reason);
  scene.close();
});

test("a message that becomes too large, a piece that is none and a channel that closes fail the sender", async () => {
  const [scene] = await talking(262_144);
  await assert.rejects(scene.until(sendMessage(scene.channel, [new Uint8Array(300 * KIB)])), TypeError);
  await assert.rejects(scene.until(sendMessage(scene.channel, [17 as unknown as string])), TypeError);
  const endless = sendMessage(scene.channel, pieces(1e6, KIB).source);
  scene.channel.close();
  await assert.rejects(scene.until(endless), { name: "InvalidStateError" });
  await assert.rejects(scene.until(sendMessage(scene.channel, ["x"])), { name: "InvalidStateError" });
  assert.throws(() => messages(scene.channel), { name: "InvalidStateError" });
  await assert.rejects(sendMessage({} as RTCDataChannel, []), TypeError);
  scene.close();
});

test("whoever leaves the messages closes the channel; a failure of the channel is one of the iteration", async () => {
  const [scene, incoming] = await talking(ANY_SIZE);
  await incoming.return?.();
  await scene.pass(2000);
  assert.equal(scene.channel.readyState, "closed");
  scene.close();
  const [other, arriving] = await talking(ANY_SIZE);
  const waiting = arriving.next();
  waiting.catch(() => {});
  await other.pass(1000);
  other.near.close();
  await assert.rejects(other.until(waiting), { errorDetail: "sctp-failure" });
  other.close();
});
