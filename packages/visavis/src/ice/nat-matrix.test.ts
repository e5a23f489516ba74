/**
 * Who reaches whom: both sides behind each of the 16 combinations of mapping and filtering, with and without a relay.
 *
 * RFC 4787 knows three ways of mapping (§4.1) and of filtering (§5). The fourth of each is none: without mapping a host has a
 * public address behind a firewall, without filtering even unused ports are open.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@visavis/netsim";
import { type Edge, EDGES, TURN, twoHomes } from "./nat-scene.test.ts";

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
/** Whoever was written to may answer from any port. */
const isLenient = (edge: Edge): boolean => isOpen(edge) || edge.filtering === "address-dependent";

/**
 * Whether hole punching works: RFC 5128 §3.3 for each pair of behaviours of RFC 4787.
 *
 * - Both mappings stable: each side opens its filter for exactly what the other one told, so both first packets make a hole for
 *   the other's (RFC 5128 §3.3.3).
 * - One stable, one not: the unstable side writes from a port that was never told. The stable side's filter has been opened for
 *   that address only, so it must not look at ports. Then the stable side answers where the packet came from (a
 *   peer-reflexive candidate), and that hole is open.
 * - Neither stable: the mappings that were told are open for the server alone, so one side must let in anybody (else no packet
 *   ever arrives), and the other must let the answer in from a port that was not told. Every answer may then
 *   come from yet another port: if both mappings depend on the port, the two sides hunt each other for ever.
 */
function isDirect(a: Edge, z: Edge): boolean {
  if (isStable(a) && isStable(z)) return true;
  if (isStable(a) !== isStable(z)) return isLenient(isStable(a) ? a : z);
  if (a.mapping === "address-and-port-dependent" && z.mapping === "address-and-port-dependent") return false;
  return isLenient(a) && isLenient(z) && (isOpen(a) || isOpen(z));
}

const cells = EDGES.flatMap((a, row) => EDGES.map((z, column) => ({ a, z, direct: EXPECTED[row]?.[column] === "+" })));
const nameOf = ({ a, z }: { a: Edge; z: Edge }): string =>
  `${a.mapping}/${a.filtering} with ${z.mapping}/${z.filtering}, seed ${testSeed()}`;

test("the table is what the theory says, and the same seen from both sides", () => {
  assert.equal(cells.length, 256);
  for (const cell of cells) {
    assert.equal(cell.direct, isDirect(cell.a, cell.z), nameOf(cell));
    assert.equal(cell.direct, isDirect(cell.z, cell.a), nameOf(cell));
  }
  assert.equal(cells.filter(({ direct }) => !direct).length, 72);
});

test("without a relay a connection comes about exactly where theory says it can", () => {
  for (const cell of cells) {
    const scene = twoHomes(cell.a, cell.z, { seed: testSeed() });
    const { a, z } = scene;
    scene.start();
    scene.until(() => (cell.direct ? scene.paired : a.agent.state === "failed" && z.agent.state === "failed"), 60_000);
    if (cell.direct) scene.assertPath();
    else assert.ok(!a.states.includes("connected") && !z.states.includes("connected"), nameOf(cell));
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
