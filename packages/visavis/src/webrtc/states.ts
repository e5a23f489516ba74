/**
 * The states of the transports and of the connection as their sum: https://w3c.github.io/webrtc-pc/#rtcpeerconnectionstate-enum
 */
import type { PeerEvent } from "../peer/peer-events.ts";
import type { ConnectionSlots, RTCPeerConnectionState } from "./connection-slots.ts";
import { fire } from "./events.ts";
import type { RTCDtlsTransportState } from "./rtc-dtls-transport.ts";
import { RTCError, type RTCErrorInit } from "./rtc-error.ts";
import { RTCErrorEvent } from "./rtc-error-event.ts";
import type { RTCIceCandidatePair, RTCIceTransportState } from "./rtc-ice-transport.ts";

/** The states of one transport. */
export interface TransportStates {
  readonly ice: RTCIceTransportState;
  readonly dtls: RTCDtlsTransportState;
}

/** The value of RTCIceConnectionState that describes an open connection (https://w3c.github.io/webrtc-pc/#rtciceconnectionstate-enum). */
export function deriveIceConnectionState(transports: readonly TransportStates[]): RTCIceTransportState {
  const states = new Set(transports.map(({ ice }) => ice));
  if (states.has("failed")) return "failed";
  if (states.has("disconnected")) return "disconnected";
  if (only(states, ["new", "closed"])) return "new";
  if (states.has("new") || states.has("checking")) return "checking";
  if (only(states, ["completed", "closed"])) return "completed";
  return "connected";
}

/** The value of RTCPeerConnectionState that describes an open connection. */
export function deriveConnectionState(transports: readonly TransportStates[]): RTCPeerConnectionState {
  const ice = new Set(transports.map((transport) => transport.ice));
  const dtls = new Set(transports.map((transport) => transport.dtls));
  if (ice.has("failed") || dtls.has("failed")) return "failed";
  if (ice.has("disconnected")) return "disconnected";
  if (only(ice, ["new", "closed"]) && only(dtls, ["new", "closed"])) return "new";
  if (only(ice, ["connected", "completed", "closed"]) && only(dtls, ["connected", "closed"])) return "connected";
  return "connecting";
}

/** Whether there is nothing in `states` but these. */
function only<T>(states: ReadonlySet<T>, allowed: readonly T[]): boolean {
  return [...states].every((state) => allowed.includes(state));
}

function transportsOf(connection: ConnectionSlots): TransportStates[] {
  const { transport } = connection;
  return transport === undefined ? [] : [{ ice: transport.ice.state, dtls: transport.dtls.state }];
}

/**
 * The ICE transport's state or selected pair changed (in a task): https://w3c.github.io/webrtc-pc/#rtcicetransport
 * @param pair the new pair; undefined when it stays
 */
export function iceTransportChanged(
  connection: ConnectionSlots,
  state: RTCIceTransportState | undefined,
  pair: RTCIceCandidatePair | undefined,
): void {
  const { transport, object } = connection;
  if (transport === undefined) return;
  // 4. The pair, 5. the state of the transport.
  if (pair !== undefined) transport.ice.selectedPair = pair;
  const changed = state !== undefined && state !== transport.ice.state;
  if (changed) transport.ice.state = state;
  // 6.-9. [[IceConnectionState]], 10.-13. [[ConnectionState]].
  const transports = transportsOf(connection);
  const newIceConnectionState = deriveIceConnectionState(transports);
  const iceConnectionStateChanged = newIceConnectionState !== connection.iceConnectionState;
  connection.iceConnectionState = newIceConnectionState;
  const newConnectionState = deriveConnectionState(transports);
  const connectionStateChanged = newConnectionState !== connection.connectionState;
  connection.connectionState = newConnectionState;
  // 14.-17. The events, after everything is set.
  if (pair !== undefined) fire(transport.iceObject, "selectedcandidatepairchange");
  if (changed) fire(transport.iceObject, "statechange");
  if (iceConnectionStateChanged) fire(object, "iceconnectionstatechange");
  if (connectionStateChanged) fire(object, "connectionstatechange");
}

/** The DTLS transport's state changed (in a task): https://w3c.github.io/webrtc-pc/#rtcdtlstransport-interface */
export function dtlsTransportChanged(connection: ConnectionSlots, event: Extract<PeerEvent, { type: "dtls-state" }>): void {
  const { transport } = connection;
  if (transport === undefined || transport.dtls.state === event.state) return;
  transport.dtls.state = event.state;
  transport.dtls.remoteCertificates = event.remoteCertificates;
  if (event.state === "failed") {
    transport.dtlsObject.dispatchEvent(new RTCErrorEvent("error", { error: dtlsError(event.error) }));
  }
  fire(transport.dtlsObject, "statechange");
  updateConnectionState(connection);
}

function dtlsError(error: Extract<PeerEvent, { type: "dtls-state" }>["error"]): RTCError {
  const isFingerprint = error?.code.includes("fingerprint") === true;
  const init: RTCErrorInit = { errorDetail: isFingerprint ? "fingerprint-failure" : "dtls-failure" };
  if (error?.alert !== undefined) init[error.received ? "receivedAlert" : "sentAlert"] = error.alert;
  return new RTCError(init, error?.message ?? "");
}

/** https://w3c.github.io/webrtc-pc/#update-the-connection-state (in a task) */
export function updateConnectionState(connection: ConnectionSlots): void {
  // 2. Let newState be the value of deriving a new state value.
  const newState = deriveConnectionState(transportsOf(connection));
  // 3. If connection.[[ConnectionState]] is equal to newState, abort these steps.
  if (connection.connectionState === newState) return;
  // 4., 5. Set it and fire "connectionstatechange".
  connection.connectionState = newState;
  fire(connection.object, "connectionstatechange");
}

/** The SCTP transport is connected or closed (in a task): https://w3c.github.io/webrtc-pc/#sctp-transport-connected */
export function sctpTransportChanged(connection: ConnectionSlots, event: Extract<PeerEvent, { type: "sctp-state" }>): void {
  const { transport } = connection;
  if (transport === undefined) return;
  const { sctp } = transport;
  sctp.maxMessageSize = event.maxMessageSize;
  sctp.maxChannels = event.maxChannels;
  if (sctp.state === event.state) return;
  sctp.state = event.state;
  fire(transport.sctpObject, "statechange");
}
