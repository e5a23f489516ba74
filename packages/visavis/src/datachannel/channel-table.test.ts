/**
 * A table over an association that does what the test says: what a well-behaved one never shows.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom, testSeed } from "@visavis/netsim";
import { fromHex } from "../base/bytes.ts";
import { Drops } from "../base/drops.ts";
import { NEVER } from "../base/instant.ts";
import { Transmit } from "../base/transmit.ts";
import type { AssociationEvent, SctpMessage, SendOptions } from "../sctp/association-options.ts";
import { SctpError } from "../sctp/sctp-error.ts";
import type { Channel, ChannelEvent, ChannelOptions } from "./channel.ts";
import { ChannelTable } from "./channel-table.ts";
import { encodeOpenMessage, openMessageLength } from "./open-message.ts";
import { Ppid } from "./ppid.ts";
import type { TableAssociation } from "./table-options.ts";

interface Sent {
  readonly stream: number;
  readonly ppid: number;
  readonly data: Uint8Array;
  readonly options: SendOptions;
}

class FakeAssociation implements TableAssociation {
  readonly sent: Sent[] = [];
  readonly resets: number[][] = [];
  readonly messages: SctpMessage[] = [];
  readonly events: AssociationEvent[] = [];
  /** What `send` throws. */
  refusal: SctpError | undefined;
  /** How many streams we may send on. */
  streams = 65535;
  aborted = false;
  connects = 0;
  readonly drops: TableAssociation["drops"] = new Drops();
  readonly smoothedRoundTripTime = undefined;
  readonly congestionWindow = 0;
  readonly negotiated = undefined;
  /** Streams that are paused. */
  readonly paused = new Set<number>();
  readonly mtu = 1160;
  readonly pathMtuState = "disabled";
  readonly counters: TableAssociation["counters"] = {
    packetsSent: 0,
    packetsReceived: 0,
    chunksSent: 0,
    chunksReceived: 0,
    chunksRetransmitted: 0,
    duplicatesReceived: 0,
    outOfOrderReceived: 0,
    messagesAbandoned: 0,
    timeouts: 0,
    fastRecoveries: 0,
    handshakesSkipped: 0,
    mtuProbesSent: 0,
    mtuProbesLost: 0,
    blackHolesSuspected: 0,
    tailLossProbes: 0,
    spuriousRetransmissions: 0,
  };

  connect(): void {
    this.connects++;
  }
  send(stream: number, ppid: number, data: Uint8Array, options: SendOptions): void {
    if (this.refusal !== undefined) throw this.refusal;
    if (stream >= this.streams) throw new SctpError("invalid-stream", "no such stream");
    assert.ok(data.length > 0, "SCTP cannot send nothing");
    this.sent.push({ stream, ppid, data, options });
  }
  resetStreams(streams: readonly number[]): void {
    this.resets.push([...streams]);
  }
  abort(): void {
    this.aborted = true;
  }
  setPath(): void {}
  takeMessage(): SctpMessage | undefined {
    return this.messages.shift();
  }
  takeEvent(): AssociationEvent | undefined {
    return this.events.shift();
  }
  receive(): void {}
  advance(): void {}
  deadline(): number {
    return NEVER;
  }
  transmit(): boolean {
    return this.aborted;
  }
  beginMessage(): never {
    throw new Error("not in these scenes");
  }
  setPartialDelivery(): void {}
  pause(stream: number): void {
    this.paused.add(stream);
  }
  resume(stream: number): void {
    this.paused.delete(stream);
  }

  /** A message of the other side. */
  arrives(stream: number, ppid: number, data: Uint8Array | string, ordered: boolean = true): void {
    this.messages.push({ stream, ppid, ordered, data: typeof data === "string" ? text(data) : data, part: "whole" });
  }
  /** The other side's DATA_CHANNEL_OPEN. */
  opens(stream: number, more: Partial<ChannelOptions> = {}): void {
    const message = { maxRetransmits: undefined, maxPacketLifeTime: undefined, priority: 256, ...options("theirs", more) };
    const data = new Uint8Array(openMessageLength(message));
    encodeOpenMessage(message, data, 0);
    this.arrives(stream, Ppid.DCEP, data);
  }
  /** What went out since the last time, by stream and identifier; lets the table hand over what waits. */
  out(table: ChannelTable): string[] {
    table.transmit(new Transmit(), 0);
    return this.sent.splice(0).map(({ stream, ppid, options: { ordered } }) => `${stream}:${ppid}:${ordered ? "o" : "u"}`);
  }
  /** Streams whose reset was wanted since the last time. */
  wanted(table: ChannelTable): number[] {
    table.transmit(new Transmit(), 0);
    return this.resets.splice(0).flat();
  }
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const read = (data: Uint8Array): string => new TextDecoder().decode(data);

