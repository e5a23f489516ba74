/**
 * Scenes for agents on simulated hosts: two agents, signalling between them, and what can be asked of them.
 */
import assert from "node:assert/strict";
import {
  type Host,
  type HostRunner,
  Interface,
  type LinkOptions,
  type NetworkNode,
  Simulation,
  type Subnet,
} from "@visavis/netsim";
import { RouteTable } from "../base/route.ts";
import { answerBindingRequest } from "../stun/binding-server.ts";
import { type IceCandidate, parseCandidate, printCandidate } from "./candidate.ts";
import { IceAgent } from "./ice-agent.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import type { IceEvent, IceRole, IceState } from "./ice-event.ts";

/** An agent on a host. */
export class Peer {
  readonly host: Host;
  readonly agent: IceAgent;
  readonly runner: HostRunner<IceAgent>;
  readonly #sim: Simulation;
  #read = 0;

  constructor(sim: Simulation, host: Host, role: IceRole, options: Partial<IceAgentOptions> = {}) {
    this.#sim = sim;
    this.host = host;
    this.agent = new IceAgent({ random: host.platform.random, routes: new RouteTable(), role, ...options });
    this.runner = host.run(this.agent);
  }

  get events(): readonly IceEvent[] {
    return this.runner.events;
  }

  /** The states it went through. */
  get states(): IceState[] {
    return this.events.flatMap((event) => (event.type === "state" ? [event.state] : []));
  }

  /** Its candidates so far, as they were told. */
  get candidates(): IceCandidate[] {
    return this.events.flatMap((event) => (event.type === "candidate" ? [event.candidate] : []));
  }

  get connected(): boolean {
    return this.agent.state === "connected" || this.agent.state === "completed";
  }

