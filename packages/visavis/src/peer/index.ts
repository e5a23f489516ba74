/**
 * `visavis/peer`: a peer connection as an engine, for servers and tests that want WebRTC without the W3C face.
 */
export type {
  Channel,
  ChannelMessage,
  ChannelOptions,
  DtlsChoices,
  DtlsCounters,
  DtlsError,
  DtlsGroupName,
  DtlsState,
  IceCandidate,
  IceCandidatePair,
  IceGatheringState,
  IceNetworkOptions,
  IceParameters,
  IceServer,
  IceState,
  SctpCounters,
  TransportCounters,
} from "../transport/parts.ts";
export type { CandidateInit } from "./candidate.ts";
export { codecCapabilities, extensionCapabilities } from "./capabilities.ts";
export {
  type Certificate,
  type CertificateOptions,
  createCertificate,
  type Fingerprint,
  fingerprint,
  type KeyAlgorithm,
  PrivateKey,
} from "./certificate.ts";
export type { SentSource } from "./media-stats.ts";
export type { CodecCapability, Direction, ExtensionCapability, MediaKind } from "./media-types.ts";
export { PeerConnection, type SignalingState } from "./peer-connection.ts";
export { PeerError, type PeerErrorCode } from "./peer-error.ts";
export type {
  CandidateEvent,
  ChannelFailure,
  PeerDescription,
  PeerEvent,
  SctpState,
} from "./peer-events.ts";
export type { PeerMedia } from "./peer-media.ts";
export type { PeerConfiguration, PeerExtensions, PeerOptions } from "./peer-options.ts";
export type { MediaFrame } from "./received-media.ts";
export type { StatsEntry } from "./stats-entry.ts";
export type { Encoding, EncodingInit, Receiver, Sender, Transceiver, TransceiverInit } from "./transceiver.ts";
export type { AppliedMedia, AppliedSection } from "./transceiver-set.ts";
export type { SctpInfo, TransportInfo } from "./transport-info.ts";
