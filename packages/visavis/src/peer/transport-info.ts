/**
 * The transports of a peer connection as values: what RTCIceTransport, RTCDtlsTransport and RTCSctpTransport show.
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

/** A snapshot of a transport. */
export interface TransportInfo {
  /** Numbers the transports of a peer connection; events name it. */
  readonly key: number;
  /** The sections that go by it. */
  readonly mids: readonly string[];
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
  /** Undefined when the data section is elsewhere, before an answer brought it about, and after it is gone. */
  readonly sctp: SctpInfo | undefined;
}
