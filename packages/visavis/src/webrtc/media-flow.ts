/**
 * What the peer connection tells of audio and video while they flow.
 */
import type { HeardTone } from "../media/track-source.ts";
import type { PeerMedia } from "../peer/peer-media.ts";
import type { Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { muteInTask } from "./track-slots.ts";
import type { SenderSlots, TransceiverSlots } from "./transceiver-slots.ts";

function slotsOf(connection: ConnectionSlots, transceiver: Transceiver): TransceiverSlots | undefined {
  return connection.transceivers.find((each) => each.transceiver === transceiver);
}

/** The slots of the sender of a transceiver; undefined when it is gone. */
export function senderOf(connection: ConnectionSlots, transceiver: Transceiver): SenderSlots | undefined {
  return slotsOf(connection, transceiver)?.sender;
}

/** Hands the frames that are due to the sources of their tracks: parts of the library take them there, no script does. */
export function deliverFrames(connection: ConnectionSlots, media: PeerMedia): void {
  const now = connection.now();
  for (let taken = media.takeFrame(now); taken !== undefined; taken = media.takeFrame(now)) {
    slotsOf(connection, taken.transceiver)?.receiver.transform.process(taken.frame, 0);
  }
}

/** The other side wants a key frame of an encoding; a transform may decide otherwise. */
export function keyFrameRequested(connection: ConnectionSlots, transceiver: Transceiver, encoding: number): void {
  const sender = senderOf(connection, transceiver);
  if (sender !== undefined && !sender.transform.keyFrameRequested(encoding)) sender.frames.requestKeyFrame(encoding);
}

/** A transport can carry media: what is sent begins with what needs nothing before it. */
export function beginToSend(connection: ConnectionSlots, transport: number): void {
  for (const { transceiver, sender } of connection.transceivers) {
    if (transceiver.transport === transport) sender.frames.requestKeyFrame(undefined);
  }
}

/** The remote track has begun to give media, or fell silent: https://w3c.github.io/mediacapture-main/#set-track-muted */
export function trackMuted(connection: ConnectionSlots, transceiver: Transceiver, isMuted: boolean): void {
  connection.queueTask(() => {
    const receiver = slotsOf(connection, transceiver)?.receiver;
    if (receiver !== undefined) muteInTask(receiver.source, isMuted);
  });
}

/** The other side has sent a tone. */
export function toneHeard(connection: ConnectionSlots, transceiver: Transceiver, { tone, duration }: HeardTone): void {
  connection.queueTask(() => {
    for (const listener of [...(slotsOf(connection, transceiver)?.receiver.source.toneListeners ?? [])]) {
      listener({ tone, duration });
    }
  });
}
