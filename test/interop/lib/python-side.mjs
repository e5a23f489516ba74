// A stack of Python's world as one side of a call: a process that takes signals and questions as lines of JSON.
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../python/", import.meta.url));

/** The interpreter that Debian's packages of Python belong to. */
const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";

/** Whether a module of Python is there. @param {string} code that imports it */
export function hasPython(code) {
  return spawnSync(PYTHON, ["-c", code], { stdio: "ignore" }).status === 0;
}

/**
 * @param {"aiortc_side.py" | "gstreamer_side.py"} script
 * @returns the side; `call("next")` gives its next signal, as MediaPeer does
 */
export async function pythonSide(script) {
  const child = spawn(PYTHON, [path.join(folder, script)], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said = (said + text).slice(-4000);
  });
  /** @type {unknown[]} */
  const signals = [];
  /** @type {((signal: unknown) => void) | undefined} */
  let taker;
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  /** @type {string[]} */
  const problems = [];
  let lastId = 0;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const version = await new Promise((resolve, reject) => {
    void exited.then((code) => {
      const error = new Error(`${script} ended with ${code}: ${said}`);
      reject(error);
      for (const { reject: refuse } of waiting.values()) refuse(error);
    });
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      const { ready, signal, id, value, error } = JSON.parse(line);
      if (ready !== undefined) resolve(ready);
      else if (signal !== undefined) {
        if (taker === undefined) signals.push(signal);
        else taker(signal);
        taker = undefined;
      } else if (waiting.has(id)) {
        const { resolve: done, reject: refuse } = waiting.get(id);
        waiting.delete(id);
        if (error === undefined) done(value);
        else refuse(new Error(`${script}: ${error}`));
      } else if (error !== undefined) problems.push(error);
    });
  });
  const write = (order) => child.stdin.write(`${JSON.stringify(order)}\n`);
  return {
    version,
    problems,
    /** @param {string} method @param {unknown[]} args */
    call: (method, ...args) => {
      if (method === "next") {
        return new Promise((resolve) => {
          if (signals.length > 0) resolve(signals.shift());
          else taker = resolve;
        });
      }
      if (method === "signal") {
        write({ signal: args[0] });
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        write({ id: lastId, method, args });
      });
    },
    end: async () => {
      child.stdin.end();
      const killer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await exited;
      clearTimeout(killer);
    },
  };
}
