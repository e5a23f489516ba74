import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";

/** A second of packets, 1 Mbit/s; @returns the last sequence number */
function send(breaker: CircuitBreaker, second: number): number {
  for (let i = 0; i < 100; i++) breaker.onPacketSent(1250, second * 1000 + i * 10);
  return (second + 1) * 100;
}

test("a stream that is reported on goes on", () => {
  const breaker = new CircuitBreaker();
  assert.equal(breaker.deadline(), NEVER);
  for (let second = 0; second < 120; second++) {
    const highestSequenceNumber = send(breaker, second);
    breaker.onReport({ highestSequenceNumber, loss: 0.1, roundTrip: 50 }, (second + 1) * 1000);
    breaker.advance((second + 1) * 1000);
  }
  assert.equal(breaker.broken, undefined);
});

test("no report for five intervals: it ceases, if reports ever came", () => {
  const breaker = new CircuitBreaker();
  for (let second = 0; second < 60; second++) {
    send(breaker, second);
    assert.equal(breaker.deadline(), NEVER);
  }
  breaker.onReport({ highestSequenceNumber: 6000, loss: 0, roundTrip: 50 }, 60_000);
  for (let second = 60; second < 84; second++) {
    send(breaker, second);
    breaker.advance((second + 1) * 1000);
  }
  assert.equal(breaker.broken, undefined);
  assert.equal(breaker.deadline(), 85_000);
  breaker.advance(85_000);
  assert.equal(breaker.broken, "rtcp-timeout");
  assert.equal(breaker.deadline(), NEVER);
  breaker.reset();
  assert.equal(breaker.broken, undefined);
});

test("a stream that pauses needs no reports", () => {
  const breaker = new CircuitBreaker();
  const highestSequenceNumber = send(breaker, 0);
  breaker.onReport({ highestSequenceNumber, loss: 0, roundTrip: 50 }, 1000);
  assert.equal(breaker.deadline(), NEVER);
  send(breaker, 3600);
  breaker.advance(3_601_000);
  assert.equal(breaker.broken, undefined);
  assert.equal(breaker.deadline(), 3_625_000);
});

test("reports that say that nothing arrives, for fifteen seconds: it ceases", () => {
  const breaker = new CircuitBreaker();
  let second = 0;
  for (; second < 60 && breaker.broken === undefined; second++) {
    send(breaker, second);
    breaker.onReport({ highestSequenceNumber: 100, loss: 0, roundTrip: 50 }, (second + 1) * 1000);
  }
  assert.equal(breaker.broken, "media-timeout");
  assert.equal(second, 17);
});

test("ten times what TCP would send, for fifteen seconds: it ceases", () => {
  // At 300 ms and 40 % TCP sends 65 kbit/s.
  const breaker = new CircuitBreaker();
  let second = 0;
  for (; second < 60 && breaker.broken === undefined; second++) {
    const highestSequenceNumber = send(breaker, second);
    breaker.onReport({ highestSequenceNumber, loss: second === 5 ? 0 : 0.4, roundTrip: 300 }, (second + 1) * 1000);
  }
  assert.equal(breaker.broken, "congestion");
  assert.equal(second, 22, "one good report in between begins the count anew");
});
