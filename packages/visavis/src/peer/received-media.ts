/**
 * What arrives, from packets to frames that are due: a jitter buffer for each stream, and streams of one source in step.
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { createReceiver } from "../media/receive/create-receiver.ts";
import type { ReceiveCounters, ReceivedFrame } from "../media/receive/received-frame.ts";
import type { ReceiveFormat, StreamReceiver } from "../media/receive/stream-receiver.ts";
import { SyncGroup } from "../media/receive/sync-group.ts";
import {
  payloadFormat,
  type ReleasedStreams,
  type RoutedPacket,
  type RtpCodec,
  type RtpEvent,
  type RtpSession,
} from "../transport/parts.ts";
import { PlayedCounters } from "./played-counters.ts";
import { isReceiving } from "./rtp-parameters.ts";
import { SourceList } from "./source-list.ts";
import type { Transceiver } from "./transceiver.ts";

/** A frame, and whose it is. */
export interface MediaFrame {
  readonly transceiver: Transceiver;
  /** Of the encoding, with simulcast. */
  readonly rid: string | undefined;
  readonly frame: ReceivedFrame;
}

type Stream = NonNullable<RoutedPacket["stream"]>;
type SenderReport = Extract<RtpEvent, { type: "sender-report" }>;

/** One stream on its way. */
interface Pipeline {
  readonly transceiver: Transceiver;
  rtp: RtpSession;
  readonly stream: Stream;
  readonly receiver: StreamReceiver;
  /** The codecs that its formats were made of. */
  codecs: readonly RtpCodec[];
  group: SyncGroup | undefined;
  /** The wish that the receiver knows of. */
  requested: number | null;
  readonly played: PlayedCounters;
}

/** What is known of a stream for statistics. */
export interface StreamCounters {
  readonly received: ReceiveCounters;
  readonly played: PlayedCounters;
  readonly playout: StreamReceiver["playout"];
}

/** Streams that are kept at most; a flood of SSRCs makes no more. */
const MOST_STREAMS = 64;
/** Milliseconds between 1900 and 1970. */
const EPOCHS_APART = 2_208_988_800_000;

/** All streams that arrive at a peer connection. */
export class ReceivedMedia {
  readonly #pipelines = new Map<Stream, Pipeline>();
  readonly #groups = new Map<string, SyncGroup>();
  /** Those whose media was played last, by transceiver. */
  readonly #sources = new Map<Transceiver, SourceList>();

  /** Takes a packet in; it is borrowed. @returns whether it is for anybody */
  insert(packet: RoutedPacket, transceiver: Transceiver, rtp: RtpSession, now: Instant): boolean {
    const { stream } = packet;
    if (stream === undefined || !isReceiving(transceiver)) return false;
    const pipeline = this.#pipelines.get(stream) ?? this.#add(stream, transceiver, rtp);
    if (pipeline === undefined) return false;
    const { receiver } = transceiver;
    if (pipeline.requested !== receiver.jitterBufferTarget) {
      pipeline.requested = receiver.jitterBufferTarget;
      pipeline.receiver.playout.setRequested(receiver.jitterBufferTarget ?? 0);
    }
    pipeline.receiver.insert(packet, now);
    return true;
  }

  /** The next frame that is due. */
  takeFrame(now: Instant): MediaFrame | undefined {
    for (const { transceiver, stream, receiver, played } of this.#pipelines.values()) {
      const frame = receiver.takeFrame(now);
      if (frame === undefined) continue;
      this.#sourcesOf(transceiver).played(frame, now);
      played.note(frame, now);
      const { rid } = stream;
      return { transceiver, rid, frame: rid === undefined ? frame : { ...frame, rid } };
    }
    return undefined;
  }

