/**
 * base64url without padding (RFC 4648 §5): the spelling of numbers in a JSON Web Key, which is the fastest way to hand
 * raw key bytes to `node:crypto` and back.
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map(Array.from(ALPHABET, (character, value) => [character, value]));

/** The text of `bytes`. */
export function toBase64Url(bytes: Uint8Array): string {
  let out = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += ALPHABET.charAt((held >>> bits) & 63);
    }
  }
  if (bits > 0) out += ALPHABET.charAt((held << (6 - bits)) & 63);
  return out;
}

/** The bytes of `text`. @throws RangeError when a character is not of the alphabet */
export function fromBase64Url(text: string): Uint8Array {
  const out = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === undefined) throw new RangeError("not base64url text");
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = held >>> bits;
    }
  }
  return out;
}
