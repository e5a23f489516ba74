/**
 * One UDP port for many connections: a platform whose sockets share one port of each address, for servers behind firewalls that open one.
 *
 * What arrives finds its connection in three ways. A connectivity check names the user name fragment that it is for (RFC 8445 §7.2.2); the
 * answer to a STUN request has its transaction id; all else comes from an address to which one connection has sent. Engines know nothing
 * of it. Two connections to one and the same remote address and port cannot be told apart.
 */
import { u8, u16, u32 } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import type { BindOptions, DatagramListener, DatagramSocket, Platform, SegmentedSending } from "../base/platform.ts";
import type { SocketId } from "../base/route.ts";
import { nextSocketId } from "./socket-id.ts";

/** What a shared port is made with. */
export interface UdpMuxOptions {
  /** The port, the same on every address. */
  readonly port: number;
}

/** A platform whose UDP sockets share a port. */
export interface UdpMux extends Platform {
  /** Datagrams that no connection was found for. */
  readonly drops: Drops<"no-connection">;
}

/** Generations of ICE parameters that a connection answers for. */
const MAX_FRAGMENTS = 4;

/** Remote addresses and open requests of one connection that are remembered; the oldest make room. */
const MAX_REMOTES = 128;
const MAX_REQUESTS = 128;

const HEADER_LENGTH = 20;
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_ERROR = 0x0111;
const USERNAME = 0x0006;

/** The type of a STUN message; undefined when it is something else (RFC 7983 §7, RFC 8489 §5). */
function stunType(bytes: Uint8Array, start: number, length: number): number | undefined {
  const isStun = length >= HEADER_LENGTH && u8(bytes, start) < 4 && u32(bytes, start + 4) === MAGIC_COOKIE;
  return isStun ? u16(bytes, start) : undefined;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(u8(bytes, at));
  return text;
}

/** The fragment that a Binding request is for: what stands before the colon in its USERNAME. */
function addresseeOf(request: Uint8Array): string | undefined {
  for (let at = HEADER_LENGTH; at + 4 <= request.length; ) {
    const [type, length] = [u16(request, at), u16(request, at + 2)];
    if (at + 4 + length > request.length) return undefined;
    if (type === USERNAME) return textOf(request, at + 4, at + 4 + length).split(":")[0];
    at += 4 + ((length + 3) & ~3);
  }
  return undefined;
}

/** Adds an entry and forgets the oldest beyond `limit`; returns that. */
function remember<T>(set: Set<T>, value: T, limit: number): T | undefined {
  set.add(value);
  if (set.size <= limit) return undefined;
  const [oldest] = set;
  if (oldest !== undefined) set.delete(oldest);
  return oldest;
}

/** What the connections at one port are found by. */
class Directory {
  readonly fragments: Map<string, SharedSocket> = new Map();
  readonly requests: Map<string, SharedSocket> = new Map();
  readonly remotes: Map<string, SharedSocket> = new Map();

  find(datagram: Uint8Array, address: string, port: number): SharedSocket | undefined {
    const type = stunType(datagram, 0, datagram.length);
    if (type === BINDING_REQUEST) {
      const fragment = addresseeOf(datagram);
      const named = fragment === undefined ? undefined : this.fragments.get(fragment);
      if (named !== undefined) return named;
    } else if (type !== undefined && (type & 0x0100) !== 0) {
      const asked = this.requests.get(textOf(datagram, 8, HEADER_LENGTH));
      if (asked !== undefined) return asked;
    }
    return this.remotes.get(`${port} ${address}`);
  }
}

/** The part of a shared port that belongs to one connection. */
class SharedSocket implements DatagramSocket {
  readonly id: SocketId = nextSocketId();
  readonly address: string;
  readonly port: number;
  readonly dontFragment?: boolean;
  readonly segments?: SegmentedSending;
  readonly onDatagram: DatagramListener;
  readonly #socket: DatagramSocket;
  readonly #directory: Directory;
  readonly #leave: (socket: SharedSocket) => void;
  readonly #fragments = new Set<string>();
  readonly #requests = new Set<string>();
  readonly #remotes = new Set<string>();
  #lastAddress = "";
  #lastPort = 0;
  #closed = false;

