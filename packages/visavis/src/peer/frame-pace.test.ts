import assert from "node:assert/strict";
import { test } from "node:test";
import { FramePace } from "./frame-pace.ts";

/** The pace of frames with these times between them. */
function paceOf(durations: readonly number[]): FramePace {
  const pace = new FramePace();
  let now = 1000;
  pace.note(now);
  for (const duration of durations) {
    now += duration;
    pace.note(now);
  }
  return pace;
}

const even = (count: number): number[] => new Array<number>(count).fill(40);

test("an even pace has delays and nothing else", () => {
  const { totalInterFrameDelay, totalSquaredInterFrameDelay, freezeCount, pauseCount } = paceOf(even(50));
  assert.equal(totalInterFrameDelay, 2000);
  assert.equal(totalSquaredInterFrameDelay, 50 * 1600);
  assert.deepEqual([freezeCount, pauseCount], [0, 0]);
});

test("a frame that lasts 150 ms longer than the average of the last thirty is a freeze", () => {
  assert.equal(paceOf([...even(40), 189]).freezeCount, 0);
  const { freezeCount, totalFreezesDuration, pauseCount } = paceOf([...even(40), 190, ...even(5)]);
  assert.deepEqual([freezeCount, totalFreezesDuration, pauseCount], [1, 190, 0]);
});

test("where frames are far apart it is three times the average", () => {
  const slow = new Array<number>(40).fill(200);
  assert.equal(paceOf([...slow, 599]).freezeCount, 0);
  assert.equal(paceOf([...slow, 600]).freezeCount, 1);
});

test("more than five seconds are a pause, and longer than any frame lasts", () => {
  const { freezeCount, pauseCount, totalPausesDuration } = paceOf([...even(5), 5001]);
  assert.deepEqual([freezeCount, pauseCount, totalPausesDuration], [1, 1, 5001]);
  assert.equal(paceOf([...even(5), 5000]).pauseCount, 0);
});
