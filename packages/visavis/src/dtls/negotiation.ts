/**
 * What both sides read from each other's hellos, and choose.
 */
import { Alert } from "./alert.ts";
import { fatal } from "./errors.ts";
import { type Extensions, ExtensionType } from "./handshake/extensions/extension.ts";
import { decodePointFormats, UNCOMPRESSED } from "./handshake/extensions/point-formats.ts";
import { decodeRecordSizeLimit } from "./handshake/extensions/record-size-limit.ts";
import type { HandshakeContext } from "./handshake-context.ts";
import { DtlsVersion } from "./version.ts";

/** Reads an extension's data. */
export type ExtensionDecoder<T> = (bytes: Uint8Array, offset: number, end: number) => T | undefined;

/** An extension of the peer; undefined when it sent none. @throws DtlsError `decode-error` when it is malformed */
export function readExtension<T>(extensions: Extensions, type: number, decode: ExtensionDecoder<T>): T | undefined {
  const data = extensions.get(type);
  if (data === undefined) return undefined;
  const value = decode(data, 0, data.length);
  if (value === undefined) throw fatal(Alert.DECODE_ERROR, `extension ${type} is malformed`);
  return value;
}

/** An extension that must be there. @throws DtlsError `missing-extension`, or `decode-error` when it is malformed */
export function requireExtension<T>(extensions: Extensions, type: number, decode: ExtensionDecoder<T>): T {
  const value = readExtension(extensions, type, decode);
  if (value === undefined) throw fatal(Alert.MISSING_EXTENSION, `extension ${type} is missing`);
  return value;
}

/** A message that was decoded. @throws DtlsError `decode-error` when it could not be */
export function decoded<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw fatal(Alert.DECODE_ERROR, `${name} is malformed`);
  return value;
}

/** The refusal of a message that has no place here. */
export function unexpected(type: number): never {
  throw fatal(Alert.UNEXPECTED_MESSAGE, `handshake message ${type} is out of place`);
}

/** @throws DtlsError `unsupported-extension` when the peer answers what nobody asked (RFC 9846 §4.2) */
export function requireAnswers(answer: Extensions, asked: (type: number) => boolean): void {
  for (const type of answer.keys()) {
    if (!asked(type)) throw fatal(Alert.UNSUPPORTED_EXTENSION, `extension ${type} was not asked for`);
  }
}

/**
 * Whoever lists the formats of points that it takes, must list the uncompressed one (RFC 8422 §5.1.2). 1.2 only.
 * @throws DtlsError `illegal-parameter` when it does not, `decode-error` when the list is malformed
 */
export function requireUncompressed(extensions: Extensions): void {
  const formats = readExtension(extensions, ExtensionType.EC_POINT_FORMATS, decodePointFormats);
  if (formats !== undefined && !formats.includes(UNCOMPRESSED)) {
    throw fatal(Alert.ILLEGAL_PARAMETER, "the peer does not take uncompressed points");
  }
}

/** The profile that a server chose of those that we offered. @throws DtlsError `illegal-parameter` */
export function chosenProfile(profiles: readonly number[] | undefined, offered: readonly number[]): number | undefined {
  if (profiles === undefined) return undefined;
  const profile = profiles[0];
  if (profiles.length !== 1 || profile === undefined || !offered.includes(profile)) {
    throw fatal(Alert.ILLEGAL_PARAMETER, "the server chose an SRTP profile that was not offered");
  }
  return profile;
}

/** Our best of what the peer offers; undefined when there is none in common. */
export function choose(ours: readonly number[], theirs: readonly number[] | undefined): number | undefined {
  return ours.find((one) => theirs?.includes(one) === true);
}

/** Takes the peer's record_size_limit, when there is one. @throws DtlsError `decode-error` when it is malformed or below 64 */
export function takeRecordSizeLimit(context: HandshakeContext, extensions: Extensions): void {
  const limit = readExtension(extensions, ExtensionType.RECORD_SIZE_LIMIT, decodeRecordSizeLimit);
  // RFC 8449 §4: 1.3 counts the content type.
  if (limit !== undefined) context.remoteRecordSizeLimit = context.version === DtlsVersion.V1_3 ? limit - 1 : limit;
}
