/**
 * The programs of docs/ICE.md run as printed, each in a process of its own that ends by itself.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const GUIDE = fs.readFileSync(path.join(ROOT, "docs/ICE.md"), "utf8");

/** The port that the guide names, and one of this process alone in its place. */
const NAMED_PORT = "47123";
const OWN_PORT = String(20_000 + (process.pid % 20_000));

/** What the programs below a heading print. */
const OUTPUT: Readonly<Record<string, readonly RegExp[]>> = {
  "Which interfaces, and which ports": [/^(port in range: true\n)+$/, new RegExp(`^(port: ${OWN_PORT}\n){2,}$`)],
  "A server with a static address": [/^(203\.0\.113\.7\n)+$/],
  "Where UDP is blocked": [/^(listens: passive true\n)+$/],
  "Servers, and what went wrong with them": [/^(701 turn:127\.0\.0\.1:9\?transport=tcp .*\n)+$/],
  "Ready before the offer": [/^gathering\ncomplete\n$/],
  "Hiding addresses": [/^(a name: true\n)+$/],
  "A path by itself": [/^(host|prflx) to (host|prflx): connected\n$/],
};

const programs = GUIDE.split(/^## /m).flatMap((section) => {
  const title = section.slice(0, section.indexOf("\n"));
  return [...section.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""], i) => ({ title, code, output: OUTPUT[title]?.[i] }));
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-guide-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
fs.mkdirSync(path.join(folder, "node_modules"));
fs.symlinkSync(path.join(ROOT, "packages/visavis"), path.join(folder, "node_modules/visavis"), "junction");

test("each program of the guide is known here", () => {
  assert.deepEqual(
    programs.map(({ title }) => title),
    Object.entries(OUTPUT).flatMap(([title, outputs]) => outputs.map(() => title)),
  );
});

for (const [i, { title, code, output }] of programs.entries()) {
  test(`docs/ICE.md: ${title}, ${i}`, () => {
    const file = path.join(folder, `${i}.mjs`);
    fs.writeFileSync(file, code.replaceAll(NAMED_PORT, OWN_PORT));
    const { stdout, stderr, status } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 30_000 });
    assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
    assert.match(stdout, output ?? /^$/);
  });
}
