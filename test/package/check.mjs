// Checks the packed packages as a registry and a type checker see it: publint, then attw for resolution from ES modules.
// usage: node test/package/check.mjs   (after npm ci in this folder and npm run build)
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const here = path.dirname(fileURLToPath(import.meta.url));
const packages = path.resolve(here, "../../packages");
let failed = false;

for (const name of ["visavis", "netsim", "server", "cli", "web"]) {
  const pkgDir = path.join(packages, name);
  const { messages, pkg } = await publint({ pkgDir, strict: true });
  for (const message of messages) console.log(`${name}: ${message.type}: ${formatMessage(message, pkg)}`);
  if (messages.some((message) => message.type !== "suggestion")) failed = true;
  // The page and the command are no modules: there are no types to check.
  if (name === "web" || name === "cli") continue;
  try {
    // The library is one set of ES modules, which Node >= 20.19 loads by require() too: a CommonJS caller "resolving to
    // ESM" is what is meant. Resolution of Node 10, which knows no export map, is not supported.
    const attw = path.join(here, "node_modules/@arethetypeswrong/cli/dist/index.js");
    const args = [attw, "--pack", pkgDir, "--profile", "node16", "--ignore-rules", "cjs-resolves-to-esm"];
    execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    console.log(`${name}: attw has no complaint`);
  } catch (error) {
    failed = true;
    console.log(String(error.stdout ?? error));
  }
}
fs.readdirSync(packages)
  .flatMap((name) => fs.readdirSync(path.join(packages, name)).map((file) => path.join(packages, name, file)))
  .filter((file) => file.endsWith(".tgz"))
  .forEach((file) => {
    fs.rmSync(file);
  });
console.log(failed ? "package checks failed" : "package checks passed");
process.exit(failed ? 1 : 0);
