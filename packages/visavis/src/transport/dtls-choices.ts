/**
 * Choices for the DTLS engine in words, and their numbers on the wire.
 */
import { NamedGroup } from "../dtls/groups.ts";
import type { DtlsOptions } from "../dtls/options.ts";
import { DtlsVersion } from "../dtls/version.ts";

/** The key exchange groups of the DTLS engine. */
export type DtlsGroupName = "X25519MLKEM768" | "X25519" | "P-256";

/** What may be chosen; each has a default. */
export interface DtlsChoices {
  /** The highest version that is offered or accepted; default "1.3". */
  readonly maxVersion?: "1.2" | "1.3";
  /** Key exchange groups, best first; all by default. */
  readonly groups?: readonly DtlsGroupName[];
  /** As the server, answer the first ClientHello with a cookie; default false, because ICE has proved the address. */
  readonly cookie?: boolean;
}

const GROUPS: Readonly<Record<DtlsGroupName, number>> = {
  X25519MLKEM768: NamedGroup.X25519MLKEM768,
  X25519: NamedGroup.X25519,
  "P-256": NamedGroup.SECP256R1,
};

/**
 * AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714 §14.2), SRTP_AES128_CM_HMAC_SHA1_80 (RFC 8827 §6.5), best first. Asked for without
 * media too, as browsers do: media may come later over the same association, and some peers end a handshake without a profile.
 */
const SRTP_PROFILES: readonly number[] = [7, 8, 1];

/** The options of the engine for these choices; what is not chosen stays away. */
export function dtlsOptionsOf(choices: DtlsChoices): Pick<DtlsOptions, "maxVersion" | "groups" | "cookie" | "srtpProfiles"> {
  const { maxVersion, groups, cookie } = choices;
  return {
    srtpProfiles: SRTP_PROFILES,
    ...(maxVersion !== undefined && { maxVersion: maxVersion === "1.2" ? DtlsVersion.V1_2 : DtlsVersion.V1_3 }),
    ...(groups !== undefined && { groups: groups.map((name) => GROUPS[name]) }),
    ...(cookie !== undefined && { cookie }),
  };
}
