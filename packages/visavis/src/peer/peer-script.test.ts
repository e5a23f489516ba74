/**
 * Random scripts of calls at two peer connections that signal to each other: whatever is called when, mistakes are typed, nothing
 * breaks, and nothing is left after close. Half of the scripts begin with a connection, or few would come to have one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@visavis/netsim";
import type { Instant } from "../base/instant.ts";
import { randomBelow } from "../base/random.ts";
import type { PeerConnection } from "./peer-connection.ts";
import { PeerError } from "./peer-error.ts";
import { Call, type Party, RELIABLE } from "./peer-scene.test.ts";

const SCRIPTS = 25;
const COMMANDS = 60;

type Act = (peer: PeerConnection, now: Instant) => void;

class Script {
  readonly call: Call;
  readonly done: string[] = [];
  readonly #below: (limit: number) => number;
  #channels = 0;

  constructor(seed: number) {
    this.call = new Call({ seed, link: { delay: 5, jitter: 20, loss: 0.05, reorder: 0.05, duplicate: 0.05 } });
    this.#below = (limit) => randomBelow(this.call.sim.random, limit);
  }

  /** Runs one call; only typed mistakes may come out of it. */
  #try(party: Party, name: string, act: Act): void {
    this.done.push(`${party.name}.${name}`);
    try {
      party.act(act);
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.done.push(`  ${error.code}`);
    }
  }

  /** Carries the newest local description to the other side, perhaps damaged. */
  #signal(from: Party, to: Party): void {
    const description = from.peer.pendingLocalDescription ?? from.peer.currentLocalDescription;
    if (description === null) return;
    const { type } = description;
    let { sdp } = description;
    if (this.#below(8) === 0) {
      const lines = sdp.split("\r\n");
      lines.splice(this.#below(lines.length), 1 + this.#below(2));
      sdp = lines.join("\r\n");
    }
    this.#try(to, `setRemoteDescription ${type}`, (peer, now) => peer.setRemoteDescription(type, sdp, now));
  }

  #command(party: Party, other: Party): void {
    switch (this.#below(14)) {
      case 0:
      case 1: {
        const iceRestart = this.#below(3) === 0;
        this.#try(party, "offer", (peer, now) => peer.setLocalDescription("offer", peer.createOffer({ iceRestart }, now), now));
        return;
      }
      case 2:
      case 3:
        this.#try(party, "answer", (peer, now) => peer.setLocalDescription("answer", "", now));
        return;
      case 4:
        this.#try(party, "pranswer", (peer, now) => peer.setLocalDescription("pranswer", "", now));
        return;
      case 5:
      case 6:
      case 7:
        this.#signal(party, other);
        return;
      case 8:
        if (this.#below(2) === 0) this.#try(party, "rollback", (peer, now) => peer.setLocalDescription("rollback", "", now));
        else this.#try(party, "remote rollback", (peer, now) => peer.setRemoteDescription("rollback", "", now));
        return;
      case 9: {
        const negotiated = this.#below(4) === 0;
        const options = { ...RELIABLE, label: `${this.#channels++}`, negotiated, ...(negotiated && { id: this.#below(4) }) };
        this.#try(party, "createChannel", (peer, now) => {
          party.channels.push(peer.createChannel(options, now));
        });
        return;
      }
      case 10: {
        const channel = party.channels[this.#below(party.channels.length + 1)];
        if (channel !== undefined) this.#try(party, "closeChannel", (peer, now) => peer.closeChannel(channel, now));
        return;
      }
      case 11: {
        const channel = party.channels[this.#below(party.channels.length + 1)];
        const bytes = new Uint8Array(this.#below(5000));
        if (channel !== undefined) this.#try(party, "send", (peer, now) => peer.send(channel, bytes, "binary", now));
        return;
      }
      case 12:
        this.#try(party, "restartIce", (peer) => peer.restartIce());
        return;
      default:
        this.#try(party, "stats", (peer, now) => {
          peer.stats(now, 0);
          peer.isNegotiationNeeded();
        });
    }
  }

  /** @param connected whether the two are connected before the script begins */
  async run(connected: boolean): Promise<void> {
    const { a, b } = this.call;
    if (connected) a.channels.push((await this.call.connect())[0]);
    for (let i = 0; i < COMMANDS; i++) {
      if (this.#below(2) === 0) this.#command(a, b);
      else this.#command(b, a);
      if (this.#below(3) === 0) await this.call.wait(this.#below(60));
    }
    for (const party of [a, b]) {
      assert.ok(party.refused.every((error) => error instanceof PeerError));
      party.refused.length = 0;
      assert.equal(
        party.events.find(({ type }) => type === "failure"),
        undefined,
      );
      assert.deepEqual(party.failures, []);
    }
  }
}

test("scripts of calls in any order", async () => {
  const first = Number(testSeed(1));
  for (let seed = first; seed < first + SCRIPTS; seed++) {
    const script = new Script(seed);
    try {
      await script.run(seed % 2 === 0);
      script.call.a.close();
      script.call.b.close();
      await script.call.wait(1000);
      for (const { host } of [script.call.a, script.call.b]) assert.equal(host.openSockets, 0);
    } catch (error) {
      throw new Error(`script ${seed}:\n${script.done.join("\n")}`, { cause: error });
    }
  }
});
