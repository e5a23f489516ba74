import assert from "node:assert/strict";
import { test } from "node:test";
import { type BitrateClaim, shareBitrate, shareLayers } from "./share-bitrate.ts";

const claim = (min: number, max: number, priority = 2): BitrateClaim => ({ min, max, priority });

const SHARES: readonly (readonly [string, number, readonly BitrateClaim[], readonly number[]])[] = [
  ["nothing to share", 0, [claim(10, 100)], [0]],
  ["no streams", 100, [], []],
  ["equal streams", 100, [claim(0, 1000), claim(0, 1000)], [50, 50]],
  ["a stream takes no more than it can use", 100, [claim(0, 20), claim(0, 1000)], [20, 80]],
  ["what nobody can use is left", 100, [claim(0, 20), claim(0, 30)], [20, 30]],
  ["in proportion to priority", 90, [claim(0, 1000, 1), claim(0, 1000, 8)], [10, 80]],
  ["minima count in the share", 90, [claim(30, 1000, 1), claim(0, 1000, 8)], [30, 60]],
  ["minima first, those of a high priority before others", 60, [claim(50, 100, 1), claim(40, 100, 8)], [0, 60]],
  ["a minimum that does not fit leaves room for one that does", 30, [claim(50, 100), claim(20, 100)], [0, 30]],
  ["maxima and priorities", 100, [claim(0, 30, 8), claim(0, 1000, 2), claim(0, 1000, 4)], [30, 70 / 3, 140 / 3]],
];

for (const [what, target, streams, expected] of SHARES) {
  test(`shares: ${what}`, () => {
    const out: number[] = [1, 2, 3, 4, 5];
    shareBitrate(target, streams, out);
    assert.equal(out.length, expected.length);
    for (let i = 0; i < out.length; i++)
      assert.ok(Math.abs((out[i] as number) - (expected[i] as number)) < 1e-6, `${out} and not ${expected}`);
  });
}

test("shares: never more than there is, never beyond a maximum, never between nothing and the minimum", () => {
  let state = 1;
  const draw = (below: number): number => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
  const out: number[] = [];
  for (let run = 0; run < 5000; run++) {
    const streams = Array.from({ length: draw(6) }, () => {
      const min = draw(3) === 0 ? 0 : draw(100);
      return claim(min, min + draw(300), 2 ** draw(4));
    });
    const target = draw(600);
    shareBitrate(target, streams, out);
    const sum = out.reduce((total, share) => total + share, 0);
    assert.ok(sum <= target + 1e-6, `${out} of ${target}`);
    streams.forEach(({ min, max }, i) => {
      const share = out[i] as number;
      assert.ok(share <= max + 1e-9 && (share === 0 || share >= min), `${share} of ${min} to ${max}`);
    });
    const hungry = streams.some(({ min, max }, i) => (out[i] as number) < max - 1 && (min === 0 || (out[i] as number) > 0));
    assert.ok(!hungry || target - sum < 1, `${target - sum} of ${target} are left while someone could use it`);
  }
});

test("layers: the lowest first, the next one when there is enough for its minimum", () => {
  const layers = [claim(50, 150), claim(150, 500), claim(600, 2500)];
  const out: number[] = [];
  for (const [target, expected] of [
    [40, [0, 0, 0]],
    [100, [100, 0, 0]],
    [200, [150, 0, 0]],
    [400, [150, 250, 0]],
    [1000, [150, 500, 0]],
    [1300, [150, 500, 650]],
    [9000, [150, 500, 2500]],
  ] as const) {
    shareLayers(target, layers, out);
    assert.deepEqual(out, expected);
  }
});
