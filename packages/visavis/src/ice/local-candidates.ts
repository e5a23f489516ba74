/**
 * The local candidates of one generation and the bases they are sent from: RFC 8445 §5.1.1, §5.1.3.
 */
import type { AddressScope } from "../base/ip-address.ts";
import type { SocketId } from "../base/route.ts";
import type { IceCandidate } from "./candidate.ts";

/** More local candidates than this are not kept; the peer could make us learn ever new ones. */
export const MAX_LOCAL_CANDIDATES = 64;

/** What checks are sent from: a bound socket, or a relay or a host candidate over TCP, with a socket id of their own. */
export interface Base {
  readonly socket: SocketId;
  /** As bound, zone included. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  readonly scope: AddressScope;
  /** Zone of a link-local address: remote addresses need it too. */
  readonly zone: string | undefined;
  readonly localPreference: number;
  /** Of bases over TCP. */
  readonly tcpType?: "active" | "passive" | "so";
}

/** A local candidate and its base. */
export interface LocalCandidate {
  /** Names it in statistics. */
  readonly id: string;
  readonly candidate: IceCandidate;
  readonly base: Base;
  /** The address that the candidate has only a name for. */
  readonly hidden?: string;
}

/** Whether a candidate is at a transport address, whatever it shows. */
export function isAt({ candidate, hidden }: LocalCandidate, address: string, port: number): boolean {
  return candidate.port === port && (hidden ?? candidate.address) === address;
}

/** The local candidates of a generation. */
export class LocalCandidates {
  #candidates: LocalCandidate[] = [];

  /** All of them, in the order they were found. */
  get all(): readonly LocalCandidate[] {
    return this.#candidates;
  }

  /** The candidate with this transport address and base. */
  find(base: Base, address: string, port: number): LocalCandidate | undefined {
    return this.#candidates.find((local) => local.base === base && isAt(local, address, port));
  }

  /** Whether a candidate shows this transport address. */
  shows(base: Base, address: string, port: number): boolean {
    return this.#candidates.some((local) => local.base === base && local.hidden === undefined && isAt(local, address, port));
  }

  /** The candidates that stand for their base itself. */
  get bases(): readonly LocalCandidate[] {
    return this.#candidates.filter(({ candidate }) => candidate.type === "host" || candidate.type === "relay");
  }

  /** The candidate that stands for this base. */
  ofBase(base: Base): LocalCandidate | undefined {
    return this.bases.find((local) => local.base === base);
  }

  /** Adds one; false when there are too many. */
  add(local: LocalCandidate): boolean {
    if (this.#candidates.length >= MAX_LOCAL_CANDIDATES) return false;
    this.#candidates.push(local);
    return true;
  }

  /** Takes out those of sockets that are gone. */
  remove(sockets: ReadonlySet<SocketId>): void {
    this.#candidates = this.#candidates.filter(({ base }) => !sockets.has(base.socket));
  }
}
