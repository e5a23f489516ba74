/**
 * ICE candidates, both ways: https://w3c.github.io/webrtc-pc/#dom-peerconnection-addicecandidate and
 * https://w3c.github.io/webrtc-pc/#surfacing-candidates
 */

import type { CandidateEvent, PeerEvent } from "../peer/peer-events.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { surfaceDescriptions, surfaceRemoteDescriptions } from "./descriptions.ts";
import { domError } from "./errors.ts";
import { fire } from "./events.ts";
import { type ConvertedCandidate, RTCIceCandidate } from "./rtc-ice-candidate.ts";
import { RTCPeerConnectionIceErrorEvent } from "./rtc-peer-connection-ice-error-event.ts";
import { RTCPeerConnectionIceEvent } from "./rtc-peer-connection-ice-event.ts";
import { deriveGatheringState } from "./states.ts";
import { transportOf } from "./transport-slots.ts";

/** https://w3c.github.io/webrtc-pc/#dom-peerconnection-addicecandidate */
export function addIceCandidate(connection: ConnectionSlots, init: ConvertedCandidate): Promise<void> {
  // 3. If candidate.candidate is not an empty string and both sdpMid and sdpMLineIndex are null, reject with a TypeError.
  if (init.candidate !== "" && init.sdpMid === null && init.sdpMLineIndex === null) {
    return Promise.reject(new TypeError("Neither sdpMid nor sdpMLineIndex says which section the candidate is for."));
  }
  return connection.operations.chain(() => {
    // 4.1. If remoteDescription is null, reject with an InvalidStateError.
    const { currentRemote, pendingRemote } = connection.descriptions;
    if (currentRemote.value === null && pendingRemote.value === null) {
      return Promise.reject(domError("InvalidStateError", "There is no remote description yet."));
    }
    // 4.2.-4.7. The peer connection checks and adds it; the outcome is known in a task.
    return connection.taskPromise(() => {
      const taken = connection.peer.addIceCandidate(init, connection.now());
      surfaceRemoteDescriptions(connection);
      // One too many for its section is dropped below, and shows nowhere.
      if (taken && init.candidate !== "") noteRemote(connection, init);
    });
  });
}

/** Shows a remote candidate at the transport of its section, now or when that is there. */
function noteRemote(connection: ConnectionSlots, init: ConvertedCandidate): void {
  const candidate = new RTCIceCandidate(init);
  const { peer } = connection;
  const mid = init.sdpMid ?? peer.midOf(init.sdpMLineIndex ?? 0);
  const info = peer.transports.find(({ mids }) => mids.some((each) => each === mid));
  const transport = transportOf(connection, info?.key) ?? connection.transports.find(({ key }) => key === undefined);
  if (transport !== undefined) transport.ice.remoteCandidates = [...transport.ice.remoteCandidates, candidate];
  else if (mid !== undefined) connection.earlyCandidates = [...connection.earlyCandidates, { mid, candidate }];
}

/** A local candidate, or the end of them: https://w3c.github.io/webrtc-pc/#surface-the-candidate */
export function candidateGathered(connection: ConnectionSlots, event: CandidateEvent): void {
  const { descriptionsApplied } = connection;
  connection.queueTask(() => surfaceCandidate(connection, event, descriptionsApplied));
}

function surfaceCandidate(connection: ConnectionSlots, event: CandidateEvent, descriptionsApplied: number): void {
  const { sdpMid, sdpMLineIndex, usernameFragment, url } = event;
  const candidate = new RTCIceCandidate({
    candidate: event.candidate,
    sdpMid,
    sdpMLineIndex,
    usernameFragment,
    ...(url !== undefined && { url }),
    ...(event.parsed?.relayProtocol !== undefined && { relayProtocol: event.parsed.relayProtocol }),
  });
  const ice = transportOf(connection, event.transport)?.ice;
  if (ice !== undefined && event.candidate !== "") ice.localCandidates = [...ice.localCandidates, candidate];
  // The descriptions with the candidate in them, unless newer ones were applied meanwhile: those contain it already.
  if (descriptionsApplied === connection.descriptionsApplied) surfaceDescriptions(connection, event);
  fireCandidate(connection, candidate);
}

function fireCandidate(connection: ConnectionSlots, candidate: RTCIceCandidate | null): void {
  const url = candidate?.url ?? null;
  connection.object.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate, url }));
}

/** Gathering from one server failed: https://w3c.github.io/webrtc-pc/#dfn-icecandidateerror */
export function candidateFailed(connection: ConnectionSlots, event: Extract<PeerEvent, { type: "candidate-error" }>): void {
  const { address, port, url, errorCode, errorText } = event;
  const init = { address, port, url, errorCode, errorText };
  connection.queueTask(() => {
    connection.object.dispatchEvent(new RTCPeerConnectionIceErrorEvent("icecandidateerror", init));
  });
}

/** The state of gathering of a transport changed: https://w3c.github.io/webrtc-pc/#update-the-ice-gathering-state */
export function gatheringChanged(connection: ConnectionSlots, event: Extract<PeerEvent, { type: "ice-gathering-state" }>): void {
  let changed = false;
  connection.queueTask(
    () => {
      const transport = transportOf(connection, event.transport);
      const isNews = transport !== undefined && transport.ice.gatheringState !== event.state;
      if (isNews) transport.ice.gatheringState = event.state;
      const state = deriveGatheringState(connection.transports.map(({ ice }) => ice.gatheringState));
      changed = connection.iceGatheringState !== state;
      connection.iceGatheringState = state;
      if (isNews) fire(transport.iceObject, "gatheringstatechange");
    },
    () => {
      if (changed) fire(connection.object, "icegatheringstatechange");
    },
    () => {
      // For those who wait for it: null says that every transport is done.
      if (changed && connection.iceGatheringState === "complete") fireCandidate(connection, null);
    },
  );
}
