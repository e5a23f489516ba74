/**
 * Connections over TCP and TLS, with the face of a socket whose datagrams all go to one place: engines put messages into streams, and
 * find them there again, by themselves.
 */
import net from "node:net";
import tls from "node:tls";
import { Drops } from "../base/drops.ts";
import type {
  ConnectOptions,
  DatagramSocket,
  ListenOptions,
  StreamConnection,
  StreamListener,
  StreamServer,
} from "../base/platform.ts";
import type { SocketId } from "../base/route.ts";
import { nextSocketId } from "./socket-id.ts";

/** Bytes that may wait in a stream that the other side does not read; what comes then is dropped, as on a full link. */
const MAX_WAITING = 1 << 20;

/** Milliseconds until a connection is taken for impossible. */
const CONNECT_TIMEOUT = 10_000;

/** Milliseconds that a TLS handshake may take, and what was written may need to leave once a connection was given up. */
const HANDSHAKE_TIMEOUT = 10_000;
const FAREWELL_TIMEOUT = 5000;

/** Connections that a listening socket holds at a time; more are refused. */
const MAX_CONNECTIONS = 4096;

/** Why a message did not leave. */
export type StreamDrop = "closed" | "queue-full";

/** A connected stream. */
export class StreamSocket implements StreamConnection {
  readonly id: SocketId;
  readonly address: string;
  readonly port: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly drops: Drops<StreamDrop> = new Drops();
  readonly #socket: net.Socket;

  /** @param socket connected */
  constructor(socket: net.Socket) {
    this.id = nextSocketId();
    this.address = plain(socket.localAddress);
    this.port = socket.localPort ?? 0;
    this.remoteAddress = plain(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.#socket = socket;
    // Small messages are not to wait for each other.
    socket.setNoDelay(true);
  }

  /** Has pieces and the end told. */
  listen({ onPiece, onClosed }: StreamListener): void {
    this.#socket.on("data", (piece) => onPiece(piece));
    this.#socket.once("close", () => onClosed());
    // It is followed by `close`.
    this.#socket.on("error", () => undefined);
  }

  send(bytes: Uint8Array, start: number, length: number): boolean {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) this.drops.count("closed");
    else if (socket.writableLength > MAX_WAITING) this.drops.count("queue-full");
    else socket.write(bytes.slice(start, start + length));
    return true;
  }

  close(): void {
    // What was written still goes out; the other side may take its time, but neither the process nor, for long, the descriptor.
    const socket = this.#socket;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), FAREWELL_TIMEOUT);
    timer.unref();
    socket.once("close", () => clearTimeout(timer));
    socket.unref();
    socket.destroySoon();
  }
}

/** An IPv4 address as an IPv6 socket sees it is that IPv4 address. */
function plain(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Opens a connection. Rejects with the system's error and its `code`, or with that of TLS. */
export function connectStream(options: ConnectOptions, listener: StreamListener, signal?: AbortSignal): Promise<DatagramSocket> {
  const { address, port, localAddress, localPort, serverName } = options;
  const from = { ...(localAddress !== undefined && { localAddress }), ...(localPort !== undefined && { localPort }) };
  const to = { host: address, port, ...from };
  return new Promise((resolve, reject) => {
    const socket =
      serverName === undefined
        ? net.connect(to)
        : // A server known by its address alone is known by that in its certificate too.
          tls.connect({ ...to, ...(net.isIP(serverName) === 0 && { servername: serverName }) });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const giveUp = (): void => fail(Object.assign(new Error("the connection was given up"), { code: "ECANCELED" }));
    signal?.addEventListener("abort", giveUp);
    socket.once("close", () => signal?.removeEventListener("abort", giveUp));
    socket.once("error", fail);
    socket.setTimeout(CONNECT_TIMEOUT, () => fail(Object.assign(new Error("the connection timed out"), { code: "ETIMEDOUT" })));
    socket.once(serverName === undefined ? "connect" : "secureConnect", () => {
      socket.removeListener("error", fail);
      signal?.removeEventListener("abort", giveUp);
      socket.setTimeout(0);
      const stream = new StreamSocket(socket);
      stream.listen(listener);
      resolve(stream);
    });
  });
}

/** Listens for connections. Rejects with the system's error and its `code`. */
export function listenStream(
  options: ListenOptions,
  onConnection: (connection: StreamConnection) => StreamListener,
  onHandshakeFailed: () => void = () => undefined,
): Promise<StreamServer> {
  const { address, port, certificate } = options;
  const accept = (socket: net.Socket): void => {
    const stream = new StreamSocket(socket);
    stream.listen(onConnection(stream));
  };
  const server =
    certificate === undefined
      ? net.createServer(accept)
      : tls.createServer({ ...certificate, handshakeTimeout: HANDSHAKE_TIMEOUT }, accept);
  server.maxConnections = MAX_CONNECTIONS;
  // A handshake that fails concerns its connection alone.
  server.on("tlsClientError", () => onHandshakeFailed());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const spread = options.spread === true && { reusePort: true };
    server.listen({ host: address, port, ipv6Only: address.includes(":"), ...spread }, () => {
      server.removeListener("error", reject);
      server.on("error", () => undefined);
      const bound = server.address();
      resolve({
        id: nextSocketId(),
        address,
        port: typeof bound === "object" && bound !== null ? bound.port : port,
        close: () => server.close(),
      });
    });
  });
}
