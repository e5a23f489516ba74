/** A file in the conversation: progress, speed, remaining time, the two hashes, and what can be done with it. */
import { isFinal, type TransferState } from "@visavis/server/transfer";
import { formatBytes, formatDuration } from "../format.ts";
import type { Leg, TransferItem } from "../link/transfer-item.ts";
import { accept, decline } from "../link/transfers.ts";
import { button, element, icon, setText } from "./dom.ts";

interface LegView {
  readonly root: HTMLElement;
  readonly label: HTMLElement;
  readonly numbers: HTMLElement;
  readonly bar: HTMLProgressElement;
  readonly outcome: HTMLElement;
}

/** The card of one file. */
export class TransferCard {
  readonly element: HTMLElement;
  readonly #item: TransferItem;
  /** "the Node peer" or the name of the other browser. */
  readonly #other: string;
  readonly #legs: LegView[] = [];
  readonly #legList: HTMLElement;
  readonly #accept: HTMLButtonElement;
  readonly #decline: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #download: HTMLAnchorElement;

  constructor(item: TransferItem, other: string) {
    this.#item = item;
    this.#other = other;
    this.#legList = element("div", "legs");
    this.#accept = button("Accept", "primary", () => accept(item));
    this.#decline = button("Decline", "quiet", () => decline(item));
    this.#cancel = button("Cancel", "quiet", () => item.cancel());
    this.#download = element("a", "download", icon("download"), "Save");
    this.#download.download = item.name;
    const name = element("span", "file-name", item.name);
    name.title = item.name;
    const title = element("div", "file-title", name, element("span", "file-size", formatBytes(item.size)));
    const actions = element("div", "actions", this.#accept, this.#decline, this.#cancel, this.#download);
    this.element = element("article", "card", element("span", "file-face", icon("file")), title, actions, this.#legList);
    this.element.setAttribute("aria-label", `File ${item.name}`);
    this.update();
  }

  update(): void {
    const item = this.#item;
    item.legs.forEach((leg, index) => {
      this.#showLeg(leg, index);
    });
    const waits = item.direction === "in" && item.legs[0]?.state.name === "offered";
    this.#accept.hidden = this.#decline.hidden = !waits;
    this.#cancel.hidden = waits || !item.busy;
    this.#download.hidden = item.url === undefined;
    if (item.url !== undefined && this.#download.href !== item.url) this.#download.href = item.url;
  }

  #showLeg(leg: Leg, index: number): void {
    const view = this.#legs[index] ?? this.#addLeg(leg);
    const { state } = leg;
    view.root.setAttribute("data-state", legLook(state));
    setText(view.label, this.#label(leg));
    setText(view.numbers, numbersOf(leg, this.#item.size));
    view.bar.value = this.#item.size === 0 ? (isFinal(state) ? 1 : 0) : leg.moved / this.#item.size;
    view.bar.hidden = state.name === "refused" || (state.name === "offered" && leg.incoming);
    this.#showOutcome(view.outcome, leg);
  }

  #addLeg(leg: Leg): LegView {
    const label = element("span", "leg-label");
    const numbers = element("span", "leg-numbers");
    const bar = element("progress", "");
    bar.max = 1;
    bar.setAttribute("aria-label", leg.incoming ? "Received" : "Sent");
    const outcome = element("p", "outcome");
    const root = element("div", "leg", element("div", "leg-line", label, numbers), bar, outcome);
    const view = { root, label, numbers, bar, outcome };
    this.#legs.push(view);
    this.#legList.append(root);
    return view;
  }

  #label({ state, incoming }: Leg): string {
    const isReturn = incoming && this.#item.direction === "out";
    switch (state.name) {
      case "offered":
        return incoming ? `${this.#other} offers you this file` : `Waiting for ${this.#other} to accept`;
      case "moving":
        return isReturn ? `Coming back from ${this.#other}` : incoming ? "Receiving" : `Sending to ${this.#other}`;
      case "verifying":
        return "Comparing the hashes";
      case "done":
        return isReturn ? "Came back" : incoming ? "Received" : `Sent to ${this.#other}`;
      case "refused":
        return incoming ? "Declined" : "Not accepted";
      case "cancelled":
        return "Cancelled";
      case "lost":
        return "Interrupted";
    }
  }

  #showOutcome(target: HTMLElement, leg: Leg): void {
    const { state } = leg;
    if (state.name !== "done") {
      setText(target, problemOf(state, this.#other));
      return;
    }
    if (target.hasAttribute("data-shown")) return;
    target.setAttribute("data-shown", "");
    const digest = (who: string, hash: string): HTMLElement => element("code", "hash", who, element("span", "", hash));
    if (state.matches) {
      const text = element("span", "", "SHA-256 is the same on both sides");
      target.replaceChildren(icon("check"), text, digest("", state.ours));
    } else {
      const text = element("strong", "", "SHA-256 differs: the file is damaged");
      target.replaceChildren(icon("warning"), text, digest("here ", state.ours), digest("there ", state.theirs));
    }
  }
}

function legLook(state: TransferState): string {
  if (state.name === "done") return state.matches ? "good" : "bad";
  return isFinal(state) ? "bad" : state.name;
}

/** What moved, how fast, and how long it will take. */
function numbersOf(leg: Leg, size: number): string {
  const { state, startedAt, endedAt } = leg;
  if (state.name === "done" && startedAt !== undefined && endedAt !== undefined) {
    const seconds = Math.max(endedAt - startedAt, 1) / 1000;
    return size === 0 ? "" : `${formatBytes(size / seconds)}/s, ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
  if (state.name !== "moving") return "";
  const speed = leg.rate.perSecond();
  const percent = size === 0 ? 100 : Math.floor((leg.moved / size) * 100);
  if (speed === undefined) return `${percent} %`;
  const remaining = speed > 0 ? `, ${formatDuration(((size - leg.moved) / speed) * 1000)} left` : "";
  return `${percent} %, ${formatBytes(speed)}/s${remaining}`;
}

/** Why a file did not get through, in plain words. */
function problemOf(state: TransferState, other: string): string {
  if (state.name === "lost") return "The connection was lost on the way. Send the file again when it is back.";
  if (state.name === "refused") {
    const them = state.by === "us" ? "You" : capitalize(other);
    const limit = state.limit === undefined ? "" : ` The limit is ${formatBytes(state.limit)}.`;
    if (state.reason === "too-large") return `The file is too large for ${state.by === "us" ? "this page" : other}.${limit}`;
    if (state.reason === "busy") return `${them} has too many files under way. Try again in a moment.`;
    if (state.reason === "no-space") return `${them} has no space for it.`;
    return `${them} declined the file.`;
  }
  if (state.name !== "cancelled") return "";
  const who = state.by === "us" ? "You" : capitalize(other);
  if (state.reason === "user") return `${who} cancelled.`;
  if (state.reason === "stalled") return "Nothing moved for a minute, so the transfer was given up.";
  if (state.reason === "read") return "The file could not be read. Was it changed or moved?";
  if (state.reason === "storage") return "The file could not be stored on the receiving side.";
  return "The two sides did not understand each other.";
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
