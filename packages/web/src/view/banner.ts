/** One line about the server, only while something is wrong with it. */
import { formatDuration } from "../format.ts";
import type { RoomSession } from "../room-session.ts";
import { button, element, setText } from "./dom.ts";

/** The line. */
export class Banner {
  readonly #root: HTMLElement;
  readonly #text: HTMLElement;
  readonly #retry: HTMLButtonElement;
  #session: RoomSession | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#text = element("span", "");
    this.#retry = button("Try now", "quiet", () => this.#session?.retryNow());
    root.append(this.#text, this.#retry);
  }

  update(session: RoomSession): void {
    this.#session = session;
    const { state } = session;
    this.#retry.hidden = state.name !== "waiting";
    // A first connection that comes about at once is not worth a word.
    this.#root.hidden = state.name === "open" || (state.name === "connecting" && session.hasNode === undefined);
    if (state.name === "waiting") {
      const what = state.reason === undefined ? "The server cannot be reached." : `Not connected: ${state.reason}.`;
      const direct = session.browser.link?.state === "connected" ? " The other browser is still connected directly." : "";
      setText(this.#text, `${what}${direct} Trying again in ${formatDuration(state.retryAt - performance.now())}.`);
    } else setText(this.#text, "Connecting to the server …");
  }
}
