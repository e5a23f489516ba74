import assert from "node:assert/strict";
import { test } from "node:test";
import { type GreetingFacts, greeting } from "./greeting.ts";

const FACTS: GreetingFacts = { host: "127.0.0.1", nodePeer: true, port: 8080, stunPort: 3478, outward: ["192.0.2.2"] };

test("the addresses that are printed are those that answer", () => {
  for (const [host, urls] of [
    ["127.0.0.1", ["http://localhost:8080"]],
    ["localhost", ["http://localhost:8080"]],
    ["127.0.0.5", ["http://127.0.0.5:8080"]],
    ["::1", ["http://[::1]:8080"]],
    ["192.0.2.2", ["http://192.0.2.2:8080"]],
    ["0.0.0.0", ["http://localhost:8080", "http://192.0.2.2:8080"]],
  ] as const)
    assert.deepEqual(greeting({ ...FACTS, host }).match(/http:\/\/\S+/g), urls, host);
});

test("it says what is open, and to whom", () => {
  assert.match(greeting(FACTS), /this machine only: TCP port 8080, UDP port 3478 \(STUN\)\.\n.*STUN and the Node peer use/);
  assert.match(greeting({ ...FACTS, stunPort: undefined }), /: the Node peer uses those,\n\s+and drops/);
  assert.doesNotMatch(greeting({ ...FACTS, stunPort: undefined, nodePeer: false }), /UDP|WebRTC/);
  const open = greeting({ ...FACTS, host: "0.0.0.0" });
  for (const said of ["every address of this machine", "TCP port 8080", "UDP port 3478: STUN", "the Node peer", "UDP port 5353"])
    assert.ok(open.includes(said), said);
  assert.match(
    greeting({ ...FACTS, host: "192.0.2.2", nodePeer: false }),
    /on 192\.0\.2\.2:\n\s+TCP port 8080.*\n\s+UDP port 3478/,
  );
});
