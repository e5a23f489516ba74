// The public API of "visavis/peer". Written by `npm run api`; a test compares it with the build.

// AppliedMedia
export interface AppliedMedia {
    readonly sections: readonly AppliedSection[];
    readonly removed: readonly Transceiver[];
}

// AppliedSection
export interface AppliedSection {
    readonly transceiver: Transceiver;
    readonly isNew: boolean;
    readonly direction: Direction;
    readonly streamIds: readonly string[];
    readonly isRejected: boolean;
}

// CandidateEvent
export interface CandidateEvent {
    readonly type: "candidate";
    readonly transport: number;
    readonly candidate: string;
    readonly parsed: IceCandidate | undefined;
    readonly sdpMid: string;
    readonly sdpMLineIndex: number;
    readonly usernameFragment: string;
    readonly url: string | undefined;
    readonly currentLocalDescription: PeerDescription | null;
    readonly pendingLocalDescription: PeerDescription | null;
}

// CandidateInit
export interface CandidateInit {
    readonly candidate: string;
    readonly sdpMid: string | null;
    readonly sdpMLineIndex: number | null;
    readonly usernameFragment: string | null;
}

// Certificate
export interface Certificate {
    readonly der: Uint8Array;
    readonly privateKey: PrivateKey;
    readonly expires: number;
    readonly keyAlgorithm: KeyAlgorithm;
}

// CertificateOptions
export interface CertificateOptions {
    readonly random: Random;
    readonly wallTime: number;
    readonly expires?: number;
    readonly privateKey?: PrivateKey;
}

// Channel
export interface Channel {
    readonly label: string;
    readonly protocol: string;
    readonly ordered: boolean;
    readonly maxRetransmits: number | undefined;
    readonly maxPacketLifeTime: number | undefined;
    readonly negotiated: boolean;
    readonly priority: number;
    readonly id: number | undefined;
    readonly state: ChannelState;
    readonly opened: boolean;
    readonly messagesSent: number;
    readonly bytesSent: number;
    readonly messagesReceived: number;
    readonly bytesReceived: number;
    readonly bufferedAmount: number;
}

// ChannelFailure
export interface ChannelFailure {
    readonly code: "sctp-failure" | "dtls-failure" | "data-channel-failure";
    readonly sctpCauseCode?: number;
    readonly sentAlert?: number;
    readonly receivedAlert?: number;
    readonly message: string;
}

// ChannelMessage
export interface ChannelMessage {
    readonly channel: Channel;
    readonly kind: MessageKind;
    readonly data: Uint8Array;
    readonly part: MessagePart;
}

// ChannelOptions
export interface ChannelOptions {
    readonly label: string;
    readonly protocol: string;
    readonly ordered: boolean;
    readonly maxRetransmits?: number;
    readonly maxPacketLifeTime?: number;
    readonly negotiated: boolean;
    readonly id?: number;
    readonly priority?: number;
    readonly partialDelivery?: boolean;
}

// CodecCapability
export interface CodecCapability {
    readonly mimeType: string;
    readonly clockRate: number;
    readonly channels: number | undefined;
    readonly fmtp: string;
    readonly feedback: readonly string[];
    readonly payloadType: number;
    readonly use?: "send" | "receive" | "both";
    readonly isOnDemand?: boolean;
}

// Direction
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

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

// DtlsError
export declare class DtlsError extends Error {
    readonly name = "DtlsError";
    readonly code: string;
    readonly alert: number | undefined;
    readonly received: boolean;
    constructor(code: string, message: string, alert: number | undefined, received?: boolean);
}

// DtlsGroupName
export type DtlsGroupName = "X25519MLKEM768" | "X25519" | "P-256";

// DtlsState
export type DtlsState = "new" | "connecting" | "connected" | "closed" | "failed";

