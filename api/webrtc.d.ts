// The public API of "visavis/webrtc". Written by `npm run api`; a test compares it with the build.

// BinaryType
export type BinaryType = "arraybuffer" | "blob";

// CertificateAlgorithm
export type CertificateAlgorithm = string | ({
    readonly name: string;
} & Readonly<Record<string, unknown>>);

// ConnectionCounters
export type ConnectionCounters = NonNullable<ReturnType<PeerConnection["counters"]>>;

// DeviceChangeEvent
export interface DeviceChangeEvent extends Event {
    readonly devices: readonly MediaDeviceInfo[];
    readonly userInsertedDevices: readonly MediaDeviceInfo[];
}
export declare const DeviceChangeEvent: DeviceChangeEventConstructor;

// DeviceChangeEventConstructor
export interface DeviceChangeEventConstructor {
    readonly prototype: DeviceChangeEvent;
    new (type: string, eventInitDict?: DeviceChangeEventInit): DeviceChangeEvent;
}

// DeviceChangeEventInit
export interface DeviceChangeEventInit extends EventInitDict {
    devices?: MediaDeviceInfo[];
}

// EncodedFramesOptions
export interface EncodedFramesOptions extends TakenFrames {
    readonly highWaterMark?: number;
    readonly onDrop?: (frames: number) => void;
}

// EncodedTrack
export interface EncodedTrack {
    readonly track: MediaStreamTrack;
    readonly wishes: readonly EncodingWish[];
    readonly writable: WritableStream<EncodedFrameInit>;
    write(frame: EncodedFrameInit, encoding?: number): boolean;
    setMuted(isMuted: boolean): void;
    end(): void;
}

// EncodedTrackInit
export interface EncodedTrackInit {
    readonly kind: TrackKind;
    readonly id?: string;
    readonly label?: string;
    readonly settings?: TrackSettings;
    readonly mimeType?: string;
    readonly onKeyFrameRequest?: (encoding: number | undefined) => void;
    readonly onStop?: () => void;
}

// EventHandler
export type EventHandler<E extends Event = Event> = ((event: E) => unknown) | null;

// EventInitDict
export interface EventInitDict {
    bubbles?: boolean;
    cancelable?: boolean;
    composed?: boolean;
}

// InputDeviceInfo
export interface InputDeviceInfo extends MediaDeviceInfo {
    getCapabilities(): MediaTrackCapabilities;
}
export declare const InputDeviceInfo: InputDeviceInfoConstructor;

// InputDeviceInfoConstructor
export interface InputDeviceInfoConstructor {
    readonly prototype: InputDeviceInfo;
    new (): InputDeviceInfo;
}

// Listener
export type Listener<E extends Event = Event> = ((event: E) => unknown) | {
    handleEvent(event: E): unknown;
};

// ListenerOptions
export interface ListenerOptions {
    readonly capture?: boolean;
    readonly once?: boolean;
    readonly passive?: boolean;
    readonly signal?: AbortSignal;
}

// MediaDeviceInfo
export interface MediaDeviceInfo {
    readonly deviceId: string;
    readonly groupId: string;
    readonly kind: MediaDeviceKind;
    readonly label: string;
    toJSON(): object;
}
export declare const MediaDeviceInfo: MediaDeviceInfoConstructor;

// MediaDeviceInfoConstructor
export interface MediaDeviceInfoConstructor {
    readonly prototype: MediaDeviceInfo;
    new (): MediaDeviceInfo;
}

// MediaDeviceKind
export type MediaDeviceKind = "audioinput" | "audiooutput" | "videoinput";

// MediaDevices
export interface MediaDevices extends TypedEventTarget<MediaDevicesEventMap> {
    ondevicechange: EventHandler;
    enumerateDevices(): Promise<MediaDeviceInfo[]>;
    getSupportedConstraints(): MediaTrackSupportedConstraints;
    getUserMedia(constraints?: MediaStreamConstraints): Promise<MediaStream>;
}
export declare const MediaDevices: MediaDevicesConstructor;

// MediaDevicesConstructor
export interface MediaDevicesConstructor {
    readonly prototype: MediaDevices;
    new (): MediaDevices;
}

// MediaDevicesEventMap
export interface MediaDevicesEventMap {
    devicechange: Event;
}

// MediaStream
export interface MediaStream extends TypedEventTarget<MediaStreamEventMap> {
    readonly active: boolean;
    readonly id: string;
    onaddtrack: EventHandler<MediaStreamTrackEvent>;
    onremovetrack: EventHandler<MediaStreamTrackEvent>;
    addTrack(track: MediaStreamTrack): void;
    clone(): MediaStream;
    getAudioTracks(): MediaStreamTrack[];
    getTrackById(trackId: string): MediaStreamTrack | null;
    getTracks(): MediaStreamTrack[];
    getVideoTracks(): MediaStreamTrack[];
    removeTrack(track: MediaStreamTrack): void;
}

// MediaStreamConstraints
export interface MediaStreamConstraints {
    audio?: boolean | MediaTrackConstraints;
    video?: boolean | MediaTrackConstraints;
}

// MediaStreamConstructor
export interface MediaStreamConstructor {
    readonly prototype: MediaStream;
    new (): MediaStream;
    new (stream: MediaStream): MediaStream;
    new (tracks: MediaStreamTrack[]): MediaStream;
}

// MediaStreamEventMap
export interface MediaStreamEventMap {
    addtrack: MediaStreamTrackEvent;
    removetrack: MediaStreamTrackEvent;
}

// MediaStreamTrack
export interface MediaStreamTrack extends TypedEventTarget<MediaStreamTrackEventMap> {
    contentHint: string;
    enabled: boolean;
    readonly id: string;
    readonly kind: string;
    readonly label: string;
    readonly muted: boolean;
    onended: EventHandler;
    onmute: EventHandler;
    onunmute: EventHandler;
    readonly readyState: MediaStreamTrackState;
    applyConstraints(constraints?: MediaTrackConstraints): Promise<void>;
    clone(): MediaStreamTrack;
    getCapabilities(): MediaTrackCapabilities;
    getConstraints(): MediaTrackConstraints;
    getSettings(): MediaTrackSettings;
    stop(): void;
}
export declare const MediaStreamTrack: MediaStreamTrackConstructor;

// MediaStreamTrackConstructor
export interface MediaStreamTrackConstructor {
    readonly prototype: MediaStreamTrack;
    new (): MediaStreamTrack;
}

