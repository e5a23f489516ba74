import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boolean,
  callback,
  dictionary,
  domString,
  enumeration,
  isObject,
  nullable,
  object,
  octetInRange,
  oneOrSequence,
  promising,
  requireArguments,
  sequence,
  unsignedShort,
  unsignedShortInRange,
  usvString,
} from "./webidl.ts";

test("arguments are counted", () => {
  requireArguments(1, 1, "f");
  assert.throws(() => requireArguments(0, 1, "Failed to execute 'f' on 'I'"), {
    name: "TypeError",
    message: "Failed to execute 'f' on 'I': 1 argument required, but only 0 present.",
  });
  assert.throws(() => requireArguments(1, 2, "f"), /2 arguments required, but only 1 present/);
});

test("primitive types", () => {
  assert.equal(boolean("", "x"), false);
  assert.equal(domString(null, "x"), "null");
  assert.equal(usvString("a\ud800b", "x"), "a\ufffdb");
  assert.throws(() => domString(Symbol("s"), "parameter 1"), /^TypeError: parameter 1 is a symbol/);
  assert.equal(unsignedShort(65_536, "x"), 0);
  assert.equal(unsignedShortInRange(65_535.9, "x"), 65_535);
  for (const bad of [-1, 65_536, Number.NaN, Number.POSITIVE_INFINITY, "x", undefined]) {
    assert.throws(() => unsignedShortInRange(bad, "x"), TypeError, String(bad));
  }
  assert.throws(() => octetInRange(256, "x"), TypeError);
  assert.throws(() => octetInRange(1n, "x"), TypeError);
});

test("objects and callbacks", () => {
  assert.ok(isObject(() => 0));
  assert.throws(() => object("text", "parameter 1"), /parameter 1 is not an object/);
  assert.throws(() => callback({}, "parameter 1"), /parameter 1 is not a function/);
});

test("nullable, enumeration, sequence, union", () => {
  assert.equal(nullable(domString)(undefined, "x"), null);
  assert.equal(nullable(domString)("", "x"), "");
  const colour = enumeration("Colour", ["red", "green"]);
  assert.equal(colour({ toString: () => "red" }, "x"), "red");
  assert.throws(() => colour("blue", "x"), /'blue' is not a valid value of the enumeration Colour/);
  assert.deepEqual(sequence(unsignedShort)(new Set([1, "2"]), "x"), [1, 2]);
  assert.throws(() => sequence(unsignedShort)({ length: 1 }, "x"), /cannot be converted to a sequence/);
  assert.throws(() => sequence(unsignedShort)("ab", "x"), TypeError);
  assert.throws(() => sequence(domString)({ [Symbol.iterator]: 1 }, "x"), TypeError);
  assert.throws(() => sequence(domString)([Symbol("s")], "x"), /x, element 0 is a symbol/);
  assert.deepEqual(oneOrSequence(domString)(["a", 1], "x"), ["a", "1"]);
  assert.equal(oneOrSequence(domString)("ab", "x"), "ab");
});

interface Options {
  required: string;
  optional?: number;
  defaulted: boolean;
}

const OPTIONS = dictionary<Options>("Options", {
  required: { type: domString, required: true },
  optional: { type: unsignedShort },
  defaulted: { type: boolean, byDefault: () => true },
});

test("dictionaries", () => {
  assert.deepEqual(OPTIONS({ required: 1 }, "x"), { required: "1", defaulted: true });
  assert.deepEqual(OPTIONS({ required: "", optional: "7", defaulted: 0 }, "x"), { required: "", optional: 7, defaulted: false });
  assert.throws(() => OPTIONS(null, "x"), /required member 'required' of Options is undefined/);
  assert.throws(() => OPTIONS("text", "x"), /cannot be converted to the dictionary Options/);
});

test("members are read in lexicographical order, inherited ones first", () => {
  const read: string[] = [];
  const source = new Proxy(
    {},
    {
      get: (_, key) => {
        read.push(String(key));
        return 1;
      },
    },
  );
  const derived = dictionary<Options & { alpha: string }, Options>("Derived", { alpha: { type: domString } }, OPTIONS);
  derived(source, "x");
  assert.deepEqual(read, ["defaulted", "optional", "required", "alpha"]);
});

test("what the steps of an asynchronous operation throw becomes a rejection", async () => {
  await assert.rejects(
    promising(() => {
      throw new TypeError("no");
    }),
    TypeError,
  );
});
