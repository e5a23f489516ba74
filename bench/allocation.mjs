// What the packet path allocates: two processes, one data channel, and V8's sampling heap profiler in both while data flows.
//
// Run after a build: node bench/allocation.mjs [SCENE …]      scenes: bulk (64 KiB messages), small (100 bytes, unordered, no retransmissions)
// For each side: bytes allocated on the JavaScript heap for each packet (for each message where messages are small), by whose code
// made them, and where in ours. Packets are those of both directions. The contents of an ArrayBuffer lie outside that heap.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { nodePlatform } from "../packages/visavis/dist/node/platform.js";
import { countersOf } from "../packages/visavis/dist/webrtc/counters.js";
import { createWebRTC } from "../packages/visavis/dist/webrtc/create-webrtc.js";
import { profileHeap } from "./heap-profile.mjs";

/** Packets stay at 1200 bytes, as most paths have them. */
const { RTCPeerConnection } = createWebRTC(nodePlatform(), { sctp: { pathMtuDiscovery: false } });

const SCENES = {
  bulk: { size: 65_536, messages: 3000, warmup: 1500, options: {}, ahead: 2 << 20 },
  small: { size: 100, messages: 400_000, warmup: 200_000, options: { ordered: false, maxRetransmits: 0 }, ahead: 1 << 18 },
};
/** Places of ours that are named one by one. */
const MOST_PLACES = 14;

/** Packets of SCTP, both ways. */
function packetsOf(pc) {
  const sctp = countersOf(pc)?.sctp;
  return (sctp?.packetsSent ?? 0) + (sctp?.packetsReceived ?? 0);
}

function print(side, { packets, messages, size, places: { ours, node, bench } }) {
  const [count, unit] = size < 1000 ? [messages, "message"] : [packets, "packet"];
  const per = (bytes) => (bytes / count).toFixed(1).padStart(7);
  const sum = ours.reduce((total, [, bytes]) => total + bytes, 0);
  console.log(`${side}: ${packets} packets, ${messages} messages; bytes a ${unit}:`);
  console.log(`${per(sum)} by our code, ${per(node).trim()} by Node's, ${per(bench).trim()} by this benchmark`);
  for (const [place, bytes] of ours.slice(0, MOST_PLACES)) if (bytes / count >= 0.05) console.log(`  ${per(bytes)} ${place}`);
}

/** @param {keyof SCENES} name */
async function sender(name) {
  const { size, messages, warmup, options, ahead } = SCENES[name];
  const child = fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, ALLOCATION_SCENE: name } });
  const pc = new RTCPeerConnection();
  const channel = pc.createDataChannel("x", options);
  await signal(pc, child, true);
  if (channel.readyState !== "open") await once(channel, "open");
  const data = new Uint8Array(size).fill(7);
  channel.bufferedAmountLowThreshold = ahead / 2;
  const transfer = (count) =>
    new Promise((resolve) => {
      let left = count;
      const fill = () => {
        for (; left > 0 && channel.bufferedAmount < ahead; left--) channel.send(data);
        if (left > 0) return;
        channel.onbufferedamountlow = null;
        channel.onmessage = resolve;
        channel.send("end");
      };
      channel.onbufferedamountlow = fill;
      fill();
    });
  await transfer(warmup);
  child.send({ profile: true });
  await reply(child, "ready");
  const stop = await profileHeap(import.meta.url);
  const before = packetsOf(pc);
  await transfer(messages);
  const packets = packetsOf(pc) - before;
  const places = await stop();
  console.log(`${name}: messages of ${size} bytes`);
  print("sender", { packets, messages, size, places });
  child.send({ report: { messages, size } });
  print("receiver", (await reply(child, "report")).report);
  child.kill();
  pc.close();
}

async function receiver() {
  const pc = new RTCPeerConnection();
  /** @type {(() => Promise<unknown>) | undefined} */
  let stop;
  let before = 0;
  pc.ondatachannel = ({ channel }) => {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => {
      if (typeof data === "string") channel.send("end");
    };
  };
  process.on("message", async (message) => {
    if (message.profile) {
      stop = await profileHeap(import.meta.url);
      before = packetsOf(pc);
      process.send?.({ ready: true });
    } else if (message.report && stop) {
      process.send?.({ report: { ...message.report, packets: packetsOf(pc) - before, places: await stop() } });
    }
  });
  await signal(pc, process, false);
}

/** Descriptions and candidates between the processes. */
async function signal(pc, other, offers) {
  /** @type {unknown[]} */
  const early = [];
  const connected = new Promise((resolve) => {
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "connected") resolve(undefined);
    };
  });
  pc.onicecandidate = ({ candidate }) => candidate && other.send({ candidate: candidate.toJSON() });
  other.on("message", async ({ description, candidate }) => {
    if (candidate) {
      if (pc.remoteDescription === null) early.push(candidate);
      else await pc.addIceCandidate(candidate);
    }
    if (!description) return;
    await pc.setRemoteDescription(description);
    for (const each of early.splice(0)) await pc.addIceCandidate(each);
    if (offers) return;
    await pc.setLocalDescription();
    other.send({ description: pc.localDescription });
  });
  if (offers) {
    await pc.setLocalDescription();
    other.send({ description: pc.localDescription });
  }
  await connected;
}

/** The next message with this member. */
function reply(child, member) {
  return new Promise((resolve) => {
    const listener = (message) => {
      if (!(member in message)) return;
      child.off("message", listener);
      resolve(message);
    };
    child.on("message", listener);
  });
}

if (process.env.ALLOCATION_SCENE === undefined) {
  const wanted = process.argv.slice(2);
  for (const name of /** @type {(keyof SCENES)[]} */ (Object.keys(SCENES))) {
    if (wanted.length === 0 || wanted.includes(name)) await sender(name);
  }
} else {
  await receiver();
}
