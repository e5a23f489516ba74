/**
 * The internal slots of RTCRtpTransceiver, RTCRtpSender and RTCRtpReceiver, as far as they are not those of the peer
 * connection's transceivers: https://w3c.github.io/webrtc-pc/#rtcrtptransceiver-interface
 */
import { TrackSource } from "../media/track-source.ts";
import type { Receiver, Sender, Transceiver } from "../peer/transceiver.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import type { MediaStream } from "./media-stream.ts";
import { createTrack, type MediaStreamTrack } from "./media-stream-track.ts";
import type { RTCDtlsTransport } from "./rtc-dtls-transport.ts";
import { createReceiverObject, type RTCRtpReceiver } from "./rtc-rtp-receiver.ts";
import { createSenderObject, type RTCRtpSender } from "./rtc-rtp-sender.ts";
import { createTransceiverObject, type RTCRtpTransceiver } from "./rtc-rtp-transceiver.ts";
import { transportOf } from "./transport-slots.ts";

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

  constructor(transceiver: TransceiverSlots, track: MediaStreamTrack | null) {
    this.connection = transceiver.connection;
    this.transceiver = transceiver;
    this.sender = transceiver.transceiver.sender;
    this.track = track;
    this.object = createSenderObject(this);
  }

  /** Sends another track from now on, or nothing. */
  setTrack(track: MediaStreamTrack | null): void {
    this.track = track;
  }

  /** Sends nothing ever again; the track stays to be seen. */
  stop(): void {
    // What is sent is stopped below.
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

/** [[SenderTransport]] and [[ReceiverTransport]], which are always the same one. */
export function dtlsTransportOf({ connection, transceiver }: TransceiverSlots): RTCDtlsTransport | null {
  return transportOf(connection, transceiver.transport)?.dtlsObject ?? null;
}
