/** One line about the server, only while something is wrong with it. */
import { CLOSE_REASONS, CloseCode } from "@visavis/server/signalling";
import { formatDuration } from "../format.ts";
import type { RoomSession } from "../room-session.ts";
import { button, element, setText } from "./dom.ts";

/** The line. */
export class Banner {
  readonly #root: HTMLElement;
  readonly #text: HTMLElement;
  readonly #retry: HTMLButtonElement;
  readonly #elsewhere: HTMLButtonElement;
  #session: RoomSession | undefined;

  /** `goElsewhere` is for a room that is full. */
  constructor(root: HTMLElement, goElsewhere: () => void) {
    this.#root = root;
    this.#text = element("span", "");
    this.#retry = button("Try now", "quiet", () => this.#session?.retryNow());
    this.#elsewhere = button("Another room", "quiet", goElsewhere);
    root.append(this.#text, this.#elsewhere, this.#retry);
  }

  update(session: RoomSession): void {
    this.#session = session;
    const { state } = session;
    this.#retry.hidden = state.name !== "waiting";
    this.#elsewhere.hidden = state.name !== "waiting" || state.code !== CloseCode.ROOM_FULL;
    // A first connection that comes about at once is not worth a word.
    this.#root.hidden = state.name === "open" || (state.name === "connecting" && session.hasNode === undefined);
    if (state.name === "waiting") {
      const what = state.code === undefined ? "The server cannot be reached." : `Not connected: ${CLOSE_REASONS[state.code]}.`;
      const direct = session.browser.link?.state === "connected" ? " The other browser is still connected directly." : "";
      setText(this.#text, `${what}${direct} Trying again in ${formatDuration(state.retryAt - performance.now())}.`);
    } else setText(this.#text, "Connecting to the server …");
  }
}
