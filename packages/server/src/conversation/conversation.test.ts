import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_TEXT_LENGTH, parseConversationMessage } from "./conversation.ts";

test("text, ping and pong are understood", () => {
  for (const message of [
    { type: "text", text: '"😀"' },
    { type: "text", text: "\u0001".repeat(MAX_TEXT_LENGTH) },
    { type: "ping", number: 0 },
    { type: "pong", number: 7 },
  ]) {
    assert.deepEqual(parseConversationMessage(JSON.stringify(message)), message);
  }
});

test("anything else is not", () => {
  const rejected: readonly unknown[] = [
    undefined,
    new ArrayBuffer(3),
    "",
    "{",
    "7",
    '{"type":"text"}',
    '{"type":"text","text":""}',
    '{"type":"ping","number":"1"}',
    '{"type":"__proto__"}',
    JSON.stringify({ type: "text", text: "x".repeat(MAX_TEXT_LENGTH + 1) }),
    " ".repeat(100_000),
  ];
  for (const data of rejected) assert.equal(parseConversationMessage(data), undefined);
});
