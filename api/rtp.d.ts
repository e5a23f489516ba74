// The public API of "visavis/rtp". Written by `npm run api`; a test compares it with the build.

// ABS_CAPTURE_TIME_URI
export declare const ABS_CAPTURE_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

// ABS_SEND_TIME_LENGTH
export declare const ABS_SEND_TIME_LENGTH = 3;

// ABS_SEND_TIME_URI
export declare const ABS_SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

// AUDIO_LEVEL_LENGTH
export declare const AUDIO_LEVEL_LENGTH = 1;

// AUDIO_LEVEL_URI
export declare const AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

// AbsCaptureTime
export interface AbsCaptureTime {
    readonly captureTime: number;
    readonly clockOffset: number | undefined;
}

// AllocatedLayer
export interface AllocatedLayer {
    readonly streamIndex: number;
    readonly spatialId: number;
    readonly bitrates: readonly number[];
    readonly size: {
        readonly width: number;
        readonly height: number;
        readonly framesPerSecond: number;
    } | undefined;
}

// ApplicationDefined
export interface ApplicationDefined {
    readonly subtype: number;
    readonly ssrc: number;
    readonly name: string;
    readonly data: Uint8Array;
}

// AudioLevel
export interface AudioLevel {
    readonly voice: boolean;
    readonly level: number;
}

// CSRC_AUDIO_LEVEL_URI
export declare const CSRC_AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:csrc-audio-level";

// ComfortNoise
export interface ComfortNoise {
    readonly level: number;
    readonly coefficients: Uint8Array;
}

// CongestionFeedback
export interface CongestionFeedback {
    readonly senderSsrc: number;
    readonly streams: readonly StreamReport[];
    readonly timestamp: number;
}

// DELTA_UNIT
export declare const DELTA_UNIT = 0.25;

// DEPENDENCY_DESCRIPTOR_SHORT
export declare const DEPENDENCY_DESCRIPTOR_SHORT = 3;

// DEPENDENCY_DESCRIPTOR_URI
export declare const DEPENDENCY_DESCRIPTOR_URI = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

// DecodeTargetIndication
export type DecodeTargetIndication =
0
 | 1
 | 2
 | 3;

