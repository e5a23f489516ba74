/**
 * Forms the pairs of one generation from its bases and the remote candidates: RFC 8445 §6.1.2.2, §7.3.1.3, §7.3.1.4.
 */
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import type { IceCandidate } from "./candidate.ts";
import { CandidatePair } from "./candidate-pair.ts";
import { CheckList } from "./check-list.ts";
import type { Base, LocalCandidate } from "./local-candidates.ts";
import type { AgentOutput } from "./output.ts";
import { type RemoteCandidate, RemoteCandidates } from "./remote-candidates.ts";
import type { RoleResolution } from "./role.ts";
import type { RoutePins } from "./route-pins.ts";

/** What forming pairs needs of the agent. */
export interface PairingContext {
  readonly routes: RouteTable;
  readonly pins: RoutePins;
  readonly role: RoleResolution;
  readonly output: AgentOutput;
  /** Sockets whose addresses this machine has lost. */
  readonly absent: ReadonlySet<SocketId>;
  /** Makes names for statistics. */
  readonly nextId: (prefix: string) => string;
}

/**
 * Same family; IPv6 link-local only with link-local. From loopback only this machine is reached: loopback itself and the
 * addresses that we have bound, where a peer on the same machine may be.
 */
function canPair(base: Base, remote: RemoteCandidate, bases: readonly LocalCandidate[]): boolean {
  if (base.family !== remote.family || !canConnect(base, remote)) return false;
  if (base.family === 6 && (base.scope === "link-local") !== (remote.scope === "link-local")) return false;
  if (base.scope !== "loopback" || remote.scope === "loopback") return true;
  return bases.some(({ candidate, hidden }) => (hidden ?? candidate.address) === remote.address);
}

/** Over TCP a pair is checked by the side that connects; the other one learns of it (RFC 6544 §6.2). */
function canConnect({ tcpType }: Base, { candidate }: RemoteCandidate): boolean {
  if (candidate.protocol === "udp") return tcpType === undefined;
  return tcpType === "active" ? candidate.tcpType === "passive" : tcpType === "so" && candidate.tcpType === "so";
}

/** The bases, remote candidates and pairs of one generation. */
export class Pairing {
  readonly remotes: RemoteCandidates;
  readonly list: CheckList = new CheckList();
  readonly #context: PairingContext;
  #bases: LocalCandidate[];

  /** @param bases sockets that are there already */
  constructor(context: PairingContext, bases: readonly LocalCandidate[]) {
    this.#context = context;
    this.#bases = [...bases];
    this.remotes = new RemoteCandidates(() => context.nextId("I"));
  }

  /** A socket is there: it is paired with every remote candidate. Returns the pairs. */
  addBase(local: LocalCandidate): CandidatePair[] {
    this.#bases.push(local);
    const remotes = [...this.remotes.all].filter((remote) => canPair(local.base, remote, this.#bases));
    return remotes.flatMap((remote) => this.#pair(local, remote, false) ?? []);
  }

  /** Sockets are gone, and their pairs with them. */
  removeBases(sockets: ReadonlySet<SocketId>): void {
    this.#bases = this.#bases.filter(({ base }) => !sockets.has(base.socket));
    for (const pair of this.list.pairs.filter(({ base }) => sockets.has(base.socket))) {
      this.list.remove(pair);
      this.#context.pins.unpin(pair.route);
    }
  }

  /** A signalled candidate at `address`, its own or what its name resolved to. False when nothing new came of it. */
  addSignalled(candidate: IceCandidate, address: string): boolean {
    const remote = this.remotes.signalled(candidate, address);
    if (typeof remote === "string") {
      const { drops } = this.#context.output;
      if (remote === "unusable") drops.count("unusable-candidate");
      else if (remote === "limit") drops.count("candidate-limit");
      return false;
    }
    // Had it been learned from a check, it now has its signalled priority and foundation.
    for (const pair of this.list.pairs)
      if (pair.remoteCandidate === remote) pair.foundation = `${pair.local.foundation} ${candidate.foundation}`;
    this.list.prioritise(this.#context.role.role);
    for (const local of this.#bases) if (canPair(local.base, remote, this.#bases)) this.#pair(local, remote, false);
    return true;
  }

  /** The pair of a route on which the peer proved to be, made when it is new; undefined when there is no room. */
  learn(route: Route, priority: number): CandidatePair | undefined {
    const known = this.list.ofRoute(route);
    if (known !== undefined) return known;
    const local = this.#bases.find(({ base }) => base.socket === route.local);
    if (local === undefined) return undefined;
    const { address, port } = route;
    const protocol = local.base.tcpType === undefined ? "udp" : "tcp";
    const remote = this.remotes.find(address, port, protocol) ?? this.remotes.learned(address, port, priority, protocol);
    if (remote !== undefined) return this.#pair(local, remote, true);
    this.#context.output.drops.count("candidate-limit");
    return undefined;
  }

  /** Forgets a pair whose stream is gone, and which the other side alone could open; it will do so by another one. */
  forget(pair: CandidatePair): void {
    this.list.remove(pair);
    if (pair.remote.type === "prflx") this.remotes.forget(pair.remoteCandidate);
    this.#context.pins.unpin(pair.route);
  }

  /** Lets all routes go. */
  dispose(): void {
    for (const pair of this.list.pairs) this.#context.pins.unpin(pair.route);
  }

  #pair(local: LocalCandidate, remote: RemoteCandidate, insist: boolean): CandidatePair | undefined {
    const { routes, pins, role, output, nextId } = this.#context;
    const { socket, zone, tcpType } = local.base;
    const address = remote.scope === "link-local" && zone !== undefined ? `${remote.address}%${zone}` : remote.address;
    const route = pins.pin(routes.intern(socket, tcpType === undefined ? "udp" : "tcp", address, remote.port));
    const known = this.list.ofRoute(route);
    if (known !== undefined) {
      pins.unpin(route);
      return known;
    }
    const pair = new CandidatePair(nextId("CP"), local, remote, route);
    const removed = this.list.add(pair, role.role, insist);
    if (removed !== undefined) {
      pins.unpin(removed.route);
      output.drops.count("pair-limit");
    }
    if (this.#context.absent.has(socket)) pair.settle("failed");
    return removed === pair ? undefined : pair;
  }
}
