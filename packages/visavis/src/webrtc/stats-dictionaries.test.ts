import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { Simulation, testSeed } from "@visavis/netsim";
import { createMediaDevices, createWebRTC } from "./create-webrtc.ts";
import type { RTCPeerConnection } from "./rtc-peer-connection.ts";

const SOURCE = new URL("../../src/webrtc/stats-dictionaries.ts", import.meta.url);

interface Dictionary {
  readonly members: readonly string[];
  readonly required: readonly string[];
}

/** The members that the dictionaries declare, by type of the entry. */
function declared(): Map<string, Dictionary> {
  const text = fs.readFileSync(SOURCE, "utf8");
  const bodies = new Map<string, { base: string; body: string }>();
  for (const [, name = "", base = "", body = ""] of text.matchAll(/interface (\w+)(?: extends (\w+))? \{\n([^}]*)\}/g)) {
    bodies.set(name, { base, body });
  }
  const membersOf = (name: string): [string, string][] => {
    const { base = "", body = "" } = bodies.get(name) ?? {};
    const own = [...body.matchAll(/^ {2}(\w+)(\??): /gm)].map(([, member = "", mark = ""]): [string, string] => [member, mark]);
    return base === "" ? own : [...membersOf(base), ...own];
  };
  const found = new Map<string, Dictionary>();
  for (const [name, { body }] of bodies) {
    const members = membersOf(name);
    for (const [, type = ""] of body.match(/^ {2}type: (.*);$/m)?.[1]?.matchAll(/"([^"]+)"/g) ?? []) {
      const required = members.filter(([, mark]) => mark === "").map(([member]) => member);
      found.set(type, { members: members.map(([member]) => member), required });
    }
  }
  return found;
}

test("every member of a report of a call is declared, and those that must be there are", async () => {
  const sim = new Simulation({ seed: testSeed() });
  const hosts = ["10.0.0.1", "10.0.0.2"].map((address) => sim.host({ name: address, addresses: [address] }));
  const [one, other] = hosts;
  assert.ok(one !== undefined && other !== undefined);
  sim.link(one, other, { delay: 20 });
  const until = <T>(promise: Promise<T>): Promise<T> => sim.run({ until: promise, within: 60_000 });
  const [near, far] = hosts.map(({ platform }) => new (createWebRTC(platform).RTCPeerConnection)()) as [
    RTCPeerConnection,
    RTCPeerConnection,
  ];
  for (const [pc, platform] of [
    [near, one.platform],
    [far, other.platform],
  ] as const) {
    const stream = await until(createMediaDevices(platform).getUserMedia({ audio: true, video: true }));
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
  }
  near.createDataChannel("chat");
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate);
  const negotiate = async (): Promise<void> => {
    await near.setLocalDescription();
    await far.setRemoteDescription(near.localDescription as { type: "offer"; sdp: string });
    await far.setLocalDescription();
    await near.setRemoteDescription(far.localDescription as { type: "answer"; sdp: string });
  };
  await until(negotiate());
  await until(sim.sleep(6000));
  const dictionaries = declared();
  const seen = new Set<string>();
  for (const entry of (await until(near.getStats())).values()) {
    seen.add(entry.type);
    const { members = [], required = [] } = dictionaries.get(entry.type) ?? {};
    const names = Object.keys(entry);
    assert.deepEqual(
      names.filter((name) => !members.includes(name)),
      [],
      `members of ${entry.type} that are not declared`,
    );
    assert.deepEqual(
      required.filter((name) => !names.includes(name)),
      [],
      `members of ${entry.type} that must be there`,
    );
  }
  assert.deepEqual([...dictionaries.keys()].filter((type) => !seen.has(type)).sort(), []);
  for (const pc of [near, far]) {
    for (const { track } of pc.getSenders()) track?.stop();
    pc.close();
  }
});
