// What is expected of each test file, and how a run differs from it.
import fs from "node:fs";

/**
 * @typedef {import('./runner/lib/results.mjs').FileResult} FileResult
 * @typedef {{status: string, subtests: Record<string, string>}} Expected statuses of the file and of its subtests by name
 * @typedef {Record<string, Expected>} Expectations by test id
 * @typedef {{test: string, subtest: string | undefined, expected: string, actual: string}} Difference
 */

/** @param {URL} file @returns {Expectations} */
export function readExpectations(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : {};
}

/** One line for each subtest, files and subtests in order, so that a better result is a small diff. @param {URL} file @param {Expectations} expectations */
export function writeExpectations(file, expectations) {
  const sorted = Object.fromEntries(Object.entries(expectations).sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** What a result is as an expectation. @param {FileResult} result @returns {Expected} */
export function expectationOf(result) {
  const subtests = Object.fromEntries(Object.entries(result.subtests).map(([name, { status }]) => [name, status]));
  return { status: result.status, subtests };
}

/**
 * How a result differs from what was expected of the file.
 * @param {string} test @param {Expected | undefined} expected @param {FileResult} result
 * @returns {{worse: Difference[], better: Difference[], other: Difference[]}} `other`: new subtests, and one kind of failure instead of another
 */
export function compare(test, expected, result) {
  /** @type {{worse: Difference[], better: Difference[], other: Difference[]}} */
  const found = { worse: [], better: [], other: [] };
  const note = (
    /** @type {string | undefined} */ subtest,
    /** @type {string} */ before,
    /** @type {string} */ actual,
    /** @type {string} */ good,
  ) => {
    if (before === actual) return;
    const kind = before === good ? "worse" : actual === good ? "better" : "other";
    found[kind].push({ test, subtest, expected: before, actual });
  };
  if (expected === undefined) return found;
  note(undefined, expected.status, result.status, "OK");
  for (const [name, before] of Object.entries(expected.subtests)) {
    note(name, before, result.subtests[name]?.status ?? "MISSING", "PASS");
  }
  for (const [name, { status }] of Object.entries(result.subtests)) {
    if (!Object.hasOwn(expected.subtests, name)) note(name, "MISSING", status, "PASS");
  }
  return found;
}

/** The denominator: test ids and their number of subtests, from first-call.txt. @param {URL} file @returns {Map<string, number>} */
export function readFirstCall(file) {
  const lines = fs.readFileSync(file, "utf8").split("\n");
  const rows = lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split(/\s+/));
  return new Map(rows.map(([test = "", subtests = "0"]) => [test, Number(subtests)]));
}
