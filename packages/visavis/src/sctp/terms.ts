/**
 * The terms of an association: what each side says of itself in its INIT or INIT ACK, and what follows from both.
 * RFC 9260 §5.1, with the extensions of RFC 3758, 6525, 8260 and 9653.
 *
 * An INIT may also be told ahead, in an SDP `a=sctp-init` line (SNAP, draft-hancke-tsvwg-snap): when each side knows the
 * other's, the association begins established, two round trips sooner. Inside DTLS the four-way handshake protects from nothing.
 */
import { equalBytes } from "../base/bytes.ts";
import { type Random, randomU32 } from "../base/random.ts";
import { type Serial32, serial } from "../base/serial.ts";
import { type AssociationOptions, DEFAULT_RECEIVE_BUFFER } from "./association-options.ts";
import { ChunkType, chunkLength } from "./packet/chunk.ts";
import { decodeInitChunk, encodeInitChunk, INIT_HEADER, type InitChunk, initChunkLength } from "./packet/init-chunk.ts";
import { ReceiveWindow } from "./rx/receive-window.ts";
import type { StateCookie } from "./state-cookie.ts";

/** RFC 9260 §3.3.2: a receiver has room for so many bytes at least. */
const LEAST_WINDOW = 1500;
/** RFC 9653 §4: the alternate error detection method that is SCTP over DTLS. */
const ERROR_DETECTION_BY_DTLS: Uint8Array = Uint8Array.of(0, 0, 0, 1);
/** Bytes of an INIT that was told ahead: no description needs more. */
const MAX_TOLD_INIT = 2048;

/** What both sides agreed on. */
export type Terms = Omit<StateCookie, "localTieTag" | "remoteTieTag" | "createdAt">;

/** What an INIT says of its sender. */
export type Capabilities = Pick<StateCookie, "partialReliability" | "reconfiguration" | "interleaving" | "zeroChecksum">;

/** Our INIT or INIT ACK. */
export function initOf(
  options: AssociationOptions,
  type: InitChunk["type"],
  tag: number,
  initialTsn: Serial32,
  extra: Partial<InitChunk["parameters"]>,
): Uint8Array {
  const chunk: InitChunk = {
    type,
    initiateTag: tag,
    advertisedWindow: Math.max(new ReceiveWindow(options.receiveBufferLimit ?? DEFAULT_RECEIVE_BUFFER).size, LEAST_WINDOW),
    outboundStreams: options.outboundStreams ?? 65535,
    inboundStreams: options.inboundStreams ?? 65535,
    initialTsn,
    parameters: { ...ownParameters(options), ...extra },
  };
  const bytes = new Uint8Array(initChunkLength(chunk));
  encodeInitChunk(chunk, bytes, 0);
  return bytes;
}

/** What we say of ourselves in INIT and INIT ACK. */
function ownParameters({ features }: AssociationOptions): InitChunk["parameters"] {
  const supportedExtensions: number[] = [ChunkType.RE_CONFIG, ChunkType.FORWARD_TSN];
  if (features?.interleaving !== false) supportedExtensions.push(ChunkType.I_DATA, ChunkType.I_FORWARD_TSN);
  const zeroChecksum = features?.zeroChecksum !== false && { zeroChecksumAcceptable: ERROR_DETECTION_BY_DTLS };
  return { forwardTsnSupported: true, supportedExtensions, ...zeroChecksum };
}

/** What can be used with a side that says this. */
export function capabilitiesOf({ features }: AssociationOptions, { parameters }: InitChunk): Capabilities {
  const { supportedExtensions: extensions = [], forwardTsnSupported, zeroChecksumAcceptable } = parameters;
  // RFC 8260 §2.2.1: both sides list I-DATA.
  const interleaving = features?.interleaving !== false && extensions.includes(ChunkType.I_DATA);
  return {
    interleaving,
    // RFC 8260 §2.3.1: with I-DATA nothing can be given up unless both know I-FORWARD-TSN.
    partialReliability: interleaving
      ? extensions.includes(ChunkType.I_FORWARD_TSN)
      : forwardTsnSupported === true || extensions.includes(ChunkType.FORWARD_TSN),
    reconfiguration: extensions.includes(ChunkType.RE_CONFIG),
    zeroChecksum:
      features?.zeroChecksum !== false &&
      zeroChecksumAcceptable !== undefined &&
      equalBytes(zeroChecksumAcceptable, ERROR_DETECTION_BY_DTLS),
  };
}

/** RFC 9260 §3.3.2, §3.3.3: what the terms of an association cannot be. */
export function isAcceptable({ initiateTag, outboundStreams, inboundStreams, advertisedWindow }: InitChunk): boolean {
  return initiateTag !== 0 && outboundStreams > 0 && inboundStreams > 0 && advertisedWindow >= LEAST_WINDOW;
}

/** An INIT to be told ahead, with a fresh tag and TSN. The association must be made with the same options. */
export function createToldInit(
  options: Omit<AssociationOptions, "maxReceiveMessageSize"> & { readonly random: Random },
): Uint8Array {
  let tag = 0;
  while (tag === 0) tag = randomU32(options.random);
  const initialTsn = serial(options.faults?.initialTsn ?? randomU32(options.random));
  const bytes = initOf({ maxReceiveMessageSize: 0, ...options }, ChunkType.INIT, tag, initialTsn, {});
  return bytes.subarray(0, chunkLength(bytes, 0));
}

/** Whether the bytes are one INIT, and one that may begin an association. */
export function isToldInit(bytes: Uint8Array): boolean {
  return parseToldInit(bytes) !== undefined;
}

/** The terms that follow from both INITs; undefined when one of them is none, or they are the same. */
export function termsOf(options: AssociationOptions, local: Uint8Array, remote: Uint8Array): Terms | undefined {
  const ours = parseToldInit(local);
  const theirs = parseToldInit(remote);
  // Whoever gives back what it was told has only repeated a line that it does not know.
  if (ours === undefined || theirs === undefined || equalBytes(local, remote)) return undefined;
  return {
    localTag: ours.initiateTag,
    remoteTag: theirs.initiateTag,
    localInitialTsn: ours.initialTsn,
    remoteInitialTsn: theirs.initialTsn,
    remoteWindow: theirs.advertisedWindow,
    outboundStreams: Math.min(ours.outboundStreams, theirs.inboundStreams),
    inboundStreams: Math.min(ours.inboundStreams, theirs.outboundStreams),
    ...capabilitiesOf(options, theirs),
  };
}

/** Reads an INIT that was told ahead; its last padding may be there or not. */
function parseToldInit(bytes: Uint8Array): InitChunk | undefined {
  if (bytes.length < INIT_HEADER || bytes.length > MAX_TOLD_INIT) return undefined;
  const length = chunkLength(bytes, 0);
  if (bytes.length < length || bytes.length > ((length + 3) & ~3)) return undefined;
  const init = decodeInitChunk(bytes, 0, bytes.length);
  return init?.type === ChunkType.INIT && isAcceptable(init) ? init : undefined;
}
