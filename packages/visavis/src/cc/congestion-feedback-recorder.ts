/**
 * Notes when packets of each stream arrive, and tells the sender as RFC 8888 says.
 * https://www.rfc-editor.org/rfc/rfc8888#section-3
 */
import { type Instant, NEVER } from "../base/instant.ts";
import { encodeCongestionFeedback, type PacketReport, type StreamReport } from "../rtp/rtcp/congestion-feedback.ts";
import { ArrivalTable } from "./arrival-table.ts";
import { FeedbackInterval } from "./feedback-interval.ts";

/** Streams that are noted. */
const MOST_STREAMS = 64;
/** Bytes of the packet besides streams, of a stream besides packets, and of a packet. */
const FIXED = 12;
const STREAM = 8;
const REPORT = 2;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface ReportedStream extends Mutable<StreamReport> {
  readonly arrivals: ArrivalTable;
  packets: Mutable<PacketReport>[];
}

/** Makes feedback after RFC 8888 for one transport. */
export class CongestionFeedbackRecorder {
  /** Of the RTCP packets that are written. */
  senderSsrc = 0;
  readonly #streams: Map<number, ReportedStream> = new Map();
  readonly #interval = new FeedbackInterval();
  /** Reports that are used again and again. */
  readonly #pool: Mutable<PacketReport>[] = [];
  #due: Instant = NEVER;

  /** Notes a packet. The platform does not say which ECN mark it had. @param bytes of the whole packet */
  onPacket(ssrc: number, sequenceNumber: number, bytes: number, now: Instant): void {
    const stream = this.#streams.get(ssrc) ?? this.#addStream(ssrc);
    if (stream === undefined) return;
    this.#interval.onPacket(bytes, now);
    if (stream.arrivals.add(sequenceNumber, now) >= 0 && this.#due === NEVER) this.#due = now + this.#interval.value;
  }

  /** Forgets a stream that has ended. */
  removeStream(ssrc: number): void {
    this.#streams.delete(ssrc);
  }

  /** When feedback is due; `NEVER` when there is nothing to tell. */
  deadline(): Instant {
    return this.#due;
  }

  /**
   * Writes an RTCP packet about as much as `room` bytes hold; what is left stays due.
   * @param timestamp the middle 32 bits of the NTP time
   * @returns the offset behind it; `start` when there is nothing to tell or no room for it
   */
  write(bytes: Uint8Array, start: number, room: number, timestamp: number, now: Instant): number {
    const streams: StreamReport[] = [];
    let left = room - FIXED;
    let pooled = 0;
    let all = true;
    for (const stream of this.#streams.values()) {
      const { arrivals } = stream;
      if (arrivals.empty) continue;
      // An even number of reports, as they are padded to.
      const fitting = Math.max(0, Math.floor((left - STREAM) / REPORT / 2) * 2);
      const count = Math.min(arrivals.end - arrivals.begin, fitting);
      if (count < arrivals.end - arrivals.begin) all = false;
      if (count === 0) continue;
      pooled = this.#report(stream, count, pooled, now);
      left -= STREAM + REPORT * (count + (count & 1));
      streams.push(stream);
    }
    this.#due = all ? NEVER : now;
    if (streams.length === 0) return start;
    this.#interval.onFeedback(now);
    return encodeCongestionFeedback(bytes, start, { senderSsrc: this.senderSsrc, streams, timestamp });
  }

  #report(stream: ReportedStream, count: number, pooled: number, now: Instant): number {
    const { arrivals } = stream;
    let next = pooled;
    stream.beginSequenceNumber = arrivals.begin & 0xffff;
    stream.packets.length = 0;
    for (let i = 0; i < count; i++) {
      const arrival = arrivals.at(arrivals.begin + i);
      let report = this.#pool[next];
      if (report === undefined) {
        report = { received: false, ecn: 0, age: 0 };
        this.#pool[next] = report;
      }
      next++;
      report.received = !Number.isNaN(arrival);
      report.age = now - arrival;
      stream.packets.push(report);
    }
    arrivals.begin += count;
    return next;
  }

  #addStream(ssrc: number): ReportedStream | undefined {
    if (this.#streams.size >= MOST_STREAMS) return undefined;
    const stream: ReportedStream = { ssrc, beginSequenceNumber: 0, packets: [], arrivals: new ArrivalTable() };
    this.#streams.set(ssrc, stream);
    return stream;
  }
}
