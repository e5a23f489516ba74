/**
 * The system calls of UDP sockets that `node:dgram` does not offer, through `node:ffi`, on Linux (64 bit, little-endian).
 *
 * Structures are written into one block of memory of this thread; calls are synchronous, so that all sockets share it.
 *
 * ```text
 * msghdr   name (8) | name length (4, padded to 8) | iovec (8) | their number (8) | control (8) | control length (8) | flags (4)
 * iovec    address (8) | length (8)
 * cmsghdr  length (8) | level (4) | type (4) | data
 * ```
 * @see udp(7), ip(7), ipv6(7), cmsg(3)
 */
import { type NativeFunction, type NativeLibrary, nativeLibrary } from "../crypto/ffi-library.ts";
import { SOCKET_ADDRESS_LENGTH } from "./socket-address.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x8_0000;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_REUSEPORT = 15;
const IPPROTO_IP = 0;
const IP_MTU_DISCOVER = 10;
const IPPROTO_IPV6 = 41;
const IPV6_MTU_DISCOVER = 23;
const IPV6_V6ONLY = 26;
/** "Don't fragment" on every packet, whatever the kernel believes of the path. The same for both families. */
const PMTUDISC_PROBE = 3;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;
const UDP_GRO = 104;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
const MSG_NOSIGNAL = 0x4000;

/** Offsets into the block. Each part begins at a multiple of 8. */
const SEND_HEADER = 0;
const SEND_IOVEC = 64;
const SEND_CONTROL = 80;
const SEND_NAME = 112;
const RECEIVE_HEADER = 144;
const RECEIVE_IOVEC = 208;
const RECEIVE_CONTROL = 224;
const RECEIVE_NAME = 320;
const OPTION = 352;
const BLOCK_LENGTH = 360;

const RECEIVE_CONTROL_LENGTH = 96;
/** A cmsghdr and two bytes. */
const SEGMENT_CONTROL_LENGTH = 18;
const SEGMENT_CONTROL_SPACE = 24;
/** A cmsghdr and four bytes. */
const GRO_CONTROL_LENGTH = 20;

/** What a call came to, where it matters which failure it was. */
export const Errno = { EINTR: 4, EIO: 5, EAGAIN: 11, EINVAL: 22, ENOBUFS: 105 } as const;

/** Where a packet that was received came from and how it is to be cut; see {@link NativeSockets.receive}. */
export interface Received {
  /** Bytes per datagram; 0 when there is one alone. */
  segmentSize: number;
  /** Whether it was longer than the memory for it. */
  truncated: boolean;
}

/** The calls, and the memory in which they take their arguments. */
export class NativeSockets {
  /** What {@link NativeSockets.receive} received last. */
  readonly received: Received = { segmentSize: 0, truncated: false };
  /** The block, in which the sender's address stands at {@link RECEIVED_ADDRESS} after `receive`. */
  readonly block: Uint8Array = new Uint8Array(BLOCK_LENGTH);
  readonly #library: NativeLibrary;
  readonly #view: DataView;
  /** The block in words of 64 bits: pointers and sizes. */
  readonly #words: BigUint64Array;
  readonly #base: bigint;
  readonly #socket: NativeFunction<number>;
  readonly #bind: NativeFunction<number>;
  readonly #close: NativeFunction<number>;
  readonly #setOption: NativeFunction<number>;
  readonly #sendmsg: NativeFunction<number>;
  readonly #recvmsg: NativeFunction<number>;
  readonly #sendHeader: bigint;
  readonly #receiveHeader: bigint;
  #sendBuffer: ArrayBufferLike;
  #sendBufferBase: bigint;
  #receiveBuffer: ArrayBufferLike;
  #receiveBufferBase: bigint;

