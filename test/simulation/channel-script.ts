/**
 * Random scripts over two tables of channels: channels come and go on few streams, and each message that was promised before its channel was
 * closed arrives before the channel is over.
 */
import { SeededRandom } from "@visavis/netsim";
import { Transmit } from "visavis/base";
import { type Channel, ChannelError, ChannelTable, type MessageWriter } from "visavis/datachannel";
import type { ChannelCommand } from "./channel-commands.ts";
import { drawOptions } from "./drawn-options.ts";
import { contentOf } from "./message-book.ts";
import { Failure, fail, type ScriptReport } from "./script.ts";
import { Wire } from "./wire.ts";

/** The largest message. */
const LARGEST = 60_000;
/** Bytes of a message that say which one it is. */
const NUMBER = 4;
const SIZES = [1, 50, 1000, 1200, 5000, 20_000];
/** Streams: channels wait for each other's. */
const STREAMS = 24;
const MOST_TURNS = 50;
const REST = 1_200_000;
const LONGEST_SILENCE = 65_000;

interface Sent {
  length: number;
  promised: boolean;
  ended: boolean;
}

/** One direction of a channel. */
class Flow {
  readonly sent = new Map<number, Sent>();
  /** Of what comes in parts. */
  pieces: Uint8Array[] = [];
  last = 0;
  /** Everything promised was there when the channel was over. */
  over = false;
  /** The receiver has closed the channel, and hears nothing any more (webrtc-pc, receiving messages). */
  unheard = false;
}

interface Side {
  readonly index: 0 | 1;
  readonly table: ChannelTable;
  readonly open: Channel[];
  /** By label: what this side sends. */
  readonly flows: Map<string, Flow>;
  readonly drained: Map<Channel, number>;
  readonly given: Map<Channel, number>;
  readonly writers: { readonly writer: MessageWriter; readonly number: number; readonly sent: Sent }[];
  reads: boolean;
  connected: boolean;
  ended: boolean;
}

