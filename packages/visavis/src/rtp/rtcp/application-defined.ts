/**
 * APP: what an application has made up for itself. RFC 3550 §6.7.
 * https://www.rfc-editor.org/rfc/rfc3550#section-6.7
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P| subtype |   PT=APP=204  |             length            |
 * +---+-+---------+---------------+-------------------------------+
 * |                           SSRC/CSRC                           |
 * +---------------------------------------------------------------+
 * |                          name (ASCII)                         |
 * +---------------------------------------------------------------+
 * |                   application-dependent data ...              |
 * ```
 */
import { setBytes, setU32, u32 } from "../../base/bytes.ts";
import { RtcpType, rtcpCount, rtcpEnd, writeRtcpHeader } from "./header.ts";

const FIXED = 12;

/** A packet of an application. */
export interface ApplicationDefined {
  /** 0 to 31. */
  readonly subtype: number;
  readonly ssrc: number;
  /** Four characters. */
  readonly name: string;
  /** A view of what was read; a multiple of four bytes. */
  readonly data: Uint8Array;
}

/** Reads the packet at `offset`; undefined when it is none of an application. */
export function decodeApplicationDefined(bytes: Uint8Array, offset: number, end: number): ApplicationDefined | undefined {
  const packetEnd = rtcpEnd(bytes, offset, end, RtcpType.APPLICATION_DEFINED, FIXED);
  if (packetEnd < 0) return undefined;
  return {
    subtype: rtcpCount(bytes, offset),
    ssrc: u32(bytes, offset + 4),
    name: String.fromCharCode(...bytes.subarray(offset + 8, offset + FIXED)),
    data: bytes.subarray(offset + FIXED, packetEnd),
  };
}

/** Writes the packet and returns the offset behind it. */
export function encodeApplicationDefined(out: Uint8Array, offset: number, packet: ApplicationDefined): number {
  const { subtype, ssrc, name, data } = packet;
  writeRtcpHeader(out, offset, subtype, RtcpType.APPLICATION_DEFINED, FIXED + data.length);
  setU32(out, offset + 4, ssrc);
  for (let i = 0; i < 4; i++) out[offset + 8 + i] = name.charCodeAt(i);
  return setBytes(out, offset + FIXED, data);
}
