/**
 * The transport objects of a connection: an RTCIceTransport and its RTCDtlsTransport are made and let go together, and the
 * RTCSctpTransport goes by one of them.
 */
import type { TransportInfo } from "../peer/transport-info.ts";
import { SEND_LIMIT } from "./channel-slots.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { fire } from "./events.ts";
import { createDtlsTransport, type DtlsTransportSlots, type RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import type { RTCIceCandidate } from "./rtc-ice-candidate.ts";
import {
  type ConvertedIceParameters,
  createIceTransport,
  createIceTransportSlots,
  type IceTransportSlots,
  type RTCIceTransport,
} from "./rtc-ice-transport.ts";
import { createSctpTransport, type RTCSctpTransport, type SctpTransportSlots } from "./rtc-sctp-transport.ts";

/** What the other side takes when its description does not say, in bytes (RFC 8841 §6.1). */
const DEFAULT_MAX_MESSAGE_SIZE = 65_536;

/** The slots of one transport, and the objects that scripts see. */
export interface TransportSlots {
  /** `TransportInfo.key`; undefined while only the other side has offered it. */
  key: number | undefined;
  readonly ice: IceTransportSlots;
  readonly iceObject: RTCIceTransport;
  readonly dtls: DtlsTransportSlots;
  readonly dtlsObject: RTCDtlsTransport;
}

/** [[SctpTransport]] */
export interface SctpSlots {
  /** What carries it. */
  carrier: TransportSlots;
  readonly sctp: SctpTransportSlots;
  readonly object: RTCSctpTransport;
}

/** A remote candidate that came before its transport. */
export interface EarlyCandidate {
  readonly mid: string;
  readonly candidate: RTCIceCandidate;
}

/** The transport with a number; undefined when it is gone, or not there yet. */
export function transportOf(connection: ConnectionSlots, key: number | undefined): TransportSlots | undefined {
  return key === undefined ? undefined : connection.transports.find((transport) => transport.key === key);
}

/** Makes a transport in the states it begins with (https://w3c.github.io/webrtc-pc/#create-dtls-transport). */
function createTransport({ platform, extensions }: ConnectionSlots, key: number | undefined): TransportSlots {
  const ice = createIceTransportSlots();
  const iceObject = createIceTransport(platform, extensions, ice);
  const dtls: DtlsTransportSlots = { iceTransport: iceObject, state: "new", remoteCertificates: [] };
  return { key, ice, iceObject, dtls, dtlsObject: createDtlsTransport(dtls) };
}

/** https://w3c.github.io/webrtc-pc/#create-sctp-transport */
function createSctp(carrier: TransportSlots): SctpSlots {
  const sctp: SctpTransportSlots = {
    transport: carrier.dtlsObject,
    state: "connecting",
    maxMessageSize: DEFAULT_MAX_MESSAGE_SIZE,
    maxChannels: null,
  };
  return { carrier, sctp, object: createSctpTransport(sctp) };
}

/**
 * The value of [[MaxMessageSize]]: what the other side takes, but not more than can be sent
 * (https://w3c.github.io/webrtc-pc/#dfn-update-the-data-max-message-size).
 */
export function maxMessageSizeOf(remote: number): number {
  return Math.min(remote, SEND_LIMIT);
}

/**
 * https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription: the transports after a description was applied.
 * @returns those that no section goes by any more
 */
export function updateTransports(connection: ConnectionSlots): readonly TransportSlots[] {
  const { peer, transports: before } = connection;
  const infos = peer.transports;
  const sctpInfo = infos.find(({ sctp }) => sctp !== undefined)?.sctp;
  const hasData = sctpInfo !== undefined || peer.hasDataSection;
  // The one that only the other side has offered becomes the one that carries the data section.
  const carrierKey = hasData ? peer.dataTransport : undefined;
  const unnumbered = before.find(({ key }) => key === undefined);
  if (unnumbered !== undefined && !before.some(({ key }) => key === carrierKey)) unnumbered.key = carrierKey;
  const after = infos.map((info) => {
    const transport = before.find(({ key }) => key === info.key) ?? createTransport(connection, info.key);
    describeTransport(connection, transport, info);
    return transport;
  });
  let carrier = after.find(({ key }) => key === carrierKey);
  if (hasData && carrier === undefined) {
    carrier = before.find(({ key }) => key === undefined) ?? createTransport(connection, undefined);
    after.push(carrier);
  }
  connection.transports = after;
  updateSctp(connection, carrier);
  if (sctpInfo !== undefined && connection.sctp !== undefined) {
    connection.sctp.sctp.maxMessageSize = maxMessageSizeOf(sctpInfo.maxMessageSize);
  }
  return before.filter((transport) => !after.includes(transport));
}

/** [[SctpTransport]] comes with the first description that has a data section, and goes with its rollback. */
function updateSctp(connection: ConnectionSlots, carrier: TransportSlots | undefined): void {
  if (carrier === undefined) {
    connection.sctp = undefined;
    return;
  }
  connection.sctp ??= createSctp(carrier);
  connection.sctp.carrier = carrier;
  connection.sctp.sctp.transport = carrier.dtlsObject;
}

/** Writes what a description that was just applied decided: role, parameters. */
function describeTransport(connection: ConnectionSlots, { ice }: TransportSlots, info: TransportInfo): void {
  ice.role = info.iceRole;
  ice.localParameters = parametersOf(info.localParameters);
  ice.remoteParameters = parametersOf(info.remoteParameters);
  const { earlyCandidates } = connection;
  if (earlyCandidates.length === 0) return;
  const own = earlyCandidates.filter(({ mid }) => info.mids.includes(mid));
  ice.remoteCandidates = [...ice.remoteCandidates, ...own.map(({ candidate }) => candidate)];
  connection.earlyCandidates = earlyCandidates.filter((early) => !own.includes(early));
}

function parametersOf(parameters: TransportInfo["localParameters"]): ConvertedIceParameters | null {
  return parameters && { usernameFragment: parameters.usernameFragment, password: parameters.password };
}

/** No section goes by the transport any more, as its objects say in tasks of their own. */
export function closeTransport(connection: ConnectionSlots, { ice, iceObject, dtls, dtlsObject, key }: TransportSlots): void {
  if (key === undefined) return;
  connection.queueTask(() => {
    if (dtls.state === "closed") return;
    dtls.state = "closed";
    fire(dtlsObject, "statechange");
  });
  connection.queueTask(() => {
    if (ice.state === "closed") return;
    ice.state = "closed";
    fire(iceObject, "statechange");
  });
}
