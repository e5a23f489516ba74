/**
 * The internal slots of RTCRtpTransceiver, RTCRtpSender and RTCRtpReceiver, as far as they are not those of the peer
 * connection's transceivers: https://w3c.github.io/webrtc-pc/#rtcrtptransceiver-interface
 */
import { TrackSource } from "../media/track-source.ts";
import type { PlayedSource, SourceList } from "../peer/source-list.ts";
import type { Receiver, Sender, Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { DtmfSlots } from "./dtmf-slots.ts";
import { TransformSeat } from "./frame-transform.ts";
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
import { SenderFrames } from "./sender-frames.ts";
import { receiverHost, senderHost } from "./transform-hosts.ts";

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
  /** Takes the frames of the track. */
  readonly frames: SenderFrames;
  /** [[transform]]: what the frames go through. */
  readonly transform: TransformSeat;
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
    this.transform = new TransformSeat(senderHost(this));
    this.frames = new SenderFrames(this);
    this.frames.follow(track);
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
    this.frames.follow(track);
  }

  /** Sends nothing ever again; the track stays to be seen. */
  stop(): void {
    this.frames.follow(null);
  }

  /** The encodings, or what else setParameters sets, are others. */
  parametersChanged(): void {
    const { connection, transceiver } = this;
    connection.call(() => connection.peer.updateTransceiver(transceiver.transceiver, connection.now()));
  }

  /** The next frame of an encoding is to need no other. */
  requestKeyFrame(encoding: number): void {
    this.frames.requestKeyFrame(encoding);
  }

  /** Sends a tone. @param duration in milliseconds */
  playTone(tone: string, duration: number): void {
    const { connection, transceiver } = this;
    connection.call(() => connection.peer.media?.sendTone(transceiver.transceiver, tone, duration, connection.now()));
  }
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
  /** [[transform]]: what the frames go through. */
  readonly transform: TransformSeat;
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
    this.source = new TrackSource({
      kind,
      label: `remote ${kind}`,
      isMuted: true,
      origin: { keyFrameWanted: () => this.#requestKeyFrame() },
    });
    this.track = createTrack({ platform: connection.platform, source: this.source, id: trackId });
    this.transform = new TransformSeat(receiverHost(this));
    this.object = createReceiverObject(this);
  }

  /** Newest first. */
  contributingSources(): RTCRtpContributingSource[] {
    const { connection } = this;
    return (
      this.#sources()
        ?.contributing(connection.now())
        .map((played) => shownSource(connection, played)) ?? []
    );
  }

  /** Newest first. */
  synchronizationSources(): RTCRtpSynchronizationSource[] {
    const { connection } = this;
    return (
      this.#sources()
        ?.synchronization(connection.now())
        .map((played) => shownSource(connection, played)) ?? []
    );
  }

  /** Asks the other side for a key frame of every layer. */
  #requestKeyFrame(): void {
    const { connection, transceiver } = this;
    if (connection.isClosed) return;
    connection.peer.media?.requestKeyFrame(transceiver.transceiver, undefined);
    connection.wake();
  }

  #sources(): SourceList | undefined {
    return this.connection.peer.media?.received.sources(this.transceiver.transceiver);
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

/** https://w3c.github.io/webrtc-pc/#dom-rtcrtpcontributingsource: its time is of the clock that `performance.now()` has. */
/** Milliseconds from 1900, where the clock of NTP begins, to 1970. */
const EPOCHS_APART = 2_208_988_800_000;

function shownSource(
  connection: ConnectionSlots,
  { source, playedAt, rtpTimestamp, audioLevel, captureTime }: PlayedSource,
): RTCRtpContributingSource {
  const { clock } = connection.platform;
  const timestamp = clock.wallTime() - (connection.now() - playedAt);
  return {
    ...(audioLevel !== undefined && { audioLevel }),
    ...(captureTime !== undefined && { captureTimestamp: captureTime + EPOCHS_APART }),
    rtpTimestamp,
    source,
    timestamp,
  };
}
