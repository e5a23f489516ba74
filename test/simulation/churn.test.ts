/**
 * Ten thousand channels of one association, opened and closed: nothing of them stays.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Simulation } from "@visavis/netsim";
import { type Channel, ChannelTable } from "visavis/datachannel";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CHANNELS = 10_000;
const BATCH = 100;
/** Bytes that the heap may have more after them all than after the first fifth. */
const MOST_GROWTH = 400 * 1024;

test("ten thousand channels that were opened, used and closed leave the heap where it was", (t) => {
  const sim = new Simulation({ seed: "churn" });
  const link = sim.link({ delay: 5, loss: 0.01 });
  const make = (): ChannelTable => new ChannelTable({ random: sim.random, maxReceiveMessageSize: 65_536 });
  const [a, z] = link.connect(make(), make());
  a.engine.start({ dtlsRole: "client", maxMessageSize: 65_536, mtu: 1160 }, sim.now);
  z.engine.start({ dtlsRole: "server", maxMessageSize: 65_536, mtu: 1160 }, sim.now);
  sim.runUntil(() => a.engine.state === "connected" && z.engine.state === "connected", { within: 60_000 });
  let arrived = 0;
  let ended = 0;
  let early = 0;
  const forget = (): void => {
    arrived += z.messages.length;
    for (const peer of [a, z]) {
      ended += peer.events.filter(({ type }) => type === "closed").length;
      peer.events.length = 0;
      peer.messages.length = 0;
    }
  };
  const heap = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  for (let made = 0; made < CHANNELS; made += BATCH) {
    const channels: Channel[] = [];
    for (let i = 0; i < BATCH; i++) {
      const channel = a.engine.create({ label: `${made + i}`, protocol: "", ordered: i % 2 === 0, negotiated: false });
      a.engine.send(channel, new Uint8Array(100 + 37 * i), "binary", sim.now);
      channels.push(channel);
    }
    for (const channel of channels) a.engine.close(channel, sim.now);
    sim.runUntil(
      () => a.engine.channels.length + z.engine.channels.length === 0 && channels.every(({ state }) => state === "closed"),
      {
        within: 60_000,
      },
    );
    sim.runFor(1000);
    forget();
    if (made + BATCH === CHANNELS / 5) early = heap();
  }
  assert.deepEqual([arrived, ended], [CHANNELS, 2 * CHANNELS]);
  const grown = heap() - early;
  t.diagnostic(`${grown} bytes more`);
  assert.ok(grown < MOST_GROWTH, `${grown} bytes more than after the first ${CHANNELS / 5}`);
});
