// Two sides behind real NATs, each in a network namespace of its own, with coturn on the network between: hole punching where mappings allow it,
// relays where nothing else does, streams where no UDP passes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createAuthority } from "./lib/authority.mjs";
import { findCoturn, startCoturn, turnUrl, USER } from "./lib/coturn.mjs";
import { createNetwork, OUTSIDE, SERVER, whyNoNamespaces } from "./lib/network-namespaces.mjs";
import { exchange } from "./lib/relayed.mjs";
import { carry, endLeftOvers, nodeSide } from "./lib/sides.mjs";

const skip = findCoturn() === undefined ? "coturn is missing: apt-get install coturn" : whyNoNamespaces();

// What has to fail takes 40 s of waiting (RFC 8863), meanwhile the others run.
describe("network namespaces", { skip, timeout: 240_000, concurrency: 2 }, () => {
  /** @type {ReturnType<typeof createAuthority>} */
  let authority;

  before(() => {
    authority = createAuthority([SERVER]);
  });
  after(() => {
    endLeftOvers();
    authority?.remove();
  });

  /**
   * Two sides that try to connect, until the test has ended.
   * @param {import("node:test").TestContext} context
   * @param {{ a: import("./lib/network-namespaces.mjs").NatKind, z: import("./lib/network-namespaces.mjs").NatKind }} kinds
   * @param {(turn: { port: number, tlsPort: number }) => { a: RTCIceServer[], z: RTCIceServer[] }} servers
   */
  async function meet(context, kinds, servers) {
    /** What ends it, the last first. @type {(() => unknown)[]} */
    const endings = [];
    context.after(async () => {
      for (const end of endings.reverse()) await end();
    });
    const network = createNetwork(kinds);
    endings.push(() => network.remove());
    const turn = await startCoturn({ ...authority, addresses: [SERVER], prefix: network.server });
    endings.push(() => turn.stop());
    const given = servers(turn);
    const [a, z] = await Promise.all(
      /** @type {const} */ (["a", "z"]).map(async (home) => {
        const env = { NODE_EXTRA_CA_CERTS: authority.ca };
        const side = await nodeSide({}, { configuration: { iceServers: given[home] }, env, prefix: network[home] });
        endings.push(() => side.call("close").then(() => side.end()));
        return side;
      }),
    );
    /** @type {string[]} */
    const problems = [];
    void carry(a, z, problems);
    void carry(z, a, problems);
    await a.call("create", "main");
    const opened = () => Promise.all([a, z].map((side) => side.call("open", "main")));
    return { sides: [a, z], turn, problems, opened };
  }

  const stun = ({ port }) => [{ urls: `stun:${SERVER}:${port}` }];
  /** Both know how they look from outside, and no relay. */
  const stunOnly = (turn) => ({ a: stun(turn), z: stun(turn) });

  test("behind symmetric NATs there is no way without a relay", async (context) => {
    const { sides } = await meet(context, { a: "random", z: "random" }, stunOnly);
    await Promise.all(sides.map((side) => side.call("reached", "failed", 60_000)));
    const states = await Promise.all(sides.map((side) => side.call("takeStates")));
    assert.deepEqual(states, [
      ["connecting", "failed"],
      ["connecting", "failed"],
    ]);
  });

  test("behind NATs whose mappings are the same for all, holes are punched", async (context) => {
    const { sides, turn, problems, opened } = await meet(context, { a: "preserving", z: "preserving" }, stunOnly);
    await opened();
    await exchange(sides);
    const ways = await Promise.all(sides.map((side) => side.call("way")));
    for (const [index, far] of [OUTSIDE.z, OUTSIDE.a].entries()) {
      const { told, remote, bytesSent, bytesReceived } = ways[index];
      assert.deepEqual(told.sort(), ["host", "srflx"]);
      assert.equal(remote.address, far);
      assert.match(remote.candidateType, /^(srflx|prflx)$/);
      assert.ok(bytesSent > 2_000_000 && bytesReceived > 2_000_000);
    }
    assert.doesNotMatch(turn.log(), /ALLOCATE/);
    assert.deepEqual(problems, []);
  });

  test("behind symmetric NATs a relay of one side is enough", async (context) => {
    const { sides, turn, problems, opened } = await meet(context, { a: "random", z: "random" }, (server) => ({
      a: [{ urls: turnUrl(SERVER, "udp", server), ...USER }],
      z: stun(server),
    }));
    await opened();
    await exchange(sides);
    const [ours, theirs] = await Promise.all(sides.map((side) => side.call("way")));
    assert.equal(ours.candidateType, "relay");
    assert.equal(ours.remote.address, OUTSIDE.z);
    assert.equal(theirs.remote.address, SERVER);
    assert.match(turn.log(), /user <alice>: incoming packet ALLOCATE processed, success/);
    assert.deepEqual(problems, []);
  });

  for (const transport of /** @type {const} */ (["tcp", "tls"])) {
    test(`where no UDP passes, both go by relays over ${transport}`, async (context) => {
      const urls = (/** @type {{ port: number, tlsPort: number }} */ server) => turnUrl(SERVER, transport, server);
      const both = (server) => [{ urls: [turnUrl(SERVER, "udp", server), urls(server)], ...USER }];
      const met = await meet(context, { a: "tcp-only", z: "tcp-only" }, (server) => ({ a: both(server), z: both(server) }));
      await met.opened();
      await exchange(met.sides);
      const ways = await Promise.all(met.sides.map((side) => side.call("way")));
      for (const way of ways) {
        assert.deepEqual([way.candidateType, way.relayProtocol, way.url], ["relay", transport, urls(met.turn)]);
        assert.equal(way.remote.address, SERVER);
      }
      assert.deepEqual(met.problems, []);
    });
  }
});
