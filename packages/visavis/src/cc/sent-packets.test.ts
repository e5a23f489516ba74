import assert from "node:assert/strict";
import { test } from "node:test";
import { PacketFate, SentPackets } from "./sent-packets.ts";

test("packets are found by their number, whole or the 16 bits of it", () => {
  const sent = new SentPackets();
  for (let number = 65_000; number < 66_000; number++) sent.add(number, 100 + (number % 7), number % 3, number / 10);
  assert.equal(sent.unwrap(65_999 & 0xffff), 65_999);
  assert.equal(sent.unwrap(65_500), 65_500);
  assert.equal(sent.fateOf(sent.unwrap(64_000)), PacketFate.NONE);
  assert.equal(sent.fateOf(65_999), PacketFate.IN_FLIGHT);
  assert.equal(sent.sentAt(65_999), 6599.9);
  assert.equal(sent.bytes(65_999), 100 + (65_999 % 7));
  assert.equal(sent.probe(65_999), 65_999 % 3);
});

test("what is in flight is counted, whatever becomes of it", () => {
  const sent = new SentPackets();
  for (let number = 0; number < 10; number++) sent.add(number, 100, 0, 0);
  assert.equal(sent.bytesInFlight, 1000);
  sent.settle(3, PacketFate.RECEIVED);
  sent.settle(3, PacketFate.RECEIVED);
  sent.settle(4, PacketFate.LOST);
  assert.equal(sent.bytesInFlight, 800);
  assert.equal(sent.pass(4), 300);
  assert.equal(sent.bytesInFlight, 500, "0 to 2 will not be told about");
  assert.equal(sent.fateOf(2), PacketFate.UNTOLD);
  sent.settle(2, PacketFate.RECEIVED);
  assert.equal(sent.bytesInFlight, 500);
  sent.clear();
  assert.equal(sent.bytesInFlight, 0);
  assert.equal(sent.fateOf(7), PacketFate.NONE);
});

test("the table grows while packets are in flight, and no further than numbers tell apart", () => {
  const sent = new SentPackets();
  for (let number = 0; number < 1000; number++) sent.add(number, 1, 0, 0);
  assert.equal(sent.capacity, 1024);
  assert.equal(sent.fateOf(0), PacketFate.IN_FLIGHT);
  for (let number = 1000; number < 200_000; number++) sent.add(number, 1, 0, 0);
  assert.equal(sent.capacity, 0x8000);
  assert.equal(sent.bytesInFlight, 0x8000);
  assert.equal(sent.fateOf(0), PacketFate.NONE);
});

test("without feedback the table does not grow: what is ten seconds old is forgotten", () => {
  const sent = new SentPackets();
  for (let number = 0; number < 100_000; number++) sent.add(number, 1, 0, number * 50);
  assert.equal(sent.capacity, 256);
  assert.equal(sent.bytesInFlight, 256);
});

test("numbers that no feedback can mean are none", () => {
  const sent = new SentPackets();
  assert.equal(sent.fateOf(sent.unwrap(5)), PacketFate.NONE);
  sent.add(0, 1, 0, 0);
  assert.equal(sent.fateOf(sent.unwrap(1)), PacketFate.NONE);
  assert.equal(sent.fateOf(-5), PacketFate.NONE);
});
