// The public API of "visavis/datachannel". Written by `npm run api`; a test compares it with the build.

// ACK_LENGTH
export declare const ACK_LENGTH = 1;

// AssociationStats
export type AssociationStats = Pick<TableAssociation, "counters" | "drops" | "smoothedRoundTripTime" | "congestionWindow" | "negotiated" | "mtu" | "pathMtuState">;

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

// ChannelDropReason
export type ChannelDropReason =
"malformed-control"
 | "malformed-open"
 | "open-on-used-stream"
 | "one-way-stream"
 | "wrong-parity"
 | "too-much-text"
 | "unexpected-ack"
 | "unknown-ppid"
 | "no-channel"
 | "channel-never-came"
 | "closing"
 | "unfinished-message"
 | "too-large"
 | "unexpected-reset"
 | "not-started";

// ChannelError
export declare class ChannelError extends Error {
    readonly name = "ChannelError";
    readonly code: ChannelErrorCode;
    constructor(code: ChannelErrorCode, message: string, cause?: unknown);
}

// ChannelErrorCode
export type ChannelErrorCode =
"id-in-use"
 | "no-id-left"
 | "too-long"
 | "not-open"
 | "too-large"
 | "queue-full";

// ChannelEvent
export type ChannelEvent =
{
    readonly type: "channel";
    readonly channel: Channel;
}
 | {
    readonly type: "open";
    readonly channel: Channel;
}
 | {
    readonly type: "closing";
    readonly channel: Channel;
}
 | {
    readonly type: "closed";
    readonly channel: Channel;
    readonly error: SctpError | ChannelError | undefined;
}
 | {
    readonly type: "drained";
    readonly channel: Channel;
    readonly bytes: number;
} | {
    readonly type: "connected";
    readonly maxChannels: number;
}
 | {
    readonly type: "association-closed";
    readonly error: SctpError | undefined;
};

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

// ChannelState
export type ChannelState = "connecting" | "open" | "closing" | "closed";

// ChannelTable
export declare class ChannelTable implements InnerEngine<ChannelEvent> {
    #private;
    constructor(options: ChannelTableOptions, createAssociation?: (options: AssociationOptions) => TableAssociation);
    get state(): ChannelTableState;
    get maxChannels(): number | undefined;
    get channels(): readonly Channel[];
    get drops(): Drops<ChannelDropReason>;
    get association(): AssociationStats | undefined;
    create(options: ChannelOptions): Channel;
    assignIds(dtlsRole: "client" | "server"): void;
    start(start: ChannelTableStart, now: Instant): void;
    setMaxMessageSize(bytes: number): void;
    setPath(path: SctpPath): void;
    send(channel: Channel, data: Uint8Array, kind: MessageKind, now: Instant): void;
    beginMessage(channel: Channel, kind: MessageKind, now: Instant): MessageWriter;
    setPartialDelivery(channel: Channel, on: boolean): void;
    pause(channel: Channel): void;
    resume(channel: Channel, _now: Instant): void;
    takeMessage(): ChannelMessage | undefined;
    close(channel: Channel, now: Instant): void;
    shutdown(now: Instant): void;
    transportClosed(now: Instant): void;
    receive(bytes: Uint8Array, now: Instant, start?: number, end?: number): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    takeEvent(): ChannelEvent | undefined;
}

// ChannelTableFaults
export type ChannelTableFaults = SctpFaults;

// ChannelTableFeatures
export type ChannelTableFeatures = SctpFeatures;

// ChannelTableOptions
export type ChannelTableOptions = Omit<AssociationOptions, "remotePort" | "mtu" | "path" | "inits">;

// ChannelTableStart
export interface ChannelTableStart {
    readonly dtlsRole: "client" | "server";
    readonly remotePort?: number;
    readonly mtu?: number;
    readonly maxMessageSize: number;
    readonly inits?: ToldInits;
}

// ChannelTableState
export type ChannelTableState = "new" | "connecting" | "connected" | "closed";

// MessageKind
export type MessageKind = "string" | "binary";

// MessageWriter
export interface MessageWriter {
    readonly channel: Channel;
    readonly state: "open" | "ended" | "abandoned";
    readonly bytesWritten: number;
    write(piece: Uint8Array, now: Instant): void;
    end(now: Instant): void;
    abandon(now: Instant): void;
}

// OpenMessage
export interface OpenMessage {
    readonly ordered: boolean;
    readonly maxRetransmits: number | undefined;
    readonly maxPacketLifeTime: number | undefined;
    readonly priority: number;
    readonly label: string;
    readonly protocol: string;
}

// Ppid
export declare const Ppid: {
    readonly DCEP: 50;
    readonly STRING: 51;
    readonly BINARY_PARTIAL: 52;
    readonly BINARY: 53;
    readonly STRING_PARTIAL: 54;
    readonly STRING_EMPTY: 56;
    readonly BINARY_EMPTY: 57;
};

// TableAssociation
export type TableAssociation = Pick<Association, "connect" | "send" | "beginMessage" | "setPartialDelivery" | "pause" | "resume" | "resetStreams" | "abort" | "setPath" | "takeMessage" | "receive" | "advance" | "deadline" | "transmit" | "takeEvent" | "counters" | "drops" | "smoothedRoundTripTime" | "congestionWindow" | "negotiated" | "mtu" | "pathMtuState">;

// decodeOpenMessage
export declare function decodeOpenMessage(bytes: Uint8Array, offset: number, end: number): OpenMessage | undefined;

// encodeAckMessage
export declare function encodeAckMessage(out: Uint8Array, offset: number): number;

// encodeOpenMessage
export declare function encodeOpenMessage(message: OpenMessage, out: Uint8Array, offset: number): number;

// isAckMessage
export declare function isAckMessage(bytes: Uint8Array, offset: number, end: number): boolean;

// openMessageLength
export declare function openMessageLength(message: OpenMessage): number;
