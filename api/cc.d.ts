// The public API of "visavis/cc". Written by `npm run api`; a test compares it with the build.

// BitrateClaim
export interface BitrateClaim {
    readonly min: number;
    readonly max: number;
    readonly priority: number;
}

// BitrateDemand
export interface BitrateDemand {
    readonly min: number;
    readonly max: number;
    readonly padding: number;
}

// BitrateOptions
export interface BitrateOptions {
    readonly start?: number;
    readonly min?: number;
    readonly max?: number;
}

// CircuitBreak
export type CircuitBreak =
"rtcp-timeout"
 | "media-timeout"
 | "congestion";

// CircuitBreaker
export declare class CircuitBreaker {
    #private;
    get broken(): CircuitBreak | undefined;
    reset(): void;
    onPacketSent(bytes: number, now: Instant): void;
    onReport({ highestSequenceNumber, loss, roundTrip }: StreamReception, now: Instant): void;
    deadline(): Instant;
    advance(now: Instant): void;
}

// CongestionFeedbackRecorder
export declare class CongestionFeedbackRecorder {
    #private;
    senderSsrc: number;
    onPacket(ssrc: number, sequenceNumber: number, bytes: number, now: Instant): void;
    removeStream(ssrc: number): void;
    deadline(): Instant;
    write(bytes: Uint8Array, start: number, room: number, timestamp: number, now: Instant): number;
}

// FeedbackRecorder
export declare class FeedbackRecorder {
    #private;
    senderSsrc: number;
    get interval(): number;
    onPacket(number: number, bytes: number, ssrc: number, now: Instant): void;
    deadline(): Instant;
    write(bytes: Uint8Array, start: number, room: number, now: Instant): number;
}

// Pacer
export declare class Pacer {
    #private;
    get rate(): number;
    get probe(): number;
    setRates(rate: number, paddingRate: number, now: Instant): void;
    setQueue(bytes: number, since: Instant): void;
    addProbe(cluster: ProbeCluster, now: Instant): void;
    clearProbes(): void;
    timeOfNext(bytes: number, now: Instant): Instant;
    timeOfPadding(now: Instant): Instant;
    paddingBytes(now: Instant): number;
    onSent(bytes: number, now: Instant): number;
    ahead(now: Instant): number;
}

// PathUse
export type PathUse = "normal" | "overuse" | "underuse";

// ProbeCluster
export interface ProbeCluster {
    readonly id: number;
    readonly bitrate: number;
    readonly bytes: number;
    readonly packets: number;
}

// ReceiveSideEstimate
export declare class ReceiveSideEstimate {
    #private;
    get bitrate(): number | undefined;
    set roundTrip(value: number);
    onPacket(absSendTime: number, bytes: number, now: Instant): void;
    deadline(): Instant;
    take(now: Instant): number | undefined;
}

// SendSideController
export declare class SendSideController {
    #private;
    readonly pacer: Pacer;
    constructor(options?: BitrateOptions);
    get targetBitrate(): number;
    get pacingRate(): number;
    get roundTrip(): number;
    get acknowledgedBitrate(): number;
    get loss(): number;
    get pathUse(): PathUse;
    get limitedByLoss(): boolean;
    get limitedBySource(): boolean;
    get bytesInFlight(): number;
    start(now: Instant): void;
    setBitrates(options: BitrateOptions, now: Instant): void;
    setDemand(demand: BitrateDemand, now: Instant): void;
    onPathChange(now: Instant): void;
    onPacketSent(number: number, bytes: number, now: Instant, probe?: number): void;
    onRtpPacketSent(ssrc: number, sequenceNumber: number, number: number): void;
    onFeedback(feedback: TransportFeedback, now: Instant): void;
    onCongestionFeedback(feedback: CongestionFeedback, now: Instant): void;
    onRemb(bitrate: number, now: Instant): void;
    onReceiverReport(loss: number, roundTrip: number, now: Instant): void;
    deadline(): Instant;
    advance(now: Instant): void;
    takeEvent(): TargetBitrateEvent | undefined;
}

// StreamReception
export interface StreamReception {
    readonly highestSequenceNumber: number;
    readonly loss: number;
    readonly roundTrip: number;
}

// TargetBitrateEvent
export interface TargetBitrateEvent {
    readonly type: "target";
    readonly bitrate: number;
    readonly roundTrip: number;
    readonly loss: number;
}

// shareBitrate
export declare function shareBitrate(target: number, streams: readonly BitrateClaim[], out: number[]): void;

// shareLayers
export declare function shareLayers(target: number, layers: readonly BitrateClaim[], out: number[]): void;
