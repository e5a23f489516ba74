/**
 * The W3C constructors, bound to a platform.
 */
import type { Platform } from "../base/platform.ts";
import type { PeerExtensions } from "../peer/peer-options.ts";
import { DeviceChangeEvent, type DeviceChangeEventConstructor } from "./device-change-event.ts";
import {
  InputDeviceInfo,
  type InputDeviceInfoConstructor,
  MediaDeviceInfo,
  type MediaDeviceInfoConstructor,
} from "./media-device-info.ts";
import { MediaDevices, type MediaDevicesConstructor, mediaDevicesOf } from "./media-devices.ts";
import { bindMediaStream, type MediaStreamConstructor } from "./media-stream.ts";
import { MediaStreamTrack, type MediaStreamTrackConstructor } from "./media-stream-track.ts";
import { MediaStreamTrackEvent, type MediaStreamTrackEventConstructor } from "./media-stream-track-event.ts";
import { OverconstrainedError, type OverconstrainedErrorConstructor } from "./overconstrained-error.ts";
import { bindPeerConnection } from "./peer-connection-class.ts";
import { RTCCertificate, type RTCCertificateConstructor } from "./rtc-certificate.ts";
import { RTCDataChannel, type RTCDataChannelConstructor } from "./rtc-data-channel.ts";
import { RTCDataChannelEvent, type RTCDataChannelEventConstructor } from "./rtc-data-channel-event.ts";
import { RTCDtlsTransport, type RTCDtlsTransportConstructor } from "./rtc-dtls-transport.ts";
import { RTCDTMFSender, type RTCDTMFSenderConstructor } from "./rtc-dtmf-sender.ts";
import { RTCDTMFToneChangeEvent, type RTCDTMFToneChangeEventConstructor } from "./rtc-dtmf-tone-change-event.ts";
import {
  RTCEncodedAudioFrame,
  type RTCEncodedAudioFrameConstructor,
  RTCEncodedVideoFrame,
  type RTCEncodedVideoFrameConstructor,
} from "./rtc-encoded-frame.ts";
import { RTCError, type RTCErrorConstructor } from "./rtc-error.ts";
import { RTCErrorEvent, type RTCErrorEventConstructor } from "./rtc-error-event.ts";
import { RTCIceCandidate, type RTCIceCandidateConstructor } from "./rtc-ice-candidate.ts";
import { RTCIceCandidatePair, type RTCIceCandidatePairConstructor } from "./rtc-ice-candidate-pair.ts";
import { bindIceTransport, type RTCIceTransportConstructor } from "./rtc-ice-transport.ts";
import type { RTCPeerConnectionConstructor } from "./rtc-peer-connection.ts";
import {
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventConstructor,
} from "./rtc-peer-connection-ice-error-event.ts";
import { RTCPeerConnectionIceEvent, type RTCPeerConnectionIceEventConstructor } from "./rtc-peer-connection-ice-event.ts";
import { RTCRtpReceiver, type RTCRtpReceiverConstructor } from "./rtc-rtp-receiver.ts";
import { bindScriptTransform, type RTCRtpScriptTransformConstructor } from "./rtc-rtp-script-transform.ts";
import { RTCRtpSender, type RTCRtpSenderConstructor } from "./rtc-rtp-sender.ts";
import { RTCRtpTransceiver, type RTCRtpTransceiverConstructor } from "./rtc-rtp-transceiver.ts";
import { RTCSctpTransport, type RTCSctpTransportConstructor } from "./rtc-sctp-transport.ts";
import { RTCSessionDescription, type RTCSessionDescriptionConstructor } from "./rtc-session-description.ts";
import { RTCStatsReport, type RTCStatsReportConstructor } from "./rtc-stats-report.ts";
import { RTCTrackEvent, type RTCTrackEventConstructor } from "./rtc-track-event.ts";
import { SFrameTransform, type SFrameTransformConstructor } from "./sframe-transform.ts";
import { SFrameTransformErrorEvent, type SFrameTransformErrorEventConstructor } from "./sframe-transform-error-event.ts";

