/**
 * One ICE session, from one exchange of parameters to the next restart: RFC 8445 §6 to §9.
 *
 * It pairs candidates, has them checked, nominates and keeps consent. What is common to all generations (sockets, role,
 * pacing) belongs to the agent.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { Route, RouteTable } from "../base/route.ts";
import type { HmacKey } from "../crypto/hash.ts";
import { decodeXorAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { decodeErrorCode, StunErrorCode } from "../stun/error-code.ts";
import { checkIntegrity } from "../stun/integrity.ts";
import { createTransactionId, StunClass, type StunMessage, type TransactionId } from "../stun/message.ts";
import { shortTermKey } from "../stun/password-algorithm.ts";
import type { IceCandidate } from "./candidate.ts";
import { CandidatePair } from "./candidate-pair.ts";
import { CheckList } from "./check-list.ts";
import { type CheckRequest, encodeCheckRequest } from "./connectivity-check.ts";
import { Consent } from "./consent.ts";
import { controlledStep } from "./controlled.ts";
import { controllingStep } from "./controlling.ts";
import type { IceRole } from "./ice-event.ts";
import type { IceParameters } from "./ice-parameters.ts";
import { type LocalCandidate, LocalCandidates } from "./local-candidates.ts";
import type { AgentOutput } from "./output.ts";
import type { Pacer } from "./pacer.ts";
import { canPair } from "./pairing.ts";
import { candidatePriority } from "./priorities.ts";
import { type RemoteCandidate, RemoteCandidates } from "./remote-candidates.ts";
import type { RoleResolution } from "./role.ts";
import type { RoutePins } from "./route-pins.ts";

/** The PAC timer: milliseconds for which checks are not given up, whatever became of them. RFC 8863 §4. */
export const PAC_DURATION = 39_500;

/** Checks that came before the remote parameters are remembered up to this number. */
const MAX_EARLY_CHECKS = 32;

/** Requests whose answers are waited for. */
const MAX_OUTSTANDING = 512;

/** Milliseconds between two requests of a nomination: two round trips within these bounds. */
const SHORTEST_NOMINATION_INTERVAL = 50;
const LONGEST_NOMINATION_INTERVAL = 500;

/** Milliseconds until a nomination without an answer is given up and another pair is tried. */
const NOMINATION_DURATION = 5000;

/** What all sessions of an agent share. */
export interface SessionContext {
  readonly random: Random;
  readonly routes: RouteTable;
  readonly pins: RoutePins;
  readonly role: RoleResolution;
  readonly pacer: Pacer;
  readonly output: AgentOutput;
  /** Makes names for statistics. */
  readonly nextId: (prefix: string) => string;
}

interface Remote {
  readonly parameters: IceParameters;
  readonly key: HmacKey;
}

/** A request that waits for its answer. */
interface Outstanding {
  readonly pair: CandidatePair;
  readonly sentAt: Instant;
  readonly role: IceRole;
  readonly useCandidate: boolean;
  readonly priority: number;
}

interface EarlyCheck {
  readonly route: Route;
  readonly fragment: string;
  readonly request: CheckRequest;
}

interface Nomination {
  readonly pair: CandidatePair;
  readonly startedAt: Instant;
  nextRequestAt: Instant;
}

/** One generation of an agent. */
export class Session {
  readonly parameters: IceParameters;
  /** Protects what the peer sends. */
  readonly key: HmacKey;
  readonly locals: LocalCandidates;
  readonly remotes: RemoteCandidates;
  readonly list: CheckList = new CheckList();
  /** The peer said that there are no more candidates. */
  endOfCandidates = false;
  readonly #context: SessionContext;
  readonly #consent: Consent;
  readonly #bases: LocalCandidate[];
  readonly #outstanding = new Map<TransactionId, Outstanding>();
  readonly #early = new Map<Route, EarlyCheck>();
  #remote: Remote | undefined;
  #phase: "idle" | "checking" | "retired" | "expired" = "idle";
  #startedAt: Instant = NEVER;
  #lastCandidateAt: Instant = NEVER;
  #firstValidAt: Instant = NEVER;
  #decideAt: Instant = NEVER;
  #selected: CandidatePair | undefined;
  #nominated: CandidatePair | undefined;
  #nominating: Nomination | undefined;

