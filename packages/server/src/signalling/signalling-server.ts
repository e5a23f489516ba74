/**
 * The doorway of signalling: WebSockets on one side, rooms and the Node peer on the other. It decides nothing about rooms (rooms.ts)
 * and reads no description. Whoever breaks the rules is closed with a code of messages.ts; nobody else notices.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type Log, printable } from "../log.ts";
import {
  CLOSE_REASONS,
  type ClientMessage,
  CloseCode,
  MAX_SIGNAL_SIZE,
  type Peer,
  parseClientMessage,
  type ServerMessage,
  type StunAddress,
} from "./messages.ts";
import { RateLimit } from "./rate-limit.ts";
import { asPeer, type Member, Rooms } from "./rooms.ts";

/** The peer behind the server, as signalling sees it. */
export interface ServerPeer {
  readonly peer: Peer;
  /** Begins with one browser; `send` reaches it. */
  connect(send: (message: ServerPeerMessage) => void, browser: Peer): ServerPeerSession;
}

/** What the peer behind the server sends to a browser. */
export type ServerPeerMessage = Extract<ServerMessage, { from: string }>;

/** The peer behind the server and one browser. Its methods never throw. */
export interface ServerPeerSession {
  receive(message: Extract<ClientMessage, { to: string }>): void;
  close(): void;
}

/** What signalling needs. */
export interface SignallingOptions {
  readonly rooms: number;
  readonly browsersPerRoom: number;
  readonly sockets: number;
  readonly maxFileSize: number;
  /** Where a page finds STUN, whose request named this host. */
  readonly stun: (pageHost: string | undefined) => StunAddress | undefined;
  readonly serverPeer: ServerPeer | undefined;
  /** Hears who comes and goes. */
  readonly log?: Log;
  /** Milliseconds between two pings. Who has not answered the last one is gone. */
  readonly pingInterval?: number;
  /** Milliseconds until a socket must have joined. */
  readonly joinTimeout?: number;
  /** Messages at once and per second of one socket. */
  readonly rate?: { readonly burst: number; readonly perSecond: number };
}

interface Connection {
  readonly webSocket: WebSocket;
  /** What the page called this server. */
  readonly pageHost: string | undefined;
  readonly rate: RateLimit;
  readonly joinTimer: ReturnType<typeof setTimeout>;
  session: ServerPeerSession | undefined;
  alive: boolean;
}

/** What may wait in a socket whose reader is slow, in bytes. */
const MAX_UNREAD: number = 1024 * 1024;

/** The id of the page that knows `key`. */
function idOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 20);
}

