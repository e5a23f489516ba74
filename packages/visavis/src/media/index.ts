/**
 * Sources and sinks of encoded frames, and the fake devices.
 */
export { type ChunkInit, chunkInitOf, type EncodedChunk, frameOfChunk } from "./chunk.ts";
export { type Clip, type ClipInit, clipOf, embeddedClip } from "./clip.ts";
export { ClipSource } from "./clip-source.ts";
export type { EncodedFrameInit } from "./complete-frame.ts";
export type { EncodedFrame } from "./encoded-frame.ts";
export { type CaptureDevice, chooseDevice, type DeviceChoice, FAKE_DEVICES } from "./fake-devices.ts";
export { decodeAnnexB } from "./files/annex-b.ts";
export { decodeIvf, IvfWriter } from "./files/ivf.ts";
export type { MediaFile } from "./files/media-file.ts";
export { decodeOggOpus, OggOpusWriter, type OggOpusWriterOptions } from "./files/ogg-opus.ts";
export { compressAlaw, compressUlaw, expandAlaw, expandUlaw } from "./g711.ts";
export { AudioReceiver } from "./receive/audio-receiver.ts";
export { createReceiver } from "./receive/create-receiver.ts";
export type { Playout } from "./receive/playout.ts";
export type { ReceiveCounters, ReceivedFrame } from "./receive/received-frame.ts";
export type { ReceiveDropReason, ReceiveFormat, ReceiverOptions, StreamReceiver } from "./receive/stream-receiver.ts";
export { type SyncedStream, SyncGroup } from "./receive/sync-group.ts";
export { VideoReceiver } from "./receive/video-receiver.ts";
export { RtpInput, type RtpInputCodec, type RtpInputOptions } from "./rtp-input.ts";
export { RtpOutput, type RtpOutputOptions } from "./rtp-output.ts";
export { type Candidate, type Selection, selectSettings } from "./select-settings.ts";
export { type SFrameCipher, SFrameCipherSuite } from "./sframe/cipher-suite.ts";
export { deriveSFrameKey, SFrameContext, type SFrameFailure, type SFrameOutcome } from "./sframe/context.ts";
export { decodeSFrameHeader, encodeSFrameHeader, type SFrameHeader } from "./sframe/header.ts";
export type {
  BooleanConstraint,
  BooleanOrTextConstraint,
  NumberConstraint,
  Range,
  TextConstraint,
  TrackCapabilities,
  TrackConstraintSet,
  TrackConstraints,
  TrackSettings,
} from "./track-settings.ts";
export {
  type EncodingWish,
  type FrameOrigin,
  type FrameSink,
  type HeardTone,
  type SourceWatcher,
  type TrackKind,
  TrackSource,
  type TrackSourceInit,
} from "./track-source.ts";
