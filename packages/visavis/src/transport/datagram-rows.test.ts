import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, fromHex } from "../base/bytes.ts";
import type { Route, SocketId } from "../base/route.ts";
import { DatagramRows } from "./datagram-rows.ts";

const STUN = concatBytes(fromHex("000100082112a442"), new Uint8Array(12), new Uint8Array(8));
const PLAIN = concatBytes(fromHex("17fefd00010000000000050007"), new Uint8Array(7));
const LONG = concatBytes(fromHex("2f00010009"), new Uint8Array(9));
const SHORT = concatBytes(fromHex("27010009"), new Uint8Array(9));
const UNTOLD = concatBytes(fromHex("2b0001"), new Uint8Array(20));
const RTP = concatBytes(fromHex("8060"), new Uint8Array(30));

function cuts(rows: DatagramRows, ...parts: Uint8Array[]): number[] {
  const bytes = concatBytes(Uint8Array.of(9, 9, 9), ...parts, Uint8Array.of(9));
  const end = bytes.length - 1;
  const sizes: number[] = [];
  for (let at = 3; at < end; ) {
    const next = rows.delimit(bytes, at, end);
    assert.ok(next > at && next <= end);
    sizes.push(next - at);
    at = next;
  }
  return sizes;
}

const route = (local: number): Route => ({ local: local as SocketId, protocol: "udp", address: "192.0.2.1", port: 9 });

test("STUN and DTLS are cut where they end", () => {
  const rows = new DatagramRows();
  const parts = [STUN, PLAIN, LONG, STUN, SHORT, PLAIN, LONG];
  assert.deepEqual(
    cuts(rows, ...parts),
    parts.map((part) => part.length),
  );
  assert.equal(rows.takeAsk(), undefined);
});

test("what does not tell its length, or lies about it, is the rest of the row", () => {
  for (const part of [RTP, Uint8Array.of(0x30, 0, 0, 0, 0, 0), Uint8Array.of(64), Uint8Array.of(16)]) {
    const rows = new DatagramRows();
    assert.deepEqual(cuts(rows, LONG, part, LONG), [LONG.length, part.length + LONG.length]);
  }
  for (const part of [STUN, PLAIN, LONG, SHORT]) {
    for (let length = 1; length < part.length; length++) {
      assert.deepEqual(cuts(new DatagramRows(), LONG, part.subarray(0, length)), [LONG.length, length]);
    }
  }
});

test("rows are asked for where the data comes from, and no more after a record without a length", () => {
  const rows = new DatagramRows();
  rows.follow(route(1));
  rows.follow(route(1));
  assert.deepEqual(rows.takeAsk(), { type: "coalesce", socket: 1, on: true });
  assert.equal(rows.takeAsk(), undefined);
  rows.follow(route(2));
  assert.deepEqual(rows.takeAsk(), { type: "coalesce", socket: 1, on: false });
  assert.deepEqual(rows.takeAsk(), { type: "coalesce", socket: 2, on: true });
  assert.deepEqual(cuts(rows, LONG, UNTOLD, LONG), [LONG.length, UNTOLD.length + LONG.length]);
  assert.deepEqual(rows.takeAsk(), { type: "coalesce", socket: 2, on: false });
  rows.follow(route(2));
  rows.follow(route(3));
  assert.equal(rows.takeAsk(), undefined);
});
