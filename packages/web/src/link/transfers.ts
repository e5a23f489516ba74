/** The files that go to and come from one peer. */
import {
  type FileOffer,
  type FileSource,
  IncomingFile,
  OutgoingFile,
  TRANSFER_LABEL,
  TRANSFER_PROTOCOL,
} from "@visavis/server/transfer";
import { randomHex } from "../random.ts";
import { BlobSink } from "./blob-sink.ts";
import { createSha256 } from "./sha256.ts";
import { Leg, TransferItem } from "./transfer-item.ts";

/** What the transfers tell. */
export interface TransfersObserver {
  /** A file that the other side offers, or one that was just offered to it. */
  began(item: TransferItem): void;
  changed(): void;
}

/** The largest file that the page takes, in bytes. */
const MAX_INCOMING: number = 8 * 1024 ** 3;
/** How many files may be under way from the other side. */
const MAX_BUSY = 16;

/** All transfers with one peer, over whichever connection there is. */
export class Transfers {
  readonly #observer: TransfersObserver;
  readonly #items: TransferItem[] = [];

  constructor(observer: TransfersObserver) {
    this.#observer = observer;
  }

  /** Offers a file over a channel of its own. */
  send(pc: RTCPeerConnection, file: File): void {
    const channel = pc.createDataChannel(TRANSFER_LABEL, { protocol: TRANSFER_PROTOCOL });
    const name = file.name.slice(-255) || "file";
    const outgoing: OutgoingFile = new OutgoingFile(channel, {
      offer: { id: randomHex(16), name, size: file.size, mediaType: file.type.slice(0, 127) },
      source: sourceOf(file),
      hash: createSha256(),
      changed: () => this.#changed(leg),
    });
    const item = new TransferItem(outgoing.offer, outgoing);
    const leg = item.legs[0];
    this.#items.push(item);
    this.#observer.began(item);
  }

  /** Takes a channel that the other side opened for a file. */
  receive(channel: RTCDataChannel): void {
    let leg: Leg | undefined;
    const incoming: IncomingFile = new IncomingFile(channel, {
      hash: createSha256(),
      changed: () => this.#changed(leg),
      offered: (offer) => {
        const original = this.#items.find(({ id, direction }) => direction === "out" && id === offer.returnOf);
        const busy = this.#items.filter((item) => item.busy && item.direction === "in").length;
        if (original !== undefined && original.legs.length === 1) {
          leg = new Leg(incoming);
          original.legs.push(leg);
          incoming.accept(new BlobSink(original.mediaType, (blob) => original.keep(blob)));
        } else if (offer.size > MAX_INCOMING) incoming.refuse("too-large", MAX_INCOMING);
        else if (busy >= MAX_BUSY) incoming.refuse("busy");
        else leg = this.#ask(offer, incoming);
      },
    });
  }

  /** The connection is gone, and what was under way with it. */
  loseAll(): void {
    for (const item of this.#items) item.lose();
  }

  #ask(offer: FileOffer, incoming: IncomingFile): Leg | undefined {
    const item = new TransferItem(offer, incoming);
    this.#items.push(item);
    this.#observer.began(item);
    return item.legs[0];
  }

  #changed(leg: Leg | undefined): void {
    leg?.track(performance.now());
    this.#observer.changed();
  }
}

/** Takes the file of `item`, which waits for an answer. */
export function accept(item: TransferItem): void {
  const file = item.legs[0]?.file;
  if (file instanceof IncomingFile) file.accept(new BlobSink(item.mediaType, (blob) => item.keep(blob)));
}

/** Does not take the file of `item`, which waits for an answer. */
export function decline(item: TransferItem): void {
  const file = item.legs[0]?.file;
  if (file instanceof IncomingFile) file.refuse("declined");
}

function sourceOf(file: File): FileSource {
  return { read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()) };
}