  /** When {@link advance} or {@link takeFrame} has something to do. */
  deadline(): Instant {
    let deadline: Instant = NEVER;
    for (const { receiver } of this.#pipelines.values()) deadline = Math.min(deadline, receiver.deadline());
    for (const group of this.#groups.values()) deadline = Math.min(deadline, group.deadline());
    return deadline;
  }

  /** Asks for key frames where nothing can be decoded, and keeps streams in step. */
  advance(now: Instant): void {
    for (const group of this.#groups.values()) if (group.deadline() <= now) group.advance(now);
    for (const { receiver, rtp, stream } of this.#pipelines.values()) {
      if (rtp.isRoundTripKnown) receiver.setRoundTripTime(rtp.roundTrip);
      if (receiver.deadline() <= now) receiver.advance(now);
      if (receiver.takeKeyFrameRequest()) rtp.requestKeyFrame(stream.receiverId, stream.rid);
    }
  }

  /** Joins the clock of a stream with those of others of the same source (RFC 3550 §6.4.1). */
  onSenderReport({ ssrc, ntpTime, rtpTimestamp, cname }: SenderReport, rtp: RtpSession, now: Instant): void {
    for (const pipeline of this.#pipelines.values()) {
      if (pipeline.stream.ssrc !== ssrc || pipeline.rtp !== rtp) continue;
      const { playout } = pipeline.receiver;
      playout.onSenderReport(ntpTime - EPOCHS_APART, rtpTimestamp);
      if (cname === undefined || pipeline.group !== undefined) continue;
      pipeline.group = this.#groups.get(cname) ?? new SyncGroup();
      this.#groups.set(cname, pipeline.group);
      pipeline.group.add(playout, now);
    }
  }

  /** The formats may be others: an answer was applied. */
  follow(transceiver: Transceiver, codecs: readonly RtpCodec[]): void {
    for (const pipeline of this.#pipelines.values()) {
      if (pipeline.transceiver !== transceiver) continue;
      pipeline.codecs = codecs;
      pipeline.receiver.setFormats(formatsOf(codecs));
    }
  }

  /** Streams go on by another transport. */
  move({ receiver }: ReleasedStreams, rtp: RtpSession): void {
    for (const stream of receiver?.receiver.streams ?? []) {
      const pipeline = this.#pipelines.get(stream);
      if (pipeline !== undefined) pipeline.rtp = rtp;
    }
  }

  /** Nothing comes by the transceiver any more. */
  forget(transceiver: Transceiver): void {
    this.#sources.delete(transceiver);
    for (const pipeline of [...this.#pipelines.values()]) if (pipeline.transceiver === transceiver) this.#remove(pipeline);
  }

  /** What was counted for a stream. */
  countersOf(rtp: RtpSession, ssrc: number): StreamCounters | undefined {
    for (const { stream, rtp: own, receiver, played } of this.#pipelines.values()) {
      if (stream.ssrc === ssrc && own === rtp) return { received: receiver.counters, played, playout: receiver.playout };
    }
    return undefined;
  }

  /** Whose media was played in the last ten seconds. */
  sources(transceiver: Transceiver): SourceList | undefined {
    return this.#sources.get(transceiver);
  }

  #add(stream: Stream, transceiver: Transceiver, rtp: RtpSession): Pipeline | undefined {
    if (this.#pipelines.size >= MOST_STREAMS) this.#removeSilent();
    if (this.#pipelines.size >= MOST_STREAMS) return undefined;
    const codecs = rtp.router.receiver(stream.receiverId)?.parameters.codecs ?? [];
    const formats = formatsOf(codecs);
    const receiver = createReceiver(transceiver.kind, {
      formats,
      nack: codecs.some(({ feedback }) => feedback.includes("nack")),
    });
    const pipeline: Pipeline = {
      transceiver,
      rtp,
      stream,
      receiver,
      codecs,
      group: undefined,
      requested: null,
      played: new PlayedCounters(),
    };
    this.#pipelines.set(stream, pipeline);
    return pipeline;
  }

  #removeSilent(): void {
    for (const pipeline of [...this.#pipelines.values()]) if (pipeline.stream.isSilent) this.#remove(pipeline);
  }

  #remove(pipeline: Pipeline): void {
    pipeline.group?.remove(pipeline.receiver.playout);
    this.#pipelines.delete(pipeline.stream);
  }

  #sourcesOf(transceiver: Transceiver): SourceList {
    let sources = this.#sources.get(transceiver);
    if (sources === undefined) {
      sources = new SourceList();
      this.#sources.set(transceiver, sources);
    }
    return sources;
  }
}

function formatsOf(codecs: readonly RtpCodec[]): ReadonlyMap<number, ReceiveFormat> {
  const formats = new Map<number, ReceiveFormat>();
  for (const { payloadType, mimeType, parameters } of codecs) {
    const format = payloadFormat(mimeType);
    if (format !== undefined) formats.set(payloadType, { format, parameters });
  }
  return formats;
}
