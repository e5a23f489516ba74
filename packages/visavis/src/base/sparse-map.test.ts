import assert from "node:assert/strict";
import { test } from "node:test";
import { SparseMap } from "./sparse-map.ts";

test("it does what a map does, empty or not", () => {
  const sparse = new SparseMap<string, number>();
  const map = new Map<string, number>();
  const same = (): void => {
    assert.deepEqual([...sparse], [...map]);
    assert.deepEqual([...sparse.keys()], [...map.keys()]);
    assert.deepEqual([...sparse.values()], [...map.values()]);
    assert.equal(sparse.size, map.size);
  };
  for (const key of ["a", "b", "a", "c"]) {
    assert.equal(sparse.has(key), map.has(key));
    sparse.set(key, sparse.size);
    map.set(key, map.size);
    same();
  }
  for (const key of ["b", "b", "a", "c", "c"]) {
    assert.equal(sparse.get(key), map.get(key));
    assert.equal(sparse.delete(key), map.delete(key));
    same();
  }
  sparse.set("d", 1);
  sparse.clear();
  assert.equal(sparse.get("d"), undefined);
  assert.deepEqual([...sparse], []);
});

test("entries may be removed while it is walked", () => {
  const sparse = new SparseMap<number, string>();
  for (let i = 0; i < 4; i++) sparse.set(i, String(i));
  const seen: number[] = [];
  for (const [key] of sparse) {
    seen.push(key);
    sparse.delete(key);
  }
  assert.deepEqual(seen, [0, 1, 2, 3]);
});
