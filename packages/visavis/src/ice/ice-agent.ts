/**
 * The ICE agent: RFC 8445, RFC 8838 (trickle), RFC 7675 (consent), RFC 8863 (patience).
 *
 * It owns what outlives a restart: sockets, names, role and pacing. Each generation is a {@link Session}; the newest gathers and
 * checks, an older one keeps its pair alive until the newest has one, and is then answered for a while.
 */
import type { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { parseIpAddress } from "../base/ip-address.ts";
import type { Random } from "../base/random.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { checkFingerprint } from "../stun/fingerprint.ts";
import { decodeMessage, StunClass, StunMethod } from "../stun/message.ts";
import type { IceCandidate } from "./candidate.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import { CheckResponder } from "./check-responder.ts";
import { Gatherer, type IceServer } from "./gatherer.ts";
import type { IceCandidatePair, IceEvent, IceGatheringState, IceRole, IceState } from "./ice-event.ts";
import { createIceParameters, type IceParameters, sameIceParameters } from "./ice-parameters.ts";
import { iceState } from "./ice-state.ts";
import { NameResolution, nameKey } from "./name-resolution.ts";
import { AgentOutput, type IceDropReason } from "./output.ts";
import { Pacer } from "./pacer.ts";
import { RoleResolution } from "./role.ts";
import { RoutePins } from "./route-pins.ts";
import { Session, type SessionContext } from "./session.ts";
import { candidateStats, type IceStats, pairStats } from "./stats.ts";

/** Remote candidates that wait for the remote parameters or for an address. */
const MAX_WAITING_CANDIDATES = 64;

/** Milliseconds for which an older generation is answered after the newest has a pair. */
const RETIREMENT = 30_000;

/** How an agent is made. */
export interface IceAgentOptions {
  readonly random: Random;
  /** Interns the routes; shared with whoever owns the agent. */
  readonly routes: RouteTable;
  readonly role: IceRole;
  readonly servers?: readonly IceServer[];
  /** `relay` gathers and uses relayed candidates only. Default `all`. */
  readonly transportPolicy?: "all" | "relay";
  /** Loopback addresses too; otherwise they are used only when there is nothing else. */
  readonly includeLoopback?: boolean;
  /** Default true; false: every remote candidate that is a name counts as unresolvable. */
  readonly resolveNames?: boolean;
  /** The first local parameters; random by default. */
  readonly parameters?: IceParameters;
}

interface Waiting {
  readonly candidate: IceCandidate;
  /** The name that is being looked up; undefined while the remote parameters are missing. */
  readonly name: string | undefined;
}

/** One ICE agent with one component: everything is multiplexed. */
export class IceAgent implements NetworkEngine<IceEvent> {
  readonly routes: RouteTable;
  readonly #options: IceAgentOptions;
  readonly #output = new AgentOutput();
  readonly #role: RoleResolution;
  readonly #context: SessionContext;
  readonly #responder: CheckResponder;
  readonly #gatherer: Gatherer;
  readonly #names: NameResolution;
  /** The newest first. */
  #sessions: [Session, ...Session[]];
  /** When older generations are forgotten. */
  #retireAt: Instant = NEVER;
  #waiting: Waiting[] = [];
  #servers: readonly IceServer[];
  #transportPolicy: "all" | "relay";
  #knownRole: IceRole;
  #state: IceState = "new";
  #failed = false;
  #closed = false;
  #selected: CandidatePair | undefined;
  #selectedChanges = 0;
  #deadline: Instant = NEVER;

  constructor(options: IceAgentOptions) {
    const { random, routes } = options;
    this.routes = routes;
    this.#options = options;
    this.#servers = options.servers ?? [];
    this.#transportPolicy = options.transportPolicy ?? "all";
    this.#role = new RoleResolution(options.role, random);
    this.#knownRole = options.role;
    let id = 0;
    const nextId = (prefix: string): string => `${prefix}${++id}`;
    const output = this.#output;
    const pins = new RoutePins(routes);
    this.#context = { random, routes, pins, role: this.#role, pacer: new Pacer(), output, nextId };
    this.#responder = new CheckResponder(this.#role, output);
    this.#gatherer = new Gatherer(random, routes, output, nextId);
    this.#names = new NameResolution(routes, output);
    this.#sessions = [new Session(this.#context, options.parameters ?? createIceParameters(random))];
  }

  /** What the peer needs to know of the newest generation. */
  get localParameters(): IceParameters {
    return this.#current.parameters;
  }

  /** The peer's parameters for the newest generation. */
  get remoteParameters(): IceParameters | undefined {
    return this.#current.remoteParameters;
  }

  get state(): IceState {
    return this.#state;
  }

  get gatheringState(): IceGatheringState {
    return this.#gatherer.state;
  }

  get role(): IceRole {
    return this.#role.role;
  }

  /** The pair that data goes over; undefined before there is one and after failure. */
  get selectedPair(): IceCandidatePair | undefined {
    return this.#selected;
  }

  /** The route data should go by now: the selected pair's, before nomination the first valid pair's. */
  get sendRoute(): Route | undefined {
    return this.#selected?.route;
  }

  /** Local candidates of the newest generation, learned ones included. */
  get localCandidates(): readonly IceCandidate[] {
    return this.#current.locals.all.map(({ candidate }) => candidate);
  }

  /** Remote candidates of the newest generation, learned ones included. */
  get remoteCandidates(): readonly IceCandidate[] {
    return [...this.#current.remotes.all].map(({ candidate }) => candidate);
  }

  /** What was dropped, and why. */
  get drops(): Drops<IceDropReason> {
    return this.#output.drops;
  }

  get #current(): Session {
    return this.#sessions[0];
  }

  /** Whether data from this route may be believed to come from the peer: a check proved it, ours or the peer's. */
  isKnownRoute(route: Route): boolean {
    return this.#knownPair(route) !== undefined;
  }

  /** Whether a socket only listens for names; what arrives there is for this agent, whatever it looks like. */
  isNameSocket(socket: SocketId): boolean {
    return this.#names.owns(socket);
  }

  /** Generations may share a route, because sockets outlive a restart: the newest that has proof of it counts. */
  #knownPair(route: Route): CandidatePair | undefined {
    for (const { list } of this.#sessions) {
      const pair = list.ofRoute(route);
      if (pair?.known) return pair;
    }
    return undefined;
  }

  /** Takes a role. Meant for before the checks; a conflict is settled by the agents themselves. */
  setRole(role: IceRole): void {
    this.#role.become(role);
    this.#noticeRole(false);
  }

  /** Other servers or another policy, for the next gathering. */
  configure(servers: readonly IceServer[], transportPolicy: "all" | "relay"): void {
    this.#servers = servers;
    this.#transportPolicy = transportPolicy;
  }

  /** Begins to gather for the newest generation; a no-op when that has begun. */
  gather(now: Instant): void {
    if (this.#closed || this.#gatherer.state !== "new") return;
    const { locals, parameters } = this.#current;
    this.#gatherer.start(
      {
        servers: this.#servers,
        transportPolicy: this.#transportPolicy,
        includeLoopback: this.#options.includeLoopback ?? false,
        usernameFragment: parameters.usernameFragment,
        candidates: locals,
      },
      now,
    );
    this.#run(now);
  }

  /**
   * The peer's parameters. Checks begin as soon as gathering has begun too. Other parameters than before, without a restart of
   * ours, begin the checks of this generation anew.
   */
  setRemoteParameters(parameters: IceParameters, now: Instant): void {
    if (this.#closed) return;
    const known = this.#current.remoteParameters;
    if (known !== undefined && sameIceParameters(known, parameters)) return;
    if (known !== undefined) this.#renew();
    if (parameters.lite) this.#role.become("controlling");
    this.#current.setRemoteParameters(parameters, now);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { candidate } of waiting) this.#addRemoteCandidate(candidate, now);
    this.#run(now);
  }

  /** One more way to reach the peer. */
  addRemoteCandidate(candidate: IceCandidate, now: Instant): void {
    if (this.#closed) return;
    this.#addRemoteCandidate(candidate, now);
    this.#run(now);
  }

  /** The peer has no more candidates for this generation. */
  addEndOfRemoteCandidates(now: Instant): void {
    this.#current.endOfCandidates = true;
    this.#run(now);
  }

  #addRemoteCandidate(candidate: IceCandidate, now: Instant): void {
    const { drops } = this.#output;
    const remote = this.#current.remoteParameters;
    if (candidate.protocol !== "udp") drops.count("tcp-candidate");
    else if (candidate.component !== 1 || candidate.port === 0 || candidate.port === 9) drops.count("unusable-candidate");
    else if (remote === undefined) this.#wait({ candidate, name: undefined });
    else if ((candidate.usernameFragment ?? remote.usernameFragment) !== remote.usernameFragment) drops.count("stale-candidate");
    else if (parseIpAddress(candidate.address) !== undefined) this.#current.addRemoteCandidate(candidate, candidate.address, now);
    else if (this.#options.resolveNames === false) drops.count("unresolved-name");
    else if (this.#wait({ candidate, name: nameKey(candidate.address) })) this.#names.resolve(candidate.address, now);
  }

  #wait(waiting: Waiting): boolean {
    if (this.#waiting.length >= MAX_WAITING_CANDIDATES) {
      this.#output.drops.count("candidate-limit");
      return false;
    }
    this.#waiting.push(waiting);
    return true;
  }

  /**
   * A restart: a new generation with new parameters, for which `gather` and `setRemoteParameters` have to be called again. What
   * is connected stays so, until the new generation has a pair of its own.
   */
  restart(now: Instant, parameters: IceParameters = createIceParameters(this.#context.random)): IceParameters {
    if (this.#closed) return parameters;
    const [current, ...older] = this.#sessions;
    // Of several older ones only the newest that has a pair is of use.
    const kept = current.usable ? undefined : older.find(({ usable }) => usable);
    for (const session of older) if (session !== kept) session.dispose();
    this.#sessions = [new Session(this.#context, parameters), current, ...(kept === undefined ? [] : [kept])];
    this.#retireAt = NEVER;
    this.#failed = false;
    this.#waiting = [];
    this.#gatherer.reset();
    this.#run(now);
    return parameters;
  }

  /** Takes back a restart that the peer has not answered. False when there is none. */
  rollback(now: Instant): boolean {
    const [current, older, ...rest] = this.#sessions;
    if (this.#closed || older === undefined || current.remoteParameters !== undefined) return false;
    current.dispose();
    this.#sessions = [older, ...rest];
    this.#waiting = [];
    this.#run(now);
    return true;
  }

  /** The peer began anew without a restart of ours: the same local side, a fresh check list. */
  #renew(): void {
    const [current, ...older] = this.#sessions;
    const session = new Session(this.#context, current.parameters, current.locals);
    current.dispose();
    this.#sessions = [session, ...older];
    this.#waiting = [];
  }

  /** Counts data that was sent on `sendRoute`. */
  countSent(bytes: number, now?: Instant): void {
    const counters = this.#selected?.counters;
    if (counters === undefined) return;
    counters.packetsSent++;
    counters.bytesSent += bytes;
    counters.lastPacketSentAt = now ?? counters.lastPacketSentAt;
  }

  /** Counts data that came from a known route; it also shows that the path is alive. */
  countReceived(route: Route, bytes: number, now?: Instant): void {
    const pair = this.#knownPair(route);
    if (pair === undefined) return;
    pair.counters.packetsReceived++;
    pair.counters.bytesReceived += bytes;
    pair.counters.lastPacketReceivedAt = now ?? pair.counters.lastPacketReceivedAt;
    for (const session of this.#sessions) session.hear(pair);
  }

  /** Everything statistics want to know. */
  stats(): IceStats {
    return {
      candidates: candidateStats(this.#sessions),
      pairs: pairStats(this.#sessions, this.#selected),
      selectedPairId: this.#selected?.id,
      selectedPairChanges: this.#selectedChanges,
      dropped: this.#output.drops.toJSON(),
    };
  }

  /** Ends at once and lets all sockets go; the asks for that are still to be taken. */
  close(now: Instant): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#gatherer.close();
    this.#names.close();
    for (const session of this.#sessions) session.dispose();
    this.#output.datagrams.clear();
    this.#run(now);
  }

  /** Takes a datagram of one of this agent's sockets: STUN, or an answer about names. */
  receive(datagram: Uint8Array, route: Route, now: Instant): void {
    if (this.#closed) return;
    if (this.#names.owns(route.local)) this.#names.receive(datagram, route, now);
    else if (this.#gatherer.owns(route.local)) this.#receiveStun(datagram, route, now);
    else this.#output.drops.count("unknown-socket");
    this.#run(now);
  }

  #receiveStun(datagram: Uint8Array, route: Route, now: Instant): void {
    const { drops } = this.#output;
    const message = decodeMessage(datagram);
    if (message === undefined) {
      drops.count("not-stun");
    } else if (checkFingerprint(message) === "wrong") {
      drops.count("bad-fingerprint");
    } else if (message.method !== StunMethod.BINDING) {
      drops.count("unexpected-message");
    } else if (message.class === StunClass.REQUEST) {
      const check = this.#responder.receive(message, route, this.#sessions, now);
      this.#noticeRole(true);
      check?.session.receiveCheck(route, check.fragment, check.request, now);
    } else if (message.class !== StunClass.INDICATION) {
      const owned =
        this.#gatherer.receive(message, route, now) ||
        this.#sessions.some((session) => session.receiveResponse(message, route, now));
      if (!owned) drops.count("unmatched-response");
    }
  }

  takeAsk(): Ask | undefined {
    return this.#output.asks.shift();
  }

  answer(answer: Answer, now: Instant): void {
    const taken = !this.#closed && (this.#gatherer.answer(answer, now) || this.#names.answer(answer, now));
    // A socket that comes too late is given back.
    if (!taken && answer.type === "bound") this.#output.asks.push({ type: "unbind", socket: answer.socket });
    this.#run(now);
  }

  advance(now: Instant): void {
    if (now >= this.#deadline) this.#run(now);
  }

  deadline(): Instant {
    return this.#deadline;
  }

  transmit(out: Transmit): boolean {
    const datagram = this.#output.datagrams.shift();
    if (datagram === undefined) return false;
    out.bytes.set(datagram.bytes, out.start);
    out.length = datagram.bytes.length;
    out.route = datagram.route;
    return true;
  }

  takeEvent(): IceEvent | undefined {
    return this.#output.events.shift();
  }

  /** Does everything that is due, after whatever happened, and says what has changed. */
  #run(now: Instant): void {
    if (!this.#closed) {
      this.#gatherer.advance(now);
      this.#names.advance(now);
      this.#collect(now);
      const current = this.#current;
      if (current.remoteParameters !== undefined && this.#gatherer.state !== "new") current.start(now);
      for (const session of this.#sessions) session.advance(now);
      this.#noticeRole(true);
      this.#succeed(now);
    }
    this.#noticeSelected();
    this.#noticeState(now);
    this.#deadline = this.#nextDeadline(now);
  }

  /** Hands sockets and addresses that were found to the newest generation. */
  #collect(now: Instant): void {
    for (let base = this.#gatherer.takeBase(); base !== undefined; base = this.#gatherer.takeBase()) this.#current.addBase(base);
    for (let found = this.#names.takeResolved(); found !== undefined; found = this.#names.takeResolved()) {
      const { name, address } = found;
      for (const waiting of this.#waiting)
        if (waiting.name === name) this.#current.addRemoteCandidate(waiting.candidate, address, now);
    }
  }

  /** The newest generation takes over when it has a pair; older ones are answered for a while and then forgotten. */
  #succeed(now: Instant): void {
    const [current, ...older] = this.#sessions;
    if (older.length > 0 && current.selected !== undefined && this.#retireAt === NEVER) {
      for (const session of older) session.retire();
      this.#retireAt = now + RETIREMENT;
    }
    if (now >= this.#retireAt) {
      for (const session of older) session.dispose();
      this.#sessions = [current];
      this.#retireAt = NEVER;
      if (this.#gatherer.state === "complete") this.#gatherer.releaseUnused();
    }
    if (current.concluded) this.#gatherer.settle();
  }

  /** The generation whose pair is used. */
  get #using(): Session | undefined {
    return this.#sessions.find(({ usable }) => usable);
  }

  #noticeSelected(): void {
    const selected = this.#closed || this.#failed ? undefined : this.#using?.selected;
    if (selected === this.#selected) return;
    this.#selected = selected;
    if (selected === undefined) return;
    this.#selectedChanges++;
    this.#output.events.push({ type: "selected-pair", pair: selected });
  }

  /** Events only for what the agent did by itself. */
  #noticeRole(tell: boolean): void {
    const { role } = this.#role;
    if (role === this.#knownRole) return;
    this.#knownRole = role;
    for (const session of this.#sessions) session.roleChanged();
    if (tell) this.#output.events.push({ type: "role", role });
  }

  #noticeState(now: Instant): void {
    const state = this.#computeState(now);
    if (state === "failed") this.#selected = undefined;
    if (state === this.#state) return;
    this.#state = state;
    this.#output.events.push({ type: "state", state });
  }

  #computeState(now: Instant): IceState {
    const [current, ...older] = this.#sessions;
    const using = this.#using;
    if (this.#closed) return "closed";
    if (using === undefined) {
      const gathered = this.#gatherer.state === "complete";
      if (current.expired || (current.exhausted(now) && gathered && !this.#names.pending)) this.#failed = true;
      if (this.#failed) return "failed";
      // A restart that the peer has not answered changes nothing, except that what was there may end.
      if (!current.started && older.length > 0) return older.some(({ expired }) => expired) ? "failed" : this.#state;
    }
    // A restart that has begun makes a lost path forgotten.
    const restarting = using !== current && current.started;
    return iceState({
      path: using === undefined || (using.lost && restarting) ? "none" : using.lost ? "lost" : "working",
      finished: using === current && current.concluded && current.endOfCandidates && this.#gatherer.state === "complete",
      checking:
        current.started && (restarting || current.remotes.size > 0 || this.#waiting.length > 0 || current.endOfCandidates),
    });
  }

  #nextDeadline(now: Instant): Instant {
    if (this.#closed) return NEVER;
    let deadline = Math.min(this.#gatherer.deadline(now), this.#names.deadline, this.#retireAt);
    if (this.#failed) return deadline;
    for (const session of this.#sessions) deadline = Math.min(deadline, session.deadline(now));
    return deadline;
  }
}