function options(label: string, more: Partial<ChannelOptions> = {}): ChannelOptions {
  return { label, protocol: "", ordered: true, negotiated: false, ...more };
}

interface World {
  readonly table: ChannelTable;
  readonly association: FakeAssociation;
}

/** A table of the DTLS client, started or not. */
function world(started: boolean = true, maxReceiveMessageSize: number = 262_144): World {
  const association = new FakeAssociation();
  const random = new SeededRandom(1);
  const table = new ChannelTable({ random, maxReceiveMessageSize }, () => association);
  if (started) begin({ table, association });
  return { table, association };
}

function begin({ table, association }: World, streams: number = 65535): void {
  table.start({ dtlsRole: "client", maxMessageSize: 1000 }, 0);
  association.events.push({ type: "connected", inboundStreams: streams, outboundStreams: streams });
  table.takeEvent();
}

/** All that waits, taken as the owner should: events as their type and the label of the channel, messages as `label<content`. */
function drain(table: ChannelTable): string[] {
  const all: string[] = [];
  for (;;) {
    const before = all.length;
    for (let event = table.takeEvent(); event !== undefined; event = table.takeEvent()) all.push(describeEvent(event));
    for (let message = table.takeMessage(); message !== undefined; message = table.takeMessage()) {
      all.push(`${message.channel.label}<${message.kind === "string" ? read(message.data) : message.data.length}`);
    }
    if (all.length === before) return all;
  }
}

function describeEvent(event: ChannelEvent): string {
  switch (event.type) {
    case "connected":
      return `connected ${event.maxChannels}`;
    case "association-closed":
      return `association-closed ${event.error?.code}`;
    case "drained":
      return `drained ${event.channel.label} ${event.bytes}`;
    case "closed":
      return event.error === undefined ? `closed ${event.channel.label}` : `closed ${event.channel.label} ${event.error.code}`;
    default:
      return `${event.type} ${event.channel.label}`;
  }
}

const drops = (table: ChannelTable): Record<string, number> => table.drops.toJSON();

describe("order of messages", () => {
  test("an unordered channel keeps the order until the other side's word", () => {
    const { table, association } = world();
    const channel = table.create(options("c", { ordered: false }));
    table.send(channel, text("1"), "string", 0);
    table.send(channel, text("2"), "binary", 0);
    assert.deepEqual(association.out(table), ["0:50:o", "0:51:o", "0:53:o"]);
    association.arrives(0, Ppid.DCEP, fromHex("02"));
    drain(table);
    table.send(channel, text("3"), "string", 0);
    assert.deepEqual(association.out(table), ["0:51:u"]);
  });

  test("any message of the other side is as good as its word", () => {
    const { table, association } = world();
    const channel = table.create(options("c", { ordered: false, maxRetransmits: 2 }));
    association.arrives(0, Ppid.STRING, "x", false);
    drain(table);
    table.send(channel, text("1"), "string", 0);
    assert.deepEqual(association.sent.at(-1)?.options, { ordered: false, priority: 256, maxRetransmits: 2 });
  });

  test("channels of the other side and negotiated ones need no word", () => {
    const { table, association } = world();
    association.opens(1, { ordered: false, maxPacketLifeTime: 40 });
    const agreed = table.create(options("agreed", { ordered: false, negotiated: true, id: 7 }));
    assert.deepEqual(drain(table), ["open agreed", "channel theirs"]);
    const theirs = table.channels[1] as Channel;
    table.send(theirs, text("1"), "string", 0);
    table.send(agreed, text("2"), "string", 0);
    assert.deepEqual(association.sent.at(-2)?.options, { ordered: false, priority: 256, lifetime: 40 });
    assert.deepEqual(association.out(table), ["1:50:o", "1:51:u", "7:51:u"]);
  });

  test("limits that the API cannot show are cut down", () => {
    const { table, association } = world();
    association.opens(1, { maxRetransmits: 0xffff_ffff });
    association.opens(3, { maxPacketLifeTime: 0x1_0000 });
    drain(table);
    assert.deepEqual(
      table.channels.map(({ maxRetransmits, maxPacketLifeTime }) => [maxRetransmits, maxPacketLifeTime]),
      [
        [65535, undefined],
        [undefined, 65535],
      ],
    );
  });
});

