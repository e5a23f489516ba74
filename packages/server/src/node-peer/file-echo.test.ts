import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { IncomingFile } from "../transfer/incoming-file.ts";
import { channelPair } from "../transfer/memory-channel.test.ts";
import { OutgoingFile } from "../transfer/outgoing-file.ts";
import { type FileChannel, type IncrementalHash, isFinal, type TransferState } from "../transfer/transfer.ts";
import { DiskBudget, FileEcho } from "./file-echo.ts";
import { StoredFile } from "./stored-file.ts";

let folder = "";
before(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "visavis-echo-test-"));
});
after(() => fs.rm(folder, { recursive: true }));

function sha256(): IncrementalHash {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), digestHex: () => hash.digest("hex") };
}

/** A browser with an echo on the other side. */
class Scene {
  readonly disk = new DiskBudget(1_000_000);
  readonly returned: Uint8Array[] = [];
  /** The channel that the echo opened. */
  readonly #opened: Promise<FileChannel>;
  readonly echo: FileEcho;

  constructor(createFile: () => Promise<StoredFile> = () => StoredFile.create(folder)) {
    let opened: (channel: FileChannel) => void = () => undefined;
    this.#opened = new Promise((resolve) => {
      opened = resolve;
    });
    this.echo = new FileEcho({
      maxFileSize: 500_000,
      maxFiles: 2,
      disk: this.disk,
      createFile,
      openChannel: () => {
        const [ours, theirs] = channelPair();
        opened(theirs);
        return ours;
      },
    });
  }

  /** Offers `bytes` and waits for the end. */
  async send(bytes: Uint8Array<ArrayBuffer>, size: number = bytes.length): Promise<TransferState> {
    const [ours, theirs] = channelPair();
    this.echo.receive(theirs);
    return new Promise((resolve) => {
      const file: OutgoingFile = new OutgoingFile(ours, {
        offer: { id: randomBytes(16).toString("hex"), name: "a", size, mediaType: "" },
        source: { read: async (start, end) => bytes.slice(start, end) },
        hash: sha256(),
        changed: () => {
          if (isFinal(file.state)) resolve(file.state);
        },
      });
    });
  }

  /** Takes what comes back. */
  async takeBack(): Promise<TransferState> {
    const channel = await this.#opened;
    return new Promise((resolve) => {
      const file: IncomingFile = new IncomingFile(channel, {
        hash: sha256(),
        offered: () =>
          file.accept({
            write: async (chunk) => void this.returned.push(chunk),
            finish: async () => undefined,
            discard: async () => undefined,
          }),
        changed: () => {
          if (isFinal(file.state)) resolve(file.state);
        },
      });
    });
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

test("a file comes back as it was, and leaves nothing on the disk", async () => {
  const scene = new Scene();
  const bytes = new Uint8Array(randomBytes(400_000));
  const back = scene.takeBack();
  const sent = await scene.send(bytes);
  assert.equal(sent.name === "done" && sent.matches, true);
  const returned = await back;
  assert.equal(returned.name === "done" && returned.matches, true);
  assert.deepEqual(Buffer.concat(scene.returned), Buffer.from(bytes));
  await settled();
  assert.deepEqual(await fs.readdir(folder), []);
  assert.equal(scene.disk.take(1_000_000), true, "the space was given back");
});

test("what is too large is refused with the limit", async () => {
  assert.deepEqual(await new Scene().send(new Uint8Array(0), 500_001), {
    name: "refused",
    by: "them",
    reason: "too-large",
    limit: 500_000,
  });
});

test("a disk that is full, and one that fails, refuse", async () => {
  const scene = new Scene();
  scene.disk.take(900_000);
  const state = await scene.send(new Uint8Array(200_000));
  assert.equal(state.name === "refused" && state.reason, "no-space");
  const broken = new Scene(() => Promise.reject(new Error("EMFILE")));
  const other = await broken.send(new Uint8Array(10));
  assert.equal(other.name === "refused" && other.reason, "no-space");
  assert.equal(broken.disk.take(1_000_000), true, "the space was given back");
});

test("more files at a time than allowed are refused, and a browser that leaves frees everything", async () => {
  const scene = new Scene();
  const never = new Uint8Array(100_000);
  const stuck = [0, 1].map(() => {
    const [ours, theirs] = channelPair();
    scene.echo.receive(theirs);
    return new OutgoingFile(ours, {
      offer: { id: randomBytes(16).toString("hex"), name: "a", size: never.length, mediaType: "" },
      source: { read: () => new Promise(() => undefined) },
      hash: sha256(),
      changed: () => undefined,
    });
  });
  await settled();
  assert.deepEqual(
    stuck.map(({ state }) => state.name),
    ["moving", "moving"],
  );
  const third = await scene.send(new Uint8Array(10));
  assert.equal(third.name === "refused" && third.reason, "busy");
  scene.echo.close();
  await settled();
  for (const file of stuck) file.lose();
  assert.deepEqual(await fs.readdir(folder), []);
  assert.equal(scene.disk.take(1_000_000), true, "the space was given back");
});
