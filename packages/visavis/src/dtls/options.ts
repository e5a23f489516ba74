/**
 * The options of a connection, and what is assumed where they say nothing.
 */
import type { Random } from "../base/random.ts";
import type { Certificate } from "../crypto/certificate.ts";
import type { Fingerprint } from "../crypto/fingerprint.ts";
import { DEFAULT_GROUPS, groupName, isGroupOf12 } from "./groups.ts";
import type { DtlsRole, HandshakeSettings } from "./handshake-context.ts";
import { DtlsVersion } from "./version.ts";

const DEFAULT_MTU = 1200;

/** The smallest datagram that a handshake is cut into with sense. */
const MIN_MTU = 256;

const DEFAULT_RETRANSMIT_AFTER = 100;

/** Our certificate is sent in one message, which is built in a buffer of this kind. */
const MAX_CERTIFICATE = 12_288;

/** What a connection is made of. */
export interface DtlsOptions {
  readonly role: DtlsRole;
  readonly certificate: Certificate;
  readonly random: Random;
  /** What signalling promised; one of a known algorithm must match. */
  readonly remoteFingerprints: readonly Fingerprint[];
  /** Default 1.3. */
  readonly maxVersion?: DtlsVersion;
  /** Default 1.2. */
  readonly minVersion?: DtlsVersion;
  /** Numbers of named groups, best first; default X25519MLKEM768, X25519, P-256. */
  readonly groups?: readonly number[];
  /** Numbers of SRTP protection profiles, best first; none by default, and then use_srtp is not used. */
  readonly srtpProfiles?: readonly number[];
  /** The longest datagram of the handshake, in bytes of UDP payload; default 1200, at least 256. */
  readonly mtu?: number;
  /**
   * Whether a server sends a cookie before it does any work (HelloVerifyRequest, HelloRetryRequest). Default false, which is
   * right where the address was proven before, as ICE does; otherwise a forged address makes the server an amplifier.
   */
  readonly cookie?: boolean;
  /** Time to the first retransmission of a flight, in milliseconds; default 100. It doubles each time. */
  readonly retransmitAfter?: number;
  /** Records after which 1.3 changes its keys, where that is sooner than the cipher demands. */
  readonly keyUpdateAfter?: number;
}

/** Fills in what is not said. @throws RangeError when the options contradict each other */
export function settingsOf(options: DtlsOptions): HandshakeSettings {
  const { role, certificate, random, remoteFingerprints } = options;
  const maxVersion = options.maxVersion ?? DtlsVersion.V1_3;
  const minVersion = options.minVersion ?? DtlsVersion.V1_2;
  const groups = options.groups ?? DEFAULT_GROUPS;
  const mtu = options.mtu ?? DEFAULT_MTU;
  // A newer version has a smaller number.
  if (maxVersion > minVersion) throw new RangeError("maxVersion is older than minVersion");
  if (groups.length === 0 || groups.some((group) => groupName(group) === undefined)) {
    throw new RangeError("groups must be some of X25519MLKEM768, X25519 and P-256");
  }
  if (maxVersion === DtlsVersion.V1_2 && !groups.some(isGroupOf12)) throw new RangeError("DTLS 1.2 has none of these groups");
  if (!(mtu >= MIN_MTU)) throw new RangeError(`mtu must be at least ${MIN_MTU}`);
  if (certificate.der.length > MAX_CERTIFICATE) throw new RangeError("the certificate is too long");
  return {
    role,
    certificate,
    random,
    remoteFingerprints,
    minVersion,
    maxVersion,
    groups,
    srtpProfiles: options.srtpProfiles ?? [],
    cookie: options.cookie ?? false,
    mtu,
    retransmitAfter: options.retransmitAfter ?? DEFAULT_RETRANSMIT_AFTER,
  };
}
