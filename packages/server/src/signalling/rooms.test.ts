import assert from "node:assert/strict";
import { test } from "node:test";
import { Rooms } from "./rooms.ts";

const LIMITS = { rooms: 2, browsersPerRoom: 2 };

function join(rooms: Rooms<number>, socket: number, room: string, id: string): ReturnType<Rooms<number>["join"]> {
  return rooms.join(socket, { room, id, name: `browser ${id}` });
}

test("who joins is told who is there", () => {
  const rooms = new Rooms<number>(LIMITS);
  const first = join(rooms, 1, "a", "x");
  assert.deepEqual(first.type === "joined" && first.others, []);
  const second = join(rooms, 2, "a", "y");
  assert.deepEqual(second.type === "joined" && second.others.map(({ socket, id }) => [socket, id]), [[1, "x"]]);
});

test("a room takes no more than its number", () => {
  const rooms = new Rooms<number>(LIMITS);
  join(rooms, 1, "a", "x");
  join(rooms, 2, "a", "y");
  assert.equal(join(rooms, 3, "a", "z").type, "room-full");
  assert.equal(rooms.memberOf(3), undefined);
  rooms.leave(1);
  assert.equal(join(rooms, 3, "a", "z").type, "joined");
});

test("there are no more rooms than their number, and an empty one is none", () => {
  const rooms = new Rooms<number>(LIMITS);
  join(rooms, 1, "a", "x");
  join(rooms, 2, "b", "x");
  assert.equal(join(rooms, 3, "c", "x").type, "no-room-left");
  assert.equal(rooms.size, 2);
  rooms.leave(2);
  assert.equal(rooms.size, 1);
  assert.equal(join(rooms, 3, "c", "x").type, "joined");
});

test("a page that comes back takes its own place, even in a full room", () => {
  const rooms = new Rooms<number>(LIMITS);
  join(rooms, 1, "a", "x");
  join(rooms, 2, "a", "y");
  const again = join(rooms, 3, "a", "x");
  assert.equal(again.type === "joined" && again.replaced, 1);
  assert.deepEqual(again.type === "joined" && again.others.map(({ id }) => id), ["y"]);
  assert.equal(rooms.leave(1), undefined, "the socket that was replaced tells nobody that it left");
  assert.equal(rooms.memberOf(3)?.id, "x");
});

test("a socket joins once", () => {
  const rooms = new Rooms<number>(LIMITS);
  join(rooms, 1, "a", "x");
  assert.equal(join(rooms, 1, "b", "x").type, "already-joined");
  assert.equal(rooms.size, 1);
});

test("who leaves is told to those who stay", () => {
  const rooms = new Rooms<number>(LIMITS);
  join(rooms, 1, "a", "x");
  join(rooms, 2, "a", "y");
  const left = rooms.leave(1);
  assert.deepEqual([left?.member.id, left?.others.map(({ socket }) => socket)], ["x", [2]]);
  assert.equal(rooms.leave(1), undefined);
});

test("messages go to neighbours only", () => {
  const rooms = new Rooms<number>({ rooms: 5, browsersPerRoom: 2 });
  join(rooms, 1, "a", "x");
  join(rooms, 2, "a", "y");
  join(rooms, 3, "b", "z");
  const member = rooms.memberOf(1);
  assert.ok(member);
  assert.equal(rooms.neighbour(member, "y")?.socket, 2);
  for (const id of ["x", "z", "constructor", "__proto__"]) assert.equal(rooms.neighbour(member, id), undefined, id);
});
