// One run: two fresh processes of one peer, calls into both, signalling between them, and a limit of time over all.
import { fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Relay } from "../test/interop/lib/relay.mjs";

const SIDE = path.join(path.dirname(fileURLToPath(import.meta.url)), "side.mjs");

/** What each side prints goes nowhere; the last lines of complaint are kept for the report. */
const KEPT = 600;

class Side {
  #child;
  #calls = new Map();
  #lastId = 0;
  #fail;
  #complaint = "";
  /** What this side was asked last. */
  asked = "nothing";
  /** @type {(key: string, signal: any) => void} */
  onSignal = () => {};

  constructor({ node, peer, scene, role, fail }) {
    this.#fail = fail;
    this.#child = fork(SIDE, [peer, scene, role], {
      execPath: node,
      execArgv: ["--expose-gc", "--no-warnings"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.on("data", (text) => {
      this.#complaint = (this.#complaint + text).slice(-KEPT);
    });
    this.ready = new Promise((resolve) => this.#calls.set("ready", { resolve }));
    this.gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.once("error", (error) => fail(error));
    this.#child.once("exit", (code, signal) => {
      const last = this.#complaint.split("\n").filter((line) => /\S/.test(line));
      const why = last.find((line) => /error/i.test(line)) ?? last.at(-1) ?? "";
      fail(new Error(`the ${role} ended with ${signal ?? code} ${why.trim()}`.trim()));
    });
    this.#child.on("message", (message) => this.#receive(message));
  }

  #receive(message) {
    if ("ready" in message) this.#calls.get("ready").resolve();
    else if ("signal" in message) this.onSignal(message.key, message.signal);
    else {
      const call = this.#calls.get(message.id);
      this.#calls.delete(message.id);
      if ("error" in message) call.reject(new Error(message.error));
      else call.resolve(message.result);
    }
  }

  signal(key, signal) {
    if (this.#child.connected) this.#child.send({ key, signal }, () => {});
  }

  call(name, argument) {
    const id = ++this.#lastId;
    this.asked = name;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#child.send({ id, name, argument }, (error) => error && this.#fail(error));
    });
  }

  async end() {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.gone;
    clearTimeout(timer);
  }
}

/**
 * Runs a scene once. Rejects when a side fails or the time is over; both processes have ended when it settles.
 * @param {{ node: string, peer: string, scene: string, options: any, limit: number }} what limit in ms
 * @returns {Promise<Record<string, number | string>>}
 */
export async function runPair({ node, peer, scene, options, limit }) {
  const { run, roles = ["offerer", "answerer"] } = await import(`./scenes/${scene}.mjs`);
  /** @type {(error: Error) => void} */
  let fail = () => {};
  const failed = new Promise((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const sides = roles.map((role) => new Side({ node, peer, scene, role, fail }));
  const { loss = 0, delay = 0 } = options;
  const isRelayed = options.loss !== undefined || options.delay !== undefined;
  /** One for each connection. @type {Map<string, Relay>} */
  const relays = new Map();
  const relayOf = (key) => {
    const relay = relays.get(key) ?? new Relay(loss, delay);
    relays.set(key, relay);
    return relay;
  };
  if (sides.length === 2) {
    sides.forEach((side, index) => {
      side.onSignal = async (key, signal) => {
        for (const one of isRelayed ? await relayOf(key).rewrite(index, signal) : [signal]) sides[1 - index].signal(key, one);
      };
    });
  }
  const timer = setTimeout(() => {
    const asked = sides.map((side) => side.asked).join(" and ");
    fail(new Error(`no result within ${limit / 1000} s; it was asked last to ${asked}`));
  }, limit);
  try {
    const work = (async () => {
      await Promise.all(sides.map((side) => side.ready));
      const faces = Object.fromEntries(roles.map((role, i) => [role, (name, argument) => sides[i].call(name, argument)]));
      const figures = await run(faces, options);
      if (!isRelayed) return figures;
      const sum = (member) => [...relays.values()].reduce((all, relay) => all + relay[member], 0);
      return { ...figures, lost: sum("lost") / sum("seen") };
    })();
    work.catch(() => {});
    return await Promise.race([work, failed]);
  } finally {
    clearTimeout(timer);
    await Promise.all([...relays.values()].map((relay) => relay.close()));
    await Promise.all(sides.map((side) => side.end()));
  }
}
