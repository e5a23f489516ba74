/**
 * FlexFEC: parity in a stream of its own. RFC 8627 §4.2.2, and the third draft of it, which browsers use.
 * https://www.rfc-editor.org/rfc/rfc8627#section-4.2.2
 * https://datatracker.ietf.org/doc/html/draft-ietf-payload-flexible-fec-scheme-03#section-4.2
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |R|F|P|X|  CC   |M| PT recovery |        length recovery        |
 * +-+-+-+-+-------+-+-------------+-------------------------------+
 * |                          TS recovery                          |
 * +---------------+-----------------------------------------------+
 * |  SSRC count   |                   reserved                    |  these two rows: the draft alone;
 * +---------------+-----------------------------------------------+  in the RFC the SSRC is the CSRC
 * |                             SSRC                              |
 * +-------------------------------+-+-----------------------------+
 * |            SN base            |k|         mask 0-14           |  k: the mask goes on; in the draft: it ends
 * +-+-----------------------------+-+-----------------------------+
 * |k|                        mask 15-45                           |
 * +-+-------------------------------------------------------------+
 * |                mask 46-109; in the draft k, 46-108            |
 * +---------------------------------------------------------------+
 *
 * with F, in the RFC alone:
 * +-------------------------------+---------------+---------------+
 * |            SN base            |  L (columns)  |   D (rows)    |
 * +-------------------------------+---------------+---------------+
 * ```
 */
import { setU16, setU32, u16, u32 } from "../base/bytes.ts";
import { type FecHeader, type FecParity, MAX_PROTECTED, readMask, readRecovery, writeMask } from "./fec.ts";

const FIXED = 8;
const DRAFT_FIXED = 16;
const RETRANSMISSION_BIT = 0x80;
const FIXED_MASK_BIT = 0x40;
const FIRST_MASK = 15;
const SECOND_MASK = 31;
const FIRST_TWO: number = FIRST_MASK + SECOND_MASK;

/** Where the masks end that begin at `o`, behind `o` being the SN base; -1 when they are cut. Their numbers go into the header. */
function readMasks(bytes: Uint8Array, o: number, end: number, isDraft: boolean, into: FecHeader): number {
  if (o + 4 > end) return -1;
  const base = u16(bytes, o);
  readMask(bytes, o + 2, 1, FIRST_MASK, 0, base, into);
  const goesOn = (at: number): boolean => (bytes[at] as number) >= 0x80 !== isDraft;
  if (!goesOn(o + 2)) return o + 4;
  if (o + 8 > end) return -1;
  readMask(bytes, o + 4, 1, SECOND_MASK, FIRST_MASK, base, into);
  if (!goesOn(o + 4)) return o + 8;
  if (o + 16 > end) return -1;
  readMask(bytes, o + 8, isDraft ? 1 : 0, isDraft ? 63 : 64, FIRST_TWO, base, into);
  return o + 16;
}

/** The numbers of a row or a column of fixed size (RFC 8627 §4.2.2.2). */
function readGrid(bytes: Uint8Array, o: number, end: number, into: FecHeader): number {
  if (o + 4 > end) return -1;
  const base = u16(bytes, o);
  const columns = bytes[o + 2] as number;
  const rows = bytes[o + 3] as number;
  const count = Math.min(MAX_PROTECTED, rows > 1 ? rows : columns);
  const step = rows > 1 ? columns : 1;
  for (let i = 0; i < count; i++) into.numbers[i] = base + i * step;
  into.count = columns === 0 ? 0 : count;
  return o + 4;
}

/** Reads the payload `bytes[start, end)` of a packet whose first CSRC is `csrc`; false when it is none of one protected stream. */
export function parseFlexfec(bytes: Uint8Array, start: number, end: number, into: FecHeader, csrc: number = -1): boolean {
  if (end - start < FIXED || ((bytes[start] as number) & RETRANSMISSION_BIT) !== 0) return false;
  readRecovery(bytes, start, start + 2, start + 4, into);
  into.ssrc = csrc;
  const isGrid = ((bytes[start] as number) & FIXED_MASK_BIT) !== 0;
  into.payloadStart = isGrid ? readGrid(bytes, start + FIXED, end, into) : readMasks(bytes, start + FIXED, end, false, into);
  into.payloadEnd = end;
  return into.payloadStart >= 0 && into.count > 0;
}

/** As `parseFlexfec`, of the third draft. */
export function parseFlexfec03(bytes: Uint8Array, start: number, end: number, into: FecHeader): boolean {
  if (end - start < DRAFT_FIXED || ((bytes[start] as number) & (RETRANSMISSION_BIT | FIXED_MASK_BIT)) !== 0) return false;
  // Of several streams in one packet nobody makes use.
  if (bytes[start + 8] !== 1) return false;
  readRecovery(bytes, start, start + 2, start + 4, into);
  into.ssrc = u32(bytes, start + 12);
  into.payloadStart = readMasks(bytes, start + DRAFT_FIXED, end, true, into);
  into.payloadEnd = end;
  return into.payloadStart >= 0 && into.count > 0;
}

/** Bytes of the header before the parity of payloads. @param span distance of the last packet from the first */
export function flexfecHeaderLength(span: number, isDraft: boolean): number {
  return (isDraft ? DRAFT_FIXED : FIXED) + (span < FIRST_MASK ? 4 : span < FIRST_TWO ? 8 : 16);
}

/**
 * Writes the payload and returns the offset behind it.
 * @param draftSsrc the SSRC that is protected, in the third draft; -1 for the RFC, where it is the CSRC of the packet
 * @param base the number of the first packet
 * @param distances of all packets from the first, below 109
 */
export function writeFlexfec(
  out: Uint8Array,
  offset: number,
  parity: FecParity,
  draftSsrc: number,
  base: number,
  distances: ArrayLike<number>,
): number {
  const span = distances[distances.length - 1] as number;
  const isDraft = draftSsrc >= 0;
  const payload = offset + flexfecHeaderLength(span, isDraft);
  out.fill(0, offset, payload);
  out[offset] = parity.first & 0x3f;
  out[offset + 1] = parity.second;
  setU16(out, offset + 2, parity.length);
  setU32(out, offset + 4, parity.timestamp);
  let o = offset + FIXED;
  if (isDraft) {
    out[o] = 1;
    o = setU32(out, o + 4, draftSsrc);
  }
  setU16(out, o, base);
  // In the draft the bit ends the mask, in the RFC it says that there is more.
  const mark = (at: number, goesOn: boolean): void => {
    if (goesOn !== isDraft) out[at] = 0x80;
  };
  mark(o + 2, span >= FIRST_MASK);
  writeMask(out, o + 2, 1, FIRST_MASK, 0, distances);
  if (span >= FIRST_MASK) {
    mark(o + 4, span >= FIRST_TWO);
    writeMask(out, o + 4, 1, SECOND_MASK, FIRST_MASK, distances);
  }
  if (span >= FIRST_TWO) {
    if (isDraft) out[o + 8] = 0x80;
    writeMask(out, o + 8, isDraft ? 1 : 0, isDraft ? 63 : 64, FIRST_TWO, distances);
  }
  for (let i = 0; i < parity.payloadLength; i++) out[payload + i] = parity.payload[i] as number;
  return payload + parity.payloadLength;
}
