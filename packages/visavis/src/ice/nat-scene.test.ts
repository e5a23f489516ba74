/**
 * Scenes behind NATs: two homes on opposite sides of an internet with a server in it that answers STUN and TURN.
 */
import {
  type Host,
  type HostRunner,
  type Nat,
  type NatBehaviour,
  type NatOptions,
  Simulation,
  type Subnet,
} from "@visavis/netsim";
import { RelayPolicy } from "../turn/relay-policy.ts";
import { namedUsers } from "../turn/server-authentication.ts";
import { TurnServer } from "../turn/turn-server.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import { Peer, Scene, type Signalling } from "./ice-scene.test.ts";

/** A way of mapping or filtering, and a fourth: none at all. */
export type Behaviour = NatBehaviour | "none";

/** RFC 4787 §4.1 and §5 have three ways each; the fourth is their absence. */
export const BEHAVIOURS: readonly Behaviour[] = [
  "none",
  "endpoint-independent",
  "address-dependent",
  "address-and-port-dependent",
];

/** What stands between a host and the internet. */
export interface Edge {
  readonly mapping: Behaviour;
  readonly filtering: Behaviour;
}

/** All of them: mapping by mapping, and in each filter by filter. */
export const EDGES: readonly Edge[] = BEHAVIOURS.flatMap((mapping) => BEHAVIOURS.map((filtering) => ({ mapping, filtering })));

/** Milliseconds from any edge of the internet to any other. */
export const ONE_WAY = 25;

/** The server's address. */
export const SERVER = "198.51.100.1";

/** Only its STUN half. */
export const STUN: Partial<IceAgentOptions> = { servers: [{ urls: [`stun:${SERVER}`] }] };
/** All of it. */
export const TURN: Partial<IceAgentOptions> = {
  servers: [{ urls: [`stun:${SERVER}`, `turn:${SERVER}`], username: "alice", credential: "secret" }],
};

/** An internet with a server and homes. */
export class Internet {
  readonly sim: Simulation;
  readonly subnet: Subnet;
  readonly server: HostRunner<TurnServer>;

  constructor(seed: number | string = 1, loss: number = 0) {
    this.sim = new Simulation({ seed });
    this.subnet = this.sim.subnet({ name: "internet", link: { delay: ONE_WAY, loss } });
    const host = this.host("server", [SERVER]);
    const { random, clock } = host.platform;
    const users = namedUsers(new Map([["alice", "secret"]]));
    const listen = [{ address: SERVER, port: 3478 }];
    const relay = [{ family: 4 as const, address: SERVER }];
    const options = { random, realm: "visavis.test", users, listen, relay, policy: new RelayPolicy() };
    this.server = host.run(new TurnServer(options, 0, clock.wallTime()));
  }

  /** A host in the internet itself. */
  host(name: string, addresses: readonly string[]): Host {
    return this.sim.host({ name, interfaces: [{ name: "eth0", addresses, subnet: this.subnet }] });
  }

  /** A subnet behind a NAT, with one host in it. */
  home(name: string, number: number, edge: Edge, options: Partial<NatOptions> = {}): { host: Host; nat: Nat; inside: Subnet } {
    const inside = this.sim.subnet({ name: `home ${name}` });
    const outside = `203.0.113.${number}`;
    const address = edge.mapping === "none" ? outside : `192.168.${number}.2`;
    const nat = this.sim.nat({
      name: `nat ${name}`,
      inside,
      insideAddresses: [`192.168.${number}.1`],
      outside: this.subnet,
      outsideAddresses: [outside],
      exposedHost: address,
      ...edge,
      ...options,
    });
    const host = this.sim.host({ name, interfaces: [{ name: "eth0", addresses: [address], subnet: inside }] });
    return { host, nat, inside };
  }
}

/** What a scene between two homes may choose. */
export interface HomesOptions {
  readonly agents?: Partial<IceAgentOptions>;
  readonly nats?: Partial<NatOptions>;
  readonly seed?: number | string;
  /** The share of datagrams that is lost between any two edges. */
  readonly loss?: number;
  readonly signalling?: Partial<Signalling>;
}

/** Two homes, and an agent in each; that of the first is controlling. */
export function twoHomes(
  first: Edge,
  second: Edge,
  options: HomesOptions = {},
): Scene & { internet: Internet; nats: readonly [Nat, Nat] } {
  const internet = new Internet(options.seed, options.loss);
  const [left, right] = [internet.home("a", 7, first, options.nats), internet.home("z", 9, second, options.nats)];
  const agents = options.agents ?? STUN;
  const a = new Peer(internet.sim, left.host, "controlling", agents);
  const z = new Peer(internet.sim, right.host, "controlled", agents);
  return Object.assign(new Scene(internet.sim, a, z, options.signalling), { internet, nats: [left.nat, right.nat] as const });
}
