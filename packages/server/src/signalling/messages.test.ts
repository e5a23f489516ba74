import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSE_REASONS, CloseCode, parseClientMessage, parseServerMessage } from "./messages.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const CONNECTION = "0123456789abcdef";

test("messages of a page are understood", () => {
  for (const message of [
    { type: "join", room: "calm-otter-12", key: KEY, name: "Firefox on Linux" },
    { type: "join", room: "Straße 7", key: KEY, name: "x" },
    { type: "description", to: "node", connection: CONNECTION, description: { type: "offer", sdp: "v=0\r\n" } },
    {
      type: "candidate",
      to: "node",
      connection: CONNECTION,
      candidate: { candidate: "", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null },
    },
    { type: "ping" },
  ]) {
    assert.deepEqual(parseClientMessage(JSON.stringify(message)), message);
  }
});

test("what a candidate leaves out is null", () => {
  const text = JSON.stringify({ type: "candidate", to: "node", connection: CONNECTION, candidate: { candidate: "x" } });
  const message = parseClientMessage(text);
  assert.deepEqual(message?.type === "candidate" && message.candidate, {
    candidate: "x",
    sdpMid: null,
    sdpMLineIndex: null,
    usernameFragment: null,
  });
});

test("anything else is refused", () => {
  const description = { type: "description", to: "node", connection: CONNECTION, description: { type: "offer", sdp: "" } };
  const rejected: readonly unknown[] = [
    null,
    7,
    [],
    {},
    { type: "welcome" },
    { type: "join", room: "", key: KEY, name: "x" },
    { type: "join", room: "../secret", key: KEY, name: "x" },
    { type: "join", room: "x".repeat(65), key: KEY, name: "x" },
    { type: "join", room: "a", key: "short", name: "x" },
    { type: "join", room: "a", key: KEY, name: "x".repeat(61) },
    { ...description, to: 5 },
    { ...description, to: "A B" },
    { ...description, connection: "zz" },
    { ...description, description: { type: "hello", sdp: "" } },
    { ...description, description: { type: "offer", sdp: "x".repeat(70_000) } },
    { type: "candidate", to: "node", connection: CONNECTION, candidate: { candidate: "x", sdpMLineIndex: -1 } },
    { type: "candidate", to: "node", connection: CONNECTION, candidate: { candidate: "x".repeat(2000) } },
  ];
  for (const value of rejected)
    assert.equal(parseClientMessage(JSON.stringify(value)), undefined, JSON.stringify(value)?.slice(0, 80));
  for (const text of ["", "{", "nonsense", "[[[[[["]) assert.equal(parseClientMessage(text), undefined);
});

test("messages of the server are understood, and only those", () => {
  const welcome = {
    type: "welcome",
    id: "a",
    peers: [{ id: "node", kind: "node", name: "Node" }],
    stun: { port: 3478 },
    maxFileSize: 5,
  };
  assert.deepEqual(parseServerMessage(JSON.stringify(welcome)), welcome);
  assert.equal(parseServerMessage(JSON.stringify({ ...welcome, peers: {} })), undefined);
  assert.equal(parseServerMessage(JSON.stringify({ type: "join" })), undefined);
});

test("every close code says why, in what fits into a close frame", () => {
  for (const code of Object.values(CloseCode)) assert.ok(CLOSE_REASONS[code].length > 5 && CLOSE_REASONS[code].length < 123);
});
