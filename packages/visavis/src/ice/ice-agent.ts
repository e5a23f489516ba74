/**
 * The ICE agent: RFC 8445, RFC 8838 (trickle), RFC 7675 (consent), RFC 8863 (patience).
 *
 * It owns what outlives a restart: sockets, names, role and pacing. Each generation is a session; the newest gathers and checks, an
 * older one keeps its pair alive until the newest has one.
 */
import type { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { parseIpAddress } from "../base/ip-address.ts";
import { Ring } from "../base/ring.ts";
import type { Route, RouteTable, SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import { checkFingerprint } from "../stun/fingerprint.ts";
import { decodeMessage, looksLikeStun, StunClass, StunMethod } from "../stun/message.ts";
import { isBlockedPort } from "./blocked-ports.ts";
import type { IceCandidate } from "./candidate.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import { CheckResponder } from "./check-responder.ts";
import { Detours } from "./detours.ts";
import { Gatherer } from "./gatherer.ts";
import type { IceAgentOptions } from "./ice-agent-options.ts";
import type { IceCandidatePair, IceEvent, IceGatheringState, IceRole, IceState } from "./ice-event.ts";
import { createIceParameters, type IceParameters, sameIceParameters } from "./ice-parameters.ts";
import type { IceServer } from "./ice-servers.ts";
import { iceState } from "./ice-state.ts";
import { NameResolution, nameKey } from "./name-resolution.ts";
import { AgentOutput, type IceDropReason } from "./output.ts";
import { Pacer } from "./pacer.ts";
import type { PathBound } from "./path-bound.ts";
import { type RelayedDatagram, Relays } from "./relays.ts";
import { RoleResolution } from "./role.ts";
import { RoutePins } from "./route-pins.ts";
import { candidateStats, type IceStats, pairStats } from "./stats.ts";
import { Succession } from "./succession.ts";
import { TcpStreams } from "./tcp-streams.ts";

/** Remote candidates that wait for the remote parameters or for an address. */
const MAX_WAITING_CANDIDATES = 64;

/** Datagrams out of relays that wait to be taken; one piece of a stream brings at most so many. */
const MAX_RELAYED = 4096;

interface WaitingCandidate {
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
  readonly #responder: CheckResponder;
  readonly #gatherer: Gatherer;
  readonly #names: NameResolution;
  readonly #sessions: Succession;
  readonly #relays: Relays;
  readonly #streams: TcpStreams;
  readonly #detours: Detours;
  readonly #relayed = new Ring<RelayedDatagram>();
  #waiting: WaitingCandidate[] = [];
  #servers: readonly IceServer[];
  #transportPolicy: "all" | "relay";
  #toldRole: IceRole;
  #state: IceState = "new";
  #closed = false;
  #selected: CandidatePair | undefined;
  #selectedChanges = 0;
  #deadline: Instant = NEVER;

  constructor(options: IceAgentOptions) {
    const { random, routes, network = {} } = options;
    const role = network.lite ? "controlled" : options.role;
    this.routes = routes;
    this.#options = options;
    this.#servers = options.servers ?? [];
    this.#transportPolicy = options.transportPolicy ?? "all";
    this.#toldRole = role;
    this.#relays = new Relays(routes, random, this.#output);
    this.#streams = new TcpStreams(routes, random, this.#output);
    this.#detours = new Detours(this.#relays, this.#streams);
    let id = 0;
    const context = {
      random,
      routes,
      network,
      absent: new Set<SocketId>(),
      publish: (address: string): string => this.#names.publish(address),
      pins: new RoutePins(routes),
      role: new RoleResolution(role, random),
      pacer: new Pacer(),
      output: this.#output,
      relays: this.#relays,
      streams: this.#streams,
      nextId: (prefix: string): string => `${prefix}${++id}`,
    };
    this.#role = context.role;
    this.#responder = new CheckResponder(context.role, context.output);
    this.#gatherer = new Gatherer(context);
    this.#names = new NameResolution(routes, context.output, random);
    this.#sessions = new Succession(context, options.parameters ?? createIceParameters(random));
  }

  /** What the peer needs to know of the newest generation. */
  get localParameters(): IceParameters {
    return this.#sessions.current.parameters;
  }

  /** The peer's parameters for the newest generation. */
  get remoteParameters(): IceParameters | undefined {
    return this.#sessions.current.remoteParameters;
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

  /** The route data should go by now: the selected pair's, before nomination the first valid pair's; not while its stream is gone. */
  get sendRoute(): Route | undefined {
    const route = this.#selected?.route;
    return route?.protocol === "tcp" && !this.#closed && !this.#streams.isOpen(route) ? undefined : route;
  }

  /** What is known of a route of ours before anything is sent by it. */
  pathBound(route: Route): PathBound {
    return this.#gatherer.pathBound(route);
  }

  /** Local candidates of the newest generation, learned ones included. */
  get localCandidates(): readonly IceCandidate[] {
    return this.#sessions.current.locals.all.map(({ candidate }) => candidate);
  }

  /** Remote candidates of the newest generation, learned ones included. */
  get remoteCandidates(): readonly IceCandidate[] {
    return [...this.#sessions.current.pairing.remotes.all].map(({ candidate }) => candidate);
  }

  /** What was dropped, and why. */
  get drops(): Drops<IceDropReason> {
    return this.#output.drops;
  }

  /** Whether data from this route may be believed to come from the peer: a check proved it, ours or the peer's. */
  isKnownRoute(route: Route): boolean {
    return this.#sessions.knownPair(route) !== undefined;
  }

  /** Whether it has asked for relays or streams: then ChannelData and frames may come. */
  get hasDetours(): boolean {
    return !this.#detours.isEmpty;
  }

  /** Whether a socket only listens for names; what arrives there is for this agent, whatever it looks like. */
  isNameSocket(socket: SocketId): boolean {
    return this.#names.owns(socket);
  }

  /** Takes a role, without an event. Meant for before the checks; a conflict is settled by the agents themselves. */
  setRole(role: IceRole): void {
    this.#role.become(this.#options.network?.lite ? "controlled" : role);
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
    const { locals, parameters } = this.#sessions.current;
    const options = {
      servers: this.#servers,
      transportPolicy: this.#transportPolicy,
      includeLoopback: this.#options.includeLoopback ?? false,
      usernameFragment: parameters.usernameFragment,
      candidates: locals,
    };
    this.#gatherer.start(options, now);
    this.#run(now);
  }

  /**
   * The peer's parameters. Checks begin as soon as gathering has begun too. Other parameters than before, without a restart of
   * ours, begin the checks of this generation anew.
   */
  setRemoteParameters(parameters: IceParameters, now: Instant): void {
    if (this.#closed) return;
    const known = this.remoteParameters;
    if (known !== undefined && sameIceParameters(known, parameters)) return;
    if (known !== undefined) {
      this.#sessions.renew();
      this.#waiting = [];
    }
    // The side that only answers cannot decide: RFC 8445 §6.1.1.
    if (parameters.lite && !this.#options.network?.lite) this.#role.become("controlling");
    this.#sessions.current.setRemoteParameters(parameters, now);
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

  /**
   * The peer has no more candidates for this generation.
   * @param usernameFragment the peer's, where it was named: that of another generation ends nothing
   */
  addEndOfRemoteCandidates(now: Instant, usernameFragment?: string): void {
    const known = this.remoteParameters?.usernameFragment;
    if (usernameFragment !== undefined && known !== undefined && usernameFragment !== known) {
      this.#output.drops.count("stale-candidate");
      return;
    }
    this.#sessions.current.endOfCandidates = true;
    this.#run(now);
  }

  #addRemoteCandidate(candidate: IceCandidate, now: Instant): void {
    if (candidate.tcpType === "passive") this.#gatherer.meetListener();
    const { drops } = this.#output;
    const { current } = this.#sessions;
    const remote = current.remoteParameters;
    if (candidate.protocol === "tcp" && (candidate.tcpType ?? "active") === "active") drops.count("tcp-candidate");
    else if (candidate.component !== 1 || isBlockedPort(candidate)) drops.count("unusable-candidate");
    else if (remote === undefined) this.#wait({ candidate, name: undefined });
    else if ((candidate.usernameFragment ?? remote.usernameFragment) !== remote.usernameFragment) drops.count("stale-candidate");
    else if (parseIpAddress(candidate.address) !== undefined) current.addRemoteCandidate(candidate, candidate.address, now);
    else if (this.#options.resolveNames === false) drops.count("unresolved-name");
    else if (this.#wait({ candidate, name: nameKey(candidate.address) })) this.#names.resolve(candidate.address, now);
  }

  #wait(waiting: WaitingCandidate): boolean {
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
  restart(now: Instant, parameters: IceParameters = createIceParameters(this.#options.random)): IceParameters {
    if (this.#closed) return parameters;
    this.#sessions.restart(parameters);
    this.#waiting = [];
    this.#gatherer.suspend();
    this.#run(now);
    return parameters;
  }

  /** Takes back a restart that the peer has not answered. False when there is none. */
  rollback(now: Instant): boolean {
    if (this.#closed || !this.#sessions.rollback()) return false;
    this.#waiting = [];
    this.#gatherer.resume();
    this.#run(now);
    return true;
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
    const pair = this.#sessions.knownPair(route);
    if (pair === undefined) return;
    const { counters } = pair;
    counters.packetsReceived++;
    counters.bytesReceived += bytes;
    counters.lastPacketReceivedAt = now ?? counters.lastPacketReceivedAt;
    for (const session of this.#sessions.all) session.hear(pair);
  }

  /** Everything statistics want to know. */
  stats(): IceStats {
    return {
      candidates: candidateStats(this.#sessions.all),
      pairs: pairStats(this.#sessions.all, this.#selected),
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
    this.#sessions.dispose();
    this.#output.datagrams.clear();
    this.#run(now);
  }

  /**
   * Takes a datagram of one of this agent's sockets: STUN, ChannelData, or an answer about names.
   * What came in it by way of a relay or a stream is to be taken by `takeInner` afterwards.
   */
  receive(datagram: Uint8Array, route: Route, now: Instant): void {
    if (this.#closed) return;
    if (!this.#detours.isEmpty && this.#detours.receive(datagram, route, now)) this.#receiveInner(now);
    else if (this.#names.owns(route.local)) this.#names.receive(datagram, route, now);
    else if (this.#gatherer.owns(route.local)) this.#receiveStun(datagram, route, now);
    else this.#output.drops.count("unknown-socket");
    this.#run(now);
  }

  /** What came by way of a relay: STUN is ICE's, the rest is kept for whoever asks. */
  #receiveInner(now: Instant): void {
    for (let inner = this.#detours.takeInner(); inner !== undefined; inner = this.#detours.takeInner()) {
      const { bytes, start, end, route } = inner;
      if (looksLikeStun(bytes, start, end)) this.#receiveStun(bytes.subarray(start, end), route, now);
      else if (this.#relayed.size < MAX_RELAYED) this.#relayed.push(inner);
      else this.#output.drops.count("relayed-limit");
    }
  }

  /** Removes the oldest datagram that came by a relay or a stream and is not for ICE: it is to be looked at as if it had come by its route. */
  takeInner(): RelayedDatagram | undefined {
    return this.#relayed.shift();
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
      const check = this.#responder.receive(message, route, this.#sessions.all, now);
      this.#noticeRole(true);
      check?.session.receiveCheck(route, check.fragment, check.request, now);
    } else if (message.class !== StunClass.INDICATION) {
      const owned =
        this.#gatherer.receive(message, route, now) ||
        this.#sessions.all.some((session) => session.receiveResponse(message, route, now));
      if (!owned) drops.count("unmatched-response");
    }
  }

  takeAsk(): Ask | undefined {
    return this.#output.asks.shift();
  }

  answer(answer: Answer, now: Instant): void {
    const taken =
      !this.#closed &&
      (this.#detours.answer(answer, now) || this.#gatherer.answer(answer, now) || this.#names.answer(answer, now));
    // A socket that comes too late is given back.
    if (!taken && "socket" in answer && answer.type !== "disconnected")
      this.#output.asks.push({ type: "unbind", socket: answer.socket });
    this.#run(now);
  }

  advance(now: Instant): void {
    if (now >= this.#deadline) this.#run(now);
  }

  deadline(): Instant {
    return this.#deadline;
  }

  transmit(out: Transmit, now: Instant): boolean {
    const { datagrams } = this.#output;
    for (let datagram = datagrams.shift(); datagram !== undefined; datagram = datagrams.shift()) {
      if (this.#detours.write(out, datagram.bytes, datagram.route, now)) return true;
    }
    return this.#relays.transmit(out);
  }

  /**
   * Makes the datagram in `out`, whose route is an indirect one, one for the TURN server, or a frame of the stream. False when it cannot
   * be sent.
   * @see isIndirect
   */
  wrap(out: Transmit, now: Instant): boolean {
    return this.#detours.wrap(out, now);
  }

  /** Writes the last words of a closed agent, after all that its user had to say: relays are given back. False when there are none left. */
  transmitFarewell(out: Transmit, now: Instant): boolean {
    if (!this.#relays.isEmpty) this.#relays.close(now);
    return this.#relays.transmitFarewell(out);
  }

  takeEvent(): IceEvent | undefined {
    return this.#output.events.shift();
  }

  /** Does everything that is due, after whatever happened, and says what has changed. */
  #run(now: Instant): void {
    const sessions = this.#sessions;
    if (!this.#closed) {
      this.#gatherer.advance(now);
      this.#names.advance(now);
      this.#collect(now);
      this.#hearStreams(now);
      const { current } = sessions;
      if (current.remoteParameters !== undefined && this.#gatherer.state !== "new") current.start(now);
      for (const session of sessions.all) session.advance(now);
      this.#noticeRole(true);
      if (sessions.advance(now)) this.#gatherer.releaseUnused();
      if (current.concluded) {
        this.#gatherer.settle();
        this.#names.rest();
      }
      if (current.started && !current.expired) this.#gatherer.look(now, current.worried);
      if (current.concluded && current.selected !== undefined) this.#streams.settle(current.selected.route, now);
    }
    this.#noticeSelected();
    this.#noticeState(now);
    this.#deadline = this.#nextDeadline(now);
  }

  /** Hands sockets and addresses that were found to the newest generation. */
  #collect(now: Instant): void {
    const { current } = this.#sessions;
    for (let base = this.#gatherer.takeBase(); base !== undefined; base = this.#gatherer.takeBase()) current.addBase(base, now);
    for (let change = this.#gatherer.takeChange(); change !== undefined; change = this.#gatherer.takeChange())
      for (const session of this.#sessions.all) session.follow(change, now);
    for (let found = this.#names.takeResolved(); found !== undefined; found = this.#names.takeResolved())
      for (const { candidate, name } of this.#waiting)
        if (name === found.name) current.addRemoteCandidate(candidate, found.address, now);
  }

  #hearStreams(now: Instant): void {
    this.#streams.advance(now);
    for (const news of this.#streams.takeNews()) for (const session of this.#sessions.all) session.hearStream(news, now);
  }

  #noticeSelected(): void {
    const selected = this.#closed ? undefined : this.#sessions.usable?.selected;
    if (selected === this.#selected) return;
    this.#selected = selected;
    if (selected === undefined) return;
    this.#selectedChanges++;
    this.#output.events.push({ type: "selected-pair", pair: selected });
  }

  #noticeRole(tell: boolean): void {
    const { role } = this.#role;
    if (role === this.#toldRole) return;
    this.#toldRole = role;
    for (const session of this.#sessions.all) session.roleChanged();
    if (tell) this.#output.events.push({ type: "role", role });
  }

  #noticeState(now: Instant): void {
    const state = this.#closed ? "closed" : this.#computeState(now);
    if (state === this.#state) return;
    const { events } = this.#output;
    const isThere = state === "connected" || state === "completed";
    // Programs wait for these: they are never skipped, however fast all went, or by way of which generation.
    if (this.#state === "new" && isThere) events.push({ type: "state", state: "checking" });
    if (state === "completed" && this.#state !== "connected") events.push({ type: "state", state: "connected" });
    this.#state = state;
    events.push({ type: "state", state });
  }

  #computeState(now: Instant): IceState {
    const { current, usable, restarted, all } = this.#sessions;
    const gathered = this.#gatherer.state === "complete";
    if (usable === undefined) {
      // A check of the peer that comes later still is welcome: a person may carry the answer by hand.
      if (current.expired || (current.exhausted(now) && this.#gatherer.isOver && !this.#names.pending)) return "failed";
      // A restart that the peer has not answered changes nothing, except that what was there may end.
      if (!current.started && restarted) return all.some(({ expired }) => expired) ? "failed" : this.#state;
    }
    // A restart that has begun makes a lost path forgotten.
    const restarting = usable !== current && current.started;
    const hasRemotes = current.pairing.remotes.size > 0 || this.#waiting.length > 0 || current.endOfCandidates;
    return iceState({
      path: usable === undefined || (usable.lost && restarting) ? "none" : usable.lost ? "lost" : "working",
      finished: usable === current && current.concluded && current.endOfCandidates && gathered,
      // A peer that was only learned of by its stream is forgotten with it: that is no beginning.
      checking: current.started && (restarted || hasRemotes || this.#state !== "new"),
    });
  }

  #nextDeadline(now: Instant): Instant {
    if (this.#closed) return NEVER;
    let deadline = Math.min(this.#gatherer.deadline(now), this.#names.deadline, this.#sessions.deadline, this.#streams.deadline);
    for (const session of this.#sessions.all) deadline = Math.min(deadline, session.deadline(now));
    return deadline;
  }
}
