/**
 * Multicast DNS messages, as far as looking up host names needs them: RFC 6762 §5.1, §6, §18, over RFC 1035 §4.
 */
import { createRequire } from "node:module";
import type * as dns from "dns-packet";
import { canonicalIpAddress } from "../base/ip-address.ts";

/** Larger messages are not looked at: RFC 6762 §17 allows up to 9000 bytes with headers. */
const MAX_MESSAGE = 9000;

/** Names that fit one question message well below any MTU. */
export const NAMES_PER_QUERY = 8;

/**
 * dns-packet, loaded when there is the first message. It is made of CommonJS modules, which an import statement would load
 * with every program at a third of the time that all of this library takes.
 */
let loaded: typeof dns | undefined;
function dnsPacket(): typeof dns {
  loaded ??= createRequire(import.meta.url)("dns-packet") as typeof dns;
  return loaded;
}

const LOCAL_NAME = /^(?:[a-z0-9_-]{1,63}\.){1,8}local$/;

/** The form in which a `.local` name is asked for and compared; undefined when it is none. */
export function canonicalLocalName(name: string): string | undefined {
  const lower = name.toLowerCase().replace(/\.$/, "");
  return lower.length <= 253 && LOCAL_NAME.test(lower) ? lower : undefined;
}

/** Memory as dns-packet wants it: it reads with Buffer's methods. */
function asBuffer(bytes: Uint8Array): Parameters<typeof dns.decode>[0] {
  // biome-ignore lint/style/noRestrictedGlobals: dns-packet takes nothing else; no bytes are copied and none escape
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Questions for the IPv4 and IPv6 addresses of canonical names. */
export function encodeMdnsQuery(names: readonly string[]): Uint8Array {
  const questions = names.flatMap((name) => [
    { type: "A" as const, name },
    { type: "AAAA" as const, name },
  ]);
  return new Uint8Array(dnsPacket().encode({ type: "query", id: 0, flags: 0, questions }));
}

/** One address of one name. */
export interface MdnsAddress {
  /** Canonical. */
  readonly name: string;
  /** Canonical. */
  readonly address: string;
}

/** The addresses that a response tells; undefined when it is no well-formed response. Never throws. */
export function decodeMdnsResponse(bytes: Uint8Array): MdnsAddress[] | undefined {
  if (bytes.length < 12 || bytes.length > MAX_MESSAGE) return undefined;
  // Only responses without an error are of interest: QR is set, opcode and response code are zero.
  if (((bytes[2] as number) & 0xf8) !== 0x80 || ((bytes[3] as number) & 0x0f) !== 0) return undefined;
  const { decode } = dnsPacket();
  let message: dns.DecodedPacket;
  try {
    message = decode(asBuffer(bytes));
  } catch {
    return undefined;
  }
  // A record that is cut short is read as zeros; what was read then reaches beyond the end.
  if (decode.bytes > bytes.length) return undefined;
  const found: MdnsAddress[] = [];
  for (const record of [...(message.answers ?? []), ...(message.additionals ?? [])]) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    const name = canonicalLocalName(record.name);
    const address = typeof record.data === "string" ? canonicalIpAddress(record.data) : undefined;
    // A record with a lifetime of zero says good-bye (RFC 6762 §10.1).
    if (name !== undefined && address !== undefined && record.ttl !== 0) found.push({ name, address });
  }
  return found;
}
