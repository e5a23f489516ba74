/**
 * Finds the local candidates: a socket for each address of this machine, and what STUN servers see of them.
 * RFC 8445 §5.1.1, RFC 8838 §5 (candidates are told as they are found).
 *
 * Everything is bounded in time: whatever a server or the platform does, gathering completes.
 */
import type { Answer } from "../base/engine.ts";
import { unreachable } from "../base/errors.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { addressScope, parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import type { NetworkInterface } from "../base/platform.ts";
import type { Random } from "../base/random.ts";
import { Ring } from "../base/ring.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import type { BindingOutcome } from "../stun/binding-client.ts";
import type { StunMessage } from "../stun/message.ts";
import type { IceCandidate } from "./candidate.ts";
import { chooseHostAddresses, type HostAddress, MAX_HOST_ADDRESSES } from "./host-addresses.ts";
import type { IceGatheringState } from "./ice-event.ts";
import { parseIceServerUrl } from "./ice-server-url.ts";
import type { Base, LocalCandidate, LocalCandidates } from "./local-candidates.ts";
import type { AgentOutput } from "./output.ts";
import { Pacer } from "./pacer.ts";
import { candidateFoundation, candidatePriority } from "./priorities.ts";
import { ServerReflexiveProbe } from "./server-reflexive.ts";

/** A STUN or TURN server, as RTCIceServer describes it. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Milliseconds after which gathering is complete, whatever is still missing. */
const GATHERING_DURATION = 10_000;

/** Milliseconds that name servers are waited for. */
const RESOLVE_DURATION = 5000;

/** Server URLs that are used; more would only delay. */
const MAX_SERVERS = 16;

/** The code of RTCPeerConnectionIceErrorEvent for a server that cannot be reached. */
const SERVER_UNREACHABLE = 701;

/** What a gathering run is made with. */
export interface GatheringOptions {
  readonly servers: readonly IceServer[];
  readonly transportPolicy: "all" | "relay";
  readonly includeLoopback: boolean;
  /** Of the generation the candidates belong to. */
  readonly usernameFragment: string;
  /** Where they are put. */
  readonly candidates: LocalCandidates;
}

/** Probes of one run; more would only delay. */
const MAX_PROBES = 48;

/** A server whose addresses are known or being asked for. */
interface Server {
  readonly url: string;
  readonly index: number;
  readonly port: number;
  /** Open asks, by id. */
  readonly resolving: Set<number>;
  /** The first address of each family, canonical. */
  readonly addresses: Map<4 | 6, string>;
}

/** One generation's gathering. */
interface Run {
  readonly options: GatheringOptions;
  readonly servers: readonly Server[];
  readonly endsAt: Instant;
  readonly resolvingEndsAt: Instant;
  readonly bindAsks: Map<number, HostAddress>;
  readonly bases: Base[];
  readonly probes: ServerReflexiveProbe[];
  interfacesAsk: number | undefined;
}

/** A bound socket, kept from run to run. */
interface Socket {
  readonly id: SocketId;
  /** What it was bound to, zone included. */
  readonly address: string;
  readonly port: number;
  /** The last run that used it. */
  run: Run;
}

/** Finds local candidates for one agent. */
export class Gatherer {
  readonly #random: Random;
  readonly #routes: RouteTable;
  readonly #output: AgentOutput;
  readonly #nextId: (prefix: string) => string;
  readonly #sockets = new Map<SocketId, Socket>();
  readonly #newBases = new Ring<LocalCandidate>();
  readonly #pacer = new Pacer();
  #run: Run | undefined;
  #state: IceGatheringState = "new";

  constructor(random: Random, routes: RouteTable, output: AgentOutput, nextId: (prefix: string) => string) {
    this.#random = random;
    this.#routes = routes;
    this.#output = output;
    this.#nextId = nextId;
  }

  /** How far it is. */
  get state(): IceGatheringState {
    return this.#state;
  }

  /** Whether a socket is one of the agent's own. */
  owns(socket: SocketId): boolean {
    return this.#sockets.has(socket);
  }

  /** Forgets that anything was gathered: a restart. Sockets stay. */
  reset(): void {
    this.#endRun();
    this.#run = undefined;
    this.#state = "new";
  }

