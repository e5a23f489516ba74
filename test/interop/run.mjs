// npm run test:browsers [NAME …] and npm run test:interop [NAME …]: makes sure that all is there, then runs the test files of this folder, or
// those whose names are given. The second is about networks: relays, TCP, NATs. What it lacks it says, and leaves out what needs that; the
// first cannot do without browsers.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
// The tests import what is published: it must not be older than what was compiled.
import "../../scripts/bundle.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const isAboutNetworks = process.argv[2] === "--networks";
const names = process.argv.slice(isAboutNetworks ? 3 : 2);

/** The files about networks, and what each needs besides Node: its commands, by the package that has them. */
const NETWORKS = {
  "coturn.test.mjs": { turnserver: "coturn", openssl: "openssl" },
  "turnutils.test.mjs": { turnutils_uclient: "coturn" },
  "relay-browsers.test.mjs": { certutil: "libnss3-tools", openssl: "openssl", chromium: "chromium", firefox: "firefox-esr" },
  "tcp.test.mjs": { chromium: "chromium", firefox: "firefox-esr" },
  "network-namespaces.test.mjs": { turnserver: "coturn", openssl: "openssl", ip: "iproute2", nft: "nftables" },
};

if (!fs.existsSync(path.join(here, "node_modules/puppeteer-core"))) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const { findBrowser } = await import("./lib/browsers.mjs");

/** @param {string} command */
function isThere(command) {
  if (command !== "chromium" && command !== "firefox") return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
  try {
    console.log(`${command}: ${findBrowser(command)}`);
    return true;
  } catch {
    return false;
  }
}

const wanted = (/** @type {string} */ file) => names.length === 0 || names.some((name) => file.includes(name));
let files = isAboutNetworks
  ? Object.keys(NETWORKS).filter(wanted)
  : fs
      .readdirSync(here)
      .filter((file) => file.endsWith(".test.mjs") && !(names.length === 0 && file in NETWORKS) && wanted(file));

if (isAboutNetworks) {
  const needs = Object.assign({}, ...files.map((file) => NETWORKS[file]));
  const missing = Object.keys(needs).filter((command) => !isThere(command));
  const skipped = files.filter((file) => missing.some((command) => command in NETWORKS[file]));
  files = files.filter((file) => !skipped.includes(file));
  const packages = [...new Set(missing.map((command) => needs[command]))];
  if (skipped.length > 0) console.log(`SKIPPED: ${skipped.join(", ")}; apt-get install ${packages.join(" ")}`);
  else console.log("nothing is skipped for want of a program");
  if (files.length === 0) process.exit(0);
} else {
  const missing = /** @type {const} */ (["chromium", "firefox"]).filter((browser) => !isThere(browser));
  for (const browser of missing) {
    const variable = browser.toUpperCase();
    const packageName = browser === "chromium" ? "chromium" : "firefox-esr";
    console.error(`${browser} is missing: apt-get install ${packageName} (or say where it is with ${variable}=/path/to/it)`);
  }
  if (missing.length > 0) process.exit(1);
}

const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files], {
  cwd: here,
  stdio: "inherit",
});
process.exit(status ?? 1);
