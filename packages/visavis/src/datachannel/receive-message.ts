/**
 * What arrives on streams: messages of users, by their payload protocol identifier (RFC 8831 §6.6), and those that establish
 * channels (RFC 8832 §6).
 */
import type { SctpMessage } from "../sctp/association-options.ts";
import { ACK_LENGTH, encodeAckMessage, isAckMessage } from "./ack-message.ts";
import type { ChannelOptions, MessageKind } from "./channel.ts";
import { ChannelEntry, ChannelStream } from "./channel-entry.ts";
import { beginClosing, endBeforeAnswer, rejectStream, textSize } from "./closing.ts";
import { decodeOpenMessage, OPEN_TYPE, type OpenMessage } from "./open-message.ts";
import { isUserPpid, Ppid } from "./ppid.ts";
import type { TableContext } from "./table-context.ts";

/** Bytes that the labels and protocols of the other side's channels may take together. */
const MOST_TEXT = 16 * 1024 * 1024;
/** The largest value of `maxRetransmits` and `maxPacketLifeTime` that the API can show; larger ones last as long as any. */
const LONGEST_LIMIT = 0xffff;

/** Works off one message of the association. */
export function receiveMessage(context: TableContext, message: SctpMessage): void {
  const { ppid, data } = message;
  if (ppid === Ppid.DCEP) {
    if (isAckMessage(data, 0, data.length)) handleAck(context, message);
    else if (data[0] === OPEN_TYPE) handleOpen(context, message);
    else context.drops.count("malformed-control");
    return;
  }
  if (!isUserPpid(ppid)) {
    context.drops.count("unknown-ppid");
    return;
  }
  const stream = context.streams.get(message.stream);
  if (stream === undefined || stream.belongsToNext) {
    if (!context.early.hold(message)) context.drops.count("no-channel");
  } else if (stream.channel === undefined || stream.channel.state !== "open") {
    context.drops.count("closing");
  } else {
    receiveOn(context, stream.channel, message);
  }
}

/** Delivers what came before the channel was there. */
export function deliverEarly(context: TableContext, channel: ChannelEntry, id: number): void {
  if (context.early.count === 0) return;
  for (const message of context.early.take(id)) receiveOn(context, channel, message);
}

function receiveOn(context: TableContext, channel: ChannelEntry, message: SctpMessage): void {
  const { ppid, data } = message;
  const isString = ppid === Ppid.STRING || ppid === Ppid.STRING_PARTIAL || ppid === Ppid.STRING_EMPTY;
  const kind: MessageKind = isString ? "string" : "binary";
  channel.establish();
  if (channel.partialDelivery || message.part !== "whole") {
    receivePart(context, channel, kind, message);
    return;
  }
  const { partials } = context;
  if (partials.mixes(channel, kind)) {
    partials.forget(channel);
    context.drops.count("unfinished-message");
  }
  if (ppid === Ppid.STRING_PARTIAL || ppid === Ppid.BINARY_PARTIAL) {
    partials.add(channel, kind, data);
    return;
  }
  // RFC 8831 §6.6: the one byte of an empty message means nothing.
  const last = ppid === Ppid.STRING_EMPTY || ppid === Ppid.BINARY_EMPTY ? new Uint8Array(0) : data;
  const whole = partials.join(channel, last);
  if (whole === undefined) {
    context.drops.count("too-large");
    return;
  }
  channel.messagesReceived++;
  channel.bytesReceived += whole.length;
  context.deliveries.message({ channel, kind, data: whole, part: "whole" });
}

/** A message, or a part of one, for a channel that takes parts. Deprecated pieces are parts, too. */
function receivePart(context: TableContext, channel: ChannelEntry, kind: MessageKind, message: SctpMessage): void {
  const { ppid, part } = message;
  const isPiece = ppid === Ppid.STRING_PARTIAL || ppid === Ppid.BINARY_PARTIAL;
  const data = ppid === Ppid.STRING_EMPTY || ppid === Ppid.BINARY_EMPTY ? new Uint8Array(0) : message.data;
  const ends = part === "last" || part === "whole";
  channel.bytesReceived += data.length;
  if (isPiece && part !== "abandoned") {
    channel.inPieces = true;
    context.deliveries.message({ channel, kind, data, part: "more" });
    return;
  }
  const wasInPieces = channel.inPieces;
  if (part !== "more") channel.inPieces = false;
  if (ends) channel.messagesReceived++;
  context.deliveries.message({ channel, kind, data, part: ends && wasInPieces ? "last" : part });
}

/** RFC 8832 §6: the channel of ours is there on the other side. */
function handleAck(context: TableContext, message: SctpMessage): void {
  const channel = context.streams.get(message.stream)?.channel;
  if (channel === undefined || channel.negotiated || channel.remote) context.drops.count("unexpected-ack");
  else channel.establish();
}

/** RFC 8832 §6: the other side makes a channel. */
function handleOpen(context: TableContext, message: SctpMessage): void {
  const id = message.stream;
  const used = context.streams.get(id);
  if (used?.belongsToNext === true && context.ids.isRemote(id)) {
    endBeforeAnswer(context, used);
    context.streams.delete(id);
  } else if (used !== undefined) {
    context.drops.count("open-on-used-stream");
    if (used.channel !== undefined) beginClosing(context, used.channel, true);
    return;
  }
  if (id >= context.ids.limit) {
    // We have no stream of this number to answer on, nor to reset.
    context.drops.count("one-way-stream");
    return;
  }
  const open = decodeOpenMessage(message.data, 0, message.data.length);
  if (open === undefined) {
    context.drops.count("malformed-open");
    rejectStream(context, id);
  } else if (!context.ids.isRemote(id)) {
    context.drops.count("wrong-parity");
    rejectStream(context, id);
  } else if (context.remoteText + textSize(open) > MOST_TEXT) {
    context.drops.count("too-much-text");
    rejectStream(context, id);
  } else {
    accept(context, id, open, used !== undefined);
  }
}

function accept(context: TableContext, id: number, open: OpenMessage, answerAwaited: boolean): void {
  const channel = new ChannelEntry(optionsOf(open), true);
  channel.id = id;
  channel.open();
  context.remoteText += textSize(channel);
  context.channels.add(channel);
  const stream = new ChannelStream(id, channel);
  stream.answerAwaited = answerAwaited;
  context.streams.set(id, stream);
  const bytes = new Uint8Array(ACK_LENGTH);
  encodeAckMessage(bytes, 0);
  context.control.push({ channel, bytes });
  context.deliveries.event({ type: "channel", channel });
  deliverEarly(context, channel, id);
}

function optionsOf(open: OpenMessage): ChannelOptions {
  const { label, protocol, ordered, priority, maxRetransmits, maxPacketLifeTime } = open;
  return {
    label,
    protocol,
    ordered,
    priority,
    negotiated: false,
    ...(maxRetransmits !== undefined && { maxRetransmits: Math.min(maxRetransmits, LONGEST_LIMIT) }),
    ...(maxPacketLifeTime !== undefined && { maxPacketLifeTime: Math.min(maxPacketLifeTime, LONGEST_LIMIT) }),
  };
}
