/**
 * What peer connections turn out to have of SCTP's extensions, and messages in pieces and parts from one to the other.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call, RELIABLE } from "./peer-scene.test.ts";

const KINDS = [{}, { interleaving: false }, { zeroChecksum: false }, { interleaving: false, zeroChecksum: false }] as const;

test("interleaving and zero checksums are used when both sides offer them, also where the descriptions tell the INITs", async () => {
  for (const sctpInit of [undefined, "offer"] as const)
    for (const one of KINDS)
      for (const other of [KINDS[0], KINDS[3]]) {
        const call = new Call({
          a: { sctp: { features: one, ...(sctpInit && { sctpInit }) } },
          b: { sctp: { features: other } },
        });
        const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
        await call.negotiate();
        await call.until(() => channel.state === "open");
        call.a.send(channel, "hello");
        await call.until(() => call.b.messages.length === 1);
        const merged = { ...one, ...other };
        for (const { peer } of [call.a, call.b]) {
          const negotiated = peer.counters()?.sctp?.negotiated;
          assert.deepEqual(
            [negotiated?.interleaving, negotiated?.zeroChecksumSent, negotiated?.partialReliability, negotiated?.reconfiguration],
            [!("interleaving" in merged), !("zeroChecksum" in merged), true, true],
          );
        }
        await call.end();
      }
});

test("a message goes from one peer to the other in pieces and in parts", async () => {
  const call = new Call({ a: { sctp: { maxMessageSize: 0 } }, b: { sctp: { maxMessageSize: 0 } } });
  const channel = call.a.act((peer, now) => peer.createChannel(RELIABLE, now));
  await call.negotiate();
  await call.until(() => channel.state === "open" && call.b.channels.length === 1);
  const [theirs] = call.b.channels;
  if (theirs !== undefined) call.b.act((peer) => peer.setPartialDelivery(theirs, true));
  const writer = call.a.act((peer, now) => peer.beginMessage(channel, "binary", now));
  for (let i = 0; i < 20; i++) call.a.act((_, now) => writer.write(new Uint8Array(50_000).fill(i), now));
  await call.until(() => call.b.messages.length > 2);
  assert.ok(call.b.messages.every(({ part }) => part === "more"));
  call.a.act((_, now) => writer.end(now));
  await call.until(() => call.b.messages.at(-1)?.part === "last");
  const whole = Buffer.concat(call.b.messages.map(({ data }) => data));
  assert.equal(whole.length, 1_000_000);
  for (let i = 0; i < 20; i++) assert.ok(whole.subarray(i * 50_000, (i + 1) * 50_000).every((byte) => byte === i));
  await call.end();
});
