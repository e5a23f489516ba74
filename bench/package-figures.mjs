// What a peer weighs as a package: installed size, time and memory of its import.
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BENCH = path.dirname(fileURLToPath(import.meta.url));
const LIBRARY = path.join(BENCH, "../packages/visavis");
const PROBE = path.join(BENCH, "peers/import-probe.mjs");
const ROUNDS = 9;
const INSTALL_LIMIT = 120_000;
const run = promisify(execFile);

/** Names of the packages, as a user writes them. @type {Readonly<Record<string, string>>} */
export const PACKAGE_NAMES = {
  visavis: "visavis",
  werift: "werift",
  "node-datachannel": "node-datachannel",
  "roamhq-wrtc": "@roamhq/wrtc",
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** @param {string} peer */
export function versionOf(peer) {
  const folder = peer === "visavis" ? LIBRARY : path.join(BENCH, "peers/node_modules", PACKAGE_NAMES[peer]);
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
}

async function probe(node, name) {
  const started = performance.now();
  const { stdout } = await run(node, ["--no-warnings", PROBE, ...name]);
  return { ...JSON.parse(stdout), whole: performance.now() - started };
}

/** @param {{ node: string, peer: string }} what */
export async function measureImport({ node, peer }) {
  const bare = [];
  const loaded = [];
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(await probe(node, []));
    loaded.push(await probe(node, [PACKAGE_NAMES[peer]]));
  }
  const more = (key) => median(loaded.map((one) => one[key])) - median(bare.map((one) => one[key]));
  return { milliseconds: more("whole"), cpu: more("cpu") / 1e3, rss: more("rss") / 1e6 };
}

/** @param {{ peer: string }} what */
export async function measureSize({ peer }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-bench-"));
  try {
    let what = `${PACKAGE_NAMES[peer]}@${versionOf(peer)}`;
    if (peer === "visavis") {
      const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: LIBRARY });
      what = path.join(folder, Object.values(JSON.parse(stdout))[0].filename);
    }
    const home = path.join(folder, "empty");
    fs.mkdirSync(home);
    fs.writeFileSync(path.join(home, "package.json"), JSON.stringify({ private: true }));
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", what], { cwd: home, timeout: INSTALL_LIMIT });
    const figures = { megabytes: 0, native: 0, packages: 0, files: 0 };
    const modules = path.join(home, "node_modules");
    for (const name of fs.readdirSync(modules, { recursive: true, encoding: "utf8" })) {
      const file = path.join(modules, name);
      const entry = fs.lstatSync(file);
      if (!entry.isFile() || path.basename(name) === ".package-lock.json") continue;
      figures.files++;
      figures.megabytes += entry.size / 1e6;
      if (/\.(node|so|dylib|dll)(\.|$)/.test(name)) figures.native += entry.size / 1e6;
      // A package's own manifest, not one of a folder within it.
      if (/(^|node_modules[\\/])(@[^\\/]+[\\/])?[^@\\/][^\\/]*[\\/]package\.json$/.test(name)) figures.packages++;
    }
    return figures;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
