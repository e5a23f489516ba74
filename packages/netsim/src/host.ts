/**
 * A host: interfaces, sockets and a platform, on which whole programs run in virtual time.
 */
import type { BindOptions, DatagramListener, NetworkEngine, NetworkInterface, Platform, SocketId } from "visavis/base";
import { type Address, isLinkLocal, isMulticast, isWildcard, parseAddress } from "./address.ts";
import { Counts } from "./counts.ts";
import type { Datagram } from "./datagram.ts";
import { SocketError } from "./errors.ts";
import { createPlatform, type PlatformHost } from "./host-platform.ts";
import { HostRunner } from "./host-runner.ts";
import { HostStreams } from "./host-streams.ts";
import { Interface, type NetworkNode } from "./interface.ts";
import { PortTable } from "./port-table.ts";
import { Subnet } from "./subnet.ts";
import { type Path, type SocketOwner, UdpSocket } from "./udp-socket.ts";
import type { Way, World } from "./world.ts";

/** An interface of a host. */
export interface InterfaceOptions {
  readonly name: string;
  /** IPv4 and IPv6 addresses, without zones. */
  readonly addresses: readonly string[];
  /** Where it is attached; default the subnet that everybody is in. */
  readonly subnet?: Subnet;
  /** What programs are told of it: bytes of an IP packet; default nothing. Only links drop what is larger than theirs. */
  readonly mtu?: number;
}

/** Options of a {@link Host}. */
export interface HostOptions {
  /** Unique in the simulation: the host's chance is derived from it. */
  readonly name: string;
  /** Addresses of an interface `eth0` in the subnet that everybody is in. */
  readonly addresses?: readonly string[];
  readonly interfaces?: readonly InterfaceOptions[];
}

/** A machine with addresses. Every host has a loopback interface `lo`. */
export class Host implements NetworkNode, SocketOwner, PlatformHost {
  readonly name: string;
  /** The clock, the chance and the network of programs on this host. */
  readonly platform: Platform;
  /** Its streams: what programs ask for by `connectStream` and `listenStream`. */
  readonly streams: HostStreams;
  /** Host names that only this host can resolve; they go before those of the simulation. */
  readonly names: Map<string, readonly string[]> = new Map();
  /** Datagrams without a way to their destination. */
  unroutable = 0;
  /** Datagrams that arrived where nobody listens. */
  unheard = 0;
  readonly #world: World;
  readonly #defaultSubnet: Subnet;
  readonly #way: Way;
  readonly #ports: PortTable;
  readonly #interfaces = new Map<string, Interface>();
  readonly #loopback: Interface;

  constructor(world: World, options: HostOptions, defaultSubnet: Subnet) {
    this.#world = world;
    this.name = options.name;
    this.#defaultSubnet = defaultSubnet;
    this.#way = world.addWay(this.name, new Counts());
    const random = world.random.stream(`host ${this.name}`);
    this.#ports = new PortTable(random.stream("ports"));
    this.streams = new HostStreams(world, this, random.stream("streams"));
    this.platform = createPlatform(world, this, random.stream("platform"));
    this.#loopback = new Interface(this, "lo", new Subnet(world, { name: `${this.name} lo` }), ["127.0.0.1", "::1"]);
    this.#interfaces.set("lo", this.#loopback);
    if (options.addresses !== undefined) this.addInterface({ name: "eth0", addresses: options.addresses });
    for (const each of options.interfaces ?? []) this.addInterface(each);
  }

