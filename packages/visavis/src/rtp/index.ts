/**
 * `visavis/rtp`: packets of RTP and RTCP and their header extensions, as bytes (RFC 3550, 4585, 5104, 8285 and friends). No sessions,
 * no sockets.
 */
export * from "./comfort-noise.ts";
export * from "./dtmf.ts";
export * from "./extensions/abs-capture-time.ts";
export * from "./extensions/abs-send-time.ts";
export * from "./extensions/audio-level.ts";
export * from "./extensions/csrc-audio-level.ts";
export * from "./extensions/dependency-descriptor.ts";
export * from "./extensions/mid.ts";
export * from "./extensions/playout-delay.ts";
export * from "./extensions/rid.ts";
export type { DecodeTargetIndication, FrameTemplate, TemplateStructure } from "./extensions/template-structure.ts";
export * from "./extensions/transmission-offset.ts";
export * from "./extensions/transport-sequence-number.ts";
export * from "./extensions/video-layers-allocation.ts";
export * from "./extensions/video-orientation.ts";
export { FecHeader, FecParity } from "./fec.ts";
export * from "./flexfec.ts";
export type { EncodedFrame } from "./frame.ts";
export * from "./header-extensions.ts";
export * from "./ntp.ts";
export * from "./packet.ts";
export * from "./payload/payload-format.ts";
export { MAX_PICTURE_REFERENCES, PayloadInfo } from "./payload/payload-info.ts";
export { payloadFormat } from "./payload/registry.ts";
export { ReceivedPacket } from "./received-packet.ts";
export * from "./red.ts";
export * from "./rtcp/application-defined.ts";
export * from "./rtcp/compound.ts";
export * from "./rtcp/congestion-feedback.ts";
export * from "./rtcp/extended-report.ts";
export * from "./rtcp/full-intra-request.ts";
export * from "./rtcp/generic-nack.ts";
export * from "./rtcp/goodbye.ts";
export {
  PayloadFeedbackFormat,
  RtcpType,
  rtcpCount,
  rtcpPacketEnd,
  rtcpSenderSsrc,
  rtcpType,
  TransportFeedbackFormat,
} from "./rtcp/header.ts";
export * from "./rtcp/picture-loss-indication.ts";
export * from "./rtcp/receiver-report.ts";
export * from "./rtcp/remb.ts";
export type { ReportBlock } from "./rtcp/report-block.ts";
export * from "./rtcp/sender-report.ts";
export * from "./rtcp/source-description.ts";
export * from "./rtcp/transport-feedback.ts";
export * from "./sequence.ts";
export * from "./ulpfec.ts";