describe("early data", () => {
  test("that overtook the opening of its channel comes after the channel, in order", () => {
    const { table, association } = world();
    association.arrives(1, Ppid.STRING, "one", false);
    association.arrives(3, Ppid.STRING, "other", false);
    association.arrives(1, Ppid.BINARY_EMPTY, "?", false);
    assert.deepEqual(drain(table), []);
    association.arrives(1, Ppid.STRING, "three", false);
    association.opens(1, { ordered: false });
    association.arrives(1, Ppid.STRING, "four", false);
    assert.deepEqual(drain(table), ["channel theirs", "theirs<one", "theirs<0", "theirs<three", "theirs<four"]);
    assert.deepEqual(drops(table), {});
  });

  test("for a negotiated channel that is still to be made", () => {
    const { table, association } = world();
    association.arrives(5, Ppid.STRING, "hello");
    drain(table);
    const channel = table.create(options("agreed", { negotiated: true, id: 5 }));
    assert.deepEqual(drain(table), ["open agreed", "agreed<hello"]);
    assert.equal(channel.messagesReceived, 1);
  });

  test("is held within bounds of count and bytes", () => {
    const { table, association } = world();
    for (let i = 0; i < 300; i++) association.arrives(1 + 2 * (i % 50), Ppid.STRING, "x");
    drain(table);
    assert.deepEqual(drops(table), { "no-channel": 44 });
    const big = world();
    for (let i = 0; i < 10; i++) big.association.arrives(1, Ppid.BINARY, new Uint8Array(200_000));
    big.association.opens(1);
    assert.deepEqual(drain(big.table).length, 1 + 5);
    assert.deepEqual(drops(big.table), { "no-channel": 5 });
  });

  test("is forgotten when its stream is reset or refused", () => {
    const { table, association } = world();
    association.arrives(1, Ppid.STRING, "x");
    association.arrives(2, Ppid.STRING, "y");
    drain(table);
    association.events.push({ type: "incoming-reset", streams: [1] });
    association.opens(2);
    association.opens(1);
    // Messages come before resets: the channel on stream 1 is there when its stream is reset.
    assert.deepEqual(drain(table), ["channel theirs", "theirs<x", "closing theirs"]);
    association.arrives(3, Ppid.STRING, "z");
    drain(table);
    association.events.push({ type: "incoming-reset", streams: [3] });
    assert.deepEqual(drain(table), []);
    assert.deepEqual(drops(table), { "wrong-parity": 1, "channel-never-came": 2, "unexpected-reset": 1 });
  });
});

