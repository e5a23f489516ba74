/**
 * The platform of Node with real sockets, on loopback only.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { DatagramSocket } from "visavis/base";
import { nodePlatform } from "visavis/node";

const { clock, network } = nodePlatform();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const isThere = (address: string): boolean => network.interfaces().some((entry) => entry.address === address);

interface Heard {
  readonly text: string;
  readonly address: string;
  readonly port: number;
}

/** A bound socket and a promise of what it hears first. */
async function listen(address: string, port = 0): Promise<{ socket: DatagramSocket; first: Promise<Heard> }> {
  let hear: (heard: Heard) => void;
  const first = new Promise<Heard>((resolve) => {
    hear = resolve;
  });
  const socket = await network.bindUdp({ address, port }, (datagram, from, fromPort) =>
    hear({ text: decoder.decode(datagram), address: from, port: fromPort }),
  );
  return { socket, first };
}

for (const address of ["127.0.0.1", "::1"]) {
  test(`a datagram goes over ${address} and shows where it came from`, {
    skip: !isThere(address) && "no such address",
  }, async () => {
    const [a, b] = [await listen(address), await listen(address)];
    try {
      const bytes = encoder.encode("__hello__");
      assert.equal(a.socket.send(bytes, 2, 5, address, b.socket.port), true, "the kernel has copied it");
      bytes.fill(0);
      assert.deepEqual(await b.first, { text: "hello", address, port: a.socket.port });
    } finally {
      a.socket.close();
      b.socket.close();
    }
  });
}

test("a taken port and a foreign address reject with the system's code", async () => {
  const { socket } = await listen("127.0.0.1");
  try {
    await assert.rejects(listen("127.0.0.1", socket.port), { code: "EADDRINUSE" });
    await assert.rejects(listen("198.51.100.77"), { code: "EADDRNOTAVAIL" });
  } finally {
    socket.close();
  }
});

test("what cannot be sent is lost, not thrown; and a closed socket is quiet", async () => {
  const { socket } = await listen("127.0.0.1");
  const bytes = new Uint8Array(10);
  // A broadcast is refused with EACCES, a port of 0 and a name by Node itself.
  for (const [address, port] of [
    ["255.255.255.255", 9],
    ["127.0.0.1", 0],
    ["not an address", 9],
  ] as const) {
    assert.equal(socket.send(bytes, 0, 10, address, port), true);
  }
  await new Promise((resolve) => setImmediate(resolve));
  socket.close();
  socket.close();
  assert.equal(socket.send(bytes, 0, 10, "127.0.0.1", 9), true);
});

test("timers fire at or about their time and can be cancelled", async () => {
  const start = clock.now();
  const cancel = clock.schedule(start + 5, () => assert.fail("cancelled"));
  cancel();
  await new Promise<void>((resolve) => clock.schedule(start + 20, resolve));
  assert.ok(clock.now() >= start + 18);
  await new Promise<void>((resolve) => clock.schedule(start - 100, resolve));
});

test("promise reactions run between two immediates", async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    clock.immediate(() => {
      order.push("first");
      queueMicrotask(() => order.push("reaction"));
    });
    clock.immediate(() => {
      order.push("second");
      resolve();
    });
  });
  assert.deepEqual(order, ["first", "reaction", "second"]);
});

test("names: an address is itself, .local is left to the agent, a question can be given up", async () => {
  assert.deepEqual(await network.resolve("127.0.0.1", 4), ["127.0.0.1"]);
  assert.deepEqual(await network.resolve("something.local", 4), []);
  const abort = new AbortController();
  const answer = network.resolve("stun.example.invalid", 4, abort.signal);
  abort.abort();
  assert.deepEqual(await answer, []);
});

test("a process with closed sockets ends by itself", () => {
  const script = `
    import { nodePlatform } from ${JSON.stringify(import.meta.resolve("visavis/node"))};
    const { network } = nodePlatform();
    const socket = await network.bindUdp({ address: "127.0.0.1", port: 0 }, () => undefined);
    socket.send(new Uint8Array(3), 0, 3, "127.0.0.1", socket.port);
    socket.close();
    process.on("exit", () => process.stdout.write(String(performance.now() < 5000)));
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 10_000,
  });
  assert.deepEqual([status, stdout, stderr], [0, "true", ""]);
});
