/**
 * The transfer over many seeds: node build/simulation/run-transfers.js [--seeds 200 | --seeds 5,77] [--bytes N] [--fault NAME]
 * A number alone, up to 10,000, with `--count`, runs the seeds from 1 to it. Ends non-zero when a run fails.
 */
import { parseArgs } from "node:util";
import { type Fault, faultOf, lineOf, transfer } from "./transfer.ts";

const USAGE = `usage: run-transfers [options]
  --count N      run the seeds 1 to N
  --seeds A,B    run these seeds
  --bytes N      bytes to move (default 10000000)
  --fault NAME   switch a mechanism off: noRetransmission, noReorderRepair or noDuplicateDetection
  --cpu SECONDS  processor time that one run may take (default 5)
examples:
  npm run test:simulation                     200 seeds
  node build/simulation/run-transfers.js --seeds 77`;

const { values } = parseArgs({
  options: {
    count: { type: "string" },
    seeds: { type: "string" },
    bytes: { type: "string", default: "10000000" },
    fault: { type: "string" },
    cpu: { type: "string", default: "5" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const seeds = values.seeds?.split(",") ?? Array.from({ length: Number(values.count ?? 1) }, (_, i) => String(i + 1));
let failed = 0;
let slowest = 0;
for (const seed of seeds) {
  const fault = values.fault as Fault | undefined;
  const report = await transfer({ seed, bytes: Number(values.bytes), ...(fault === undefined ? {} : { fault }) });
  console.log(lineOf(report));
  slowest = Math.max(slowest, report.cpuSeconds);
  if (faultOf(report) !== undefined || report.cpuSeconds > Number(values.cpu)) failed++;
}
console.log(`slowest run: ${slowest.toFixed(2)} s CPU`);
console.log(`${seeds.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
