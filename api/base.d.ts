// The public API of "visavis/base". Written by `npm run api`; a test compares it with the build.

// AddressScope
export type AddressScope = "unspecified" | "loopback" | "link-local" | "multicast" | "broadcast" | "ipv4-mapped"
 | "deprecated" | "other";

// Answer
export type Answer = {
    readonly type: "interfaces";
    readonly id: number;
    readonly interfaces: readonly NetworkInterface[];
} | {
    readonly type: "bound";
    readonly id: number;
    readonly socket: SocketId;
    readonly address: string;
    readonly port: number;
}
 | {
    readonly type: "bind-failed";
    readonly id: number;
    readonly code: string;
}
 | {
    readonly type: "connected";
    readonly id: number;
    readonly socket: SocketId;
    readonly address: string;
    readonly port: number;
}
 | {
    readonly type: "connect-failed";
    readonly id: number;
    readonly code: string;
} | {
    readonly type: "listening";
    readonly id: number;
    readonly socket: SocketId;
    readonly address: string;
    readonly port: number;
}
 | {
    readonly type: "accepted";
    readonly id: number;
    readonly socket: SocketId;
    readonly address: string;
    readonly port: number;
}
 | {
    readonly type: "handshake-failed";
    readonly id: number;
}
 | {
    readonly type: "disconnected";
    readonly id: number;
    readonly socket: SocketId;
}
 | {
    readonly type: "resolved";
    readonly id: number;
    readonly addresses: readonly string[];
};

// Ask
export type Ask =
{
    readonly type: "interfaces";
    readonly id: number;
}
 | {
    readonly type: "bind";
    readonly id: number;
    readonly address: string;
    readonly port: number;
    readonly multicast?: string;
    readonly spread?: boolean;
}
 | {
    readonly type: "coalesce";
    readonly socket: SocketId;
    readonly on: boolean;
}
 | {
    readonly type: "claim";
    readonly socket: SocketId;
    readonly usernameFragment: string;
}
 | {
    readonly type: "connect";
    readonly id: number;
    readonly address: string;
    readonly port: number;
    readonly localAddress?: string;
    readonly localPort?: number;
    readonly serverName?: string;
}
 | {
    readonly type: "listen";
    readonly id: number;
    readonly address: string;
    readonly port: number;
    readonly certificate?: {
        readonly cert: string;
        readonly key: string;
    };
    readonly spread?: boolean;
}
 | {
    readonly type: "unbind";
    readonly socket: SocketId;
}
 | {
    readonly type: "resolve";
    readonly id: number;
    readonly host: string;
    readonly family: 4 | 6;
};

// BindOptions
export interface BindOptions {
    readonly address: string;
    readonly port: number;
    readonly multicast?: string;
    readonly spread?: boolean;
}

// Clock
export interface Clock {
    now(): Instant;
    wallTime(): number;
    schedule(at: Instant, callback: () => void): () => void;
    immediate(callback: () => void): void;
}

// ConnectOptions
export interface ConnectOptions {
    readonly address: string;
    readonly port: number;
    readonly localAddress?: string;
    readonly localPort?: number;
    readonly serverName?: string;
}

// DatagramListener
export type DatagramListener = (datagram: Uint8Array, address: string, port: number) => void;

// DatagramSocket
export interface DatagramSocket {
    readonly id: SocketId;
    readonly address: string;
    readonly port: number;
    readonly dontFragment?: boolean;
    readonly segments?: SegmentedSending;
    send(bytes: Uint8Array, start: number, length: number, address: string, port: number): boolean;
    readonly busy?: boolean;
    claim?(usernameFragment: string): void;
    close(): void;
}

// Drops
export declare class Drops<Reason extends string> {
    #private;
    count(reason: Reason): void;
    of(reason: Reason): number;
    get total(): number;
    toJSON(): Record<string, number>;
}

// Engine
export interface Engine<Event> extends Omit<InnerEngine<Event>, "receive"> {
    receive(bytes: Uint8Array, route: Route, now: Instant, start?: number, end?: number): void;
}

// HEADROOM
export declare const HEADROOM = 64;

// InnerEngine
export interface InnerEngine<Event> {
    receive(bytes: Uint8Array, now: Instant, start?: number, end?: number): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    takeEvent(): Event | undefined;
}

// Instant
export type Instant = number;

