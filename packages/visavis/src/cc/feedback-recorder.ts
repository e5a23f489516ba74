/**
 * Notes when packets arrive by their transport-wide number, and tells the sender.
 * https://datatracker.ietf.org/doc/html/draft-holmer-rmcat-transport-wide-cc-extensions-01
 */
import { type Instant, NEVER } from "../base/instant.ts";
import {
  encodeTransportFeedback,
  feedbackPacketCount,
  REFERENCE_TIME_UNIT,
  TransportFeedback,
} from "../rtp/rtcp/transport-feedback.ts";
import { ArrivalTable } from "./arrival-table.ts";
import { FeedbackInterval } from "./feedback-interval.ts";

/** The shortest feedback, in bytes. */
const LEAST_ROOM = 24;

/** Makes transport-wide feedback for one transport. */
export class FeedbackRecorder {
  /** Of the RTCP packets that are written. */
  senderSsrc = 0;
  readonly #arrivals = new ArrivalTable();
  readonly #interval = new FeedbackInterval();
  readonly #feedback = new TransportFeedback();
  #mediaSsrc = 0;
  #due: Instant = NEVER;

  /** Milliseconds between two pieces of feedback. */
  get interval(): number {
    return this.#interval.value;
  }

  /**
   * Notes a packet.
   * @param number its transport-wide number, 16 bits
   * @param bytes of the whole packet
   * @param ssrc of its stream
   */
  onPacket(number: number, bytes: number, ssrc: number, now: Instant): void {
    this.#interval.onPacket(bytes, now);
    this.#mediaSsrc = ssrc;
    if (this.#arrivals.add(number, now) >= 0 && this.#due === NEVER) this.#due = now + this.#interval.value;
  }

  /** When feedback is due; `NEVER` when there is nothing to tell. */
  deadline(): Instant {
    return this.#due;
  }

  /**
   * Writes an RTCP packet about as much as `room` bytes hold; what is left stays due.
   * @returns the offset behind it; `start` when there is nothing to tell or no room for it
   */
  write(bytes: Uint8Array, start: number, room: number, now: Instant): number {
    if (this.#arrivals.empty || room < LEAST_ROOM) return start;
    this.#fill();
    const end = encodeTransportFeedback(bytes, start, room, this.#feedback);
    const covered = feedbackPacketCount(bytes, start);
    this.#feedback.feedbackCount = (this.#feedback.feedbackCount + 1) & 0xff;
    this.#arrivals.begin += covered;
    this.#interval.onFeedback(now);
    this.#due = this.#arrivals.empty ? NEVER : now;
    return end;
  }

  #fill(): void {
    const { begin, end } = this.#arrivals;
    const feedback = this.#feedback;
    const count = end - begin;
    feedback.senderSsrc = this.senderSsrc;
    feedback.mediaSsrc = this.#mediaSsrc;
    feedback.baseSequenceNumber = begin & 0xffff;
    feedback.count = count;
    feedback.reserve(count);
    let reference = Number.NaN;
    for (let i = 0; i < count; i++) {
      const arrival = this.#arrivals.at(begin + i);
      if (Number.isNaN(reference) && !Number.isNaN(arrival)) {
        feedback.referenceTime = Math.floor(arrival / REFERENCE_TIME_UNIT);
        reference = feedback.referenceTime * REFERENCE_TIME_UNIT;
      }
      feedback.arrivals[i] = arrival - reference;
    }
  }
}