  /** Begins a run. */
  start(options: GatheringOptions, now: Instant): void {
    this.#setState("gathering");
    const servers = this.#servers(options.servers);
    this.#run = {
      options,
      servers,
      endsAt: now + GATHERING_DURATION,
      resolvingEndsAt: now + RESOLVE_DURATION,
      bindAsks: new Map(),
      bases: [],
      probes: [],
      // Without relays there is nothing to gather under the relay policy.
      interfacesAsk: options.transportPolicy === "relay" ? undefined : this.#output.ask({ type: "interfaces" }),
    };
    this.#finish(now);
  }

  /** The next base that was found, with its candidate. */
  takeBase(): LocalCandidate | undefined {
    return this.#newBases.shift();
  }

  /** A pair is in use: NAT bindings need not be kept open by asking servers. */
  settle(): void {
    for (const probe of this.#run?.probes ?? []) if (probe.settled) probe.stop();
  }

  /** Lets sockets go that the current run does not use. Nothing older needs them any more. */
  releaseUnused(): void {
    for (const socket of this.#sockets.values()) if (socket.run !== this.#run) this.#release(socket);
  }

  /** Lets all sockets go. */
  close(): void {
    this.#endRun();
    this.#run = undefined;
    for (const socket of this.#sockets.values()) this.#release(socket);
  }

  /** An answer of the platform. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    const run = this.#run;
    if (run === undefined) return false;
    switch (answer.type) {
      case "interfaces":
        if (run.interfacesAsk !== answer.id) return false;
        run.interfacesAsk = undefined;
        this.#bind(run, answer.interfaces);
        break;
      case "bound":
      case "bind-failed": {
        const host = run.bindAsks.get(answer.id);
        if (host === undefined) return false;
        run.bindAsks.delete(answer.id);
        if (answer.type === "bound") this.#bound(run, host, { id: answer.socket, address: host.address, port: answer.port, run });
        else this.#output.drops.count("bind-failed");
        break;
      }
      case "resolved": {
        const server = run.servers.find(({ resolving }) => resolving.delete(answer.id));
        if (server === undefined) return false;
        this.#resolved(run, server, answer.addresses);
        break;
      }
      default:
        return unreachable(answer);
    }
    this.#finish(now);
    return true;
  }

  /** A response of a STUN server. False when it is none that was waited for. */
  receive(message: StunMessage, route: Route, now: Instant): boolean {
    const run = this.#run;
    for (const probe of run?.probes ?? []) {
      const outcome = probe.receive(message, route, now);
      if (outcome === undefined) continue;
      if (run !== undefined && outcome !== "again") this.#probed(run, probe, outcome);
      this.#finish(now);
      return true;
    }
    return false;
  }

  /** Repeats requests and gives up on what takes too long. */
  advance(now: Instant): void {
    const run = this.#run;
    if (run === undefined) return;
    for (const probe of run.probes) {
      const action = now >= probe.deadline ? probe.advance(now) : undefined;
      if (action === "timeout") this.#fail(probe.server.url, probe.base, "the STUN server did not answer");
      else if (action !== undefined) this.#output.send(action, probe.route);
    }
    if (now >= run.resolvingEndsAt) {
      for (const server of run.servers) {
        if (server.resolving.size === 0) continue;
        server.resolving.clear();
        this.#resolved(run, server, []);
      }
    }
    this.#finish(now);
  }

  /** When `advance` is next needed. */
  deadline(now: Instant): Instant {
    const run = this.#run;
    if (run === undefined) return NEVER;
    let deadline = this.#state === "gathering" ? run.endsAt : NEVER;
    for (const probe of run.probes) deadline = Math.min(deadline, probe.queued ? this.#pacer.next(now) : probe.deadline);
    return run.servers.some(({ resolving }) => resolving.size > 0) ? Math.min(deadline, run.resolvingEndsAt) : deadline;
  }

  /** Reads the URLs and asks for the addresses of host names. */
  #servers(servers: readonly IceServer[]): Server[] {
    const found: Server[] = [];
    for (const url of servers.flatMap(({ urls }) => urls).slice(0, MAX_SERVERS)) {
      const parsed = parseIceServerUrl(url);
      if (parsed?.scheme !== "stun") {
        this.#fail(
          url,
          undefined,
          parsed === undefined ? "not a STUN or TURN URL" : `${parsed.scheme} servers are not supported`,
        );
        continue;
      }
      const { host, port } = parsed;
      const address = parseIpAddress(host);
      const server: Server = { url, index: found.length, port, resolving: new Set(), addresses: new Map() };
      if (address !== undefined) {
        server.addresses.set(address.family, printIpAddress(address.bytes));
      } else {
        server.resolving.add(this.#output.ask({ type: "resolve", host, family: 4 }));
        server.resolving.add(this.#output.ask({ type: "resolve", host, family: 6 }));
      }
      found.push(server);
    }
    return found;
  }

  #bind(run: Run, interfaces: readonly NetworkInterface[]): void {
    for (const host of chooseHostAddresses(interfaces, run.options.includeLoopback)) {
      const socket = [...this.#sockets.values()].find(({ address }) => address === host.address);
      if (socket !== undefined) this.#bound(run, host, socket);
      else run.bindAsks.set(this.#output.ask({ type: "bind", address: host.address, port: 0 }), host);
    }
  }

  #bound(run: Run, host: HostAddress, socket: Socket): void {
    socket.run = run;
    this.#sockets.set(socket.id, socket);
    const parsed = parseIpAddress(host.address);
    if (parsed === undefined) return;
    const base: Base = {
      socket: socket.id,
      address: host.address,
      port: socket.port,
      family: host.family,
      scope: host.scope,
      zone: parsed.zone,
      localPreference: host.localPreference,
    };
    const address = printIpAddress(parsed.bytes);
    const local = this.#candidate(run, base, {
      foundation: candidateFoundation("host", address, "udp", ""),
      component: 1,
      protocol: "udp",
      priority: candidatePriority("host", base.localPreference),
      address,
      port: base.port,
      type: "host",
      usernameFragment: run.options.usernameFragment,
    });
    if (local === undefined) return;
    this.#newBases.push(local);
    run.bases.push(base);
    for (const server of run.servers) this.#probe(run, server, base);
  }

  #resolved(run: Run, server: Server, addresses: readonly string[]): void {
    for (const text of addresses) {
      const parsed = parseIpAddress(text);
      if (parsed === undefined || server.addresses.has(parsed.family)) continue;
      server.addresses.set(parsed.family, printIpAddress(parsed.bytes));
      for (const base of run.bases) if (base.family === parsed.family) this.#probe(run, server, base);
    }
    if (server.resolving.size === 0 && server.addresses.size === 0)
      this.#fail(server.url, undefined, "the STUN server's name has no address");
  }

  #probe(run: Run, server: Server, base: Base): void {
    const address = server.addresses.get(base.family);
    // No server sees loopback and link-local addresses as anything but themselves.
    if (address === undefined || base.scope !== "other" || run.probes.length >= MAX_PROBES) return;
    const route = this.#routes.intern(base.socket, "udp", address, server.port);
    run.probes.push(new ServerReflexiveProbe(base, { url: server.url, address, index: server.index }, route, this.#random));
  }

  #probed(run: Run, probe: ServerReflexiveProbe, outcome: BindingOutcome): void {
    const { base, server } = probe;
    if (outcome.type === "error") {
      this.#fail(server.url, base, outcome.reason, outcome.code);
      return;
    }
    const { address, port } = outcome.mapped;
    const scope = addressScope(parseIpAddress(address)?.bytes ?? new Uint8Array(4));
    // Where there is no NAT it is the host candidate again; two servers may see the same: RFC 8445 §5.1.3.
    if (scope !== "other" || run.options.candidates.find(base, address, port) !== undefined) return;
    const baseAddress = run.options.candidates.ofBase(base)?.candidate.address ?? base.address;
    this.#candidate(run, base, {
      foundation: candidateFoundation("srflx", baseAddress, "udp", server.address),
      component: 1,
      protocol: "udp",
      priority: candidatePriority("srflx", Math.max(base.localPreference - MAX_HOST_ADDRESSES * server.index, 0)),
      address,
      port,
      type: "srflx",
      relatedAddress: baseAddress,
      relatedPort: base.port,
      usernameFragment: run.options.usernameFragment,
      url: server.url,
    });
  }

  #candidate(run: Run, base: Base, candidate: IceCandidate): LocalCandidate | undefined {
    const local: LocalCandidate = { id: this.#nextId("I"), candidate, base };
    if (!run.options.candidates.add(local)) return undefined;
    this.#output.events.push({ type: "candidate", candidate });
    return local;
  }

  #fail(url: string, base: Base | undefined, errorText: string, errorCode: number = SERVER_UNREACHABLE): void {
    const [address, port] = [base?.address ?? null, base?.port ?? null];
    this.#output.events.push({ type: "candidate-error", address, port, url, errorCode, errorText });
  }

  /** Sends the first requests of probes whose turn has come; ends the run when nothing is left or time is up. */
  #finish(now: Instant): void {
    const run = this.#run;
    if (run === undefined) return;
    for (const probe of run.probes) {
      if (!probe.queued) continue;
      if (!this.#pacer.take(now)) break;
      this.#output.send(probe.start(now), probe.route);
    }
    if (this.#state !== "gathering") return;
    const busy =
      run.interfacesAsk !== undefined ||
      run.bindAsks.size > 0 ||
      run.servers.some(({ resolving }) => resolving.size > 0) ||
      run.probes.some(({ settled }) => !settled);
    if (busy && now < run.endsAt) return;
    if (busy) this.#endRun();
    this.#setState("complete");
  }

  /** What the run still waits for is not waited for any more. A socket that comes late is given back by the agent. */
  #endRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    run.interfacesAsk = undefined;
    run.bindAsks.clear();
    for (const { resolving } of run.servers) resolving.clear();
    for (const probe of run.probes) if (!probe.settled) probe.stop();
  }

  #release({ id }: Socket): void {
    this.#sockets.delete(id);
    this.#routes.forget(id);
    this.#output.asks.push({ type: "unbind", socket: id });
  }

  #setState(state: IceGatheringState): void {
    this.#state = state;
    this.#output.events.push({ type: "gathering-state", state });
  }
}
