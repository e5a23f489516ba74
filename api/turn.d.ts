// The public API of "visavis/turn". Written by `npm run api`; a test compares it with the build.

// CHANNEL_DATA_HEADER
export declare const CHANNEL_DATA_HEADER = 4;

// RequestAuthentication
export declare class RequestAuthentication {
    #private;
    constructor(credentials: TurnCredentials);
    get isReady(): boolean;
    challenge(message: StunMessage, code: number): boolean;
    seal(out: Uint8Array, start: number, offset: number): number;
    believes(message: StunMessage, isError: boolean): boolean;
}

// SERVER_UNREACHABLE
export declare const SERVER_UNREACHABLE = 701;

// StreamFraming
export declare class StreamFraming {
    #private;
    get isBroken(): boolean;
    push(piece: Uint8Array): void;
    shift(): Uint8Array | undefined;
}

// TurnClient
export declare class TurnClient {
    #private;
    readonly drops: Drops<TurnDropReason>;
    constructor(options: TurnClientOptions);
    get state(): "new" | "allocating" | "allocated" | "closing" | "ended";
    get dataStart(): number;
    get dataEnd(): number;
    start(now: Instant): void;
    close(now: Instant): void;
    peer(address: string, port: number, now: Instant): TurnPeer | undefined;
    wrap(out: Transmit, peer: TurnPeer, now: Instant): boolean;
    bind(peer: TurnPeer, now: Instant): void;
    send(bytes: Uint8Array, peer: TurnPeer, now: Instant): void;
    receive(bytes: Uint8Array, start: number, end: number, now: Instant): TurnPeer | undefined;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit): boolean;
    takeEvent(): TurnEvent | undefined;
}

// TurnClientOptions
export interface TurnClientOptions extends AllocateOptions {
    readonly random: Random;
    readonly credentials: TurnCredentials;
    readonly isStream?: boolean;
}

// TurnCredentials
export type TurnCredentials = {
    readonly type: "password";
    readonly username: string;
    readonly password: string;
}
 | {
    readonly type: "oauth";
    readonly keyId: string;
    readonly accessToken: Uint8Array;
    readonly macKey: Uint8Array;
};

// TurnDropReason
export type TurnDropReason = "malformed" | "bad-fingerprint" | "bad-integrity" | "unmatched-response" | "unexpected-message" | "unknown-channel" | "unknown-peer" | "no-permission" | "peer-limit" | "outbox-full";

// TurnEvent
export type TurnEvent = {
    readonly type: "allocated";
    readonly relayed: readonly TransportAddress[];
    readonly mapped: TransportAddress;
    readonly lifetime: number;
}
 | {
    readonly type: "failed";
    readonly code: number;
    readonly reason: string;
    readonly alternate: TransportAddress | undefined;
}
 | {
    readonly type: "refused";
    readonly address: string;
    readonly code: number;
    readonly reason: string;
}
 | {
    readonly type: "lost";
    readonly code: number;
    readonly reason: string;
};

// TurnPeer
export declare class TurnPeer {
    readonly address: string;
    readonly port: number;
    readonly permission: Permission;
    channel: number;
    channelState: "none" | "asked" | "bound" | "refused";
    rebindAt: Instant;
    constructor(address: string, port: number, permission: Permission);
}

// channelDataEnd
export declare function channelDataEnd(bytes: Uint8Array, start: number): number;

// decodeChannelData
export declare function decodeChannelData(bytes: Uint8Array, start: number, end: number): number;

// looksLikeChannelData
export declare function looksLikeChannelData(firstByte: number): boolean;

// wrapChannelData
export declare function wrapChannelData(out: Transmit, channel: number, isStream: boolean): void;
