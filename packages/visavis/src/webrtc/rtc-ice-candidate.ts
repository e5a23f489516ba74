/**
 * RTCIceCandidate and its dictionaries: https://w3c.github.io/webrtc-pc/#rtcicecandidate-interface
 */
import { parseCandidate } from "../peer/candidate.ts";
import { defineInterface } from "./interface-object.ts";
import { type Converter, dictionary, domString, enumeration, isObject, nullable, unsignedShort, usvString } from "./webidl.ts";

/** Which of RTP and RTCP a candidate is for. Everything is multiplexed, so ours are all for "rtp". */
export type RTCIceComponent = "rtp" | "rtcp";
/** The transport protocol of a candidate. */
export type RTCIceProtocol = "udp" | "tcp";
/** How a candidate was learnt (RFC 8445 §5.1.1). */
export type RTCIceCandidateType = "host" | "srflx" | "prflx" | "relay";
/** Who opens the connection of a TCP candidate (RFC 6544 §4.5). */
export type RTCIceTcpCandidateType = "active" | "passive" | "so";
/** How a client speaks to the TURN server that gave it the candidate. */
export type RTCIceServerTransportProtocol = "udp" | "tcp" | "tls";

/** A candidate as it is signalled. */
export interface RTCIceCandidateInit {
  candidate?: string;
  sdpMLineIndex?: number | null;
  sdpMid?: string | null;
  usernameFragment?: string | null;
}

/** A candidate with what is known of it on this side only. */
export interface RTCLocalIceCandidateInit extends RTCIceCandidateInit {
  relayProtocol?: RTCIceServerTransportProtocol | null;
  url?: string | null;
}

/** An ICE candidate. */
export interface RTCIceCandidate {
  readonly address: string | null;
  readonly candidate: string;
  readonly component: RTCIceComponent | null;
  readonly foundation: string | null;
  readonly port: number | null;
  readonly priority: number | null;
  readonly protocol: RTCIceProtocol | null;
  readonly relatedAddress: string | null;
  readonly relatedPort: number | null;
  /** How this side speaks to the TURN server. Always there; TypeScript's own declarations lack it. */
  readonly relayProtocol?: RTCIceServerTransportProtocol | null;
  readonly sdpMLineIndex: number | null;
  readonly sdpMid: string | null;
  readonly tcpType: RTCIceTcpCandidateType | null;
  readonly type: RTCIceCandidateType | null;
  /** The server it was learnt from. Always there; TypeScript's own declarations lack it. */
  readonly url?: string | null;
  readonly usernameFragment: string | null;
  toJSON(): RTCIceCandidateInit;
}

/** The interface object of RTCIceCandidate. */
export interface RTCIceCandidateConstructor {
  readonly prototype: RTCIceCandidate;
  new (candidateInitDict?: RTCLocalIceCandidateInit): RTCIceCandidate;
}

/** A candidate of which nothing is missing. */
export type ConvertedCandidate = Required<RTCIceCandidateInit>;

/** The dictionary RTCIceCandidateInit. */
export const ICE_CANDIDATE_INIT: Converter<ConvertedCandidate> = dictionary<ConvertedCandidate>("RTCIceCandidateInit", {
  candidate: { type: domString, byDefault: () => "" },
  sdpMLineIndex: { type: nullable(unsignedShort), byDefault: () => null },
  sdpMid: { type: nullable(domString), byDefault: () => null },
  usernameFragment: { type: nullable(domString), byDefault: () => null },
});

type ConvertedLocalCandidate = Required<RTCLocalIceCandidateInit>;

const LOCAL_ICE_CANDIDATE_INIT = dictionary<ConvertedLocalCandidate, ConvertedCandidate>(
  "RTCLocalIceCandidateInit",
  {
    relayProtocol: {
      type: nullable(enumeration<RTCIceServerTransportProtocol>("RTCIceServerTransportProtocol", ["udp", "tcp", "tls"])),
      byDefault: () => null,
    },
    url: { type: nullable(usvString), byDefault: () => null },
  },
  ICE_CANDIDATE_INIT,
);

let hasBrand: (value: object) => boolean;

/** The class RTCIceCandidate. */
export const RTCIceCandidate: RTCIceCandidateConstructor = class RTCIceCandidate {
  readonly #init: ConvertedLocalCandidate;
  readonly #parsed: ReturnType<typeof parseCandidate>;

  static {
    hasBrand = (value) => #init in value;
  }

  // https://w3c.github.io/webrtc-pc/#dom-rtcicecandidate-constructor
  constructor(candidateInitDict: RTCLocalIceCandidateInit = {}) {
    const context = "Failed to construct 'RTCIceCandidate'";
    const init = LOCAL_ICE_CANDIDATE_INIT(candidateInitDict, `${context}: parameter 1`);
    // 1. If both the sdpMid and sdpMLineIndex members of candidateInitDict are null, throw a TypeError.
    if (init.sdpMid === null && init.sdpMLineIndex === null) {
      throw new TypeError(`${context}: sdpMid and sdpMLineIndex are both null.`);
    }
    // 2. Return the result of creating an RTCIceCandidate: the members, and the fields of the candidate-attribute
    //    (RFC 8839 §5.1), which stay null when it does not parse.
    this.#init = init;
    this.#parsed = init.candidate === "" ? undefined : parseCandidate(init.candidate);
  }

  get candidate(): string {
    return this.#init.candidate;
  }

  get sdpMid(): string | null {
    return this.#init.sdpMid;
  }

  get sdpMLineIndex(): number | null {
    return this.#init.sdpMLineIndex;
  }

  get foundation(): string | null {
    return this.#parsed?.foundation ?? null;
  }

  get component(): RTCIceComponent | null {
    if (this.#parsed === undefined) return null;
    return this.#parsed.component === 1 ? "rtp" : "rtcp";
  }

  get priority(): number | null {
    return this.#parsed?.priority ?? null;
  }

  get address(): string | null {
    return this.#parsed?.address ?? null;
  }

  get protocol(): RTCIceProtocol | null {
    return this.#parsed?.protocol ?? null;
  }

  get port(): number | null {
    return this.#parsed?.port ?? null;
  }

  get type(): RTCIceCandidateType | null {
    return this.#parsed?.type ?? null;
  }

  get tcpType(): RTCIceTcpCandidateType | null {
    return this.#parsed?.tcpType ?? null;
  }

  get relatedAddress(): string | null {
    return this.#parsed?.relatedAddress ?? null;
  }

  get relatedPort(): number | null {
    return this.#parsed?.relatedPort ?? null;
  }

  get usernameFragment(): string | null {
    return this.#init.usernameFragment;
  }

  get relayProtocol(): RTCIceServerTransportProtocol | null {
    return this.#init.relayProtocol;
  }

  get url(): string | null {
    return this.#init.url;
  }

  // https://w3c.github.io/webrtc-pc/#dom-rtcicecandidate-tojson
  toJSON(): RTCIceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this.#init;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }
};

defineInterface(RTCIceCandidate, "RTCIceCandidate");

/** Whether a value is an RTCIceCandidate. */
export function isRTCIceCandidate(value: unknown): value is RTCIceCandidate {
  return isObject(value) && hasBrand(value);
}
