// The public API of "visavis/transport". Written by `npm run api`; a test compares it with the build.

// BundleTransport
export declare class BundleTransport implements NetworkEngine<TransportEvent> {
    #private;
    readonly routes: RouteTable;
    readonly ice: IceAgent;
    readonly drops: Drops<TransportDrop>;
    readonly held: HeldDatagrams;
    readonly traffic: TrafficCounters;
    constructor(options: BundleTransportOptions);
    get channels(): ChannelTable;
    replaceChannels(channels: ChannelTable): void;
    get dtlsState(): DtlsState;
    get dtlsRole(): "client" | "server" | undefined;
    get agreement(): DtlsAgreement | undefined;
    get srtpProfileName(): string | undefined;
    counters(): TransportCounters;
    gather(now: Instant): void;
    setRemoteParameters(parameters: IceParameters, now: Instant): void;
    addRemoteCandidate(candidate: IceCandidate, now: Instant): void;
    addEndOfRemoteCandidates(now: Instant): void;
    restartIce(parameters: IceParameters, role: IceRole, now: Instant): void;
    rollbackIce(now: Instant): boolean;
    startDtls(start: DtlsStart, now: Instant): void;
    startSctp(start: SctpStart, now: Instant): void;
    startMedia(engine: MediaEngine): void;
    get rtp(): RtpSession;
    get hasRtp(): boolean;
    chooseSrtp(choices: SrtpChoices): void;
    close(now: Instant): void;
    receive(bytes: Uint8Array, route: Route, now: Instant, start?: number, end?: number): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    takeEvent(): TransportEvent | undefined;
    takeAsk(): Ask | undefined;
    delimit(bytes: Uint8Array, start: number, end: number): number;
    answer(answer: Answer, now: Instant): void;
}

// BundleTransportOptions
export interface BundleTransportOptions {
    readonly random: Random;
    readonly ice: Omit<IceAgentOptions, "random" | "routes">;
    readonly routes: RouteTable;
    readonly certificate: DtlsOptions["certificate"];
    readonly dtls?: DtlsChoices;
    readonly channels: ChannelTable;
    readonly mtu?: number;
    readonly epoch?: number;
}

// DEFAULT_MTU
export declare const DEFAULT_MTU = 1200;

// DtlsAgreement
export type DtlsAgreement = Extract<DtlsEvent, {
    type: "connected";
}>;

// DtlsChoices
export interface DtlsChoices {
    readonly maxVersion?: "1.2" | "1.3";
    readonly groups?: readonly DtlsGroupName[];
    readonly cookie?: boolean;
}

// DtlsCounters
export interface DtlsCounters {
    readonly groupName: string;
    readonly retry: DtlsAgreement["retry"];
}

// DtlsGroupName
export type DtlsGroupName = "X25519MLKEM768" | "X25519" | "P-256";

// DtlsStart
export interface DtlsStart {
    readonly role: "client" | "server";
    readonly remoteFingerprints: DtlsOptions["remoteFingerprints"];
}

// DtlsStateEvent
export interface DtlsStateEvent {
    readonly type: "dtls-state";
    readonly state: DtlsState;
    readonly error: DtlsError | undefined;
    readonly remoteCertificates: readonly Uint8Array[];
}

// HeldDatagrams
export declare class HeldDatagrams {
    #private;
    readonly drops: Drops<"held-full">;
    constructor(limit?: number, limitOfRoute?: number);
    get size(): number;
    hold(datagram: Uint8Array, route: Route): void;
    release(isKnown: (route: Route) => boolean): readonly Uint8Array[];
    clear(): void;
}

// InboundRtpStats
export interface InboundRtpStats {
    readonly id: string;
    readonly ssrc: number;
    readonly kind: "audio" | "video";
    readonly mid: string;
    readonly rid: string | undefined;
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
    readonly rtxSsrc: number | undefined;
    readonly retransmittedPacketsReceived: number;
    readonly retransmittedBytesReceived: number;
    readonly fecSsrc: number | undefined;
    readonly fecPacketsReceived: number;
    readonly fecBytesReceived: number;
    readonly fecPacketsDiscarded: number;
}

// MediaCounters
export interface MediaCounters {
    rtpSent: number;
    rtcpSent: number;
    rtpReceived: number;
    rtcpReceived: number;
}

// MediaDrop
export type MediaDrop = "no-keys" | "not-protected";

// MediaEngine
export interface MediaEngine {
    receiveRtp(bytes: Uint8Array, start: number, end: number, now: Instant): void;
    receiveRtcp(bytes: Uint8Array, start: number, end: number, now: Instant): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    readonly kind: OutgoingKind;
    maxPacketSize: number;
}

