/** The TURN server as a program: its configuration, where it listens, what it tells, how it ends. */
import assert from "node:assert/strict";
import dgram from "node:dgram";
import net from "node:net";
import { afterEach, describe, test } from "node:test";
import { parseTurnConfig, TurnConfigError, type TurnConfigInput } from "./turn-config.ts";
import { TurnStartError } from "./turn-core.ts";
import { observe, type TurnMeter } from "./turn-meter.ts";
import { metricFamilies, prometheusText, sumOfMetrics } from "./turn-metrics.ts";
import { createTurnServer, type TurnServerHandle, type TurnServerParts } from "./turn-server-program.ts";

const BINDING = Uint8Array.of(0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
/** An Allocate request of somebody who has said nothing yet. */
const ALLOCATE = Uint8Array.of(0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

let running: TurnServerHandle[] = [];
afterEach(async () => {
  await Promise.all(running.map((each) => each.close()));
  running = [];
});

async function start(input: TurnConfigInput = {}, parts?: TurnServerParts): Promise<TurnServerHandle> {
  const server = await createTurnServer({ listen: ["127.0.0.1"], port: 0, users: { alice: "secret" }, ...input }, parts);
  running.push(server);
  return server;
}

const portOf = ({ addresses }: TurnServerHandle, protocol: string): number =>
  addresses.find((each) => each.protocol === protocol)?.port ?? assert.fail(protocol);

function askUdp(port: number, request: Uint8Array): Promise<Buffer> {
  const socket = dgram.createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("message", (answer) => {
      socket.close();
      resolve(answer);
    });
    socket.send(request, port, "127.0.0.1");
  });
}

function askTcp(port: number, request: Uint8Array): Promise<Buffer> {
  const socket = net.connect(port, "127.0.0.1", () => socket.write(request));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", (answer) => {
      socket.destroy();
      resolve(answer);
    });
  });
}

describe("the configuration", () => {
  test("has a default for everything", () => {
    const config = parseTurnConfig({});
    assert.deepEqual(
      [config.port, config.tlsPort, config.userQuota, config.relayPorts, config.workers],
      [3478, 5349, 16, { first: 49_152, last: 65_535 }, 1],
    );
  });

  test("what is wrong is said with its place", () => {
    const cases: [unknown, RegExp][] = [
      [{ prot: 1 }, /^prot: there is no such setting; there are realm, users,/],
      [{ port: "3478" }, /^port must be a whole number from 0 to 65535$/],
      [{ listen: ["localhost"] }, /^listen\[0\] must be an IP address such as/],
      [{ users: { alice: 5 } }, /^users\.alice must be a text$/],
      [{ relayPorts: { first: 9, last: 8 } }, /^relayPorts must not end before it begins$/],
      [{ denyPeers: ["10.0.0.0/33"] }, /^denyPeers\[0\] must be an address or a range/],
      [{ udp: false, tcp: false }, /takes a certificate/],
      [{ port: -1, workers: 0 }, /port must be .*\nworkers must be/],
      ["text", /The configuration /],
    ];
    for (const [input, words] of cases) {
      assert.throws(
        () => parseTurnConfig(input),
        (error) => error instanceof TurnConfigError && words.test(error.message),
        JSON.stringify(input),
      );
    }
  });

  test("what only shows at the start is explained too", async () => {
    await assert.rejects(start({ certificate: "/none", key: "/none" }), /certificate: the file \/none cannot be read \(ENOENT\)/);
    await assert.rejects(start({ relay: ["127.0.0.1", "127.0.0.2"] }), /more than one address of a family/);
    await assert.rejects(
      start({ listen: ["203.0.113.7"] }),
      (error) => error instanceof TurnStartError && /203\.0\.113\.7.*no such address/.test(error.message),
    );
    const port = portOf(await start(), "udp");
    await assert.rejects(start({ port }), /another program has it already/);
  });
});

