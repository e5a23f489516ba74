import assert from "node:assert/strict";
import { test } from "node:test";
import { PeerError } from "../peer/peer-error.ts";
import { isRTCError, RTCError, scriptError } from "./rtc-error.ts";
import { RTCErrorEvent } from "./rtc-error-event.ts";
import { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import { RTCPeerConnectionIceErrorEvent } from "./rtc-peer-connection-ice-error-event.ts";
import { RTCPeerConnectionIceEvent } from "./rtc-peer-connection-ice-event.ts";
import { RTCSessionDescription } from "./rtc-session-description.ts";
import { createStatsReport } from "./rtc-stats-report.ts";

test("RTCSessionDescription holds and prints", () => {
  const description = new RTCSessionDescription({ type: "offer" });
  assert.equal(description.sdp, "");
  assert.equal(JSON.stringify(description), '{"type":"offer","sdp":""}');
  assert.throws(() => Reflect.construct(RTCSessionDescription, []), /1 argument required/);
  assert.throws(() => Reflect.construct(RTCSessionDescription, [{ sdp: "" }]), /required member 'type'/);
  assert.throws(() => Reflect.construct(RTCSessionDescription, [{ type: "question" }]), /'question' is not a valid value/);
});

test("RTCIceCandidate takes a candidate apart", () => {
  const line = "candidate:4 1 UDP 1686052607 203.0.113.7 50000 typ srflx raddr 192.0.2.1 rport 40000";
  const candidate = new RTCIceCandidate({ candidate: line, sdpMid: "0", usernameFragment: "abcd", url: "stun:example.org" });
  assert.equal(candidate.foundation, "4");
  assert.equal(candidate.component, "rtp");
  assert.equal(candidate.protocol, "udp");
  assert.equal(candidate.priority, 1_686_052_607);
  assert.equal(candidate.address, "203.0.113.7");
  assert.equal(candidate.port, 50_000);
  assert.equal(candidate.type, "srflx");
  assert.equal(candidate.relatedAddress, "192.0.2.1");
  assert.equal(candidate.relatedPort, 40_000);
  assert.equal(candidate.tcpType, null);
  assert.equal(candidate.url, "stun:example.org");
  assert.equal(candidate.relayProtocol, null);
  assert.deepEqual(candidate.toJSON(), { candidate: line, sdpMid: "0", sdpMLineIndex: null, usernameFragment: "abcd" });
});

test("RTCIceCandidate keeps what it cannot read, and wants to know its section", () => {
  const candidate = new RTCIceCandidate({ candidate: "nonsense", sdpMLineIndex: 3 });
  assert.equal(candidate.candidate, "nonsense");
  assert.equal(candidate.foundation, null);
  assert.throws(() => new RTCIceCandidate({ candidate: "" }), /both null/);
  assert.throws(() => new RTCIceCandidate(), TypeError);
});

test("RTCError is a DOMException with details", () => {
  const error = new RTCError({ errorDetail: "sctp-failure", sctpCauseCode: 12 }, "gone");
  assert.ok(error instanceof DOMException);
  assert.ok(isRTCError(error));
  assert.equal(error.name, "OperationError");
  assert.equal(error.message, "gone");
  assert.equal(error.sctpCauseCode, 12);
  assert.equal(error.sentAlert, null);
  assert.throws(() => Reflect.construct(RTCError, [{}]), TypeError);
});

test("errors of the layers below become those that scripts know", () => {
  const names: Readonly<Record<string, string>> = {
    "invalid-state": "InvalidStateError",
    "invalid-access": "InvalidAccessError",
    "invalid-modification": "InvalidModificationError",
    "not-supported": "NotSupportedError",
    operation: "OperationError",
    syntax: "SyntaxError",
    type: "TypeError",
    range: "RangeError",
  };
  for (const [code, name] of Object.entries(names)) {
    const made = scriptError(new PeerError(code as PeerError["code"], "why"));
    assert.ok(made instanceof Error);
    assert.equal(made.name, name);
    assert.equal(made.message, "why");
  }
  const syntax = scriptError(new PeerError("sdp-syntax", "bad line", 7));
  assert.ok(isRTCError(syntax));
  assert.equal(syntax.errorDetail, "sdp-syntax-error");
  assert.equal(syntax.sdpLineNumber, 7);
  const other = new Error("ours");
  assert.equal(scriptError(other), other);
});

test("events hold what they were made with", () => {
  const candidate = new RTCIceCandidate({ sdpMid: "0" });
  const event = new RTCPeerConnectionIceEvent("icecandidate", { candidate, url: "stun:x", bubbles: true });
  assert.equal(event.candidate, candidate);
  assert.equal(event.url, "stun:x");
  assert.ok(event.bubbles);
  assert.throws(() => Reflect.construct(RTCPeerConnectionIceEvent, ["x", { candidate: {} }]), /is not of type 'RTCIceCandidate'/);
  const failed = new RTCPeerConnectionIceErrorEvent("icecandidateerror", { errorCode: 701 });
  assert.deepEqual([failed.address, failed.port, failed.url, failed.errorCode, failed.errorText], [null, null, "", 701, ""]);
  assert.throws(() => Reflect.construct(RTCErrorEvent, ["error", { error: new Error("plain") }]), TypeError);
});

test("RTCStatsReport is a read-only map", () => {
  const report = createStatsReport([{ id: "T1", type: "transport", timestamp: 5, dtlsState: "new", bytesSent: 3 }]);
  assert.equal(report.size, 1);
  assert.deepEqual([...report], [["T1", report.get("T1")]]);
  assert.ok(report.has("T1"));
  assert.equal(report.get("none"), undefined);
  assert.deepEqual([...report.keys()], ["T1"]);
  const seen: unknown[] = [];
  report.forEach((value, key, parent) => {
    seen.push(value.type, key, parent === report);
  });
  assert.deepEqual(seen, ["transport", "T1", true]);
  assert.equal(Reflect.get(report, "set"), undefined);
  assert.equal(Reflect.get(Object.getPrototypeOf(report), Symbol.iterator), report.entries);
});
