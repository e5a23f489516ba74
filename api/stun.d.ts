// The public API of "visavis/stun". Written by `npm run api`; a test compares it with the build.

// AttributeType
export declare const AttributeType: {
    readonly MAPPED_ADDRESS: 1;
    readonly CHANGE_REQUEST: 3;
    readonly USERNAME: 6;
    readonly MESSAGE_INTEGRITY: 8;
    readonly ERROR_CODE: 9;
    readonly UNKNOWN_ATTRIBUTES: 10;
    readonly CHANNEL_NUMBER: 12;
    readonly LIFETIME: 13;
    readonly XOR_PEER_ADDRESS: 18;
    readonly DATA: 19;
    readonly REALM: 20;
    readonly NONCE: 21;
    readonly XOR_RELAYED_ADDRESS: 22;
    readonly REQUESTED_ADDRESS_FAMILY: 23;
    readonly EVEN_PORT: 24;
    readonly REQUESTED_TRANSPORT: 25;
    readonly DONT_FRAGMENT: 26;
    readonly ACCESS_TOKEN: 27;
    readonly MESSAGE_INTEGRITY_SHA256: 28;
    readonly PASSWORD_ALGORITHM: 29;
    readonly USERHASH: 30;
    readonly XOR_MAPPED_ADDRESS: 32;
    readonly RESERVATION_TOKEN: 34;
    readonly PRIORITY: 36;
    readonly USE_CANDIDATE: 37;
    readonly PADDING: 38;
    readonly RESPONSE_PORT: 39;
    readonly ADDITIONAL_ADDRESS_FAMILY: 32768;
    readonly ADDRESS_ERROR_CODE: 32769;
    readonly PASSWORD_ALGORITHMS: 32770;
    readonly ALTERNATE_DOMAIN: 32771;
    readonly ICMP: 32772;
    readonly SOFTWARE: 32802;
    readonly ALTERNATE_SERVER: 32803;
    readonly FINGERPRINT: 32808;
    readonly ICE_CONTROLLED: 32809;
    readonly ICE_CONTROLLING: 32810;
    readonly RESPONSE_ORIGIN: 32811;
    readonly OTHER_ADDRESS: 32812;
    readonly THIRD_PARTY_AUTHORIZATION: 32814;
    readonly NOMINATION: 49153;
    readonly NETWORK_COST: 49239;
};

// BINDING_ATTRIBUTES
export declare const BINDING_ATTRIBUTES: ReadonlySet<number>;

// BindingClient
export declare class BindingClient {
    #private;
    readonly transactionId: TransactionId;
    readonly request: Uint8Array;
    constructor(random: Random, timing?: TransactionTiming);
    get deadline(): Instant;
    start(now: Instant): void;
    advance(now: Instant): "wait" | "send" | "timeout";
    receive(message: StunMessage): BindingOutcome | undefined;
}

// BindingOutcome
export type BindingOutcome = {
    readonly type: "mapped";
    readonly mapped: TransportAddress;
} | {
    readonly type: "error";
    readonly code: number;
    readonly reason: string;
};

// ChangeRequest
export interface ChangeRequest {
    readonly address: boolean;
    readonly port: boolean;
}

// DISCOVERY_TIMING
export declare const DISCOVERY_TIMING: TransactionTiming;

// DiscoveryAddresses
export interface DiscoveryAddresses {
    readonly addresses: readonly [string, string];
    readonly ports: readonly [number, number];
}

// DiscoveryAnswer
export interface DiscoveryAnswer {
    readonly bytes: Uint8Array;
    readonly from: TransportAddress;
    readonly toPort: number;
}

// FINGERPRINT_LENGTH
export declare const FINGERPRINT_LENGTH = 8;

// HEADER_LENGTH
export declare const HEADER_LENGTH = 20;

// INTEGRITY_LENGTH
export declare const INTEGRITY_LENGTH = 24;

// MAGIC_COOKIE
export declare const MAGIC_COOKIE = 554869826;

// MAX_GROWTH
export declare const MAX_GROWTH = 24;

// NatBehaviour
export type NatBehaviour = "none" | "endpoint-independent" | "address-dependent" | "address-and-port-dependent";

// NatDiscovery
export declare class NatDiscovery implements NetworkEngine<NatDiscoveryEvent> {
    #private;
    readonly routes: RouteTable;
    readonly drops: Drops<NatDiscoveryDrop>;
    constructor(options: NatDiscoveryOptions);
    takeAsk(): Ask | undefined;
    answer(answer: Answer, now: Instant): void;
    receive(datagram: Uint8Array, route: Route, now: Instant, start?: number, end?: number): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, _now: Instant): boolean;
    takeEvent(): NatDiscoveryEvent | undefined;
}

// NatDiscoveryDrop
export type NatDiscoveryDrop = "malformed" | "unexpected";

