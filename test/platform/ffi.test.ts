/**
 * `node:ffi` where the runtime has it: sockets that move rows of datagrams, and processes in which nothing of it shows.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { DatagramSocket } from "visavis/base";
import { nodePlatform, useSegmentedSockets } from "visavis/node";

const { network } = nodePlatform();
const TRAFFIC = fileURLToPath(new URL("./ffi-traffic.js", import.meta.url));

interface Heard {
  /** One text per datagram, or per row when its cuts are not known. */
  readonly texts: string[];
  readonly from: Set<string>;
}

async function listen(address: string): Promise<{ socket: DatagramSocket; heard: Heard }> {
  const heard: Heard = { texts: [], from: new Set() };
  const hear = (bytes: Uint8Array, from: string, port: number): void => {
    heard.texts.push(new TextDecoder().decode(bytes));
    heard.from.add(`${from} ${port}`);
  };
  const socket = await network.bindUdp({ address, port: 0 }, hear, (bytes, start, end, size, from, port) => {
    const step = size > 0 ? size : end - start;
    for (let at = start; at < end; at += step) hear(bytes.subarray(at, Math.min(end, at + step)), from, port);
  });
  return { socket, heard };
}

/** Until something holds, for a second at most. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The letters of the alphabet, each `size` times, and a shorter last one. */
function letters(count: number, size: number, last: number): string[] {
  return Array.from({ length: count }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(i === count - 1 ? last : size));
}

const probe = await listen("127.0.0.1");
const skip = probe.socket.segments === undefined ? "this runtime has no node:ffi" : false;
probe.socket.close();

for (const address of ["127.0.0.1", "::1"]) {
  const isThere = network.interfaces().some((entry) => entry.address === address);
  test(`rows go over ${address} and arrive as datagrams`, { skip: isThere ? skip : "no such address" }, async () => {
    const [a, b] = [await listen(address), await listen(address)];
    try {
      assert.equal(a.socket.dontFragment, true);
      const texts = letters(40, 1200, 700);
      const bytes = new TextEncoder().encode(`..${texts.join("")}.`);
      const send = (): boolean | undefined => a.socket.segments?.send(bytes, 2, bytes.length - 3, 1200, address, b.socket.port);
      assert.equal(send(), true);
      await until(() => b.heard.texts.length >= 40);
      assert.deepEqual(b.heard.texts, texts);
      assert.deepEqual([...b.heard.from], [`${address} ${a.socket.port}`]);
      // Put together, the first that is read has no cuts; those behind it have.
      b.heard.texts.length = 0;
      b.socket.segments?.coalesce(true);
      for (let i = 0; i < 3; i++) send();
      await until(() => b.heard.texts.join("").length >= 3 * (bytes.length - 3));
      assert.equal(b.heard.texts.join(""), texts.join("").repeat(3));
      assert.ok(b.heard.texts.length <= 81, "nothing was put together");
      assert.deepEqual(b.heard.texts.slice(-40), texts);
      b.socket.segments?.coalesce(false);
      b.heard.texts.length = 0;
      send();
      await until(() => b.heard.texts.length >= 40);
      assert.deepEqual(b.heard.texts, texts);
      assert.equal(a.socket.send(bytes, 2, 1200, address, b.socket.port), true);
      await until(() => b.heard.texts.length >= 41);
      assert.equal(b.heard.texts.at(-1), texts[0]);
    } finally {
      a.socket.close();
      b.socket.close();
    }
  });
}

