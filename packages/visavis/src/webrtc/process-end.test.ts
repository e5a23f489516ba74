/**
 * `close()` leaves nothing behind: a process with real sockets ends by itself.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const entry = path.join(path.dirname(fileURLToPath(import.meta.url)), "index.js");

/** What a program has done when it closes its connections. Names that cannot be had are in the reserved domain `.invalid`. */
const SCENES: Readonly<Record<string, string>> = {
  connected: `
    await talk();
    await new Promise((resolve) => (channel.onopen = resolve));`,
  "gathering, with a STUN server that does not answer and one that has no address": `
    configure([{ urls: ["stun:127.0.0.1:9", "stun:stun.invalid"] }]);
    await a.setLocalDescription();
    await pause(100);`,
  "looking for a name of the other side": `
    await talk();
    const late = { candidate: "candidate:1 1 udp 1 6f1f3c6e-0000-4000-8000-000000000000.local 9999 typ host", sdpMid: "0" };
    a.addIceCandidate(late).catch(() => {});
    await pause(100);`,
  "in the middle of the handshakes": `
    await talk();
    await pause(5);`,
  "with Blobs that are still being read and megabytes to send": `
    await talk();
    await new Promise((resolve) => (channel.onopen = resolve));
    for (let i = 0; i < 20; i++) channel.send(new Blob([new Uint8Array(200_000)]));
    for (let i = 0; i < 20; i++) channel.send(new Uint8Array(200_000));`,
  "never used": "",
};

const program = (scene: string): string => `
const { createWebRTC, nodePlatform } = await import(process.argv[1]);
const { RTCPeerConnection } = createWebRTC(nodePlatform(), { ice: { includeLoopback: true } });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
const configure = (iceServers) => a.setConfiguration({ iceServers });
const channel = a.createDataChannel("");
async function talk() {
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
}
${scene}
a.close();
b.close();
const closed = performance.now();
process.on("exit", () => console.log(performance.now() - closed));
`;

for (const [name, scene] of Object.entries(SCENES)) {
  test(`a process whose connections are closed ends within a second: ${name}`, () => {
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program(scene), entry], {
      encoding: "utf8",
      timeout: 20_000,
    });
    assert.match(printed, /^[\d.]+\n$/);
    assert.ok(Number(printed) < 1000, `${printed} milliseconds`);
  });
}
