/**
 * The face of an engine: bytes and time go in by calls, datagrams are pulled out, events are taken afterwards.
 *
 * An engine is synchronous. It holds no clock, timer, socket, promise or source of chance, and it never calls back.
 * After any call the owner drains it: asks, events, then `transmit` until it returns false, then `deadline`.
 */
import type { Instant } from "./instant.ts";
import type { NetworkInterface } from "./platform.ts";
import type { Route, RouteTable, SocketId } from "./route.ts";
import type { Transmit } from "./transmit.ts";

/** An engine inside another one: it knows no routes. */
export interface InnerEngine<Event> {
  /**
   * Takes the datagram `bytes[start, end)`; without those two it is all of `bytes`. The memory is the engine's from then on: it is never
   * reused, so views of it may be kept.
   */
  receive(bytes: Uint8Array, now: Instant, start?: number, end?: number): void;
  /** Runs every timer due at or before `now`. */
  advance(now: Instant): void;
  /** When `advance` is next needed; `NEVER` when idle. */
  deadline(): Instant;
  /** Writes the next datagram into `out`; false when there is none. */
  transmit(out: Transmit, now: Instant): boolean;
  /** Removes the oldest event. */
  takeEvent(): Event | undefined;
}

/** An engine that is driven directly and sends along routes. */
export interface Engine<Event> extends Omit<InnerEngine<Event>, "receive"> {
  /**
   * Takes the datagram `bytes[start, end)`; without those two it is all of `bytes`. The memory is the engine's from then on: it is never
   * reused, so views of it may be kept.
   */
  receive(bytes: Uint8Array, route: Route, now: Instant, start?: number, end?: number): void;
}

/** What an engine wants of the platform. It is an ask, not an act: the driver answers when it can. */
export type Ask =
  /** The list of network interfaces. */
  | { readonly type: "interfaces"; readonly id: number }
  /**
   * A UDP socket bound to `address`; `port` 0 lets the platform choose. With `multicast`, a shared socket that has joined that group on the
   * interface of `address`. With `spread` the system spreads what comes among all who are bound so.
   */
  | {
      readonly type: "bind";
      readonly id: number;
      readonly address: string;
      readonly port: number;
      readonly multicast?: string;
      readonly spread?: boolean;
    }
  /**
   * Whether datagrams that arrive in a row at the socket may come as one piece, cut by {@link NetworkEngine.delimit}. Off at
   * first; a hint that many platforms pass over. Not answered.
   */
  | { readonly type: "coalesce"; readonly socket: SocketId; readonly on: boolean }
  /**
   * Connectivity checks for this user name fragment (RFC 8445 §7.2.2) are meant for the socket: a hint for platforms on which sockets
   * share a port, passed over by others. Not answered.
   */
  | { readonly type: "claim"; readonly socket: SocketId; readonly usernameFragment: string }
  /** A stream to `address` and `port`, from `localAddress` and `localPort` where they are given; over TLS with a `serverName`. */
  | {
      readonly type: "connect";
      readonly id: number;
      readonly address: string;
      readonly port: number;
      readonly localAddress?: string;
      readonly localPort?: number;
      readonly serverName?: string;
    }
  /** Connections to `address` and `port`; over TLS with a certificate (PEM). */
  | {
      readonly type: "listen";
      readonly id: number;
      readonly address: string;
      readonly port: number;
      readonly certificate?: { readonly cert: string; readonly key: string };
      readonly spread?: boolean;
    }
  /** The socket is no longer needed; a stream or listening socket neither. Not answered. */
  | { readonly type: "unbind"; readonly socket: SocketId }
  /** The addresses of a host name. */
  | { readonly type: "resolve"; readonly id: number; readonly host: string; readonly family: 4 | 6 };

/** What became of an {@link Ask}, by its `id`. */
export type Answer =
  | { readonly type: "interfaces"; readonly id: number; readonly interfaces: readonly NetworkInterface[] }
  | { readonly type: "bound"; readonly id: number; readonly socket: SocketId; readonly address: string; readonly port: number }
  /** `code` is the platform's word, such as `EADDRINUSE`. */
  | { readonly type: "bind-failed"; readonly id: number; readonly code: string }
  /** `address` and `port` are those of this side. */
  | {
      readonly type: "connected";
      readonly id: number;
      readonly socket: SocketId;
      readonly address: string;
      readonly port: number;
    }
  /** `code` is the platform's word, such as `ECONNREFUSED`, or TLS's. */
  | { readonly type: "connect-failed"; readonly id: number; readonly code: string }
  | {
      readonly type: "listening";
      readonly id: number;
      readonly socket: SocketId;
      readonly address: string;
      readonly port: number;
    }
  /** A connection came in at the listening socket of `id`; `address` and `port` are the other side's. */
  | { readonly type: "accepted"; readonly id: number; readonly socket: SocketId; readonly address: string; readonly port: number }
  /** A connection that came in at the listening socket of `id` did not get as far as to be accepted: its TLS handshake failed, or took too long. */
  | { readonly type: "handshake-failed"; readonly id: number }
  /** A stream that was connected, or accepted, by the ask of `id` has ended. The socket is gone. */
  | { readonly type: "disconnected"; readonly id: number; readonly socket: SocketId }
  /** No addresses: the name cannot be resolved. */
  | { readonly type: "resolved"; readonly id: number; readonly addresses: readonly string[] };

/** An engine that needs sockets and names: what the driver drives. */
export interface NetworkEngine<Event> extends Engine<Event> {
  /** Interns the routes of this engine; the driver uses it for every datagram that arrives. */
  readonly routes: RouteTable;
  /** Removes the oldest ask. */
  takeAsk(): Ask | undefined;
  /** Answers an ask. Answers to unknown ids are ignored. */
  answer(answer: Answer, now: Instant): void;
  /**
   * Where the first datagram of the row `bytes[start, end)` ends, as far as it tells itself; `end` when it does not. Of
   * engines that ask for `coalesce`.
   */
  delimit?(bytes: Uint8Array, start: number, end: number): number;
}
