/**
 * `close()` leaves nothing behind: a process with real sockets ends by itself.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const entry = path.join(path.dirname(fileURLToPath(import.meta.url)), "index.js");

const PROGRAM = `
const { createWebRTC, nodePlatform } = await import(process.argv[1]);
const { RTCPeerConnection } = createWebRTC(nodePlatform(), { ice: { includeLoopback: true } });
const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
const channel = a.createDataChannel("");
await a.setLocalDescription();
await b.setRemoteDescription(a.localDescription);
await b.setLocalDescription();
await a.setRemoteDescription(b.localDescription);
await new Promise((resolve) => (channel.onopen = resolve));
a.close();
b.close();
const closed = performance.now();
process.on("exit", () => console.log(performance.now() - closed));
`;

test("a process whose connections are closed ends within a second", () => {
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", PROGRAM, entry], {
    encoding: "utf8",
    timeout: 20_000,
  });
  assert.match(printed, /^[\d.]+\n$/);
  assert.ok(Number(printed) < 1000, `${printed} milliseconds`);
});
