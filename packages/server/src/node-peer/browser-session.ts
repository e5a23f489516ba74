/** The Node peer and one browser: the connection, the conversation and the files. Whatever the browser sends, nothing is thrown. */
import type { RTCDataChannel, RTCPeerConnection } from "visavis";
import { CHAT_LABEL, CHAT_PROTOCOL, type ConversationMessage, parseConversationMessage } from "../conversation/conversation.ts";
import { type Log, printable } from "../log.ts";
import type { ClientMessage, Negotiation, SignalCandidate, SignalDescription } from "../signalling/messages.ts";
import type { ServerPeerMessage, ServerPeerSession } from "../signalling/signalling-server.ts";
import { TRANSFER_LABEL, TRANSFER_PROTOCOL } from "../transfer/transfer.ts";
import { type DiskBudget, FileEcho } from "./file-echo.ts";

/** What a session needs. */
export interface BrowserSessionOptions {
  readonly id: string;
  readonly maxFileSize: number;
  readonly disk: DiskBudget;
  readonly createConnection: () => RTCPeerConnection;
  readonly send: (message: ServerPeerMessage) => void;
  readonly reply: (text: string, pc: RTCPeerConnection) => Promise<string>;
  readonly ended: () => void;
  readonly log: Log;
}

/** How many files of one browser may be under way, and how many channels it may have at a time. */
const MAX_FILES = 4;
const MAX_CHANNELS = 32;
/** A connection that stays so long without being connected is given up, in milliseconds. */
const PATIENCE = 30_000;
/** What may wait for a browser that does not read, in bytes. */
const MAX_UNREAD: number = 1024 * 1024;

/** One connection to the browser, known to both sides by its id. */
interface Connection {
  readonly id: string;
  readonly pc: RTCPeerConnection;
  readonly files: FileEcho;
  timer: ReturnType<typeof setTimeout>;
  channels: number;
}

/** A browser that may connect, once or again. */
export class BrowserSession implements ServerPeerSession {
  readonly #options: BrowserSessionOptions;
  #connection: Connection | undefined;

  constructor(options: BrowserSessionOptions) {
    this.#options = options;
  }

  receive(message: Extract<ClientMessage, { to: string }>): void {
    this.#apply(message).catch((error: unknown) => this.#report(message.connection, error));
  }

  close(): void {
    this.#end();
    this.#options.ended();
  }

  #begin(id: string): Connection {
    const { maxFileSize, disk, log, createConnection } = this.#options;
    const pc = createConnection();
    const connection: Connection = {
      id,
      pc,
      files: new FileEcho({
        maxFileSize,
        disk,
        maxFiles: MAX_FILES,
        log,
        openChannel: () => pc.createDataChannel(TRANSFER_LABEL, { protocol: TRANSFER_PROTOCOL }),
      }),
      timer: setTimeout(() => this.#endIf(connection), PATIENCE),
      channels: 0,
    };
    pc.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
      this.#signal(connection, { type: "candidate", candidate: { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } });
    };
    pc.onnegotiationneeded = () => void this.#offer(connection);
    pc.ondatachannel = ({ channel }) => this.#adopt(connection, channel);
    pc.onconnectionstatechange = () => {
      clearTimeout(connection.timer);
      log(pc.connectionState);
      if (pc.connectionState === "closed") this.#endIf(connection);
      // Even a connection that failed may be restarted by the browser.
      else if (pc.connectionState !== "connected") connection.timer = setTimeout(() => this.#endIf(connection), PATIENCE);
    };
    return connection;
  }

  async #apply(message: Negotiation): Promise<void> {
    if (message.connection !== this.#connection?.id) {
      // Only an offer begins a connection; everything else belongs to one that is over.
      if (message.type !== "description" || message.description.type !== "offer") return;
      this.#end();
      this.#connection = this.#begin(message.connection);
    }
    if (this.#connection === undefined) return;
    if (message.type === "candidate") await this.#addCandidate(this.#connection, message.candidate);
    else await this.#setRemote(this.#connection, message.description);
  }

  /** The browser is told what could not be used; a connection that cannot even begin is not kept. */
  #report(connectionId: string, error: unknown): void {
    const connection = this.#connection;
    if (connection !== undefined && connection.id !== connectionId) return;
    const message = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    this.#options.log(`trouble: ${printable(message)}`);
    this.#options.send({ type: "trouble", from: this.#options.id, connection: connectionId, message });
    if (connection?.pc.remoteDescription === null) this.#end();
  }

  async #addCandidate({ pc }: Connection, candidate: SignalCandidate): Promise<void> {
    if (pc.signalingState !== "closed") await pc.addIceCandidate(candidate);
  }

  /** The polite side of perfect negotiation: an offer that meets ours takes its place. */
  async #setRemote(connection: Connection, description: SignalDescription): Promise<void> {
    const { pc } = connection;
    await pc.setRemoteDescription(description);
    if (description.type !== "offer") return;
    await pc.setLocalDescription();
    this.#signalLocal(connection);
  }

  async #offer(connection: Connection): Promise<void> {
    try {
      await connection.pc.setLocalDescription();
      this.#signalLocal(connection);
    } catch {
      // The connection was closed meanwhile, or the offer of the browser came first.
    }
  }

  #signalLocal(connection: Connection): void {
    const { localDescription } = connection.pc;
    if (localDescription === null) return;
    const { type, sdp } = localDescription;
    this.#signal(connection, { type: "description", description: { type, sdp } });
  }

  #signal(
    connection: Connection,
    negotiation:
      | { readonly type: "description"; readonly description: SignalDescription }
      | { readonly type: "candidate"; readonly candidate: SignalCandidate },
  ): void {
    if (connection === this.#connection)
      this.#options.send({ ...negotiation, connection: connection.id, from: this.#options.id });
  }

  #adopt(connection: Connection, channel: RTCDataChannel): void {
    connection.channels += 1;
    channel.addEventListener("close", () => {
      connection.channels -= 1;
    });
    const isChat = channel.label === CHAT_LABEL && channel.protocol === CHAT_PROTOCOL;
    const isFile = channel.label === TRANSFER_LABEL && channel.protocol === TRANSFER_PROTOCOL;
    if (connection.channels > MAX_CHANNELS) channel.close();
    else if (isChat) channel.addEventListener("message", ({ data }) => void this.#hear(connection, channel, data));
    else if (isFile) connection.files.receive(channel);
    else channel.close();
  }

  async #hear({ pc }: Connection, channel: RTCDataChannel, data: unknown): Promise<void> {
    const message = parseConversationMessage(data);
    if (message?.type === "ping") say(channel, { type: "pong", number: message.number });
    if (message?.type === "text") say(channel, { type: "text", text: await this.#options.reply(message.text, pc) });
  }

  #endIf(connection: Connection): void {
    if (connection === this.#connection) this.#end();
  }

  #end(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    clearTimeout(connection.timer);
    if (connection.pc.connectionState !== "closed") this.#options.log("closed");
    connection.pc.close();
    connection.files.close();
  }
}

function say(channel: RTCDataChannel, message: ConversationMessage): void {
  if (channel.readyState === "open" && channel.bufferedAmount < MAX_UNREAD) channel.send(JSON.stringify(message));
}