  /** Its interfaces, `lo` first. */
  get interfaces(): readonly Interface[] {
    return [...this.#interfaces.values()];
  }

  /** How many sockets are open. */
  get openSockets(): number {
    return this.#ports.size;
  }

  /** @throws RangeError when there is none of this name */
  interface(name: string): Interface {
    const found = this.#interfaces.get(name);
    if (found === undefined) throw new RangeError(`${this.name} has no interface ${name}`);
    return found;
  }

  /** A new interface appears. @throws RangeError when its name or an address is taken */
  addInterface(options: InterfaceOptions): Interface {
    if (this.#interfaces.has(options.name)) throw new RangeError(`${this.name} has an interface ${options.name} already`);
    const added = new Interface(this, options.name, options.subnet ?? this.#defaultSubnet, options.addresses, options.mtu);
    this.#interfaces.set(options.name, added);
    return added;
  }

  /** An interface vanishes. Sockets bound to its addresses stay, deaf and dumb until an address comes back. */
  removeInterface(name: string): void {
    this.interface(name).detach();
    this.#interfaces.delete(name);
  }

  /** Runs an engine on this host without promises: for `Simulation.runUntil`. */
  run<E extends NetworkEngine<unknown>>(engine: E, name: string = this.name): HostRunner<E> {
    return new HostRunner(this.#world, name, engine, this);
  }

  listInterfaces(): readonly NetworkInterface[] {
    return this.interfaces.flatMap(({ name, addresses, mtu }) =>
      addresses.map((address): NetworkInterface => {
        const linkLocal = isLinkLocal(address);
        const text = linkLocal && address.family === 6 ? `${address.text}%${name}` : address.text;
        return { name, address: text, family: address.family, internal: name === "lo", linkLocal, ...(mtu && { mtu }) };
      }),
    );
  }

  /**
   * Binds a socket at once.
   * @throws SocketError `EINVAL`, `EADDRNOTAVAIL` or `EADDRINUSE`
   */
  bind(options: BindOptions, listener: DatagramListener): UdpSocket {
    const address = parseAddress(options.address);
    if (address === undefined) throw new SocketError("EINVAL", `${options.address} is no address`);
    const local = isWildcard(address) ? undefined : address;
    const via = local === undefined ? undefined : this.#owner(local);
    if (local !== undefined && via === undefined) throw new SocketError("EADDRNOTAVAIL", `${options.address} is not here`);
    let group: { address: string; via: Interface } | undefined;
    if (options.multicast !== undefined) {
      const wanted = parseAddress(options.multicast);
      if (wanted === undefined || !isMulticast(wanted) || wanted.family !== address.family || via === undefined) {
        throw new SocketError("EINVAL", `${options.multicast} cannot be joined on ${options.address}`);
      }
      group = { address: wanted.text, via };
    }
    const claim = { local, family: address.family, group };
    const port = this.#ports.allocate(claim, options.port);
    const id = ++this.#world.sockets as SocketId;
    const socket = new UdpSocket(this, id, { ...claim, address: options.address, port }, listener);
    this.#ports.add(socket);
    group?.via.joinGroup(group.address);
    return socket;
  }

  lookUp(host: string, family: 4 | 6): readonly string[] {
    const literal = parseAddress(host);
    if (literal !== undefined) return literal.family === family ? [host] : [];
    const name = host.toLowerCase();
    const addresses = this.names.get(name) ?? this.#world.names.get(name) ?? (name === "localhost" ? ["127.0.0.1", "::1"] : []);
    return addresses.filter((address) => parseAddress(address)?.family === family);
  }

  receive(datagram: Datagram, via: Interface): void {
    const destination = parseAddress(datagram.destination);
    if (via.attached && destination !== undefined) {
      if (isMulticast(destination)) {
        const listeners = this.#ports.inGroup(datagram, via);
        for (const [i, socket] of listeners.entries()) socket.deliver(i === 0 ? datagram : datagram.clone(), via);
        if (listeners.length > 0) return;
      } else if (via.has(destination.text) && datagram.protocol === "tcp") {
        this.streams.receive(datagram, isLinkLocal(destination) ? via.name : "");
        return;
      } else if (via.has(destination.text)) {
        const socket = this.#ports.find(datagram, via, destination.family);
        if (socket !== undefined) {
          socket.deliver(datagram, via);
          return;
        }
      }
    }
    this.unheard++;
    this.#world.record(this.#way, "unheard", datagram, undefined);
  }

  get topology(): number {
    return this.#world.topology;
  }

  pathFrom(socket: UdpSocket, destination: Address): Path | undefined {
    return this.pathOf(socket.binding.local, destination);
  }

  hasAddress(address: Address): boolean {
    return this.#owner(address) !== undefined;
  }

  pathOf(local: Address | undefined, destination: Address): Path | undefined {
    const own = isMulticast(destination) ? undefined : this.#owner(destination);
    const bound = local === undefined ? undefined : this.#owner(local);
    if (local !== undefined && bound === undefined) return undefined;
    const via = own !== undefined ? this.#loopback : (bound ?? this.#anyWay(destination));
    if (via === undefined || (destination.zone !== "" && own === undefined && destination.zone !== via.name)) return undefined;
    const source =
      local?.text ??
      (own === undefined ? via.addresses.find(({ family }) => family === destination.family)?.text : destination.text);
    if (source === undefined) return undefined;
    const base = { source, destination: destination.text, via };
    if (own !== undefined) return { ...base, sink: own, direction: this.#loopback.subnet.direction(via, via) };
    if (isMulticast(destination)) return { ...base, sink: via, direction: undefined };
    const to = via === this.#loopback ? undefined : via.subnet.find(destination.text);
    if (to === undefined) return undefined;
    return { ...base, sink: to, direction: via.subnet.direction(via, to) };
  }

  lose(datagram: Datagram): void {
    this.unroutable++;
    this.#world.record(this.#way, "no-route", datagram, undefined);
  }

  closed(socket: UdpSocket): void {
    this.#ports.remove(socket);
    const { group } = socket.binding;
    group?.via.leaveGroup(group.address);
  }

  /** The interface that has this address, in this zone when one is named. */
  #owner(address: Address): Interface | undefined {
    for (const each of this.#interfaces.values()) {
      if ((address.zone === "" || address.zone === each.name) && each.has(address.text)) return each;
    }
    return undefined;
  }

  /** For sockets bound to any address: the interface whose subnet knows the destination, else the first of the family. */
  #anyWay(destination: Address): Interface | undefined {
    const candidates = this.interfaces.filter(
      (each) => each !== this.#loopback && each.addresses.some(({ family }) => family === destination.family),
    );
    return candidates.find((each) => each.subnet.find(destination.text) !== undefined) ?? candidates[0];
  }
}
