import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "./address.ts";
import type { PacketLog } from "./packet-log.ts";
import { Simulation } from "./simulation.ts";
import { udpFrame } from "./udp-frame.ts";

interface Block {
  readonly type: number;
  readonly body: DataView;
}

/** The blocks of a capture file; both lengths of each must agree. */
function blocksOf(file: Uint8Array): Block[] {
  const blocks: Block[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let offset = 0; offset < file.length; ) {
    const length = view.getUint32(offset + 4, true);
    assert.equal(length % 4, 0);
    assert.equal(view.getUint32(offset + length - 4, true), length);
    blocks.push({
      type: view.getUint32(offset, true),
      body: new DataView(file.buffer, file.byteOffset + offset + 8, length - 12),
    });
    offset += length;
  }
  return blocks;
}

/** The options from `offset` on, by code. */
function optionsOf(body: DataView, start: number): Map<number, string> {
  const options = new Map<number, string>();
  for (let offset = start; offset < body.byteLength; ) {
    const [code, length] = [body.getUint16(offset, true), body.getUint16(offset + 2, true)];
    if (code === 0) break;
    options.set(code, new TextDecoder().decode(new Uint8Array(body.buffer, body.byteOffset + offset + 4, length)));
    offset += 4 + ((length + 3) & ~3);
  }
  return options;
}

/** The one's complement sum of 16-bit words; 0xffff when a checksum over them is right. */
function onesSum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** Two hosts exchange datagrams of odd and even length over IPv4 and IPv6; the second one from each is lost. */
function scene(): { sim: Simulation; log: PacketLog } {
  const sim = new Simulation();
  const log = sim.tap();
  const a = sim.host({ name: "a", addresses: ["10.0.0.1", "fd00::1"] });
  const b = sim.host({ name: "b", addresses: ["10.0.0.2", "fd00::2"] });
  sim.link(a, b, { delay: 20, drop: [2] });
  const four = a.bind({ address: "10.0.0.1", port: 1000 }, () => {});
  const six = b.bind({ address: "fd00::2", port: 2000 }, () => {});
  b.bind({ address: "10.0.0.2", port: 2000 }, (datagram) => datagram.fill(0xee));
  four.send(Uint8Array.of(1, 2, 3), 0, 3, "10.0.0.2", 2000);
  four.send(Uint8Array.of(4), 0, 1, "10.0.0.2", 2000);
  sim.after(0.125, () => six.send(new Uint8Array(20).fill(0xab), 0, 20, "fd00::1", 9));
  sim.runFor(100);
  six.send(Uint8Array.of(9), 0, 1, "nonsense", 9);
  return { sim, log };
}

test("the text has one line for each datagram", () => {
  assert.deepEqual(scene().log.text(8).split("\n"), [
    "       0.000 a>b 10.0.0.1:1000 > 10.0.0.2:2000 3 B delivered +20.000 010203",
    "       0.000 a>b 10.0.0.1:1000 > 10.0.0.2:2000 1 B rule 04",
    "       0.125 b>a [fd00::2]:2000 > [fd00::1]:9 20 B delivered +20.000 abababababababab…",
    "      20.125 a [fd00::2]:2000 > [fd00::1]:9 20 B unheard abababababababab…",
    "     100.000 b [fd00::2]:2000 > nonsense:9 1 B no-route 09",
    "",
  ]);
});

test("a capture is read back: times, comments, addresses, checksums", () => {
  const blocks = blocksOf(scene().log.pcapng());
  const [section] = blocks;
  assert.equal(section?.type, 0x0a0d0d0a);
  assert.equal(section?.body.getUint32(0, true), 0x1a2b3c4d);
  const interfaces = blocks.filter(({ type }) => type === 1);
  assert.ok(interfaces.every(({ body }) => body.getUint16(0, true) === 101));
  assert.deepEqual(
    interfaces.map(({ body }) => optionsOf(body, 8).get(2)),
    ["a>b", "b>a", "b"],
  );
  const packets = blocks.filter(({ type }) => type === 6);
  assert.equal(packets.length, 3);
  const epoch = Date.UTC(2025, 0, 1);
  const comments: (string | undefined)[] = [];
  const times: number[] = [];
  for (const { body } of packets) {
    times.push((body.getUint32(4, true) * 2 ** 32 + body.getUint32(8, true)) / 1000 - epoch);
    const length = body.getUint32(12, true);
    assert.equal(body.getUint32(16, true), length);
    comments.push(optionsOf(body, 20 + ((length + 3) & ~3)).get(1));
    const frame = new Uint8Array(body.buffer, body.byteOffset + 20, length);
    const ipv4 = (frame[0] as number) >> 4 === 4;
    const udp = frame.subarray(ipv4 ? 20 : 40);
    if (ipv4) assert.equal(onesSum(frame.subarray(0, 20)), 0xffff);
    assert.equal(onesSum(frame.subarray(ipv4 ? 12 : 8, ipv4 ? 20 : 40), Uint8Array.of(0, 17, 0, udp.length), udp), 0xffff);
    assert.equal(((udp[4] as number) << 8) | (udp[5] as number), udp.length);
  }
  assert.deepEqual(times, [0, 0, 0.125]);
  assert.deepEqual(comments, [undefined, "rule", undefined]);
  const [first] = packets;
  assert.deepEqual(
    [...new Uint8Array(first?.body.buffer ?? new ArrayBuffer(0), (first?.body.byteOffset ?? 0) + 20 + 28, 3)],
    [1, 2, 3],
    "the log keeps bytes of its own",
  );
});

test("the receivers' capture holds what arrived, when it arrived", () => {
  const packets = blocksOf(scene().log.pcapng("receivers")).filter(({ type }) => type === 6);
  assert.deepEqual(
    packets.map(({ body }) => (body.getUint32(4, true) * 2 ** 32 + body.getUint32(8, true)) / 1000 - Date.UTC(2025, 0, 1)),
    [20, 20.125],
  );
});

test("a tap has a limit and may watch some ways only", () => {
  const { sim } = scene();
  const log = sim.tap({ limit: 2, ways: ["a lo:a>a"] });
  const socket = sim.host({ name: "c", addresses: ["10.0.0.3"] }).bind({ address: "127.0.0.1", port: 1 }, () => {});
  socket.send(Uint8Array.of(1), 0, 1, "127.0.0.1", 1);
  assert.equal(log.records.length, 0);
  const all = sim.tap({ limit: 2 });
  for (let i = 0; i < 5; i++) socket.send(Uint8Array.of(1), 0, 1, "127.0.0.1", 1);
  assert.deepEqual([all.records.length, all.missed], [2, 3]);
  assert.match(all.text(), /3 more\n$/);
});

test("a UDP checksum that comes out as zero is sent as ones", () => {
  const [source, destination] = [parseAddress("10.0.0.1") as Address, parseAddress("10.0.0.2") as Address];
  const plain = udpFrame(source, 1, destination, 2, new Uint8Array(2));
  const sum = plain.slice(26, 28);
  // A payload equal to the checksum of the datagram without it makes the sum all ones.
  assert.deepEqual([...udpFrame(source, 1, destination, 2, sum).subarray(26, 28)], [255, 255]);
});