// MediaStreamTrackEvent
export interface MediaStreamTrackEvent extends Event {
    readonly track: MediaStreamTrack;
}
export declare const MediaStreamTrackEvent: MediaStreamTrackEventConstructor;

// MediaStreamTrackEventConstructor
export interface MediaStreamTrackEventConstructor {
    readonly prototype: MediaStreamTrackEvent;
    new (type: string, eventInitDict: MediaStreamTrackEventInit): MediaStreamTrackEvent;
}

// MediaStreamTrackEventInit
export interface MediaStreamTrackEventInit extends EventInitDict {
    track: MediaStreamTrack;
}

// MediaStreamTrackEventMap
export interface MediaStreamTrackEventMap {
    ended: Event;
    mute: Event;
    unmute: Event;
}

// MediaStreamTrackState
export type MediaStreamTrackState = "ended" | "live";

// MediaTrackCapabilities
export type MediaTrackCapabilities = TrackCapabilities;

// MediaTrackConstraintSet
export type MediaTrackConstraintSet = TrackConstraintSet;

// MediaTrackConstraints
export type MediaTrackConstraints = TrackConstraints;

// MediaTrackSettings
export type MediaTrackSettings = TrackSettings;

// MediaTrackSupportedConstraints
export type MediaTrackSupportedConstraints = {
    -readonly [K in keyof TrackConstraintSet]?: boolean;
};

// OverconstrainedError
export interface OverconstrainedError extends DOMException {
    readonly constraint: string;
}
export declare const OverconstrainedError: OverconstrainedErrorConstructor;

// OverconstrainedErrorConstructor
export interface OverconstrainedErrorConstructor {
    readonly prototype: OverconstrainedError;
    new (constraint: string, message?: string): OverconstrainedError;
}

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

// PlayOptions
export interface PlayOptions {
    readonly repeat?: boolean;
}

// RTCAnswerOptions
export interface RTCAnswerOptions {
}

// RTCBundlePolicy
export type RTCBundlePolicy = "balanced" | "max-compat" | "max-bundle";

// RTCCertificate
export interface RTCCertificate {
    readonly expires: number;
    getFingerprints(): RTCDtlsFingerprint[];
}
export declare const RTCCertificate: RTCCertificateConstructor;

// RTCCertificateConstructor
export interface RTCCertificateConstructor {
    readonly prototype: RTCCertificate;
    new (): RTCCertificate;
}

// RTCCertificateStats
export interface RTCCertificateStats extends Entry {
    type: "certificate";
    fingerprint: string;
    fingerprintAlgorithm: string;
    base64Certificate: string;
    issuerCertificateId?: string;
}

// RTCCodecStats
export interface RTCCodecStats extends Entry {
    type: "codec";
    payloadType: number;
    transportId: string;
    mimeType: string;
    clockRate?: number;
    channels?: number;
    sdpFmtpLine?: string;
}

// RTCConfiguration
export interface RTCConfiguration {
    bundlePolicy?: RTCBundlePolicy;
    certificates?: RTCCertificate[];
    iceCandidatePoolSize?: number;
    iceServers?: RTCIceServer[];
    iceTransportPolicy?: RTCIceTransportPolicy;
    rtcpMuxPolicy?: RTCRtcpMuxPolicy;
}

// RTCDTMFSender
export interface RTCDTMFSender extends TypedEventTarget<RTCDTMFSenderEventMap> {
    readonly canInsertDTMF: boolean;
    ontonechange: EventHandler<RTCDTMFToneChangeEvent>;
    readonly toneBuffer: string;
    insertDTMF(tones: string, duration?: number, interToneGap?: number): void;
}
export declare const RTCDTMFSender: RTCDTMFSenderConstructor;

// RTCDTMFSenderConstructor
export interface RTCDTMFSenderConstructor {
    readonly prototype: RTCDTMFSender;
    new (): RTCDTMFSender;
}

// RTCDTMFSenderEventMap
export interface RTCDTMFSenderEventMap {
    tonechange: RTCDTMFToneChangeEvent;
}

// RTCDTMFToneChangeEvent
export interface RTCDTMFToneChangeEvent extends Event {
    readonly tone: string;
}
export declare const RTCDTMFToneChangeEvent: RTCDTMFToneChangeEventConstructor;

// RTCDTMFToneChangeEventConstructor
export interface RTCDTMFToneChangeEventConstructor {
    readonly prototype: RTCDTMFToneChangeEvent;
    new (type: string, eventInitDict?: RTCDTMFToneChangeEventInit): RTCDTMFToneChangeEvent;
}

// RTCDTMFToneChangeEventInit
export interface RTCDTMFToneChangeEventInit extends EventInitDict {
    tone?: string;
}

// RTCDataChannel
export interface RTCDataChannel extends TypedEventTarget<RTCDataChannelEventMap> {
    binaryType: BinaryType;
    readonly bufferedAmount: number;
    bufferedAmountLowThreshold: number;
    readonly id: number | null;
    readonly label: string;
    readonly maxPacketLifeTime: number | null;
    readonly maxRetransmits: number | null;
    readonly negotiated: boolean;
    onbufferedamountlow: EventHandler;
    onclose: EventHandler;
    onclosing: EventHandler;
    onerror: EventHandler<RTCErrorEvent>;
    onmessage: EventHandler<MessageEvent>;
    onopen: EventHandler;
    readonly ordered: boolean;
    readonly priority?: RTCPriorityType;
    readonly protocol: string;
    readonly readyState: RTCDataChannelState;
    close(): void;
    send(data: string): void;
    send(data: Blob): void;
    send(data: ArrayBuffer): void;
    send(data: ArrayBufferView): void;
}
export declare const RTCDataChannel: RTCDataChannelConstructor;

// RTCDataChannelConstructor
export interface RTCDataChannelConstructor {
    readonly prototype: RTCDataChannel;
    new (): RTCDataChannel;
}

// RTCDataChannelEvent
export interface RTCDataChannelEvent extends Event {
    readonly channel: RTCDataChannel;
}
export declare const RTCDataChannelEvent: RTCDataChannelEventConstructor;

// RTCDataChannelEventConstructor
export interface RTCDataChannelEventConstructor {
    readonly prototype: RTCDataChannelEvent;
    new (type: string, eventInitDict: RTCDataChannelEventInit): RTCDataChannelEvent;
}

