/**
 * Data channels in worker threads, over real sockets on loopback.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { Worker } from "node:worker_threads";
import type { RTCDataChannel, RTCDataChannelInit, RTCPeerConnection } from "visavis";
import { type IncomingMessage, messages as messagesOf, sendMessage } from "visavis/streams";
import { countersOf, createWebRTC, nodePlatform } from "visavis/webrtc";
import { receiveChannel, transferChannel } from "visavis/worker";

const { RTCPeerConnection: Connection } = createWebRTC(nodePlatform(), {
  ice: { includeLoopback: true },
  sctp: { maxMessageSize: 0 },
});

/** A worker that reports what its channel does, and does what it is told. */
const SCRIPT = `
const { parentPort, workerData } = require("node:worker_threads");
let channel;
const told = (event, more) => parentPort.postMessage({ event, state: channel.readyState, ...more });
Promise.all([import(workerData), import(workerData.replace("worker.js", "streams.js"))]).then(([{ receiveChannel }, { messages, sendMessage }]) => parentPort.on("message", (order) => {
  if (order.channel) {
    channel = receiveChannel(order.channel);
    for (const type of ["open", "bufferedamountlow", "closing", "close"]) channel.addEventListener(type, () => told(type));
    channel.onerror = ({ error }) => told("error", { detail: error.errorDetail });
    channel.onmessage = async ({ data }) => told("message", { data: data instanceof Blob ? { blob: await data.text() } : data });
    const { label, ordered, maxRetransmits, protocol, negotiated, priority, id } = channel;
    told("received", { label, ordered, maxRetransmits, protocol, negotiated, priority, id });
  }
  if ("set" in order) { Object.assign(channel, order.set); told("set"); }
  if ("send" in order) {
    for (const data of order.send) {
      try { channel.send(data); } catch (error) { told("threw", { name: error.name }); }
    }
    told("sent", { bufferedAmount: channel.bufferedAmount, id: channel.id });
  }
  if ("count" in order) {
    let bytes = 0;
    channel.onmessage = ({ data }) => (bytes += data.byteLength) >= order.count && told("counted", { bytes });
  }
  if (order.echo) void (async () => {
    setImmediate(told, "echoing");
    for await (const { kind, stream } of messages(channel)) await sendMessage(channel, stream, { kind });
  })().catch(() => {});
  if ("block" in order) { told("blocked"); Atomics.wait(new Int32Array(order.block), 0, 0); }
  if (order.close) { channel.close(); told("closed by me"); }
}));`;

interface Report {
  readonly event: string;
  readonly state: string;
  readonly data?: unknown;
  readonly name?: string;
  readonly detail?: string;
  readonly bytes?: number;
  readonly bufferedAmount?: number;
  readonly id?: number | null;
}

/** A worker, and what it reports. */
class Helper {
  readonly worker = new Worker(SCRIPT, { eval: true, workerData: import.meta.resolve("visavis/worker") });
  readonly reports: Report[] = [];
  #wake: () => void = () => {};

  constructor() {
    this.worker.on("message", (report: Report) => {
      this.reports.push(report);
      this.#wake();
    });
  }

  take(channel: RTCDataChannel): void {
    const { value, transfer } = transferChannel(channel);
    this.worker.postMessage({ channel: value }, transfer);
  }

  order(order: object): void {
    this.worker.postMessage(order);
  }

  /** The first report of an event, which is forgotten. */
  async told(event: string): Promise<Report> {
    for (;;) {
      const index = this.reports.findIndex((report) => report.event === event);
      const [report] = index < 0 ? [] : this.reports.splice(index, 1);
      if (report !== undefined) return report;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** A connection whose first channel lives in a worker, and the other side. */
class Scene {
  readonly helper = new Helper();
  readonly near: RTCPeerConnection = new Connection();
  readonly far: RTCPeerConnection = new Connection();

  constructor(context: TestContext) {
    context.after(() => this.#end());
  }

  async open(init: RTCDataChannelInit = {}): Promise<{ original: RTCDataChannel; other: RTCDataChannel }> {
    const { near, far, helper } = this;
    near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate);
    far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate);
    const original = near.createDataChannel("work", init);
    helper.take(original);
    const announced = once(far, "datachannel");
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription as { type: "offer"; sdp: string });
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription as { type: "answer"; sdp: string });
    const [{ channel: other }] = (await announced) as [{ channel: RTCDataChannel }];
    await helper.told("open");
    if (other.readyState !== "open") await once(other, "open");
    return { original, other };
  }

