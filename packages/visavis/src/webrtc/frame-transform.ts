/**
 * Where a transform sits: between the source of frames and where they go, at a sender or a receiver
 * (https://w3c.github.io/webrtc-encoded-transform/#stream-creation).
 */
import type { EncodedFrame } from "../media/encoded-frame.ts";
import type { FrameContext } from "./encoded-frame-data.ts";
import { domError } from "./errors.ts";

/** The names of the exceptions that a transform can ask for. */
export type TransformErrorName = "InvalidStateError" | "NotAllowedError" | "NotFoundError";

/** The sender or receiver that a transform works for. */
export interface TransformHost {
  readonly kind: "audio" | "video";
  readonly side: "receiver" | "sender";
  /** Whether anything can come of it still. */
  readonly isStopped: boolean;
  /** Whether it has a track and may send it. Senders only. */
  readonly isSending: boolean;
  /** What is known of the frames of an encoding. */
  contextOf(frame: EncodedFrame, encoding: number): FrameContext;
  /** Gives a frame on its way. */
  deliver(frame: EncodedFrame, encoding: number): void;
  /** The restriction identifiers of the encodings; null without simulcast. Senders only. */
  readonly rids: readonly (string | null)[];
  /** Has the encoder, or the other side, make a key frame. */
  requestKeyFrame(encoding: number): void;
}

/** A transform, as senders and receivers see it. */
export interface FrameTransform {
  /** Begins to work for a sender or receiver. */
  attach(host: TransformHost): void;
  /** Ends. It cannot begin again. */
  detach(): void;
  /** Takes a frame; what comes of it goes to the host's `deliver`, or nothing does. */
  process(frame: EncodedFrame, encoding: number): void;
  /** The other side wants a key frame. @returns whether the transform decides */
  keyFrameRequested(encoding: number): boolean;
}

/** From the objects that scripts hold to what they do. */
const transforms = new WeakMap<object, FrameTransform>();
/** Those that are at work or were. */
const used = new WeakSet<object>();

/** Says what the object of a transform does. */
export function registerTransform(object: object, transform: FrameTransform): void {
  transforms.set(object, transform);
}

/** Whether a value is an object that can be a transform. */
export function isTransform(value: unknown): value is RTCRtpTransform {
  return typeof value === "object" && value !== null && transforms.has(value);
}

/** RTCRtpScriptTransform or SFrameTransform. */
// biome-ignore lint/suspicious/noEmptyInterface: what both have in common has no member
export interface RTCRtpTransform {}

/** The place of the transform of one sender or receiver. */
export class TransformSeat {
  readonly host: TransformHost;
  /** [[transform]] */
  object: object | null = null;
  #transform: FrameTransform | undefined;

  constructor(host: TransformHost) {
    this.host = host;
  }

  /** https://w3c.github.io/webrtc-encoded-transform/#attribute-transform */
  set(object: object | null): void {
    if (object === this.object) return;
    if (object !== null && used.has(object)) {
      throw domError("InvalidStateError", "The transform is in use, or was.");
    }
    this.#transform?.detach();
    this.#transform = undefined;
    this.object = object;
    if (object === null) return;
    used.add(object);
    this.#transform = transforms.get(object);
    this.#transform?.attach(this.host);
  }

  /** Passes a frame through the transform, or by it where there is none. */
  process(frame: EncodedFrame, encoding: number): void {
    if (this.#transform === undefined) this.host.deliver(frame, encoding);
    else this.#transform.process(frame, encoding);
  }

  /** The other side wants a key frame. @returns whether the transform decides */
  keyFrameRequested(encoding: number): boolean {
    return this.#transform?.keyFrameRequested(encoding) ?? false;
  }
}

/** RFC 8851 §10: letters and digits. */
const RID = /^[A-Za-z0-9]{1,255}$/;

/**
 * https://w3c.github.io/webrtc-encoded-transform/#generate-key-frame-algorithm
 * @returns the name of the exception; undefined when the key frame will come
 */
export function generateKeyFrame(host: TransformHost | undefined, rid: string | undefined): TransformErrorName | undefined {
  if (host === undefined || host.side !== "sender" || host.kind !== "video" || host.isStopped || !host.isSending) {
    return "InvalidStateError";
  }
  if (rid !== undefined && !RID.test(rid)) return "NotAllowedError";
  const encoding = rid === undefined ? 0 : host.rids.indexOf(rid);
  if (encoding < 0 || encoding >= host.rids.length) return "NotFoundError";
  host.requestKeyFrame(encoding);
  return undefined;
}

/** https://w3c.github.io/webrtc-encoded-transform/#dom-rtcrtpscripttransformer-sendkeyframerequest */
export function sendKeyFrameRequest(host: TransformHost | undefined): TransformErrorName | undefined {
  if (host === undefined || host.side !== "receiver" || host.kind !== "video" || host.isStopped) return "InvalidStateError";
  host.requestKeyFrame(0);
  return undefined;
}