// Encoding
export interface Encoding {
    rid: string | undefined;
    active: boolean;
    maxBitrate: number | undefined;
    maxFramerate: number | undefined;
    scaleResolutionDownBy: number | undefined;
    scaleResolutionDownTo: Resolution | undefined;
    priority: Priority;
    networkPriority: Priority;
    adaptivePtime: boolean | undefined;
    scalabilityMode: string | undefined;
    codec: EncodingCodec | undefined;
    readonly ssrc: number;
    readonly rtxSsrc: number | undefined;
    readonly fecSsrc: number | undefined;
}

// EncodingInit
export interface EncodingInit {
    readonly rid?: string;
    readonly active?: boolean;
    readonly maxBitrate?: number;
    readonly maxFramerate?: number;
    readonly scaleResolutionDownBy?: number;
    readonly scaleResolutionDownTo?: Resolution;
    readonly priority?: Priority;
    readonly networkPriority?: Priority;
    readonly adaptivePtime?: boolean;
    readonly scalabilityMode?: string;
    readonly codec?: EncodingCodec;
}

// ExtensionCapability
export interface ExtensionCapability {
    readonly uri: string;
    readonly preferredId: number;
    readonly direction: Direction | "stopped";
}

// Fingerprint
export interface Fingerprint {
    readonly algorithm: string;
    readonly value: string;
}

// IceCandidate
export interface IceCandidate {
    readonly foundation: string;
    readonly component: 1 | 2;
    readonly protocol: "udp" | "tcp";
    readonly priority: number;
    readonly address: string;
    readonly port: number;
    readonly type: CandidateType;
    readonly relatedAddress?: string;
    readonly relatedPort?: number;
    readonly tcpType?: "active" | "passive" | "so";
    readonly usernameFragment?: string;
    readonly url?: string;
    readonly relayProtocol?: "udp" | "tcp" | "tls";
    readonly extensions?: readonly CandidateExtension[];
}

// IceCandidatePair
export interface IceCandidatePair {
    readonly id: string;
    readonly local: IceCandidate;
    readonly remote: IceCandidate;
    readonly route: Route;
}

// IceGatheringState
export type IceGatheringState = "new" | "gathering" | "complete";

// IceNetworkOptions
export interface IceNetworkOptions {
    readonly interfaceFilter?: (networkInterface: NetworkInterface) => boolean;
    readonly addressFamilies?: readonly (4 | 6)[];
    readonly portRange?: {
        readonly first: number;
        readonly last: number;
    };
    readonly tcp?: readonly ("active" | "passive" | "so")[];
    readonly nat1To1?: readonly Nat1To1Address[];
    readonly nat1To1Type?: "host" | "srflx";
    readonly obfuscateAddresses?: boolean;
    readonly followChanges?: boolean;
    readonly continualGathering?: boolean;
    readonly renomination?: boolean;
    readonly lite?: boolean;
}

// IceParameters
export interface IceParameters {
    readonly usernameFragment: string;
    readonly password: string;
    readonly lite?: boolean;
    readonly renomination?: boolean;
}

// IceServer
export interface IceServer {
    readonly urls: readonly string[];
    readonly username?: string;
    readonly credential?: string;
}

// IceState
export type IceState = "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";

// KeyAlgorithm
export type KeyAlgorithm = "ECDSA-P256" | `RSA-${number}`;

// MediaFrame
export interface MediaFrame {
    readonly transceiver: Transceiver;
    readonly rid: string | undefined;
    readonly frame: ReceivedFrame;
}

// MediaKind
export type MediaKind = "audio" | "video";

// PeerConfiguration
export interface PeerConfiguration {
    readonly iceServers: readonly IceServer[];
    readonly iceTransportPolicy: "all" | "relay";
    readonly iceCandidatePoolSize: number;
}

