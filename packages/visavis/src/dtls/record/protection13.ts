/**
 * Record protection of DTLS 1.3 (RFC 9147 §4.2.3, RFC 9846 §5.2).
 *
 * The content type travels inside, behind the contents. The nonce is the IV and the 64-bit record number, without the
 * epoch; the additional data is the header with the number in clear; afterwards the number is masked with a block made of
 * the ciphertext's first 16 bytes.
 */
import { u8, u16 } from "../../base/bytes.ts";
import { type Aead, type AeadName, TAG_LENGTH } from "../../crypto/aead.ts";
import { createAead } from "../../crypto/aead-backends.ts";
import { createHeaderMask, type HeaderMask, SAMPLE_LENGTH } from "../../crypto/header-mask.ts";
import { MAX_PLAINTEXT } from "./content-type.ts";
import type { OpenedRecord, OpenFailure } from "./opened-record.ts";
import { ReplayWindow } from "./replay-window.ts";
import { encodeUnifiedHeader, reconstructSequence, UNIFIED_HEADER_LENGTH, type UnifiedHeader } from "./unified-header.ts";

/** The keys of one direction in one epoch (RFC 9846 §7.3, RFC 9147 §4.2.3). */
export interface Keys13 {
  readonly aead: AeadName;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  /** Masks record numbers. */
  readonly sequenceNumberKey: Uint8Array;
}

const SEQUENCE_HIGH = 0x1_0000_0000;
const TYPE_LENGTH = 1;

/** Record numbers stay below this in both versions, so that a number is exact in a double and an ACK never meets a longer one. */
const MAX_SEQUENCE = 2 ** 48;

/** Seals the records that we send in an epoch. */
export class Sealer13 {
  readonly headerLength: number = UNIFIED_HEADER_LENGTH;
  readonly trailerLength: number = TYPE_LENGTH + TAG_LENGTH;
  readonly #aead: Aead;
  readonly #mask: HeaderMask;

  constructor(keys: Keys13) {
    this.#aead = createAead(keys.aead, keys.key, keys.iv);
    this.#mask = createHeaderMask(keys.aead, keys.sequenceNumberKey);
  }

  /** Seals the record whose payload stands behind room for its header at `start`; returns the offset behind its tag. */
  seal(type: number, epoch: number, sequence: number, bytes: Uint8Array, start: number, length: number): number {
    const payload = start + UNIFIED_HEADER_LENGTH;
    bytes[payload + length] = type;
    encodeUnifiedHeader(epoch, sequence, length + TYPE_LENGTH + TAG_LENGTH, bytes, start);
    const high = Math.floor(sequence / SEQUENCE_HIGH);
    this.#aead.seal(bytes, payload, length + TYPE_LENGTH, high, sequence >>> 0, start, UNIFIED_HEADER_LENGTH);
    const mask = this.#mask.of(bytes, payload);
    bytes[start + 1] = u8(bytes, start + 1) ^ (mask >>> 8);
    bytes[start + 2] = u8(bytes, start + 2) ^ (mask & 0xff);
    return payload + length + TYPE_LENGTH + TAG_LENGTH;
  }

  /** Gives back what the keys hold, because they are not used any more. */
  release(): void {
    this.#aead.release();
    this.#mask.release();
  }
}

/** Opens the records that the peer sends in an epoch. */
export class Opener13 {
  readonly epoch: number;
  /** How many records had a wrong tag. */
  failures: number = 0;
  readonly #aead: Aead;
  readonly #mask: HeaderMask;
  readonly #window = new ReplayWindow();

  constructor(epoch: number, keys: Keys13) {
    this.epoch = epoch;
    this.#aead = createAead(keys.aead, keys.key, keys.iv);
    this.#mask = createHeaderMask(keys.aead, keys.sequenceNumberKey);
  }

  /** Opens the record at `offset` where it stands. @returns undefined when it worked and `record` is filled in */
  open(bytes: Uint8Array, offset: number, header: UnifiedHeader, record: OpenedRecord): OpenFailure | undefined {
    const start = offset + header.headerLength;
    // A sample is as long as a tag, so whatever is long enough for one is long enough for the other.
    if (header.length < SAMPLE_LENGTH + TYPE_LENGTH) return "bad-tag";
    const sequence = this.#unmask(bytes, offset, start, header.numberLength);
    const high = Math.floor(sequence / SEQUENCE_HIGH);
    if (!this.#aead.open(bytes, start, header.length, high, sequence >>> 0, offset, header.headerLength)) {
      this.failures++;
      return "bad-tag";
    }
    // After deprotection, so that the time it takes tells nothing about the number (RFC 9147 §4.5.1).
    if (!this.#window.isNew(sequence) || sequence >= MAX_SEQUENCE) return "replayed";
    this.#window.mark(sequence);
    let end = start + header.length - TAG_LENGTH - 1;
    while (end > start && bytes[end] === 0) end--;
    if (bytes[end] === 0 || end - start > MAX_PLAINTEXT) return "malformed-record";
    record.bytes = bytes;
    record.type = u8(bytes, end);
    record.epoch = this.epoch;
    record.sequence = sequence;
    record.start = start;
    record.end = end;
    return undefined;
  }

  /** Gives back what the keys hold, because they are not used any more. */
  release(): void {
    this.#aead.release();
    this.#mask.release();
  }

  /** Takes the mask off the number in the header, because the header in clear is what was authenticated. */
  #unmask(bytes: Uint8Array, offset: number, sample: number, numberLength: 1 | 2): number {
    const mask = this.#mask.of(bytes, sample);
    bytes[offset + 1] = u8(bytes, offset + 1) ^ (mask >>> 8);
    if (numberLength === 2) bytes[offset + 2] = u8(bytes, offset + 2) ^ (mask & 0xff);
    const number = numberLength === 2 ? u16(bytes, offset + 1) : u8(bytes, offset + 1);
    return reconstructSequence(number, numberLength, this.#window.expected);
  }
}
