/**
 * A UDP socket over node:dgram: bound to one interface address, never connected, so that it hears strangers.
 */
import dgram from "node:dgram";
import { Drops } from "../base/drops.ts";
import type { BindOptions, DatagramListener, DatagramSocket } from "../base/platform.ts";
import type { SocketId } from "../base/route.ts";
import { interfaces } from "./interfaces.ts";
import { nextSocketId } from "./socket-id.ts";

/** Asked of the kernel for each direction, in bytes: its default holds 92 packets of 1200 B. */
export const KERNEL_BUFFER: number = 4 << 20;

/** Datagrams that may wait inside Node when the kernel takes no more; later ones are dropped. */
const MAX_QUEUED = 64;

/** RFC 6762 §11: multicast DNS is sent with 255. */
const MULTICAST_TTL = 255;

/** Why a datagram was lost on its way out, or the socket complained. */
export type SocketDrop = "send-failed" | "queue-full" | "closed" | "socket-error";

/** Addresses only, never names; answering in the same tick saves a `nextTick` for each datagram. */
function lookup4(host: string, _options: unknown, callback: (error: null, address: string, family: number) => void): void {
  callback(null, host, 4);
}
function lookup6(host: string, _options: unknown, callback: (error: null, address: string, family: number) => void): void {
  callback(null, host, 6);
}

/** What a socket of a family looks its destinations up with. */
export function lookupOf(family: 4 | 6): typeof lookup4 {
  return family === 4 ? lookup4 : lookup6;
}

/** Asks for large buffers, and takes less where the system allows no more. */
function enlargeBuffers(socket: dgram.Socket): void {
  for (let size = KERNEL_BUFFER; size >= 1 << 18; size >>= 1) {
    try {
      socket.setRecvBufferSize(size);
      socket.setSendBufferSize(size);
      return;
    } catch {
      // Some systems refuse what is above their maximum instead of capping it.
    }
  }
}

/** Joins `group` on the interface that has `address`, and sends there too. @throws the system's error */
function joinGroup(socket: dgram.Socket, group: string, address: string, family: 4 | 6): void {
  if (family === 4) {
    socket.addMembership(group, address);
    socket.setMulticastInterface(address);
  } else {
    // An IPv6 group is joined by interface, not by address.
    const zone = address.split("%")[1] ?? interfaces().find((entry) => entry.address === address)?.name ?? "";
    socket.addMembership(group, `::%${zone}`);
    socket.setMulticastInterface(`::%${zone}`);
  }
  socket.setMulticastTTL(MULTICAST_TTL);
}

/** The last datagram of each memory as a view: most are as long as the one before, and in the same place. */
const views = new WeakMap<Uint8Array, Uint8Array>();

function viewOf(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const offset = bytes.byteOffset + start;
  const kept = views.get(bytes);
  if (kept !== undefined && kept.byteOffset === offset && kept.length === length && kept.buffer === bytes.buffer) return kept;
  const view = new Uint8Array(bytes.buffer, offset, length);
  views.set(bytes, view);
  return view;
}

/** One bound socket of the Node platform. */
export class UdpSocket implements DatagramSocket {
  readonly id: SocketId;
  readonly address: string;
  readonly port: number;
  /** Datagrams that were not sent. */
  readonly drops: Drops<SocketDrop> = new Drops();
  readonly #socket: dgram.Socket;
  readonly #sent: (error: Error | null) => void;
  /** Datagrams that waited inside Node when it was looked at last. */
  #queued = 0;
  #lastAddress = "";
  #lastPort = 0;
  #closed = false;

  /** @param socket bound and listening */
  constructor(socket: dgram.Socket, address: string, port: number) {
    this.id = nextSocketId();
    this.address = address;
    this.port = port;
    this.#socket = socket;
    // Without a listener an error would end the process. It concerns single datagrams: the socket goes on.
    socket.on("error", () => this.drops.count("socket-error"));
    this.#sent = (error) => {
      if (error !== null) this.drops.count("send-failed");
    };
  }

  send(bytes: Uint8Array, start: number, length: number, address: string, port: number): boolean {
    const socket = this.#socket;
    if (this.#closed) {
      this.drops.count("closed");
      return true;
    }
    if (this.#queued > 0 && this.#look() >= MAX_QUEUED) {
      this.drops.count("queue-full");
      return true;
    }
    const view = viewOf(bytes, start, length);
    try {
      if (address === this.#lastAddress && port === this.#lastPort) {
        socket.send(view, port, address);
      } else {
        // A callback costs 0.3 µs, but only with one does Node tell of EACCES or ENETUNREACH: the first datagram
        // of a run to one destination pays for it.
        this.#lastAddress = address;
        this.#lastPort = port;
        socket.send(view, port, address, this.#sent);
      }
    } catch {
      this.drops.count("send-failed");
      return true;
    }
    return this.#look() === 0;
  }

  get busy(): boolean {
    return this.#queued > 0 && this.#look() > 0;
  }

  #look(): number {
    this.#queued = this.#closed ? 0 : this.#socket.getSendQueueCount();
    return this.#queued;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.removeAllListeners("message");
    this.#socket.close();
  }
}

/** Binds a socket. Rejects with the system's error and its `code`. */
export function bindUdp(options: BindOptions, onDatagram: DatagramListener): Promise<UdpSocket> {
  const family = options.address.includes(":") ? 6 : 4;
  const { multicast } = options;
  const socket = dgram.createSocket({
    type: family === 4 ? "udp4" : "udp6",
    ipv6Only: family === 6,
    reuseAddr: multicast !== undefined,
    lookup: lookupOf(family),
    // Of Node.js 23.1.
    ...(options.spread === true && { reusePort: true }),
  });
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once("error", fail);
    // What is sent to a group does not arrive at a socket that is bound to a unicast address.
    const wildcard = family === 4 ? "0.0.0.0" : "::";
    socket.bind({ port: options.port, address: multicast === undefined ? options.address : wildcard, exclusive: true }, () => {
      socket.removeListener("error", fail);
      try {
        if (multicast !== undefined) joinGroup(socket, multicast, options.address, family);
        else enlargeBuffers(socket);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      socket.on("message", (datagram, from) => onDatagram(datagram, from.address, from.port));
      resolve(new UdpSocket(socket, options.address, socket.address().port));
    });
  });
}
