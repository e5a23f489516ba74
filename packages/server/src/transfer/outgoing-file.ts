/** The sending side of one file transfer; the protocol is in transfer.ts. Runs in a browser and in Node. */
import {
  type CancelReason,
  CHUNK_SIZE,
  type FileChannel,
  type FileOffer,
  type IncrementalHash,
  isFinal,
  parseTransferMessage,
  printTransferMessage,
  type TransferMessage,
  type TransferState,
  WINDOW,
} from "./transfer.ts";

/** What is sent. */
export interface FileSource {
  /** Reads the bytes from `start` to before `end`, in a buffer of their own. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** What an outgoing file needs. */
export interface OutgoingFileOptions {
  readonly offer: Omit<FileOffer, "type">;
  readonly source: FileSource;
  readonly hash: IncrementalHash;
  /** Called after each change of `state` or `moved`. */
  readonly changed: () => void;
  /** How long nothing may move before the transfer is given up, in milliseconds. */
  readonly patience?: number;
}

/** How many bytes are read from the source at once. */
const READ_SIZE = 1024 * 1024;
/** Above this the channel's own queue is full enough; the browser's limit is far higher. */
const HIGH_WATER = 1024 * 1024;
const LOW_WATER = 256 * 1024;

/** One file on its way out, over a channel of its own. */
export class OutgoingFile {
  readonly offer: FileOffer;
  readonly #channel: FileChannel;
  readonly #options: OutgoingFileOptions;
  #state: TransferState = { name: "offered" };
  #sent = 0;
  #confirmed = 0;
  #ourHash: string | undefined;
  #wake: (() => void) | undefined;
  #stall: ReturnType<typeof setTimeout> | undefined;

  /** Offers the file as soon as `channel` is open. The channel belongs to the transfer from then on. */
  constructor(channel: FileChannel, options: OutgoingFileOptions) {
    this.#channel = channel;
    this.#options = options;
    this.offer = { type: "offer", ...options.offer };
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = LOW_WATER;
    channel.addEventListener("message", (event) => this.#receive(event.data));
    channel.addEventListener("bufferedamountlow", () => this.#wake?.());
    channel.addEventListener("close", () => this.#end({ name: "lost" }));
    if (channel.readyState === "open") this.#say(this.offer);
    else channel.addEventListener("open", () => this.#say(this.offer));
  }

  get state(): TransferState {
    return this.#state;
  }

  /** Bytes that the receiver has confirmed. */
  get moved(): number {
    return this.#confirmed;
  }

  /** Gives up; the receiver is told. Nothing happens when the transfer is over. */
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
    const message = typeof data === "string" ? parseTransferMessage(data) : undefined;
    switch (message?.type) {
      case "accept":
        this.#begin();
        break;
      case "refuse":
        this.#end({ name: "refused", by: "them", reason: message.reason, limit: message.limit });
        break;
      case "progress":
        this.#confirm(message.received);
        break;
      case "received":
        this.#compare(message.sha256);
        break;
      case "cancel":
        this.#end({ name: "cancelled", by: "them", reason: message.reason });
        break;
      default:
        this.cancel("protocol");
    }
  }

  #begin(): void {
    if (this.#state.name === "offered") {
      this.#become({ name: "moving" });
      this.#pump().catch(() => this.cancel("read"));
    } else this.cancel("protocol");
  }

  #confirm(received: number): void {
    if (received >= this.#confirmed && received <= this.#sent) {
      this.#confirmed = received;
      this.#arm();
      this.#wake?.();
      this.#options.changed();
    } else this.cancel("protocol");
  }

  #compare(theirs: string): void {
    const ours = this.#ourHash;
    if (ours !== undefined) {
      this.#confirmed = this.offer.size;
      this.#end({ name: "done", ours, theirs, matches: ours === theirs });
    } else this.cancel("protocol");
  }

  /** Reads, hashes and sends, as fast as the channel's queue and the window of the protocol allow. */
  async #pump(): Promise<void> {
    const { source, hash } = this.#options;
    const { size } = this.offer;
    this.#arm();
    for (let start = 0; start < size; start += READ_SIZE) {
      const bytes = await source.read(start, Math.min(start + READ_SIZE, size));
      if (bytes.length !== Math.min(READ_SIZE, size - start)) throw new Error("the file became shorter");
      hash.update(bytes);
      for (let offset = 0; offset < bytes.length; offset += CHUNK_SIZE) {
        const chunk = bytes.subarray(offset, offset + CHUNK_SIZE);
        while (this.#isFull(chunk.length)) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
        // A channel that is closing ends the transfer by its event.
        if (this.#state.name !== "moving" || this.#channel.readyState !== "open") return;
        this.#channel.send(chunk);
        this.#sent += chunk.length;
      }
    }
    if (this.#state.name !== "moving") return;
    this.#ourHash = hash.digestHex();
    this.#say({ type: "done", sha256: this.#ourHash });
    this.#become({ name: "verifying" });
  }

  #isFull(more: number): boolean {
    if (this.#state.name !== "moving") return false;
    return this.#channel.bufferedAmount > HIGH_WATER || this.#sent + more - this.#confirmed > WINDOW;
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
    this.#channel.close();
    this.#become(state);
    this.#wake?.();
  }

  /** Gives up when nothing moves for too long. The time a person takes to accept does not count. */
  #arm(): void {
    clearTimeout(this.#stall);
    this.#stall = setTimeout(() => this.cancel("stalled"), this.#options.patience ?? 60_000);
  }
}
