/**
 * The streams of a host: those it opens, those that come in where it listens, and resets for all that nobody knows of.
 */
import type {
  ConnectOptions,
  Instant,
  ListenOptions,
  SocketId,
  StreamConnection,
  StreamListener,
  StreamServer,
} from "visavis/base";
import { type Address, isWildcard, parseAddress } from "./address.ts";
import { Datagram } from "./datagram.ts";
import { SocketError } from "./errors.ts";
import type { SeededRandom } from "./random.ts";
import { Stream, type StreamEnds, type StreamOwner } from "./stream.ts";
import { decodeSegment, encodeSegment, SegmentKind } from "./stream-segment.ts";
import type { Path } from "./udp-socket.ts";
import type { World } from "./world.ts";

/** Milliseconds until a connection is taken for impossible, as on the real platform. */
const CONNECT_TIMEOUT = 10_000;

/** RFC 6335 §6: the ports that are handed out. */
const FIRST_PORT = 49_152;
const PORTS = 16_384;

/** What streams need of their host. */
export interface StreamHost {
  /** The way from an address of the host, or from any when that is undefined. */
  pathOf(local: Address | undefined, destination: Address): Path | undefined;
  hasAddress(address: Address): boolean;
}

/** Takes connections. */
type ConnectionListener = (connection: StreamConnection) => StreamListener;

interface Listening extends StreamServer {
  /** Canonical; undefined for any address. */
  readonly local: string | undefined;
  readonly onConnection: ConnectionListener;
}

/** What became of an attempt to connect. */
export type ConnectOutcome = (outcome: Stream | SocketError) => void;

/** The streams of one host. */
export class HostStreams implements StreamOwner {
  /** Connections that were opened or came in so far. */
  connections = 0;
  readonly #world: World;
  readonly #host: StreamHost;
  readonly #random: SeededRandom;
  readonly #streams = new Map<string, Stream>();
  readonly #servers = new Map<string, Listening>();
  readonly #connecting = new Map<Stream, { readonly done: ConnectOutcome; readonly cancel: () => void }>();

  constructor(world: World, host: StreamHost, random: SeededRandom) {
    this.#world = world;
    this.#host = host;
    this.#random = random;
  }

