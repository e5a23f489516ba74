/**
 * RTCRtpScriptTransformer and RTCTransformEvent, in workers: https://w3c.github.io/webrtc-encoded-transform/#RTCRtpScriptTransformer-interface
 */
import type { TransferablePort } from "../node/message-pipe.ts";
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { KeyFrameRequestEvent } from "./key-frame-request-event.ts";
import { ScriptTransformerSlots } from "./script-transformer-slots.ts";
import { domString, interfaceType, isObject, promising, requireArguments } from "./webidl.ts";

/** The events of a transformer. */
export interface RTCRtpScriptTransformerEventMap {
  keyframerequest: KeyFrameRequestEvent;
}

/** The streams of a transform: what is read from the one is to be written to the other. */
export interface RTCRtpScriptTransformer extends TypedEventTarget<RTCRtpScriptTransformerEventMap> {
  onkeyframerequest: EventHandler<KeyFrameRequestEvent>;
  /** What RTCRtpScriptTransform was given. */
  readonly options: unknown;
  /** Gives RTCEncodedVideoFrame or RTCEncodedAudioFrame. */
  readonly readable: ReadableStream;
  /** Takes them. */
  readonly writable: WritableStream;
  /** Has the sender make a key frame, whose timestamp it tells. */
  generateKeyFrame(rid?: string): Promise<number>;
  /** Asks the other side for a key frame. */
  sendKeyFrameRequest(): Promise<void>;
}

/** The interface object of RTCRtpScriptTransformer. */
export interface RTCRtpScriptTransformerConstructor {
  readonly prototype: RTCRtpScriptTransformer;
  new (): RTCRtpScriptTransformer;
}

/** Says that a transform began. */
export interface RTCTransformEvent extends Event {
  readonly transformer: RTCRtpScriptTransformer;
}

/** The interface object of RTCTransformEvent. */
export interface RTCTransformEventConstructor {
  readonly prototype: RTCTransformEvent;
  new (): RTCTransformEvent;
}

let create: (slots: ScriptTransformerSlots) => RTCRtpScriptTransformer;
let hasBrand: (value: object) => boolean;

/** The class RTCRtpScriptTransformer. Scripts cannot construct it. */
export const RTCRtpScriptTransformer: RTCRtpScriptTransformerConstructor = class RTCRtpScriptTransformer extends EventTarget {
  readonly #slots: ScriptTransformerSlots;
  declare onkeyframerequest: EventHandler<KeyFrameRequestEvent>;

  static {
    create = (slots) => new RTCRtpScriptTransformer(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#slots = args[1] as ScriptTransformerSlots;
  }

  get readable(): ReadableStream {
    return this.#slots.readable;
  }

  get writable(): WritableStream {
    return this.#slots.writable;
  }

  get options(): unknown {
    return this.#slots.options;
  }

  generateKeyFrame(...args: [rid?: string]): Promise<number> {
    return promising(() => {
      const slots = this.#slots;
      const context = "Failed to execute 'generateKeyFrame' on 'RTCRtpScriptTransformer': parameter 1";
      return slots.generateKeyFrame(args[0] === undefined ? undefined : domString(args[0], context));
    });
  }

  sendKeyFrameRequest(): Promise<void> {
    return promising(() => this.#slots.sendKeyFrameRequest());
  }
};

const isTransformer = (value: unknown): value is RTCRtpScriptTransformer => isObject(value) && hasBrand(value);

defineEventHandlers(RTCRtpScriptTransformer, isTransformer, ["keyframerequest"]);
defineInterface(RTCRtpScriptTransformer, "RTCRtpScriptTransformer");

/** Makes the transformer for a transform that another thread began. */
export function createTransformer(port: TransferablePort, options: unknown): RTCRtpScriptTransformer {
  return new ScriptTransformerSlots(port, options, create).object;
}

const TRANSFORMER = interfaceType("RTCRtpScriptTransformer", isTransformer);

/** The class RTCTransformEvent. Scripts cannot construct it. */
export const RTCTransformEvent: RTCTransformEventConstructor = class RTCTransformEvent extends Event {
  readonly #transformer: RTCRtpScriptTransformer;

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    requireArguments(args.length, 2, "Failed to construct 'RTCTransformEvent'");
    super("rtctransform");
    this.#transformer = TRANSFORMER(args[1], "Failed to construct 'RTCTransformEvent': parameter 2");
  }

  get transformer(): RTCRtpScriptTransformer {
    return this.#transformer;
  }
};

defineInterface(RTCTransformEvent, "RTCTransformEvent");

/** Makes the event that brings a transformer. */
export function createTransformEvent(transformer: RTCRtpScriptTransformer): RTCTransformEvent {
  const Constructor = RTCTransformEvent as unknown as new (
    token: symbol,
    transformer: RTCRtpScriptTransformer,
  ) => RTCTransformEvent;
  return new Constructor(CONSTRUCT, transformer);
}
