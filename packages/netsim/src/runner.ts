/**
 * Runs one engine in virtual time: it is asked after every instant whether it has datagrams or events, and advanced at
 * its deadlines. This is the driver of a simulation without promises.
 */
import type { InnerEngine, Instant, Route, Transmit } from "visavis/base";
import { Task } from "./event-queue.ts";
import type { Participant, World } from "./world.ts";

/** What the runner needs of an engine: all but the way in. */
export type AnyEngine = Omit<InnerEngine<unknown>, "receive">;

/** The events of an engine type. */
export type EventOf<E> = E extends { takeEvent(): infer Event } ? Exclude<Event, undefined> : never;

/** The messages of an engine type that has a door for them. */
export type MessageOf<E> = E extends { takeMessage(): infer Message } ? Exclude<Message, undefined> : never;

/** Datagrams that an engine may send at one instant before it is taken for broken. */
const BURST_LIMIT = 100_000;

const HEADROOM = 64;

/** Memory that engines write datagrams into; see `Transmit` of `visavis/base`. */
class Outgoing implements Transmit {
  readonly bytes: Uint8Array = new Uint8Array(HEADROOM + 65_536 + HEADROOM);
  start: number = HEADROOM;
  length: number = 0;
  route: Route | undefined = undefined;

  /** There is room for any datagram. */
  reserve(_capacity: number): void {}

  reset(): void {
    this.start = HEADROOM;
    this.length = 0;
    this.route = undefined;
  }

  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.start + this.length);
  }
}

/** One engine at work. Its events and messages are collected; a test may empty the lists. */
export abstract class Runner<E extends AnyEngine> implements Participant {
  readonly name: string;
  readonly engine: E;
  /** Events taken from the engine, oldest first. */
  readonly events: EventOf<E>[] = [];
  /** Messages taken from the engine, when it has `takeMessage`, oldest first. */
  readonly messages: MessageOf<E>[] = [];
  protected readonly world: World;
  readonly #out = new Outgoing();
  readonly #alarm: Task;
  readonly #takeMessage: (() => unknown) | undefined;
  #stopped = false;

  constructor(world: World, name: string, engine: E) {
    this.world = world;
    this.name = name;
    this.engine = engine;
    this.#alarm = new Task(() => this.engine.advance(this.world.now));
    const door: { takeMessage?: () => unknown } = engine as AnyEngine & { takeMessage?: () => unknown };
    this.#takeMessage = door.takeMessage?.bind(engine);
    world.participants.push(this);
  }

  /** Removes it from the simulation: the engine is not touched any more. */
  stop(): void {
    this.#stopped = true;
    this.world.queue.cancel(this.#alarm);
    const index = this.world.participants.indexOf(this);
    if (index >= 0) this.world.participants.splice(index, 1);
  }

  /** Whether `stop` was called. */
  get stopped(): boolean {
    return this.#stopped;
  }

  pump(): boolean {
    const { engine, world } = this;
    let busy = this.answerAsks();
    busy = this.#collect() || busy;
    const out = this.#out;
    for (let burst = 0; ; burst++) {
      out.reset();
      if (!engine.transmit(out, world.now)) break;
      if (burst === BURST_LIMIT) throw new Error(`${this.name} sends without end at ${world.now} ms`);
      this.sendOut(out);
      busy = true;
    }
    busy = this.#collect() || busy;
    if (!this.#stopped) this.#setAlarm(engine.deadline());
    return busy;
  }

  /** Sends what the engine wrote. The bytes are copied. */
  protected abstract sendOut(out: Transmit): void;

  /** Answers what the engine asks for. @returns whether it asked */
  protected answerAsks(): boolean {
    return false;
  }

  #collect(): boolean {
    let busy = false;
    for (let event = this.engine.takeEvent(); event !== undefined; event = this.engine.takeEvent()) {
      this.events.push(event as EventOf<E>);
      busy = true;
    }
    if (this.#takeMessage === undefined) return busy;
    for (let message = this.#takeMessage(); message !== undefined; message = this.#takeMessage()) {
      this.messages.push(message as MessageOf<E>);
      busy = true;
    }
    return busy;
  }

  #setAlarm(deadline: Instant): void {
    if (deadline === Number.POSITIVE_INFINITY) this.world.queue.cancel(this.#alarm);
    else if (this.#alarm.index < 0 || this.#alarm.at !== deadline)
      this.world.queue.plan(this.#alarm, Math.max(deadline, this.world.now));
  }
}