// RTCDataChannelEventInit
export interface RTCDataChannelEventInit extends EventInitDict {
    channel: RTCDataChannel;
}

// RTCDataChannelEventMap
export interface RTCDataChannelEventMap {
    bufferedamountlow: Event;
    close: Event;
    closing: Event;
    error: RTCErrorEvent;
    message: MessageEvent;
    open: Event;
}

// RTCDataChannelInit
export interface RTCDataChannelInit {
    id?: number;
    maxPacketLifeTime?: number;
    maxRetransmits?: number;
    negotiated?: boolean;
    ordered?: boolean;
    priority?: RTCPriorityType;
    protocol?: string;
}

// RTCDataChannelState
export type RTCDataChannelState = "connecting" | "open" | "closing" | "closed";

// RTCDataChannelStats
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

// RTCDegradationPreference
export type RTCDegradationPreference = "balanced" | "maintain-framerate" | "maintain-resolution";

// RTCDtlsFingerprint
export interface RTCDtlsFingerprint {
    algorithm?: string;
    value?: string;
}

// RTCDtlsTransport
export interface RTCDtlsTransport extends TypedEventTarget<RTCDtlsTransportEventMap> {
    readonly iceTransport: RTCIceTransport;
    readonly state: RTCDtlsTransportState;
    onerror: EventHandler<RTCErrorEvent>;
    onstatechange: EventHandler;
    getRemoteCertificates(): ArrayBuffer[];
}
export declare const RTCDtlsTransport: RTCDtlsTransportConstructor;

// RTCDtlsTransportConstructor
export interface RTCDtlsTransportConstructor {
    readonly prototype: RTCDtlsTransport;
    new (): RTCDtlsTransport;
}

// RTCDtlsTransportEventMap
export interface RTCDtlsTransportEventMap {
    error: RTCErrorEvent;
    statechange: Event;
}

// RTCDtlsTransportState
export type RTCDtlsTransportState = "new" | "connecting" | "connected" | "closed" | "failed";

// RTCEncodedAudioFrame
export interface RTCEncodedAudioFrame {
    data: ArrayBuffer;
    readonly timestamp: number;
    getMetadata(): RTCEncodedAudioFrameMetadata;
}
export declare const RTCEncodedAudioFrame: RTCEncodedAudioFrameConstructor;

// RTCEncodedAudioFrameConstructor
export interface RTCEncodedAudioFrameConstructor {
    readonly prototype: RTCEncodedAudioFrame;
    new (originalFrame: RTCEncodedAudioFrame, options?: RTCEncodedAudioFrameOptions): RTCEncodedAudioFrame;
}

// RTCEncodedAudioFrameMetadata
export interface RTCEncodedAudioFrameMetadata extends Omit<FrameMetadata, "dependencies" | "frameId" | "height" | "spatialIndex" | "temporalIndex" | "timestamp" | "width"> {
}

// RTCEncodedAudioFrameOptions
export interface RTCEncodedAudioFrameOptions {
    metadata?: RTCEncodedAudioFrameMetadata;
}

// RTCEncodedVideoFrame
export interface RTCEncodedVideoFrame {
    data: ArrayBuffer;
    readonly timestamp: number;
    readonly type: RTCEncodedVideoFrameType;
    getMetadata(): RTCEncodedVideoFrameMetadata;
}
export declare const RTCEncodedVideoFrame: RTCEncodedVideoFrameConstructor;

// RTCEncodedVideoFrameConstructor
export interface RTCEncodedVideoFrameConstructor {
    readonly prototype: RTCEncodedVideoFrame;
    new (originalFrame: RTCEncodedVideoFrame, options?: RTCEncodedVideoFrameOptions): RTCEncodedVideoFrame;
}

// RTCEncodedVideoFrameMetadata
export interface RTCEncodedVideoFrameMetadata extends Omit<FrameMetadata, "sequenceNumber"> {
}

// RTCEncodedVideoFrameOptions
export interface RTCEncodedVideoFrameOptions {
    metadata?: RTCEncodedVideoFrameMetadata;
}

// RTCEncodedVideoFrameType
export type RTCEncodedVideoFrameType = FrameType;

// RTCEncodingOptions
export interface RTCEncodingOptions {
    keyFrame?: boolean;
}

// RTCError
export interface RTCError extends DOMException {
    readonly errorDetail: RTCErrorDetailType;
    readonly sdpLineNumber: number | null;
    readonly sctpCauseCode: number | null;
    readonly receivedAlert: number | null;
    readonly sentAlert: number | null;
}
export declare const RTCError: RTCErrorConstructor;

// RTCErrorConstructor
export interface RTCErrorConstructor {
    readonly prototype: RTCError;
    new (init: RTCErrorInit, message?: string): RTCError;
}

// RTCErrorDetailType
export type RTCErrorDetailType = "data-channel-failure" | "dtls-failure" | "fingerprint-failure" | "sctp-failure" | "sdp-syntax-error" | "hardware-encoder-not-available" | "hardware-encoder-error";

// RTCErrorEvent
export interface RTCErrorEvent extends Event {
    readonly error: RTCError;
}
export declare const RTCErrorEvent: RTCErrorEventConstructor;

// RTCErrorEventConstructor
export interface RTCErrorEventConstructor {
    readonly prototype: RTCErrorEvent;
    new (type: string, eventInitDict: RTCErrorEventInit): RTCErrorEvent;
}

// RTCErrorEventInit
export interface RTCErrorEventInit extends EventInitDict {
    error: RTCError;
}

// RTCErrorInit
export interface RTCErrorInit {
    errorDetail: RTCErrorDetailType;
    receivedAlert?: number;
    sctpCauseCode?: number;
    sdpLineNumber?: number;
    sentAlert?: number;
}

// RTCIceCandidate
export interface RTCIceCandidate {
    readonly address: string | null;
    readonly candidate: string;
    readonly component: RTCIceComponent | null;
    readonly foundation: string | null;
    readonly port: number | null;
    readonly priority: number | null;
    readonly protocol: RTCIceProtocol | null;
    readonly relatedAddress: string | null;
    readonly relatedPort: number | null;
    readonly relayProtocol?: RTCIceServerTransportProtocol | null;
    readonly sdpMLineIndex: number | null;
    readonly sdpMid: string | null;
    readonly tcpType: RTCIceTcpCandidateType | null;
    readonly type: RTCIceCandidateType | null;
    readonly url?: string | null;
    readonly usernameFragment: string | null;
    toJSON(): RTCIceCandidateInit;
}
export declare const RTCIceCandidate: RTCIceCandidateConstructor;