// PeerConnection
export declare class PeerConnection implements NetworkEngine<PeerEvent> {
    #private;
    readonly routes: RouteTable;
    readonly drops: Drops<PeerDrop>;
    constructor(options: PeerOptions);
    get signalingState(): SignalingState;
    get currentLocalDescription(): PeerDescription | null;
    get pendingLocalDescription(): PeerDescription | null;
    get currentRemoteDescription(): PeerDescription | null;
    get pendingRemoteDescription(): PeerDescription | null;
    get canTrickle(): boolean | null;
    get transports(): readonly TransportInfo[];
    get transport(): TransportInfo | undefined;
    get transceivers(): readonly Transceiver[];
    addTransceiver(init: TransceiverInit): Transceiver;
    stopTransceiver(transceiver: Transceiver, now: Instant): void;
    updateTransceiver(transceiver: Transceiver, now: Instant): void;
    get media(): PeerMedia | undefined;
    get dataTransport(): number | undefined;
    get hasDataSection(): boolean;
    midOf(index: number): string | undefined;
    isNegotiationNeeded(): boolean;
    createOffer(options: {
        readonly iceRestart: boolean;
    }, now: Instant): string;
    createAnswer(now: Instant): string;
    setLocalDescription(type: SetDescriptionType, sdp: string, now: Instant): AppliedMedia;
    setRemoteDescription(type: SetDescriptionType, sdp: string, now: Instant): AppliedMedia;
    addIceCandidate(init: CandidateInit, now: Instant): boolean;
    createChannel(options: ChannelOptions, now: Instant): Channel;
    closeChannel(channel: Channel, now: Instant): void;
    send(channel: Channel, data: Uint8Array, kind: "string" | "binary", now: Instant): void;
    beginMessage(channel: Channel, kind: "string" | "binary", now: Instant): MessageWriter;
    setPartialDelivery(channel: Channel, on: boolean): void;
    pause(channel: Channel): void;
    resume(channel: Channel, now: Instant): void;
    takeMessage(): ChannelMessage | undefined;
    restartIce(): void;
    setConfiguration(configuration: PeerConfiguration, now: Instant): void;
    close(now: Instant): void;
    stats(now: Instant, wallTime: number, sources?: readonly SentSource[]): readonly StatsEntry[];
    counters(): TransportCounters | undefined;
    receive(bytes: Uint8Array, route: Route, now: Instant, start?: number, end?: number): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    takeEvent(): PeerEvent | undefined;
    delimit(bytes: Uint8Array, start: number, end: number): number;
    takeAsk(): Ask | undefined;
    answer(answer: Answer, now: Instant): void;
}

// PeerDescription
export interface PeerDescription {
    readonly type: "offer" | "answer" | "pranswer";
    readonly sdp: string;
}

// PeerError
export declare class PeerError extends Error {
    readonly name = "PeerError";
    readonly code: PeerErrorCode;
    readonly sdpLineNumber: number | undefined;
    constructor(code: PeerErrorCode, message: string, sdpLineNumber?: number, cause?: unknown);
}

// PeerErrorCode
export type PeerErrorCode = "invalid-state" | "invalid-access" | "syntax" | "sdp-syntax" | "operation" | "not-supported" | "invalid-modification" | "type" | "range";

