import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { type FileSink, IncomingFile, type IncomingFileOptions } from "./incoming-file.ts";
import { channelPair, type MemoryChannel } from "./memory-channel.test.ts";
import { type FileSource, OutgoingFile, type OutgoingFileOptions } from "./outgoing-file.ts";
import {
  type FileOffer,
  type IncrementalHash,
  isFinal,
  MAX_CHUNK_SIZE,
  parseTransferMessage,
  printTransferMessage,
  type TransferMessage,
  WINDOW,
} from "./transfer.ts";

function sha256(): IncrementalHash {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), digestHex: () => hash.digest("hex") };
}

class MemorySink implements FileSink {
  readonly chunks: Uint8Array[] = [];
  outcome: "open" | "finished" | "discarded" = "open";
  /** Runs before each write is done. */
  pause: () => Promise<void> = async () => undefined;

  async write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    this.chunks.push(chunk);
    await this.pause();
  }

  async finish(): Promise<void> {
    this.outcome = "finished";
  }

  async discard(): Promise<void> {
    this.outcome = "discarded";
  }
}

const ID = "0123456789abcdef0123456789abcdef";

interface Scene {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly channels: [MemoryChannel, MemoryChannel];
  readonly sink: MemorySink;
  readonly out: OutgoingFile;
  readonly in: IncomingFile;
  /** Waits until both sides are through. */
  done(): Promise<void>;
}

function scene(
  size: number,
  change: { outgoing?: Partial<OutgoingFileOptions>; incoming?: Partial<IncomingFileOptions>; source?: FileSource } = {},
): Scene {
  const bytes = new Uint8Array(randomBytes(size));
  const channels = channelPair();
  const sink = new MemorySink();
  let notify = (): void => undefined;
  const changed = (): void => notify();
  const incoming: IncomingFile = new IncomingFile(channels[1], {
    hash: sha256(),
    changed,
    offered: () => incoming.accept(sink),
    ...change.incoming,
  });
  const outgoing = new OutgoingFile(channels[0], {
    offer: { id: ID, name: "a.bin", size, mediaType: "" },
    source: change.source ?? { read: async (start, end) => bytes.slice(start, end) },
    hash: sha256(),
    changed,
    ...change.outgoing,
  });
  const done = (): Promise<void> =>
    new Promise((resolve) => {
      notify = () => {
        if (isFinal(outgoing.state) && isFinal(incoming.state)) resolve();
      };
      notify();
    });
  return { bytes, channels, sink, out: outgoing, in: incoming, done };
}

for (const size of [0, 1, MAX_CHUNK_SIZE, MAX_CHUNK_SIZE + 1, 3_000_000]) {
  test(`moves a file of ${size} bytes and compares the hashes`, async () => {
    const it = scene(size);
    await it.done();
    const expected = createHash("sha256").update(it.bytes).digest("hex");
    assert.deepEqual(it.out.state, { name: "done", ours: expected, theirs: expected, matches: true });
    assert.deepEqual(it.in.state, it.out.state);
    assert.deepEqual(Buffer.concat(it.sink.chunks), Buffer.from(it.bytes));
    assert.equal(it.sink.outcome, "finished");
    assert.equal(it.out.moved, size);
    assert.equal(it.in.moved, size);
  });
}