// InternalError
export declare class InternalError extends Error {
    readonly name = "InternalError";
}

// IpAddress
export interface IpAddress {
    readonly family: 4 | 6;
    readonly bytes: Uint8Array;
    readonly zone: string | undefined;
}

// ListenOptions
export interface ListenOptions {
    readonly address: string;
    readonly port: number;
    readonly certificate?: {
        readonly cert: string;
        readonly key: string;
    };
    readonly spread?: boolean;
}

// NEVER
export declare const NEVER: Instant;

// Network
export interface Network {
    interfaces(): readonly NetworkInterface[];
    bindUdp(options: BindOptions, onDatagram: DatagramListener, onSegments?: SegmentListener): Promise<DatagramSocket>;
    connectStream?(options: ConnectOptions, listener: StreamListener, signal?: AbortSignal): Promise<DatagramSocket>;
    listenStream?(options: ListenOptions, onConnection: (connection: StreamConnection) => StreamListener, onHandshakeFailed?: () => void): Promise<StreamServer>;
    resolve(host: string, family: 4 | 6, signal?: AbortSignal): Promise<readonly string[]>;
}

// NetworkEngine
export interface NetworkEngine<Event> extends Engine<Event> {
    readonly routes: RouteTable;
    takeAsk(): Ask | undefined;
    answer(answer: Answer, now: Instant): void;
    delimit?(bytes: Uint8Array, start: number, end: number): number;
}

// NetworkInterface
export interface NetworkInterface {
    readonly name: string;
    readonly address: string;
    readonly family: 4 | 6;
    readonly internal: boolean;
    readonly linkLocal: boolean;
    readonly mtu?: number;
}

// Platform
export interface Platform {
    readonly clock: Clock;
    readonly random: Random;
    readonly network: Network;
    readonly memory?: Memory;
}

// Random
export interface Random {
    fill(out: Uint8Array, start?: number, end?: number): void;
    readonly seeded: boolean;
}

// Ring
export declare class Ring<T> {
    #private;
    constructor(capacity?: number);
    get size(): number;
    push(item: T): void;
    unshift(item: T): void;
    shift(): T | undefined;
    pop(): T | undefined;
    at(index: number): T | undefined;
    peek(): T | undefined;
    clear(): void;
    [Symbol.iterator](): Generator<T>;
}

// Route
export interface Route {
    readonly local: SocketId;
    readonly protocol: RouteProtocol;
    readonly address: string;
    readonly port: number;
}

// RouteProtocol
export type RouteProtocol = "udp" | "tcp" | "tls";

// RouteTable
export declare class RouteTable {
    #private;
    constructor(limit?: number);
    intern(local: SocketId, protocol: RouteProtocol, address: string, port: number): Route;
    createSocket(): SocketId;
    pin(route: Route): Route;
    unpin(route: Route): void;
    forget(local: SocketId): void;
    get size(): number;
}

// SegmentListener
export type SegmentListener = (bytes: Uint8Array, start: number, end: number, segmentSize: number, address: string, port: number) => void;

// SegmentedSending
export interface SegmentedSending {
    readonly maxSegments: number;
    readonly maxBytes: number;
    send(bytes: Uint8Array, start: number, length: number, segmentSize: number, address: string, port: number): boolean;
    coalesce(on: boolean): void;
}

// Serial16
export type Serial16 = number & {
    readonly [serial16]: true;
};

// Serial32
export type Serial32 = number & {
    readonly [serial32]: true;
};

// SocketId
export type SocketId = number & {
    readonly [socketId]: true;
};

// StreamConnection
export interface StreamConnection extends DatagramSocket {
    readonly remoteAddress: string;
    readonly remotePort: number;
}

// StreamListener
export interface StreamListener {
    readonly onPiece: (piece: Uint8Array) => void;
    readonly onClosed: () => void;
}

// StreamServer
export interface StreamServer {
    readonly id: SocketId;
    readonly address: string;
    readonly port: number;
    close(): void;
}

// TAILROOM
export declare const TAILROOM = 64;

// Timer
export declare class Timer {
    #private;
    constructor(options: TimerOptions);
    get deadline(): Instant;
    get running(): boolean;
    get expirations(): number;
    get duration(): number;
    set duration(duration: number);
    start(now: Instant): void;
    stop(): void;
    expire(now: Instant): TimerOutcome;
}

