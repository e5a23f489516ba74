/**
 * The import table as a test: which folder of the library may import which, and who may name what from outside.
 * A row is added here before an arrow is added to the code.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const SOURCES = path.join(ROOT, "packages/visavis/src");

/** Each folder and what it may import, besides itself. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  base: [],
  crypto: ["base"],
  stun: ["base", "crypto"],
  turn: ["base", "crypto", "stun"],
  ice: ["base", "crypto", "stun", "turn"],
  dtls: ["base", "crypto"],
  sctp: ["base"],
  srtp: ["base", "crypto", "rtp"],
  datachannel: ["base", "sctp"],
  sdp: ["base"],
  jsep: ["base", "sdp"],
  rtp: ["base"],
  cc: ["base", "rtp"],
  media: ["base", "crypto", "rtp"],
  transport: ["base", "ice", "dtls", "srtp", "datachannel", "rtp", "cc"],
  peer: ["base", "crypto", "sdp", "transport", "jsep", "media"],
  node: ["base", "crypto"],
  webrtc: ["base", "sdp", "peer", "media", "node"],
  // The entry points at the root of the package.
  ".": ["webrtc", "media", "node"],
};

/** Packages and built-in modules, and the only places that may import them. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  "webidl-conversions": ["webrtc/"],
  "dns-packet": ["ice/"],
  // To load what is seldom needed when it is needed.
  "node:module": ["ice/mdns-message.ts"],
  "node:crypto": ["crypto/"],
  "node:dgram": ["node/"],
  "node:net": ["node/"],
  "node:tls": ["node/"],
  "node:dns": ["node/"],
  "node:os": ["node/"],
  "node:fs": ["node/interfaces.ts"],
  "node:worker_threads": ["node/"],
  // To ask which events somebody listens for.
  "node:events": ["webrtc/events.ts"],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function sourceFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => name.split(path.sep).join("/"));
}

function importsOf(file: string): Import[] {
  const text = fs.readFileSync(path.join(SOURCES, file), "utf8");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?\bfrom\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g,
  );
  return [...found].map((match) => ({ file, specifier: match[1] ?? match[2] ?? match[3] ?? "" }));
}

const files = sourceFiles(SOURCES);
const imports = files.flatMap(importsOf);
const folderOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? ".") : ".");

test("every folder of the library has a row in the import table", () => {
  const folders = new Set(files.map(folderOf));
  assert.deepEqual(
    [...folders].filter((folder) => TABLE[folder] === undefined),
    [],
  );
  assert.ok(imports.length > 10, "the imports were not found");
});

test("imports go down", () => {
  const wrong: string[] = [];
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith(".")) continue;
    const target = path.posix.join(path.posix.dirname(file), specifier);
    const [from, to] = [folderOf(file), folderOf(target)];
    if (from !== to && !TABLE[from]?.includes(to)) wrong.push(`${file} imports ${specifier}: ${from}/ may not import ${to}/`);
    if (from !== "." && path.posix.basename(target) === "index.ts")
      wrong.push(`${file} imports the entry point ${specifier}: import the file that holds it`);
  }
  assert.deepEqual(wrong, []);
});

test("packages and built-in modules are imported only where the table says", () => {
  const wrong: string[] = [];
  for (const { file, specifier } of imports) {
    if (specifier.startsWith(".")) continue;
    const name = Object.keys(OUTSIDE).find((key) => specifier === key || specifier.startsWith(`${key}/`));
    const places = name === undefined ? undefined : OUTSIDE[name];
    if (!places?.some((place) => file.startsWith(place))) wrong.push(`${file} imports ${specifier}`);
  }
  assert.deepEqual(wrong, []);
});

/** What the packages above may import of the library. */
const ABOVE: Readonly<Record<string, readonly string[]>> = {
  cli: ["base", "ice", "node", "stun", "turn"],
  netsim: ["base"],
};

test("packages above the library import what the table says", () => {
  for (const [name, allowed] of Object.entries(ABOVE)) {
    const folder = path.join(ROOT, "packages", name, "src");
    const texts = sourceFiles(folder).map((file) => fs.readFileSync(path.join(folder, file), "utf8"));
    const found = texts.flatMap((text) => [...text.matchAll(/from "visavis(?:\/([^"]*))?"/g)].map((match) => match[1] ?? "."));
    assert.deepEqual(
      [...new Set(found)].filter((specifier) => !allowed.includes(specifier)),
      [],
      name,
    );
  }
});

test("node:ffi is loaded in one place, and called in few", () => {
  const naming = files.filter((file) => fs.readFileSync(path.join(SOURCES, file), "utf8").includes('Module?.("node:ffi")'));
  assert.deepEqual(naming, ["crypto/ffi-library.ts"]);
  const calling = imports.filter(({ specifier }) => specifier.endsWith("/ffi-library.ts")).map(({ file }) => file);
  assert.deepEqual(calling.sort(), ["crypto/ffi-cipher.ts", "node/ffi-socket-calls.ts"]);
});

test("the import table has no circle", () => {
  const visiting: string[] = [];
  const done = new Set<string>();
  const visit = (folder: string): void => {
    assert.ok(!visiting.includes(folder), `circle: ${[...visiting, folder].join(" -> ")}`);
    if (done.has(folder)) return;
    visiting.push(folder);
    for (const next of TABLE[folder] ?? []) visit(next);
    visiting.pop();
    done.add(folder);
  };
  for (const folder of Object.keys(TABLE)) visit(folder);
});
