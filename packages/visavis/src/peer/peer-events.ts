/**
 * What a peer connection tells its owner, in the order in which the tasks of webrtc-pc would run.
 */
import type {
  Channel,
  DtlsError,
  DtlsState,
  IceCandidate,
  IceCandidatePair,
  IceGatheringState,
  IceRole,
  IceState,
} from "../transport/parts.ts";
import type { Transceiver } from "./transceiver.ts";

/** A session description as the W3C face shows it. */
export interface PeerDescription {
  readonly type: "offer" | "answer" | "pranswer";
  /** Of the moment when the description was asked for, though it may be printed only when it is read. */
  readonly sdp: string;
}

/** The states of an SCTP transport (webrtc-pc §6.1.2). */
export type SctpState = "connecting" | "connected" | "closed";

/** Why a channel was closed by something other than `close()`; the code is a value of RTCErrorDetailType. */
export interface ChannelFailure {
  readonly code: "sctp-failure" | "dtls-failure" | "data-channel-failure";
  /** The cause code of an ABORT (RFC 9260 §3.3.10), when there was one. */
  readonly sctpCauseCode?: number;
  /** The alert, when there was one (RFC 9846 §6). */
  readonly sentAlert?: number;
  readonly receivedAlert?: number;
  readonly message: string;
}

/** One local candidate, or the end of a generation of them. */
export interface CandidateEvent {
  readonly type: "candidate";
  /** `TransportInfo.key` */
  readonly transport: number;
  /** `candidate:…`; "" says that no more will come for this user name fragment. */
  readonly candidate: string;
  /** The candidate taken apart; undefined at the end of candidates. */
  readonly parsed: IceCandidate | undefined;
  readonly sdpMid: string;
  readonly sdpMLineIndex: number;
  readonly usernameFragment: string;
  /** The server it was learnt from. */
  readonly url: string | undefined;
  /** The local descriptions once this candidate is in them: what the attributes show in the task of the event. */
  readonly currentLocalDescription: PeerDescription | null;
  readonly pendingLocalDescription: PeerDescription | null;
}

/** What a peer connection tells its owner. `transport` is `TransportInfo.key`. */
export type PeerEvent =
  | { readonly type: "ice-gathering-state"; readonly transport: number; readonly state: IceGatheringState }
  | CandidateEvent
  | {
      readonly type: "candidate-error";
      readonly transport: number;
      readonly address: string | null;
      readonly port: number | null;
      readonly url: string;
      readonly errorCode: number;
      readonly errorText: string;
    }
  | { readonly type: "ice-state"; readonly transport: number; readonly state: IceState }
  /** The pair that data goes by changed. */
  | { readonly type: "selected-pair"; readonly transport: number; readonly pair: IceCandidatePair }
  | { readonly type: "ice-role"; readonly transport: number; readonly role: IceRole }
  | {
      readonly type: "dtls-state";
      readonly transport: number;
      readonly state: DtlsState;
      /** Set with `failed`. */
      readonly error: DtlsError | undefined;
      /** DER, leaf first; empty before `connected`. */
      readonly remoteCertificates: readonly Uint8Array[];
    }
  | {
      readonly type: "sctp-state";
      readonly state: SctpState;
      /** The largest message that the other side takes, in bytes; Infinity when it has no limit. */
      readonly maxMessageSize: number;
      /** Null before `connected`. */
      readonly maxChannels: number | null;
    }
  /** The other side made a channel; it is open. */
  | { readonly type: "channel"; readonly channel: Channel }
  /** One of ours is open. */
  | { readonly type: "channel-open"; readonly channel: Channel }
  /** The other side began to close it. */
  | { readonly type: "channel-closing"; readonly channel: Channel }
  | { readonly type: "channel-closed"; readonly channel: Channel; readonly error: ChannelFailure | undefined }
  /** So many bytes of it left the send queue. */
  | { readonly type: "channel-drained"; readonly channel: Channel; readonly bytes: number }
  /** The other side wants a frame that needs no other. */
  | { readonly type: "key-frame-requested"; readonly transceiver: Transceiver; readonly encodingIndex: number }
  /** What an encoding should send from now on, in bits per second; 0: it is to pause. */
  | {
      readonly type: "target-bitrate";
      readonly transceiver: Transceiver;
      readonly encodingIndex: number;
      readonly bitrate: number;
    }
  /** The remote track has begun to give media, or has fallen silent. */
  | { readonly type: "track-muted"; readonly transceiver: Transceiver; readonly isMuted: boolean }
  /** A tone of the other side's has ended (RFC 4733); `duration` in milliseconds. */
  | { readonly type: "tone-heard"; readonly transceiver: Transceiver; readonly tone: string; readonly duration: number }
  /** A bug of ours: this peer connection is closed, the others live. */
  | { readonly type: "failure"; readonly error: Error };
