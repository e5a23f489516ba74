// The public API of "visavis/ice". Written by `npm run api`; a test compares it with the build.

// CandidateExtension
export interface CandidateExtension {
    readonly name: string;
    readonly value: string;
}

// CandidateType
export type CandidateType = "host" | "srflx" | "prflx" | "relay";

// IceAgent
export declare class IceAgent implements NetworkEngine<IceEvent> {
    #private;
    readonly routes: RouteTable;
    constructor(options: IceAgentOptions);
    get localParameters(): IceParameters;
    get remoteParameters(): IceParameters | undefined;
    get state(): IceState;
    get gatheringState(): IceGatheringState;
    get role(): IceRole;
    get selectedPair(): IceCandidatePair | undefined;
    get sendRoute(): Route | undefined;
    pathBound(route: Route): PathBound;
    get localCandidates(): readonly IceCandidate[];
    get remoteCandidates(): readonly IceCandidate[];
    get drops(): Drops<IceDropReason>;
    isKnownRoute(route: Route): boolean;
    get hasDetours(): boolean;
    isNameSocket(socket: SocketId): boolean;
    setRole(role: IceRole): void;
    configure(servers: readonly IceServer[], transportPolicy: "all" | "relay"): void;
    gather(now: Instant): void;
    setRemoteParameters(parameters: IceParameters, now: Instant): void;
    addRemoteCandidate(candidate: IceCandidate, now: Instant): void;
    addEndOfRemoteCandidates(now: Instant, usernameFragment?: string): void;
    restart(now: Instant, parameters?: IceParameters): IceParameters;
    rollback(now: Instant): boolean;
    countSent(bytes: number, now?: Instant): void;
    countReceived(route: Route, bytes: number, now?: Instant): void;
    stats(): IceStats;
    close(now: Instant): void;
    receive(datagram: Uint8Array, route: Route, now: Instant): void;
    takeInner(): RelayedDatagram | undefined;
    takeAsk(): Ask | undefined;
    answer(answer: Answer, now: Instant): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    wrap(out: Transmit, now: Instant): boolean;
    transmitFarewell(out: Transmit, now: Instant): boolean;
    takeEvent(): IceEvent | undefined;
}

// IceAgentOptions
export interface IceAgentOptions {
    readonly random: Random;
    readonly routes: RouteTable;
    readonly role: IceRole;
    readonly servers?: readonly IceServer[];
    readonly transportPolicy?: "all" | "relay";
    readonly includeLoopback?: boolean;
    readonly resolveNames?: boolean;
    readonly network?: IceNetworkOptions;
    readonly parameters?: IceParameters;
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

// IceCandidateStats
export interface IceCandidateStats {
    readonly id: string;
    readonly isRemote: boolean;
    readonly candidate: IceCandidate;
}

// IceDropReason
export type IceDropReason =
"not-stun"
 | "bad-fingerprint"
 | "bad-integrity"
 | "wrong-username"
 | "bad-request"
 | "unknown-attribute"
 | "replayed-request"
 | "unexpected-message"
 | "unmatched-response"
 | "asymmetric-response"
 | "unknown-socket"
 | "early-request-limit"
 | "tcp-candidate"
 | "connect-failed"
 | "stream-limit"
 | "unproven-stream"
 | "unproven-data"
 | "bad-frame"
 | "unusable-candidate"
 | "stale-candidate"
 | "candidate-limit"
 | "pair-limit"
 | "unresolved-name"
 | "bind-failed"
 | "outbox-full"
 | "bad-mdns"
 | "no-relay"
 | "relayed-limit"
 | "refusal-limit";

// IceEvent
export type IceEvent = {
    readonly type: "gathering-state";
    readonly state: IceGatheringState;
}
 | {
    readonly type: "candidate";
    readonly candidate: IceCandidate;
}
 | {
    readonly type: "candidate-error";
    readonly address: string | null;
    readonly port: number | null;
    readonly url: string;
    readonly errorCode: number;
    readonly errorText: string;
} | {
    readonly type: "state";
    readonly state: IceState;
}
 | {
    readonly type: "selected-pair";
    readonly pair: IceCandidatePair;
}
 | {
    readonly type: "role";
    readonly role: IceRole;
};

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

// IcePairStats
export interface IcePairStats extends Readonly<PairCounters> {
    readonly id: string;
    readonly localCandidateId: string;
    readonly remoteCandidateId: string;
    readonly state: PairState;
    readonly nominated: boolean;
    readonly selected: boolean;
}

// IceParameters
export interface IceParameters {
    readonly usernameFragment: string;
    readonly password: string;
    readonly lite?: boolean;
    readonly renomination?: boolean;
}

// IceRole
export type IceRole = "controlling" | "controlled";

// IceServer
export interface IceServer {
    readonly urls: readonly string[];
    readonly username?: string;
    readonly credential?: string;
}

// IceServerAddress
export interface IceServerAddress {
    readonly scheme: "stun" | "stuns" | "turn" | "turns";
    readonly host: string;
    readonly port: number;
    readonly transport: "udp" | "tcp";
}

// IceState
export type IceState = "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";

// IceStats
export interface IceStats {
    readonly candidates: readonly IceCandidateStats[];
    readonly pairs: readonly IcePairStats[];
    readonly selectedPairId: string | undefined;
    readonly selectedPairChanges: number;
    readonly dropped: Readonly<Record<string, number>>;
}

// Nat1To1Address
export interface Nat1To1Address {
    readonly local?: string;
    readonly external: string;
}

// PairCounters
export interface PairCounters {
    packetsSent: number;
    packetsReceived: number;
    bytesSent: number;
    bytesReceived: number;
    lastPacketSentAt: Instant | undefined;
    lastPacketReceivedAt: Instant | undefined;
    requestsSent: number;
    requestsReceived: number;
    responsesSent: number;
    responsesReceived: number;
    consentRequestsSent: number;
    totalRoundTripTime: number;
    currentRoundTripTime: number | undefined;
}

// PairState
export type PairState = "frozen" | "waiting" | "in-progress" | "succeeded" | "failed";

// PathBound
export interface PathBound {
    readonly mtu: number;
    readonly headers: number;
    readonly isLocal: boolean;
}

// createIceParameters
export declare function createIceParameters(random: Random): IceParameters;

// parseCandidate
export declare function parseCandidate(line: string): IceCandidate | undefined;

// parseIceServerUrl
export declare function parseIceServerUrl(url: string): IceServerAddress | undefined;

// printCandidate
export declare function printCandidate(candidate: IceCandidate): string;
