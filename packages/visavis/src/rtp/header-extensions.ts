/**
 * Several elements in one header extension, with headers of one byte or two. RFC 8285 §4.2, §4.3.
 * https://www.rfc-editor.org/rfc/rfc8285#section-4
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |            0xBEDE             |           length=3            |
 * +-------+-------+---------------+-------+-------+---------------+
 * |  ID   |  L=0  |     data      |  ID   |  L=1  |   data...     |
 * +-------+-------+---------------+-------+-------+---------------+
 * ...data |    0 (pad)    |    0 (pad)    |  ID   |  L=3  |       |
 * +---------------+---------------+---------------+---------------+
 *
 * +-----------------------+-------+-------------------------------+
 * |         0x100         |appbits|           length=3            |
 * +-----------------------+-------+---------------+---------------+
 * |      ID       |     L=0       |     ID        |     L=1       |
 * +---------------+---------------+---------------+---------------+
 * |     data      |    0 (pad)    |      ID       |      L=4      |
 * +---------------+---------------+---------------+---------------+
 * ```
 */
import { setU16 } from "../base/bytes.ts";
import { markExtension, type RtpHeader } from "./packet.ts";

/** The profile of elements with headers of one byte. */
export const ONE_BYTE_PROFILE = 0xbede;

/** The profile of elements with headers of two bytes; its low four bits are the application's. */
export const TWO_BYTE_PROFILE = 0x1000;

/** The largest id of an element with a header of one byte; 15 ends the list (RFC 8285 §4.2). */
export const MAX_ONE_BYTE_ID = 14;

/** Elements that are looked at in one packet: more is nothing but work. */
const MAX_ELEMENTS = 64;

/** One element: its id, and `bytes[start, end)` is its value. */
export class ExtensionElement {
  id = 0;
  start = 0;
  end = 0;
}

/** Whether elements as of RFC 8285 are in the packet, of either form. */
export function hasElements(header: RtpHeader): boolean {
  return header.extensionProfile === ONE_BYTE_PROFILE || header.extensionProfile >>> 4 === TWO_BYTE_PROFILE >>> 4;
}

/**
 * Reads the element at `offset`, or behind the padding there, and returns the offset behind it; -1 when there is none. The first one
 * is at `header.extensionStart`. An element that reaches beyond the extension ends the list, as all after it is rubbish.
 */
export function nextElement(bytes: Uint8Array, header: RtpHeader, offset: number, into: ExtensionElement): number {
  const end = header.extensionEnd;
  const isOneByte = header.extensionProfile === ONE_BYTE_PROFILE;
  let o = offset;
  while (o < end && bytes[o] === 0) o++;
  if (o < end) {
    const first = bytes[o] as number;
    if (isOneByte) {
      const id = first >>> 4;
      // 15 ends the list, and so does a padding with a length: what follows is not to be considered (RFC 8285 §4.2).
      if (id === 0 || id > MAX_ONE_BYTE_ID) return -1;
      into.id = id;
      into.start = o + 1;
      into.end = o + 2 + (first & 0x0f);
    } else {
      if (o + 2 > end) return -1;
      into.id = first;
      into.start = o + 2;
      into.end = o + 2 + (bytes[o + 1] as number);
    }
    if (into.end <= end) return into.end;
  }
  return -1;
}

/** Finds the element with this id. False when there is none. */
export function findElement(bytes: Uint8Array, header: RtpHeader, id: number, into: ExtensionElement): boolean {
  if (id === 0 || !hasElements(header)) return false;
  let o = header.extensionStart;
  for (let count = 0; count < MAX_ELEMENTS; count++) {
    o = nextElement(bytes, header, o, into);
    if (o < 0) return false;
    if (into.id === id) return true;
  }
  return false;
}

/** Begins an extension at `offset`, behind the header and its CSRCs; returns where its first element goes. */
export function startElements(offset: number): number {
  return offset + 4;
}

/**
 * Writes the header of an element and returns where its value goes. Values of 1 to 16 bytes and ids up to 14 fit into the form of one
 * byte, all others want `twoByte`; a packet has one form.
 */
export function writeElementHeader(out: Uint8Array, offset: number, twoByte: boolean, id: number, length: number): number {
  if (!twoByte) {
    out[offset] = (id << 4) | (length - 1);
    return offset + 1;
  }
  out[offset] = id;
  out[offset + 1] = length;
  return offset + 2;
}

/**
 * Ends the extension that began at `extension`, in the packet that begins at `packet`: pads it, writes its length, and returns the
 * offset behind it. When no element was written there is no extension.
 */
export function endElements(out: Uint8Array, packet: number, extension: number, offset: number, twoByte: boolean): number {
  if (offset === extension + 4) return extension;
  let o = offset;
  while (((o - extension) & 3) !== 0) out[o++] = 0;
  setU16(out, extension, twoByte ? TWO_BYTE_PROFILE : ONE_BYTE_PROFILE);
  setU16(out, extension + 2, (o - extension) / 4 - 1);
  markExtension(out, packet);
  return o;
}

/** One line of `a=extmap`: what an id stands for. */
export interface ExtensionId {
  readonly uri: string;
  /** 1 to 255; those above 14 want headers of two bytes. */
  readonly id: number;
}

/** What the ids of one media section stand for. */
export class ExtensionMap {
  readonly #ids = new Map<string, number>();
  readonly #uris = new Map<number, string>();

  constructor(extensions: readonly ExtensionId[] = []) {
    for (const { uri, id } of extensions) {
      this.#ids.set(uri, id);
      this.#uris.set(id, uri);
    }
  }

  /** The id of an extension; 0 when it was not negotiated. */
  idOf(uri: string): number {
    return this.#ids.get(uri) ?? 0;
  }

  /** What an id stands for. */
  uriOf(id: number): string | undefined {
    return this.#uris.get(id);
  }

  /** Whether an id is too large for headers of one byte. */
  get needsTwoBytes(): boolean {
    for (const id of this.#uris.keys()) if (id > MAX_ONE_BYTE_ID) return true;
    return false;
  }
}
