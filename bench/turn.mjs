// Our TURN server beside coturn, in one run over loopback: npm run bench:turn -- [options]
//
//   --seconds N      of each measured transfer; default 4
//   --rounds N       runs of each server, in turn; the medians are printed with the lowest and highest; default 3
//   --size N         bytes of a packet; default 1200
//   --allocations N  that are held at a time for the memory of each; default 5000
//   --node PATH      another Node.js for our server
//   --record         writes the tables into bench/RESULTS.md
//
// Ten clients talk by channels with a peer each, who sends everything back; both are this process, whose CPU does not count. What counts is the
// CPU time of the server, user and system, of all its threads, for each packet that it relayed. Every byte that comes back is checked.
import { execFileSync, fork, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import { parseArgs } from "node:util";
import "../scripts/bundle.mjs";
import { record } from "./record.mjs";
import { LoadClient, Loop } from "./scenes/turn-load.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
    size: { type: "string", default: "1200" },
    allocations: { type: "string", default: "5000" },
    node: { type: "string", default: process.execPath },
    record: { type: "boolean", default: false },
  },
});
const [seconds, rounds, size, held] = [values.seconds, values.rounds, values.size, values.allocations].map(Number);
const USER = { username: "alice", password: "secret" };
const [CLIENTS, WINDOW] = [10, 32];
const TICKS = 100;

