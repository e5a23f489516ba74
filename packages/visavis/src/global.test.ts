import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const dist = path.dirname(fileURLToPath(import.meta.url));

/** What a fresh process prints; whatever it says on stderr is part of it. */
function run(code: string): string {
  return execFileSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: dist,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("the globals are installed as Web IDL has them", () => {
  const code = `
    await import("./global.js");
    const visavis = await import("./index.js");
    const names = Object.getOwnPropertyNames(globalThis).filter((name) => /^(RTC|SFrame|Media|Input|Device|Over)/.test(name));
    const wrong = names.filter((name) => {
      const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
      return value !== visavis[name] || !writable || enumerable || !configurable;
    });
    console.log(JSON.stringify([names.length, wrong, "createWebRTC" in globalThis, navigator.mediaDevices === visavis.mediaDevices]));`;
  assert.deepEqual(JSON.parse(run(code)), [34, [], false, true]);
});

test("another implementation is left alone", () => {
  const code = `
    globalThis.RTCPeerConnection = 1;
    await import("./global.js");
    console.log(globalThis.RTCPeerConnection, typeof globalThis.RTCDataChannel);`;
  assert.equal(run(code), "1 undefined\n");
});

test("the library loads by require too, and prints nothing", () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major === 20 && minor < 19) return;
  const code = `
    import { createRequire } from "node:module";
    const required = createRequire(import.meta.url)("./index.js");
    console.log(required.RTCPeerConnection === (await import("./index.js")).RTCPeerConnection);`;
  assert.equal(run(code), "true\n");
});
