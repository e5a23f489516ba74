// Random negotiations: npm run test:negotiations -- --with chromium --sequences 1000 --seed 7
import { parseArgs } from "node:util";
import { negotiateRandomly } from "./lib/negotiations.mjs";
import { browserNegotiator, localNegotiator } from "./lib/negotiator-side.mjs";

const { values } = parseArgs({
  options: {
    with: { type: "string", default: "node" },
    sequences: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const other = values.with;
const options = { seed: Number(values.seed), count: Number(values.sequences), ...(values.only && { only: Number(values.only) }) };
let browser;
let page;
if (other === "chromium" || other === "firefox") {
  const { FAKE_DEVICES, launch } = await import("./lib/browsers.mjs");
  const { servePage } = await import("./lib/sides.mjs");
  page = await servePage();
  browser = await launch(other, { [other]: FAKE_DEVICES[other] });
}
const sides = [
  { name: "node", side: localNegotiator() },
  { name: other === "node" ? "other" : other, side: browser ? await browserNegotiator(browser, page.url) : localNegotiator() },
];
let failed = false;
// Either side is the polite one once.
for (const [first, second] of [sides, [...sides].reverse()]) {
  try {
    const { sequences, knownFailures, known, operations, states } = await negotiateRandomly(first, second, options);
    console.log(
      `${first.name} and ${second.name}, seed ${options.seed}: ${sequences} sequences, ${operations} operations, all at rest with equal views${knownFailures > 0 ? `; ${knownFailures} more failed as the browser is known to` : ""}`,
    );
    for (const [reason, times] of Object.entries(known)) console.log(`  ${times} x ${reason}`);
    console.log(`  ${first.name}: ${states[0].join(", ")}\n  ${second.name}: ${states[1].join(", ")}`);
  } catch (error) {
    failed = true;
    console.error(error instanceof Error ? error.message : error);
  }
}
for (const { side } of sides) await side.end();
await browser?.close();
page?.close();
process.exit(failed ? 1 : 0);
