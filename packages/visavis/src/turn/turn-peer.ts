/**
 * What a client knows of those it talks to through its relay: permissions by address, channels by address and port.
 * RFC 8656 §9, §12.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { FIRST_CHANNEL, LAST_CHANNEL } from "./turn-attribute.ts";

/** Peers of one allocation; more are not kept. */
export const MAX_PEERS = 256;

/** Datagrams that wait for the permission of their address. */
const MAX_HELD = 8;

/** A datagram for a peer that the server does not let through yet. */
export interface HeldDatagram {
  readonly bytes: Uint8Array;
  readonly peer: TurnPeer;
}

/** Whether the server relays from and to an address. */
export class Permission {
  readonly address: string;
  state: "asked" | "granted" | "refused" = "asked";
  /** When it has to be asked for again. */
  refreshAt: Instant = NEVER;
  /** The datagrams that wait, the oldest first. */
  readonly held: HeldDatagram[] = [];

  constructor(address: string) {
    this.address = address;
  }

  /** Keeps a datagram until the permission is there; false when too many wait. */
  hold(datagram: HeldDatagram): boolean {
    if (this.held.length >= MAX_HELD) return false;
    this.held.push(datagram);
    return true;
  }
}

/** Someone on the other side of the relay. */
export class TurnPeer {
  readonly address: string;
  readonly port: number;
  readonly permission: Permission;
  /** Bound, or asked for; 0 while there is none. A number is never used for another peer. */
  channel: number = 0;
  channelState: "none" | "asked" | "bound" | "refused" = "none";
  /** When the channel has to be bound again. */
  rebindAt: Instant = NEVER;

  constructor(address: string, port: number, permission: Permission) {
    this.address = address;
    this.port = port;
    this.permission = permission;
  }
}

/** The peers of one allocation. */
export class TurnPeers {
  readonly #peers = new Map<string, TurnPeer>();
  readonly #permissions = new Map<string, Permission>();
  readonly #byChannel = new Map<number, TurnPeer>();
  #nextChannel = FIRST_CHANNEL;

  get all(): Iterable<TurnPeer> {
    return this.#peers.values();
  }

  get permissions(): Iterable<Permission> {
    return this.#permissions.values();
  }

  /** The permission of an address; undefined when it was not asked for. */
  permission(address: string): Permission | undefined {
    return this.#permissions.get(address);
  }

  /** The one with this address and port, if it is known. */
  find(address: string, port: number): TurnPeer | undefined {
    return this.#peers.get(`${port} ${address}`);
  }

  /** The one that a bound channel stands for. */
  ofChannel(channel: number): TurnPeer | undefined {
    return this.#byChannel.get(channel);
  }

  /**
   * The one with this address and port, new or known; undefined when there are too many.
   * @param onPermission called with a permission that has to be asked for
   */
  add(address: string, port: number, onPermission: (permission: Permission) => void): TurnPeer | undefined {
    const known = this.find(address, port);
    if (known !== undefined) return known;
    if (this.#peers.size >= MAX_PEERS) return undefined;
    let permission = this.#permissions.get(address);
    if (permission === undefined) {
      permission = new Permission(address);
      this.#permissions.set(address, permission);
      onPermission(permission);
    }
    const peer = new TurnPeer(address, port, permission);
    this.#peers.set(`${port} ${address}`, peer);
    return peer;
  }

  /** Gives a peer a channel number of its own; false when all were given. */
  assignChannel(peer: TurnPeer): boolean {
    if (this.#nextChannel > LAST_CHANNEL) return false;
    peer.channel = this.#nextChannel++;
    this.#byChannel.set(peer.channel, peer);
    return true;
  }
}
