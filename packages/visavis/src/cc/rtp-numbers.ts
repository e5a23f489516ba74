/**
 * Which transport-wide number a packet of a stream had: feedback after RFC 8888 names packets by SSRC and sequence number.
 */

/** Streams, and packets of each, that are remembered. */
const MOST_STREAMS = 64;
const PACKETS = 2048;

interface StreamNumbers {
  readonly sequenceNumbers: Int32Array;
  readonly numbers: Float64Array;
}

/** Transport-wide numbers by SSRC and sequence number. */
export class RtpNumbers {
  readonly #streams: Map<number, StreamNumbers> = new Map();

  /** Notes a packet. */
  add(ssrc: number, sequenceNumber: number, number: number): void {
    const stream = this.#streams.get(ssrc) ?? this.#addStream(ssrc);
    const slot = sequenceNumber & (PACKETS - 1);
    stream.sequenceNumbers[slot] = sequenceNumber;
    stream.numbers[slot] = number;
  }

  /** The number of a packet; -1 when it is not known. */
  find(ssrc: number, sequenceNumber: number): number {
    const stream = this.#streams.get(ssrc);
    const slot = sequenceNumber & (PACKETS - 1);
    return stream?.sequenceNumbers[slot] === sequenceNumber ? (stream.numbers[slot] as number) : -1;
  }

  #addStream(ssrc: number): StreamNumbers {
    if (this.#streams.size >= MOST_STREAMS) {
      // The one that was added first.
      for (const oldest of this.#streams.keys()) {
        this.#streams.delete(oldest);
        break;
      }
    }
    const stream = { sequenceNumbers: new Int32Array(PACKETS).fill(-1), numbers: new Float64Array(PACKETS) };
    this.#streams.set(ssrc, stream);
    return stream;
  }
}
