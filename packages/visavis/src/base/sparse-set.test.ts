import assert from "node:assert/strict";
import { test } from "node:test";
import { SparseSet } from "./sparse-set.ts";

test("it does what a set does, empty or not", () => {
  const sparse = new SparseSet<string>();
  const set = new Set<string>();
  const same = (): void => {
    assert.deepEqual([...sparse], [...set]);
    assert.equal(sparse.size, set.size);
  };
  same();
  for (const member of ["a", "b", "a", "c"]) {
    assert.equal(sparse.has(member), set.has(member));
    sparse.add(member);
    set.add(member);
    same();
  }
  for (const member of ["b", "b", "a", "c", "c"]) {
    assert.equal(sparse.delete(member), set.delete(member));
    same();
  }
  sparse.add("d");
  sparse.clear();
  assert.equal(sparse.has("d"), false);
  assert.deepEqual([...sparse], []);
});
