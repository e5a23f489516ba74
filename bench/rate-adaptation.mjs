// Congestion control of media on simulated links, in virtual time: the test cases of RFC 8867 §5, and a few with loss.
//
// Run after a build: node bench/rate-adaptation.mjs [CASE …] [--record]     cases: 5.1, 5.2 … "loss 5 %"; default all
// Equal seeds give equal figures on every machine: a table of seed 1, and the spread of five seeds. --record writes it into bench/RESULTS.md.
import fs from "node:fs";
import { runCase } from "../build/simulation/rate-adaptation.js";
import { OURS, RFC_8867 } from "../build/simulation/rfc8867.js";

const CASES = { ...RFC_8867, ...OURS };
const record = process.argv.includes("--record");
const wanted = process.argv.slice(2).filter((name) => name !== "--record");
const HEADING = "## Congestion control of media";

/** @param {number} rate */
const mbit = (rate) => (rate / 1e6).toFixed(2);
/** @param {import("../build/simulation/rate-adaptation.js").Part} part */
const figures = ({ used, queue, queue95, loss }) =>
  `${(100 * used).toFixed(0)} % | ${queue.toFixed(0)} / ${queue95.toFixed(0)} ms | ${(100 * loss).toFixed(2)} %`;

const rows = [
  "| case | seconds | capacity, Mbit/s | flows, Mbit/s | used | in queues, p50 / p95 | lost |",
  "| --- | --- | --- | --- | --- | --- | --- |",
];
const notes = [];
const SEEDS = [1, 2, 3, 4, 5];
const spread = ["| case, seeds 1 to 5 | used | in queues, p95 | lost | Jain's index |", "| --- | --- | --- | --- | --- |"];
/** @param {readonly number[]} values @param {(value: number) => string} print */
const range = (values, print) => `${print(Math.min(...values))} to ${print(Math.max(...values))}`;
for (const [name, test] of Object.entries(CASES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const reports = SEEDS.map((seed) => runCase(test, seed));
  const [report] = reports;
  const wholes = reports.map(({ whole }) => whole);
  const shares = test.flows.filter(({ backward }) => !backward).length > 1;
  const columns = [
    range(
      wholes.map(({ used }) => 100 * used),
      (used) => `${used.toFixed(0)} %`,
    ),
    range(
      wholes.map(({ queue95 }) => queue95),
      (queue) => `${queue.toFixed(0)} ms`,
    ),
    range(
      wholes.map(({ loss }) => 100 * loss),
      (loss) => `${loss.toFixed(2)} %`,
    ),
    shares
      ? range(
          reports.map(({ fairness }) => fairness),
          (index) => index.toFixed(3),
        )
      : "",
  ];
  spread.push(`| ${name} | ${columns.join(" | ")} |`);
  const parts = report.parts.length > 1 ? [...report.parts, report.whole] : report.parts;
  parts.forEach((part, i) => {
    const whole = part === report.whole;
    const title = i === 0 ? `${name}: ${test.name}` : "";
    const capacity = whole ? "" : mbit(part.capacity);
    rows.push(`| ${title} | ${part.from}–${part.to} | ${capacity} | ${part.rates.map(mbit).join(", ")} | ${figures(part)} |`);
  });
  const remarks = [];
  if (shares) remarks.push(`Jain's index over the last third ${report.fairness.toFixed(3)}`);
  if (test.bulk !== undefined) remarks.push(`the transfer reaches ${mbit(report.bulkRate)} Mbit/s`);
  remarks.push(`95 % of packets leave the pacer within ${report.pacing95.toFixed(0)} ms`);
  notes.push(`${name}: ${remarks.join(", ")}`);
}
const text = [...rows, "", ...spread, "", ...notes.map((note) => `- ${note}`)].join("\n");
console.log(text);
if (record) {
  const file = new URL("RESULTS.md", import.meta.url);
  const intro =
    "`node bench/rate-adaptation.mjs`: virtual time, the same figures on every machine; first seed 1. The test cases of RFC 8867 §5 and a few with loss: 50 ms one way and a drop-tail queue of 300 ms unless said otherwise, " +
    "sources that make 150 kbit/s to 4 Mbit/s and start at 300 kbit/s, transport-wide feedback unless said otherwise, bulk over SCTP with NewReno in place of TCP. Rates are of whole packets, probes and padding included; what waited in the queue when the capacity fell may make more than 100 %. " +
    "A flow that fills the queue until packets are lost takes most of it (5.6): who looks at delay gives way, and is not starved.";
  const section = `${HEADING}\n\n${intro}\n\n${text}\n`;
  const sections = fs.readFileSync(file, "utf8").split(/^(?=## )/m);
  const index = sections.findIndex((one) => one.startsWith(`${HEADING}\n`));
  if (index === -1) sections.push(section);
  else sections[index] = section;
  fs.writeFileSync(file, sections.map((one) => `${one.trimEnd()}\n`).join("\n"));
}
