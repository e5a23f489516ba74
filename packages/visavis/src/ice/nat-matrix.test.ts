/**
 * Who reaches whom: both sides behind each of the 16 combinations of mapping and filtering, with and without a relay.
 *
 * RFC 4787 knows three ways of mapping (§4.1) and of filtering (§5). The fourth of each is none: without mapping a host has a
 * public address behind a firewall, without filtering even unused ports are open.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@visavis/netsim";
import { meetDirectly } from "../stun/nat-traversal.ts";
import { EDGES, type Edge, ONE_WAY, TURN, twoHomes } from "./nat-scene.test.ts";

/**
 * What theory says, one row and one column for each of EDGES: `+` a direct path comes about, `-` it needs a relay. The mapping
 * changes every four, the filter within.
 */
const EXPECTED = `
  none none ++++ ++++ ++++ ++++
  none EI   ++++ ++++ ++++ ++++
  none AD   ++++ ++++ ++++ ++++
  none APD  ++++ ++++ ---- ----
  EI   none ++++ ++++ ++++ ++++
  EI   EI   ++++ ++++ ++++ ++++
  EI   AD   ++++ ++++ ++++ ++++
  EI   APD  ++++ ++++ ---- ----
  AD   none +++- +++- +++- +++-
  AD   EI   +++- +++- +++- +++-
  AD   AD   +++- +++- ++-- ++--
  AD   APD  +++- +++- ---- ----
  APD  none +++- +++- +++- ----
  APD  EI   +++- +++- +++- ----
  APD  AD   +++- +++- ++-- ----
  APD  APD  +++- +++- ---- ----
`
  .trim()
  .split("\n")
  .map((line) => line.replace(/[^+-]/g, ""));

/** The address and port that a server was shown are those that everybody sees. */
const isStable = ({ mapping }: Edge): boolean => mapping === "none" || mapping === "endpoint-independent";
/** Whoever knows the address and port may write to it. */
const isOpen = ({ filtering }: Edge): boolean => filtering === "none" || filtering === "endpoint-independent";
const cells = EDGES.flatMap((a, row) => EDGES.map((z, column) => ({ a, z, direct: EXPECTED[row]?.[column] === "+" })));
const nameOf = ({ a, z }: { a: Edge; z: Edge }): string =>
  `${a.mapping}/${a.filtering} with ${z.mapping}/${z.filtering}, seed ${testSeed()}`;

test("the table is what the theory says, and the same seen from both sides", () => {
  assert.equal(cells.length, 256);
  for (const cell of cells) {
    assert.equal(cell.direct, meetDirectly(cell.a, cell.z), nameOf(cell));
    assert.equal(cell.direct, meetDirectly(cell.z, cell.a), nameOf(cell));
  }
  assert.equal(cells.filter(({ direct }) => !direct).length, 72);
});

/** A round trip between any two edges, in milliseconds. */
const ROUND_TRIP = 2 * ONE_WAY;

/** Milliseconds until a check without an answer is sent again. */
const RETRANSMISSION = 250;

/**
 * The longest that it may take until both have a path. One round trip tells each side how it looks from outside, one is a check,
 * one more is needed where the first check only opens a filter or shows a peer-reflexive address, half of one until the
 * other side has seen the answer to its own. Where one side waits for the other to make a hole, and the other is shown none of
 * its addresses in time, a check has to be sent again.
 */
function longest(a: Edge, z: Edge): number {
  const trips = ROUND_TRIP * 3.5;
  const oneWaits = isStable(a) !== isStable(z) && !isOpen(a) && !isOpen(z);
  return oneWaits ? trips + RETRANSMISSION : trips;
}

test("without a relay a connection comes about exactly where theory says it can", () => {
  for (const cell of cells) {
    const scene = twoHomes(cell.a, cell.z, { seed: testSeed() });
    const { a, z } = scene;
    scene.start();
    scene.until(() => (cell.direct ? scene.paired : a.agent.state === "failed" && z.agent.state === "failed"), 60_000);
    if (cell.direct) {
      scene.assertPath();
      assert.ok(scene.sim.now <= longest(cell.a, cell.z), `${nameOf(cell)}: ${scene.sim.now} ms`);
    } else assert.ok(!a.states.includes("connected") && !z.states.includes("connected"), nameOf(cell));
  }
});

test("a connection takes as many round trips as theory says", () => {
  const edge = (name: string): Edge => {
    const [mapping, filtering] = name.split("/").map((part) => ({ none: 0, EI: 4, AD: 8, APD: 12 })[part] ?? assert.fail(part));
    return EDGES[(mapping ?? 0) + (filtering ?? 0) / 4] ?? assert.fail(name);
  };
  const rows: [a: string, z: string, trips: number, why: string][] = [
    ["none/none", "none/none", 1, "a check and its answer"],
    ["none/none", "EI/APD", 1.5, "a check from inside shows the way back in, on which the other side checks"],
    ["none/none", "APD/APD", 1.5, "the same: a symmetric NAT answers where it asked"],
    [
      "none/APD",
      "EI/APD",
      2.5,
      "the public side hears of the other after a round trip; its check is answered and triggers another",
    ],
    ["EI/APD", "EI/APD", 2, "a round trip to the server, then checks that cross and make holes for each other"],
    ["EI/EI", "EI/EI", 2, "open filters save nothing: nothing is known before the server has answered"],
    ["EI/AD", "APD/APD", 2.5, "the check that arrives comes from a port that was never told"],
    ["AD/EI", "AD/EI", 2.5, "the same on both sides"],
    ["AD/AD", "APD/EI", 3, "the first check arrives, its answer does not: each side has to be shown the other's new port"],
  ];
  for (const [a, z, trips, why] of rows) {
    const scene = twoHomes(edge(a), edge(z), { seed: testSeed() });
    scene.start();
    scene.until(() => scene.paired, 1000);
    assert.equal(scene.sim.now / ROUND_TRIP, trips, `${a} with ${z}: ${why}`);
  }
});

test("with a relay it always comes about, and goes by the relay only where it has to", () => {
  for (const cell of cells) {
    const scene = twoHomes(cell.a, cell.z, { seed: testSeed(), agents: TURN });
    const { a, z } = scene;
    scene.start();
    scene.until(() => a.agent.state === "completed" && z.agent.state === "completed", 10_000);
    scene.assertPath();
    assert.equal(!/relay/.test(`${a.selectedTypes} ${z.selectedTypes}`), cell.direct, `${nameOf(cell)}: ${a.selectedTypes}`);
  }
});
