/**
 * The package as its users get it: packed, laid into an empty folder without running a script, loaded by import and by require.
 * It must be silent, carry no native code and no tests, and depend on nothing but what the manifest may name.
 * Every other package that can be published holds what a package must hold, and no tests.
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
const ALLOWED = ["dns-packet", "webidl-conversions"];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-pack-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly name: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly engines?: { readonly node: string };
  readonly sideEffects?: boolean | readonly string[];
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
interface Tarball {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` says of the package in a folder. */
function pack(where: string, options: readonly string[]): Tarball {
  const text = execFileSync(npm, ["pack", "--json", "--ignore-scripts", ...options], {
    cwd: where,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const packed = JSON.parse(text) as Tarball[] | Record<string, Tarball>;
  return Object.values(packed)[0] ?? assert.fail("npm pack gave nothing");
}

const tarball = pack(LIBRARY, ["--pack-destination", folder]);
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

/** What every tarball must hold, and what is due in each besides. */
const DUE = ["README.md", "LICENSE", "THIRD-PARTY-NOTICES.md", "package.json"];
const CODE: Readonly<Record<string, readonly string[]>> = {
  visavis: ["lib/index.js", "lib/floors/sctp.js", "dist/index.d.ts"],
  netsim: ["dist/index.js", "dist/index.d.ts"],
  server: [
    "dist/index.js",
    "dist/index.d.ts",
    "dist/main.js",
    "dist/signalling/messages.d.ts",
    "dist/turn/index.js",
    "dist/turn/turn-worker.js",
  ],
  cli: ["bin/visavis.js", "dist/main.js"],
  web: ["dist/site/index.html", "dist/site/licenses.txt"],
};

test("there is no package that these tests do not know", () => {
  assert.deepEqual(fs.readdirSync(path.join(ROOT, "packages")).sort(), Object.keys(CODE).sort());
});

for (const [name, code] of Object.entries(CODE)) {
  test(`the tarball of ${name} holds no test, no native code, and what a package must hold`, () => {
    const where = path.join(ROOT, "packages", name);
    const names = pack(where, ["--dry-run"]).files.map((file) => file.path);
    assert.deepEqual(
      names.filter((file) => /\.test\.|\.node$|\.tsbuildinfo|(^|\/)(src|test|types-test)\//.test(file)),
      [],
    );
    for (const due of [...DUE, ...code]) assert.ok(names.includes(due), `${due} is missing`);
  });

  test(`the manifest of ${name} says what a registry shows`, () => {
    const manifest = manifestOf(path.join(ROOT, "packages", name));
    const { description = "", keywords = [], license, engines, sideEffects, dependencies = {} } = manifest;
    assert.ok(description.length > 20 && keywords.length > 2, "description and keywords");
    assert.equal(license, "MIT");
    assert.equal(engines?.node, manifestOf(ROOT).engines?.node);
    assert.notEqual(sideEffects, undefined, "sideEffects");
    const notices = fs.readFileSync(path.join(ROOT, "packages", name, "THIRD-PARTY-NOTICES.md"), "utf8");
    for (const [dependency, version] of Object.entries(dependencies)) {
      assert.match(version, /^\d+\.\d+\.\d+$/, `${dependency} is not pinned`);
      assert.ok(notices.includes(dependency), `the notices leave out ${dependency}`);
    }
  });
}

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

test("its types stand on ES2023 and the DOM alone: no typings of Node, and nothing skipped", () => {
  const program = `import { RTCPeerConnection } from "visavis";
    const connection: RTCPeerConnection = new RTCPeerConnection({ iceServers: [] });
    connection.createDataChannel("x").onmessage = ({ data }) => data;`;
  fs.writeFileSync(path.join(folder, "use.mts"), program);
  const compiler = path.join(ROOT, "node_modules/typescript/bin/tsc");
  const target = ["--target", "es2023", "--lib", "es2023,dom", "--module", "nodenext", "--types", ""];
  assert.ok(!fs.existsSync(path.join(modules, "@types")));
  assert.deepEqual(run([compiler, "--noEmit", "--strict", "--skipLibCheck", "false", ...target, "use.mts"]), {
    stdout: "",
    stderr: "",
    status: 0,
  });
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
