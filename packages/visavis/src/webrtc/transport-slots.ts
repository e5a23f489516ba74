/**
 * The transport objects of a connection, made and let go together: RTCIceTransport, RTCDtlsTransport, RTCSctpTransport.
 */
import type { TransportInfo } from "../peer/transport-info.ts";
import { SEND_LIMIT } from "./channel-slots.ts";
import { createDtlsTransport, type DtlsTransportSlots, type RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import { createIceTransport, type IceTransportSlots, type RTCIceTransport } from "./rtc-ice-transport.ts";
import { createSctpTransport, type RTCSctpTransport, type SctpTransportSlots } from "./rtc-sctp-transport.ts";

/** What the other side takes when its description does not say, in bytes (RFC 8841 §6.1). */
const DEFAULT_MAX_MESSAGE_SIZE = 65_536;

/** The slots of the three transports, and the objects that scripts see. */
export interface TransportSlots {
  readonly ice: IceTransportSlots;
  readonly iceObject: RTCIceTransport;
  readonly dtls: DtlsTransportSlots;
  readonly dtlsObject: RTCDtlsTransport;
  readonly sctp: SctpTransportSlots;
  readonly sctpObject: RTCSctpTransport;
}

/** Makes the transports in the states they begin with (https://w3c.github.io/webrtc-pc/#create-sctp-transport). */
export function createTransports(): TransportSlots {
  const ice: IceTransportSlots = {
    role: "unknown",
    state: "new",
    gatheringState: "new",
    localCandidates: [],
    remoteCandidates: [],
    localParameters: null,
    remoteParameters: null,
    selectedPair: null,
  };
  const iceObject = createIceTransport(ice);
  const dtls: DtlsTransportSlots = { iceTransport: iceObject, state: "new", remoteCertificates: [] };
  const dtlsObject = createDtlsTransport(dtls);
  const sctp: SctpTransportSlots = {
    transport: dtlsObject,
    state: "connecting",
    maxMessageSize: DEFAULT_MAX_MESSAGE_SIZE,
    maxChannels: null,
  };
  return { ice, iceObject, dtls, dtlsObject, sctp, sctpObject: createSctpTransport(sctp) };
}

/**
 * The value of [[MaxMessageSize]]: what the other side takes, but not more than can be sent
 * (https://w3c.github.io/webrtc-pc/#dfn-update-the-data-max-message-size).
 */
export function maxMessageSizeOf(remote: number): number {
  return Math.min(remote, SEND_LIMIT);
}

/** Writes what a description that was just applied decided: role, parameters, message size. */
export function describeTransport(transport: TransportSlots, info: TransportInfo): void {
  const { ice, sctp } = transport;
  ice.role = info.iceRole;
  ice.localParameters = parametersOf(info.localParameters);
  ice.remoteParameters = parametersOf(info.remoteParameters);
  if (info.sctp !== undefined) sctp.maxMessageSize = maxMessageSizeOf(info.sctp.maxMessageSize);
}

function parametersOf(parameters: TransportInfo["localParameters"]): IceTransportSlots["localParameters"] {
  return parameters && { usernameFragment: parameters.usernameFragment, password: parameters.password };
}
