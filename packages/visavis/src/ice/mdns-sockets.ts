/**
 * The sockets of multicast DNS: one shared socket on port 5353 for each interface and family, because what is said there is said to
 * that port by multicast. RFC 6762 §5.2, §11, §15.
 */
import type { Answer } from "../base/engine.ts";
import { addressScope, parseIpAddress } from "../base/ip-address.ts";
import type { NetworkInterface } from "../base/platform.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { AgentOutput } from "./output.ts";

/** Where all of it goes to and comes from. */
export const MDNS_PORT = 5353;

const IPV4_GROUP = "224.0.0.251";
const IPV6_GROUP = "ff02::fb";

/** Sockets that are asked for. */
const MAX_SOCKETS = 8;

interface Group {
  readonly address: string;
  readonly group: string;
}

/** One group to join for each interface and family; loopback only when there is nothing else. */
function groupsOf(interfaces: readonly NetworkInterface[]): Group[] {
  const groups = new Map<string, Group>();
  const outside = interfaces.filter(({ internal }) => !internal);
  for (const { name, address } of outside.length > 0 ? outside : interfaces) {
    const parsed = parseIpAddress(address);
    if (parsed === undefined || groups.has(`${name} ${parsed.family}`)) continue;
    if (parsed.family === 4) groups.set(`${name} 4`, { address, group: IPV4_GROUP });
    // The zone of the link-local address also says where the group is meant.
    else if (addressScope(parsed.bytes) === "link-local" && parsed.zone !== undefined)
      groups.set(`${name} 6`, { address, group: `${IPV6_GROUP}%${parsed.zone}` });
  }
  return [...groups.values()].slice(0, MAX_SOCKETS);
}

/** The sockets of one use of multicast DNS. */
export class MdnsSockets {
  readonly #routes: RouteTable;
  readonly #output: AgentOutput;
  readonly #binds = new SparseMap<number, Group>();
  /** The route to the group, by socket. */
  readonly #sockets = new SparseMap<SocketId, Route>();
  #interfacesAsk: number | undefined;
  #asked = false;

  constructor(routes: RouteTable, output: AgentOutput) {
    this.#routes = routes;
    this.#output = output;
  }

  /** Whether there are none yet. */
  get isEmpty(): boolean {
    return this.#sockets.size === 0;
  }

  /** The routes to the groups. */
  get groups(): Route[] {
    return [...this.#sockets.values()];
  }

  /** The route to the group of a socket; undefined when the socket is none of these. */
  groupOf(socket: SocketId): Route | undefined {
    return this.#sockets.get(socket);
  }

  /** Asks for sockets, unless that was done. */
  open(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#interfacesAsk = this.#output.ask({ type: "interfaces" });
  }

  /** Lets all sockets go. They can be opened again. */
  close(): void {
    this.#interfacesAsk = undefined;
    this.#binds.clear();
    this.#asked = false;
    for (const socket of this.#sockets.keys()) {
      this.#routes.forget(socket);
      this.#output.asks.push({ type: "unbind", socket });
    }
    this.#sockets.clear();
  }

  /** An answer of the platform. False when it was not asked for here, or the route to the group of a socket that is there now. */
  answer(answer: Answer): boolean | Route {
    if (answer.type === "interfaces") {
      if (answer.id !== this.#interfacesAsk) return false;
      this.#interfacesAsk = undefined;
      for (const group of groupsOf(answer.interfaces)) {
        const [multicast = group.group] = group.group.split("%");
        this.#binds.set(this.#output.ask({ type: "bind", address: group.address, port: MDNS_PORT, multicast }), group);
      }
      return true;
    }
    if (answer.type !== "bound" && answer.type !== "bind-failed") return false;
    const group = this.#binds.get(answer.id);
    if (group === undefined) return false;
    this.#binds.delete(answer.id);
    if (answer.type === "bind-failed") {
      this.#output.drops.count("bind-failed");
      return true;
    }
    const route = this.#routes.intern(answer.socket, "udp", group.group, MDNS_PORT);
    this.#sockets.set(answer.socket, route);
    return route;
  }
}
