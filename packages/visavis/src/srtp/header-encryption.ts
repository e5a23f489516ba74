/**
 * Encrypted header extensions (RFC 6904): the data of chosen elements is XORed with a key stream of its own, which is that of AES-CM
 * with every profile (RFC 7714 §8.3). It begins with the first byte behind the extension's header; identifiers and lengths stay.
 */
import { setU32, u8, u16, u32 } from "../base/bytes.ts";
import { CounterKey } from "../crypto/counter-mode.ts";
import type { DerivedKeys } from "./keys.ts";
import { csrcLengthOf, EXTENSION_BIT, EXTENSION_HEADER_LENGTH, FIXED_LENGTH } from "./rtp-shape.ts";

const ONE_BYTE = 0xbede;
/** The last four bits are the application's (RFC 8285 §4.3). */
const TWO_BYTE = 0x100;

/** The keys for it of one direction, and which elements are meant. */
export class HeaderEncryption {
  readonly #key: CounterKey;
  readonly #salt: Uint8Array;
  readonly #iv = new Uint8Array(16);
  readonly #ids: ReadonlySet<number>;

  /** @param ids identifiers of the elements that are encrypted */
  constructor({ key, salt }: DerivedKeys["header"], ids: ReadonlySet<number>) {
    this.#key = new CounterKey(key);
    this.#salt = salt;
    this.#ids = ids;
  }

  /** Encrypts or decrypts, which is the same, the elements of a packet whose shape is known to be right. */
  apply(bytes: Uint8Array, start: number, rollover: number, sequence: number): void {
    if ((u8(bytes, start) & EXTENSION_BIT) === 0) return;
    const header = start + FIXED_LENGTH + csrcLengthOf(bytes, start);
    const profile = u16(bytes, header);
    const body = header + EXTENSION_HEADER_LENGTH;
    const end = body + 4 * u16(bytes, header + 2);
    if (profile === ONE_BYTE) this.#walk(bytes, start, body, end, rollover, sequence, 1);
    else if (profile >> 4 === TWO_BYTE) this.#walk(bytes, start, body, end, rollover, sequence, 2);
  }

  /** @param size bytes of an element's header */
  #walk(bytes: Uint8Array, start: number, body: number, end: number, rollover: number, sequence: number, size: 1 | 2): void {
    let stream: Uint8Array | undefined;
    let at = body;
    while (at < end) {
      const first = u8(bytes, at);
      // Padding.
      if (first === 0) {
        at++;
        continue;
      }
      const id = size === 1 ? first >> 4 : first;
      // RFC 8285 §4.2: nothing behind this identifier is looked at.
      if (size === 1 && id === 15) return;
      if (size === 2 && at + 1 >= end) return;
      const data = at + size;
      const length = size === 1 ? (first & 0x0f) + 1 : u8(bytes, at + 1);
      if (data + length > end) return;
      if (this.#ids.has(id)) {
        stream ??= this.#stream(u32(bytes, start + 8), rollover, sequence, end - body);
        for (let i = data; i < data + length; i++) bytes[i] = u8(bytes, i) ^ u8(stream, i - body);
      }
      at = data + length;
    }
  }

  #stream(ssrc: number, rollover: number, sequence: number, length: number): Uint8Array {
    const iv = this.#iv;
    iv.fill(0);
    iv.set(this.#salt);
    setU32(iv, 4, u32(iv, 4) ^ ssrc);
    setU32(iv, 8, u32(iv, 8) ^ rollover);
    setU32(iv, 12, u32(iv, 12) ^ (sequence << 16));
    return this.#key.stream(iv, length);
  }
}
