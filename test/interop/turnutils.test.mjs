// Our TURN server, and the tools that come with coturn as its clients: what they relay, learn of themselves and are refused.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { createTurnServer, timeLimitedCredentials } from "@visavis/server/turn";
import { createAuthority } from "./lib/authority.mjs";

const TOOLS = ["turnutils_uclient", "turnutils_stunclient", "turnutils_natdiscovery"];
const missing = TOOLS.find((tool) => spawnSync(tool, ["-?"]).error !== undefined);
const skip = missing !== undefined && `${missing} is missing: apt-get install coturn`;

const [HOST, OTHER_HOST] = ["127.0.0.1", "127.0.0.2"];
const SECRET = "north";
/** Each of two clients, who are each other's peers, sends so many messages. */
const MESSAGES = 20;

/** Ports that are free at both addresses, one after the other. */
const PORT = 20_000 + 2 * (process.pid % 5000);

/** @param {string} tool @param {readonly string[]} args @returns {Promise<string>} what it printed, whatever it thinks of it */
function run(tool, args) {
  return new Promise((resolve) => {
    execFile(tool, args, { timeout: 60_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

describe("coturn's tools at our server", { skip, timeout: 240_000 }, () => {
  /** @type {ReturnType<typeof createAuthority>} */
  let authority;
  /** @type {Awaited<ReturnType<typeof createTurnServer>>} */
  let server;

  before(async () => {
    authority = createAuthority([HOST]);
    server = await createTurnServer({
      listen: [HOST, "::1"],
      port: PORT,
      tlsPort: PORT + 2,
      certificate: authority.certificate,
      key: authority.key,
      relay: [HOST, "::1"],
      users: { alice: "secret" },
      secret: SECRET,
      discovery: { addresses: [HOST, OTHER_HOST], ports: [PORT, PORT + 1] },
    });
  });
  after(async () => {
    await server?.close();
    authority?.remove();
  });

  /** Two clients talk to each other by their relays. @param {readonly string[]} args */
  const talk = (args, address = HOST) =>
    run("turnutils_uclient", ["-y", "-c", "-n", `${MESSAGES}`, "-p", `${PORT}`, ...args, address]);

  /** @param {string} output @param {number} clients */
  function allArrived(output, clients) {
    const sent = /tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g;
    const [, messages, received] = [...output.matchAll(sent)].at(-1) ?? assert.fail(output);
    assert.equal(Number(messages), clients * MESSAGES, output);
    assert.equal(received, messages, output);
    assert.match(output, /Total lost packets 0 /);
  }

  /** @type {readonly [name: string, args: readonly string[]][]} */
  const ways = [
    ["channels over UDP", []],
    ["indications over UDP", ["-s"]],
    ["channels over TCP", ["-t"]],
    ["indications over TCP", ["-t", "-s"]],
    ["channels over TLS", ["-t", "-S", "-p"]],
  ];
  for (const [name, args] of ways) {
    test(`${name}: all that two clients say to each other arrives`, async () => {
      const before = await server.metrics();
      const whole = args.at(-1) === "-p" ? [...args, `${PORT + 2}`] : args;
      allArrived(await talk(["-u", "alice", "-w", "secret", "-m", "2", ...whole]), 2);
      const metrics = await server.metrics();
      assert.ok(metrics.packetsToPeers - before.packetsToPeers >= 2 * MESSAGES, "the server counted it");
      assert.ok(metrics.packetsToClients - before.packetsToClients >= 2 * MESSAGES);
      assert.equal(
        metrics.connectionsTotal > before.connectionsTotal,
        args.includes("-t"),
        "by the transport that was asked for",
      );
    });
  }

  test("relayed addresses of IPv6", async () => {
    allArrived(await talk(["-u", "alice", "-w", "secret", "-x", "-m", "2"], "::1"), 2);
  });

  test("time-limited credentials, made by the tool itself and by us", async () => {
    allArrived(await talk(["-u", "bob", "-W", SECRET, "-m", "2"]), 2);
    const { username, password } = timeLimitedCredentials(SECRET, Math.floor(Date.now() / 1000) + 60, "carol");
    allArrived(await talk(["-u", username, "-w", password, "-m", "2"]), 2);
    const old = timeLimitedCredentials(SECRET, Math.floor(Date.now() / 1000) - 60, "carol");
    const refused = await talk(["-u", old.username, "-w", old.password, "-m", "1"]);
    assert.match(refused, /error 401|Cannot complete Allocation/);
    assert.doesNotMatch(refused, /tot_recv_msgs=[1-9]/);
  });

  test("a wrong password is refused", async () => {
    const output = await talk(["-u", "alice", "-w", "wrong", "-m", "1"]);
    assert.match(output, /error 401|Cannot complete Allocation/);
  });

  test("peers of the inside are refused unless they are opened", async () => {
    const to = ["-u", "alice", "-w", "secret", "-c", "-n", "1", "-p", `${PORT}`, "-e", "10.0.0.1", HOST];
    assert.match(await run("turnutils_uclient", to), /error 403 \(Forbidden\)/);
  });

  test("turnutils_stunclient learns its address, and that there is another server address", async () => {
    const output = await run("turnutils_stunclient", ["-p", `${PORT}`, HOST]);
    assert.match(output, /UDP reflexive addr: 127\.0\.0\.1:\d+/);
    assert.match(output, new RegExp(`Other addr:? *:? *${OTHER_HOST.replaceAll(".", "\\.")}:${PORT + 1}`));
  });

  test("turnutils_natdiscovery: no NAT, neither mapping nor filtering, hairpins", async () => {
    const output = await run("turnutils_natdiscovery", ["-m", "-f", "-p", `${PORT}`, "-L", HOST, HOST]);
    assert.match(output, /NAT with Endpoint Independent Mapping!|No NAT!?|Endpoint Independent/i, output);
    assert.match(output, /Endpoint Independent Filtering/i, output);
  });
});
