/**
 * Finds the messages in a stream between TURN client and server: STUN messages tell their length, ChannelData too and are padded.
 * RFC 8656 §3.1, §12.5; RFC 8489 §6.2.2.
 */
import { padded4, u8, u16, u32 } from "../base/bytes.ts";
import { HEADER_LENGTH, MAGIC_COOKIE } from "../stun/message.ts";
import { CHANNEL_DATA_HEADER, looksLikeChannelData, mayBeChannelData } from "./channel-data.ts";

/** Bytes of the longest message: ChannelData of 65535 bytes. */
const MAX_MESSAGE = CHANNEL_DATA_HEADER + 65_536;

const NOTHING = new Uint8Array(0);

/** Bytes of the message that begins at `start`, padding included; 0 when its beginning is not there yet, -1 when it is no message. */
function lengthAt(bytes: Uint8Array, start: number, end: number, isChannelData: (firstByte: number) => boolean): number {
  if (end - start < CHANNEL_DATA_HEADER) return 0;
  const first = u8(bytes, start);
  if (isChannelData(first)) return padded4(CHANNEL_DATA_HEADER + u16(bytes, start + 2));
  if (first >= 0x40) return -1;
  if (end - start < 8) return 0;
  if (u32(bytes, start + 4) !== MAGIC_COOKIE) return -1;
  const length = u16(bytes, start + 2);
  return length % 4 === 0 ? HEADER_LENGTH + length : -1;
}

/** Cuts a stream into messages. It holds the beginning of one message at most. */
export class StreamFraming {
  /** The longest message that is waited for, in bytes; a longer one breaks the stream. */
  maxMessage: number = MAX_MESSAGE;
  readonly #isChannelData: (firstByte: number) => boolean;
  /** What is here is `bytes[at, end)`. What was handed out as views is never written over. */
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  #end = 0;
  #broken = false;

  /** @param oldChannels whether clients from before RFC 8656 may be at the other end, with channels that it has no more */
  constructor(oldChannels: boolean = false) {
    this.#isChannelData = oldChannels ? mayBeChannelData : looksLikeChannelData;
  }

  /** Whether something came that is neither STUN nor ChannelData: there is no way to find the next message. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Bytes of a message that is not whole yet. */
  get waiting(): number {
    return this.#end - this.#at;
  }

  /** Takes a piece of the stream; it is owned from then on. */
  push(piece: Uint8Array): void {
    if (this.#broken) return;
    const waiting = this.#end - this.#at;
    if (waiting === 0) {
      this.#bytes = piece;
      this.#at = 0;
      this.#end = piece.length;
      return;
    }
    // Twice the room that is needed: a message in many small pieces is copied twice in all, not once for each.
    if (this.#end + piece.length > this.#bytes.length) {
      const bytes = new Uint8Array(2 * (waiting + piece.length));
      bytes.set(this.#bytes.subarray(this.#at, this.#end));
      this.#bytes = bytes;
      this.#at = 0;
      this.#end = waiting;
    }
    this.#bytes.set(piece, this.#end);
    this.#end += piece.length;
  }

  /** The next whole message, padding included, as a view; undefined when there is none. */
  shift(): Uint8Array | undefined {
    const length = this.#broken ? 0 : lengthAt(this.#bytes, this.#at, this.#end, this.#isChannelData);
    if (length < 0 || length > this.maxMessage) {
      this.#broken = true;
      this.#bytes = NOTHING;
      this.#at = 0;
      this.#end = 0;
      return undefined;
    }
    if (length === 0 || this.#end - this.#at < length) {
      // A piece that is used up is let go of.
      if (this.#at === this.#end) {
        this.#bytes = NOTHING;
        this.#at = 0;
        this.#end = 0;
      }
      return undefined;
    }
    const message = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return message;
  }
}
