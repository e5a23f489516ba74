// What an SCTP association costs: two of them in one process, without sockets, clocks or encryption.
//
// Run after a build: node bench/sctp-association.mjs [SCENE …]      scenes: bulk, small, loss; default all
// Each line says CPU time per packet (DATA and SACK packets together, both ends), and the same without the checksum and the
// copy that stands for the network, which are measured apart: the best of five runs. Compare with the previous commit in turns.
import { crc32c } from "../packages/visavis/dist/base/crc32c.js";
import { Transmit } from "../packages/visavis/dist/base/transmit.js";
import { Association } from "../packages/visavis/dist/sctp/association.js";

/** Packets that travel together, as in one turn of the event loop. */
const BATCH = 32;
/** Runs of each scene, of which the fastest counts: the others met with compilers and neighbours. */
const ROUNDS = 5;
/** Virtual milliseconds that one way takes. */
const DELAY = 1;
const RELIABLE = { ordered: true };

/** @param {number} seed */
function chance(seed) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  return {
    next,
    /** @type {import("../packages/visavis/dist/base/random.js").Random} */
    random: {
      seeded: true,
      fill(out, start = 0, end = out.length) {
        for (let i = start; i < end; i++) out[i] = next();
      },
    },
  };
}

/**
 * @param {{ name: string, bytes: number, size: number, loss: number }} scene
 * @returns {{ packets: number, bytes: number, cpu: number }}
 */
function run({ bytes, size, loss }) {
  const { random, next } = chance(7);
  const options = { random, maxReceiveMessageSize: 1 << 20 };
  const a = new Association(options);
  const z = new Association(options);
  const out = new Transmit();
  /** @type {{ to: Association, packet: Uint8Array, at: number }[]} */
  let way = [];
  let now = 0;
  let packets = 0;
  let carried = 0;
  let received = 0;
  let queued = 0;
  const data = new Uint8Array(size).fill(7);
  const collect = (engine) => {
    for (let message = engine.takeMessage(); message !== undefined; message = engine.takeMessage())
      received += message.data.length;
    while (engine.takeEvent() !== undefined);
  };
  const carry = (from, to) => {
    for (let i = 0; i < BATCH; i++) {
      out.reset();
      if (!from.transmit(out, now)) return false;
      packets++;
      carried += out.length;
      if (loss === 0 || next() % 10000 >= loss * 10000) way.push({ to, packet: out.view().slice(), at: now + DELAY });
    }
    return true;
  };
  a.connect(now);
  const started = process.cpuUsage();
  while (received < bytes) {
    while (queued < bytes && a.totalBufferedAmount < 2_000_000) {
      a.send(1, 53, data.slice(), RELIABLE, now);
      queued += size;
    }
    for (let more = true; more; ) {
      more = carry(a, z);
      more = carry(z, a) || more;
    }
    const arrived = way;
    way = [];
    now = arrived.length > 0 ? now + DELAY : Math.max(now, Math.min(a.deadline(), z.deadline()));
    for (let i = 0; i < arrived.length; i += BATCH) {
      const end = Math.min(i + BATCH, arrived.length);
      for (let j = i; j < end; j++) arrived[j].to.receive(arrived[j].packet, now);
      collect(a);
      collect(z);
      carry(z, a);
    }
    a.advance(now);
    z.advance(now);
  }
  const { user, system } = process.cpuUsage(started);
  return { packets, bytes: carried, cpu: user + system };
}

/** CPU microseconds of the checksums of both ends and one copy, for a packet of the mean size. */
function fixedCost(packets, bytes) {
  const packet = new Uint8Array(Math.round(bytes / packets)).fill(3);
  const count = 50_000;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    let kept = 0;
    const started = process.cpuUsage();
    for (let i = 0; i < count; i++) kept += crc32c(packet) + crc32c(packet) + packet.slice().length;
    const { user, system } = process.cpuUsage(started);
    if (kept > 0) least = Math.min(least, (user + system) / count);
  }
  return least;
}

const SCENES = [
  { name: "bulk", bytes: 100 << 20, size: 65_536, loss: 0 },
  { name: "small", bytes: 10 << 20, size: 100, loss: 0 },
  { name: "loss", bytes: 100 << 20, size: 65_536, loss: 0.01 },
];

const wanted = process.argv.slice(2);
for (const scene of SCENES) {
  if (wanted.length > 0 && !wanted.includes(scene.name)) continue;
  const runs = Array.from({ length: ROUNDS }, () => run(scene)).sort((one, other) => one.cpu - other.cpu);
  const { packets, bytes, cpu } = runs[0];
  const each = cpu / packets;
  const rest = each - fixedCost(packets, bytes);
  console.log(
    `${scene.name.padEnd(6)} ${packets} packets, ${Math.round(bytes / packets)} bytes each: ` +
      `${each.toFixed(2)} µs a packet, ${rest.toFixed(2)} µs without checksum and copy, ` +
      `${((scene.bytes / cpu) * 0.953674).toFixed(0)} MiB per CPU second`,
  );
}
