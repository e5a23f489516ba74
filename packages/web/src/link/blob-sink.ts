/**
 * Keeps an incoming file as a Blob. Every few megabytes become a Blob of their own, which the browser can move to its disk;
 * the last step only joins them, without a copy.
 */
import type { FileSink } from "@visavis/server/transfer";

const PART_SIZE = 4 * 1024 * 1024;

/** Collects a file. `finished` gets the whole. */
export class BlobSink implements FileSink {
  readonly #mediaType: string;
  readonly #finished: (blob: Blob) => void;
  readonly #parts: Blob[] = [];
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  constructor(mediaType: string, finished: (blob: Blob) => void) {
    this.#mediaType = mediaType;
    this.#finished = finished;
  }

  async write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= PART_SIZE) this.#fold();
  }

  async finish(): Promise<void> {
    this.#fold();
    this.#finished(new Blob(this.#parts, { type: this.#mediaType }));
  }

  async discard(): Promise<void> {
    this.#chunks = [];
    this.#parts.length = 0;
  }

  #fold(): void {
    if (this.#size > 0) this.#parts.push(new Blob(this.#chunks));
    this.#chunks = [];
    this.#size = 0;
  }
}
