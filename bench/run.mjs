// Measures this library beside others, in one run: npm run bench -- [SCENARIO …] [options]
//
//   --peers A,B      of visavis, werift, node-datachannel, roamhq-wrtc; default all that are installed
//   --rounds N       runs of each peer, in turn; the medians are printed with the lowest and highest; default 3
//   --seconds N      of each measured transfer; default 4
//   --node PATH      another Node.js for the processes that are measured
//   --full           the long form of scenarios that have one
//   --record         writes the tables into bench/RESULTS.md
//
// The others are no dependency of the workspace: npm run bench:peers installs them. Two processes a run, over this machine's own
// addresses; CPU time is user and system of all threads of both. Every byte is checked, by the same code for each peer.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
// What is measured is what is published: it must not be older than what was compiled.
import "../scripts/bundle.mjs";
import { ratios, remarks, table } from "./figures.mjs";
import { PACKAGE_NAMES, versionOf } from "./package-figures.mjs";
import { record } from "./record.mjs";
import { SCENARIOS } from "./scenarios.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    node: { type: "string", default: process.execPath },
    full: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
  },
});

const names = positionals.length === 0 ? Object.keys(SCENARIOS) : positionals;
const peers = values.peers === undefined ? Object.keys(PACKAGE_NAMES) : values.peers.split(",");
for (const name of names) if (!(name in SCENARIOS)) stop(`no scenario ${name}; there are ${Object.keys(SCENARIOS).join(", ")}`);
for (const peer of peers)
  if (!(peer in PACKAGE_NAMES)) stop(`no peer ${peer}; there are ${Object.keys(PACKAGE_NAMES).join(", ")}`);
const rounds = Number(values.rounds);
const settings = { seconds: Number(values.seconds), full: values.full };
if (!(rounds >= 1) || !(settings.seconds > 0)) stop("--rounds and --seconds take a number above 0");
const { node } = values;
const nodeVersion = execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1);

/** @param {string} why @returns {never} */
function stop(why) {
  console.error(why);
  process.exit(2);
}

const present = peers.filter((peer) => {
  if (versionOf(peer) !== undefined) return true;
  console.error(`${peer} is not installed: npm run bench:peers`);
  return false;
});

/** @param {string} name */
async function measure(name) {
  const scenario = SCENARIOS[name];
  const rows = present.map((peer) => ({ peer, version: versionOf(peer) ?? "", runs: [], failures: [] }));
  for (let round = 1; round <= rounds; round++) {
    for (const row of rows) {
      process.stderr.write(`${name}: ${row.peer}, ${round} of ${rounds}\n`);
      try {
        row.runs.push(await scenario.run({ node, peer: row.peer, settings }));
      } catch (error) {
        row.failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  const parts = [table(scenario.columns, rows, rounds), ratios(scenario.columns, rows), remarks(rows)];
  const lines = parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : ["", ...part]));
  console.log(["", `## ${name}, Node ${nodeVersion}`, "", `${scenario.title}.`, "", ...lines].join("\n"));
  if (!values.record) return;
  const command = `npm run bench -- ${name}${values.full ? " --full" : ""} --rounds ${rounds} --seconds ${settings.seconds}`;
  record(new URL("RESULTS.md", import.meta.url), { scenario: name, title: scenario.title, node: nodeVersion, command, lines });
}

for (const name of names) await measure(name);