// RTCIceCandidateConstructor
export interface RTCIceCandidateConstructor {
    readonly prototype: RTCIceCandidate;
    new (candidateInitDict?: RTCLocalIceCandidateInit): RTCIceCandidate;
}

// RTCIceCandidateInit
export interface RTCIceCandidateInit {
    candidate?: string;
    sdpMLineIndex?: number | null;
    sdpMid?: string | null;
    usernameFragment?: string | null;
}

// RTCIceCandidatePair
export interface RTCIceCandidatePair {
    readonly local: RTCIceCandidate;
    readonly remote: RTCIceCandidate;
}
export declare const RTCIceCandidatePair: RTCIceCandidatePairConstructor;

// RTCIceCandidatePairConstructor
export interface RTCIceCandidatePairConstructor {
    readonly prototype: RTCIceCandidatePair;
    new (): RTCIceCandidatePair;
}

// RTCIceCandidatePairStats
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
    totalRoundTripTime?: number;
    currentRoundTripTime?: number;
    availableOutgoingBitrate?: number;
    requestsReceived?: number;
    requestsSent?: number;
    responsesReceived?: number;
    responsesSent?: number;
    consentRequestsSent?: number;
}

// RTCIceCandidateStats
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

// RTCIceCandidateType
export type RTCIceCandidateType = "host" | "srflx" | "prflx" | "relay";

// RTCIceComponent
export type RTCIceComponent = "rtp" | "rtcp";

// RTCIceConnectionState
export type RTCIceConnectionState = RTCIceTransportState;

// RTCIceGatherOptions
export interface RTCIceGatherOptions {
    gatherPolicy?: RTCIceTransportPolicy;
    iceServers?: RTCIceServer[];
}

// RTCIceGathererState
export type RTCIceGathererState = "new" | "gathering" | "complete";

// RTCIceGatheringState
export type RTCIceGatheringState = RTCIceGathererState;

// RTCIceParameters
export interface RTCIceParameters {
    iceLite?: boolean;
    password?: string;
    usernameFragment?: string;
}

// RTCIceProtocol
export type RTCIceProtocol = "udp" | "tcp";

// RTCIceRole
export type RTCIceRole = "unknown" | "controlling" | "controlled";

// RTCIceServer
export interface RTCIceServer {
    credential?: string;
    urls: string | string[];
    username?: string;
}

// RTCIceServerTransportProtocol
export type RTCIceServerTransportProtocol = "udp" | "tcp" | "tls";

// RTCIceTcpCandidateType
export type RTCIceTcpCandidateType = "active" | "passive" | "so";

// RTCIceTransport
export interface RTCIceTransport extends TypedEventTarget<RTCIceTransportEventMap> {
    readonly component: RTCIceComponent;
    readonly gatheringState: RTCIceGathererState;
    readonly role: RTCIceRole;
    readonly state: RTCIceTransportState;
    onerror: EventHandler<RTCPeerConnectionIceErrorEvent>;
    ongatheringstatechange: EventHandler;
    onicecandidate: EventHandler<RTCPeerConnectionIceEvent>;
    onselectedcandidatepairchange: EventHandler;
    onstatechange: EventHandler;
    addRemoteCandidate(remoteCandidate?: RTCIceCandidateInit): void;
    gather(options?: RTCIceGatherOptions): void;
    getLocalCandidates(): RTCIceCandidate[];
    getLocalParameters(): RTCIceParameters | null;
    getRemoteCandidates(): RTCIceCandidate[];
    getRemoteParameters(): RTCIceParameters | null;
    getSelectedCandidatePair(): RTCIceCandidatePair | null;
    start(remoteParameters?: RTCIceParameters, role?: RTCIceRole): void;
    stop(): void;
}

// RTCIceTransportConstructor
export interface RTCIceTransportConstructor {
    readonly prototype: RTCIceTransport;
    new (): RTCIceTransport;
}

// RTCIceTransportEventMap
export interface RTCIceTransportEventMap {
    error: RTCPeerConnectionIceErrorEvent;
    gatheringstatechange: Event;
    icecandidate: RTCPeerConnectionIceEvent;
    selectedcandidatepairchange: Event;
    statechange: Event;
}

// RTCIceTransportPolicy
export type RTCIceTransportPolicy = "all" | "relay";

// RTCIceTransportState
export type RTCIceTransportState = "closed" | "failed" | "disconnected" | "new" | "checking" | "completed" | "connected";

// RTCInboundRtpStreamStats
export interface RTCInboundRtpStreamStats extends RtpStreamEntry {
    type: "inbound-rtp";
    trackIdentifier: string;
    mid?: string;
    remoteId?: string;
    packetsReceived?: number;
    packetsLost?: number;
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
    jitterBufferDelay?: number;
    jitterBufferTargetDelay?: number;
    jitterBufferMinimumDelay?: number;
    jitterBufferEmittedCount?: number;
    totalProcessingDelay?: number;
    totalSamplesReceived?: number;
    totalSamplesDuration?: number;
    framesReceived?: number;
    framesDecoded?: number;
    keyFramesDecoded?: number;
    framesDropped?: number;
    framesAssembledFromMultiplePackets?: number;
    totalAssemblyTime?: number;
    frameWidth?: number;
    frameHeight?: number;
    framesPerSecond?: number;
    framesRendered?: number;
    totalInterFrameDelay?: number;
    totalSquaredInterFrameDelay?: number;
    freezeCount?: number;
    totalFreezesDuration?: number;
    pauseCount?: number;
    totalPausesDuration?: number;
    audioLevel?: number;
    totalAudioEnergy?: number;
    estimatedPlayoutTimestamp?: number;
}

// RTCLocalIceCandidateInit
export interface RTCLocalIceCandidateInit extends RTCIceCandidateInit {
    relayProtocol?: RTCIceServerTransportProtocol | null;
    url?: string | null;
}

// RTCLocalSessionDescriptionInit
export interface RTCLocalSessionDescriptionInit {
    sdp?: string;
    type?: RTCSdpType;
}

// RTCMediaSourceStats
export interface RTCMediaSourceStats extends Entry {
    type: "media-source";
    trackIdentifier: string;
    kind: "audio" | "video";
    audioLevel?: number;
    totalAudioEnergy?: number;
    totalSamplesDuration?: number;
    width?: number;
    height?: number;
    frames?: number;
    framesPerSecond?: number;
}

