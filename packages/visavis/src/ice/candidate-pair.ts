/**
 * A candidate pair and how its checks go: RFC 8445 §6.1.2. Pairs are formed from bases, because that is where checks leave.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { Route } from "../base/route.ts";
import type { IceCandidate } from "./candidate.ts";
import type { IceCandidatePair } from "./ice-event.ts";
import type { Base, LocalCandidate } from "./local-candidates.ts";
import type { RemoteCandidate } from "./remote-candidates.ts";

/** RFC 8445 §6.1.2.6, in the spelling of webrtc-stats. */
export type PairState = "frozen" | "waiting" | "in-progress" | "succeeded" | "failed";

/** Milliseconds to the second request of a check when nothing is known of the path: half of what RFC 8445 §14.3 suggests, and
 * several times what browsers wait. */
const FIRST_INTERVAL = 250;

/** Milliseconds between two requests at least. */
const SHORTEST_INTERVAL = 50;

/** The interval doubles up to this many milliseconds. */
const LONGEST_INTERVAL = 1000;

/** Milliseconds until a check without an answer has failed: seven requests of RFC 8489 take as long. */
export const CHECK_DURATION = 39_500;

/** Traffic and checks of a pair, in the terms of webrtc-stats. Times in milliseconds. */
export interface PairCounters {
  packetsSent: number;
  packetsReceived: number;
  bytesSent: number;
  bytesReceived: number;
  lastPacketSentAt: Instant | undefined;
  lastPacketReceivedAt: Instant | undefined;
  requestsSent: number;
  requestsReceived: number;
  responsesSent: number;
  responsesReceived: number;
  consentRequestsSent: number;
  totalRoundTripTime: number;
  currentRoundTripTime: number | undefined;
}

/** One pair of a check list. */
export class CandidatePair implements IceCandidatePair {
  readonly id: string;
  readonly base: Base;
  readonly remoteCandidate: RemoteCandidate;
  readonly route: Route;
  /** The candidate that stands for the local side: the base's, until a response shows how the peer sees us. */
  localCandidate: LocalCandidate;
  /** Both foundations; pairs that share it are likely to share one fate. */
  foundation: string;
  priority: bigint = 0n;
  state: PairState = "frozen";
  /** Nominated by the controlling side, and valid. */
  nominated = false;
  /** When the peer last asked for this pair by USE-CANDIDATE, perhaps before it was valid; undefined when it has not. */
  requestedAt: Instant | undefined = undefined;
  /** The number of that nomination, where the peer counts them; the highest so far. */
  nomination = 0;
  /** The peer has sent a check this way: it is there, and knows our password. */
  heard = false;
  /** When the check began; `NEVER` unless in progress. */
  checkStartedAt: Instant = NEVER;
  /** When the next request of the check is due; `NEVER` unless in progress. */
  nextRequestAt: Instant = NEVER;
  /** When the last response came; `NEVER` when none has. */
  confirmedAt: Instant = NEVER;
  readonly counters: PairCounters = {
    packetsSent: 0,
    packetsReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    lastPacketSentAt: undefined,
    lastPacketReceivedAt: undefined,
    requestsSent: 0,
    requestsReceived: 0,
    responsesSent: 0,
    responsesReceived: 0,
    consentRequestsSent: 0,
    totalRoundTripTime: 0,
    currentRoundTripTime: undefined,
  };
  #requests = 0;
  #lastRequestAt: Instant = 0;

  constructor(id: string, local: LocalCandidate, remote: RemoteCandidate, route: Route) {
    this.id = id;
    this.base = local.base;
    this.localCandidate = local;
    this.remoteCandidate = remote;
    this.route = route;
    this.foundation = `${local.candidate.foundation} ${remote.candidate.foundation}`;
  }

  get local(): IceCandidate {
    return this.localCandidate.candidate;
  }

  get remote(): IceCandidate {
    return this.remoteCandidate.candidate;
  }

  /** A response has come: data may go this way. */
  get valid(): boolean {
    return this.state === "succeeded";
  }

  /** Data that comes this way may be from the peer. */
  get known(): boolean {
    return this.heard || this.state === "succeeded";
  }

  /** Over a stream nothing is lost but the stream: requests are not repeated (RFC 8489 §6.2.2). */
  get isStream(): boolean {
    return this.base.tcpType !== undefined;
  }

  /** The check begins: for a start a connection is opened, which is told by `opened`. */
  begin(now: Instant): void {
    if (this.state === "in-progress") return;
    this.state = "in-progress";
    this.checkStartedAt = now;
    this.nextRequestAt = NEVER;
    this.#requests = 0;
  }

  /** The connection is there: the request of a check that has begun can go. */
  opened(now: Instant): void {
    if (this.state === "in-progress") this.nextRequestAt = now;
  }

  /** A request of the check leaves now; the first one starts it. */
  countRequest(now: Instant): void {
    this.begin(now);
    this.#lastRequestAt = now;
    this.nextRequestAt = NEVER;
    if (this.isStream) return;
    this.nextRequestAt = now + Math.min(FIRST_INTERVAL * 2 ** Math.min(this.#requests, 8), LONGEST_INTERVAL);
    this.#requests++;
  }

  /** The peer is heard this way: the next request of a running check goes sooner, the last one may have met a closed NAT. */
  hasten(now: Instant): void {
    if (this.isStream) return;
    this.nextRequestAt = Math.min(this.nextRequestAt, Math.max(now, this.#lastRequestAt + SHORTEST_INTERVAL));
  }

  /** A response has come. */
  confirm(now: Instant, roundTripTime: number): void {
    this.confirmedAt = now;
    this.counters.responsesReceived++;
    this.counters.currentRoundTripTime = roundTripTime;
    this.counters.totalRoundTripTime += roundTripTime;
  }

  /** Ends or interrupts the check. */
  settle(state: Exclude<PairState, "in-progress">): void {
    this.state = state;
    this.checkStartedAt = NEVER;
    this.nextRequestAt = NEVER;
  }
}
