// Puts the compiled library into the files that are published: node scripts/bundle.mjs [--force]
//
// Hundreds of small modules take far longer to load than to run. So lib/ holds one readable file per folder, lib/floors/, and
// one file per entry point that exports from them. Every module is in one place only: a class is the same class whichever
// entry point it is taken from. Nothing is done when no compiled file is newer than what is there.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const library = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../packages/visavis");
const dist = path.join(library, "dist");
const lib = path.join(library, "lib");

/** The folders from below to above: a file takes what it imports with it, unless a folder below has it already. */
const FLOORS = [
  "base",
  "crypto",
  "stun",
  "turn",
  "ice",
  "dtls",
  "sctp",
  "datachannel",
  "rtp",
  "srtp",
  "cc",
  "media",
  "sdp",
  "jsep",
  "transport",
  "peer",
  "node",
  "webrtc",
];

const manifest = JSON.parse(fs.readFileSync(path.join(library, "package.json"), "utf8"));

/** Entry points: the name of the published file to the compiled one. @returns {Record<string, string>} */
function entryPoints() {
  const files = Object.values(manifest.exports).filter((entry) => typeof entry === "object");
  return Object.fromEntries(
    files.map(({ default: file, types }) => [path.basename(file, ".js"), path.join(library, types.replace(/\.d\.ts$/, ".js"))]),
  );
}

/** @param {string} folder @returns {number[]} when each module in it was written */
function timesIn(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js") && !name.endsWith(".test.js"))
    .map((name) => fs.statSync(path.join(folder, name)).mtimeMs);
}

function isStale() {
  const sources = [fileURLToPath(import.meta.url), path.join(library, "package.json")].map((file) => fs.statSync(file).mtimeMs);
  const written = timesIn(lib);
  // One by one: there are more files than some runtimes take arguments.
  const newest = [...timesIn(dist), ...sources].reduce((one, other) => (one > other ? one : other));
  return written.length === 0 || written.some((time) => time < newest);
}

/** @param {string} name of a folder, or "" for the root @param {string} file */
function isIn(name, file) {
  const [folder, ...below] = path.relative(dist, file).split(path.sep);
  return name === "" ? folder === "node-webrtc.js" : folder === name && below.join("/") !== "index.js";
}

async function bundle() {
  const { rolldown } = await import("rolldown");
  const groups = [...FLOORS, ""].map((folder, below) => ({
    // One module of the root is shared by two entry points.
    name: folder === "" ? "visavis" : folder,
    priority: FLOORS.length - below,
    test: (/** @type {string} */ file) => isIn(folder, file),
  }));
  const bundled = await rolldown({
    cwd: library,
    input: entryPoints(),
    platform: "node",
    external: [/^node:/, ...Object.keys(manifest.dependencies)],
    preserveEntrySignatures: "strict",
    onLog(level, { message }) {
      throw new Error(`${level}: ${message}`);
    },
  });
  fs.rmSync(lib, { recursive: true, force: true });
  await bundled.write({
    dir: lib,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "floors/[name].js",
    minifyInternalExports: false,
    codeSplitting: { groups },
    plugins: [
      {
        name: "source names",
        // The line above each module names the file that a reader has.
        renderChunk: (code) => code.replace(/^(\/\/(?:#region)? ?)dist\/(.*)\.js$/gm, "$1src/$2.ts"),
      },
    ],
  });
  await bundled.close();
}

if (!fs.existsSync(path.join(dist, "index.js"))) {
  console.error("nothing is compiled: run npm run compile");
  process.exit(1);
}
if (process.argv.includes("--force") || isStale()) await bundle();