// RTCOfferOptions
export interface RTCOfferOptions {
    iceRestart?: boolean;
}

// RTCOutboundRtpStreamStats
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
    targetBitrate?: number;
    totalPacketSendDelay?: number;
    framesSent?: number;
    framesEncoded?: number;
    keyFramesEncoded?: number;
    frameWidth?: number;
    frameHeight?: number;
    framesPerSecond?: number;
    scalabilityMode?: string;
    qualityLimitationReason?: string;
    qualityLimitationDurations?: Readonly<Record<string, number>>;
    qualityLimitationResolutionChanges?: number;
    hugeFramesSent?: number;
    packetsSentWithEct1?: number;
    nackCount?: number;
    pliCount?: number;
    firCount?: number;
}

// RTCPeerConnection
export interface RTCPeerConnection extends TypedEventTarget<RTCPeerConnectionEventMap> {
    readonly canTrickleIceCandidates: boolean | null;
    readonly connectionState: RTCPeerConnectionState;
    readonly currentLocalDescription: RTCSessionDescription | null;
    readonly currentRemoteDescription: RTCSessionDescription | null;
    readonly iceConnectionState: RTCIceConnectionState;
    readonly iceGatheringState: RTCIceGatheringState;
    readonly localDescription: RTCSessionDescription | null;
    readonly pendingLocalDescription: RTCSessionDescription | null;
    readonly pendingRemoteDescription: RTCSessionDescription | null;
    readonly remoteDescription: RTCSessionDescription | null;
    readonly sctp: RTCSctpTransport | null;
    readonly signalingState: RTCSignalingState;
    onconnectionstatechange: EventHandler;
    ondatachannel: EventHandler<RTCDataChannelEvent>;
    onicecandidate: EventHandler<RTCPeerConnectionIceEvent>;
    onicecandidateerror: EventHandler<RTCPeerConnectionIceErrorEvent>;
    oniceconnectionstatechange: EventHandler;
    onicegatheringstatechange: EventHandler;
    onnegotiationneeded: EventHandler;
    onsignalingstatechange: EventHandler;
    ontrack: EventHandler<RTCTrackEvent>;
    addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
    addIceCandidate(candidate: RTCIceCandidateInit | null, successCallback: () => void, failureCallback: RTCPeerConnectionErrorCallback): Promise<void>;
    addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender;
    addTransceiver(trackOrKind: MediaStreamTrack | string, init?: RTCRtpTransceiverInit): RTCRtpTransceiver;
    close(): void;
    createAnswer(options?: RTCAnswerOptions): Promise<RTCSessionDescriptionInit>;
    createAnswer(successCallback: RTCSessionDescriptionCallback, failureCallback: RTCPeerConnectionErrorCallback): Promise<void>;
    createDataChannel(label: string, dataChannelDict?: RTCDataChannelInit): RTCDataChannel;
    createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>;
    createOffer(successCallback: RTCSessionDescriptionCallback, failureCallback: RTCPeerConnectionErrorCallback, options?: RTCOfferOptions): Promise<void>;
    getConfiguration(): RTCConfiguration;
    getReceivers(): RTCRtpReceiver[];
    getSenders(): RTCRtpSender[];
    getStats(selector?: MediaStreamTrack | null): Promise<RTCStatsReport>;
    getTransceivers(): RTCRtpTransceiver[];
    removeTrack(sender: RTCRtpSender): void;
    restartIce(): void;
    setConfiguration(configuration?: RTCConfiguration): void;
    setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
    setLocalDescription(description: RTCLocalSessionDescriptionInit, successCallback: () => void, failureCallback: RTCPeerConnectionErrorCallback): Promise<void>;
    setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
    setRemoteDescription(description: RTCSessionDescriptionInit, successCallback: () => void, failureCallback: RTCPeerConnectionErrorCallback): Promise<void>;
}

// RTCPeerConnectionConstructor
export interface RTCPeerConnectionConstructor {
    readonly prototype: RTCPeerConnection;
    new (configuration?: RTCConfiguration): RTCPeerConnection;
    generateCertificate(keygenAlgorithm: CertificateAlgorithm): Promise<RTCCertificate>;
}

// RTCPeerConnectionErrorCallback
export type RTCPeerConnectionErrorCallback = (error: DOMException) => void;

// RTCPeerConnectionEventMap
export interface RTCPeerConnectionEventMap {
    connectionstatechange: Event;
    datachannel: RTCDataChannelEvent;
    icecandidate: RTCPeerConnectionIceEvent;
    icecandidateerror: RTCPeerConnectionIceErrorEvent;
    iceconnectionstatechange: Event;
    icegatheringstatechange: Event;
    negotiationneeded: Event;
    signalingstatechange: Event;
    track: RTCTrackEvent;
}

// RTCPeerConnectionIceErrorEvent
export interface RTCPeerConnectionIceErrorEvent extends Event {
    readonly address: string | null;
    readonly errorCode: number;
    readonly errorText: string;
    readonly port: number | null;
    readonly url: string;
}
export declare const RTCPeerConnectionIceErrorEvent: RTCPeerConnectionIceErrorEventConstructor;

// RTCPeerConnectionIceErrorEventConstructor
export interface RTCPeerConnectionIceErrorEventConstructor {
    readonly prototype: RTCPeerConnectionIceErrorEvent;
    new (type: string, eventInitDict: RTCPeerConnectionIceErrorEventInit): RTCPeerConnectionIceErrorEvent;
}

// RTCPeerConnectionIceErrorEventInit
export interface RTCPeerConnectionIceErrorEventInit extends EventInitDict {
    address?: string | null;
    errorCode: number;
    errorText?: string;
    port?: number | null;
    url?: string;
}

// RTCPeerConnectionIceEvent
export interface RTCPeerConnectionIceEvent extends Event {
    readonly candidate: RTCIceCandidate | null;
    readonly url?: string | null;
}
export declare const RTCPeerConnectionIceEvent: RTCPeerConnectionIceEventConstructor;

// RTCPeerConnectionIceEventConstructor
export interface RTCPeerConnectionIceEventConstructor {
    readonly prototype: RTCPeerConnectionIceEvent;
    new (type: string, eventInitDict?: RTCPeerConnectionIceEventInit): RTCPeerConnectionIceEvent;
}

// RTCPeerConnectionIceEventInit
export interface RTCPeerConnectionIceEventInit extends EventInitDict {
    candidate?: RTCIceCandidate | null;
    url?: string | null;
}