  /** @throws when a function is missing */
  constructor(library: NativeLibrary) {
    this.#library = library;
    this.#socket = library.number("socket", "int32", "int32", "int32");
    this.#bind = library.number("bind", "int32", "pointer", "uint32");
    this.#close = library.number("close", "int32");
    this.#setOption = library.number("setsockopt", "int32", "int32", "int32", "pointer", "uint32");
    // These return 64 bits, of which a datagram's length and -1 need 32.
    this.#sendmsg = library.number("sendmsg", "int32", "pointer", "int32");
    this.#recvmsg = library.number("recvmsg", "int32", "pointer", "int32");
    const { buffer } = this.block;
    const base = library.address(buffer);
    this.#base = base;
    this.#view = new DataView(buffer);
    this.#words = new BigUint64Array(buffer);
    this.#sendHeader = base + BigInt(SEND_HEADER);
    this.#receiveHeader = base + BigInt(RECEIVE_HEADER);
    this.#sendBuffer = buffer;
    this.#sendBufferBase = base;
    this.#receiveBuffer = buffer;
    this.#receiveBufferBase = base;
    this.#writeHeader(SEND_HEADER, SEND_NAME, SEND_IOVEC, SEND_CONTROL);
    this.#writeHeader(RECEIVE_HEADER, RECEIVE_NAME, RECEIVE_IOVEC, RECEIVE_CONTROL);
    this.#view.setBigUint64(SEND_CONTROL, BigInt(SEGMENT_CONTROL_LENGTH), true);
    this.#view.setInt32(SEND_CONTROL + 8, SOL_UDP, true);
    this.#view.setInt32(SEND_CONTROL + 12, UDP_SEGMENT, true);
  }

