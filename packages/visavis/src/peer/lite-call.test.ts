/**
 * Peer connections of which one is a lite server, or that renominate: what their descriptions say of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "./peer-scene.test.ts";

const LITE = { ice: { network: { lite: true } } };
const RENOMINATING = { ice: { network: { renomination: true } } };

test("a lite side says so, whoever offers, and is reached", async () => {
  for (const isOfferer of [true, false]) {
    const call = new Call(isOfferer ? { a: LITE } : { b: LITE });
    const [channel] = await call.connect();
    const [server, client] = isOfferer ? [call.a, call.b] : [call.b, call.a];
    assert.match(server.peer.currentLocalDescription?.sdp ?? "", /^a=ice-lite\r$/m);
    assert.doesNotMatch(client.peer.currentLocalDescription?.sdp ?? "", /^a=ice-lite\r$/m);
    call.a.send(channel, "hello");
    await call.until(() => call.b.texts.length === 1);
    await call.end();
  }
});

test("renomination is agreed on when both sides have it", async () => {
  for (const isAgreed of [true, false]) {
    const call = new Call({ a: RENOMINATING, ...(isAgreed && { b: RENOMINATING }) });
    await call.connect();
    assert.match(call.a.peer.currentLocalDescription?.sdp ?? "", /^a=ice-options:trickle ice2 renomination\r$/m);
    const options = isAgreed ? /^a=ice-options:trickle ice2 renomination\r$/m : /^a=ice-options:trickle ice2\r$/m;
    assert.match(call.b.peer.currentLocalDescription?.sdp ?? "", options);
    await call.end();
  }
});
