import assert from "node:assert/strict";
import { test } from "node:test";
import { printable } from "./log.ts";

test("a stranger's text cannot steer a terminal", () => {
  assert.equal(printable("Straße 😀.txt"), "Straße 😀.txt");
  assert.equal(printable("\u001b[2Ja\nb\u202ec\u2028d\u0000"), "?[2Ja?b?c?d?");
});
