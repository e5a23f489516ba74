/**
 * RTCRtpTransceiver: https://w3c.github.io/webrtc-pc/#rtcrtptransceiver-interface and
 * https://w3c.github.io/webrtc-extensions/#rtp-header-extension-control
 */
import type { MediaPlan } from "../peer/media-types.ts";
import { domError } from "./errors.ts";
import { CONSTRUCT, defineInterface, forbidConstruction } from "./interface-object.ts";
import { updateNegotiationNeeded } from "./negotiation-needed.ts";
import type { RTCRtpReceiver } from "./rtc-rtp-receiver.ts";
import type { RTCRtpSender } from "./rtc-rtp-sender.ts";
import { extensionsToNegotiate, preferredCodecs, type RTCRtpHeaderExtensionCapability } from "./rtp-capabilities.ts";
import { CODEC, type RTCRtpCodec } from "./rtp-encodings.ts";
import type { TransceiverSlots } from "./transceiver-slots.ts";
import { stopTransceiver } from "./transceiver-stop.ts";
import { type Converter, dictionary, domString, enumeration, isObject, requireArguments, sequence } from "./webidl.ts";

/** Which way media goes. */
export type RTCRtpTransceiverDirection = "inactive" | "recvonly" | "sendonly" | "sendrecv" | "stopped";

/** A sender and a receiver that share a section of the descriptions. */
export interface RTCRtpTransceiver {
  readonly currentDirection: RTCRtpTransceiverDirection | null;
  /** Of older drafts; browsers have it. */
  readonly stopped: boolean;
  direction: RTCRtpTransceiverDirection;
  readonly mid: string | null;
  readonly receiver: RTCRtpReceiver;
  readonly sender: RTCRtpSender;
  getHeaderExtensionsToNegotiate(): RTCRtpHeaderExtensionCapability[];
  getNegotiatedHeaderExtensions(): RTCRtpHeaderExtensionCapability[];
  setCodecPreferences(codecs: RTCRtpCodec[]): void;
  setHeaderExtensionsToNegotiate(extensions: RTCRtpHeaderExtensionCapability[]): void;
  stop(): void;
}

/** The interface object of RTCRtpTransceiver. */
export interface RTCRtpTransceiverConstructor {
  readonly prototype: RTCRtpTransceiver;
  new (): RTCRtpTransceiver;
}

const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive", "stopped"] as const;

/** The beginning of the message of an exception that an operation throws. */
const failure = (operation: string): string => `Failed to execute '${operation}' on 'RTCRtpTransceiver'`;

const CODECS = sequence(CODEC as Converter<RTCRtpCodec>);
const EXTENSIONS = sequence(
  dictionary<Required<RTCRtpHeaderExtensionCapability>>("RTCRtpHeaderExtensionCapability", {
    direction: { type: enumeration("RTCRtpTransceiverDirection", DIRECTIONS), byDefault: () => "sendrecv" },
    uri: { type: domString, required: true },
  }),
);

let create: (slots: TransceiverSlots) => RTCRtpTransceiver;
let hasBrand: (value: object) => boolean;

