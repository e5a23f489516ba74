// Our client at coturn: by UDP, TCP and TLS, over IPv4 and IPv6, with credentials that are wrong or too old, and when coturn goes away and comes back.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, afterEach, before, describe, test } from "node:test";
import { createAuthority } from "./lib/authority.mjs";
import { findCoturn, ownAddresses, REALM, startCoturn, turnUrl, USER } from "./lib/coturn.mjs";
import { areRelayed, exchange } from "./lib/relayed.mjs";
import { carry, endLeftOvers, nodeSide } from "./lib/sides.mjs";

const SECRET = "north";
const TRANSPORTS = /** @type {const} */ (["udp", "tcp", "tls"]);

const addresses = ownAddresses();
const skip =
  findCoturn() === undefined
    ? "coturn is missing: apt-get install coturn"
    : Object.keys(addresses).length === 0 && "this machine has no address but its loopback";

/** As TURN's REST API has them: the name is the time they end at. @param {number} seconds from now */
function timeLimited(seconds) {
  const username = `${Math.floor(Date.now() / 1000) + seconds}:alice`;
  return { username, credential: createHmac("sha1", SECRET).update(username).digest("base64") };
}

describe("coturn", { skip, timeout: 240_000 }, () => {
  /** @type {ReturnType<typeof createAuthority>} */
  let authority;
  /** @type {Awaited<ReturnType<typeof startCoturn>>} */
  let coturn;
  /** The same with credentials that are limited in time. @type {Awaited<ReturnType<typeof startCoturn>>} */
  let limited;
  /** What is still open. @type {Awaited<ReturnType<typeof nodeSide>>[]} */
  let open = [];

  before(async () => {
    authority = createAuthority(Object.values(addresses));
    [coturn, limited] = await Promise.all([startCoturn(authority), startCoturn({ ...authority, secret: SECRET })]);
  });
  afterEach(async () => {
    await Promise.all(open.map((side) => side.call("close").then(() => side.end())));
    open = [];
  });
  after(async () => {
    endLeftOvers();
    await coturn?.stop();
    await limited?.stop();
    authority?.remove();
  });

  /** @param {RTCIceServer | RTCIceServer[]} iceServers */
  async function side(iceServers, env = { NODE_EXTRA_CA_CERTS: authority.ca }) {
    const configuration = { iceServers: [iceServers].flat(), iceTransportPolicy: /** @type {const} */ ("relay") };
    const made = await nodeSide({}, { configuration, env });
    open.push(made);
    return made;
  }

  /** Two sides with an open channel, each by its servers. @param {RTCIceServer} first @param {RTCIceServer} [second] */
  async function call(first, second = first) {
    const sides = await Promise.all([side(first), side(second)]);
    const [a, z] = sides;
    /** @type {string[]} */
    const problems = [];
    void carry(a, z, problems);
    void carry(z, a, problems);
    await a.call("create", "main");
    await Promise.all(sides.map((each) => each.call("open", "main")));
    return { a, z, problems };
  }

  for (const [family, address] of Object.entries(addresses)) {
    for (const transport of TRANSPORTS) {
      test(`${transport}, IPv${family}: data both ways`, async () => {
        const before = coturn.log().length;
        const urls = turnUrl(address, transport, coturn);
        const pair = await call({ urls, ...USER });
        await exchange([pair.a, pair.z]);
        await areRelayed([pair.a, pair.z], [urls, urls], [transport, transport]);
        assert.deepEqual(pair.problems, []);
        const log = coturn.log().slice(before);
        const sessions = [
          ...log.matchAll(/session (\d+): realm <([^>]*)> user <([^>]*)>: incoming packet ALLOCATE processed, success/g),
        ];
        assert.deepEqual(
          sessions.map(([, , realm, user]) => `${user}@${realm}`),
          [`alice@${REALM}`, `alice@${REALM}`],
        );
        // What it counted of each session, in datagrams, as both are given back.
        await Promise.all([pair.a.call("close"), pair.z.call("close")]);
        for (const [, session] of sessions) {
          await coturn.says(new RegExp(`session ${session}: usage: realm=<${REALM}>, username=<alice>, rp=\\d{3,},`));
        }
      });
    }
  }

  test("one side by UDP, the other by TLS", async () => {
    const address = Object.values(addresses)[0];
    const [udp, tls] = [turnUrl(address, "udp", coturn), turnUrl(address, "tls", coturn)];
    const pair = await call({ urls: udp, ...USER }, { urls: tls, ...USER });
    await exchange([pair.a, pair.z]);
    await areRelayed([pair.a, pair.z], [udp, tls], ["udp", "tls"]);
    assert.deepEqual(pair.problems, []);
  });

  test("credentials limited in time", async () => {
    const urls = turnUrl(Object.values(addresses)[0], "udp", limited);
    const pair = await call({ urls, ...timeLimited(3600) });
    await exchange([pair.a, pair.z]);
    await areRelayed([pair.a, pair.z], [urls, urls], ["udp", "udp"]);
    assert.deepEqual(pair.problems, []);
  });

  /** What a side is told that gathers by itself with these. @param {RTCIceServer} server @param {Record<string, string>} [env] */
  async function refused(server, env) {
    const only = await side(server, env);
    await only.call("create", "main");
    const errors = await only.call("gatheringErrors");
    const { told } = await only.call("way");
    assert.deepEqual(told, []);
    assert.ok(errors.length > 0 && errors.every(({ url }) => url === server.urls), JSON.stringify(errors));
    return [...new Set(errors.map(({ errorCode, errorText }) => `${errorCode} ${errorText}`))];
  }

  for (const transport of TRANSPORTS) {
    test(`${transport}: a wrong password is told as 401`, async () => {
      const urls = turnUrl(Object.values(addresses)[0], transport, coturn);
      const errors = await refused({ urls, username: USER.username, credential: "looking-glass" });
      assert.deepEqual(errors, ["401 Unauthorized"]);
      await coturn.says(
        /check_stun_auth: Cannot find credentials of user <alice>|user <alice>: incoming packet message processed, error 401/,
      );
    });
  }

  test("a user that nobody knows is told as 401", async () => {
    const urls = turnUrl(Object.values(addresses)[0], "udp", coturn);
    assert.deepEqual(await refused({ urls, username: "nobody", credential: USER.credential }), ["401 Unauthorized"]);
  });

  test("credentials that are over are told as 401", async () => {
    const urls = turnUrl(Object.values(addresses)[0], "udp", limited);
    assert.deepEqual(await refused({ urls, ...timeLimited(-60) }), ["401 Unauthorized"]);
  });

  test("a certificate that nobody vouches for is told as 701", async () => {
    const urls = turnUrl(Object.values(addresses)[0], "tls", coturn);
    const errors = await refused({ urls, ...USER }, {});
    assert.equal(errors.length, 1);
    assert.match(errors[0], /^701 .*UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
  });

  test("where nobody listens is told as 701", async () => {
    const urls = turnUrl(Object.values(addresses)[0], "tcp", { port: 9, tlsPort: 9 });
    const errors = await refused({ urls, ...USER });
    assert.equal(errors.length, 1);
    assert.match(errors[0], /^701 .*ECONNREFUSED/);
  });

  test("coturn dies in mid-call and comes back: an ICE restart recovers, by UDP, TCP and TLS", async () => {
    let own = await startCoturn(authority);
    const address = Object.values(addresses)[0];
    try {
      const calls = await Promise.all(
        TRANSPORTS.map(async (transport) => {
          const urls = turnUrl(address, transport, own);
          return { transport, urls, pair: await call({ urls, ...USER }) };
        }),
      );
      for (const { pair } of calls) await exchange([pair.a, pair.z], 100_000);
      const sides = calls.flatMap(({ pair: { a, z } }) => [a, z]);
      const forget = () => Promise.all(sides.map((each) => each.call("takeStates")));
      await forget();
      await own.stop();
      const startedAt = performance.now();
      /** @param {string} state @returns when the last of both sides of each call had got there */
      const reach = (state, since) =>
        Promise.all(
          calls.map(async ({ transport, pair: { a, z } }) => {
            await Promise.all([a.call("reached", state, 60_000), z.call("reached", state, 60_000)]);
            return `${transport} ${Math.round(performance.now() - since)} ms`;
          }),
        );
      console.log(`disconnected after ${(await reach("disconnected", startedAt)).join(", ")}`);
      console.log(`failed after ${(await reach("failed", startedAt)).join(", ")}`);
      own = await startCoturn({ ...authority, ports: own });
      await forget();
      const restartedAt = performance.now();
      for (const { pair } of calls) await pair.a.call("restartIce");
      console.log(`connected again after ${(await reach("connected", restartedAt)).join(", ")}`);
      for (const { pair, transport, urls } of calls) {
        // The same channel goes on.
        await exchange([pair.a, pair.z]);
        await areRelayed([pair.a, pair.z], [urls, urls], [transport, transport]);
        assert.deepEqual(pair.problems, []);
      }
      // All six allocations were made anew.
      assert.equal(own.log().match(/incoming packet ALLOCATE processed, success/g)?.length, 6);
    } finally {
      await own.stop();
    }
  });
});
