// Translates the WebAssembly kernels and embeds them: node scripts/kernels.mjs [--check]
// With --check nothing is written, and the exit status says whether what is embedded is what the source gives.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const target = path.join(root, "packages/visavis/src/crypto/kernels/binary.ts");

const options = ["-O3", "--converge", "--runtime", "stub", "--noAssert", "--enable", "simd", "--disableWarning", "112"];
// A page for what stands at fixed addresses, and as many as the slots of all keys may need.
const memory = ["--memoryBase", "1024", "--initialMemory", "1", "--maximumMemory", "80"];

/** @returns {string} the text of the file that embeds them */
function translate() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kernels-"));
  try {
    const out = path.join(folder, "kernels.wasm");
    const compiler = path.join(root, "node_modules/assemblyscript/bin/asc.js");
    const args = [compiler, "packages/visavis/kernels/index.ts", "--outFile", out, ...options, ...memory];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exit(1);
    return [
      "/** The kernels, translated by `npm run kernels` from `packages/visavis/kernels/`: a WebAssembly module in base64url. */",
      "export const BINARY: string =",
      `  "${fs.readFileSync(out).toString("base64url")}";`,
      "",
    ].join("\n");
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const text = translate();
if (!process.argv.includes("--check")) fs.writeFileSync(target, text);
else if (fs.readFileSync(target, "utf8") !== text) {
  console.error("the embedded kernels are not those of the source: run npm run kernels");
  process.exit(1);
}
