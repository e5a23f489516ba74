/**
 * The beginning of a channel of ours: its number, the word to the other side, and the moment when it is open. RFC 8832 §6.
 */
import { encodeUtf8 } from "../base/bytes.ts";
import type { ChannelOptions } from "./channel.ts";
import { type ChannelEntry, ChannelStream } from "./channel-entry.ts";
import { ChannelError } from "./channel-error.ts";
import { encodeOpenMessage, LONGEST_TEXT, openMessageLength } from "./open-message.ts";
import { deliverEarly } from "./receive-message.ts";
import { MOST_STREAMS } from "./stream-ids.ts";
import type { TableContext } from "./table-context.ts";

/**
 * What a caller must not ask for.
 * @throws ChannelError `too-long`
 * @throws RangeError when an option is out of its range
 */
export function checkOptions(options: ChannelOptions): void {
  const { negotiated, id, maxRetransmits, maxPacketLifeTime } = options;
  if (negotiated !== (id !== undefined)) throw new RangeError("negotiated channels have an id, others get theirs");
  if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id < MOST_STREAMS)) {
    throw new RangeError(`an id is at least 0 and below ${MOST_STREAMS}`);
  }
  if (isTooLong(options.label) || isTooLong(options.protocol)) {
    throw new ChannelError("too-long", `label and protocol may have ${LONGEST_TEXT} bytes each`);
  }
  if (maxRetransmits !== undefined && maxPacketLifeTime !== undefined) {
    throw new RangeError("maxRetransmits and maxPacketLifeTime exclude each other");
  }
}

function isTooLong(text: string): boolean {
  // One unit of a string becomes three bytes at most.
  return 3 * text.length > LONGEST_TEXT && encodeUtf8(text).length > LONGEST_TEXT;
}

/** Gives a channel the id that both sides agreed on, or that was found free. @throws ChannelError `id-in-use` or `no-id-left` */
export function reserveId(context: TableContext, channel: ChannelEntry, id: number): void {
  const { streams, ids } = context;
  if (streams.has(id)) throw new ChannelError("id-in-use", `the id ${id} is in use`);
  if (id >= ids.limit) throw new ChannelError("no-id-left", `the association carries ${ids.limit} channels`);
  channel.id = id;
  streams.set(id, new ChannelStream(id, channel));
}

/**
 * Gives a channel an id of ours, and queues the word to the other side: it may travel with the handshake of the association.
 * @throws ChannelError `no-id-left`
 */
export function assignId(context: TableContext, channel: ChannelEntry): void {
  const id = context.ids.next();
  if (id === undefined) throw new ChannelError("no-id-left", "all ids are in use");
  reserveId(context, channel, id);
  const bytes = new Uint8Array(openMessageLength(channel));
  encodeOpenMessage(channel, bytes, 0);
  context.control.push({ channel, bytes });
}

/** A channel of ours is open: data may follow at once, without the other side's word. */
export function openChannel(context: TableContext, channel: ChannelEntry): void {
  channel.open();
  context.deliveries.event({ type: "open", channel });
  if (channel.negotiated && channel.id !== undefined) deliverEarly(context, channel, channel.id);
}
