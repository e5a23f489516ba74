import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimit } from "./rate-limit.ts";

test("a burst passes, more than the rate does not", () => {
  const limit = new RateLimit({ burst: 3, perSecond: 2 }, 0);
  assert.deepEqual([limit.take(0), limit.take(0), limit.take(0), limit.take(0)], [true, true, true, false]);
  assert.equal(limit.take(400), false);
  assert.equal(limit.take(500), true);
  assert.equal(limit.take(500), false);
});

test("rest is credited up to the burst, and a clock that steps back gives nothing", () => {
  const limit = new RateLimit({ burst: 2, perSecond: 1 }, 0);
  limit.take(0);
  assert.deepEqual([limit.take(1e6), limit.take(1e6), limit.take(1e6)], [true, true, false]);
  assert.equal(limit.take(0), false);
});
