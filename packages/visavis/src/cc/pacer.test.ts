import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER } from "../base/instant.ts";
import { Pacer } from "./pacer.ts";
import { createProbeCluster } from "./probe-cluster.ts";

/** Sends packets of 1200 bytes as soon as they may go, all waiting from the beginning; when each one left. */
function departures(pacer: Pacer, count: number, queue = 0): number[] {
  const times: number[] = [];
  let now = 0;
  for (let i = 0; i < count; i++) {
    pacer.setQueue(queue > 0 ? (count - i) * 1200 : 0, 0);
    now = Math.max(now, pacer.timeOfNext(1200, now));
    now = pacer.timeOfNext(1200, now);
    times.push(now);
    pacer.onSent(1200, now);
  }
  return times;
}

test("media leaves at the rate, a burst ahead of it at the most", () => {
  const pacer = new Pacer();
  pacer.setRates(960_000, 0, 0);
  const times = departures(pacer, 101);
  assert.equal(times[0], 0);
  assert.equal(times[1], 0, "a burst is 10 ms of the rate: one packet");
  const last = times.at(-1) as number;
  assert.ok(Math.abs(last - 990) <= 10, `100 packets of 10 ms took ${last} ms`);
  for (let i = 0; i < times.length; i++) {
    const bits = (i + 1) * 9600;
    assert.ok(bits <= 960 * (times[i] as number) + 9600 + 9600, `packet ${i} at ${times[i]}`);
  }
});

test("credit is not saved: after a pause a burst goes, not all at once", () => {
  const pacer = new Pacer();
  pacer.setRates(960_000, 0, 0);
  assert.ok(pacer.timeOfNext(1200, 60_000) <= 60_000);
  pacer.onSent(1200, 60_000);
  assert.ok(pacer.timeOfNext(1200, 60_000) <= 60_000);
  pacer.onSent(1200, 60_000);
  assert.ok(pacer.timeOfNext(1200, 60_000) > 60_000);
});

test("the rate rises so that nothing waits longer than two seconds", () => {
  const pacer = new Pacer();
  pacer.setRates(100_000, 0, 0);
  const last = departures(pacer, 200, 1).at(-1) as number;
  assert.ok(last <= 2000, `the last of 19 s of media left after ${last} ms`);
  assert.ok(last > 1500, `it left after ${last} ms`);
});

test("a cluster goes at its own rate, whatever the debt, and padding fills it up", () => {
  const pacer = new Pacer();
  pacer.setRates(300_000, 0, 0);
  for (let i = 0; i < 4; i++) pacer.onSent(1200, 0);
  pacer.addProbe(createProbeCluster(7, 1_920_000), 0);
  assert.equal(pacer.paddingBytes(0), 0, "a cluster does not begin without media");
  assert.ok(pacer.timeOfNext(100, 0) > 0, "nor with a small packet");
  assert.equal(pacer.timeOfNext(1200, 0), 0);
  assert.equal(pacer.probe, 7);
  const times: number[] = [];
  let now = 0;
  for (; pacer.probe === 7; ) {
    now = Math.max(now, pacer.timeOfPadding(now));
    assert.equal(pacer.paddingBytes(now), 480, "padding comes in pieces of 2 ms");
    times.push(now);
    assert.equal(pacer.onSent(480, now), 7);
  }
  assert.equal(times.length, 8, "15 ms of 1.92 Mbit/s are 3600 bytes");
  assert.deepEqual(times, [0, 2, 4, 6, 8, 10, 12, 14]);
  assert.equal(pacer.onSent(1200, now), 0);
  assert.equal(pacer.timeOfPadding(now), NEVER);
});

test("a cluster has five packets at the least; a late one is given up, and one that found no media is", () => {
  const pacer = new Pacer();
  pacer.addProbe(createProbeCluster(1, 320_000), 0);
  pacer.timeOfNext(1200, 0);
  for (let i = 0; i < 5; i++) assert.equal(pacer.onSent(1200, i * 30), 1);
  assert.equal(pacer.probe, 0);
  pacer.addProbe(createProbeCluster(2, 960_000), 1000);
  pacer.timeOfNext(1200, 1000);
  pacer.onSent(1200, 1000);
  pacer.timeOfNext(1200, 1031);
  assert.equal(pacer.probe, 0, "21 ms late");
  pacer.addProbe(createProbeCluster(3, 960_000), 2000);
  pacer.timeOfNext(1200, 7001);
  assert.equal(pacer.probe, 0, "five seconds without media");
});

test("padding keeps up its rate when there is no media, and gives way when there is", () => {
  const pacer = new Pacer();
  pacer.setRates(1_000_000, 96_000, 0);
  let bytes = 0;
  for (let now = 0; now < 1000; now++) {
    if (now === 500) for (let i = 0; i < 5; i++) pacer.onSent(1200, now);
    const padding = pacer.paddingBytes(now);
    if (padding > 0) pacer.onSent(200, now);
    if (padding > 0) bytes += 200;
  }
  assert.ok(Math.abs(bytes - 6000) <= 400, `${bytes} bytes of padding beside 6000 of media, of 12,000 wanted`);
});

test("no more than a few clusters wait", () => {
  const pacer = new Pacer();
  for (let id = 1; id <= 100; id++) pacer.addProbe(createProbeCluster(id, id * 1e6), 0);
  pacer.timeOfNext(1200, 0);
  assert.equal(pacer.probe, 96);
  const repeated = new Pacer();
  for (let id = 1; id <= 4; id++) repeated.addProbe(createProbeCluster(id, id % 2 === 1 ? 1e6 : 2e6), 0);
  repeated.timeOfNext(1200, 0);
  assert.equal(repeated.probe, 3, "a repeated cluster takes the place of the one that waits");
});
