/**
 * The dictionaries of statistics: https://w3c.github.io/webrtc-stats/. Times that are points of it are in milliseconds since the Unix epoch,
 * durations in seconds. What is not known, or does not exist without a decoder, is absent.
 */

/** What every entry has. */
export interface RTCStats {
  id: string;
  /** Milliseconds since the Unix epoch. */
  timestamp: number;
  type: RTCStatsType;
}

/** Members may be looked up by their names, also those that a later version adds. */
interface Entry extends RTCStats {
  [member: string]: string | number | boolean | Readonly<Record<string, number>> | undefined;
}

/** https://w3c.github.io/webrtc-stats/#streamstats-dict* */
interface RtpStreamEntry extends Entry {
  ssrc: number;
  kind: "audio" | "video";
  transportId?: string;
  codecId?: string;
}

/** https://w3c.github.io/webrtc-stats/#codec-dict* */
export interface RTCCodecStats extends Entry {
  type: "codec";
  payloadType: number;
  transportId: string;
  mimeType: string;
  clockRate?: number;
  channels?: number;
  sdpFmtpLine?: string;
}

/** https://w3c.github.io/webrtc-stats/#inboundrtpstats-dict* */
export interface RTCInboundRtpStreamStats extends RtpStreamEntry {
  type: "inbound-rtp";
  trackIdentifier: string;
  mid?: string;
  remoteId?: string;
  packetsReceived?: number;
  packetsLost?: number;
  /** Seconds. */
  jitter?: number;
  bytesReceived?: number;
  headerBytesReceived?: number;
  packetsDiscarded?: number;
  lastPacketReceivedTimestamp?: number;
  nackCount?: number;
  pliCount?: number;
  firCount?: number;
  rtxSsrc?: number;
  retransmittedPacketsReceived?: number;
  retransmittedBytesReceived?: number;
  fecSsrc?: number;
  fecPacketsReceived?: number;
  fecBytesReceived?: number;
  fecPacketsDiscarded?: number;
  /** Seconds, summed over frames, or over samples of audio. */
  jitterBufferDelay?: number;
  jitterBufferTargetDelay?: number;
  jitterBufferMinimumDelay?: number;
  jitterBufferEmittedCount?: number;
  totalProcessingDelay?: number;
  totalSamplesReceived?: number;
  /** Seconds. */
  totalSamplesDuration?: number;
  framesReceived?: number;
  /** Frames that were handed out to be decoded. */
  framesDecoded?: number;
  keyFramesDecoded?: number;
  framesDropped?: number;
  framesAssembledFromMultiplePackets?: number;
  /** Seconds. */
  totalAssemblyTime?: number;
  frameWidth?: number;
  frameHeight?: number;
  framesPerSecond?: number;
  /** Frames that were handed out when they were due. */
  framesRendered?: number;
  /** Seconds, and their squares. */
  totalInterFrameDelay?: number;
  totalSquaredInterFrameDelay?: number;
  freezeCount?: number;
  /** Seconds. */
  totalFreezesDuration?: number;
  pauseCount?: number;
  totalPausesDuration?: number;
  audioLevel?: number;
  totalAudioEnergy?: number;
  /** Milliseconds since 1900, of the sender's clock. */
  estimatedPlayoutTimestamp?: number;
}

/** https://w3c.github.io/webrtc-stats/#remoteinboundrtpstats-dict* */
export interface RTCRemoteInboundRtpStreamStats extends RtpStreamEntry {
  type: "remote-inbound-rtp";
  localId?: string;
  packetsReceived?: number;
  packetsLost?: number;
  fractionLost?: number;
  /** Seconds. */
  jitter?: number;
  roundTripTime?: number;
  totalRoundTripTime?: number;
  roundTripTimeMeasurements?: number;
}

/** https://w3c.github.io/webrtc-stats/#outboundrtpstats-dict* */
export interface RTCOutboundRtpStreamStats extends RtpStreamEntry {
  type: "outbound-rtp";
  mid?: string;
  mediaSourceId?: string;
  remoteId?: string;
  rid?: string;
  encodingIndex?: number;
  active?: boolean;
  packetsSent?: number;
  bytesSent?: number;
  headerBytesSent?: number;
  rtxSsrc?: number;
  retransmittedPacketsSent?: number;
  retransmittedBytesSent?: number;
  /** Bits per second. */
  targetBitrate?: number;
  /** Seconds. */
  totalPacketSendDelay?: number;
  framesSent?: number;
  /** Frames that were taken of the track. */
  framesEncoded?: number;
  keyFramesEncoded?: number;
  frameWidth?: number;
  frameHeight?: number;
  framesPerSecond?: number;
  scalabilityMode?: string;
  qualityLimitationReason?: string;
  /** Seconds, by reason. */
  qualityLimitationDurations?: Readonly<Record<string, number>>;
  qualityLimitationResolutionChanges?: number;
  hugeFramesSent?: number;
  packetsSentWithEct1?: number;
  nackCount?: number;
  pliCount?: number;
  firCount?: number;
}