/** CPU seconds of a process, all threads. @param {number} pid */
function cpuOf(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {number} workers */
async function startOurs(workers) {
  const config = {
    listen: ["127.0.0.1"],
    port: await freePort(),
    tcp: false,
    users: { [USER.username]: USER.password },
    allowPeers: ["127.0.0.0/8"],
    userQuota: 100_000,
    totalQuota: 100_000,
    relayPorts: { first: 20_000, last: 65_535 },
    workers,
  };
  const child = fork(new URL("scenes/turn-server.mjs", import.meta.url), [JSON.stringify(config)], {
    execPath: values.node,
    execArgv: ["--expose-gc"],
  });
  const heard = (type) =>
    new Promise((resolve, reject) => {
      child.once("exit", () => reject(new Error("the server ended")));
      child.on("message", (message) => message.type === type && resolve(message));
    });
  await heard("started");
  return {
    pid: child.pid,
    port: config.port,
    memory: async () => {
      child.send("memory");
      return (await heard("memory")).rss;
    },
    stop: () => child.kill("SIGKILL"),
  };
}

async function startCoturn() {
  const port = await freePort();
  const flags = ["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--no-rfc5780", "-m", "1", "-a", "-r", "visavis"];
  const where = ["-L", "127.0.0.1", "-E", "127.0.0.1", "-p", `${port}`, "--min-port", "20000", "--max-port", "65535"];
  const who = ["-u", `${USER.username}:${USER.password}`, "--allow-loopback-peers", "--log-file", "/dev/null"];
  const child = spawn("turnserver", [...flags, ...where, ...who], { stdio: "ignore" });
  await sleep(1000);
  if (child.exitCode !== null) throw new Error("coturn does not start");
  return {
    pid: child.pid,
    port,
    memory: async () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024,
    stop: () => child.kill("SIGKILL"),
  };
}

/** CPU and packets of one server. @param {Awaited<ReturnType<typeof startOurs>>} server */
async function relay(server) {
  const loops = Array.from({ length: CLIENTS }, () => new Loop(new LoadClient(server.port, USER), WINDOW, size));
  for (const loop of loops) await loop.start();
  for (const loop of loops) loop.run();
  // Warm, for either.
  await sleep(1500);
  const sum = (name) => loops.reduce((total, loop) => total + loop[name], 0);
  const [cpu, packets, begin] = [cpuOf(server.pid), sum("relayed"), performance.now()];
  await sleep(seconds * 1000);
  const [usedCpu, relayed, wall] = [cpuOf(server.pid) - cpu, sum("relayed") - packets, (performance.now() - begin) / 1000];
  for (const loop of loops) loop.stop();
  await sleep(100);
  const [lost, wrong] = [sum("lost"), sum("wrong")];
  for (const loop of loops) loop.close();
  if (wrong > 0) throw new Error(`${wrong} packets came back changed`);
  return {
    perCpuSecond: relayed / usedCpu,
    microseconds: (usedCpu / relayed) * 1e6,
    perGigabyte: usedCpu / ((relayed * size) / 1e9),
    load: usedCpu / wall,
    lost: lost / relayed,
  };
}

/** Bytes for each allocation that is held. */
async function memory(server) {
  const before = await server.memory();
  const clients = [];
  for (let i = 0; i < held; i += 50) {
    const some = Array.from({ length: Math.min(50, held - i) }, () => new LoadClient(server.port, USER));
    await Promise.all(some.map((client) => client.start()));
    clients.push(...some);
  }
  const after = await server.memory();
  for (const client of clients) client.close();
  return { before, after, each: (after - before) / held };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const shown = (numbers, digits) =>
  `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)}–${Math.max(...numbers).toFixed(digits)})`;

const servers = [
  { name: "visavis", start: () => startOurs(1) },
  { name: "visavis, 2 workers", start: () => startOurs(2) },
];
if (spawnSync("turnserver", ["--version"]).error === undefined) servers.push({ name: "coturn", start: startCoturn });
else console.error("coturn is not installed: apt-get install coturn");

const runs = servers.map(() => []);
for (let round = 1; round <= rounds; round++) {
  for (const [index, { name, start }] of servers.entries()) {
    process.stderr.write(`turn: ${name}, ${round} of ${rounds}\n`);
    const server = await start();
    try {
      runs[index].push(await relay(server));
    } finally {
      server.stop();
    }
  }
}
const of = (index, key) => runs[index].map((run) => run[key]);
const lines = [
  "| server | packets per CPU second | µs of CPU per packet | CPU seconds per GB | cores in use | lost |",
  "| --- | --- | --- | --- | --- | --- |",
  ...servers.map(({ name }, index) => {
    const cells = [shown(of(index, "perCpuSecond"), 0), shown(of(index, "microseconds"), 2), shown(of(index, "perGigabyte"), 2)];
    return `| ${[name, ...cells, shown(of(index, "load"), 2), shown(of(index, "lost"), 5)].join(" | ")} |`;
  }),
  "",
];
const [ours, workers, theirs] = servers.map((_, index) => median(of(index, "perCpuSecond")));
if (theirs !== undefined)
  lines.push(`- packets per CPU second: visavis is ${(ours / theirs).toFixed(2)} × coturn (at least 0.5 is the goal)`);
lines.push(`- CPU per packet: 2 workers need ${(ours / workers).toFixed(2)} × what 1 needs (at most 1.25 is the goal)`);
for (const { name, start } of servers.filter((_, index) => index !== 1)) {
  process.stderr.write(`turn: ${name}, ${held} allocations\n`);
  const server = await start();
  try {
    const { before, after, each } = await memory(server);
    const mega = (bytes) => (bytes / 2 ** 20).toFixed(0);
    lines.push(
      `- ${name}: ${held} allocations at a time, ${(each / 1024).toFixed(1)} KiB each (${mega(before)} → ${mega(after)} MiB)`,
    );
  } finally {
    server.stop();
  }
}
const version = execFileSync(values.node, ["--version"], { encoding: "utf8" }).trim().slice(1);
const title = `A TURN server relays packets of ${size} bytes over UDP, ${CLIENTS} allocations, by channels, there and back`;
console.log(["", `## turn, Node ${version}`, "", `${title}.`, "", ...lines].join("\n"));
if (values.record) {
  const command = `npm run bench:turn -- --rounds ${rounds} --seconds ${seconds} --size ${size}`;
  record(new URL("RESULTS.md", import.meta.url), { scenario: "turn", title, node: version, command, lines });
}
process.exit(0);
