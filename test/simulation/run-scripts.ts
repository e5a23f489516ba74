/**
 * Random command scripts over two associations, tables of channels, sides that negotiate, ICE agents: npm run test:fuzz -- --seeds 5 --steps 100000
 * A script that fails is made shorter as long as it fails, and printed. Ends non-zero then.
 */
import { parseArgs } from "node:util";
import { runSeed, SCRIPT_KINDS, type ScriptKind } from "./scripts.ts";

const USAGE = `usage: run-scripts [options]
  --seeds N      run the seeds 1 to N (default 5)
  --seed NAME    run this seed alone
  --steps N      commands for each seed (default 100000)
  --life N       commands for each two engines (default 2000)
  --only KIND    associations, channels, negotiations or agents
  --at N         run only the engines with this number
  --short        do not make failing scripts shorter`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "5" },
    seed: { type: "string" },
    steps: { type: "string", default: "100000" },
    life: { type: "string", default: "2000" },
    only: { type: "string" },
    at: { type: "string" },
    short: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const seeds = values.seed === undefined ? Array.from({ length: Number(values.seeds) }, (_, i) => String(i + 1)) : [values.seed];
const kinds = (Object.keys(SCRIPT_KINDS) as ScriptKind[]).filter((kind) => values.only === undefined || kind === values.only);
let failed = 0;
for (const seed of seeds)
  for (const kind of kinds) {
    const cpu = process.cpuUsage();
    const at = values.at === undefined ? {} : { at: Number(values.at) };
    const report = runSeed(kind, { seed, steps: Number(values.steps), life: Number(values.life), shorten: !values.short, ...at });
    const { user, system } = process.cpuUsage(cpu);
    const counts = Object.entries(report.counts).map(([name, count]) => `${name} ${count}`);
    console.log(
      `seed ${seed}, ${kind}: ${report.steps} steps, ${((user + system) / 1e6).toFixed(1)} s CPU, ${report.failure ?? "clean"}`,
    );
    console.log(`  ${counts.join(", ")}`);
    if (report.failure !== undefined) failed++;
  }
console.log(failed === 0 ? "all clean" : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