test("a slow disk holds the sender back: no more than the window is on the way", async () => {
  const size = 3 * WINDOW;
  let release = (): void => undefined;
  const it = scene(size, { source: { read: async (start, end) => new Uint8Array(end - start) } });
  let written = 0;
  let stopped = false;
  it.sink.pause = async () => {
    written += it.sink.chunks.pop()?.length ?? 0;
    if (written >= 1_000_000 && !stopped) {
      stopped = true;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
  };
  let before = -1;
  let sent = 0;
  const { send } = it.channels[0];
  it.channels[0].send = function (data): void {
    sent += typeof data === "string" ? 0 : data.length;
    send.call(this, data);
  };
  while (!stopped || before !== sent) {
    before = sent;
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  }
  assert.ok(sent <= WINDOW + 1_500_000, `${sent} bytes were sent`);
  assert.ok(it.channels[0].highest <= 2_000_000, `${it.channels[0].highest} bytes waited in the channel`);
  release();
  await it.done();
  assert.equal(it.out.state.name, "done");
});

test("a difference is seen on both sides", async () => {
  const damaged: IncrementalHash = { update: () => undefined, digestHex: () => "0".repeat(64) };
  const it = scene(1000, { incoming: { hash: damaged } });
  await it.done();
  assert.equal(it.out.state.name === "done" && it.out.state.matches, false);
  assert.equal(it.in.state.name === "done" && it.in.state.matches, false);
});

test("a refusal says why", async () => {
  const it: Scene = scene(1000, { incoming: { offered: () => it.in.refuse("too-large", 10) } });
  await it.done();
  assert.deepEqual(it.out.state, { name: "refused", by: "them", reason: "too-large", limit: 10 });
  assert.deepEqual(it.in.state, { name: "refused", by: "us", reason: "too-large", limit: 10 });
});

for (const side of ["out", "in"] as const) {
  test(`cancelling on the ${side === "out" ? "sending" : "receiving"} side ends both and discards what was written`, async () => {
    const it = scene(20_000_000, { source: { read: async (start, end) => new Uint8Array(end - start) } });
    while (it.in.moved === 0) await new Promise(setImmediate);
    it[side].cancel();
    await it.done();
    assert.equal(it.out.state.name, "cancelled");
    assert.equal(it.in.state.name, "cancelled");
    assert.equal(it.sink.outcome, "discarded");
  });
}

test("a channel that closes under way is a lost transfer", async () => {
  const it = scene(20_000_000, { source: { read: async (start, end) => new Uint8Array(end - start) } });
  while (it.in.moved === 0) await new Promise(setImmediate);
  for (const channel of it.channels) channel.finish();
  await it.done();
  assert.equal(it.out.state.name, "lost");
  assert.equal(it.in.state.name, "lost");
  assert.equal(it.sink.outcome, "discarded");
});

test("a file that cannot be read is given up", async () => {
  const it = scene(1000, { source: { read: () => Promise.reject(new Error("gone")) } });
  await it.done();
  assert.deepEqual(it.in.state, { name: "cancelled", by: "them", reason: "read" });
});

test("a disk that is full is reported", async () => {
  const it = scene(1000);
  it.sink.pause = () => Promise.reject(new Error("ENOSPC"));
  await it.done();
  assert.deepEqual(it.out.state, { name: "cancelled", by: "them", reason: "storage" });
});

test("a side that falls silent is given up", async () => {
  const it = scene(1000, { incoming: { patience: 20, offered: () => it.in.accept(it.sink) }, outgoing: {} });
  it.channels[0].send = () => undefined;
  await it.done();
  assert.deepEqual(it.in.state, { name: "cancelled", by: "us", reason: "stalled" });
});

function say(channel: MemoryChannel, message: TransferMessage): void {
  channel.send(printTransferMessage(message));
}

const OFFER: FileOffer = { type: "offer", id: ID, name: "a", size: 100, mediaType: "" };

const BREACHES: Record<string, (channel: MemoryChannel) => void> = {
  "more bytes than offered": (channel) => channel.send(new Uint8Array(101)),
  "done before all bytes": (channel) => say(channel, { type: "done", sha256: "0".repeat(64) }),
  "a second offer": (channel) => say(channel, OFFER),
  "a message of the other side": (channel) => say(channel, { type: "accept" }),
  "no JSON": (channel) => channel.send("{"),
};

for (const [name, breach] of Object.entries(BREACHES)) {
  test(`a receiver cuts off ${name}`, async () => {
    const [sender, receiver] = channelPair();
    const sink = new MemorySink();
    await new Promise<void>((resolve) => {
      const file: IncomingFile = new IncomingFile(receiver, {
        hash: sha256(),
        offered: () => file.accept(sink),
        changed: () => {
          if (!isFinal(file.state)) return;
          assert.deepEqual(file.state, { name: "cancelled", by: "us", reason: "protocol" });
          resolve();
        },
      });
      say(sender, OFFER);
      breach(sender);
    });
    await new Promise(setImmediate);
    assert.equal(sink.outcome, "discarded");
  });
}

test("what is sent beyond the window is cut off", async () => {
  const [sender, receiver] = channelPair();
  const sink = new MemorySink();
  sink.pause = () => new Promise(() => undefined);
  await new Promise<void>((resolve) => {
    const file: IncomingFile = new IncomingFile(receiver, {
      hash: sha256(),
      offered: () => file.accept(sink),
      changed: () => {
        if (file.state.name === "cancelled") resolve();
      },
    });
    say(sender, { ...OFFER, size: 10 * WINDOW });
    for (let sent = 0; sent <= WINDOW; sent += MAX_CHUNK_SIZE) sender.send(new Uint8Array(MAX_CHUNK_SIZE));
  });
});

test("messages are checked", () => {
  const rejected = [
    "",
    "null",
    "[]",
    '{"type":"toString"}',
    '{"type":"progress","received":-1}',
    '{"type":"progress","received":1.5}',
    '{"type":"done","sha256":"xyz"}',
    JSON.stringify({ ...OFFER, size: -1 }),
    JSON.stringify({ ...OFFER, name: "" }),
    JSON.stringify({ ...OFFER, name: "x".repeat(256) }),
    JSON.stringify({ ...OFFER, id: "../../etc/passwd" }),
    JSON.stringify({ type: "accept", padding: "x".repeat(5000) }),
  ];
  for (const text of rejected) assert.equal(parseTransferMessage(text), undefined, text.slice(0, 60));
  assert.deepEqual(parseTransferMessage(printTransferMessage({ ...OFFER, returnOf: ID })), { ...OFFER, returnOf: ID });
});
