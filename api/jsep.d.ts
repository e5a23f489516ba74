// The public API of "visavis/jsep". Written by `npm run api`; a test compares it with the build.

// Applied
export interface Applied {
    readonly next: Negotiation;
    readonly effects: Effects;
}

// Assignment
export interface Assignment {
    readonly key: number;
    readonly mid: string;
    readonly index: number;
}

// BundlePolicy
export type BundlePolicy = "balanced" | "max-compat" | "max-bundle";

// CandidateAdded
export interface CandidateAdded {
    readonly next: Negotiation;
    readonly targets: readonly CandidateTarget[];
    readonly isDropped: boolean;
}

// CandidateTarget
export interface CandidateTarget {
    readonly mid: string;
    readonly usernameFragment: string;
}

// CodecCapability
export interface CodecCapability {
    readonly mimeType: string;
    readonly clockRate: number;
    readonly channels: number | undefined;
    readonly fmtp: string;
    readonly feedback: readonly string[];
    readonly payloadType: number;
    readonly use?: "send" | "receive" | "both";
    readonly isOnDemand?: boolean;
}

// Created
export interface Created {
    readonly next: Negotiation;
    readonly sdp: string;
    readonly assigned: readonly Assignment[];
}

// DataMaterial
export interface DataMaterial {
    readonly wanted: boolean;
    readonly sctpPort: number;
    readonly maxMessageSize: number;
    readonly sctpInit?: string | undefined;
}

// DataPlan
export interface DataPlan {
    readonly mid: string;
    readonly index: number;
    readonly state: "proposed" | "accepted";
    readonly transportMid: string;
    readonly localSctpPort: number | undefined;
    readonly remoteSctpPort: number | undefined;
    readonly remoteMaxMessageSize: number | undefined;
    readonly localSctpInit: string | undefined;
    readonly remoteSctpInit: string | undefined;
}

// Description
export interface Description {
    readonly type: DescriptionType;
    readonly sdp: string;
    readonly session: SessionDescription;
}

// DescriptionType
export type DescriptionType = "offer" | "answer" | "pranswer";

// Direction
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

// Effects
export interface Effects {
    readonly plan: Plan;
    readonly assigned: readonly Assignment[];
    readonly rolledBack: boolean;
    readonly restartedIce: readonly string[];
    readonly restartedDtls: readonly string[];
}

// Gathered
export interface Gathered {
    readonly mid: string;
    readonly usernameFragment: string;
    readonly candidates: readonly string[];
    readonly complete: boolean;
}

// HeaderExtension
export interface HeaderExtension {
    readonly id: number;
    readonly uri: string;
    readonly direction: Direction;
    readonly encrypted?: boolean;
}

// INITIAL
export declare const INITIAL: Negotiation;

// IceCredentials
export interface IceCredentials {
    readonly usernameFragment: string;
    readonly password: string;
}

// JsepError
export declare class JsepError extends Error {
    readonly name = "JsepError";
    readonly code: JsepErrorCode;
    readonly line: number | undefined;
    constructor(code: JsepErrorCode, message: string, line?: number);
}

// JsepErrorCode
export type JsepErrorCode = "invalid-state" | "invalid-access" | "sdp-syntax" | "invalid-modification" | "operation";

// LocalMaterial
export interface LocalMaterial {
    readonly sessionId: string;
    readonly ice: IceCredentials;
    readonly iceRestart?: boolean;
    readonly iceLite?: boolean;
    readonly iceRenomination?: boolean;
    readonly fingerprints: readonly Fingerprint[];
    readonly answerSetup?: "active" | "passive";
    readonly data: DataMaterial;
    readonly transceivers?: readonly TransceiverMaterial[];
    readonly bundlePolicy?: BundlePolicy;
    readonly cryptex?: boolean;
    readonly gathered?: readonly Gathered[];
}

// LocalRid
export interface LocalRid {
    readonly rid: string;
    readonly paused?: boolean;
    readonly restrictions?: string;
}

// LocalSources
export interface LocalSources {
    readonly ssrc: number;
    readonly rtx?: number | undefined;
    readonly fec?: number | undefined;
}

// MediaCodec
export interface MediaCodec {
    readonly payloadType: number;
    readonly mimeType: string;
    readonly clockRate: number;
    readonly channels: number | undefined;
    readonly fmtp: string;
    readonly feedback: readonly string[];
}

// MediaKind
export type MediaKind = "audio" | "video";

// MediaPlan
export interface MediaPlan {
    readonly index: number;
    readonly mid: string;
    readonly kind: MediaKind;
    readonly state: "proposed" | "accepted";
    readonly transportMid: string;
    readonly localDirection: Direction | undefined;
    readonly remoteDirection: Direction | undefined;
    readonly direction: Direction | undefined;
    readonly sendCodecs: readonly MediaCodec[];
    readonly receiveCodecs: readonly MediaCodec[];
    readonly remoteCodecs: readonly MediaCodec[];
    readonly sendExtensions: readonly HeaderExtension[];
    readonly receiveExtensions: readonly HeaderExtension[];
    readonly remoteMsids: readonly MediaStreamTrackId[] | undefined;
    readonly remoteSources: readonly RemoteSource[];
    readonly remoteSendRids: readonly StreamRid[];
    readonly remoteReceiveRids: readonly StreamRid[];
    readonly localSendRids: readonly StreamRid[];
    readonly localReceiveRids: readonly StreamRid[];
    readonly rtcpMux: boolean;
    readonly reducedSize: boolean;
    readonly mixedExtensions: boolean;
    readonly cryptex: boolean;
    readonly remoteBandwidth: number | undefined;
    readonly ptime: number | undefined;
    readonly maxptime: number | undefined;
}

