/**
 * The driver: the only place where an engine meets a clock, sockets and names.
 *
 * Datagrams go up by calls as they arrive; all else happens in the pump, one immediate for each batch of arrivals:
 * due timers, asks, the owner's drain, up to 64 datagrams written and then sent in one go, one timer.
 */
import { Drops } from "../base/drops.ts";
import type { Answer, Ask, NetworkEngine } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import type { DatagramSocket, Platform } from "../base/platform.ts";
import type { Route, SocketId } from "../base/route.ts";
import { DriverStreams } from "./driver-streams.ts";
import { type Outbox, returnOutbox, takeOutbox } from "./outbox.ts";

/** Datagrams that one pump sends before it lets others run. */
const BATCH = 64;

/** The same when they leave in rows: two full ones, of 1200 bytes a datagram. */
const ROW_BATCH = 108;

/** How long a socket that takes no more is left alone before it is asked again, and before the others are no longer kept waiting. Milliseconds. */
const BUSY_WAIT = 1;
const LONGEST_BUSY = 50;

/** Whoever uses the engine. */
export interface DriverOwner {
  /** Takes events and messages from the engine and queues tasks for them. It must not run user code. */
  drain(now: Instant): void;
  /** The engine threw: a bug of ours. The driver has stopped; the engine must not be used any more. */
  failed(error: unknown): void;
}

/** Why a datagram did not reach the engine or a socket. */
export type DriverDrop = "no-route" | "no-socket" | "stopped";

/** Drives one engine on a platform. */
export class Driver {
  readonly drops: Drops<DriverDrop> = new Drops();
  readonly #platform: Platform;
  readonly #engine: NetworkEngine<unknown>;
  readonly #owner: DriverOwner;
  readonly #sockets = new Map<SocketId, DatagramSocket>();
  /** Gives up what is being resolved; there is one when there was something. */
  #abort: AbortController | undefined = undefined;
  /** There are some when the engine asked for one. */
  #streams: DriverStreams | undefined = undefined;
  readonly #pump: () => void;
  readonly #timer: () => void;
  /** The sockets that took no more, and still refer to what is lent to them. */
  readonly #busy: DatagramSocket[] = [];
  #lent: Outbox | undefined = undefined;
  #busySince: Instant = 0;
  /** The time at which the datagrams of this turn of the event loop arrive; it is asked for once. */
  #arrival: Instant | undefined = undefined;
  #pending = false;
  #stopped = false;
  #armedAt: Instant = NEVER;
  #disarm: (() => void) | undefined = undefined;

