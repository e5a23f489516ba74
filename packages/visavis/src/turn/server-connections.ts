/**
 * The connections at a TURN server: over TCP and TLS, each a stream that is cut into messages. RFC 8656 §3.1, §12.5.
 *
 * A connection costs its server more than a datagram, and is had for nothing. So there are so many in all and from one address, a message
 * that was begun must be whole in time, and a connection that comes to no allocation, or has none any more, ends.
 */

import type { Instant } from "../base/instant.ts";
import { addressScope, parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import type { SocketId } from "../base/route.ts";
import { StreamFraming } from "./stream-framing.ts";

/** Connections in all, and from one address, unless told otherwise. */
const MAX_CONNECTIONS = 4096;
const MAX_FROM_ADDRESS = 64;
/** Milliseconds until the first message is whole, and any other that was begun. */
const MESSAGE_TIMEOUT = 10_000;
/** Milliseconds that a connection may be silent while it has no allocation. */
const IDLE_TIMEOUT = 30_000;
/** Bytes of the longest message of somebody who has no allocation: requests are much shorter. */
const MAX_REQUEST = 2048;
/** ChannelData of 65535 bytes. */
const MAX_MESSAGE = 4 + 65_536;

/** What is allowed. */
export interface ConnectionLimits {
  /** Connections at a time; default 4096. */
  readonly maxConnections?: number;
  /** Connections at a time from one IPv4 address or one IPv6 network of 64 bits; default 64. */
  readonly maxConnectionsFromAddress?: number;
}

/** A connection. */
export interface Connection {
  readonly socket: SocketId;
  /** Whom it counts for. */
  readonly origin: string;
  readonly framing: StreamFraming;
  /** Since when a message is waited for that was begun, or the first one; undefined while there is none. */
  messageSince: Instant | undefined;
  heardAt: Instant;
}

/** Who an address stands for: whoever has an IPv6 address has the 64 bits behind it. */
function originOf(address: string): string {
  const parsed = parseIpAddress(address);
  if (parsed?.family !== 6 || addressScope(parsed.bytes) === "link-local") return address;
  return printIpAddress(parsed.bytes.map((byte, index) => (index < 8 ? byte : 0)));
}

/** All connections of a server. */
export class ServerConnections {
  readonly #limits: ConnectionLimits;
  readonly #connections = new Map<SocketId, Connection>();
  readonly #fromOrigin = new Map<string, number>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** The sockets of all. */
  get sockets(): Iterable<SocketId> {
    return this.#connections.keys();
  }

  get(socket: SocketId): Connection | undefined {
    return this.#connections.get(socket);
  }

  /** Takes a connection that came in; false when there are too many. */
  accept(socket: SocketId, address: string, now: Instant): boolean {
    const origin = originOf(address);
    const others = this.#fromOrigin.get(origin) ?? 0;
    const { maxConnections = MAX_CONNECTIONS, maxConnectionsFromAddress = MAX_FROM_ADDRESS } = this.#limits;
    if (this.#connections.size >= maxConnections || others >= maxConnectionsFromAddress) return false;
    const framing = new StreamFraming(true);
    framing.maxMessage = MAX_REQUEST;
    this.#fromOrigin.set(origin, others + 1);
    this.#connections.set(socket, { socket, origin, framing, messageSince: now, heardAt: now });
    return true;
  }

  /** Forgets a connection; false when it is unknown. */
  remove(socket: SocketId): boolean {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return false;
    this.#connections.delete(socket);
    const left = (this.#fromOrigin.get(connection.origin) ?? 1) - 1;
    if (left > 0) this.#fromOrigin.set(connection.origin, left);
    else this.#fromOrigin.delete(connection.origin);
    return true;
  }

  /** Its owner has an allocation now: he may send long messages. */
  trust(socket: SocketId): void {
    const connection = this.#connections.get(socket);
    if (connection !== undefined) connection.framing.maxMessage = MAX_MESSAGE;
  }

  /** To be called when all whole messages of a piece were taken. @param isWhole whether there was one */
  settle(connection: Connection, isWhole: boolean, now: Instant): void {
    connection.heardAt = now;
    if (connection.framing.waiting === 0) connection.messageSince = isWhole ? undefined : connection.messageSince;
    else if (isWhole) connection.messageSince = now;
    else connection.messageSince ??= now;
  }

  /** Those whose time is over. @param isNeeded whether there is an allocation on it */
  overdue(now: Instant, isNeeded: (socket: SocketId) => boolean): SocketId[] {
    const overdue: SocketId[] = [];
    for (const { socket, messageSince, heardAt } of this.#connections.values()) {
      const isSlow = messageSince !== undefined && now - messageSince >= MESSAGE_TIMEOUT;
      if (isSlow || (now - heardAt >= IDLE_TIMEOUT && !isNeeded(socket))) overdue.push(socket);
    }
    return overdue;
  }
}
