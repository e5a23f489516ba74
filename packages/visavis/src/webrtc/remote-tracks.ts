/**
 * What a description does to the tracks that we receive: https://w3c.github.io/webrtc-pc/#process-remote-tracks
 */
import { receives, sends } from "../peer/media-types.ts";
import type { SetDescriptionType } from "../peer/peer-connection.ts";
import type { AppliedMedia, AppliedSection } from "../peer/transceiver-set.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { addTrackToStream, createStream, type MediaStream, removeTrackFromStream } from "./media-stream.ts";
import { RTCTrackEvent, type RTCTrackEventInit } from "./rtc-track-event.ts";
import { endInTask, muteInTask } from "./track-slots.ts";
import type { TransceiverSlots } from "./transceiver-slots.ts";
import { stopSending } from "./transceiver-stop.ts";
import { slotsOfTransceiver } from "./transceivers.ts";

/** A stream and a track that comes to it or leaves it. */
interface StreamAndTrack {
  readonly stream: MediaStream;
  readonly receiver: TransceiverSlots["receiver"];
}

/** What is to be done once all sections are looked at. */
interface Changes {
  /** The sources of tracks that fall silent. */
  readonly muteTracks: TransceiverSlots["receiver"][];
  readonly addList: StreamAndTrack[];
  readonly removeList: StreamAndTrack[];
  readonly trackEventInits: RTCTrackEventInit[];
  /** Whose tracks end, in tasks of their own. */
  readonly ended: TransceiverSlots["receiver"][];
}

/**
 * Steps 4.6.9 and after of https://w3c.github.io/webrtc-pc/#set-the-rtcsessiondescription, as far as they are about tracks.
 * @returns the events that follow from it, one part each, in their order
 */
export function applyMedia(
  connection: ConnectionSlots,
  { sections, removed }: AppliedMedia,
  side: "local" | "remote",
  type: SetDescriptionType,
): (() => void)[] {
  if (sections.length === 0 && removed.length === 0 && connection.transceivers.length === 0) return [];
  const changes: Changes = { muteTracks: [], addList: [], removeList: [], trackEventInits: [], ended: [] };
  for (const section of sections) {
    const slots = slotsOfTransceiver(connection, section.transceiver);
    if (type === "rollback") rollBackTracks(slots, section, side, changes);
    else if (side === "remote") processRemoteTracks(slots, section, section.streamIds, changes);
    else if (type !== "offer") applyLocalAnswer(slots, section, changes);
    if (type === "answer" || type === "pranswer") slots.sender.frames.setSending(sends(section.direction));
    if (section.isRejected && (side === "remote" || type !== "offer")) stop(slots, changes);
  }
  for (const transceiver of removed) {
    const slots = slotsOfTransceiver(connection, transceiver);
    transceiver.isStopping = true;
    transceiver.isStopped = true;
    stop(slots, changes);
  }
  connection.transceivers = connection.transceivers.filter(({ transceiver }) =>
    connection.peer.transceivers.includes(transceiver),
  );
  if (connection.peer.signalingState === "stable") {
    for (const { receiver } of connection.transceivers) receiver.stableStreams = receiver.streams;
  }
  return partsOf(connection, changes);
}

function stop(slots: TransceiverSlots, { ended }: Changes): void {
  stopSending(slots);
  ended.push(slots.receiver);
}

/** Step 4.6.9.1: an answer of ours. */
function applyLocalAnswer(slots: TransceiverSlots, { direction }: AppliedSection, changes: Changes): void {
  // If direction is "sendonly" or "inactive", and [[FiredDirection]] is either "sendrecv" or "recvonly".
  if (!receives(direction) && slots.hasFired) {
    setAssociatedStreams(slots, [], changes);
    changes.muteTracks.push(slots.receiver);
  }
  slots.hasFired = receives(direction);
}

/** What an offer of the other side told of the remote tracks is taken back. */
function rollBackTracks(slots: TransceiverSlots, section: AppliedSection, side: "local" | "remote", changes: Changes): void {
  const streams = slots.receiver.stableStreams.map(({ id }) => id);
  if (side === "remote") processRemoteTracks(slots, section, streams, changes);
}

/** https://w3c.github.io/webrtc-pc/#process-remote-tracks */
function processRemoteTracks(
  slots: TransceiverSlots,
  { direction }: AppliedSection,
  streamIds: readonly string[],
  changes: Changes,
): void {
  // 1. Set the associated remote streams.
  const before = changes.addList.length;
  setAssociatedStreams(slots, streamIds, changes);
  // 2. Process the addition of a remote track.
  const isReceiving = receives(direction);
  if ((isReceiving && !slots.hasFired) || changes.addList.length > before) {
    const { object: receiver, track, streams } = slots.receiver;
    changes.trackEventInits.push({ receiver, track, streams: [...streams], transceiver: slots.object });
  }
  // 4. Process the removal of a remote track.
  if (!isReceiving && slots.hasFired) changes.muteTracks.push(slots.receiver);
  // 5. Set transceiver.[[FiredDirection]] to direction.
  slots.hasFired = isReceiving;
}

/** https://w3c.github.io/webrtc-pc/#set-associated-remote-streams */
function setAssociatedStreams({ connection, receiver }: TransceiverSlots, ids: readonly string[], changes: Changes): void {
  // 2., 3. The streams with these ids, made unless they were before.
  const streams = ids.map((id) => {
    const known = connection.remoteStreams.get(id) ?? createStream(connection.platform, [], id);
    connection.remoteStreams.set(id, known);
    return known;
  });
  // 5., 6. What left and what came.
  for (const stream of receiver.streams) if (!streams.includes(stream)) changes.removeList.push({ stream, receiver });
  for (const stream of streams) if (!receiver.streams.includes(stream)) changes.addList.push({ stream, receiver });
  // 7. Set receiver.[[AssociatedRemoteMediaStreams]] to streams.
  receiver.streams = streams;
}

function partsOf(
  connection: ConnectionSlots,
  { muteTracks, addList, removeList, trackEventInits, ended }: Changes,
): (() => void)[] {
  return [
    ...muteTracks.map(
      ({ source }) =>
        () =>
          muteInTask(source, true),
    ),
    ...removeList.map(
      ({ stream, receiver }) =>
        () =>
          removeTrackFromStream(stream, receiver.track),
    ),
    ...addList.map(
      ({ stream, receiver }) =>
        () =>
          addTrackToStream(stream, receiver.track),
    ),
    ...trackEventInits.map((init) => () => void connection.object.dispatchEvent(new RTCTrackEvent("track", init))),
    ...ended.map(
      ({ source }) =>
        () =>
          connection.queueTask(() => endInTask(source)),
    ),
  ];
}
