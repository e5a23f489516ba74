/**
 * `visavis/srtp`: SRTP and SRTCP (RFC 3711, RFC 7714) by keys from DTLS (RFC 5764), in place.
 */
export { EXPORTER_LABEL, exportLength, type SrtpKey, srtpKeys } from "./keys.ts";
export { isSrtpProfile, parametersOf as srtpParametersOf, type SrtpParameters, SrtpProfile, srtpProfileName } from "./profile.ts";
export { MAX_OVERHEAD, type SrtpDrop, SrtpSession, type SrtpSessionOptions } from "./session.ts";