  async #end(): Promise<void> {
    this.near.close();
    this.far.close();
    await this.helper.worker.terminate();
  }
}

/** Channels whose thread went away without closing them. */
function lossesOf(connection: RTCPeerConnection): number | undefined {
  const { face = {} } = countersOf(connection)?.drops ?? {};
  const { "channel-thread-gone": losses } = face;
  return losses;
}

const message = async (channel: RTCDataChannel): Promise<unknown> => {
  const [event] = (await once(channel, "message")) as [MessageEvent];
  return event.data;
};

/** The next `count` messages. */
async function messages(channel: RTCDataChannel, count: number): Promise<unknown[]> {
  const data: unknown[] = [];
  return await new Promise((resolve) => {
    channel.onmessage = (event) => {
      data.push(event.data);
      if (data.length === count) resolve(data);
    };
  });
}

test("a channel in a worker is what it was, and messages of every kind go both ways in order", {
  timeout: 20_000,
}, async (context) => {
  const scene = new Scene(context);
  const { helper } = scene;
  const { original, other } = await scene.open({ ordered: true, maxRetransmits: 7, protocol: "p", priority: "high" });
  assert.equal(original.readyState, "closed");
  assert.throws(() => original.send("no more"), { name: "InvalidStateError" });
  const { event, state, ...traits } = await helper.told("received");
  const expected = {
    label: "work",
    ordered: true,
    maxRetransmits: 7,
    protocol: "p",
    negotiated: false,
    priority: "high",
    id: null,
  };
  assert.deepEqual({ event, state, ...traits }, { event: "received", state: "connecting", ...expected });

  const big = new Uint8Array(200_000).fill(7);
  const sent = ["", "grüß dich", Uint8Array.of(1, 2, 3), new ArrayBuffer(0), new Blob(["a blob"]), big, "last"];
  const seen = ["", "grüß dich", [1, 2, 3], [], [..."a blob"].map((c) => c.charCodeAt(0)), [...big], "last"];
  const plain = (data: unknown): unknown => (data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data);
  const arrived = messages(other, sent.length);
  helper.order({ send: sent });
  const { bufferedAmount, id } = await helper.told("sent");
  assert.equal(bufferedAmount, 11 + 3 + 6 + 200_000 + 4);
  assert.equal(id, other.id);
  assert.deepEqual((await arrived).map(plain), seen);
  helper.order({ send: [] });
  while ((await helper.told("sent")).bufferedAmount !== 0) helper.order({ send: [] });

  for (const data of ["", "grüß dich", Uint8Array.of(1, 2, 3), new ArrayBuffer(0), big, "last"]) other.send(data as string);
  const back: unknown[] = [];
  while (back.length < 6) back.push(plain((await helper.told("message")).data));
  assert.deepEqual(
    back,
    seen.filter((_, i) => i !== 4),
  );
  helper.order({ set: { binaryType: "blob", bufferedAmountLowThreshold: 100 } });
  await helper.told("set");
  other.send(Uint8Array.of(65, 66));
  assert.deepEqual((await helper.told("message")).data, { blob: "AB" });
  helper.order({ send: [big] });
  await helper.told("bufferedamountlow");
  helper.order({ send: [new Uint8Array(17_000_000)] });
  assert.equal((await helper.told("threw")).name, "TypeError");
});

test("either side closes it", { timeout: 20_000 }, async (context) => {
  for (const who of ["worker", "other"]) {
    const scene = new Scene(context);
    const { helper } = scene;
    const { other } = await scene.open();
    helper.order({ send: ["before"] });
    const first = message(other);
    const closed = once(other, "close");
    if (who === "worker") {
      helper.order({ close: true });
      assert.equal((await helper.told("closed by me")).state, "closing");
    } else {
      await first;
      other.close();
      assert.equal((await helper.told("closing")).state, "closing");
    }
    assert.equal(await first, "before");
    await closed;
    assert.equal((await helper.told("close")).state, "closed");
    helper.order({ send: ["after"] });
    assert.equal((await helper.told("threw")).name, "InvalidStateError");
    assert.equal(lossesOf(scene.near), undefined);
  }
});