describe("bad openings", () => {
  test("on a stream of ours: reset, and the number is not used until both directions are", () => {
    const { table, association } = world();
    association.opens(0);
    association.arrives(0, Ppid.STRING, "x");
    assert.deepEqual(drain(table), []);
    assert.deepEqual(association.wanted(table), [0]);
    assert.deepEqual(drops(table), { "wrong-parity": 1, closing: 1 });
    assert.equal(table.create(options("a")).id, 2);
    association.events.push({ type: "outgoing-reset", streams: [0], performed: true });
    drain(table);
    assert.equal(table.create(options("b")).id, 4);
    association.events.push({ type: "incoming-reset", streams: [0] });
    drain(table);
    assert.equal(table.create(options("c")).id, 0);
  });

  test("on a stream in use: its channel is closed", () => {
    const { table, association } = world();
    association.opens(1);
    drain(table);
    association.opens(1, { label: "again" });
    association.opens(1, { label: "and again" });
    assert.deepEqual(drain(table), ["closing theirs"]);
    assert.deepEqual(association.wanted(table), [1]);
    assert.deepEqual(drops(table), { "open-on-used-stream": 2 });
  });

  test("that cannot be read, or ask for what does not exist: reset", () => {
    const { table, association } = world();
    association.arrives(1, Ppid.DCEP, fromHex("03 00 0100 00000000 0004 0000 6368"));
    association.arrives(3, Ppid.DCEP, fromHex("03 07 0100 00000000 0000 0000"));
    assert.deepEqual(drain(table), []);
    assert.deepEqual(association.wanted(table), [1, 3]);
    assert.deepEqual(drops(table), { "malformed-open": 2 });
  });

  test("on a stream that we do not have: nothing to answer on, and nothing else is held up", () => {
    const { table, association } = world(false);
    table.start({ dtlsRole: "client", maxMessageSize: 0 }, 0);
    association.streams = 10;
    association.events.push({ type: "connected", inboundStreams: 100, outboundStreams: 10 });
    association.opens(11);
    association.opens(9);
    assert.deepEqual(drain(table), ["connected 10", "channel theirs"]);
    assert.deepEqual([association.out(table), association.wanted(table)], [["9:50:o"], []]);
    assert.deepEqual(drops(table), { "one-way-stream": 1 });
  });

  test("of ours on a stream that turns out not to exist does not hold up others", () => {
    const { table, association } = world(false);
    for (let i = 0; i < 3; i++) table.create(options(String(i)));
    table.start({ dtlsRole: "client", maxMessageSize: 0 }, 0);
    association.streams = 2;
    assert.deepEqual(association.out(table), ["0:50:o"]);
    association.events.push({ type: "connected", inboundStreams: 2, outboundStreams: 2 });
    assert.deepEqual(drain(table), ["connected 2", "open 0", "closed 1 no-id-left", "closed 2 no-id-left"]);
  });

  test("with more text than there is memory for", () => {
    const { table, association } = world();
    for (let i = 0; i < 70; i++) association.opens(2 * i + 1, { label: "l".repeat(65535), protocol: "p".repeat(65535) });
    drain(table);
    assert.equal(table.channels.length, 64);
    assert.equal(table.drops.of("too-much-text"), 6);
    // A channel that goes makes room.
    association.events.push({ type: "incoming-reset", streams: [1] });
    association.events.push({ type: "outgoing-reset", streams: [1], performed: true });
    drain(table);
    association.opens(1, { label: "l".repeat(65535), protocol: "p".repeat(65535) });
    drain(table);
    assert.equal(table.channels.length, 64);
  });

  test("other control messages are counted", () => {
    const { table, association } = world();
    table.create(options("agreed", { negotiated: true, id: 0 }));
    association.opens(1);
    for (const hex of ["", "00", "01", "04 00", "ff"]) association.arrives(1, Ppid.DCEP, fromHex(hex));
    for (const stream of [0, 1, 9]) association.arrives(stream, Ppid.DCEP, fromHex("02"));
    drain(table);
    assert.deepEqual(drops(table), { "malformed-control": 5, "unexpected-ack": 3 });
  });
});

