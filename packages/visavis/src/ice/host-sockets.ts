/**
 * The sockets of an agent: one for each address of this machine that is used, in the range of ports that is allowed.
 * RFC 8445 §5.1.1.1. They are kept from one gathering to the next.
 */
import type { Answer } from "../base/engine.ts";
import { parseIpAddress } from "../base/ip-address.ts";
import type { NetworkInterface } from "../base/platform.ts";
import { type Random, randomBelow } from "../base/random.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import { chooseHostAddresses, type HostAddress } from "./host-addresses.ts";
import type { IceNetworkOptions } from "./ice-network-options.ts";
import type { AgentOutput } from "./output.ts";
import { type PathBound, pathBound } from "./path-bound.ts";

/** Ports of a range that are tried for one address. */
const MAX_TRIES = 128;

/** What the sockets need of the agent. */
export interface HostSocketsContext {
  readonly random: Random;
  readonly routes: RouteTable;
  readonly output: AgentOutput;
  readonly network: IceNetworkOptions;
}

/** A bound socket. */
export interface HostSocket {
  readonly id: SocketId;
  /** What it was bound to, zone included. */
  readonly address: string;
  readonly port: number;
}

interface Bind {
  readonly host: HostAddress;
  readonly port: number;
  readonly tries: number;
}

/** What became of a wish for a socket: there is none when every port was taken. */
export interface Bound {
  readonly host: HostAddress;
  readonly socket: HostSocket | undefined;
}

/** The sockets of one agent. */
export class HostSockets {
  readonly #context: HostSocketsContext;
  readonly #sockets = new Map<SocketId, HostSocket>();
  readonly #binds = new SparseMap<number, Bind>();
  #interfaces: readonly NetworkInterface[] = [];

  constructor(context: HostSocketsContext) {
    this.#context = context;
  }

  /** Whether a socket is one of these. */
  owns(socket: SocketId): boolean {
    return this.#sockets.has(socket);
  }

  /** Whether the platform still owes one. */
  get pending(): boolean {
    return this.#binds.size > 0;
  }

  /** What is known of the way to this address from a socket. */
  pathBound({ local, address }: Route): PathBound {
    return pathBound(this.#interfaces, this.#sockets.get(local)?.address ?? "", address);
  }

  /** Takes note of the interfaces; the addresses to use. */
  choose(interfaces: readonly NetworkInterface[], includeLoopback: boolean): HostAddress[] {
    this.#interfaces = interfaces;
    const { interfaceFilter, addressFamilies } = this.#context.network;
    const allowed = interfaces.filter(
      (each) => (addressFamilies?.includes(each.family) ?? true) && (interfaceFilter?.(each) ?? true),
    );
    return chooseHostAddresses(allowed, includeLoopback);
  }

  /** Whether this machine has the address, as far as it was told last. */
  has(address: string): boolean {
    return this.#interfaces.some((each) => each.address === address);
  }

  /** The socket of an address. When there is none it is asked for. */
  open(host: HostAddress): HostSocket | undefined {
    for (const socket of this.#sockets.values()) if (socket.address === host.address) return socket;
    for (const bind of this.#binds.values()) if (bind.host.address === host.address) return undefined;
    const { first, last } = this.#range;
    const port = first === last ? first : first + randomBelow(this.#context.random, last - first + 1);
    this.#ask({ host, port, tries: 1 });
    return undefined;
  }

  /** An answer of the platform. Undefined when it was not asked for here, or when another port is tried. */
  answer(answer: Answer): Bound | "again" | undefined {
    if (answer.type !== "bound" && answer.type !== "bind-failed") return undefined;
    const bind = this.#binds.get(answer.id);
    if (bind === undefined) return undefined;
    this.#binds.delete(answer.id);
    const { host, port, tries } = bind;
    if (answer.type === "bound") {
      const socket = { id: answer.socket, address: host.address, port: answer.port };
      this.#sockets.set(socket.id, socket);
      return { host, socket };
    }
    const { first, last } = this.#range;
    if (port !== 0 && tries < Math.min(last - first + 1, MAX_TRIES)) {
      this.#ask({ host, port: port === last ? first : port + 1, tries: tries + 1 });
      return "again";
    }
    this.#context.output.drops.count("bind-failed");
    return { host, socket: undefined };
  }

  /** What was asked for is not waited for any more. A socket that comes late is given back by the agent. */
  forgetAsks(): void {
    this.#binds.clear();
  }

  /** Lets all sockets go but these; tells which. */
  releaseAllBut(kept: ReadonlySet<SocketId>): SocketId[] {
    const released = [...this.#sockets.keys()].filter((id) => !kept.has(id));
    for (const id of released) this.release(id);
    return released;
  }

  /** Lets a socket go. */
  release(id: SocketId): void {
    if (!this.#sockets.delete(id)) return;
    this.#context.routes.forget(id);
    this.#context.output.asks.push({ type: "unbind", socket: id });
  }

  get #range(): { readonly first: number; readonly last: number } {
    return this.#context.network.portRange ?? { first: 0, last: 0 };
  }

  #ask(bind: Bind): void {
    const { host, port } = bind;
    this.#binds.set(this.#context.output.ask({ type: "bind", address: host.address, port }), bind);
  }
}

/** What an address of this machine is from outside, where that was set up. */
export function externalAddress({ nat1To1 = [] }: IceNetworkOptions, address: string): string | undefined {
  const family = parseIpAddress(address)?.family;
  const sameFamily = nat1To1.filter(({ external }) => parseIpAddress(external)?.family === family);
  const mapping = sameFamily.find(({ local }) => local === address) ?? sameFamily.find(({ local }) => local === undefined);
  return mapping?.external;
}
