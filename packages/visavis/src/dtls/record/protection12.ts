/**
 * Record protection of DTLS 1.2 with AEAD ciphers (RFC 6347 §4.1.2.1, RFC 5246 §6.2.3.3).
 *
 * The nonce is made of the fixed IV and the record's 64-bit number (epoch and sequence number): with AES-GCM the number is
 * sent once more as the explicit nonce before the ciphertext (RFC 5288 §3), with ChaCha20-Poly1305 it is not (RFC 7905 §2).
 */
import { setU16, setU32, u32 } from "../../base/bytes.ts";
import { type Aead, type AeadName, IV_LENGTH, TAG_LENGTH } from "../../crypto/aead.ts";
import { createAead } from "../../crypto/aead-backends.ts";
import { DtlsVersion } from "../version.ts";
import { MAX_PLAINTEXT } from "./content-type.ts";
import type { OpenedRecord, OpenFailure } from "./opened-record.ts";
import { encodePlainHeader, PLAIN_HEADER_LENGTH, type PlainHeader } from "./plain-header.ts";
import { ReplayWindow } from "./replay-window.ts";

/** The keys of one direction (RFC 5246 §6.3). */
export interface Keys12 {
  readonly aead: AeadName;
  readonly key: Uint8Array;
  /** 4 bytes for AES-GCM, 12 for ChaCha20-Poly1305. */
  readonly iv: Uint8Array;
}

/** Bytes of the IV that the key schedule gives. */
export function fixedIvLength(aead: AeadName): number {
  return aead === "CHACHA20-POLY1305" ? IV_LENGTH : IV_LENGTH - EXPLICIT_NONCE_LENGTH;
}

const EXPLICIT_NONCE_LENGTH = 8;
const SEQUENCE_HIGH = 0x1_0000_0000;

function importKeys(keys: Keys12): Aead {
  const iv = new Uint8Array(IV_LENGTH);
  iv.set(keys.iv);
  return createAead(keys.aead, keys.key, iv);
}

/**
 * Writes the additional data: number, type, version and length of the plaintext (RFC 5246 §6.2.3.3). It is as long as the
 * header, and takes its place while the payload is sealed or opened.
 */
function setAdditional(bytes: Uint8Array, offset: number, epoch: number, sequence: number, type: number, length: number): void {
  setU16(bytes, offset, epoch);
  setU16(bytes, offset + 2, Math.floor(sequence / SEQUENCE_HIGH));
  setU32(bytes, offset + 4, sequence >>> 0);
  bytes[offset + 8] = type;
  setU16(bytes, offset + 9, DtlsVersion.V1_2);
  setU16(bytes, offset + 11, length);
}

/** Seals the records that we send in an epoch. */
export class Sealer12 {
  readonly headerLength: number;
  readonly trailerLength: number = TAG_LENGTH;
  readonly #aead: Aead;

  constructor(keys: Keys12) {
    this.#aead = importKeys(keys);
    this.headerLength = PLAIN_HEADER_LENGTH + (keys.aead === "CHACHA20-POLY1305" ? 0 : EXPLICIT_NONCE_LENGTH);
  }

  /** Seals the record whose payload stands behind room for its header at `start`; returns the offset behind its tag. */
  seal(type: number, epoch: number, sequence: number, bytes: Uint8Array, start: number, length: number): number {
    const payload = start + this.headerLength;
    const high = ((epoch << 16) | Math.floor(sequence / SEQUENCE_HIGH)) >>> 0;
    const low = sequence >>> 0;
    setAdditional(bytes, start, epoch, sequence, type, length);
    this.#aead.seal(bytes, payload, length, high, low, start, PLAIN_HEADER_LENGTH);
    const explicitLength = this.headerLength - PLAIN_HEADER_LENGTH;
    const header = { type, version: DtlsVersion.V1_2, epoch, sequence, length: explicitLength + length + TAG_LENGTH };
    const at = encodePlainHeader(header, bytes, start);
    if (explicitLength > 0) setU32(bytes, setU32(bytes, at, high), low);
    return payload + length + TAG_LENGTH;
  }

  /** Gives back what the key holds, because it is not used any more. */
  release(): void {
    this.#aead.release();
  }
}

/** Opens the records that the peer sends in an epoch. */
export class Opener12 {
  readonly epoch: number;
  /** How many records had a wrong tag. */
  failures: number = 0;
  readonly #aead: Aead;
  readonly #explicitLength: number;
  readonly #window = new ReplayWindow();

  constructor(epoch: number, keys: Keys12) {
    this.epoch = epoch;
    this.#aead = importKeys(keys);
    this.#explicitLength = keys.aead === "CHACHA20-POLY1305" ? 0 : EXPLICIT_NONCE_LENGTH;
  }

  /** Opens the record at `offset` where it stands. @returns undefined when it worked and `record` is filled in */
  open(bytes: Uint8Array, offset: number, header: PlainHeader, record: OpenedRecord): OpenFailure | undefined {
    const { type, epoch, sequence } = header;
    const body = offset + PLAIN_HEADER_LENGTH;
    const start = body + this.#explicitLength;
    const length = header.length - this.#explicitLength - TAG_LENGTH;
    if (length < 0 || length > MAX_PLAINTEXT || header.version !== DtlsVersion.V1_2) return "bad-tag";
    if (!this.#window.isNew(sequence)) return "replayed";
    const explicit = this.#explicitLength > 0;
    const high = explicit ? u32(bytes, body) : ((epoch << 16) | Math.floor(sequence / SEQUENCE_HIGH)) >>> 0;
    const low = explicit ? u32(bytes, body + 4) : sequence >>> 0;
    setAdditional(bytes, offset, epoch, sequence, type, length);
    const opened = this.#aead.open(bytes, start, length + TAG_LENGTH, high, low, offset, PLAIN_HEADER_LENGTH);
    encodePlainHeader(header, bytes, offset);
    if (!opened) {
      this.failures++;
      return "bad-tag";
    }
    this.#window.mark(sequence);
    record.bytes = bytes;
    record.type = type;
    record.epoch = epoch;
    record.sequence = sequence;
    record.start = start;
    record.end = start + length;
    return undefined;
  }

  /** Gives back what the key holds, because it is not used any more. */
  release(): void {
    this.#aead.release();
  }
}
