/**
 * The public API against its committed snapshot, and a doc comment on every public name.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { apiOf, entryPoints, exportsOf } from "./declarations.ts";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const LIBRARY = path.join(ROOT, "packages/visavis");
const DIST = path.join(LIBRARY, "dist");

for (const { key, file } of entryPoints(LIBRARY)) {
  const name = key === "." ? "index" : key.slice(2).replaceAll("/", "-");
  test(`the public API of ${key} is as recorded in api/${name}.d.ts`, () => {
    const snapshot = path.join(ROOT, "api", `${name}.d.ts`);
    const recorded = fs.existsSync(snapshot) ? fs.readFileSync(snapshot, "utf8") : "";
    assert.equal(apiOf(key, file, DIST), recorded, "run `npm run api` and look at its diff before you commit it");
  });
  test(`every public name of ${key} has a doc comment`, () => {
    const bare = exportsOf(file, DIST).filter(({ documented }) => !documented);
    assert.deepEqual(
      bare.map((one) => `${one.file}: ${one.name}`),
      [],
    );
  });
}
