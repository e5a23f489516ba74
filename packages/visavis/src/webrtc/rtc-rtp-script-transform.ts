/**
 * RTCRtpScriptTransform: https://w3c.github.io/webrtc-encoded-transform/#RTCRtpScriptTransform-interface
 */
import type { Platform } from "../base/platform.ts";
import { createPorts } from "../node/message-pipe.ts";
import { postToWorker } from "../node/worker-link.ts";
import { registerTransform } from "./frame-transform.ts";
import { defineInterface } from "./interface-object.ts";
import { ScriptTransformSlots } from "./script-transform-slots.ts";
import { TRANSFORM_MARK, type TransformBegin } from "./transform-messages.ts";
import { object, requireArguments, sequence } from "./webidl.ts";

/** A script in a worker that transforms the frames of a sender or a receiver. */
// biome-ignore lint/suspicious/noEmptyInterface: the interface of the specification has no member
export interface RTCRtpScriptTransform {}

/** The interface object of RTCRtpScriptTransform. */
export interface RTCRtpScriptTransformConstructor {
  readonly prototype: RTCRtpScriptTransform;
  /** @param worker a Worker of `node:worker_threads` that imports `visavis/worker` */
  new (worker: object, options?: unknown, transfer?: object[]): RTCRtpScriptTransform;
}

const TRANSFER = sequence(object);

const classes = new WeakMap<Platform, RTCRtpScriptTransformConstructor>();

/** The class RTCRtpScriptTransform of a platform: the same at every call. */
export function bindScriptTransform(platform: Platform): RTCRtpScriptTransformConstructor {
  const known = classes.get(platform);
  if (known !== undefined) return known;
  const bound: RTCRtpScriptTransformConstructor = class RTCRtpScriptTransform {
    constructor(...args: unknown[]) {
      const context = "Failed to construct 'RTCRtpScriptTransform'";
      requireArguments(args.length, 1, context);
      const worker = object(args[0], `${context}: parameter 1`);
      const transfer = args[2] === undefined ? [] : TRANSFER(args[2], `${context}: parameter 3`);
      const [own, port] = createPorts();
      const begin: TransformBegin = { type: TRANSFORM_MARK, port, options: args[1] };
      if (!postToWorker(worker, begin, [port, ...transfer])) {
        own.close();
        throw new TypeError(`${context}: parameter 1 is not of type 'Worker'.`);
      }
      registerTransform(this, new ScriptTransformSlots(own, platform.clock));
    }
  };
  defineInterface(bound, "RTCRtpScriptTransform", { lengths: { constructor: 1 } });
  classes.set(platform, bound);
  return bound;
}
