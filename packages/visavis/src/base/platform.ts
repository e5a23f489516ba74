/**
 * What the world outside gives: a clock, chance and a network. `node/` implements it with Node's own modules, netsim in virtual time.
 */
import type { Instant } from "./instant.ts";
import type { Random } from "./random.ts";
import type { SocketId } from "./route.ts";

/** The world a driver lives in. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** For large messages; without it theirs is cleared first, and freed when that is noticed. */
  readonly memory?: Memory;
}

/** Memory that costs less than that of the language. */
export interface Memory {
  /** Makes memory for so many bytes, whose contents do not matter: it is written before it is read. */
  make(length: number): Uint8Array;
  /** Frees the memory of an array, which nobody may use any more. What shares its memory with others is left alone. */
  free(bytes: Uint8Array): void;
}

/** Time and tasks. */
export interface Clock {
  /** The monotonic time, in milliseconds; never runs backwards. */
  now(): Instant;
  /** Milliseconds since the Unix epoch. Only for certificates and the timestamps of statistics. */
  wallTime(): number;
  /** Calls back once at or after `at`; the returned function cancels. */
  schedule(at: Instant, callback: () => void): () => void;
  /** Runs `callback` soon, as a macrotask of its own, in order of the calls; promise reactions run between two of them. */
  immediate(callback: () => void): void;
}

/** One address of one network interface. */
export interface NetworkInterface {
  readonly name: string;
  /** Link-local IPv6 addresses carry their zone (`fe80::1%eth0`). */
  readonly address: string;
  readonly family: 4 | 6;
  /** True for loopback. */
  readonly internal: boolean;
  /** True for link-local addresses. */
  readonly linkLocal: boolean;
  /** The largest IP packet that it carries, in bytes; absent when that is not known. */
  readonly mtu?: number;
}

/** How a socket is bound. */
export interface BindOptions {
  readonly address: string;
  /** 0 lets the platform choose. */
  readonly port: number;
  /** A group to join on the interface of `address`; the port is then shared with other programs. */
  readonly multicast?: string;
  /** Several may be bound to this address and port, in threads and processes of one user, and the system spreads senders among them. */
  readonly spread?: boolean;
}

/** Takes a datagram that arrived; the buffer is the callee's from then on. */
export type DatagramListener = (datagram: Uint8Array, address: string, port: number) => void;

/**
 * Takes a row of datagrams that one sender sent and the system handed over as one piece: `bytes[start, end)`, cut every
 * `segmentSize` bytes; the last may be shorter. A size of 0 says that the cuts are not known, which happens only after
 * {@link SegmentedSending.coalesce}. The bytes are the callee's from then on, as those of a single datagram are; other rows
 * may lie in the same memory.
 */
export type SegmentListener = (
  bytes: Uint8Array,
  start: number,
  end: number,
  segmentSize: number,
  address: string,
  port: number,
) => void;

/** Several datagrams in one call: what a socket may offer where the system can (UDP segmentation offload). */
export interface SegmentedSending {
  /** Most datagrams of one call; 1 when the system turned out not to take more after all. */
  readonly maxSegments: number;
  /** Most bytes of one call. */
  readonly maxBytes: number;
  /**
   * Sends `bytes[start, start + length)` as datagrams of `segmentSize` bytes; the last may be shorter. A failure is a number
   * of lost datagrams: counted, not thrown.
   * @returns as {@link DatagramSocket.send}
   */
  send(bytes: Uint8Array, start: number, length: number, segmentSize: number, address: string, port: number): boolean;
  /**
   * Whether datagrams that arrive in a row may be handed up as one piece with unknown cuts. Off at first. Only for traffic
   * whose datagrams tell their own length, which an engine knows.
   */
  coalesce(on: boolean): void;
}

