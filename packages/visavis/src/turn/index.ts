/**
 * `visavis/turn`: client and server of TURN (RFC 8656) as engines, and the messages it is made of.
 */

export { Allocation, type AllocationTraffic, type RelayedAddress } from "./allocation.ts";
export type { AllocationLimits } from "./allocation-table.ts";
export type { AlternateServer, RedirectRule } from "./alternate-server.ts";
export { CHANNEL_DATA_HEADER, channelDataEnd, decodeChannelData, looksLikeChannelData, wrapChannelData } from "./channel-data.ts";
export { type AddressRange, DENIED_RANGES, parseAddressRange, RelayPolicy } from "./relay-policy.ts";
export { RequestAuthentication, type TurnCredentials } from "./request-authentication.ts";
export { namedUsers, type TurnUsers, timeLimitedCredentials, timeLimitedUsers } from "./server-authentication.ts";
export type { ConnectionLimits } from "./server-connections.ts";
export { StreamFraming } from "./stream-framing.ts";
export { SERVER_UNREACHABLE, TurnClient, type TurnClientOptions, type TurnDropReason, type TurnEvent } from "./turn-client.ts";
export { TurnPeer } from "./turn-peer.ts";
export { TurnServer } from "./turn-server.ts";
export { type TurnRequestName, TurnServerCounters } from "./turn-server-counters.ts";
export {
  DEFAULT_RELAY_PORTS,
  type ListenAddress,
  type PortRange,
  type RelayAddress,
  type ReleaseReason,
  type TurnServerDrop,
  type TurnServerEvent,
  type TurnServerOptions,
} from "./turn-server-options.ts";