// Depacketizer
export interface Depacketizer {
    readonly tellsStart: boolean;
    parse(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean;
    begin(): void;
    append(bytes: Uint8Array, start: number, end: number): boolean;
    finish(): Uint8Array | undefined;
}

// DependencyDescriptor
export interface DependencyDescriptor {
    readonly startOfFrame: boolean;
    readonly endOfFrame: boolean;
    readonly templateId: number;
    readonly frameNumber: number;
    readonly structure: TemplateStructure | undefined;
    readonly activeDecodeTargets: number | undefined;
    readonly spatialId: number;
    readonly temporalId: number;
    readonly decodeTargetIndications: readonly DecodeTargetIndication[];
    readonly frameDifferences: readonly number[];
    readonly chainDifferences: readonly number[];
}

// DependencyDescriptorFields
export interface DependencyDescriptorFields {
    readonly startOfFrame: boolean;
    readonly endOfFrame: boolean;
    readonly templateId: number;
    readonly frameNumber: number;
    readonly structure?: TemplateStructure | undefined;
    readonly activeDecodeTargets?: number | undefined;
    readonly customIndications?: readonly DecodeTargetIndication[] | undefined;
    readonly customFrameDifferences?: readonly number[] | undefined;
    readonly customChainDifferences?: readonly number[] | undefined;
}

// EncodedFrame
export interface EncodedFrame {
    readonly kind: "audio" | "video";
    readonly data: Uint8Array;
    readonly timestamp: number;
    readonly keyFrame: boolean;
    readonly payloadType?: number | undefined;
    readonly mimeType?: string | undefined;
    readonly width?: number | undefined;
    readonly height?: number | undefined;
    readonly temporalId?: number | undefined;
    readonly spatialId?: number | undefined;
    readonly frameId?: number | undefined;
    readonly dependencies?: readonly number[] | undefined;
    readonly duration?: number | undefined;
    readonly captureTime?: number | undefined;
    readonly audioLevel?: number | undefined;
    readonly voiceActivity?: boolean | undefined;
    readonly rotation?: 0 | 90 | 180 | 270 | undefined;
    readonly contributingSources?: readonly number[] | undefined;
    readonly rid?: string | undefined;
    readonly sequenceNumber?: number | undefined;
    readonly talkSpurt?: boolean | undefined;
}

// ExtendedReport
export interface ExtendedReport {
    readonly ssrc: number;
    readonly referenceTime: ReferenceTime | undefined;
    readonly delays: readonly ReceiverDelay[];
}

// ExtensionElement
export declare class ExtensionElement {
    id: number;
    start: number;
    end: number;
}

// ExtensionId
export interface ExtensionId {
    readonly uri: string;
    readonly id: number;
}

// ExtensionMap
export declare class ExtensionMap {
    #private;
    constructor(extensions?: readonly ExtensionId[]);
    idOf(uri: string): number;
    uriOf(id: number): string | undefined;
    get needsTwoBytes(): boolean;
}

// FecHeader
export declare class FecHeader {
    ssrc: number;
    readonly numbers: Uint16Array;
    count: number;
    first: number;
    second: number;
    length: number;
    timestamp: number;
    payloadStart: number;
    payloadEnd: number;
}

// FecParity
export declare class FecParity {
    first: number;
    second: number;
    length: number;
    timestamp: number;
    readonly payload: Uint8Array;
    payloadLength: number;
    reset(): void;
    set(bytes: Uint8Array, header: FecHeader): boolean;
    add(bytes: Uint8Array, start: number, end: number): boolean;
    toPacket(sequenceNumber: number, ssrc: number): Uint8Array | undefined;
}

// FrameInfo
export interface FrameInfo {
    readonly keyFrame: boolean;
    readonly width?: number | undefined;
    readonly height?: number | undefined;
    readonly temporalId?: number | undefined;
    readonly spatialId?: number | undefined;
    readonly frameId?: number | undefined;
    readonly dependencies?: readonly number[] | undefined;
    readonly timestamp?: number | undefined;
    readonly endOfPicture?: boolean | undefined;
}

// FrameSize
export interface FrameSize {
    readonly width: number;
    readonly height: number;
}

// FrameTemplate
export interface FrameTemplate {
    readonly spatialId: number;
    readonly temporalId: number;
    readonly decodeTargetIndications: readonly DecodeTargetIndication[];
    readonly frameDifferences: readonly number[];
    readonly chainDifferences: readonly number[];
}

// FullIntraRequest
export interface FullIntraRequest {
    readonly senderSsrc: number;
    readonly requests: readonly IntraRequest[];
}

// GenericNack
export interface GenericNack {
    readonly senderSsrc: number;
    readonly mediaSsrc: number;
    readonly sequenceNumbers: readonly number[];
}

// Goodbye
export interface Goodbye {
    readonly ssrcs: readonly number[];
    readonly reason: string | undefined;
}

// IntraRequest
export interface IntraRequest {
    readonly ssrc: number;
    readonly sequenceNumber: number;
}

// LONGEST_SEGMENT
export declare const LONGEST_SEGMENT = 65535;

// MAX_CSRCS
export declare const MAX_CSRCS = 15;

// MAX_ONE_BYTE_ID
export declare const MAX_ONE_BYTE_ID = 14;

// MAX_PICTURE_REFERENCES
export declare const MAX_PICTURE_REFERENCES = 3;

// MAX_RED_LENGTH
export declare const MAX_RED_LENGTH = 1023;

// MAX_RED_OFFSET
export declare const MAX_RED_OFFSET = 16383;

// MAX_ULPFEC_PROTECTED
export declare const MAX_ULPFEC_PROTECTED: number;

// MID_URI
export declare const MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid";

// NtpTime
export interface NtpTime {
    readonly seconds: number;
    readonly fraction: number;
}

// ONE_BYTE_PROFILE
export declare const ONE_BYTE_PROFILE = 48862;

// PICTURE_LOSS_INDICATION_LENGTH
export declare const PICTURE_LOSS_INDICATION_LENGTH: number;

// PLAYOUT_DELAY_LENGTH
export declare const PLAYOUT_DELAY_LENGTH = 3;

// PLAYOUT_DELAY_URI
export declare const PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

// PacketReport
export interface PacketReport {
    readonly received: boolean;
    readonly ecn: 0 | 1 | 2 | 3;
    readonly age: number;
}

// Packetizer
export interface Packetizer {
    start(frame: Uint8Array, info: FrameInfo): boolean;
    next(bytes: Uint8Array, start: number, room: number): number;
    readonly last: boolean;
    readonly marker: boolean;
}

// PayloadFeedbackFormat
export declare const PayloadFeedbackFormat: {
    readonly PICTURE_LOSS: 1;
    readonly FULL_INTRA_REQUEST: 4;
    readonly APPLICATION_LAYER: 15;
};

// PayloadFormat
export interface PayloadFormat {
    readonly mimeType: string;
    readonly kind: "audio" | "video";
    readonly clockRate: number;
    packetizer(options?: PayloadOptions): Packetizer;
    depacketizer(options?: PayloadOptions): Depacketizer;
    isKeyFrame(frame: Uint8Array): boolean;
    frameSize(frame: Uint8Array): FrameSize | undefined;
    duration(frame: Uint8Array): number;
}

// PayloadInfo
export declare class PayloadInfo {
    dataStart: number;
    dataEnd: number;
    startsFrame: boolean;
    endsFrame: boolean;
    keyFrame: boolean;
    pictureId: number;
    pictureIdBits: number;
    tl0PicIdx: number;
    temporalId: number;
    spatialId: number;
    layerSync: boolean;
    nonReference: boolean;
    interLayer: boolean;
    notForInterLayer: boolean;
    interPicture: boolean;
    flexible: boolean;
    readonly references: Uint8Array;
    referenceCount: number;
    structureStart: number;
    structureEnd: number;
    width: number;
    height: number;
    reset(dataStart: number, dataEnd: number): void;
}

// PayloadOptions
export interface PayloadOptions {
    readonly parameters?: string;
    readonly firstPictureId?: number;
}

// PictureLossIndication
export interface PictureLossIndication {
    readonly senderSsrc: number;
    readonly mediaSsrc: number;
}

// PlayoutDelay
export interface PlayoutDelay {
    readonly minimum: number;
    readonly maximum: number;
}

// RED_BLOCK_HEADER
export declare const RED_BLOCK_HEADER = 4;

// RED_LAST_HEADER
export declare const RED_LAST_HEADER = 1;

// REFERENCE_TIME_UNIT
export declare const REFERENCE_TIME_UNIT = 64;

// REPAIRED_RID_URI
export declare const REPAIRED_RID_URI = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

// RID_URI
export declare const RID_URI = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

// RTP_HEADER
export declare const RTP_HEADER = 12;

// ReceivedPacket
export declare class ReceivedPacket {
    bytes: Uint8Array;
    start: number;
    end: number;
    payloadStart: number;
    payloadEnd: number;
    sequenceNumber: number;
    timestamp: number;
    marker: boolean;
    payloadType: number;
    ssrc: number;
    csrcCount: number;
    arrival: Instant;
    recovered: boolean;
    audioLevel: number;
    voiceActivity: boolean;
    csrcAudioLevelStart: number;
    csrcAudioLevelEnd: number;
    captureTime: number;
    rotation: number;
    playoutDelayMin: number;
    playoutDelayMax: number;
    dependencyDescriptorStart: number;
    dependencyDescriptorEnd: number;
    moveElements(by: number): void;
    copyFrom(packet: ReceivedPacket): void;
    clear(): void;
}

// ReceiverDelay
export interface ReceiverDelay {
    readonly ssrc: number;
    readonly lastReferenceTime: number;
    readonly delay: number;
}

// ReceiverReport
export interface ReceiverReport {
    readonly ssrc: number;
    readonly reports: readonly ReportBlock[];
}

// RedBlocks
export declare class RedBlocks {
    count: number;
    readonly payloadTypes: Uint8Array;
    readonly offsets: Uint16Array;
    readonly starts: Uint32Array;
    readonly ends: Uint32Array;
}

// ReferenceTime
export interface ReferenceTime {
    readonly ntpSeconds: number;
    readonly ntpFraction: number;
}

// Remb
export interface Remb {
    readonly senderSsrc: number;
    readonly bitrate: number;
    readonly ssrcs: readonly number[];
}

// ReportBlock
export interface ReportBlock {
    readonly ssrc: number;
    readonly fractionLost: number;
    readonly packetsLost: number;
    readonly extendedHighestSequenceNumber: number;
    readonly jitter: number;
    readonly lastSenderReport: number;
    readonly delaySinceLastSenderReport: number;
}

// RtcpType
export declare const RtcpType: {
    readonly SENDER_REPORT: 200;
    readonly RECEIVER_REPORT: 201;
    readonly SOURCE_DESCRIPTION: 202;
    readonly GOODBYE: 203;
    readonly APPLICATION_DEFINED: 204;
    readonly TRANSPORT_FEEDBACK: 205;
    readonly PAYLOAD_FEEDBACK: 206;
    readonly EXTENDED_REPORT: 207;
};

// RtpHeader
export declare class RtpHeader {
    marker: boolean;
    payloadType: number;
    sequenceNumber: number;
    timestamp: number;
    ssrc: number;
    csrcCount: number;
    extensionProfile: number;
    extensionStart: number;
    extensionEnd: number;
    start: number;
    payloadStart: number;
    payloadEnd: number;
    end: number;
}

// SILENCE
export declare const SILENCE = 127;

// SdesChunk
export interface SdesChunk {
    readonly ssrc: number;
    readonly items: readonly SdesItem[];
}

// SdesItem
export interface SdesItem {
    readonly type: number;
    readonly text: string;
}

// SdesType
export declare const SdesType: {
    readonly CNAME: 1;
    readonly NAME: 2;
    readonly EMAIL: 3;
    readonly PHONE: 4;
    readonly LOC: 5;
    readonly TOOL: 6;
    readonly NOTE: 7;
    readonly PRIV: 8;
    readonly RTP_STREAM_ID: 12;
    readonly REPAIRED_RTP_STREAM_ID: 13;
    readonly MID: 15;
};

// SenderReport
export interface SenderReport {
    readonly ssrc: number;
    readonly ntpSeconds: number;
    readonly ntpFraction: number;
    readonly rtpTimestamp: number;
    readonly packetCount: number;
    readonly octetCount: number;
    readonly reports: readonly ReportBlock[];
}

// SequenceUnwrapper
export declare class SequenceUnwrapper {
    #private;
    get newest(): number;
    unwrap(value: number): number;
    peek(value: number): number;
    reset(): void;
}

// StreamReport
export interface StreamReport {
    readonly ssrc: number;
    readonly beginSequenceNumber: number;
    readonly packets: readonly PacketReport[];
}

// TELEPHONE_EVENT_LENGTH
export declare const TELEPHONE_EVENT_LENGTH = 4;

// TRANSMISSION_OFFSET_LENGTH
export declare const TRANSMISSION_OFFSET_LENGTH = 3;

// TRANSMISSION_OFFSET_URI
export declare const TRANSMISSION_OFFSET_URI = "urn:ietf:params:rtp-hdrext:toffset";

// TRANSPORT_SEQUENCE_NUMBER_LENGTH
export declare const TRANSPORT_SEQUENCE_NUMBER_LENGTH = 2;

// TRANSPORT_SEQUENCE_NUMBER_URI
export declare const TRANSPORT_SEQUENCE_NUMBER_URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

// TRANSPORT_SEQUENCE_NUMBER_V2_URI
export declare const TRANSPORT_SEQUENCE_NUMBER_V2_URI = "http://www.webrtc.org/experiments/rtp-hdrext/transport-wide-cc-02";

// TWO_BYTE_PROFILE
export declare const TWO_BYTE_PROFILE = 4096;

// TelephoneEvent
export interface TelephoneEvent {
    readonly event: number;
    readonly end: boolean;
    readonly volume: number;
    readonly duration: number;
}

// TemplateStructure
export interface TemplateStructure {
    readonly templateIdOffset: number;
    readonly decodeTargetCount: number;
    readonly chainCount: number;
    readonly templates: readonly FrameTemplate[];
    readonly protectedBy: readonly number[];
    readonly resolutions: readonly {
        readonly width: number;
        readonly height: number;
    }[] | undefined;
}

// TimestampUnwrapper
export declare class TimestampUnwrapper {
    #private;
    unwrap(value: number): number;
    peek(value: number): number;
    reset(): void;
}

// TransportFeedback
export declare class TransportFeedback {
    senderSsrc: number;
    mediaSsrc: number;
    baseSequenceNumber: number;
    count: number;
    referenceTime: number;
    feedbackCount: number;
    arrivals: Float64Array;
    reserve(count: number): void;
}

// TransportFeedbackFormat
export declare const TransportFeedbackFormat: {
    readonly NACK: 1;
    readonly CONGESTION_CONTROL: 11;
    readonly TRANSPORT_WIDE: 15;
};

// VIDEO_LAYERS_ALLOCATION_URI
export declare const VIDEO_LAYERS_ALLOCATION_URI = "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00";

// VIDEO_ORIENTATION_LENGTH
export declare const VIDEO_ORIENTATION_LENGTH = 1;

// VIDEO_ORIENTATION_URI
export declare const VIDEO_ORIENTATION_URI = "urn:3gpp:video-orientation";

// VideoLayersAllocation
export interface VideoLayersAllocation {
    readonly streamIndex: number;
    readonly streamCount: number;
    readonly layers: readonly AllocatedLayer[];
}

// VideoOrientation
export interface VideoOrientation {
    readonly backFacing: boolean;
    readonly flipped: boolean;
    readonly rotation: 0 | 90 | 180 | 270;
}

// absCaptureTimeLength
export declare function absCaptureTimeLength({ clockOffset }: AbsCaptureTime): number;

// absSendTimeDifference
export declare function absSendTimeDifference(a: number, b: number): number;

// absSendTimeOf
export declare function absSendTimeOf(now: Instant): number;

// compactNtp
export declare function compactNtp(seconds: number, fraction: number): number;

// compactOfMilliseconds
export declare function compactOfMilliseconds(milliseconds: number): number;

// congestionFeedbackLength
export declare function congestionFeedbackLength({ streams }: CongestionFeedback): number;

// csrcOf
export declare function csrcOf(bytes: Uint8Array, header: RtpHeader, index: number): number;

// decodeAbsCaptureTime
export declare function decodeAbsCaptureTime(bytes: Uint8Array, start: number, end: number): AbsCaptureTime | undefined;

// decodeAbsSendTime
export declare function decodeAbsSendTime(bytes: Uint8Array, start: number, end: number): number | undefined;

// decodeApplicationDefined
export declare function decodeApplicationDefined(bytes: Uint8Array, offset: number, end: number): ApplicationDefined | undefined;

// decodeAudioLevel
export declare function decodeAudioLevel(bytes: Uint8Array, start: number, end: number): AudioLevel | undefined;

// decodeComfortNoise
export declare function decodeComfortNoise(bytes: Uint8Array, start: number, end: number): ComfortNoise | undefined;

// decodeCongestionFeedback
export declare function decodeCongestionFeedback(bytes: Uint8Array, offset: number, end: number): CongestionFeedback | undefined;

// decodeCsrcAudioLevels
export declare function decodeCsrcAudioLevels(bytes: Uint8Array, start: number, end: number): number[] | undefined;

// decodeDependencyDescriptor
export declare function decodeDependencyDescriptor(bytes: Uint8Array, start: number, end: number, known?: TemplateStructure): DependencyDescriptor | undefined;

// decodeExtendedReport
export declare function decodeExtendedReport(bytes: Uint8Array, offset: number, end: number): ExtendedReport | undefined;

// decodeFullIntraRequest
export declare function decodeFullIntraRequest(bytes: Uint8Array, offset: number, end: number): FullIntraRequest | undefined;

// decodeGenericNack
export declare function decodeGenericNack(bytes: Uint8Array, offset: number, end: number): GenericNack | undefined;

// decodeGoodbye
export declare function decodeGoodbye(bytes: Uint8Array, offset: number, end: number): Goodbye | undefined;

// decodeMid
export declare function decodeMid(bytes: Uint8Array, start: number, end: number): string | undefined;

// decodePictureLossIndication
export declare function decodePictureLossIndication(bytes: Uint8Array, offset: number, end: number): PictureLossIndication | undefined;

// decodePlayoutDelay
export declare function decodePlayoutDelay(bytes: Uint8Array, start: number, end: number): PlayoutDelay | undefined;

// decodeReceiverReport
export declare function decodeReceiverReport(bytes: Uint8Array, offset: number, end: number): ReceiverReport | undefined;

// decodeRemb
export declare function decodeRemb(bytes: Uint8Array, offset: number, end: number): Remb | undefined;

// decodeRid
export declare function decodeRid(bytes: Uint8Array, start: number, end: number): string | undefined;

// decodeSenderReport
export declare function decodeSenderReport(bytes: Uint8Array, offset: number, end: number): SenderReport | undefined;

// decodeSourceDescription
export declare function decodeSourceDescription(bytes: Uint8Array, offset: number, end: number): SdesChunk[] | undefined;

// decodeTelephoneEvent
export declare function decodeTelephoneEvent(bytes: Uint8Array, start: number, end: number): TelephoneEvent | undefined;

// decodeTransmissionOffset
export declare function decodeTransmissionOffset(bytes: Uint8Array, start: number, end: number): number | undefined;

// decodeTransportFeedback
export declare function decodeTransportFeedback(bytes: Uint8Array, offset: number, end: number, into?: TransportFeedback): TransportFeedback | undefined;

// decodeTransportSequenceNumber
export declare function decodeTransportSequenceNumber(bytes: Uint8Array, start: number, end: number): number | undefined;

// decodeVideoLayersAllocation
export declare function decodeVideoLayersAllocation(bytes: Uint8Array, start: number, end: number): VideoLayersAllocation | undefined;

// decodeVideoOrientation
export declare function decodeVideoOrientation(bytes: Uint8Array, start: number, end: number): VideoOrientation | undefined;

// dependencyFrameNumber
export declare function dependencyFrameNumber(bytes: Uint8Array, start: number): number;

// encodeAbsCaptureTime
export declare function encodeAbsCaptureTime(out: Uint8Array, offset: number, { captureTime, clockOffset }: AbsCaptureTime): number;

// encodeAbsSendTime
export declare function encodeAbsSendTime(out: Uint8Array, offset: number, now: Instant): number;

// encodeApplicationDefined
export declare function encodeApplicationDefined(out: Uint8Array, offset: number, packet: ApplicationDefined): number;

// encodeAudioLevel
export declare function encodeAudioLevel(out: Uint8Array, offset: number, voice: boolean, level: number): number;

// encodeComfortNoise
export declare function encodeComfortNoise(out: Uint8Array, offset: number, { level, coefficients }: ComfortNoise): number;

// encodeCongestionFeedback
export declare function encodeCongestionFeedback(out: Uint8Array, offset: number, feedback: CongestionFeedback): number;

// encodeCsrcAudioLevels
export declare function encodeCsrcAudioLevels(out: Uint8Array, offset: number, levels: ArrayLike<number>): number;

// encodeDependencyDescriptor
export declare function encodeDependencyDescriptor(out: Uint8Array, offset: number, fields: DependencyDescriptorFields, decodeTargetCount: number): number;

// encodeExtendedReport
export declare function encodeExtendedReport(out: Uint8Array, offset: number, report: ExtendedReport): number;

// encodeFullIntraRequest
export declare function encodeFullIntraRequest(out: Uint8Array, offset: number, { senderSsrc, requests }: FullIntraRequest): number;

// encodeGenericNack
export declare function encodeGenericNack(out: Uint8Array, offset: number, room: number, senderSsrc: number, mediaSsrc: number, sequenceNumbers: ArrayLike<number>): number;

// encodeGoodbye
export declare function encodeGoodbye(out: Uint8Array, offset: number, goodbye: Goodbye): number;

// encodeMid
export declare function encodeMid(out: Uint8Array, offset: number, mid: Uint8Array): number;

// encodePictureLossIndication
export declare function encodePictureLossIndication(out: Uint8Array, offset: number, senderSsrc: number, mediaSsrc: number): number;

// encodePlayoutDelay
export declare function encodePlayoutDelay(out: Uint8Array, offset: number, { minimum, maximum }: PlayoutDelay): number;

// encodeReceiverReport
export declare function encodeReceiverReport(out: Uint8Array, offset: number, { ssrc, reports }: ReceiverReport): number;

// encodeRemb
export declare function encodeRemb(out: Uint8Array, offset: number, { senderSsrc, bitrate, ssrcs }: Remb): number;

// encodeRid
export declare function encodeRid(out: Uint8Array, offset: number, rid: Uint8Array): number;

// encodeSenderReport
export declare function encodeSenderReport(out: Uint8Array, offset: number, report: SenderReport): number;

// encodeSourceDescription
export declare function encodeSourceDescription(out: Uint8Array, offset: number, chunks: readonly SdesChunk[]): number;

// encodeTelephoneEvent
export declare function encodeTelephoneEvent(out: Uint8Array, offset: number, { event, end, volume, duration }: TelephoneEvent): number;

// encodeTransmissionOffset
export declare function encodeTransmissionOffset(out: Uint8Array, offset: number, ticks: number): number;

// encodeTransportFeedback
export declare function encodeTransportFeedback(out: Uint8Array, offset: number, room: number, feedback: TransportFeedback): number;

// encodeTransportSequenceNumber
export declare function encodeTransportSequenceNumber(out: Uint8Array, offset: number, number: number): number;

// encodeVideoLayersAllocation
export declare function encodeVideoLayersAllocation(out: Uint8Array, offset: number, allocation: VideoLayersAllocation): number;

// encodeVideoOrientation
export declare function encodeVideoOrientation(out: Uint8Array, offset: number, orientation: VideoOrientation): number;

// endElements
export declare function endElements(out: Uint8Array, packet: number, extension: number, offset: number, twoByte: boolean): number;

// eventOfTone
export declare function eventOfTone(tone: string): number | undefined;

// extendedReportLength
export declare function extendedReportLength({ referenceTime, delays }: ExtendedReport): number;

// feedbackPacketCount
export declare function feedbackPacketCount(bytes: Uint8Array, offset: number): number;

// findElement
export declare function findElement(bytes: Uint8Array, header: RtpHeader, id: number, into: ExtensionElement): boolean;

// flexfecHeaderLength
export declare function flexfecHeaderLength(span: number, isDraft: boolean): number;

// fullIntraRequestLength
export declare function fullIntraRequestLength(count: number): number;

// goodbyeLength
export declare function goodbyeLength({ ssrcs, reason }: Goodbye): number;

// hasElements
export declare function hasElements(header: RtpHeader): boolean;

// isCompound
export declare function isCompound(bytes: Uint8Array, start: number, end: number, reducedSize: boolean): boolean;

// levelOfLinear
export declare function levelOfLinear(linear: number): number;

// linearLevel
export declare function linearLevel(level: number): number;

// markExtension
export declare function markExtension(bytes: Uint8Array, start: number): void;

// millisecondsOfCompact
export declare function millisecondsOfCompact(units: number): number;

// nextElement
export declare function nextElement(bytes: Uint8Array, header: RtpHeader, offset: number, into: ExtensionElement): number;

// ntpOfUnix
export declare function ntpOfUnix(milliseconds: number): NtpTime;

// parseFlexfec
export declare function parseFlexfec(bytes: Uint8Array, start: number, end: number, into: FecHeader, csrc?: number): boolean;

// parseFlexfec03
export declare function parseFlexfec03(bytes: Uint8Array, start: number, end: number, into: FecHeader): boolean;

// parseRedBlocks
export declare function parseRedBlocks(bytes: Uint8Array, start: number, end: number, into: RedBlocks): boolean;

// parseRtpHeader
export declare function parseRtpHeader(bytes: Uint8Array, start: number, end: number, into: RtpHeader): boolean;

// parseUlpfec
export declare function parseUlpfec(bytes: Uint8Array, start: number, end: number, into: FecHeader): boolean;

// payloadFormat
export declare function payloadFormat(mimeType: string): PayloadFormat | undefined;

// receiverReportLength
export declare function receiverReportLength(reportCount: number): number;

// rembLength
export declare function rembLength(ssrcCount: number): number;

// rtcpCount
export declare function rtcpCount(bytes: Uint8Array, o: number): number;

// rtcpPacketEnd
export declare function rtcpPacketEnd(bytes: Uint8Array, o: number, end: number): number;

// rtcpSenderSsrc
export declare function rtcpSenderSsrc(bytes: Uint8Array, o: number): number;

// rtcpType
export declare function rtcpType(bytes: Uint8Array, o: number): number;

// senderReportLength
export declare function senderReportLength(reportCount: number): number;

// setNtp
export declare function setNtp(out: Uint8Array, offset: number, { seconds, fraction }: NtpTime): number;

// sourceDescriptionLength
export declare function sourceDescriptionLength(chunks: readonly SdesChunk[]): number;

// startElements
export declare function startElements(offset: number): number;

// toneOfEvent
export declare function toneOfEvent(event: number): string | undefined;

// ulpfecHeaderLength
export declare function ulpfecHeaderLength(span: number): number;

// unixOfNtp
export declare function unixOfNtp(seconds: number, fraction: number): number;

// writeElementHeader
export declare function writeElementHeader(out: Uint8Array, offset: number, twoByte: boolean, id: number, length: number): number;

// writeFlexfec
export declare function writeFlexfec(out: Uint8Array, offset: number, parity: FecParity, draftSsrc: number, base: number, distances: ArrayLike<number>): number;

// writePadding
export declare function writePadding(bytes: Uint8Array, start: number, end: number, count: number): number;

// writeRedBlockHeader
export declare function writeRedBlockHeader(out: Uint8Array, offset: number, payloadType: number, age: number, length: number): number;

// writeRedLastHeader
export declare function writeRedLastHeader(out: Uint8Array, offset: number, payloadType: number): number;

// writeRtpHeader
export declare function writeRtpHeader(bytes: Uint8Array, start: number, marker: boolean, payloadType: number, sequenceNumber: number, timestamp: number, ssrc: number, csrcs?: ArrayLike<number>): number;

// writeUlpfec
export declare function writeUlpfec(out: Uint8Array, offset: number, parity: FecParity, base: number, distances: ArrayLike<number>): number;
