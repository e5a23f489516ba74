/**
 * RTCDTMFSender: https://w3c.github.io/webrtc-pc/#rtcdtmfsender
 */
import type { DtmfSlots } from "./dtmf-slots.ts";
import { defineEventHandlers, type EventHandler, type TypedEventTarget } from "./events.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { RTCDTMFToneChangeEvent } from "./rtc-dtmf-tone-change-event.ts";
import { domString, isObject, requireArguments, unsignedLong } from "./webidl.ts";

/** The events of a sender of tones. */
export interface RTCDTMFSenderEventMap {
  tonechange: RTCDTMFToneChangeEvent;
}

/** Sends tones of a telephone's keys. */
export interface RTCDTMFSender extends TypedEventTarget<RTCDTMFSenderEventMap> {
  readonly canInsertDTMF: boolean;
  ontonechange: EventHandler<RTCDTMFToneChangeEvent>;
  /** The tones that are still to be played. */
  readonly toneBuffer: string;
  /** Plays tones instead of those that are waiting: 0 to 9, A to D, # and *; a comma waits two seconds. Times are in milliseconds. */
  insertDTMF(tones: string, duration?: number, interToneGap?: number): void;
}

/** The interface object of RTCDTMFSender. */
export interface RTCDTMFSenderConstructor {
  readonly prototype: RTCDTMFSender;
  new (): RTCDTMFSender;
}

const DEFAULT_DURATION = 100;
const DEFAULT_GAP = 70;

let create: (slots: DtmfSlots) => RTCDTMFSender;
let hasBrand: (value: object) => boolean;

/** The class RTCDTMFSender. Scripts cannot construct it. */
export const RTCDTMFSender: RTCDTMFSenderConstructor = class RTCDTMFSender extends EventTarget {
  readonly #slots: DtmfSlots;
  declare ontonechange: EventHandler<RTCDTMFToneChangeEvent>;

  static {
    create = (slots) => new RTCDTMFSender(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    super();
    this.#slots = args[1] as DtmfSlots;
  }

  insertDTMF(...args: unknown[]): void {
    const slots = this.#slots;
    const context = "Failed to execute 'insertDTMF' on 'RTCDTMFSender'";
    requireArguments(args.length, 1, context);
    const tones = domString(args[0], `${context}: parameter 1`);
    const duration = args[1] === undefined ? DEFAULT_DURATION : unsignedLong(args[1], `${context}: parameter 2`);
    const gap = args[2] === undefined ? DEFAULT_GAP : unsignedLong(args[2], `${context}: parameter 3`);
    slots.insert(tones, duration, gap);
  }

  get canInsertDTMF(): boolean {
    return this.#slots.canInsert();
  }

  get toneBuffer(): string {
    return this.#slots.toneBuffer;
  }
};

defineEventHandlers(RTCDTMFSender, (value): value is RTCDTMFSender => isObject(value) && hasBrand(value), ["tonechange"]);
defineInterface(RTCDTMFSender, "RTCDTMFSender", { lengths: { insertDTMF: 1 } });

/** Makes the object for slots. */
export function createDtmfSender(slots: DtmfSlots): RTCDTMFSender {
  return create(slots);
}
