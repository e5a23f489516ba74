/**
 * One allocation at a TURN server: its relayed addresses, who may send to it, and its channels. RFC 8656 §3.2, §9, §12.
 */
import type { Instant } from "../base/instant.ts";
import type { Route, SocketId } from "../base/route.ts";
import type { TransactionId } from "../stun/message.ts";
import type { Bitrate } from "./bitrate.ts";
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

/** That datagrams of an address go through. */
export interface Permission {
  expiresAt: Instant;
  /** Whether the address is one of the server's own: then not every port of it is a peer. */
  readonly isOwn: boolean;
}

/** A channel of an allocation. */
export interface Channel {
  readonly number: number;
  /** Of the peer's address, as it was when the channel was bound last. */
  permission: Permission;
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
  readonly #permissions = new Map<string, Permission>();
  readonly #byNumber = new Map<number, Channel>();
  readonly #byPeer = new Map<Route, Channel>();
  expiresAt: Instant;
  /** What it may carry, and what all of its user's may, where that is limited. */
  readonly bitrate: Bitrate | undefined;
  readonly userBitrate: Bitrate | undefined;

  constructor(
    client: Route,
    username: string,
    transactionId: TransactionId,
    relayed: readonly RelayedAddress[],
    expiresAt: Instant,
    { bitrate, userBitrate }: { readonly bitrate?: Bitrate | undefined; readonly userBitrate?: Bitrate | undefined } = {},
  ) {
    this.client = client;
    this.username = username;
    this.transactionId = transactionId;
    this.relayed = relayed;
    this.expiresAt = expiresAt;
    this.bitrate = bitrate;
    this.userBitrate = userBitrate;
  }

  /** The relayed address of a family. */
  relayedOf(family: AddressFamily): RelayedAddress | undefined {
    return this.relayed.find((each) => each.family === family);
  }

  /** The permission of an address, while it lasts. */
  permission(address: string, now: Instant): Permission | undefined {
    const permission = this.#permissions.get(address);
    return permission !== undefined && now < permission.expiresAt ? permission : undefined;
  }

  /** Installs or renews a permission; undefined when there are too many. */
  permit(address: string, isOwn: boolean, now: Instant): Permission | undefined {
    const known = this.#permissions.get(address);
    if (known !== undefined) {
      known.expiresAt = now + PERMISSION_LIFETIME;
      return known;
    }
    if (this.#permissions.size >= MAX_PERMISSIONS) {
      for (const [each, { expiresAt }] of this.#permissions) if (now >= expiresAt) this.#permissions.delete(each);
      if (this.#permissions.size >= MAX_PERMISSIONS) return undefined;
    }
    const permission = { expiresAt: now + PERMISSION_LIFETIME, isOwn };
    this.#permissions.set(address, permission);
    return permission;
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
   * @param route to be pinned when this succeeds
   * @returns false when number or peer is bound otherwise (RFC 8656 §12.2), or there are too many
   */
  bind(number: number, route: Route, isOwn: boolean, now: Instant): boolean {
    const known = this.#byNumber.get(number);
    if (known !== this.#byPeer.get(route)) return false;
    if (known === undefined && this.#byNumber.size >= MAX_CHANNELS) return false;
    const permission = this.permit(route.address, isOwn, now);
    if (permission === undefined) return false;
    if (known !== undefined) {
      known.permission = permission;
      known.expiresAt = now + CHANNEL_LIFETIME;
      return true;
    }
    const channel = { number, permission, route, expiresAt: now + CHANNEL_LIFETIME };
    this.#byNumber.set(number, channel);
    this.#byPeer.set(route, channel);
    return true;
  }

  /** Forgets the channels that have rested long enough. @returns their routes, which need not be pinned any more */
  forgetOldChannels(now: Instant): Route[] {
    const forgotten: Route[] = [];
    for (const [number, { route, expiresAt }] of this.#byNumber) {
      if (now < expiresAt + CHANNEL_REST) continue;
      this.#byNumber.delete(number);
      this.#byPeer.delete(route);
      forgotten.push(route);
    }
    return forgotten;
  }
}