describe("messages", () => {
  test("of unknown kinds are dropped, empty ones have no bytes of their own", () => {
    const { table, association } = world();
    association.opens(1);
    for (const ppid of [0, 49, 55, 58, 0xffff_ffff]) association.arrives(1, ppid, "x");
    association.arrives(9, 55, "x");
    association.arrives(1, Ppid.STRING_EMPTY, "\0");
    association.arrives(1, Ppid.BINARY_EMPTY, "more than one byte");
    drain(table);
    assert.deepEqual(drops(table), { "unknown-ppid": 6 });
    const [channel] = table.channels;
    assert.deepEqual([channel?.messagesReceived, channel?.bytesReceived], [2, 0]);
    const { association: other, table: sender } = world();
    const ours = sender.create(options("c"));
    sender.send(ours, new Uint8Array(0), "string", 0);
    sender.send(ours, new Uint8Array(0), "binary", 0);
    assert.deepEqual(
      other.sent.slice(1).map(({ ppid, data }) => [ppid, [...data]]),
      [
        [56, [0]],
        [57, [0]],
      ],
    );
    assert.deepEqual([ours.messagesSent, ours.bytesSent, ours.bufferedAmount], [2, 0, 0]);
  });

  test("empty messages do not share memory", () => {
    const { table, association } = world();
    association.opens(1);
    association.arrives(1, Ppid.BINARY_EMPTY, "\0");
    association.arrives(1, Ppid.BINARY_EMPTY, "\0");
    table.takeEvent();
    assert.notEqual(table.takeMessage()?.data.buffer, table.takeMessage()?.data.buffer);
  });

  test("in deprecated pieces are put together, within bounds", () => {
    const { table, association } = world(true, 10);
    association.opens(1);
    association.opens(3, { label: "other" });
    drain(table);
    const pieces: readonly (readonly [ppid: number, data: string, stream?: number])[] = [
      [Ppid.STRING_PARTIAL, "he"],
      [Ppid.BINARY_PARTIAL, "12", 3],
      [Ppid.STRING_PARTIAL, "ll"],
      [Ppid.STRING, "o"],
      [Ppid.BINARY, "345", 3],
      [Ppid.STRING, "plain"],
      // Another kind in between: the unfinished one is given up.
      [Ppid.BINARY_PARTIAL, "lost"],
      [Ppid.STRING, "kept"],
      [Ppid.BINARY_PARTIAL, "lost"],
      [Ppid.STRING_PARTIAL, "k"],
      [Ppid.STRING, "ept"],
      // Too large: skipped up to its end.
      [Ppid.BINARY_PARTIAL, "123456"],
      [Ppid.BINARY_PARTIAL, "123456"],
      [Ppid.BINARY_PARTIAL, "1"],
      [Ppid.BINARY, "1"],
      [Ppid.BINARY_PARTIAL, "1234567"],
      [Ppid.BINARY, "1234"],
      [Ppid.BINARY_PARTIAL, "1234567"],
      [Ppid.BINARY, "123"],
    ];
    for (const [ppid, data, stream = 1] of pieces) association.arrives(stream, ppid, data);
    assert.deepEqual(drain(table), ["theirs<hello", "other<5", "theirs<plain", "theirs<kept", "theirs<kept", "theirs<10"]);
    assert.deepEqual(drops(table), { "unfinished-message": 2, "too-large": 2 });
  });

  test("in pieces without end take a bounded part of memory", () => {
    const { table, association } = world(true, 0);
    for (let id = 1; id < 100; id += 2) association.opens(id);
    drain(table);
    for (let i = 0; i < 300; i++) {
      for (let id = 1; id < 100; id += 2) association.arrives(id, Ppid.BINARY_PARTIAL, new Uint8Array(2000));
      drain(table);
    }
    for (let id = 1; id < 100; id += 2) association.arrives(id, Ppid.BINARY, new Uint8Array(1));
    const lengths = drain(table).map((line) => Number(line.split("<")[1]));
    assert.ok(lengths.reduce((sum, length) => sum + length, 0) <= 16 * 1024 * 1024 && table.drops.of("too-large") > 0);
  });

  test("for the other side have a largest size", () => {
    const { table, association } = world();
    const channel = table.create(options("c"));
    table.send(channel, new Uint8Array(1000), "binary", 0);
    assert.throws(() => table.send(channel, new Uint8Array(1001), "binary", 0), { name: "ChannelError", code: "too-large" });
    table.setMaxMessageSize(0);
    table.send(channel, new Uint8Array(1_000_000), "binary", 0);
    table.setMaxMessageSize(10);
    assert.throws(() => table.send(channel, new Uint8Array(11), "binary", 0), { code: "too-large" });
    assert.deepEqual([channel.messagesSent, channel.bytesSent, association.sent.length], [2, 1_001_000, 3]);
  });

  test("a full or ended association refuses them, and nothing is counted", () => {
    const { table, association } = world();
    const channel = table.create(options("c"));
    association.out(table);
    association.refusal = new SctpError("queue-full", "full");
    assert.throws(() => table.send(channel, text("x"), "string", 0), { name: "ChannelError", code: "queue-full" });
    const second = table.create(options("second"));
    assert.deepEqual(association.out(table), []);
    assert.throws(() => table.send(second, text("x"), "string", 0), { code: "queue-full" });
    association.refusal = new SctpError("closed", "closed");
    assert.throws(() => table.send(channel, text("x"), "string", 0), { code: "not-open" });
    association.refusal = undefined;
    table.send(second, text("x"), "string", 0);
    assert.deepEqual(association.out(table), ["2:50:o", "2:51:o"]);
    assert.deepEqual([channel.messagesSent, channel.bufferedAmount, second.messagesSent], [0, 0, 1]);
  });

  test("channels of another table, and closed ones, are not sent on", () => {
    const { table } = world();
    const other = world().table.create(options("c"));
    assert.throws(() => table.send(other, text("x"), "string", 0), { code: "not-open" });
    table.close(other, 0);
    assert.equal(other.state, "open");
  });
});

describe("drained bytes", () => {
  test("are the user's, reported once for all since the last report", () => {
    const { table, association } = world();
    const channel = table.create(options("abcd"));
    table.send(channel, text("12345"), "string", 0);
    table.send(channel, new Uint8Array(0), "string", 0);
    table.send(channel, text("678"), "string", 0);
    drain(table);
    const leave = (bytes: number): void => {
      association.events.push({ type: "drained", stream: 0, bytes });
      table.receive(new Uint8Array(0), 0);
    };
    leave(16);
    assert.deepEqual(drain(table), []);
    for (const bytes of [3, 2, 1]) leave(bytes);
    assert.equal(channel.bufferedAmount, 3);
    assert.deepEqual(drain(table), ["drained abcd 5"]);
    leave(3);
    association.events.push({ type: "drained", stream: 99, bytes: 5 });
    assert.deepEqual(drain(table), ["drained abcd 3"]);
  });
});

