/**
 * Keys of SRTP: the master keys that a DTLS handshake gives (RFC 5764 §4.2), and the session keys that come of each
 * (RFC 3711 §4.3, RFC 6188 §3 for 256 bits, RFC 7714 §11 for AEADs, RFC 6904 §2.1 for header extensions).
 */
import { CounterKey } from "../crypto/counter-mode.ts";
import { parametersOf, type SrtpProfile } from "./profile.ts";

/** What is exported from a DTLS connection under this label (RFC 5764 §4.2). */
export const EXPORTER_LABEL = "EXTRACTOR-dtls_srtp";

/** The master key and salt of one direction. */
export interface SrtpKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** How many bytes are to be exported for a profile. */
export function exportLength(profile: SrtpProfile): number {
  const { keyLength, saltLength } = parametersOf(profile);
  return 2 * (keyLength + saltLength);
}

/**
 * The master keys of both directions out of what a DTLS connection exported:
 *
 * ```
 * | client key | server key | client salt | server salt |
 * ```
 *
 * The client protects with the client's.
 * @param role our role in DTLS
 * @throws RangeError when it is not as much as {@link exportLength} says
 */
export function srtpKeys(
  profile: SrtpProfile,
  exported: Uint8Array,
  role: "client" | "server",
): { readonly local: SrtpKey; readonly remote: SrtpKey } {
  if (exported.length !== exportLength(profile)) throw new RangeError("exported keys of the wrong size");
  const { keyLength, saltLength } = parametersOf(profile);
  const salts = 2 * keyLength;
  const client = { key: exported.slice(0, keyLength), salt: exported.slice(salts, salts + saltLength) };
  const server = { key: exported.slice(keyLength, salts), salt: exported.slice(salts + saltLength) };
  return role === "client" ? { local: client, remote: server } : { local: server, remote: client };
}

/** Labels of key derivation (RFC 3711 §4.3.2, RFC 6904 §2.1). */
const Label = { RTP: 0, RTP_AUTH: 1, RTP_SALT: 2, RTCP: 3, RTCP_AUTH: 4, RTCP_SALT: 5, HEADER: 6, HEADER_SALT: 7 } as const;

/** The keys of one kind of packet in one direction. */
export interface SessionKeys {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** Empty with AEADs. */
  readonly authKey: Uint8Array;
}

/** Everything that comes of a master key. */
export interface DerivedKeys {
  readonly rtp: SessionKeys;
  readonly rtcp: SessionKeys;
  /** For encrypted header extensions, which is AES-CM with every profile; a shorter salt is filled up with zeros. */
  readonly header: Pick<SessionKeys, "key" | "salt">;
}

/** Derives the session keys, once: the key derivation rate is zero in DTLS-SRTP. */
export function deriveKeys(profile: SrtpProfile, master: SrtpKey): DerivedKeys {
  const { keyLength, saltLength, authKeyLength } = parametersOf(profile);
  const generator = new CounterKey(master.key);
  const derive = (label: number, length: number): Uint8Array => {
    if (length === 0) return new Uint8Array(0);
    const iv = new Uint8Array(16);
    iv.set(master.salt);
    // The label is the eighth byte of key_id, the 48 bits behind it are the index, which is zero.
    iv[7] = (iv[7] as number) ^ label;
    return generator.stream(iv, length);
  };
  return {
    rtp: {
      key: derive(Label.RTP, keyLength),
      salt: derive(Label.RTP_SALT, saltLength),
      authKey: derive(Label.RTP_AUTH, authKeyLength),
    },
    rtcp: {
      key: derive(Label.RTCP, keyLength),
      salt: derive(Label.RTCP_SALT, saltLength),
      authKey: derive(Label.RTCP_AUTH, authKeyLength),
    },
    header: { key: derive(Label.HEADER, keyLength), salt: derive(Label.HEADER_SALT, saltLength) },
  };
}