/** The interface objects. RTCPeerConnection, RTCIceTransport, MediaStream and RTCRtpScriptTransform are bound to the platform; the others are the same for all. */
export interface WebRTC {
  readonly DeviceChangeEvent: DeviceChangeEventConstructor;
  readonly InputDeviceInfo: InputDeviceInfoConstructor;
  readonly MediaDeviceInfo: MediaDeviceInfoConstructor;
  readonly MediaDevices: MediaDevicesConstructor;
  readonly MediaStream: MediaStreamConstructor;
  readonly MediaStreamTrack: MediaStreamTrackConstructor;
  readonly MediaStreamTrackEvent: MediaStreamTrackEventConstructor;
  readonly OverconstrainedError: OverconstrainedErrorConstructor;
  readonly RTCPeerConnection: RTCPeerConnectionConstructor;
  readonly RTCCertificate: RTCCertificateConstructor;
  readonly RTCDataChannel: RTCDataChannelConstructor;
  readonly RTCDataChannelEvent: RTCDataChannelEventConstructor;
  readonly RTCDtlsTransport: RTCDtlsTransportConstructor;
  readonly RTCError: RTCErrorConstructor;
  readonly RTCErrorEvent: RTCErrorEventConstructor;
  readonly RTCIceCandidate: RTCIceCandidateConstructor;
  readonly RTCIceCandidatePair: RTCIceCandidatePairConstructor;
  readonly RTCIceTransport: RTCIceTransportConstructor;
  readonly RTCPeerConnectionIceErrorEvent: RTCPeerConnectionIceErrorEventConstructor;
  readonly RTCPeerConnectionIceEvent: RTCPeerConnectionIceEventConstructor;
  readonly RTCDTMFSender: RTCDTMFSenderConstructor;
  readonly RTCDTMFToneChangeEvent: RTCDTMFToneChangeEventConstructor;
  readonly RTCRtpReceiver: RTCRtpReceiverConstructor;
  readonly RTCRtpSender: RTCRtpSenderConstructor;
  readonly RTCRtpTransceiver: RTCRtpTransceiverConstructor;
  readonly RTCTrackEvent: RTCTrackEventConstructor;
  readonly RTCEncodedAudioFrame: RTCEncodedAudioFrameConstructor;
  readonly RTCEncodedVideoFrame: RTCEncodedVideoFrameConstructor;
  readonly SFrameTransform: SFrameTransformConstructor;
  readonly SFrameTransformErrorEvent: SFrameTransformErrorEventConstructor;
  readonly RTCRtpScriptTransform: RTCRtpScriptTransformConstructor;
  readonly RTCSctpTransport: RTCSctpTransportConstructor;
  readonly RTCSessionDescription: RTCSessionDescriptionConstructor;
  readonly RTCStatsReport: RTCStatsReportConstructor;
}

/** What a browser has as `navigator.mediaDevices`, bound to a platform: the same object at every call. */
export function createMediaDevices(platform: Platform): MediaDevices {
  return mediaDevicesOf(platform);
}

/** Binds the W3C constructors to a platform: a simulated one, or Node's own with choices that the standard does not have. */
export function createWebRTC(platform: Platform, extensions?: PeerExtensions): WebRTC {
  return {
    DeviceChangeEvent,
    InputDeviceInfo,
    MediaDeviceInfo,
    MediaDevices,
    MediaStream: bindMediaStream(platform),
    MediaStreamTrack,
    MediaStreamTrackEvent,
    OverconstrainedError,
    RTCPeerConnection: bindPeerConnection(platform, extensions),
    RTCCertificate,
    RTCDataChannel,
    RTCDataChannelEvent,
    RTCDtlsTransport,
    RTCError,
    RTCErrorEvent,
    RTCIceCandidate,
    RTCIceCandidatePair,
    RTCIceTransport: bindIceTransport(platform, extensions),
    RTCPeerConnectionIceErrorEvent,
    RTCPeerConnectionIceEvent,
    RTCDTMFSender,
    RTCDTMFToneChangeEvent,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCTrackEvent,
    RTCEncodedAudioFrame,
    RTCEncodedVideoFrame,
    SFrameTransform,
    SFrameTransformErrorEvent,
    RTCRtpScriptTransform: bindScriptTransform(platform),
    RTCSctpTransport,
    RTCSessionDescription,
    RTCStatsReport,
  };
}
