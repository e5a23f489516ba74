/**
 * Transceivers, senders and receivers as plain state: the slots of https://w3c.github.io/webrtc-pc/#rtcrtptransceiver-interface
 * without objects for scripts. The peer connection makes them; what a script may change is changed in place.
 */
import { type Random, randomU32, randomUuid } from "../base/random.ts";
import type { MediaPlan } from "../jsep/media.ts";
import { codecCapabilities, extensionCapabilities } from "./capabilities.ts";
import type { CodecCapability, Direction, ExtensionCapability, MediaKind } from "./media-types.ts";

/** The values of RTCPriorityType. */
export type Priority = "very-low" | "low" | "medium" | "high";

/** What a script may ask for one encoding: RTCRtpEncodingParameters after conversion. */
export interface EncodingInit {
  readonly rid?: string;
  readonly active?: boolean;
  readonly maxBitrate?: number;
  readonly maxFramerate?: number;
  readonly scaleResolutionDownBy?: number;
  readonly scaleResolutionDownTo?: Resolution;
  readonly priority?: Priority;
  readonly networkPriority?: Priority;
  /** Audio only: https://w3c.github.io/webrtc-extensions/#rtcrtpencodingparameters-dictionary */
  readonly adaptivePtime?: boolean;
  readonly scalabilityMode?: string;
  readonly codec?: EncodingCodec;
}

/** RTCResolutionRestriction: the largest size of a frame, in pixels. */
export interface Resolution {
  readonly maxWidth: number;
  readonly maxHeight: number;
}

/** RTCRtpCodec: the codec that an encoding is to use. */
export interface EncodingCodec {
  readonly mimeType: string;
  readonly clockRate: number;
  readonly channels?: number;
  readonly sdpFmtpLine?: string;
}

/** One element of [[SendEncodings]]. */
export interface Encoding {
  /** Undefined without simulcast. */
  rid: string | undefined;
  active: boolean;
  /** Bits per second. */
  maxBitrate: number | undefined;
  /** Frames per second. */
  maxFramerate: number | undefined;
  /** Video only. */
  scaleResolutionDownBy: number | undefined;
  /** Video only. */
  scaleResolutionDownTo: Resolution | undefined;
  priority: Priority;
  networkPriority: Priority;
  /** Audio only: packets may last longer where there is little room. */
  adaptivePtime: boolean | undefined;
  scalabilityMode: string | undefined;
  codec: EncodingCodec | undefined;
  readonly ssrc: number;
  /** Of retransmissions; video only. */
  readonly rtxSsrc: number | undefined;
  /** Of FlexFEC; video only. */
  readonly fecSsrc: number | undefined;
}

/** How a transceiver begins. */
export interface TransceiverInit {
  readonly kind: MediaKind;
  readonly direction: Direction;
  /** [[AssociatedMediaStreamIds]] */
  readonly streamIds: readonly string[];
  /** The identifier of the track that is sent; made up when there is none yet. */
  readonly trackId?: string | undefined;
  /** Of the receiver's track; made up unless told. */
  readonly receiverTrackId?: string | undefined;
  /** Empty for one encoding without choices. */
  readonly encodings: readonly EncodingInit[];
  /** Made by addTrack: a remote offer may take it over (RFC 9429 §5.10). */
  readonly isByAddTrack: boolean;
  /** Made for a remote offer: it goes when that is taken back. */
  readonly isByOffer?: boolean;
}

/** The sending half. */
export class Sender {
  readonly kind: MediaKind;
  /** What `a=msid` names beside the stream. It stays when the track is replaced. */
  readonly trackId: string;
  /** RFC 3550 §6.5.1; the same for all senders of a peer connection. */
  readonly cname: string;
  /** [[AssociatedMediaStreamIds]] */
  streamIds: readonly string[];
  /** Whether a track is attached. */
  hasTrack: boolean;
  /** [[SendEncodings]] */
  encodings: Encoding[];

