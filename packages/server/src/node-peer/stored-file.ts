/**
 * A file that waits on disk for its way back. Its name is taken away as soon as it is open, so that nothing stays behind however the
 * process ends; where the system does not allow that, it is removed when it is closed.
 */
import { randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { FileSink } from "../transfer/incoming-file.ts";
import type { FileSource } from "../transfer/outgoing-file.ts";

/** A temporary file: first written from start to end, then read at any place. */
export class StoredFile implements FileSink, FileSource {
  readonly #handle: fs.FileHandle;
  #name: string | undefined;
  #size = 0;
  #closed = false;

  private constructor(handle: fs.FileHandle, name: string | undefined) {
    this.#handle = handle;
    this.#name = name;
  }

  /** A new empty file. @throws (rejects) an `Error` with the system's `code` */
  static async create(folder: string = os.tmpdir()): Promise<StoredFile> {
    const name = path.join(folder, `visavis-${randomUUID()}`);
    const handle = await fs.open(name, "wx+", 0o600);
    const removed = await fs.unlink(name).then(
      () => true,
      () => false,
    );
    return new StoredFile(handle, removed ? undefined : name);
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let offset = 0; offset < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(chunk, offset, chunk.length - offset, this.#size);
      offset += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  async finish(): Promise<void> {}

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  /** Gives the space back. */
  async discard(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
    const name = this.#name;
    this.#name = undefined;
    if (name !== undefined) await fs.rm(name, { force: true });
  }
}