test("rows that the kernel does not take are sent one by one, and what nobody takes is lost", { skip }, async () => {
  const [a, b] = [await listen("127.0.0.1"), await listen("127.0.0.1")];
  const { segments } = a.socket;
  assert.ok(segments);
  const bytes = new Uint8Array(70_000).fill(120);
  const { port } = b.socket;
  // More datagrams than one call takes.
  assert.equal(segments.send(bytes, 0, 150, 1, "127.0.0.1", port), true);
  await until(() => b.heard.texts.length === 150);
  assert.equal(b.heard.texts.length, 150);
  assert.equal(segments.send(bytes, 0, 10, 1200, "127.0.0.1", port), true);
  assert.equal(a.socket.send(bytes, 0, 70_000, "127.0.0.1", port), true);
  assert.equal(segments.send(bytes, 0, 2400, 1200, "not an address", port), true);
  assert.equal(segments.send(bytes, 0, 2400, 1200, "::1", port), true);
  assert.throws(() => segments.send(bytes, 69_000, 2400, 1200, "127.0.0.1", port), RangeError);
  assert.throws(() => segments.send(bytes, 0, 2400, 0, "127.0.0.1", port), RangeError);
  assert.throws(() => a.socket.send(bytes, -1, 10, "127.0.0.1", port), RangeError);
  await until(() => b.heard.texts.length === 151);
  assert.equal(b.heard.texts.length, 151);
  a.socket.close();
  b.socket.close();
  assert.equal(segments.send(bytes, 0, 2400, 1200, "127.0.0.1", port), true);
  segments.coalesce(true);
});

test("a socket that is closed while it reads stops there", { skip }, async () => {
  const { socket: a } = await listen("127.0.0.1");
  let count = 0;
  let close = (): void => undefined;
  const hear = (): void => {
    if (++count === 3) close();
  };
  const b = await network.bindUdp({ address: "127.0.0.1", port: 0 }, hear, hear);
  close = () => b.close();
  for (let i = 0; i < 10; i++) a.send(new Uint8Array(1200), 0, 1200, "127.0.0.1", b.port);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(count, 3);
  a.close();
});

test("sockets without it can be had", { skip }, async () => {
  useSegmentedSockets(false);
  const { socket } = await listen("127.0.0.1");
  useSegmentedSockets(true);
  assert.equal(socket.segments, undefined);
  socket.close();
});

function run(mode: string, ...flags: string[]): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [...flags, TRAFFIC, mode], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(signal, null, `${mode} was ended by ${signal}: ${stderr}`);
  return { stdout, stderr, status };
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

test("data goes through, and nothing is printed", () => {
  assert.deepEqual(run("once"), { stdout: line({ used: skip === false, right: 100 }), stderr: "", status: 0 });
});

test("data goes through where it is not allowed, and nothing is printed", { skip }, () => {
  const expected = { stdout: line({ used: false, right: 100 }), stderr: "", status: 0 };
  assert.deepEqual(run("once", "--no-experimental-ffi"), expected);
  // The other flags have warnings of their own.
  const restricted = run("once", "--permission", "--allow-net", "--allow-fs-read=*", "--no-warnings");
  assert.deepEqual(restricted, expected);
});

test("the warnings of others are printed as ever", { skip }, () => {
  const script = `
    const { emitWarning } = process;
    process.on("warning", ({ name, message }) => console.log(name, message));
    const { nodePlatform } = await import(${JSON.stringify(import.meta.resolve("visavis/node"))});
    process.emitWarning("FFI of mine", "ExperimentalWarning");
    const socket = await nodePlatform().network.bindUdp({ address: "127.0.0.1", port: 0 }, () => undefined);
    process.emitWarning("FFI is something of mine too", "ExperimentalWarning");
    socket.close();
    setImmediate(() => console.log(process.emitWarning === emitWarning, socket.segments !== undefined));
  `;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  assert.equal(stdout, "ExperimentalWarning FFI of mine\nExperimentalWarning FFI is something of mine too\ntrue true\n");
});

test("two threads use it at once", { skip }, () => {
  const each = { used: true, right: 100 };
  assert.deepEqual(run("workers"), { stdout: line([each, each]), stderr: "", status: 0 });
});

test("a process, a thread and a connection end in the middle of it", { skip }, () => {
  assert.deepEqual(run("exit"), { stdout: line("leaving"), stderr: "", status: 0 });
  assert.deepEqual(run("kill"), { stdout: line("all ended"), stderr: "", status: 0 });
  assert.deepEqual(run("close"), { stdout: line("all closed"), stderr: "", status: 0 });
});

test("it works while memory is collected all the time", { skip }, () => {
  const result = run("once", "--expose-gc", "--gc-interval=200", "--max-semi-space-size=1");
  assert.deepEqual(result, { stdout: line({ used: true, right: 100 }), stderr: "", status: 0 });
});