describe("a running server", () => {
  test("answers over UDP and TCP, and challenges whom it does not know", async () => {
    const server = await start();
    assert.equal((await askUdp(portOf(server, "udp"), BINDING)).readUInt16BE(0), 0x0101);
    assert.equal((await askTcp(portOf(server, "tcp"), BINDING)).readUInt16BE(0), 0x0101);
    assert.equal((await askUdp(portOf(server, "udp"), ALLOCATE)).readUInt16BE(0), 0x0113);
    const metrics = await server.metrics();
    assert.deepEqual([metrics.requests["binding"], metrics.requests["allocate"], metrics.errors["401"]], [2, 1, 1]);
    assert.equal(metrics.connectionsTotal, 1);
  });

  test("serves its metrics for Prometheus, and nothing else", async () => {
    const server = await start({ metrics: { port: 0 } });
    await askUdp(portOf(server, "udp"), BINDING);
    const { address, port } = server.metricsAddress ?? assert.fail();
    const page = await fetch(`http://${address}:${port}/metrics`);
    assert.match(page.headers.get("content-type") ?? "", /version=0\.0\.4/);
    const text = await page.text();
    assert.match(text, /^# TYPE visavis_turn_allocations gauge\nvisavis_turn_allocations 0$/m);
    assert.match(text, /^visavis_turn_requests_total\{method="binding"\} 1$/m);
    assert.equal((await fetch(`http://${address}:${port}/`)).status, 404);
    assert.equal((await fetch(`http://${address}:${port}/metrics`, { method: "POST" })).status, 405);
    assert.equal(await (await fetch(`http://${address}:${port}/health`)).text(), "ok\n");
  });

  test("several workers: each answers, and they count together", async () => {
    const server = await start({ workers: 2, tcp: false });
    const ports = new Set(server.addresses.map(({ port }) => port));
    assert.equal(ports.size, 2, "the system chose a port for each");
    for (const port of ports) await askUdp(port, BINDING);
    assert.equal((await server.metrics()).requests["binding"], 2);
    await server.close();
    await server.close();
  });

  test("drains: without allocations it ends at once", async () => {
    for (const workers of [1, 2]) {
      const server = await start({ workers });
      const begin = performance.now();
      await server.drain(60);
      assert.ok(performance.now() - begin < 10_000);
    }
  });
});

describe("metrics", () => {
  const some = { ...sumOfMetrics([]), allocations: 2, bytesToPeers: 7, errors: { 401: 1 }, drops: { malformed: 3 } };

  test("several servers are added", () => {
    const sum = sumOfMetrics([some, some, sumOfMetrics([])]);
    assert.deepEqual([sum.allocations, sum.bytesToPeers, sum.errors, sum.drops], [4, 14, { 401: 2 }, { malformed: 6 }]);
  });

  test("every name of Prometheus is told once, with help and type", () => {
    const text = prometheusText(some);
    const names = metricFamilies(some).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.equal(text.split(`# TYPE ${name} `).length, 2);
    for (const line of text.trimEnd().split("\n")) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[\w-]+"\})? \d+)$/);
  });

  test("a meter of OpenTelemetry observes them, until it is over", async () => {
    const seen: [string, number, unknown][] = [];
    let callback: Parameters<TurnMeter["addBatchObservableCallback"]>[0] | undefined;
    const meter: TurnMeter = {
      createObservableGauge: (name) => ({ name }),
      createObservableCounter: (name) => ({ name }),
      addBatchObservableCallback: (each) => {
        callback = each;
      },
      removeBatchObservableCallback: (each) => {
        if (callback === each) callback = undefined;
      },
    };
    const end = observe(meter, () => Promise.resolve(some), sumOfMetrics([]));
    await callback?.({ observe: (instrument: { name: string }, value, labels) => seen.push([instrument.name, value, labels]) });
    assert.deepEqual(
      seen.find(([name]) => name === "visavis.turn.allocations"),
      ["visavis.turn.allocations", 2, {}],
    );
    assert.deepEqual(
      seen.find(([name]) => name === "visavis.turn.dropped"),
      ["visavis.turn.dropped", 3, { reason: "malformed" }],
    );
    end();
    assert.equal(callback, undefined);
  });
});
