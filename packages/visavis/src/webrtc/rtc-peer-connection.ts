/**
 * RTCPeerConnection as TypeScript sees it: https://w3c.github.io/webrtc-pc/#rtcpeerconnection-interface
 *
 * The members for media are absent until they work. The class is made by peer-connection-class.ts.
 */
import type { RTCConfiguration } from "./configuration.ts";
import type { RTCPeerConnectionState } from "./connection-slots.ts";
import type { EventHandler, TypedEventTarget } from "./events.ts";
import type { MediaStream } from "./media-stream.ts";
import type { MediaStreamTrack } from "./media-stream-track.ts";
import type { CertificateAlgorithm, RTCCertificate } from "./rtc-certificate.ts";
import type { RTCDataChannel, RTCDataChannelInit } from "./rtc-data-channel.ts";
import type { RTCDataChannelEvent } from "./rtc-data-channel-event.ts";
import type { RTCIceCandidateInit } from "./rtc-ice-candidate.ts";
import type { RTCIceGathererState, RTCIceTransportState } from "./rtc-ice-transport.ts";
import type { RTCPeerConnectionIceErrorEvent } from "./rtc-peer-connection-ice-error-event.ts";
import type { RTCPeerConnectionIceEvent } from "./rtc-peer-connection-ice-event.ts";
import type { RTCRtpReceiver } from "./rtc-rtp-receiver.ts";
import type { RTCRtpSender } from "./rtc-rtp-sender.ts";
import type { RTCRtpTransceiver, RTCRtpTransceiverDirection } from "./rtc-rtp-transceiver.ts";
import type { RTCSctpTransport } from "./rtc-sctp-transport.ts";
import type {
  RTCLocalSessionDescriptionInit,
  RTCSessionDescription,
  RTCSessionDescriptionInit,
} from "./rtc-session-description.ts";
import type { RTCStatsReport } from "./rtc-stats-report.ts";
import type { RTCTrackEvent } from "./rtc-track-event.ts";
import type { RTCRtpEncodingParameters } from "./rtp-encodings.ts";

/** Where offer and answer stand. */
export type RTCSignalingState =
  | "stable"
  | "have-local-offer"
  | "have-remote-offer"
  | "have-local-pranswer"
  | "have-remote-pranswer"
  | "closed";
/** The states of gathering, of all transports together. */
export type RTCIceGatheringState = RTCIceGathererState;
/** The states of ICE, of all transports together. */
export type RTCIceConnectionState = RTCIceTransportState;

/** What an offer is to be. */
export interface RTCOfferOptions {
  /** New ICE parameters, so that new paths are looked for. */
  iceRestart?: boolean;
}

/** What an answer is to be: there is nothing to choose. */
// biome-ignore lint/suspicious/noEmptyInterface: the dictionary of the specification has no member
export interface RTCAnswerOptions {}

/** How a new transceiver is to be. */
export interface RTCRtpTransceiverInit {
  direction?: RTCRtpTransceiverDirection;
  sendEncodings?: RTCRtpEncodingParameters[];
  streams?: MediaStream[];
}

/** Takes an offer or an answer. */
export type RTCSessionDescriptionCallback = (description: RTCSessionDescriptionInit) => void;
/** Takes an error. */
export type RTCPeerConnectionErrorCallback = (error: DOMException) => void;

/** The events of a connection. */
export interface RTCPeerConnectionEventMap {
  connectionstatechange: Event;
  datachannel: RTCDataChannelEvent;
  icecandidate: RTCPeerConnectionIceEvent;
  icecandidateerror: RTCPeerConnectionIceErrorEvent;
  iceconnectionstatechange: Event;
  icegatheringstatechange: Event;
  negotiationneeded: Event;
  signalingstatechange: Event;
  track: RTCTrackEvent;
}

/** A connection to another peer. */
export interface RTCPeerConnection extends TypedEventTarget<RTCPeerConnectionEventMap> {
  readonly canTrickleIceCandidates: boolean | null;
  readonly connectionState: RTCPeerConnectionState;
  readonly currentLocalDescription: RTCSessionDescription | null;
  readonly currentRemoteDescription: RTCSessionDescription | null;
  readonly iceConnectionState: RTCIceConnectionState;
  readonly iceGatheringState: RTCIceGatheringState;
  readonly localDescription: RTCSessionDescription | null;
  readonly pendingLocalDescription: RTCSessionDescription | null;
  readonly pendingRemoteDescription: RTCSessionDescription | null;
  readonly remoteDescription: RTCSessionDescription | null;
  readonly sctp: RTCSctpTransport | null;
  readonly signalingState: RTCSignalingState;
  onconnectionstatechange: EventHandler;
  ondatachannel: EventHandler<RTCDataChannelEvent>;
  onicecandidate: EventHandler<RTCPeerConnectionIceEvent>;
  onicecandidateerror: EventHandler<RTCPeerConnectionIceErrorEvent>;
  oniceconnectionstatechange: EventHandler;
  onicegatheringstatechange: EventHandler;
  onnegotiationneeded: EventHandler;
  onsignalingstatechange: EventHandler;
  ontrack: EventHandler<RTCTrackEvent>;
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  addIceCandidate(
    candidate: RTCIceCandidateInit | null,
    successCallback: () => void,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  /** Sends a track; the other side learns that it belongs to these streams. */
  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender;
  addTransceiver(trackOrKind: MediaStreamTrack | string, init?: RTCRtpTransceiverInit): RTCRtpTransceiver;
  close(): void;
  createAnswer(options?: RTCAnswerOptions): Promise<RTCSessionDescriptionInit>;
  createAnswer(successCallback: RTCSessionDescriptionCallback, failureCallback: RTCPeerConnectionErrorCallback): Promise<void>;
  createDataChannel(label: string, dataChannelDict?: RTCDataChannelInit): RTCDataChannel;
  createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>;
  createOffer(
    successCallback: RTCSessionDescriptionCallback,
    failureCallback: RTCPeerConnectionErrorCallback,
    options?: RTCOfferOptions,
  ): Promise<void>;
  getConfiguration(): RTCConfiguration;
  getReceivers(): RTCRtpReceiver[];
  getSenders(): RTCRtpSender[];
  getStats(selector?: MediaStreamTrack | null): Promise<RTCStatsReport>;
  getTransceivers(): RTCRtpTransceiver[];
  /** Sends nothing more by this sender. */
  removeTrack(sender: RTCRtpSender): void;
  restartIce(): void;
  setConfiguration(configuration?: RTCConfiguration): void;
  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
  setLocalDescription(
    description: RTCLocalSessionDescriptionInit,
    successCallback: () => void,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  setRemoteDescription(
    description: RTCSessionDescriptionInit,
    successCallback: () => void,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
}

/** The interface object of RTCPeerConnection. */
export interface RTCPeerConnectionConstructor {
  readonly prototype: RTCPeerConnection;
  new (configuration?: RTCConfiguration): RTCPeerConnection;
  /** Makes a certificate that connections can share. */
  generateCertificate(keygenAlgorithm: CertificateAlgorithm): Promise<RTCCertificate>;
}
