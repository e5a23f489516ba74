/** The connection in numbers, behind a disclosure. Asks only while it is open. */
import { connectionDetails, type Detail } from "../connection-details.ts";
import type { Conversation } from "../conversation.ts";
import { element } from "./dom.ts";

/** The disclosure of one conversation. */
export class DetailsView {
  readonly element: HTMLDetailsElement;
  readonly #conversation: Conversation;
  readonly #list: HTMLElement;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.#list = element("dl", "details-list");
    this.element = element("details", "details", element("summary", "", "Connection details"), this.#list);
    this.element.addEventListener("toggle", () => void this.#refresh());
    setInterval(() => void this.#refresh(), 1000);
  }

  async #refresh(): Promise<void> {
    if (!this.element.open || this.element.offsetParent === null) return;
    const pc = this.#conversation.link?.pc;
    const rows: readonly Detail[] = pc === undefined ? [["Connection", "none"]] : await connectionDetails(pc).catch(() => []);
    this.#list.replaceChildren(
      ...rows.map(([name, value]) => element("div", "", element("dt", "", name), element("dd", "", value))),
    );
  }
}