  /** @param locals candidates that are there already, when the peer alone begins anew */
  constructor(context: SessionContext, parameters: IceParameters, locals: LocalCandidates = new LocalCandidates()) {
    this.#context = context;
    this.parameters = parameters;
    this.locals = locals;
    this.#bases = locals.all.filter(({ candidate }) => candidate.type === "host");
    this.key = shortTermKey(parameters.password);
    this.remotes = new RemoteCandidates(() => context.nextId("I"));
    this.#consent = new Consent(context.random);
  }

  /** The parameters of the peer, once known. */
  get remoteParameters(): IceParameters | undefined {
    return this.#remote?.parameters;
  }

  /** The pair that data goes over: the nominated one, before that the first valid one. */
  get selected(): CandidatePair | undefined {
    return this.#selected;
  }

  /** Whether the selected pair was nominated. */
  get concluded(): boolean {
    return this.#nominated !== undefined;
  }

  /** Whether nothing comes through the selected pair at the moment. */
  get lost(): boolean {
    return this.#selected !== undefined && this.#consent.missing;
  }

  /** Whether data may go over the selected pair. */
  get usable(): boolean {
    return this.#selected !== undefined && this.#phase !== "expired";
  }

  /** Whether consent has expired: nothing may be sent any more. */
  get expired(): boolean {
    return this.#phase === "expired";
  }

  /** Whether checks are under way, or have been. */
  get started(): boolean {
    return this.#phase !== "idle";
  }

