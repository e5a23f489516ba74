/** A file in the conversation: its way to the other side and, at the Node peer, its way back. */
import { type FileOffer, IncomingFile, isFinal, type OutgoingFile, type TransferState } from "@visavis/server/transfer";
import { TransferRate } from "../transfer-rate.ts";

/** One way of a file. */
export class Leg {
  readonly file: OutgoingFile | IncomingFile;
  readonly rate: TransferRate = new TransferRate();
  startedAt: number | undefined;
  endedAt: number | undefined;

  constructor(file: OutgoingFile | IncomingFile) {
    this.file = file;
  }

  get state(): TransferState {
    return this.file.state;
  }

  get moved(): number {
    return this.file.moved;
  }

  get incoming(): boolean {
    return this.file instanceof IncomingFile;
  }

  /** Notes the progress; call it after each change. `now` is on the clock of `performance.now()`. */
  track(now: number): void {
    if (this.state.name === "offered") return;
    this.startedAt ??= now;
    if (isFinal(this.state)) this.endedAt ??= now;
    this.rate.add(this.moved, now);
  }
}

/** A file in the conversation. */
export class TransferItem {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly mediaType: string;
  readonly direction: "in" | "out";
  /** The file itself, and at the Node peer the way back. */
  readonly legs: Leg[];
  /** What came in, for a download link; revoked by `release`. */
  url: string | undefined;

  constructor(offer: FileOffer, file: OutgoingFile | IncomingFile) {
    this.id = offer.id;
    this.name = offer.name;
    this.size = offer.size;
    this.mediaType = offer.mediaType;
    this.legs = [new Leg(file)];
    this.direction = file instanceof IncomingFile ? "in" : "out";
  }

  /** Whether something may still move. */
  get busy(): boolean {
    return this.legs.some(({ state }) => !isFinal(state));
  }

  keep(blob: Blob): void {
    this.url = URL.createObjectURL(blob);
  }

  cancel(): void {
    for (const { file } of this.legs) file.cancel();
  }

  lose(): void {
    for (const { file } of this.legs) file.lose();
  }
}
