/** The page: one room at a time, one panel for each of the two others that may be in it. */
import { browserName } from "./browser-name.ts";
import type { Partner } from "./conversation.ts";
import { formatBytes } from "./format.ts";
import { randomBelow } from "./random.ts";
import { inventRoomName, normalizeRoomName, roomOfHash } from "./room-name.ts";
import { RoomSession } from "./room-session.ts";
import { Banner } from "./view/banner.ts";
import { ConversationPanel, type PanelWords } from "./view/conversation-panel.ts";
import { byId, element, setText } from "./view/dom.ts";
import { PeopleView } from "./view/people.ts";

const main = byId("main", HTMLElement);
const banner = new Banner(byId("banner", HTMLElement), () => {
  location.hash = inventRoomName(randomBelow);
});
const roomName = byId("room-name", HTMLInputElement);
const roomGo = byId("room-go", HTMLButtonElement);
const roomHint = byId("room-hint", HTMLElement);

let leave: (() => void) | undefined;

/** Shows the room of the address; invents one when it names none. */
function enter(): void {
  const room = roomOfHash(location.hash);
  if (room === undefined) {
    location.replace(`#${inventRoomName(randomBelow)}`);
    return;
  }
  leave?.();
  leave = show(room);
}

/** Joins a room and shows it. @returns what leaves it */
function show(room: string): () => void {
  let selected: Partner = "node";
  /** Whether the user has chosen whom to talk to. */
  let chosen = false;
  let scheduled = false;
  const update = (): void => {
    scheduled = false;
    if (session.hasNode === false && !chosen && selected === "node") select("browser");
    if (document.visibilityState === "visible") session[selected].unread = 0;
    people.update(session, selected);
    for (const panel of panels) panel.update();
    const unread = session.node.unread + session.browser.unread;
    document.title = `${unread === 0 ? "" : `(${unread}) `}${room} · visavis`;
    banner.update(session);
  };
  const changed = (): void => {
    if (scheduled) return;
    scheduled = true;
    // Not with a frame: a page in the background paints none, but its title shows what is new.
    setTimeout(update, 30);
  };
  const session: RoomSession = new RoomSession({ room, name: browserName(navigator.userAgent), changed });
  const select = (partner: Partner): void => {
    selected = partner;
    session[partner].unread = 0;
    nodePanel.element.hidden = partner !== "node";
    browserPanel.element.hidden = partner !== "browser";
    changed();
  };
  const choose = (partner: Partner): void => {
    chosen = true;
    select(partner);
  };
  const people = new PeopleView(choose, invitation(room));
  const nodePanel = new ConversationPanel(session.node, nodeIntroduction(), () => nodeWords(session));
  const browserPanel = new ConversationPanel(session.browser, browserIntroduction(), () => browserWords(session));
  const panels = [nodePanel, browserPanel];
  // Times that pass by themselves: seconds until the next attempt, the speed of what stands still.
  const clock = setInterval(changed, 500);
  roomName.value = room;
  roomGo.hidden = true;
  main.replaceChildren(people.element, element("div", "panels", nodePanel.element, browserPanel.element));
  select("node");
  // On a touch screen it would bring up the keyboard.
  if (matchMedia("(pointer: fine)").matches) nodePanel.focus();
  return () => {
    clearInterval(clock);
    session.close();
  };
}

function nodeWords({ maxFileSize, hasNode }: RoomSession): PanelWords {
  return {
    title: "Node peer",
    other: "the Node peer",
    absent: hasNode === false ? "This server only connects browsers." : "Waiting for the server.",
    hint: maxFileSize === 0 ? "" : `Drop files anywhere here; the Node peer takes up to ${formatBytes(maxFileSize)} each.`,
  };
}

function browserWords({ browser }: RoomSession): PanelWords {
  return {
    title: browser.link?.peer.name ?? "Another browser",
    other: browser.link?.peer.name ?? "the other browser",
    absent: "Nobody else is in this room.",
    hint: browser.link === undefined ? "" : "Drop files anywhere here; they go straight to the other browser.",
  };
}

function nodeIntroduction(): Node[] {
  return [
    element("h3", "", "A program behind the server, on the other end of a data channel"),
    element("p", "", "Say something and it answers. Send it a file and it sends the file back; both sides compute the SHA-256."),
  ];
}

function browserIntroduction(): Node[] {
  return [
    element("h3", "", "Two browsers in the same room connect directly"),
    element("p", "", "What you say and send goes from one to the other; the server only introduces them."),
  ];
}

function invitation(room: string): HTMLElement {
  const second = element("a", "button", "Open a second tab");
  second.href = `#${encodeURIComponent(room)}`;
  second.target = "_blank";
  second.rel = "noopener";
  const text = element(
    "p",
    "",
    "Open this room in a second tab, or pass on its link: two browsers in one room connect directly.",
  );
  return element("aside", "invitation", text, second);
}

function listenToRoomForm(): void {
  const form = byId("room-form", HTMLFormElement);
  roomName.addEventListener("input", () => {
    const name = normalizeRoomName(roomName.value);
    roomGo.hidden = name === roomOfHash(location.hash);
    setText(roomHint, name === undefined ? "Letters, digits, spaces, dots and dashes, please." : "");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = normalizeRoomName(roomName.value);
    if (name === undefined) return;
    roomName.blur();
    location.hash = encodeURIComponent(name);
  });
  byId("room-copy", HTMLButtonElement).addEventListener("click", () => void copyLink());
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    setText(roomHint, "Link copied.");
  } catch {
    // On plain http the clipboard is closed to pages: the address line has the link.
    setText(roomHint, "Copy the address of this page: it is the link.");
  }
  setTimeout(() => setText(roomHint, ""), 4000);
}

listenToRoomForm();
window.addEventListener("hashchange", enter);
// The others are told at once, not when they notice.
window.addEventListener("pagehide", () => leave?.());
// A page that comes back from the browser's memory has left its room.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
// A file that is dropped beside the panel must not replace the page.
for (const type of ["dragover", "drop"]) window.addEventListener(type, (event) => event.preventDefault());
enter();
