/**
 * One allocation at a TURN server: its relayed addresses, who may send to it, and its channels. RFC 8656 §3.2, §9, §12.
 */
import type { Instant } from "../base/instant.ts";
import type { Route, SocketId } from "../base/route.ts";
import type { TransactionId } from "../stun/message.ts";
import type { AddressFamily } from "./turn-attribute.ts";

/** Addresses with a permission, for each allocation. */
export const MAX_PERMISSIONS = 128;
/** Channels, for each allocation. */
export const MAX_CHANNELS = 128;
/** Milliseconds: RFC 8656 §9, §12. */
const PERMISSION_LIFETIME = 300_000;
const CHANNEL_LIFETIME = 600_000;
/** A channel number stays away from other peers for so long after its end: RFC 8656 §12. */
const CHANNEL_REST = 300_000;

/** A socket that peers see. */
export interface RelayedAddress {
  readonly socket: SocketId;
  readonly family: AddressFamily;
  readonly address: string;
  readonly port: number;
}

/** A channel of an allocation. */
export interface Channel {
  readonly number: number;
  /** From the relayed address to the peer; pinned. */
  readonly route: Route;
  expiresAt: Instant;
}

/** What an allocation has carried. */
export interface AllocationTraffic {
  bytesToPeers: number;
  packetsToPeers: number;
  bytesToClient: number;
  packetsToClient: number;
}

/** One allocation. */
export class Allocation {
  /** The client's five-tuple. */
  readonly client: Route;
  readonly username: string;
  /** The request that made it: sent again it is answered again. */
  readonly transactionId: TransactionId;
  readonly relayed: readonly RelayedAddress[];
  readonly traffic: AllocationTraffic = { bytesToPeers: 0, packetsToPeers: 0, bytesToClient: 0, packetsToClient: 0 };
  readonly #permissions = new Map<string, Instant>();
  readonly #byNumber = new Map<number, Channel>();
  readonly #byPeer = new Map<Route, Channel>();
  expiresAt: Instant;
  /** Bits that may still go, and since when they are counted: RFC 8656 leaves limits to the server. */
  budget: number = 0;
  budgetAt: Instant = 0;

  constructor(
    client: Route,
    username: string,
    transactionId: TransactionId,
    relayed: readonly RelayedAddress[],
    expiresAt: Instant,
  ) {
    this.client = client;
    this.username = username;
    this.transactionId = transactionId;
    this.relayed = relayed;
    this.expiresAt = expiresAt;
  }

  /** The relayed address of a family. */
  relayedOf(family: AddressFamily): RelayedAddress | undefined {
    return this.relayed.find((each) => each.family === family);
  }

  /** Whether datagrams of this address go through. */
  permits(address: string, now: Instant): boolean {
    const until = this.#permissions.get(address);
    return until !== undefined && now < until;
  }

  /** Installs or renews a permission; false when there are too many. */
  permit(address: string, now: Instant): boolean {
    if (!this.#permissions.has(address) && this.#permissions.size >= MAX_PERMISSIONS) {
      for (const [each, until] of this.#permissions) if (now >= until) this.#permissions.delete(each);
      if (this.#permissions.size >= MAX_PERMISSIONS) return false;
    }
    this.#permissions.set(address, now + PERMISSION_LIFETIME);
    return true;
  }

  /** The channel with this number, while it lasts. */
  channel(number: number, now: Instant): Channel | undefined {
    const channel = this.#byNumber.get(number);
    return channel !== undefined && now < channel.expiresAt ? channel : undefined;
  }

  /** The channel bound to the peer at the end of this route, while it lasts. */
  channelOf(route: Route, now: Instant): Channel | undefined {
    const channel = this.#byPeer.get(route);
    return channel !== undefined && now < channel.expiresAt ? channel : undefined;
  }

  /**
   * Binds a channel, or renews it.
   * @param route pinned, as long as the allocation lives
   * @returns false when number or peer is bound otherwise (RFC 8656 §12.2), or there are too many
   */
  bind(number: number, route: Route, now: Instant): boolean {
    this.#forgetOld(now);
    const known = this.#byNumber.get(number);
    if (known !== this.#byPeer.get(route)) return false;
    if (known !== undefined) known.expiresAt = now + CHANNEL_LIFETIME;
    else {
      if (this.#byNumber.size >= MAX_CHANNELS) return false;
      const channel = { number, route, expiresAt: now + CHANNEL_LIFETIME };
      this.#byNumber.set(number, channel);
      this.#byPeer.set(route, channel);
    }
    return this.permit(route.address, now);
  }

  #forgetOld(now: Instant): void {
    for (const [number, { route, expiresAt }] of this.#byNumber) {
      if (now < expiresAt + CHANNEL_REST) continue;
      this.#byNumber.delete(number);
      this.#byPeer.delete(route);
    }
  }
}
