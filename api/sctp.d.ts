// The public API of "visavis/sctp". Written by `npm run api`; a test compares it with the build.

// Association
export declare class Association implements InnerEngine<AssociationEvent> {
    #private;
    constructor(options: AssociationOptions);
    get state(): AssociationState;
    get outboundStreams(): number;
    get inboundStreams(): number;
    get negotiated(): NegotiatedFeatures | undefined;
    get counters(): Readonly<AssociationCounters>;
    get drops(): Drops<SctpDropReason>;
    get smoothedRoundTripTime(): number | undefined;
    get congestionWindow(): number;
    get congestionControl(): CongestionControl;
    get totalBufferedAmount(): number;
    bufferedAmount(stream: number): number;
    get heldBytes(): number;
    connect(now: Instant): void;
    get mtu(): number;
    get pathMtuState(): PathMtuState;
    setMtu(mtu: number): void;
    setPath(path: SctpPath): void;
    send(stream: number, ppid: number, data: Uint8Array, options: SendOptions, now: Instant): void;
    beginMessage(stream: number, ppid: number, options: SendOptions, now: Instant): MessageWriter;
    resetStreams(streams: readonly number[], now: Instant): void;
    shutdown(now: Instant): void;
    abort(_now: Instant): void;
    setPartialDelivery(stream: number, on: boolean): void;
    pause(stream: number): void;
    resume(stream: number): void;
    takeMessage(parts?: boolean): SctpMessage | undefined;
    takeEvent(): AssociationEvent | undefined;
    deadline(): Instant;
    advance(now: Instant): void;
    transmit(out: Transmit, now: Instant): boolean;
    receive(bytes: Uint8Array, now: Instant, start?: number, end?: number): void;
}

// AssociationCounters
export interface AssociationCounters {
    packetsSent: number;
    packetsReceived: number;
    chunksSent: number;
    chunksReceived: number;
    chunksRetransmitted: number;
    duplicatesReceived: number;
    outOfOrderReceived: number;
    messagesAbandoned: number;
    timeouts: number;
    fastRecoveries: number;
    handshakesSkipped: number;
    mtuProbesSent: number;
    mtuProbesLost: number;
    blackHolesSuspected: number;
    tailLossProbes: number;
    spuriousRetransmissions: number;
}

// AssociationEvent
export type AssociationEvent = {
    readonly type: "connected";
    readonly inboundStreams: number;
    readonly outboundStreams: number;
}
 | {
    readonly type: "closed";
    readonly error: SctpError | undefined;
}
 | {
    readonly type: "incoming-reset";
    readonly streams: readonly number[];
}
 | {
    readonly type: "outgoing-reset";
    readonly streams: readonly number[];
    readonly performed: boolean;
}
 | {
    readonly type: "drained";
    readonly stream: number;
    readonly bytes: number;
};

// AssociationOptions
export interface AssociationOptions {
    readonly random: Random;
    readonly memory?: Memory;
    readonly localPort?: number;
    readonly remotePort?: number;
    readonly mtu?: number;
    readonly path?: SctpPath;
    readonly pathMtuDiscovery?: boolean;
    readonly maxReceiveMessageSize: number;
    readonly sendBufferLimit?: number;
    readonly receiveBufferLimit?: number;
    readonly outboundStreams?: number;
    readonly inboundStreams?: number;
    readonly congestionControl?: CongestionControlName;
    readonly lossRecovery?: LossRecoveryName;
    readonly features?: SctpFeatures;
    readonly inits?: ToldInits;
    readonly faults?: SctpFaults;
}

// AssociationState
export type AssociationState = "closed" | "connecting" | "established" | "shutting-down" | "ended";

// MessagePart
export type MessagePart = "whole" | "more" | "last" | "abandoned";

// MessageWriter
export declare class MessageWriter {
    #private;
    constructor(context: Context, message: OutgoingMessage, limit: number);
    get state(): MessageWriterState;
    get empty(): boolean;
    write(piece: Uint8Array, _now: Instant): void;
    end(_now: Instant, ppid?: number): void;
    abandon(_now: Instant): void;
}

// MessageWriterState
export type MessageWriterState = "open" | "ended" | "abandoned";

// NegotiatedFeatures
export interface NegotiatedFeatures {
    readonly interleaving: boolean;
    readonly zeroChecksumSent: boolean;
    readonly zeroChecksumReceived: boolean;
    readonly partialReliability: boolean;
    readonly reconfiguration: boolean;
}

// PathMtuState
export type PathMtuState = "disabled" | "base" | "searching" | "complete" | "error";

// SchedulerName
export type SchedulerName = "weighted" | "round-robin" | "round-robin-packets" | "first-come";

// SctpDropReason
export type SctpDropReason = "too-short" | "wrong-port" | "bad-checksum" | "wrong-tag" | "malformed-chunk" | "unexpected-chunk" | "out-of-the-blue" | "unknown-chunk" | "bad-cookie" | "stale-cookie" | "stale-sack" | "window-exceeded" | "invalid-stream" | "control-queue-full" | "control-too-large" | "bad-reset";

// SctpError
export declare class SctpError extends Error {
    readonly name = "SctpError";
    readonly code: SctpErrorCode;
    readonly causeCode: number | undefined;
    constructor(code: SctpErrorCode, message: string, causeCode?: number);
}

// SctpErrorCode
export type SctpErrorCode =
"aborted"
 | "unreachable"
 | "no-answer"
 | "protocol-violation"
 | "message-too-large"
 | "restarted"
 | "closed"
 | "queue-full"
 | "invalid-stream";

// SctpFaults
export interface SctpFaults {
    readonly initialTsn?: number;
    readonly noRetransmission?: boolean;
    readonly noReorderRepair?: boolean;
    readonly noDuplicateDetection?: boolean;
}

// SctpFeatures
export interface SctpFeatures {
    readonly interleaving?: boolean;
    readonly zeroChecksum?: boolean;
    readonly scheduler?: SchedulerName;
}

// SctpMessage
export interface SctpMessage {
    readonly stream: number;
    readonly ppid: number;
    readonly ordered: boolean;
    readonly data: Uint8Array;
    readonly part: MessagePart;
}

// SctpPath
export interface SctpPath {
    readonly maxMtu: number;
    readonly overhead?: number;
    readonly anySize?: boolean;
}

// SendOptions
export interface SendOptions {
    readonly ordered: boolean;
    readonly maxRetransmits?: number;
    readonly lifetime?: number;
    readonly priority?: number;
}

// ToldInits
export interface ToldInits {
    readonly local: Uint8Array;
    readonly remote: Uint8Array;
}

// createToldInit
export declare function createToldInit(options: Omit<AssociationOptions, "maxReceiveMessageSize"> & {
    readonly random: Random;
}): Uint8Array;

// isToldInit
export declare function isToldInit(bytes: Uint8Array): boolean;
