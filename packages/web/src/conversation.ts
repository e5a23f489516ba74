/** What was said and sent between this page and one other side, whoever that is at the moment. */
import type { PeerLink } from "./link/peer-link.ts";
import type { TransferItem } from "./link/transfer-item.ts";
import { Transfers } from "./link/transfers.ts";

/** A line of the conversation. */
export type Entry =
  | { readonly type: "text"; readonly from: "us" | "them"; readonly text: string; readonly at: Date }
  | { readonly type: "note"; readonly text: string; readonly at: Date }
  | { readonly type: "file"; readonly item: TransferItem; readonly at: Date };

/** With whom: the program behind the server, or the other browser of the room. */
export type Partner = "node" | "browser";

/** How many lines are kept. */
const MAX_ENTRIES = 500;

/** One conversation. It outlives its connections. */
export class Conversation {
  readonly partner: Partner;
  readonly transfers: Transfers;
  /** The oldest first; old ones are forgotten. */
  readonly entries: Entry[] = [];
  readonly #changed: () => void;
  /** The way to the other side; undefined while nobody is there. */
  link: PeerLink | undefined;
  unread = 0;

  constructor(partner: Partner, changed: () => void) {
    this.partner = partner;
    this.#changed = changed;
    this.transfers = new Transfers({
      began: (item) => this.#add({ type: "file", item, at: new Date() }, item.direction === "in"),
      changed,
    });
  }

  /** A line of the page itself. The same line twice in a row is said once. */
  note(text: string): void {
    const last = this.entries.at(-1);
    if (last?.type === "note" && last.text === text) return;
    this.#add({ type: "note", text, at: new Date() }, false);
  }

  /** A line of the other side. */
  heard(text: string): void {
    this.#add({ type: "text", from: "them", text, at: new Date() }, true);
  }

  /** Says a line. False when there is nobody to hear it. */
  say(text: string): boolean {
    if (this.link?.say(text) !== true) return false;
    this.#add({ type: "text", from: "us", text, at: new Date() }, false);
    return true;
  }

  #add(entry: Entry, isNews: boolean): void {
    this.entries.push(entry);
    if (this.entries.length > MAX_ENTRIES) this.entries.shift();
    if (isNews) this.unread += 1;
    this.#changed();
  }
}
