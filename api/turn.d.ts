// The public API of "visavis/turn". Written by `npm run api`; a test compares it with the build.

// AddressRange
export interface AddressRange {
    readonly bytes: Uint8Array;
    readonly bits: number;
}

// Allocation
export declare class Allocation {
    #private;
    readonly client: Route;
    readonly username: string;
    readonly transactionId: TransactionId;
    readonly relayed: readonly RelayedAddress[];
    readonly traffic: AllocationTraffic;
    expiresAt: Instant;
    readonly bitrate: Bitrate | undefined;
    readonly userBitrate: Bitrate | undefined;
    constructor(client: Route, username: string, transactionId: TransactionId, relayed: readonly RelayedAddress[], expiresAt: Instant, { bitrate, userBitrate }?: {
        readonly bitrate?: Bitrate | undefined;
        readonly userBitrate?: Bitrate | undefined;
    });
    relayedOf(family: AddressFamily): RelayedAddress | undefined;
    permission(address: string, now: Instant): Permission | undefined;
    permit(address: string, isOwn: boolean, now: Instant): Permission | undefined;
    channel(number: number, now: Instant): Channel | undefined;
    channelOf(route: Route, now: Instant): Channel | undefined;
    bind(number: number, route: Route, isOwn: boolean, now: Instant): boolean;
    forgetOldChannels(now: Instant): Route[];
}

// AllocationLimits
export interface AllocationLimits {
    readonly userQuota?: number;
    readonly totalQuota?: number;
    readonly userBitrate?: number;
}

// AllocationTraffic
export interface AllocationTraffic {
    bytesToPeers: number;
    packetsToPeers: number;
    bytesToClient: number;
    packetsToClient: number;
}

// AlternateServer
export interface AlternateServer extends TransportAddress {
    readonly protocol?: RouteProtocol;
}

// CHANNEL_DATA_HEADER
export declare const CHANNEL_DATA_HEADER = 4;

// ConnectionLimits
export interface ConnectionLimits {
    readonly maxConnections?: number;
    readonly maxConnectionsFromAddress?: number;
}

// DEFAULT_RELAY_PORTS
export declare const DEFAULT_RELAY_PORTS: PortRange;

// DENIED_RANGES
export declare const DENIED_RANGES: readonly AddressRange[];

// ListenAddress
export interface ListenAddress {
    readonly protocol?: RouteProtocol;
    readonly address: string;
    readonly port: number;
    readonly certificate?: {
        readonly cert: string;
        readonly key: string;
    };
    readonly spread?: boolean;
}

// PortRange
export interface PortRange {
    readonly first: number;
    readonly last: number;
}

// RedirectRule
export type RedirectRule = "always" | "in-turn" | "draining";

// RelayAddress
export interface RelayAddress {
    readonly family: AddressFamily;
    readonly address: string;
    readonly external?: string;
}

// RelayPolicy
export declare class RelayPolicy {
    #private;
    constructor(allowed?: readonly AddressRange[], denied?: readonly AddressRange[]);
    allows(address: string): boolean;
}

// RelayedAddress
export interface RelayedAddress {
    readonly socket: SocketId;
    readonly family: AddressFamily;
    readonly address: string;
    readonly port: number;
}

// ReleaseReason
export type ReleaseReason = "refreshed-to-zero" | "expired" | "disconnected" | "closed";

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
    maxMessage: number;
    constructor(oldChannels?: boolean);
    get isBroken(): boolean;
    get waiting(): number;
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
    confirm(now: Instant): void;
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
    readonly type: "confirmed";
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

// TurnRequestName
export type TurnRequestName = "binding" | "allocate" | "refresh" | "create-permission" | "channel-bind";

// TurnServer
export declare class TurnServer implements NetworkEngine<TurnServerEvent> {
    #private;
    readonly routes: RouteTable;
    readonly drops: Drops<TurnServerDrop>;
    readonly counters: TurnServerCounters;
    constructor(options: TurnServerOptions, now: Instant, wallTime: number);
    get allocations(): Iterable<Allocation>;
    get allocationCount(): number;
    get connectionCount(): number;
    get userCount(): number;
    traffic(): Allocation["traffic"];
    drain(): void;
    close(): void;
    receive(bytes: Uint8Array, route: Route, now: Instant, start?: number, end?: number): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit): boolean;
    takeEvent(): TurnServerEvent | undefined;
    takeAsk(): Ask | undefined;
    answer(answer: Answer, now: Instant): void;
}

// TurnServerCounters
export declare class TurnServerCounters {
    allocations: number;
    connections: number;
    readonly requests: Record<TurnRequestName, number>;
    readonly errors: Map<number, number>;
    countRequest(method: number): void;
    countError(code: number): void;
}

// TurnServerDrop
export type TurnServerDrop = "malformed" | "bad-fingerprint" | "unexpected-message" | "no-allocation" | "no-permission" | "no-channel" | "forbidden-peer" | "bitrate" | "queue-full" | "unknown-socket"
 | "too-many-connections" | "handshake-failed" | "broken-stream" | "slow-connection";

// TurnServerEvent
export type TurnServerEvent =
{
    readonly type: "listening";
    readonly protocol: RouteProtocol;
    readonly address: string;
    readonly port: number;
}
 | {
    readonly type: "listen-failed";
    readonly protocol: RouteProtocol;
    readonly address: string;
    readonly port: number;
    readonly code: string;
} | {
    readonly type: "allocated";
    readonly allocation: Allocation;
} | {
    readonly type: "released";
    readonly allocation: Allocation;
    readonly reason: ReleaseReason;
}
 | {
    readonly type: "refused";
    readonly client: Route;
    readonly method: number;
    readonly code: number;
    readonly username: string;
};

// TurnServerOptions
export interface TurnServerOptions extends AllocationLimits, ConnectionLimits {
    readonly random: Random;
    readonly realm: string;
    readonly users: TurnUsers;
    readonly listen: readonly ListenAddress[];
    readonly relay: readonly RelayAddress[];
    readonly relayPorts?: PortRange;
    readonly policy: RelayPolicy;
    readonly bitrate?: number;
    readonly totalBitrate?: number;
    readonly maxLifetime?: number;
    readonly alternates?: readonly AlternateServer[];
    readonly redirect?: RedirectRule;
    readonly sharesRelayAddresses?: boolean;
    readonly discovery?: DiscoveryAddresses;
}

// TurnUsers
export interface TurnUsers {
    password(username: string, wallTime: number): string | undefined;
    readonly names?: readonly string[];
}

// channelDataEnd
export declare function channelDataEnd(bytes: Uint8Array, start: number): number;

// decodeChannelData
export declare function decodeChannelData(bytes: Uint8Array, start: number, end: number): number;

// looksLikeChannelData
export declare function looksLikeChannelData(firstByte: number): boolean;

// namedUsers
export declare function namedUsers(passwords: ReadonlyMap<string, string>): TurnUsers;

// parseAddressRange
export declare function parseAddressRange(text: string): AddressRange | undefined;

// timeLimitedCredentials
export declare function timeLimitedCredentials(secret: string, expiry: number, name?: string): {
    readonly username: string;
    readonly password: string;
};

// timeLimitedUsers
export declare function timeLimitedUsers(secret: string): TurnUsers;

// wrapChannelData
export declare function wrapChannelData(out: Transmit, channel: number, isStream: boolean): void;
