// The library against real browsers. Each call is looked at from both sides: what one says it sent, the other must say it received.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./lib/browsers.mjs";
import { browserSide, carry, endLeftOvers, nodeSide, servePage } from "./lib/sides.mjs";

const MEGABYTE = 1_000_000;
/** What a Chromium takes; the library says the same of itself. */
const LARGEST = 262_144;

/** @type {{ label: string, options?: RTCDataChannelInit }[]} */
const KINDS = [
  { label: "ordered" },
  { label: "unordered", options: { ordered: false } },
  { label: "never sent again", options: { ordered: false, maxRetransmits: 0 } },
  { label: "sent again thrice", options: { maxRetransmits: 3 } },
  { label: "half a second", options: { maxPacketLifeTime: 500 } },
  { label: "half a second, unordered", options: { ordered: false, maxPacketLifeTime: 500 } },
  { label: "with a protocol", options: { protocol: "visavis.test" } },
  { label: "ünïcode 😀", options: { protocol: "プロトコル" } },
  { label: "", options: { protocol: "no label" } },
];

const STRINGS = ["", "x", "Straße", "😀👩‍👩‍👧‍👦🏳️‍🌈", "\u0000", "\r\n", "日本語"];
const SIZES = [0, 1, 2, 1023, 1024, 1199, 1200, 1201, 16_384, 65_535, 65_536, 262_143, LARGEST];

/** @type {{ url: string, close: () => void }} */
let origin;
before(async () => {
  origin = await servePage();
});
after(() => {
  endLeftOvers();
  origin?.close();
});

/**
 * Both sides of a call, connected, with the channel "main" made by the offering side.
 * @param {import("puppeteer-core").Browser} browser
 * @param {{ offers: "node" | "browser", extensions?: object }} options
 */
async function call(browser, { offers, extensions = {} }) {
  const node = await nodeSide(extensions);
  const page = await browserSide(browser, origin.url);
  /** @type {string[]} */
  const problems = [];
  const [first, second] = offers === "node" ? [node, page] : [page, node];
  void carry(first, second, problems);
  void carry(second, first, problems);
  await first.call("create", "main");
  await Promise.all([first.call("open", "main"), second.call("open", "main")]);
  await Promise.all([first.call("connected"), second.call("connected")]);
  return {
    node,
    page,
    first,
    second,
    sides: [
      [node, page],
      [page, node],
    ],
    problems,
  };
}

/** Ends a call; the process of Node must end by itself and have loaded nothing but what it should. */
async function end({ node, page, problems }) {
  const inspected = await node.call("inspect");
  await node.call("close");
  const ended = await node.end();
  await page.end();
  assert.deepEqual(problems, []);
  checkModules(inspected);
  assert.deepEqual([ended.code, ended.signal], [0, null], "the process ends by itself");
  assert.ok(ended.milliseconds < 1000, `the process took ${ended.milliseconds} ms to end`);
}

/** Only the library, what it is allowed to depend on, and the test itself; nothing native. */
function checkModules({ modules, required, nativeCode, sharedObjects }) {
  assert.deepEqual(nativeCode, []);
  assert.deepEqual(sharedObjects, []);
  const files = [...modules.filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url)), ...required];
  const allowed =
    /[\\/](packages[\\/]visavis[\\/]lib|test[\\/]interop[\\/]lib|node_modules[\\/](dns-packet[\\/]|@leichtgewicht[\\/]ip-codec[\\/]|webidl-conversions[\\/]))/;
  assert.deepEqual(
    files.filter((file) => !allowed.test(file)),
    [],
  );
  assert.ok(
    files.some((file) => /visavis[\\/]lib[\\/]floors[\\/]webrtc/.test(file)),
    "the library itself was seen",
  );
}

