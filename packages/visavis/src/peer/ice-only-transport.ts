/**
 * ICE by itself: an agent that finds a path and keeps it, with nothing above it. https://w3c.github.io/webrtc-ice/
 *
 * What other transports carry, DTLS and RTP, is dropped and counted here.
 */
import { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import type { Instant } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import { type Route, RouteTable } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import {
  IceAgent,
  type IceCandidate,
  type IceEvent,
  type IceParameters,
  type IceRole,
  type IceServer,
} from "../transport/parts.ts";
import type { PeerExtensions } from "./peer-options.ts";

/** What an ICE transport is made of. */
export interface IceOnlyOptions {
  readonly random: Random;
  readonly extensions?: PeerExtensions;
}

/** What happened to it. */
export type IceOnlyEvent = IceEvent;

/** Why something was dropped: what arrived is not ICE's, or there was one remote candidate too many. */
export type IceOnlyDrop = "not-ice" | "candidate-limit";

/** Remote candidates of one generation that are looked at. ICE uses fewer. */
const MAX_REMOTE_CANDIDATES = 256;

/** One ICE agent as an engine of its own. */
export class IceOnlyTransport implements NetworkEngine<IceOnlyEvent> {
  readonly routes: RouteTable = new RouteTable();
  readonly drops: Drops<IceOnlyDrop> = new Drops();
  readonly #agent: IceAgent;
  /** The remote candidates of this generation. */
  readonly #told = new Set<string>();
  #closed = false;

  constructor({ random, extensions }: IceOnlyOptions) {
    this.#agent = new IceAgent({ random, routes: this.routes, role: "controlled", ...extensions?.ice });
  }

  /** What the other side needs to know. */
  get localParameters(): IceParameters {
    return this.#agent.localParameters;
  }

  /** Opens sockets and finds candidates. Once only. */
  gather(servers: readonly IceServer[], transportPolicy: "all" | "relay", now: Instant): void {
    this.#agent.configure(servers, transportPolicy);
    this.#agent.gather(now);
  }

  /** Takes the other side's parameters: checks may begin. Others than before begin them anew, with new remote candidates. */
  start(parameters: IceParameters, role: IceRole, now: Instant): void {
    const { remoteParameters } = this.#agent;
    if (remoteParameters === undefined) this.#agent.setRole(role);
    else this.#told.clear();
    this.#agent.setRemoteParameters(parameters, now);
  }

  /**
   * Takes one way to reach the other side; one that was told before is passed over.
   * @returns whether it is one more
   */
  addRemoteCandidate(candidate: IceCandidate, now: Instant): boolean {
    const { component, protocol, address, port, usernameFragment = "" } = candidate;
    const key = `${component} ${protocol} ${address} ${port} ${usernameFragment}`;
    if (this.#told.has(key)) return false;
    if (this.#told.size >= MAX_REMOTE_CANDIDATES) {
      this.drops.count("candidate-limit");
      return false;
    }
    this.#told.add(key);
    this.#agent.addRemoteCandidate(candidate, now);
    return true;
  }

  /** The other side has no more candidates. */
  addEndOfRemoteCandidates(now: Instant): void {
    this.#agent.addEndOfRemoteCandidates(now);
  }

  /** Ends at once; what relays are told is still to be transmitted. */
  close(now: Instant): void {
    this.#closed = true;
    this.#agent.close(now);
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    const isAlone = start === 0 && end === bytes.length;
    this.#agent.receive(isAlone ? bytes : bytes.subarray(start, end), route, now);
    while (this.#agent.takeInner() !== undefined) this.drops.count("not-ice");
  }

  advance(now: Instant): void {
    this.#agent.advance(now);
  }

  deadline(): Instant {
    return this.#agent.deadline();
  }

  transmit(out: Transmit, now: Instant): boolean {
    return this.#agent.transmit(out, now) || (this.#closed && this.#agent.transmitFarewell(out, now));
  }

  takeEvent(): IceOnlyEvent | undefined {
    return this.#agent.takeEvent();
  }

  takeAsk(): Ask | undefined {
    return this.#agent.takeAsk();
  }

  answer(answer: Answer, now: Instant): void {
    this.#agent.answer(answer, now);
  }
}
