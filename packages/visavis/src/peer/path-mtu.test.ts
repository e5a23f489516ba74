import assert from "node:assert/strict";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import type { Channel } from "../transport/parts.ts";
import { Call, type CallOptions, Party } from "./peer-scene.test.ts";

const TEXT = "All work and no play. ".repeat(10_000);

/** What one side knows of its packets. */
function mtuOf({ peer }: Party): { mtu: number; state: string } {
  const sctp = peer.counters()?.sctp;
  assert.ok(sctp !== undefined);
  return { mtu: sctp.mtu, state: sctp.pathMtuState };
}

async function transfer(call: Call, channel: Channel): Promise<void> {
  const before = call.b.messages.length;
  call.a.send(channel, TEXT);
  await call.until(() => call.b.messages.length > before);
  assert.equal(call.b.texts.at(-1), TEXT);
}

/** A call that has carried much, once `a` knows how much at a time. */
async function searched(options: CallOptions): Promise<{ call: Call; channel: Channel }> {
  const call = new Call(options);
  const [channel] = await call.connect();
  await transfer(call, channel);
  await call.until(() => mtuOf(call.a).state !== "base" && mtuOf(call.a).state !== "searching");
  await transfer(call, channel);
  return { call, channel };
}

test("a peer connection finds what its path carries, and falls back when that changes", async () => {
  const { call, channel } = await searched({ link: { mtu: 1372 } });
  // A DTLS 1.3 record takes 22 bytes around a packet, and a packet is a multiple of four.
  assert.deepEqual(mtuOf(call.a), { mtu: 1348, state: "complete" });
  assert.ok(call.link.counts.drops.mtu > 0);
  // Whoever has little to say does not ask.
  assert.deepEqual(mtuOf(call.b), { mtu: 1178, state: "base" });
  call.link.set({ mtu: 1200 });
  await transfer(call, channel);
  await call.until(() => mtuOf(call.a).mtu === 1178, 5000);
  await call.end();
});

test("without a word about the interface it stops at Ethernet's size, and at 1200 bytes when that is asked for", async () => {
  for (const [sctp, largest] of [
    [{}, 1472],
    [{ pathMtuDiscovery: false }, 1200],
  ] as const) {
    let longest = 0;
    const note = ({ bytes }: { readonly bytes: Uint8Array }): boolean => {
      longest = Math.max(longest, bytes.length);
      return false;
    };
    const { call } = await searched({ a: { sctp }, link: { drop: note } });
    assert.ok(longest <= largest && longest > largest - 4, `${longest} bytes`);
    await call.end();
  }
});

test("within one machine packets are as large as a record", async () => {
  const sim = new Simulation({ seed: testSeed(1) });
  const host = sim.host({ name: "one", addresses: ["10.0.0.1"] });
  const call = Object.assign(Object.create(Call.prototype) as Call, {
    sim,
    a: new Party(sim, host),
    b: new Party(sim, host),
  });
  call.a.other = call.b;
  call.b.other = call.a;
  const [channel] = await call.connect();
  await transfer(call, channel);
  assert.deepEqual(mtuOf(call.a), { mtu: 16_384, state: "complete" });
  call.a.close();
  call.b.close();
});
