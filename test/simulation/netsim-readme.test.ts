/**
 * Runs the examples of netsim's README as they are printed.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const BUILD = path.dirname(fileURLToPath(import.meta.url));
const README = path.resolve(BUILD, "../../packages/netsim/README.md");

const examples = [...fs.readFileSync(README, "utf8").matchAll(/^```js\n(.*?)^```$/gms)]
  .map((match) => match[1] ?? "")
  .filter((code) => code.includes("node:test"));

test("the README has its examples", () => {
  assert.equal(examples.length, 2);
});

test("two connections over a bad link take at most twenty lines", () => {
  const lines = (examples[0] ?? "").trimEnd().split("\n");
  assert.match(examples[0] ?? "", /RTCPeerConnection/);
  assert.ok(lines.length <= 20, `${lines.length} lines`);
});

for (const [i, code] of examples.entries()) {
  const name = /\btest\("(.*?)"/.exec(code)?.[1] ?? `example ${i}`;
  test(`README: ${name}`, () => {
    const file = path.join(BUILD, `netsim-readme-${i}.mjs`);
    fs.writeFileSync(file, code);
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const run = spawnSync(process.execPath, [file], { encoding: "utf8", env: environment });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /pass 1\b/);
  });
}
