/**
 * One ICE session, from one exchange of parameters to the next restart: RFC 8445 §6 to §9.
 *
 * It has pairs checked, nominates one and keeps consent. What is common to all generations (sockets, role, pacing) belongs
 * to the agent.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { Route } from "../base/route.ts";
import type { HmacKey } from "../crypto/hash.ts";
import { decodeXorAddress, type TransportAddress } from "../stun/address-attribute.ts";
import { AttributeType } from "../stun/attribute-type.ts";
import { decodeErrorCode, StunErrorCode } from "../stun/error-code.ts";
import { checkIntegrity } from "../stun/integrity.ts";
import { createTransactionId, StunClass, type StunMessage } from "../stun/message.ts";
import { shortTermKey } from "../stun/password-algorithm.ts";
import type { IceCandidate } from "./candidate.ts";
import type { CandidatePair } from "./candidate-pair.ts";
import { type CheckRequest, encodeCheckRequest } from "./connectivity-check.ts";
import { Consent } from "./consent.ts";
import { controlledStep } from "./controlled.ts";
import { controllingStep } from "./controlling.ts";
import { EarlyChecks } from "./early-checks.ts";
import type { IceNetworkOptions } from "./ice-network-options.ts";
import type { IceParameters } from "./ice-parameters.ts";
import { isAt, type LocalCandidate, LocalCandidates } from "./local-candidates.ts";
import type { NetworkChange } from "./network-watch.ts";
import { NominationAttempt } from "./nomination.ts";
import { type OutstandingCheck, OutstandingChecks } from "./outstanding-checks.ts";
import type { Pacer } from "./pacer.ts";
import { Pairing, type PairingContext } from "./pairing.ts";
import { candidatePriority } from "./priorities.ts";
import type { StreamNews, TcpStreams } from "./tcp-streams.ts";

/** The PAC timer: milliseconds for which checks are not given up, whatever became of them. RFC 8863 §4. */
export const PAC_DURATION = 39_500;

/** Milliseconds for which a pair that is not in use counts as valid without another check. */
const VALIDITY_DURATION = 5000;

/** Milliseconds after the first valid pair in which others are no news. A way that works only later shows that something has changed. */
const SETTLING_DURATION = 2000;

/** What all sessions of an agent share. */
export interface SessionContext extends PairingContext {
  readonly network: IceNetworkOptions;
  readonly random: Random;
  readonly pacer: Pacer;
  readonly streams: TcpStreams;
}

interface Remote {
  readonly parameters: IceParameters;
  readonly key: HmacKey;
}

/** One generation of an agent. */
export class Session {
  readonly parameters: IceParameters;
  /** Protects what the peer sends. */
  readonly key: HmacKey;
  readonly locals: LocalCandidates;
  readonly pairing: Pairing;
  /** The peer said that there are no more candidates. */
  endOfCandidates = false;
  readonly #context: SessionContext;
  readonly #consent: Consent;
  readonly #outstanding = new OutstandingChecks();
  readonly #early = new EarlyChecks();
  #remote: Remote | undefined;
  #phase: "idle" | "checking" | "retired" | "expired" = "idle";
  #startedAt: Instant = NEVER;
  #lastCandidateAt: Instant = NEVER;
  #firstValidAt: Instant = NEVER;
  #nominations = 0;
  #decideAt: Instant = NEVER;
  #selected: CandidatePair | undefined;
  #nominated: CandidatePair | undefined;
  #attempt: NominationAttempt | undefined;

