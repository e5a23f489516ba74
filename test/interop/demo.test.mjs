// The demo as a person meets it: the server is started as the README says, the page is used with mouse and keyboard.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { launch } from "./lib/browsers.mjs";
import { DemoPage, startDemo } from "./lib/demo.mjs";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "visavis-demo-test-"));
const screenshots = path.join(folder, "screenshots");
fs.mkdirSync(screenshots);
console.log(`screenshots: ${screenshots}`);
after(() => {
  for (const name of fs.readdirSync(folder)) if (name.endsWith(".bin")) fs.rmSync(path.join(folder, name));
});

/** A file of random bytes. @param {string} name @param {number} size */
function makeFile(name, size) {
  const file = path.join(folder, name);
  const hash = createHash("sha256");
  const descriptor = fs.openSync(file, "w");
  for (let left = size; left > 0; left -= 1e6) {
    const bytes = randomBytes(Math.min(left, 1e6));
    hash.update(bytes);
    fs.writeSync(descriptor, bytes);
  }
  fs.closeSync(descriptor);
  return { file, name, size, hash: hash.digest("hex") };
}

const small = makeFile("small file ä.bin", 3_000_000);
const large = makeFile("large.bin", 60_000_000);
const tooLarge = makeFile("too large.bin", 80_000_001);

