/**
 * What an RTP payload format is to the rest of the library: how an encoded frame becomes payloads of packets, and payloads a frame again.
 *
 * Sending makes no objects for each packet: the packetizer writes straight into the outgoing buffer. Receiving copies nothing until a
 * frame is complete.
 */
import type { PayloadInfo } from "./payload-info.ts";

/** What a packetizer wants to know of a frame besides its bytes. An encoded frame of the library is one. */
export interface FrameInfo {
  /** Whether it can be decoded without any frame before it. */
  readonly keyFrame: boolean;
  /** In pixels, of key frames; 0 or absent when not known. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Layers, 0 being the base; absent where there are none. */
  readonly temporalId?: number | undefined;
  readonly spatialId?: number | undefined;
  /** Number of this frame, and of the frames that it refers to: any numbers that name frames of the same stream. */
  readonly frameId?: number | undefined;
  readonly dependencies?: readonly number[] | undefined;
  /** RTP timestamp: frames of higher spatial layers with the same one belong to the same picture. */
  readonly timestamp?: number | undefined;
  /** False for a frame of a lower spatial layer, when another of the same picture follows; default true. */
  readonly endOfPicture?: boolean | undefined;
}

/** What both directions are made with. */
export interface PayloadOptions {
  /** The format's parameters as `a=fmtp` has them: `packetization-mode=1;profile-level-id=42e01f`. */
  readonly parameters?: string;
  /** The first picture id, which should be random (RFC 7741 §4.2, RFC 9628 §4.2); 15 bits, default 0. */
  readonly firstPictureId?: number;
}

/** Cuts frames into payloads. */
export interface Packetizer {
  /** Takes an encoded frame; its bytes are borrowed until {@link last} or the next `start`. False when the format cannot carry them. */
  start(frame: Uint8Array, info: FrameInfo): boolean;
  /**
   * Writes the next payload at `bytes[start, start + room)` and returns its length: 0 when the frame is done, -1 when it cannot be cut
   * small enough, which ends it.
   */
  next(bytes: Uint8Array, start: number, room: number): number;
  /** Whether the payload written last was the last of its frame. */
  readonly last: boolean;
  /** Whether the RTP marker belongs on the payload written last: the end of a picture. Never for audio, where it means the start of speech. */
  readonly marker: boolean;
}

/** Reads payloads, and puts those of one frame together. */
export interface Depacketizer {
  /**
   * Whether {@link PayloadInfo.startsFrame} is told by every payload. Where it is not, false means only that the payload does not tell, and
   * a frame begins behind a change of the timestamp.
   */
  readonly tellsStart: boolean;
  /** What the payload `bytes[start, end)` says of itself and of its frame; false when it is malformed or of a kind that is not taken. */
  parse(bytes: Uint8Array, start: number, end: number, into: PayloadInfo): boolean;
  /** Begins to put a frame together. */
  begin(): void;
  /** Adds the next payload of the frame, in order; false when it does not fit what came before, and the frame is spoilt. */
  append(bytes: Uint8Array, start: number, end: number): boolean;
  /** The frame, in memory of its own; undefined when it is spoilt, not whole, or empty. */
  finish(): Uint8Array | undefined;
}

/** Width and height in pixels. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** One payload format. */
export interface PayloadFormat {
  /** As registered: `video/VP8`. */
  readonly mimeType: string;
  readonly kind: "audio" | "video";
  /** Units of the RTP timestamp per second. For G.722 it is 8000 although 16000 samples are taken each second (RFC 3551 §4.5.2). */
  readonly clockRate: number;
  /** A packetizer for one stream. */
  packetizer(options?: PayloadOptions): Packetizer;
  /** A depacketizer for one stream. */
  depacketizer(options?: PayloadOptions): Depacketizer;
  /** Whether an encoded frame is a key frame, as its bitstream says. Every audio frame is one. */
  isKeyFrame(frame: Uint8Array): boolean;
  /** The size that a key frame's bitstream announces; undefined when it announces none. */
  frameSize(frame: Uint8Array): FrameSize | undefined;
  /** How long an audio frame lasts, in units of the clock rate; 0 when its bytes do not tell, and for video. */
  duration(frame: Uint8Array): number;
}
