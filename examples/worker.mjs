// A data channel that lives in a worker thread: the main thread connects, the worker hashes what arrives and answers.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { RTCPeerConnection } from "visavis";
import { receiveChannel, transferChannel } from "visavis/worker";

if (isMainThread) await connect();
else parentPort.once("message", serve);

/** In the worker: the channel is a real RTCDataChannel. */
function serve(value) {
  const channel = receiveChannel(value);
  const hash = createHash("sha256");
  channel.onmessage = ({ data }) => {
    if (data === "end") channel.send(hash.digest("hex"));
    else hash.update(new Uint8Array(data));
  };
}

/** In the main thread: it has the connections, and no load. */
async function connect() {
  const [caller, callee] = [new RTCPeerConnection(), new RTCPeerConnection()];
  caller.onicecandidate = ({ candidate }) => callee.addIceCandidate(candidate);
  callee.onicecandidate = ({ candidate }) => caller.addIceCandidate(candidate);
  const worker = new Worker(new URL(import.meta.url));
  callee.ondatachannel = ({ channel }) => {
    const { value, transfer } = transferChannel(channel);
    worker.postMessage(value, transfer);
  };

  const channel = caller.createDataChannel("to be hashed");
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription);
  await once(channel, "open");

  const block = new Uint8Array(64 * 1024).fill(1);
  const hash = createHash("sha256");
  for (let i = 0; i < 32; i++) {
    hash.update(block);
    channel.send(block);
  }
  channel.send("end");
  const [{ data }] = await once(channel, "message");
  console.log(data === hash.digest("hex") ? "the worker hashed the same 2 MiB" : "the hashes differ");
  caller.close();
  callee.close();
}