/** A port that nobody uses at the moment. @returns {Promise<number>} */
async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** @param {string} file */
function hashOf(file) {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

for (const name of /** @type {const} */ (["chromium", "firefox"])) {
  describe(`the demo in ${name}`, { timeout: 300_000 }, () => {
    /** @type {Awaited<ReturnType<typeof startDemo>>} */
    let server;
    /** @type {import("puppeteer-core").Browser} */
    let browser;
    const downloads = path.join(folder, `saved by ${name}`);
    /** @type {DemoPage[]} */
    let pages = [];

    /** @param {string} room */
    const open = async (room) => {
      const page = await DemoPage.open(browser, `${server.url}/#${room}`);
      pages.push(page);
      return page;
    };
    /** @param {DemoPage} page @param {string} what */
    const screenshot = async (page, what) => {
      await page.page.bringToFront();
      await page.page.screenshot({ path: path.join(screenshots, `${name}-${what}.png`) });
    };
    const closePages = async () => {
      const open = pages;
      pages = [];
      for (const { page } of open) if (!page.isClosed()) await page.close();
      for (const { errors } of open) assert.deepEqual(errors, []);
    };

    before(async () => {
      fs.mkdirSync(downloads);
      server = await startDemo([
        "--port",
        "0",
        "--stun-port",
        "0",
        "--max-file",
        "80M",
        "--verbose",
        ...(process.env.NO_NODE ? ["--no-node-peer"] : []),
      ]);
      browser = await launch(name, { downloads });
    });
    after(async () => {
      await browser?.close();
      fs.rmSync(downloads, { recursive: true });
      assert.deepEqual(await server?.stop(), { code: 0, signal: null }, server?.output());
    });

    test("the Node peer talks, answers pings and sends a file back", async () => {
      const a = await open("with-node");
      await a.reach("node");
      await screenshot(a, "start");
      await a.say("node", "Hello!");
      await a.hear("node", "on the other end of a data channel");
      await a.say("node", "Straße 😀");
      await a.hear("node", "You said: Straße 😀");
      await a.say("node", "connection");
      await a.hear("node", "DTLS 1.3 with");
      await a.page.click("#panel-node .panel-head button");
      await a.page.waitForFunction(() => / ms$/.test(document.querySelector("#panel-node .panel-status")?.textContent ?? ""));
      const details = await a.details("node");
      console.log(name, "to the Node peer:", JSON.stringify(details));
      assert.equal(details.Encryption, "DTLS 1.3");
      await a.sendFile("node", small.file);
      assert.deepEqual(await a.hashes("node", 2), [small.hash, small.hash]);
      await screenshot(a, "node");
      const returned = await a.download("node", downloads);
      assert.equal(hashOf(returned), small.hash);
      fs.rmSync(returned);
      await closePages();
      for (const said of [
        /with-node: \w+ on \w+ \([0-9a-f]{6}\) joins; 1 there/,
        /Node peer to \w+ on \w+ \([0-9a-f]{6}\): connected/,
        /file "small file ä.bin", 3000000 bytes, in: done/,
        /file "small file ä.bin", 3000000 bytes, back: done/,
      ])
        assert.match(server.output(), said);
    });

    test("a large file goes to the Node peer and back; one that is too large is refused with the limit; one can be cancelled", async () => {
      const a = await open("large");
      await a.reach("node");
      await a.sendFile("node", tooLarge.file);
      await a.hear("node", "too large for the Node peer. The limit is 80 MB");
      await a.sendFile("node", large.file);
      await a.moved("node", 2, 0.3);
      await screenshot(a, "progress");
      assert.deepEqual(await a.hashes("node", 2, 120_000), [large.hash, large.hash]);
      await a.sendFile("node", large.file);
      await a.moved("node", 3, 0.02);
      await a.clickOnCard("node", "Cancel");
      await a.hear("node", "You cancelled");
      await a.say("node", "still there");
      await a.hear("node", "You said: still there");
      await screenshot(a, "cancelled");
      await closePages();
    });

    test("an empty file is a file", async () => {
      const empty = makeFile("empty.bin", 0);
      const a = await open("empty");
      await a.reach("node");
      await a.sendFile("node", empty.file);
      assert.deepEqual(await a.hashes("node", 2), [empty.hash, empty.hash]);
      await closePages();
    });

    test("two tabs in one room talk and exchange files directly", async () => {
      const a = await open("two-tabs");
      await a.page.waitForSelector("#tab-browser");
      const z = await open("two-tabs");
      await a.select("browser");
      await Promise.all([a.reach("browser"), z.reach("browser")]);
      await a.say("browser", "Hello from the first tab 👋");
      await z.select("browser");
      await z.hear("browser", "Hello from the first tab 👋");
      await z.say("browser", "And from the second.");
      await a.hear("browser", "And from the second.");
      const details = await z.details("browser");
      console.log(name, "tab to tab:", JSON.stringify(details));
      assert.match(details.Encryption, /DTLS/);

      await z.sendFile("browser", small.file);
      await a.select("browser");
      await a.hear("browser", "offers you this file");
      await screenshot(a, "offer");
      await a.clickOnCard("browser", "Accept");
      assert.deepEqual(await a.hashes("browser"), [small.hash]);
      assert.deepEqual(await z.hashes("browser"), [small.hash]);
      const saved = await a.download("browser", downloads);
      assert.equal(path.basename(saved), small.name);
      assert.equal(hashOf(saved), small.hash);

      await a.sendFile("browser", small.file);
      await z.select("browser");
      await z.hear("browser", "offers you this file");
      await z.clickOnCard("browser", "Decline");
      await a.select("browser");
      await a.hear("browser", "declined the file");
      await screenshot(a, "two-tabs");
      await closePages();
    });

    test("a tab that closes, reloads or is one too many is said so", async () => {
      const a = await open("coming-and-going");
      const z = await open("coming-and-going");
      await a.select("browser");
      await a.reach("browser");
      const third = await open("coming-and-going");
      await third.banner("the room is full");
      await screenshot(third, "full");
      await third.page.close();
      await a.page.bringToFront();
      await z.page.reload();
      await a.hear("browser", "has left");
      await a.reach("browser");
      await z.page.close();
      await a.hear("browser", "has left");
      await a.reach("browser", "absent");
      await closePages();
    });

    test("a transfer that is cut off is said so on the other side", async () => {
      const a = await open("cut-off");
      const z = await open("cut-off");
      await a.select("browser");
      await a.reach("browser");
      await a.sendFile("browser", large.file);
      await z.select("browser");
      await z.hear("browser", "offers you this file");
      await z.clickOnCard("browser", "Accept");
      await z.moved("browser", 1, 0.02);
      await z.page.close();
      await a.page.bringToFront();
      await a.hear("browser", "The connection was lost on the way");
      await screenshot(a, "lost");
      await closePages();
    });

    test("a lost server is said so, tabs stay connected, and all is well when it is back", async () => {
      const port = await freePort();
      const first = await startDemo(["--port", String(port), "--stun-port", "0"]);
      const url = `${first.url}/#lost-server`;
      const [a, z] = [await DemoPage.open(browser, url), await DemoPage.open(browser, url)];
      pages.push(a, z);
      await a.reach("node");
      await a.select("browser");
      await a.reach("browser");
      await first.kill();
      await a.banner("The server cannot be reached. The other browser is still connected directly.");
      await a.say("browser", "Do you still hear me?");
      await z.select("browser");
      await z.hear("browser", "Do you still hear me?");
      await screenshot(a, "no-server");
      const second = await startDemo(["--port", String(port), "--stun-port", "0"]);
      await a.page.waitForSelector("#banner[hidden]", { timeout: 30_000 });
      await a.reach("node");
      await a.say("browser", "And now?");
      await z.hear("browser", "And now?");
      await closePages();
      await second.stop();
    });

    const address = Object.values(os.networkInterfaces())
      .flatMap((list) => list ?? [])
      .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
    test("over the network, on plain http", { skip: address === undefined && "this machine has only loopback" }, async () => {
      const open = await startDemo(["--port", "0", "--stun-port", "0", "--host", "0.0.0.0"]);
      assert.match(open.output(), /Open to the network, on every address of this machine:\n +TCP port/);
      const url = `http://${address}:${open.port}/#network`;
      const [a, z] = [await DemoPage.open(browser, url), await DemoPage.open(browser, url)];
      pages.push(a, z);
      assert.equal(await a.page.evaluate(() => isSecureContext), false);
      await a.select("node");
      await a.reach("node");
      await a.sendFile("node", small.file);
      assert.deepEqual(await a.hashes("node", 2), [small.hash, small.hash]);
      await z.select("browser");
      await z.reach("browser");
      await z.say("browser", "Hello over http");
      await a.select("browser");
      await a.hear("browser", "Hello over http");
      await a.page.click("#room-copy");
      await a.page.waitForFunction(() => document.querySelector("#room-hint")?.textContent?.includes("address of this page"));
      await closePages();
      await open.stop();
    });

    for (const host of ["localhost", ...(address === undefined ? [] : [address])]) {
      // Without another address than loopback Firefox has nothing to gather.
      const skip = address === undefined && name === "firefox" && "this machine has only loopback";
      test(`two tabs at ${host} meet by STUN where multicast DNS is blocked`, { skip }, async () => {
        const open = host === "localhost" ? server : await startDemo(["--port", "0", "--stun-port", "0", "--host", "0.0.0.0"]);
        const url = `http://${host}:${open.port}/#no-names`;
        const [a, z] = [
          await DemoPage.open(browser, url, { blockNames: true }),
          await DemoPage.open(browser, url, { blockNames: true }),
        ];
        pages.push(a, z);
        await a.select("browser");
        await Promise.all([a.reach("browser"), z.reach("browser")]);
        await a.say("browser", "Hello without names");
        await z.select("browser");
        await z.hear("browser", "Hello without names");
        const signalled = await Promise.all([a, z].map(({ page }) => page.evaluate(() => window.signalledCandidates)));
        assert.ok(
          signalled.flat().some((line) => line.includes(".local ")),
          "names were signalled, and dropped",
        );
        const reflexive = signalled.flat().filter((line) => line.includes(" typ srflx "));
        assert.ok(reflexive.length > 0, "STUN gave candidates");
        for (const line of reflexive) assert.equal(line.split(" ")[4], address ?? "127.0.0.1");
        await closePages();
        if (open !== server) await open.stop();
      });
    }

    test("the page is fit for small and dark screens", async () => {
      const a = await open("small-screen");
      await a.page.setViewport({ width: 390, height: 780 });
      await a.reach("node");
      await a.say("node", "Hello!");
      await a.hear("node", "on the other end");
      await a.sendFile("node", small.file);
      await a.hashes("node", 2);
      await screenshot(a, "small");
      const overflow = await a.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, "nothing sticks out");
      if (name === "chromium") {
        await a.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
        await screenshot(a, "small-dark");
        await a.page.setViewport({ width: 1100, height: 760 });
        await a.details("node");
        await screenshot(a, "dark");
      }
      await closePages();
    });

    test("everything can be reached with the keyboard", async () => {
      const a = await open("keyboard");
      await a.reach("node");
      await a.page.focus("#tab-node");
      await a.page.keyboard.press("ArrowDown");
      await a.page.waitForSelector('#tab-browser[aria-selected="true"]');
      assert.equal(await a.page.evaluate(() => document.activeElement?.id), "tab-browser");
      await a.page.keyboard.press("ArrowUp");
      const reached = new Set();
      for (let count = 0; count < 12; count++) {
        await a.page.keyboard.press("Tab");
        const label = await a.page.evaluate(() => {
          const { activeElement } = document;
          return activeElement?.getAttribute("aria-label") ?? activeElement?.textContent ?? "";
        });
        reached.add(label);
      }
      for (const label of ["Ping", "Connection details", "Send a file", "Message"]) assert.ok(reached.has(label), label);
      await closePages();
    });

    test("rubbish in place of an offer ends nothing", async () => {
      const a = await open("rubbish");
      await a.reach("node");
      await a.page.evaluate(async () => {
        const hex = (bytes) => "0123456789abcdef".repeat(bytes / 8);
        for (const sdp of [
          "",
          "rubbish",
          "v=0\r\n",
          `v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n${"a=x\r\n".repeat(5000)}`,
        ]) {
          const socket = new WebSocket(`ws://${location.host}/signal`);
          await new Promise((resolve) => socket.addEventListener("open", resolve));
          socket.send(JSON.stringify({ type: "join", room: `rubbish ${sdp.length}`, key: hex(16), name: "x" }));
          const answered = new Promise((resolve) => {
            socket.addEventListener("message", ({ data }) => {
              if (["trouble", "description"].includes(JSON.parse(data).type)) resolve();
            });
          });
          const description = { type: "offer", sdp };
          socket.send(JSON.stringify({ type: "description", to: "node", connection: hex(8), description }));
          socket.send(
            JSON.stringify({ type: "candidate", to: "node", connection: hex(8), candidate: { candidate: "candidate:rubbish" } }),
          );
          await answered;
          socket.close();
        }
      });
      await a.say("node", "still there");
      await a.hear("node", "You said: still there");
      await closePages();
    });
  });
}

describe("the demo with two kinds of browser in one room", { timeout: 120_000 }, () => {
  test("they meet and exchange a file", async () => {
    const server = await startDemo(["--port", "0", "--stun-port", "0"]);
    const browsers = [await launch("chromium"), await launch("firefox")];
    try {
      const url = `${server.url}/#mixed`;
      const chromium = await DemoPage.open(browsers[0], url);
      const firefox = await DemoPage.open(browsers[1], url);
      await chromium.select("browser");
      await firefox.select("browser");
      await Promise.all([chromium.reach("browser"), firefox.reach("browser")]);
      await chromium.sendFile("browser", small.file);
      await firefox.hear("browser", "offers you this file");
      await firefox.clickOnCard("browser", "Accept");
      assert.deepEqual(await chromium.hashes("browser"), [small.hash]);
      console.log("chromium to firefox:", JSON.stringify(await chromium.details("browser")));
    } finally {
      for (const browser of browsers) await browser.close();
      await server.stop();
    }
  });
});