describe("ids", () => {
  test("in use, out of range, or missing", () => {
    const { table } = world(false);
    table.create(options("c", { negotiated: true, id: 3 }));
    assert.throws(() => table.create(options("c", { negotiated: true, id: 3 })), { name: "ChannelError", code: "id-in-use" });
    for (const id of [-1, 65535, 1.5, Number.NaN]) {
      assert.throws(() => table.create(options("c", { negotiated: true, id })), RangeError);
    }
    assert.throws(() => table.create(options("c", { negotiated: true })), RangeError);
    assert.throws(() => table.create(options("c", { id: 1 })), RangeError);
    assert.throws(() => table.create(options("c", { maxRetransmits: 1, maxPacketLifeTime: 1 })), RangeError);
    assert.throws(() => table.create(options("é".repeat(32768))), { code: "too-long" });
    assert.throws(() => table.create(options("c", { protocol: "x".repeat(65536) })), { code: "too-long" });
    assert.equal(table.create(options("é".repeat(32767))).state, "connecting");
    assert.equal(table.create(options("c", { negotiated: true, id: 65534 })).id, 65534);
  });

  test("of the server are odd; the lowest free one is taken; closing ones are not free", () => {
    const { table, association } = world(false);
    table.create(options("agreed", { negotiated: true, id: 1 }));
    table.start({ dtlsRole: "server", maxMessageSize: 0 }, 0);
    association.events.push({ type: "connected", inboundStreams: 10, outboundStreams: 8 });
    assert.deepEqual(drain(table), ["connected 8", "open agreed"]);
    const [three, five] = [table.create(options("three")), table.create(options("five"))];
    assert.deepEqual([three.id, five.id], [3, 5]);
    association.out(table);
    table.close(three, 0);
    assert.deepEqual(association.wanted(table), [3]);
    assert.equal(table.create(options("seven")).id, 7);
    assert.throws(() => table.create(options("nine")), { code: "no-id-left" });
    association.events.push({ type: "incoming-reset", streams: [3] });
    drain(table);
    assert.throws(() => table.create(options("nine")), { code: "no-id-left" });
    association.events.push({ type: "outgoing-reset", streams: [3], performed: true });
    assert.deepEqual(drain(table), ["closed three"]);
    assert.equal(table.create(options("again")).id, 3);
  });

  test("run out: before the start the last channels are closed, after it they are refused", () => {
    const { table, association } = world(false);
    for (let i = 0; i < 32_770; i++) table.create(options(String(i)));
    table.start({ dtlsRole: "client", maxMessageSize: 0 }, 0);
    association.events.push({ type: "connected", inboundStreams: 65535, outboundStreams: 65535 });
    const closed = drain(table).filter((line) => line.startsWith("closed"));
    assert.deepEqual(closed, ["closed 32768 no-id-left", "closed 32769 no-id-left"]);
    assert.equal(table.channels.at(-1)?.id, 65534);
    assert.throws(() => table.create(options("more")), { code: "no-id-left" });
    const [first] = table.channels;
    assert.equal(first?.id, 0);
  });

  test("a table has no more channels than there are ids", () => {
    const { table } = world(false);
    for (let i = 0; i < 65_535; i++) table.create(options(""));
    assert.throws(() => table.create(options("")), { code: "no-id-left" });
  });
});