// RTCPeerConnectionState
export type RTCPeerConnectionState = "closed" | "failed" | "disconnected" | "new" | "connecting" | "connected";

// RTCPeerConnectionStats
export interface RTCPeerConnectionStats extends Entry {
    type: "peer-connection";
    dataChannelsOpened?: number;
    dataChannelsClosed?: number;
}

// RTCPriorityType
export type RTCPriorityType = "very-low" | "low" | "medium" | "high";

// RTCRemoteInboundRtpStreamStats
export interface RTCRemoteInboundRtpStreamStats extends RtpStreamEntry {
    type: "remote-inbound-rtp";
    localId?: string;
    packetsReceived?: number;
    packetsLost?: number;
    fractionLost?: number;
    jitter?: number;
    roundTripTime?: number;
    totalRoundTripTime?: number;
    roundTripTimeMeasurements?: number;
}

// RTCRemoteOutboundRtpStreamStats
export interface RTCRemoteOutboundRtpStreamStats extends RtpStreamEntry {
    type: "remote-outbound-rtp";
    localId?: string;
    packetsSent?: number;
    bytesSent?: number;
    remoteTimestamp?: number;
    reportsSent?: number;
    roundTripTime?: number;
    totalRoundTripTime?: number;
    roundTripTimeMeasurements?: number;
}

// RTCResolutionRestriction
export interface RTCResolutionRestriction {
    maxHeight?: number;
    maxWidth?: number;
}

// RTCRtcpMuxPolicy
export type RTCRtcpMuxPolicy = "require";

// RTCRtcpParameters
export interface RTCRtcpParameters {
    cname?: string;
    reducedSize?: boolean;
}

// RTCRtpCapabilities
export interface RTCRtpCapabilities {
    codecs: RTCRtpCodec[];
    headerExtensions: RTCRtpHeaderExtensionCapability[];
}

// RTCRtpCodec
export interface RTCRtpCodec {
    channels?: number;
    clockRate: number;
    mimeType: string;
    sdpFmtpLine?: string;
}

// RTCRtpCodecParameters
export interface RTCRtpCodecParameters extends RTCRtpCodec {
    payloadType: number;
}

// RTCRtpCodingParameters
export interface RTCRtpCodingParameters {
    rid?: string;
}

// RTCRtpContributingSource
export interface RTCRtpContributingSource {
    audioLevel?: number;
    captureTimestamp?: number;
    rtpTimestamp: number;
    source: number;
    timestamp: number;
}

// RTCRtpEncodingParameters
export interface RTCRtpEncodingParameters extends RTCRtpCodingParameters {
    active?: boolean;
    adaptivePtime?: boolean;
    codec?: RTCRtpCodec;
    maxBitrate?: number;
    maxFramerate?: number;
    networkPriority?: RTCPriorityType;
    priority?: RTCPriorityType;
    scalabilityMode?: string;
    scaleResolutionDownBy?: number;
    scaleResolutionDownTo?: RTCResolutionRestriction;
}

// RTCRtpHeaderExtensionCapability
export interface RTCRtpHeaderExtensionCapability {
    direction?: "sendrecv" | "sendonly" | "recvonly" | "inactive" | "stopped";
    uri: string;
}

// RTCRtpHeaderExtensionParameters
export interface RTCRtpHeaderExtensionParameters {
    encrypted?: boolean;
    id: number;
    uri: string;
}

// RTCRtpParameters
export interface RTCRtpParameters {
    codecs: RTCRtpCodecParameters[];
    headerExtensions: RTCRtpHeaderExtensionParameters[];
    rtcp: RTCRtcpParameters;
}

// RTCRtpReceiveParameters
export interface RTCRtpReceiveParameters extends RTCRtpParameters {
}

// RTCRtpReceiver
export interface RTCRtpReceiver {
    jitterBufferTarget: number | null;
    readonly track: MediaStreamTrack;
    transform: RTCRtpTransform | null;
    readonly transport: RTCDtlsTransport | null;
    getContributingSources(): RTCRtpContributingSource[];
    getParameters(): RTCRtpReceiveParameters;
    getStats(): Promise<RTCStatsReport>;
    getSynchronizationSources(): RTCRtpSynchronizationSource[];
}
export declare const RTCRtpReceiver: RTCRtpReceiverConstructor;

// RTCRtpReceiverConstructor
export interface RTCRtpReceiverConstructor {
    readonly prototype: RTCRtpReceiver;
    new (): RTCRtpReceiver;
    getCapabilities(kind: string): RTCRtpCapabilities | null;
}

// RTCRtpScriptTransform
export interface RTCRtpScriptTransform {
}

// RTCRtpScriptTransformConstructor
export interface RTCRtpScriptTransformConstructor {
    readonly prototype: RTCRtpScriptTransform;
    new (worker: object, options?: unknown, transfer?: object[]): RTCRtpScriptTransform;
}

// RTCRtpSendParameters
export interface RTCRtpSendParameters extends RTCRtpParameters {
    degradationPreference?: RTCDegradationPreference;
    encodings: RTCRtpEncodingParameters[];
    transactionId: string;
}

// RTCRtpSender
export interface RTCRtpSender {
    readonly dtmf: RTCDTMFSender | null;
    readonly track: MediaStreamTrack | null;
    transform: RTCRtpTransform | null;
    readonly transport: RTCDtlsTransport | null;
    generateKeyFrame(rids?: string[]): Promise<void>;
    getParameters(): RTCRtpSendParameters;
    getStats(): Promise<RTCStatsReport>;
    replaceTrack(withTrack: MediaStreamTrack | null): Promise<void>;
    setParameters(parameters: RTCRtpSendParameters, setParameterOptions?: RTCSetParameterOptions): Promise<void>;
    setStreams(...streams: MediaStream[]): void;
}
export declare const RTCRtpSender: RTCRtpSenderConstructor;

// RTCRtpSenderConstructor
export interface RTCRtpSenderConstructor {
    readonly prototype: RTCRtpSender;
    new (): RTCRtpSender;
    getCapabilities(kind: string): RTCRtpCapabilities | null;
}

// RTCRtpSynchronizationSource
export interface RTCRtpSynchronizationSource extends RTCRtpContributingSource {
}

