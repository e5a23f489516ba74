/**
 * The files that are published: one per folder, which import only what the folder may import, and one per entry point. What an
 * entry point exports is what its compiled module exports, and a class is one class whichever entry point it is taken from.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const LIBRARY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../packages/visavis");
const FLOORS = path.join(LIBRARY, "lib/floors");

interface Entry {
  readonly types: string;
  readonly default: string;
}

const manifest = JSON.parse(fs.readFileSync(path.join(LIBRARY, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, Entry | string>>;
};
const entries = Object.entries(manifest.exports).flatMap(([key, entry]) =>
  typeof entry === "string" ? [] : [{ key, ...entry }],
);
const read = (name: string): string => fs.readFileSync(path.join(FLOORS, name), "utf8");
const load = async (file: string): Promise<Record<string, unknown>> =>
  (await import(pathToFileURL(path.join(LIBRARY, file)).href)) as Record<string, unknown>;

test("there is one file for each folder, and one for what the root shares", () => {
  const folders = fs.readdirSync(path.join(LIBRARY, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(fs.readdirSync(FLOORS).sort(), [...folders.map(({ name }) => `${name}.js`), "visavis.js"].sort());
  const files = fs.readdirSync(path.join(LIBRARY, "lib"), { withFileTypes: true }).filter((entry) => entry.isFile());
  assert.deepEqual(files.map(({ name }) => `./lib/${name}`).sort(), entries.map((entry) => entry.default).sort());
});

test("each file holds the modules of its folder, and no other", () => {
  for (const name of fs.readdirSync(FLOORS)) {
    const folders = new Set(
      [...read(name).matchAll(/^\/\/(?:#region)? ?src\/(.*)\.ts$/gm)].map((match) => (match[1] ?? "").split("/")[0]),
    );
    assert.deepEqual([...folders], [name === "visavis.js" ? "node-webrtc" : name.slice(0, -3)]);
  }
});

test("no class got another name than it has in its source", () => {
  for (const name of fs.readdirSync(FLOORS)) assert.deepEqual(read(name).match(/^(var|class) \w+\$\d+\b.*/gm) ?? [], [], name);
});

for (const { key, types, default: file } of entries) {
  test(`${path.posix.join("visavis", key)} exports what its module exports`, async () => {
    const [published, compiled] = [await load(file), await load(types.replace(/\.d\.ts$/, ".js"))];
    assert.deepEqual(Object.keys(published), Object.keys(compiled));
    for (const [name, value] of Object.entries(published)) {
      const other = compiled[name];
      assert.equal(typeof value, typeof other, name);
      if (typeof value === "function" && typeof other === "function") assert.equal(value.name, other.name);
    }
  });
}

test("a class is the same whichever entry point it is taken from", async () => {
  const found = new Map<string, unknown>();
  for (const entry of entries)
    for (const [name, value] of Object.entries(await load(entry.default))) {
      if (typeof value !== "function" || !/^[A-Z]/.test(name)) continue;
      assert.equal(found.get(name) ?? value, value, `${name} of ${entry.key}`);
      found.set(name, value);
    }
  assert.ok(found.size > 20);
});
