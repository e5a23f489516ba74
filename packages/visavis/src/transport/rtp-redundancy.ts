/**
 * Audio that says again what it said before: each packet has the payloads of the packets before it, in RED. RFC 2198 §3, RFC 8854 §4.1.
 */
import { copyBytes } from "../base/bytes.ts";
import type { EncodedFrame } from "../rtp/frame.ts";
import {
  MAX_RED_LENGTH,
  MAX_RED_OFFSET,
  RED_BLOCK_HEADER,
  RED_LAST_HEADER,
  writeRedBlockHeader,
  writeRedLastHeader,
} from "../rtp/red.ts";
import type { OutgoingPacket } from "./rtp-outgoing.ts";
import type { RtpCodec } from "./rtp-parameters.ts";

/** How many payloads are said again. */
const MOST_OLDER = 1;
/** A packet with them is no longer than this. */
const MOST_BYTES = 1000;

/** The redundancy of one encoding of audio. */
export class AudioRedundancy {
  readonly #older: EncodedFrame[] = [];

  /** The packet of a frame: it and those before it, which were given to this before. */
  wrap(frame: EncodedFrame, red: RtpCodec, codec: RtpCodec): OutgoingPacket {
    const { data, timestamp } = frame;
    let length = RED_LAST_HEADER + data.length;
    const older = this.#older.filter((one) => {
      const age = (timestamp - one.timestamp) >>> 0;
      const more = RED_BLOCK_HEADER + one.data.length;
      if (age === 0 || age > MAX_RED_OFFSET || one.data.length > MAX_RED_LENGTH || length + more > MOST_BYTES) return false;
      length += more;
      return true;
    });
    const bytes = new Uint8Array(length);
    let o = 0;
    for (const one of older) {
      const age = (timestamp - one.timestamp) >>> 0;
      o = writeRedBlockHeader(bytes, o, codec.payloadType, age, one.data.length);
    }
    o = writeRedLastHeader(bytes, o, codec.payloadType);
    for (const one of [...older, frame]) o = copyBytes(bytes, o, one.data, 0, one.data.length);
    this.#older.push(frame);
    if (this.#older.length > MOST_OLDER) this.#older.shift();
    return { bytes, start: 0, end: length, payloadType: red.payloadType, timestamp, marker: frame.talkSpurt === true, frame };
  }
}
