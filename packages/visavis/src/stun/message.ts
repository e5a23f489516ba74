/**
 * The STUN message: header and the walk over its attributes. RFC 8489 §5, §6.3.
 * https://www.rfc-editor.org/rfc/rfc8489#section-5
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   Magic Cookie = 0x2112A442                   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The 14 bits of the type interleave method (M) and class (C): M11..M7 C1 M6..M4 C0 M3..M0.
 */
import { padded4, setBytes, setU16, setU32, u8, u16, u32 } from "../base/bytes.ts";
import { type Random, randomBytes } from "../base/random.ts";
import { AttributeType, isComprehensionRequired } from "./attribute-type.ts";

/** The constant that tells STUN from other protocols on the same port. */
export const MAGIC_COOKIE = 0x2112a442;

/** Bytes of the header. */
export const HEADER_LENGTH = 20;

/** More attributes than this make a message malformed; real ones have about ten. */
const MAX_ATTRIBUTES = 64;

/** What a message is in its transaction. */
export const StunClass = { REQUEST: 0, INDICATION: 1, SUCCESS: 2, ERROR: 3 } as const;
/** One of {@link StunClass}. */
export type StunClass = (typeof StunClass)[keyof typeof StunClass];

/** What a transaction is about: RFC 8489 §18.2, RFC 8656 §17. */
export const StunMethod = {
  BINDING: 0x001,
  ALLOCATE: 0x003,
  REFRESH: 0x004,
  SEND: 0x006,
  DATA: 0x007,
  CREATE_PERMISSION: 0x008,
  CHANNEL_BIND: 0x009,
} as const;

declare const transactionId: unique symbol;

/** The 96 bits that tie a response to its request, as 24 lower-case hexadecimal digits. */
export type TransactionId = string & { readonly [transactionId]: true };

/** Where an attribute's value lies. */
export interface StunAttribute {
  readonly type: number;
  /** Offset of the value in the message's bytes. */
  readonly offset: number;
  /** Bytes of the value, without padding. */
  readonly length: number;
}

/** A message whose header and attribute lengths have been proven. */
export interface StunMessage {
  /** The whole message; a view of the datagram. */
  readonly bytes: Uint8Array;
  readonly class: StunClass;
  readonly method: number;
  readonly transactionId: TransactionId;
  /** All attributes in order; those behind an integrity attribute are left out, as RFC 8489 §14.5 says. */
  readonly attributes: readonly StunAttribute[];
}

/** Twelve bytes as hexadecimal digits, by words: most ids are read by code that is not compiled yet. */
function idOf(bytes: Uint8Array, offset: number): TransactionId {
  return (digits(u32(bytes, offset)) + digits(u32(bytes, offset + 4)) + digits(u32(bytes, offset + 8))) as TransactionId;
}

function digits(word: number): string {
  return word.toString(16).padStart(8, "0");
}

/** A fresh transaction id. */
export function createTransactionId(random: Random): TransactionId {
  return idOf(randomBytes(random, 12), 0);
}

/** Whether a datagram may be STUN: RFC 8489 §6.3 without looking at attributes. */
export function looksLikeStun(bytes: Uint8Array, offset: number, end: number): boolean {
  return end - offset >= HEADER_LENGTH && u8(bytes, offset) < 0x40 && u32(bytes, offset + 4) === MAGIC_COOKIE;
}

