/**
 * `visavis/turn`: a client of TURN servers (RFC 8656) as an engine, and the messages it is made of.
 */

export { Allocation, type AllocationTraffic, type RelayedAddress } from "./allocation.ts";
export { CHANNEL_DATA_HEADER, channelDataEnd, decodeChannelData, looksLikeChannelData, wrapChannelData } from "./channel-data.ts";
export { type AddressRange, DENIED_RANGES, parseAddressRange, RelayPolicy } from "./relay-policy.ts";
export { RequestAuthentication, type TurnCredentials } from "./request-authentication.ts";
export { namedUsers, type TurnUsers, timeLimitedCredentials, timeLimitedUsers } from "./server-authentication.ts";
export { StreamFraming } from "./stream-framing.ts";
export { SERVER_UNREACHABLE, TurnClient, type TurnClientOptions, type TurnDropReason, type TurnEvent } from "./turn-client.ts";
export { TurnPeer } from "./turn-peer.ts";
export { TurnServer } from "./turn-server.ts";
export type { RelayAddress, TurnServerDrop, TurnServerEvent, TurnServerOptions } from "./turn-server-options.ts";
