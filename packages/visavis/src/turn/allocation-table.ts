/**
 * The allocations of a TURN server, by what they are found by, and how many each user has. RFC 8656 §3.2, §7.2.
 */
import type { Instant } from "../base/instant.ts";
import type { Route, SocketId } from "../base/route.ts";
import type { Allocation, AllocationTraffic } from "./allocation.ts";
import { Bitrate } from "./bitrate.ts";

/** Allocations of one user, and of all, unless told otherwise. */
const USER_QUOTA = 16;
const TOTAL_QUOTA = 4096;

/** Limits on allocations. */
export interface AllocationLimits {
  /** Allocations of one user; default 16. */
  readonly userQuota?: number;
  /** Allocations of all; default 4096. */
  readonly totalQuota?: number;
  /** Most bits per second of one user's allocations, both ways together; default no limit. */
  readonly userBitrate?: number;
}

interface User {
  /** Allocations, those that are being bound included. */
  allocations: number;
  readonly bitrate: Bitrate | undefined;
}

/** All allocations of a server. */
export class AllocationTable {
  readonly #limits: AllocationLimits;
  readonly #byClient = new Map<Route, Allocation>();
  readonly #byRelay = new Map<SocketId, Allocation>();
  /** Sockets of clients who have one: over streams each has a socket of its own. */
  readonly #clientSockets = new Map<SocketId, number>();
  readonly #relayed = new Set<string>();
  readonly #users = new Map<string, User>();
  #reserved = 0;
  /** What ended allocations have carried. */
  readonly #past: AllocationTraffic = { bytesToPeers: 0, packetsToPeers: 0, bytesToClient: 0, packetsToClient: 0 };

  constructor(limits: AllocationLimits) {
    this.#limits = limits;
  }

  /** The allocations there are. */
  get all(): Iterable<Allocation> {
    return this.#byClient.values();
  }

  get size(): number {
    return this.#byClient.size;
  }

  /** Users who have some. */
  get userCount(): number {
    return this.#users.size;
  }

  /** What all allocations have carried since the beginning. */
  traffic(): AllocationTraffic {
    const sum = { ...this.#past };
    for (const { traffic } of this.#byClient.values()) addTraffic(sum, traffic);
    return sum;
  }

  of(client: Route): Allocation | undefined {
    return this.#byClient.get(client);
  }

  /** The allocation whose relayed address a socket is. */
  relayedBy(socket: SocketId): Allocation | undefined {
    return this.#byRelay.get(socket);
  }

  /** Whether a client at this socket has one. */
  isUsed(socket: SocketId): boolean {
    return this.#clientSockets.has(socket);
  }

  /** Whether this is the relayed address of some allocation. */
  isRelayed(address: string, port: number): boolean {
    return this.#relayed.has(`${port} ${address}`);
  }

  /** Counts one more for a user, before it is there. @returns which quota is used up, if one is */
  reserve(username: string, now: Instant): "user" | "total" | undefined {
    const { userQuota = USER_QUOTA, totalQuota = TOTAL_QUOTA, userBitrate } = this.#limits;
    const user = this.#users.get(username);
    if ((user?.allocations ?? 0) >= userQuota) return "user";
    if (this.#byClient.size + this.#reserved >= totalQuota) return "total";
    this.#reserved++;
    if (user !== undefined) user.allocations++;
    else
      this.#users.set(username, {
        allocations: 1,
        bitrate: userBitrate === undefined ? undefined : new Bitrate(userBitrate, now),
      });
    return undefined;
  }

  /** What was reserved did not come about. */
  giveUp(username: string): void {
    this.#reserved--;
    this.#leave(username);
  }

  #leave(username: string): void {
    const user = this.#users.get(username);
    if (user !== undefined && --user.allocations <= 0) this.#users.delete(username);
  }

  /** The limit of all that a user has. */
  bitrateOf(username: string): Bitrate | undefined {
    return this.#users.get(username)?.bitrate;
  }

  /** Adds one that was reserved. */
  add(allocation: Allocation): void {
    const { client, relayed } = allocation;
    this.#reserved--;
    this.#byClient.set(client, allocation);
    this.#clientSockets.set(client.local, (this.#clientSockets.get(client.local) ?? 0) + 1);
    for (const { socket, address, port } of relayed) {
      this.#byRelay.set(socket, allocation);
      this.#relayed.add(`${port} ${address}`);
    }
  }

  /** Forgets one; false when it is forgotten already. */
  remove(allocation: Allocation): boolean {
    const { client, relayed, username, traffic } = allocation;
    if (this.#byClient.get(client) !== allocation) return false;
    this.#byClient.delete(client);
    const others = (this.#clientSockets.get(client.local) ?? 1) - 1;
    if (others > 0) this.#clientSockets.set(client.local, others);
    else this.#clientSockets.delete(client.local);
    for (const { socket, address, port } of relayed) {
      this.#byRelay.delete(socket);
      this.#relayed.delete(`${port} ${address}`);
    }
    this.#leave(username);
    addTraffic(this.#past, traffic);
    return true;
  }
}

function addTraffic(sum: AllocationTraffic, more: AllocationTraffic): void {
  sum.bytesToPeers += more.bytesToPeers;
  sum.packetsToPeers += more.packetsToPeers;
  sum.bytesToClient += more.bytesToClient;
  sum.packetsToClient += more.packetsToClient;
}
