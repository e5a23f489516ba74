/** The peer behind the server: answers every browser that connects to it, over the library alone. */
import os from "node:os";
import type { RTCPeerConnection } from "visavis";
import { nodePlatform } from "visavis/node";
import { createWebRTC, type WebRTC } from "visavis/webrtc";
import { MAX_TEXT_LENGTH } from "../conversation/conversation.ts";
import { type Log, printable } from "../log.ts";
import { OwnAddresses } from "../own-addresses.ts";
import type { Peer } from "../signalling/messages.ts";
import type { ServerPeer, ServerPeerMessage, ServerPeerSession } from "../signalling/signalling-server.ts";
import { BrowserSession } from "./browser-session.ts";
import { chatReply } from "./chat.ts";
import { describeConnection } from "./connection-line.ts";
import { DiskBudget } from "./file-echo.ts";
import { platformFor } from "./peer-platform.ts";

/** All browsers together may keep so many of the largest files on the disk. */
const FILES_ON_DISK = 8;

/** What the peer behind the server is made with. */
export interface NodePeerOptions {
  /** Bytes. */
  readonly maxFileSize: number;
  /** The address that the server listens on: the peer's network is no wider. */
  readonly host: string;
  /** Hears of connections and files. */
  readonly log?: Log | undefined;
}

/** The peer behind the server. */
export class NodePeer implements ServerPeer {
  readonly peer: Peer = { id: "node", kind: "node", name: "Node peer" };
  readonly #maxFileSize: number;
  readonly #disk: DiskBudget;
  readonly #sessions = new Set<BrowserSession>();
  readonly #startedAt = Date.now();
  readonly #log: Log;
  readonly #webrtc: WebRTC;

  constructor({ maxFileSize, host, log = () => undefined }: NodePeerOptions) {
    this.#maxFileSize = maxFileSize;
    this.#log = log;
    this.#webrtc = createWebRTC(platformFor(host, nodePlatform(), new OwnAddresses()));
    this.#disk = new DiskBudget(FILES_ON_DISK * maxFileSize);
  }

  connect(send: (message: ServerPeerMessage) => void, browser: Peer): ServerPeerSession {
    const name = `Node peer to ${printable(browser.name)} (${browser.id.slice(0, 6)})`;
    const session: BrowserSession = new BrowserSession({
      id: this.peer.id,
      maxFileSize: this.#maxFileSize,
      createConnection: () => new this.#webrtc.RTCPeerConnection(),
      disk: this.#disk,
      send,
      log: (line) => this.#log(`${name}: ${line}`),
      reply: (text, pc) => this.#reply(text, pc),
      ended: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    for (const session of [...this.#sessions]) session.close();
  }

  async #reply(text: string, pc: RTCPeerConnection): Promise<string> {
    const now = new Date();
    const answer = chatReply(text, {
      now,
      uptime: now.getTime() - this.#startedAt,
      runtime: `Node ${process.versions.node} on ${os.platform()}`,
      connection: await describeConnection(pc).catch(() => undefined),
    });
    return answer.slice(0, MAX_TEXT_LENGTH);
  }
}