// TimerOptions
export interface TimerOptions {
    readonly duration: number;
    readonly backoff?: "fixed" | "exponential";
    readonly maxDuration?: number;
    readonly maxRestarts?: number;
}

// TimerOutcome
export type TimerOutcome = "pending" | "expired" | "exhausted";

// Transmit
export declare class Transmit {
    bytes: Uint8Array;
    start: number;
    length: number;
    route: Route | undefined;
    constructor(capacity?: number);
    reserve(capacity: number): void;
    reset(): void;
    view(): Uint8Array;
}

// addSerial
export declare function addSerial(a: Serial32, count: number): Serial32;

// addSerial16
export declare function addSerial16(a: Serial16, count: number): Serial16;

// addressScope
export declare function addressScope(bytes: Uint8Array): AddressScope;

// assert
export declare function assert(condition: boolean, message: string): asserts condition;

// canonicalIpAddress
export declare function canonicalIpAddress(text: string): string | undefined;

// concatBytes
export declare function concatBytes(...parts: readonly Uint8Array[]): Uint8Array;

// copyBytes
export declare function copyBytes(bytes: Uint8Array, offset: number, source: Uint8Array, start: number, end: number): number;

// crc32
export declare function crc32(bytes: Uint8Array, start?: number, end?: number): number;

// crc32c
export declare function crc32c(bytes: Uint8Array, start?: number, end?: number): number;

// decodeUtf8
export declare function decodeUtf8(bytes: Uint8Array): string;

// decodeUtf8Strict
export declare function decodeUtf8Strict(bytes: Uint8Array): string | undefined;

// diffSerial
export declare function diffSerial(a: Serial32, b: Serial32): number;

// diffSerial16
export declare function diffSerial16(a: Serial16, b: Serial16): number;

// encodeUtf8
export declare function encodeUtf8(text: string): Uint8Array;

// equalBytes
export declare function equalBytes(a: Uint8Array, b: Uint8Array): boolean;

// fromHex
export declare function fromHex(text: string): Uint8Array;

// isIpv4Mapped
export declare function isIpv4Mapped(bytes: Uint8Array): boolean;

// isNewer
export declare function isNewer(a: Serial32, b: Serial32): boolean;

// isNewerOrEqual
export declare function isNewerOrEqual(a: Serial32, b: Serial32): boolean;

// padded4
export declare function padded4(length: number): number;

// parseIpAddress
export declare function parseIpAddress(text: string): IpAddress | undefined;

// printIpAddress
export declare function printIpAddress(bytes: Uint8Array): string;

// randomBelow
export declare function randomBelow(random: Random, limit: number): number;

// randomBytes
export declare function randomBytes(random: Random, length: number): Uint8Array;

// randomString
export declare function randomString(random: Random, length: number, alphabet: string): string;

// randomU32
export declare function randomU32(random: Random): number;

// randomU64
export declare function randomU64(random: Random): bigint;

// serial
export declare function serial(value: number): Serial32;

// serialOf16
export declare function serialOf16(value: number): Serial16;

// setBytes
export declare function setBytes(bytes: Uint8Array, offset: number, source: Uint8Array): number;

// setU16
export declare function setU16(bytes: Uint8Array, offset: number, value: number): number;

// setU24
export declare function setU24(bytes: Uint8Array, offset: number, value: number): number;

// setU32
export declare function setU32(bytes: Uint8Array, offset: number, value: number): number;

// setU48
export declare function setU48(bytes: Uint8Array, offset: number, value: number): number;

// setU64
export declare function setU64(bytes: Uint8Array, offset: number, value: bigint): number;

// setU8
export declare function setU8(bytes: Uint8Array, offset: number, value: number): number;

// sliceBytes
export declare function sliceBytes(source: Uint8Array, start: number, end: number): Uint8Array;

// toHex
export declare function toHex(bytes: Uint8Array): string;

// u16
export declare function u16(bytes: Uint8Array, offset: number): number;

// u24
export declare function u24(bytes: Uint8Array, offset: number): number;

// u32
export declare function u32(bytes: Uint8Array, offset: number): number;

// u48
export declare function u48(bytes: Uint8Array, offset: number): number;

// u64
export declare function u64(bytes: Uint8Array, offset: number): bigint;

// u8
export declare function u8(bytes: Uint8Array, offset: number): number;

// unreachable
export declare function unreachable(value: never): never;
