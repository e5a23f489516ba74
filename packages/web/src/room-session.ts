/** This page in one room: who is there, and the way to each of them. */
import type { Negotiation, Peer, ServerMessage, StunAddress } from "@visavis/server/signalling";
import { Conversation } from "./conversation.ts";
import { PeerLink } from "./link/peer-link.ts";
import { randomHex } from "./random.ts";
import { Signalling, type SignallingState } from "./signalling.ts";

/** What a session needs and tells. */
export interface RoomSessionOptions {
  readonly room: string;
  /** What the others are shown. */
  readonly name: string;
  readonly changed: () => void;
}

/** One room, joined. */
export class RoomSession {
  readonly room: string;
  readonly node: Conversation;
  readonly browser: Conversation;
  readonly #signalling: Signalling;
  readonly #changed: () => void;
  #id = "";
  #stun: StunAddress | undefined;
  #state: SignallingState = { name: "connecting" };
  /** Whether there is a Node peer; undefined until the server said so. */
  #hasNode: boolean | undefined;
  #maxFileSize = 0;
  /** Who has left the room while the way to them still works. */
  readonly #departed = new Set<string>();

  constructor({ room, name, changed }: RoomSessionOptions) {
    this.room = room;
    this.#changed = changed;
    this.node = new Conversation("node", changed);
    this.browser = new Conversation("browser", changed);
    this.#signalling = new Signalling(
      { room, name, key: randomHex(16) },
      {
        changed: (state) => {
          this.#state = state;
          changed();
        },
        received: (message) => this.#receive(message),
      },
    );
  }

  /** The connection to the server. */
  get state(): SignallingState {
    return this.#state;
  }

  get hasNode(): boolean | undefined {
    return this.#hasNode;
  }

  /** The largest file that the Node peer takes, in bytes; 0 until known. */
  get maxFileSize(): number {
    return this.#maxFileSize;
  }

  /** Does not wait for the next attempt to reach the server. */
  retryNow(): void {
    this.#signalling.retryNow();
  }

  /** Leaves for good. */
  close(): void {
    this.#signalling.close();
    this.node.link?.close();
    this.browser.link?.close();
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        break;
      case "joined":
        this.#meet(message.peer);
        break;
      case "left":
        this.#part(message.id);
        break;
      case "description":
      case "candidate":
        this.#linkTo(message.from)?.receive(message);
        break;
      case "trouble":
        this.#linkTo(message.from)?.trouble(message.connection, message.message);
        break;
      case "pong":
        break;
    }
    this.#changed();
  }

  #welcome({ id, peers, stun, maxFileSize }: Extract<ServerMessage, { type: "welcome" }>): void {
    this.#id = id;
    this.#stun = stun;
    this.#maxFileSize = maxFileSize;
    this.#hasNode = peers.some(({ kind }) => kind === "node");
    for (const peer of peers) this.#meet(peer);
    // A browser that was here before the server was lost may come back to the room later: the way to it does not need the server.
    const { link } = this.browser;
    if (link !== undefined && !peers.some((peer) => peer.id === link.peer.id) && link.state !== "connected")
      this.#part(link.peer.id);
  }

  #meet(peer: Peer): void {
    const conversation = this.#conversationWith(peer);
    const known = conversation.link;
    this.#departed.delete(peer.id);
    // The Node peer lives as long as the signalling connection; another browser's connection does not depend on it.
    if (known?.peer.id === peer.id && peer.kind === "browser" && known.state === "connected") return;
    known?.close();
    if (peer.kind === "browser" && known?.peer.id !== peer.id) conversation.note(`${peer.name} is here.`);
    const initiator = peer.kind === "node" || this.#id > peer.id;
    conversation.link = new PeerLink({
      peer,
      initiator,
      iceServers: () => (this.#stun === undefined ? [] : [{ urls: stunUrl(this.#stun) }]),
      signal: (negotiation: Negotiation) => this.#signalling.send({ ...negotiation, to: peer.id }),
      transfers: conversation.transfers,
      changed: () => this.#linkChanged(conversation),
      said: (text) => conversation.heard(text),
      noted: (text) => conversation.note(text),
    });
  }

  #linkChanged(conversation: Conversation): void {
    const { link } = conversation;
    // Whoever has left the room is kept only as long as the direct connection lasts.
    if (link !== undefined && link.state !== "connected" && this.#departed.has(link.peer.id)) this.#forget(conversation, link);
    this.#changed();
  }

  #part(id: string): void {
    const { link } = this.browser;
    if (link?.peer.id !== id) return;
    this.#departed.add(id);
    if (link.state !== "connected") this.#forget(this.browser, link);
  }

  #forget(conversation: Conversation, link: PeerLink): void {
    this.#departed.delete(link.peer.id);
    conversation.link = undefined;
    link.close();
    conversation.note(`${link.peer.name} has left.`);
  }

  #conversationWith(peer: Peer): Conversation {
    return peer.kind === "node" ? this.node : this.browser;
  }

  #linkTo(id: string): PeerLink | undefined {
    return [this.node.link, this.browser.link].find((link) => link?.peer.id === id);
  }
}

function stunUrl({ host, port }: StunAddress): string {
  const name = host ?? location.hostname.replace(/^\[|\]$/g, "");
  return `stun:${name.includes(":") ? `[${name}]` : name}:${port}`;
}
