/**
 * SFrameTransformErrorEvent: https://w3c.github.io/webrtc-encoded-transform/#sframe-transform
 */
import { EVENT_INIT, type EventInitDict } from "./events.ts";
import { defineInterface } from "./interface-object.ts";
import { any, type Converter, dictionary, domString, enumeration, requireArguments, unsignedLongLongInRange } from "./webidl.ts";

/** Why a frame could not be decrypted. */
export type SFrameTransformErrorEventType = "authentication" | "keyID" | "syntax";

/** The values of an SFrameTransformErrorEvent. */
export interface SFrameTransformErrorEventInit extends EventInitDict {
  errorType: SFrameTransformErrorEventType;
  frame: unknown;
  keyID?: number | bigint | null;
}

/** Says that a frame could not be decrypted. */
export interface SFrameTransformErrorEvent extends Event {
  readonly errorType: SFrameTransformErrorEventType;
  readonly frame: unknown;
  readonly keyID: number | bigint | null;
}

/** The interface object of SFrameTransformErrorEvent. */
export interface SFrameTransformErrorEventConstructor {
  readonly prototype: SFrameTransformErrorEvent;
  new (type: string, eventInitDict: SFrameTransformErrorEventInit): SFrameTransformErrorEvent;
}

/** `CryptoKeyID`: a number of up to 53 bits, or a bigint. */
export const CRYPTO_KEY_ID: Converter<number | bigint> = (value, context) =>
  typeof value === "bigint" ? value : unsignedLongLongInRange(value, context);

const INIT: Converter<SFrameTransformErrorEventInit> = dictionary<SFrameTransformErrorEventInit, EventInitDict>(
  "SFrameTransformErrorEventInit",
  {
    errorType: { type: enumeration("SFrameTransformErrorEventType", ["authentication", "keyID", "syntax"]), required: true },
    frame: { type: any, required: true },
    keyID: { type: (value, context) => (value === null ? null : CRYPTO_KEY_ID(value, context)) },
  },
  EVENT_INIT,
);

/** The class SFrameTransformErrorEvent. */
export const SFrameTransformErrorEvent: SFrameTransformErrorEventConstructor = class SFrameTransformErrorEvent extends Event {
  readonly #init: SFrameTransformErrorEventInit;

  constructor(...args: [type: string, eventInitDict: SFrameTransformErrorEventInit]) {
    const context = "Failed to construct 'SFrameTransformErrorEvent'";
    requireArguments(args.length, 2, context);
    const type = domString(args[0], `${context}: parameter 1`);
    const init = INIT(args[1], `${context}: parameter 2`);
    super(type, init);
    this.#init = init;
  }

  get errorType(): SFrameTransformErrorEventType {
    return this.#init.errorType;
  }

  get keyID(): number | bigint | null {
    return this.#init.keyID ?? null;
  }

  get frame(): unknown {
    return this.#init.frame;
  }
};

defineInterface(SFrameTransformErrorEvent, "SFrameTransformErrorEvent", { lengths: { constructor: 2 } });
