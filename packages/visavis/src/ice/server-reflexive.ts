/**
 * One socket asking one STUN server how it looks from outside, and keeping that alive: RFC 8445 §5.1.1.2, §5.1.1.4.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { Route } from "../base/route.ts";
import { BindingClient, type BindingOutcome } from "../stun/binding-client.ts";
import type { StunMessage } from "../stun/message.ts";
import type { TransactionTiming } from "../stun/transaction.ts";
import type { StunServer } from "./ice-servers.ts";
import type { Base } from "./local-candidates.ts";

/** Requests at 0, 250, 750, 1750 and 3750 ms; given up at 5750 ms. Users wait for this, so it is shorter than the standard's. */
const PROBE_TIMING: TransactionTiming = { rto: 250, rc: 5, rm: 8 };

/** Milliseconds between two requests that keep a NAT binding open until a pair is in use. */
const KEEPALIVE_INTERVAL = 15_000;

/** After an hour the peer is not expected any more. */
const MAX_KEEPALIVES = 240;

/** One socket and one server. */
export class ServerReflexiveProbe {
  readonly base: Base;
  readonly server: StunServer;
  readonly route: Route;
  readonly #random: Random;
  #client: BindingClient;
  #phase: "queued" | "asking" | "mapped" | "ended" = "queued";
  #keepAliveAt: Instant = NEVER;
  #keepAlives = 0;

  constructor(base: Base, server: StunServer, route: Route, random: Random) {
    this.base = base;
    this.server = server;
    this.route = route;
    this.#random = random;
    this.#client = new BindingClient(random, PROBE_TIMING);
  }

  /** Whether it waits for its turn. */
  get queued(): boolean {
    return this.#phase === "queued";
  }

  /** Whether nothing more is to be expected. */
  get settled(): boolean {
    return this.#phase === "mapped" || this.#phase === "ended";
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    return Math.min(this.#client.deadline, this.#keepAliveAt);
  }

  /** Its turn has come; returns the request. */
  start(now: Instant): Uint8Array {
    this.#phase = "asking";
    this.#client.start(now);
    return this.#client.request;
  }

  /** Asks no more. */
  stop(): void {
    this.#phase = "ended";
    this.#keepAliveAt = NEVER;
  }

  /** The request to send now, `timeout` when the server is taken for unreachable, or nothing. */
  advance(now: Instant): Uint8Array | "timeout" | undefined {
    if (now >= this.#keepAliveAt) {
      this.#client = new BindingClient(this.#random, PROBE_TIMING);
      this.#client.start(now);
      this.#keepAliveAt = ++this.#keepAlives < MAX_KEEPALIVES ? now + KEEPALIVE_INTERVAL : NEVER;
      return this.#client.request;
    }
    if (this.#phase === "ended") return undefined;
    const verdict = this.#client.advance(now);
    if (verdict === "wait") return undefined;
    if (verdict === "send") return this.#client.request;
    if (this.#phase === "mapped") return undefined;
    this.#phase = "ended";
    return "timeout";
  }

  /**
   * What a message says to this probe; undefined when it is not for it, `again` when it only confirms what is known.
   * An answer must come from where the question went.
   */
  receive(message: StunMessage, route: Route, now: Instant): BindingOutcome | "again" | undefined {
    if (message.transactionId !== this.#client.transactionId || this.#phase === "queued" || this.#phase === "ended")
      return undefined;
    if (route.local !== this.route.local || route.port !== this.route.port || route.address !== this.route.address)
      return undefined;
    const outcome = this.#client.receive(message);
    if (outcome === undefined) return undefined;
    const first = this.#phase === "asking";
    if (outcome.type === "error" && first) {
      this.#phase = "ended";
    } else {
      this.#phase = "mapped";
      if (first) this.#keepAliveAt = now + KEEPALIVE_INTERVAL;
    }
    return first ? outcome : "again";
  }
}
