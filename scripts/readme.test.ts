/**
 * The README's example runs as printed, in a process of its own that ends by itself.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** The first block of that language in a Markdown file. */
function block(file: string, language: string): string {
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1];
  assert.ok(found, `no ${language} block in ${file}`);
  return found;
}

test("the example of the README runs as printed and ends by itself", () => {
  const example = block("README.md", "js");
  assert.ok(example.trim().split("\n").length <= 17, "the example has grown");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-readme-"));
  try {
    fs.mkdirSync(path.join(folder, "node_modules"));
    fs.symlinkSync(path.join(ROOT, "packages/visavis"), path.join(folder, "node_modules/visavis"), "junction");
    fs.writeFileSync(path.join(folder, "example.mjs"), example);
    const { stdout, stderr, status } = spawnSync(process.execPath, ["example.mjs"], {
      cwd: folder,
      encoding: "utf8",
      timeout: 20_000,
    });
    assert.deepEqual({ stdout, stderr, status }, { stdout: "you said: hello\n", stderr: "", status: 0 });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
