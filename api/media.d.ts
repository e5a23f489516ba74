// The public API of "visavis/media". Written by `npm run api`; a test compares it with the build.

// AudioReceiver
export declare class AudioReceiver implements StreamReceiver {
    #private;
    readonly playout: Playout;
    readonly drops: Drops<ReceiveDropReason>;
    constructor({ formats, immediate }: ReceiverOptions);
    get counters(): ReceiveCounters;
    get pendingFrames(): number;
    setFormats(formats: ReadonlyMap<number, ReceiveFormat>): void;
    insert(packet: ReceivedPacket, _now: Instant): void;
    setRoundTripTime(_roundTripTime: number): void;
    advance(_now: Instant): void;
    takeKeyFrameRequest(): boolean;
    deadline(): Instant;
    takeFrame(now: Instant): ReceivedFrame | undefined;
}

// BooleanConstraint
export interface BooleanConstraint {
    exact?: boolean;
    ideal?: boolean;
}

// BooleanOrTextConstraint
export interface BooleanOrTextConstraint {
    exact?: boolean | string;
    ideal?: boolean | string;
}

// Candidate
export interface Candidate {
    readonly kind: "audio" | "video";
    readonly settings: TrackSettings;
    readonly frameRates?: {
        readonly min: number;
        readonly max: number;
    };
}

// CaptureDevice
export interface CaptureDevice {
    readonly kind: TrackKind;
    readonly deviceId: string;
    readonly groupId: string;
    readonly label: string;
    readonly capabilities: TrackCapabilities;
    readonly candidates: readonly Candidate[];
    open(settings: TrackSettings, timestampOffset?: number): TrackSource;
}

// ChunkInit
export interface ChunkInit {
    readonly type: "key" | "delta";
    readonly timestamp: number;
    readonly duration?: number;
    readonly data: Uint8Array;
}

// Clip
export interface Clip extends ClipInit {
    readonly frames: readonly Uint8Array[];
    readonly topLayer: number;
}

// ClipInit
export interface ClipInit {
    readonly mimeType: string;
    readonly clockRate: number;
    readonly frameTicks: number;
    readonly width?: number;
    readonly height?: number;
    readonly layers?: readonly number[];
    readonly references?: readonly (readonly number[])[];
    readonly audioLevel?: number;
}

// ClipSource
export declare class ClipSource extends TrackSource {
    #private;
    constructor(init: TrackSourceInit, clips: readonly Clip[], timestampOffset?: number);
    set onDeadline(listener: () => void);
    deadline(): Instant;
    advance(now: Instant, wallTime: number): void;
}

// DeviceChoice
export interface DeviceChoice {
    readonly device: CaptureDevice;
    readonly settings: TrackSettings;
}

// EncodedChunk
export interface EncodedChunk {
    readonly type: "key" | "delta";
    readonly timestamp: number;
    readonly duration?: number | null;
    readonly byteLength: number;
    copyTo(destination: Uint8Array): void;
}

// EncodedFrame
export interface EncodedFrame {
    readonly kind: "audio" | "video";
    readonly data: Uint8Array;
    readonly timestamp: number;
    readonly keyFrame: boolean;
    readonly payloadType?: number | undefined;
    readonly mimeType?: string | undefined;
    readonly width?: number | undefined;
    readonly height?: number | undefined;
    readonly temporalId?: number | undefined;
    readonly spatialId?: number | undefined;
    readonly frameId?: number | undefined;
    readonly dependencies?: readonly number[] | undefined;
    readonly duration?: number | undefined;
    readonly captureTime?: number | undefined;
    readonly audioLevel?: number | undefined;
    readonly voiceActivity?: boolean | undefined;
    readonly rotation?: 0 | 90 | 180 | 270 | undefined;
    readonly contributingSources?: readonly number[] | undefined;
    readonly rid?: string | undefined;
    readonly sequenceNumber?: number | undefined;
    readonly talkSpurt?: boolean | undefined;
}

// EncodedFrameInit
export type EncodedFrameInit = Omit<EncodedFrame, "kind" | "keyFrame"> & Partial<Pick<EncodedFrame, "kind" | "keyFrame">>;

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

