/**
 * RTCRtpReceiver: https://w3c.github.io/webrtc-pc/#rtcrtpreceiver-interface
 */
import { isTransform, type RTCRtpTransform } from "./frame-transform.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import type { MediaStreamTrack } from "./media-stream-track.ts";
import type { RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import type { RTCStatsReport } from "./rtc-stats-report.ts";
import { capabilitiesOf, type RTCRtpCapabilities } from "./rtp-capabilities.ts";
import { type RTCRtpReceiveParameters, receiveParameters } from "./rtp-parameters.ts";
import { dtlsTransportOf } from "./rtp-transport.ts";
import { getStats } from "./stats.ts";
import type { ReceiverSlots } from "./transceiver-slots.ts";
import { domString, double, interfaceType, isObject, nullable, promising, requireArguments } from "./webidl.ts";

/** A source whose media is in what was played last. */
export interface RTCRtpContributingSource {
  /** 0 to 1, linear. */
  audioLevel?: number;
  /** When it was captured, in milliseconds since 1900 by the NTP clock of who captured it, where the header extension tells. */
  captureTimestamp?: number;
  rtpTimestamp: number;
  source: number;
  /** When it was played. */
  timestamp: number;
}

/** A source of RTP whose media was played last. */
export interface RTCRtpSynchronizationSource extends RTCRtpContributingSource {}

/** Receives the media of one track. */
export interface RTCRtpReceiver {
  /** How much media is to be kept before it is played, in milliseconds; null leaves it to the implementation. */
  jitterBufferTarget: number | null;
  readonly track: MediaStreamTrack;
  /** What the frames go through after they were received. */
  transform: RTCRtpTransform | null;
  readonly transport: RTCDtlsTransport | null;
  getContributingSources(): RTCRtpContributingSource[];
  getParameters(): RTCRtpReceiveParameters;
  getStats(): Promise<RTCStatsReport>;
  getSynchronizationSources(): RTCRtpSynchronizationSource[];
}

/** The interface object of RTCRtpReceiver. */
export interface RTCRtpReceiverConstructor {
  readonly prototype: RTCRtpReceiver;
  new (): RTCRtpReceiver;
  getCapabilities(kind: string): RTCRtpCapabilities | null;
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtpreceiver-jitterbuffertarget, in milliseconds. */
const MAX_JITTER_BUFFER_TARGET = 4000;

const TRANSFORM = nullable(interfaceType("RTCRtpTransform", isTransform));
const TARGET = nullable(double);

let create: (slots: ReceiverSlots) => RTCRtpReceiver;
let hasBrand: (value: object) => boolean;
let slotsIn: (receiver: RTCRtpReceiver) => ReceiverSlots;

/** The class RTCRtpReceiver. Scripts cannot construct it. */
export const RTCRtpReceiver: RTCRtpReceiverConstructor = class RTCRtpReceiver {
  readonly #slots: ReceiverSlots;

  static {
    create = (slots) => new RTCRtpReceiver(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
    slotsIn = (receiver) => (receiver as RTCRtpReceiver).#slots;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#slots = args[1] as ReceiverSlots;
  }

  // https://w3c.github.io/webrtc-pc/#dom-rtcrtpreceiver-getcapabilities
  static getCapabilities(...args: [kind: string]): RTCRtpCapabilities | null {
    const context = "Failed to execute 'getCapabilities' on 'RTCRtpReceiver'";
    requireArguments(args.length, 1, context);
    return capabilitiesOf(domString(args[0], `${context}: parameter 1`));
  }

  get track(): MediaStreamTrack {
    return this.#slots.track;
  }

  // https://w3c.github.io/webrtc-encoded-transform/#attribute-transform
  get transform(): RTCRtpTransform | null {
    return this.#slots.transform.object as RTCRtpTransform | null;
  }

  set transform(value: unknown) {
    const slots = this.#slots;
    slots.transform.set(TRANSFORM(value, "Failed to set the 'transform' property on 'RTCRtpReceiver': The value"));
  }

  get transport(): RTCDtlsTransport | null {
    return dtlsTransportOf(this.#slots.transceiver);
  }

  get jitterBufferTarget(): number | null {
    return this.#slots.receiver.jitterBufferTarget;
  }

  set jitterBufferTarget(value: unknown) {
    const { receiver, connection } = this.#slots;
    const context = "Failed to set the 'jitterBufferTarget' property on 'RTCRtpReceiver'";
    const target = TARGET(value, `${context}: The value`);
    if (target !== null && (target < 0 || target > MAX_JITTER_BUFFER_TARGET)) {
      throw new RangeError(`${context}: ${target} is not from 0 to ${MAX_JITTER_BUFFER_TARGET}.`);
    }
    receiver.jitterBufferTarget = target;
    connection.wake();
  }

  getParameters(): RTCRtpReceiveParameters {
    return receiveParameters(this.#slots.transceiver);
  }

  getContributingSources(): RTCRtpContributingSource[] {
    return this.#slots.contributingSources();
  }

  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    return this.#slots.synchronizationSources();
  }

  getStats(): Promise<RTCStatsReport> {
    return promising(() => getStats(this.#slots.connection, { receiver: this.#slots.transceiver.transceiver }));
  }
};

defineInterface(RTCRtpReceiver, "RTCRtpReceiver", { lengths: { getCapabilities: 1 } });

/** Whether a value is an RTCRtpReceiver. */
export function isRtpReceiver(value: unknown): value is RTCRtpReceiver {
  return isObject(value) && hasBrand(value);
}

/** The slots of a receiver. */
export function slotsOfReceiver(receiver: RTCRtpReceiver): ReceiverSlots {
  return slotsIn(receiver);
}

/** Makes the object for a receiver's slots. */
export function createReceiverObject(slots: ReceiverSlots): RTCRtpReceiver {
  return create(slots);
}
