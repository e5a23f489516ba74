/**
 * Holds docs/RFC-MAP.md to the tree: what it names exists, every protocol has its rows, and no replaced RFC is cited, in the
 * map or in the sources.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const SOURCES = path.join(ROOT, "packages/visavis/src");
const MAP = "docs/RFC-MAP.md";

/** RFCs that newer ones replace: STUN, TURN, ICE, SDP, JSEP, BUNDLE, TLS, SCTP and the header extensions of RTP. */
const REPLACED = [4460, 4566, 4960, 5245, 5285, 5389, 5766, 6096, 6156, 7053, 8446, 8540, 8829, 8843];

/** Folders of the library that hold no protocol. */
const NO_PROTOCOL: readonly string[] = ["base", "node"];

const HEADER = "| Section | File | Test | Status |";
const STATUS = /^(?:done(?:: .+)?|(?:partial|not yet|refused): .+)$/;

interface Row {
  readonly line: number;
  readonly section: string;
  readonly file: string;
  readonly test: string;
  readonly status: string;
}

const lines = fs.readFileSync(path.join(ROOT, MAP), "utf8").split("\n");

/** The cells of a table's line; undefined when it is none. */
function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith("|")) return undefined;
  return line
    .slice(1, line.trimEnd().lastIndexOf("|"))
    .split("|")
    .map((cell) => cell.trim());
}

/** The rows of all tables of sections, in order. */
function rowsOf(): Row[] {
  const rows: Row[] = [];
  let inside = false;
  lines.forEach((line, index) => {
    const cells = cellsOf(line);
    if (cells === undefined) inside = false;
    else if (line === HEADER) inside = true;
    else if (inside && !line.startsWith("| ---")) {
      assert.equal(cells.length, 4, `${MAP}:${index + 1} has ${cells.length} cells`);
      const [section = "", file = "", testCell = "", status = ""] = cells;
      rows.push({ line: index + 1, section, file, test: testCell, status });
    }
  });
  return rows;
}

const rows = rowsOf();
const at = ({ line, section }: Row): string => `${MAP}:${line} (${section})`;

/** The paths between backticks. */
function pathsIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