  /** Those that are open, on their way to be so, or on their way out. */
  get all(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  /** Sockets that listen. */
  get listening(): number {
    return this.#servers.size;
  }

  /** Ends every stream at once and tells the other sides, as a firewall that has lost its memory does. */
  reset(): void {
    for (const stream of this.all) stream.reset("ECONNRESET");
  }

  /**
   * Opens a stream. Names of TLS servers are of no consequence here: nothing is secured.
   * @param done called once, in a later step; the stream's listener is called from then on
   * @throws SocketError `EINVAL`, `EADDRNOTAVAIL`, `EADDRINUSE` or `ENETUNREACH`
   */
  connect(options: ConnectOptions, listener: StreamListener, done: ConnectOutcome): Stream {
    const destination = parseAddress(options.address);
    const wanted = options.localAddress === undefined ? undefined : parseAddress(options.localAddress);
    if (destination === undefined) throw new SocketError("EINVAL", `${options.address} is no address`);
    const local = wanted === undefined || isWildcard(wanted) ? undefined : wanted;
    if (local !== undefined && !this.#host.hasAddress(local)) {
      throw new SocketError("EADDRNOTAVAIL", `${options.localAddress} is not here`);
    }
    const path = this.#host.pathOf(local, destination);
    if (path === undefined) throw new SocketError("ENETUNREACH", `no way to ${options.address}`);
    const port = options.localPort || this.#freePort(path.source);
    const remoteAddress = destination.zone === "" ? destination.text : `${destination.text}%${destination.zone}`;
    const ends = { address: path.source, port, remoteAddress, remotePort: options.port };
    if (this.#streams.has(keyOf(ends))) throw new SocketError("EADDRINUSE", `there is a stream from port ${port} already`);
    const stream = this.#create(ends, "connecting");
    stream.listener = listener;
    this.#connecting.set(stream, { done, cancel: this.plan(this.now() + CONNECT_TIMEOUT, () => stream.abandon("ETIMEDOUT")) });
    return stream;
  }

  /** @throws SocketError `EINVAL`, `EADDRNOTAVAIL` or `EADDRINUSE` */
  listen(options: ListenOptions, onConnection: ConnectionListener): StreamServer {
    const address = parseAddress(options.address);
    if (address === undefined) throw new SocketError("EINVAL", `${options.address} is no address`);
    const local = isWildcard(address) ? undefined : address.text;
    if (local !== undefined && !this.#host.hasAddress(address)) {
      throw new SocketError("EADDRNOTAVAIL", `${options.address} is not here`);
    }
    const port = options.port || this.#freePort(address.text);
    const key = `${local ?? "*"} ${port}`;
    if (this.#servers.has(key)) throw new SocketError("EADDRINUSE", `port ${port} is taken`);
    const id = ++this.#world.sockets as SocketId;
    const close = (): void => {
      this.#servers.delete(key);
    };
    const server: Listening = { id, address: options.address, port, local, onConnection, close };
    this.#servers.set(key, server);
    return server;
  }

  /** Takes a segment that arrived at this host. */
  receive(datagram: Datagram, zone: string): void {
    const segment = decodeSegment(datagram.bytes);
    if (segment === undefined) return;
    const source = parseAddress(datagram.source);
    const remoteAddress = source?.family === 6 && zone !== "" ? `${datagram.source}%${zone}` : datagram.source;
    const { destination: address, destinationPort: port, sourcePort: remotePort } = datagram;
    const ends: StreamEnds = { address, port, remoteAddress, remotePort };
    const stream = this.#streams.get(keyOf(ends));
    if (stream !== undefined) stream.receive(segment);
    else if (segment.kind === SegmentKind.SYN && this.#serverOf(ends) !== undefined) this.#create(ends, "accepting");
    else if (segment.kind !== SegmentKind.RESET) this.#emit(ends, encodeSegment(SegmentKind.RESET, 0));
  }

  now(): Instant {
    return this.#world.now;
  }

  plan(at: Instant, callback: () => void): () => void {
    const task = this.#world.plan(at, callback);
    return () => this.#world.queue.cancel(task);
  }

  emit(stream: Stream, bytes: Uint8Array): void {
    this.#emit(stream, bytes);
  }

  opened(stream: Stream): void {
    this.connections++;
    const pending = this.#connecting.get(stream);
    if (pending !== undefined) {
      this.#connecting.delete(stream);
      pending.cancel();
      pending.done(stream);
      return;
    }
    const server = this.#serverOf(stream);
    if (server === undefined) stream.reset();
    else stream.listener = server.onConnection(stream);
  }

  ended(stream: Stream, code: string): void {
    this.#streams.delete(keyOf(stream));
    const pending = this.#connecting.get(stream);
    if (pending === undefined) return;
    this.#connecting.delete(stream);
    pending.cancel();
    pending.done(new SocketError(code, `no connection to ${stream.remoteAddress}`));
  }

  #create(ends: StreamEnds, side: "connecting" | "accepting"): Stream {
    const stream = new Stream(this, ++this.#world.sockets as SocketId, ends, side);
    this.#streams.set(keyOf(ends), stream);
    return stream;
  }

  #serverOf({ address, port }: StreamEnds): Listening | undefined {
    return this.#servers.get(`${address} ${port}`) ?? this.#servers.get(`* ${port}`);
  }

  #emit({ address, port, remoteAddress, remotePort }: StreamEnds, bytes: Uint8Array): void {
    const [local, destination] = [parseAddress(address), parseAddress(remoteAddress)];
    const path = local && destination && this.#host.pathOf(local, destination);
    if (path === undefined) return;
    const datagram = new Datagram(bytes, path.source, port, path.destination, remotePort, path.sink, "tcp");
    if (path.direction !== undefined) path.direction.carry(datagram);
    else path.via.subnet.send(datagram, path.via);
  }

  #freePort(address: string): number {
    const first = this.#random.below(PORTS);
    const streams = this.all;
    for (let i = 0; i < PORTS; i++) {
      const port = FIRST_PORT + ((first + i) % PORTS);
      if (this.#serverOf({ address, port, remoteAddress: "", remotePort: 0 }) !== undefined) continue;
      if (!streams.some((stream) => stream.port === port)) return port;
    }
    throw new SocketError("EADDRINUSE", "no port is left");
  }
}

function keyOf({ address, port, remoteAddress, remotePort }: StreamEnds): string {
  return `${address} ${port} ${remoteAddress} ${remotePort}`;
}