/** The class RTCRtpTransceiver. Scripts cannot construct it. */
export const RTCRtpTransceiver: RTCRtpTransceiverConstructor = class RTCRtpTransceiver {
  readonly #slots: TransceiverSlots;

  static {
    create = (slots) => new RTCRtpTransceiver(CONSTRUCT, slots);
    hasBrand = (value) => #slots in value;
  }

  constructor(...args: unknown[]) {
    forbidConstruction(args[0]);
    this.#slots = args[1] as TransceiverSlots;
  }

  get mid(): string | null {
    return this.#slots.transceiver.mid;
  }

  get sender(): RTCRtpSender {
    return this.#slots.sender.object;
  }

  get receiver(): RTCRtpReceiver {
    return this.#slots.receiver.object;
  }

  // https://w3c.github.io/webrtc-pc/#dom-rtcrtptransceiver-direction
  get direction(): RTCRtpTransceiverDirection {
    const { isStopping, direction } = this.#slots.transceiver;
    return isStopping ? "stopped" : direction;
  }

  set direction(value: unknown) {
    const { connection, transceiver } = this.#slots;
    // https://webidl.spec.whatwg.org/#dfn-attribute-setter: what is not in the enumeration is ignored.
    const direction = DIRECTIONS.find((each) => each === String(value));
    if (direction === undefined) return;
    if (connection.isClosed) throw domError("InvalidStateError", "The RTCPeerConnection is closed.");
    // 3. If transceiver.[[Stopping]] is true, throw an InvalidStateError.
    if (transceiver.isStopping) throw domError("InvalidStateError", "The transceiver is stopped.");
    // 5. If newDirection is equal to transceiver.[[Direction]], abort; 6. if it is "stopped", throw a TypeError.
    if (direction === transceiver.direction) return;
    if (direction === "stopped") throw new TypeError("A transceiver is stopped by stop().");
    // 7., 8. Set it, and update the negotiation-needed flag.
    transceiver.direction = direction;
    updateNegotiationNeeded(connection);
  }

  get currentDirection(): RTCRtpTransceiverDirection | null {
    const { isStopped, currentDirection } = this.#slots.transceiver;
    return isStopped ? "stopped" : currentDirection;
  }

  get stopped(): boolean {
    return this.#slots.transceiver.isStopped;
  }

  stop(): void {
    stopTransceiver(this.#slots);
  }

  // https://w3c.github.io/webrtc-pc/#dom-rtcrtptransceiver-setcodecpreferences
  setCodecPreferences(...args: unknown[]): void {
    const { transceiver } = this.#slots;
    const context = failure("setCodecPreferences");
    requireArguments(args.length, 1, context);
    transceiver.codecPreferences = preferredCodecs(transceiver.kind, CODECS(args[0], `${context}: parameter 1`));
  }

  // https://w3c.github.io/webrtc-extensions/#dom-rtcrtptransceiver-getheaderextensionstonegotiate
  getHeaderExtensionsToNegotiate(): RTCRtpHeaderExtensionCapability[] {
    return this.#slots.transceiver.extensionsToNegotiate.map(({ uri, direction }) => ({ uri, direction }));
  }

  // https://w3c.github.io/webrtc-extensions/#dom-rtcrtptransceiver-setheaderextensionstonegotiate
  setHeaderExtensionsToNegotiate(...args: unknown[]): void {
    const { transceiver, connection } = this.#slots;
    const context = failure("setHeaderExtensionsToNegotiate");
    requireArguments(args.length, 1, context);
    const wanted = EXTENSIONS(args[0], `${context}: parameter 1`);
    transceiver.extensionsToNegotiate = extensionsToNegotiate(transceiver.extensionsToNegotiate, wanted);
    updateNegotiationNeeded(connection);
  }

  // https://w3c.github.io/webrtc-extensions/#dom-rtcrtptransceiver-getnegotiatedheaderextensions
  getNegotiatedHeaderExtensions(): RTCRtpHeaderExtensionCapability[] {
    const { extensionsToNegotiate: known, negotiated } = this.#slots.transceiver;
    return known.map(({ uri }) => ({ uri, direction: negotiatedDirection(negotiated, uri) }));
  }
};

function negotiatedDirection(negotiated: MediaPlan | undefined, uri: string): RTCRtpTransceiverDirection {
  const isSent = negotiated?.sendExtensions.some((each) => each.uri === uri) === true;
  const isReceived = negotiated?.receiveExtensions.some((each) => each.uri === uri) === true;
  if (isSent) return isReceived ? "sendrecv" : "sendonly";
  return isReceived ? "recvonly" : "stopped";
}

defineInterface(RTCRtpTransceiver, "RTCRtpTransceiver", {
  lengths: { setCodecPreferences: 1, setHeaderExtensionsToNegotiate: 1 },
});

/** Whether a value is an RTCRtpTransceiver. */
export function isRtpTransceiver(value: unknown): value is RTCRtpTransceiver {
  return isObject(value) && hasBrand(value);
}

/** Makes the object for a transceiver's slots. */
export function createTransceiverObject(slots: TransceiverSlots): RTCRtpTransceiver {
  return create(slots);
}