  constructor(socket: DatagramSocket, directory: Directory, onDatagram: DatagramListener, leave: (socket: SharedSocket) => void) {
    this.address = socket.address;
    this.port = socket.port;
    if (socket.dontFragment !== undefined) this.dontFragment = socket.dontFragment;
    this.onDatagram = onDatagram;
    this.#socket = socket;
    this.#directory = directory;
    this.#leave = leave;
    const { segments } = socket;
    if (segments !== undefined) {
      const send: SegmentedSending["send"] = (bytes, start, length, segmentSize, address, port) => {
        if (this.#closed) return true;
        this.#note(bytes, start, length, address, port);
        return segments.send(bytes, start, length, segmentSize, address, port);
      };
      // Rows would have to be cut by one connection for all.
      this.segments = { maxSegments: segments.maxSegments, maxBytes: segments.maxBytes, send, coalesce: () => undefined };
    }
  }

  get busy(): boolean {
    return !this.#closed && (this.#socket.busy ?? false);
  }

  claim(usernameFragment: string): void {
    if (this.#closed) return;
    this.#directory.fragments.set(usernameFragment, this);
    const forgotten = remember(this.#fragments, usernameFragment, MAX_FRAGMENTS);
    if (forgotten !== undefined) this.#directory.fragments.delete(forgotten);
  }

  send(bytes: Uint8Array, start: number, length: number, address: string, port: number): boolean {
    if (this.#closed) return true;
    this.#note(bytes, start, length, address, port);
    return this.#socket.send(bytes, start, length, address, port);
  }

  /** Where we send to is where answers come from; what was proven to come from there goes before what is only tried. */
  #note(bytes: Uint8Array, start: number, length: number, address: string, port: number): void {
    const type = stunType(bytes, start, length);
    if (type !== undefined && (type & 0x0110) === 0) {
      const id = textOf(bytes, start + 8, start + HEADER_LENGTH);
      this.#directory.requests.set(id, this);
      const forgotten = remember(this.#requests, id, MAX_REQUESTS);
      if (forgotten !== undefined) this.#forget(this.#directory.requests, forgotten);
    }
    // Anybody can have himself refused.
    if (type === BINDING_ERROR || (port === this.#lastPort && address === this.#lastAddress)) return;
    const key = `${port} ${address}`;
    const owner = this.#directory.remotes.get(key);
    if (owner !== undefined && owner !== this && type === BINDING_REQUEST) return;
    [this.#lastAddress, this.#lastPort] = [address, port];
    this.#directory.remotes.set(key, this);
    this.#remotes.delete(key);
    const forgotten = remember(this.#remotes, key, MAX_REMOTES);
    if (forgotten !== undefined) this.#forget(this.#directory.remotes, forgotten);
  }

  #forget(map: Map<string, SharedSocket>, key: string): void {
    if (map.get(key) === this) map.delete(key);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const fragment of this.#fragments) this.#forget(this.#directory.fragments, fragment);
    for (const id of this.#requests) this.#forget(this.#directory.requests, id);
    for (const key of this.#remotes) this.#forget(this.#directory.remotes, key);
    this.#leave(this);
  }
}

/** The socket of the system at one address, for as long as anybody shares it. */
class SharedPort {
  readonly #directory = new Directory();
  readonly #sockets = new Set<SharedSocket>();
  readonly #socket: Promise<DatagramSocket>;
  readonly #onUnused: () => void;
  #waiting = 0;

  constructor(platform: Platform, options: BindOptions, drops: Drops<"no-connection">, onUnused: () => void) {
    this.#onUnused = onUnused;
    this.#socket = platform.network.bindUdp(options, (datagram, address, port) => {
      const found = this.#directory.find(datagram, address, port);
      if (found === undefined) drops.count("no-connection");
      else found.onDatagram(datagram, address, port);
    });
  }

  async join(onDatagram: DatagramListener): Promise<DatagramSocket> {
    this.#waiting++;
    try {
      const socket = await this.#socket;
      const shared = new SharedSocket(socket, this.#directory, onDatagram, (each) => this.#leave(each, socket));
      this.#sockets.add(shared);
      return shared;
    } catch (error) {
      this.#onUnused();
      throw error;
    } finally {
      this.#waiting--;
    }
  }

  #leave(shared: SharedSocket, socket: DatagramSocket): void {
    this.#sockets.delete(shared);
    if (this.#sockets.size > 0 || this.#waiting > 0) return;
    this.#onUnused();
    socket.close();
  }
}

/**
 * A platform like `platform`, but that all UDP sockets that may have any port share `port`: for `createWebRTC(createUdpMux(nodePlatform(),
 * { port: 3478 }))`. The port is bound while some connection uses it. Sockets for multicast, and those that want another port, are their own.
 */
export function createUdpMux(platform: Platform, { port }: UdpMuxOptions): UdpMux {
  const { network } = platform;
  const ports = new Map<string, SharedPort>();
  const drops = new Drops<"no-connection">();
  const { connectStream, listenStream } = network;
  return {
    ...platform,
    drops,
    network: {
      interfaces: () => network.interfaces(),
      resolve: (host, family, signal) => network.resolve(host, family, signal),
      ...(connectStream && { connectStream: (options, listener) => connectStream.call(network, options, listener) }),
      ...(listenStream && { listenStream: (options, onConnection) => listenStream.call(network, options, onConnection) }),
      bindUdp(options, onDatagram, onSegments) {
        if (options.multicast !== undefined || (options.port !== 0 && options.port !== port)) {
          return network.bindUdp(options, onDatagram, onSegments);
        }
        const { address } = options;
        let shared = ports.get(address);
        if (shared === undefined) {
          const made: SharedPort = new SharedPort(platform, { address, port }, drops, () => {
            if (ports.get(address) === made) ports.delete(address);
          });
          shared = made;
          ports.set(address, shared);
        }
        return shared.join(onDatagram);
      },
    },
  };
}
