/**
 * The words of the engines below that the floors above a transport speak: `peer/` may not import `ice/`, `dtls/` or
 * `datachannel/`, because only `transport/` joins them.
 */
export type { Channel, ChannelEvent, ChannelMessage, ChannelOptions, ChannelState, MessageKind } from "../datachannel/channel.ts";
export { ChannelError, type ChannelErrorCode } from "../datachannel/channel-error.ts";
export { ChannelTable, type SctpError } from "../datachannel/channel-table.ts";
export type { MessageWriter } from "../datachannel/message-writer.ts";
export type { ChannelTableFaults, ChannelTableFeatures } from "../datachannel/table-options.ts";
export { createToldInit, isToldInit, type ToldInits } from "../datachannel/told-init.ts";
export type { DtlsState } from "../dtls/connection.ts";
export type { DtlsError } from "../dtls/errors.ts";
export { type IceCandidate, parseCandidate, printCandidate } from "../ice/candidate.ts";
export { IceAgent } from "../ice/ice-agent.ts";
export type { IceCandidatePair, IceEvent, IceGatheringState, IceRole, IceState } from "../ice/ice-event.ts";
export type { IceNetworkOptions, Nat1To1Address } from "../ice/ice-network-options.ts";
export { createIceParameters, type IceParameters } from "../ice/ice-parameters.ts";
export type { IceServer } from "../ice/ice-servers.ts";
export type { IceCandidateStats, IcePairStats } from "../ice/stats.ts";
export type { EncodedFrame } from "../rtp/frame.ts";
export { payloadFormat } from "../rtp/payload/registry.ts";
export type { DtlsChoices, DtlsGroupName } from "./dtls-choices.ts";
export type { RoutedPacket } from "./routed-packet.ts";
export type { RtpEvent } from "./rtp-event.ts";
export { type RtpCodec, type RtpReceiveParameters, type RtpSendParameters, roleOf } from "./rtp-parameters.ts";
export type { ReleasedStreams, RtpSession } from "./rtp-session.ts";
export type { RtpStats } from "./rtp-stats.ts";
export type { DtlsCounters, SctpCounters, TransportCounters } from "./transport-counters.ts";
export type { TransportEvent } from "./transport-event.ts";
