/**
 * Encoded transforms in worker threads, over real sockets on loopback.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { MediaStreamTrack, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender } from "visavis";
import { createEncodedTrack, type EncodedFrame, type EncodedTrack, encodedFrames } from "visavis/media";
import { createWebRTC, nodePlatform } from "visavis/webrtc";

const {
  RTCPeerConnection: Connection,
  RTCRtpScriptTransform: Transform,
  SFrameTransform,
} = createWebRTC(nodePlatform(), {
  ice: { includeLoopback: true },
});

/** A worker that turns every bit of its frames, or does something worse. */
const SCRIPT = `
const { workerData } = require("node:worker_threads");
import(workerData).then(() => {
  globalThis.onrtctransform = async ({ transformer: { readable, writable, options } }) => {
    options.port.postMessage("began");
    const writer = writable.getWriter();
    for await (const frame of readable) {
      if (options.mode === "die") process.exit();
      if (options.mode === "block") Atomics.wait(options.lock, 0, 0);
      frame.data = Uint8Array.from(new Uint8Array(frame.data), (byte) => ~byte).buffer;
      await writer.write(frame);
    }
  };
});`;

interface Call {
  readonly source: EncodedTrack;
  readonly sender: RTCRtpSender;
  readonly receiver: RTCRtpReceiver;
  readonly frames: ReadableStream<EncodedFrame>;
}

/** A connection that sends µ-law of a program's own; `prepare` runs before anything flows. */
async function call(t: TestContext, prepare: (sender: RTCRtpSender, receiver: RTCRtpReceiver) => void): Promise<Call> {
  const a: RTCPeerConnection = new Connection();
  const b: RTCPeerConnection = new Connection();
  const source = createEncodedTrack({ kind: "audio" });
  t.after(() => {
    source.end();
    a.close();
    b.close();
  });
  a.onicecandidate = ({ candidate }) => void b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => void a.addIceCandidate(candidate);
  const transceiver = a.addTransceiver(source.track, { direction: "sendonly" });
  transceiver.setCodecPreferences([{ mimeType: "audio/PCMU", clockRate: 8000, channels: 1 }]);
  const tracked = new Promise<{ receiver: RTCRtpReceiver; track: MediaStreamTrack }>((resolve) => {
    b.ontrack = resolve;
  });
  const connected = new Promise<void>((resolve) => {
    a.onconnectionstatechange = () => a.connectionState === "connected" && resolve();
  });
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription as never);
  const { receiver, track } = await tracked;
  prepare(transceiver.sender, receiver);
  const frames = encodedFrames(track);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription as never);
  await connected;
  return { source, sender: transceiver.sender, receiver, frames };
}

/** Writes a frame of 20 ms every 20 ms. */
function talk(t: TestContext, { source }: Call): void {
  let frames = 0;
  const timer = setInterval(() => {
    source.write({
      kind: "audio",
      data: new Uint8Array(160).fill(frames & 0xff),
      timestamp: frames++ * 160,
      keyFrame: true,
      mimeType: "audio/PCMU",
    });
  }, 20);
  t.after(() => clearInterval(timer));
}

function startWorker(t: TestContext): Worker {
  const worker = new Worker(SCRIPT, { eval: true, workerData: createRequire(import.meta.url).resolve("visavis/worker") });
  t.after(() => worker.terminate());
  return worker;
}

/** A transform, and a promise for its beginning in the worker. */
function begin(worker: Worker, options: object): { readonly transform: object; readonly began: Promise<unknown> } {
  const { port1, port2 } = new MessageChannel();
  const began = new Promise((resolve) => port1.once("message", resolve));
  port1.unref();
  return { transform: new Transform(worker, { ...options, port: port2 }, [port2 as unknown as MessagePort]), began };
}

test("what one worker does to frames another undoes", { timeout: 20_000 }, async (t) => {
  const worker = startWorker(t);
  const sending = begin(worker, { mode: "turn" });
  const receiving = begin(worker, { mode: "turn" });
  await Promise.all([sending.began, receiving.began]);
  const made = await call(t, (sender, receiver) => {
    sender.transform = sending.transform;
    receiver.transform = receiving.transform;
  });
  talk(t, made);
  const stream = made.frames.getReader();
  for (let i = 0; i < 10; i++) {
    const { value } = await stream.read();
    assert.equal(value?.data.length, 160);
    assert.equal(value?.data[0], (value?.timestamp ?? 0) / 160);
  }
});

test("a worker that ends drops frames; without its transform they flow again", { timeout: 20_000 }, async (t) => {
  const worker = startWorker(t);
  const { transform, began } = begin(worker, { mode: "die" });
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  await began;
  const made = await call(t, (sender) => {
    sender.transform = transform;
  });
  talk(t, made);
  await ended;
  made.sender.transform = null;
  const { value } = await made.frames.getReader().read();
  assert.equal(value?.data.length, 160);
});

test("a worker that blocks stalls nothing else", { timeout: 20_000 }, async (t) => {
  const worker = startWorker(t);
  const lock = new Int32Array(new SharedArrayBuffer(4));
  const { transform, began } = begin(worker, { mode: "block", lock });
  await began;
  const made = await call(t, (sender) => {
    sender.transform = transform;
  });
  talk(t, made);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await made.sender.getStats()).size > 0, true);
  made.sender.transform = null;
  const { value } = await made.frames.getReader().read();
  assert.equal(value?.data.length, 160);
  Atomics.store(lock, 0, 1);
  Atomics.notify(lock, 0);
});

test("SFrame hides frames from whoever has no key", { timeout: 20_000 }, async (t) => {
  const key = await crypto.subtle.importKey("raw", new Uint8Array(16).fill(7), "HKDF", false, ["deriveBits"]);
  const encrypt = new SFrameTransform({ role: "encrypt" });
  const decrypt = new SFrameTransform({ role: "decrypt" });
  const failures: string[] = [];
  decrypt.onerror = ({ errorType }) => void failures.push(errorType);
  await encrypt.setEncryptionKey(key, 3);
  const made = await call(t, (sender, receiver) => {
    sender.transform = encrypt;
    receiver.transform = decrypt;
  });
  talk(t, made);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(failures.length > 0 && failures.every((type) => type === "keyID"));
  await decrypt.setEncryptionKey(key, 3);
  const { value } = await made.frames.getReader().read();
  assert.equal(value?.data.length, 160);
  assert.equal(value?.data[0], (value?.timestamp ?? 0) / 160);
});
