// The public API of "visavis/srtp". Written by `npm run api`; a test compares it with the build.

// EXPORTER_LABEL
export declare const EXPORTER_LABEL = "EXTRACTOR-dtls_srtp";

// MAX_OVERHEAD
export declare const MAX_OVERHEAD = 32;

// SrtpDrop
export type SrtpDrop = "malformed" | "forged" | "replayed" | "too-late" | "unencrypted" | "repeated" | "exhausted" | "source-limit";

// SrtpKey
export interface SrtpKey {
    readonly key: Uint8Array;
    readonly salt: Uint8Array;
}

// SrtpParameters
export interface SrtpParameters {
    readonly isAead: boolean;
    readonly keyLength: number;
    readonly saltLength: number;
    readonly authKeyLength: number;
    readonly rtpTagLength: number;
    readonly rtcpTagLength: number;
}

// SrtpProfile
export declare const SrtpProfile: {
    readonly AES128_CM_SHA1_80: 1;
    readonly AES128_CM_SHA1_32: 2;
    readonly AEAD_AES_128_GCM: 7;
    readonly AEAD_AES_256_GCM: 8;
};
export type SrtpProfile = (typeof SrtpProfile)[keyof typeof SrtpProfile];

// SrtpSession
export declare class SrtpSession {
    #private;
    readonly profile: SrtpProfile;
    readonly drops: Drops<SrtpDrop>;
    constructor(options: SrtpSessionOptions);
    get rtpOverhead(): number;
    get rtcpOverhead(): number;
    setCryptex(cryptex: boolean): void;
    setEncryptedExtensions(ids: Iterable<number>): void;
    protectRtp(bytes: Uint8Array, start: number, end: number, isRepeat?: boolean): number;
    unprotectRtp(bytes: Uint8Array, start: number, end: number): number;
    protectRtcp(bytes: Uint8Array, start: number, end: number): number;
    unprotectRtcp(bytes: Uint8Array, start: number, end: number): number;
    release(): void;
}

// SrtpSessionOptions
export interface SrtpSessionOptions {
    readonly profile: SrtpProfile;
    readonly localKey: SrtpKey;
    readonly remoteKey: SrtpKey;
    readonly cryptex?: boolean;
    readonly encryptedExtensions?: Iterable<number>;
    readonly replayWindow?: number;
}

// exportLength
export declare function exportLength(profile: SrtpProfile): number;

// isSrtpProfile
export declare function isSrtpProfile(value: number): value is SrtpProfile;

// srtpKeys
export declare function srtpKeys(profile: SrtpProfile, exported: Uint8Array, role: "client" | "server"): {
    readonly local: SrtpKey;
    readonly remote: SrtpKey;
};

// srtpParametersOf
export declare function parametersOf(profile: SrtpProfile): SrtpParameters;

// srtpProfileName
export declare function srtpProfileName(profile: SrtpProfile): string;
