/**
 * Encoded frames as they cross between threads: plain values and buffers.
 */
import type { EncodedFrame } from "../media/encoded-frame.ts";

/** The members of RTCEncodedVideoFrameMetadata and RTCEncodedAudioFrameMetadata; times in milliseconds but for `timestamp`. */
export interface FrameMetadata {
  captureTime?: number;
  contributingSources?: number[];
  dependencies?: number[];
  frameId?: number;
  height?: number;
  mimeType?: string;
  payloadType?: number;
  receiveTime?: number;
  rtpTimestamp?: number;
  senderCaptureTimeOffset?: number;
  sequenceNumber?: number;
  spatialIndex?: number;
  synchronizationSource?: number;
  temporalIndex?: number;
  /** Microseconds. */
  timestamp?: number;
  width?: number;
}

/** What a frame is to its decoder. */
export type FrameType = "delta" | "empty" | "key";

/** A frame on its way between threads. */
export interface WireFrame {
  /** Numbers the frames of one transform. */
  readonly counter: number;
  readonly kind: "audio" | "video";
  readonly type: FrameType;
  readonly data: ArrayBuffer;
  readonly metadata: FrameMetadata;
}

/** What is known of a frame beside itself. */
export interface FrameContext {
  readonly synchronizationSource: number | undefined;
  readonly payloadType: number | undefined;
}

/** Makes what is posted of a frame: its bytes are copied, because others have them too. */
export function wireFrameOf(frame: EncodedFrame, counter: number, context: FrameContext): WireFrame {
  const { kind, keyFrame, data } = frame;
  return {
    counter,
    kind,
    type: data.length === 0 ? "empty" : keyFrame ? "key" : "delta",
    data: data.slice().buffer,
    metadata: metadataOf(frame, context),
  };
}

/** What a frame says of itself. */
function metadataOf(frame: EncodedFrame & { readonly receiveTime?: number }, context: FrameContext): FrameMetadata {
  const { kind, timestamp, temporalId, spatialId, frameId, sequenceNumber, receiveTime } = frame;
  const isVideo = kind === "video";
  // Of what arrived the numbers are our own: those of the sender are not told, but a key frame builds on nothing.
  const isReceived = receiveTime !== undefined;
  const members: { [Name in keyof FrameMetadata]: FrameMetadata[Name] | undefined } = {
    synchronizationSource: context.synchronizationSource,
    payloadType: frame.payloadType ?? context.payloadType,
    contributingSources: [...(frame.contributingSources ?? [])],
    rtpTimestamp: timestamp,
    mimeType: frame.mimeType,
    captureTime: frame.captureTime,
    receiveTime,
    sequenceNumber: isVideo ? undefined : sequenceNumber,
    frameId: isVideo && !isReceived ? frameId : undefined,
    dependencies: isVideo ? dependenciesOf(frame, isReceived) : undefined,
    width: isVideo ? frame.width : undefined,
    height: isVideo ? frame.height : undefined,
    temporalIndex: isVideo ? (temporalId ?? 0) : undefined,
    spatialIndex: isVideo ? (spatialId ?? 0) : undefined,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function dependenciesOf({ dependencies, keyFrame }: EncodedFrame, isReceived: boolean): number[] | undefined {
  if (keyFrame) return [];
  return isReceived || dependencies === undefined ? undefined : [...dependencies];
}

/** A frame that a transform gives back: with other bytes, and what its script changed of the metadata. */
export function transformedFrame(frame: EncodedFrame, data: ArrayBuffer, metadata: FrameMetadata): EncodedFrame {
  const { rtpTimestamp, contributingSources } = metadata;
  return {
    ...frame,
    data: new Uint8Array(data),
    ...(rtpTimestamp !== undefined && { timestamp: rtpTimestamp }),
    ...(contributingSources !== undefined && { contributingSources }),
  };
}