/** A bound UDP socket. */
export interface DatagramSocket {
  readonly id: SocketId;
  /** The bound address and port. */
  readonly address: string;
  readonly port: number;
  /** True when a datagram that is too large for the path is lost instead of cut into fragments; absent when that is not known. */
  readonly dontFragment?: boolean;
  /** Absent where the platform sends and receives datagrams one by one. */
  readonly segments?: SegmentedSending;
  /**
   * Sends `bytes[start, start + length)`. A failure to send is a lost datagram: counted, not thrown.
   * @returns true when the bytes were copied and may be reused at once; false when they are still referenced
   */
  send(bytes: Uint8Array, start: number, length: number, address: string, port: number): boolean;
  /**
   * Whether datagrams wait because the system takes no more; what is sent meanwhile may be lost. False again when nothing that was
   * sent is referenced any more. Absent when that is not known.
   */
  readonly busy?: boolean;
  /** Connectivity checks for this user name fragment are meant for this socket. Only where sockets share a port. */
  claim?(usernameFragment: string): void;
  /** Closes at once. Later datagrams are dropped. */
  close(): void;
}

/** Where a stream goes. */
export interface ConnectOptions {
  /** IP address. */
  readonly address: string;
  readonly port: number;
  /** The address to go out from; the system chooses without one. */
  readonly localAddress?: string;
  /** The port to go out from; the system chooses without one. */
  readonly localPort?: number;
  /** With it the stream is secured by TLS, and the server's certificate must be for this name or address. */
  readonly serverName?: string;
}

/** Where connections are waited for. */
export interface ListenOptions {
  readonly address: string;
  /** 0 lets the platform choose. */
  readonly port: number;
  /** With it connections are secured by TLS. PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** See {@link BindOptions.spread}. */
  readonly spread?: boolean;
}

/** Hears what a stream brings. */
export interface StreamListener {
  /** The next bytes; they are the callee's from then on. */
  readonly onPiece: (piece: Uint8Array) => void;
  /** The stream has ended, by either side or by a failure. */
  readonly onClosed: () => void;
}

/** A connection that came in. What is sent by it goes to the other side, whatever address is named. */
export interface StreamConnection extends DatagramSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A socket that listens for connections. */
export interface StreamServer {
  readonly id: SocketId;
  readonly address: string;
  readonly port: number;
  /** Takes no more connections; those there are go on. */
  close(): void;
}

/** Sockets and names. */
export interface Network {
  interfaces(): readonly NetworkInterface[];
  /**
   * @param onSegments takes rows of datagrams; without it each one comes by `onDatagram`
   * @throws (rejects) an `Error` with the platform's `code`, such as `EADDRINUSE`
   */
  // biome-ignore lint/style/noRestrictedGlobals: a type of the outside world; engines never hold a Network
  bindUdp(options: BindOptions, onDatagram: DatagramListener, onSegments?: SegmentListener): Promise<DatagramSocket>;
  /**
   * Opens a stream over TCP, or TLS where a server's name is given. A message that finds the stream full is lost, as a datagram is.
   * Absent where there are no streams.
   * @param signal gives the attempt up: nobody waits for the stream any more
   * @throws (rejects) an `Error` with the platform's `code`, such as `ECONNREFUSED`
   */
  // biome-ignore lint/style/noRestrictedGlobals: a type of the outside world; engines never hold a Network
  connectStream?(options: ConnectOptions, listener: StreamListener, signal?: AbortSignal): Promise<DatagramSocket>;
  /**
   * Listens for streams. Absent where there are none.
   * @param onHandshakeFailed hears of connections whose TLS handshake failed or took too long
   * @throws (rejects) an `Error` with the platform's `code`, such as `EADDRINUSE`
   */
  listenStream?(
    options: ListenOptions,
    onConnection: (connection: StreamConnection) => StreamListener,
    onHandshakeFailed?: () => void,
    // biome-ignore lint/style/noRestrictedGlobals: a type of the outside world; engines never hold a Network
  ): Promise<StreamServer>;
  /**
   * The addresses of a host name; empty when there are none. Never rejects.
   * @param signal gives the question up: nobody waits for the answer any more
   */
  // biome-ignore lint/style/noRestrictedGlobals: a type of the outside world; engines never hold a Network
  resolve(host: string, family: 4 | 6, signal?: AbortSignal): Promise<readonly string[]>;
}
