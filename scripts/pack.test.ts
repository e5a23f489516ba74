/**
 * The package as its users get it: packed, laid into an empty folder without running a script, loaded by import and by require.
 * It must be silent, carry no native code and no tests, and depend on nothing but what the manifest may name.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const LIBRARY = path.join(ROOT, "packages/visavis");
const ALLOWED = ["@noble/post-quantum", "dns-packet", "webidl-conversions"];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-pack-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly scripts?: Record<string, string>;
}

const manifestOf = (where: string): Manifest => JSON.parse(fs.readFileSync(path.join(where, "package.json"), "utf8")) as Manifest;

/** Lays a package and what it depends on into `modules`, from this checkout's own installation: no network is needed. */
function lay(name: string, modules: string): void {
  const target = path.join(modules, name);
  if (fs.existsSync(target)) return;
  const source = path.join(ROOT, "node_modules", name);
  fs.cpSync(source, target, { recursive: true, dereference: true });
  for (const dependency of Object.keys(manifestOf(source).dependencies ?? {})) lay(dependency, modules);
}

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const packed = JSON.parse(
  execFileSync(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: LIBRARY,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "ignore"],
  }),
) as { filename: string; files: { path: string }[] }[] | Record<string, { filename: string; files: { path: string }[] }>;
const tarball = Object.values(packed)[0];
assert.ok(tarball, "npm pack gave nothing");
const modules = path.join(folder, "node_modules");
const installed = path.join(modules, "visavis");
fs.mkdirSync(installed, { recursive: true });
execFileSync("tar", ["-xzf", path.join(folder, tarball.filename), "-C", installed, "--strip-components=1"]);
for (const dependency of Object.keys(manifestOf(installed).dependencies ?? {})) lay(dependency, modules);

function run(args: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return { stdout, stderr, status };
}

test("the manifest names only the dependencies that the library may have, pinned, and no install script", () => {
  const { dependencies = {}, scripts = {} } = manifestOf(installed);
  assert.deepEqual(
    Object.keys(dependencies).filter((name) => !ALLOWED.includes(name)),
    [],
  );
  for (const [name, version] of Object.entries(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, `${name} is not pinned`);
  assert.deepEqual(
    Object.keys(scripts).filter((name) => /install|prepare/.test(name)),
    [],
  );
});

test("the tarball holds no test, no native code, and what a package must hold", () => {
  const names = tarball.files.map((file) => file.path);
  assert.deepEqual(
    names.filter((name) => /\.test\.|\.node$|\.tsbuildinfo|(^|\/)src\//.test(name)),
    [],
  );
  for (const due of ["README.md", "LICENSE", "THIRD-PARTY-NOTICES.md", "package.json", "dist/index.js", "dist/index.d.ts"]) {
    assert.ok(names.includes(due), `${due} is missing`);
  }
});

test("it loads by import and by require, silently, as the same classes", () => {
  const program = `import * as visavis from "visavis"; import { createRequire } from "node:module";
    const required = createRequire(import.meta.url)("visavis");
    if (visavis.RTCPeerConnection !== required.RTCPeerConnection) throw new Error("two copies");
    if (typeof globalThis.RTCPeerConnection !== "undefined") throw new Error("installed a global unasked");
    await import("visavis/global");
    if (globalThis.RTCPeerConnection !== visavis.RTCPeerConnection) throw new Error("visavis/global did not install it");`;
  fs.writeFileSync(path.join(folder, "load.mjs"), program);
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  // Node 20 still announces require() of ES modules; that line is Node's, not ours.
  const quiet = major < 22 || (major === 22 && minor < 13) ? ["--disable-warning=ExperimentalWarning"] : [];
  assert.deepEqual(run([...quiet, "load.mjs"]), { stdout: "", stderr: "", status: 0 });
});

test("every entry point loads alone", () => {
  const { exports } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  for (const key of Object.keys(exports)) {
    const specifier = path.posix.join("visavis", key);
    if (key.endsWith(".json")) continue;
    assert.deepEqual(
      run(["--input-type=module", "-e", `await import(${JSON.stringify(specifier)});`]),
      { stdout: "", stderr: "", status: 0 },
      specifier,
    );
  }
});

test("no native code comes with it or with its dependencies", () => {
  const native = fs.readdirSync(modules, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".node"));
  assert.deepEqual(native, []);
});
