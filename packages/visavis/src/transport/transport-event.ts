/**
 * What a transport tells the peer connection above it.
 */
import type { ChannelEvent } from "../datachannel/channel.ts";
import type { DtlsEvent, DtlsState } from "../dtls/connection.ts";
import type { DtlsError } from "../dtls/errors.ts";
import type { IceEvent } from "../ice/ice-event.ts";
import type { RtpEvent } from "./rtp-event.ts";

/** What a finished handshake agreed on. */
export type DtlsAgreement = Extract<DtlsEvent, { type: "connected" }>;

/** The DTLS part changed. */
export interface DtlsStateEvent {
  readonly type: "dtls-state";
  readonly state: DtlsState;
  /** Set with `failed`. */
  readonly error: DtlsError | undefined;
  /** DER, leaf first; empty before `connected`. */
  readonly remoteCertificates: readonly Uint8Array[];
}

/** What a transport tells, in the order in which it happened. */
export type TransportEvent =
  | { readonly type: "ice"; readonly event: IceEvent }
  | DtlsStateEvent
  | { readonly type: "channels"; readonly event: ChannelEvent }
  | { readonly type: "rtp"; readonly event: RtpEvent };