// NatDiscoveryEvent
export type NatDiscoveryEvent =
{
    readonly type: "progress";
    readonly step: "reached" | "behaviour" | "lifetime";
}
 | {
    readonly type: "report";
    readonly report: NatReport;
};

// NatDiscoveryOptions
export interface NatDiscoveryOptions {
    readonly random: Random;
    readonly routes: RouteTable;
    readonly server: TransportAddress;
    readonly localAddress: string;
    readonly lifetimes?: readonly number[];
    readonly timing?: TransactionTiming;
}

// NatDiscoveryProblem
export type NatDiscoveryProblem =
"bind-failed"
 | "unreachable"
 | "refused"
 | "no-other-address";

// NatKind
export interface NatKind {
    readonly mapping: NatBehaviour;
    readonly filtering: NatBehaviour;
}

// NatReport
export interface NatReport {
    readonly server: TransportAddress;
    readonly local: TransportAddress | undefined;
    readonly mapped: TransportAddress | undefined;
    readonly roundTrip: number | undefined;
    readonly mapping: NatBehaviour | undefined;
    readonly filtering: NatBehaviour | undefined;
    readonly hairpinning: boolean | undefined;
    readonly lifetime: {
        readonly alive: number;
        readonly expired: number | undefined;
    } | undefined;
    readonly problem: NatDiscoveryProblem | undefined;
}

// PasswordAlgorithm
export declare const PasswordAlgorithm: {
    readonly MD5: 1;
    readonly SHA_256: 2;
};
export type PasswordAlgorithm = (typeof PasswordAlgorithm)[keyof typeof PasswordAlgorithm];

// STANDARD_TIMING
export declare const STANDARD_TIMING: TransactionTiming;

// StunAttribute
export interface StunAttribute {
    readonly type: number;
    readonly offset: number;
    readonly length: number;
}

// StunClass
export declare const StunClass: {
    readonly REQUEST: 0;
    readonly INDICATION: 1;
    readonly SUCCESS: 2;
    readonly ERROR: 3;
};
export type StunClass = (typeof StunClass)[keyof typeof StunClass];

// StunError
export interface StunError {
    readonly code: number;
    readonly reason: string;
}

// StunErrorCode
export declare const StunErrorCode: {
    readonly TRY_ALTERNATE: 300;
    readonly BAD_REQUEST: 400;
    readonly UNAUTHENTICATED: 401;
    readonly FORBIDDEN: 403;
    readonly UNKNOWN_ATTRIBUTE: 420;
    readonly ALLOCATION_MISMATCH: 437;
    readonly STALE_NONCE: 438;
    readonly ADDRESS_FAMILY_NOT_SUPPORTED: 440;
    readonly WRONG_CREDENTIALS: 441;
    readonly UNSUPPORTED_TRANSPORT_PROTOCOL: 442;
    readonly PEER_ADDRESS_FAMILY_MISMATCH: 443;
    readonly ALLOCATION_QUOTA_REACHED: 486;
    readonly ROLE_CONFLICT: 487;
    readonly SERVER_ERROR: 500;
    readonly INSUFFICIENT_CAPACITY: 508;
};

// StunMessage
export interface StunMessage {
    readonly bytes: Uint8Array;
    readonly class: StunClass;
    readonly method: number;
    readonly transactionId: TransactionId;
    readonly attributes: readonly StunAttribute[];
}

// StunMethod
export declare const StunMethod: {
    readonly BINDING: 1;
    readonly ALLOCATE: 3;
    readonly REFRESH: 4;
    readonly SEND: 6;
    readonly DATA: 7;
    readonly CREATE_PERMISSION: 8;
    readonly CHANNEL_BIND: 9;
};

// StunTransaction
export declare class StunTransaction {
    #private;
    constructor(timing?: TransactionTiming);
    get deadline(): Instant;
    get sent(): number;
    start(now: Instant): void;
    stop(): void;
    advance(now: Instant): "wait" | "send" | "timeout";
}

// TransactionId
export type TransactionId = string & {
    readonly [transactionId]: true;
};

// TransactionTiming
export interface TransactionTiming {
    readonly rto: number;
    readonly rc: number;
    readonly rm: number;
}

// TransportAddress
export interface TransportAddress {
    readonly address: string;
    readonly port: number;
}

// answerBindingRequest
export declare function answerBindingRequest(datagram: Uint8Array, address: string, port: number): Uint8Array | undefined;

// answerDiscoveryRequest
export declare function answerDiscoveryRequest(request: StunMessage, client: TransportAddress, at: TransportAddress, { addresses, ports }: DiscoveryAddresses): DiscoveryAnswer | undefined;

// attributeValue
export declare function attributeValue(message: StunMessage, type: number): Uint8Array | undefined;

// checkFingerprint
export declare function checkFingerprint(message: StunMessage): "right" | "wrong" | "absent";

