// Both sides of a call as the test sees them: methods of TestPeer that are called from outside.
import { fork } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Processes of Node that were started and have not ended. @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Ends what a test that failed has left behind: it would keep the test process from ending. */
export function endLeftOvers() {
  for (const child of running) child.kill("SIGKILL");
}

/** What the page may import. */
const SCRIPTS = ["peer.mjs", "negotiator.mjs", "way.mjs"];

/** A page to make calls from: localhost, so that it is a secure context. */
export async function servePage() {
  const server = http.createServer((request, response) => {
    const script = SCRIPTS.find((name) => request.url === `/${name}`);
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html; charset=utf-8");
    response.end(script ? fs.readFileSync(path.join(here, script)) : "<!doctype html><title>call</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

/**
 * The browser's side, in a tab of its own.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} url
 * @param {RTCConfiguration} [configuration]
 */
export async function browserSide(browser, url, configuration = {}) {
  const page = await browser.newPage();
  await page.goto(url);
  const renew = () =>
    page.evaluate(async (given) => {
      const { TestPeer } = await import("/peer.mjs");
      window.peer = new TestPeer(RTCPeerConnection, given);
    }, configuration);
  await renew();
  return {
    /** The same tab for another call. */
    renew,
    /** @param {string} method @param {unknown[]} args */
    call: (method, ...args) => page.evaluate((name, given) => window.peer[name](...given), method, args),
    end: () => page.close(),
  };
}

/**
 * The side of Node, in a process of its own.
 * @param {object} extensions as for createWebRTC
 * @param {{ configuration?: RTCConfiguration, env?: Record<string, string>, prefix?: readonly string[] }} [options]
 *   env: more of its environment; prefix: of the command
 */
export async function nodeSide(extensions, { configuration = {}, env = {}, prefix = [] } = {}) {
  const command = [...prefix, process.execPath];
  const child = fork(path.join(here, "node-side.mjs"), {
    execPath: command[0],
    execArgv: [...command.slice(1), "--import", pathToFileURL(path.join(here, "record-modules.mjs")).href],
    env: { ...process.env, ...env, EXTENSIONS: JSON.stringify(extensions), CONFIGURATION: JSON.stringify(configuration) },
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let lastId = 0;
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  const exited = once(child, "exit");
  await new Promise((resolve, reject) => {
    child.on("message", ({ ready, id, value, error }) => {
      if (ready) resolve(undefined);
      const call = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) call?.resolve(value);
      else call?.reject(new Error(`in Node: ${error}`));
    });
    exited.then(([code, signal]) => {
      const error = new Error(`the Node side ended with ${code ?? signal}`);
      reject(error);
      for (const call of waiting.values()) call.reject(error);
    });
  });
  return {
    /** @param {string} method @param {unknown[]} args */
    call: (method, ...args) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        // A process that has been let go of hears nothing.
        child.send({ id: lastId, method, args }, (error) => {
          if (error !== null) reject(error);
        });
      }),
    /** Lets go of the process, which must end by itself. @returns how long it took, and how it ended */
    end: async () => {
      const startedAt = performance.now();
      const killer = setTimeout(() => child.kill("SIGKILL"), 5000);
      if (child.connected) child.disconnect();
      const [code, signal] = await exited;
      clearTimeout(killer);
      return { milliseconds: Math.round(performance.now() - startedAt), code, signal };
    },
  };
}

/** Carries signals from one side to the other until one of them is gone. */
export async function carry(from, to, problems) {
  for (;;) {
    const signal = await from.call("next").catch(() => undefined);
    if (signal === undefined) return;
    await to.call("signal", signal).catch((error) => problems.push(`${JSON.stringify(signal).slice(0, 200)}: ${error.message}`));
  }
}
