// visavis doctor behind real NATs, each in a network namespace of its own, asking coturn for how they behave (RFC 5780) and for relays.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createAuthority } from "./lib/authority.mjs";
import { findCoturn, REALM, USER } from "./lib/coturn.mjs";
import { createNetwork, OUTSIDE, SERVER, whyNoNamespaces } from "./lib/network-namespaces.mjs";

const skip = findCoturn() === undefined ? "coturn is missing: apt-get install coturn" : whyNoNamespaces();
const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../packages/cli/bin/visavis.js");

/** The second address that RFC 5780 needs. */
const OTHER = "198.51.100.2";
const STUN = `stun:${SERVER}`;
const TURN = [`turn:${SERVER}`, `turns:${SERVER}`, "--username", USER.username, "--credential", USER.credential];

describe("doctor", { skip, timeout: 120_000 }, () => {
  /** @type {ReturnType<typeof createAuthority>} */
  let authority;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "doctor-"));

  before(() => {
    authority = createAuthority([SERVER]);
  });
  after(() => {
    authority?.remove();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** coturn at two addresses and two ports, in a namespace. @param {readonly string[]} prefix */
  async function startServer(prefix) {
    const [command = "", ...rest] = prefix;
    spawnSync(command, [...rest, "ip", "address", "add", `${OTHER}/24`, "dev", "bridge"]);
    const child = spawn(
      command,
      [
        ...[...rest, "turnserver", "-n", "--log-file=stdout", "--no-cli", `--realm=${REALM}`, "--lt-cred-mech"],
        ...[`--user=${USER.username}:${USER.credential}`, `--cert=${authority.certificate}`, `--pkey=${authority.key}`],
        ...[`--pidfile=${path.join(folder, `${prefix.at(-1)}.pid`)}`, `--userdb=${path.join(folder, `${prefix.at(-1)}.db`)}`],
        ...[`--listening-ip=${SERVER}`, `--listening-ip=${OTHER}`, `--relay-ip=${SERVER}`],
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    let log = "";
    child.stdout.on("data", (text) => {
      log += text;
    });
    for (const end = performance.now() + 20_000; !/Total General servers/.test(log); ) {
      if (performance.now() > end || child.exitCode !== null) throw new Error(`coturn did not come up: ${log.slice(-2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    };
  }

  /** What the doctor prints in a namespace, as JSON. @param {readonly string[]} prefix @param {readonly string[]} args */
  function ask(prefix, args) {
    const [command = "", ...rest] = prefix;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: authority.ca };
    return new Promise((resolve, reject) => {
      const call = [...rest, process.execPath, program, "doctor", "--json", "--no-mdns", ...args];
      execFile(command, call, { env, encoding: "utf8" }, (error, out, err) => {
        try {
          resolve({ ...JSON.parse(out), code: error?.code ?? 0 });
        } catch {
          reject(new Error(`the doctor said ${out}${err}`));
        }
      });
    });
  }

  /**
   * @param {import("node:test").TestContext} context
   * @param {{ a: import("./lib/network-namespaces.mjs").NatKind, z: import("./lib/network-namespaces.mjs").NatKind }} kinds
   */
  async function world(context, kinds) {
    const network = createNetwork(kinds);
    context.after(() => network.remove());
    const stop = await startServer(network.server);
    context.after(stop);
    return network;
  }

  test("it tells a NAT that holes can be punched in from a symmetric one, and what becomes of a call", async (context) => {
    const network = await world(context, { a: "preserving", z: "random" });
    const [a, z] = await Promise.all([ask(network.a, [STUN]), ask(network.z, [STUN, ...TURN])]);
    const strict = "address-and-port-dependent";
    assert.deepEqual(a.diagnosis.nats, [{ family: 4, mapping: "endpoint-independent", filtering: strict }]);
    assert.equal(a.findings.nats[0].report.mapped.address, OUTSIDE.a);
    assert.deepEqual([a.diagnosis.reach, a.code], ["most", 0]);
    assert.deepEqual(z.diagnosis.nats, [{ family: 4, mapping: strict, filtering: strict }]);
    assert.equal(z.findings.nats[0].report.mapped.address, OUTSIDE.z);
    assert.deepEqual([z.diagnosis.reach, z.diagnosis.relay, z.code], ["few", true, 0]);
    assert.deepEqual(
      z.findings.servers.map(({ transport, works }) => [transport, works]),
      [
        ["udp", true],
        ["udp", true],
        ["tcp", true],
        ["tls", true],
      ],
    );
    const file = path.join(folder, "z.json");
    fs.writeFileSync(file, JSON.stringify(z));
    const relayed = await ask(network.a, [STUN, "--peer", file]);
    assert.deepEqual([relayed.comparison.outcome, relayed.code], ["relay", 0]);
    fs.writeFileSync(file, JSON.stringify(await ask(network.z, [STUN])));
    const impossible = await ask(network.a, [STUN, "--peer", file]);
    assert.deepEqual([impossible.comparison.outcome, impossible.code], ["impossible", 1]);
  });

  test("where no UDP passes it says so, and that relays over TCP and TLS work", async (context) => {
    const network = await world(context, { a: "tcp-only", z: "preserving" });
    const { diagnosis, findings, code } = await ask(network.a, [STUN, ...TURN]);
    assert.deepEqual([diagnosis.udp, diagnosis.reach, diagnosis.relay], ["blocked", "nobody", true]);
    assert.deepEqual(
      findings.servers.map(({ transport, works }) => [transport, works]),
      [
        ["udp", false],
        ["udp", false],
        ["tcp", true],
        ["tls", true],
      ],
    );
    assert.equal(code, 1);
  });
});
