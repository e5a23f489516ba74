import assert from "node:assert/strict";
import { test } from "node:test";
import { inventRoomName, normalizeRoomName, roomOfHash } from "./room-name.ts";

test("an invented name is a name", () => {
  for (let number = 0; number < 12; number++) {
    const name = inventRoomName((below) => number % below);
    assert.equal(roomOfHash(`#${name}`), name);
  }
});

test("a hash names a room, or none", () => {
  assert.equal(roomOfHash("#Stra%C3%9Fe%207"), "Straße 7");
  for (const hash of ["", "#", "#%", "#%20", "#../x", `#${"x".repeat(65)}`]) assert.equal(roomOfHash(hash), undefined, hash);
});

test("what is typed is tidied", () => {
  assert.equal(normalizeRoomName("  our   room "), "our room");
  assert.equal(normalizeRoomName("-x"), undefined);
});
