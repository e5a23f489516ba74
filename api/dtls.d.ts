// The public API of "visavis/dtls". Written by `npm run api`; a test compares it with the build.

// Alert
export declare const Alert: {
    readonly CLOSE_NOTIFY: 0;
    readonly UNEXPECTED_MESSAGE: 10;
    readonly BAD_RECORD_MAC: 20;
    readonly RECORD_OVERFLOW: 22;
    readonly HANDSHAKE_FAILURE: 40;
    readonly BAD_CERTIFICATE: 42;
    readonly UNSUPPORTED_CERTIFICATE: 43;
    readonly CERTIFICATE_REVOKED: 44;
    readonly CERTIFICATE_EXPIRED: 45;
    readonly CERTIFICATE_UNKNOWN: 46;
    readonly ILLEGAL_PARAMETER: 47;
    readonly UNKNOWN_CA: 48;
    readonly ACCESS_DENIED: 49;
    readonly DECODE_ERROR: 50;
    readonly DECRYPT_ERROR: 51;
    readonly PROTOCOL_VERSION: 70;
    readonly INSUFFICIENT_SECURITY: 71;
    readonly INTERNAL_ERROR: 80;
    readonly INAPPROPRIATE_FALLBACK: 86;
    readonly USER_CANCELED: 90;
    readonly NO_RENEGOTIATION: 100;
    readonly MISSING_EXTENSION: 109;
    readonly UNSUPPORTED_EXTENSION: 110;
    readonly UNRECOGNIZED_NAME: 112;
    readonly CERTIFICATE_REQUIRED: 116;
    readonly NO_APPLICATION_PROTOCOL: 120;
};

// CIPHER_SUITES
export declare const CIPHER_SUITES: readonly CipherSuite[];

// CipherSuite
export interface CipherSuite {
    readonly id: number;
    readonly name: string;
    readonly version: DtlsVersion;
    readonly aead: AeadName;
    readonly hash: HashName;
    readonly authentication: "ecdsa" | "rsa" | undefined;
}

// DEFAULT_GROUPS
export declare const DEFAULT_GROUPS: readonly number[];

// DtlsConnection
export declare class DtlsConnection implements InnerEngine<DtlsEvent> {
    #private;
    readonly role: DtlsRole;
    constructor(options: DtlsOptions);
    get state(): DtlsState;
    get version(): DtlsVersion | undefined;
    get drops(): HandshakeContext["records"]["drops"];
    stats(): DtlsStats;
    start(now: Instant): void;
    receive(bytes: Uint8Array, now: Instant, start?: number, end?: number): void;
    advance(now: Instant): void;
    deadline(): Instant;
    transmit(out: Transmit, now: Instant): boolean;
    takeEvent(): DtlsEvent | undefined;
    takePlaintext(): Plaintext | undefined;
    get sealOverhead(): number;
    get remoteRecordSizeLimit(): number | undefined;
    get maxPlaintext(): number;
    seal(out: Transmit): void;
    exportKeyingMaterial(label: string, context: Uint8Array | undefined, length: number): Uint8Array;
    close(_now: Instant): void;
}

// DtlsDrop
export type DtlsDrop = OpenFailure
 | "malformed-header"
 | "unknown-epoch"
 | "queue-full"
 | "malformed-handshake"
 | "unexpected-record"
 | "ignored-alert"
 | "closed";

// DtlsError
export declare class DtlsError extends Error {
    readonly name = "DtlsError";
    readonly code: string;
    readonly alert: number | undefined;
    readonly received: boolean;
    constructor(code: string, message: string, alert: number | undefined, received?: boolean);
}

// DtlsEvent
export type DtlsEvent = {
    readonly type: "connected";
    readonly version: DtlsVersion;
    readonly cipherSuite: number;
    readonly cipherSuiteName: string;
    readonly group: number;
    readonly groupName: string;
    readonly retry: DtlsRetry | undefined;
    readonly srtpProfile: number | undefined;
    readonly remoteCertificates: readonly Uint8Array[];
}
 | {
    readonly type: "closed";
    readonly error: DtlsError | undefined;
};

// DtlsOptions
export interface DtlsOptions {
    readonly role: DtlsRole;
    readonly certificate: Certificate;
    readonly random: Random;
    readonly remoteFingerprints: readonly Fingerprint[];
    readonly maxVersion?: DtlsVersion;
    readonly minVersion?: DtlsVersion;
    readonly groups?: readonly number[];
    readonly srtpProfiles?: readonly number[];
    readonly mtu?: number;
    readonly cookie?: boolean;
    readonly retransmitAfter?: number;
    readonly keyUpdateAfter?: number;
}

// DtlsRetry
export type DtlsRetry = "hello-verify-request" | "hello-retry-request";

// DtlsRole
export type DtlsRole = "client" | "server";

// DtlsState
export type DtlsState = "new" | "connecting" | "connected" | "closed" | "failed";

// DtlsStats
export interface DtlsStats {
    readonly recordsSent: number;
    readonly recordsReceived: number;
    readonly retransmissions: number;
    readonly drops: Readonly<Record<string, number>>;
}

// DtlsVersion
export declare const DtlsVersion: {
    readonly V1_2: 65277;
    readonly V1_3: 65276;
};
export type DtlsVersion = (typeof DtlsVersion)[keyof typeof DtlsVersion];

// NamedGroup
export declare const NamedGroup: {
    readonly SECP256R1: 23;
    readonly X25519: 29;
    readonly X25519MLKEM768: 4588;
};

// Plaintext
export declare class Plaintext {
    bytes: Uint8Array;
    start: number;
    end: number;
}

// alertName
export declare function alertName(description: number): string;

// groupName
export declare function groupName(group: number): KeyExchangeName | undefined;
