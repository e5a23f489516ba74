/**
 * The State Cookie: all that an INIT taught us, sealed and given to the other side to bring back (RFC 9260 §5.1.3).
 *
 * The INIT itself leaves no state behind. The seal is SipHash under a key of this association; SCTP runs inside DTLS here, so it
 * keeps out stale and garbled cookies rather than strangers.
 */
import { equalBytes, setU8, setU16, setU32, setU48, u8, u16, u32, u48 } from "../base/bytes.ts";
import type { Instant } from "../base/instant.ts";
import { type Serial32, serial } from "../base/serial.ts";
import { sipHash } from "../base/siphash.ts";

/** RFC 9260 §16 Valid.Cookie.Life, in milliseconds. */
export const COOKIE_LIFE = 60_000;

const LENGTH = 48;
const SEAL = 8;

/** What a cookie remembers. */
export interface StateCookie {
  readonly localTag: number;
  readonly remoteTag: number;
  readonly localInitialTsn: Serial32;
  readonly remoteInitialTsn: Serial32;
  readonly remoteWindow: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  /** The tags in force when the INIT came; zero when there were none (§5.2.2). */
  readonly localTieTag: number;
  readonly remoteTieTag: number;
  readonly partialReliability: boolean;
  readonly reconfiguration: boolean;
  readonly interleaving: boolean;
  /** The other side takes packets without a checksum. */
  readonly zeroChecksum: boolean;
  readonly createdAt: Instant;
}

/** A sealed cookie. */
export function encodeStateCookie(cookie: StateCookie, key: Uint8Array): Uint8Array {
  const out = new Uint8Array(LENGTH + SEAL);
  let o = setU32(out, 0, cookie.localTag);
  o = setU32(out, o, cookie.remoteTag);
  o = setU32(out, o, cookie.localInitialTsn);
  o = setU32(out, o, cookie.remoteInitialTsn);
  o = setU32(out, o, cookie.remoteWindow);
  o = setU16(out, o, cookie.outboundStreams);
  o = setU16(out, o, cookie.inboundStreams);
  o = setU32(out, o, cookie.localTieTag);
  o = setU32(out, o, cookie.remoteTieTag);
  o = setU48(out, o, Math.round(cookie.createdAt * 1000));
  const { partialReliability, reconfiguration, interleaving, zeroChecksum } = cookie;
  setU8(out, o, (partialReliability ? 1 : 0) | (reconfiguration ? 2 : 0) | (interleaving ? 4 : 0) | (zeroChecksum ? 8 : 0));
  out.set(sipHash(key, out, 0, LENGTH), LENGTH);
  return out;
}

/** What a cookie says; undefined when it is not one of ours. Its age is for the caller to judge. */
export function decodeStateCookie(bytes: Uint8Array, key: Uint8Array): StateCookie | undefined {
  if (bytes.length !== LENGTH + SEAL) return undefined;
  if (!equalBytes(sipHash(key, bytes, 0, LENGTH), bytes.subarray(LENGTH))) return undefined;
  const flags = u8(bytes, 38);
  return {
    localTag: u32(bytes, 0),
    remoteTag: u32(bytes, 4),
    localInitialTsn: serial(u32(bytes, 8)),
    remoteInitialTsn: serial(u32(bytes, 12)),
    remoteWindow: u32(bytes, 16),
    outboundStreams: u16(bytes, 20),
    inboundStreams: u16(bytes, 22),
    localTieTag: u32(bytes, 24),
    remoteTieTag: u32(bytes, 28),
    createdAt: u48(bytes, 32) / 1000,
    partialReliability: (flags & 1) !== 0,
    reconfiguration: (flags & 2) !== 0,
    interleaving: (flags & 4) !== 0,
    zeroChecksum: (flags & 8) !== 0,
  };
}
