/** Every example runs as its first lines say. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RTCPeerConnection } from "visavis";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../examples");
const run = promisify(execFile);

/** What an example prints; it must end by itself. */
async function printed(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(folder, name), ...args], { timeout: 20_000 });
  return stdout;
}

test("hello.mjs says hello and ends", async () => {
  assert.equal(await printed("hello.mjs"), "you said: hello\n");
});

test("stream-a-file.mjs moves a file", async () => {
  const temporary = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-example-"));
  const bytes = randomBytes(3_000_000);
  await fs.writeFile(path.join(temporary, "file"), bytes);
  const output = await printed("stream-a-file.mjs", path.join(temporary, "file"));
  await fs.rm(temporary, { recursive: true });
  assert.match(output, /^3\.0 MB in .* SHA-256 is the same: /);
  assert.ok(output.includes(createHash("sha256").update(bytes).digest("hex")));
});

test("worker.mjs answers from a worker thread and ends", async () => {
  assert.equal(await printed("worker.mjs"), "the worker hashed the same 2 MiB\n");
});

test("streams.mjs copies a file through a channel", async () => {
  const temporary = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-example-"));
  const bytes = randomBytes(2_000_000);
  await fs.writeFile(path.join(temporary, "from"), bytes);
  assert.equal(await printed("streams.mjs", path.join(temporary, "from"), path.join(temporary, "to")), "SHA-256 is the same\n");
  assert.ok(bytes.equals(await fs.readFile(path.join(temporary, "to"))));
  await fs.rm(temporary, { recursive: true });
});

test("browser-echo.mjs answers an offer and says back what it hears", async () => {
  const server = spawn(process.execPath, [path.join(folder, "browser-echo.mjs")], { env: { ...process.env, PORT: "0" } });
  const pc = new RTCPeerConnection();
  try {
    const [line] = await once(server.stdout, "data");
    const url = String(line).trim();
    assert.match(await (await fetch(url)).text(), /Echo/);
    assert.equal((await fetch(`${url}/offer`, { method: "POST", body: "rubbish" })).status, 400);
    const channel = pc.createDataChannel("echo");
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== "complete") await once(pc, "icegatheringstatechange");
    const response = await fetch(`${url}/offer`, { method: "POST", body: JSON.stringify(pc.localDescription) });
    await pc.setRemoteDescription((await response.json()) as { type: "answer"; sdp: string });
    await once(channel, "open");
    channel.send("guten Tag");
    const [message] = await once(channel, "message");
    assert.equal((message as MessageEvent).data, "guten Tag");
  } finally {
    pc.close();
    server.kill();
  }
});
