import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, HELP, parseCommand, type ServerOptions } from "./options.ts";

function options(args: readonly string[], port?: string): ServerOptions {
  const command = parseCommand(args, { PORT: port });
  assert.equal(command.type, "start");
  return command.type === "start" ? command.options : assert.fail();
}

function mistake(...args: string[]): string {
  const command: Command = parseCommand(args, {});
  return command.type === "mistake" ? command.message : assert.fail(`${args.join(" ")} was taken`);
}

test("without options the server is for this machine, on port 8080", () => {
  const { host, port, stun, nodePeer, maxFileSize, allowedOrigins } = options([]);
  assert.deepEqual([host, port, stun, nodePeer, maxFileSize, allowedOrigins], ["127.0.0.1", 8080, true, true, 1e9, []]);
});

test("the port comes from the option, else from the environment", () => {
  assert.equal(options([], "9000").port, 9000);
  assert.equal(options([], "").port, 8080);
  assert.equal(options(["--port", "0"], "9000").port, 0);
});

test("sizes have units", () => {
  for (const [text, bytes] of [
    ["0", 0],
    ["512", 512],
    ["1.5k", 1500],
    ["20M", 2e7],
    ["2G", 2e9],
  ] as const) {
    assert.equal(options(["--max-file", text]).maxFileSize, bytes);
  }
});

test("mistakes are said in words", () => {
  assert.match(mistake("--port", "http"), /--port must be a whole number/);
  assert.match(mistake("--port", "70000"), /at most 65535/);
  assert.match(mistake("--max-rooms", "0"), /at least 1/);
  assert.match(mistake("--max-file", "big"), /--max-file must be a size/);
  assert.match(mistake("--allow-origin", "example"), /must be an origin/);
  assert.match(mistake("--allow-origin", "https://a.example/path"), /must be an origin/);
  assert.match(mistake("--nonsense"), /nonsense/);
  assert.match(mistake("extra"), /extra/);
});

test("the help names every option and shows examples", () => {
  assert.equal(parseCommand(["--help"], {}).type, "help");
  for (const option of [
    "--port",
    "--host",
    "--stun-port",
    "--max-file",
    "--allow-origin",
    "--no-node-peer",
    "npm start -- --port",
  ]) {
    assert.ok(HELP.includes(option), option);
  }
});
