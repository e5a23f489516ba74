/**
 * SRTP and SRTCP with AES in counter mode and HMAC-SHA-1 (RFC 3711 §4.1.1, §4.2.1).
 *
 * What is encrypted is authenticated as it goes out. The roll-over counter, which no packet carries, is authenticated behind it; it
 * stands there for that moment, where the tag belongs.
 */
import { setU32, u32 } from "../base/bytes.ts";
import { CounterKey, CounterMode } from "../crypto/counter-mode.ts";
import { PacketMac } from "../crypto/packet-mac.ts";
import { joinClear, partClear } from "./cryptex.ts";
import type { SessionKeys } from "./keys.ts";
import { ENCRYPTED_FLAG, INDEX_LENGTH, RTCP_CLEAR_LENGTH, type SourceCipher, saltFor, type Transform } from "./transform.ts";

const IV_LENGTH = 16;

/** Where the SSRC is in a vector. */
const SSRC_OFFSET = 4;

/** The keys of one direction. */
export class CounterTransform implements Transform {
  readonly #rtpKey: CounterKey;
  readonly #rtpSalt: Uint8Array;
  readonly #rtpMac: PacketMac;
  readonly #rtpTagLength: number;
  readonly #rtcpKey: CounterKey;
  readonly #rtcpSalt: Uint8Array;
  readonly #rtcpMac: PacketMac;
  readonly #rtcpTagLength: number;

  constructor(rtp: SessionKeys, rtcp: SessionKeys, rtpTagLength: number, rtcpTagLength: number) {
    this.#rtpKey = new CounterKey(rtp.key);
    this.#rtpSalt = rtp.salt;
    this.#rtpMac = new PacketMac(rtp.authKey);
    this.#rtpTagLength = rtpTagLength;
    this.#rtcpKey = new CounterKey(rtcp.key);
    this.#rtcpSalt = rtcp.salt;
    this.#rtcpMac = new PacketMac(rtcp.authKey);
    this.#rtcpTagLength = rtcpTagLength;
  }

  createSource(ssrc: number): SourceCipher {
    const stream = new CounterMode(this.#rtpKey, saltFor(this.#rtpSalt, ssrc, IV_LENGTH, SSRC_OFFSET));
    return new CounterSource(stream, this.#rtpMac, this.#rtpTagLength);
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
    if (!isGenuine(this.#rtpMac, this.#rtpTagLength, bytes, start, end, rollover)) return false;
    const stream = new CounterMode(this.#rtpKey, saltFor(this.#rtpSalt, ssrc, IV_LENGTH, SSRC_OFFSET));
    apply(stream, bytes, start, clearEnd, end, rollover, sequence, csrcLength);
    return true;
  }

  protectRtcp(bytes: Uint8Array, start: number, end: number, ssrc: number, index: number): number {
    this.#applyRtcp(bytes, start, end, ssrc, index);
    const indexEnd = setU32(bytes, end, index | ENCRYPTED_FLAG);
    const mac = this.#rtcpMac;
    mac.compute(bytes, start, indexEnd);
    const length = this.#rtcpTagLength;
    for (let i = 0; i < length; i++) bytes[indexEnd + i] = mac.mac[i] as number;
    return indexEnd + length;
  }

  unprotectRtcp(bytes: Uint8Array, start: number, end: number, ssrc: number, index: number): number {
    const indexEnd = end - this.#rtcpTagLength;
    this.#rtcpMac.compute(bytes, start, indexEnd);
    if (!this.#rtcpMac.matches(bytes, indexEnd, this.#rtcpTagLength)) return -1;
    const bodyEnd = indexEnd - INDEX_LENGTH;
    this.#applyRtcp(bytes, start, bodyEnd, ssrc, index);
    return bodyEnd;
  }

  #applyRtcp(bytes: Uint8Array, start: number, end: number, ssrc: number, index: number): void {
    const body = start + RTCP_CLEAR_LENGTH;
    const stream = new CounterMode(this.#rtcpKey, saltFor(this.#rtcpSalt, ssrc, IV_LENGTH, SSRC_OFFSET));
    stream.apply(bytes, body, end - body, index >>> 16, index & 0xffff);
  }
}

/** One source. */
class CounterSource implements SourceCipher {
  readonly #stream: CounterMode;
  readonly #mac: PacketMac;
  readonly #tagLength: number;

  constructor(stream: CounterMode, mac: PacketMac, tagLength: number) {
    this.#stream = stream;
    this.#mac = mac;
    this.#tagLength = tagLength;
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
    apply(this.#stream, bytes, start, clearEnd, end, rollover, sequence, csrcLength);
    const mac = this.#mac;
    mac.compute(bytes, start, setU32(bytes, end, rollover));
    for (let i = 0; i < this.#tagLength; i++) bytes[end + i] = mac.mac[i] as number;
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
    if (!isGenuine(this.#mac, this.#tagLength, bytes, start, end, rollover)) return false;
    apply(this.#stream, bytes, start, clearEnd, end, rollover, sequence, csrcLength);
    return true;
  }

  release(): void {
    this.#stream.release();
  }
}

/** Encrypts or decrypts, which is the same. */
function apply(
  stream: CounterMode,
  bytes: Uint8Array,
  start: number,
  clearEnd: number,
  end: number,
  rollover: number,
  sequence: number,
  csrcLength: number,
): void {
  if (csrcLength > 0) joinClear(bytes, start, csrcLength);
  stream.apply(bytes, clearEnd, end - clearEnd, rollover, sequence);
  if (csrcLength > 0) partClear(bytes, start, csrcLength);
}

/** Whether the tag at `end`, which is four bytes at least, is right. The packet is as it was afterwards. */
function isGenuine(mac: PacketMac, tagLength: number, bytes: Uint8Array, start: number, end: number, rollover: number): boolean {
  const begin = u32(bytes, end);
  mac.compute(bytes, start, setU32(bytes, end, rollover));
  setU32(bytes, end, begin);
  return mac.matches(bytes, end, tagLength);
}
