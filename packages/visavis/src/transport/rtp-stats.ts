/**
 * What webrtc-stats says of RTP streams, as far as it exists without a decoder: plain records, in its units. Who owns the session gives
 * them their names and joins them with tracks.
 * https://www.w3.org/TR/webrtc-stats/#rtcinboundrtpstreamstats
 */
import type { Instant } from "../base/instant.ts";
import type { RtpReceiveStream } from "./rtp-receive-stream.ts";
import type { RtpRouter } from "./rtp-router.ts";
import type { RtpSendStream } from "./rtp-send-stream.ts";
import type { RtpSenders } from "./rtp-senders.ts";

/** Of RTCInboundRtpStreamStats. Times ending in `At` are instants; all others are in seconds. */
export interface InboundRtpStats {
  /** The receiver. */
  readonly id: string;
  readonly ssrc: number;
  readonly kind: "audio" | "video";
  readonly mid: string;
  readonly rid: string | undefined;
  /** Of the newest packet; undefined before the first. */
  readonly payloadType: number | undefined;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly jitter: number;
  readonly bytesReceived: number;
  readonly headerBytesReceived: number;
  readonly packetsDiscarded: number;
  readonly lastPacketReceivedAt: Instant | undefined;
  readonly nackCount: number;
  readonly pliCount: number;
  readonly firCount: number;
  /** Undefined where nothing is repeated by a stream of its own. */
  readonly rtxSsrc: number | undefined;
  readonly retransmittedPacketsReceived: number;
  readonly retransmittedBytesReceived: number;
  readonly fecSsrc: number | undefined;
  readonly fecPacketsReceived: number;
  readonly fecBytesReceived: number;
  readonly fecPacketsDiscarded: number;
}

/** Of RTCOutboundRtpStreamStats. */
export interface OutboundRtpStats {
  /** The sender. */
  readonly id: string;
  readonly encodingIndex: number;
  readonly ssrc: number;
  readonly kind: "audio" | "video";
  readonly mid: string;
  readonly rid: string | undefined;
  readonly payloadType: number | undefined;
  readonly active: boolean;
  /** Repetitions and padding included. */
  readonly packetsSent: number;
  readonly bytesSent: number;
  readonly headerBytesSent: number;
  readonly rtxSsrc: number | undefined;
  readonly retransmittedPacketsSent: number;
  readonly retransmittedBytesSent: number;
  /** Bits per second. */
  readonly targetBitrate: number;
  readonly totalPacketSendDelay: number;
  readonly framesSent: number;
  readonly keyFramesSent: number;
  readonly nackCount: number;
  readonly pliCount: number;
  readonly firCount: number;
}

/** Of RTCRemoteInboundRtpStreamStats: what the other side reports of a stream of ours. */
export interface RemoteInboundRtpStats {
  readonly id: string;
  readonly encodingIndex: number;
  readonly ssrc: number;
  readonly kind: "audio" | "video";
  readonly reportedAt: Instant;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly fractionLost: number;
  readonly jitter: number;
  /** Undefined before anything was measured. */
  readonly roundTripTime: number | undefined;
  readonly totalRoundTripTime: number;
  readonly roundTripTimeMeasurements: number;
}

/** Of RTCRemoteOutboundRtpStreamStats: what the other side says of a stream that it sends. */
export interface RemoteOutboundRtpStats {
  readonly id: string;
  readonly ssrc: number;
  readonly kind: "audio" | "video";
  readonly reportedAt: Instant;
  readonly packetsSent: number;
  readonly bytesSent: number;
  /** When the newest report was made: milliseconds since 1900 by the clock of the other side. */
  readonly remoteNtpTime: number;
  readonly reportsSent: number;
  readonly roundTripTime: number | undefined;
  readonly totalRoundTripTime: number;
  readonly roundTripTimeMeasurements: number;
}

/** The streams of one transport. */
export interface RtpStats {
  readonly inbound: readonly InboundRtpStats[];
  readonly outbound: readonly OutboundRtpStats[];
  readonly remoteInbound: readonly RemoteInboundRtpStats[];
  readonly remoteOutbound: readonly RemoteOutboundRtpStats[];
}

