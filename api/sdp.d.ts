// The public API of "visavis/sdp". Written by `npm run api`; a test compares it with the build.

// Attribute
export type Attribute = TypedAttribute | GenericAttribute;

// AttributeName
export type AttributeName = keyof AttributeValues;

// AttributeValues
export interface AttributeValues {
    group: Group;
    mid: string;
    "bundle-only": true;
    identity: string;
    "msid-semantic": string;
    "ice-ufrag": string;
    "ice-pwd": string;
    "ice-options": readonly string[];
    "ice-lite": true;
    "ice-mismatch": true;
    "ice-pacing": number;
    candidate: string;
    "remote-candidates": string;
    "end-of-candidates": true;
    fingerprint: Fingerprint;
    setup: Setup;
    connection: "new" | "existing";
    "tls-id": string;
    crypto: CryptoAttribute;
    "sctp-port": number;
    "max-message-size": number;
    "sctp-init": string;
    sctpmap: SctpMap;
    rtcp: RtcpPort;
    "rtcp-mux": true;
    "rtcp-mux-only": true;
    "rtcp-rsize": true;
    rtpmap: RtpMap;
    fmtp: FormatParameters;
    "rtcp-fb": RtcpFeedback;
    extmap: ExtensionMap;
    "extmap-allow-mixed": true;
    cryptex: true;
    ssrc: SsrcAttribute;
    "ssrc-group": SsrcGroup;
    msid: MediaStreamId;
    rid: RestrictionId;
    simulcast: Simulcast;
    imageattr: string;
    ptime: number;
    maxptime: number;
    sendrecv: true;
    sendonly: true;
    recvonly: true;
    inactive: true;
}

// Bandwidth
export interface Bandwidth {
    readonly type: string;
    readonly value: number;
}

// CryptoAttribute
export interface CryptoAttribute {
    readonly tag: number;
    readonly suite: string;
    readonly parameters: string;
}

// Direction
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

// ExtensionMap
export interface ExtensionMap {
    readonly id: number;
    readonly direction?: Direction;
    readonly uri: string;
    readonly attributes?: string;
}

// Fingerprint
export interface Fingerprint {
    readonly algorithm: string;
    readonly value: string;
}

// FormatParameters
export interface FormatParameters {
    readonly format: string;
    readonly parameters: string;
}

// GenericAttribute
export interface GenericAttribute {
    readonly name: string;
    readonly text: string | undefined;
}

// Group
export interface Group {
    readonly semantics: string;
    readonly mids: readonly string[];
}

// MediaDescription
export interface MediaDescription {
    readonly media: string;
    readonly port: number;
    readonly portCount?: number;
    readonly protocol: string;
    readonly formats: readonly string[];
    readonly information?: string;
    readonly connections: readonly NetworkAddress[];
    readonly bandwidths: readonly Bandwidth[];
    readonly key?: string;
    readonly attributes: readonly Attribute[];
    readonly unknownLines: readonly UnknownLine[];
}

// MediaStreamId
export interface MediaStreamId {
    readonly stream: string;
    readonly track?: string;
}

// NetworkAddress
export interface NetworkAddress {
    readonly networkType: string;
    readonly addressType: string;
    readonly address: string;
}

// Origin
export interface Origin extends NetworkAddress {
    readonly username: string;
    readonly sessionId: string;
    readonly sessionVersion: string;
}

// RestrictionId
export interface RestrictionId {
    readonly id: string;
    readonly direction: "send" | "recv";
    readonly parameters?: string;
}

// RtcpFeedback
export interface RtcpFeedback {
    readonly payloadType: number | "*";
    readonly feedback: string;
}

// RtcpPort
export interface RtcpPort {
    readonly port: number;
    readonly address?: NetworkAddress;
}

// RtpMap
export interface RtpMap {
    readonly payloadType: number;
    readonly encoding: string;
    readonly clockRate: number;
    readonly parameters?: string;
}

// SctpMap
export interface SctpMap {
    readonly port: number;
    readonly protocol: string;
    readonly streams?: number;
}

// SdpLimit
export declare const SdpLimit: {
    readonly LENGTH: 1048576;
    readonly LINES: 20000;
    readonly SECTIONS: 512;
};

// SdpSyntaxError
export declare class SdpSyntaxError {
    readonly line: number;
    readonly message: string;
    constructor(line: number, message: string);
}

// SessionDescription
export interface SessionDescription {
    readonly version: number;
    readonly origin: Origin;
    readonly name: string;
    readonly information?: string;
    readonly uri?: string;
    readonly emails: readonly string[];
    readonly phones: readonly string[];
    readonly connection?: NetworkAddress;
    readonly bandwidths: readonly Bandwidth[];
    readonly timings: readonly Timing[];
    readonly key?: string;
    readonly attributes: readonly Attribute[];
    readonly unknownLines: readonly UnknownLine[];
    readonly media: readonly MediaDescription[];
}

// Setup
export type Setup = "active" | "passive" | "actpass" | "holdconn";

// Simulcast
export interface Simulcast {
    readonly lists: readonly SimulcastList[];
}

// SimulcastId
export interface SimulcastId {
    readonly rid: string;
    readonly paused: boolean;
}

// SimulcastList
export interface SimulcastList {
    readonly direction: "send" | "recv";
    readonly streams: readonly (readonly SimulcastId[])[];
}

// SsrcAttribute
export interface SsrcAttribute {
    readonly ssrc: number;
    readonly attribute: string;
    readonly value?: string;
}

// SsrcGroup
export interface SsrcGroup {
    readonly semantics: string;
    readonly ssrcs: readonly number[];
}

// Timing
export interface Timing {
    readonly start: string;
    readonly stop: string;
    readonly repeats: readonly UnknownLine[];
}

// TypedAttribute
export type TypedAttribute = {
    [N in AttributeName]: {
        readonly name: N;
        readonly value: AttributeValues[N];
    };
}[AttributeName];

// UnknownLine
export interface UnknownLine {
    readonly type: string;
    readonly text: string;
}

// attribute
export declare function attribute<N extends AttributeName>(name: N, value: AttributeValues[N]): TypedAttribute;

// find
export declare function find<N extends AttributeName>(attributes: readonly Attribute[], name: N): AttributeValues[N] | undefined;

// findAll
export declare function findAll<N extends AttributeName>(attributes: readonly Attribute[], name: N): AttributeValues[N][];

// generic
export declare function generic(name: string, text?: string): GenericAttribute;

// has
export declare function has(attributes: readonly Attribute[], name: string): boolean;

// parseAttribute
export declare function parseAttribute(text: string): Attribute | undefined;

// parseSession
export declare function parseSession(text: string): SessionDescription | SdpSyntaxError;

// printAttribute
export declare function printAttribute(attribute: Attribute): string;

// printSession
export declare function printSession(session: SessionDescription): string;

// without
export declare function without(attributes: readonly Attribute[], ...names: readonly string[]): Attribute[];
