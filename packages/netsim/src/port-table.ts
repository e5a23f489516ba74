/**
 * Which socket of a host hears what: ports, addresses and shared multicast ports.
 */
import type { Datagram } from "./datagram.ts";
import { SocketError } from "./errors.ts";
import type { Interface } from "./interface.ts";
import type { SeededRandom } from "./random.ts";
import type { Binding, UdpSocket } from "./udp-socket.ts";

/** RFC 6335 §6: the ports that are handed out. */
const FIRST_PORT = 49_152;
const PORTS = 16_384;

/** What has to differ between two sockets. */
type Claim = Pick<Binding, "local" | "family" | "group">;

function collide(a: Claim, b: Claim): boolean {
  if (a.family !== b.family || (a.group !== undefined && b.group !== undefined)) return false;
  // A socket that joined a group is bound to every address of the host.
  if (a.group !== undefined || b.group !== undefined || a.local === undefined || b.local === undefined) return true;
  return a.local.text === b.local.text && a.local.zone === b.local.zone;
}

/** The sockets of one host by port. */
export class PortTable {
  readonly #ports = new Map<number, UdpSocket[]>();
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** How many sockets are open. */
  get size(): number {
    let size = 0;
    for (const sockets of this.#ports.values()) size += sockets.length;
    return size;
  }

  /**
   * The wanted port, or for 0 a free one.
   * @throws SocketError `EADDRINUSE`
   */
  allocate(claim: Claim, wanted: number): number {
    if (wanted !== 0) {
      if (!this.#isFree(claim, wanted)) throw new SocketError("EADDRINUSE", `port ${wanted} is taken`);
      return wanted;
    }
    const first = this.#random.below(PORTS);
    for (let i = 0; i < PORTS; i++) {
      const port = FIRST_PORT + ((first + i) % PORTS);
      if (this.#isFree(claim, port)) return port;
    }
    throw new SocketError("EADDRINUSE", "no port is left");
  }

  add(socket: UdpSocket): void {
    const sockets = this.#ports.get(socket.port);
    if (sockets === undefined) this.#ports.set(socket.port, [socket]);
    else sockets.push(socket);
  }

  remove(socket: UdpSocket): void {
    const left = this.#ports.get(socket.port)?.filter((other) => other !== socket) ?? [];
    if (left.length > 0) this.#ports.set(socket.port, left);
    else this.#ports.delete(socket.port);
  }

  /** Whoever hears a unicast datagram: the socket of that address, else of any address, the newest first. */
  find(datagram: Datagram, via: Interface, family: 4 | 6): UdpSocket | undefined {
    const sockets = this.#ports.get(datagram.destinationPort);
    let any: UdpSocket | undefined;
    for (let i = (sockets?.length ?? 0) - 1; i >= 0; i--) {
      const socket = sockets?.[i] as UdpSocket;
      const { local, group } = socket.binding;
      if (socket.binding.family !== family) continue;
      if (local === undefined || group !== undefined) any ??= socket;
      else if (local.text === datagram.destination && (local.zone === "" || local.zone === via.name)) return socket;
    }
    return any;
  }

  /** All that have joined the group there. */
  inGroup(datagram: Datagram, via: Interface): UdpSocket[] {
    const sockets = this.#ports.get(datagram.destinationPort) ?? [];
    return sockets.filter(
      ({ binding: { group } }) => group !== undefined && group.address === datagram.destination && group.via === via,
    );
  }

  #isFree(claim: Claim, port: number): boolean {
    return !(this.#ports.get(port) ?? []).some((socket) => collide(claim, socket.binding));
  }
}
