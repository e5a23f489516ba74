/**
 * A UDP socket of Linux that sends and receives rows of datagrams in one call (UDP_SEGMENT, UDP_GRO) and never has them cut into
 * fragments (IP_PMTUDISC_PROBE), where the runtime has `node:ffi`.
 *
 * The descriptor belongs to a socket of `node:dgram`, which tells when something has arrived, by reading the first of it, and which
 * keeps what the kernel does not take at once. All else goes by calls of our own, for as long as that socket is open.
 */
import dgram from "node:dgram";
import type { Drops } from "../base/drops.ts";
import type { BindOptions, DatagramListener, DatagramSocket, SegmentedSending, SegmentListener } from "../base/platform.ts";
import type { SocketId } from "../base/route.ts";
import { Errno, type NativeSockets, nativeSockets, RECEIVED_ADDRESS } from "./ffi-socket-calls.ts";
import { addressOf, encodeSocketAddress, portOf, SOCKET_ADDRESS_LENGTH } from "./socket-address.ts";
import { KERNEL_BUFFER, lookupOf, type SocketDrop, UdpSocket } from "./udp-socket.ts";

/** The longest packet that the kernel hands over. */
const LONGEST_PACKET = 65_536;

/** Packets are received one behind the other into memory of this size; less would be made, and given up, more often. */
const SLAB_LENGTH = 16 * LONGEST_PACKET;

/** Datagrams of one call: the least that kernels which know the call take. */
const MAX_SEGMENTS = 64;

/** Bytes of one call: what the length fields of IP and UDP leave, less the headers. */
const MAX_SEGMENTED_BYTES = 65_535 - 40 - 8;

/** Reads in one turn of the event loop, after which others get theirs. dgram's own are 32. */
const READS_PER_TURN = 64;

/** A datagram of so many bytes is one of many, most likely: it is worth a call to see whether there are more. */
const BULK_LENGTH = 1000;

/** How often the kernel may refuse a row before we believe that it always will. */
const MAX_REFUSALS = 4;

/** Where packets are received: memory of this thread, the used part of which belongs to whoever got it. */
let slab: Uint8Array = new Uint8Array(0);
let slabUsed = 0;

/** Reads in this turn, by all sockets of this thread. */
let reads = 0;
function endTurn(): void {
  reads = 0;
}

let isWanted = true;

/** Whether sockets that are bound from now on, in this thread, use `node:ffi` where they can; they do unless told not to. */
export function useSegmentedSockets(on: boolean): void {
  isWanted = on;
}

/** A socket of `node:dgram` with calls of our own on its descriptor. */
class FfiUdpSocket implements DatagramSocket {
  readonly dontFragment: boolean = true;
  readonly segments: SegmentedSending;
  readonly #calls: NativeSockets;
  readonly #fd: number;
  readonly #family: 4 | 6;
  readonly #plain: UdpSocket;
  readonly #onDatagram: DatagramListener;
  readonly #onSegments: SegmentListener | undefined;
  #closed = false;
  /** Where the last datagram went, as text and as the kernel takes it; empty when it cannot be told. */
  #toAddress = "";
  #toPort = -1;
  #to: Uint8Array = new Uint8Array(0);
  /** Where the last datagram came from. */
  readonly #from = new Uint8Array(SOCKET_ADDRESS_LENGTH);
  #fromAddress = "";
  #fromPort = 0;
  /** Whether the kernel puts datagrams together, and whether dgram may still read a row of them. */
  #isCoalescing = false;
  #mayBeRow = false;
  #maxSegments: number;
  #refusals = 0;

