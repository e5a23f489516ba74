/**
 * Writes the API snapshot: api/<entry>.d.ts for every entry point of the library. Run it by `npm run api` after a build.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { apiOf, entryPoints } from "./declarations.ts";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const LIBRARY = path.join(ROOT, "packages/visavis");
const OUT = path.join(ROOT, "api");

fs.rmSync(OUT, { recursive: true, force: true });
fs.mkdirSync(OUT);
for (const { key, file } of entryPoints(LIBRARY)) {
  const name = key === "." ? "index" : key.slice(2).replaceAll("/", "-");
  fs.writeFileSync(path.join(OUT, `${name}.d.ts`), apiOf(key, file, path.join(LIBRARY, "dist")));
}
