/**
 * What an agent sends otherwise than by a socket of its own: through a relay, or in the frames of a stream.
 *
 * Above, both look like sockets whose ids no platform gives out; here their datagrams are wrapped and unwrapped.
 */
import type { Answer } from "../base/engine.ts";
import type { Instant } from "../base/instant.ts";
import type { Route } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import type { RelayedDatagram, Relays } from "./relays.ts";
import { encodeTcpFrame } from "./tcp-framing.ts";
import type { TcpStreams } from "./tcp-streams.ts";

/** Whether datagrams of a route go by way of a relay or in a stream: its socket is none of the platform's. */
export function isIndirect(route: Route): boolean {
  return route.local < 0;
}

/** The relays and streams of one agent. */
export class Detours {
  readonly #relays: Relays;
  readonly #streams: TcpStreams;

  constructor(relays: Relays, streams: TcpStreams) {
    this.#relays = relays;
    this.#streams = streams;
  }

  /** Whether nothing goes otherwise than by sockets. */
  get isEmpty(): boolean {
    return this.#relays.isEmpty && this.#streams.isEmpty;
  }

  /** An answer of the platform. False when it was not asked for here. */
  answer(answer: Answer, now: Instant): boolean {
    return this.#relays.answer(answer, now) || this.#streams.answer(answer, now);
  }

  /** Takes what came by a socket, if a relay or a stream brought it. What was in it is to be taken by `takeInner`. */
  receive(bytes: Uint8Array, route: Route, now: Instant): boolean {
    return (
      (!this.#relays.isEmpty && this.#relays.receive(bytes, 0, bytes.length, route, now)) ||
      (route.protocol === "tcp" && this.#streams.receive(bytes, 0, bytes.length, route))
    );
  }

  /** Removes the oldest datagram that came out of one. */
  takeInner(): RelayedDatagram | undefined {
    return this.#relays.takeInner() ?? this.#streams.takeInner();
  }

  /** Writes a datagram into `out` as it leaves. False when it does not leave now, or by `transmit`. */
  write(out: Transmit, bytes: Uint8Array, route: Route, now: Instant): boolean {
    if (isIndirect(route) && route.protocol === "udp") {
      this.#relays.send(bytes, route, now);
      return false;
    }
    out.bytes.set(bytes, out.start);
    out.length = bytes.length;
    out.route = route;
    if (!isIndirect(route) || this.wrap(out, now)) return true;
    out.reset();
    return false;
  }

  /** Wraps the datagram in `out`, whose route is an indirect one. False when it cannot be sent. */
  wrap(out: Transmit, now: Instant): boolean {
    if (out.route?.protocol === "udp") return this.#relays.wrap(out, now);
    return this.#streams.direct(out) && encodeTcpFrame(out);
  }
}
