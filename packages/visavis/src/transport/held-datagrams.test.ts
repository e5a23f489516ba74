import assert from "node:assert/strict";
import { test } from "node:test";
import { type Route, RouteTable, type SocketId } from "../base/route.ts";
import { HeldDatagrams } from "./held-datagrams.ts";

const routes = new RouteTable();
const route = (port: number): Route => routes.intern(1 as SocketId, "udp", "192.0.2.1", port);
const datagram = (value: number): Uint8Array => Uint8Array.of(value);

test("what is held comes out in order, by route", () => {
  const held = new HeldDatagrams();
  held.hold(datagram(1), route(1));
  held.hold(datagram(2), route(2));
  held.hold(datagram(3), route(1));
  assert.deepEqual(
    held.release(() => false),
    [],
  );
  assert.deepEqual(
    held.release(({ port }) => port === 1),
    [datagram(1), datagram(3)],
  );
  assert.equal(held.size, 1);
  held.clear();
  assert.equal(held.size, 0);
  assert.deepEqual(
    held.release(() => true),
    [],
  );
});

test("one route cannot take all the room, and all together are limited", () => {
  const held = new HeldDatagrams();
  for (let i = 0; i < 20; i++) held.hold(datagram(i), { ...route(1) });
  assert.equal(held.size, 8);
  for (let port = 2; port < 100; port++) held.hold(datagram(port), route(port));
  assert.equal(held.size, 24);
  assert.equal(held.drops.of("held-full"), 12 + 98 - 16);
});
