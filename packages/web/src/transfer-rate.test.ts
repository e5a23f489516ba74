import assert from "node:assert/strict";
import { test } from "node:test";
import { TransferRate } from "./transfer-rate.ts";

test("the speed is that of the last seconds", () => {
  const rate = new TransferRate();
  assert.equal(rate.perSecond(), undefined);
  rate.add(0, 0);
  rate.add(10, 100);
  assert.equal(rate.perSecond(), undefined, "too little to tell");
  for (let second = 1; second <= 10; second++) rate.add(second * 1000, second * 1000);
  assert.equal(rate.perSecond(), 1000);
  for (let second = 11; second <= 16; second++) rate.add(10_000, second * 1000);
  assert.equal(rate.perSecond(), 0);
});
