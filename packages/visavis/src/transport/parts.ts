/**
 * The words of the engines below that the floors above a transport speak: `peer/` may not import `ice/`, `dtls/` or
 * `datachannel/`, because only `transport/` joins them.
 */

/** One ICE candidate (RFC 8839 §5.1). */
export interface IceCandidate {
  readonly foundation: string;
  readonly component: 1 | 2;
  readonly protocol: "udp" | "tcp";
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: "host" | "srflx" | "prflx" | "relay";
  readonly relatedAddress?: string;
  readonly relatedPort?: number;
  readonly tcpType?: "active" | "passive" | "so";
  readonly usernameFragment?: string;
  readonly url?: string;
}

/** User name fragment and password of one side and generation. */
export interface IceParameters {
  readonly usernameFragment: string;
  readonly password: string;
  readonly lite?: boolean;
}

/** A STUN or TURN server as configured. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** The states of an ICE transport (webrtc-pc §5.6.4). */
export type IceState = "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";

/** Two candidates that data can go between. */
export interface IceCandidatePair {
  readonly local: IceCandidate;
  readonly remote: IceCandidate;
}

/** Why a DTLS connection ended. */
export interface DtlsError extends Error {
  readonly code: string;
  /** The alert that was sent or received (RFC 8446 §6). */
  readonly alert: number | undefined;
  /** True when the alert came from the other side. */
  readonly received: boolean;
}

/** A data channel as a plain state object. */
export interface Channel {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | undefined;
  /** Milliseconds. */
  readonly maxPacketLifeTime: number | undefined;
  readonly negotiated: boolean;
  /** The stream, once it is known. */
  readonly id: number | undefined;
  readonly state: "connecting" | "open" | "closing" | "closed";
}

/** What a new data channel is to be. */
export interface ChannelOptions {
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits?: number;
  /** Milliseconds. */
  readonly maxPacketLifeTime?: number;
  readonly negotiated: boolean;
  readonly id?: number;
}

/** One message that arrived. */
export interface ChannelMessage {
  readonly channel: Channel;
  readonly kind: "string" | "binary";
  /** Owned by whoever takes the message. */
  readonly data: Uint8Array;
}

/** The key exchange groups of the DTLS engine. */
export type DtlsGroupName = "X25519MLKEM768" | "X25519" | "P-256";

/** Mechanisms of SCTP that a test may switch off. */
export interface ChannelTableFaults {
  readonly [mechanism: string]: boolean | undefined;
}
