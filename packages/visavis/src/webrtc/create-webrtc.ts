/**
 * The W3C constructors, bound to a platform.
 */
import type { Platform } from "../base/platform.ts";
import type { PeerExtensions } from "../peer/peer-options.ts";
import { bindPeerConnection } from "./peer-connection-class.ts";
import { RTCCertificate, type RTCCertificateConstructor } from "./rtc-certificate.ts";
import { RTCDataChannel, type RTCDataChannelConstructor } from "./rtc-data-channel.ts";
import { RTCDataChannelEvent, type RTCDataChannelEventConstructor } from "./rtc-data-channel-event.ts";
import { RTCDtlsTransport, type RTCDtlsTransportConstructor } from "./rtc-dtls-transport.ts";
import { RTCError, type RTCErrorConstructor } from "./rtc-error.ts";
import { RTCErrorEvent, type RTCErrorEventConstructor } from "./rtc-error-event.ts";
import { RTCIceCandidate, type RTCIceCandidateConstructor } from "./rtc-ice-candidate.ts";
import {
  RTCIceCandidatePair,
  type RTCIceCandidatePairConstructor,
  RTCIceTransport,
  type RTCIceTransportConstructor,
} from "./rtc-ice-transport.ts";
import type { RTCPeerConnectionConstructor } from "./rtc-peer-connection.ts";
import {
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventConstructor,
} from "./rtc-peer-connection-ice-error-event.ts";
import { RTCPeerConnectionIceEvent, type RTCPeerConnectionIceEventConstructor } from "./rtc-peer-connection-ice-event.ts";
import { RTCSctpTransport, type RTCSctpTransportConstructor } from "./rtc-sctp-transport.ts";
import { RTCSessionDescription, type RTCSessionDescriptionConstructor } from "./rtc-session-description.ts";
import { RTCStatsReport, type RTCStatsReportConstructor } from "./rtc-stats-report.ts";

/** The interface objects. Only RTCPeerConnection is bound to the platform; the others are the same for all. */
export interface WebRTC {
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
  readonly RTCSctpTransport: RTCSctpTransportConstructor;
  readonly RTCSessionDescription: RTCSessionDescriptionConstructor;
  readonly RTCStatsReport: RTCStatsReportConstructor;
}

/** Binds the W3C constructors to a platform: a simulated one, or Node's own with choices that the standard does not have. */
export function createWebRTC(platform: Platform, extensions?: PeerExtensions): WebRTC {
  return {
    RTCPeerConnection: bindPeerConnection(platform, extensions),
    RTCCertificate,
    RTCDataChannel,
    RTCDataChannelEvent,
    RTCDtlsTransport,
    RTCError,
    RTCErrorEvent,
    RTCIceCandidate,
    RTCIceCandidatePair,
    RTCIceTransport,
    RTCPeerConnectionIceErrorEvent,
    RTCPeerConnectionIceEvent,
    RTCSctpTransport,
    RTCSessionDescription,
    RTCStatsReport,
  };
}