test("who closes the connection closes the channel in the worker; its other side going ends it with an error", {
  timeout: 20_000,
}, async (context) => {
  for (const who of ["near", "far"] as const) {
    const scene = new Scene(context);
    await scene.open();
    scene[who].close();
    if (who === "far") assert.equal((await scene.helper.told("error")).detail, "sctp-failure");
    assert.equal((await scene.helper.told("close")).state, "closed");
  }
});

test("a worker that ends leaves no open channel behind, and is counted", { timeout: 20_000 }, async (context) => {
  const scene = new Scene(context);
  const { other } = await scene.open();
  const closed = once(other, "close");
  await scene.helper.worker.terminate();
  await closed;
  assert.equal(lossesOf(scene.near), 1);
});

test("messages in pieces go through a worker and back", { timeout: 20_000 }, async (context) => {
  const scene = new Scene(context);
  const { other } = await scene.open();
  scene.helper.order({ echo: true });
  await scene.helper.told("echoing");
  const incoming = messagesOf(other);
  const piece = new Uint8Array(64 * 1024).map((_, i) => i);
  const sent = sendMessage(
    other,
    Array.from({ length: 320 }, () => piece),
  );
  const { value } = (await incoming.next()) as { value: IncomingMessage };
  assert.equal(value.kind, "binary");
  let bytes = 0;
  for await (const chunk of value.stream as ReadableStream<Uint8Array>) {
    for (let i = 0; i < chunk.length; i += 997) assert.equal(chunk[i], (bytes + i) & 255);
    bytes += chunk.length;
  }
  await sent;
  assert.equal(bytes, 320 * 64 * 1024);
});

test("a worker that is busy makes the other side wait, and nothing is lost", { timeout: 40_000 }, async (context) => {
  const scene = new Scene(context);
  const { other } = await scene.open();
  const block = new SharedArrayBuffer(4);
  const [size, count] = [64 * 1024, 640];
  scene.helper.order({ count: size * count, block });
  await scene.helper.told("blocked");
  let sent = 0;
  other.bufferedAmountLowThreshold = 1024 * 1024;
  const fill = (): void => {
    while (sent < count && other.bufferedAmount < 4 * 1024 * 1024) {
      other.send(new Uint8Array(size));
      sent++;
    }
  };
  other.onbufferedamountlow = fill;
  fill();
  // Until nothing moves any more; a slow machine only takes longer to get there.
  const taken = (): number => sent * size - other.bufferedAmount;
  let gone = -1;
  while (gone !== taken()) {
    gone = taken();
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  assert.ok(sent < count, "everything was sent");
  assert.ok(gone < 24 * 1024 * 1024, `${gone} bytes were taken for a worker that does nothing`);
  Atomics.store(new Int32Array(block), 0, 1);
  Atomics.notify(new Int32Array(block), 0);
  assert.equal((await scene.helper.told("counted")).bytes, size * count);
});

test("a channel is transferred at once or not at all", { timeout: 20_000 }, async () => {
  const connection = new Connection();
  const late = connection.createDataChannel("late");
  await new Promise((resolve) => setImmediate(resolve));
  assert.throws(() => transferChannel(late), { name: "DataCloneError", code: DOMException.DATA_CLONE_ERR });
  const early = connection.createDataChannel("early");
  assert.throws(() => early.send("not open"), { name: "InvalidStateError" });
  assert.throws(() => transferChannel(early), { name: "DataCloneError" });
  const once_ = connection.createDataChannel("once");
  const { value, transfer } = transferChannel(once_);
  assert.deepEqual(transfer, [value.port]);
  assert.throws(() => transferChannel(once_), { name: "DataCloneError" });
  const received = receiveChannel(value);
  assert.equal(received.label, "once");
  assert.throws(() => transferChannel(received), { name: "DataCloneError" });
  assert.throws(() => transferChannel({} as RTCDataChannel), TypeError);
  for (const wrong of [undefined, {}, { ...value, form: "another version" }, { ...value, port: {} }]) {
    assert.throws(() => receiveChannel(wrong), TypeError);
  }
  const closed = once(received, "close");
  connection.close();
  await closed;
});
