/**
 * The transports of one peer connection: those in use, and those given up that still have something to say or to give back.
 *
 * Each transport numbers its asks by itself, so they are numbered anew here, and each datagram goes to the transport
 * whose socket it came by.
 */
import type { Answer, Ask } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { Route, SocketId } from "../base/route.ts";
import { SparseMap } from "../base/sparse-map.ts";
import type { Transmit } from "../base/transmit.ts";
import type { BundleTransport } from "../transport/bundle-transport.ts";
import type { LiveTransport } from "./live-transport.ts";

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

/** The transports in use, seldom more than one, and those that leave. */
export class TransportSet {
  #live: readonly LiveTransport[] = [];
  /** Transports that gather before there is a section for them (RFC 9429 §3.5.4). */
  #pooled: readonly BundleTransport[] = [];
  /** All that run: those in use and those of the pool. */
  #running: readonly BundleTransport[] = [];
  #leaving: Leaving[] = [];
  readonly #owners = new Map<SocketId, BundleTransport>();
  readonly #openAsks = new SparseMap<number, OpenAsk>();
  /** The asks that streams came of, by their sockets. */
  readonly #streamAsks = new SparseMap<SocketId, number>();
  readonly #unbinds: SocketId[] = [];
  #lastAsk = 0;

  /** The transports in use. The array is another one after each change. */
  get live(): readonly LiveTransport[] {
    return this.#live;
  }

  /** The transport that has this section. */
  of(mid: string | undefined): LiveTransport | undefined {
    return this.#live.find(({ mids }) => mids.some((each) => each === mid));
  }

  /** Takes a new one into use. */
  adopt(live: LiveTransport): void {
    this.#live = [...this.#live, live];
    this.#noteRunning();
  }

  /** The transports of the pool. */
  get pooled(): readonly BundleTransport[] {
    return this.#pooled;
  }

  /** Puts one into the pool. */
  addToPool(transport: BundleTransport): void {
    this.#pooled = [...this.#pooled, transport];
    this.#noteRunning();
  }

  /** Takes the oldest out of the pool, to be adopted at once. */
  takeFromPool(): BundleTransport | undefined {
    const [transport, ...others] = this.#pooled;
    this.#pooled = others;
    return transport;
  }

  /** Closes those of the pool that are more than `size`. */
  shrinkPool(size: number, now: Instant): void {
    const given = this.#pooled.slice(size);
    this.#pooled = this.#pooled.slice(0, size);
    for (const transport of given) this.#leave(transport, now);
  }

  /** Closes one that is in use; its farewells and sockets are seen to. */
  retire(live: LiveTransport, now: Instant): void {
    if (!this.#live.includes(live)) return;
    this.#live = this.#live.filter((each) => each !== live);
    this.#leave(live.transport, now);
  }

  /** Closes all. */
  retireAll(now: Instant): void {
    this.shrinkPool(0, now);
    for (const live of this.#live) this.retire(live, now);
  }

  #leave(transport: BundleTransport, now: Instant): void {
    this.#noteRunning();
    transport.close(now);
    this.#leaving.push({ transport, silent: false });
  }

  #noteRunning(): void {
    this.#running = [...this.#live.map(({ transport }) => transport), ...this.#pooled];
  }

  receive(bytes: Uint8Array, route: Route, now: Instant, start: number = 0, end: number = bytes.length): void {
    this.#owners.get(route.local)?.receive(bytes, route, now, start, end);
  }

  delimit(bytes: Uint8Array, start: number, end: number): number {
    let cut = end;
    for (const transport of this.#running) cut = transport.delimit(bytes, start, end);
    return cut;
  }

  advance(now: Instant): void {
    for (const transport of this.#running) transport.advance(now);
  }

  deadline(): Instant {
    let deadline: Instant = NEVER;
    for (const transport of this.#running) deadline = Math.min(deadline, transport.deadline());
    return deadline;
  }

  transmit(out: Transmit, now: Instant): boolean {
    for (const leaving of this.#leaving) {
      if (leaving.transport.transmit(out, now)) return true;
      leaving.silent = true;
    }
    for (const transport of this.#running) if (transport.transmit(out, now)) return true;
    return false;
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
    for (const transport of this.#running) {
      const ask = transport.takeAsk();
      if (ask !== undefined) return this.#renumber(transport, ask);
    }
    return undefined;
  }

  answer(answer: Answer, now: Instant): void {
    const open = this.#openAsks.get(answer.id);
    if (open === undefined) return;
    // The ask of a stream is answered once more, when the stream ends; that of a listening socket whenever a stream comes or ends.
    const isStream = answer.type === "connected" || answer.type === "listening" || answer.type === "accepted";
    if (!isStream && answer.type !== "disconnected") this.#openAsks.delete(answer.id);
    if (!this.#running.includes(open.transport)) {
      // Nobody wants the socket any more.
      if (answer.type === "bound" || isStream) this.#unbinds.push(answer.socket);
      if (answer.type !== "accepted") this.#openAsks.delete(answer.id);
      return;
    }
    if (answer.type === "bound" || isStream) this.#owners.set(answer.socket, open.transport);
    if (isStream && answer.type !== "accepted") this.#streamAsks.set(answer.socket, answer.id);
    if (answer.type === "disconnected") this.#forgetStream(answer.socket);
    open.transport.answer({ ...answer, id: open.id }, now);
  }

  #forgetStream(socket: SocketId): void {
    this.#owners.delete(socket);
    const ask = this.#streamAsks.get(socket);
    if (ask === undefined) return;
    this.#streamAsks.delete(socket);
    this.#openAsks.delete(ask);
  }

  #renumber(transport: BundleTransport, ask: Ask): Ask {
    if (ask.type === "coalesce" || ask.type === "claim") return ask;
    if (ask.type === "unbind") {
      this.#forgetStream(ask.socket);
      return ask;
    }
    const id = ++this.#lastAsk;
    this.#openAsks.set(id, { transport, id: ask.id });
    return { ...ask, id };
  }
}
