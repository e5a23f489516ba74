/**
 * Offers, answers and session descriptions: https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription
 */
import type { SetDescriptionType } from "../peer/peer-connection.ts";
import type { PeerDescription } from "../peer/peer-events.ts";
import type { AppliedMedia } from "../peer/transceiver-set.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { domError } from "./errors.ts";
import { fire } from "./events.ts";
import { updateNegotiationNeeded } from "./negotiation-needed.ts";
import { applyMedia } from "./remote-tracks.ts";
import type { ConvertedDescription, ConvertedLocalDescription, RTCSessionDescriptionInit } from "./rtc-session-description.ts";
import { transportsChanged } from "./states.ts";
import { closeTransport, updateTransports } from "./transport-slots.ts";

/** https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-createoffer */
export function createOffer(connection: ConnectionSlots, iceRestart: boolean): Promise<RTCSessionDescriptionInit> {
  return connection.operations.chain(() => {
    // 1. If connection.[[SignalingState]] is neither "stable" nor "have-local-offer", reject with an InvalidStateError.
    const { signalingState } = connection;
    if (signalingState !== "stable" && signalingState !== "have-local-offer") return rejectState(connection, "createOffer");
    // 2.-4. In parallel create an offer; resolve in a queued task.
    return connection.taskPromise(() => ({
      type: "offer" as const,
      sdp: connection.peer.createOffer({ iceRestart }, connection.now()),
    }));
  });
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-createanswer */
export function createAnswer(connection: ConnectionSlots): Promise<RTCSessionDescriptionInit> {
  return connection.operations.chain(() => {
    // 1. If connection.[[SignalingState]] is neither "have-remote-offer" nor "have-local-pranswer", reject.
    const { signalingState } = connection;
    if (signalingState !== "have-remote-offer" && signalingState !== "have-local-pranswer") {
      return rejectState(connection, "createAnswer");
    }
    return connection.taskPromise(() => ({
      type: "answer" as const,
      sdp: connection.peer.createAnswer(connection.now()),
    }));
  });
}

function rejectState(connection: ConnectionSlots, operation: string): Promise<never> {
  const message = `${operation} cannot be called in the signaling state '${connection.signalingState}'.`;
  return Promise.reject(domError("InvalidStateError", message));
}

/** https://w3c.github.io/webrtc-pc/#dom-peerconnection-setlocaldescription */
export function setLocalDescription(connection: ConnectionSlots, description: ConvertedLocalDescription): Promise<void> {
  return connection.operations.chain(() => {
    // 4.1. Let type be description.type if present, or what fits the signaling state.
    const type = description.type ?? impliedType(connection);
    if (type === "rollback" && !canRollBack(connection)) return rejectState(connection, "setLocalDescription (rollback)");
    connection.hasLocalDescription = true;
    // 4.2.-4.5. An empty sdp stands for the last offer or answer that was created, or a new one: the peer connection knows.
    return applyDescription(connection, "local", type, () =>
      connection.peer.setLocalDescription(type, description.sdp, connection.now()),
    );
  });
}

/** Only an offer can be taken back; that there is none is said at once. */
function canRollBack({ signalingState }: ConnectionSlots): boolean {
  return signalingState === "have-local-offer" || signalingState === "have-remote-offer";
}

function impliedType(connection: ConnectionSlots): "offer" | "answer" {
  switch (connection.signalingState) {
    case "stable":
    case "have-local-offer":
    case "have-remote-pranswer":
      return "offer";
    case "have-remote-offer":
    case "have-local-pranswer":
    case "closed":
      return "answer";
  }
}

/** https://w3c.github.io/webrtc-pc/#dom-peerconnection-setremotedescription */
export function setRemoteDescription(connection: ConnectionSlots, description: ConvertedDescription): Promise<void> {
  const setRemote = (): Promise<void> =>
    applyDescription(connection, "remote", description.type, () => {
      const applied = connection.peer.setRemoteDescription(description.type, description.sdp, connection.now());
      connection.canTrickle = connection.peer.canTrickle;
      return applied;
    });
  return connection.operations.chain(() => {
    if (description.type === "rollback" && !canRollBack(connection)) {
      return rejectState(connection, "setRemoteDescription (rollback)");
    }
    // 3.1. An offer that comes while ours is out rolls ours back first.
    if (description.type !== "offer" || connection.signalingState !== "have-local-offer") return setRemote();
    return applyDescription(connection, "local", "rollback", () =>
      connection.peer.setLocalDescription("rollback", "", connection.now()),
    ).then(setRemote);
  });
}

/**
 * Applies a description and then, in the same task, writes the slots and fires what follows from it:
 * https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription
 */
function applyDescription(
  connection: ConnectionSlots,
  side: "local" | "remote",
  type: SetDescriptionType,
  apply: () => AppliedMedia,
): Promise<void> {
  return connection.taskPromise((fireLater) => {
    const before = connection.signalingState;
    const applied = apply();
    const { peer, object } = connection;
    connection.descriptionsApplied++;
    surfaceDescriptions(connection, peer);
    surfaceRemoteDescriptions(connection);
    connection.signalingState = peer.signalingState;
    const unused = updateTransports(connection);
    // If description negotiates the DTLS role of the SCTP transport, the channels without an id get theirs.
    for (const [channel, sink] of connection.channels) sink.id = channel.id ?? null;
    const events = applyMedia(connection, applied, side, type);
    // If connection.[[SignalingState]] is now "stable", clear the negotiation-needed flag and update it.
    if (connection.signalingState === "stable") {
      connection.negotiationNeeded = false;
      updateNegotiationNeeded(connection);
    }
    if (before !== connection.signalingState) fire(object, "signalingstatechange");
    for (const event of events) fireLater(event);
    fireLater(() => {
      for (const transport of unused) closeTransport(connection, transport);
      transportsChanged(connection);
    });
  });
}

/** The local descriptions of the peer connection. */
export interface LocalDescriptions {
  readonly currentLocalDescription: PeerDescription | null;
  readonly pendingLocalDescription: PeerDescription | null;
}

/** Writes the local description slots. */
export function surfaceDescriptions(connection: ConnectionSlots, local: LocalDescriptions): void {
  const { descriptions } = connection;
  descriptions.currentLocal.value = local.currentLocalDescription;
  descriptions.pendingLocal.value = local.pendingLocalDescription;
}

/** Writes the remote description slots, which grow by the candidates that are added. */
export function surfaceRemoteDescriptions(connection: ConnectionSlots): void {
  const { descriptions, peer } = connection;
  descriptions.currentRemote.value = peer.currentRemoteDescription;
  descriptions.pendingRemote.value = peer.pendingRemoteDescription;
}