  constructor(init: TransceiverInit, cname: string, random: Random) {
    this.kind = init.kind;
    this.trackId = init.trackId ?? randomUuid(random);
    this.cname = cname;
    this.streamIds = init.streamIds;
    this.hasTrack = init.trackId !== undefined;
    const inits = init.encodings.length > 0 ? init.encodings : [{}];
    this.encodings = inits.map((encoding) => createEncoding(encoding, init.kind, random));
  }
}

/** The receiving half. */
export class Receiver {
  readonly kind: MediaKind;
  /** The identifier of the remote track. */
  readonly trackId: string;
  /** Milliseconds; null leaves it to us. */
  jitterBufferTarget: number | null = null;

  constructor(kind: MediaKind, trackId: string) {
    this.kind = kind;
    this.trackId = trackId;
  }
}

/** A sender and a receiver that share a section of the descriptions. */
export class Transceiver {
  /** Numbers the transceivers of a peer connection in the order in which they were made. */
  readonly key: number;
  readonly kind: MediaKind;
  readonly sender: Sender;
  readonly receiver: Receiver;
  /** An addTrack made it, or uses it and outlived the offer that made it: a remote offer may take it over. */
  isByAddTrack: boolean;
  /** Made for a remote offer that is not answered yet. */
  isByOffer: boolean;
  /** Whether addTrack was given it: then it outlives the offer that made it. */
  wasAddTrackUsed: boolean;
  /** [[Mid]] */
  mid: string | null = null;
  /** [[Direction]] */
  direction: Direction;
  /** [[CurrentDirection]] */
  currentDirection: Direction | null = null;
  /** Whether [[CurrentDirection]] was ever one that sends: then addTrack makes another. */
  hasSent = false;
  /** [[Stopping]]: the next offer rejects its section. */
  isStopping = false;
  /** [[Stopped]] */
  isStopped = false;
  /** [[PreferredCodecs]]; empty for all that there are. */
  codecPreferences: readonly CodecCapability[] = [];
  /** [[HeaderExtensionsToNegotiate]] */
  extensionsToNegotiate: readonly ExtensionCapability[];
  /** `TransportInfo.key` of the transport that it uses; undefined before a description that was applied gave it one. */
  transport: number | undefined = undefined;
  /** What the newest answer left of its section; undefined before, and when it was rejected. */
  negotiated: MediaPlan | undefined = undefined;

  constructor(key: number, init: TransceiverInit, cname: string, random: Random) {
    this.key = key;
    this.kind = init.kind;
    this.direction = init.direction;
    this.isByAddTrack = init.isByAddTrack;
    this.isByOffer = init.isByOffer ?? false;
    this.wasAddTrackUsed = init.isByAddTrack;
    this.sender = new Sender(init, cname, random);
    this.receiver = new Receiver(init.kind, init.receiverTrackId ?? randomUuid(random));
    this.extensionsToNegotiate = extensionCapabilities(init.kind);
  }

  /** The codecs that it would negotiate, those preferred first. */
  get codecs(): readonly CodecCapability[] {
    return this.codecPreferences.length > 0 ? this.codecPreferences : codecCapabilities(this.kind);
  }
}

/** Makes an encoding with everything that it does not say itself. */
export function createEncoding(init: EncodingInit, kind: MediaKind, random: Random): Encoding {
  const isVideo = kind === "video";
  return {
    rid: init.rid,
    active: init.active ?? true,
    maxBitrate: init.maxBitrate,
    maxFramerate: init.maxFramerate,
    scaleResolutionDownBy: isVideo ? (init.scaleResolutionDownBy ?? 1) : undefined,
    scaleResolutionDownTo: isVideo ? init.scaleResolutionDownTo : undefined,
    priority: init.priority ?? "low",
    networkPriority: init.networkPriority ?? "low",
    adaptivePtime: isVideo ? undefined : (init.adaptivePtime ?? false),
    scalabilityMode: init.scalabilityMode,
    codec: init.codec,
    ssrc: randomSsrc(random),
    rtxSsrc: isVideo ? randomSsrc(random) : undefined,
    fecSsrc: isVideo ? randomSsrc(random) : undefined,
  };
}

/** RFC 3550 §5.1; 0 is left to those who have none. */
function randomSsrc(random: Random): number {
  return randomU32(random) || 1;
}
