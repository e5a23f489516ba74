// A file through a data channel as WHATWG streams: compressed on the way, with back-pressure from disk to disk, and hashed at both ends.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { Readable, Writable } from "node:stream";
import { RTCPeerConnection } from "visavis";
import { channelStreams } from "visavis/streams";

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error("usage: node examples/streams.mjs FROM TO");
  process.exit(2);
}

/** Hashes what passes through. */
function hashing() {
  const hash = createHash("sha256");
  const transform = (chunk, controller) => {
    hash.update(chunk);
    controller.enqueue(chunk);
  };
  return { stream: new TransformStream({ transform }), digest: () => hash.digest("hex") };
}

const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
sender.onicecandidate = ({ candidate }) => receiver.addIceCandidate(candidate);
receiver.onicecandidate = ({ candidate }) => sender.addIceCandidate(candidate);
const [before, after] = [hashing(), hashing()];

const received = new Promise((resolve, reject) => {
  receiver.ondatachannel = ({ channel }) => {
    const { readable } = channelStreams(channel);
    readable
      .pipeThrough(new DecompressionStream("gzip"))
      .pipeThrough(after.stream)
      .pipeTo(Writable.toWeb(fs.createWriteStream(to)))
      .then(resolve, reject);
  };
});

const { writable } = channelStreams(sender.createDataChannel("file"));
await sender.setLocalDescription();
await receiver.setRemoteDescription(sender.localDescription);
await receiver.setLocalDescription();
await sender.setRemoteDescription(receiver.localDescription);

// Closing the writable closes the channel; it is done when the other side has everything.
const file = Readable.toWeb(fs.createReadStream(from, { highWaterMark: 64 * 1024 }));
await file.pipeThrough(before.stream).pipeThrough(new CompressionStream("gzip")).pipeTo(writable);
await received;
console.log(`SHA-256 ${before.digest() === after.digest() ? "is the same" : "differs"}`);
sender.close();
receiver.close();
