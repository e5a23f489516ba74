// Random calls at a connection of Node and one of each browser, or of Node again: they come to rest with equal views, whoever gives in.
// Many more: npm run test:negotiations -- --with firefox --sequences 1000 --seed 7
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FAKE_DEVICES, launch } from "./lib/browsers.mjs";
import { negotiateRandomly } from "./lib/negotiations.mjs";
import { browserNegotiator, localNegotiator } from "./lib/negotiator-side.mjs";
import { servePage } from "./lib/sides.mjs";

const SEED = Number(process.env.VISAVIS_SEED ?? 1);
const STATES = ["have-local-offer", "have-remote-offer", "stable"];

/** @type {{ name: "node" | "chromium" | "firefox", count: number, most: number }[]} most: sequences that may fail at the browser itself */
const OTHERS = [
  { name: "node", count: 100, most: 0 },
  { name: "chromium", count: 60, most: 3 },
  { name: "firefox", count: 40, most: 1 },
];

/** @type {Awaited<ReturnType<typeof servePage>>} */
let origin;
before(async () => {
  origin = await servePage();
});
after(() => origin?.close());

for (const { name, count, most } of OTHERS) {
  describe(name, { timeout: 180_000 }, () => {
    /** @type {import("puppeteer-core").Browser | undefined} */
    let browser;
    /** @type {{ name: string, side: Awaited<ReturnType<typeof browserNegotiator>> }[]} */
    let sides;
    before(async () => {
      if (name !== "node") browser = await launch(name, { [name]: FAKE_DEVICES[name] });
      const other = browser ? await browserNegotiator(browser, origin.url) : localNegotiator();
      sides = [
        { name: "node", side: localNegotiator() },
        { name: name === "node" ? "other" : name, side: other },
      ];
    });
    after(async () => {
      for (const { side } of sides ?? []) await side.end();
      await browser?.close();
    });

    for (const isNodePolite of [false, true]) {
      test(`random calls, and ${isNodePolite ? "Node" : "the other side"} gives in when both offer`, async (t) => {
        const [node, other] = sides;
        const [first, second] = isNodePolite ? [other, node] : [node, other];
        const report = await negotiateRandomly(first, second, { seed: SEED, count });
        for (const states of report.states) for (const state of STATES) assert.ok(states.includes(state), state);
        assert.ok(report.knownFailures <= most, `${report.knownFailures} sequences failed at ${name} itself`);
        t.diagnostic(
          `seed ${SEED}: ${report.sequences} sequences, ${report.operations} operations, ${report.knownFailures} failed at ${name}`,
        );
      });
    }
  });
}
