import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { type ChatFacts, chatReply } from "./chat.ts";
import { DiskBudget } from "./file-echo.ts";
import { StoredFile } from "./stored-file.ts";

const FACTS: ChatFacts = {
  now: new Date("2026-01-02T03:04:05Z"),
  uptime: 3_660_000,
  runtime: "Node 20 on linux",
  connection: undefined,
};

test("the chat answers a few words and repeats the rest", () => {
  assert.match(chatReply("Hello!", FACTS), /Node 20 on linux/);
  assert.match(chatReply("help", FACTS), /connection/);
  assert.match(chatReply("time?", FACTS), /2026-01-02 03:04:05/);
  assert.match(chatReply("uptime", FACTS), /1 h 1 min/);
  assert.match(chatReply("connection", FACTS), /cannot see/);
  assert.equal(chatReply("guten Tag 👋", FACTS), "You said: guten Tag 👋");
});

test("a stored file gives back what was written, and leaves no name behind", async () => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-stored-test-"));
  const file = await StoredFile.create(folder);
  const bytes = randomBytes(300_000);
  for (let offset = 0; offset < bytes.length; offset += 65_536) await file.write(bytes.subarray(offset, offset + 65_536));
  await file.finish();
  assert.deepEqual(Buffer.from(await file.read(0, bytes.length)), bytes);
  assert.deepEqual(Buffer.from(await file.read(100_000, 100_010)), bytes.subarray(100_000, 100_010));
  assert.equal((await file.read(299_990, 300_010)).length, 10);
  if (process.platform !== "win32") assert.deepEqual(await fs.readdir(folder), []);
  await file.discard();
  await file.discard();
  assert.deepEqual(await fs.readdir(folder), []);
  await fs.rm(folder, { recursive: true });
});

test("the disk has an end", () => {
  const disk = new DiskBudget(100);
  assert.deepEqual([disk.take(60), disk.take(60), disk.take(40)], [true, false, true]);
  disk.giveBack(60);
  assert.equal(disk.take(60), true);
});