  /**
   * A bound socket that does not block and whose datagrams are never cut into fragments.
   * @param name the address to bind to, as {@link encodeSocketAddress} writes it
   * @param spread whether others may be bound to it too
   * @returns its descriptor, which is the caller's to close; undefined when any step failed
   */
  open(family: 4 | 6, name: Uint8Array, bufferSize: number, spread: boolean): number | undefined {
    const fd = this.#socket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd <= 0) {
      // dgram takes no descriptor 0.
      if (fd === 0) this.#close(fd);
      return undefined;
    }
    const whole =
      family === 4
        ? this.#set(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE)
        : this.#set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) && this.#set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
    this.block.set(name, SEND_NAME);
    const shares = !spread || this.#set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    const bound = whole && shares && this.#bind(fd, this.#base + BigInt(SEND_NAME), name.length) === 0;
    if (!bound) {
      this.#close(fd);
      return undefined;
    }
    // The kernel cuts it down to what it allows.
    this.#set(fd, SOL_SOCKET, SO_RCVBUF, bufferSize);
    this.#set(fd, SOL_SOCKET, SO_SNDBUF, bufferSize);
    return fd;
  }

  /** Closes a descriptor that nobody else has taken over. */
  close(fd: number): void {
    this.#close(fd);
  }

  /** Whether the kernel knows UDP segmentation offload for sending. */
  canSegment(fd: number): boolean {
    return this.#set(fd, SOL_UDP, UDP_SEGMENT, 0);
  }

  /** Lets the kernel put arriving datagrams together. False when it cannot. */
  coalesce(fd: number, on: boolean): boolean {
    return this.#set(fd, SOL_UDP, UDP_GRO, on ? 1 : 0);
  }

  /**
   * Sends `bytes[start, start + length)`, as datagrams of `segmentSize` bytes when that is not 0.
   * @param name the destination, as {@link encodeSocketAddress} writes it
   * @returns 0, or the error's number
   * @throws RangeError when that is not all inside of `bytes`
   */
  send(fd: number, bytes: Uint8Array, start: number, length: number, segmentSize: number, name: Uint8Array): number {
    if (!(start >= 0 && length >= 0 && start + length <= bytes.length))
      throw new RangeError("a datagram reaches beyond its memory");
    const { buffer } = bytes;
    if (buffer !== this.#sendBuffer) {
      this.#sendBufferBase = this.#library.address(buffer);
      this.#sendBuffer = buffer;
    }
    const { block } = this;
    const words = this.#words;
    for (let i = 0; i < name.length; i++) block[SEND_NAME + i] = name[i] as number;
    this.#view.setUint32(SEND_HEADER + 8, name.length, true);
    words[SEND_IOVEC / 8] = this.#sendBufferBase + BigInt(bytes.byteOffset + start);
    words[SEND_IOVEC / 8 + 1] = BigInt(length);
    words[SEND_HEADER / 8 + 5] = segmentSize === 0 ? 0n : BigInt(SEGMENT_CONTROL_SPACE);
    this.#view.setUint16(SEND_CONTROL + 16, segmentSize, true);
    if (this.#sendmsg(fd, this.#sendHeader, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return 0;
    return this.#library.errno();
  }

  /**
   * Receives one datagram, or a row of them, into `bytes[start, end)`; the rest of it is in {@link NativeSockets.received}.
   * @returns its length, or the negative number of an error
   * @throws RangeError when that is not all inside of `bytes`
   */
  receive(fd: number, bytes: Uint8Array, start: number, end: number): number {
    if (!(start >= 0 && start <= end && end <= bytes.length)) throw new RangeError("a datagram would reach beyond its memory");
    const { buffer } = bytes;
    if (buffer !== this.#receiveBuffer) {
      this.#receiveBufferBase = this.#library.address(buffer);
      this.#receiveBuffer = buffer;
    }
    const words = this.#words;
    const view = this.#view;
    words[RECEIVE_IOVEC / 8] = this.#receiveBufferBase + BigInt(bytes.byteOffset + start);
    words[RECEIVE_IOVEC / 8 + 1] = BigInt(end - start);
    view.setUint32(RECEIVE_HEADER + 8, SOCKET_ADDRESS_LENGTH, true);
    words[RECEIVE_HEADER / 8 + 5] = BigInt(RECEIVE_CONTROL_LENGTH);
    const length = this.#recvmsg(fd, this.#receiveHeader, MSG_DONTWAIT);
    if (length < 0) return -this.#library.errno();
    this.received.truncated = (view.getUint32(RECEIVE_HEADER + 48, true) & MSG_TRUNC) !== 0;
    this.received.segmentSize = this.#segmentSize();
    return length;
  }

  /** What the kernel says of the cuts, behind the packet. */
  #segmentSize(): number {
    const view = this.#view;
    // It is the only message that is asked for, so it is the first.
    if (view.getUint32(RECEIVE_HEADER + 40, true) < GRO_CONTROL_LENGTH) return 0;
    if (view.getInt32(RECEIVE_CONTROL + 8, true) !== SOL_UDP || view.getInt32(RECEIVE_CONTROL + 12, true) !== UDP_GRO) return 0;
    return Math.max(0, view.getInt32(RECEIVE_CONTROL + 16, true));
  }

  #set(fd: number, level: number, option: number, value: number): boolean {
    this.#view.setInt32(OPTION, value, true);
    return this.#setOption(fd, level, option, this.#base + BigInt(OPTION), 4) === 0;
  }

  #writeHeader(header: number, name: number, iovec: number, control: number): void {
    const view = this.#view;
    view.setBigUint64(header, this.#base + BigInt(name), true);
    view.setBigUint64(header + 16, this.#base + BigInt(iovec), true);
    view.setBigUint64(header + 24, 1n, true);
    view.setBigUint64(header + 32, this.#base + BigInt(control), true);
  }
}

/** Where in the block the address of the last sender stands. */
export const RECEIVED_ADDRESS: number = RECEIVE_NAME;

let sockets: NativeSockets | undefined;
let isSought = false;

/** The one of this thread; undefined where it cannot be had. */
export function nativeSockets(): NativeSockets | undefined {
  if (!isSought) {
    isSought = true;
    const library = nativeLibrary();
    try {
      sockets = library && new NativeSockets(library);
    } catch {
      // A function is missing: this is another system.
    }
  }
  return sockets;
}