// checkIntegrity
export declare function checkIntegrity(message: StunMessage, key: HmacKey): boolean;

// checkIntegritySha256
export declare function checkIntegritySha256(message: StunMessage, key: HmacKey): boolean;

// createTransactionId
export declare function createTransactionId(random: Random): TransactionId;

// decodeChangeRequest
export declare function decodeChangeRequest(message: StunMessage): ChangeRequest | undefined;

// decodeErrorCode
export declare function decodeErrorCode(message: StunMessage): StunError | undefined;

// decodeMessage
export declare function decodeMessage(bytes: Uint8Array, offset?: number, end?: number): StunMessage | undefined;

// decodePasswordAlgorithm
export declare function decodePasswordAlgorithm(message: StunMessage): PasswordAlgorithm | undefined;

// decodePasswordAlgorithms
export declare function decodePasswordAlgorithms(message: StunMessage): PasswordAlgorithm[] | undefined;

// decodePlainAddress
export declare function decodePlainAddress(message: StunMessage, type: number): TransportAddress | undefined;

// decodeResponsePort
export declare function decodeResponsePort(message: StunMessage): number | undefined;

// decodeText
export declare function decodeText(message: StunMessage, type: number): string | undefined;

// decodeU32
export declare function decodeU32(message: StunMessage, type: number): number | undefined;

// decodeU64
export declare function decodeU64(message: StunMessage, type: number): bigint | undefined;

// decodeUnknownAttributes
export declare function decodeUnknownAttributes(message: StunMessage): number[] | undefined;

// decodeXorAddress
export declare function decodeXorAddress(message: StunMessage, type: number): TransportAddress | undefined;

// encodeAttribute
export declare function encodeAttribute(out: Uint8Array, offset: number, type: number, value: Uint8Array): number;

// encodeChangeRequest
export declare function encodeChangeRequest(out: Uint8Array, offset: number, { address, port }: ChangeRequest): number;

// encodeErrorCode
export declare function encodeErrorCode(out: Uint8Array, offset: number, code: number, reason: string): number;

// encodeFingerprint
export declare function encodeFingerprint(out: Uint8Array, start: number, offset: number): number;

// encodeFlag
export declare function encodeFlag(out: Uint8Array, offset: number, type: number): number;

// encodeHeader
export declare function encodeHeader(out: Uint8Array, offset: number, cls: StunClass, method: number, id: TransactionId): number;

// encodeIntegrity
export declare function encodeIntegrity(out: Uint8Array, start: number, offset: number, key: HmacKey): number;

// encodeIntegritySha256
export declare function encodeIntegritySha256(out: Uint8Array, start: number, offset: number, key: HmacKey): number;

// encodePadding
export declare function encodePadding(out: Uint8Array, offset: number, length: number): number;

// encodePasswordAlgorithms
export declare function encodePasswordAlgorithms(out: Uint8Array, offset: number, type: typeof AttributeType.PASSWORD_ALGORITHM | typeof AttributeType.PASSWORD_ALGORITHMS, algorithms: readonly PasswordAlgorithm[]): number;

// encodePlainAddress
export declare function encodePlainAddress(out: Uint8Array, offset: number, type: number, address: string, port: number): number;

// encodeResponsePort
export declare function encodeResponsePort(out: Uint8Array, offset: number, port: number): number;

// encodeText
export declare function encodeText(out: Uint8Array, offset: number, type: number, text: string): number;

// encodeU32
export declare function encodeU32(out: Uint8Array, offset: number, type: number, value: number): number;

// encodeU64
export declare function encodeU64(out: Uint8Array, offset: number, type: number, value: bigint): number;

// encodeUnknownAttributes
export declare function encodeUnknownAttributes(out: Uint8Array, offset: number, types: readonly number[]): number;

// encodeXorAddress
export declare function encodeXorAddress(out: Uint8Array, start: number, offset: number, type: number, address: string, port: number): number;

// findAttribute
export declare function findAttribute(message: StunMessage, type: number): StunAttribute | undefined;

// finishMessage
export declare function finishMessage(out: Uint8Array, start: number, end: number): void;

// isComprehensionRequired
export declare function isComprehensionRequired(type: number): boolean;

// longTermKey
export declare function longTermKey(username: string, realm: string, password: string, algorithm: PasswordAlgorithm): HmacKey;

// looksLikeStun
export declare function looksLikeStun(bytes: Uint8Array, offset: number, end: number): boolean;

// meetDirectly
export declare function meetDirectly(a: NatKind, z: NatKind): boolean;

// shortTermKey
export declare function shortTermKey(password: string): HmacKey;

// transactionDuration
export declare function transactionDuration({ rto, rc, rm }: TransactionTiming): number;

// unknownAttributes
export declare function unknownAttributes(message: StunMessage, known: ReadonlySet<number>): number[];

// userhash
export declare function userhash(username: string, realm: string): Uint8Array;
