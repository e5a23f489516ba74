/**
 * The versions of DTLS that are spoken: 1.3 (RFC 9147) and 1.2 (RFC 6347). Older ones are refused (RFC 8996).
 */

/** Version numbers on the wire. A newer version has a smaller number. */
export const DtlsVersion = {
  V1_2: 0xfefd,
  V1_3: 0xfefc,
} as const;

/** One of {@link DtlsVersion}. */
export type DtlsVersion = (typeof DtlsVersion)[keyof typeof DtlsVersion];

/** The version number of DTLS 1.0, which some put into their first record. It is never negotiated. */
export const VERSION_1_0 = 0xfeff;
