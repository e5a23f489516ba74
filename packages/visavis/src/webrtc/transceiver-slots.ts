/**
 * The internal slots of RTCRtpTransceiver, RTCRtpSender and RTCRtpReceiver, as far as they are not those of the peer
 * connection's transceivers: https://w3c.github.io/webrtc-pc/#rtcrtptransceiver-interface
 */
import { TrackSource } from "../media/track-source.ts";
import type { Receiver, Sender, Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { DtmfSlots } from "./dtmf-slots.ts";
import type { MediaStream } from "./media-stream.ts";
import { createTrack, type MediaStreamTrack } from "./media-stream-track.ts";
import type { RTCDTMFSender } from "./rtc-dtmf-sender.ts";
import {
  createReceiverObject,
  type RTCRtpContributingSource,
  type RTCRtpReceiver,
  type RTCRtpSynchronizationSource,
} from "./rtc-rtp-receiver.ts";
import { createSenderObject, type RTCRtpSender } from "./rtc-rtp-sender.ts";
import { createTransceiverObject, type RTCRtpTransceiver } from "./rtc-rtp-transceiver.ts";
import type { RTCDegradationPreference, RTCRtpSendParameters } from "./rtp-parameters.ts";

/** The slots of an RTCRtpSender. */
export class SenderSlots {
  readonly connection: ConnectionSlots;
  readonly transceiver: TransceiverSlots;
  /** `encodings`, `streamIds` and what else the peer connection needs to know. */
  readonly sender: Sender;
  /** The RTCRtpSender. */
  readonly object: RTCRtpSender;
  /** [[SenderTrack]] */
  track: MediaStreamTrack | null;
  /** [[Dtmf]] */
  readonly #dtmf: DtmfSlots | undefined;
  /** [[LastReturnedParameters]] */
  lastReturnedParameters: RTCRtpSendParameters | null = null;
  degradationPreference: RTCDegradationPreference | undefined = undefined;

  constructor(transceiver: TransceiverSlots, track: MediaStreamTrack | null) {
    this.connection = transceiver.connection;
    this.transceiver = transceiver;
    this.sender = transceiver.transceiver.sender;
    this.track = track;
    this.#dtmf = this.sender.kind === "audio" ? new DtmfSlots(this) : undefined;
    this.object = createSenderObject(this);
  }

  get dtmf(): RTCDTMFSender | null {
    return this.#dtmf?.object ?? null;
  }

  /** Sends another track from now on, or nothing. */
  setTrack(track: MediaStreamTrack | null): void {
    this.track = track;
    this.sender.hasTrack = track !== null;
  }

  /** Sends nothing ever again; the track stays to be seen. */
  stop(): void {
    // What is sent is stopped below.
  }

  /** The encodings, or what else setParameters sets, are others. */
  parametersChanged(): void {
    this.connection.wake();
  }

  /** The next frame of an encoding is to need no other. */
  requestKeyFrame(_encoding: number): void {}

  /** Sends a tone. @param duration in milliseconds */
  playTone(_tone: string, _duration: number): void {}
}

/** The slots of an RTCRtpReceiver. */
export class ReceiverSlots {
  readonly connection: ConnectionSlots;
  readonly transceiver: TransceiverSlots;
  readonly receiver: Receiver;
  /** The RTCRtpReceiver. */
  readonly object: RTCRtpReceiver;
  /** Gives the frames that arrive. */
  readonly source: TrackSource;
  /** [[ReceiverTrack]] */
  readonly track: MediaStreamTrack;
  /** [[AssociatedRemoteMediaStreams]] */
  streams: readonly MediaStream[] = [];
  /** [[LastStableStateAssociatedRemoteMediaStreams]] */
  stableStreams: readonly MediaStream[] = [];

  constructor(transceiver: TransceiverSlots) {
    const { connection } = transceiver;
    const { receiver } = transceiver.transceiver;
    this.connection = connection;
    this.transceiver = transceiver;
    this.receiver = receiver;
    const { kind, trackId } = receiver;
    this.source = new TrackSource({ kind, label: `remote ${kind}`, isMuted: true });
    this.track = createTrack({ platform: connection.platform, source: this.source, id: trackId });
    this.object = createReceiverObject(this);
  }

  /** Newest first. */
  contributingSources(): RTCRtpContributingSource[] {
    return [];
  }

  /** Newest first. */
  synchronizationSources(): RTCRtpSynchronizationSource[] {
    return [];
  }
}

/** The slots of an RTCRtpTransceiver. */
export class TransceiverSlots {
  readonly connection: ConnectionSlots;
  /** `mid`, `direction`, `currentDirection`, `isStopping`, `codecPreferences` and what else the peer connection needs to know. */
  readonly transceiver: Transceiver;
  readonly sender: SenderSlots;
  readonly receiver: ReceiverSlots;
  /** The RTCRtpTransceiver. */
  readonly object: RTCRtpTransceiver;
  /** [[FiredDirection]]: whether events told that it receives. */
  hasFired = false;

  /** @param track what it sends */
  constructor(connection: ConnectionSlots, transceiver: Transceiver, track: MediaStreamTrack | null) {
    this.connection = connection;
    this.transceiver = transceiver;
    this.sender = new SenderSlots(this, track);
    this.receiver = new ReceiverSlots(this);
    this.object = createTransceiverObject(this);
  }
}
