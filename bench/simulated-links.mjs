// What associations make of simulated links: throughput under loss, sharing, and small messages beside large ones, in virtual time.
//
// Run after a build: node bench/simulated-links.mjs [SCENE …]     scenes: loss, sharing, latency; default all
import { Simulation } from "../packages/netsim/dist/index.js";
import { Association } from "../packages/visavis/dist/sctp/association.js";

const RELIABLE = { ordered: true };
const RATE = 50e6;

/** Keeps `bytes` of bulk data in the send queue, without ever holding more. */
function feed(association, now, stream = 1, queue = 256 * 1024) {
  while (association.totalBufferedAmount < queue) association.send(stream, 53, new Uint8Array(16_384), RELIABLE, now);
}

/** Runs flows over one link for `seconds`. @returns goodput of each in bit/s after the first `skip` seconds, and the link's counts */
export function flows({
  count = 1,
  rtt = 100,
  rate = RATE,
  queue,
  loss = 0,
  seconds = 30,
  skip = 5,
  seed = 1,
  options = {},
  stagger = 0,
  each = [],
}) {
  const sim = new Simulation({ seed });
  const bdp = (rate / 8000) * rtt;
  const shape = { delay: rtt / 2, forward: { rate, loss, queue: queue ?? bdp } };
  const link = sim.link(shape);
  const ends = [];
  for (let i = 0; i < count; i++) {
    const make = () => new Association({ random: sim.random, maxReceiveMessageSize: 1 << 20, ...options, ...each[i] });
    const [a, z] = link.connect(make(), make(), { port: 9899, names: [`a${i}`, `z${i}`] });
    ends.push({ a, z, bytes: 0, from: stagger * i * 1000, started: false });
  }
  const marks = [];
  for (let t = 0; t < seconds * 1000; t += 5) {
    for (const end of ends) {
      if (t < end.from) continue;
      if (!end.started) {
        end.started = true;
        end.a.engine.connect(sim.now);
        end.z.engine.connect(sim.now);
      }
      feed(end.a.engine, sim.now);
      for (const { data } of end.z.messages) end.bytes += data.length;
      end.z.messages.length = 0;
      end.a.events.length = 0;
    }
    if (t % 1000 === 0) marks.push(ends.map((end) => end.bytes));
    sim.runFor(5);
  }
  const first = marks[skip];
  const last = marks[marks.length - 1];
  const span = marks.length - 1 - skip;
  return { rates: ends.map((_, i) => ((last[i] - first[i]) * 8) / span), link, ends, marks };
}
if (process.argv[1]?.endsWith("simulated-links.mjs")) {
  for (const cc of process.argv[2] ? process.argv[2].split(",") : ["bbr", "cubic", "newreno"]) {
    for (const loss of [0, 0.001, 0.01]) {
      const c = process.cpuUsage();
      const { rates, link, ends } = flows({ loss, options: { congestionControl: cc }, seconds: 30 });
      const u = process.cpuUsage(c);
      console.log(
        cc,
        loss,
        (rates[0] / 1e6).toFixed(2),
        JSON.stringify(link.forward.counts.drops),
        JSON.stringify(ends[0].a.engine.counters),
        ends[0].a.engine.smoothedRoundTripTime?.toFixed(1),
        ends[0].a.engine.congestionWindow | 0,
        (u.user / 1e6).toFixed(1),
      );
    }
  }
}
