/**
 * What a connection reports.
 */
import type { DtlsError } from "./errors.ts";
import type { DtlsVersion } from "./version.ts";

/** Where a connection stands. `closed` is the good end, `failed` the bad one. */
export type DtlsState = "new" | "connecting" | "connected" | "closed" | "failed";

/**
 * How a server made the client say hello again: by 1.2's HelloVerifyRequest (RFC 6347 §4.2.1) or by 1.3's HelloRetryRequest
 * (RFC 9147 §5.3).
 */
export type DtlsRetry = "hello-verify-request" | "hello-retry-request";

/** What happened. */
export type DtlsEvent =
  | {
      readonly type: "connected";
      readonly version: DtlsVersion;
      readonly cipherSuite: number;
      /** IANA's name, such as `TLS_AES_128_GCM_SHA256`. */
      readonly cipherSuiteName: string;
      readonly group: number;
      /** Such as `X25519MLKEM768`. */
      readonly groupName: string;
      /** Undefined when the first hello was enough. */
      readonly retry: DtlsRetry | undefined;
      readonly srtpProfile: number | undefined;
      /** In DER, the peer's own first. */
      readonly remoteCertificates: readonly Uint8Array[];
    }
  /** The peer closed (no error), or it went wrong. Not reported for a `close` of ours. */
  | { readonly type: "closed"; readonly error: DtlsError | undefined };

/** Counters of a connection. */
export interface DtlsStats {
  readonly recordsSent: number;
  readonly recordsReceived: number;
  /** Flights, or parts of them, that were sent again. */
  readonly retransmissions: number;
  readonly drops: Readonly<Record<string, number>>;
}
