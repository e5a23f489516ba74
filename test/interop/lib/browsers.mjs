// Finds and starts the browsers: Chromium over the DevTools protocol, Firefox over WebDriver BiDi.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import puppeteer from "puppeteer-core";

const NAMES = {
  chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  firefox: ["firefox-esr", "firefox"],
};

const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-renderer-backgrounding",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
];

const FIREFOX_PREFERENCES = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.ipc.reportProcessHangs": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "media.gmp-manager.updateEnabled": false,
};

/**
 * Where the browser is: the environment's CHROMIUM or FIREFOX, or the first of its names on the PATH.
 * @param {"chromium" | "firefox"} browser
 */
export function findBrowser(browser) {
  const named = process.env[browser.toUpperCase()];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const found = NAMES[browser]
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
  if (found === undefined) {
    const packageName = browser === "chromium" ? "chromium" : "firefox-esr";
    throw new Error(
      `${browser} is missing: apt-get install ${packageName} (or say where it is with ${browser.toUpperCase()}=/path/to/it)`,
    );
  }
  return found;
}

/** Cameras and microphones that are none, used without asking, and pictures that play by themselves. */
export const FAKE_DEVICES = {
  chromium: [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
  ],
  firefox: {
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
  },
};

/**
 * Starts a browser with a fresh profile.
 * @param {"chromium" | "firefox"} browser
 * @param {{ plainAddresses?: boolean, downloads?: string, ca?: string, chromium?: string[], firefox?: Record<string, boolean> }} [options] chromium: more
 *   arguments for it; firefox: more preferences for it; plainAddresses: host candidates carry addresses
 *   instead of `.local` names; downloads: the folder for what is saved; ca: the file of an authority whose certificates it believes
 */
export async function launch(browser, { plainAddresses = false, downloads, ca, chromium = [], firefox = {} } = {}) {
  const profile = ca === undefined ? undefined : trustingProfile(browser, ca);
  const chromiumArguments = plainAddresses ? ["--disable-features=WebRtcHideLocalIpsWithMdns"] : [];
  const firefoxPreferences = plainAddresses
    ? { "media.peerconnection.ice.obfuscate_host_addresses": false, "media.peerconnection.ice.loopback": true }
    : {};
  const saving =
    downloads === undefined
      ? {}
      : {
          "browser.download.folderList": 2,
          "browser.download.dir": downloads,
          "browser.download.always_ask_before_handling_new_types": false,
        };
  const launched = await puppeteer.launch({
    ...profile?.options,
    browser: browser === "chromium" ? "chrome" : "firefox",
    executablePath: findBrowser(browser),
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: browser === "chromium" ? [...CHROMIUM_ARGUMENTS, ...chromiumArguments, ...chromium] : [],
    extraPrefsFirefox:
      browser === "firefox" ? { ...FIREFOX_PREFERENCES, ...firefoxPreferences, ...saving, ...firefox } : undefined,
    ...(browser === "chromium" && downloads !== undefined
      ? { downloadBehavior: { policy: "allow", downloadPath: downloads } }
      : {}),
    defaultViewport: { width: 1100, height: 760 },
    protocolTimeout: 120_000,
  });
  // Not before the browser has ended: it writes to the last.
  if (profile !== undefined) process.once("exit", profile.remove);
  return launched;
}

/** Whether there is what `ca` needs. */
export const hasCertutil = () => spawnSync("certutil", ["--version"]).error === undefined;

/** A place where the browser finds an authority to believe: Chromium below its home, Firefox in its profile. */
function trustingProfile(browser, ca) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${browser}-`));
  const database = browser === "chromium" ? path.join(folder, ".pki/nssdb") : folder;
  fs.mkdirSync(database, { recursive: true });
  const certutil = (...given) => execFileSync("certutil", ["-d", `sql:${database}`, ...given], { stdio: "pipe" });
  certutil("-N", "--empty-password");
  certutil("-A", "-n", "throw-away", "-t", "C,,", "-i", ca);
  return {
    options: browser === "chromium" ? { env: { ...process.env, HOME: folder } } : { userDataDir: folder },
    remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}
