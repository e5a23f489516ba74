/**
 * RTP that comes from elsewhere, such as a camera or another program, from packets to frames: one stream, without RTCP. RFC 3550 §5.
 */
import type { Drops } from "../base/drops.ts";
import type { Instant } from "../base/instant.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import { parseRtpHeader, RtpHeader } from "../rtp/packet.ts";
import { payloadFormat } from "../rtp/payload/registry.ts";
import { ReceivedPacket } from "../rtp/received-packet.ts";
import { SequenceUnwrapper } from "../rtp/sequence.ts";
import { createReceiver } from "./receive/create-receiver.ts";
import type { ReceiveDropReason, ReceiveFormat, StreamReceiver } from "./receive/stream-receiver.ts";

/** What a payload type stands for. */
export interface RtpInputCodec {
  readonly payloadType: number;
  /** `video/H264` */
  readonly mimeType: string;
  /** As `a=fmtp` has them: `packetization-mode=1`. */
  readonly parameters?: string;
}

/** How packets are read. */
export interface RtpInputOptions {
  readonly kind: "audio" | "video";
  readonly codecs: readonly RtpInputCodec[];
  /** Frames are handed out as soon as they are whole and in order, without a jitter buffer. Default false. */
  readonly immediate?: boolean;
}

/** Turns the packets of one stream into frames. Of several sources the one that spoke last counts. */
export class RtpInput {
  readonly #kind: "audio" | "video";
  readonly #formats: ReadonlyMap<number, ReceiveFormat>;
  readonly #immediate: boolean;
  readonly #header = new RtpHeader();
  readonly #packet = new ReceivedPacket();
  readonly #numbers = new SequenceUnwrapper();
  #receiver: StreamReceiver;
  /** Undefined before the first packet. */
  #ssrc: number | undefined = undefined;
  /** What is added to timestamps, so that those of another source go on where the last one's ended; undefined until its first frame. */
  #shift: number | undefined = 0;
  #lastTimestamp = 0;
  #lastAt: Instant = 0;
  /** Packets that are no RTP. */
  malformed = 0;

  /** @throws RangeError for a format that is not known, or of another kind */
  constructor({ kind, codecs, immediate = false }: RtpInputOptions) {
    this.#kind = kind;
    this.#immediate = immediate;
    this.#formats = new Map(codecs.map((codec) => [codec.payloadType, formatOf(codec, kind)]));
    this.#receiver = this.#createReceiver();
  }

  /** What was thrown away of the present source, and why. */
  get drops(): Drops<ReceiveDropReason> {
    return this.#receiver.drops;
  }

  /** Takes a packet in, whose bytes are ours from then on. False when it is none. */
  write(bytes: Uint8Array, now: Instant): boolean {
    const header = this.#header;
    if (!parseRtpHeader(bytes, 0, bytes.length, header)) {
      this.malformed++;
      return false;
    }
    // RTCP on the same port is no source of media.
    if (!this.#formats.has(header.payloadType)) {
      this.#receiver.drops.count("payload-type");
      return false;
    }
    if (header.ssrc !== this.#ssrc) this.#begin(header.ssrc);
    const packet = this.#packet;
    packet.clear();
    packet.bytes = bytes;
    packet.end = header.end;
    packet.payloadStart = header.payloadStart;
    packet.payloadEnd = header.payloadEnd;
    packet.sequenceNumber = this.#numbers.unwrap(header.sequenceNumber);
    packet.timestamp = header.timestamp;
    packet.marker = header.marker;
    packet.payloadType = header.payloadType;
    packet.ssrc = header.ssrc;
    packet.csrcCount = header.csrcCount;
    packet.arrival = now;
    this.#receiver.insert(packet, now);
    return true;
  }

  /** When {@link advance} or {@link takeFrame} has something to do. */
  deadline(): Instant {
    return this.#receiver.deadline();
  }

  /** Decides whether a key frame is to be asked for. */
  advance(now: Instant): void {
    this.#receiver.advance(now);
  }

  /** Whether a key frame is to be asked for now; once for each request. */
  takeKeyFrameRequest(): boolean {
    return this.#receiver.takeKeyFrameRequest();
  }

  /** The next frame that is due. */
  takeFrame(now: Instant): EncodedFrame | undefined {
    const received = this.#receiver.takeFrame(now);
    if (received === undefined) return undefined;
    const { ssrc: _, receiveTime, payloadType: __, sequenceNumber: ___, frameId: ____, dependencies: _____, ...frame } = received;
    if (this.#shift === undefined) {
      const passed = ((receiveTime - this.#lastAt) * this.#receiver.playout.clockRate) / 1000;
      this.#shift = this.#lastTimestamp + Math.max(1, Math.round(passed)) - frame.timestamp;
    }
    this.#lastTimestamp = (frame.timestamp + this.#shift) >>> 0;
    this.#lastAt = receiveTime;
    return { ...frame, timestamp: this.#lastTimestamp };
  }

  #begin(ssrc: number): void {
    if (this.#ssrc !== undefined) {
      this.#receiver = this.#createReceiver();
      this.#shift = undefined;
    }
    this.#numbers.reset();
    this.#ssrc = ssrc;
  }

  #createReceiver(): StreamReceiver {
    return createReceiver(this.#kind, { formats: this.#formats, nack: false, immediate: this.#immediate });
  }
}

function formatOf({ mimeType, parameters }: RtpInputCodec, kind: "audio" | "video"): ReceiveFormat {
  const format = payloadFormat(mimeType);
  if (format?.kind !== kind) throw new RangeError(`${mimeType} is no format of ${kind} that is known.`);
  return { format, parameters };
}
