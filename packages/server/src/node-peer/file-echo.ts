/** Takes the files of one browser, keeps each on disk, and sends it back over a channel of its own. */
import { createHash, randomBytes } from "node:crypto";
import { type Log, printable } from "../log.ts";
import { IncomingFile } from "../transfer/incoming-file.ts";
import { OutgoingFile } from "../transfer/outgoing-file.ts";
import { type FileChannel, type FileOffer, type IncrementalHash, isFinal, type TransferState } from "../transfer/transfer.ts";
import { StoredFile } from "./stored-file.ts";

/** What all browsers together may keep on the disk of the server. */
export class DiskBudget {
  readonly #limit: number;
  #taken = 0;

  /** `limit` is bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Sets bytes aside; false when there are not so many. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) return false;
    this.#taken += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** What an echo needs. */
export interface FileEchoOptions {
  /** Bytes. */
  readonly maxFileSize: number;
  /** How many files may be under way at a time. */
  readonly maxFiles: number;
  readonly disk: DiskBudget;
  /** Opens a channel for the way back. @throws when the connection is gone */
  readonly openChannel: () => FileChannel;
  readonly createFile?: () => Promise<StoredFile>;
  /** Hears how files fare. */
  readonly log?: Log;
}

/** The files of one browser. */
export class FileEcho {
  readonly #options: FileEchoOptions;
  readonly #busy = new Set<IncomingFile | OutgoingFile>();

  constructor(options: FileEchoOptions) {
    this.#options = options;
  }

  /** Takes a channel that the browser opened for a file. */
  receive(channel: FileChannel): void {
    const incoming: IncomingFile = new IncomingFile(channel, {
      hash: createSha256(),
      offered: (offer) => void this.#consider(incoming, offer),
      changed: () => {
        if (!isFinal(incoming.state)) return;
        this.#busy.delete(incoming);
        if (incoming.offer !== undefined) this.#say(incoming.offer, "in", incoming.state);
      },
    });
    if (this.#busy.size >= this.#options.maxFiles) incoming.refuse("busy");
    else this.#busy.add(incoming);
  }

  /** The connection is gone. */
  close(): void {
    for (const file of this.#busy) file.lose();
  }

  #say({ name, size }: FileOffer, way: "in" | "back", state: TransferState): void {
    const reason = "reason" in state ? ` (${state.reason})` : state.name === "done" && !state.matches ? " but damaged" : "";
    this.#options.log?.(`file "${printable(name)}", ${size} bytes, ${way}: ${state.name}${reason}`);
  }

  async #consider(incoming: IncomingFile, offer: FileOffer): Promise<void> {
    const { maxFileSize, disk, createFile = () => StoredFile.create() } = this.#options;
    if (offer.size > maxFileSize) {
      incoming.refuse("too-large", maxFileSize);
      return;
    }
    if (!disk.take(offer.size)) {
      incoming.refuse("no-space");
      return;
    }
    const giveBack = (): void => disk.giveBack(offer.size);
    try {
      const stored = await createFile();
      // The browser may have left meanwhile.
      if (isFinal(incoming.state)) await stored.discard().then(giveBack);
      else incoming.accept(new ReturningSink(stored, () => this.#sendBack(stored, offer), giveBack));
    } catch {
      giveBack();
      incoming.refuse("no-space");
    }
  }

  #sendBack(stored: StoredFile, { id, name, size, mediaType }: FileOffer): Promise<void> {
    return new Promise((resolve) => {
      const outgoing: OutgoingFile = new OutgoingFile(this.#options.openChannel(), {
        offer: { id: randomBytes(16).toString("hex"), name, size, mediaType, returnOf: id },
        source: stored,
        hash: createSha256(),
        changed: () => {
          if (!isFinal(outgoing.state)) return;
          this.#busy.delete(outgoing);
          this.#say(outgoing.offer, "back", outgoing.state);
          resolve();
        },
      });
      this.#busy.add(outgoing);
    });
  }
}

/** Writes to the file, and when all is there lets it go back; the disk is free after that, or when the transfer fails. */
class ReturningSink {
  readonly #file: StoredFile;
  readonly #sendBack: () => Promise<void>;
  readonly #giveBack: () => void;
  #over = false;

  constructor(file: StoredFile, sendBack: () => Promise<void>, giveBack: () => void) {
    this.#file = file;
    this.#sendBack = sendBack;
    this.#giveBack = giveBack;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#file.write(chunk);
  }

  async finish(): Promise<void> {
    // The way back begins when the browser has been told that its file arrived.
    setImmediate(() => void this.#return());
  }

  async discard(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#file.discard().catch(() => undefined);
    this.#giveBack();
  }

  async #return(): Promise<void> {
    if (!this.#over) await this.#sendBack().catch(() => undefined);
    await this.discard();
  }
}

function createSha256(): IncrementalHash {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), digestHex: () => hash.digest("hex") };
}
