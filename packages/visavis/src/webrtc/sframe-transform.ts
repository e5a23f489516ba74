/**
 * SFrameTransform: https://w3c.github.io/webrtc-encoded-transform/#sframe-transform. Frames are encrypted from end to end by RFC 9605,
 * at a sender or receiver, or in a pipe of streams.
 */
import type { EncodedFrame } from "../media/encoded-frame.ts";
import { SFrameContext, type SFrameFailure } from "../media/sframe/context.ts";
import { type SecretKey, sframeBaseKey } from "../media/sframe/key.ts";
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { type FrameTransform, registerTransform, type TransformHost } from "./frame-transform.ts";
import { defineInterface } from "./interface-object.ts";
import { slotsOfFrame } from "./rtc-encoded-frame.ts";
import { CRYPTO_KEY_ID, SFrameTransformErrorEvent } from "./sframe-transform-error-event.ts";
import { type Converter, dictionary, enumeration, isObject, promising, requireArguments } from "./webidl.ts";

/** Which way a transform works. */
export type SFrameTransformRole = "decrypt" | "encrypt";

/** How a transform is made. */
export interface SFrameTransformOptions {
  role?: SFrameTransformRole;
}

/** The events of a transform. */
export interface SFrameTransformEventMap {
  error: SFrameTransformErrorEvent;
}

/** Encrypts or decrypts frames. */
export interface SFrameTransform extends TypedEventTarget<SFrameTransformEventMap> {
  onerror: EventHandler<SFrameTransformErrorEvent>;
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
  /** Adds a key, and encrypts with it from now on. @param key for HKDF: the base key of RFC 9605 */
  setEncryptionKey(key: SecretKey, keyID?: number | bigint): Promise<void>;
}

/** The interface object of SFrameTransform. */
export interface SFrameTransformConstructor {
  readonly prototype: SFrameTransform;
  new (options?: SFrameTransformOptions): SFrameTransform;
}

const OPTIONS: Converter<Required<SFrameTransformOptions>> = dictionary<Required<SFrameTransformOptions>>(
  "SFrameTransformOptions",
  { role: { type: enumeration("SFrameTransformRole", ["encrypt", "decrypt"]), byDefault: () => "encrypt" } },
);

const MOST_KEY_ID = 0xffff_ffff_ffff_ffffn;

let hasBrand: (value: object) => boolean;

/** The slots of a transform. */
class SFrameSlots implements FrameTransform {
  readonly context: SFrameContext = new SFrameContext();
  readonly #role: SFrameTransformRole;
  readonly #object: EventTarget;
  readonly streams: TransformStream;
  #host: TransformHost | undefined;

  constructor(object: EventTarget, role: SFrameTransformRole) {
    this.#object = object;
    this.#role = role;
    this.streams = new TransformStream(
      { transform: (chunk: unknown, controller) => controller.enqueue(this.#transformChunk(chunk)) },
      { highWaterMark: 1 },
      // What is written is transformed before anybody reads.
      { highWaterMark: 1 },
    );
  }

  attach(host: TransformHost): void {
    this.#host = host;
    // The streams are the connection's from now on, whether or not they are used.
    this.streams.readable.getReader();
    this.streams.writable.getWriter();
  }

  detach(): void {
    this.#host = undefined;
  }

  process(frame: EncodedFrame, encoding: number): void {
    const data = this.#transform(frame.data, frame);
    if (data !== undefined) this.#host?.deliver({ ...frame, data }, encoding);
  }

  keyFrameRequested(): boolean {
    return false;
  }

  /** What becomes of bytes; undefined when nothing does. */
  #transform(bytes: Uint8Array, frame: unknown): Uint8Array | undefined {
    if (this.#role === "encrypt") return this.context.encrypt(bytes);
    const outcome = this.context.decrypt(bytes);
    if ("data" in outcome) return outcome.data;
    this.#fail(outcome.failure, outcome.keyId, frame);
    return undefined;
  }

  #fail(errorType: SFrameFailure, keyId: bigint | undefined, frame: unknown): void {
    const keyID = keyId === undefined ? null : keyId <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(keyId) : keyId;
    this.#object.dispatchEvent(new SFrameTransformErrorEvent("error", { errorType, keyID, frame }));
  }

  /** A frame is changed and goes on; bytes become other bytes, none when they cannot be decrypted. */
  #transformChunk(chunk: unknown): unknown {
    const frame = slotsOfFrame(chunk);
    if (frame !== undefined) {
      frame.data = bufferOf(this.#transform(new Uint8Array(frame.data), chunk));
      return chunk;
    }
    if (chunk instanceof ArrayBuffer) return bufferOf(this.#transform(new Uint8Array(chunk), chunk));
    if (!ArrayBuffer.isView(chunk)) throw new TypeError("An SFrameTransform takes frames and bytes.");
    return bufferOf(this.#transform(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), chunk));
  }
}

function bufferOf(bytes: Uint8Array | undefined): ArrayBuffer {
  return bytes === undefined ? new ArrayBuffer(0) : bytes.slice().buffer;
}

/** The class SFrameTransform. */
export const SFrameTransform: SFrameTransformConstructor = class SFrameTransform extends EventTarget {
  readonly #slots: SFrameSlots;
  declare onerror: EventHandler<SFrameTransformErrorEvent>;

  static {
    hasBrand = (value) => #slots in value;
  }

  constructor(...args: [options?: SFrameTransformOptions]) {
    const { role } = OPTIONS(args[0], "Failed to construct 'SFrameTransform': parameter 1");
    super();
    this.#slots = new SFrameSlots(this, role);
    registerTransform(this, this.#slots);
  }

  get readable(): ReadableStream {
    return this.#slots.streams.readable;
  }

  get writable(): WritableStream {
    return this.#slots.streams.writable;
  }

  // https://w3c.github.io/webrtc-encoded-transform/#dom-sframetransform-setencryptionkey
  setEncryptionKey(...args: [key: SecretKey, keyID?: number | bigint]): Promise<void> {
    return promising(() => {
      const slots = this.#slots;
      const context = "Failed to execute 'setEncryptionKey' on 'SFrameTransform'";
      requireArguments(args.length, 1, context);
      const key = sframeBaseKey(args[0]);
      if (key === undefined) throw new TypeError(`${context}: parameter 1 is not of type 'CryptoKey'.`);
      const keyId = BigInt(args[1] === undefined ? 0 : CRYPTO_KEY_ID(args[1], `${context}: parameter 2`));
      if (keyId < 0n || keyId > MOST_KEY_ID) throw new RangeError("Not a 64 bits integer");
      slots.context.setKey(keyId, key);
      return Promise.resolve();
    });
  }
};

defineEventHandlers(SFrameTransform, (value): value is SFrameTransform => isObject(value) && hasBrand(value), ["error"]);
defineInterface(SFrameTransform, "SFrameTransform", { lengths: { setEncryptionKey: 1 } });
