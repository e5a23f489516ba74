/**
 * A few thousand commands of random scripts; `npm run test:fuzz` runs many more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@visavis/netsim";
import { addCounts } from "./script.ts";
import { runSeed, SCRIPT_KINDS, type ScriptKind } from "./scripts.ts";

const SEED: string = testSeed(1);
/** What scripts must have met, or they prove nothing. */
const MUST: Readonly<Record<ScriptKind, readonly string[]>> = {
  associations: [
    "packets lost",
    "packets repeated",
    "packets too large",
    "resets performed",
    "chunks again",
    "timeouts",
    "black holes",
  ],
  channels: ["packets lost", "packets repeated", "chunks again", "channels closed"],
  negotiations: [
    "rests",
    "offers that met",
    "offers taken back",
    "pranswers made",
    "state have-local-offer",
    "state have-remote-offer",
    "state have-local-pranswer",
    "state have-remote-pranswer",
  ],
  agents: [
    "rests",
    "datagrams lost",
    "datagrams repeated",
    "datagrams spoiled",
    "restarts taken back",
    "state disconnected",
    "state failed",
    "dropped bad-integrity",
    "dropped stale-candidate",
  ],
};

const WHAT: Readonly<Record<ScriptKind, string>> = {
  associations: "two associations: nothing that was promised is lost",
  channels: "two tables of channels: nothing that was promised is lost",
  negotiations: "two sides that negotiate: they come to rest with equal views",
  agents: "two ICE agents: they find each other, and nobody else",
};

for (const kind of Object.keys(SCRIPT_KINDS) as ScriptKind[]) {
  test(`random scripts over ${WHAT[kind]}`, (t) => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < 4; i++) {
      const report = runSeed(kind, { seed: `${SEED}.${i}`, steps: 2000, life: 250 });
      assert.equal(report.failure, undefined);
      addCounts(counts, report.counts);
    }
    for (const name of MUST[kind]) assert.ok((counts[name] ?? 0) > 0, name);
    t.diagnostic(JSON.stringify(counts));
  });
}
