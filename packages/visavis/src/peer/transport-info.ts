/**
 * The transport of a peer connection as values: what RTCIceTransport, RTCDtlsTransport and RTCSctpTransport show.
 */
import type {
  DtlsState,
  IceCandidate,
  IceCandidatePair,
  IceGatheringState,
  IceParameters,
  IceState,
} from "../transport/parts.ts";
import type { SctpState } from "./peer-events.ts";

/** The SCTP part, from the first answer with a data section on. */
export interface SctpInfo {
  readonly state: SctpState;
  /** The largest message that the other side takes, in bytes; Infinity when it has no limit. */
  readonly maxMessageSize: number;
  /** Null before `connected`. */
  readonly maxChannels: number | null;
}

/** A snapshot of the transport. */
export interface TransportInfo {
  readonly iceRole: "unknown" | "controlling" | "controlled";
  readonly iceState: IceState;
  readonly gatheringState: IceGatheringState;
  readonly localCandidates: readonly IceCandidate[];
  readonly remoteCandidates: readonly IceCandidate[];
  /** Null before they are in a description that was applied. */
  readonly localParameters: IceParameters | null;
  readonly remoteParameters: IceParameters | null;
  readonly selectedPair: IceCandidatePair | null;
  readonly dtlsState: DtlsState;
  /** DER, leaf first. */
  readonly remoteCertificates: readonly Uint8Array[];
  /** Undefined before an answer brought the data section about, and after it is gone. */
  readonly sctp: SctpInfo | undefined;
}