function absolute(name: string): string {
  return path.join(/^(?:packages|test|scripts)\//.test(name) ? ROOT : SOURCES, name);
}

/** What a test cell names: files, perhaps with the title of one of their tests, and files of web-platform-tests. */
function testsIn(cell: string): { readonly file: string; readonly title: string | undefined }[] {
  return [...cell.matchAll(/`([^`]+)`(?: “([^”]+)”)?/g)].map((match) => ({ file: match[1] ?? "", title: match[2] }));
}

function platformTestsIn(cell: string): string[] {
  return [...cell.matchAll(/wpt: (\S+)/g)].map((match) => match[1] ?? "");
}

const titles = new Map<string, readonly string[]>();

/** The titles of a file's tests and groups as they stand in its source, `${…}` included. */
function titlesOf(file: string): readonly string[] {
  let found = titles.get(file);
  if (found === undefined) {
    const text = fs.readFileSync(absolute(file), "utf8");
    const calls = text.matchAll(/\b(?:test|it|describe)\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1/gs);
    found = [...calls].map((match) => match[2] ?? "");
    titles.set(file, found);
  }
  return found;
}

/** Whether a title has the pieces between the dots of `wanted`, in their order, and begins and ends as it does. */
function isTitle(title: string, wanted: string): boolean {
  const escaped = wanted.split("…").map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "s").test(title);
}

test("the tables have one shape, and a status of the four kinds", () => {
  assert.ok(rows.length >= 150 && rows.length <= 480, `${rows.length} rows: not what a reviewer can use`);
  assert.equal(lines.filter((line) => line === HEADER).length, lines.filter((line) => line.startsWith("| Section")).length);
  for (const row of rows) {
    assert.match(row.status, STATUS, at(row));
    assert.ok(row.section !== "" && row.file !== "" && row.test !== "", `${at(row)} has an empty cell`);
    const isThere = row.status.startsWith("done") || row.status.startsWith("partial");
    if (isThere || row.file !== "–") assert.ok(pathsIn(row.file).length > 0, `${at(row)} names no file`);
    if (row.test !== "–") {
      assert.ok(testsIn(row.test).length + platformTestsIn(row.test).length > 0, `${at(row)} names no test`);
    }
  }
});

test("every table has a heading, and every heading of a standard a table", () => {
  const headings = lines.filter((line) => line.startsWith("### ")).length;
  assert.equal(lines.filter((line) => line === HEADER).length, headings);
});

test("no section of a standard has two rows", () => {
  const seen = new Set<string>();
  let heading = "";
  for (const line of lines) {
    if (line.startsWith("#")) heading = line;
    const section = cellsOf(line)?.[0];
    if (section === undefined || section.startsWith("-") || section === "Section") continue;
    assert.ok(!seen.has(`${heading} ${section}`), `${heading}: ${section} twice`);
    seen.add(`${heading} ${section}`);
  }
});

test("every file that the map names exists", () => {
  const wrong = rows.flatMap((row) =>
    pathsIn(row.file)
      .filter((name) => !fs.existsSync(absolute(name)) || name.includes(".test."))
      .map((name) => `${at(row)}: ${name}`),
  );
  assert.deepEqual(wrong, []);
});

test("every test that the map names exists", () => {
  const expectations = JSON.parse(fs.readFileSync(path.join(ROOT, "test/wpt/expectations.json"), "utf8")) as object;
  const known = Object.keys(expectations);
  const wrong: string[] = [];
  for (const row of rows) {
    for (const { file, title } of testsIn(row.test)) {
      if (!/\.test\.m?[jt]s$/.test(file) || !fs.existsSync(absolute(file))) wrong.push(`${at(row)}: no test ${file}`);
      else if (title !== undefined && !titlesOf(file).some((one) => isTitle(one, title))) {
        wrong.push(`${at(row)}: ${file} has no test “${title}”`);
      }
    }
    for (const name of platformTestsIn(row.test)) if (!known.includes(name)) wrong.push(`${at(row)}: wpt has no ${name}`);
  }
  assert.deepEqual(wrong, []);
});

test("every folder that holds a protocol appears in the map", () => {
  const folders = fs
    .readdirSync(SOURCES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NO_PROTOCOL.includes(entry.name))
    .map((entry) => entry.name);
  const named = new Set(rows.flatMap((row) => pathsIn(row.file)).map((name) => name.split("/")[0]));
  assert.deepEqual(
    folders.filter((folder) => !named.has(folder)),
    [],
  );
  assert.ok(folders.length >= 10, "the folders were not found");
});

/** The lines of a text that cite a replaced RFC. */
function citations(name: string, text: string): string[] {
  const replaced = new RegExp(`\\brfcs?[ -]?(?:\\d{3,5}(?:, and |, | and |/))*(?:${REPLACED.join("|")})\\b`, "i");
  return text.split("\n").flatMap((line, index) => (replaced.test(line) ? [`${name}:${index + 1}: ${line.trim()}`] : []));
}

test("no replaced RFC is cited, in the map or in the sources", () => {
  assert.equal(citations("x", "see RFC 8446 §4.4").length, 1);
  const packages = path.join(ROOT, "packages");
  const cited = citations(MAP, lines.join("\n"));
  for (const name of fs.readdirSync(packages)) {
    const folder = path.join(packages, name, "src");
    if (!fs.existsSync(folder)) continue;
    for (const file of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!/\.[cm]?[jt]s$/.test(file)) continue;
      const relative = path.posix.join("packages", name, "src", file.split(path.sep).join("/"));
      cited.push(...citations(relative, fs.readFileSync(path.join(folder, file), "utf8")));
    }
  }
  assert.deepEqual(cited, []);
});
