/**
 * All that a transport sends: encodings by sender and by SSRC, and which of them is to send next.
 */
import type { Instant } from "../base/instant.ts";
import type { Random } from "../base/random.ts";
import type { RtpSendParameters } from "./rtp-parameters.ts";
import { RtpSendStream } from "./rtp-send-stream.ts";

/** Encodings that are remembered after they were taken away. */
const MAX_RETIRED = 64;

/** What one section sends. */
export interface RtpSender {
  readonly id: string;
  parameters: RtpSendParameters;
  /** One for each encoding, in order. */
  streams: readonly RtpSendStream[];
}

/** An SSRC of ours. */
export interface OwnSsrc {
  readonly sender: RtpSender;
  readonly encodingIndex: number;
  readonly stream: RtpSendStream;
}

/** The table of senders. */
export class RtpSenders {
  readonly #random: Random;
  readonly #senders = new Map<string, RtpSender>();
  readonly #ssrcs = new Map<number, OwnSsrc>();
  #audio: readonly RtpSendStream[] = [];
  #video: readonly RtpSendStream[] = [];
  #turn = 0;
  /** Encodings that were taken away: should their SSRC come back, its numbers go on, as SRTP wants them to (RFC 3711 §3.3.1). */
  readonly #retired = new Map<number, RtpSendStream>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** All senders. */
  get all(): Iterable<RtpSender> {
    return this.#senders.values();
  }

  /** All encodings, those of audio first. */
  get streams(): readonly RtpSendStream[] {
    return [...this.#audio, ...this.#video];
  }

  /** Whether there is video. */
  get hasVideo(): boolean {
    return this.#video.length > 0;
  }

  /** What an SSRC of ours is, that of repetitions as well. */
  own(ssrc: number): OwnSsrc | undefined {
    return this.#ssrcs.get(ssrc);
  }

  /** The encoding of a sender. */
  stream(id: string, encodingIndex: number): RtpSendStream | undefined {
    return this.#senders.get(id)?.streams[encodingIndex];
  }

  /** Adds a sender, changes it, or takes it away; the SSRCs that leave are returned. */
  set(id: string, parameters: RtpSendParameters | undefined): number[] {
    const sender = this.#senders.get(id);
    const before = sender?.streams ?? [];
    if (parameters === undefined) this.#senders.delete(id);
    const streams = (parameters?.encodings ?? []).map((encoding) => {
      const { ssrc } = encoding;
      const known = before.find((stream) => stream.encoding.ssrc === ssrc) ?? this.#revived(ssrc, parameters?.kind);
      this.#retired.delete(ssrc);
      if (parameters !== undefined) known?.update(parameters, encoding);
      return known ?? new RtpSendStream(parameters as RtpSendParameters, encoding, this.#random);
    });
    if (parameters !== undefined) {
      if (sender === undefined) this.#senders.set(id, { id, parameters, streams });
      else Object.assign(sender, { parameters, streams });
    }
    const gone = before.filter((stream) => !streams.includes(stream));
    for (const stream of gone) this.#retire(stream);
    this.#rebuild();
    return gone.filter((stream) => stream.isStarted).map((stream) => stream.encoding.ssrc);
  }

  /** Takes a sender out with all its encodings, which go on at another transport. */
  release(id: string): RtpSender | undefined {
    const sender = this.#senders.get(id);
    this.#senders.delete(id);
    this.#rebuild();
    return sender;
  }

  /** Takes a sender of another transport in: its numbers go on, as the other side has no other way to know what is new. */
  adopt(sender: RtpSender): void {
    this.#senders.set(sender.id, sender);
    for (const stream of sender.streams) {
      this.#retired.delete(stream.encoding.ssrc);
      stream.onNewKeys();
    }
    this.#rebuild();
  }

  /** The next encoding of audio that has something to send. */
  nextAudio(): RtpSendStream | undefined {
    for (const stream of this.#audio) if (stream.hasRepeats || stream.queue.size > 0) return stream;
    return undefined;
  }

  /** The next encoding of video: repetitions go first, otherwise they take turns. */
  nextVideo(): RtpSendStream | undefined {
    const video = this.#video;
    for (const stream of video) if (stream.hasRepeats) return stream;
    for (let i = 0; i < video.length; i++) {
      const stream = video[(this.#turn + i) % video.length] as RtpSendStream;
      if (stream.queue.size === 0) continue;
      this.#turn = (this.#turn + i + 1) % video.length;
      return stream;
    }
    return undefined;
  }

  /** The encoding of video that padding can go with. @param isTold whether there is feedback on packets without a transport-wide number */
  forPadding(isTold: boolean): RtpSendStream | undefined {
    return this.#video.find(
      (stream) => stream.hasRtx && stream.isStarted && stream.maySend && (isTold || stream.hasTransportNumber),
    );
  }

  /** Bytes of video that wait. */
  get waiting(): number {
    let bytes = 0;
    for (const stream of this.#video) bytes += stream.waiting;
    return bytes;
  }

  /** When the oldest video that waits began to wait. */
  get waitingSince(): Instant {
    let since = Number.POSITIVE_INFINITY;
    for (const stream of this.#video) since = Math.min(since, stream.waitingSince);
    return since;
  }

  #revived(ssrc: number, kind: string | undefined): RtpSendStream | undefined {
    const stream = this.#retired.get(ssrc);
    return stream?.kind === kind ? stream : undefined;
  }

  #retire(stream: RtpSendStream): void {
    stream.close();
    this.#retired.set(stream.encoding.ssrc, stream);
    for (const oldest of this.#retired.keys()) {
      if (this.#retired.size <= MAX_RETIRED) break;
      this.#retired.delete(oldest);
    }
  }

  #rebuild(): void {
    this.#ssrcs.clear();
    const all: RtpSendStream[] = [];
    for (const sender of this.#senders.values()) {
      for (const [encodingIndex, stream] of sender.streams.entries()) {
        all.push(stream);
        const { ssrc, rtxSsrc, fecSsrc } = stream.encoding;
        for (const own of [ssrc, rtxSsrc, fecSsrc]) {
          if (own !== undefined) this.#ssrcs.set(own, { sender, encodingIndex, stream });
        }
      }
    }
    this.#audio = all.filter(({ kind }) => kind === "audio");
    this.#video = all.filter(({ kind }) => kind === "video");
    this.#turn = 0;
  }
}
