// Runs the compiled unit tests with node's own runner: node scripts/run-tests.mjs [FOLDER-OR-NAME …]
// Without names it runs all of them. It finds the files itself, because Node 20 and Windows shells expand no patterns.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
// Examples and servers import what is published: it must not be older than what was compiled.
import "./bundle.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const names = process.argv.slice(2);

/** @param {string} folder @returns {string[]} */
function testsBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.js") && !name.includes("node_modules"))
    .map((name) => path.join(folder, name));
}

const packages = fs.readdirSync(path.join(root, "packages")).map((name) => path.join(root, "packages", name, "dist"));
const all = [...packages, path.join(root, "build")].flatMap(testsBelow).sort();
const files = names.length === 0 ? all : all.filter((file) => names.some((name) => file.includes(path.normalize(name))));
if (files.length === 0) {
  console.error(
    names.length === 0 ? "no compiled tests: run npm run build first" : `no compiled test matches ${names.join(" ")}`,
  );
  process.exit(1);
}
const reporter = pathToFileURL(path.join(root, "scripts/reporter.mjs")).href;
const properties = pathToFileURL(path.join(root, "scripts/fast-check.mjs")).href;
const args = [
  "--enable-source-maps",
  `--import=${properties}`,
  "--test",
  `--test-reporter=${reporter}`,
  "--test-reporter-destination=stdout",
  ...files,
];
const { status, signal } = spawnSync(process.execPath, args, { stdio: "inherit", cwd: root });
if (signal) console.error(`the test runner was ended by ${signal}`);
process.exit(status ?? 1);
