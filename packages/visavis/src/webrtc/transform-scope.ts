/**
 * Transforms as they reach a worker: https://w3c.github.io/webrtc-encoded-transform/#RTCTransformEvent-interface
 */
import { interceptParent, interceptPort } from "../node/worker-link.ts";
import { createTransformEvent, createTransformer, type RTCTransformEvent } from "./rtc-rtp-script-transformer.ts";
import { TRANSFORM_MARK, type TransformBegin } from "./transform-messages.ts";
import { isObject } from "./webidl.ts";

function isBegin(value: unknown): value is TransformBegin {
  return isObject(value) && (value as { readonly type?: unknown }).type === TRANSFORM_MARK;
}

function begin(value: unknown, handle: (event: RTCTransformEvent) => void): void {
  const { port, options } = value as TransformBegin;
  handle(createTransformEvent(createTransformer(port, options)));
}

/** Has the transforms that are begun for this thread come to `handle`. */
export function receiveTransforms(handle: (event: RTCTransformEvent) => void): void {
  interceptParent(isBegin, (value) => begin(value, handle));
}

/** Has the transforms that come by `port` fire `rtctransform` at `scope`. */
export function receiveTransformsFrom(port: object, scope: EventTarget): void {
  interceptPort(port, isBegin, (value) => begin(value, (event) => void scope.dispatchEvent(event)));
}

/**
 * Defines `onrtctransform` on a global object. Messages are listened for from the moment it is set: a worker without a
 * transform ends as it would without this library.
 */
export function defineTransformHandler(scope: object): void {
  let handler: unknown = null;
  let isListening = false;
  Object.defineProperty(scope, "onrtctransform", {
    configurable: true,
    enumerable: true,
    get: () => handler,
    set: (value: unknown) => {
      handler = typeof value === "function" ? value : null;
      if (isListening || handler === null) return;
      isListening = true;
      receiveTransforms((event) => {
        if (typeof handler === "function") Reflect.apply(handler, scope, [event]);
      });
    },
  });
}
