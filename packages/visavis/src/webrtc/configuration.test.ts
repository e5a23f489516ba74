import assert from "node:assert/strict";
import { test } from "node:test";
import { CONFIGURATION, type Configuration, copyConfiguration, validateConfiguration } from "./configuration.ts";

const convert = (value: unknown): Configuration => CONFIGURATION(value, "configuration");
const validate = (value: unknown, old: Configuration | null = null, mayResizePool = true): void =>
  validateConfiguration(convert(value), old, mayResizePool, 0);

test("the defaults", () => {
  assert.deepEqual(convert(null), {
    bundlePolicy: "balanced",
    certificates: [],
    iceCandidatePoolSize: 0,
    iceServers: [],
    iceTransportPolicy: "all",
    rtcpMuxPolicy: "require",
  });
});

test("values of wrong types", () => {
  const wrong = [
    { iceServers: null },
    { iceServers: [null] },
    { iceServers: [{}] },
    { certificates: [{}] },
    { iceTransportPolicy: "some" },
    { rtcpMuxPolicy: "negotiate" },
    { iceCandidatePoolSize: -1 },
    "text",
  ];
  for (const value of wrong) assert.throws(() => convert(value), TypeError, JSON.stringify(value));
});

test("servers", () => {
  validate({ iceServers: [{ urls: ["stun:a", "turn:b"], username: "u", credential: "" }] });
  const wrong: readonly (readonly [server: object, name: string])[] = [
    [{ urls: [] }, "SyntaxError"],
    [{ urls: "http://a" }, "SyntaxError"],
    [{ urls: ["stun:a", ""] }, "SyntaxError"],
    [{ urls: "turn:a" }, "InvalidAccessError"],
    [{ urls: "turns:a", username: "u" }, "InvalidAccessError"],
    [{ urls: "turn:a", username: "u".repeat(510), credential: "c" }, "InvalidAccessError"],
  ];
  for (const [server, name] of wrong) assert.throws(() => validate({ iceServers: [server] }), { name }, JSON.stringify(server));
});

test("what cannot change", () => {
  const old = convert({ iceCandidatePoolSize: 1 });
  validate({ iceCandidatePoolSize: 2 }, old);
  assert.throws(() => validate({ iceCandidatePoolSize: 2 }, old, false), { name: "InvalidModificationError" });
  assert.throws(() => validate({ bundlePolicy: "max-bundle" }, old), { name: "InvalidModificationError" });
});

test("a copy shares nothing that can be changed", () => {
  const original = convert({ iceServers: [{ urls: "stun:a" }] });
  const copy = copyConfiguration(original);
  assert.deepEqual(copy.iceServers, [{ urls: ["stun:a"] }]);
  copy.iceServers.length = 0;
  assert.equal(copyConfiguration(original).iceServers.length, 1);
});
