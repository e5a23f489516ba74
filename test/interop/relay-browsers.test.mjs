// Browsers that may go by relays alone, at a TURN server by UDP, TCP and TLS: data and media, with Node behind a relay at the other end.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { createAuthority } from "./lib/authority.mjs";
import { FAKE_DEVICES, hasCertutil, launch } from "./lib/browsers.mjs";
import { ownAddresses, startCoturn, turnUrl, USER } from "./lib/coturn.mjs";
import { carryMedia, mediaTab, serveMediaPage } from "./lib/media-sides.mjs";
import { startOwnTurn } from "./lib/own-turn.mjs";
import { areRelayed, exchange } from "./lib/relayed.mjs";
import { browserSide, carry, endLeftOvers, nodeSide, servePage } from "./lib/sides.mjs";

const TRANSPORTS = /** @type {const} */ (["udp", "tcp", "tls"]);
/** Frames of video and packets of audio that have to arrive on each side. */
const FRAMES = 30;
/** Bytes that go each way at least. */
const DATA = 2_000_000;
const MEDIA = 10_000;

// Not 127.0.0.1: browsers do not relay to where they have no business.
const address = Object.values(ownAddresses())[0] ?? "";
/** Firefox asks a server by TLS only if it has a name, which it is told the address of. */
const NAME = "turn.visavis.test";

const skip =
  address === ""
    ? "this machine has no address but its loopback"
    : !hasCertutil() && "certutil is missing: apt-get install libnss3-tools";

/** Ours, or with RELAY_SERVER=coturn that one: to tell whose fault it is. */
const isCoturn = process.env.RELAY_SERVER === "coturn";
const start = isCoturn ? startCoturn : startOwnTurn;

/** Waits until something holds. @param {string} what @param {() => Promise<{ holds: boolean }>} look */
async function until(what, look, timeout = 40_000) {
  for (const end = performance.now() + timeout; ; ) {
    const found = await look();
    if (found.holds) return found;
    if (performance.now() > end) assert.fail(`${what}: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("browsers behind relays", { skip }, () => {
  /** @type {ReturnType<typeof createAuthority>} */
  let authority;
  /** @type {{ url: string, close: () => void }[]} */
  let origins = [];
  /** What is open still. @type {{ call: Function, end: () => Promise<unknown> }[]} */
  const sides = [];
  /** @type {string[]} */
  let problems = [];

  before(async () => {
    authority = createAuthority([address, NAME]);
    origins = await Promise.all([servePage(), serveMediaPage()]);
  });
  afterEach(async () => {
    for (const side of sides.splice(0)) {
      await side.call("close");
      await side.end();
    }
    problems = [];
  });
  after(() => {
    endLeftOvers();
    for (const origin of origins) origin.close();
    authority?.remove();
  });

  for (const browserName of /** @type {const} */ (["chromium", "firefox"])) {
    describe(browserName, { timeout: 300_000 }, () => {
      /** @type {import("puppeteer-core").Browser} */
      let browser;
      /** @type {Awaited<ReturnType<typeof startCoturn>> | Awaited<ReturnType<typeof startOwnTurn>>} */
      let turn;
      before(async () => {
        turn = await start({ ...authority, addresses: [address] });
        const { chromium, firefox } = FAKE_DEVICES;
        browser = await launch(browserName, {
          ca: authority.ca,
          chromium,
          firefox: { ...firefox, "network.dns.forceResolve": address },
        });
      });
      after(async () => {
        await browser?.close();
        await turn?.stop();
      });

      for (const transport of TRANSPORTS) {
        const servers = () => {
          const host = browserName === "firefox" && transport === "tls" ? NAME : address;
          return [host, address].map((each) => ({ urls: turnUrl(each, transport, turn), ...USER }));
        };
        /** How each side is made: the page, and Node. */
        const means = () => {
          const [page, node] = servers().map((server) => ({
            iceServers: [server],
            iceTransportPolicy: /** @type {const} */ ("relay"),
          }));
          return { page, node, env: { NODE_EXTRA_CA_CERTS: authority.ca } };
        };
        /** Firefox does not tell the URL in its statistics. */
        const urls = () => {
          const [theirs, ours] = servers();
          return [browserName === "chromium" ? theirs.urls : undefined, ours.urls];
        };

        /** What our server has counted, for what it counts since: both sides' allocations, and what went through them. */
        const meter = async (/** @type {number} */ least) => {
          if (!("metrics" in turn)) return async () => undefined;
          const { metrics } = turn;
          const before = await metrics();
          return async () => {
            const now = await metrics();
            // With media one more, when a section that is bundled in the end had begun by itself.
            assert.ok(now.allocationsTotal - before.allocationsTotal >= 2);
            // Each datagram goes from a client to a peer and from a peer to a client.
            for (const member of /** @type {const} */ (["bytesToPeers", "bytesToClients"])) {
              assert.ok(now[member] - before[member] > 2 * least, `${member}: ${before[member]}, ${now[member]}`);
            }
          };
        };

        test(`${transport}: data both ways`, async () => {
          const given = means();
          const counted = await meter(DATA);
          const page = await browserSide(browser, origins[0].url, given.page);
          sides.push(page);
          const node = await nodeSide({}, { configuration: given.node, env: given.env });
          sides.push(node);
          void carry(page, node, problems);
          void carry(node, page, problems);
          await page.call("create", "main");
          await Promise.all([page.call("open", "main"), node.call("open", "main")]);
          await exchange([page, node]);
          await areRelayed([page, node], urls(), [transport, transport]);
          await counted();
          assert.deepEqual(problems, []);
        });

        test(`${transport}: audio and video both ways`, async () => {
          const given = means();
          const counted = await meter(MEDIA);
          const page = await mediaTab(browser, origins[1].url, { polite: true, configuration: given.page });
          sides.push(page);
          const node = await nodeSide({}, { configuration: given.node, env: { ...given.env, PEER: "media" } });
          sides.push(node);
          void carryMedia(page, node, problems);
          void carryMedia(node, page, problems);
          await page.call("hold", { audio: true, video: true });
          await node.call("add", { audio: true, video: true });
          await Promise.all([page.call("connected", 40_000), node.call("connected", 40_000)]);
          await until("media flows", async () => {
            const counts = [];
            for (const [side, member] of /** @type {const} */ ([
              [page, "framesDecoded"],
              [node, "framesReceived"],
            ])) {
              const inbound = (await side.call("stats")).filter(({ type }) => type === "inbound-rtp");
              const of = (kind, counter) => inbound.find((entry) => entry.kind === kind)?.[counter] ?? 0;
              counts.push(of("video", member), of("audio", "packetsReceived"));
            }
            return { holds: counts.every((count) => count >= FRAMES), counts };
          });
          await areRelayed([page, node], urls(), [transport, transport], MEDIA);
          await counted();
          assert.deepEqual(problems, []);
        });
      }
    });
  }
});
