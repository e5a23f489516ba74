/** The way to one peer: makes the connection, keeps it, makes another when it fails. On it: the conversation, pings and files. */
import { CHAT_LABEL, CHAT_PROTOCOL, type ConversationMessage, parseConversationMessage } from "@visavis/server/conversation";
import type { Negotiation, Peer } from "@visavis/server/signalling";
import { TRANSFER_LABEL, TRANSFER_PROTOCOL } from "@visavis/server/transfer";
import { backOff } from "../back-off.ts";
import { randomHex } from "../random.ts";
import { Connection } from "./connection.ts";
import type { Transfers } from "./transfers.ts";

/** Where the way to a peer stands. `interrupted` may heal by itself. */
export type LinkState = "connecting" | "connected" | "interrupted" | "lost";

/** What a link needs and tells. */
export interface PeerLinkOptions {
  readonly peer: Peer;
  /** Whether this side makes the connections; the other one waits for them. */
  readonly initiator: boolean;
  readonly iceServers: () => RTCIceServer[];
  readonly signal: (negotiation: Negotiation) => void;
  readonly transfers: Transfers;
  readonly changed: () => void;
  readonly said: (text: string) => void;
  readonly noted: (text: string) => void;
}

/** How long a connection may take to come about, in milliseconds. */
const PATIENCE = 20_000;

/** The way to one peer. */
export class PeerLink {
  readonly peer: Peer;
  readonly #options: PeerLinkOptions;
  #connection: Connection | undefined;
  #chat: RTCDataChannel | undefined;
  #state: LinkState = "connecting";
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #pings = new Map<number, number>();
  #pingNumber = 0;
  #roundTrip: number | undefined;
  #closed = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.peer = options.peer;
    if (options.initiator) this.connect();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The last measured round-trip time of a message, in milliseconds. */
  get roundTrip(): number | undefined {
    return this.#roundTrip;
  }

  /** For statistics. */
  get pc(): RTCPeerConnection | undefined {
    return this.#connection?.pc;
  }

  /** Makes a new connection; the one that was is given up. */
  connect(): void {
    const connection = this.#begin(randomHex(8));
    this.#adoptChat(connection.pc.createDataChannel(CHAT_LABEL, { protocol: CHAT_PROTOCOL }), connection);
    this.#timer = setTimeout(
      () => this.#retry("No connection came about. A firewall may be in the way. Trying again."),
      PATIENCE,
    );
  }

  /** Takes what the other side signalled. */
  receive(negotiation: Negotiation): void {
    const isNew = negotiation.connection !== this.#connection?.id;
    // Only the side that waits is told of new connections; everything else that is not of this one is late.
    if (isNew && (this.#options.initiator || negotiation.type !== "description" || negotiation.description.type !== "offer"))
      return;
    const connection = isNew || this.#connection === undefined ? this.#begin(negotiation.connection) : this.#connection;
    void connection.receive(negotiation);
  }

  /** What the other side said about our signalling. */
  trouble(connection: string, message: string): void {
    if (connection === this.#connection?.id) this.#options.noted(`The other side reports: ${message}`);
  }

  /** Says a line. False when there is nobody to hear it. */
  say(text: string): boolean {
    return this.#send({ type: "text", text });
  }

  /** Measures the round-trip time of a message. */
  ping(): void {
    this.#pingNumber += 1;
    if (this.#pings.size > 20) this.#pings.clear();
    this.#pings.set(this.#pingNumber, performance.now());
    this.#send({ type: "ping", number: this.#pingNumber });
  }

  /** Offers a file. False when there is nobody to take it. */
  sendFile(file: File): boolean {
    if (this.#state !== "connected" || this.#connection === undefined) return false;
    this.#options.transfers.send(this.#connection.pc, file);
    return true;
  }

  /** Leaves for good. */
  close(): void {
    this.#closed = true;
    this.#abandon();
    this.#become("lost");
  }

  #begin(id: string): Connection {
    this.#abandon();
    const { iceServers, signal, initiator } = this.#options;
    const connection: Connection = new Connection({
      id,
      polite: !initiator,
      iceServers: iceServers(),
      signal,
      stateChanged: () => this.#connectionChanged(connection),
      channelOpened: (channel) => this.#adopt(channel, connection),
      troubled: (message) => this.#options.noted(`The connection could not be negotiated: ${message}`),
    });
    this.#connection = connection;
    this.#become("connecting");
    return connection;
  }

  #adopt(channel: RTCDataChannel, connection: Connection): void {
    if (channel.label === CHAT_LABEL && channel.protocol === CHAT_PROTOCOL) this.#adoptChat(channel, connection);
    else if (channel.label === TRANSFER_LABEL && channel.protocol === TRANSFER_PROTOCOL) this.#options.transfers.receive(channel);
    else channel.close();
  }

  #adoptChat(channel: RTCDataChannel, connection: Connection): void {
    this.#chat = channel;
    const opened = (): void => {
      clearTimeout(this.#timer);
      this.#attempt = 0;
      this.#become("connected");
      this.ping();
    };
    if (channel.readyState === "open") opened();
    channel.onopen = opened;
    channel.onmessage = ({ data }) => this.#heard(parseConversationMessage(data));
    channel.onclose = () => {
      if (this.#connection === connection) this.#lost(undefined);
    };
  }

  #heard(message: ConversationMessage | undefined): void {
    if (message?.type === "text") this.#options.said(message.text);
    if (message?.type === "ping") this.#send({ type: "pong", number: message.number });
    if (message?.type !== "pong") return;
    const sentAt = this.#pings.get(message.number);
    if (sentAt === undefined) return;
    this.#pings.delete(message.number);
    this.#roundTrip = performance.now() - sentAt;
    this.#options.changed();
  }

  #send(message: ConversationMessage): boolean {
    if (this.#chat?.readyState !== "open") return false;
    this.#chat.send(JSON.stringify(message));
    return true;
  }

  #connectionChanged(connection: Connection): void {
    if (connection !== this.#connection) return;
    const { connectionState } = connection.pc;
    if (connectionState === "disconnected") this.#become("interrupted");
    else if (connectionState === "failed") this.#failed(connection);
    else if (connectionState === "closed") this.#lost(undefined);
    else if (connectionState === "connected" && this.#chat?.readyState === "open") this.#become("connected");
  }

  /** The network has changed: new candidates may find a way, and channels survive it. Once; then everything is made anew. */
  #failed(connection: Connection): void {
    if (this.#chat?.readyState !== "open" || this.#attempt > 0) {
      this.#lost("The connection was lost.");
      return;
    }
    this.#attempt += 1;
    this.#become("interrupted");
    connection.pc.restartIce();
    this.#timer = setTimeout(() => this.#lost("The connection was lost."), PATIENCE);
  }

  #lost(note: string | undefined): void {
    if (this.#options.initiator) this.#retry(note);
    else {
      if (note !== undefined) this.#options.noted(note);
      this.#abandon();
      this.#become("lost");
    }
  }

  #retry(note: string | undefined): void {
    if (note !== undefined) this.#options.noted(note);
    this.#abandon();
    this.#become("lost");
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.connect(), backOff(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #abandon(): void {
    clearTimeout(this.#timer);
    const connection = this.#connection;
    this.#connection = undefined;
    this.#chat = undefined;
    this.#roundTrip = undefined;
    connection?.close();
    if (connection !== undefined) this.#options.transfers.loseAll();
  }

  #become(state: LinkState): void {
    this.#state = state;
    this.#options.changed();
  }
}
