// What associations make of simulated links, in virtual time: throughput under loss, sharing, and small messages beside large ones.
//
// Run after a build: node bench/simulated-links.mjs [SCENE …]     scenes: loss, sharing, latency, long, others; default the first three
// 50 Mbit/s unless said otherwise, and before the bottleneck a queue of one bandwidth-delay product. Equal seeds give equal figures on
// every machine. A line that misses its goal says so, and the command then ends with 1. `others` shows other controllers and queues.
import { fairness, percentile, runFlows, runLatency } from "../build/simulation/links.js";

const RATE = 50e6;
const LINK = { seed: 1, rate: RATE, roundTrip: 100, duration: 30_000, skip: 5000 };
const PLAIN = { congestionControl: "newreno", lossRecovery: "fast-retransmit" };
const SEEDS = [1, 2, 3];

/** @param {number} rate */
const mbit = (rate) => (rate / 1e6).toFixed(2);
/** @param {string} what @param {boolean} met */
function line(what, met) {
  console.log(`${met ? "ok  " : "MISS"} ${what}`);
  if (!met) process.exitCode = 1;
}

const SCENES = {
  loss() {
    for (const seed of SEEDS) {
      const { rates, dropped, retransmitted } = runFlows({ ...LINK, seed, loss: 0.001 });
      const part = ((100 * rates[0]) / RATE).toFixed(1);
      line(
        `100 ms, 0.1 % loss, seed ${seed}: ${mbit(rates[0])} Mbit/s, ${part} % of the link (goal 90), ${dropped} dropped, ${retransmitted} sent again`,
        rates[0] >= 0.9 * RATE,
      );
    }
    for (const seed of SEEDS) {
      const { rates } = runFlows({ ...LINK, seed, loss: 0.01 });
      const plain = runFlows({ ...LINK, seed, loss: 0.01, options: PLAIN });
      const cubic = runFlows({ ...LINK, seed, loss: 0.01, options: { congestionControl: "cubic" } });
      line(
        `100 ms, 1 % loss, seed ${seed}: ${mbit(rates[0])} Mbit/s, ${(rates[0] / plain.rates[0]).toFixed(1)} x NewReno's ${mbit(plain.rates[0])} (goal 3); CUBIC with RACK-TLP ${mbit(cubic.rates[0])}`,
        rates[0] >= 3 * plain.rates[0],
      );
    }
  },
  sharing() {
    for (const apart of [0, 3000]) {
      for (const seed of SEEDS) {
        const { rates, roundTrips } = runFlows({ ...LINK, seed, duration: 70_000, skip: 10_000 }, 2, apart);
        const index = fairness(rates);
        line(
          `100 ms, two flows, the second ${apart / 1000} s later, seed ${seed}: Jain ${index.toFixed(4)} (goal 0.95), ${rates.map(mbit).join(" and ")} Mbit/s, round trip ${roundTrips[0].toFixed(0)} ms in the end`,
          index >= 0.95,
        );
      }
    }
  },
  latency() {
    for (const seed of SEEDS) {
      const { times, rate } = runLatency({ ...LINK, seed, roundTrip: 50 });
      const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => percentile(times, part));
      line(
        `50 ms, 100 bytes beside a bulk flow of ${mbit(rate)} Mbit/s, seed ${seed}: p50 ${p50} ms, p95 ${p95} ms (goal 100), p99 ${p99} ms`,
        p95 <= 100,
      );
    }
  },
  long() {
    const scene = { ...LINK, rate: 1e9, duration: 6000, skip: 3000, options: { receiveBufferLimit: 64 << 20 } };
    const { rates } = runFlows(scene);
    line(`1 Gbit/s, 100 ms: ${mbit(rates[0])} Mbit/s (goal 900)`, rates[0] >= 900e6);
  },
  others() {
    for (const congestionControl of ["bbr", "cubic", "newreno"]) {
      for (const queue of [1, 0.5, 0.25]) {
        const scene = { ...LINK, options: { congestionControl }, queue: (queue * RATE * LINK.roundTrip) / 8000 };
        const alone = runFlows(scene);
        const { rates } = runFlows({ ...scene, duration: 40_000, skip: 10_000 }, 2, 1000);
        console.log(
          `     ${congestionControl}, queue of ${queue} times the path: alone ${mbit(alone.rates[0])} Mbit/s, ${alone.dropped} dropped; two flows ${rates.map(mbit).join(" and ")}, Jain ${fairness(rates).toFixed(3)}`,
        );
      }
    }
  },
};

const wanted = process.argv.slice(2);
for (const [name, scene] of Object.entries(SCENES)) {
  if (wanted.length > 0 ? wanted.includes(name) : ["loss", "sharing", "latency"].includes(name)) scene();
}
