import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as bytes from "./bytes.ts";
import { NEVER } from "./instant.ts";
import { Ring } from "./ring.ts";
import { RouteTable, type SocketId } from "./route.ts";
import { addSerial, diffSerial, diffSerial16, isNewer, serial, serialOf16 } from "./serial.ts";
import { Timer } from "./timer.ts";

test("what is written is read back", () => {
  const at = new Uint8Array(32);
  assert.equal(bytes.setU16(at, 1, 0xfedc), 3);
  assert.equal(bytes.u16(at, 1), 0xfedc);
  bytes.setU24(at, 3, 0xabcdef);
  assert.equal(bytes.u24(at, 3), 0xabcdef);
  bytes.setU32(at, 8, 0xfffffffe);
  assert.equal(bytes.u32(at, 8), 0xfffffffe);
  bytes.setU48(at, 12, 2 ** 48 - 2);
  assert.equal(bytes.u48(at, 12), 2 ** 48 - 2);
  bytes.setU64(at, 20, 2n ** 64n - 2n);
  assert.equal(bytes.u64(at, 20), 2n ** 64n - 2n);
  assert.deepEqual(bytes.fromHex("00 ff:7F"), Uint8Array.of(0, 255, 127));
  assert.equal(bytes.toHex(Uint8Array.of(0, 255, 127)), "00ff7f");
  assert.throws(() => bytes.fromHex("0"), RangeError);
});

test("bytes are copied from anywhere to anywhere, and nothing beside them is touched", () => {
  const memory = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
  const place = fc.tuple(fc.nat(40), fc.nat(2100), fc.nat(40), fc.nat(16));
  fc.assert(
    fc.property(place, fc.boolean(), ([at, length, from, around], isBuffer) => {
      const whole = isBuffer ? Buffer.from(memory.buffer) : memory;
      const source = whole.subarray(around, around + 6000);
      const target = new Uint8Array(new ArrayBuffer(3000), 8).fill(0xaa);
      assert.equal(bytes.copyBytes(target, at, source, from, from + length), at + length);
      assert.deepEqual(target.slice(at, at + length), memory.slice(around + from, around + from + length));
      assert.ok(target.subarray(0, at).every((byte) => byte === 0xaa) && target.subarray(at + length).every((b) => b === 0xaa));
      const slice = bytes.sliceBytes(source, from, from + length);
      assert.deepEqual(slice, target.slice(at, at + length));
      assert.equal(slice.buffer.byteLength, length);
    }),
  );
  const long = new Uint8Array(20_000);
  bytes.copyBytes(long, 8, memory, 16, 9000);
  assert.deepEqual(long.slice(8, 8992), memory.slice(16, 9000));
});

test("serial numbers compare across the wrap", () => {
  assert.ok(isNewer(serial(3), serial(0xfffffff0)));
  assert.equal(diffSerial(serial(3), serial(0xfffffffd)), 6);
  assert.equal(addSerial(serial(0xffffffff), 2), 1);
  assert.equal(diffSerial16(serialOf16(2), serialOf16(65534)), 4);
});

test("a ring is a queue in both directions", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("push", "unshift", "shift", "pop")), (script) => {
      const ring = new Ring<number>(2);
      const model: number[] = [];
      script.forEach((verb, i) => {
        if (verb === "push") model.push(i);
        else if (verb === "unshift") model.unshift(i);
        if (verb === "push" || verb === "unshift") ring[verb](i);
        else assert.equal(ring[verb](), model[verb]());
        assert.deepEqual([...ring], model);
      });
    }),
  );
});

test("a timer backs off, is limited and ends", () => {
  const timer = new Timer({ duration: 100, backoff: "exponential", maxDuration: 300, maxRestarts: 3 });
  assert.equal(timer.deadline, NEVER);
  timer.start(1000);
  assert.equal(timer.expire(1099), "pending");
  assert.equal(timer.expire(1100), "expired");
  assert.equal(timer.deadline, 1300);
  assert.equal(timer.expire(1300), "expired");
  assert.equal(timer.deadline, 1600);
  assert.equal(timer.expire(1600), "expired");
  assert.equal(timer.expire(1900), "exhausted");
  assert.equal(timer.running, false);
});

test("routes are interned, spoofed ones are forgotten and pinned ones stay", () => {
  const table = new RouteTable(4);
  const local = 1 as SocketId;
  const pinned = table.pin(table.intern(local, "udp", "192.0.2.1", 5));
  for (let port = 0; port < 100; port++) table.intern(local, "udp", "198.51.100.1", port);
  assert.equal(table.intern(local, "udp", "192.0.2.1", 5), pinned);
  assert.equal(table.size, 5);
  table.unpin(pinned);
  assert.equal(table.size, 4);
  assert.equal(table.intern(local, "udp", "192.0.2.1", 5), pinned);
  for (let port = 0; port < 4; port++) table.intern(local, "udp", "198.51.100.2", port);
  assert.notEqual(table.intern(local, "udp", "192.0.2.1", 5), pinned);
  table.forget(local);
  assert.equal(table.size, 0);
});
