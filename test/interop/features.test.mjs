// What SCTP has beyond its base, with each browser: every way to switch it on and off on our side, against every way the browser has.
// What came of it is read off our association and must be what the table says, neither less nor more.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { launch } from "./lib/browsers.mjs";
import { checkNegotiated, exercise, negotiatedBy, SWITCHES, surviveLoss, tableRow } from "./lib/features.mjs";
import { localSide } from "./lib/local-side.mjs";
import { browserSide, carry, servePage } from "./lib/sides.mjs";

/**
 * The browsers, and what each has. givesUpOthers: with I-DATA it gives up, with a message that may get lost, fragments of whatever
 * was sent in between, reliable ones too; so it sends none such when datagrams are lost.
 * @type {{ title: string, name: "chromium" | "firefox", options?: object, has: import("./lib/features.mjs").Features, givesUpOthers?: boolean }[]}
 */
const BROWSERS = [
  { title: "Chromium", name: "chromium", has: { interleaving: false, zeroChecksum: false, snap: false } },
  {
    title: "Chromium with field trials",
    name: "chromium",
    options: { chromium: ["--force-fieldtrials=WebRTC-DataChannelMessageInterleaving/Enabled/WebRTC-Sctp-Snap/Enabled/"] },
    has: { interleaving: true, zeroChecksum: false, snap: true },
  },
  {
    title: "Firefox with dcSCTP",
    name: "firefox",
    options: { firefox: { "media.peerconnection.sctp.use_dcsctp": true } },
    has: { interleaving: true, zeroChecksum: false, snap: false },
  },
  {
    title: "Firefox with usrsctp",
    name: "firefox",
    options: { firefox: { "media.peerconnection.sctp.use_dcsctp": false } },
    has: { interleaving: true, zeroChecksum: false, snap: false },
    givesUpOthers: true,
  },
];

/** @type {{ url: string, close: () => void }} */
let origin;
before(async () => {
  origin = await servePage();
});
after(() => {
  origin?.close();
  console.log(rows.join("\n"));
});

/** @type {string[]} */
const rows = [];

for (const { title, name, options, has, givesUpOthers } of BROWSERS) {
  describe(title, { timeout: 240_000 }, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    /** @type {Awaited<ReturnType<typeof browserSide>>} */
    let page;
    before(async () => {
      browser = await launch(name, options);
      page = await browserSide(browser, origin.url);
    });
    after(() => browser?.close());

    /** @type {ReturnType<typeof localSide> | undefined} */
    let latest;
    // What a test that failed has left would keep the process from ending.
    afterEach(() => latest?.call("close"));

    /** A call with the tab, up to the open channel "main". */
    async function call(offers, extensions) {
      const node = localSide(extensions);
      latest = node;
      await page.renew();
      const problems = [];
      const [first, second] = offers === "node" ? [node, page] : [page, node];
      void carry(first, second, problems);
      void carry(second, first, problems);
      await first.call("create", "main");
      await Promise.all([first.call("open", "main"), second.call("open", "main")]);
      const end = async () => {
        assert.deepEqual(problems, []);
        await Promise.all([node.call("close"), page.call("close")]);
      };
      return { node, other: page, end };
    }

    for (const offers of /** @type {const} */ (["node", "browser"])) {
      test(offers === "node" ? "Node offers" : "Node answers", async () => {
        for (const { ours, label, extensions } of SWITCHES) {
          const it = await call(offers, extensions(offers === "node"));
          await exercise(it);
          checkNegotiated(it.node, negotiatedBy(ours, has));
          rows.push(tableRow(title, `${offers} offers: ${label}`, it.node.sctp()));
          await it.end();
        }
      });
    }

    for (const interleaving of has.interleaving ? [true, false] : [true]) {
      test(`loss, ${interleaving ? "with" : "without"} interleaving`, async () => {
        const it = await call("node", { sctp: { features: { interleaving } } });
        const { lost, datagrams, messagesAbandoned } = await surviveLoss(it, !(interleaving && givesUpOthers));
        checkNegotiated(it.node, negotiatedBy({ interleaving, zeroChecksum: true, snap: false }, has));
        console.log(`${title}: ${datagrams} datagrams lost, with them ${lost} messages; ${messagesAbandoned} of ours given up`);
        await it.end();
      });
    }
  });
}