  /** Events that were not read yet. */
  takeNew(): IceEvent[] {
    const fresh = this.runner.events.slice(this.#read);
    this.#read = this.runner.events.length;
    return fresh;
  }

  gather(): void {
    this.agent.gather(this.#sim.now);
  }

  /** Types of the selected pair's candidates. */
  get selectedTypes(): string {
    const pair = this.agent.selectedPair;
    return pair === undefined ? "none" : `${pair.local.type}/${pair.remote.type}`;
  }

  stop(): void {
    this.agent.close(this.#sim.now);
    this.runner.stop();
  }
}

/** How two peers are told about each other. */
export interface Signalling {
  /** Milliseconds that a signal takes. */
  readonly delay: number;
  /** What is passed on; everything by default. */
  readonly pass: (candidate: IceCandidate, from: Peer) => IceCandidate | undefined;
  readonly endOfCandidates: boolean;
}

/** Two peers that tell each other their candidates as they are found. */
export class Scene {
  readonly sim: Simulation;
  readonly a: Peer;
  readonly z: Peer;
  readonly #signalling: Signalling;

  constructor(sim: Simulation, a: Peer, z: Peer, signalling: Partial<Signalling> = {}) {
    this.sim = sim;
    this.a = a;
    this.z = z;
    this.#signalling = { delay: 0, pass: (candidate) => candidate, endOfCandidates: true, ...signalling };
  }

  /** Both gather and know each other's parameters at once. */
  start(): void {
    const { a, z, sim } = this;
    a.gather();
    z.gather();
    a.agent.setRemoteParameters(z.agent.localParameters, sim.now);
    z.agent.setRemoteParameters(a.agent.localParameters, sim.now);
  }

  /** Passes on what is new. */
  signal(): void {
    this.#signalFrom(this.a, this.z);
    this.#signalFrom(this.z, this.a);
  }

  #signalFrom(from: Peer, to: Peer): void {
    const { delay, pass, endOfCandidates } = this.#signalling;
    // Candidates follow the description they belong to.
    const expected = to.agent.remoteParameters?.usernameFragment ?? from.agent.localParameters.usernameFragment;
    if (expected !== from.agent.localParameters.usernameFragment) return;
    const deliver = (act: () => void): void => {
      if (delay === 0) act();
      else this.sim.after(delay, act);
    };
    for (const event of from.takeNew()) {
      if (event.type === "candidate") {
        const passed = pass(event.candidate, from);
        const parsed = passed && parseCandidate(printCandidate(passed));
        if (parsed !== undefined) deliver(() => to.agent.addRemoteCandidate(parsed, this.sim.now));
      } else if (event.type === "gathering-state" && event.state === "complete" && endOfCandidates) {
        deliver(() => to.agent.addEndOfRemoteCandidates(this.sim.now));
      }
    }
  }

  /** Runs until the condition holds, and lets all say what they have to say about it. */
  until(condition: () => boolean, within: number): void {
    const signalled = (): boolean => {
      this.signal();
      return condition();
    };
    this.sim.runUntil(signalled, { within });
    this.sim.runFor(0);
  }

  /** Runs for a time. */
  pass(duration: number): void {
    let over = false;
    this.sim.after(duration, () => {
      over = true;
    });
    this.until(() => over, duration + 1);
  }

  /** Both have a pair, and it is the same path. */
  get paired(): boolean {
    return this.a.connected && this.z.connected;
  }

  /** Data sent by each arrives on a route that the other knows. */
  assertPath(): void {
    const { a, z } = this;
    const [there, back] = [a.agent.sendRoute, z.agent.sendRoute];
    assert.ok(there !== undefined && back !== undefined, "no path");
    assert.ok(a.agent.isKnownRoute(there) && z.agent.isKnownRoute(back));
  }
}

/** Two hosts with these addresses and a link between them, and an agent on each; `a` is controlling. */
export function twoPeers(options: {
  readonly seed?: number | string;
  readonly addresses?: readonly [readonly string[], readonly string[]];
  readonly link?: LinkOptions;
  readonly a?: Partial<IceAgentOptions>;
  readonly z?: Partial<IceAgentOptions>;
  readonly signalling?: Partial<Signalling>;
}): Scene & { readonly link: ReturnType<Simulation["link"]> } {
  const sim = new Simulation({ seed: options.seed ?? 1 });
  const [first, second] = options.addresses ?? [["10.0.0.1"], ["10.0.0.2"]];
  const left = sim.host({ name: "a", addresses: first });
  const right = sim.host({ name: "z", addresses: second });
  const link = sim.link(left, right, { delay: 20, ...options.link });
  const scene = new Scene(
    sim,
    new Peer(sim, left, "controlling", options.a),
    new Peer(sim, right, "controlled", options.z),
    options.signalling,
  );
  return Object.assign(scene, { link });
}

type Datagram = Parameters<NetworkNode["receive"]>[0];

/** A NAT between a subnet and the world: RFC 4787 in a few lines. */
export class Nat implements NetworkNode {
  readonly name: string;
  readonly inside: Interface;
  readonly outside: Interface;
  /** Sockets inside by their port outside, and who may answer. */
  readonly #mappings = new Map<
    number,
    { readonly key: string; readonly address: string; readonly port: number; readonly peers: Set<string> }
  >();
  readonly #symmetric: boolean;
  readonly #openToAll: boolean;
  readonly #address: string;
  #nextPort = 40_000;

  /** @param kind `full-cone` lets everybody answer, `restricted` only those written to, `symmetric` also maps each of them differently */
  constructor(
    name: string,
    inside: Subnet,
    insideAddress: string,
    outside: Subnet,
    address: string,
    kind: "full-cone" | "restricted" | "symmetric",
  ) {
    this.name = name;
    this.inside = new Interface(this, "in", inside, [insideAddress]);
    this.outside = new Interface(this, "out", outside, [address]);
    this.#address = address;
    this.#symmetric = kind === "symmetric";
    this.#openToAll = kind === "full-cone";
    inside.gateway = this.inside;
  }

  receive(datagram: Datagram, via: Interface): void {
    if (via === this.inside) this.#out(datagram);
    else this.#in(datagram);
  }

  #out(datagram: Datagram): void {
    const peer = `${datagram.destination} ${datagram.destinationPort}`;
    const key = `${datagram.source} ${datagram.sourcePort}${this.#symmetric ? ` ${peer}` : ""}`;
    let [port, mapping] = [...this.#mappings].find(([, each]) => each.key === key) ?? [];
    if (port === undefined || mapping === undefined) {
      port = this.#nextPort++;
      mapping = { key, address: datagram.source, port: datagram.sourcePort, peers: new Set() };
      this.#mappings.set(port, mapping);
    }
    mapping.peers.add(peer);
    datagram.source = this.#address;
    datagram.sourcePort = port;
    this.outside.subnet.send(datagram, this.outside);
  }

  #in(datagram: Datagram): void {
    const mapping = this.#mappings.get(datagram.destinationPort);
    if (mapping === undefined) return;
    if (!this.#openToAll && !mapping.peers.has(`${datagram.source} ${datagram.sourcePort}`)) return;
    datagram.destination = mapping.address;
    datagram.destinationPort = mapping.port;
    this.inside.subnet.send(datagram, this.inside);
  }
}

/** A STUN server on a host; counts what it answered. */
export class StunServer {
  answered = 0;

  constructor(host: Host, address: string, port: number = 3478) {
    const socket = host.bind({ address, port }, (datagram, from, fromPort) => {
      const answer = answerBindingRequest(datagram, from, fromPort);
      if (answer === undefined) return;
      this.answered++;
      socket.send(answer, 0, answer.length, from, fromPort);
    });
  }
}
