/**
 * The remote candidates of one generation, those signalled and those learned from checks: RFC 8445 §5.3, §7.3.1.3.
 */
import { type AddressScope, addressScope, parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import type { IceCandidate } from "./candidate.ts";

/** Signalled candidates that are kept. */
export const MAX_SIGNALLED_CANDIDATES = 64;

/** Peer-reflexive candidates that are kept. */
export const MAX_PEER_REFLEXIVE_CANDIDATES = 32;

/** A place checks are sent to. */
export interface RemoteCandidate {
  /** Names it in statistics. */
  readonly id: string;
  /** As signalled: the address may be a name. Replaced when a peer-reflexive candidate is signalled after all. */
  candidate: IceCandidate;
  /** Canonical, without a zone. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  readonly scope: AddressScope;
}

/** Whether datagrams could ever go there. */
function isUsable(scope: AddressScope, port: number): boolean {
  // Port 9, discard, stands for "none": RFC 8839 and RFC 6544 use it as a filler.
  return port !== 0 && port !== 9 && (scope === "other" || scope === "link-local" || scope === "loopback");
}

/** The remote candidates of a generation. */
export class RemoteCandidates {
  readonly #byAddress = new Map<string, RemoteCandidate>();
  readonly #nextId: () => string;
  #signalled = 0;
  #peerReflexive = 0;

  /** @param nextId makes names for statistics */
  constructor(nextId: () => string) {
    this.#nextId = nextId;
  }

  /** All of them, in the order they came. */
  get all(): IterableIterator<RemoteCandidate> {
    return this.#byAddress.values();
  }

  /** How many there are. */
  get size(): number {
    return this.#byAddress.size;
  }

  /** The candidate at an address, zone or not. */
  find(address: string, port: number, protocol: "udp" | "tcp"): RemoteCandidate | undefined {
    const percent = address.indexOf("%");
    return this.#byAddress.get(`${protocol} ${port} ${percent < 0 ? address : address.slice(0, percent)}`);
  }

  /** Forgets one that was learned from a stream which is gone: it never comes back by that port. */
  forget(remote: RemoteCandidate): void {
    if (this.#byAddress.delete(`${remote.candidate.protocol} ${remote.port} ${remote.address}`)) this.#peerReflexive--;
  }

  /**
   * Adds a candidate as signalled, at `address`, which is its own or what its name resolved to. A second mention of one
   * address is redundant (RFC 8445 §5.1.3); one that was only learned from checks takes the signalled properties.
   */
  signalled(candidate: IceCandidate, address: string): RemoteCandidate | "unusable" | "redundant" | "limit" {
    const parsed = parseIpAddress(address);
    if (parsed === undefined || !isUsable(addressScope(parsed.bytes), candidate.port)) return "unusable";
    const canonical = printIpAddress(parsed.bytes);
    const known = this.find(canonical, candidate.port, candidate.protocol);
    if (known !== undefined && known.candidate.type !== "prflx") return "redundant";
    if (this.#signalled >= MAX_SIGNALLED_CANDIDATES) return "limit";
    this.#signalled++;
    if (known !== undefined) {
      this.#peerReflexive--;
      known.candidate = candidate;
      return known;
    }
    return this.#add(candidate, canonical);
  }

  /** Adds a candidate learned from a check; undefined when there are too many. */
  learned(address: string, port: number, priority: number, protocol: "udp" | "tcp"): RemoteCandidate | undefined {
    const parsed = parseIpAddress(address);
    if (parsed === undefined || this.#peerReflexive >= MAX_PEER_REFLEXIVE_CANDIDATES) return undefined;
    this.#peerReflexive++;
    const canonical = printIpAddress(parsed.bytes);
    // An arbitrary foundation, different from all others (§7.3.1.3).
    const foundation = `prflx${this.#nextId()}`;
    const place = { address: canonical, port, type: "prflx" } as const;
    const how = protocol === "udp" ? { protocol } : ({ protocol, tcpType: "active" } as const);
    return this.#add({ foundation, component: 1, priority, ...how, ...place }, canonical);
  }

  #add(candidate: IceCandidate, address: string): RemoteCandidate {
    const bytes = parseIpAddress(address)?.bytes ?? new Uint8Array(4);
    const remote: RemoteCandidate = {
      id: this.#nextId(),
      candidate,
      address,
      port: candidate.port,
      family: bytes.length === 4 ? 4 : 6,
      scope: addressScope(bytes),
    };
    this.#byAddress.set(`${candidate.protocol} ${remote.port} ${address}`, remote);
    return remote;
  }
}
