/**
 * Multicast DNS messages, as far as host names need them: RFC 6762 §5.1, §6, §18, over RFC 1035 §4.
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

/** Questions about names. */
export interface MdnsQuery {
  readonly id: number;
  readonly questions: readonly {
    /** Canonical. */
    readonly name: string;
    readonly type: "A" | "AAAA" | "ANY";
    /** The answer may go to the asker alone: RFC 6762 §5.4. */
    readonly isUnicast: boolean;
  }[];
}

/** Questions of one message that are looked at. */
const MAX_QUESTIONS = 64;

/** The questions for addresses in a query; undefined when it is no well-formed query. Never throws. */
export function decodeMdnsQuery(bytes: Uint8Array): MdnsQuery | undefined {
  if (bytes.length < 12 || bytes.length > MAX_MESSAGE || ((bytes[2] as number) & 0xf8) !== 0) return undefined;
  const { decode } = dnsPacket();
  let message: dns.DecodedPacket;
  try {
    message = decode(asBuffer(bytes));
  } catch {
    return undefined;
  }
  if (decode.bytes > bytes.length) return undefined;
  const questions = (message.questions ?? []).slice(0, MAX_QUESTIONS).flatMap((question) => {
    const { type, class: group } = question;
    const name = canonicalLocalName(question.name);
    // The highest bit of the class asks for a unicast answer; dns-packet has no word for classes with it.
    const isUnicast = group !== "IN";
    const wanted = (type as string) === "ANY" ? "ANY" : type === "A" || type === "AAAA" ? type : undefined;
    return name === undefined || wanted === undefined ? [] : [{ name, type: wanted, isUnicast } as const];
  });
  return { id: message.id ?? 0, questions };
}

/** Seconds that an answer is believed: RFC 6762 §10; for those who do not follow changes §6.7. */
const TTL_SECONDS = 120;
const LEGACY_TTL_SECONDS = 10;

/**
 * Tells addresses of names.
 * @param legacy a query from another port than multicast DNS has: its asker wants to see its question again (RFC 6762 §6.7)
 */
export function encodeMdnsAnswer(addresses: readonly MdnsAddress[], legacy: MdnsQuery | undefined): Uint8Array {
  const isLegacy = legacy !== undefined;
  const { encode, AUTHORITATIVE_ANSWER } = dnsPacket();
  const answers = addresses.map(({ name, address }) => ({
    type: address.includes(":") ? ("AAAA" as const) : ("A" as const),
    name,
    data: address,
    ttl: isLegacy ? LEGACY_TTL_SECONDS : TTL_SECONDS,
    flush: !isLegacy,
  }));
  const questions = (legacy?.questions ?? []).map(({ name, type }) => ({ name, type: type as "A" }));
  return new Uint8Array(encode({ type: "response", id: legacy?.id ?? 0, flags: AUTHORITATIVE_ANSWER, questions, answers }));
}
