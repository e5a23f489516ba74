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
    counters(): TransportCounters;
    gather(now: Instant): void;
    setRemoteParameters(parameters: IceParameters, now: Instant): void;
    addRemoteCandidate(candidate: IceCandidate, now: Instant): void;
    addEndOfRemoteCandidates(now: Instant): void;
    restartIce(parameters: IceParameters, role: IceRole, now: Instant): void;
    rollbackIce(now: Instant): boolean;
    startDtls(start: DtlsStart, now: Instant): void;
    startSctp(start: SctpStart, now: Instant): void;
    startMedia(engine: MediaEngine, now: Instant): void;
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
    readonly isRepeat: boolean;
}

// PacketKind
export type PacketKind = "stun" | "zrtp" | "dtls" | "channel-data" | "quic" | "rtp" | "rtcp" | "unknown";

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
};

// kindOf
export declare function kindOf(bytes: Uint8Array, start?: number, end?: number): PacketKind;
