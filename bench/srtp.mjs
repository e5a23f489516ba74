// What protecting and unprotecting an RTP packet costs, by profile.
//
// Run after a build: node bench/srtp.mjs [ROUNDS]
// Packets of one source whose numbers follow each other, 1200 bytes before protection; CPU time (user and system) per packet, in µs,
// medians over the rounds. `node` is the plain path, by objects of `node:crypto` for each packet.
import { AEAD_BACKENDS, useAeadBackends } from "../packages/visavis/dist/crypto/aead-backends.js";
import { exportLength, srtpKeys } from "../packages/visavis/dist/srtp/keys.js";
import { SrtpProfile } from "../packages/visavis/dist/srtp/profile.js";
import { SrtpSession } from "../packages/visavis/dist/srtp/session.js";

const ROUNDS = Number(process.argv[2] ?? 5);
const PACKETS = 64 * 600;
const BATCH = 64;
const SIZE = 1200;
const ROOM = 64;

/** A turn of the event loop, in which the runtime gives memory back. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** @param {() => void} work */
function cpuOf(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** One source's packets from one end to the other. @param {number} profile */
function stream(profile) {
  const exported = new Uint8Array(exportLength(profile)).fill(5);
  const end = (role) => {
    const { local, remote } = srtpKeys(profile, exported, role);
    return new SrtpSession({ profile, localKey: local, remoteKey: remote });
  };
  const sender = end("client");
  const receiver = end("server");
  const out = new Uint8Array(ROOM + SIZE + ROOM);
  const arrived = Array.from({ length: BATCH }, () => new Uint8Array(SIZE + sender.rtpOverhead));
  // Sources are made with their first packet, and stay as they are.
  out[ROOM] = 0x80;
  const first = out.slice(ROOM, sender.protectRtp(out, ROOM, ROOM + SIZE));
  receiver.unprotectRtp(first, 0, first.length);
  let number = 0;
  return async () => {
    let [protect, unprotect] = [0, 0];
    for (let i = 0; i < PACKETS; i += BATCH) {
      await turn();
      protect += cpuOf(() => {
        for (const packet of arrived) {
          number = (number + 1) & 0xffff;
          out.fill(0, ROOM, ROOM + 12);
          out[ROOM] = 0x80;
          out[ROOM + 2] = number >> 8;
          out[ROOM + 3] = number;
          packet.set(out.subarray(ROOM, sender.protectRtp(out, ROOM, ROOM + SIZE)));
        }
      });
      unprotect += cpuOf(() => {
        for (const packet of arrived)
          if (receiver.unprotectRtp(packet, 0, packet.length) < 0) throw new Error("a packet was dropped");
      });
    }
    return [protect / PACKETS, unprotect / PACKETS];
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const rows = [];
for (const way of [AEAD_BACKENDS, ["node"]]) {
  for (const [name, profile] of Object.entries(SrtpProfile)) {
    useAeadBackends(way);
    const isPlain = way !== AEAD_BACKENDS;
    // What the older profiles do does not depend on it.
    if (!isPlain || name.startsWith("AEAD"))
      rows.push({ name: isPlain ? `${name}, node` : name, run: stream(profile), figures: [] });
  }
}
useAeadBackends(AEAD_BACKENDS);
for (let round = 0; round <= ROUNDS; round++) {
  // The first round warms up.
  for (const row of rows) row.figures[round] = await row.run();
}
console.log("| profile | protect | unprotect |\n| --- | --- | --- |");
for (const { name, figures } of rows) {
  const [protect, unprotect] = [0, 1].map((i) => median(figures.slice(1).map((each) => each[i])).toFixed(2));
  console.log(`| ${name} | ${protect} | ${unprotect} |`);
}