/** https://w3c.github.io/webrtc-stats/#remoteoutboundrtpstats-dict* */
export interface RTCRemoteOutboundRtpStreamStats extends RtpStreamEntry {
  type: "remote-outbound-rtp";
  localId?: string;
  packetsSent?: number;
  bytesSent?: number;
  remoteTimestamp?: number;
  reportsSent?: number;
  /** Seconds. */
  roundTripTime?: number;
  totalRoundTripTime?: number;
  roundTripTimeMeasurements?: number;
}

/** https://w3c.github.io/webrtc-stats/#mediasourcestats-dict*, of audio and of video */
export interface RTCMediaSourceStats extends Entry {
  type: "media-source";
  trackIdentifier: string;
  kind: "audio" | "video";
  audioLevel?: number;
  totalAudioEnergy?: number;
  /** Seconds. */
  totalSamplesDuration?: number;
  width?: number;
  height?: number;
  frames?: number;
  framesPerSecond?: number;
}

/** https://w3c.github.io/webrtc-stats/#pcstats-dict* */
export interface RTCPeerConnectionStats extends Entry {
  type: "peer-connection";
  dataChannelsOpened?: number;
  dataChannelsClosed?: number;
}

/** https://w3c.github.io/webrtc-stats/#dcstats-dict* */
export interface RTCDataChannelStats extends Entry {
  type: "data-channel";
  label?: string;
  protocol?: string;
  dataChannelIdentifier?: number;
  state: "connecting" | "open" | "closing" | "closed";
  messagesSent?: number;
  bytesSent?: number;
  messagesReceived?: number;
  bytesReceived?: number;
}

/** https://w3c.github.io/webrtc-stats/#transportstats-dict* */
export interface RTCTransportStats extends Entry {
  type: "transport";
  packetsSent?: number;
  packetsReceived?: number;
  bytesSent?: number;
  bytesReceived?: number;
  iceRole?: string;
  iceLocalUsernameFragment?: string;
  iceState?: string;
  dtlsState: "new" | "connecting" | "connected" | "closed" | "failed";
  dtlsRole?: string;
  tlsVersion?: string;
  dtlsCipher?: string;
  srtpCipher?: string;
  selectedCandidatePairId?: string;
  selectedCandidatePairChanges?: number;
  localCertificateId?: string;
  remoteCertificateId?: string;
}

/** https://w3c.github.io/webrtc-stats/#icecandidate-dict* */
export interface RTCIceCandidateStats extends Entry {
  type: "local-candidate" | "remote-candidate";
  transportId: string;
  address?: string;
  port?: number;
  protocol?: string;
  candidateType: "host" | "srflx" | "prflx" | "relay";
  priority?: number;
  foundation?: string;
  usernameFragment?: string;
  relatedAddress?: string;
  relatedPort?: number;
  tcpType?: string;
  url?: string;
  relayProtocol?: string;
}

/** https://w3c.github.io/webrtc-stats/#candidatepair-dict* */
export interface RTCIceCandidatePairStats extends Entry {
  type: "candidate-pair";
  transportId: string;
  localCandidateId: string;
  remoteCandidateId: string;
  state: string;
  nominated?: boolean;
  packetsSent?: number;
  packetsReceived?: number;
  bytesSent?: number;
  bytesReceived?: number;
  lastPacketSentTimestamp?: number;
  lastPacketReceivedTimestamp?: number;
  /** Seconds. */
  totalRoundTripTime?: number;
  currentRoundTripTime?: number;
  /** Bits per second. */
  availableOutgoingBitrate?: number;
  requestsReceived?: number;
  requestsSent?: number;
  responsesReceived?: number;
  responsesSent?: number;
  consentRequestsSent?: number;
}

/** https://w3c.github.io/webrtc-stats/#certificatestats-dict* */
export interface RTCCertificateStats extends Entry {
  type: "certificate";
  fingerprint: string;
  fingerprintAlgorithm: string;
  base64Certificate: string;
  issuerCertificateId?: string;
}

/** One entry of a report: which one, `type` tells. */
export type RTCStatsEntry =
  | RTCCodecStats
  | RTCInboundRtpStreamStats
  | RTCRemoteInboundRtpStreamStats
  | RTCOutboundRtpStreamStats
  | RTCRemoteOutboundRtpStreamStats
  | RTCMediaSourceStats
  | RTCPeerConnectionStats
  | RTCDataChannelStats
  | RTCTransportStats
  | RTCIceCandidateStats
  | RTCIceCandidatePairStats
  | RTCCertificateStats;

/** The kinds of entries that there are. */
export type RTCStatsType =
  | "candidate-pair"
  | "certificate"
  | "codec"
  | "data-channel"
  | "inbound-rtp"
  | "local-candidate"
  | "media-source"
  | "outbound-rtp"
  | "peer-connection"
  | "remote-candidate"
  | "remote-inbound-rtp"
  | "remote-outbound-rtp"
  | "transport";
