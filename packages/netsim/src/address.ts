/**
 * IP addresses as text and as bytes (RFC 4291 §2.2, RFC 5952 §4), with the zone of link-local ones (RFC 4007 §11).
 */

/** A parsed IP address. */
export interface Address {
  readonly family: 4 | 6;
  /** Canonical text, without the zone. */
  readonly text: string;
  /** 4 or 16 bytes in network order. */
  readonly bytes: Uint8Array;
  /** The interface named behind `%`; empty when there is none. */
  readonly zone: string;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1).map(Number);
  return parts.every((part) => part < 256) ? Uint8Array.from(parts) : undefined;
}

/** The 16-bit groups of one side of `::`; a dotted quad at the end of the address counts as two. */
function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const quad = atEnd && i === parts.length - 1 ? parseIpv4(part) : undefined;
    if (quad !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = quad;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const tail = parseGroups(halves[1] ?? "", true);
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** RFC 5952 §4: lower case, no leading zeros, the longest run of zero groups (at least two) as `::`. */
function printIpv6(groups: readonly number[]): string {
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > length) {
      start = i;
      length = run;
    }
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return start < 0 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

function parseFresh(text: string): Address | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return { family: 4, text: ipv4.join("."), bytes: ipv4, zone: "" };
  const percent = text.indexOf("%");
  const groups = parseIpv6(percent < 0 ? text : text.slice(0, percent));
  if (groups === undefined) return undefined;
  const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
  return { family: 6, text: printIpv6(groups), bytes, zone: percent < 0 ? "" : text.slice(percent + 1) };
}

/** Addresses seen before; a simulation has few. */
const seen = new Map<string, Address>();
const SEEN_LIMIT = 4096;

/** Parses an address; undefined when the text is none. */
export function parseAddress(text: string): Address | undefined {
  const known = seen.get(text);
  if (known !== undefined) return known;
  const address = parseFresh(text);
  if (address !== undefined) {
    if (seen.size >= SEEN_LIMIT) seen.clear();
    seen.set(text, address);
  }
  return address;
}

/** Whether it is a group: 224.0.0.0/4 or ff00::/8. */
export function isMulticast(address: Address): boolean {
  const first = address.bytes[0] as number;
  return address.family === 4 ? first >= 224 && first < 240 : first === 0xff;
}

/** Whether it is 169.254.0.0/16 or fe80::/10. */
export function isLinkLocal(address: Address): boolean {
  const [first = 0, second = 0] = address.bytes;
  return address.family === 4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80;
}

/** Whether it is 0.0.0.0 or ::. */
export function isWildcard(address: Address): boolean {
  return address.bytes.every((byte) => byte === 0);
}
