import assert from "node:assert/strict";
import os from "node:os";
import { test } from "node:test";
import { OriginPolicy } from "./origin.ts";

const policy = new OriginPolicy(["https://demo.example"]);

test("a page of the same host may open a socket", () => {
  for (const host of ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "192.0.2.7:8080", "demo.localhost", os.hostname()]) {
    assert.equal(policy.allowsSocket({ host, origin: `http://${host}` }), true, host);
  }
});

test("a page of an allowed origin may, behind its own name or a proxy's", () => {
  assert.equal(policy.allowsSocket({ host: "demo.example", origin: "https://demo.example" }), true);
  assert.equal(policy.allowsSocket({ host: "127.0.0.1:8080", origin: "https://demo.example" }), true);
});

test("nobody else may", () => {
  const strangers: [string | undefined, string | undefined][] = [
    ["localhost:8080", undefined],
    ["localhost:8080", "null"],
    ["localhost:8080", "http://evil.example"],
    ["localhost:8080", "http://localhost:3000"],
    ["localhost:8080", "http://localhost:8080.evil.example"],
    ["localhost:8080", "file://localhost:8080"],
    ["localhost:8080", "http://demo.example"],
    // A name that was made to lead here.
    ["evil.example:8080", "http://evil.example:8080"],
    [undefined, "http://localhost:8080"],
    ["", "http://"],
    ["localhost:8080/@evil", "http://localhost:8080"],
  ];
  for (const [host, origin] of strangers) assert.equal(policy.allowsSocket({ host, origin }), false, `${host} ${origin}`);
});