describe("closing", () => {
  test("is told after the messages that came before it, whatever is taken when", () => {
    for (const messagesFirst of [false, true]) {
      const { table, association } = world();
      association.opens(1);
      association.arrives(1, Ppid.STRING, "1");
      association.arrives(1, Ppid.STRING, "2");
      association.events.push({ type: "incoming-reset", streams: [1] });
      association.events.push({ type: "outgoing-reset", streams: [1], performed: true });
      table.receive(new Uint8Array(0), 0);
      if (messagesFirst) assert.equal(table.takeMessage(), undefined, "its channel was not told of");
      assert.equal(table.takeEvent()?.type, "channel");
      assert.equal(table.takeEvent(), undefined);
      assert.equal(read(table.takeMessage()?.data as Uint8Array), "1");
      assert.equal(table.takeEvent(), undefined);
      assert.equal(read(table.takeMessage()?.data as Uint8Array), "2");
      assert.equal(table.takeMessage(), undefined);
      assert.deepEqual(drain(table), ["closing theirs", "closed theirs"]);
    }
  });

  test("the end of the association is told after everything else", () => {
    const { table, association } = world();
    const ours = table.create(options("ours"));
    association.opens(1);
    association.arrives(1, Ppid.STRING, "1");
    association.arrives(0, Ppid.STRING, "2");
    association.events.push({ type: "closed", error: new SctpError("aborted", "aborted", 12) });
    table.receive(new Uint8Array(0), 0);
    assert.equal(ours.state, "closed");
    assert.deepEqual(drain(table), [
      "open ours",
      "channel theirs",
      "theirs<1",
      "ours<2",
      "closed ours aborted",
      "closed theirs aborted",
      "association-closed aborted",
    ]);
    assert.deepEqual(drain(table), []);
    assert.equal(table.state, "closed");
  });

  test("an orderly end of the association is no error", () => {
    const { table, association } = world();
    table.create(options("ours"));
    drain(table);
    association.events.push({ type: "closed", error: undefined });
    assert.deepEqual(drain(table), ["closed ours", "association-closed undefined"]);
    const late = table.create(options("late"));
    assert.throws(() => table.send(late, text("x"), "string", 0), { code: "not-open" });
    assert.deepEqual(drain(table), ["closed late"]);
  });

  test("a reset of all streams closes all channels", () => {
    const { table, association } = world();
    table.create(options("ours"));
    association.opens(1);
    drain(table);
    association.events.push({ type: "incoming-reset", streams: [] });
    assert.deepEqual(drain(table), ["closing ours", "closing theirs"]);
    assert.deepEqual(association.wanted(table), [0, 1]);
    association.events.push({ type: "outgoing-reset", streams: [0, 1], performed: true });
    assert.deepEqual(drain(table), ["closed ours", "closed theirs"]);
  });

  test("a refused reset closes the channel, and its number is not used again", () => {
    const { table, association } = world();
    const ours = table.create(options("ours"));
    association.out(table);
    drain(table);
    table.close(ours, 0);
    assert.deepEqual(association.wanted(table), [0]);
    association.events.push({ type: "outgoing-reset", streams: [0], performed: false });
    assert.deepEqual(drain(table), ["closed ours"]);
    association.events.push({ type: "incoming-reset", streams: [0] });
    association.arrives(0, Ppid.STRING, "x");
    assert.deepEqual(drain(table), []);
    assert.equal(table.create(options("next")).id, 2);
    assert.deepEqual(drops(table), { closing: 1 });
  });

  test("an outgoing stream that was reset at the other side's request closes its channel", () => {
    const { table, association } = world();
    table.create(options("ours"));
    drain(table);
    association.events.push({ type: "outgoing-reset", streams: [0], performed: true });
    assert.deepEqual(drain(table), ["closing ours"]);
    assert.deepEqual(association.wanted(table), []);
    association.events.push({ type: "incoming-reset", streams: [0] });
    assert.deepEqual(drain(table), ["closed ours"]);
  });

  test("a channel whose opening could not be queued yet is gone without a word", () => {
    const { table, association } = world();
    association.refusal = new SctpError("queue-full", "full");
    const ours = table.create(options("ours"));
    table.close(ours, 0);
    association.refusal = undefined;
    assert.deepEqual([association.out(table), association.wanted(table)], [[], []]);
    assert.deepEqual(drain(table), ["open ours", "closed ours"]);
    assert.equal(table.create(options("next")).id, 0);
  });

  test("of a negotiated channel before the start frees its id at once", () => {
    const { table } = world(false);
    const agreed = table.create(options("agreed", { negotiated: true, id: 0 }));
    table.close(agreed, 0);
    assert.deepEqual(drain(table), ["closed agreed"]);
    assert.equal(table.create(options("again", { negotiated: true, id: 0 })).state, "connecting");
  });
});

