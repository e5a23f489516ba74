/**
 * Audio and video in offer and answer: what the local side brings, and what both sides leave of it.
 */
import type { Direction } from "../sdp/attribute-values.ts";

export type { Direction };

/** What an RTP section is for. */
export type MediaKind = "audio" | "video";

/** One codec of an m= section: its payload type with what `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` say of it. */
export interface MediaCodec {
  readonly payloadType: number;
  /** Such as `video/VP8`. */
  readonly mimeType: string;
  /** In Hz. */
  readonly clockRate: number;
  /** Of audio. */
  readonly channels: number | undefined;
  /** The value of `a=fmtp` behind the payload type; empty when there is none. */
  readonly fmtp: string;
  /** Values of `a=rtcp-fb` behind the payload type: `nack pli`. */
  readonly feedback: readonly string[];
}

/** One `a=extmap`: RFC 8285 §5. */
export interface HeaderExtension {
  readonly id: number;
  readonly uri: string;
  readonly direction: Direction;
  /** Sent encrypted: RFC 6904. */
  readonly encrypted?: boolean;
}

/** A codec that the local side has. */
export interface CodecCapability {
  readonly mimeType: string;
  readonly clockRate: number;
  readonly channels: number | undefined;
  /**
   * Payload types in it (`apt=96` of rtx, `111/111` of audio/red) are preferred ones of the same list, and are written as
   * those that the section comes to have.
   */
  readonly fmtp: string;
  readonly feedback: readonly string[];
  /** The payload type that it is offered with when nothing else has it. */
  readonly payloadType: number;
  /** Left out of sections that only send, or only receive, when it is for the other way; both ways unless told. */
  readonly use?: "send" | "receive" | "both";
  /** Offered only when preferences name it, or once it was negotiated; taken when the other side offers it. */
  readonly isOnDemand?: boolean;
}

/** A header extension that the local side wants. */
export interface WantedExtension {
  readonly uri: string;
  /** What the local side would do with it. */
  readonly direction: Direction;
  /** The identifier that it is offered with when nothing else has it. */
  readonly preferredId?: number;
  /** Offered in the encrypted form of RFC 6904, too. */
  readonly encrypted?: boolean;
}

/** The synchronization sources of one encoding. */
export interface LocalSources {
  readonly ssrc: number;
  /** Of its retransmissions. */
  readonly rtx?: number | undefined;
  /** Of its FlexFEC. */
  readonly fec?: number | undefined;
}

/** A simulcast layer that the local side would send. */
export interface LocalRid {
  readonly rid: string;
  readonly paused?: boolean;
  /** Restrictions as RFC 8851 §10 writes them: `max-width=1280;max-fps=30`. */
  readonly restrictions?: string;
}

/** A transceiver as the local side wants it in the next offer or answer. */
export interface TransceiverMaterial {
  /** The owner's number for it; the same at each call. */
  readonly key: number;
  /** Undefined until a description that was applied gave it a section. */
  readonly mid: string | undefined;
  readonly kind: MediaKind;
  readonly direction: Direction;
  /** Stopping or stopped: its section is rejected, and is used again for another one later. */
  readonly isStopped: boolean;
  /** In order of preference. */
  readonly codecs: readonly CodecCapability[];
  /** Whether `codecs` are what setCodecPreferences asked for: then their order comes before that of the other side. */
  readonly hasPreferences?: boolean;
  readonly extensions: readonly WantedExtension[];
  /** The ids of the streams of its track; none is written as `-`. */
  readonly streams: readonly string[];
  readonly trackId: string;
  readonly cname: string;
  /** Written as `a=ssrc` and `a=ssrc-group`, unless the layers are told apart by `sendRids`. */
  readonly ssrcs: readonly LocalSources[];
  /** Simulcast: one for each layer. One alone is written without `a=simulcast`. */
  readonly sendRids: readonly LocalRid[];
}

/** Which section a transceiver got in the description that was created. */
export interface Assignment {
  /** `TransceiverMaterial.key` */
  readonly key: number;
  readonly mid: string;
  readonly index: number;
}

/** A source of the other side, from `a=ssrc` and `a=ssrc-group`: RFC 5576. */
export interface RemoteSource {
  readonly ssrc: number;
  readonly cname?: string;
  readonly msid?: MediaStreamTrackId;
  readonly rtx?: number;
  readonly fec?: number;
}

/** `a=msid`: RFC 8830. */
export interface MediaStreamTrackId {
  /** `-` for none. */
  readonly stream: string;
  /** Empty when it is not told. */
  readonly track: string;
}

/** A simulcast layer, or another stream that a restriction id names: RFC 8851, RFC 8853. */
export interface StreamRid {
  readonly rid: string;
  readonly paused: boolean;
  /** The payload types it is restricted to. */
  readonly payloadTypes?: readonly number[];
  /** Other restrictions by name: `max-width`. */
  readonly restrictions: Readonly<Record<string, string>>;
}

/** An audio or video section that is proposed or in use. */
export interface MediaPlan {
  readonly index: number;
  readonly mid: string;
  readonly kind: MediaKind;
  readonly state: "proposed" | "accepted";
  /** The mid of its transport's section. */
  readonly transportMid: string;
  /** As each side's newest description says, from its writer's view. Undefined before it has the section. */
  readonly localDirection: Direction | undefined;
  readonly remoteDirection: Direction | undefined;
  /** What was negotiated last, from our view; undefined before the first answer. */
  readonly direction: Direction | undefined;
  /** What both sides have, in the order of the answer, with the payload types that the other side wants. Empty before an answer. */
  readonly sendCodecs: readonly MediaCodec[];
  /** The same with the payload types that we want. */
  readonly receiveCodecs: readonly MediaCodec[];
  /** All that the other side's newest description has, also what we did not offer. */
  readonly remoteCodecs: readonly MediaCodec[];
  /** With the ids that the other side wants. */
  readonly sendExtensions: readonly HeaderExtension[];
  /** With the ids that we want. */
  readonly receiveExtensions: readonly HeaderExtension[];
  /** Undefined when the other side's description says nothing of streams: not even `-`. */
  readonly remoteMsids: readonly MediaStreamTrackId[] | undefined;
  readonly remoteSources: readonly RemoteSource[];
  /** Simulcast as the other side's newest description has it: what it would send, and receive. */
  readonly remoteSendRids: readonly StreamRid[];
  readonly remoteReceiveRids: readonly StreamRid[];
  /** What is sent and received by us: of an answered section what both have, before what we offered. */
  readonly localSendRids: readonly StreamRid[];
  readonly localReceiveRids: readonly StreamRid[];
  readonly rtcpMux: boolean;
  /** Both sides take reduced-size RTCP: RFC 5506. */
  readonly reducedSize: boolean;
  /** Both sides take one- and two-byte header extensions mixed: RFC 8285 §4.1. */
  readonly mixedExtensions: boolean;
  /** Both sides take RFC 9335. */
  readonly cryptex: boolean;
  /** What the other side would receive at most, in bits per second: `b=TIAS`, else `b=AS`. */
  readonly remoteBandwidth: number | undefined;
  /** `a=ptime`, `a=maxptime` of the other side, in milliseconds. */
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
}
