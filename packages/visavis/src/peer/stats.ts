/**
 * Entries of getStats() as plain objects, with the member names and units of webrtc-stats: seconds, bytes, wall time.
 */
import type { Instant } from "../base/instant.ts";
import type { Certificate } from "../crypto/certificate.ts";
import { fingerprint } from "../crypto/fingerprint.ts";
import type { Channel, IceCandidateStats, IcePairStats } from "../transport/parts.ts";
import type { LiveTransport } from "./live-transport.ts";
import { mediaEntries, type SentSource } from "./media-stats.ts";
import type { PeerMedia } from "./peer-media.ts";
import { entry, type StatsEntry } from "./stats-entry.ts";
import type { StatsIds } from "./stats-ids.ts";

/** What is measured. */
export interface StatsSource {
  readonly ids: StatsIds;
  readonly counts: { readonly opened: number; readonly closed: number };
  readonly channels: Iterable<Channel>;
  readonly transports: readonly LiveTransport[];
  readonly certificate: Certificate;
  /** Undefined without audio and video. */
  readonly media: PeerMedia | undefined;
  /** The tracks that are sent. */
  readonly sources: readonly SentSource[];
  readonly now: Instant;
  /** Milliseconds since the Unix epoch, at `now`. */
  readonly wallTime: number;
}

/** All entries: those that others point to come later. */
export function statsOf(source: StatsSource): StatsEntry[] {
  const { ids, counts, channels, transports, wallTime } = source;
  const entries = [
    entry("P", "peer-connection", wallTime, { dataChannelsOpened: counts.opened, dataChannelsClosed: counts.closed }),
  ];
  for (const channel of channels) entries.push(channelEntry(ids.of("D", channel), channel, wallTime));
  const { certificate } = source;
  if (transports.length > 0) entries.push(certificateEntry(certificate.der, undefined, wallTime));
  for (const { transport } of transports) {
    entries.push(...transportEntries(transport, source));
    if (source.media !== undefined && transport.hasRtp)
      entries.push(...mediaEntries(ids.of("T", transport), transport.rtp, source));
  }
  return entries;
}

function channelEntry(id: string, channel: Channel, timestamp: number): StatsEntry {
  return entry(id, "data-channel", timestamp, {
    label: channel.label,
    protocol: channel.protocol,
    dataChannelIdentifier: channel.id,
    state: channel.state,
    messagesSent: channel.messagesSent,
    bytesSent: channel.bytesSent,
    messagesReceived: channel.messagesReceived,
    bytesReceived: channel.bytesReceived,
  });
}

function transportEntries(transport: LiveTransport["transport"], source: StatsSource): StatsEntry[] {
  const { ids, certificate, now, wallTime } = source;
  const id = ids.of("T", transport);
  const { ice, agreement, traffic } = transport;
  const iceStats = ice.stats();
  const remote = agreement?.remoteCertificates ?? [];
  const localId = certificateId(certificate.der);
  const [remoteLeaf] = remote;
  const main = entry(id, "transport", wallTime, {
    ...traffic,
    iceRole: ice.role,
    iceLocalUsernameFragment: ice.localParameters.usernameFragment,
    iceState: ice.state,
    dtlsState: transport.dtlsState,
    dtlsRole: transport.dtlsRole ?? "unknown",
    tlsVersion: agreement?.version.toString(16).toUpperCase().padStart(4, "0"),
    dtlsCipher: agreement?.cipherSuiteName,
    srtpCipher: transport.srtpProfileName,
    selectedCandidatePairId: iceStats.selectedPairId && id + iceStats.selectedPairId,
    selectedCandidatePairChanges: iceStats.selectedPairChanges,
    localCertificateId: localId,
    remoteCertificateId: remoteLeaf && certificateId(remoteLeaf),
  });
  return [
    main,
    ...remote.map((der, i) => certificateEntry(der, remote[i + 1], wallTime)),
    ...iceStats.candidates.map((candidate) => candidateEntry(id, candidate, wallTime)),
    ...iceStats.pairs.map((pair) => pairEntry(id, pair, transport, now, wallTime)),
  ];
}

function certificateId(der: Uint8Array): string {
  return `CF${fingerprint(der, "sha-256")}`;
}

function certificateEntry(der: Uint8Array, issuer: Uint8Array | undefined, timestamp: number): StatsEntry {
  return entry(certificateId(der), "certificate", timestamp, {
    fingerprint: fingerprint(der, "sha-256"),
    fingerprintAlgorithm: "sha-256",
    base64Certificate: base64(der),
    issuerCertificateId: issuer && certificateId(issuer),
  });
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function candidateEntry(transportId: string, { id, isRemote, candidate }: IceCandidateStats, timestamp: number): StatsEntry {
  return entry(transportId + id, isRemote ? "remote-candidate" : "local-candidate", timestamp, {
    transportId,
    address: candidate.address,
    port: candidate.port,
    protocol: candidate.protocol,
    candidateType: candidate.type,
    priority: candidate.priority,
    foundation: candidate.foundation,
    usernameFragment: candidate.usernameFragment,
    relatedAddress: candidate.relatedAddress,
    relatedPort: candidate.relatedPort,
    tcpType: candidate.tcpType,
    url: isRemote ? undefined : candidate.url,
    relayProtocol: isRemote ? undefined : candidate.relayProtocol,
  });
}

function pairEntry(
  transportId: string,
  pair: IcePairStats,
  transport: LiveTransport["transport"],
  now: Instant,
  wallTime: number,
): StatsEntry {
  const wall = (instant: Instant | undefined): number | undefined => instant && wallTime + (instant - now);
  return entry(transportId + pair.id, "candidate-pair", wallTime, {
    transportId,
    localCandidateId: transportId + pair.localCandidateId,
    remoteCandidateId: transportId + pair.remoteCandidateId,
    state: pair.state,
    nominated: pair.nominated,
    packetsSent: pair.packetsSent,
    packetsReceived: pair.packetsReceived,
    bytesSent: pair.bytesSent,
    bytesReceived: pair.bytesReceived,
    lastPacketSentTimestamp: wall(pair.lastPacketSentAt),
    lastPacketReceivedTimestamp: wall(pair.lastPacketReceivedAt),
    totalRoundTripTime: pair.totalRoundTripTime / 1000,
    currentRoundTripTime: pair.currentRoundTripTime === undefined ? undefined : pair.currentRoundTripTime / 1000,
    availableOutgoingBitrate: transport.hasRtp && pair.nominated ? transport.rtp.congestion.targetBitrate : undefined,
    requestsReceived: pair.requestsReceived,
    requestsSent: pair.requestsSent,
    responsesReceived: pair.responsesReceived,
    responsesSent: pair.responsesSent,
    consentRequestsSent: pair.consentRequestsSent,
  });
}