// MediaStreamTrackId
export interface MediaStreamTrackId {
    readonly stream: string;
    readonly track: string;
}

// Negotiation
export interface Negotiation {
    readonly signalingState: SignalingState;
    readonly currentLocal: Description | undefined;
    readonly pendingLocal: Description | undefined;
    readonly currentRemote: Description | undefined;
    readonly pendingRemote: Description | undefined;
    readonly lastCreatedOffer: string;
    readonly lastCreatedAnswer: string;
    readonly newestCreated: string;
    readonly newestSession: SessionDescription | undefined;
    readonly lastOfferAssigned: readonly Assignment[];
    readonly nextMid: number;
    readonly usedNumbers: UsedNumbers | undefined;
    readonly transportKeys: ReadonlyMap<string, string> | undefined;
}

// Plan
export interface Plan {
    readonly answered: boolean;
    readonly sections: readonly SectionPlan[];
    readonly transports: readonly TransportPlan[];
    readonly data: DataPlan | undefined;
    readonly media: readonly MediaPlan[];
    readonly canTrickle: boolean | null;
}

// RemoteCandidate
export interface RemoteCandidate {
    readonly candidate: string;
    readonly sdpMid: string | null;
    readonly sdpMLineIndex: number | null;
    readonly usernameFragment: string | null;
}

// RemoteSource
export interface RemoteSource {
    readonly ssrc: number;
    readonly cname?: string;
    readonly msid?: MediaStreamTrackId;
    readonly rtx?: number;
    readonly fec?: number;
}

// SectionPlan
export interface SectionPlan {
    readonly index: number;
    readonly mid: string;
    readonly media: string;
    readonly kind: "data" | MediaKind | undefined;
    readonly state: "proposed" | "accepted" | "rejected";
    readonly transportMid: string;
}

// Side
export type Side = "local" | "remote";

// SignalingState
export type SignalingState = "stable" | "have-local-offer" | "have-remote-offer" | "have-local-pranswer" | "have-remote-pranswer" | "closed";

// StreamRid
export interface StreamRid {
    readonly rid: string;
    readonly paused: boolean;
    readonly payloadTypes?: readonly number[];
    readonly restrictions: Readonly<Record<string, string>>;
}

// TransceiverMaterial
export interface TransceiverMaterial {
    readonly key: number;
    readonly mid: string | undefined;
    readonly kind: MediaKind;
    readonly direction: Direction;
    readonly isStopped: boolean;
    readonly codecs: readonly CodecCapability[];
    readonly hasPreferences?: boolean;
    readonly extensions: readonly WantedExtension[];
    readonly streams: readonly string[];
    readonly trackId: string;
    readonly cname: string;
    readonly ssrcs: readonly LocalSources[];
    readonly sendRids: readonly LocalRid[];
}

// TransportPlan
export interface TransportPlan {
    readonly key: string;
    readonly mid: string;
    readonly index: number;
    readonly mids: readonly string[];
    readonly isBundle: boolean;
    readonly local: TransportSide | undefined;
    readonly remote: TransportSide | undefined;
    readonly dtlsRole: "client" | "server" | undefined;
}

// TransportSide
export interface TransportSide {
    readonly ice: IceCredentials;
    readonly lite: boolean;
    readonly trickle: boolean;
    readonly renomination: boolean;
    readonly fingerprints: readonly Fingerprint[];
    readonly setup: Setup | undefined;
    readonly tlsId: string | undefined;
    readonly candidates: readonly string[];
    readonly endOfCandidates: boolean;
}

// UsedNumbers
export interface UsedNumbers {
    readonly types: ReadonlyMap<number, string>;
    readonly extensions: ReadonlyMap<number, string>;
}

// WantedExtension
export interface WantedExtension {
    readonly uri: string;
    readonly direction: Direction;
    readonly preferredId?: number;
    readonly encrypted?: boolean;
}

// Wishes
export interface Wishes {
    readonly hasDataChannels: boolean;
    readonly iceRestartNeeded: boolean;
    readonly transceivers?: readonly TransceiverMaterial[];
}

// addRemoteCandidate
export declare function addRemoteCandidate(n: Negotiation, candidate: RemoteCandidate): CandidateAdded;

// applyLocal
export declare function applyLocal(n: Negotiation, type: DescriptionType, sdp: string): Applied;

// applyRemote
export declare function applyRemote(n: Negotiation, type: DescriptionType, sdp: string): Applied;

// closed
export declare function closed(n: Negotiation): Negotiation;

// createAnswer
export declare function createAnswer(n: Negotiation, wanted: LocalMaterial): Created;

// createOffer
export declare function createOffer(n: Negotiation, material: LocalMaterial): Created;

// isNegotiationNeeded
export declare function isNegotiationNeeded(n: Negotiation, wishes: Wishes): boolean;

// needsRollback
export declare function needsRollback(n: Negotiation, type: DescriptionType): boolean;

// planOf
export declare function planOf(n: Negotiation): Plan;

// rollback
export declare function rollback(n: Negotiation, side: Side): Negotiation;

// withLocalCandidates
export declare function withLocalCandidates(description: Description, gathered: readonly Gathered[]): string;
