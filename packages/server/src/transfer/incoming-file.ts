/** The receiving side of one file transfer; the protocol is in transfer.ts. Runs in a browser and in Node. */
import {
  type CancelReason,
  type FileChannel,
  type FileOffer,
  type IncrementalHash,
  isFinal,
  MAX_CHUNK_SIZE,
  PROGRESS_STEP,
  parseTransferMessage,
  printTransferMessage,
  type RefuseReason,
  type TransferMessage,
  type TransferState,
  WINDOW,
} from "./transfer.ts";

/** Where a file goes. */
export interface FileSink {
  /** Takes the next bytes; the chunk belongs to the sink. The next call waits for the promise. */
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All bytes are written. */
  finish(): Promise<void>;
  /** The transfer failed: whatever was written is of no use. */
  discard(): Promise<void>;
}

/** What an incoming file needs. */
export interface IncomingFileOptions {
  readonly hash: IncrementalHash;
  /** The offer has come: call `accept` or `refuse`, now or later. */
  readonly offered: (offer: FileOffer) => void;
  /** Called after each change of `state` or `moved`. */
  readonly changed: () => void;
  /** How long nothing may move before the transfer is given up, in milliseconds. */
  readonly patience?: number;
}

/** One file on its way in, over a channel of its own. */
export class IncomingFile {
  readonly #channel: FileChannel;
  readonly #options: IncomingFileOptions;
  #offer: FileOffer | undefined;
  #state: TransferState = { name: "offered" };
  #sink: FileSink | undefined;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #arrived = 0;
  #stored = 0;
  #confirmed = 0;
  #theirHash: string | undefined;
  #storing = false;
  #stall: ReturnType<typeof setTimeout> | undefined;

  /** Waits for the offer on `channel`, which belongs to the transfer from then on. Call it in the handler of `datachannel`. */
  constructor(channel: FileChannel, options: IncomingFileOptions) {
    this.#channel = channel;
    this.#options = options;
    channel.binaryType = "arraybuffer";
    channel.addEventListener("message", (event) => this.#receive(event.data));
    channel.addEventListener("close", () => this.#end({ name: "lost" }));
    this.#arm();
  }

  get state(): TransferState {
    return this.#state;
  }

  /** What the sender said; undefined until it did. */
  get offer(): FileOffer | undefined {
    return this.#offer;
  }

  /** Bytes stored. */
  get moved(): number {
    return this.#stored;
  }

  /** Takes the file into `sink`. Nothing happens unless the offer is waiting for an answer. */
  accept(sink: FileSink): void {
    if (this.#state.name !== "offered" || this.#offer === undefined) return;
    this.#sink = sink;
    this.#say({ type: "accept" });
    this.#become({ name: "moving" });
    this.#arm();
  }

  /** Does not take the file. `limit` is the largest size that would be taken, in bytes. */
  refuse(reason: RefuseReason, limit?: number): void {
    if (this.#state.name !== "offered") return;
    this.#say({ type: "refuse", reason, ...(limit === undefined ? {} : { limit }) });
    this.#end({ name: "refused", by: "us", reason, limit });
  }

  /** Gives up; the sender is told. Nothing happens when the transfer is over. */
  cancel(reason: CancelReason = "user"): void {
    if (isFinal(this.#state)) return;
    this.#say({ type: "cancel", reason });
    this.#end({ name: "cancelled", by: "us", reason });
  }

  /** The connection is gone: a channel says nothing when its own side closes the connection. */
  lose(): void {
    this.#end({ name: "lost" });
  }

  #receive(data: unknown): void {
    if (isFinal(this.#state)) return;
    if (data instanceof ArrayBuffer) {
      this.#receiveChunk(new Uint8Array(data));
      return;
    }
    const message = typeof data === "string" ? parseTransferMessage(data) : undefined;
    switch (message?.type) {
      case "offer":
        this.#consider(message);
        break;
      case "done":
        this.#verify(message.sha256);
        break;
      case "cancel":
        this.#end({ name: "cancelled", by: "them", reason: message.reason });
        break;
      default:
        this.cancel("protocol");
    }
  }

  #consider(offer: FileOffer): void {
    if (this.#offer === undefined) {
      this.#offer = offer;
      clearTimeout(this.#stall);
      this.#options.offered(offer);
    } else this.cancel("protocol");
  }

  #verify(theirHash: string): void {
    if (this.#state.name === "moving" && this.#arrived === this.#offer?.size) {
      this.#theirHash = theirHash;
      this.#become({ name: "verifying" });
      this.#store();
    } else this.cancel("protocol");
  }

  #receiveChunk(chunk: Uint8Array<ArrayBuffer>): void {
    const arrived = this.#arrived + chunk.length;
    const fits = arrived <= (this.#offer?.size ?? 0) && arrived - this.#confirmed <= WINDOW && chunk.length <= MAX_CHUNK_SIZE;
    if (this.#state.name === "moving" && fits) {
      this.#arrived = arrived;
      this.#waiting.push(chunk);
      this.#arm();
      this.#store();
    } else this.cancel("protocol");
  }

  /** Starts to store what waits, unless that is going on. */
  #store(): void {
    if (this.#storing) return;
    this.#storing = true;
    this.#storeAll()
      .catch(() => this.cancel("storage"))
      .finally(() => {
        this.#storing = false;
      });
  }

  async #storeAll(): Promise<void> {
    const sink = this.#sink;
    if (sink === undefined) return;
    for (let chunk = this.#waiting.shift(); chunk !== undefined; chunk = this.#waiting.shift()) {
      this.#options.hash.update(chunk);
      const { length } = chunk;
      await sink.write(chunk);
      if (isFinal(this.#state)) return;
      this.#stored += length;
      if (this.#stored - this.#confirmed >= PROGRESS_STEP || this.#stored === this.#offer?.size) this.#confirm();
    }
    if (this.#theirHash === undefined || this.#state.name !== "verifying") return;
    await sink.finish();
    if (isFinal(this.#state)) return;
    const ours = this.#options.hash.digestHex();
    this.#say({ type: "received", sha256: ours });
    // The sender closes the channel when it has read this.
    this.#sink = undefined;
    clearTimeout(this.#stall);
    this.#become({ name: "done", ours, theirs: this.#theirHash, matches: ours === this.#theirHash });
  }

  #confirm(): void {
    this.#confirmed = this.#stored;
    this.#say({ type: "progress", received: this.#stored });
    this.#arm();
    this.#options.changed();
  }

  #say(message: TransferMessage): void {
    if (this.#channel.readyState === "open") this.#channel.send(printTransferMessage(message));
  }

  #become(state: TransferState): void {
    this.#state = state;
    this.#options.changed();
  }

  #end(state: TransferState): void {
    if (isFinal(this.#state)) return;
    clearTimeout(this.#stall);
    this.#waiting.length = 0;
    this.#become(state);
    this.#channel.close();
    this.#sink?.discard().catch(() => undefined);
    this.#sink = undefined;
  }

  #arm(): void {
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => this.cancel("stalled"), this.#options.patience ?? 60_000);
  }
}
