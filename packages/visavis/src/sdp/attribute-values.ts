/**
 * The values of the session description attributes that visavis understands, by attribute name.
 *
 * Everything else in an `a=` line is kept as text, in its place: see `GenericAttribute`.
 */

/** `a=group`: RFC 5888 §5; with the semantics `BUNDLE` RFC 9143. */
export interface Group {
  /** `BUNDLE`, `LS`, `FID` or any other token. */
  readonly semantics: string;
  /** The identification tags of the grouped sections; the first of an answer's BUNDLE group is the tagged one. */
  readonly mids: readonly string[];
}

/** `a=fingerprint`: RFC 8122 §5. */
export interface Fingerprint {
  /** Hash function, lower case: `sha-256`. */
  readonly algorithm: string;
  /** Bytes in upper-case hexadecimal, divided by colons. */
  readonly value: string;
}

/** `a=setup`: RFC 4145 §4, for DTLS RFC 8842 §5. */
export type Setup = "active" | "passive" | "actpass" | "holdconn";

/** `a=rtcp`: RFC 3605 §2.1. */
export interface RtcpPort {
  readonly port: number;
  readonly address?: NetworkAddress;
}

/** A network type, an address type and an address, as in `IN IP4 0.0.0.0`. */
export interface NetworkAddress {
  /** `IN`. */
  readonly networkType: string;
  /** `IP4` or `IP6`. */
  readonly addressType: string;
  /** An address or a host name; a multicast address with its TTL and count as written. */
  readonly address: string;
}

/** `a=rtpmap`: RFC 8866 §6.6. */
export interface RtpMap {
  readonly payloadType: number;
  /** The encoding name as written: `opus`. */
  readonly encoding: string;
  /** In Hz. */
  readonly clockRate: number;
  /** What follows the clock rate; for audio the number of channels. */
  readonly parameters?: string;
}

/** `a=fmtp`: RFC 8866 §6.15. */
export interface FormatParameters {
  /** For RTP the payload type as text. */
  readonly format: string;
  /** As written: `minptime=10;useinbandfec=1`. */
  readonly parameters: string;
}

/** `a=rtcp-fb`: RFC 4585 §4.2. */
export interface RtcpFeedback {
  /** `*` means every payload type. */
  readonly payloadType: number | "*";
  /** Kind and parameter as written: `nack pli`. */
  readonly feedback: string;
}

/** `a=extmap`: RFC 8285 §5. */
export interface ExtensionMap {
  readonly id: number;
  readonly direction?: Direction;
  readonly uri: string;
  /** What follows the URI. */
  readonly attributes?: string;
}

/** The direction attributes of RFC 8866 §6.7. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** `a=ssrc`: RFC 5576 §4.1. */
export interface SsrcAttribute {
  readonly ssrc: number;
  /** The source-level attribute: `cname`. */
  readonly attribute: string;
  readonly value?: string;
}

/** `a=ssrc-group`: RFC 5576 §4.2. */
export interface SsrcGroup {
  /** `FID`, `SIM`, `FEC-FR` or any other token. */
  readonly semantics: string;
  readonly ssrcs: readonly number[];
}

/** `a=msid`: RFC 8830 §2. */
export interface MediaStreamId {
  /** The stream's id; `-` for a track without a stream. */
  readonly stream: string;
  /** The track's id. */
  readonly track?: string;
}

/** `a=rid`: RFC 8851 §10. */
export interface RestrictionId {
  readonly id: string;
  readonly direction: "send" | "recv";
  /** The restrictions as written: `max-width=1280;max-fps=30`. */
  readonly parameters?: string;
}

/** `a=simulcast`: RFC 8853 §5.1. */
export interface Simulcast {
  /** One or two lists, in the order they are written. */
  readonly lists: readonly SimulcastList[];
}

/** The streams of one direction of `a=simulcast`. */
export interface SimulcastList {
  readonly direction: "send" | "recv";
  /** Each stream is a list of alternative restriction ids. */
  readonly streams: readonly (readonly SimulcastId[])[];
}

/** A restriction id in `a=simulcast`. */
export interface SimulcastId {
  readonly rid: string;
  /** Written with a tilde: the stream starts paused. */
  readonly paused: boolean;
}

/** `a=sctpmap`: the form that RFC 8841 replaced, still sent by older stacks. */
export interface SctpMap {
  readonly port: number;
  /** `webrtc-datachannel`. */
  readonly protocol: string;
  readonly streams?: number;
}

/** `a=crypto`: RFC 4568 §9.1. */
export interface CryptoAttribute {
  readonly tag: number;
  readonly suite: string;
  /** Key and session parameters as written. */
  readonly parameters: string;
}

/** The type of each understood attribute's value; `true` for attributes that have none. */
export interface AttributeValues {
  // The session, and how sections belong together
  group: Group;
  mid: string;
  "bundle-only": true;
  identity: string;
  "msid-semantic": string;
  // ICE: RFC 8839 §5, RFC 8840
  "ice-ufrag": string;
  "ice-pwd": string;
  "ice-options": readonly string[];
  "ice-lite": true;
  "ice-mismatch": true;
  "ice-pacing": number;
  /** The whole value, without the word `candidate:`. */
  candidate: string;
  "remote-candidates": string;
  "end-of-candidates": true;
  // DTLS
  fingerprint: Fingerprint;
  setup: Setup;
  /** RFC 4145 §5. */
  connection: "new" | "existing";
  "tls-id": string;
  crypto: CryptoAttribute;
  // SCTP: RFC 8841
  "sctp-port": number;
  /** Bytes; 0 means any size. */
  "max-message-size": number;
  /** draft-hancke-tsvwg-snap §4: an INIT chunk in base64, as written. */
  "sctp-init": string;
  sctpmap: SctpMap;
  // RTP
  rtcp: RtcpPort;
  "rtcp-mux": true;
  "rtcp-mux-only": true;
  "rtcp-rsize": true;
  rtpmap: RtpMap;
  fmtp: FormatParameters;
  "rtcp-fb": RtcpFeedback;
  extmap: ExtensionMap;
  "extmap-allow-mixed": true;
  /** RFC 9335 §4. */
  cryptex: true;
  ssrc: SsrcAttribute;
  "ssrc-group": SsrcGroup;
  msid: MediaStreamId;
  rid: RestrictionId;
  simulcast: Simulcast;
  imageattr: string;
  ptime: number;
  maxptime: number;
  sendrecv: true;
  sendonly: true;
  recvonly: true;
  inactive: true;
}

/** The name of an attribute that visavis understands. */
export type AttributeName = keyof AttributeValues;
