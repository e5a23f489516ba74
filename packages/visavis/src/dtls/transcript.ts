/**
 * The transcript of a handshake.
 *
 * 1.3 hashes messages with the header of TLS, four bytes (RFC 9147 §5.2); 1.2 with the twelve of DTLS, as if each had come
 * in one piece (RFC 6347 §4.2.6). Which one it is shows only in the ServerHello, so messages are kept until then; 1.2 keeps
 * them to the end, because its CertificateVerify signs the messages and not their hash.
 */
import { concatBytes, setU8, setU24 } from "../base/bytes.ts";
import { type HashName, TranscriptHash } from "../crypto/hash.ts";
import { encodeFragmentHeader, FRAGMENT_HEADER_LENGTH } from "./handshake/fragment.ts";
import { HandshakeType } from "./handshake/handshake-type.ts";
import { DtlsVersion } from "./version.ts";

const TLS_HEADER_LENGTH = 4;

interface Entry {
  readonly type: number;
  readonly seq: number;
  readonly body: Uint8Array;
}

/** The messages of one handshake, in order. */
export class Transcript {
  #entries: Entry[] = [];
  #version: DtlsVersion | undefined = undefined;
  #hash: TranscriptHash | undefined = undefined;

  /** Adds a message, ours or the peer's. The body is kept. */
  add(type: number, seq: number, body: Uint8Array): void {
    const entry = { type, seq, body };
    if (this.#version !== DtlsVersion.V1_3) this.#entries.push(entry);
    this.#feed(entry);
  }

  /** Starts anew: the hellos of 1.2's cookie exchange do not count (RFC 6347 §4.2.6). */
  restart(): void {
    this.#entries = [];
  }

  /** Fixes version and hash; what was added counts. */
  settle(version: DtlsVersion, hash: HashName): void {
    if (this.#hash !== undefined) return;
    this.#version = version;
    this.#hash = new TranscriptHash(hash);
    for (const entry of this.#entries) this.#feed(entry);
    if (version === DtlsVersion.V1_3) this.#entries = [];
  }

  /** Puts the synthetic message_hash in place of the first ClientHello, before the HelloRetryRequest is added (RFC 9846 §4.4.1). */
  retry(hash: HashName): void {
    this.settle(DtlsVersion.V1_3, hash);
    const body = this.digest();
    this.#hash = new TranscriptHash(hash);
    this.#feed({ type: HandshakeType.MESSAGE_HASH, seq: 0, body });
  }

  /** The hash of all messages so far. */
  digest(): Uint8Array {
    return this.#hash?.digest() ?? new Uint8Array(0);
  }

  /** All messages so far, as 1.2 signs them. */
  messages(): Uint8Array {
    return concatBytes(...this.#entries.flatMap((entry) => [headerOf(entry, DtlsVersion.V1_2), entry.body]));
  }

  #feed(entry: Entry): void {
    if (this.#hash === undefined || this.#version === undefined) return;
    this.#hash.update(headerOf(entry, this.#version));
    this.#hash.update(entry.body);
  }
}

function headerOf({ type, seq, body }: Entry, version: DtlsVersion): Uint8Array {
  if (version === DtlsVersion.V1_2) {
    const header = new Uint8Array(FRAGMENT_HEADER_LENGTH);
    encodeFragmentHeader(type, seq, body.length, 0, body.length, header, 0);
    return header;
  }
  const header = new Uint8Array(TLS_HEADER_LENGTH);
  setU24(header, setU8(header, 0, type), body.length);
  return header;
}
