// A side of Pion: the program of pion/, built where Go is, spoken to in lines of JSON.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../pion", import.meta.url));

/** Builds the peer. @returns the program and how to remove it, or why there is none */
export function buildPion() {
  if (spawnSync("go", ["version"]).status !== 0) return { missing: "Pion stands in for nobody: there is no Go on this machine" };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-pion-"));
  const program = path.join(folder, "peer");
  const { status, stderr } = spawnSync("go", ["build", "-o", program, "."], { cwd: source, encoding: "utf8" });
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  if (status === 0) return { program, remove };
  remove();
  throw new Error(`go build: ${stderr}`);
}

/**
 * A side as those of sides.mjs.
 * @param {string} program
 * @param {{ zeroChecksum: boolean, snap: boolean, video?: string }} options video: the format, where there is to be audio and video
 */
export function pionSide(program, options) {
  // What it says besides is of no interest: a probe of the path that is larger than what it reads is an error to it.
  const child = spawn(program, [JSON.stringify(options)], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "exit");
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let lastId = 0;
  readline.createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, value, error } = JSON.parse(line);
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(`in Pion: ${error}`));
  });
  void ended.then(([code, signal]) => {
    for (const call of waiting.values()) call.reject(new Error(`Pion ended with ${code ?? signal}`));
  });
  // Who writes to one that is gone learns it by its end.
  child.stdin.on("error", () => undefined);
  return {
    /** @param {string} method @param {unknown[]} args */
    call: (method, ...args) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id: lastId, method, args })}\n`);
      }),
    end: async () => {
      child.kill();
      await ended;
    },
  };
}
