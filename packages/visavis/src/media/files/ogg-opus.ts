/**
 * Opus in Ogg. RFC 7845.
 * https://www.rfc-editor.org/rfc/rfc7845
 *
 * ```
 * the first packet (§5.1):  "OpusHead"  8 version 1   9 channels  10 pre-skip  12 input sample rate  16 output gain  18 mapping family 0
 * the second (§5.2):        "OpusTags"  8 length of the vendor's name, that name, how many comments
 * all others:               one packet of Opus each
 * ```
 */
import { concatBytes, decodeUtf8, encodeUtf8 } from "../../base/bytes.ts";
import type { EncodedFrame } from "../../rtp/frame.ts";
import { opusDuration } from "../../rtp/payload/opus.ts";
import { TimestampUnwrapper } from "../../rtp/sequence.ts";
import type { MediaFile } from "./media-file.ts";
import { decodeOggPage, encodeOggPage, fitsOnPage, OggFlag, segmentsOf } from "./ogg-page.ts";

const CLOCK_RATE = 48_000;
const HEAD_LENGTH = 19;
/** RFC 7845 §5.1: what a decoder is to throw away at the beginning. A recording begins in the midst of a stream, so what it needs to settle: 80 ms. */
const PRE_SKIP = 3840;
/** Samples on a page at most: it should last no longer than a second (§4). */
const PAGE = CLOCK_RATE;
/** The longest silence that is filled in, in samples: ten seconds. */
const LONGEST_GAP = 10 * CLOCK_RATE;
/** A packet of more bytes is none. */
const MOST_BYTES = 61_440;

/** The packets of an Ogg file with Opus; undefined when it is none, or has more channels than two. Damaged pages, and other streams, are passed over. */
export function decodeOggOpus(bytes: Uint8Array): MediaFile | undefined {
  const packets = packetsOf(bytes);
  const head = packets.shift();
  // RFC 7845 §4: the second packet is the comments.
  packets.shift();
  if (head === undefined || !isHead(head)) return undefined;
  let time = 0;
  const frames: EncodedFrame[] = [];
  for (const data of packets) {
    const samples = opusDuration(data);
    if (samples === 0) continue;
    const duration = (samples * 1000) / CLOCK_RATE;
    frames.push({ kind: "audio", mimeType: "audio/opus", data, timestamp: time % 2 ** 32, keyFrame: true, duration });
    time += samples;
  }
  return { kind: "audio", mimeType: "audio/opus", clockRate: CLOCK_RATE, frames, duration: time, width: 0, height: 0 };
}

/** RFC 7845 §5.1: what there is of the version up to 15 is read alike; family 0 is mono or stereo. */
function isHead(head: Uint8Array): boolean {
  if (head.length < HEAD_LENGTH || decodeUtf8(head.subarray(0, 8)) !== "OpusHead") return false;
  const channels = head[9] as number;
  return (head[8] as number) < 16 && head[18] === 0 && (channels === 1 || channels === 2);
}

/** The packets of the first stream of Opus. */
function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let serialNumber: number | undefined;
  /** Pieces of a packet whose end is on a later page; undefined when its beginning is missing. */
  let open: Uint8Array[] | undefined;
  for (let at = 0; at < bytes.length; ) {
    const page = decodeOggPage(bytes, at, bytes.length);
    if (page === undefined) {
      at = nextCapture(bytes, at + 1);
      open = undefined;
      continue;
    }
    at = page.end;
    const [first] = page.pieces;
    if (serialNumber === undefined && (page.flags & OggFlag.FIRST) !== 0 && first !== undefined && isHead(first)) {
      serialNumber = page.serialNumber;
    }
    if (page.serialNumber !== serialNumber) continue;
    const isContinued = (page.flags & OggFlag.CONTINUED) !== 0;
    if (!isContinued) open = undefined;
    for (const [i, piece] of page.pieces.entries()) {
      const isLast = i === page.pieces.length - 1;
      if (i === 0 && isContinued && open === undefined) {
        if (isLast && page.isOpen) break;
        continue;
      }
      const pieces: Uint8Array[] = i === 0 && open !== undefined ? [...open, piece] : [piece];
      open = isLast && page.isOpen ? pieces : undefined;
      if (open !== undefined && open.reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) open = undefined;
      if (!(isLast && page.isOpen)) packets.push(pieces.length === 1 ? piece : concatBytes(...pieces));
    }
    if ((page.flags & OggFlag.LAST) !== 0) break;
  }
  return packets;
}