// PeerEvent
export type PeerEvent = {
    readonly type: "ice-gathering-state";
    readonly transport: number;
    readonly state: IceGatheringState;
} | CandidateEvent | {
    readonly type: "candidate-error";
    readonly transport: number;
    readonly address: string | null;
    readonly port: number | null;
    readonly url: string;
    readonly errorCode: number;
    readonly errorText: string;
} | {
    readonly type: "ice-state";
    readonly transport: number;
    readonly state: IceState;
}
 | {
    readonly type: "selected-pair";
    readonly transport: number;
    readonly pair: IceCandidatePair;
} | {
    readonly type: "ice-role";
    readonly transport: number;
    readonly role: IceRole;
} | {
    readonly type: "dtls-state";
    readonly transport: number;
    readonly state: DtlsState;
    readonly error: DtlsError | undefined;
    readonly remoteCertificates: readonly Uint8Array[];
} | {
    readonly type: "sctp-state";
    readonly state: SctpState;
    readonly maxMessageSize: number;
    readonly maxChannels: number | null;
}
 | {
    readonly type: "channel";
    readonly channel: Channel;
}
 | {
    readonly type: "channel-open";
    readonly channel: Channel;
}
 | {
    readonly type: "channel-closing";
    readonly channel: Channel;
} | {
    readonly type: "channel-closed";
    readonly channel: Channel;
    readonly error: ChannelFailure | undefined;
}
 | {
    readonly type: "channel-drained";
    readonly channel: Channel;
    readonly bytes: number;
}
 | {
    readonly type: "key-frame-requested";
    readonly transceiver: Transceiver;
    readonly encodingIndex: number;
}
 | {
    readonly type: "target-bitrate";
    readonly transceiver: Transceiver;
    readonly encodingIndex: number;
    readonly bitrate: number;
}
 | {
    readonly type: "track-muted";
    readonly transceiver: Transceiver;
    readonly isMuted: boolean;
}
 | {
    readonly type: "tone-heard";
    readonly transceiver: Transceiver;
    readonly tone: string;
    readonly duration: number;
}
 | {
    readonly type: "failure";
    readonly error: Error;
};

// PeerExtensions
export interface PeerExtensions {
    readonly dtls?: DtlsChoices;
    readonly ice?: {
        readonly includeLoopback?: boolean;
        readonly resolveNames?: boolean;
        readonly network?: IceNetworkOptions;
    };
    readonly sctp?: {
        readonly maxMessageSize?: number;
        readonly features?: ChannelTableFeatures;
        readonly pathMtuDiscovery?: boolean;
        readonly sctpInit?: SctpInitUse;
        readonly faults?: ChannelTableFaults;
    };
}

// PeerMedia
export declare class PeerMedia {
    #private;
    readonly received: ReceivedMedia;
    constructor(transports: TransportSet);
    follow(transceivers: readonly Transceiver[], now: Instant): void;
    update(transceiver: Transceiver, now: Instant): void;
    evacuate(rtp: RtpSession, now: Instant): void;
    isReady({ transport }: Transceiver): boolean;
    sendFrame(transceiver: Transceiver, encodingIndex: number, frame: EncodedFrame, now: Instant): boolean;
    waitingFrames(transceiver: Transceiver, encodingIndex: number): number;
    requestKeyFrame(transceiver: Transceiver, rid: string | undefined): void;
    sendTone(transceiver: Transceiver, tone: string, duration: number, now: Instant): boolean;
    sessionOf(transceiver: Transceiver): RtpSession | undefined;
    byId(id: string): Transceiver | undefined;
    collect(now: Instant): void;
    takeFrame(now: Instant): MediaFrame | undefined;
    deadline(): Instant;
    advance(now: Instant): void;
    note(event: RtpEvent, transport: number, now: Instant): PeerEvent | undefined;
    takeNews(): PeerEvent | undefined;
    close(now: Instant): void;
}

// PeerOptions
export interface PeerOptions extends PeerConfiguration {
    readonly random: Random;
    readonly epoch?: number;
    readonly memory?: Memory | undefined;
    readonly certificates: readonly Certificate[];
    readonly bundlePolicy: "balanced" | "max-compat" | "max-bundle";
    readonly extensions?: PeerExtensions;
}

// PrivateKey
export declare class PrivateKey {
    #private;
    readonly type: "ecdsa-p256" | "rsa";
    readonly algorithm: KeyAlgorithm;
    private constructor();
    static generateP256(random: Random): PrivateKey;
    static of(key: NativeKey): PrivateKey | undefined;
    static parse(pkcs8: Uint8Array | string): PrivateKey | undefined;
    toPem(): string;
    publicKeyDer(): Uint8Array;
    sign(algorithm: SignatureAlgorithm, data: Uint8Array, random: Random): Uint8Array;
}

// Receiver
export declare class Receiver {
    readonly kind: MediaKind;
    readonly trackId: string;
    jitterBufferTarget: number | null;
    constructor(kind: MediaKind, trackId: string);
}