function message(number: number, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(contentOf(number, start, start + length));
  if (start === 0) new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** Runs one script. */
export class ChannelScript {
  readonly #random: SeededRandom;
  readonly #wire: Wire;
  readonly #sides: readonly [Side, Side];
  readonly #counts: Record<string, number> = {};
  readonly #out = new Transmit(70_000);
  readonly #anySize: boolean;
  #now = 1000;
  #steps = 0;
  #numbers = 0;
  #labels = 0;
  #ending = false;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
    this.#wire = new Wire(this.#random.stream("wire"));
    const options = drawOptions(this.#random);
    this.#anySize = this.#random.u32() % 3 === 0;
    const make = (index: 0 | 1): Side => {
      const { mtu, inits, path: _, ...rest } = options[index];
      const receiveBufferLimit = Math.max(rest.receiveBufferLimit ?? 0, 3 * LARGEST);
      const more = { receiveBufferLimit, maxReceiveMessageSize: LARGEST, outboundStreams: STREAMS, inboundStreams: STREAMS };
      const table = new ChannelTable({ ...rest, ...more });
      const dtlsRole = index === 0 ? "client" : "server";
      table.start({ dtlsRole, maxMessageSize: LARGEST, ...(mtu === undefined ? {} : { mtu }) }, this.#now);
      return {
        index,
        table,
        open: [],
        flows: new Map(),
        drained: new Map(),
        given: new Map(),
        writers: [],
        reads: true,
        connected: false,
        ended: false,
      };
    };
    this.#sides = [make(0), make(1)];
  }

  /** Carries the commands out and says what was wrong. */
  run(commands: readonly ChannelCommand[]): ScriptReport {
    let failure: string | undefined;
    try {
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

  #do({ op, side: which, draws }: ChannelCommand): void {
    const side = this.#sides[which];
    const [first, second, third, fourth] = draws;
    const channel = side.open[first % Math.max(side.open.length, 1)];
    this.#count(op);
    switch (op) {
      case "create":
        this.#create(side, second, third);
        break;
      case "close":
        if (channel !== undefined) this.#close(side, channel);
        break;
      case "closeBoth":
        if (channel !== undefined) for (const one of this.#sides) this.#closeLabel(one, channel.label);
        break;
      case "send":
        if (channel !== undefined) this.#send(side, channel, NUMBER + (second % (SIZES[third % SIZES.length] as number)));
        break;
      case "burst":
        for (let count = second % 300; channel !== undefined && count > 0; count--)
          this.#send(side, channel, NUMBER + (third % 30));
        break;
      case "begin":
        if (channel !== undefined) this.#beginMessage(side, channel);
        break;
      case "write":
        this.#write(side, first, NUMBER + (second % 8000));
        break;
      case "end":
        this.#endMessage(side, first);
        break;
      case "abandon":
        this.#endMessage(side, first, true);
        break;
      case "pause":
        if (channel !== undefined) side.table.pause(channel);
        break;
      case "resume":
        for (const one of side.open) if (second % 2 === 0 || one === channel) side.table.resume(one, this.#now);
        break;
      case "partial":
        if (channel !== undefined) side.table.setPartialDelivery(channel, second % 2 === 0);
        break;
      case "reads":
        side.reads = !side.reads;
        break;
      case "net":
        Object.assign(this.#wire, {
          loss: (first % 4) * 40,
          twice: (second % 3) * 100,
          spread: (third % 3) * 40,
          delay: [0, 1, 10, 100, 400][fourth % 5],
        });
        break;
      case "outage":
        Object.assign(this.#wire, { up: false, loss: 0 });
        this.#pass(first % 9000);
        this.#wire.up = true;
        break;
      case "setPath":
        side.table.setPath({ maxMtu: 1400 + (first % 8000), anySize: this.#anySize });
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

  #create(side: Side, draw: number, more: number): void {
    const kind = draw % 5;
    const part = kind === 0 ? { maxRetransmits: more % 3 } : kind === 1 ? { maxPacketLifeTime: more % 900 } : {};
    const label = `${this.#labels++}`;
    try {
      const options = { label, protocol: "", ordered: draw % 7 > 1, negotiated: false, priority: 128 << (more % 4), ...part };
      side.table.create(options);
      this.#count("channels");
    } catch (error) {
      if (!(error instanceof ChannelError && error.code === "no-id-left")) throw error;
      this.#count("no id left");
    }
  }

  #close(side: Side, channel: Channel): void {
    // What is not written to its end will not be.
    for (const { writer, sent } of side.writers) if (writer.channel === channel && !sent.ended) sent.promised = false;
    this.#flow(this.#other(side), channel).unheard = true;
    side.table.close(channel, this.#now);
  }

  #closeLabel(side: Side, label: string): void {
    for (const channel of [...side.open]) if (channel.label === label) this.#close(side, channel);
  }

  #isReliable({ maxRetransmits, maxPacketLifeTime }: Channel): boolean {
    return maxRetransmits === undefined && maxPacketLifeTime === undefined;
  }

  #flow(side: Side, { label }: Channel): Flow {
    const flow = side.flows.get(label) ?? new Flow();
    side.flows.set(label, flow);
    return flow;
  }

  #send(side: Side, channel: Channel, length: number): void {
    if (channel.state !== "open") return;
    const number = ++this.#numbers;
    try {
      side.table.send(channel, message(number, 0, length), "binary", this.#now);
    } catch (error) {
      if (!(error instanceof ChannelError && error.code === "queue-full")) throw error;
      this.#count("send buffer full");
      return;
    }
    this.#flow(side, channel).sent.set(number, { length, promised: this.#isReliable(channel), ended: true });
    side.given.set(channel, (side.given.get(channel) ?? 0) + length);
  }

  #beginMessage(side: Side, channel: Channel): void {
    if (channel.state !== "open" || side.writers.length >= 3) return;
    try {
      const writer = side.table.beginMessage(channel, "binary", this.#now);
      const number = ++this.#numbers;
      const sent = { length: 0, promised: this.#isReliable(channel), ended: false };
      this.#flow(side, channel).sent.set(number, sent);
      side.writers.push({ writer, number, sent });
    } catch (error) {
      if (!(error instanceof ChannelError && error.code === "queue-full")) throw error;
    }
  }

  #write(side: Side, which: number, length: number): void {
    const one = side.writers[which % Math.max(side.writers.length, 1)];
    if (one === undefined || one.writer.state !== "open" || one.sent.length + length > LARGEST) return;
    const { writer, number, sent } = one;
    try {
      writer.write(message(number, sent.length, length), this.#now);
    } catch (error) {
      if (!(error instanceof ChannelError && error.code === "queue-full")) throw error;
      return;
    }
    sent.length += length;
    side.given.set(writer.channel, (side.given.get(writer.channel) ?? 0) + length);
  }

  #endMessage(side: Side, which: number, gives = false): void {
    const at = which % Math.max(side.writers.length, 1);
    const one = side.writers[at];
    if (one === undefined) return;
    side.writers.splice(at, 1);
    const { writer, sent } = one;
    if (writer.state !== "open") {
      if (sent.promised && writer.channel.state === "open") fail("a message that was promised was given up");
      sent.promised = false;
    } else if (gives || sent.length === 0) {
      sent.promised = false;
      writer.abandon(this.#now);
    } else {
      writer.end(this.#now);
      sent.ended = true;
    }
  }

  #pass(time: number): void {
    const end = this.#now + time;
    for (let turns = 0; ; ) {
      this.#pump();
      const [a, z] = this.#sides;
      const due = Math.min(this.#wire.nextAt, a.table.deadline(), z.table.deadline());
      if (due > end) break;
      turns = due > this.#now ? 0 : turns + 1;
      this.#now = Math.max(this.#now, due);
      a.table.advance(this.#now);
      z.table.advance(this.#now);
      for (let packet = this.#wire.take(this.#now); packet !== undefined; packet = this.#wire.take(this.#now)) {
        turns = 0;
        this.#sides[packet.to].table.receive(packet.bytes, this.#now);
        this.#collect(this.#sides[packet.to]);
      }
      if (turns > MOST_TURNS) fail(`what is due at ${due} is never done`);
    }
    this.#now = end;
  }

  #pump(): void {
    for (const side of this.#sides) {
      this.#collect(side);
      let packets = 0;
      for (this.#out.reset(); side.table.transmit(this.#out, this.#now); this.#out.reset()) {
        if (++packets > 100_000) fail("it sends without end");
        this.#wire.carry(side.index === 0 ? 1 : 0, this.#out.view(), this.#now);
      }
      this.#collect(side);
    }
  }

  /** As owners do: events and messages in turns, until there is neither. */
  #collect(side: Side): void {
    for (let more = true; more; ) {
      more = false;
      for (let event = side.table.takeEvent(); event !== undefined; event = side.table.takeEvent()) {
        more = true;
        if (event.type === "channel" || event.type === "open") side.open.push(event.channel);
        else if (event.type === "closed") this.#closed(side, event.channel);
        else if (event.type === "drained") side.drained.set(event.channel, (side.drained.get(event.channel) ?? 0) + event.bytes);
        else if (event.type === "connected") side.connected = true;
        else if (event.type === "association-closed") side.ended = true;
      }
      if (!side.reads) return;
      for (let one = side.table.takeMessage(); one !== undefined; one = side.table.takeMessage()) {
        more = true;
        const flow = this.#flow(this.#other(side), one.channel);
        if (one.part === "abandoned") {
          flow.pieces = [];
          continue;
        }
        if (one.part === "whole") this.#arrived(flow, one.channel, one.data);
        else flow.pieces.push(one.data);
        if (one.part !== "last") continue;
        const { pieces } = flow;
        flow.pieces = [];
        this.#arrived(flow, one.channel, Buffer.concat(pieces));
      }
    }
  }

  #arrived(flow: Flow, channel: Channel, data: Uint8Array): void {
    const number = data.length < NUMBER ? -1 : new DataView(data.buffer, data.byteOffset).getUint32(0);
    const sent = flow.sent.get(number);
    const what = `message ${number} (${data.length} bytes) of channel ${channel.label}`;
    if (sent === undefined) fail(`${what} twice, or never sent`);
    if (flow.over) fail(`${what} comes after the end of the channel`);
    if (sent.length !== data.length || !sent.ended) fail(`${what} has not ${sent.length} bytes`);
    if (Buffer.compare(data, message(number, 0, data.length)) !== 0) fail(`${what} differs`);
    if (channel.ordered && number < flow.last) fail(`${what} is out of order`);
    if (channel.ordered) flow.last = number;
    flow.sent.delete(number);
    this.#count("messages arrived");
  }

  /** The channel is over on this side: all that the other promised is there, unless its end is that of everything. */
  #closed(side: Side, channel: Channel): void {
    side.open.splice(side.open.indexOf(channel) >>> 0, 1);
    const flow = this.#flow(this.#other(side), channel);
    flow.over = true;
    if (!this.#ending) this.#complete(flow, channel);
    side.given.delete(channel);
    side.drained.delete(channel);
    this.#count("channels closed");
  }

  #complete(flow: Flow, { label }: Channel): void {
    for (const [number, { promised, length }] of flow.sent)
      if (promised && !flow.unheard) fail(`message ${number} (${length} bytes) of channel ${label} is missing`);
    flow.sent.clear();
  }

  #other({ index }: Side): Side {
    return this.#sides[index === 0 ? 1 : 0];
  }

  #check(side: Side): void {
    if (side.ended) fail(`side ${side.index} ended`);
    for (const channel of side.open) {
      const waits = (side.given.get(channel) ?? 0) - (side.drained.get(channel) ?? 0);
      // The end of a channel is told behind its messages, and what is told behind that comes later.
      if (side.reads ? channel.bufferedAmount !== waits : channel.bufferedAmount > waits)
        fail(`channel ${channel.label}: ${channel.bufferedAmount} bytes wait, not ${waits}`);
    }
  }

  #rest(): void {
    Object.assign(this.#wire, { loss: 0, twice: 0, spread: 0, delay: 10 });
    for (const side of this.#sides) {
      while (side.writers.length > 0) this.#endMessage(side, 0);
      side.reads = true;
      for (const channel of side.open) side.table.resume(channel, this.#now);
    }
    const end = this.#now + REST;
    const chunks = (): number => this.#sides.reduce((sum, { table }) => sum + (table.association?.counters.chunksSent ?? 0), 0);
    for (let sent = -1; sent !== chunks() && this.#now < end; ) {
      sent = chunks();
      this.#pass(LONGEST_SILENCE);
    }
    if (this.#now >= end) fail("no rest");
    const [a, z] = this.#sides.map(({ open, table }) => {
      if (table.channels.length !== open.length) fail(`${table.channels.length} channels, ${open.length} are open`);
      return open.map(({ label, id }) => `${label}:${id}`).sort();
    });
    if (a?.join() !== z?.join()) fail(`channels of both sides: ${a?.join()}; ${z?.join()}`);
    for (const side of this.#sides) {
      this.#check(side);
      for (const channel of side.open) {
        if (channel.bufferedAmount > 0) fail(`${channel.bufferedAmount} bytes still wait`);
        this.#complete(this.#flow(this.#other(side), channel), channel);
      }
      const live = new Set([...side.open, ...this.#other(side).open].map(({ label }) => label));
      for (const label of side.flows.keys()) if (!live.has(label)) side.flows.delete(label);
    }
  }

  #end(): void {
    const [a, z] = this.#sides;
    this.#ending = true;
    a.table.shutdown(this.#now);
    this.#pass(300_000);
    if (!a.ended || !z.ended || a.open.length + z.open.length > 0) fail("it does not end");
    for (const { table } of this.#sides)
      if (table.deadline() !== Number.POSITIVE_INFINITY) fail("something is due after the end");
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
    for (const { table } of this.#sides) {
      add("chunks again", table.association?.counters.chunksRetransmitted ?? 0);
      for (const [reason, count] of Object.entries(table.association?.drops.toJSON() ?? {})) add(`dropped ${reason}`, count);
      for (const [reason, count] of Object.entries(table.drops.toJSON())) add(`dropped ${reason}`, count);
    }
    add("messages sent", this.#numbers);
    add("virtual seconds", Math.round(this.#now / 1000));
    return counts;
  }
}
