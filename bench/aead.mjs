// What sealing and opening a packet costs by each way of encryption, and what a mask of a record number costs.
//
// Run after a build: node bench/aead.mjs [ROUNDS] [--record]      --record writes the table into bench/RESULTS.md
// The ways take turns; each figure is the median over the rounds of the CPU time (user and system) per packet, in µs, with the
// copies in and out, on packets whose numbers follow each other. "1.3 record" is a whole DTLS 1.3 record: header, AEAD, mask,
// and for opening the replay window.
import { randomBytes } from "node:crypto";
import { KEY_LENGTH } from "../packages/visavis/dist/crypto/aead.js";
import { AEAD_BACKENDS, createAead, useAeadBackends } from "../packages/visavis/dist/crypto/aead-backends.js";
import { NodeAead } from "../packages/visavis/dist/crypto/node-aead.js";
import { RecordLayer } from "../packages/visavis/dist/dtls/record/record-layer.js";
import { record } from "./record.mjs";

const ROUNDS = Number(process.argv.slice(2).find((argument) => argument !== "--record") ?? 9);
const SIZES = [100, 1200, 4096, 16384];
const HEADER = 5;
/** Room before and behind a packet, as in a buffer that is sent. */
const ROOM = 64;
/** Bytes that each measurement goes through, and packets at least. */
const BYTES = 4e6;
const PACKETS = 2000;

/** @param {() => void} work @param {number} packets */
function cpuOf(work, packets) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / packets;
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** @typedef {{ seal: () => number, open: () => number }} Scene */

/** @param {import("../packages/visavis/dist/crypto/aead.js").AeadName} name @param {number} size @returns {Scene} */
function aeadScene(name, size) {
  const [key, iv] = [randomBytes(KEY_LENGTH[name]), randomBytes(12)];
  const [sealer, opener] = [createAead(name, key, iv), createAead(name, key, iv)];
  const count = Math.max(PACKETS, Math.min(10_000, Math.floor(BYTES / size / 10) * 10));
  const buffer = new Uint8Array(ROOM + size + ROOM);
  const plain = randomBytes(size);
  let number = 0;
  const start = ROOM;
  const keep = 200;
  return {
    seal: () => {
      buffer.set(plain, start);
      return cpuOf(() => {
        for (let i = 0; i < count; i++) sealer.seal(buffer, start, size, 0, number++, start - HEADER, HEADER);
      }, count);
    },
    open: () => {
      // Opening destroys what was sealed, so a few packets at a time are sealed, outside of the measurement.
      let [cpu, opened] = [0, 0];
      while (opened < count) {
        const first = number;
        const datagrams = [];
        for (let i = 0; i < keep; i++) {
          const datagram = new Uint8Array(HEADER + size + 16);
          sealer.seal(datagram, HEADER, size, 0, number++, 0, HEADER);
          datagrams.push(datagram);
        }
        cpu += cpuOf(() => {
          for (let i = 0; i < keep; i++) {
            const datagram = datagrams[i];
            if (!datagram || !opener.open(datagram, HEADER, size + 16, 0, first + i, 0, HEADER)) throw new Error("wrong tag");
          }
        }, 1);
        opened += keep;
      }
      return cpu / opened;
    },
  };
}

/** @param {import("../packages/visavis/dist/crypto/aead.js").AeadName} aead @param {number} size @returns {Scene} */
function recordScene(aead, size) {
  const keys = {
    aead,
    key: randomBytes(KEY_LENGTH[aead]),
    iv: randomBytes(12),
    sequenceNumberKey: randomBytes(KEY_LENGTH[aead]),
  };
  const [sender, receiver] = [new RecordLayer(), new RecordLayer()];
  sender.installWrite13(3, keys);
  receiver.installRead13(3, keys);
  const count = 200;
  /** @type {Uint8Array[]} */
  let datagrams = [];
  return {
    seal: () => {
      datagrams = Array.from({ length: count }, () => new Uint8Array(size + sender.overhead(3)));
      return cpuOf(() => {
        for (const datagram of datagrams) sender.seal(23, 3, datagram, 0, size);
      }, count);
    },
    open: () =>
      cpuOf(() => {
        for (const datagram of datagrams) {
          receiver.begin(datagram);
          if (!receiver.next()) throw new Error("not opened");
        }
      }, count),
  };
}

/** The ways that this runtime has. */
const backends = AEAD_BACKENDS.filter((backend) => {
  useAeadBackends([backend]);
  return backend === "node" || !(createAead("AES-128-GCM", new Uint8Array(16), new Uint8Array(12)) instanceof NodeAead);
});

/** @type {string[]} */
const lines = [];

/** @param {string} line */
function print(line) {
  console.log(line);
  lines.push(line);
}

/** @param {string} title @param {(size: number) => Scene} make @param {number} repeat */
async function compare(title, make, repeat) {
  const cells = backends.map((backend) => {
    useAeadBackends([backend]);
    return SIZES.map((size) => ({ scene: make(size), seal: /** @type {number[]} */ ([]), open: /** @type {number[]} */ ([]) }));
  });
  for (let round = -2; round < ROUNDS; round++) {
    for (const backend of cells) {
      // As in a program: what is freed early needs a turn of the event loop, once, to be freed at once from then on.
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const cell of backend) {
        let [seal, open] = [0, 0];
        for (let i = 0; i < repeat; i++) {
          seal += cell.scene.seal() / repeat;
          open += cell.scene.open() / repeat;
        }
        if (round < 0) continue;
        cell.seal.push(seal);
        cell.open.push(open);
      }
    }
  }
  for (const [index, backend] of backends.entries()) {
    const figures = (cells[index] ?? []).map(({ seal, open }) => `${median(seal).toFixed(2)} / ${median(open).toFixed(2)}`);
    print(`| ${title}, ${backend} | ${figures.join(" | ")} |`);
  }
}

print(`| | ${SIZES.map((size) => `${size} B`).join(" | ")} |`);
print(`| --- |${SIZES.map(() => " --- |").join("")}`);
for (const name of /** @type {const} */ (["AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"])) {
  await compare(name, (size) => aeadScene(name, size), 1);
}
await compare("1.3 record, AES-128-GCM", (size) => recordScene("AES-128-GCM", Math.min(size, 16300)), 20);
if (process.argv.includes("--record")) {
  const title =
    "Sealing / opening a packet, µs of CPU, medians, with the copies in and out; the ways of `crypto/aead-backends.ts` in turns";
  const [node, command] = [process.versions.node, `node bench/aead.mjs ${ROUNDS}`];
  record(new URL("RESULTS.md", import.meta.url), { scenario: "aead", title, node, command, lines });
}