// RTCRtpTransceiver
export interface RTCRtpTransceiver {
    readonly currentDirection: RTCRtpTransceiverDirection | null;
    readonly stopped: boolean;
    direction: RTCRtpTransceiverDirection;
    readonly mid: string | null;
    readonly receiver: RTCRtpReceiver;
    readonly sender: RTCRtpSender;
    getHeaderExtensionsToNegotiate(): RTCRtpHeaderExtensionCapability[];
    getNegotiatedHeaderExtensions(): RTCRtpHeaderExtensionCapability[];
    setCodecPreferences(codecs: RTCRtpCodec[]): void;
    setHeaderExtensionsToNegotiate(extensions: RTCRtpHeaderExtensionCapability[]): void;
    stop(): void;
}
export declare const RTCRtpTransceiver: RTCRtpTransceiverConstructor;

// RTCRtpTransceiverConstructor
export interface RTCRtpTransceiverConstructor {
    readonly prototype: RTCRtpTransceiver;
    new (): RTCRtpTransceiver;
}

// RTCRtpTransceiverDirection
export type RTCRtpTransceiverDirection = "inactive" | "recvonly" | "sendonly" | "sendrecv" | "stopped";

// RTCRtpTransceiverInit
export interface RTCRtpTransceiverInit {
    direction?: RTCRtpTransceiverDirection;
    sendEncodings?: RTCRtpEncodingParameters[];
    streams?: MediaStream[];
}

// RTCRtpTransform
export interface RTCRtpTransform {
}

// RTCSctpTransport
export interface RTCSctpTransport extends TypedEventTarget<RTCSctpTransportEventMap> {
    readonly maxChannels: number | null;
    readonly maxMessageSize: number;
    readonly state: RTCSctpTransportState;
    readonly transport: RTCDtlsTransport;
    onstatechange: EventHandler;
}
export declare const RTCSctpTransport: RTCSctpTransportConstructor;

// RTCSctpTransportConstructor
export interface RTCSctpTransportConstructor {
    readonly prototype: RTCSctpTransport;
    new (): RTCSctpTransport;
}

// RTCSctpTransportEventMap
export interface RTCSctpTransportEventMap {
    statechange: Event;
}

// RTCSctpTransportState
export type RTCSctpTransportState = "connecting" | "connected" | "closed";

// RTCSdpType
export type RTCSdpType = "offer" | "pranswer" | "answer" | "rollback";

// RTCSessionDescription
export interface RTCSessionDescription {
    readonly sdp: string;
    readonly type: RTCSdpType;
    toJSON(): RTCSessionDescriptionInit;
}
export declare const RTCSessionDescription: RTCSessionDescriptionConstructor;

// RTCSessionDescriptionCallback
export type RTCSessionDescriptionCallback = (description: RTCSessionDescriptionInit) => void;

// RTCSessionDescriptionConstructor
export interface RTCSessionDescriptionConstructor {
    readonly prototype: RTCSessionDescription;
    new (descriptionInitDict: RTCSessionDescriptionInit): RTCSessionDescription;
}

// RTCSessionDescriptionInit
export interface RTCSessionDescriptionInit {
    sdp?: string;
    type: RTCSdpType;
}

// RTCSetParameterOptions
export interface RTCSetParameterOptions {
    encodingOptions?: RTCEncodingOptions[];
}

// RTCSignalingState
export type RTCSignalingState = "stable" | "have-local-offer" | "have-remote-offer" | "have-local-pranswer" | "have-remote-pranswer" | "closed";

// RTCStats
export interface RTCStats {
    id: string;
    timestamp: number;
    type: RTCStatsType;
}

// RTCStatsEntry
export type RTCStatsEntry = RTCCodecStats | RTCInboundRtpStreamStats | RTCRemoteInboundRtpStreamStats | RTCOutboundRtpStreamStats | RTCRemoteOutboundRtpStreamStats | RTCMediaSourceStats | RTCPeerConnectionStats | RTCDataChannelStats | RTCTransportStats | RTCIceCandidateStats | RTCIceCandidatePairStats | RTCCertificateStats;

// RTCStatsReport
export interface RTCStatsReport extends ReadonlyMap<string, RTCStatsEntry> {
    forEach(callbackfn: (value: RTCStatsEntry, key: string, parent: RTCStatsReport) => void, thisArg?: unknown): void;
}
export declare const RTCStatsReport: RTCStatsReportConstructor;

// RTCStatsReportConstructor
export interface RTCStatsReportConstructor {
    readonly prototype: RTCStatsReport;
    new (): RTCStatsReport;
}

// RTCStatsType
export type RTCStatsType = "candidate-pair" | "certificate" | "codec" | "data-channel" | "inbound-rtp" | "local-candidate" | "media-source" | "outbound-rtp" | "peer-connection" | "remote-candidate" | "remote-inbound-rtp" | "remote-outbound-rtp" | "transport";

// RTCTrackEvent
export interface RTCTrackEvent extends Event {
    readonly receiver: RTCRtpReceiver;
    readonly streams: readonly MediaStream[];
    readonly track: MediaStreamTrack;
    readonly transceiver: RTCRtpTransceiver;
}
export declare const RTCTrackEvent: RTCTrackEventConstructor;

// RTCTrackEventConstructor
export interface RTCTrackEventConstructor {
    readonly prototype: RTCTrackEvent;
    new (type: string, eventInitDict: RTCTrackEventInit): RTCTrackEvent;
}

// RTCTrackEventInit
export interface RTCTrackEventInit extends EventInitDict {
    receiver: RTCRtpReceiver;
    streams?: MediaStream[];
    track: MediaStreamTrack;
    transceiver: RTCRtpTransceiver;
}

// RTCTransportStats
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

// RtpPacketsOptions
export interface RtpPacketsOptions extends Omit<RtpOutputOptions, "ssrc">, EncodedFramesOptions {
    readonly ssrc?: number;
}

// RtpTrack
export interface RtpTrack {
    readonly track: MediaStreamTrack;
    readonly writable: WritableStream<Uint8Array>;
    readonly drops: Readonly<Record<string, number>>;
    write(packet: Uint8Array): boolean;
    setMuted(isMuted: boolean): void;
    end(): void;
}

// RtpTrackInit
export interface RtpTrackInit extends RtpInputOptions, Omit<EncodedTrackInit, "kind" | "mimeType"> {
}

