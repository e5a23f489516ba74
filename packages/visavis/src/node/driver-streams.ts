/**
 * The streams of a driver: connections that its engine asked for, and those that came in where it listens.
 */
import type { Answer, Ask } from "../base/engine.ts";
import type { DatagramSocket, Network, StreamConnection, StreamListener, StreamServer } from "../base/platform.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";

/** What the driver does with what happens. */
export interface StreamHandler {
  readonly answer: (answer: Answer) => void;
  readonly receive: (piece: Uint8Array, route: Route) => void;
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "EUNKNOWN");

/** The streams of one engine. */
export class DriverStreams {
  readonly #network: Network;
  /** Those that are connected are among the driver's sockets: it sends by them as by all others. */
  readonly #sockets: Map<SocketId, DatagramSocket>;
  readonly #routes: RouteTable;
  readonly #handler: StreamHandler;
  readonly #servers = new Map<SocketId, StreamServer>();
  /** Give up what is being connected. */
  readonly #connecting = new Set<AbortController>();
  #stopped = false;

  constructor(network: Network, sockets: Map<SocketId, DatagramSocket>, routes: RouteTable, handler: StreamHandler) {
    this.#network = network;
    this.#sockets = sockets;
    this.#routes = routes;
    this.#handler = handler;
  }

  connect(ask: Extract<Ask, { type: "connect" }>): void {
    const { id, address, port, serverName } = ask;
    const { connectStream } = this.#network;
    if (connectStream === undefined) {
      this.#handler.answer({ type: "connect-failed", id, code: "ENOSYS" });
      return;
    }
    // Filled in once the stream is there; nothing arrives before.
    let stream: DatagramSocket | undefined;
    let route: Route | undefined;
    const listener: StreamListener = {
      onPiece: (piece) => {
        if (route !== undefined) this.#handler.receive(piece, route);
      },
      onClosed: () => {
        if (stream !== undefined) this.#ended(id, stream);
      },
    };
    const attempt = new AbortController();
    this.#connecting.add(attempt);
    connectStream.call(this.#network, ask, listener, attempt.signal).then(
      (connected) => {
        this.#connecting.delete(attempt);
        if (this.#stopped) {
          connected.close();
          return;
        }
        stream = connected;
        this.#sockets.set(connected.id, connected);
        const protocol = serverName === undefined ? "tcp" : "tls";
        route = this.#routes.pin(this.#routes.intern(connected.id, protocol, address, port));
        this.#handler.answer({ type: "connected", id, socket: connected.id, address: connected.address, port: connected.port });
      },
      (error: unknown) => {
        this.#connecting.delete(attempt);
        this.#handler.answer({ type: "connect-failed", id, code: codeOf(error) });
      },
    );
  }

  listen(ask: Extract<Ask, { type: "listen" }>): void {
    const { id, certificate } = ask;
    const { listenStream } = this.#network;
    if (listenStream === undefined) {
      this.#handler.answer({ type: "bind-failed", id, code: "ENOSYS" });
      return;
    }
    const protocol = certificate === undefined ? "tcp" : "tls";
    listenStream
      .call(
        this.#network,
        ask,
        (connection) => this.#accept(id, protocol, connection),
        () => this.#handler.answer({ type: "handshake-failed", id }),
      )
      .then(
        (server) => {
          if (this.#stopped) {
            server.close();
            return;
          }
          this.#servers.set(server.id, server);
          this.#handler.answer({ type: "listening", id, socket: server.id, address: server.address, port: server.port });
        },
        (error: unknown) => this.#handler.answer({ type: "bind-failed", id, code: codeOf(error) }),
      );
  }

  #accept(id: number, protocol: "tcp" | "tls", connection: StreamConnection): StreamListener {
    const { remoteAddress, remotePort } = connection;
    if (this.#stopped) connection.close();
    this.#sockets.set(connection.id, connection);
    const route = this.#routes.pin(this.#routes.intern(connection.id, protocol, remoteAddress, remotePort));
    this.#handler.answer({ type: "accepted", id, socket: connection.id, address: remoteAddress, port: remotePort });
    return {
      onPiece: (piece) => this.#handler.receive(piece, route),
      onClosed: () => this.#ended(id, connection),
    };
  }

  #ended(id: number, stream: DatagramSocket): void {
    if (!this.#sockets.delete(stream.id) || this.#stopped) return;
    this.#handler.answer({ type: "disconnected", id, socket: stream.id });
    this.#routes.forget(stream.id);
  }

  /** Closes a listening socket; one of the driver's sockets it closes itself. */
  close(socket: SocketId): void {
    this.#servers.get(socket)?.close();
    this.#servers.delete(socket);
  }

  stop(): void {
    this.#stopped = true;
    // A connection that nobody answers would keep the process for seconds.
    for (const attempt of this.#connecting) attempt.abort();
    for (const server of this.#servers.values()) server.close();
    this.#servers.clear();
  }
}
