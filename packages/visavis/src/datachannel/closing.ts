/**
 * The end of a channel: each side resets its outgoing direction of the stream once everything queued was sent; when both
 * are reset, the channel is closed and its id may be used again. RFC 8831 §6.7, RFC 8832 §6.
 */
import type { ChannelEvent } from "./channel.ts";
import { type ChannelEntry, ChannelStream } from "./channel-entry.ts";
import type { TableContext } from "./table-context.ts";

/** Begins with our direction. @param told whether the owner has to hear of it, because it was not the owner's wish */
export function beginClosing(context: TableContext, channel: ChannelEntry, told: boolean): void {
  if (channel.id === undefined || channel.state === "closing" || channel.state === "closed") return;
  channel.state = "closing";
  // What is not written to its end by now never will be.
  for (const writer of channel.writers) writer.abandon(0);
  if (told) context.deliveries.event({ type: "closing", channel });
  const stream = context.streams.get(channel.id);
  if (stream?.outgoingReset !== "none") return;
  stream.outgoingReset = "wanted";
  context.resets.push(stream.id);
}

/** What the other side opened is not taken: the stream is reset, and not used until both directions are. */
export function rejectStream(context: TableContext, id: number): void {
  const stream = new ChannelStream(id, undefined);
  stream.outgoingReset = "wanted";
  context.streams.set(id, stream);
  context.resets.push(id);
  dropEarly(context, id);
}

/** The other side has gone on to the next channel of a stream: the reset that we asked for was performed, though its answer is still to come. */
export function endBeforeAnswer(context: TableContext, { channel }: ChannelStream): void {
  if (channel !== undefined) finishChannel(context, channel, undefined);
}

/** A channel is over, whatever becomes of its stream. */
export function finishChannel(
  context: TableContext,
  channel: ChannelEntry,
  error: Extract<ChannelEvent, { type: "closed" }>["error"],
): void {
  if (channel.state === "closed") return;
  channel.state = "closed";
  channel.writers.clear();
  context.channels.delete(channel);
  context.partials.forget(channel);
  if (channel.remote) context.remoteText -= textSize(channel);
  context.deliveries.event({ type: "closed", channel, error });
}

/** A channel that the other side cannot know of is over at once, and its stream is free. */
export function discardChannel(
  context: TableContext,
  channel: ChannelEntry,
  error: Extract<ChannelEvent, { type: "closed" }>["error"],
): void {
  if (channel.id !== undefined) freeStream(context, channel.id);
  finishChannel(context, channel, error);
}

/** The other side reset its direction of these streams; none named means all. */
export function handleIncomingReset(context: TableContext, ids: readonly number[]): void {
  for (const id of ids.length === 0 ? [...context.streams.keys()] : ids) {
    dropEarly(context, id);
    const stream = context.streams.get(id);
    if (stream === undefined) {
      context.drops.count("unexpected-reset");
      continue;
    }
    stream.incomingReset = true;
    if (stream.channel !== undefined) beginClosing(context, stream.channel, true);
    settle(context, stream);
  }
}

/** The other side answered the reset of our direction. */
export function handleOutgoingReset(context: TableContext, ids: readonly number[], performed: boolean): void {
  for (const id of ids) {
    const stream = context.streams.get(id);
    if (stream === undefined) continue;
    if (stream.answerAwaited) {
      stream.answerAwaited = false;
      if (!performed && stream.channel !== undefined) beginClosing(context, stream.channel, true);
      continue;
    }
    const wanted = stream.outgoingReset === "wanted";
    stream.outgoingReset = performed ? "done" : "refused";
    // RFC 6525 §4.2: the other side may have asked for it, which closes the channel like a reset of its own direction.
    if (!wanted && stream.channel !== undefined) beginClosing(context, stream.channel, true);
    settle(context, stream);
  }
}

/** Bytes that a channel of the other side keeps in memory by its texts. */
export function textSize(channel: { readonly label: string; readonly protocol: string }): number {
  return 2 * (channel.label.length + channel.protocol.length);
}

function settle(context: TableContext, stream: ChannelStream): void {
  const { channel } = stream;
  if (stream.outgoingReset === "refused") {
    // A number that was not reset is never used again: the sequence numbers of both sides would not fit.
    stream.channel = undefined;
    if (channel !== undefined) finishChannel(context, channel, undefined);
  } else if (stream.outgoingReset === "done" && stream.incomingReset) {
    freeStream(context, stream.id);
    if (channel !== undefined) finishChannel(context, channel, undefined);
  }
}

function freeStream(context: TableContext, id: number): void {
  context.streams.delete(id);
  context.ids.released(id);
}

function dropEarly(context: TableContext, id: number): void {
  for (const _ of context.early.take(id)) context.drops.count("channel-never-came");
}
