/**
 * Protection profiles of DTLS-SRTP (RFC 5764 §4.1.2, RFC 7714 §14.2): which cipher, which tag, how long keys and salts are.
 */

/** The profiles, by the names of their registry. */
export const SrtpProfile = {
  AES128_CM_SHA1_80: 1,
  AES128_CM_SHA1_32: 2,
  AEAD_AES_128_GCM: 7,
  AEAD_AES_256_GCM: 8,
} as const;

/** A profile's number in use_srtp. */
export type SrtpProfile = (typeof SrtpProfile)[keyof typeof SrtpProfile];

const NAMES: Readonly<Record<SrtpProfile, string>> = {
  [SrtpProfile.AES128_CM_SHA1_80]: "SRTP_AES128_CM_HMAC_SHA1_80",
  [SrtpProfile.AES128_CM_SHA1_32]: "SRTP_AES128_CM_HMAC_SHA1_32",
  [SrtpProfile.AEAD_AES_128_GCM]: "SRTP_AEAD_AES_128_GCM",
  [SrtpProfile.AEAD_AES_256_GCM]: "SRTP_AEAD_AES_256_GCM",
};

/** A profile's name in the registry of DTLS-SRTP. */
export function srtpProfileName(profile: SrtpProfile): string {
  return NAMES[profile];
}

/** What a profile says; lengths in bytes. */
export interface SrtpParameters {
  readonly isAead: boolean;
  /** Of the master key, and of the session's encryption keys. */
  readonly keyLength: number;
  /** Of the master salt, and of the session's salts. */
  readonly saltLength: number;
  /** Of the authentication keys; 0 when the cipher authenticates by itself. */
  readonly authKeyLength: number;
  readonly rtpTagLength: number;
  readonly rtcpTagLength: number;
}

const PARAMETERS: Readonly<Record<SrtpProfile, SrtpParameters>> = {
  [SrtpProfile.AES128_CM_SHA1_80]: {
    isAead: false,
    keyLength: 16,
    saltLength: 14,
    authKeyLength: 20,
    rtpTagLength: 10,
    rtcpTagLength: 10,
  },
  // SRTCP has the long tag there too (RFC 5764 §4.1.2).
  [SrtpProfile.AES128_CM_SHA1_32]: {
    isAead: false,
    keyLength: 16,
    saltLength: 14,
    authKeyLength: 20,
    rtpTagLength: 4,
    rtcpTagLength: 10,
  },
  [SrtpProfile.AEAD_AES_128_GCM]: {
    isAead: true,
    keyLength: 16,
    saltLength: 12,
    authKeyLength: 0,
    rtpTagLength: 16,
    rtcpTagLength: 16,
  },
  [SrtpProfile.AEAD_AES_256_GCM]: {
    isAead: true,
    keyLength: 32,
    saltLength: 12,
    authKeyLength: 0,
    rtpTagLength: 16,
    rtcpTagLength: 16,
  },
};

/** Whether a number of use_srtp is a profile that is spoken here. */
export function isSrtpProfile(value: number): value is SrtpProfile {
  return Object.hasOwn(PARAMETERS, value);
}

/** What a profile says. */
export function parametersOf(profile: SrtpProfile): SrtpParameters {
  return PARAMETERS[profile];
}
