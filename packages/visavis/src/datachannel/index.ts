/**
 * `visavis/datachannel`: data channels over an SCTP association, without sockets or clocks (RFC 8831, 8832).
 */
export { ACK_LENGTH, encodeAckMessage, isAckMessage } from "./ack-message.ts";
export type { Channel, ChannelEvent, ChannelMessage, ChannelOptions, ChannelState, MessageKind } from "./channel.ts";
export { ChannelError, type ChannelErrorCode } from "./channel-error.ts";
export { ChannelTable, type ChannelTableState } from "./channel-table.ts";
export type { MessageWriter } from "./message-writer.ts";
export { decodeOpenMessage, encodeOpenMessage, type OpenMessage, openMessageLength } from "./open-message.ts";
export { Ppid } from "./ppid.ts";
export type { ChannelDropReason } from "./table-context.ts";
export type {
  AssociationStats,
  ChannelTableFaults,
  ChannelTableFeatures,
  ChannelTableOptions,
  ChannelTableStart,
  TableAssociation,
} from "./table-options.ts";
