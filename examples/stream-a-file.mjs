// A file of any size through a data channel. The sender reads no faster than the channel takes, so memory stays small; both sides hash.
import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import { RTCPeerConnection } from "visavis";

const HIGH_WATER = 1024 * 1024;
const file = process.argv[2];
if (file === undefined) {
  console.error("usage: node examples/stream-a-file.mjs FILE");
  process.exit(2);
}

const sender = new RTCPeerConnection();
const receiver = new RTCPeerConnection();
sender.onicecandidate = ({ candidate }) => receiver.addIceCandidate(candidate);
receiver.onicecandidate = ({ candidate }) => sender.addIceCandidate(candidate);

const received = new Promise((resolve) => {
  receiver.ondatachannel = ({ channel }) => {
    const hash = createHash("sha256");
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => {
      if (typeof data === "string") resolve({ theirs: data, ours: hash.digest("hex") });
      else hash.update(new Uint8Array(data));
    };
  };
});

const channel = sender.createDataChannel("file");
channel.bufferedAmountLowThreshold = HIGH_WATER / 4;
await sender.setLocalDescription();
await receiver.setRemoteDescription(sender.localDescription);
await receiver.setLocalDescription();
await sender.setRemoteDescription(receiver.localDescription);
if (channel.readyState !== "open") await once(channel, "open");

const hash = createHash("sha256");
const startedAt = performance.now();
for await (const chunk of fs.createReadStream(file, { highWaterMark: 64 * 1024 })) {
  hash.update(chunk);
  channel.send(chunk);
  if (channel.bufferedAmount > HIGH_WATER) await once(channel, "bufferedamountlow");
}
channel.send(hash.digest("hex"));

const { ours, theirs } = await received;
const megabytes = fs.statSync(file).size / 1e6;
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${megabytes.toFixed(1)} MB in ${seconds.toFixed(1)} s, SHA-256 ${ours === theirs ? "is the same" : "differs"}: ${ours}`,
);
sender.close();
receiver.close();
