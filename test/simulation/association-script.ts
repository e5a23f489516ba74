/**
 * Random scripts over two associations: whatever is asked of them and whatever the path does, each message that was promised arrives once,
 * whole and in its order, others once at the most, bytes add up, and in the end both are at rest.
 */
import { SeededRandom } from "@visavis/netsim";
import { Transmit } from "visavis/base";
import { Association, type AssociationCounters, type MessageWriter, SctpError } from "visavis/sctp";
import type { AssociationCommand } from "./association-commands.ts";
import { drawOptions } from "./drawn-options.ts";
import { contentOf, LARGEST, MessageBook, type Sent } from "./message-book.ts";
import { Failure, fail, type ScriptReport } from "./script.ts";
import { Wire } from "./wire.ts";

const STREAMS = 6;
/** What bulk of small messages goes by: it is not reset, so that the 16 bits of its sequence number wrap. */
const BUSY = 0;
const SIZES = [1, 2, 100, 1000, 1200, 5000, 16_384, 65_536, 262_144, LARGEST];
/** Times round at one instant, or within one command, after which something goes round in circles. */
const MOST_TURNS = 50;
const MOST_ROUNDS = 2_000_000;
/** How long everything may take to come to rest on a good path, in milliseconds. */
const REST = 1_200_000;
/** Longer than the longest back-off. */
const LONGEST_SILENCE = 65_000;
/** Bytes of a hostile or honest bound on what is held: three windows, half of one for buffers, and a message. */
const MOST_WINDOWS = 4.5;

interface Side {
  readonly index: 0 | 1;
  readonly engine: Association;
  readonly book: MessageBook;
  readonly limit: number;
  readonly sendLimit: number;
  /** By stream: bytes given to the association, and those that it said have left. */
  readonly given: number[];
  readonly drained: number[];
  readonly writers: { readonly writer: MessageWriter; readonly sent: Sent }[];
  readonly paused: Set<number>;
  reads: boolean;
  resetsDone: number;
  resetsAsked: number;
  lastReset: number | undefined;
  connected: number;
  closed: string | undefined;
  counters: AssociationCounters | undefined;
}

/** Runs one script. */
export class AssociationScript {
  readonly #random: SeededRandom;
  readonly #wire: Wire;
  readonly #sides: readonly [Side, Side];
  readonly #counts: Record<string, number> = {};
  readonly #out = new Transmit(70_000);
  /** Packets that every path carries, in bytes; Infinity where any size arrives. */
  readonly #floor: number;
  readonly #interleaving: boolean;
  readonly #told: boolean;
  #now = 1000;
  #steps = 0;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
    this.#wire = new Wire(this.#random.stream("wire"));
    const options = drawOptions(this.#random);
    const anySize = options.some(({ path }) => path?.anySize === true);
    this.#floor = anySize ? Number.POSITIVE_INFINITY : 1400;
    this.#interleaving = options.every(({ features }) => features?.interleaving === true);
    this.#told = options[0].inits !== undefined;
    this.#wire.deliversSpoiled = options.every(({ features }) => features?.zeroChecksum === false);
    const make = (index: 0 | 1): Side => ({
      index,
      engine: new Association(options[index]),
      book: new MessageBook(),
      limit: options[index].receiveBufferLimit ?? 0,
      sendLimit: options[index].sendBufferLimit ?? 0,
      given: Array<number>(STREAMS).fill(0),
      drained: Array<number>(STREAMS).fill(0),
      writers: [],
      paused: new Set(),
      reads: true,
      resetsDone: 0,
      resetsAsked: 0,
      lastReset: undefined,
      connected: 0,
      closed: undefined,
      counters: undefined,
    });
    this.#sides = [make(0), make(1)];
  }