/** Signalling for all rooms of a server. */
export class SignallingServer {
  readonly #options: SignallingOptions;
  readonly #rooms: Rooms<Connection>;
  readonly #connections = new Set<Connection>();
  readonly #webSockets: WebSocketServer;
  readonly #pings: ReturnType<typeof setInterval>;

  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#rooms = new Rooms(options);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MAX_SIGNAL_SIZE,
      perMessageDeflate: false,
    });
    this.#pings = setInterval(() => this.#pingAll(), options.pingInterval ?? 20_000);
    this.#pings.unref();
  }

  /** Takes over a socket whose request was checked by the caller. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, request.headers.host));
  }

  /** Tells everyone that the server goes away and forgets them. */
  close(): void {
    clearInterval(this.#pings);
    for (const connection of [...this.#connections]) {
      closeWith(connection.webSocket, CloseCode.GOING_AWAY);
      this.#forget(connection);
      // Who does not answer the closing handshake is not waited for.
      setTimeout(() => connection.webSocket.terminate(), 500).unref();
    }
    this.#webSockets.close();
  }

  #accept(webSocket: WebSocket, pageHost: string | undefined): void {
    // A socket that breaks the protocol of WebSocket itself reports here, and closes.
    webSocket.on("error", () => undefined);
    if (this.#connections.size >= this.#options.sockets) {
      this.#turnAway(webSocket, CloseCode.TOO_MANY_SOCKETS);
      return;
    }
    const connection: Connection = {
      webSocket,
      pageHost,
      rate: new RateLimit(this.#options.rate ?? { burst: 200, perSecond: 50 }, performance.now()),
      joinTimer: setTimeout(() => this.#turnAway(webSocket, CloseCode.NO_JOIN), this.#options.joinTimeout ?? 10_000),
      session: undefined,
      alive: true,
    };
    this.#connections.add(connection);
    webSocket.on("pong", () => {
      connection.alive = true;
    });
    webSocket.on("close", () => this.#forget(connection));
    webSocket.on("message", (data, isBinary) => {
      if (webSocket.readyState !== webSocket.OPEN) return;
      const code = connection.rate.take(performance.now())
        ? this.#receive(connection, isBinary ? undefined : parseClientMessage(String(data)))
        : CloseCode.TOO_FAST;
      if (code !== undefined) this.#turnAway(webSocket, code, this.#rooms.memberOf(connection));
    });
  }

  /** Does what a message asks for. @returns the code to close the socket with, when it broke a rule */
  #receive(connection: Connection, message: ClientMessage | undefined): CloseCode | undefined {
    if (message === undefined) return CloseCode.BAD_MESSAGE;
    switch (message.type) {
      case "join":
        return this.#join(connection, message);
      case "ping":
        send(connection, { type: "pong" });
        return undefined;
      default:
        return this.#relay(connection, message);
    }
  }

  #relay(connection: Connection, message: Extract<ClientMessage, { to: string }>): CloseCode | undefined {
    const member = this.#rooms.memberOf(connection);
    if (member === undefined) return CloseCode.BAD_MESSAGE;
    if (message.to === this.#options.serverPeer?.peer.id) {
      connection.session?.receive(message);
      return undefined;
    }
    // Whoever it is for may have left a moment ago: then it is dropped.
    const target = this.#rooms.neighbour(member, message.to);
    const { to: _, ...rest } = message;
    if (target !== undefined) send(target.socket, { ...rest, from: member.id });
    return undefined;
  }

  #join(connection: Connection, { room, key, name }: Extract<ClientMessage, { type: "join" }>): CloseCode | undefined {
    const outcome = this.#rooms.join(connection, { room, name, id: idOfKey(key) });
    if (outcome.type === "room-full") return CloseCode.ROOM_FULL;
    if (outcome.type === "no-room-left") return CloseCode.NO_ROOM_LEFT;
    if (outcome.type === "already-joined") return CloseCode.BAD_MESSAGE;
    clearTimeout(connection.joinTimer);
    if (outcome.replaced !== undefined) closeWith(outcome.replaced.webSocket, CloseCode.REPLACED);
    const { serverPeer, maxFileSize } = this.#options;
    const stun = this.#options.stun(connection.pageHost);
    connection.session = serverPeer?.connect((message) => send(connection, message), asPeer(outcome.member));
    const others = outcome.others.map(asPeer);
    this.#options.log?.(`${describe(outcome.member)} joins; ${others.length + 1} there`);
    send(connection, {
      type: "welcome",
      id: outcome.member.id,
      peers: serverPeer === undefined ? others : [serverPeer.peer, ...others],
      ...(stun === undefined ? {} : { stun }),
      maxFileSize,
    });
    this.#tell(outcome.others, { type: "joined", peer: asPeer(outcome.member) });
    return undefined;
  }

  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    clearTimeout(connection.joinTimer);
    connection.session?.close();
    const left = this.#rooms.leave(connection);
    if (left === undefined) return;
    this.#tell(left.others, { type: "left", id: left.member.id });
    this.#options.log?.(`${describe(left.member)} leaves; ${left.others.length} there`);
  }

  /** Closes a socket that broke a rule or found no place. */
  #turnAway(webSocket: WebSocket, code: CloseCode, member?: Member<Connection>): void {
    closeWith(webSocket, code);
    const who = member === undefined ? "a page" : describe(member);
    this.#options.log?.(`${who} is sent away: ${CLOSE_REASONS[code]}`);
  }

  #tell(members: readonly Member<Connection>[], message: ServerMessage): void {
    for (const { socket } of members) send(socket, message);
  }

  #pingAll(): void {
    for (const connection of [...this.#connections]) {
      if (!connection.alive) connection.webSocket.terminate();
      connection.alive = false;
      connection.webSocket.ping();
    }
  }
}

/** A browser and its room, for the log. */
function describe({ room, name, id }: Member<unknown>): string {
  return `${room}: ${printable(name)} (${id.slice(0, 6)})`;
}

function send({ webSocket }: Connection, message: ServerMessage): void {
  if (webSocket.readyState !== webSocket.OPEN) return;
  if (webSocket.bufferedAmount > MAX_UNREAD) closeWith(webSocket, CloseCode.TOO_SLOW);
  else webSocket.send(JSON.stringify(message));
}

function closeWith(webSocket: WebSocket, code: CloseCode): void {
  webSocket.close(code, CLOSE_REASONS[code]);
}