describe("the table", () => {
  test("that is shut down sends its farewell; without a transport it does not", () => {
    const first = world();
    first.table.create(options("ours"));
    drain(first.table);
    first.table.shutdown(0);
    first.table.shutdown(0);
    assert.deepEqual(drain(first.table), ["closed ours", "association-closed undefined"]);
    assert.equal(first.table.transmit(new Transmit(), 0), true);
    const second = world();
    second.table.create(options("ours"));
    drain(second.table);
    second.table.transportClosed(0);
    assert.deepEqual(drain(second.table), ["closed ours", "association-closed undefined"]);
    assert.equal(second.table.transmit(new Transmit(), 0), false);
    second.table.receive(new Uint8Array(12), 0);
    assert.deepEqual(drops(second.table), { "not-started": 1 });
  });

  test("that is shut down before it started closes its channels and stays closed", () => {
    const { table, association } = world(false);
    table.create(options("ours"));
    table.receive(new Uint8Array(12), 0);
    table.transportClosed(0);
    assert.deepEqual(drain(table), ["closed ours"]);
    begin({ table, association });
    assert.equal(association.connects, 0);
    assert.deepEqual(
      [table.state, table.deadline(), table.maxChannels, table.association],
      ["closed", NEVER, undefined, undefined],
    );
    assert.deepEqual(drops(table), { "not-started": 1 });
  });

  test("is started once", () => {
    const { table } = world();
    assert.throws(() => table.start({ dtlsRole: "client", maxMessageSize: 0 }, 0), { name: "InternalError" });
  });

  test("fetches no more when too much waits, and goes on when it was taken", () => {
    const { table, association } = world();
    association.opens(1);
    for (let i = 0; i < 20; i++) association.arrives(1, Ppid.BINARY, new Uint8Array(1_000_000));
    association.events.push({ type: "incoming-reset", streams: [1] });
    table.receive(new Uint8Array(0), 0);
    assert.equal(association.messages.length, 11);
    assert.equal(association.events.length, 1);
    const all = drain(table);
    assert.deepEqual([all.length, all[0], all.at(-1)], [22, "channel theirs", "closing theirs"]);
  });

  test("stays whole whatever arrives", () => {
    const seed = testSeed(11);
    const random = new SeededRandom(seed);
    const bytes = new Uint8Array(8);
    const dice = (sides: number): number => {
      random.fill(bytes);
      return (((bytes[0] as number) << 8) | (bytes[1] as number)) % sides;
    };
    for (let round = 0; round < 60; round++) {
      const { table, association } = world(true, 1000);
      const phases = new Map<Channel, string[]>();
      const follow = (event: ChannelEvent): void => {
        if (event.type === "connected" || event.type === "association-closed" || event.type === "drained") return;
        const past = phases.get(event.channel) ?? [];
        phases.set(event.channel, past);
        assert.ok(!past.includes(event.type) && !past.includes("closed"), `seed ${seed}: ${past} ${event.type}`);
        past.push(event.type);
      };
      for (let step = 0; step < 200; step++) {
        const stream = dice(8);
        const open = table.channels.filter(({ state }) => state === "open");
        const channel = open[dice(Math.max(1, open.length))];
        switch (dice(10)) {
          case 0:
            association.opens(stream, { ordered: dice(2) === 0 });
            break;
          case 1:
            association.arrives(stream, 50 + dice(9), bytes.slice(0, dice(8)));
            break;
          case 2:
            association.events.push({ type: "incoming-reset", streams: dice(9) === 0 ? [] : [stream] });
            break;
          case 3:
            association.events.push({ type: "outgoing-reset", streams: association.wanted(table), performed: dice(5) > 0 });
            break;
          case 4:
            association.events.push({ type: "outgoing-reset", streams: [stream], performed: dice(2) === 0 });
            break;
          case 5:
            association.events.push({ type: "drained", stream, bytes: dice(300) });
            break;
          case 6:
            table.create(options(String(step)));
            break;
          case 7:
            if (channel !== undefined) table.close(channel, step);
            break;
          case 8:
            association.refusal = dice(3) === 0 ? new SctpError("queue-full", "full") : undefined;
            if (channel !== undefined && association.refusal === undefined)
              table.send(channel, bytes.slice(0, dice(8)), "binary", step);
            break;
          default:
            for (let event = table.takeEvent(); event !== undefined; event = table.takeEvent()) follow(event);
            for (let message = table.takeMessage(); message !== undefined; message = table.takeMessage()) {
              const past = phases.get(message.channel) ?? [];
              assert.ok(past.includes("open") || past.includes("channel"), `seed ${seed}: a message before its channel`);
              assert.ok(!past.includes("closed"), `seed ${seed}: a message after the end`);
            }
        }
      }
      const ids = table.channels.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, `seed ${seed}: an id is used twice`);
      table.shutdown(0);
      for (let again = true; again; ) {
        again = false;
        for (let event = table.takeEvent(); event !== undefined; event = table.takeEvent(), again = true) follow(event);
        while (table.takeMessage() !== undefined) again = true;
      }
      for (const [channel, past] of phases) assert.deepEqual([channel.state, past.at(-1)], ["closed", "closed"]);
    }
  });
});