  constructor(platform: Platform, engine: NetworkEngine<unknown>, owner: DriverOwner) {
    this.#platform = platform;
    this.#engine = engine;
    this.#owner = owner;
    this.#pump = () => {
      this.#pending = false;
      this.#run();
    };
    this.#timer = () => {
      this.#armedAt = NEVER;
      this.#disarm = undefined;
      this.#wakeUp();
    };
  }

  /** The time of the platform. */
  now(): Instant {
    // Nothing that arrives later in this turn may seem to be older than this.
    this.#arrival = undefined;
    return this.#platform.clock.now();
  }

  /** The sockets that are open now. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Has the pump run soon. To be called after every call into the engine; many calls make one pump. */
  wake(): void {
    if (this.#pending || this.#stopped) return;
    this.#pending = true;
    this.#platform.clock.immediate(this.#pump);
  }

  /** Sends what the engine still has to say, then closes every socket and timer. Nothing of it holds the process. */
  stop(): void {
    if (this.#stopped) return;
    try {
      this.#send(this.now());
    } catch {
      // The farewell is a courtesy; the engine is given up anyway.
    }
    this.#release();
  }

  #release(): void {
    this.#stopped = true;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedAt = NEVER;
    this.#abort?.abort();
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#streams?.stop();
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#release();
    this.#owner.failed(error);
  }

  /** The timer fired. What it was armed for has often been put off since, by an answer: then it is only armed again. */
  #wakeUp(): void {
    if (this.#stopped) return;
    if (this.#busy.length > 0) {
      this.#run();
      return;
    }
    try {
      const deadline = this.#engine.deadline();
      if (deadline > this.now()) this.#arm(deadline);
      else this.#run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #run(): void {
    if (this.#stopped) return;
    const now = this.now();
    const engine = this.#engine;
    try {
      if (engine.deadline() <= now) engine.advance(now);
      this.#takeAsks(now);
      this.#owner.drain(now);
      const more = this.#send(now);
      // What was sent may have emptied a queue or reached a limit.
      this.#takeAsks(now);
      this.#owner.drain(now);
      if (this.#busy.some((socket) => socket.busy === true)) this.#arm(now + BUSY_WAIT);
      else if (more) this.wake();
      this.#arm(engine.deadline());
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Sends up to a batch; true when there may be more. */
  #send(now: Instant): boolean {
    if (!this.#isFree(now)) return true;
    const outbox = takeOutbox();
    const more = this.#fill(outbox, now);
    outbox.send(this.#busy);
    if (this.#busy.length === 0) {
      returnOutbox(outbox);
      return more;
    }
    this.#lent = outbox;
    this.#busySince = now;
    return true;
  }

  /** Has the engine write up to a batch; true when there may be more. */
  #fill(outbox: Outbox, now: Instant): boolean {
    const engine = this.#engine;
    for (let count = 0; count < (outbox.row.waits ? ROW_BATCH : BATCH); count++) {
      const out = outbox.next();
      if (!engine.transmit(out, now)) return false;
      this.#give(outbox, out.route);
      if (outbox.batch.full || this.#busy.length > 0) break;
    }
    return true;
  }

  #give(outbox: Outbox, route: Route | undefined): void {
    if (route === undefined) {
      this.drops.count("no-route");
      return;
    }
    if (outbox.addToRow(route)) return;
    const socket = this.#sockets.get(route.local);
    if (socket === undefined) this.drops.count("no-socket");
    else outbox.add(route, socket, this.#busy);
  }

  /** Whether the kernel takes more again. What it has not copied yet is left alone until then. */
  #isFree(now: Instant): boolean {
    if (this.#busy.length === 0) return true;
    const someAreBusy = this.#busy.some((socket) => socket.busy === true);
    if (someAreBusy && now - this.#busySince < LONGEST_BUSY) return false;
    // A socket that cannot say when it is done with the memory keeps it.
    if (this.#lent !== undefined && this.#busy.every((socket) => socket.busy === false)) returnOutbox(this.#lent);
    this.#lent = undefined;
    this.#busy.length = 0;
    return true;
  }

  /** Only an earlier deadline touches the timer; one that fires too early finds nothing due and is armed again. */
  #arm(deadline: Instant): void {
    if (this.#stopped || deadline >= this.#armedAt) return;
    this.#disarm?.();
    this.#armedAt = deadline;
    this.#disarm = this.#platform.clock.schedule(deadline, this.#timer);
  }

  #takeAsks(now: Instant): void {
    for (let ask = this.#engine.takeAsk(); ask !== undefined; ask = this.#engine.takeAsk()) {
      if (this.#stopped) return;
      this.#answerAsk(ask, now);
    }
  }

  #answerAsk(ask: Ask, now: Instant): void {
    const { network } = this.#platform;
    switch (ask.type) {
      case "interfaces":
        this.#engine.answer({ type: "interfaces", id: ask.id, interfaces: network.interfaces() }, now);
        return;
      case "bind":
        this.#bind(ask);
        return;
      case "connect":
        this.#streamsOf().connect(ask);
        return;
      case "listen":
        this.#streamsOf().listen(ask);
        return;
      case "coalesce":
        this.#sockets.get(ask.socket)?.segments?.coalesce(ask.on);
        return;
      case "claim":
        this.#sockets.get(ask.socket)?.claim?.(ask.usernameFragment);
        return;
      case "unbind": {
        const socket = this.#sockets.get(ask.socket);
        if (socket === undefined) {
          this.#streams?.close(ask.socket);
          return;
        }
        // What the engine still has to send by this socket (a farewell) goes first.
        this.#send(now);
        this.#sockets.delete(ask.socket);
        this.#engine.routes.forget(ask.socket);
        socket.close();
        return;
      }
      case "resolve":
        this.#abort ??= new AbortController();
        network.resolve(ask.host, ask.family, this.#abort.signal).then(
          (addresses) => this.#answerLater({ type: "resolved", id: ask.id, addresses }),
          () => this.#answerLater({ type: "resolved", id: ask.id, addresses: [] }),
        );
        return;
    }
  }

  #streamsOf(): DriverStreams {
    this.#streams ??= new DriverStreams(this.#platform.network, this.#sockets, this.#engine.routes, {
      answer: (answer) => this.#answerLater(answer),
      receive: (piece, route) => this.#receivePiece(piece, route),
    });
    return this.#streams;
  }

  #bind(ask: Extract<Ask, { type: "bind" }>): void {
    const { address, port, multicast, spread = false } = ask;
    const { network } = this.#platform;
    // Filled in once the socket is known; nothing arrives before.
    let id: SocketId | undefined;
    const options = { address, port, ...(multicast !== undefined && { multicast }), ...(spread && { spread }) };
    network
      .bindUdp(
        options,
        (datagram, from, fromPort) => {
          if (id !== undefined) this.#receive(id, datagram, from, fromPort);
        },
        (bytes, start, end, segmentSize, from, fromPort) => {
          if (id !== undefined) this.#receiveRow(id, bytes, start, end, segmentSize, from, fromPort);
        },
      )
      .then(
        (socket) => {
          if (this.#stopped) {
            socket.close();
            return;
          }
          id = socket.id;
          this.#sockets.set(id, socket);
          this.#answerLater({ type: "bound", id: ask.id, socket: id, address: socket.address, port: socket.port });
        },
        (error: unknown) => {
          const code = error instanceof Error && "code" in error ? String(error.code) : "EUNKNOWN";
          this.#answerLater({ type: "bind-failed", id: ask.id, code });
        },
      );
  }

  #answerLater(answer: Answer): void {
    if (this.#stopped) return;
    try {
      this.#engine.answer(answer, this.now());
      this.wake();
    } catch (error) {
      this.#fail(error);
    }
  }

  #receive(id: SocketId, datagram: Uint8Array, address: string, port: number): void {
    if (!this.#hears(id)) return;
    try {
      this.#engine.receive(datagram, this.#engine.routes.intern(id, "udp", address, port), this.#arrivalTime());
      this.wake();
    } catch (error) {
      this.#fail(error);
    }
  }

  #receivePiece(piece: Uint8Array, route: Route): void {
    if (this.#stopped) return;
    try {
      this.#engine.receive(piece, route, this.#arrivalTime());
      this.wake();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A row of datagrams, cut where its size says or, when it says nothing, the engine. */
  #receiveRow(
    id: SocketId,
    bytes: Uint8Array,
    start: number,
    end: number,
    segmentSize: number,
    address: string,
    port: number,
  ): void {
    if (!this.#hears(id)) return;
    const engine = this.#engine;
    try {
      const route = engine.routes.intern(id, "udp", address, port);
      for (let at = start; at < end && !this.#stopped; ) {
        const least = at + 1;
        const cut = segmentSize > 0 ? at + segmentSize : (engine.delimit?.(bytes, at, end) ?? end);
        const next = Math.min(Math.max(cut, least), end);
        // An engine that knows of rows reads its datagrams where they stand.
        if (engine.delimit === undefined) engine.receive(bytes.subarray(at, next), route, this.#arrivalTime());
        else engine.receive(bytes, route, this.#arrivalTime(), at, next);
        at = next;
      }
      this.wake();
    } catch (error) {
      this.#fail(error);
    }
  }

  #hears(id: SocketId): boolean {
    if (this.#stopped) this.drops.count("stopped");
    return !this.#stopped && this.#sockets.has(id);
  }

  /** One look at the clock serves all that arrives until the pump runs. */
  #arrivalTime(): Instant {
    this.#arrival ??= this.#platform.clock.now();
    return this.#arrival;
  }
}
