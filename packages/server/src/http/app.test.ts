import assert from "node:assert/strict";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Hono } from "hono";
import { createApp } from "./app.ts";
import { OriginPolicy } from "./origin.ts";
import { readStaticFiles } from "./static-files.ts";

let folder = "";
let app: Hono;

before(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-app-test-"));
  await fs.mkdir(path.join(folder, "site/assets"), { recursive: true });
  await fs.writeFile(path.join(folder, "site/index.html"), "<!doctype html>page");
  await fs.writeFile(path.join(folder, "site/assets/main-1234.js"), "script");
  await fs.writeFile(path.join(folder, "site/notes.private"), "no type, not served");
  await fs.writeFile(path.join(folder, "secret.txt"), "secret");
  app = createApp(await readStaticFiles(path.join(folder, "site")), new OriginPolicy([]));
});

after(() => fs.rm(folder, { recursive: true }));

async function get(target: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return app.request(target, { method, headers: { host: "localhost:8080", ...headers } });
}

test("the page and its files are served with their types", async () => {
  const page = await get("/");
  assert.deepEqual([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assert.match(await page.text(), /page/);
  const script = await get("/assets/main-1234.js");
  assert.deepEqual([script.status, script.headers.get("content-type")], [200, "text/javascript; charset=utf-8"]);
});

test("the page is asked for again each time, files with a hash in their name are not", async () => {
  const page = await get("/");
  assert.equal(page.headers.get("cache-control"), "no-cache");
  assert.match((await get("/assets/main-1234.js")).headers.get("cache-control") ?? "", /immutable/);
  const again = await get("/", { "if-none-match": page.headers.get("etag") ?? "" });
  assert.equal(again.status, 304);
});

test("nothing outside of the folder is reachable, and nothing without a known type", async () => {
  for (const target of [
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/../../secret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//secret.txt",
    "/secret.txt%00.html",
    "/notes.private",
    "/assets",
    "/assets/",
    "/constructor",
    "/%",
  ]) {
    const response = await get(target);
    assert.equal(response.status, 404, target);
    assert.doesNotMatch(await response.text(), /secret/);
  }
});

test("every response carries the headers that keep the page to itself", async () => {
  for (const response of [
    await get("/"),
    await get("/nothing"),
    await get("/", {}, "POST"),
    await get("/", { host: "evil.example" }),
  ]) {
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  }
});

test("only GET and HEAD are answered", async () => {
  assert.equal((await get("/", {}, "HEAD")).status, 200);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) assert.equal((await get("/", {}, method)).status, 405, method);
});

test("a foreign name that leads here is not answered", async () => {
  const response = await get("/", { host: "evil.example" });
  assert.equal(response.status, 421);
  assert.match(await response.text(), /--allow-origin/);
});

test("signalling without WebSocket is told so", async () => {
  assert.equal((await get("/signal")).status, 426);
});