function inboundOf(stream: RtpReceiveStream): InboundRtpStats {
  const { receiverId: id, ssrc, kind, mid, rid, payloadType, reception, rtxReception, counts, rtxSsrc, fecSsrc } = stream;
  return {
    id,
    ssrc,
    kind,
    mid,
    rid,
    payloadType: payloadType < 0 ? undefined : payloadType,
    // Repetitions are part of all counts but those of losses.
    packetsReceived: reception.packets + rtxReception.packets,
    packetsLost: reception.lost,
    jitter: reception.jitterSeconds,
    bytesReceived: reception.bytes + rtxReception.bytes,
    headerBytesReceived: reception.headerBytes + rtxReception.headerBytes,
    packetsDiscarded: counts.discarded,
    lastPacketReceivedAt: Number.isNaN(reception.lastAt) ? undefined : reception.lastAt,
    nackCount: counts.nacks,
    pliCount: counts.pictureLosses,
    firCount: counts.intraRequests,
    rtxSsrc,
    retransmittedPacketsReceived: counts.repeatedPackets,
    retransmittedBytesReceived: counts.repeatedBytes,
    fecSsrc,
    fecPacketsReceived: counts.fecPackets,
    fecBytesReceived: counts.fecBytes,
    fecPacketsDiscarded: counts.fecDiscarded,
  };
}

function outboundOf(id: string, mid: string, encodingIndex: number, stream: RtpSendStream): OutboundRtpStats {
  const { kind, encoding, payloadType, counts, targetBitrate } = stream;
  const { ssrc, rid, active, rtxSsrc } = encoding;
  return {
    id,
    encodingIndex,
    ssrc,
    kind,
    mid,
    rid,
    payloadType: payloadType < 0 ? undefined : payloadType,
    active,
    packetsSent: counts.packets + counts.repeatedPackets + counts.paddingPackets,
    bytesSent: counts.bytes + counts.repeatedBytes,
    headerBytesSent: counts.headerBytes + counts.repeatedHeaderBytes + counts.paddingBytes,
    rtxSsrc,
    retransmittedPacketsSent: counts.repeatedPackets,
    retransmittedBytesSent: counts.repeatedBytes,
    targetBitrate,
    totalPacketSendDelay: counts.sendDelay / 1000,
    framesSent: counts.frames,
    keyFramesSent: counts.keyFrames,
    nackCount: counts.nacks,
    pliCount: counts.pictureLosses,
    firCount: counts.intraRequests,
  };
}

function remoteInboundOf(id: string, encodingIndex: number, stream: RtpSendStream): RemoteInboundRtpStats | undefined {
  const { block, lastAt, roundTrip, totalRoundTrip, roundTripMeasurements } = stream.remote;
  if (block === undefined) return undefined;
  return {
    id,
    encodingIndex,
    ssrc: stream.encoding.ssrc,
    kind: stream.kind,
    reportedAt: lastAt,
    packetsReceived: Math.max(0, stream.counts.packets - block.packetsLost),
    packetsLost: block.packetsLost,
    fractionLost: block.fractionLost / 256,
    jitter: block.jitter / stream.clockRate,
    roundTripTime: Number.isNaN(roundTrip) ? undefined : roundTrip / 1000,
    totalRoundTripTime: totalRoundTrip / 1000,
    roundTripTimeMeasurements: roundTripMeasurements,
  };
}

function remoteOutboundOf(stream: RtpReceiveStream): RemoteOutboundRtpStats | undefined {
  const { receiverId: id, ssrc, kind, sending } = stream;
  if (sending.reports === 0) return undefined;
  return {
    id,
    ssrc,
    kind,
    reportedAt: sending.lastAt,
    packetsSent: sending.packets,
    bytesSent: sending.bytes,
    remoteNtpTime: sending.ntpSeconds * 1000 + (sending.ntpFraction / 0x1_0000_0000) * 1000,
    reportsSent: sending.reports,
    roundTripTime: Number.isNaN(sending.roundTrip) ? undefined : sending.roundTrip / 1000,
    totalRoundTripTime: sending.totalRoundTrip / 1000,
    roundTripTimeMeasurements: sending.roundTripMeasurements,
  };
}

/** All that there is to tell of a session's streams. Those that have not said anything are left out, but for encodings of ours. */
export function rtpStats(senders: RtpSenders, router: RtpRouter): RtpStats {
  const inbound: InboundRtpStats[] = [];
  const outbound: OutboundRtpStats[] = [];
  const remoteInbound: RemoteInboundRtpStats[] = [];
  const remoteOutbound: RemoteOutboundRtpStats[] = [];
  for (const { id, parameters, streams } of senders.all) {
    for (const [encodingIndex, stream] of streams.entries()) {
      outbound.push(outboundOf(id, parameters.mid, encodingIndex, stream));
      const remote = remoteInboundOf(id, encodingIndex, stream);
      if (remote !== undefined) remoteInbound.push(remote);
    }
  }
  for (const { streams } of router.receivers) {
    for (const stream of streams) {
      if (stream.reception.packets > 0) inbound.push(inboundOf(stream));
      const remote = remoteOutboundOf(stream);
      if (remote !== undefined) remoteOutbound.push(remote);
    }
  }
  return { inbound, outbound, remoteInbound, remoteOutbound };
}
