/**
 * RTCEncodedVideoFrame and RTCEncodedAudioFrame: https://w3c.github.io/webrtc-encoded-transform/#RTCEncodedVideoFrame-interface
 */
import type { FrameMetadata, FrameType, WireFrame } from "./encoded-frame-data.ts";
import { CONSTRUCT, defineInterface } from "./interface-object.ts";
import {
  type Converter,
  dictionary,
  domString,
  double,
  isObject,
  long,
  octet,
  requireArguments,
  sequence,
  unsignedLong,
  unsignedShort,
} from "./webidl.ts";

/** What a video frame is to its decoder. */
export type RTCEncodedVideoFrameType = FrameType;

/** What is known of a video frame. */
export interface RTCEncodedVideoFrameMetadata extends Omit<FrameMetadata, "sequenceNumber"> {}

/** What is known of an audio frame. */
export interface RTCEncodedAudioFrameMetadata
  extends Omit<FrameMetadata, "dependencies" | "frameId" | "height" | "spatialIndex" | "temporalIndex" | "timestamp" | "width"> {}

/** What is to be different in a copy. */
export interface RTCEncodedVideoFrameOptions {
  metadata?: RTCEncodedVideoFrameMetadata;
}

/** What is to be different in a copy. */
export interface RTCEncodedAudioFrameOptions {
  metadata?: RTCEncodedAudioFrameMetadata;
}

/** An encoded video frame. */
export interface RTCEncodedVideoFrame {
  data: ArrayBuffer;
  /** In units of the RTP clock. */
  readonly timestamp: number;
  readonly type: RTCEncodedVideoFrameType;
  getMetadata(): RTCEncodedVideoFrameMetadata;
}

/** The interface object of RTCEncodedVideoFrame. */
export interface RTCEncodedVideoFrameConstructor {
  readonly prototype: RTCEncodedVideoFrame;
  new (originalFrame: RTCEncodedVideoFrame, options?: RTCEncodedVideoFrameOptions): RTCEncodedVideoFrame;
}

/** An encoded audio frame. */
export interface RTCEncodedAudioFrame {
  data: ArrayBuffer;
  /** In units of the RTP clock. */
  readonly timestamp: number;
  getMetadata(): RTCEncodedAudioFrameMetadata;
}

/** The interface object of RTCEncodedAudioFrame. */
export interface RTCEncodedAudioFrameConstructor {
  readonly prototype: RTCEncodedAudioFrame;
  new (originalFrame: RTCEncodedAudioFrame, options?: RTCEncodedAudioFrameOptions): RTCEncodedAudioFrame;
}

/** The slots of a frame. */
export interface FrameSlots {
  readonly kind: "audio" | "video";
  readonly type: FrameType;
  /** [[data]] */
  data: ArrayBuffer;
  readonly metadata: FrameMetadata;
  /** [[owner]]: the transform that it comes from, which alone takes it back. */
  readonly owner: object | undefined;
  /** [[counter]] */
  readonly counter: number;
}

const slots = new WeakMap<object, FrameSlots>();

const longLong: Converter<number> = (value, context) => Math.trunc(double(value, context));

const COMMON = {
  captureTime: { type: double },
  contributingSources: { type: sequence(unsignedLong) },
  mimeType: { type: domString },
  payloadType: { type: octet },
  receiveTime: { type: double },
  rtpTimestamp: { type: unsignedLong },
  senderCaptureTimeOffset: { type: double },
  synchronizationSource: { type: unsignedLong },
};

const VIDEO_METADATA = dictionary<RTCEncodedVideoFrameMetadata>("RTCEncodedVideoFrameMetadata", {
  ...COMMON,
  dependencies: { type: sequence(longLong) },
  frameId: { type: longLong },
  height: { type: unsignedShort },
  spatialIndex: { type: unsignedLong },
  temporalIndex: { type: unsignedLong },
  timestamp: { type: longLong },
  width: { type: unsignedShort },
});
const AUDIO_METADATA = dictionary<RTCEncodedAudioFrameMetadata>("RTCEncodedAudioFrameMetadata", {
  ...COMMON,
  sequenceNumber: { type: long },
});
const VIDEO_OPTIONS = dictionary<RTCEncodedVideoFrameOptions>("RTCEncodedVideoFrameOptions", {
  metadata: { type: VIDEO_METADATA },
});
const AUDIO_OPTIONS = dictionary<RTCEncodedAudioFrameOptions>("RTCEncodedAudioFrameOptions", {
  metadata: { type: AUDIO_METADATA },
});

function slotsIn(frame: object, kind: "audio" | "video"): FrameSlots {
  const own = slots.get(frame);
  if (own === undefined || own.kind !== kind) throw new TypeError("Illegal invocation");
  return own;
}

/** The slots of a frame; undefined for anything else. */
export function slotsOfFrame(value: unknown): FrameSlots | undefined {
  return isObject(value) ? slots.get(value) : undefined;
}

