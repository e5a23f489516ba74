/**
 * The states of the transports and of the connection as their sum: https://w3c.github.io/webrtc-pc/#rtcpeerconnectionstate-enum
 */
import type { PeerEvent } from "../peer/peer-events.ts";
import type { ConnectionSlots, RTCPeerConnectionState } from "./connection-slots.ts";
import { fire } from "./events.ts";
import type { RTCDtlsTransportState } from "./rtc-dtls-transport.ts";
import { RTCError, type RTCErrorInit } from "./rtc-error.ts";
import { RTCErrorEvent } from "./rtc-error-event.ts";
import type { RTCIceCandidatePair } from "./rtc-ice-candidate-pair.ts";
import type { RTCIceGathererState, RTCIceTransportState } from "./rtc-ice-transport.ts";
import { maxMessageSizeOf, type TransportSlots, transportOf } from "./transport-slots.ts";

/** The states of one transport. */
export interface TransportStates {
  readonly ice: RTCIceTransportState;
  readonly dtls: RTCDtlsTransportState;
}

/** The value of RTCIceConnectionState that describes an open connection (https://w3c.github.io/webrtc-pc/#rtciceconnectionstate-enum). */
export function deriveIceConnectionState(transports: readonly TransportStates[]): RTCIceTransportState {
  const any = (state: RTCIceTransportState): boolean => transports.some(({ ice }) => ice === state);
  if (any("failed")) return "failed";
  if (any("disconnected")) return "disconnected";
  if (transports.every(({ ice }) => ice === "new" || ice === "closed")) return "new";
  if (any("new") || any("checking")) return "checking";
  if (transports.every(({ ice }) => ice === "completed" || ice === "closed")) return "completed";
  return "connected";
}

/** The value of RTCPeerConnectionState that describes an open connection. */
export function deriveConnectionState(transports: readonly TransportStates[]): RTCPeerConnectionState {
  if (transports.some(({ ice, dtls }) => ice === "failed" || dtls === "failed")) return "failed";
  if (transports.some(({ ice }) => ice === "disconnected")) return "disconnected";
  if (transports.every(({ ice, dtls }) => isIdle(ice) && isIdle(dtls))) return "new";
  const isUp = ({ ice, dtls }: TransportStates): boolean =>
    (ice === "connected" || ice === "completed" || ice === "closed") && (dtls === "connected" || dtls === "closed");
  return transports.every(isUp) ? "connected" : "connecting";
}

const isIdle = (state: string): boolean => state === "new" || state === "closed";

/** The value of RTCIceGatheringState (https://w3c.github.io/webrtc-pc/#rtcicegatheringstate-enum). */
export function deriveGatheringState(transports: readonly RTCIceGathererState[]): RTCIceGathererState {
  if (transports.includes("gathering")) return "gathering";
  return transports.length > 0 && transports.every((state) => state === "complete") ? "complete" : "new";
}

function statesOf(connection: ConnectionSlots): TransportStates[] {
  return connection.transports.map(({ ice, dtls }) => ({ ice: ice.state, dtls: dtls.state }));
}

/**
 * An ICE transport's state or selected pair changed: https://w3c.github.io/webrtc-pc/#rtcicetransport
 * @param key which transport
 * @param state the new state; undefined when it stays
 * @param makePair makes the new pair, in the task; undefined when it stays
 */
export function iceTransportChanged(
  connection: ConnectionSlots,
  key: number,
  state: RTCIceTransportState | undefined,
  makePair: ((transport: TransportSlots) => RTCIceCandidatePair) | undefined,
): void {
  let changed = { transport: false, iceConnection: false, connection: false };
  connection.queueTask(
    () => {
      const transport = transportOf(connection, key);
      if (transport === undefined) return;
      // 4. The pair, 5. the state of the transport.
      if (makePair !== undefined) transport.ice.selectedPair = makePair(transport);
      const transportChanged = state !== undefined && state !== transport.ice.state;
      if (transportChanged) transport.ice.state = state;
      // 6.-13. [[IceConnectionState]] and [[ConnectionState]].
      changed = { transport: transportChanged, ...deriveStates(connection) };
      // 14.-17. The events, after everything is set.
      if (makePair !== undefined) fire(transport.iceObject, "selectedcandidatepairchange");
    },
    () => {
      const transport = changed.transport ? transportOf(connection, key) : undefined;
      if (transport !== undefined) fire(transport.iceObject, "statechange");
    },
    () => {
      if (changed.iceConnection) fire(connection.object, "iceconnectionstatechange");
    },
    () => {
      if (changed.connection) fire(connection.object, "connectionstatechange");
    },
  );
}

/** Writes the states of the connection anew, and tells which of them changed. */
function deriveStates(connection: ConnectionSlots): { readonly iceConnection: boolean; readonly connection: boolean } {
  const transports = statesOf(connection);
  const iceConnectionState = deriveIceConnectionState(transports);
  const connectionState = deriveConnectionState(transports);
  const changed = {
    iceConnection: iceConnectionState !== connection.iceConnectionState,
    connection: connectionState !== connection.connectionState,
  };
  connection.iceConnectionState = iceConnectionState;
  connection.connectionState = connectionState;
  return changed;
}

/** A DTLS transport's state changed: https://w3c.github.io/webrtc-pc/#rtcdtlstransport-interface */
export function dtlsTransportChanged(connection: ConnectionSlots, event: Extract<PeerEvent, { type: "dtls-state" }>): void {
  let changed: TransportSlots | undefined;
  let connectionChanged = false;
  connection.queueTask(
    () => {
      const transport = transportOf(connection, event.transport);
      if (transport === undefined || transport.dtls.state === event.state) return;
      changed = transport;
      transport.dtls.state = event.state;
      transport.dtls.remoteCertificates = event.remoteCertificates;
      connectionChanged = deriveStates(connection).connection;
      if (event.state !== "failed") return;
      transport.dtlsObject.dispatchEvent(new RTCErrorEvent("error", { error: dtlsError(event.error) }));
    },
    () => {
      if (changed !== undefined) fire(changed.dtlsObject, "statechange");
    },
    () => {
      if (connectionChanged) fire(connection.object, "connectionstatechange");
    },
  );
}

function dtlsError(error: Extract<PeerEvent, { type: "dtls-state" }>["error"]): RTCError {
  const isFingerprint = error?.code.includes("fingerprint") === true;
  const init: RTCErrorInit = { errorDetail: isFingerprint ? "fingerprint-failure" : "dtls-failure" };
  if (error?.alert !== undefined) init[error.received ? "receivedAlert" : "sentAlert"] = error.alert;
  return new RTCError(init, error?.message ?? "");
}

/** A transport came or went: the connection's states are written anew and its events queued. */
export function transportsChanged(connection: ConnectionSlots): void {
  const changed = deriveStates(connection);
  if (changed.iceConnection) connection.queueTask(() => fire(connection.object, "iceconnectionstatechange"));
  if (changed.connection) connection.queueTask(() => fire(connection.object, "connectionstatechange"));
}

/** The SCTP transport is connected or closed: https://w3c.github.io/webrtc-pc/#sctp-transport-connected */
export function sctpTransportChanged(connection: ConnectionSlots, event: Extract<PeerEvent, { type: "sctp-state" }>): void {
  connection.queueTask(() => {
    if (connection.sctp === undefined) return;
    const { sctp, object } = connection.sctp;
    sctp.maxMessageSize = maxMessageSizeOf(event.maxMessageSize);
    sctp.maxChannels = event.maxChannels;
    if (sctp.state === event.state) return;
    sctp.state = event.state;
    fire(object, "statechange");
  });
}
