/**
 * SRTP and SRTCP with AES-GCM (RFC 7714).
 *
 * The vector of an RTP packet is the salt XOR its SSRC, roll-over counter and sequence number (§8.1), so the numbers of a source
 * follow one another and its key stream can be made ahead. That of an RTCP packet is the salt XOR SSRC and index (§9.1).
 *
 * ```
 *  RTP    |0 0|   SSRC    |  rollover | seq |        RTCP   |0 0|   SSRC    |0 0|   index   |
 * ```
 */
import { copyBytes, setU32 } from "../base/bytes.ts";
import { type Aead, IV_LENGTH, TAG_LENGTH } from "../crypto/aead.ts";
import { createAead } from "../crypto/aead-backends.ts";
import { NodeAead } from "../crypto/node-aead.ts";
import { joinClear, partClear } from "./cryptex.ts";
import type { SessionKeys } from "./keys.ts";
import { ENCRYPTED_FLAG, INDEX_LENGTH, RTCP_CLEAR_LENGTH, type SourceCipher, saltFor, type Transform } from "./transform.ts";

const NAMES = { 16: "AES-128-GCM", 32: "AES-256-GCM" } as const;

/** Where the SSRC is in a vector. */
const SSRC_OFFSET = 2;

/** The keys of one direction. */
export class AeadTransform implements Transform {
  readonly #name: (typeof NAMES)[16 | 32];
  readonly #rtp: SessionKeys;
  readonly #rtcpSalt: Uint8Array;
  /** For whom nothing is kept yet. */
  readonly #stranger: NodeAead;
  readonly #rtcp: NodeAead;
  /** An RTCP packet with its index in front, where both are authenticated in one piece. */
  #scratch = new Uint8Array(2048);

  constructor(rtp: SessionKeys, rtcp: SessionKeys) {
    this.#name = rtp.key.length === 32 ? NAMES[32] : NAMES[16];
    this.#rtp = rtp;
    this.#rtcpSalt = rtcp.salt;
    this.#stranger = new NodeAead(this.#name, rtp.key, rtp.salt);
    this.#rtcp = new NodeAead(this.#name, rtcp.key, rtcp.salt);
  }

  createSource(ssrc: number): SourceCipher {
    return new AeadSource(createAead(this.#name, this.#rtp.key, saltFor(this.#rtp.salt, ssrc, IV_LENGTH, SSRC_OFFSET)));
  }

  unprotectStranger(
    ssrc: number,
    bytes: Uint8Array,
    start: number,
    clearEnd: number,
    end: number,
    rollover: number,
    sequence: number,
    csrcLength: number,
  ): boolean {
    this.#stranger.setIv(saltFor(this.#rtp.salt, ssrc, IV_LENGTH, SSRC_OFFSET));
    return unprotect(this.#stranger, bytes, start, clearEnd, end, rollover, sequence, csrcLength);
  }

  protectRtcp(bytes: Uint8Array, start: number, end: number, ssrc: number, index: number): number {
    const body = end - start - RTCP_CLEAR_LENGTH;
    const scratch = this.#lay(bytes, start, end, index);
    this.#rtcp.setIv(saltFor(this.#rtcpSalt, ssrc, IV_LENGTH, SSRC_OFFSET));
    this.#rtcp.seal(scratch, CLEAR, body, 0, index, 0, CLEAR);
    copyBytes(bytes, start + RTCP_CLEAR_LENGTH, scratch, CLEAR, CLEAR + body + TAG_LENGTH);
    return setU32(bytes, end + TAG_LENGTH, index | ENCRYPTED_FLAG);
  }

  unprotectRtcp(bytes: Uint8Array, start: number, end: number, ssrc: number, index: number): number {
    const bodyEnd = end - INDEX_LENGTH;
    const body = bodyEnd - start - RTCP_CLEAR_LENGTH;
    const scratch = this.#lay(bytes, start, bodyEnd, index);
    this.#rtcp.setIv(saltFor(this.#rtcpSalt, ssrc, IV_LENGTH, SSRC_OFFSET));
    if (!this.#rtcp.open(scratch, CLEAR, body, 0, index, 0, CLEAR)) return -1;
    copyBytes(bytes, start + RTCP_CLEAR_LENGTH, scratch, CLEAR, CLEAR + body - TAG_LENGTH);
    return bodyEnd - TAG_LENGTH;
  }

  /** Copies a packet with its index between what is readable of it and the rest (§9.3: both are authenticated, in this order). */
  #lay(bytes: Uint8Array, start: number, end: number, index: number): Uint8Array {
    const length = end - start + INDEX_LENGTH + TAG_LENGTH;
    if (length > this.#scratch.length) this.#scratch = new Uint8Array(length);
    const scratch = this.#scratch;
    copyBytes(scratch, 0, bytes, start, start + RTCP_CLEAR_LENGTH);
    setU32(scratch, RTCP_CLEAR_LENGTH, index | ENCRYPTED_FLAG);
    copyBytes(scratch, CLEAR, bytes, start + RTCP_CLEAR_LENGTH, end);
    return scratch;
  }
}

const CLEAR = RTCP_CLEAR_LENGTH + INDEX_LENGTH;

/** One source. */
class AeadSource implements SourceCipher {
  readonly #aead: Aead;

  constructor(aead: Aead) {
    this.#aead = aead;
  }

  protect(
    bytes: Uint8Array,
    start: number,
    clearEnd: number,
    end: number,
    rollover: number,
    sequence: number,
    csrcLength: number,
  ): void {
    if (csrcLength > 0) joinClear(bytes, start, csrcLength);
    const low = ((rollover << 16) | sequence) >>> 0;
    this.#aead.seal(bytes, clearEnd, end - clearEnd, rollover >>> 16, low, start, clearEnd - start);
    if (csrcLength > 0) partClear(bytes, start, csrcLength);
  }

  unprotect(
    bytes: Uint8Array,
    start: number,
    clearEnd: number,
    end: number,
    rollover: number,
    sequence: number,
    csrcLength: number,
  ): boolean {
    return unprotect(this.#aead, bytes, start, clearEnd, end, rollover, sequence, csrcLength);
  }

  release(): void {
    this.#aead.release();
  }
}

function unprotect(
  aead: Aead,
  bytes: Uint8Array,
  start: number,
  clearEnd: number,
  end: number,
  rollover: number,
  sequence: number,
  csrcLength: number,
): boolean {
  if (csrcLength > 0) joinClear(bytes, start, csrcLength);
  const low = ((rollover << 16) | sequence) >>> 0;
  const length = end + TAG_LENGTH - clearEnd;
  const ok = aead.open(bytes, clearEnd, length, rollover >>> 16, low, start, clearEnd - start);
  if (csrcLength > 0) partClear(bytes, start, csrcLength);
  return ok;
}
