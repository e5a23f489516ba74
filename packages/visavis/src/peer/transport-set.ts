/**
 * The transports of one peer connection: the live one, and those given up that still have something to say or to give back.
 *
 * Each transport numbers its asks by itself, so they are numbered anew here, and each datagram goes to the transport
 * whose socket it came by.
 */
import type { Answer, Ask } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { Route, SocketId } from "../base/route.ts";
import type { Transmit } from "../base/transmit.ts";
import type { BundleTransport } from "../transport/bundle-transport.ts";

interface OpenAsk {
  readonly transport: BundleTransport;
  /** By the transport's own count. */
  readonly id: number;
}

/** A transport that was closed. */
interface Leaving {
  readonly transport: BundleTransport;
  /** It has said all its farewells, so that its sockets may go. */
  silent: boolean;
}

/** One live transport at most, and those that leave. */
export class TransportSet {
  #live: BundleTransport | undefined = undefined;
  #leaving: Leaving[] = [];
  readonly #owners = new Map<SocketId, BundleTransport>();
  readonly #openAsks = new Map<number, OpenAsk>();
  readonly #unbinds: SocketId[] = [];
  #lastAsk = 0;

  /** The transport in use. */
  get live(): BundleTransport | undefined {
    return this.#live;
  }

  /** Takes a new one into use. The old one must have been retired. */
  adopt(transport: BundleTransport): void {
    this.#live = transport;
  }

  /** Closes the one in use; its farewells and sockets are seen to. */
  retire(now: Instant): void {
    const live = this.#live;
    if (live === undefined) return;
    this.#live = undefined;
    live.close(now);
    this.#leaving.push({ transport: live, silent: false });
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    this.#owners.get(route.local)?.receive(bytes, route, now, start, end);
  }

  delimit(bytes: Uint8Array, start: number, end: number): number {
    return this.#live?.delimit(bytes, start, end) ?? end;
  }

  advance(now: Instant): void {
    this.#live?.advance(now);
  }

  deadline(): Instant {
    return this.#live?.deadline() ?? NEVER;
  }

  transmit(out: Transmit, now: Instant): boolean {
    for (const leaving of this.#leaving) {
      if (leaving.transport.transmit(out, now)) return true;
      leaving.silent = true;
    }
    return this.#live?.transmit(out, now) ?? false;
  }

  takeAsk(): Ask | undefined {
    for (const { transport, silent } of this.#leaving) {
      if (!silent) continue;
      // What a transport that leaves wants is only to give back.
      for (let ask = transport.takeAsk(); ask !== undefined; ask = transport.takeAsk()) {
        if (ask.type === "unbind") return this.#renumber(transport, ask);
      }
    }
    if (this.#leaving.length > 0) this.#leaving = this.#leaving.filter(({ silent }) => !silent);
    const socket = this.#unbinds.shift();
    if (socket !== undefined) return { type: "unbind", socket };
    const ask = this.#live?.takeAsk();
    return ask === undefined || this.#live === undefined ? undefined : this.#renumber(this.#live, ask);
  }

  answer(answer: Answer, now: Instant): void {
    const open = this.#openAsks.get(answer.id);
    if (open === undefined) return;
    this.#openAsks.delete(answer.id);
    if (open.transport !== this.#live) {
      // Nobody wants the socket any more.
      if (answer.type === "bound") this.#unbinds.push(answer.socket);
      return;
    }
    if (answer.type === "bound") this.#owners.set(answer.socket, open.transport);
    open.transport.answer({ ...answer, id: open.id }, now);
  }

  #renumber(transport: BundleTransport, ask: Ask): Ask {
    if (ask.type === "coalesce") return ask;
    if (ask.type === "unbind") {
      this.#owners.delete(ask.socket);
      return ask;
    }
    const id = ++this.#lastAsk;
    this.#openAsks.set(id, { transport, id: ask.id });
    return { ...ask, id };
  }
}
