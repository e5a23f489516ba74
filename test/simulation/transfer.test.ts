/**
 * Ten seeds of the transfer, the same seed in two processes, and each mechanism switched off once.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Fault, faultOf, lineOf, transfer } from "./transfer.ts";

const COMMAND = path.join(path.dirname(fileURLToPath(import.meta.url)), "run-transfers.js");

/** Processor time that one run may take, in seconds. */
const CPU_LIMIT = 5;

for (let seed = 1; seed <= 10; seed++) {
  test(`10 MB over 5 % loss, 80 ms, reordering and duplication arrive intact: seed ${seed}`, async (t) => {
    const report = await transfer({ seed });
    t.diagnostic(lineOf(report));
    assert.equal(faultOf(report), undefined, lineOf(report));
    assert.ok(report.cpuSeconds <= CPU_LIMIT, `${report.cpuSeconds} s of CPU`);
  });
}

test("one seed gives the same packets in two processes", () => {
  const run = (): string => {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const { stdout, stderr, status } = spawnSync(process.execPath, [COMMAND, "--seeds", "77", "--bytes", "300000"], {
      encoding: "utf8",
      env: environment,
    });
    assert.equal(status, 0, stdout + stderr);
    const hash = /hash ([0-9a-f]+)/.exec(stdout)?.[1];
    assert.ok(hash, stdout);
    return hash;
  };
  assert.equal(run(), run());
});

for (const fault of ["noRetransmission", "noReorderRepair", "noDuplicateDetection"] satisfies Fault[]) {
  test(`it goes red with ${fault}`, async (t) => {
    const report = await transfer({ seed: 1, bytes: 4_000_000, fault, within: 300_000 });
    t.diagnostic(lineOf(report));
    assert.notEqual(report.failure, undefined);
  });
}