// OutboundRtpStats
export interface OutboundRtpStats {
    readonly id: string;
    readonly encodingIndex: number;
    readonly ssrc: number;
    readonly kind: "audio" | "video";
    readonly mid: string;
    readonly rid: string | undefined;
    readonly payloadType: number | undefined;
    readonly active: boolean;
    readonly packetsSent: number;
    readonly bytesSent: number;
    readonly headerBytesSent: number;
    readonly rtxSsrc: number | undefined;
    readonly retransmittedPacketsSent: number;
    readonly retransmittedBytesSent: number;
    readonly targetBitrate: number;
    readonly totalPacketSendDelay: number;
    readonly framesSent: number;
    readonly keyFramesSent: number;
    readonly nackCount: number;
    readonly pliCount: number;
    readonly firCount: number;
}

// OutgoingElement
export interface OutgoingElement {
    readonly uri: string;
    readonly value: Uint8Array;
}

// OutgoingKind
export type OutgoingKind = "rtp"
 | "repeated-rtp" | "rtcp";

// OutgoingPacket
export interface OutgoingPacket {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly payloadType: number;
    readonly timestamp: number;
    readonly marker: boolean;
    readonly sequenceNumber?: number | undefined;
    readonly contributingSources?: readonly number[] | undefined;
    readonly elements?: readonly OutgoingElement[] | undefined;
    readonly frame?: EncodedFrame | undefined;
}

// PacketKind
export type PacketKind = "stun" | "zrtp" | "dtls" | "channel-data" | "quic" | "rtp" | "rtcp" | "unknown";

// RemoteInboundRtpStats
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
    readonly roundTripTime: number | undefined;
    readonly totalRoundTripTime: number;
    readonly roundTripTimeMeasurements: number;
}

// RemoteOutboundRtpStats
export interface RemoteOutboundRtpStats {
    readonly id: string;
    readonly ssrc: number;
    readonly kind: "audio" | "video";
    readonly reportedAt: Instant;
    readonly packetsSent: number;
    readonly bytesSent: number;
    readonly remoteNtpTime: number;
    readonly reportsSent: number;
    readonly roundTripTime: number | undefined;
    readonly totalRoundTripTime: number;
    readonly roundTripTimeMeasurements: number;
}

// RoutedPacket
export declare class RoutedPacket extends ReceivedPacket {
    id: string;
    stream: RtpReceiveStream | undefined;
    codec: RtpCodec | undefined;
}

// RtpAnnouncedStream
export interface RtpAnnouncedStream {
    readonly ssrc: number;
    readonly rtxSsrc?: number | undefined;
    readonly fecSsrc?: number | undefined;
}

// RtpCodec
export interface RtpCodec {
    readonly payloadType: number;
    readonly mimeType: string;
    readonly clockRate: number;
    readonly channels?: number | undefined;
    readonly parameters: string;
    readonly feedback: readonly string[];
    readonly repairs?: number | undefined;
}

// RtpDrop
export type RtpDrop =
"events";

// RtpEvent
export type RtpEvent =
{
    readonly type: "key-frame-requested";
    readonly id: string;
    readonly encodingIndex: number;
    readonly rid: string | undefined;
}
 | {
    readonly type: "target-bitrate";
    readonly id: string;
    readonly encodingIndex: number;
    readonly bitrate: number;
}
 | {
    readonly type: "circuit-break";
    readonly id: string;
    readonly encodingIndex: number;
    readonly rid: string | undefined;
    readonly reason: CircuitBreak;
}
 | {
    readonly type: "stream";
    readonly id: string;
    readonly ssrc: number;
    readonly rid: string | undefined;
}
 | {
    readonly type: "bye";
    readonly id: string;
    readonly ssrc: number;
    readonly rid: string | undefined;
}
 | {
    readonly type: "timeout";
    readonly id: string;
    readonly ssrc: number;
    readonly rid: string | undefined;
}
 | {
    readonly type: "dtmf";
    readonly id: string;
    readonly ssrc: number;
    readonly rid: string | undefined;
    readonly tone: string;
    readonly duration: number;
}
 | {
    readonly type: "sender-report";
    readonly id: string;
    readonly ssrc: number;
    readonly rid: string | undefined;
    readonly cname: string | undefined;
    readonly ntpTime: number;
    readonly rtpTimestamp: number;
};

// RtpReceiveParameters
export interface RtpReceiveParameters {
    readonly mid: string;
    readonly kind: "audio" | "video";
    readonly codecs: readonly RtpCodec[];
    readonly extensions: readonly ExtensionId[];
    readonly rids: readonly string[];
    readonly ssrcs: readonly RtpAnnouncedStream[];
    readonly reducedSize: boolean;
}

