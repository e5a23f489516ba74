/**
 * The parts of a session by themselves: check list, pacing, consent, roles, nomination, messages.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@visavis/netsim";
import type { SocketId } from "../base/route.ts";
import { checkFingerprint } from "../stun/fingerprint.ts";
import { checkIntegrity } from "../stun/integrity.ts";
import { createTransactionId, decodeMessage } from "../stun/message.ts";
import { shortTermKey } from "../stun/password-algorithm.ts";
import type { IceCandidate } from "./candidate.ts";
import { CandidatePair } from "./candidate-pair.ts";
import { CheckList, MAX_PAIRS } from "./check-list.ts";
import { decodeCheckRequest, encodeCheckError, encodeCheckRequest, encodeCheckSuccess } from "./connectivity-check.ts";
import { Consent } from "./consent.ts";
import { controlledStep } from "./controlled.ts";
import { controllingStep } from "./controlling.ts";
import type { Base } from "./local-candidates.ts";
import { NominationAttempt, type NominationView } from "./nomination.ts";
import { CHECK_BURST, CHECK_INTERVAL, Pacer } from "./pacer.ts";
import { RoleResolution } from "./role.ts";

const base: Base = {
  socket: 1 as SocketId,
  address: "10.0.0.1",
  port: 1,
  family: 4,
  scope: "other",
  zone: undefined,
  localPreference: 65535,
};

let made = 0;
function pairOf(priority: number, foundation: string = `f${made}`): CandidatePair {
  const candidate = (address: string, port: number): IceCandidate => ({
    foundation,
    component: 1,
    protocol: "udp",
    priority,
    address,
    port,
    type: "host",
  });
  const port = 1000 + made++;
  const local = { id: "L", candidate: candidate("10.0.0.1", 1), base };
  const remote = {
    id: "R",
    candidate: candidate("10.0.0.2", port),
    address: "10.0.0.2",
    port,
    family: 4,
    scope: "other",
  } as const;
  return new CandidatePair(`CP${made}`, local, { ...remote }, { local: base.socket, protocol: "udp", address: "10.0.0.2", port });
}

function listOf(...pairs: readonly CandidatePair[]): CheckList {
  const list = new CheckList();
  for (const pair of pairs) list.add(pair, "controlling", false);
  return list;
}

function begin(pair: CandidatePair | undefined, now: number): CandidatePair | undefined {
  pair?.countRequest(now);
  return pair;
}

test("pairs are checked in order of priority, triggered ones first", () => {
  const [low, mid, high] = [pairOf(1), pairOf(2), pairOf(3)];
  const list = listOf(low, high, mid);
  assert.deepEqual(list.pairs, [high, mid, low]);
  list.trigger(low, 0);
  list.trigger(low, 0);
  for (const expected of [low, high, mid, undefined]) assert.equal(begin(list.next(0, false), 0), expected);
  assert.equal(list.deadline(0, false), 250);
});

test("a check is repeated at growing intervals and given up in the end", () => {
  const pair = pairOf(1);
  const list = listOf(pair);
  const times: number[] = [];
  begin(list.next(0, false), 0);
  for (let now = list.deadline(0, false); ; now = list.deadline(now, false)) {
    list.expire(now);
    if (pair.state === "failed") {
      assert.equal(now, 39_500);
      break;
    }
    assert.equal(begin(list.next(now, false), now), pair);
    times.push(now);
  }
  assert.deepEqual(times.slice(0, 6), [250, 750, 1750, 2750, 3750, 4750]);
  assert.equal(list.open, false);
});

test("pairs of one foundation wait for the first, but not for long", () => {
  const [first, second, third] = [pairOf(3, "same"), pairOf(2, "same"), pairOf(1, "same")];
  const list = listOf(first, second, third);
  assert.deepEqual([first.state, second.state, third.state], ["waiting", "frozen", "frozen"]);
  begin(list.next(0, false), 0);
  assert.equal(list.next(99, false), undefined);
  assert.equal(list.deadline(99, false), 100);
  assert.equal(begin(list.next(100, false), 100), second);
  assert.equal(list.next(199, false), undefined);
  second.settle("succeeded");
  list.thaw(second.foundation);
  assert.equal(third.state, "waiting");
});

test("a full list lets the least go, never one that works", () => {
  const pairs = Array.from({ length: MAX_PAIRS }, (_, i) => pairOf(i + 10));
  const list = listOf(...pairs);
  const worse = pairOf(1);
  assert.equal(list.add(worse, "controlling", false), worse, "not taken");
  assert.equal(list.add(pairOf(500), "controlling", false), pairs[0]);
  pairs[1]?.settle("succeeded");
  assert.equal(list.add(worse, "controlling", true), pairs[2], "wanted by the peer");
  assert.equal(list.pairs.length, MAX_PAIRS);
  for (const pair of list.pairs) pair.heard = true;
  const more = pairOf(900);
  assert.equal(list.add(more, "controlling", true), more);
});

test("hearing the peer hastens a running check, but not more than every 50 ms", () => {
  const pair = pairOf(1);
  const list = listOf(pair);
  begin(list.next(0, false), 0);
  list.trigger(pair, 10);
  assert.equal(list.deadline(10, false), 50);
  begin(list.next(50, false), 50);
  list.trigger(pair, 120);
  assert.equal(list.next(120, false), pair);
  pair.settle("succeeded");
  list.trigger(pair, 130);
  assert.equal(pair.state, "succeeded");
});

test("some checks go at once, further ones one by one", () => {
  for (const start of [0, 0.1, 1234.567]) {
    const pacer = new Pacer();
    const times: number[] = [];
    for (let now = start; times.length < CHECK_BURST + 5; now = pacer.next(now)) {
      assert.ok(pacer.take(now));
      times.push(now);
    }
    assert.equal(times.filter((time) => time === start).length, CHECK_BURST);
    const spread = (times.at(-1) ?? 0) - start;
    assert.ok(spread >= 4 * CHECK_INTERVAL && spread <= 5 * CHECK_INTERVAL + 1e-6, `${spread}`);
  }
});

test("consent is randomised, hurries when answers are missing and ends after 30 seconds", () => {
  const consent = new Consent(new SeededRandom("consent"));
  const intervals: number[] = [];
  let now = 0;
  consent.confirm(0);
  for (let i = 0; i < 200; i++) {
    intervals.push(consent.deadline - now);
    now = consent.deadline;
    assert.equal(consent.advance(now, 40), "check");
    consent.confirm(now);
  }
  assert.ok(Math.min(...intervals) >= 4000 && Math.max(...intervals) <= 6000);
  assert.ok(new Set(intervals).size > 50);
  const checks: number[] = [];
  const confirmed = now;
  let missingAt = 0;
  for (;;) {
    now = consent.deadline;
    const verdict = consent.advance(now, 40);
    if (consent.missing && missingAt === 0) missingAt = now;
    if (verdict === "expired") break;
    checks.push(now - confirmed);
  }
  assert.equal(now - confirmed, 30_000);
  assert.ok(missingAt - confirmed >= 6000 && missingAt - confirmed <= 8000, `${missingAt - confirmed}`);
  assert.ok(checks.length > 20 && checks.length < 35);
  assert.equal(consent.deadline, Number.POSITIVE_INFINITY);
});

test("the larger tie-breaker is controlling, and a refusal changes role and number", () => {
  const random = new SeededRandom("roles");
  for (const role of ["controlling", "controlled"] as const) {
    const ours = new RoleResolution(role, random);
    const opposite = role === "controlling" ? "controlled" : "controlling";
    assert.equal(ours.judge(opposite, 0n), "agree");
    const [wins, loses] = role === "controlling" ? ["refuse", "switch"] : ["switch", "refuse"];
    assert.equal(ours.judge(role, ours.tieBreaker), wins);
    assert.equal(ours.judge(role, ours.tieBreaker - 1n), wins);
    assert.equal(ours.judge(role, ours.tieBreaker + 1n), loses);
    const before = ours.tieBreaker;
    assert.equal(ours.refused(opposite), false);
    assert.ok(ours.refused(role));
    assert.equal(ours.role, opposite);
    assert.notEqual(ours.tieBreaker, before);
  }
});

function view(list: CheckList, more: Partial<NominationView> = {}): NominationView {
  return { list, nominated: undefined, lost: undefined, nominating: undefined, renominates: false, firstValidAt: 0, ...more };
}

test("where both sides renominate, a better pair follows the nominated one, and of two nominations the higher number counts", () => {
  const [low, high] = [pairOf(1), pairOf(2)];
  const list = listOf(low, high);
  for (const pair of [low, high]) pair.settle("succeeded");
  assert.equal(controllingStep(view(list, { nominated: low }), 5000).type, "wait");
  assert.deepEqual(controllingStep(view(list, { nominated: low, renominates: true }), 5000), { type: "nominate", pair: high });
  assert.equal(controllingStep(view(list, { nominated: high, renominates: true }), 5000).type, "wait");
  low.requestedAt = high.requestedAt = 0;
  [low.nomination, high.nomination] = [2, 1];
  assert.deepEqual(controlledStep(view(list, { nominated: high })), { type: "select", pair: low });
  assert.equal(controlledStep(view(list, { nominated: low })).type, "wait");
});

test("the controlling side nominates the best at once, or after a moment when a better one may come", () => {
  const [low, high] = [pairOf(1), pairOf(2)];
  const list = listOf(low, high);
  assert.equal(controllingStep(view(list), 0).type, "wait");
  low.settle("succeeded");
  low.confirm(0, 100);
  assert.deepEqual(controllingStep(view(list), 10), { type: "wait", until: 200 });
  assert.deepEqual(controllingStep(view(list), 200), { type: "nominate", pair: low });
  high.settle("failed");
  assert.deepEqual(controllingStep(view(list), 10), { type: "nominate", pair: low });
  high.settle("succeeded");
  assert.deepEqual(controllingStep(view(list), 10), { type: "nominate", pair: high });
  assert.deepEqual(controllingStep(view(list, { lost: high }), 10), { type: "nominate", pair: low });
  assert.equal(controllingStep(view(list, { nominated: low }), 10).type, "wait");
  assert.equal(controllingStep(view(list, { nominating: low }), 10).type, "wait");
});

test("the controlled side follows, and of several nominated pairs uses the best", () => {
  const [low, high] = [pairOf(1), pairOf(2)];
  const list = listOf(low, high);
  low.requestedAt = 1000;
  assert.equal(controlledStep(view(list)).type, "wait");
  low.settle("succeeded");
  assert.deepEqual(controlledStep(view(list)), { type: "select", pair: low });
  high.requestedAt = 1100;
  high.settle("succeeded");
  assert.deepEqual(controlledStep(view(list, { nominated: low })), { type: "select", pair: high });
  assert.equal(controlledStep(view(list, { nominated: high })).type, "wait");
  low.requestedAt = 1200;
  assert.equal(controlledStep(view(list, { nominated: high })).type, "wait", "both are asked for");
  low.requestedAt = 9000;
  assert.deepEqual(controlledStep(view(list, { nominated: high })), { type: "select", pair: low }, "only this is asked for now");
  assert.deepEqual(controlledStep(view(list, { lost: high })), { type: "select", pair: low });
});

test("a nomination is repeated and given up", () => {
  const pair = pairOf(1);
  pair.confirm(0, 40);
  const attempt = new NominationAttempt(pair, 0);
  let sent = 0;
  let verdict = "";
  let now = 0;
  for (; verdict !== "timeout"; now = attempt.deadline) {
    verdict = attempt.advance(now);
    if (verdict === "send") sent++;
  }
  assert.equal(now, 5000);
  assert.ok(sent > 50 && sent < 70);
});

test("check messages say what they should, and are protected", () => {
  const id = createTransactionId(new SeededRandom("check"));
  const key = shortTermKey("p".repeat(24));
  const request = { priority: 7, useCandidate: true, role: "controlling", tieBreaker: 2n ** 64n - 1n } as const;
  const message = decodeMessage(encodeCheckRequest(id, `${"r".repeat(256)}:${"l".repeat(250)}`, request, key));
  assert.ok(message && checkIntegrity(message, key) && checkFingerprint(message) === "right");
  assert.deepEqual(decodeCheckRequest(message, "controlled"), request);
  const success = decodeMessage(encodeCheckSuccess(id, "fe80::1%eth0", 9, key));
  assert.ok(success && checkIntegrity(success, key));
  assert.equal(decodeCheckRequest(success, "controlled"), undefined);
  const refusal = decodeMessage(encodeCheckError(id, 487, [], undefined));
  assert.ok(refusal && !checkIntegrity(refusal, key) && checkFingerprint(refusal) === "right");
});
