/** Who is there: the Node peer and the other browser, each a tab that shows its conversation. */
import type { Conversation, Partner } from "../conversation.ts";
import { formatRoundTrip } from "../format.ts";
import type { RoomSession } from "../room-session.ts";
import { element, icon, setText } from "./dom.ts";

interface Person {
  readonly tab: HTMLButtonElement;
  readonly name: HTMLElement;
  readonly status: HTMLElement;
  readonly badge: HTMLElement;
}

/** The list of people. */
export class PeopleView {
  readonly element: HTMLElement;
  readonly #invitation: HTMLElement;
  readonly #people: Readonly<Record<Partner, Person>>;

  /** `invitation` is shown while no other browser is there. */
  constructor(select: (partner: Partner) => void, invitation: HTMLElement) {
    const person = (partner: Partner): Person => {
      const name = element("span", "person-name");
      const status = element("span", "person-status");
      const badge = element("span", "badge");
      const face = element("span", "person-face", icon(partner));
      const tab = element("button", "person", face, element("span", "person-text", name, status), badge);
      tab.type = "button";
      tab.id = `tab-${partner}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", `panel-${partner}`);
      tab.addEventListener("click", () => select(partner));
      return { tab, name, status, badge };
    };
    this.#people = { node: person("node"), browser: person("browser") };
    const { node, browser } = this.#people;
    const list = element("div", "people-list", node.tab, browser.tab);
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Who is in the room");
    this.#invitation = invitation;
    this.element = element("div", "people", list, invitation);
    list.addEventListener("keydown", (event) => {
      if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      const partner = document.activeElement === node.tab ? "browser" : "node";
      select(partner);
      this.#people[partner].tab.focus();
    });
  }

  update(session: RoomSession, selected: Partner): void {
    this.#show(session.node, "Node peer", session.hasNode === false ? "not on this server" : "waiting for the server", selected);
    this.#show(session.browser, session.browser.link?.peer.name ?? "Another browser", "not here yet", selected);
    this.#invitation.hidden = session.browser.link !== undefined || session.state.name !== "open";
  }

  #show(conversation: Conversation, label: string, absent: string, selected: Partner): void {
    const { tab, name, status, badge } = this.#people[conversation.partner];
    const isSelected = conversation.partner === selected;
    setText(name, label);
    setText(status, statusOf(conversation, absent));
    setText(badge, conversation.unread === 0 ? "" : String(Math.min(conversation.unread, 99)));
    badge.title = conversation.unread === 0 ? "" : `${conversation.unread} new`;
    tab.setAttribute("data-state", conversation.link?.state ?? "absent");
    tab.setAttribute("aria-selected", String(isSelected));
    tab.tabIndex = isSelected ? 0 : -1;
  }
}

/** Where the way to the other side stands, in words. */
export function statusOf({ link }: Conversation, absent: string): string {
  if (link === undefined) return absent;
  if (link.state === "connecting") return "connecting …";
  if (link.state === "interrupted") return "interrupted, trying to heal …";
  if (link.state === "lost") return "lost, trying again …";
  return link.roundTrip === undefined ? "connected" : `connected, ${formatRoundTrip(link.roundTrip)}`;
}
