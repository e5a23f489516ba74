/**
 * What kind of packet a datagram is, by its first byte: RFC 7983 §7 as updated by RFC 9443 §3.
 *
 * ```
 *                  +----------------+
 *                  |        [0..3] -+--> STUN
 *                  |      [16..19] -+--> ZRTP
 *      packet -->  |      [20..63] -+--> DTLS
 *                  |      [64..79] -+--> TURN ChannelData
 *                  |     [80..127] -+--> QUIC
 *                  |    [128..191] -+--> RTP or RTCP
 *                  |    [192..255] -+--> QUIC
 *                  +----------------+
 * ```
 */

/** A kind of packet on a transport. RTCP is told from RTP by its second byte (RFC 5761 §4). */
export type PacketKind = "stun" | "zrtp" | "dtls" | "channel-data" | "quic" | "rtp" | "rtcp" | "unknown";

/** The kind of the datagram `bytes[start, end)`. It looks at two bytes and believes nothing else. */
export function kindOf(bytes: Uint8Array, start: number = 0, end: number = bytes.length): PacketKind {
  const first = bytes[start];
  if (first === undefined || start >= end) return "unknown";
  if (first >= 20 && first <= 63) return "dtls";
  if (first <= 3) return "stun";
  if (first < 128) {
    if (first >= 80) return "quic";
    if (first >= 64) return "channel-data";
    return first >= 16 && first <= 19 ? "zrtp" : "unknown";
  }
  if (first >= 192) return "quic";
  const second = bytes[start + 1];
  if (second === undefined || start + 1 >= end) return "unknown";
  // Packet types 192 to 223 are RTCP's; the marker bit and payload types 64 to 95 look the same and are not used for RTP.
  return second >= 192 && second <= 223 ? "rtcp" : "rtp";
}
