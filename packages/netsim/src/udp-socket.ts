/**
 * A UDP socket of a host.
 */
import type { DatagramListener, DatagramSocket, SocketId } from "visavis/base";
import { type Address, isLinkLocal, parseAddress } from "./address.ts";
import { copyBytes, Datagram, type Sink } from "./datagram.ts";
import type { Direction } from "./direction.ts";
import type { Interface } from "./interface.ts";

/** How a socket reaches one address: over a link to whoever takes it, or (no direction) by asking the subnet. */
export interface Path {
  readonly source: string;
  readonly destination: string;
  readonly via: Interface;
  readonly direction: Direction | undefined;
  readonly sink: Sink;
}

/** What a socket needs of its host. */
export interface SocketOwner {
  /** Changes whenever paths may have changed. */
  readonly topology: number;
  pathFrom(socket: UdpSocket, destination: Address): Path | undefined;
  /** Takes a datagram that goes nowhere. */
  lose(datagram: Datagram): void;
  closed(socket: UdpSocket): void;
}

/** How a socket is bound. */
export interface Binding {
  /** As the platform prints it, with its zone. */
  readonly address: string;
  /** Undefined: any address of the family. */
  readonly local: Address | undefined;
  readonly family: 4 | 6;
  readonly port: number;
  /** The group it has joined (canonical text), and where. */
  readonly group: { readonly address: string; readonly via: Interface } | undefined;
}

const NOWHERE: Sink = { deliver: () => {} };

/** A bound socket. */
export class UdpSocket implements DatagramSocket {
  readonly id: SocketId;
  readonly address: string;
  readonly port: number;
  readonly binding: Binding;
  readonly #owner: SocketOwner;
  readonly #listener: DatagramListener;
  readonly #paths = new Map<string, Path>();
  #topology = -1;
  #closed = false;

  constructor(owner: SocketOwner, id: SocketId, binding: Binding, listener: DatagramListener) {
    this.#owner = owner;
    this.id = id;
    this.binding = binding;
    this.address = binding.address;
    this.port = binding.port;
    this.#listener = listener;
  }

  /** Copies the bytes; always true. What cannot be sent is counted by the host. */
  send(bytes: Uint8Array, start: number, length: number, address: string, port: number): boolean {
    if (this.#closed) return true;
    const path = this.#path(address);
    const copy = copyBytes(bytes, start, length);
    if (path === undefined) {
      this.#owner.lose(new Datagram(copy, this.binding.local?.text ?? this.address, this.port, address, port, NOWHERE));
      return true;
    }
    const datagram = new Datagram(copy, path.source, this.port, path.destination, port, path.sink);
    if (path.direction !== undefined) path.direction.carry(datagram);
    else if (!path.via.subnet.send(datagram, path.via)) this.#owner.lose(datagram);
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.closed(this);
  }

  /** Hands a datagram up; the listener owns its bytes. */
  deliver(datagram: Datagram, via: Interface): void {
    const source = parseAddress(datagram.source);
    const zoned = source !== undefined && source.family === 6 && isLinkLocal(source);
    this.#listener(datagram.bytes, zoned ? `${datagram.source}%${via.name}` : datagram.source, datagram.sourcePort);
  }

  #path(text: string): Path | undefined {
    if (this.#topology !== this.#owner.topology || this.#paths.size > 4096) {
      this.#paths.clear();
      this.#topology = this.#owner.topology;
    }
    let path = this.#paths.get(text);
    if (path === undefined) {
      const address = parseAddress(text);
      if (address === undefined || address.family !== this.binding.family) return undefined;
      path = this.#owner.pathFrom(this, address);
      if (path === undefined) return undefined;
      // Making a link by default changes the topology; the path is valid all the same.
      this.#topology = this.#owner.topology;
      this.#paths.set(text, path);
    }
    return path;
  }
}
