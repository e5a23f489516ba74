/**
 * The order of events and promise reactions in one offer, answer, connection, conversation and end, held against what
 * Chromium did with the same script (record.mjs, chromium.json).
 *
 * What the network decides is taken apart before it is compared: gathering, the states of the transports, and offer and
 * answer run beside each other, so each is compared by itself. Where the two differ on purpose says DIFFERENCES.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Simulation, testSeed } from "@visavis/netsim";
import { createWebRTC } from "../create-webrtc.ts";

type Log = Readonly<Record<string, readonly string[]>>;

// The script and the record are not compiled; they stay beside the source.
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../src/webrtc/interleaving");

/** What the network may interleave, by the words of a line. */
const STRANDS: readonly (readonly [name: string, words: RegExp])[] = [
  ["gathering", /icegatheringstatechange|icecandidate/],
  ["states", /iceconnectionstatechange|connectionstatechange/],
  ["drained", /bufferedamountlow|later/],
];

/** Events that are left out of the comparison at an object, with the reactions in them, and why. */
const DIFFERENCES: Readonly<Record<string, RegExp>> = {
  // The specification closes the channels of a closed connection at once and without an event; Chromium fires them.
  "a.second": /event clos/,
  // It fires "closing" when the closing procedure begins, which an ABORT of the association does not do; Chromium does.
  "b.second": /event closing/,
  // Whoever has seen the end of candidates on both sides completes; Chromium gathers on.
  a: /iceConnectionState=completed/,
  b: /iceConnectionState=completed/,
  "a.ice": /state=completed/,
  "b.ice": /state=completed/,
};

/** The log of each object, taken apart into what comes in one order. */
function strands(log: Log): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const [object, lines] of Object.entries(log)) {
    for (const line of lines) {
      const [strand] = STRANDS.find(([, words]) => words.test(line)) ?? ["rest"];
      const key = `${object} ${strand}`;
      result[key] ??= [];
      result[key].push(line);
    }
  }
  for (const [key, lines] of Object.entries(result)) {
    const left = DIFFERENCES[key.split(" ")[0] ?? ""];
    if (left === undefined) continue;
    result[key] = lines.filter((line, i) => !left.test(line.startsWith("reaction in") ? (lines[i - 1] ?? "") : line));
  }
  return result;
}

test("events and promise reactions come in the order in which Chromium has them", async () => {
  const { record } = (await import(pathToFileURL(path.join(folder, "record.mjs")).href)) as {
    record(world: object): Promise<Log>;
  };
  const chromium = JSON.parse(fs.readFileSync(path.join(folder, "chromium.json"), "utf8")) as { readonly log: Log };
  const sim = new Simulation({ seed: testSeed() });
  const [RTCPeerConnection, Remote] = ["10.0.0.1", "10.0.0.2"].map((address) => {
    const host = sim.host({ name: address, addresses: [address] });
    return createWebRTC(host.platform).RTCPeerConnection;
  });
  const ours = record({ RTCPeerConnection, Remote, pause: () => sim.sleep(300) });
  assert.deepEqual(strands(await sim.run({ until: ours, within: 60_000 })), strands(chromium.log));
});
