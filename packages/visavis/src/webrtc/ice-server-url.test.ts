import assert from "node:assert/strict";
import { test } from "node:test";
import { iceServerScheme } from "./ice-server-url.ts";

const GOOD: Readonly<Record<string, string>> = {
  "stun:stun.example.org": "stun",
  "stun:stun.example.org:19302": "stun",
  "STUN:192.0.2.1": "stun",
  "stun:[2001:db8::1]:3478": "stun",
  "stuns:example.org": "stuns",
  "turn:example.org?transport=udp": "turn",
  "turn:example.org:3478?transport=TCP": "turn",
  "turns:[2001:db8::1]?transport=tcp": "turns",
};

const BAD: readonly string[] = [
  "",
  "relative-url",
  "stun:",
  "http://example.com",
  "stun://example.org",
  "turn://example.org/foo?x=y",
  "stun:example.org/path",
  "stun:example.org?transport=udp",
  "stun:user@example.org",
  "turn:user:secret@example.org",
  "turn:example.org?transport=sctp",
  "turn:example.org?x=y",
  "turn:example.org#fragment",
  "stun:example.org:port",
  "stun:example.org:65536",
  "stun:[2001:db8::1",
];

test("the URLs of STUN and TURN servers are told from others", () => {
  for (const [url, scheme] of Object.entries(GOOD)) assert.equal(iceServerScheme(url), scheme, url);
  for (const url of BAD) assert.equal(iceServerScheme(url), undefined, url);
});
