/** The four parsers of what strangers send: they understand what they print, refuse the rest, and never throw. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_TEXT_LENGTH, parseConversationMessage } from "./conversation/conversation.ts";
import { parseClientMessage, parseServerMessage } from "./signalling/messages.ts";
import { MAX_CONTROL_LENGTH, parseTransferMessage } from "./transfer/transfer.ts";

/** VISAVIS_SEED shows a failing run again; fast-check names the seed. */
const { VISAVIS_SEED: given } = process.env;
const PARAMETERS: fc.Parameters<unknown> = { numRuns: 400, ...(given === undefined ? {} : { seed: Number(given) | 0 }) };

const KEY = "0123456789abcdef0123456789abcdef";
const CONNECTION = "0123456789abcdef";
const HASH = KEY + KEY;
const NEGOTIATIONS = [
  { type: "description", connection: CONNECTION, description: { type: "offer", sdp: "v=0\r\n" } },
  {
    type: "candidate",
    connection: CONNECTION,
    candidate: { candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null },
  },
];
const PEER = { id: "ab12", kind: "browser", name: "Firefox on Linux" };

/** Each parser, with one message of every kind that it understands. */
const PARSERS: readonly { name: string; parse: (text: string) => unknown; messages: readonly object[] }[] = [
  {
    name: "parseClientMessage",
    parse: parseClientMessage,
    messages: [
      { type: "join", room: "calm-otter-12", key: KEY, name: "x" },
      ...NEGOTIATIONS.map((message) => ({ ...message, to: "node" })),
      { type: "ping" },
    ],
  },
  {
    name: "parseServerMessage",
    parse: parseServerMessage,
    messages: [
      { type: "welcome", id: "ab12", peers: [PEER], stun: { host: "192.0.2.1", port: 3478 }, maxFileSize: 5 },
      { type: "joined", peer: PEER },
      { type: "left", id: "ab12" },
      ...NEGOTIATIONS.map((message) => ({ ...message, from: "node" })),
      { type: "pong" },
      { type: "trouble", from: "node", connection: CONNECTION, message: "no" },
    ],
  },
  {
    name: "parseTransferMessage",
    parse: parseTransferMessage,
    messages: [
      { type: "offer", id: KEY, name: "a.txt", size: 7, mediaType: "text/plain", returnOf: KEY },
      { type: "accept" },
      { type: "refuse", reason: "too-large", limit: 5 },
      { type: "progress", received: 5 },
      { type: "done", sha256: HASH },
      { type: "received", sha256: HASH },
      { type: "cancel", reason: "user" },
    ],
  },
  {
    name: "parseConversationMessage",
    parse: parseConversationMessage,
    messages: [
      { type: "text", text: "Straße 😀" },
      { type: "ping", number: 0 },
      { type: "pong", number: 7 },
    ],
  },
];

/** `message` with one member, at any depth, replaced or taken away. */
function damage(message: unknown, pick: number, value: unknown): unknown {
  if (typeof message !== "object" || message === null) return value;
  const entries = Object.entries(message);
  const chosen = pick % (entries.length + 1);
  const damaged = entries.flatMap(([key, member], i): [string, unknown][] => {
    if (i !== chosen) return [[key, member]];
    if (value === undefined) return [];
    const deeper = typeof member === "object" && member !== null && pick % 2 === 1;
    return [[key, deeper ? damage(member, pick >> 1, value) : value]];
  });
  return Array.isArray(message) ? damaged.map(([, member]) => member) : Object.fromEntries(damaged);
}

/** What a parser gives is its message or nothing, and a message that it prints is understood again. */
function check(parse: (text: string) => unknown, text: string): void {
  const message = parse(text);
  if (message === undefined) return;
  assert.equal(typeof message, "object");
  assert.deepEqual(parse(JSON.stringify(message)), message);
}

for (const { name, parse, messages } of PARSERS) {
  test(`${name} understands every message of its protocol`, () => {
    for (const message of messages) assert.deepEqual(parse(JSON.stringify(message)), message);
  });

  test(`${name} takes any text and any JSON without a throw`, () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (text) => check(parse, text)),
      PARAMETERS,
    );
  });

  test(`${name} takes damaged messages without a throw`, () => {
    const value = fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.string(), fc.double(), fc.constant("__proto__"));
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.nat(), value, (message, pick, replacement) =>
        check(parse, JSON.stringify(damage(message, pick, replacement)) ?? ""),
      ),
      PARAMETERS,
    );
  });

  test(`${name} takes every beginning of a message, and flipped characters, without a throw`, () => {
    for (const message of messages) {
      const text = JSON.stringify(message);
      for (let end = 0; end < text.length; end++) assert.equal(parse(text.slice(0, end)), undefined);
    }
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.nat(), fc.integer({ min: 0, max: 0xffff }), (message, at, unit) => {
        const text = JSON.stringify(message);
        const index = at % text.length;
        check(parse, text.slice(0, index) + String.fromCharCode(unit) + text.slice(index + 1));
      }),
      PARAMETERS,
    );
  });

  test(`${name} takes deep nesting and great length without a throw`, () => {
    for (const text of ["[".repeat(60_000), '{"type":'.repeat(8_000), "9".repeat(60_000), `"${"\\u0000".repeat(10_000)}"`])
      check(parse, text);
    for (const depth of [10, MAX_CONTROL_LENGTH / 4, MAX_TEXT_LENGTH, 30_000])
      assert.equal(parse(`${"[".repeat(depth)}${"]".repeat(depth)}`), undefined);
  });
}

test("parseConversationMessage takes what is no text", () => {
  fc.assert(
    fc.property(fc.anything(), (data) => {
      if (typeof data !== "string") assert.equal(parseConversationMessage(data), undefined);
    }),
    PARAMETERS,
  );
});