  /** @param locals candidates that are there already, when the peer alone begins anew */
  constructor(context: SessionContext, parameters: IceParameters, locals: LocalCandidates = new LocalCandidates()) {
    this.#context = context;
    this.parameters = parameters;
    this.key = shortTermKey(parameters.password);
    this.locals = locals;
    this.pairing = new Pairing(context, locals.bases);
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

  /** Whether the selected pair is lost or may be. */
  get worried(): boolean {
    return this.lost || (this.#selected !== undefined && this.#consent.doubtful);
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
    for (const { route, request } of this.#early.take(parameters.usernameFragment)) this.#learn(route, request, now);
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
    this.#end("retired");
    this.#outstanding.clear();
  }

  #end(phase: "retired" | "expired"): void {
    this.#phase = phase;
    this.#consent.stop();
    this.pairing.list.interrupt();
    this.#attempt = undefined;
  }

  /** A signalled candidate at `address`, its own or what its name resolved to. */
  addRemoteCandidate(candidate: IceCandidate, address: string, now: Instant): void {
    if (this.pairing.addSignalled(candidate, address) && this.#phase === "checking") this.#lastCandidateAt = now;
  }

  /** A socket is there. When all is settled its pairs are checked all the same: they may be needed. */
  addBase(local: LocalCandidate, now: Instant): void {
    const pairs = this.pairing.addBase(local);
    if (this.#phase === "checking" && this.#triggeredOnly) for (const pair of pairs) this.pairing.list.trigger(pair, now);
  }

  /** Something has become of sockets that pairs leave by. */
  follow({ type, sockets }: NetworkChange, now: Instant): void {
    const { list } = this.pairing;
    if (type === "gone") {
      this.pairing.removeBases(sockets);
      this.locals.remove(sockets);
      return;
    }
    const isSelected = this.#selected !== undefined && sockets.has(this.#selected.base.socket);
    if (type === "vanished") {
      for (const pair of list.pairs) if (sockets.has(pair.base.socket)) pair.settle("failed");
      if (isSelected && this.#phase === "checking" && !this.#consent.missing) {
        this.#consent.lose();
        this.#search();
      }
    } else if (this.#phase === "checking") {
      if (isSelected) this.#consent.hurry(now);
      for (const pair of list.pairs) if (sockets.has(pair.base.socket) && pair !== this.#selected) list.trigger(pair, now);
    }
  }

  /** A check of the peer that proved to be from it, and was answered: RFC 8445 §7.3.1. */
  receiveCheck(route: Route, fragment: string, request: CheckRequest, now: Instant): void {
    this.#context.streams.prove(route);
    if (this.#remote?.parameters.usernameFragment === fragment) this.#learn(route, request, now);
    else if (!this.#early.add({ route, fragment, request })) this.#context.output.drops.count("early-request-limit");
  }

  #learn(route: Route, request: CheckRequest, now: Instant): void {
    const { list } = this.pairing;
    const ended = this.#phase === "retired" || this.#phase === "expired";
    const pair = ended ? list.ofRoute(route) : this.pairing.learn(route, request.priority);
    if (pair === undefined) return;
    pair.heard = true;
    pair.counters.requestsReceived++;
    pair.counters.responsesSent++;
    this.hear(pair);
    if (this.#context.network.lite) {
      if (!ended) this.#accept(pair, request.useCandidate, now);
      return;
    }
    if (request.useCandidate && this.#context.role.role === "controlled") {
      pair.requestedAt = now;
      pair.nomination = Math.max(pair.nomination, request.nomination ?? 0);
      // What was valid a while ago has to prove it again before it is used.
      if (pair.valid && pair !== this.#selected && now >= pair.confirmedAt + VALIDITY_DURATION) pair.settle("waiting");
    }
    if (!ended) list.trigger(pair, now);
  }

  /** The lite side takes the peer's word for it that a pair works: RFC 8445 §7.3.2, §8.2. Its consent is that it goes on asking. */
  #accept(pair: CandidatePair, useCandidate: boolean, now: Instant): void {
    pair.confirmedAt = now;
    pair.settle("succeeded");
    if (this.#selected === undefined) this.#select(pair);
    else if (this.#consent.missing && pair !== this.#selected) this.#replace(this.#selected, pair);
    if (useCandidate && pair !== this.#nominated) this.#conclude(pair);
    if (pair === this.#selected) this.#consent.confirm(now);
  }

  /** Something came from the peer this way. */
  hear(pair: CandidatePair): void {
    if (pair === this.#selected) this.#consent.hear();
  }

  /** A response. False when it belongs to no request of this session. */
  receiveResponse(message: StunMessage, route: Route, now: Instant): boolean {
    const check = this.#outstanding.find(message.transactionId);
    if (check === undefined || this.#remote === undefined) return false;
    const { drops } = this.#context.output;
    if (route !== check.pair.route) {
      // RFC 8445 §7.2.5.2.1 fails the pair; but whoever copies a response could do that to any pair. It is ignored.
      drops.count("asymmetric-response");
    } else if (!checkIntegrity(message, this.#remote.key)) {
      // Refusals without proof are among these: anyone on the path could have made them.
      drops.count("bad-integrity");
    } else if (message.class === StunClass.ERROR) {
      this.#handleError(message, check, now);
    } else {
      this.#handleSuccess(message, check, now);
    }
    return true;
  }

  /** RFC 8445 §7.2.5.1. */
  #handleError(message: StunMessage, { pair, role }: OutstandingCheck, now: Instant): void {
    this.#outstanding.remove(message.transactionId);
    if (decodeErrorCode(message)?.code === StunErrorCode.ROLE_CONFLICT) {
      this.#context.role.refused(role);
      this.pairing.list.trigger(pair, now);
    } else if (pair.state === "in-progress") {
      pair.settle("failed");
    }
  }

  /** RFC 8445 §7.2.5.2, §7.2.5.3. */
  #handleSuccess(message: StunMessage, check: OutstandingCheck, now: Instant): void {
    const mapped = decodeXorAddress(message, AttributeType.XOR_MAPPED_ADDRESS);
    if (mapped === undefined || this.#phase !== "checking") return;
    this.#outstanding.remove(message.transactionId);
    const { pair } = check;
    // The list may have had to let it go since.
    if (this.pairing.list.ofRoute(pair.route) !== pair) return;
    this.#context.streams.prove(pair.route);
    pair.confirm(now, now - check.sentAt);
    this.#locate(pair, mapped, check.priority);
    const isNew = !pair.valid;
    if (isNew) {
      pair.settle("succeeded");
      this.pairing.list.thaw(pair.foundation);
      if (this.#firstValidAt === NEVER) this.#firstValidAt = now;
    }
    if (pair === this.#selected) this.#confirm(now);
    else if (this.#selected === undefined) this.#select(pair);
    else if (this.#consent.missing) this.#replace(this.#selected, pair);
    else if (isNew && this.#triggeredOnly && now >= this.#firstValidAt + SETTLING_DURATION) this.#consent.hurry(now);
    if (check.useCandidate && this.#attempt?.pair === pair) this.#conclude(pair);
  }

  /** The peer sees us at this address: the local candidate of the pair is the one that has it, perhaps a new one. */
  #locate(pair: CandidatePair, { address, port }: TransportAddress, priority: number): void {
    // Connections leave from any port; the candidate of a side that connects stands for all of them.
    if (isAt(pair.localCandidate, address, pair.base.tcpType === "active" ? pair.local.port : port)) return;
    let local = this.locals.find(pair.base, address, port);
    if (local === undefined) {
      const { nextId } = this.#context;
      const base = this.locals.ofBase(pair.base)?.candidate ?? pair.local;
      const candidate: IceCandidate = {
        foundation: `prflx${nextId("F")}`,
        component: 1,
        protocol: base.protocol,
        priority,
        address,
        port,
        type: "prflx",
        ...(pair.base.tcpType !== undefined && { tcpType: pair.base.tcpType }),
        relatedAddress: base.address,
        relatedPort: base.port,
        usernameFragment: this.parameters.usernameFragment,
      };
      local = { id: nextId("I"), candidate, base: pair.base } satisfies LocalCandidate;
      if (!this.locals.add(local)) return;
    }
    pair.localCandidate = local;
    this.pairing.list.prioritise(this.#context.role.role);
  }

  #select(pair: CandidatePair): void {
    this.#selected = pair;
    this.#consent.confirm(pair.confirmedAt);
  }

  /** The selected pair was lost and another works: it is used until one is nominated. */
  #replace(lost: CandidatePair, pair: CandidatePair): void {
    lost.settle("failed");
    lost.nominated = false;
    if (lost.base.tcpType === "passive") this.pairing.forget(lost);
    this.#nominated = undefined;
    this.#select(pair);
  }

  /** The selected pair works; when it had been lost, the search for another ends. */
  #confirm(now: Instant): void {
    if (this.#consent.missing && this.concluded) this.pairing.list.interrupt();
    this.#consent.confirm(now);
  }

  /** A pair is nominated: it is used, and no other is checked unless the peer asks. RFC 8445 §8.1.2. */
  #conclude(pair: CandidatePair): void {
    if (this.#nominated !== undefined) this.#nominated.nominated = false;
    pair.nominated = true;
    this.#nominated = pair;
    this.#attempt = undefined;
    this.#select(pair);
    this.pairing.list.interrupt();
  }

  /** The role has changed: RFC 8445 §7.3.1.1. */
  roleChanged(): void {
    this.#attempt = undefined;
    this.pairing.list.prioritise(this.#context.role.role);
  }

  /** Does what is due: consent, nomination, checks. */
  advance(now: Instant): void {
    if (this.#phase !== "checking") return;
    const { list } = this.pairing;
    list.expire(now);
    this.#keepConsent(now);
    if (this.#phase !== "checking" || this.#context.network.lite) return;
    this.#decide(now);
    this.#nominate(now);
    const { pacer } = this.#context;
    while (pacer.next(now) <= now) {
      const pair = list.next(now, this.#triggeredOnly);
      if (pair === undefined) break;
      if (!this.#isOpen(pair, now)) continue;
      pacer.take(now);
      pair.countRequest(now);
      this.#sendRequest(pair, false, now);
    }
  }

  /** When `advance` is next needed. Asked after `advance(now)`. */
  deadline(now: Instant): Instant {
    if (this.#phase !== "checking") return NEVER;
    const patience = this.#selected === undefined && this.#patience > now ? this.#patience : NEVER;
    if (this.#context.network.lite) return Math.min(this.#consent.deadline, patience);
    const check = this.pairing.list.deadline(now, this.#triggeredOnly);
    const paced = check <= now ? Math.max(check, this.#context.pacer.next(now)) : check;
    return Math.min(this.#consent.deadline, this.#attempt?.deadline ?? this.#decideAt, paced, patience);
  }

  /** Whether all checks have failed and nothing more is to be expected: RFC 8863 §4, RFC 8838 §8.3. */
  exhausted(now: Instant): boolean {
    if (this.#phase !== "checking" || this.#selected !== undefined || now < this.#patience) return false;
    return this.#context.network.lite === true || !this.pairing.list.open;
  }

  /** Without an end of candidates, the peer's silence counts for one. */
  get #patience(): Instant {
    return (this.endOfCandidates ? this.#startedAt : this.#lastCandidateAt) + PAC_DURATION;
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
      this.#end("expired");
      return;
    }
    if (verdict === "check" && pair.isStream && !this.#context.streams.isOpen(pair.route)) {
      // It is opened again by a check, for as long as there is consent.
      if (pair.state === "failed") pair.settle("waiting");
    } else if (verdict === "check" && !this.#context.network.lite) {
      pair.counters.consentRequestsSent++;
      this.#sendRequest(pair, false, now);
    }
    if (this.#consent.missing && !wasMissing) this.#search();
  }

  /** The path in use is lost; any other may work now, also one that did not before. */
  #search(): void {
    this.#firstValidAt = NEVER;
    this.#attempt = undefined;
    const { absent } = this.#context;
    this.pairing.list.revive((pair) => pair === this.#selected || absent.has(pair.base.socket));
  }

  /** Whether a check can be sent. The connection that it needs is opened; where that is for the other side to do, it has failed. */
  #isOpen(pair: CandidatePair, now: Instant): boolean {
    if (!pair.isStream) return true;
    const way = this.#context.streams.prepare(pair.route, now);
    if (way === "opening") pair.begin(now);
    else if (way === "gone") pair.settle("failed");
    return way === "open";
  }

  /** A connection is there, or gone: a pair stands and falls with it. RFC 6544 §7.1. */
  hearStream({ type, route, since }: StreamNews, now: Instant): void {
    const pair = this.pairing.list.ofRoute(route);
    if (pair === undefined || this.#phase === "expired") return;
    if (type === "opened") {
      pair.opened(now);
      return;
    }
    // What was begun for an earlier check says nothing about this one.
    const isStale = pair.state === "in-progress" && pair.checkStartedAt > since && pair.base.tcpType !== "passive";
    pair.settle(isStale ? "waiting" : "failed");
    if (pair !== this.#selected) {
      if (pair.base.tcpType === "passive") this.pairing.forget(pair);
    } else if (this.#phase === "checking" && !this.#consent.missing) {
      pair.nominated = false;
      this.#nominated = undefined;
      this.#consent.lose();
      this.#consent.hurry(now);
      this.#search();
    }
  }

  #decide(now: Instant): void {
    const { missing } = this.#consent;
    const view = {
      list: this.pairing.list,
      renominates: this.#renominates,
      nominated: missing ? undefined : this.#nominated,
      lost: missing ? this.#selected : undefined,
      nominating: this.#attempt?.pair,
      firstValidAt: this.#firstValidAt,
    };
    const step = this.#context.role.role === "controlling" ? controllingStep(view, now) : controlledStep(view);
    this.#decideAt = step.type === "wait" ? step.until : NEVER;
    if (step.type === "select") this.#conclude(step.pair);
    if (step.type !== "nominate") return;
    this.#attempt = new NominationAttempt(step.pair, now);
    this.#nominations++;
  }

  get #renominates(): boolean {
    return this.#context.network.renomination === true && this.#remote?.parameters.renomination === true;
  }

  #nominate(now: Instant): void {
    const verdict = this.#attempt?.advance(now);
    const pair = this.#attempt?.pair;
    if (pair === undefined || verdict === "wait") return;
    if (verdict === "send") {
      this.#sendRequest(pair, true, now);
      return;
    }
    this.#attempt = undefined;
    // It was valid, but is not any more; about the selected pair consent decides.
    if (pair !== this.#selected) pair.settle("failed");
    this.#decide(now);
  }

  #sendRequest(pair: CandidatePair, useCandidate: boolean, now: Instant): void {
    if (this.#remote === undefined) return;
    const { random, output } = this.#context;
    const { role, tieBreaker } = this.#context.role;
    const id = createTransactionId(random);
    const priority = candidatePriority("prflx", pair.base.localPreference, 1, pair.local.protocol);
    this.#outstanding.add(id, { pair, sentAt: now, role, useCandidate, priority });
    pair.counters.requestsSent++;
    const username = `${this.#remote.parameters.usernameFragment}:${this.parameters.usernameFragment}`;
    const nomination = useCandidate && this.#renominates ? this.#nominations : undefined;
    const request = { priority, useCandidate, nomination, role, tieBreaker };
    output.send(encodeCheckRequest(id, username, request, this.#remote.key), pair.route);
  }
}