// SFrameTransform
export interface SFrameTransform extends TypedEventTarget<SFrameTransformEventMap> {
    onerror: EventHandler<SFrameTransformErrorEvent>;
    readonly readable: ReadableStream;
    readonly writable: WritableStream;
    setEncryptionKey(key: SecretKey, keyID?: number | bigint): Promise<void>;
}
export declare const SFrameTransform: SFrameTransformConstructor;

// SFrameTransformConstructor
export interface SFrameTransformConstructor {
    readonly prototype: SFrameTransform;
    new (options?: SFrameTransformOptions): SFrameTransform;
}

// SFrameTransformErrorEvent
export interface SFrameTransformErrorEvent extends Event {
    readonly errorType: SFrameTransformErrorEventType;
    readonly frame: unknown;
    readonly keyID: number | bigint | null;
}
export declare const SFrameTransformErrorEvent: SFrameTransformErrorEventConstructor;

// SFrameTransformErrorEventConstructor
export interface SFrameTransformErrorEventConstructor {
    readonly prototype: SFrameTransformErrorEvent;
    new (type: string, eventInitDict: SFrameTransformErrorEventInit): SFrameTransformErrorEvent;
}

// SFrameTransformErrorEventInit
export interface SFrameTransformErrorEventInit extends EventInitDict {
    errorType: SFrameTransformErrorEventType;
    frame: unknown;
    keyID?: number | bigint | null;
}

// SFrameTransformErrorEventType
export type SFrameTransformErrorEventType = "authentication" | "keyID" | "syntax";

// SFrameTransformEventMap
export interface SFrameTransformEventMap {
    error: SFrameTransformErrorEvent;
}

// SFrameTransformOptions
export interface SFrameTransformOptions {
    role?: SFrameTransformRole;
}

// SFrameTransformRole
export type SFrameTransformRole = "decrypt" | "encrypt";

// TakenFrames
export interface TakenFrames {
    readonly wish?: EncodingWish;
    readonly rid?: string;
}

// TypedEventTarget
export interface TypedEventTarget<Events> extends EventTarget {
    addEventListener<K extends keyof Events & string>(type: K, listener: (event: Events[K]) => unknown, options?: boolean | ListenerOptions): void;
    addEventListener(type: string, listener: Listener | null, options?: boolean | ListenerOptions): void;
    removeEventListener<K extends keyof Events & string>(type: K, listener: (event: Events[K]) => unknown, options?: boolean | {
        readonly capture?: boolean;
    }): void;
    removeEventListener(type: string, listener: Listener | null, options?: boolean | {
        readonly capture?: boolean;
    }): void;
}

// WebRTC
export interface WebRTC {
    readonly DeviceChangeEvent: DeviceChangeEventConstructor;
    readonly InputDeviceInfo: InputDeviceInfoConstructor;
    readonly MediaDeviceInfo: MediaDeviceInfoConstructor;
    readonly MediaDevices: MediaDevicesConstructor;
    readonly MediaStream: MediaStreamConstructor;
    readonly MediaStreamTrack: MediaStreamTrackConstructor;
    readonly MediaStreamTrackEvent: MediaStreamTrackEventConstructor;
    readonly OverconstrainedError: OverconstrainedErrorConstructor;
    readonly RTCPeerConnection: RTCPeerConnectionConstructor;
    readonly RTCCertificate: RTCCertificateConstructor;
    readonly RTCDataChannel: RTCDataChannelConstructor;
    readonly RTCDataChannelEvent: RTCDataChannelEventConstructor;
    readonly RTCDtlsTransport: RTCDtlsTransportConstructor;
    readonly RTCError: RTCErrorConstructor;
    readonly RTCErrorEvent: RTCErrorEventConstructor;
    readonly RTCIceCandidate: RTCIceCandidateConstructor;
    readonly RTCIceCandidatePair: RTCIceCandidatePairConstructor;
    readonly RTCIceTransport: RTCIceTransportConstructor;
    readonly RTCPeerConnectionIceErrorEvent: RTCPeerConnectionIceErrorEventConstructor;
    readonly RTCPeerConnectionIceEvent: RTCPeerConnectionIceEventConstructor;
    readonly RTCDTMFSender: RTCDTMFSenderConstructor;
    readonly RTCDTMFToneChangeEvent: RTCDTMFToneChangeEventConstructor;
    readonly RTCRtpReceiver: RTCRtpReceiverConstructor;
    readonly RTCRtpSender: RTCRtpSenderConstructor;
    readonly RTCRtpTransceiver: RTCRtpTransceiverConstructor;
    readonly RTCTrackEvent: RTCTrackEventConstructor;
    readonly RTCEncodedAudioFrame: RTCEncodedAudioFrameConstructor;
    readonly RTCEncodedVideoFrame: RTCEncodedVideoFrameConstructor;
    readonly SFrameTransform: SFrameTransformConstructor;
    readonly SFrameTransformErrorEvent: SFrameTransformErrorEventConstructor;
    readonly RTCRtpScriptTransform: RTCRtpScriptTransformConstructor;
    readonly RTCSctpTransport: RTCSctpTransportConstructor;
    readonly RTCSessionDescription: RTCSessionDescriptionConstructor;
    readonly RTCStatsReport: RTCStatsReportConstructor;
}

// countersOf
export declare function countersOf(connection: RTCPeerConnection): ConnectionCounters | undefined;

// createEncodedTrack
export declare function createEncodedTrack(platform: Platform, init: EncodedTrackInit): EncodedTrack;

// createMediaDevices
export declare function createMediaDevices(platform: Platform): MediaDevices;

// createWebRTC
export declare function createWebRTC(platform: Platform, extensions?: PeerExtensions): WebRTC;

// encodedFrames
export declare function encodedFrames(track: MediaStreamTrack, options?: EncodedFramesOptions): ReadableStream<EncodedFrame>;

// nodePlatform
export declare function nodePlatform(): Platform;

// onEncodedFrame
export declare function onEncodedFrame(track: MediaStreamTrack, listener: (frame: EncodedFrame) => void, taken?: TakenFrames): () => void;

// playFile
export declare function playFile(platform: Platform, file: MediaFile, { repeat }?: PlayOptions): ReadableStream<EncodedFrame>;

// requestKeyFrame
export declare function requestKeyFrame(track: MediaStreamTrack): void;

// rtpPackets
export declare function rtpPackets(track: MediaStreamTrack, options: RtpPacketsOptions): ReadableStream<Uint8Array<ArrayBuffer>>;

// rtpTrack
export declare function rtpTrack(platform: Platform, init: RtpTrackInit): RtpTrack;
