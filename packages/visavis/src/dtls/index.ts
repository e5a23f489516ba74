/**
 * `visavis/dtls`: DTLS 1.3 and 1.2 as an engine without sockets, clocks or chance of its own.
 */
export { Alert, alertName } from "./alert.ts";
export { CIPHER_SUITES, type CipherSuite } from "./cipher-suites.ts";
export { DtlsConnection } from "./connection.ts";
export { DtlsError } from "./errors.ts";
export type { DtlsEvent, DtlsRetry, DtlsState, DtlsStats } from "./events.ts";
export { DEFAULT_GROUPS, groupName, NamedGroup } from "./groups.ts";
export type { DtlsRole } from "./handshake-context.ts";
export type { DtlsOptions } from "./options.ts";
export type { Plaintext } from "./plaintext-queue.ts";
export type { DtlsDrop } from "./record/record-layer.ts";
export { DtlsVersion } from "./version.ts";
