// ICE over TCP (RFC 6544): candidates over UDP are kept back, so that the browser, which connects only, has to reach a listening candidate of
// ours; and two processes of Node by loopback, both ways and by opening at the same time.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "./lib/browsers.mjs";
import { browserSide, endLeftOvers, nodeSide, servePage } from "./lib/sides.mjs";

const LENGTH = 5_000_000;

/** @type {{ url: string, close: () => void }} */
let origin;
before(async () => {
  origin = await servePage();
});
after(() => {
  endLeftOvers();
  origin?.close();
});

const isUdp = (/** @type {string} */ line) => /^(?:a=)?candidate:\S+ \d+ udp /i.test(line);

/** Carries signals without candidates over UDP, until one side is gone. */
async function carryTcp(from, to, problems) {
  for (;;) {
    const signal = await from.call("next").catch(() => undefined);
    if (signal === undefined) return;
    const { description, candidate } = signal;
    if (candidate && isUdp(candidate.candidate)) continue;
    if (description)
      description.sdp = description.sdp
        .split("\r\n")
        .filter((line) => !isUdp(line))
        .join("\r\n");
    await to.call("signal", signal).catch((error) => problems.push(`${JSON.stringify(signal).slice(0, 200)}: ${error.message}`));
  }
}

/** Connects, moves data each way, and tells the pair that each side has selected. */
async function call(first, second) {
  const problems = [];
  void carryTcp(first, second, problems);
  void carryTcp(second, first, problems);
  await first.call("create", "main");
  await Promise.all([first.call("open", "main"), second.call("open", "main")]);
  const pairs = [];
  for (const [from, to] of [
    [first, second],
    [second, first],
  ]) {
    await to.call("expectMany", "main", LENGTH);
    const [sent, received] = await Promise.all([from.call("sendMany", "main", LENGTH, LENGTH), to.call("received")]);
    assert.equal(sent.hash, received.hash);
    const { local, remote } = await from.call("candidatePair");
    pairs.push([local, remote].map(({ protocol, tcpType }) => `${protocol} ${tcpType ?? "-"}`));
  }
  assert.deepEqual(problems, []);
  return pairs;
}

const tcp = (/** @type {string[]} */ ...kinds) => ({ ice: { network: { tcp: kinds } } });
const local = (/** @type {string[]} */ ...kinds) => ({ ice: { includeLoopback: true, network: { tcp: kinds } } });

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  describe(`${name} by TCP`, { timeout: 120_000 }, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    before(async () => {
      browser = await launch(name);
    });
    after(() => browser?.close());

    for (const offers of /** @type {const} */ (["node", "browser"])) {
      test(`reaches a listening candidate of ours, ${offers} offers`, async () => {
        const node = await nodeSide(tcp("passive"));
        const page = await browserSide(browser, origin.url);
        const pairs = offers === "node" ? await call(node, page) : (await call(page, node)).reverse();
        const [ours, theirs] = pairs;
        assert.deepEqual(ours, ["tcp passive", "tcp active"]);
        for (const end of theirs ?? []) assert.match(end, /^tcp/);
        console.log(`${name}, ${offers} offers: ours ${ours?.join(" with ")}, its own ${theirs?.join(" with ")}`);
        await node.call("close");
        assert.equal((await node.end()).code, 0, "nothing that listens keeps the process");
        await page.end();
      });
    }
  });
}

describe("Node with Node by TCP on loopback", { timeout: 120_000 }, () => {
  for (const [first, second] of [
    ["active", "passive"],
    ["passive", "active"],
  ]) {
    test(`${first} with ${second}`, async () => {
      const sides = [await nodeSide(local(first)), await nodeSide(local(second))];
      const pairs = await call(...sides);
      assert.deepEqual(
        pairs.map((pair) => pair.join(" ")),
        first === "active"
          ? ["tcp active tcp passive", "tcp passive tcp active"]
          : ["tcp passive tcp active", "tcp active tcp passive"],
      );
      for (const side of sides) {
        await side.call("close");
        assert.equal((await side.end()).code, 0);
      }
    });
  }
});