// RtpSendEncoding
export interface RtpSendEncoding {
    readonly rid?: string | undefined;
    readonly ssrc: number;
    readonly rtxSsrc?: number | undefined;
    readonly fecSsrc?: number | undefined;
    readonly active: boolean;
    readonly maxBitrate?: number | undefined;
    readonly weight?: number | undefined;
    readonly payloadType?: number | undefined;
}

// RtpSendParameters
export interface RtpSendParameters {
    readonly mid: string;
    readonly kind: "audio" | "video";
    readonly cname: string;
    readonly codecs: readonly RtpCodec[];
    readonly extensions: readonly ExtensionId[];
    readonly encodings: readonly RtpSendEncoding[];
    readonly reducedSize: boolean;
}

// RtpSession
export declare class RtpSession implements MediaEngine {
    #private;
    readonly drops: Drops<RtpDrop>;
    readonly senders: RtpSenders;
    readonly router: RtpRouter;
    readonly receiving: RtpReceiving;
    readonly congestion: SendSideController;
    readonly recorder: FeedbackRecorder;
    readonly congestionRecorder: CongestionFeedbackRecorder;
    readonly tones: RtpTones;
    readonly rtcpReader: RtcpReader;
    readonly rtcpWriter: RtcpWriter;
    kind: OutgoingKind;
    maxPacketSize: number;
    readonly epoch: number;
    remb: number | undefined;
    constructor({ random, epoch, maxPacketSize }: RtpSessionOptions);
    get ownSsrc(): number;
    get cname(): string;
    get reducedSize(): boolean;
    get roundTrip(): number;
    get isRepeat(): boolean;
    get isRoundTripKnown(): boolean;
    get bandwidth(): number;
    setSender(id: string, parameters: RtpSendParameters | undefined, now: Instant): void;
    setReceiver(id: string, parameters: RtpReceiveParameters | undefined, now: Instant): void;
    release(id: string, now: Instant): ReleasedStreams;
    adopt({ sender, receiver }: ReleasedStreams, now: Instant): void;
    sendFrame(id: string, encodingIndex: number, frame: EncodedFrame, now: Instant): boolean;
    waitingFrames(id: string, encodingIndex: number): number;
    sendPacket(id: string, encodingIndex: number, packet: OutgoingPacket, now: Instant): boolean;
    requestKeyFrame(id: string, rid?: string): void;
    canInsertDtmf(id: string): boolean;
    insertDtmf(id: string, tone: string, duration: number, now: Instant): boolean;
    setRemb(bitrate: number | undefined): void;
    receiveRtp(bytes: Uint8Array, start: number, end: number, now: Instant): void;
    receiveRtcp(bytes: Uint8Array, start: number, end: number, now: Instant): void;
    follow(route: Route, now: Instant): void;
    close(now: Instant): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    takePacket(): RoutedPacket | undefined;
    stats(): RtpStats;
    takeEvent(): RtpEvent | undefined;
}

// RtpSessionOptions
export interface RtpSessionOptions {
    readonly random: Random;
    readonly epoch?: number;
    readonly maxPacketSize?: number;
}

// RtpStats
export interface RtpStats {
    readonly inbound: readonly InboundRtpStats[];
    readonly outbound: readonly OutboundRtpStats[];
    readonly remoteInbound: readonly RemoteInboundRtpStats[];
    readonly remoteOutbound: readonly RemoteOutboundRtpStats[];
}

// SctpStart
export interface SctpStart {
    readonly remotePort: number;
    readonly maxMessageSize: number;
    readonly inits?: ToldInits;
}

// SrtpChoices
export interface SrtpChoices {
    readonly cryptex: boolean;
    readonly encryptedExtensions: Iterable<number>;
}

// TrafficCounters
export interface TrafficCounters {
    bytesSent: number;
    packetsSent: number;
    bytesReceived: number;
    packetsReceived: number;
}

// TransportDrop
export type TransportDrop = Exclude<PacketKind, "stun" | "dtls"> | "unknown-route" | "closed" | "candidate-limit";

// TransportEvent
export type TransportEvent = {
    readonly type: "ice";
    readonly event: IceEvent;
} | DtlsStateEvent | {
    readonly type: "channels";
    readonly event: ChannelEvent;
} | {
    readonly type: "rtp";
    readonly event: RtpEvent;
};

// kindOf
export declare function kindOf(bytes: Uint8Array, start?: number, end?: number): PacketKind;
