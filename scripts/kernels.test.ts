import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("the embedded kernels are those of the source", () => {
  const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../scripts/kernels.mjs");
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
});
