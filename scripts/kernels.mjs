// Translates the WebAssembly kernels and embeds them: node scripts/kernels.mjs [--check]
// With --check nothing is written, and the exit status says whether what is embedded is what the source gives.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const options = ["-O3", "--converge", "--runtime", "stub", "--noAssert", "--enable", "simd", "--disableWarning", "112"];

/** Each module: its source, the file that embeds it and the name there, and its memory. */
const modules = [
  {
    source: "packages/visavis/kernels/index.ts",
    target: "packages/visavis/src/crypto/kernels/binary.ts",
    name: "BINARY",
    what: "The kernels",
    // A page for what stands at fixed addresses, and as many as the slots of all keys need.
    memory: ["--memoryBase", "1024", "--initialMemory", "73", "--maximumMemory", "73"],
  },
  {
    source: "packages/visavis/kernels/ml-kem/index.ts",
    target: "packages/visavis/src/crypto/kernels/ml-kem-binary.ts",
    name: "ML_KEM_BINARY",
    what: "ML-KEM-768",
    memory: ["--memoryBase", "16384", "--initialMemory", "1", "--maximumMemory", "1"],
  },
];

/** @param {(typeof modules)[number]} module @returns {string} the text of the file that embeds it */
function translate({ source, name, what, memory }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kernels-"));
  try {
    const out = path.join(folder, "kernels.wasm");
    const compiler = path.join(root, "node_modules/assemblyscript/bin/asc.js");
    const args = [compiler, source, "--outFile", out, ...options, ...memory];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exit(1);
    return [
      `/** ${what}, translated by \`npm run kernels\` from \`${path.posix.dirname(source)}/\`: a WebAssembly module in base64url. */`,
      `export const ${name}: string =`,
      `  "${fs.readFileSync(out).toString("base64url")}";`,
      "",
    ].join("\n");
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

for (const module of modules) {
  const target = path.join(root, module.target);
  const text = translate(module);
  if (!process.argv.includes("--check")) fs.writeFileSync(target, text);
  else if (fs.readFileSync(target, "utf8") !== text) {
    console.error(`${module.target} is not what the source gives: run npm run kernels`);
    process.exit(1);
  }
}
