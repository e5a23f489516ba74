// Starts coturn, and reads what it says of its sessions.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

/** Those that were started and have not ended. @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** What turnserver is called on this machine; undefined where there is none. */
export function findCoturn() {
  try {
    return execFileSync("sh", ["-c", "command -v turnserver"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

/** Own addresses that others on the network know this machine by, the first of each family. @returns {{ 4?: string, 6?: string }} */
export function ownAddresses() {
  const all = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);
  const usable = all.filter(
    ({ internal, address }) => !internal && !address.startsWith("fe80:") && !address.startsWith("169.254."),
  );
  const first = (/** @type {string} */ family) => usable.find((each) => each.family === family)?.address;
  const [four, six] = [first("IPv4"), first("IPv6")];
  return { ...(four !== undefined && { 4: four }), ...(six !== undefined && { 6: six }) };
}

/** A port that nobody has, neither for TCP nor, most likely, for UDP. */
export async function freePort() {
  const server = net.createServer().listen(0);
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  return port;
}

export const REALM = "visavis.test";
export const USER = { username: "alice", credential: "wonderland" };

/** The URL of a TURN server. @param {string} address @param {"udp" | "tcp" | "tls"} transport @param {{ port: number, tlsPort: number }} ports */
export function turnUrl(address, transport, { port, tlsPort }) {
  const host = net.isIP(address) === 6 ? `[${address}]` : address;
  return transport === "tls" ? `turns:${host}:${tlsPort}?transport=tcp` : `turn:${host}:${port}?transport=${transport}`;
}

/**
 * A coturn of the test's own, on the machine's own addresses.
 * @param {{ certificate: string, key: string, secret?: string, ports?: { port: number, tlsPort: number }, addresses?: readonly string[], prefix?: readonly string[] }} options
 *   secret: credentials are limited in time and made with it; default: the user above. prefix: of the command
 */
export async function startCoturn({ certificate, key, secret, ports, addresses = Object.values(ownAddresses()), prefix = [] }) {
  const { port, tlsPort } = ports ?? { port: await freePort(), tlsPort: await freePort() };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "coturn-"));
  const credentials =
    secret === undefined
      ? ["--lt-cred-mech", `--user=${USER.username}:${USER.credential}`]
      : ["--use-auth-secret", `--static-auth-secret=${secret}`];
  const command = [
    ...prefix,
    "turnserver",
    "-n",
    "--verbose",
    "--log-file=stdout",
    "--no-cli",
    "--no-rfc5780",
    `--pidfile=${path.join(folder, "pid")}`,
    `--userdb=${path.join(folder, "db")}`,
    `--realm=${REALM}`,
    ...credentials,
    `--cert=${certificate}`,
    `--pkey=${key}`,
    `--listening-port=${port}`,
    `--tls-listening-port=${tlsPort}`,
    ...addresses.flatMap((address) => [`--listening-ip=${address}`, `--relay-ip=${address}`]),
  ];
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      log += text;
    });
  }
  running.add(child);
  child.once("exit", () => running.delete(child));
  const exited = once(child, "exit");
  for (const end = performance.now() + 20_000; !/Total General servers/.test(log); ) {
    if (performance.now() > end || child.exitCode !== null) {
      child.kill("SIGKILL");
      throw new Error(`coturn did not come up: ${log.slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    tlsPort,
    /** All it has said. */
    log: () => log,
    /** Waits for it to say something. @param {RegExp} what */
    async says(what, timeout = 15_000) {
      for (const end = performance.now() + timeout; !what.test(log); ) {
        if (performance.now() > end) throw new Error(`coturn did not say ${what}: ${log.slice(-3000)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    /** @param {NodeJS.Signals} [signal] */
    async stop(signal = "SIGKILL") {
      child.kill(signal);
      await exited;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
