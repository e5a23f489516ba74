/**
 * Tracks and transceivers of a connection: https://w3c.github.io/webrtc-pc/#rtp-media-api
 */
import { directionOf, receives, sends } from "../peer/media-types.ts";
import type { EncodingInit, Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { domError } from "./errors.ts";
import type { MediaStream } from "./media-stream.ts";
import type { MediaStreamTrack } from "./media-stream-track.ts";
import { updateNegotiationNeeded } from "./negotiation-needed.ts";
import type { RTCRtpSender } from "./rtc-rtp-sender.ts";
import type { RTCRtpTransceiver, RTCRtpTransceiverDirection } from "./rtc-rtp-transceiver.ts";
import { validateSendEncodings } from "./rtp-encodings.ts";
import { type SenderSlots, TransceiverSlots } from "./transceiver-slots.ts";

/** RTCRtpTransceiverInit after conversion. */
export interface ConvertedTransceiverInit {
  readonly direction: RTCRtpTransceiverDirection;
  readonly streams: readonly MediaStream[];
  readonly sendEncodings: readonly EncodingInit[];
}

/** The slots of a transceiver of the peer connection, made when it is new. */
export function slotsOfTransceiver(
  connection: ConnectionSlots,
  transceiver: Transceiver,
  track: MediaStreamTrack | null = null,
): TransceiverSlots {
  const known = connection.transceivers.find((each) => each.transceiver === transceiver);
  if (known !== undefined) return known;
  const slots = new TransceiverSlots(connection, transceiver, track);
  connection.transceivers = [...connection.transceivers, slots];
  return slots;
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-addtrack, after the conversions. */
export function addTrack(connection: ConnectionSlots, track: MediaStreamTrack, streams: readonly MediaStream[]): RTCRtpSender {
  // 4. If connection.[[IsClosed]] is true, throw an InvalidStateError.
  if (connection.isClosed) throw closedError();
  // 5., 6. If an RTCRtpSender for track already exists in senders, throw an InvalidAccessError.
  const live = connection.transceivers.filter(({ transceiver }) => !transceiver.isStopped);
  if (live.some(({ sender }) => sender.track === track)) {
    throw domError("InvalidAccessError", "The track has a sender already.");
  }
  const streamIds = idsOf(streams);
  // 7. A sender without a track that never sent.
  const free = live.find(
    ({ sender, transceiver }) =>
      sender.track === null && transceiver.kind === track.kind && !transceiver.isStopping && !transceiver.hasSent,
  );
  const slots = free ?? makeForTrack(connection, track, streamIds);
  if (free !== undefined) {
    // 8. Use that sender.
    const { transceiver, sender } = free;
    setTrack(sender, track);
    sender.sender.streamIds = streamIds;
    transceiver.wasAddTrackUsed = true;
    transceiver.direction = directionOf(true, receives(transceiver.direction));
  }
  // 11. Update the negotiation-needed flag for connection.
  updateNegotiationNeeded(connection);
  return slots.sender.object;
}

function makeForTrack(connection: ConnectionSlots, track: MediaStreamTrack, streamIds: readonly string[]): TransceiverSlots {
  const transceiver = connection.call(() =>
    connection.peer.addTransceiver({
      kind: kindOf(track),
      direction: "sendrecv",
      streamIds,
      trackId: track.id,
      encodings: [],
      isByAddTrack: true,
    }),
  );
  return slotsOfTransceiver(connection, transceiver, track);
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-removetrack, after the conversions. */
export function removeTrack(connection: ConnectionSlots, slots: SenderSlots): void {
  // 3. If connection.[[IsClosed]] is true, throw an InvalidStateError.
  if (connection.isClosed) throw closedError();
  // 4. If sender was not created by connection, throw an InvalidAccessError.
  if (slots.connection !== connection) throw domError("InvalidAccessError", "The sender belongs to another RTCPeerConnection.");
  // 5.-9. One that is stopped, or has no track, stays as it is.
  const { transceiver } = slots.transceiver;
  if (transceiver.isStopping || slots.track === null || !connection.transceivers.includes(slots.transceiver)) return;
  // 10. Set sender.[[SenderTrack]] to null.
  setTrack(slots, null);
  // 11., 12. It does not send any more.
  transceiver.direction = directionOf(false, receives(transceiver.direction));
  // 13. Update the negotiation-needed flag for connection.
  updateNegotiationNeeded(connection);
}

/** https://w3c.github.io/webrtc-pc/#dom-rtcpeerconnection-addtransceiver, after the conversions. */
export function addTransceiver(
  connection: ConnectionSlots,
  trackOrKind: MediaStreamTrack | string,
  init: ConvertedTransceiverInit,
): RTCRtpTransceiver {
  const { direction, sendEncodings } = init;
  // 3.-6. What is a kind, and the encodings.
  const kind = typeof trackOrKind === "string" ? trackOrKind : kindOf(trackOrKind);
  if (kind !== "audio" && kind !== "video") throw new TypeError(`${JSON.stringify(kind)} is not a kind of media.`);
  if (direction === "stopped") throw new TypeError("A transceiver cannot begin as stopped.");
  if (connection.isClosed) throw closedError();
  const encodings = validateSendEncodings(kind, sendEncodings);
  const track = typeof trackOrKind === "string" ? null : trackOrKind;
  const transceiver = connection.call(() =>
    connection.peer.addTransceiver({
      kind,
      direction,
      streamIds: idsOf(init.streams),
      trackId: track?.id,
      encodings,
      isByAddTrack: false,
    }),
  );
  const slots = slotsOfTransceiver(connection, transceiver, track);
  updateNegotiationNeeded(connection);
  return slots.object;
}

/** What a sender sends from now on: https://w3c.github.io/webrtc-pc/#dom-rtcrtpsender-replacetrack, last steps. */
export function setTrack(slots: SenderSlots, track: MediaStreamTrack | null): void {
  slots.setTrack(track);
  slots.sender.hasTrack = track !== null;
}

/** Legacy: https://w3c.github.io/webrtc-pc/#legacy-configuration-extensions */
export function offerToReceive(connection: ConnectionSlots, kind: "audio" | "video", wanted: boolean): void {
  const own = connection.transceivers.filter(({ transceiver }) => transceiver.kind === kind && !transceiver.isStopping);
  if (!wanted) {
    for (const { transceiver } of own) transceiver.direction = directionOf(sends(transceiver.direction), false);
    return;
  }
  if (own.some(({ transceiver }) => receives(transceiver.direction))) return;
  addTransceiver(connection, kind, { direction: "recvonly", streams: [], sendEncodings: [] });
}

function idsOf(streams: readonly MediaStream[]): readonly string[] {
  return [...new Set(streams.map(({ id }) => id))];
}

function kindOf({ kind }: MediaStreamTrack): "audio" | "video" {
  return kind === "video" ? "video" : "audio";
}

function closedError(): DOMException {
  return domError("InvalidStateError", "The RTCPeerConnection is closed.");
}