/** The steps of both constructors. */
function construct(
  frame: object,
  name: string,
  kind: "audio" | "video",
  options: Converter<{ readonly metadata?: FrameMetadata }>,
  args: readonly unknown[],
): void {
  if (args[0] === CONSTRUCT) {
    slots.set(frame, args[1] as FrameSlots);
    return;
  }
  const context = `Failed to construct '${name}'`;
  requireArguments(args.length, 1, context);
  const original = slotsOfFrame(args[0]);
  if (original === undefined || original.kind !== kind) throw new TypeError(`${context}: parameter 1 is not of type '${name}'.`);
  const { metadata } = options(args[1], `${context}: parameter 2`);
  slots.set(frame, {
    ...original,
    data: original.data.slice(0),
    metadata: { ...copyMetadata(original.metadata), ...(metadata && copyMetadata(metadata)) },
  });
}

/** A copy that a script may change. */
function copyMetadata(metadata: FrameMetadata): FrameMetadata {
  const { contributingSources, dependencies } = metadata;
  return {
    ...metadata,
    ...(contributingSources !== undefined && { contributingSources: [...contributingSources] }),
    ...(dependencies !== undefined && { dependencies: [...dependencies] }),
  };
}

function setData(frame: object, kind: "audio" | "video", value: unknown): void {
  const own = slotsIn(frame, kind);
  if (!(value instanceof ArrayBuffer)) throw new TypeError("The data of a frame is an ArrayBuffer.");
  own.data = value;
}

/** The class RTCEncodedVideoFrame. */
export const RTCEncodedVideoFrame: RTCEncodedVideoFrameConstructor = class RTCEncodedVideoFrame {
  constructor(...args: unknown[]) {
    construct(this, "RTCEncodedVideoFrame", "video", VIDEO_OPTIONS, args);
  }

  get type(): RTCEncodedVideoFrameType {
    return slotsIn(this, "video").type;
  }

  get timestamp(): number {
    return slotsIn(this, "video").metadata.rtpTimestamp ?? 0;
  }

  get data(): ArrayBuffer {
    return slotsIn(this, "video").data;
  }

  set data(value: unknown) {
    setData(this, "video", value);
  }

  getMetadata(): RTCEncodedVideoFrameMetadata {
    return copyMetadata(slotsIn(this, "video").metadata);
  }
};

/** The class RTCEncodedAudioFrame. */
export const RTCEncodedAudioFrame: RTCEncodedAudioFrameConstructor = class RTCEncodedAudioFrame {
  constructor(...args: unknown[]) {
    construct(this, "RTCEncodedAudioFrame", "audio", AUDIO_OPTIONS, args);
  }

  get timestamp(): number {
    return slotsIn(this, "audio").metadata.rtpTimestamp ?? 0;
  }

  get data(): ArrayBuffer {
    return slotsIn(this, "audio").data;
  }

  set data(value: unknown) {
    setData(this, "audio", value);
  }

  getMetadata(): RTCEncodedAudioFrameMetadata {
    return copyMetadata(slotsIn(this, "audio").metadata);
  }
};

defineInterface(RTCEncodedVideoFrame, "RTCEncodedVideoFrame", { lengths: { constructor: 1 } });
defineInterface(RTCEncodedAudioFrame, "RTCEncodedAudioFrame", { lengths: { constructor: 1 } });

/** Makes the object for a frame that came from another thread. */
export function createEncodedFrame(
  { kind, type, data, metadata, counter }: WireFrame,
  owner: object | undefined,
): RTCEncodedVideoFrame | RTCEncodedAudioFrame {
  const own: FrameSlots = { kind, type, data, metadata, owner, counter };
  const Constructor = (kind === "video" ? RTCEncodedVideoFrame : RTCEncodedAudioFrame) as unknown as new (
    token: symbol,
    slots: FrameSlots,
  ) => RTCEncodedVideoFrame | RTCEncodedAudioFrame;
  return new Constructor(CONSTRUCT, own);
}

/** Takes the bytes out of a frame, which is empty then. */
export function takeFrameData(frame: FrameSlots): ArrayBuffer {
  const { data } = frame;
  frame.data = new ArrayBuffer(0);
  // Whoever kept the buffer itself finds it detached.
  return structuredClone(data, { transfer: [data] });
}

/** A frame as a value that can be posted to another thread. Its bytes are copied. @throws TypeError when it is none */
export function serializeFrame(frame: RTCEncodedVideoFrame | RTCEncodedAudioFrame): WireFrame {
  const own = slotsOfFrame(frame);
  if (own === undefined) throw new TypeError("not an encoded frame of visavis");
  const { kind, type, data, metadata, counter } = own;
  return { kind, type, data: data.slice(0), metadata: copyMetadata(metadata), counter };
}

/** The frame of a value that was posted. It belongs to no transform: none takes it back. */
export function deserializeFrame(value: WireFrame): RTCEncodedVideoFrame | RTCEncodedAudioFrame {
  return createEncodedFrame(value, undefined);
}
