// Runs web-platform-tests against the build and compares with expectations.json: node test/wpt/run.mjs --wpt DIR [filters]
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare, expectationOf, readExpectations, readFirstCall, writeExpectations } from "./expectations.mjs";
import { listTests } from "./runner/lib/manifest.mjs";

const USAGE = `usage: npm run test:wpt -- --wpt DIR [options] [FILTER …]
  --wpt DIR      a tree of web-platform-tests (get-wpt.sh lays one); or WPT_DIR
  FILTER         part of a test's id; without any, every test with an expectation
  --all          take every test that matches, expected or not
  --first-call   the tests of first-call.txt, and how many of its subtests pass
  --record       make what is found the expectation
  --jobs N       test files at the same time (default 1: several share a processor badly)
  --timeout S    limit for each file
  --json FILE    keep the runner's results
  -v             every subtest that did not pass, with its message
exit status: 0 as expected or better, 1 worse, 2 not run`;

const here = path.dirname(fileURLToPath(import.meta.url));
const EXPECTATIONS = new URL("expectations.json", import.meta.url);
const FIRST_CALL = new URL("first-call.txt", import.meta.url);

/** @param {string} text @returns {never} */
function giveUp(text) {
  console.error(text);
  process.exit(2);
}

/** @typedef {import('./runner/lib/results.mjs').FileResult} FileResult */

/**
 * Runs test files and returns their results.
 * @param {string} wpt @param {readonly string[]} ids @param {readonly string[]} options
 * @returns {Record<string, FileResult>}
 */
function run(wpt, ids, options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-wpt-"));
  const json = path.join(folder, "results.json");
  const runner = path.join(here, "runner/run-node.mjs");
  const impl = path.join(here, "impl.mjs");
  const args = [runner, "--wpt", wpt, "--impl", impl, "--json", json, ...options, ...ids];
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0 || !fs.existsSync(json)) giveUp("the runner did not finish");
  const { files } = JSON.parse(fs.readFileSync(json, "utf8"));
  fs.rmSync(folder, { recursive: true });
  return files;
}

let parsed;
try {
  parsed = parseArgs({
    allowPositionals: true,
    options: {
      wpt: { type: "string" },
      all: { type: "boolean" },
      "first-call": { type: "boolean" },
      record: { type: "boolean" },
      jobs: { type: "string", default: "1" },
      timeout: { type: "string" },
      json: { type: "string" },
      verbose: { type: "boolean", short: "v" },
      help: { type: "boolean", short: "h" },
    },
  });
} catch (error) {
  giveUp(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
}
const { values, positionals } = parsed;
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const wpt =
  values.wpt ?? process.env.WPT_DIR ?? giveUp(`Say where the web-platform-tests are: --wpt DIR or WPT_DIR.\n\n${USAGE}`);
if (!fs.existsSync(path.join(wpt, "resources/testharness.js"))) giveUp(`${wpt} holds no web-platform-tests.`);
if (!fs.existsSync(path.join(here, "../../packages/visavis/lib/index.js"))) giveUp("There is no build: npm run build");

const expectations = readExpectations(EXPECTATIONS);
const firstCall = readFirstCall(FIRST_CALL);
const ids = listTests(wpt)
  .map(({ key }) => key)
  .filter(
    (id) => values.all || (values["first-call"] ? firstCall.has(id) : Object.hasOwn(expectations, id) || positionals.length > 0),
  )
  .filter((id) => positionals.length === 0 || positionals.some((filter) => id.includes(filter)));
if (ids.length === 0) giveUp("No test matches.");

const options = ["--jobs", values.jobs, ...(values.timeout ? ["--timeout", values.timeout] : [])];
const results = run(wpt, ids, options);

// What came out worse gets a second chance, alone: on a busy machine a test can miss its time.
const isWorse = (/** @type {string} */ id) => {
  const result = results[id];
  return result !== undefined && compare(id, expectations[id], result).worse.length > 0;
};
const again = values.record ? [] : Object.keys(results).filter(isWorse);
if (again.length > 0) {
  console.log(`\nonce more: ${again.length} files`);
  Object.assign(results, run(wpt, again, ["--jobs", "1", ...options.slice(2)]));
}
if (values.json !== undefined) fs.writeFileSync(values.json, `${JSON.stringify({ files: results }, null, 1)}\n`);

let worse = 0;
for (const [id, result] of Object.entries(results)) {
  const found = compare(id, expectations[id], result);
  worse += found.worse.length;
  for (const [kind, differences] of Object.entries(found)) {
    for (const { subtest, expected, actual } of differences) {
      const message = subtest === undefined ? result.message : result.subtests[subtest]?.message;
      console.log(`${kind.toUpperCase()} ${expected} -> ${actual}  ${id}${subtest === undefined ? "" : `: ${subtest}`}`);
      if (message && kind === "worse") console.log(`    ${message.split("\n")[0]}`);
    }
  }
  if (!values.verbose) continue;
  for (const [name, { status, message }] of Object.entries(result.subtests)) {
    if (status !== "PASS") console.log(`${status} ${id}: ${name}\n    ${message?.split("\n")[0] ?? ""}`);
  }
}

if (values["first-call"]) {
  let passed = 0;
  let total = 0;
  for (const [id, subtests] of firstCall) {
    passed += Object.values(results[id]?.subtests ?? {}).filter(({ status }) => status === "PASS").length;
    total += subtests;
  }
  console.log(`first call: ${passed} of ${total} subtests pass (${((100 * passed) / total).toFixed(1)} %)`);
}
if (values.record) {
  for (const [id, result] of Object.entries(results)) expectations[id] = expectationOf(result);
  writeExpectations(EXPECTATIONS, expectations);
  console.log(`recorded ${Object.keys(results).length} files`);
}
console.log(worse === 0 ? "as expected" : `${worse} worse than expected`);
process.exit(values.record || worse === 0 ? 0 : 1);
