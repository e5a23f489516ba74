import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import { randomBelow } from "../../base/random.ts";
import { addSerial, diffSerial, serial } from "../../base/serial.ts";
import { SEED, sackOf } from "../association-scene.test.ts";
import { GapReports } from "./gap-reports.ts";

/** All numbers of pairs of first and last. */
function numbersOf(ranges: readonly number[]): number[] {
  const numbers: number[] = [];
  for (let k = 0; k < ranges.length; k += 2)
    for (let i = ranges[k] as number; i <= (ranges[k + 1] as number); i++) numbers.push(i);
  return numbers;
}

describe("gap reports", () => {
  test("say of each SACK what is new, as a plain comparison does", () => {
    const random = new SeededRandom(`gaps ${SEED}`);
    for (let round = 0; round < 300; round++) {
      const reports = new GapReports();
      let cumulative = serial(randomBelow(random, 2) === 0 ? 0xffff_ffe0 : 50);
      let known: number[] = [];
      for (let sack = 0; sack < 12; sack++) {
        const size = 1 + randomBelow(random, 60);
        const wild = randomBelow(random, 5) === 0;
        const gaps: number[] = [];
        for (let at = 1 + randomBelow(random, 3), i = randomBelow(random, 8); i > 0; i--) {
          const start = wild ? randomBelow(random, 80) : at;
          const end = start + randomBelow(random, 9) - (wild ? 3 : 0);
          gaps.push(start, Math.max(0, end));
          at = end + 2 + randomBelow(random, 4);
        }
        const bytes = sackOf(cumulative, 1000, gaps);
        reports.read(bytes, 0, cumulative, size);

        const reported = new Set<number>();
        let done = 0;
        for (let k = 0; k < gaps.length; k += 2) {
          for (let n = Math.max(gaps[k] as number, done + 1); n <= Math.min(gaps[k + 1] as number, size); n++) {
            reported.add(n);
            done = n;
          }
        }
        const before = new Set(known.map((tsn) => diffSerial(serial(tsn), cumulative)));
        const fresh = [...reported].filter((n) => !before.has(n)).map((n) => n - 1);
        assert.deepEqual(numbersOf(reports.fresh), fresh);
        known = [...reported].map((n) => addSerial(cumulative, n));
        cumulative = addSerial(cumulative, randomBelow(random, 6));
      }
    }
  });

  test("count again after they were forgotten", () => {
    const reports = new GapReports();
    const bytes = sackOf(10, 1000, [3, 4]);
    reports.read(bytes, 0, serial(10), 9);
    reports.read(bytes, 0, serial(10), 9);
    assert.deepEqual(reports.fresh, []);
    reports.forget();
    reports.read(bytes, 0, serial(10), 9);
    assert.deepEqual(reports.fresh, [2, 3]);
    reports.skip();
    assert.deepEqual(reports.fresh, []);
  });
});
