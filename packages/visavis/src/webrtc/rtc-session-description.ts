/**
 * RTCSessionDescription and its dictionaries: https://w3c.github.io/webrtc-pc/#rtcsessiondescription-class
 */
import { defineInterface } from "./interface-object.ts";
import { type Converter, dictionary, domString, enumeration, requireArguments } from "./webidl.ts";

/** What a description is in the exchange. */
export type RTCSdpType = "offer" | "pranswer" | "answer" | "rollback";

/** A description as plain data. */
export interface RTCSessionDescriptionInit {
  sdp?: string;
  type: RTCSdpType;
}

/** What `setLocalDescription` takes; without `type`, whatever fits. */
export interface RTCLocalSessionDescriptionInit {
  sdp?: string;
  type?: RTCSdpType;
}

/** A description that was applied. */
export interface RTCSessionDescription {
  readonly sdp: string;
  readonly type: RTCSdpType;
  toJSON(): RTCSessionDescriptionInit;
}

/** The interface object of RTCSessionDescription. */
export interface RTCSessionDescriptionConstructor {
  readonly prototype: RTCSessionDescription;
  new (descriptionInitDict: RTCSessionDescriptionInit): RTCSessionDescription;
}

const SDP_TYPE = enumeration<RTCSdpType>("RTCSdpType", ["offer", "pranswer", "answer", "rollback"]);
const NO_SDP = { type: domString, byDefault: (): string => "" };

/** A description of which nothing is missing. */
export type ConvertedDescription = Required<RTCSessionDescriptionInit>;

/** A local description; `type` may be missing. */
export type ConvertedLocalDescription = RTCLocalSessionDescriptionInit & { sdp: string };

/** The dictionary RTCSessionDescriptionInit. */
export const SESSION_DESCRIPTION_INIT: Converter<ConvertedDescription> = dictionary<ConvertedDescription>(
  "RTCSessionDescriptionInit",
  { sdp: NO_SDP, type: { type: SDP_TYPE, required: true } },
);

/** The dictionary RTCLocalSessionDescriptionInit. */
export const LOCAL_SESSION_DESCRIPTION_INIT: Converter<ConvertedLocalDescription> = dictionary<ConvertedLocalDescription>(
  "RTCLocalSessionDescriptionInit",
  { sdp: NO_SDP, type: { type: SDP_TYPE } },
);

/** The class RTCSessionDescription. */
export const RTCSessionDescription: RTCSessionDescriptionConstructor = class RTCSessionDescription {
  readonly #init: ConvertedDescription;

  constructor(...args: [descriptionInitDict: RTCSessionDescriptionInit]) {
    const context = "Failed to construct 'RTCSessionDescription'";
    requireArguments(args.length, 1, context);
    this.#init = SESSION_DESCRIPTION_INIT(args[0], `${context}: parameter 1`);
  }

  get type(): RTCSdpType {
    return this.#init.type;
  }

  get sdp(): string {
    return this.#init.sdp;
  }

  toJSON(): RTCSessionDescriptionInit {
    return { type: this.#init.type, sdp: this.#init.sdp };
  }
};

defineInterface(RTCSessionDescription, "RTCSessionDescription", { lengths: { constructor: 1 } });