/** Walks the attributes of `bytes`, which is one whole message; undefined when a length is wrong. */
function decodeAttributes(bytes: Uint8Array): StunAttribute[] | undefined {
  const attributes: StunAttribute[] = [];
  // After MESSAGE-INTEGRITY only MESSAGE-INTEGRITY-SHA256 and FINGERPRINT count, after FINGERPRINT nothing does.
  let sealed: "open" | "integrity" | "integrity-sha256" | "fingerprint" = "open";
  for (let at = HEADER_LENGTH; at < bytes.length; ) {
    if (at + 4 > bytes.length) return undefined;
    const type = u16(bytes, at);
    const length = u16(bytes, at + 2);
    const offset = at + 4;
    if (offset + padded4(length) > bytes.length) return undefined;
    at = offset + padded4(length);
    const counts =
      sealed === "open" ||
      (sealed === "integrity" && type === AttributeType.MESSAGE_INTEGRITY_SHA256) ||
      (sealed !== "fingerprint" && type === AttributeType.FINGERPRINT);
    if (!counts) continue;
    if (attributes.length >= MAX_ATTRIBUTES) return undefined;
    attributes.push({ type, offset, length });
    if (type === AttributeType.MESSAGE_INTEGRITY) sealed = "integrity";
    else if (type === AttributeType.MESSAGE_INTEGRITY_SHA256) sealed = "integrity-sha256";
    else if (type === AttributeType.FINGERPRINT) sealed = "fingerprint";
  }
  return attributes;
}

/**
 * The message in `bytes[offset, end)`, which must fill it exactly; undefined when it is not well-formed STUN.
 * The result is a view: the bytes must stay as they are.
 */
export function decodeMessage(bytes: Uint8Array, offset: number = 0, end: number = bytes.length): StunMessage | undefined {
  if (!looksLikeStun(bytes, offset, end)) return undefined;
  const length = u16(bytes, offset + 2);
  if (length % 4 !== 0 || offset + HEADER_LENGTH + length !== end) return undefined;
  const message = bytes.subarray(offset, end);
  const attributes = decodeAttributes(message);
  if (attributes === undefined) return undefined;
  const type = u16(message, 0);
  return {
    bytes: message,
    class: (((type >>> 7) & 2) | ((type >>> 4) & 1)) as StunClass,
    method: (type & 0x000f) | ((type & 0x00e0) >>> 1) | ((type & 0x3e00) >>> 2),
    transactionId: idOf(message, 8),
    attributes,
  };
}

/** The first attribute of this type, the only one that counts (RFC 8489 §14). */
export function findAttribute(message: StunMessage, type: number): StunAttribute | undefined {
  return message.attributes.find((attribute) => attribute.type === type);
}

/** The value of the first attribute of this type, as a view. */
export function attributeValue(message: StunMessage, type: number): Uint8Array | undefined {
  const attribute = findAttribute(message, type);
  return attribute && message.bytes.subarray(attribute.offset, attribute.offset + attribute.length);
}

/** The comprehension-required types of `message` that are not among `known`, each once, in order: RFC 8489 §6.3.1. */
export function unknownAttributes(message: StunMessage, known: ReadonlySet<number>): number[] {
  const unknown = message.attributes.map(({ type }) => type).filter((type) => isComprehensionRequired(type) && !known.has(type));
  return [...new Set(unknown)];
}

/** Writes a header with length zero at `offset` and returns the offset behind it. `finishMessage` sets the length. */
export function encodeHeader(out: Uint8Array, offset: number, cls: StunClass, method: number, id: TransactionId): number {
  const type = (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2) | ((cls & 1) << 4) | ((cls & 2) << 7);
  setU16(out, offset, type);
  setU16(out, offset + 2, 0);
  setU32(out, offset + 4, MAGIC_COOKIE);
  for (let i = 0; i < 3; i++) setU32(out, offset + 8 + 4 * i, Number.parseInt(id.slice(8 * i, 8 * i + 8), 16));
  return offset + HEADER_LENGTH;
}

/** Sets the length of the message that began at `start` and now ends at `end`. */
export function finishMessage(out: Uint8Array, start: number, end: number): void {
  setU16(out, start + 2, end - start - HEADER_LENGTH);
}

/** Writes one attribute, padded with zeros, and returns the offset behind it. */
export function encodeAttribute(out: Uint8Array, offset: number, type: number, value: Uint8Array): number {
  setU16(out, offset, type);
  setU16(out, offset + 2, value.length);
  const end = setBytes(out, offset + 4, value);
  const padded = offset + 4 + padded4(value.length);
  out.fill(0, end, padded);
  return padded;
}