function nextCapture(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x4f, from); at >= 0; at = bytes.indexOf(0x4f, at + 1)) {
    if (bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 && bytes[at + 3] === 0x53) return at;
  }
  return bytes.length;
}

/** How a file is written. */
export interface OggOpusWriterOptions {
  /** 1 or 2; default 2, which plays mono as well. */
  readonly channels?: 1 | 2;
  /** Tells streams apart where files are joined; any number will do. Default 1. */
  readonly serialNumber?: number;
}

/** Writes an Ogg file with Opus, piece by piece. Silence that was not sent is filled in with empty packets, up to ten seconds (§4.1). */
export class OggOpusWriter {
  readonly #channels: number;
  readonly #serialNumber: number;
  readonly #times = new TimestampUnwrapper();
  #pageNumber = 0;
  /** Samples in packets that are on pages, and in those that wait for theirs. */
  #written = 0;
  #samples = 0;
  #segments = 0;
  #packets: Uint8Array[] = [];
  /** When the next packet is due; undefined before the first. */
  #due: number | undefined = undefined;
  /** Frames that were left out: they are no Opus, or came too late. */
  omitted = 0;

  constructor({ channels = 2, serialNumber = 1 }: OggOpusWriterOptions = {}) {
    this.#channels = channels;
    this.#serialNumber = serialNumber;
  }

  /** What is to be put behind what there is; nothing while a page is not full. */
  write(frame: EncodedFrame): Uint8Array<ArrayBuffer> {
    const samples = opusDuration(frame.data);
    if (samples === 0 || (frame.mimeType ?? "audio/opus").toLowerCase() !== "audio/opus" || frame.data.length > MOST_BYTES) {
      this.omitted++;
      return new Uint8Array(0);
    }
    const time = this.#times.unwrap(frame.timestamp);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    if (this.#due === undefined) pieces.push(this.#head(), this.#tags());
    const due = this.#due ?? time;
    if (time < due) {
      this.omitted++;
      return join(pieces);
    }
    const gap = Math.min(time - due, LONGEST_GAP);
    // A packet without a frame in it has the decoder go on as it sees fit (RFC 6716 §3.2.1); 20 ms each.
    for (let filled = 0; filled + 960 <= gap; filled += 960) this.#add(SILENCE, 960, pieces);
    this.#add(frame.data, samples, pieces);
    this.#due = time + samples;
    return join(pieces);
  }

  /** The last page. */
  end(): Uint8Array<ArrayBuffer> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    if (this.#due === undefined) pieces.push(this.#head(), this.#tags());
    pieces.push(this.#page(OggFlag.LAST));
    return join(pieces);
  }

  #add(packet: Uint8Array, samples: number, pieces: Uint8Array<ArrayBuffer>[]): void {
    const segments = segmentsOf(packet);
    if (this.#samples + samples > PAGE || !fitsOnPage(this.#segments + segments)) pieces.push(this.#page(0));
    this.#packets.push(packet);
    this.#samples += samples;
    this.#segments += segments;
  }

  #page(flags: number): Uint8Array<ArrayBuffer> {
    this.#written += this.#samples;
    const page = encodeOggPage(this.#packets, flags, this.#written, this.#serialNumber, this.#pageNumber++);
    this.#packets = [];
    this.#samples = 0;
    this.#segments = 0;
    return page;
  }

  #head(): Uint8Array<ArrayBuffer> {
    const head = new Uint8Array(HEAD_LENGTH);
    const view = new DataView(head.buffer);
    head.set(encodeUtf8("OpusHead"));
    head[8] = 1;
    head[9] = this.#channels;
    view.setUint16(10, PRE_SKIP, true);
    view.setUint32(12, CLOCK_RATE, true);
    return encodeOggPage([head], OggFlag.FIRST, 0, this.#serialNumber, this.#pageNumber++);
  }

  #tags(): Uint8Array<ArrayBuffer> {
    const vendor = encodeUtf8("visavis");
    const tags = new Uint8Array(16 + vendor.length);
    tags.set(encodeUtf8("OpusTags"));
    new DataView(tags.buffer).setUint32(8, vendor.length, true);
    tags.set(vendor, 12);
    return encodeOggPage([tags], 0, 0, this.#serialNumber, this.#pageNumber++);
  }
}

/** 20 ms of the mode that codes music, without a frame. */
const SILENCE = Uint8Array.of(0xf8);

function join(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
