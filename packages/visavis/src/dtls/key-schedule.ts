/**
 * The key schedule of DTLS 1.3: that of RFC 9846 §7 with the label prefix of RFC 9147 §5.9.
 *
 * ```text
 *            0
 *            |
 *  0 ->  HKDF-Extract = Early Secret
 *            |
 *      Derive-Secret("derived")
 *            |
 *  (EC)DHE -> HKDF-Extract = Handshake Secret ---> c hs traffic, s hs traffic
 *            |
 *      Derive-Secret("derived")
 *            |
 *  0 ->  HKDF-Extract = Main Secret -------------> c ap traffic, s ap traffic, exp master
 * ```
 */
import { encodeUtf8, setBytes, setU8, setU16 } from "../base/bytes.ts";
import { IV_LENGTH, KEY_LENGTH } from "../crypto/aead.ts";
import { DIGEST_LENGTH, digest, type HashName, hmac } from "../crypto/hash.ts";
import { hkdfExpand, hkdfExtract } from "../crypto/hkdf.ts";
import type { CipherSuite } from "./cipher-suites.ts";
import type { Keys13 } from "./record/protection13.ts";

/** The prefix of labels in DTLS 1.3: no space behind it (RFC 9147 §5.9). */
export const LABEL_PREFIX = "dtls13";

const NOTHING = new Uint8Array(0);

/** HKDF-Expand-Label (RFC 9846 §7.1). */
export function expandLabel(
  hash: HashName,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
  prefix: string = LABEL_PREFIX,
): Uint8Array {
  const name = nameOf(prefix + label);
  const info = new Uint8Array(4 + name.length + context.length);
  let at = setU8(info, setU16(info, 0, length), name.length);
  at = setU8(info, setBytes(info, at, name), context.length);
  setBytes(info, at, context);
  return hkdfExpand(hash, secret, info, length);
}

/** The bytes of labels; there are a dozen, and every handshake needs most of them several times. Those of exporters are the user's. */
const names = new Map<string, Uint8Array>();
const MOST_NAMES = 64;

function nameOf(label: string): Uint8Array {
  const known = names.get(label);
  if (known !== undefined) return known;
  const name = encodeUtf8(label);
  if (names.size < MOST_NAMES) names.set(label, name);
  return name;
}

/** Derive-Secret (RFC 9846 §7.1); the transcript is given by its hash. */
function deriveSecret(
  hash: HashName,
  secret: Uint8Array,
  label: string,
  transcriptHash: Uint8Array,
  prefix: string = LABEL_PREFIX,
): Uint8Array {
  return expandLabel(hash, secret, label, transcriptHash, DIGEST_LENGTH[hash], prefix);
}

/** The traffic secrets of both sides. */
export interface TrafficSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** The secrets of one handshake, from the shared secret on. */
export class KeySchedule {
  readonly #suite: CipherSuite;
  readonly #prefix: string;
  #secret: Uint8Array;

  /**
   * @param sharedSecret of the key exchange
   * @param prefix of labels; another one makes it the schedule of TLS, for which there are published vectors
   */
  constructor(suite: CipherSuite, sharedSecret: Uint8Array, prefix: string = LABEL_PREFIX) {
    this.#suite = suite;
    this.#prefix = prefix;
    const zeros = new Uint8Array(DIGEST_LENGTH[suite.hash]);
    this.#secret = hkdfExtract(suite.hash, zeros, zeros);
    this.#advance(sharedSecret);
  }

  /** The secrets of epoch 2. @param helloHash of the transcript up to the ServerHello */
  handshakeSecrets(helloHash: Uint8Array): TrafficSecrets {
    return this.#pair("hs", helloHash);
  }

  /** Goes on to the main secret, from which the next two calls derive. */
  advanceToMain(): void {
    this.#advance(new Uint8Array(DIGEST_LENGTH[this.#suite.hash]));
  }

  /** The secrets of epoch 3. @param finishedHash of the transcript up to the server's Finished */
  applicationSecrets(finishedHash: Uint8Array): TrafficSecrets {
    return this.#pair("ap", finishedHash);
  }

  /** The secret of exporters. @param finishedHash of the transcript up to the server's Finished */
  exporterSecret(finishedHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#suite.hash, this.#secret, "exp master", finishedHash, this.#prefix);
  }

  #pair(kind: string, transcriptHash: Uint8Array): TrafficSecrets {
    const { hash } = this.#suite;
    const secret = this.#secret;
    return {
      client: deriveSecret(hash, secret, `c ${kind} traffic`, transcriptHash, this.#prefix),
      server: deriveSecret(hash, secret, `s ${kind} traffic`, transcriptHash, this.#prefix),
    };
  }

  #advance(input: Uint8Array): void {
    const { hash } = this.#suite;
    this.#secret = hkdfExtract(hash, deriveSecret(hash, this.#secret, "derived", digest(hash), this.#prefix), input);
  }
}

/** The keys of one direction in one epoch (RFC 9846 §7.3, RFC 9147 §4.2.3). */
export function trafficKeys(suite: CipherSuite, secret: Uint8Array): Keys13 {
  const length = KEY_LENGTH[suite.aead];
  return {
    aead: suite.aead,
    key: expandLabel(suite.hash, secret, "key", NOTHING, length),
    iv: expandLabel(suite.hash, secret, "iv", NOTHING, IV_LENGTH),
    sequenceNumberKey: expandLabel(suite.hash, secret, "sn", NOTHING, length),
  };
}

/** The traffic secret that follows a KeyUpdate (RFC 9846 §7.2). */
export function nextSecret(suite: CipherSuite, secret: Uint8Array): Uint8Array {
  return expandLabel(suite.hash, secret, "traffic upd", NOTHING, DIGEST_LENGTH[suite.hash]);
}

/** The verify_data of a Finished (RFC 9846 §4.4.4). @param secret the sender's handshake traffic secret */
export function finishedData(suite: CipherSuite, secret: Uint8Array, transcriptHash: Uint8Array): Uint8Array {
  const key = expandLabel(suite.hash, secret, "finished", NOTHING, DIGEST_LENGTH[suite.hash]);
  return hmac(suite.hash, key, transcriptHash);
}

/** TLS-Exporter (RFC 9846 §7.5); no context is the same as an empty one. */
export function exportKeyingMaterial13(
  suite: CipherSuite,
  exporterSecret: Uint8Array,
  label: string,
  context: Uint8Array | undefined,
  length: number,
): Uint8Array {
  const { hash } = suite;
  const secret = deriveSecret(hash, exporterSecret, label, digest(hash));
  return expandLabel(hash, secret, "exporter", digest(hash, context ?? NOTHING), length);
}