  constructor(
    calls: NativeSockets,
    fd: number,
    family: 4 | 6,
    plain: UdpSocket,
    onDatagram: DatagramListener,
    onSegments: SegmentListener | undefined,
  ) {
    this.#calls = calls;
    this.#fd = fd;
    this.#family = family;
    this.#plain = plain;
    this.#onDatagram = onDatagram;
    this.#onSegments = onSegments;
    this.#maxSegments = calls.canSegment(fd) ? MAX_SEGMENTS : 1;
    const maxSegments = (): number => this.#maxSegments;
    this.segments = {
      get maxSegments() {
        return maxSegments();
      },
      maxBytes: MAX_SEGMENTED_BYTES,
      send: (bytes, start, length, segmentSize, address, port) =>
        this.#sendSegments(bytes, start, length, segmentSize, address, port),
      coalesce: (on) => this.#coalesce(on),
    };
  }

  get id(): SocketId {
    return this.#plain.id;
  }

  get address(): string {
    return this.#plain.address;
  }

  get port(): number {
    return this.#plain.port;
  }

  /** Datagrams that were not sent. */
  get drops(): Drops<SocketDrop> {
    return this.#plain.drops;
  }

  get busy(): boolean {
    return this.#plain.busy;
  }

  send(bytes: Uint8Array, start: number, length: number, address: string, port: number): boolean {
    if (!this.#isReady(address, port)) return this.#plain.send(bytes, start, length, address, port);
    const error = this.#calls.send(this.#fd, bytes, start, length, 0, this.#to);
    return error === 0 || this.#failed(error, bytes, start, length, length);
  }

  /** What dgram has read. It is the first of what has arrived; the rest is read here, unless it is likely that there is none. */
  receive(datagram: Uint8Array, address: string, port: number): void {
    if (this.#mayBeRow) this.#onSegments?.(datagram, 0, datagram.length, 0, address, port);
    else this.#onDatagram(datagram, address, port);
    if (datagram.length >= BULK_LENGTH) this.#drain();
  }

  close(): void {
    // From here on the number of the descriptor may be that of another file.
    this.#closed = true;
    this.#plain.close();
  }

  #sendSegments(bytes: Uint8Array, start: number, length: number, segmentSize: number, address: string, port: number): boolean {
    if (!(segmentSize > 0)) throw new RangeError("datagrams of no size");
    if (this.#maxSegments > 1 && length > segmentSize && this.#isReady(address, port)) {
      const error = this.#calls.send(this.#fd, bytes, start, length, segmentSize, this.#to);
      if (error === 0) return true;
      if (error !== Errno.EIO && error !== Errno.EINVAL) return this.#failed(error, bytes, start, length, segmentSize);
      // The network card computes no checksums, or a datagram is larger than its MTU.
      if (++this.#refusals >= MAX_REFUSALS) this.#maxSegments = 1;
    }
    return this.#sendEach(bytes, start, length, segmentSize, address, port);
  }

  #sendEach(bytes: Uint8Array, start: number, length: number, segmentSize: number, address: string, port: number): boolean {
    let copied = true;
    for (let at = start; at < start + length; at += segmentSize) {
      const size = Math.min(segmentSize, start + length - at);
      if (!this.send(bytes, at, size, address, port)) copied = false;
    }
    return copied;
  }

  /** Whether our own call may send there now: what waits inside Node goes first. */
  #isReady(address: string, port: number): boolean {
    if (this.#closed || this.#plain.busy) return false;
    if (address !== this.#toAddress || port !== this.#toPort) {
      const name = new Uint8Array(SOCKET_ADDRESS_LENGTH);
      this.#to = name.subarray(0, encodeSocketAddress(this.#family, address, port, name, 0));
      this.#toAddress = address;
      this.#toPort = port;
    }
    return this.#to.length > 0;
  }

  /** What the kernel takes no more of waits inside Node; what it refuses is lost. */
  #failed(error: number, bytes: Uint8Array, start: number, length: number, segmentSize: number): boolean {
    if (error !== Errno.EAGAIN && error !== Errno.ENOBUFS && error !== Errno.EINTR) {
      this.drops.count("send-failed");
      return true;
    }
    let copied = true;
    for (let at = start; at < start + length; at += segmentSize) {
      const size = Math.min(segmentSize, start + length - at);
      if (!this.#plain.send(bytes, at, size, this.#toAddress, this.#toPort)) copied = false;
    }
    return copied;
  }

  #coalesce(on: boolean): void {
    if (this.#closed || this.#onSegments === undefined || on === this.#isCoalescing) return;
    if (!this.#calls.coalesce(this.#fd, on)) return;
    this.#isCoalescing = on;
    // Rows that were put together before may still wait; the next time that nothing waits they do not.
    if (on) this.#mayBeRow = true;
  }

  /** Reads what else has arrived, until nothing has or it is the turn of others. */
  #drain(): void {
    if (reads === 0) setImmediate(endTurn);
    while (!this.#closed && reads < READS_PER_TURN) {
      reads++;
      if (slab.length - slabUsed < LONGEST_PACKET) {
        // It is not filled with zeros first. A plain array, whose `slice` copies, which that of a Buffer does not.
        slab = new Uint8Array(Buffer.allocUnsafeSlow(SLAB_LENGTH).buffer);
        slabUsed = 0;
      }
      const bytes = slab;
      const start = slabUsed;
      const length = this.#calls.receive(this.#fd, bytes, start, start + LONGEST_PACKET);
      if (length < 0) {
        if (length === -Errno.EINTR) continue;
        if (length !== -Errno.EAGAIN) this.drops.count("socket-error");
        else if (!this.#isCoalescing) this.#mayBeRow = false;
        return;
      }
      // The next packet begins at a multiple of 8.
      slabUsed = start + ((length + 7) & ~7);
      if (!this.#calls.received.truncated && length > 0) this.#deliver(bytes, start, start + length);
    }
  }

  #deliver(bytes: Uint8Array, start: number, end: number): void {
    const { segmentSize } = this.#calls.received;
    this.#readSender();
    const size = segmentSize > 0 ? segmentSize : end - start;
    if (this.#onSegments !== undefined) this.#onSegments(bytes, start, end, size, this.#fromAddress, this.#fromPort);
    else this.#onDatagram(bytes.subarray(start, end), this.#fromAddress, this.#fromPort);
  }

  /** Most datagrams come from where the one before came from. */
  #readSender(): void {
    const { block } = this.#calls;
    const from = this.#from;
    let same = true;
    for (let i = 0; i < (this.#family === 4 ? 8 : SOCKET_ADDRESS_LENGTH); i++) {
      const byte = block[RECEIVED_ADDRESS + i] as number;
      if (from[i] !== byte) {
        from[i] = byte;
        same = false;
      }
    }
    if (same) return;
    this.#fromAddress = addressOf(from, 0);
    this.#fromPort = portOf(from, 0);
  }
}

/**
 * Binds a socket.
 * @returns undefined when it cannot be had this way, or at all: `node:dgram` then says why
 */
export function bindFfiUdp(
  options: BindOptions,
  onDatagram: DatagramListener,
  onSegments?: SegmentListener,
): DatagramSocket | undefined {
  const calls = isWanted && options.multicast === undefined ? nativeSockets() : undefined;
  if (calls === undefined) return undefined;
  const family = options.address.includes(":") ? 6 : 4;
  const name = new Uint8Array(SOCKET_ADDRESS_LENGTH);
  const nameLength = encodeSocketAddress(family, options.address, options.port, name, 0);
  if (nameLength === 0) return undefined;
  const fd = calls.open(family, name.subarray(0, nameLength), KERNEL_BUFFER, options.spread === true);
  if (fd === undefined) return undefined;
  const socket = dgram.createSocket({ type: family === 4 ? "udp4" : "udp6", lookup: lookupOf(family) });
  try {
    // From here on the descriptor is dgram's.
    socket.bind({ fd, exclusive: true });
  } catch {
    calls.close(fd);
    socket.close();
    return undefined;
  }
  const plain = new UdpSocket(socket, options.address, socket.address().port);
  const bound = new FfiUdpSocket(calls, fd, family, plain, onDatagram, onSegments);
  socket.on("message", ({ buffer, byteOffset, length }, from) => {
    bound.receive(new Uint8Array(buffer, byteOffset, length), from.address, from.port);
  });
  return bound;
}
