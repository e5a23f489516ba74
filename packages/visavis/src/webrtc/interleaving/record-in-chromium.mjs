// Makes chromium.json: node packages/visavis/src/webrtc/interleaving/record-in-chromium.mjs (needs test/interop's packages)
import fs from "node:fs";
import http from "node:http";
import { launch } from "../../../../../test/interop/lib/browsers.mjs";
import { record } from "./record.mjs";

const server = http.createServer((_, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html>");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const browser = await launch("chromium", { plainAddresses: true });
const page = await browser.newPage();
const address = server.address();
await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
const log = await page.evaluate(`(${record})(globalThis)`);
const json = JSON.stringify({ recordedIn: await browser.version(), log }, null, 2);
fs.writeFileSync(new URL("chromium.json", import.meta.url), `${json}\n`);
await browser.close();
server.close();
