/**
 * Every interface and dictionary of the W3C that there is, for the entry points to export.
 */
export type { RTCPriorityType } from "./channel-priority.ts";
export type {
  RTCBundlePolicy,
  RTCConfiguration,
  RTCIceServer,
  RTCIceTransportPolicy,
  RTCRtcpMuxPolicy,
} from "./configuration.ts";
export type { RTCPeerConnectionState } from "./connection-slots.ts";
export {
  DeviceChangeEvent,
  type DeviceChangeEventConstructor,
  type DeviceChangeEventInit,
} from "./device-change-event.ts";
export type { EventHandler, EventInitDict, Listener, ListenerOptions, TypedEventTarget } from "./events.ts";
export type { RTCRtpTransform } from "./frame-transform.ts";
export type {
  MediaStreamConstraints,
  MediaTrackCapabilities,
  MediaTrackConstraintSet,
  MediaTrackConstraints,
  MediaTrackSettings,
  MediaTrackSupportedConstraints,
} from "./media-constraints.ts";
export {
  InputDeviceInfo,
  type InputDeviceInfoConstructor,
  MediaDeviceInfo,
  type MediaDeviceInfoConstructor,
  type MediaDeviceKind,
} from "./media-device-info.ts";
export { MediaDevices, type MediaDevicesConstructor, type MediaDevicesEventMap } from "./media-devices.ts";
export type { MediaStream, MediaStreamConstructor, MediaStreamEventMap } from "./media-stream.ts";
export {
  MediaStreamTrack,
  type MediaStreamTrackConstructor,
  type MediaStreamTrackEventMap,
  type MediaStreamTrackState,
} from "./media-stream-track.ts";
export {
  MediaStreamTrackEvent,
  type MediaStreamTrackEventConstructor,
  type MediaStreamTrackEventInit,
} from "./media-stream-track-event.ts";
export { OverconstrainedError, type OverconstrainedErrorConstructor } from "./overconstrained-error.ts";
export {
  type CertificateAlgorithm,
  RTCCertificate,
  type RTCCertificateConstructor,
  type RTCDtlsFingerprint,
} from "./rtc-certificate.ts";
export {
  type BinaryType,
  RTCDataChannel,
  type RTCDataChannelConstructor,
  type RTCDataChannelEventMap,
  type RTCDataChannelInit,
  type RTCDataChannelState,
} from "./rtc-data-channel.ts";
export {
  RTCDataChannelEvent,
  type RTCDataChannelEventConstructor,
  type RTCDataChannelEventInit,
} from "./rtc-data-channel-event.ts";
export {
  RTCDtlsTransport,
  type RTCDtlsTransportConstructor,
  type RTCDtlsTransportEventMap,
  type RTCDtlsTransportState,
} from "./rtc-dtls-transport.ts";
export { RTCDTMFSender, type RTCDTMFSenderConstructor, type RTCDTMFSenderEventMap } from "./rtc-dtmf-sender.ts";
export {
  RTCDTMFToneChangeEvent,
  type RTCDTMFToneChangeEventConstructor,
  type RTCDTMFToneChangeEventInit,
} from "./rtc-dtmf-tone-change-event.ts";
export {
  RTCEncodedAudioFrame,
  type RTCEncodedAudioFrameConstructor,
  type RTCEncodedAudioFrameMetadata,
  type RTCEncodedAudioFrameOptions,
  RTCEncodedVideoFrame,
  type RTCEncodedVideoFrameConstructor,
  type RTCEncodedVideoFrameMetadata,
  type RTCEncodedVideoFrameOptions,
  type RTCEncodedVideoFrameType,
} from "./rtc-encoded-frame.ts";
export { RTCError, type RTCErrorConstructor, type RTCErrorDetailType, type RTCErrorInit } from "./rtc-error.ts";
export { RTCErrorEvent, type RTCErrorEventConstructor, type RTCErrorEventInit } from "./rtc-error-event.ts";
export {
  RTCIceCandidate,
  type RTCIceCandidateConstructor,
  type RTCIceCandidateInit,
  type RTCIceCandidateType,
  type RTCIceComponent,
  type RTCIceProtocol,
  type RTCIceServerTransportProtocol,
  type RTCIceTcpCandidateType,
  type RTCLocalIceCandidateInit,
} from "./rtc-ice-candidate.ts";
export { RTCIceCandidatePair, type RTCIceCandidatePairConstructor } from "./rtc-ice-candidate-pair.ts";
export type {
  RTCIceGathererState,
  RTCIceGatherOptions,
  RTCIceParameters,
  RTCIceRole,
  RTCIceTransport,
  RTCIceTransportConstructor,
  RTCIceTransportEventMap,
  RTCIceTransportState,
} from "./rtc-ice-transport.ts";
export type {
  RTCAnswerOptions,
  RTCIceConnectionState,
  RTCIceGatheringState,
  RTCOfferOptions,
  RTCPeerConnection,
  RTCPeerConnectionConstructor,
  RTCPeerConnectionErrorCallback,
  RTCPeerConnectionEventMap,
  RTCRtpTransceiverInit,
  RTCSessionDescriptionCallback,
  RTCSignalingState,
} from "./rtc-peer-connection.ts";
export {
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventConstructor,
  type RTCPeerConnectionIceErrorEventInit,
} from "./rtc-peer-connection-ice-error-event.ts";
export {
  RTCPeerConnectionIceEvent,
  type RTCPeerConnectionIceEventConstructor,
  type RTCPeerConnectionIceEventInit,
} from "./rtc-peer-connection-ice-event.ts";
export {
  type RTCRtpContributingSource,
  RTCRtpReceiver,
  type RTCRtpReceiverConstructor,
  type RTCRtpSynchronizationSource,
} from "./rtc-rtp-receiver.ts";
export type { RTCRtpScriptTransform, RTCRtpScriptTransformConstructor } from "./rtc-rtp-script-transform.ts";
export { RTCRtpSender, type RTCRtpSenderConstructor } from "./rtc-rtp-sender.ts";
export {
  RTCRtpTransceiver,
  type RTCRtpTransceiverConstructor,
  type RTCRtpTransceiverDirection,
} from "./rtc-rtp-transceiver.ts";
export {
  RTCSctpTransport,
  type RTCSctpTransportConstructor,
  type RTCSctpTransportEventMap,
  type RTCSctpTransportState,
} from "./rtc-sctp-transport.ts";
export {
  type RTCLocalSessionDescriptionInit,
  type RTCSdpType,
  RTCSessionDescription,
  type RTCSessionDescriptionConstructor,
  type RTCSessionDescriptionInit,
} from "./rtc-session-description.ts";
export {
  RTCStatsReport,
  type RTCStatsReportConstructor,
} from "./rtc-stats-report.ts";
export {
  RTCTrackEvent,
  type RTCTrackEventConstructor,
  type RTCTrackEventInit,
} from "./rtc-track-event.ts";
export type { RTCRtpCapabilities, RTCRtpHeaderExtensionCapability } from "./rtp-capabilities.ts";
export type {
  RTCResolutionRestriction,
  RTCRtpCodec,
  RTCRtpCodingParameters,
  RTCRtpEncodingParameters,
} from "./rtp-encodings.ts";
export type {
  RTCDegradationPreference,
  RTCEncodingOptions,
  RTCRtcpParameters,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  RTCRtpParameters,
  RTCRtpReceiveParameters,
  RTCRtpSendParameters,
  RTCSetParameterOptions,
} from "./rtp-parameters.ts";
export {
  SFrameTransform,
  type SFrameTransformConstructor,
  type SFrameTransformEventMap,
  type SFrameTransformOptions,
  type SFrameTransformRole,
} from "./sframe-transform.ts";
export {
  SFrameTransformErrorEvent,
  type SFrameTransformErrorEventConstructor,
  type SFrameTransformErrorEventInit,
  type SFrameTransformErrorEventType,
} from "./sframe-transform-error-event.ts";

export type {
  RTCCertificateStats,
  RTCCodecStats,
  RTCDataChannelStats,
  RTCIceCandidatePairStats,
  RTCIceCandidateStats,
  RTCInboundRtpStreamStats,
  RTCMediaSourceStats,
  RTCOutboundRtpStreamStats,
  RTCPeerConnectionStats,
  RTCRemoteInboundRtpStreamStats,
  RTCRemoteOutboundRtpStreamStats,
  RTCStats,
  RTCStatsEntry,
  RTCStatsType,
  RTCTransportStats,
} from "./stats-dictionaries.ts";