// SctpCounters
export interface SctpCounters extends Readonly<AssociationStats["counters"]> {
    readonly mtu: number;
    readonly pathMtuState: AssociationStats["pathMtuState"];
    readonly smoothedRoundTripTime: number | undefined;
    readonly congestionWindow: number;
    readonly negotiated: AssociationStats["negotiated"];
}

// SctpInfo
export interface SctpInfo {
    readonly state: SctpState;
    readonly maxMessageSize: number;
    readonly maxChannels: number | null;
}

// SctpState
export type SctpState = "connecting" | "connected" | "closed";

// Sender
export declare class Sender {
    readonly kind: MediaKind;
    readonly trackId: string;
    readonly cname: string;
    streamIds: readonly string[];
    hasTrack: boolean;
    encodings: Encoding[];
    constructor(init: TransceiverInit, cname: string, random: Random);
}

// SentSource
export interface SentSource {
    readonly transceiver: Transceiver;
    readonly track: object;
    readonly trackIdentifier: string;
    readonly width: number | undefined;
    readonly height: number | undefined;
    readonly framesPerSecond: number | undefined;
    readonly taken: PlayedCounters;
    readonly encodings: readonly PlayedCounters[];
}

// SignalingState
export type SignalingState = Negotiation["signalingState"];

// StatsEntry
export interface StatsEntry {
    readonly id: string;
    readonly type: StatsType;
    readonly timestamp: number;
    readonly [member: string]: string | number | boolean | Readonly<Record<string, number>>;
}

// Transceiver
export declare class Transceiver {
    readonly key: number;
    readonly kind: MediaKind;
    readonly sender: Sender;
    readonly receiver: Receiver;
    isByAddTrack: boolean;
    isByOffer: boolean;
    wasAddTrackUsed: boolean;
    mid: string | null;
    direction: Direction;
    currentDirection: Direction | null;
    hasSent: boolean;
    isStopping: boolean;
    isStopped: boolean;
    codecPreferences: readonly CodecCapability[];
    extensionsToNegotiate: readonly ExtensionCapability[];
    transport: number | undefined;
    negotiated: MediaPlan | undefined;
    constructor(key: number, init: TransceiverInit, cname: string, random: Random);
    get codecs(): readonly CodecCapability[];
}

// TransceiverInit
export interface TransceiverInit {
    readonly kind: MediaKind;
    readonly direction: Direction;
    readonly streamIds: readonly string[];
    readonly trackId?: string | undefined;
    readonly receiverTrackId?: string | undefined;
    readonly encodings: readonly EncodingInit[];
    readonly isByAddTrack: boolean;
    readonly isByOffer?: boolean;
}

// TransportCounters
export interface TransportCounters {
    readonly drops: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly dtls: DtlsCounters | undefined;
    readonly sctp: SctpCounters | undefined;
    readonly media: Readonly<MediaCounters> | undefined;
}

// TransportInfo
export interface TransportInfo {
    readonly key: number;
    readonly mids: readonly string[];
    readonly iceRole: "unknown" | "controlling" | "controlled";
    readonly iceState: IceState;
    readonly gatheringState: IceGatheringState;
    readonly localCandidates: readonly IceCandidate[];
    readonly remoteCandidates: readonly IceCandidate[];
    readonly localParameters: IceParameters | null;
    readonly remoteParameters: IceParameters | null;
    readonly selectedPair: IceCandidatePair | null;
    readonly dtlsState: DtlsState;
    readonly remoteCertificates: readonly Uint8Array[];
    readonly sctp: SctpInfo | undefined;
}

// codecCapabilities
export declare function codecCapabilities(kind: MediaKind): readonly CodecCapability[];

// createCertificate
export declare function createCertificate(options: CertificateOptions): Certificate;

// extensionCapabilities
export declare function extensionCapabilities(kind: MediaKind): readonly ExtensionCapability[];

// fingerprint
export declare function fingerprint(der: Uint8Array, algorithm: string): string;