  /** Takes the peer's parameters; checks that came earlier with them are looked at now. */
  setRemoteParameters(parameters: IceParameters, now: Instant): void {
    this.#remote = { parameters, key: shortTermKey(parameters.password) };
    const early = [...this.#early.values()].filter(({ fragment }) => fragment === parameters.usernameFragment);
    this.#early.clear();
    for (const { route, request } of early) this.#learn(route, request, now);
  }

  /** Checks may go from now on. The remote parameters are known. */
  start(now: Instant): void {
    if (this.#phase !== "idle") return;
    this.#phase = "checking";
    this.#startedAt = now;
    this.#lastCandidateAt = now;
  }

  /** Another generation has taken over: no more checks, but what the peer still sends is answered. */
  retire(): void {
    this.#phase = "retired";
    this.#consent.stop();
    this.list.interrupt();
    this.#nominating = undefined;
    this.#outstanding.clear();
  }

  /** Lets all routes go. The session is not used any more. */
  dispose(): void {
    for (const pair of this.list.pairs) this.#context.pins.unpin(pair.route);
  }

  /** A socket is there: it is paired with every remote candidate. */
  addBase(local: LocalCandidate): void {
    this.#bases.push(local);
    for (const remote of this.remotes.all) if (canPair(local.base, remote, this.#bases)) this.#pair(local, remote, false);
  }

  /** A signalled candidate at `address`, its own or what its name resolved to. */
  addRemoteCandidate(candidate: IceCandidate, address: string, now: Instant): void {
    const { drops } = this.#context.output;
    const remote = this.remotes.signalled(candidate, address);
    if (remote === "unusable") drops.count("unusable-candidate");
    else if (remote === "limit") drops.count("candidate-limit");
    else if (remote !== "redundant") this.#pairWithAll(remote, now);
  }

  #pairWithAll(remote: RemoteCandidate, now: Instant): void {
    if (this.#phase === "checking") this.#lastCandidateAt = now;
    const { role } = this.#context.role;
    for (const pair of this.list.pairs) {
      // It had been learned from a check; now it has its signalled priority and foundation.
      if (pair.remoteCandidate === remote) pair.foundation = `${pair.local.foundation} ${remote.candidate.foundation}`;
    }
    this.list.prioritise(role);
    for (const local of this.#bases) if (canPair(local.base, remote, this.#bases)) this.#pair(local, remote, false);
  }

  #pair(local: LocalCandidate, remote: RemoteCandidate, insist: boolean): CandidatePair | undefined {
    const { routes, pins, role, output, nextId } = this.#context;
    const { socket, zone } = local.base;
    const address = remote.scope === "link-local" && zone !== undefined ? `${remote.address}%${zone}` : remote.address;
    const route = pins.pin(routes.intern(socket, "udp", address, remote.port));
    const known = this.list.ofRoute(route);
    if (known !== undefined) {
      pins.unpin(route);
      return known;
    }
    const pair = new CandidatePair(nextId("CP"), local, remote, route);
    const removed = this.list.add(pair, role.role, insist);
    if (removed !== undefined) {
      pins.unpin(removed.route);
      output.drops.count("pair-limit");
    }
    return removed === pair ? undefined : pair;
  }

  /** A check of the peer that proved to be from it, and was answered: RFC 8445 §7.3.1. */
  receiveCheck(route: Route, fragment: string, request: CheckRequest, now: Instant): void {
    if (this.#remote?.parameters.usernameFragment === fragment) {
      this.#learn(route, request, now);
    } else if (this.#early.size < MAX_EARLY_CHECKS || this.#early.has(route)) {
      this.#early.set(route, { route, fragment, request });
    } else {
      this.#context.output.drops.count("early-request-limit");
    }
  }

  #learn(route: Route, request: CheckRequest, now: Instant): void {
    let pair = this.list.ofRoute(route);
    if (pair === undefined) {
      if (this.#phase === "retired" || this.#phase === "expired") return;
      const local = this.#bases.find(({ base }) => base.socket === route.local);
      const { address, port } = route;
      const remote = this.remotes.find(address, port) ?? this.remotes.learned(address, port, request.priority);
      if (remote === undefined) this.#context.output.drops.count("candidate-limit");
      if (local === undefined || remote === undefined) return;
      pair = this.#pair(local, remote, true);
      if (pair === undefined) return;
    }
    pair.heard = true;
    pair.counters.requestsReceived++;
    pair.counters.responsesSent++;
    if (request.useCandidate && this.#context.role.role === "controlled") pair.requested = true;
    if (pair === this.#selected) this.#consent.hear();
    if (this.#phase === "idle" || this.#phase === "checking") this.list.trigger(pair, now);
  }

  /** Data came from the peer. */
  hear(pair: CandidatePair): void {
    if (pair === this.#selected) this.#consent.hear();
  }

  /** A response. False when it belongs to no request of this session. */
  receiveResponse(message: StunMessage, route: Route, now: Instant): boolean {
    const request = this.#outstanding.get(message.transactionId);
    if (request === undefined || this.#remote === undefined) return false;
    const { drops } = this.#context.output;
    const proven = checkIntegrity(message, this.#remote.key);
    if (route !== request.pair.route) {
      // RFC 8445 §7.2.5.2.1 fails the pair; but whoever copies a response could do that to any pair. It is ignored.
      drops.count("asymmetric-response");
    } else if (message.class === StunClass.ERROR) {
      this.#handleError(message, request, proven, now);
    } else if (!proven) {
      drops.count("bad-integrity");
    } else {
      this.#handleSuccess(message, request, now);
    }
    return true;
  }

  /** RFC 8445 §7.2.5.1. A refusal without proof is only counted: anyone on the path could have made it. */
  #handleError(message: StunMessage, { pair, role }: Outstanding, proven: boolean, now: Instant): void {
    if (!proven) {
      this.#context.output.drops.count("bad-integrity");
      return;
    }
    this.#outstanding.delete(message.transactionId);
    if (decodeErrorCode(message)?.code === StunErrorCode.ROLE_CONFLICT) {
      this.#context.role.refused(role);
      this.list.trigger(pair, now);
    } else if (pair.state === "in-progress") {
      pair.settle("failed");
    }
  }

  /** RFC 8445 §7.2.5.2, §7.2.5.3. */
  #handleSuccess(message: StunMessage, { pair, sentAt, useCandidate, priority }: Outstanding, now: Instant): void {
    const mapped = decodeXorAddress(message, AttributeType.XOR_MAPPED_ADDRESS);
    if (mapped === undefined || this.#phase !== "checking") return;
    this.#outstanding.delete(message.transactionId);
    const { counters } = pair;
    counters.responsesReceived++;
    counters.currentRoundTripTime = now - sentAt;
    counters.totalRoundTripTime += now - sentAt;
    pair.confirmedAt = now;
    this.#locate(pair, mapped.address, mapped.port, priority);
    if (!pair.valid) {
      pair.settle("succeeded");
      this.list.thaw(pair.foundation);
      if (this.#firstValidAt === NEVER) this.#firstValidAt = now;
    }
    if (pair === this.#selected) this.#confirm(now);
    else if (this.#selected === undefined) this.#select(pair, now);
    else if (this.#consent.missing) this.#replace(this.#selected, pair, now);
    if (useCandidate && this.#nominating?.pair === pair) this.#conclude(pair, now);
  }

  /** The peer sees us at this address: the local candidate of the pair is the one that has it, perhaps a new one. */
  #locate(pair: CandidatePair, address: string, port: number, priority: number): void {
    if (pair.local.address === address && pair.local.port === port) return;
    let local = this.locals.find(pair.base, address, port);
    if (local === undefined) {
      const base = this.locals.ofBase(pair.base)?.candidate ?? pair.local;
      const candidate: IceCandidate = {
        foundation: `prflx${this.#context.nextId("F")}`,
        component: 1,
        protocol: "udp",
        priority,
        address,
        port,
        type: "prflx",
        relatedAddress: base.address,
        relatedPort: base.port,
        usernameFragment: this.parameters.usernameFragment,
      };
      local = { id: this.#context.nextId("I"), candidate, base: pair.base };
      if (!this.locals.add(local)) return;
    }
    pair.localCandidate = local;
    this.list.prioritise(this.#context.role.role);
  }

  #select(pair: CandidatePair, now: Instant): void {
    this.#selected = pair;
    this.#consent.confirm(pair.confirmedAt, now);
  }

  /** The selected pair was lost and another works: it is used until one is nominated. */
  #replace(lost: CandidatePair, pair: CandidatePair, now: Instant): void {
    lost.settle("failed");
    lost.requested = false;
    lost.nominated = false;
    this.#nominated = undefined;
    this.#select(pair, now);
  }

  /** The selected pair works; when it had been lost, the search for another ends. */
  #confirm(now: Instant): void {
    if (this.#consent.missing && this.concluded) this.list.interrupt();
    this.#consent.confirm(now, now);
  }

  /** A pair is nominated: it is used, and no other is checked unless the peer asks. RFC 8445 §8.1.2. */
  #conclude(pair: CandidatePair, now: Instant): void {
    if (this.#nominated !== undefined) this.#nominated.nominated = false;
    pair.nominated = true;
    this.#nominated = pair;
    this.#nominating = undefined;
    this.#select(pair, now);
    this.list.interrupt();
  }

  /** The role has changed: RFC 8445 §7.3.1.1. */
  roleChanged(): void {
    this.#nominating = undefined;
    this.list.prioritise(this.#context.role.role);
  }

  /** Does what is due: consent, nomination, checks. */
  advance(now: Instant): void {
    if (this.#phase !== "checking") return;
    this.list.expire(now);
    this.#keepConsent(now);
    if (this.#phase !== "checking") return;
    this.#decide(now);
    this.#nominate(now);
    const { pacer } = this.#context;
    while (pacer.next(now) <= now) {
      const pair = this.list.next(now, this.#triggeredOnly);
      if (pair === undefined) break;
      pacer.take(now);
      pair.countRequest(now);
      pair.counters.requestsSent++;
      this.#sendRequest(pair, false, now);
    }
  }

  /** When `advance` is next needed. Asked after `advance(now)`. */
  deadline(now: Instant): Instant {
    if (this.#phase !== "checking") return NEVER;
    const nominating = this.#nominating;
    const nomination =
      nominating === undefined ? this.#decideAt : Math.min(nominating.nextRequestAt, nominating.startedAt + NOMINATION_DURATION);
    const check = this.list.deadline(now, this.#triggeredOnly);
    const paced = check <= now ? Math.max(check, this.#context.pacer.next(now)) : check;
    return Math.min(this.#consent.deadline, nomination, paced, this.#selected === undefined ? this.#givesUpAt(now) : NEVER);
  }

  /** Whether all checks have failed and nothing more can come: RFC 8863 §4, RFC 8838 §8.3. */
  exhausted(now: Instant): boolean {
    return this.#phase === "checking" && this.#selected === undefined && !this.list.open && now >= this.#patience;
  }

  /** Without an end of candidates, the peer's silence counts for one. */
  get #patience(): Instant {
    return (this.endOfCandidates ? this.#startedAt : this.#lastCandidateAt) + PAC_DURATION;
  }

  #givesUpAt(now: Instant): Instant {
    return this.#patience > now ? this.#patience : NEVER;
  }

  /** After the end only what the peer wants checked is checked. */
  get #triggeredOnly(): boolean {
    return this.#nominated !== undefined && !this.#consent.missing;
  }

  #keepConsent(now: Instant): void {
    const pair = this.#selected;
    if (pair === undefined) return;
    const wasMissing = this.#consent.missing;
    const verdict = this.#consent.advance(now, pair.counters.currentRoundTripTime);
    if (verdict === "expired") {
      this.#phase = "expired";
      this.list.interrupt();
      this.#nominating = undefined;
    } else if (verdict === "check") {
      pair.counters.consentRequestsSent++;
      this.#sendRequest(pair, false, now);
    }
    if (this.#consent.missing && !wasMissing) {
      // The path is lost; any other may work now, also one that did not before.
      this.#firstValidAt = NEVER;
      this.#nominating = undefined;
      this.list.revive(pair);
    }
  }

  #decide(now: Instant): void {
    const { missing } = this.#consent;
    const view = {
      list: this.list,
      nominated: missing ? undefined : this.#nominated,
      lost: missing ? this.#selected : undefined,
      nominating: this.#nominating?.pair,
      firstValidAt: this.#firstValidAt,
    };
    const step = this.#context.role.role === "controlling" ? controllingStep(view, now) : controlledStep(view);
    this.#decideAt = step.type === "wait" ? step.until : NEVER;
    if (step.type === "nominate") this.#nominating = { pair: step.pair, startedAt: now, nextRequestAt: now };
    else if (step.type === "select") this.#conclude(step.pair, now);
  }

  #nominate(now: Instant): void {
    const nominating = this.#nominating;
    if (nominating === undefined) return;
    const { pair, startedAt, nextRequestAt } = nominating;
    if (now >= startedAt + NOMINATION_DURATION) {
      this.#nominating = undefined;
      // It was valid, but is not any more.
      if (pair !== this.#selected) pair.settle("failed");
      this.#decide(now);
    } else if (now >= nextRequestAt) {
      const wait = 2 * (pair.counters.currentRoundTripTime ?? LONGEST_NOMINATION_INTERVAL);
      nominating.nextRequestAt = now + Math.min(Math.max(wait, SHORTEST_NOMINATION_INTERVAL), LONGEST_NOMINATION_INTERVAL);
      pair.counters.requestsSent++;
      this.#sendRequest(pair, true, now);
    }
  }

  #sendRequest(pair: CandidatePair, useCandidate: boolean, now: Instant): void {
    if (this.#remote === undefined) return;
    const { random, role, output } = this.#context;
    const id = createTransactionId(random);
    const priority = candidatePriority("prflx", pair.base.localPreference);
    if (this.#outstanding.size >= MAX_OUTSTANDING) {
      for (const oldest of this.#outstanding.keys()) {
        this.#outstanding.delete(oldest);
        break;
      }
    }
    this.#outstanding.set(id, { pair, sentAt: now, role: role.role, useCandidate, priority });
    const username = `${this.#remote.parameters.usernameFragment}:${this.parameters.usernameFragment}`;
    const request = { priority, useCandidate, role: role.role, tieBreaker: role.tieBreaker };
    output.send(encodeCheckRequest(id, username, request, this.#remote.key), pair.route);
  }
}
