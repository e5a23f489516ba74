// The public API of "visavis/crypto". Written by `npm run api`; a test compares it with the build.

// AEAD_BACKENDS
export declare const AEAD_BACKENDS: readonly AeadBackendName[];

// Aead
export interface Aead {
    readonly name: AeadName;
    seal(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): void;
    open(bytes: Uint8Array, start: number, length: number, high: number, low: number, aadStart: number, aadLength: number): boolean;
    release(): void;
}

// AeadBackendName
export type AeadBackendName = "ffi" | "wasm" | "node";

// AeadName
export type AeadName = "AES-128-GCM" | "AES-256-GCM" | "CHACHA20-POLY1305";

// Certificate
export interface Certificate {
    readonly der: Uint8Array;
    readonly privateKey: PrivateKey;
    readonly expires: number;
    readonly keyAlgorithm: KeyAlgorithm;
}

// CertificateOptions
export interface CertificateOptions {
    readonly random: Random;
    readonly wallTime: number;
    readonly expires?: number;
    readonly privateKey?: PrivateKey;
}

// DEFAULT_LIFETIME
export declare const DEFAULT_LIFETIME: number;

// DIGEST_LENGTH
export declare const DIGEST_LENGTH: Readonly<Record<DigestName, number>>;

// DigestName
export type DigestName = "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

// FINGERPRINT_ALGORITHMS
export declare const FINGERPRINT_ALGORITHMS: readonly string[];

// Fingerprint
export interface Fingerprint {
    readonly algorithm: string;
    readonly value: string;
}

// HashName
export type HashName = "sha256" | "sha384";

// HeaderMask
export interface HeaderMask {
    of(bytes: Uint8Array, offset: number): number;
    release(): void;
}

// HmacKey
export declare class HmacKey {
    #private;
    constructor(bytes: Uint8Array);
    sign(name: DigestName, ...parts: readonly Uint8Array[]): Uint8Array;
}

// IV_LENGTH
export declare const IV_LENGTH = 12;

// KEY_LENGTH
export declare const KEY_LENGTH: Readonly<Record<AeadName, number>>;

// KeyAlgorithm
export type KeyAlgorithm = "ECDSA-P256" | `RSA-${number}`;

// KeyAnswer
export interface KeyAnswer {
    readonly share: Uint8Array;
    readonly secret: Uint8Array;
}

// KeyExchangeName
export type KeyExchangeName = "X25519" | "P-256" | "X25519MLKEM768";

// KeyShare
export interface KeyShare {
    readonly name: KeyExchangeName;
    readonly share: Uint8Array;
    finish(answer: Uint8Array): Uint8Array | undefined;
}

// KeyType
export type KeyType = "ecdsa-p256" | "ecdsa-p384" | "ecdsa-p521" | "ed25519" | "rsa";

// NativeKey
export interface NativeKey {
    readonly type: "secret" | "public" | "private";
    readonly asymmetricKeyType?: string | undefined;
}

// ParsedCertificate
export interface ParsedCertificate {
    readonly publicKey: PublicKey;
}

// PemCertificate
export interface PemCertificate {
    readonly certificate: string;
    readonly privateKey: string;
}

// PrivateKey
export declare class PrivateKey {
    #private;
    readonly type: "ecdsa-p256" | "rsa";
    readonly algorithm: KeyAlgorithm;
    private constructor();
    static generateP256(random: Random): PrivateKey;
    static of(key: NativeKey): PrivateKey | undefined;
    static parse(pkcs8: Uint8Array | string): PrivateKey | undefined;
    toPem(): string;
    publicKeyDer(): Uint8Array;
    sign(algorithm: SignatureAlgorithm, data: Uint8Array, random: Random): Uint8Array;
}

// PublicKey
export declare class PublicKey {
    #private;
    readonly type: KeyType;
    private constructor();
    static ofP256(spki: Uint8Array): PublicKey | undefined;
    static of(key: NativeKey): PublicKey | undefined;
    verify(algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean;
}

// SAMPLE_LENGTH
export declare const SAMPLE_LENGTH = 16;

// SignatureAlgorithm
export type SignatureAlgorithm = "ecdsa-p256-sha256" | "ecdsa-p384-sha384" | "ecdsa-p521-sha512" | "ed25519" | "rsa-pkcs1-sha256" | "rsa-pkcs1-sha384" | "rsa-pkcs1-sha512" | "rsa-pss-sha256" | "rsa-pss-sha384" | "rsa-pss-sha512";

// SystemRandom
export declare class SystemRandom implements Random {
    #private;
    readonly seeded: boolean;
    fill(out: Uint8Array, start?: number, end?: number): void;
}

// TAG_LENGTH
export declare const TAG_LENGTH = 16;

// TranscriptHash
export declare class TranscriptHash {
    #private;
    readonly name: HashName;
    constructor(name: HashName);
    update(bytes: Uint8Array): void;
    copy(): TranscriptHash;
    digest(): Uint8Array;
}

// answerKeyShare
export declare function answerKeyShare(name: KeyExchangeName, share: Uint8Array, random: Random): KeyAnswer | undefined;

// checkFingerprints
export declare function checkFingerprints(der: Uint8Array, promised: readonly Fingerprint[]): "match" | "mismatch" | "unknown";

// createAead
export declare function createAead(name: AeadName, key: Uint8Array, iv: Uint8Array): Aead;

// createCertificate
export declare function createCertificate(options: CertificateOptions): Certificate;

// createHeaderMask
export declare function createHeaderMask(name: AeadName, key: Uint8Array): HeaderMask;

// createHmacKey
export declare function createHmacKey(bytes: Uint8Array): HmacKey;

// createKeyShare
export declare function createKeyShare(name: KeyExchangeName, random: Random): KeyShare;

// digest
export declare function digest(name: DigestName, ...parts: readonly Uint8Array[]): Uint8Array;

// exportCertificate
export declare function exportCertificate(certificate: Certificate): PemCertificate;

// fingerprint
export declare function fingerprint(der: Uint8Array, algorithm: string): string;

// hkdfExpand
export declare function hkdfExpand(hash: DigestName, pseudorandomKey: Uint8Array | HmacKey, info: Uint8Array, length: number): Uint8Array;

// hkdfExtract
export declare function hkdfExtract(hash: DigestName, salt: Uint8Array, inputKeyingMaterial: Uint8Array): Uint8Array;

// hmac
export declare function hmac(name: DigestName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;

// hmacSha1
export declare function hmacSha1(key: HmacKey, bytes: Uint8Array, start?: number, end?: number): Uint8Array;

// hmacSha256
export declare function hmacSha256(key: HmacKey, bytes: Uint8Array, start?: number, end?: number): Uint8Array;

// importCertificate
export declare function importCertificate(pem: PemCertificate): Certificate | undefined;

// md5
export declare function md5(...parts: readonly Uint8Array[]): Uint8Array;

// pHash
export declare function pHash(hash: DigestName, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array;

// parseCertificate
export declare function parseCertificate(der: Uint8Array): ParsedCertificate | undefined;

// sha1
export declare function sha1(...parts: readonly Uint8Array[]): Uint8Array;

// sha256
export declare function sha256(...parts: readonly Uint8Array[]): Uint8Array;

// sha384
export declare function sha384(...parts: readonly Uint8Array[]): Uint8Array;

// timingSafeEqual
export declare function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;

// useAeadBackends
export declare function useAeadBackends(names: readonly AeadBackendName[]): void;