// EncodingWish
export interface EncodingWish {
    readonly isPaused?: boolean;
    readonly mimeType?: string | undefined;
    readonly scaleResolutionDownBy?: number | undefined;
    readonly scaleResolutionDownTo?: {
        readonly maxWidth: number;
        readonly maxHeight: number;
    } | undefined;
    readonly maxFramerate?: number | undefined;
    readonly maxBitrate?: number | undefined;
}

// FAKE_DEVICES
export declare const FAKE_DEVICES: readonly CaptureDevice[];

// FrameOrigin
export interface FrameOrigin {
    keyFrameWanted?(sink: FrameSink | undefined, encoding: number | undefined): void;
    used?(isUsed: boolean): void;
    stopped?(): void;
}

// FrameSink
export interface FrameSink {
    readonly wishes: readonly EncodingWish[];
    readonly settings?: TrackSettings | undefined;
    readonly isBusy?: boolean;
    frame(frame: EncodedFrame, encoding: number): void;
}

// HeardTone
export interface HeardTone {
    readonly tone: string;
    readonly duration: number;
}

// IvfWriter
export declare class IvfWriter {
    #private;
    omitted: number;
    write(frame: EncodedFrame): Uint8Array<ArrayBuffer>;
}

// MediaFile
export interface MediaFile {
    readonly kind: "audio" | "video";
    readonly mimeType: string;
    readonly clockRate: number;
    readonly frames: readonly EncodedFrame[];
    readonly duration: number;
    readonly width: number;
    readonly height: number;
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

// NumberConstraint
export interface NumberConstraint extends Range {
    exact?: number;
    ideal?: number;
}

// OggOpusWriter
export declare class OggOpusWriter {
    #private;
    omitted: number;
    constructor({ channels, serialNumber }?: OggOpusWriterOptions);
    write(frame: EncodedFrame): Uint8Array<ArrayBuffer>;
    end(): Uint8Array<ArrayBuffer>;
}

// OggOpusWriterOptions
export interface OggOpusWriterOptions {
    readonly channels?: 1 | 2;
    readonly serialNumber?: number;
}

// PlayOptions
export interface PlayOptions {
    readonly repeat?: boolean;
}

// Playout
export declare class Playout implements SyncedStream {
    #private;
    constructor(clockRate: number);
    get clockRate(): number;
    restart(clockRate: number): void;
    get target(): number;
    get minimum(): number;
    arrived(timestamp: number, arrival: Instant, recovered: boolean): number;
    mediaTime(timestamp: number): number;
    dueAt(mediaTime: number): Instant;
    played(mediaTime: number, now: Instant): void;
    setSenderBounds(minimum: number, maximum: number): void;
    setRequested(delay: number): void;
    setSyncDelay(delay: number): void;
    onSenderReport(wallTime: number, timestamp: number): void;
    playoutOffset(): number;
    delayWithoutSync(): number;
    playingWallTime(now: Instant): number;
}

// Range
export interface Range {
    max?: number;
    min?: number;
}

// ReceiveCounters
export interface ReceiveCounters {
    readonly packetsDiscarded: number;
    readonly framesReceived: number;
    readonly keyFramesReceived: number;
    readonly framesDropped: number;
    readonly framesAssembledFromMultiplePackets: number;
    readonly totalAssemblyTime: number;
    readonly jitterBufferDelay: number;
    readonly jitterBufferTargetDelay: number;
    readonly jitterBufferMinimumDelay: number;
    readonly jitterBufferEmittedCount: number;
    readonly keyFramesRequested: number;
    readonly frameWidth: number;
    readonly frameHeight: number;
}

// ReceiveDropReason
export type ReceiveDropReason =
"payload-type"
 | "payload" | "late-packet" | "duplicate-packet"
 | "packet-buffer-full"
 | "spoilt-frame"
 | "late-frame" | "undecodable-frame" | "frame-buffer-full"
 | "restart";

// ReceiveFormat
export interface ReceiveFormat {
    readonly format: PayloadFormat;
    readonly parameters?: string | undefined;
}

// ReceivedFrame
export interface ReceivedFrame extends EncodedFrame {
    readonly ssrc: number;
    readonly receiveTime: Instant;
}

// ReceiverOptions
export interface ReceiverOptions {
    readonly formats: ReadonlyMap<number, ReceiveFormat>;
    readonly nack?: boolean;
    readonly immediate?: boolean;
}

// RtpInput
export declare class RtpInput {
    #private;
    malformed: number;
    constructor({ kind, codecs, immediate }: RtpInputOptions);
    get drops(): Drops<ReceiveDropReason>;
    write(bytes: Uint8Array, now: Instant): boolean;
    deadline(): Instant;
    advance(now: Instant): void;
    takeKeyFrameRequest(): boolean;
    takeFrame(now: Instant): EncodedFrame | undefined;
}

// RtpInputCodec
export interface RtpInputCodec {
    readonly payloadType: number;
    readonly mimeType: string;
    readonly parameters?: string;
}

// RtpInputOptions
export interface RtpInputOptions {
    readonly kind: "audio" | "video";
    readonly codecs: readonly RtpInputCodec[];
    readonly immediate?: boolean;
}

// RtpOutput
export declare class RtpOutput {
    #private;
    omitted: number;
    constructor({ payloadType, ssrc, maxPacketSize, mimeType, parameters, sequenceNumber }: RtpOutputOptions);
    packets(frame: EncodedFrame): Uint8Array<ArrayBuffer>[];
}

// RtpOutputOptions
export interface RtpOutputOptions {
    readonly payloadType: number;
    readonly ssrc: number;
    readonly maxPacketSize?: number;
    readonly mimeType?: string;
    readonly parameters?: string;
    readonly sequenceNumber?: number;
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

// SFrameCipher
export interface SFrameCipher {
    seal(bytes: Uint8Array, headerStart: number, textStart: number, textEnd: number, metadata: Uint8Array, counter: bigint): void;
    open(bytes: Uint8Array, headerStart: number, textStart: number, textEnd: number, metadata: Uint8Array, counter: bigint): boolean;
}

// SFrameCipherSuite
export declare const SFrameCipherSuite: {
    readonly AES_128_CTR_HMAC_SHA256_80: 1;
    readonly AES_128_CTR_HMAC_SHA256_64: 2;
    readonly AES_128_CTR_HMAC_SHA256_32: 3;
    readonly AES_128_GCM_SHA256_128: 4;
    readonly AES_256_GCM_SHA512_128: 5;
};
export type SFrameCipherSuite = (typeof SFrameCipherSuite)[keyof typeof SFrameCipherSuite];

// SFrameContext
export declare class SFrameContext {
    #private;
    constructor(suite?: SFrameCipherSuite);
    setKey(keyId: bigint, baseKey: Uint8Array): void;
    get canEncrypt(): boolean;
    encrypt(frame: Uint8Array, metadata?: Uint8Array): Uint8Array | undefined;
    encryptAs(keyId: bigint, counter: bigint, frame: Uint8Array, metadata?: Uint8Array): Uint8Array | undefined;
    decrypt(frame: Uint8Array, metadata?: Uint8Array): SFrameOutcome;
}

// SFrameFailure
export type SFrameFailure =
"syntax"
 | "keyID"
 | "authentication";

// SFrameHeader
export interface SFrameHeader {
    readonly keyId: bigint;
    readonly counter: bigint;
}

// SFrameOutcome
export type SFrameOutcome = {
    readonly data: Uint8Array;
} | {
    readonly failure: SFrameFailure;
    readonly keyId: bigint | undefined;
};

// Selection
export type Selection = {
    readonly candidate: Candidate;
    readonly settings: TrackSettings;
} | {
    readonly failedConstraint: keyof TrackConstraintSet;
};

// SourceWatcher
export interface SourceWatcher {
    sourceMuted(isMuted: boolean): void;
    sourceEnded(): void;
}

// StreamReceiver
export interface StreamReceiver {
    readonly playout: Playout;
    readonly drops: Drops<ReceiveDropReason>;
    readonly counters: ReceiveCounters;
    readonly pendingFrames: number;
    setFormats(formats: ReadonlyMap<number, ReceiveFormat>): void;
    setRoundTripTime(roundTripTime: number): void;
    insert(packet: ReceivedPacket, now: Instant): void;
    advance(now: Instant): void;
    deadline(): Instant;
    takeFrame(now: Instant): ReceivedFrame | undefined;
    takeKeyFrameRequest(): boolean;
}

// SyncGroup
export declare class SyncGroup {
    #private;
    add(stream: SyncedStream, now: Instant): void;
    remove(stream: SyncedStream): void;
    deadline(): Instant;
    advance(now: Instant): void;
}

// SyncedStream
export interface SyncedStream {
    playoutOffset(): number;
    delayWithoutSync(): number;
    setSyncDelay(delay: number): void;
}

// TakenFrames
export interface TakenFrames {
    readonly wish?: EncodingWish;
    readonly rid?: string;
}

// TextConstraint
export interface TextConstraint {
    exact?: string | string[];
    ideal?: string | string[];
}

// TrackCapabilities
export interface TrackCapabilities {
    width?: Range;
    height?: Range;
    aspectRatio?: Range;
    frameRate?: Range;
    facingMode?: string[];
    resizeMode?: string[];
    sampleRate?: Range;
    sampleSize?: Range;
    echoCancellation?: (boolean | string)[];
    autoGainControl?: boolean[];
    noiseSuppression?: boolean[];
    latency?: Range;
    channelCount?: Range;
    deviceId?: string;
    groupId?: string;
    backgroundBlur?: boolean[];
}

// TrackConstraintSet
export interface TrackConstraintSet {
    width?: number | NumberConstraint;
    height?: number | NumberConstraint;
    aspectRatio?: number | NumberConstraint;
    frameRate?: number | NumberConstraint;
    facingMode?: string | string[] | TextConstraint;
    resizeMode?: string | string[] | TextConstraint;
    sampleRate?: number | NumberConstraint;
    sampleSize?: number | NumberConstraint;
    echoCancellation?: boolean | string | BooleanOrTextConstraint;
    autoGainControl?: boolean | BooleanConstraint;
    noiseSuppression?: boolean | BooleanConstraint;
    latency?: number | NumberConstraint;
    channelCount?: number | NumberConstraint;
    deviceId?: string | string[] | TextConstraint;
    groupId?: string | string[] | TextConstraint;
    backgroundBlur?: boolean | BooleanConstraint;
}

// TrackConstraints
export interface TrackConstraints extends TrackConstraintSet {
    advanced?: TrackConstraintSet[];
}

// TrackKind
export type TrackKind = "audio" | "video";

// TrackSettings
export interface TrackSettings {
    width?: number;
    height?: number;
    aspectRatio?: number;
    frameRate?: number;
    facingMode?: string;
    resizeMode?: string;
    sampleRate?: number;
    sampleSize?: number;
    echoCancellation?: boolean | string;
    autoGainControl?: boolean;
    noiseSuppression?: boolean;
    latency?: number;
    channelCount?: number;
    deviceId?: string;
    groupId?: string;
    backgroundBlur?: boolean;
}

// TrackSource
export declare class TrackSource {
    #private;
    readonly kind: TrackKind;
    readonly label: string;
    readonly capabilities: TrackCapabilities;
    readonly candidates: readonly Candidate[];
    settings: TrackSettings;
    readonly toneListeners: Set<(tone: HeardTone) => void>;
    constructor(init: TrackSourceInit);
    get isMuted(): boolean;
    get isEnded(): boolean;
    get sinks(): ReadonlySet<FrameSink>;
    setOrigin(origin: FrameOrigin): void;
    addSink(sink: FrameSink): void;
    removeSink(sink: FrameSink): void;
    requestKeyFrame(sink: FrameSink | undefined, encoding?: number): void;
    push(frame: EncodedFrame, encoding?: number): boolean;
    isWanted(encoding: number): boolean;
    watch(watcher: SourceWatcher): void;
    unwatch(watcher: SourceWatcher): void;
    setMuted(isMuted: boolean): void;
    end(): void;
}

// TrackSourceInit
export interface TrackSourceInit {
    readonly kind: TrackKind;
    readonly label?: string;
    readonly settings?: TrackSettings;
    readonly capabilities?: TrackCapabilities;
    readonly candidates?: readonly Candidate[];
    readonly isMuted?: boolean;
    readonly origin?: FrameOrigin;
}

// VideoReceiver
export declare class VideoReceiver implements StreamReceiver {
    #private;
    readonly playout: Playout;
    readonly drops: Drops<ReceiveDropReason>;
    constructor({ formats, nack, immediate }: ReceiverOptions);
    get counters(): ReceiveCounters;
    get pendingFrames(): number;
    setFormats(formats: ReadonlyMap<number, ReceiveFormat>): void;
    setRoundTripTime(roundTripTime: number): void;
    insert(packet: ReceivedPacket, now: Instant): void;
    deadline(): Instant;
    advance(now: Instant): void;
    takeKeyFrameRequest(): boolean;
    takeFrame(now: Instant): ReceivedFrame | undefined;
}

// chooseDevice
export declare function chooseDevice(devices: readonly CaptureDevice[], constraints: TrackConstraints): DeviceChoice | Extract<Selection, {
    failedConstraint: unknown;
}>;

// chunkInitOf
export declare function chunkInitOf({ data, timestamp, keyFrame, duration, mimeType }: EncodedFrame): ChunkInit;

// clipOf
export declare function clipOf(frames: readonly Uint8Array[], init: ClipInit): Clip;

// compressAlaw
export declare function compressAlaw(sample: number): number;

// compressUlaw
export declare function compressUlaw(sample: number): number;

// createEncodedTrack
export declare function createEncodedTrack(init: EncodedTrackInit): EncodedTrack;

// createReceiver
export declare function createReceiver(kind: "audio" | "video", options: ReceiverOptions): StreamReceiver;

// decodeAnnexB
export declare function decodeAnnexB(bytes: Uint8Array, mimeType: string, frameRate: number): MediaFile | undefined;

// decodeIvf
export declare function decodeIvf(bytes: Uint8Array): MediaFile | undefined;

// decodeOggOpus
export declare function decodeOggOpus(bytes: Uint8Array): MediaFile | undefined;

// decodeSFrameHeader
export declare function decodeSFrameHeader(bytes: Uint8Array, offset: number, end: number): (SFrameHeader & {
    readonly end: number;
}) | undefined;

// deriveSFrameKey
export declare function deriveSFrameKey(suite: SFrameCipherSuite, keyId: bigint, baseKey: Uint8Array): {
    readonly key: Uint8Array;
    readonly salt: Uint8Array;
};

// embeddedClip
export declare function embeddedClip(text: string, init: ClipInit): Clip;

// encodeSFrameHeader
export declare function encodeSFrameHeader({ keyId, counter }: SFrameHeader, out: Uint8Array, offset: number): number;

// encodedFrames
export declare function encodedFrames(track: MediaStreamTrack, options?: EncodedFramesOptions): ReadableStream<EncodedFrame>;

// expandAlaw
export declare function expandAlaw(byte: number): number;

// expandUlaw
export declare function expandUlaw(byte: number): number;

// frameOfChunk
export declare function frameOfChunk(chunk: EncodedChunk, mimeType: string): EncodedFrame;

// onEncodedFrame
export declare function onEncodedFrame(track: MediaStreamTrack, listener: (frame: EncodedFrame) => void, taken?: TakenFrames): () => void;

// onTone
export declare function onTone(track: MediaStreamTrack, listener: (tone: HeardTone) => void): () => void;

// playFile
export declare function playFile(file: MediaFile, options?: PlayOptions): ReadableStream<EncodedFrame>;

// requestKeyFrame
export declare function requestKeyFrame(track: MediaStreamTrack): void;

// rtpPackets
export declare function rtpPackets(track: MediaStreamTrack, options: RtpPacketsOptions): ReadableStream<Uint8Array<ArrayBuffer>>;

// rtpTrack
export declare function rtpTrack(init: RtpTrackInit): RtpTrack;

// selectSettings
export declare function selectSettings(candidates: readonly Candidate[], constraints: TrackConstraints): Selection;
