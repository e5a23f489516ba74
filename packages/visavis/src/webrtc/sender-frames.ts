/**
 * From the track of an RTCRtpSender to the RTP of its encodings.
 */
import type { EncodedFrame } from "../media/encoded-frame.ts";
import type { EncodingWish, FrameSink } from "../media/track-source.ts";
import { sends } from "../peer/media-types.ts";
import { PlayedCounters } from "../peer/played-counters.ts";
import { mimeTypeOf } from "../peer/rtp-parameters.ts";
import type { Encoding } from "../peer/transceiver.ts";
import { type MediaStreamTrack, slotsOfTrack } from "./media-stream-track.ts";
import { RtpTimeline } from "./rtp-timeline.ts";
import type { SenderSlots } from "./transceiver-slots.ts";

/** Frames that may wait to be sent before those that can wait elsewhere do. */
const BUSY = 4;

/** Takes the frames of the track that is sent. */
export class SenderFrames implements FrameSink {
  readonly #slots: SenderSlots;
  #track: MediaStreamTrack | null = null;
  /** The layer that is sent of a remote track. */
  #rid: string | undefined = undefined;
  #isSending = false;
  readonly #timeline = new RtpTimeline();
  /** What was taken of the tracks. */
  taken: PlayedCounters = new PlayedCounters();
  #encodings: PlayedCounters[] = [];
  /** What the path allows each encoding, in bits per second. */
  readonly #targets: number[] = [];

  constructor(slots: SenderSlots) {
    this.#slots = slots;
  }

  /** What would be of use in place of each encoding. */
  get wishes(): readonly EncodingWish[] {
    const { sender, transceiver, connection } = this.#slots;
    const { currentDirection, isStopping } = transceiver.transceiver;
    const isOpen = sends(currentDirection) && !isStopping && connection.peer.media?.isReady(transceiver.transceiver) === true;
    return sender.encodings.map((encoding, index) => this.#wish(encoding, index, isOpen));
  }

  /** More frames wait for the pacer than should. */
  get isBusy(): boolean {
    const { connection, sender, transceiver } = this.#slots;
    return sender.encodings.some((_, i) => (connection.peer.media?.waitingFrames(transceiver.transceiver, i) ?? 0) >= BUSY);
  }

  /** Sends the frames of another track from now on. */
  follow(track: MediaStreamTrack | null): void {
    if (this.#track === track) return;
    if (this.#track !== null) slotsOfTrack(this.#track).removeSink(this);
    this.#track = track;
    this.#rid = undefined;
    this.taken = new PlayedCounters();
    if (track === null) return;
    this.#timeline.restart();
    slotsOfTrack(track).addSink(this);
    this.requestKeyFrame(undefined);
  }

  /** An answer says whether it sends: what is sent begins with what needs nothing before it. */
  setSending(isSending: boolean): void {
    if (isSending && !this.#isSending) this.requestKeyFrame(undefined);
    this.#isSending = isSending;
  }

  /** The next frame of an encoding, or of all, is to need no other. */
  requestKeyFrame(encoding: number | undefined): void {
    if (this.#track !== null) slotsOfTrack(this.#track).requestKeyFrame(this, encoding);
  }

  /** What an encoding may use now, in bits per second; 0: it is to pause. */
  setTarget(encoding: number, bitrate: number): void {
    const before = this.#targets[encoding];
    this.#targets[encoding] = bitrate;
    if (before === 0 && bitrate > 0) this.requestKeyFrame(encoding);
  }

  frame(frame: EncodedFrame, encoding: number): void {
    const { connection, transform } = this.#slots;
    // Of a remote track that comes as simulcast one layer can be sent on, not all of them as one.
    this.#rid ??= frame.rid;
    if (frame.rid !== this.#rid) return;
    const now = connection.now();
    if (encoding === 0) this.taken.note(frame, now);
    this.#countersOf(encoding).note(frame, now);
    const timestamp = this.#timeline.of(frame, now);
    transform.process(timestamp === frame.timestamp ? frame : { ...frame, timestamp }, encoding);
  }

  /** What was taken of the track for each encoding. */
  get encodings(): readonly PlayedCounters[] {
    return this.#encodings;
  }

  #countersOf(encoding: number): PlayedCounters {
    while (this.#encodings.length <= encoding) this.#encodings.push(new PlayedCounters());
    return this.#encodings[encoding] as PlayedCounters;
  }

  #wish(encoding: Encoding, index: number, isOpen: boolean): EncodingWish {
    const target = this.#targets[index];
    const {
      active,
      maxBitrate = Number.POSITIVE_INFINITY,
      maxFramerate,
      scaleResolutionDownBy,
      scaleResolutionDownTo,
    } = encoding;
    const most = Math.min(maxBitrate, target ?? Number.POSITIVE_INFINITY);
    return {
      isPaused: !isOpen || !active || target === 0,
      mimeType: mimeTypeOf(this.#slots.transceiver.transceiver.negotiated, encoding),
      scaleResolutionDownBy,
      ...(scaleResolutionDownTo !== undefined && { scaleResolutionDownTo }),
      maxFramerate,
      ...(most < Number.POSITIVE_INFINITY && { maxBitrate: most }),
    };
  }
}