  /** Carries the commands out and says what was wrong. */
  run(commands: readonly AssociationCommand[]): ScriptReport {
    let failure: string | undefined;
    try {
      this.#begin();
      for (const command of commands) {
        this.#do(command);
        this.#steps++;
      }
      this.#rest();
      this.#end();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failure = `step ${this.#steps}, ${this.#now} ms: ${error instanceof Failure ? error.message : error.stack}`;
    }
    return { failure, steps: this.#steps, counts: this.#report() };
  }

  #begin(): void {
    const [a, z] = this.#sides;
    a.engine.connect(this.#now);
    // What was told ahead is known to those alone who begin.
    if (this.#told || this.#random.u32() % 2 === 0) z.engine.connect(this.#now);
    this.#pass(this.#random.u32() % 100);
  }

  #do({ op, side: which, draws }: AssociationCommand): void {
    const side = this.#sides[which];
    const [first, second, third, fourth] = draws;
    const stream = first % STREAMS;
    this.#count(op);
    switch (op) {
      case "send":
        this.#send(side, stream, this.#sizeOf(side, second, third), third, fourth);
        break;
      case "burst":
        for (let count = second % 400; count >= 0; count--) this.#send(side, BUSY, 1 + (third % 40), third, 0);
        break;
      case "begin":
        this.#beginMessage(side, stream, third, fourth);
        break;
      case "write":
        this.#write(side, first, this.#sizeOf(side, second, third));
        break;
      case "end":
        this.#endMessage(side, first);
        break;
      case "abandon":
        this.#abandon(side, first);
        break;
      case "reads":
        side.reads = !side.reads;
        break;
      case "pause":
        side.paused.add(stream);
        side.engine.pause(stream);
        break;
      case "resume":
        side.paused.delete(stream);
        side.engine.resume(stream);
        break;
      case "partial":
        side.engine.setPartialDelivery(stream, second % 2 === 0);
        break;
      case "take":
        this.#collect(side);
        this.#takeMessages(side, true);
        break;
      case "reset":
        if (stream !== BUSY)
          side.engine.resetStreams(second % 3 === 0 ? [stream, 1 + (third % (STREAMS - 1))] : [stream], this.#now);
        break;
      case "net":
        this.#change(first, second, third, fourth);
        break;
      case "outage":
        this.#wire.up = false;
        this.#pass(first % 9000);
        this.#wire.up = true;
        this.#wire.loss = 0;
        break;
      case "pathMtu":
        this.#wire.mtu = this.#floor + (first % 8000);
        break;
      case "setPath":
        side.engine.setPath({ maxMtu: 1400 + (first % 8000), anySize: this.#floor === Number.POSITIVE_INFINITY });
        break;
      case "setMtu":
        side.engine.setMtu([576, 1000, 1400][first % 3] as number);
        break;
      case "pass":
        this.#pass(first % (second % 8 === 0 ? 5000 : 60));
        break;
      case "wait":
        this.#pass(first % 400_000);
        break;
      case "rest":
        if (second % 2 === 0) this.#rest();
        break;
      default:
        op satisfies never;
    }
    this.#pass(fourth % 7);
    for (const one of this.#sides) this.#check(one);
  }

  #change(loss: number, twice: number, spread: number, delay: number): void {
    const wire = this.#wire;
    // With more, eleven tries in a row are lost sooner or later.
    wire.loss = (loss % 4) * 40;
    wire.twice = (twice % 3) * 100;
    wire.spoil = twice % 7 === 0 ? 50 : 0;
    wire.spread = (spread % 3) * 40;
    wire.delay = [0, 1, 10, 100, 400][delay % 5] as number;
  }

  /** Large messages are rare, and no larger than the other side has room for. */
  #sizeOf(side: Side, draw: number, scale: number): number {
    const most = Math.min(this.#other(side).limit / 2, side.sendLimit, LARGEST);
    const size = SIZES[(scale >>> 4) % (scale % 8 === 0 ? SIZES.length : 6)] as number;
    return Math.floor(Math.min(1 + (draw % size), most));
  }

  #optionsOf(draw: number): {
    ordered: boolean;
    promised: boolean;
    maxRetransmits?: number;
    lifetime?: number;
    priority?: number;
  } {
    const ordered = draw % 3 > 0;
    const priority = draw % 5 === 0 ? { priority: 1 << ((draw >>> 8) % 12) } : {};
    switch ((draw >>> 3) % 6) {
      case 0:
        return { ordered, promised: false, maxRetransmits: (draw >>> 12) % 3, ...priority };
      case 1:
        return { ordered, promised: false, lifetime: (draw >>> 12) % 900, ...priority };
      default:
        return { ordered, promised: true, ...priority };
    }
  }

  #send(side: Side, stream: number, size: number, draw: number, more: number): void {
    const { engine, book } = side;
    const { promised, ...options } = this.#optionsOf(draw ^ more);
    const fits = engine.totalBufferedAmount + size <= side.sendLimit;
    try {
      engine.send(stream, book.nextId, contentOf(book.nextId, 0, size), options, this.#now);
      if (!fits) fail("more than the send buffer takes was taken");
      book.send(stream, options.ordered, promised, size);
      side.given[stream] = (side.given[stream] ?? 0) + size;
    } catch (error) {
      if (!(error instanceof SctpError && error.code === "queue-full") || fits) throw error;
      this.#count("send buffer full");
    }
  }

  #beginMessage(side: Side, stream: number, draw: number, more: number): void {
    if (side.writers.length >= 3) return;
    const { engine, book } = side;
    const { promised, ...options } = this.#optionsOf(draw ^ more);
    const writer = engine.beginMessage(stream, book.nextId, options, this.#now);
    side.writers.push({ writer, sent: book.send(stream, options.ordered, promised, 0, false) });
  }

  #write(side: Side, which: number, size: number): void {
    const one = side.writers[which % Math.max(side.writers.length, 1)];
    if (one === undefined || one.writer.state !== "open") return;
    const { writer, sent } = one;
    const most = Math.min(this.#other(side).limit / 2, LARGEST) - sent.length;
    const length = Math.min(size, Math.floor(most));
    if (length <= 0 || side.engine.totalBufferedAmount + length > side.sendLimit) return;
    writer.write(contentOf(sent.id, sent.length, sent.length + length), this.#now);
    sent.length += length;
    side.given[sent.stream] = (side.given[sent.stream] ?? 0) + length;
  }

  #endMessage(side: Side, which: number): void {
    const at = which % Math.max(side.writers.length, 1);
    const one = side.writers[at];
    if (one === undefined) return;
    if (one.writer.state === "open") {
      if (one.writer.empty) return;
      one.writer.end(this.#now);
      one.sent.complete = true;
    } else if (one.sent.promised) fail(`promised message ${one.sent.id} was given up`);
    side.writers.splice(at, 1);
  }

  #abandon(side: Side, which: number): void {
    const at = which % Math.max(side.writers.length, 1);
    const one = side.writers[at];
    if (one === undefined) return;
    one.writer.abandon(this.#now);
    one.sent.promised = false;
    side.writers.splice(at, 1);
  }

  #other({ index }: Side): Side {
    return this.#sides[index === 0 ? 1 : 0];
  }

  /** Time passes, with everything that falls due in it. */
  #pass(time: number): void {
    const end = this.#now + time;
    let turns = 0;
    for (let rounds = 0; ; rounds++) {
      if (rounds > MOST_ROUNDS) fail("no rest");
      this.#pump();
      const [a, z] = this.#sides;
      const due = Math.min(this.#wire.nextAt, a.engine.deadline(), z.engine.deadline());
      if (due > end) break;
      turns = due > this.#now ? 0 : turns + 1;
      this.#now = Math.max(this.#now, due);
      a.engine.advance(this.#now);
      z.engine.advance(this.#now);
      for (let packet = this.#wire.take(this.#now); packet !== undefined; packet = this.#wire.take(this.#now)) {
        turns = 0;
        const side = this.#sides[packet.to];
        side.engine.receive(packet.bytes, this.#now);
        this.#collect(side);
      }
      if (turns > MOST_TURNS) fail(`what is due at ${due} is never done: ${a.engine.deadline()}, ${z.engine.deadline()}`);
    }
    this.#now = end;
  }

  #pump(): void {
    for (const side of this.#sides) {
      this.#collect(side);
      let packets = 0;
      for (this.#out.reset(); side.engine.transmit(this.#out, this.#now); this.#out.reset()) {
        if (++packets > 100_000) fail("it sends without end");
        const packet = this.#out.view();
        if (packet.length < 16) fail(`a packet of ${packet.length} bytes`);
        this.#watchResets(side, packet);
        this.#wire.carry(side.index === 0 ? 1 : 0, packet, this.#now);
      }
      this.#collect(side);
    }
  }

  /** Sees which streams the other side is asked to reset: what was sent on them so far is before that. */
  #watchResets(side: Side, packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
    for (let o = 12; o + 4 <= packet.length; o += (view.getUint16(o + 2) + 3) & ~3) {
      if (view.getUint16(o + 2) < 4) fail("a chunk without a length");
      if (view.getUint8(o) !== 130 || view.getUint16(o + 4) !== 13) continue;
      const sequence = view.getUint32(o + 8);
      if (sequence === side.lastReset) continue;
      side.lastReset = sequence;
      side.resetsAsked++;
      const end = o + 4 + view.getUint16(o + 6);
      for (let at = o + 20; at < end; at += 2) side.book.resetAsked(view.getUint16(at));
    }
  }

  #collect(side: Side): void {
    const { engine } = side;
    const from = this.#other(side).book;
    for (let event = engine.takeEvent(); event !== undefined; event = engine.takeEvent()) {
      switch (event.type) {
        case "drained":
          side.drained[event.stream] = (side.drained[event.stream] ?? 0) + event.bytes;
          break;
        case "incoming-reset":
          for (const stream of event.streams) {
            const wrong = from.resetTold(stream);
            if (wrong !== undefined) fail(wrong);
          }
          break;
        case "outgoing-reset":
          if (!event.performed) fail("a reset was refused");
          side.resetsDone++;
          break;
        case "connected":
          side.connected++;
          break;
        case "closed":
          side.closed = event.error === undefined ? "" : `${event.error.code}: ${event.error.message}`;
          break;
      }
    }
    if (side.reads) this.#takeMessages(side, false);
  }

  #takeMessages(side: Side, parts: boolean): void {
    const { engine } = side;
    const from = this.#other(side).book;
    for (let message = engine.takeMessage(parts); message !== undefined; message = engine.takeMessage(parts)) {
      const { stream } = message;
      if (side.paused.has(stream)) fail(`a message of stream ${stream}, which is paused`);
      const wrong = from.arrive({ id: message.ppid, ...message });
      if (wrong !== undefined) fail(wrong);
    }
    if (side.paused.size === 0) from.drained();
  }

  /** What holds at every moment. */
  #check(side: Side): void {
    const { engine } = side;
    if (side.closed !== undefined) fail(`side ${side.index} ended: ${side.closed}; the other: ${this.#other(side).closed}`);
    if (engine.heldBytes < 0 || engine.heldBytes > MOST_WINDOWS * side.limit + LARGEST)
      fail(`it holds ${engine.heldBytes} bytes`);
    let total = 0;
    for (let stream = 0; stream < STREAMS; stream++) {
      const waits = engine.bufferedAmount(stream);
      total += waits;
      if (side.given[stream] !== (side.drained[stream] ?? 0) + waits)
        fail(`stream ${stream}: ${side.given[stream]} bytes given, ${side.drained[stream]} drained, ${waits} wait`);
    }
    if (total !== engine.totalBufferedAmount) fail(`${total} bytes wait, not ${engine.totalBufferedAmount}`);
    const counters = { ...engine.counters };
    if (side.counters !== undefined)
      for (const name of Object.keys(counters) as (keyof AssociationCounters)[])
        if (counters[name] < side.counters[name]) fail(`the counter ${name} went back`);
    side.counters = counters;
  }

  /** On a good path, and read, everything arrives, and nothing remains to be done. */
  #rest(): void {
    const wire = this.#wire;
    Object.assign(wire, { loss: 0, twice: 0, spoil: 0, spread: 0, delay: 10 });
    for (const side of this.#sides) {
      while (side.writers.length > 0) {
        if (side.writers[0]?.writer.state === "open" && side.writers[0].writer.empty) this.#abandon(side, 0);
        else this.#endMessage(side, 0);
      }
      side.reads = true;
      for (const stream of side.paused) side.engine.resume(stream);
      side.paused.clear();
    }
    const end = this.#now + REST;
    const chunks = (): number => this.#sides.reduce((sum, { engine }) => sum + engine.counters.chunksSent, 0);
    for (let sent = -1; sent !== chunks() && this.#now < end; ) {
      sent = chunks();
      this.#pass(LONGEST_SILENCE);
    }
    if (this.#now >= end)
      fail(
        `no rest: ${this.#sides.map(({ engine: { totalBufferedAmount, heldBytes, drops } }) => `${totalBufferedAmount} wait, ${heldBytes} held, ${JSON.stringify(drops)}`).join("; ")}`,
      );
    for (const side of this.#sides) {
      const { engine, book, index } = side;
      this.#check(side);
      const wrong = book.settle();
      if (wrong !== undefined) fail(`from side ${index}: ${wrong}`);
      if (engine.totalBufferedAmount > 0) fail(`side ${index}: ${engine.totalBufferedAmount} bytes still wait`);
      if (engine.heldBytes > 0) fail(`side ${index} still holds ${engine.heldBytes} bytes`);
      if (engine.negotiated?.interleaving !== this.#interleaving) fail(`side ${index}: ${JSON.stringify(engine.negotiated)}`);
      if (side.resetsAsked !== side.resetsDone) fail(`side ${index}: ${side.resetsAsked} resets, ${side.resetsDone} answered`);
      if (side.connected !== 1) fail(`side ${index} was connected ${side.connected} times`);
    }
  }

  #end(): void {
    const [a, z] = this.#sides;
    const draw = this.#random.u32();
    const abort = draw % 4 === 0;
    this.#wire.loss = abort ? 0 : (draw >>> 8) % 150;
    if (abort) a.engine.abort(this.#now);
    else a.engine.shutdown(this.#now);
    if (!abort && (draw >>> 4) % 2 === 0) z.engine.shutdown(this.#now);
    this.#pass(300_000);
    for (const side of this.#sides) {
      const graceful = side.closed === "" || (abort && side.closed?.startsWith("aborted")) || (abort && side === a);
      if (!graceful || side.closed === undefined) fail(`side ${side.index} ended with ${side.closed}`);
      if (side.engine.deadline() !== Number.POSITIVE_INFINITY) fail("something is due after the end");
    }
  }

  #count(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  #report(): Record<string, number> {
    const counts = { ...this.#counts };
    const add = (name: string, count: number): void => {
      counts[name] = (counts[name] ?? 0) + count;
    };
    for (const [name, count] of Object.entries(this.#wire.counts)) add(`packets ${name}`, count);
    for (const { engine, book, resetsDone } of this.#sides) {
      add("messages sent", book.sent);
      add("messages arrived", book.arrived);
      add("messages in parts given up", book.abandoned);
      add("message bytes", book.bytes);
      add("resets performed", resetsDone);
      add("chunks again", engine.counters.chunksRetransmitted);
      add("timeouts", engine.counters.timeouts);
      add("black holes", engine.counters.blackHolesSuspected);
      for (const [reason, count] of Object.entries(engine.drops.toJSON())) add(`dropped ${reason}`, count);
    }
    add("virtual seconds", Math.round(this.#now / 1000));
    return counts;
  }
}
