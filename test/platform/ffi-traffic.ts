/**
 * Two connections of this thread that send each other messages, checked byte for byte: what the tests of `node:ffi` run in
 * processes and threads of their own.
 *
 * `node ffi-traffic.js MODE`, where MODE is
 *   once     one transfer; prints what was used and what arrived
 *   workers  the same in two threads at once
 *   exit     ends the process in the middle of a transfer
 *   kill     ends a thread in the middle of a transfer, ten times
 *   close    closes one side in the middle of a transfer, twenty times
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type RTCDataChannel, RTCPeerConnection } from "visavis";
import { AEAD_BACKENDS, useAeadBackends } from "visavis/crypto";
import { nodePlatform } from "visavis/node";

const SIZE = 60_000;

interface Pair {
  readonly sender: RTCDataChannel;
  readonly receiver: RTCDataChannel;
  close(): void;
}

async function connect(): Promise<Pair> {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = ({ candidate }) => void b.addIceCandidate(candidate ?? undefined);
  b.onicecandidate = ({ candidate }) => void a.addIceCandidate(candidate ?? undefined);
  const sender = a.createDataChannel("traffic");
  const incoming = new Promise<RTCDataChannel>((resolve) => {
    b.ondatachannel = ({ channel }) => resolve(channel);
  });
  await a.setLocalDescription();
  if (a.localDescription !== null) await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  if (b.localDescription !== null) await a.setRemoteDescription(b.localDescription);
  const receiver = await incoming;
  receiver.binaryType = "arraybuffer";
  if (sender.readyState !== "open") await new Promise((resolve) => sender.addEventListener("open", resolve));
  return {
    sender,
    receiver,
    close() {
      a.close();
      b.close();
    },
  };
}

/** How many of `count` messages arrived as they were sent. */
async function transfer(count: number, midway: (pair: Pair) => void = () => undefined): Promise<number> {
  const pair = await connect();
  const { sender, receiver } = pair;
  let right = 0;
  let seen = 0;
  const done = new Promise<void>((resolve) => {
    receiver.onmessage = ({ data }) => {
      const bytes = new Uint8Array(data as ArrayBuffer);
      if (bytes.length === SIZE && bytes.every((byte, i) => byte === ((seen + i) & 0xff))) right++;
      seen++;
      if (seen === count >> 1) midway(pair);
      // A connection that is closed by its own side tells its channels nothing.
      if (sender.readyState === "closed") resolve();
      if (seen === count) resolve();
    };
  });
  for (let i = 0; i < count && sender.readyState === "open"; i++) {
    sender.send(Uint8Array.from({ length: SIZE }, (_, at) => i + at));
    // Keeps garbage collection busy with memory like ours.
    if (i % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  pair.close();
  return right;
}

async function isUsed(): Promise<boolean> {
  const socket = await nodePlatform().network.bindUdp({ address: "127.0.0.1", port: 0 }, () => undefined);
  socket.close();
  return socket.segments !== undefined;
}

async function inWorker(mode: string): Promise<unknown> {
  const worker = new Worker(new URL(import.meta.url), { workerData: mode });
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", async (message) => {
      if (message === "midway") await worker.terminate();
      resolve(message);
    });
  });
}

const mode: string = isMainThread ? (process.argv[2] ?? "once") : workerData;
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
switch (mode) {
  case "once": {
    const result = { used: await isUsed(), right: await transfer(100) };
    if (isMainThread) print(result);
    else parentPort?.postMessage(result);
    break;
  }
  case "plain":
    useAeadBackends(AEAD_BACKENDS.filter((name) => name !== "ffi"));
    print({ used: await isUsed(), right: await transfer(100) });
    break;
  case "workers":
    print(await Promise.all([inWorker("once"), inWorker("once")]));
    break;
  case "exit":
    await transfer(100, () => {
      print("leaving");
      process.exit(0);
    });
    break;
  case "forever":
    for (;;) await transfer(100, () => parentPort?.postMessage("midway"));
  case "kill":
    for (let i = 0; i < 10; i++) await inWorker("forever");
    print("all ended");
    break;
  case "close":
    for (let i = 0; i < 20; i++) await transfer(40, (pair) => pair.close());
    print("all closed");
    break;
}
