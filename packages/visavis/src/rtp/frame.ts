/**
 * An encoded frame as the layers below media/ see it: bytes, a time, and what a header could say of it.
 */

/** One encoded video frame, or the encoded audio of one moment. */
export interface EncodedFrame {
  readonly kind: "audio" | "video";
  /** The frame as its codec's decoder takes it. */
  readonly data: Uint8Array;
  /** In units of the codec's RTP clock, 32 bits. */
  readonly timestamp: number;
  /** Whether it can be decoded without any other; always of audio. */
  readonly keyFrame: boolean;
  readonly payloadType?: number | undefined;
  readonly mimeType?: string | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly temporalId?: number | undefined;
  readonly spatialId?: number | undefined;
  readonly frameId?: number | undefined;
  /** The ids of the frames it builds on. */
  readonly dependencies?: readonly number[] | undefined;
  /** Milliseconds. */
  readonly duration?: number | undefined;
  /** When it was captured: milliseconds of the sender's clock since the Unix epoch. */
  readonly captureTime?: number | undefined;
  /** How loud the loudest of its audio is: 0 to 1, linear. */
  readonly audioLevel?: number | undefined;
  /** Whether somebody speaks, as far as the sender can tell. */
  readonly voiceActivity?: boolean | undefined;
  /** Clockwise rotation that is due before it is shown, in degrees. */
  readonly rotation?: 0 | 90 | 180 | 270 | undefined;
  readonly contributingSources?: readonly number[] | undefined;
  /** The layer of simulcast that it came as (RFC 8851). */
  readonly rid?: string | undefined;
  /** Of its first packet. */
  readonly sequenceNumber?: number | undefined;
  /** The silence before it was not sent: it begins a talk spurt. */
  readonly talkSpurt?: boolean | undefined;
}
