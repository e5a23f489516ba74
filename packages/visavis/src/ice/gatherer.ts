/**
 * Finds the local candidates: a socket for each address of this machine, what STUN servers see of them, and relays at TURN servers.
 * RFC 8445 §5.1.1, RFC 8838 §5 (candidates are told as they are found).
 *
 * Everything is bounded in time: whatever a server or the platform does, gathering completes.
 */
import type { Answer } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { addressScope, parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import type { NetworkInterface } from "../base/platform.ts";
import { Ring } from "../base/ring.ts";
import type { Route, SocketId } from "../base/route.ts";
import type { TransportAddress } from "../stun/address-attribute.ts";
import type { BindingOutcome } from "../stun/binding-client.ts";
import type { StunMessage } from "../stun/message.ts";
import type { IceCandidate } from "./candidate.ts";
import { hiddenAddress, hostCandidate, reflexiveCandidate, relayCandidate } from "./gathered-candidate.ts";
import type { HostAddress } from "./host-addresses.ts";
import { externalAddress, type HostSocket, HostSockets, type HostSocketsContext } from "./host-sockets.ts";
import type { IceGatheringState } from "./ice-event.ts";
import { type IceServer, IceServers, type RelayServer, type StunServer } from "./ice-servers.ts";
import type { Base, LocalCandidate, LocalCandidates } from "./local-candidates.ts";
import { type NetworkChange, NetworkWatch } from "./network-watch.ts";
import { Pacer } from "./pacer.ts";
import { type PathBound, STREAM_PATH, USUAL_MTU } from "./path-bound.ts";
import type { Relay, Relays } from "./relays.ts";
import { ServerReflexiveProbe } from "./server-reflexive.ts";
import type { TcpStreams } from "./tcp-streams.ts";

/** Milliseconds after which gathering is complete, whatever is still missing. */
const GATHERING_DURATION = 10_000;

/** The code of RTCPeerConnectionIceErrorEvent for a server that cannot be reached. */
const SERVER_UNREACHABLE = 701;

/** Allocations of one run; more would only cost. */
const MAX_RELAYS = 16;

/** What is known of a path through a relay: the usual MTU, and what Send indications add to each packet. Bytes. */
const RELAYED_PATH: PathBound = { mtu: USUAL_MTU, headers: 48 + 48, isLocal: false };

/** Probes of one run; more would only delay. */
const MAX_PROBES = 48;

/** What gathering needs of the agent. */
export interface GathererContext extends HostSocketsContext {
  readonly relays: Relays;
  readonly streams: TcpStreams;
  /** Sockets whose addresses this machine has lost. */
  readonly absent: Set<SocketId>;
  /** The name that is shown for an address. */
  readonly publish: (address: string) => string;
  /** Makes names for statistics. */
  readonly nextId: (prefix: string) => string;
}

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

/** One generation's gathering. */
interface Run {
  readonly options: GatheringOptions;
  /** There is nothing to gather whatever interfaces there are. */
  readonly isInVain: boolean;
  readonly servers: IceServers;
  readonly endsAt: Instant;
  bases: Base[];
  probes: ServerReflexiveProbe[];
  /** Allocations that are not there yet. */
  readonly relays: Set<Relay>;
  interfacesAsk: number | undefined;
  /** What was there at first has been found, or given up. */
  isOver: boolean;
}

/** Finds local candidates for one agent. */
export class Gatherer {
  readonly #context: GathererContext;
  readonly #hosts: HostSockets;
  readonly #newBases = new Ring<LocalCandidate>();
  readonly #pacer = new Pacer();
  readonly #watch = new NetworkWatch();
  readonly #changes = new Ring<NetworkChange>();
  #run: Run | undefined;
  #suspended: Run | undefined;
  #isPeerListening = false;
  #state: IceGatheringState = "new";
  #told: IceGatheringState = "new";

  constructor(context: GathererContext) {
    this.#context = context;
    this.#hosts = new HostSockets(context);
  }

  /** How far it is. */
  get state(): IceGatheringState {
    return this.#state;
  }

  /** Whether what was there at first has been found, or given up. */
  get isOver(): boolean {
    return this.#run?.isOver ?? false;
  }

  /** Whether a socket is one of the agent's own. */
  owns(socket: SocketId): boolean {
    return this.#hosts.owns(socket) || this.#context.relays.owns(socket) || this.#context.streams.owns(socket);
  }

  /** What is known of the way to this address from a socket of the agent. */
  pathBound(route: Route): PathBound {
    if (route.protocol === "tcp") return STREAM_PATH;
    return this.#context.relays.owns(route.local) ? RELAYED_PATH : this.#hosts.pathBound(route);
  }

  /** Begins a run. */
  start(options: GatheringOptions, now: Instant): void {
    const { output } = this.#context;
    this.#setState("gathering");
    // The lite side is reached at the addresses it has: RFC 8445 §5.2.
    const servers = new IceServers(this.#context.network.lite ? [] : options.servers, output, now);
    // Without TURN servers there is nothing to gather under the relay policy.
    const isInVain = options.transportPolicy === "relay" && !servers.hasRelays;
    const interfacesAsk = isInVain ? undefined : output.ask({ type: "interfaces" });
    this.#run = {
      options,
      isInVain,
      servers,
      endsAt: now + GATHERING_DURATION,
      bases: [],
      probes: [],
      relays: new Set(),
      interfacesAsk,
      isOver: false,
    };
    this.#watch.seen(now);
    this.#progress(now);
  }

  /** A restart: the next generation has gathered nothing yet. Sockets stay. */
  suspend(): void {
    this.#endRun();
    this.#suspended = this.#run;
    this.#run = undefined;
    this.#newBases.clear();
    this.#state = "new";
  }

  /** The restart is taken back: what was gathered before it counts again. */
  resume(): void {
    this.#endRun();
    this.#run = this.#suspended;
    this.#suspended = undefined;
    this.#newBases.clear();
    if (this.#run === undefined) this.#state = "new";
    else this.#setState(this.#context.network.continualGathering ? "gathering" : "complete");
  }

  /** Time to see whether interfaces have come or gone, if that is to be followed. @param worried the path in use does not answer */
  look(now: Instant, worried: boolean): void {
    const run = this.#run;
    const { network, output } = this.#context;
    if (!run?.isOver || run.isInVain || run.interfacesAsk !== undefined || network.followChanges === false) return;
    if (this.#watch.due(now, worried)) run.interfacesAsk = output.ask({ type: "interfaces" });
  }

  /** What became of sockets whose address is not there any more. */
  takeChange(): NetworkChange | undefined {
    return this.#changes.shift();
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
    this.#suspended = undefined;
    const used = new Set(this.#run?.bases.map(({ socket }) => socket));
    for (const socket of this.#hosts.releaseAllBut(used)) {
      this.#context.relays.release(socket);
      this.#context.streams.release(socket);
    }
  }

  /** Lets all sockets go. What relays still have to say is said before they are closed. */
  close(): void {
    this.#endRun();
    this.#run = undefined;
    this.#newBases.clear();
    this.#hosts.releaseAllBut(new Set());
    this.#context.streams.close();
  }

  /** An answer of the platform. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    const run = this.#run;
    if (run === undefined || !this.#take(run, answer, now)) return false;
    this.#progress(now);
    return true;
  }

  #take(run: Run, answer: Answer, now: Instant): boolean {
    switch (answer.type) {
      case "interfaces":
        if (run.interfacesAsk !== answer.id) return false;
        run.interfacesAsk = undefined;
        // A system that says nothing at all has not lost everything.
        if (answer.interfaces.length > 0 || !run.isOver) this.#follow(run, answer.interfaces, now);
        return true;
      case "bound":
      case "bind-failed": {
        const bound = this.#hosts.answer(answer);
        if (typeof bound === "object" && bound.socket !== undefined) this.#bound(run, bound.host, bound.socket, now);
        return bound !== undefined;
      }
      case "resolved": {
        const found = run.servers.answer(answer);
        for (const server of found ?? []) for (const base of run.bases) this.#use(run, server, base, now);
        return found !== undefined;
      }
      default:
        return false;
    }
  }

  /** A response of a STUN server. False when it is none that was waited for. */
  receive(message: StunMessage, route: Route, now: Instant): boolean {
    const run = this.#run;
    if (run === undefined) return false;
    for (const probe of run.probes) {
      const outcome = probe.receive(message, route, now);
      if (outcome === undefined) continue;
      if (outcome !== "again") this.#probed(run, probe, outcome);
      this.#progress(now);
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
      else if (action !== undefined) this.#context.output.send(action, probe.route);
    }
    run.servers.advance(now);
    this.#hearRelays(run, now);
    this.#progress(now);
  }

  #hearRelays(run: Run, now: Instant): void {
    const { relays } = this.#context;
    relays.advance(now);
    for (const news of relays.takeNews(now)) {
      const { relay } = news;
      const isAwaited = run.relays.delete(relay);
      if (news.type === "allocated" || news.type === "confirmed") this.#allocated(run, relay);
      else if (news.type === "redirected") run.relays.add(news.to);
      else if (news.type === "failed") this.#fail(relay.server.url, relay.base, news.reason, news.code);
      else if (isAwaited && news.code === SERVER_UNREACHABLE) this.#fail(relay.server.url, relay.base, news.reason);
      else if (isAwaited) this.#allocate(run, relay.server, relay.base, now);
    }
  }

  /**
   * The peer listens for streams. A candidate that only connects tells the peer nothing that its first check does not tell, so that unless it
   * is asked for, it is there only when it is of use: it costs no text and no time where there is nobody to connect to.
   */
  meetListener(): void {
    if (this.#isPeerListening || this.#context.network.tcp !== undefined) return;
    this.#isPeerListening = true;
    const run = this.#run;
    if (run?.options.transportPolicy !== "all") return;
    for (const base of run.bases) this.#context.streams.offer(base, ["active"]);
  }

  /** The candidates over TCP that are there by now. They show the address that the candidate over UDP shows. */
  #offerStreams(run: Run): void {
    const { candidates, usernameFragment } = run.options;
    const { streams } = this.#context;
    for (let base = streams.takeReady(); base !== undefined; base = streams.takeReady()) {
      const host = candidates.ofBase(base.host);
      const shown = host && hostCandidate(base, host.candidate.address, usernameFragment);
      const local = shown && this.#candidate(run, base, shown, host.hidden);
      if (local !== undefined) this.#newBases.push(local);
    }
  }

  /** When `advance` is next needed. */
  deadline(now: Instant): Instant {
    const run = this.#run;
    if (run === undefined) return NEVER;
    let deadline = run.isOver ? NEVER : run.endsAt;
    for (const probe of run.probes) deadline = Math.min(deadline, probe.queued ? this.#pacer.next(now) : probe.deadline);
    return Math.min(deadline, run.servers.deadline, this.#context.relays.deadline());
  }

  /** Opens sockets on addresses that have none, and notes those that have lost theirs. */
  #follow(run: Run, interfaces: readonly NetworkInterface[], now: Instant): void {
    const hosts = this.#hosts.choose(interfaces, run.options.includeLoopback);
    for (const change of this.#watch.compare(run.bases, (address) => this.#hosts.has(address), now)) this.#change(run, change);
    for (const host of hosts) {
      if (run.bases.some(({ address }) => address === host.address)) continue;
      // That nothing is left for a moment is no reason to go on within this machine.
      if (run.isOver && host.scope === "loopback" && !run.options.includeLoopback) continue;
      const socket = this.#hosts.open(host);
      if (socket !== undefined) this.#bound(run, host, socket, now);
    }
  }

  #change(run: Run, { type, sockets }: NetworkChange): void {
    const { relays, streams, absent } = this.#context;
    // What goes by way of a relay goes by the socket to it first; streams go from the address of a socket.
    const above = [...sockets].flatMap((socket) => [...relays.above(socket), ...streams.above(socket)]);
    const all = new Set([...sockets, ...above]);
    for (const socket of all) {
      if (type === "vanished") absent.add(socket);
      else absent.delete(socket);
    }
    this.#changes.push({ type, sockets: all });
    if (type !== "gone") return;
    run.bases = run.bases.filter(({ socket }) => !sockets.has(socket));
    run.probes = run.probes.filter(({ base }) => !sockets.has(base.socket));
    for (const socket of sockets) {
      relays.release(socket);
      streams.release(socket);
      this.#hosts.release(socket);
    }
  }

  #bound(run: Run, host: HostAddress, socket: HostSocket, now: Instant): void {
    const parsed = parseIpAddress(host.address);
    if (parsed === undefined) return;
    const { family, scope } = host;
    const { zone } = parsed;
    // Unique also among those that came at another time: RFC 8445 §5.1.2.1.
    let { localPreference } = host;
    while (localPreference > 0 && run.bases.some((other) => other.localPreference === localPreference)) localPreference--;
    const base: Base = { socket: socket.id, address: host.address, port: socket.port, family, scope, zone, localPreference };
    run.bases.push(base);
    this.#context.output.asks.push({ type: "claim", socket: socket.id, usernameFragment: run.options.usernameFragment });
    if (run.options.transportPolicy === "all" && !this.#hostCandidate(run, base, printIpAddress(parsed.bytes))) return;
    for (const server of run.servers.known) this.#use(run, server, base, now);
  }

  #hostCandidate(run: Run, base: Base, address: string): boolean {
    const { network } = this.#context;
    const { usernameFragment } = run.options;
    const external = base.scope === "other" ? externalAddress(network, address) : undefined;
    const isReflexive = network.nat1To1Type === "srflx";
    const own = isReflexive ? address : (external ?? address);
    const isHidden = network.obfuscateAddresses === true && own === address;
    const shown = isHidden ? this.#context.publish(address) : own;
    const local = this.#candidate(run, base, hostCandidate(base, shown, usernameFragment), isHidden ? address : undefined);
    if (local === undefined) return false;
    this.#newBases.push(local);
    this.#context.streams.offer(base, network.tcp ?? (this.#isPeerListening ? ["active"] : []), network.portRange !== undefined);
    const { port } = base;
    const related = isHidden ? hiddenAddress(base.family) : { address, port };
    const mapped = external && { address: external, port };
    if (isReflexive && mapped) this.#candidate(run, base, reflexiveCandidate(base, related, undefined, mapped, usernameFragment));
    return true;
  }

  /** Asks a server from a socket what it is there for. No server sees loopback and link-local addresses as anything but themselves. */
  #use(run: Run, server: StunServer | RelayServer, base: Base, now: Instant): void {
    if (server.family !== base.family) return;
    if (server.type === "turn") this.#allocate(run, server, base, now);
    else if (run.options.transportPolicy === "all" && base.scope === "other") this.#probe(run, server, base);
  }

  #allocate(run: Run, server: RelayServer, base: Base, now: Instant): void {
    if (base.scope === "link-local") return;
    const { relays } = this.#context;
    const known = relays.find(server, base);
    // One of an earlier run; the server may have forgotten it since.
    if (known?.mapped !== undefined && !run.relays.has(known)) relays.confirm(known, now);
    const relay = known ?? (run.relays.size < MAX_RELAYS ? relays.add(server, base, now) : undefined);
    if (relay !== undefined) run.relays.add(relay);
  }

  /** The candidates of an allocation that is there: RFC 8445 §5.1.1.2. */
  #allocated(run: Run, { server, base: from, mapped, bases }: Relay): void {
    if (mapped === undefined) return;
    const { transportPolicy, usernameFragment } = run.options;
    if (transportPolicy === "all" && from.scope === "other") this.#reflexive(run, from, server, mapped);
    for (const { base, relayed } of bases) {
      // Under the relay policy nothing tells where we are: RFC 8828 §5.
      const related = transportPolicy === "relay" ? hiddenAddress(base.family) : mapped;
      const local = this.#candidate(run, base, relayCandidate(base, server, relayed, related, usernameFragment));
      if (local !== undefined) this.#newBases.push(local);
    }
  }

  #probe(run: Run, server: StunServer, base: Base): void {
    if (run.probes.length >= MAX_PROBES) return;
    const { random, routes } = this.#context;
    const route = routes.intern(base.socket, "udp", server.address, server.port);
    run.probes.push(new ServerReflexiveProbe(base, server, route, random));
  }

  #probed(run: Run, { base, server }: ServerReflexiveProbe, outcome: BindingOutcome): void {
    if (outcome.type === "error") {
      this.#fail(server.url, base, outcome.reason, outcome.code);
      return;
    }
    this.#reflexive(run, base, server, outcome.mapped);
  }

  #reflexive(run: Run, base: Base, server: StunServer | RelayServer, mapped: TransportAddress): void {
    const { candidates, usernameFragment } = run.options;
    const scope = addressScope(parseIpAddress(mapped.address)?.bytes ?? new Uint8Array(4));
    // Where there is no NAT it is the host candidate again; two servers may see the same: RFC 8445 §5.1.3.
    // What is hidden is told here all the same: its name means nothing to those far away.
    const own = candidates.ofBase(base);
    if (scope !== "other" || candidates.shows(base, mapped.address, mapped.port)) return;
    const related =
      own?.hidden === undefined
        ? { address: own?.candidate.address ?? base.address, port: base.port }
        : hiddenAddress(base.family);
    this.#candidate(run, base, reflexiveCandidate(base, related, server, mapped, usernameFragment));
  }

  #candidate(run: Run, base: Base, candidate: IceCandidate, hidden?: string): LocalCandidate | undefined {
    const local: LocalCandidate = { id: this.#context.nextId("I"), candidate, base, ...(hidden !== undefined && { hidden }) };
    if (!run.options.candidates.add(local)) return undefined;
    // After the end nothing is told any more: RFC 8838 §13.
    const isTold = candidate.protocol === "udp" || this.#context.network.tcp !== undefined;
    if (isTold && this.#state === "gathering") this.#context.output.events.push({ type: "candidate", candidate });
    return local;
  }

  #fail(url: string, base: Base | undefined, errorText: string, errorCode: number = SERVER_UNREACHABLE): void {
    const [address, port] = [base?.address ?? null, base?.port ?? null];
    this.#context.output.events.push({ type: "candidate-error", address, port, url, errorCode, errorText });
  }

  /** Tells of useless servers, starts the probes whose turn has come, and ends the run when nothing is left or time is up. */
  #progress(now: Instant): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#offerStreams(run);
    for (const { url, reason } of run.servers.takeFailures()) this.#fail(url, undefined, reason);
    for (const probe of run.probes) {
      if (!probe.queued) continue;
      if (!this.#pacer.take(now)) break;
      this.#context.output.send(probe.start(now), probe.route);
    }
    if (run.isOver) return;
    const waiting = run.interfacesAsk !== undefined || this.#hosts.pending || this.#context.streams.pending;
    const busy = waiting || run.servers.open || run.relays.size > 0 || run.probes.some(({ settled }) => !settled);
    if (busy && now < run.endsAt) return;
    if (busy) this.#endRun();
    run.isOver = true;
    if (!this.#context.network.continualGathering) this.#setState("complete");
  }

  /** What the run still waits for is not waited for any more. A socket that comes late is given back by the agent. */
  #endRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    run.interfacesAsk = undefined;
    this.#hosts.forgetAsks();
    run.servers.stop();
    for (const probe of run.probes) if (!probe.settled) probe.stop();
  }

  #setState(state: IceGatheringState): void {
    this.#state = state;
    if (state === this.#told) return;
    this.#told = state;
    this.#context.output.events.push({ type: "gathering-state", state });
  }
}
