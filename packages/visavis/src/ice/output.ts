/**
 * Where the parts of an agent put what leaves it: datagrams, events, asks and counts. The agent's owner takes from here.
 */
import { Drops } from "../base/drops.ts";
import type { Ask } from "../base/engine.ts";
import { Ring } from "../base/ring.ts";
import type { Route } from "../base/route.ts";
import type { IceEvent } from "./ice-event.ts";

/** Why an agent dropped something. */
export type IceDropReason =
  /** Neither STUN nor a name-resolution answer. */
  | "not-stun"
  /** STUN with a wrong FINGERPRINT. */
  | "bad-fingerprint"
  /** A request or response whose MESSAGE-INTEGRITY is missing or wrong. */
  | "bad-integrity"
  /** A request for a user name fragment that is not ours, or no longer. */
  | "wrong-username"
  /** A well-protected request that lacks PRIORITY or the like. */
  | "bad-request"
  /** A request with attributes that we would have to understand. */
  | "unknown-attribute"
  /** A request seen before, from another address. */
  | "replayed-request"
  /** A method or class that has no business here. */
  | "unexpected-message"
  /** A response that belongs to no request of ours. */
  | "unmatched-response"
  /** A response that came another way than its request went. */
  | "asymmetric-response"
  /** A datagram of a socket that is not ours. */
  | "unknown-socket"
  /** More checks before the remote parameters than are remembered. */
  | "early-request-limit"
  /** A remote candidate over TCP that we have nothing to pair with: it connects by itself, or over TCP nothing was offered. */
  | "tcp-candidate"
  /** A stream that could not be opened. */
  | "connect-failed"
  /** More streams than an agent keeps. */
  | "stream-limit"
  /** A stream whose other side did not prove in time, or in few bytes, to be the peer. */
  | "unproven-stream"
  /** What came by such a stream and is no STUN. */
  | "unproven-data"
  /** A stream that announced too long a datagram. */
  | "bad-frame"
  /** A remote candidate that nobody can send to. */
  | "unusable-candidate"
  /** A remote candidate of another generation. */
  | "stale-candidate"
  /** More remote candidates than an agent keeps. */
  | "candidate-limit"
  /** More pairs than a check list keeps. */
  | "pair-limit"
  /** A remote candidate whose name has no address. */
  | "unresolved-name"
  /** A socket that could not be bound. */
  | "bind-failed"
  /** More datagrams waiting than are kept. */
  | "outbox-full"
  /** An mDNS datagram that is no answer of use. */
  | "bad-mdns"
  /** A datagram for a peer that a relay does not reach, or of one that it should not have passed on. */
  | "no-relay"
  /** Datagrams out of relays that nobody took. */
  | "relayed-limit"
  /** Refusals that were not sent because there were too many. */
  | "refusal-limit";

/** Datagrams that may wait to be sent. */
const OUTBOX_LIMIT = 256;

/** One datagram that waits to be sent. */
export interface OutgoingDatagram {
  readonly bytes: Uint8Array;
  readonly route: Route;
}

/** What an ask is before it has its id. */
export type Wish =
  | { readonly type: "interfaces" }
  | { readonly type: "bind"; readonly address: string; readonly port: number; readonly multicast?: string }
  | {
      readonly type: "connect";
      readonly address: string;
      readonly port: number;
      readonly localAddress?: string;
      readonly localPort?: number;
      readonly serverName?: string;
    }
  | { readonly type: "listen"; readonly address: string; readonly port: number }
  | { readonly type: "resolve"; readonly host: string; readonly family: 4 | 6 };

/** The queues of an agent. */
export class AgentOutput {
  readonly datagrams: Ring<OutgoingDatagram> = new Ring();
  readonly events: Ring<IceEvent> = new Ring();
  readonly asks: Ring<Ask> = new Ring();
  readonly drops: Drops<IceDropReason> = new Drops();
  #nextAsk = 1;

  /** Queues a datagram; the bytes are kept until it is sent. */
  send(bytes: Uint8Array, route: Route): void {
    if (this.datagrams.size >= OUTBOX_LIMIT) this.drops.count("outbox-full");
    else this.datagrams.push({ bytes, route });
  }

  /** Queues an ask and returns the id that its answer will carry. */
  ask(wish: Wish): number {
    const id = this.#nextAsk++;
    this.asks.push({ id, ...wish });
    return id;
  }
}
