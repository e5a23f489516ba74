// The demo server as a child process, and its page as a person uses it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/**
 * Starts the server and waits until it says where it is.
 * @param {readonly string[]} [options]
 */
export async function startDemo(options = []) {
  const child = spawn(process.execPath, [path.join(root, "packages/server/dist/main.js"), ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PORT: "" },
  });
  let output = "";
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  const url = await new Promise((resolve, reject) => {
    const read = (/** @type {Buffer} */ data) => {
      output += String(data);
      const found = /http:\/\/\S+:\d+(?=\s)/.exec(output);
      if (found !== null) resolve(found[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    ended.then(({ code }) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    /** Everything it has written. */
    output: () => output,
    /** Whether it is still there. */
    alive: () => child.exitCode === null && child.signalCode === null,
    /** Ends it as Ctrl+C does. @returns how it ended */
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
      return ended;
    },
    /** Ends it as a crash does. */
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The page in one tab. */
export class DemoPage {
  /** @param {import("puppeteer-core").Page} page */
  constructor(page) {
    this.page = page;
    /** @type {string[]} */
    this.errors = [];
    page.on("pageerror", (error) => {
      // A browser's own remark about a server that is not there.
      if (!error.message.includes("establish a connection to the server")) this.errors.push(error.message);
    });
  }

  /**
   * Opens a tab in a room.
   * @param {import("puppeteer-core").Browser} browser
   * @param {string} url
   * @param {{ blockNames?: boolean }} [options] blockNames: no `.local` candidate is heard, as where multicast DNS is blocked
   */
  static async open(browser, url, { blockNames = false } = {}) {
    const demo = new DemoPage(await browser.newPage());
    if (blockNames) await demo.page.evaluateOnNewDocument(dropNames);
    await demo.page.goto(url);
    await demo.page.waitForSelector("#tab-node");
    return demo;
  }

  /** @param {"node" | "browser"} partner */
  async select(partner) {
    await this.page.bringToFront();
    await this.page.click(`#tab-${partner}`);
  }

  /**
   * Waits until the way to the partner is in this state.
   * @param {"node" | "browser"} partner
   * @param {string} [state]
   */
  async reach(partner, state = "connected", timeout = 30_000) {
    await this.page.waitForSelector(`#tab-${partner}[data-state="${state}"]`, { timeout });
  }

  /**
   * Says a line in the selected conversation.
   * @param {"node" | "browser"} partner
   * @param {string} text
   */
  async say(partner, text) {
    await this.page.type(`#panel-${partner} textarea`, text);
    await this.page.keyboard.press("Enter");
  }

  /**
   * Waits for text in the conversation, then gives the text of the whole.
   * @param {"node" | "browser"} partner
   * @param {string} text
   */
  async hear(partner, text, timeout = 20_000) {
    return this.#waitFor(`#panel-${partner} .log`, text, timeout);
  }

  /** Waits for text in the line about the server. @param {string} text */
  async banner(text, timeout = 20_000) {
    return this.#waitFor("#banner:not([hidden])", text, timeout);
  }

  /**
   * Sends a file of the disk.
   * @param {"node" | "browser"} partner
   * @param {string} file
   */
  async sendFile(partner, file) {
    const picker = await this.page.$(`#panel-${partner} input[type="file"]`);
    if (picker === null) throw new Error("the page has no file picker");
    await picker.uploadFile(file);
  }

  /**
   * Clicks a button of the newest card.
   * @param {"node" | "browser"} partner
   * @param {string} label
   */
  async clickOnCard(partner, label) {
    const clicked = await this.page.evaluate(
      (selector, text) => {
        const buttons = [...document.querySelectorAll(`${selector} .card button:not([hidden])`)];
        const found = buttons.reverse().find((button) => button.textContent === text);
        if (found instanceof HTMLElement) found.click();
        return found !== undefined;
      },
      `#panel-${partner}`,
      label,
    );
    if (!clicked) throw new Error(`no card has a button ${label}`);
  }

  /**
   * Waits until the newest file of `count` has moved so far on its last way.
   * @param {"node" | "browser"} partner
   * @param {number} count
   * @param {number} fraction
   */
  async moved(partner, count, fraction) {
    await this.page.waitForFunction(
      (selector, wanted, least) => {
        const cards = [...document.querySelectorAll(`${selector} .card`)];
        return cards.length === wanted && Number([...cards[wanted - 1].querySelectorAll("progress")].at(-1)?.value) >= least;
      },
      { timeout: 30_000, polling: 20 },
      `#panel-${partner}`,
      count,
      fraction,
    );
  }

  /**
   * The hashes that the newest card shows, once there are `count` of them.
   * @param {"node" | "browser"} partner
   */
  async hashes(partner, count = 1, timeout = 60_000) {
    const selector = `#panel-${partner} .row:last-of-type .leg[data-state="good"] .hash span`;
    await this.page.waitForFunction(
      (query, wanted) => document.querySelectorAll(query).length >= wanted,
      // By the clock: a tab in the background paints no frames to look in.
      { timeout, polling: 100 },
      selector,
      count,
    );
    return this.page.$$eval(selector, (spans) => spans.map((span) => span.textContent));
  }

  /**
   * Clicks the newest download link and waits for the file.
   * @param {"node" | "browser"} partner
   * @param {string} folder where the browser saves
   * @returns the path of the file
   */
  async download(partner, folder, timeout = 30_000) {
    const before = new Set(fs.readdirSync(folder));
    // With the mouse: a browser lets a page save several files only when its user asks for each.
    const link = (await this.page.$$(`#panel-${partner} a.download:not([hidden])`)).at(-1);
    if (link === undefined) throw new Error("nothing to download");
    await link.click();
    for (const end = Date.now() + timeout; Date.now() < end; ) {
      const names = fs.readdirSync(folder).filter((name) => !before.has(name));
      const unfinished = names.some((name) => name.endsWith(".crdownload") || name.endsWith(".part"));
      if (names.length === 1 && !unfinished && fs.statSync(path.join(folder, names[0])).size > 0)
        return path.join(folder, names[0]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the browser saved nothing");
  }

  /** The rows of the connection's details. @param {"node" | "browser"} partner */
  async details(partner) {
    await this.page.$eval(`#panel-${partner} details`, (details) => {
      details.open = true;
    });
    await this.page.waitForFunction(
      (id) => document.querySelector(`#${id} .details-list`)?.textContent?.includes("DTLS"),
      { timeout: 10_000 },
      `panel-${partner}`,
    );
    const rows = await this.page.$$eval(`#panel-${partner} .details-list > div`, (list) =>
      list.map((row) => [row.querySelector("dt")?.textContent, row.querySelector("dd")?.textContent]),
    );
    return Object.fromEntries(rows);
  }

  /**
   * @param {string} selector
   * @param {string} text
   * @param {number} timeout
   */
  async #waitFor(selector, text, timeout) {
    try {
      await this.page.waitForFunction(
        (query, wanted) => document.querySelector(query)?.textContent?.includes(wanted),
        { timeout, polling: 100 },
        selector,
        text,
      );
    } catch {
      const found = await this.page.$$eval(selector, (all) => all.map((element) => element.textContent).join(" "));
      throw new Error(`"${text}" did not appear in ${selector}; there is: ${found}`);
    }
    return this.page.$eval(selector, (element) => element.textContent ?? "");
  }
}

/** Runs in the page: drops remote candidates with `.local` names, and keeps all that were signalled in `signalledCandidates`. */
function dropNames() {
  /** @type {string[]} */
  const signalled = [];
  Object.assign(window, { signalledCandidates: signalled });
  const { addIceCandidate, setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addIceCandidate = async function (given) {
    const line = given?.candidate ?? "";
    signalled.push(line);
    if (!line.includes(".local ")) await addIceCandidate.call(this, given);
  };
  RTCPeerConnection.prototype.setRemoteDescription = function (given) {
    const sdp = given.sdp?.replace(/^a=(candidate:.*)\r\n/gm, (whole, line) => {
      signalled.push(line);
      return line.includes(".local ") ? "" : whole;
    });
    return setRemoteDescription.call(this, { type: given.type, sdp });
  };
}
