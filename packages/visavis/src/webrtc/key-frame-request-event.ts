/**
 * KeyFrameRequestEvent: https://w3c.github.io/webrtc-encoded-transform/#KeyFrameRequestEvent-interface
 */
import { defineInterface } from "./interface-object.ts";
import { domString, requireArguments } from "./webidl.ts";

/** Says that the other side wants a key frame; cancelled, none is made. */
export interface KeyFrameRequestEvent extends Event {
  readonly rid: string | null;
}

/** The interface object of KeyFrameRequestEvent. */
export interface KeyFrameRequestEventConstructor {
  readonly prototype: KeyFrameRequestEvent;
  new (type: string, rid?: string): KeyFrameRequestEvent;
}

/** The class KeyFrameRequestEvent. */
export const KeyFrameRequestEvent: KeyFrameRequestEventConstructor = class KeyFrameRequestEvent extends Event {
  readonly #rid: string | null;

  constructor(...args: [type: string, rid?: string]) {
    const context = "Failed to construct 'KeyFrameRequestEvent'";
    requireArguments(args.length, 1, context);
    super(domString(args[0], `${context}: parameter 1`), { cancelable: true });
    this.#rid = args[1] === undefined ? null : domString(args[1], `${context}: parameter 2`);
  }

  get rid(): string | null {
    return this.#rid;
  }
};

defineInterface(KeyFrameRequestEvent, "KeyFrameRequestEvent", { lengths: { constructor: 1 } });
