/**
 * RTCRtpSender: https://w3c.github.io/webrtc-pc/#rtcrtpsender-interface
 *
 * The interface only; the steps on parameters and tracks are in sender-steps.ts.
 */
import { isTransform, type RTCRtpTransform } from "./frame-transform.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import { isMediaStream, type MediaStream } from "./media-stream.ts";
import { isMediaStreamTrack, type MediaStreamTrack } from "./media-stream-track.ts";
import type { RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import type { RTCDTMFSender } from "./rtc-dtmf-sender.ts";
import type { RTCStatsReport } from "./rtc-stats-report.ts";
import { capabilitiesOf, type RTCRtpCapabilities } from "./rtp-capabilities.ts";
import {
  type RTCRtpSendParameters,
  type RTCSetParameterOptions,
  SEND_PARAMETERS,
  SET_PARAMETER_OPTIONS,
} from "./rtp-parameters.ts";
import { dtlsTransportOf } from "./rtp-transport.ts";
import { generateKeyFrames, getParameters, replaceTrack, setParameters, setStreams } from "./sender-steps.ts";
import { getStats } from "./stats.ts";
import type { SenderSlots } from "./transceiver-slots.ts";
import { domString, interfaceType, isObject, nullable, promising, requireArguments, sequence } from "./webidl.ts";

/** Sends the media of one track. */
export interface RTCRtpSender {
  /** Sends tones; null of video. */
  readonly dtmf: RTCDTMFSender | null;
  readonly track: MediaStreamTrack | null;
  /** What the frames go through before they are sent. */
  transform: RTCRtpTransform | null;
  readonly transport: RTCDtlsTransport | null;
  /** Has key frames made of the encodings with these restriction identifiers, or of all. */
  generateKeyFrame(rids?: string[]): Promise<void>;
  getParameters(): RTCRtpSendParameters;
  getStats(): Promise<RTCStatsReport>;
  replaceTrack(withTrack: MediaStreamTrack | null): Promise<void>;
  setParameters(parameters: RTCRtpSendParameters, setParameterOptions?: RTCSetParameterOptions): Promise<void>;
  setStreams(...streams: MediaStream[]): void;
}

/** The interface object of RTCRtpSender. */
export interface RTCRtpSenderConstructor {
  readonly prototype: RTCRtpSender;
  new (): RTCRtpSender;
  getCapabilities(kind: string): RTCRtpCapabilities | null;
}

/** The beginning of the message of an exception that an operation throws. */
const failure = (operation: string): string => `Failed to execute '${operation}' on 'RTCRtpSender'`;

const TRACK_OR_NULL = nullable(interfaceType("MediaStreamTrack", isMediaStreamTrack));
const TRANSFORM = nullable(interfaceType("RTCRtpTransform", isTransform));
const RIDS = sequence(domString);
const STREAM = interfaceType("MediaStream", isMediaStream);

let create: (slots: SenderSlots) => RTCRtpSender;
let hasBrand: (value: object) => boolean;
let slotsIn: (sender: RTCRtpSender) => SenderSlots;

/** The class RTCRtpSender. Scripts cannot construct it. */
export const RTCRtpSender: RTCRtpSenderConstructor = class RTCRtpSender {
  readonly #slots: SenderSlots;

  static {
    create = (slots) => new RTCRtpSender(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
    slotsIn = (sender) => (sender as RTCRtpSender).#slots;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#slots = args[1] as SenderSlots;
  }

  // https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-getcapabilities
  static getCapabilities(...args: [kind: string]): RTCRtpCapabilities | null {
    requireArguments(args.length, 1, failure("getCapabilities"));
    return capabilitiesOf(domString(args[0], `${failure("getCapabilities")}: parameter 1`));
  }

  get track(): MediaStreamTrack | null {
    return this.#slots.track;
  }

  // https://w3c.github.io/webrtc-encoded-transform/#attribute-transform
  get transform(): RTCRtpTransform | null {
    return this.#slots.transform.object as RTCRtpTransform | null;
  }

  set transform(value: unknown) {
    const slots = this.#slots;
    slots.transform.set(TRANSFORM(value, "Failed to set the 'transform' property on 'RTCRtpSender': The value"));
  }

  get transport(): RTCDtlsTransport | null {
    return dtlsTransportOf(this.#slots.transceiver);
  }

  get dtmf(): RTCDTMFSender | null {
    return this.#slots.dtmf;
  }

  getParameters(): RTCRtpSendParameters {
    return getParameters(this.#slots);
  }

  setParameters(...args: unknown[]): Promise<void> {
    return promising(() => {
      const slots = this.#slots;
      const context = failure("setParameters");
      requireArguments(args.length, 1, context);
      const parameters = SEND_PARAMETERS(args[0], `${context}: parameter 1`);
      const { encodingOptions } = SET_PARAMETER_OPTIONS(args[1], `${context}: parameter 2`);
      return setParameters(slots, parameters, encodingOptions);
    });
  }

  replaceTrack(...args: unknown[]): Promise<void> {
    return promising(() => {
      const slots = this.#slots;
      requireArguments(args.length, 1, failure("replaceTrack"));
      return replaceTrack(slots, TRACK_OR_NULL(args[0], `${failure("replaceTrack")}: parameter 1`));
    });
  }

  setStreams(...streams: unknown[]): void {
    const slots = this.#slots;
    setStreams(
      slots,
      streams.map((stream, index) => STREAM(stream, `${failure("setStreams")}: parameter ${index + 1}`)),
    );
  }

  // https://w3c.github.io/webrtc-encoded-transform/#dom-rtcrtpsender-generatekeyframe
  generateKeyFrame(...args: [rids?: string[]]): Promise<void> {
    return promising(() => {
      const slots = this.#slots;
      const rids = args[0] === undefined ? [] : RIDS(args[0], `${failure("generateKeyFrame")}: parameter 1`);
      return generateKeyFrames(slots, rids);
    });
  }

  getStats(): Promise<RTCStatsReport> {
    return promising(() => getStats(this.#slots.connection, { sender: this.#slots.transceiver.transceiver }));
  }
};

defineInterface(RTCRtpSender, "RTCRtpSender", { lengths: { getCapabilities: 1, setParameters: 1, replaceTrack: 1 } });

/** Whether a value is an RTCRtpSender. */
export function isRtpSender(value: unknown): value is RTCRtpSender {
  return isObject(value) && hasBrand(value);
}

/** The slots of a sender. */
export function slotsOfSender(sender: RTCRtpSender): SenderSlots {
  return slotsIn(sender);
}

/** Makes the object for a sender's slots. */
export function createSenderObject(slots: SenderSlots): RTCRtpSender {
  return create(slots);
}
