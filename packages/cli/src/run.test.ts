/** Finding and running commands, and the words for mistakes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type CommandEntry, CommandFailure, CommandMistake } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { parseFlags, wholeNumber } from "./flags.ts";
import { run } from "./run.ts";

const greet: CommandEntry = {
  name: "greet",
  summary: "says hello",
  load: async () => ({
    help: "Usage: visavis greet [--times NUMBER] [NAME]\n",
    run: async (args, io) => {
      const { values, positionals } = parseFlags(args, { times: { type: "string", default: "1" }, loud: { type: "boolean" } }, 1);
      if (positionals[0] === "nobody") throw new CommandFailure("Nobody is not here.");
      if (positionals[0] === "fault") throw new TypeError("x is not a function");
      io.out(`hello ${positionals[0] ?? "you"}\n`.repeat(wholeNumber("--times", values.times, 1, 9)));
      return 0;
    },
  }),
};

async function call(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: string[][] = [[], []];
  const code = await run(
    args,
    {
      out: (text) => out?.push(text),
      err: (text) => err?.push(text),
      interactive: false,
      interrupted: new AbortController().signal,
      environment: {},
    },
    [greet],
    "1.2.3",
  );
  return { code, out: out?.join("") ?? "", err: err?.join("") ?? "" };
}

test("commands run, help and the version are told", async () => {
  assert.deepEqual(await call("greet", "--times", "2", "world"), { code: 0, out: "hello world\nhello world\n", err: "" });
  assert.deepEqual(await call("--version"), { code: 0, out: "1.2.3\n", err: "" });
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    const { code, out, err } = await call(...args);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, / {2}greet {2}says hello\n/);
  }
  for (const args of [
    ["greet", "--help"],
    ["help", "greet"],
    ["greet", "--times", "x", "-h"],
  ]) {
    assert.deepEqual(await call(...args), { code: 0, out: "Usage: visavis greet [--times NUMBER] [NAME]\n", err: "" });
  }
});

test("mistakes are explained, with exit code 2", async () => {
  const rows: [args: string[], says: string][] = [
    [["gret"], 'There is no command "gret". Did you mean greet?\nTry: visavis --help\n'],
    [["elephant"], 'There is no command "elephant".\nTry: visavis --help\n'],
    [["--port", "1"], "There is no flag --port before a command.\nTry: visavis --help\n"],
    [["greet", "--time", "2"], "There is no flag --time. Did you mean --times?\nTry: visavis greet --help\n"],
    [["greet", "--xyzzy"], "There is no flag --xyzzy.\nTry: visavis greet --help\n"],
    [["greet", "a", "b"], '"b" is one argument too many.\nTry: visavis greet --help\n'],
    [["greet", "--loud=yes"], "--loud takes no value.\nTry: visavis greet --help\n"],
    [["greet", "--times", "0"], '--times must be a whole number from 1 to 9, not "0".\nTry: visavis greet --help\n'],
  ];
  for (const [args, says] of rows) assert.deepEqual(await call(...args), { code: 2, out: "", err: says }, args.join(" "));
  const { code, err } = await call("greet", "--times");
  assert.equal(code, 2);
  assert.match(err, /^--times needs a value/);
});

test("a failure has its message and exit code 1; a fault is shown whole", async () => {
  assert.deepEqual(await call("greet", "nobody"), { code: 1, out: "", err: "Nobody is not here.\n" });
  const { code, err } = await call("greet", "fault");
  assert.equal(code, 1);
  assert.match(err, /fault of visavis itself:\nTypeError: x is not a function\n\s+at /);
  assert.ok(new CommandMistake("x") instanceof Error);
});

test("every command of the table loads and helps with examples", async () => {
  for (const { name, load } of COMMANDS) {
    const { help } = await load();
    assert.match(help, new RegExp(`visavis ${name}`), name);
    assert.match(help, /Examples?:/, name);
    assert.ok(
      help.split("\n").every((line) => line.length <= 130),
      name,
    );
  }
});

test("the program starts from its link", () => {
  const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../bin/visavis.js");
  assert.match(execFileSync(process.execPath, [program, "--version"], { encoding: "utf8" }), /^\d+\.\d+\.\d+\n$/);
});
