/** A conversation: what was said, files, and the line to say more. Files may be dropped anywhere on it. */

import { MAX_TEXT_LENGTH } from "@visavis/server/conversation";
import type { Conversation, Entry } from "../conversation.ts";
import { DetailsView } from "./details.ts";
import { button, element, icon, setText } from "./dom.ts";
import { statusOf } from "./people.ts";
import { TransferCard } from "./transfer-card.ts";

/** The words of a panel that depend on whom it is for. */
export interface PanelWords {
  readonly title: string;
  /** As in "sending to …". */
  readonly other: string;
  readonly absent: string;
  /** A line below the one to write on. */
  readonly hint: string;
}

/** The panel of one conversation. */
export class ConversationPanel {
  readonly element: HTMLElement;
  readonly #conversation: Conversation;
  readonly #words: () => PanelWords;
  readonly #title: HTMLElement;
  readonly #status: HTMLElement;
  readonly #ping: HTMLButtonElement;
  readonly #log: HTMLElement;
  readonly #introduction: HTMLElement;
  readonly #input: HTMLTextAreaElement;
  readonly #hint: HTMLElement;
  readonly #send: HTMLButtonElement;
  readonly #attach: HTMLButtonElement;
  readonly #picker: HTMLInputElement;
  readonly #rows = new Map<Entry, { readonly root: HTMLElement; readonly card: TransferCard | undefined }>();

  /** `introduction` is what to read while nothing has been said. */
  constructor(conversation: Conversation, introduction: readonly Node[], words: () => PanelWords) {
    this.#conversation = conversation;
    this.#words = words;
    this.#title = element("h2", "");
    this.#status = element("p", "panel-status");
    this.#status.setAttribute("role", "status");
    this.#ping = button("Ping", "quiet", () => conversation.link?.ping());
    this.#ping.title = "Measure the round-trip time of a message";
    this.#introduction = element("div", "introduction", ...introduction);
    this.#log = element("div", "log", this.#introduction);
    this.#log.setAttribute("role", "log");
    this.#log.setAttribute("aria-label", "Conversation");
    this.#log.tabIndex = 0;
    this.#input = element("textarea", "");
    this.#input.rows = 1;
    this.#input.maxLength = MAX_TEXT_LENGTH;
    this.#input.placeholder = "Say something";
    this.#input.setAttribute("aria-label", "Message");
    this.#picker = element("input", "");
    this.#picker.type = "file";
    this.#picker.multiple = true;
    this.#picker.hidden = true;
    this.#attach = button("", "round quiet", () => this.#picker.click());
    this.#attach.append(icon("attach"));
    this.#attach.setAttribute("aria-label", "Send a file");
    this.#attach.title = "Send a file";
    this.#send = element("button", "round primary", icon("send"));
    this.#send.setAttribute("aria-label", "Send");
    const composer = element("form", "composer", this.#attach, this.#picker, this.#input, this.#send);
    const head = element("div", "panel-head", element("div", "", this.#title, this.#status), this.#ping);
    this.#hint = element("p", "hint");
    const drop = element("div", "drop-hint", element("p", "", "Drop to send"));
    this.element = element(
      "section",
      "panel",
      head,
      new DetailsView(conversation).element,
      this.#log,
      composer,
      this.#hint,
      drop,
    );
    this.element.id = `panel-${conversation.partner}`;
    this.element.setAttribute("role", "tabpanel");
    this.element.setAttribute("aria-labelledby", `tab-${conversation.partner}`);
    this.#listen(composer);
  }

  /** The keyboard goes to the line to write on. */
  focus(): void {
    this.#input.focus();
  }

  update(): void {
    const { link, entries } = this.#conversation;
    const words = this.#words();
    const connected = link?.state === "connected";
    setText(this.#title, words.title);
    setText(this.#status, statusOf(this.#conversation, words.absent));
    setText(this.#hint, words.hint);
    this.element.setAttribute("data-state", link?.state ?? "absent");
    this.#ping.disabled = this.#attach.disabled = this.#send.disabled = !connected;
    this.#introduction.hidden = entries.some(({ type }) => type !== "note");
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 60;
    for (const [entry, row] of this.#rows) {
      row.card?.update();
      if (entries.includes(entry)) continue;
      row.root.remove();
      this.#rows.delete(entry);
    }
    for (const entry of entries) if (!this.#rows.has(entry)) this.#append(entry, words);
    if (atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #append(entry: Entry, { other }: PanelWords): void {
    const card = entry.type === "file" ? new TransferCard(entry.item, other) : undefined;
    const from =
      entry.type === "file" ? (entry.item.direction === "out" ? "us" : "them") : entry.type === "text" ? entry.from : "note";
    const body = card?.element ?? element("p", "bubble", entry.type === "file" ? undefined : entry.text);
    const time = element("time", "", entry.at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    time.dateTime = entry.at.toISOString();
    const root = element("div", `row ${from}`, body, time);
    this.#rows.set(entry, { root, card });
    this.#log.append(root);
  }

  #listen(composer: HTMLFormElement): void {
    composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#say();
    });
    this.#input.addEventListener("input", () => {
      this.#input.rows = Math.min(6, this.#input.value.split("\n").length);
    });
    this.#picker.addEventListener("change", () => {
      this.#sendFiles(this.#picker.files);
      this.#picker.value = "";
    });
    const panel = this.element;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
    panel.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      panel.classList.add("dropping");
    });
    panel.addEventListener("dragleave", (event) => {
      if (!(event.relatedTarget instanceof Node && panel.contains(event.relatedTarget))) panel.classList.remove("dropping");
    });
    panel.addEventListener("drop", (event) => {
      panel.classList.remove("dropping");
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.#sendFiles(event.dataTransfer?.files ?? null);
    });
  }

  #say(): void {
    const text = this.#input.value.trim();
    if (text === "" || !this.#conversation.say(text)) return;
    this.#input.value = "";
    this.#input.rows = 1;
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #sendFiles(files: FileList | null): void {
    for (const file of files ?? []) {
      if (this.#conversation.link?.sendFile(file) !== true)
        this.#conversation.note(`${file.name} was not sent: nobody is connected.`);
    }
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