/** The two views of one call agree. @returns both, for more */
async function compare({ node, page, sides }, what, { tlsVersion, group = "X25519MLKEM768" }) {
  let [ours, theirs] = [await node.call("stats"), await page.call("stats")];
  // After a restart each side changes to the new pair in its own time.
  // A better pair may be chosen at any time, and has carried nothing yet.
  for (const end = performance.now() + 10_000; !(samePair(ours, theirs) && carried(ours, theirs)) && performance.now() < end; ) {
    if (ours.channels.some(({ label }) => label === "main")) await move({ sides }, 1000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    [ours, theirs] = [await node.call("stats"), await page.call("stats")];
  }
  const handshake = await node.call("handshake");
  console.log(
    `${what}\n  node    ${summary(ours)} | ${handshake.groupName}, ${handshake.retry ?? "no retry"}\n  browser ${summary(theirs)}`,
  );
  assert.equal(ours.connectionState, "connected");
  assert.equal(theirs.connectionState, "connected");
  assert.equal(ours.tlsVersion, tlsVersion);
  assert.equal(theirs.tlsVersion, tlsVersion);
  assert.equal(ours.dtlsCipher, theirs.dtlsCipher);
  assert.match(ours.dtlsCipher, /^TLS_.*(GCM|CHACHA20)/);
  assert.equal(handshake.groupName, group);
  assert.ok(ours.pair && theirs.pair, "both name a selected pair");
  assert.ok(samePair(ours, theirs), "both name the same pair");
  assert.ok(ours.pair.bytesSent > 0 && ours.pair.bytesReceived > 0);
  assert.ok(theirs.pair.bytesSent > 0 && theirs.pair.bytesReceived > 0);
  return { ours, theirs, handshake };
}

/** After a restart data goes by the old pair until the new one works: moves a megabyte until the new one has carried some. */
async function moveByNewPair(it) {
  for (let attempt = 0; attempt < 10; attempt++) {
    await move(it, MEGABYTE);
    const sides = await Promise.all([it.node.call("stats"), it.page.call("stats")]);
    if (samePair(sides[0], sides[1]) && carried(sides[0], sides[1])) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Whether the pair of each side has carried data both ways. */
function carried(ours, theirs) {
  return [ours, theirs].every(({ pair }) => pair?.bytesSent > 0 && pair?.bytesReceived > 0);
}

/** Whether both sides use the same pair. Browsers do not tell all addresses, but the ports of this machine are enough. */
function samePair(ours, theirs) {
  return ours.pair?.local.port === theirs.pair?.remote.port && ours.pair?.remote.port === theirs.pair?.local.port;
}

function summary({ tlsVersion, dtlsCipher, dtlsRole, pair, channels }) {
  const side = ({ address, port, candidateType }) => `${address ?? "?"}:${port} ${candidateType}`;
  const main = channels.find(({ label }) => label === "main");
  return [
    `${side(pair.local)} <-> ${side(pair.remote)}`,
    `${tlsVersion} ${dtlsCipher} ${dtlsRole ?? ""}`,
    `pair ${pair.bytesSent} B sent, ${pair.bytesReceived} B received`,
    `main ${main?.messagesSent}/${main?.bytesSent} B sent, ${main?.messagesReceived}/${main?.bytesReceived} B received`,
  ].join(" | ");
}

/** What one side counts as sent on a channel, the other counts as received. */
function compareChannel(ours, theirs, label) {
  const [a, z] = [ours, theirs].map(({ channels }) => channels.find((channel) => channel.label === label));
  assert.ok(a && z, `both count ${label}`);
  assert.deepEqual([a.messagesSent, a.bytesSent], [z.messagesReceived, z.bytesReceived], `${label}, Node to browser`);
  assert.deepEqual([z.messagesSent, z.bytesSent], [a.messagesReceived, a.bytesReceived], `${label}, browser to Node`);
}

/** 50 MB (or as many as asked for) each way. */
async function move({ sides }, length) {
  for (const [from, to] of sides) {
    await to.call("expectMany", "main", length);
    const [sent, received] = await Promise.all([from.call("sendMany", "main", length, length), to.call("received")]);
    assert.equal(sent.hash, received.hash);
    console.log(`  ${length / MEGABYTE} MB in ${sent.milliseconds} ms, SHA-256 ${sent.hash.slice(0, 16)}… on both sides`);
  }
}

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  for (const offers of /** @type {const} */ (["node", "browser"])) {
    const title = `${name}, ${offers === "node" ? "Node offers" : "Node answers"}`;
    describe(title, { timeout: 400_000 }, () => {
      /** @type {import("puppeteer-core").Browser} */
      let browser;
      before(async () => {
        browser = await launch(name);
      });
      after(() => browser?.close());

      test("channels of every kind, made by either side", async () => {
        const it = await call(browser, { offers });
        for (const [maker, other] of it.sides) {
          for (const { label, options } of KINDS) {
            const unique = maker === it.node ? label : `${label}.`;
            await maker.call("create", unique, options);
            await Promise.all([maker.call("open", unique), other.call("open", unique)]);
            const [made, seen] = [await maker.call("describe", unique), await other.call("describe", unique)];
            assert.deepEqual(seen, made);
            assert.deepEqual([made.label, made.protocol], [unique, options?.protocol ?? ""]);
            assert.equal(made.ordered, options?.ordered ?? true);
            assert.equal(made.maxRetransmits, options?.maxRetransmits ?? null);
            assert.equal(made.maxPacketLifeTime, options?.maxPacketLifeTime ?? null);
            await other.call("echo", unique);
            const messages = [
              { kind: "string", text: "hello 😀" },
              { kind: "buffer", size: 5000 },
            ];
            assert.deepEqual(await maker.call("roundTrips", unique, messages), []);
          }
        }
        for (const side of [it.node, it.page]) await side.call("create", "negotiated", { negotiated: true, id: 77 });
        await Promise.all([it.node.call("open", "negotiated"), it.page.call("open", "negotiated")]);
        const described = await it.node.call("describe", "negotiated");
        assert.deepEqual(described, await it.page.call("describe", "negotiated"));
        assert.deepEqual([described.id, described.negotiated], [77, true]);
        await it.page.call("echo", "negotiated");
        assert.deepEqual(await it.node.call("roundTrips", "negotiated", [{ kind: "string", text: "x" }]), []);
        const { ours, theirs } = await compare(it, `${title}: channels`, { tlsVersion: "FEFC" });
        for (const { label } of KINDS) compareChannel(ours, theirs, label);
        await end(it);
      });

      test("messages of 0 B to 256 KiB: strings, buffers, views, blobs", async () => {
        const it = await call(browser, { offers });
        for (const [from, to] of it.sides) {
          await to.call("echo", "main");
          const strings = STRINGS.map((text) => ({ kind: "string", text }));
          const sizes = SIZES.flatMap((size) => ["string", "buffer", "view", "blob"].map((kind) => ({ kind, size })));
          assert.deepEqual(await from.call("roundTrips", "main", [...strings, ...sizes]), []);
          const few = [0, 1, 70_000].map((size) => ({ kind: "buffer", size }));
          assert.deepEqual(await from.call("roundTrips", "main", few, "blob"), []);
        }
        assert.equal(await it.page.call("tooLarge", "main", LARGEST + 1), "TypeError", "the browser knows what we take");
        if (name === "chromium") assert.equal(await it.node.call("tooLarge", "main", LARGEST + 1), "TypeError");
        const { ours, theirs } = await compare(it, `${title}: messages`, { tlsVersion: "FEFC" });
        compareChannel(ours, theirs, "main");
        await end(it);
      });

      test("50 MB each way, an ICE restart from either side, and 1 MB more", async () => {
        const it = await call(browser, { offers });
        await move(it, 50 * MEGABYTE);
        const { ours, theirs } = await compare(it, `${title}: 50 MB`, { tlsVersion: "FEFC" });
        compareChannel(ours, theirs, "main");
        for (const { pair } of [ours, theirs]) assert.ok(pair.bytesSent > 50 * MEGABYTE && pair.bytesReceived > 50 * MEGABYTE);
        for (const side of [it.node, it.page]) {
          const before = await Promise.all([it.node.call("credentials"), it.page.call("credentials")]);
          await side.call("restartIce");
          await Promise.all([it.node.call("restarted", before[0]), it.page.call("restarted", before[1])]);
          await moveByNewPair(it);
          await compare(it, `${title}: after a restart`, { tlsVersion: "FEFC" });
        }
        await end(it);
      });

      test("a channel closes from either side, and so does the connection", async () => {
        const it = await call(browser, { offers });
        for (const [from, to] of it.sides) {
          const label = from === it.node ? "closed by node" : "closed by browser";
          await it.first.call("create", label);
          await Promise.all([from.call("open", label), to.call("open", label)]);
          await from.call("closeChannel", label);
          await Promise.all([from.call("closed", label), to.call("closed", label)]);
          assert.equal((await to.call("describe", label)).readyState, "closed");
        }
        await it.page.call("close");
        await it.node.call("closed", "main");
        await end(it);
        const again = await call(browser, { offers });
        await again.node.call("close");
        await again.page.call("closed", "main");
        await end(again);
      });

      for (const { what, extensions, tlsVersion, group } of [
        { what: "DTLS 1.2", extensions: { dtls: { maxVersion: "1.2" } }, tlsVersion: "FEFD", group: "X25519" },
        { what: "DTLS 1.3 with X25519", extensions: { dtls: { groups: ["X25519"] } }, tlsVersion: "FEFC", group: "X25519" },
        { what: "DTLS 1.3 with P-256", extensions: { dtls: { groups: ["P-256"] } }, tlsVersion: "FEFC", group: "P-256" },
        { what: "DTLS 1.3 with a cookie", extensions: { dtls: { cookie: true } }, tlsVersion: "FEFC" },
        { what: "names that nobody resolves", extensions: { ice: { resolveNames: false } }, tlsVersion: "FEFC" },
      ]) {
        test(`${what}`, async () => {
          const it = await call(browser, { offers, extensions });
          await move(it, 2 * MEGABYTE);
          const { ours, handshake } = await compare(it, `${title}: ${what}`, { tlsVersion, group });
          if (extensions.dtls?.cookie) {
            // Only a server asks for it, and who offers is the server here: the other side answers with setup:active.
            assert.equal(ours.dtlsRole, offers === "node" ? "server" : "client");
            assert.equal(handshake.retry, offers === "node" ? "hello-retry-request" : null);
          }
          if (what.startsWith("names")) assert.equal(ours.pair.remote.candidateType, "prflx");
          await end(it);
        });
      }
    });
  }

  describe(`${name} with plain host addresses`, { timeout: 120_000 }, () => {
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    before(async () => {
      browser = await launch(name, { plainAddresses: true });
    });
    after(() => browser?.close());

    for (const offers of /** @type {const} */ (["node", "browser"])) {
      test(offers === "node" ? "Node offers" : "Node answers", async () => {
        const it = await call(browser, { offers });
        await move(it, 5 * MEGABYTE);
        const { ours, theirs } = await compare(it, `${name}, plain addresses, ${offers} offers`, { tlsVersion: "FEFC" });
        assert.equal(ours.pair.local.candidateType, "host");
        assert.equal(theirs.pair.local.candidateType, "host");
        assert.equal(ours.pair.remote.address, theirs.pair.local.address);
        assert.equal(theirs.pair.remote.address, ours.pair.local.address);
        await end(it);
      });
    }
  });
}
