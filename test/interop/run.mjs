// npm run test:browsers [NAME …]: makes sure that all is there, then runs the test files of this folder, or those whose names are given.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
// The tests import what is published: it must not be older than what was compiled.
import "../../scripts/bundle.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const names = process.argv.slice(2);

if (!fs.existsSync(path.join(here, "node_modules/puppeteer-core"))) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status } = spawnSync(npm, ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const { findBrowser } = await import("./lib/browsers.mjs");
const missing = /** @type {const} */ (["chromium", "firefox"]).flatMap((browser) => {
  try {
    console.log(`${browser}: ${findBrowser(browser)}`);
    return [];
  } catch (error) {
    return [String(error instanceof Error ? error.message : error)];
  }
});
for (const message of missing) console.error(message);
if (missing.length > 0) process.exit(1);

const files = fs
  .readdirSync(here)
  .filter((file) => file.endsWith(".test.mjs") && (names.length === 0 || names.some((name) => file.includes(name))));
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files], {
  cwd: here,
  stdio: "inherit",
});
process.exit(status ?? 1);
